//! Changing, adding or deleting anything at or after the cutoff, or recorded after it, changes no feature.

use std::collections::BTreeSet;

use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use retain::dataset::{Dataset, DatasetSettings};
use retain::features::FeatureSchema;
use retain::label::ChurnRule;
use retain::timeline::columns::{ComplaintColumns, CustomerColumns, NEVER, PurchaseColumns, Tables};
use retain::timeline::{Available, Cutoff, EventLog};
use retain::units::{Days, MICROS_PER_DAY, Money, Timestamp};

const CUSTOMERS: u32 = 3;

#[derive(Debug, Clone)]
struct Line {
    customer: u32,
    order: u64,
    at: i64,
    recorded: i64,
    amount: i64,
    code: u32,
}

#[derive(Debug, Clone)]
struct Record {
    customer: u32,
    complaint: u64,
    opened: i64,
    recorded: i64,
    /// First answer, resolution, reopening.
    states: [i64; 3],
    level: u8,
}

fn cutoff() -> Cutoff {
    Cutoff::at_start_of(date(2024, 3, 1), &TimeZone::UTC)
}

/// An instant `quarter_days` quarters of a day from the cutoff: many fall on the cutoff itself and on window edges.
fn instant(quarter_days: i64) -> Timestamp {
    Timestamp(cutoff().at().0 + quarter_days * MICROS_PER_DAY / 4)
}

fn state(quarter_days: i64) -> Timestamp {
    if quarter_days > 300 { NEVER } else { instant(quarter_days) }
}

fn tables(lines: &[Line], records: &[Record]) -> Tables {
    let codes = || Some(lines.iter().map(|line| line.code).collect::<Vec<_>>());
    Tables {
        customer_ids: (0..CUSTOMERS).map(|i| format!("c{i}")).collect(),
        purchases: PurchaseColumns {
            customer: lines.iter().map(|line| line.customer).collect(),
            purchased_at: lines.iter().map(|line| instant(line.at)).collect(),
            recorded_at: Some(lines.iter().map(|line| instant(line.recorded)).collect()),
            order: Some(lines.iter().map(|line| line.order).collect()),
            amount: lines.iter().map(|line| Money(line.amount)).collect(),
            is_return: lines.iter().map(|line| line.amount < 0).collect(),
            records_returns: true,
            quantity: Some(lines.iter().map(|line| f32::from(u8::try_from(line.code).unwrap())).collect()),
            discount: Some(lines.iter().map(|line| Money(line.amount.abs() / 5)).collect()),
            product: codes(),
            category: codes(),
            channel: codes(),
            region: codes(),
        },
        complaints: ComplaintColumns {
            are_recorded: true,
            customer: records.iter().map(|record| record.customer).collect(),
            complaint: records.iter().map(|record| record.complaint).collect(),
            opened_at: records.iter().map(|record| instant(record.opened)).collect(),
            recorded_at: Some(records.iter().map(|record| instant(record.recorded)).collect()),
            first_response_at: Some(records.iter().map(|record| state(record.states[0])).collect()),
            resolved_at: Some(records.iter().map(|record| state(record.states[1])).collect()),
            reopened_at: Some(records.iter().map(|record| state(record.states[2])).collect()),
            order: None,
            category: Some(records.iter().map(|record| u32::from(record.level)).collect()),
            severity: Some(records.iter().map(|record| f32::from(record.level)).collect()),
            satisfaction: Some(records.iter().map(|record| f32::from(record.level)).collect()),
            amount: Some(records.iter().map(|record| Money(i64::from(record.level) * 100)).collect()),
            compensation: Some(records.iter().map(|record| Money(i64::from(record.level) * 10)).collect()),
        },
        customers: CustomerColumns {
            customer: (0..CUSTOMERS).collect(),
            // One signed up long before the cutoff, one at it, one after it.
            signed_up_at: Some([-2_000, 0, 40].map(instant).to_vec()),
            opted_out: None,
            valid_from: None,
        },
    }
}

fn every_input() -> BTreeSet<Available> {
    let lines = [Line { customer: 0, order: 1, at: -4, recorded: -4, amount: -5, code: 1 }];
    let records = [Record { customer: 0, complaint: 1, opened: -4, recorded: -4, states: [999; 3], level: 1 }];
    tables(&lines, &records).available()
}

/// Every feature of every eligible customer, as bits.
fn features(tables: Tables) -> Vec<(u32, Vec<u64>)> {
    let log = EventLog::build(tables).unwrap();
    let settings = DatasetSettings {
        rule: ChurnRule { horizon: Days(60), gap: Days(0), active: Days(400), min_purchases: 1 },
        zone: TimeZone::UTC,
        minor_per_major: 100.0,
    };
    let schema = FeatureSchema::for_inputs(&every_input());
    let data = Dataset::build(&log, schema, &[cutoff()], &settings).unwrap();
    let rows = data.features.outer_iter().map(|row| row.iter().map(|value| value.to_bits()).collect());
    data.customers.iter().copied().zip(rows).collect()
}

fn line() -> impl Strategy<Value = Line> {
    (0..CUSTOMERS, 0_u64..8, -1_500_i64..240, 0_i64..40, -50_i64..400, 0_u32..6).prop_map(
        |(customer, order, at, delay, amount, code)| Line {
            customer,
            order,
            at,
            recorded: at + (delay - 30).max(0),
            amount,
            code,
        },
    )
}

fn record() -> impl Strategy<Value = Record> {
    (0..CUSTOMERS, 0_u64..4, -400_i64..100, 0_i64..40, prop::array::uniform3(0_i64..500), 0_u8..4).prop_map(
        |(customer, complaint, opened, delay, after, level)| Record {
            customer,
            complaint,
            opened,
            recorded: opened + (delay - 30).max(0),
            states: after.map(|after| opened + after),
            level,
        },
    )
}

/// The record as it would have been written before the cutoff: later states had not happened.
fn as_known(record: &Record) -> Record {
    Record { states: record.states.map(|at| if at < 0 { at } else { 999 }), ..record.clone() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_after_the_cutoff_reaches_a_feature(
        lines in prop::collection::vec(line(), 0..60),
        records in prop::collection::vec(record(), 0..12),
    ) {
        let known_lines: Vec<_> = lines.iter().filter(|line| line.at < 0 && line.recorded < 0).cloned().collect();
        let known_records: Vec<_> =
            records.iter().filter(|r| r.opened < 0 && r.recorded < 0).map(as_known).collect();
        prop_assert_eq!(features(tables(&lines, &records)), features(tables(&known_lines, &known_records)));
    }

    #[test]
    fn the_order_of_the_rows_changes_no_feature(
        lines in prop::collection::vec(line(), 0..40),
        records in prop::collection::vec(record(), 0..8),
    ) {
        let reversed_lines: Vec<_> = lines.iter().rev().cloned().collect();
        let reversed_records: Vec<_> = records.iter().rev().cloned().collect();
        prop_assert_eq!(features(tables(&lines, &records)), features(tables(&reversed_lines, &reversed_records)));
    }
}

#[test]
fn the_shop_of_the_property_test_has_every_feature() {
    let absent: Vec<_> = FeatureSchema::absences(&every_input()).into_iter().map(|absence| absence.feature).collect();
    assert!(absent.is_empty(), "{absent:?} are not tested");
}
