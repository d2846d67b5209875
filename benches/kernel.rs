//! The fold over a shop of 20,000 customers and 400,000 order lines: every feature at one and at twelve cutoffs.

#![expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "remainders by small numbers fit")]

use jiff::civil::date;
use jiff::tz::TimeZone;
use retain::dataset::{Dataset, DatasetSettings};
use retain::features::FeatureSchema;
use retain::label::ChurnRule;
use retain::timeline::columns::{PurchaseColumns, Tables};
use retain::timeline::{Cutoff, EventLog, Margins};
use retain::units::{Days, MICROS_PER_DAY, Money, Timestamp};

const CUSTOMERS: u32 = 20_000;
const LINES: u64 = 400_000;
const SPAN_DAYS: u64 = 730;

fn main() {
    divan::main();
}

/// Well-mixed bits of a line number.
fn mix(line: u64) -> u64 {
    let mixed = (line ^ (line >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

fn shop() -> Tables {
    let start = Cutoff::at_start_of(date(2022, 1, 1), &TimeZone::UTC).at().0;
    let span = SPAN_DAYS * MICROS_PER_DAY.unsigned_abs();
    let codes = |salt: u64, n: u64| Some((0..LINES).map(|line| (mix(line ^ salt) % n) as u32).collect());
    Tables {
        customer_ids: (0..CUSTOMERS).map(|i| format!("{i:08}")).collect(),
        purchases: PurchaseColumns {
            customer: (0..LINES).map(|line| (mix(line) % u64::from(CUSTOMERS)) as u32).collect(),
            purchased_at: (0..LINES).map(|line| Timestamp(start + (mix(line + LINES) % span) as i64)).collect(),
            amount: (0..LINES).map(|line| Money((mix(line * 3) % 10_000) as i64)).collect(),
            is_return: vec![false; LINES as usize],
            order: Some((0..LINES).collect()),
            product: codes(1 << 40, 3_000),
            category: codes(1 << 41, 40),
            channel: codes(1 << 42, 4),
            ..PurchaseColumns::default()
        },
        ..Tables::default()
    }
}

#[divan::bench]
fn build_the_event_log(bencher: divan::Bencher<'_, '_>) {
    bencher
        .with_inputs(shop)
        .bench_values(|tables| EventLog::build(tables, &TimeZone::UTC).map(|log| log.customer_ids().len()));
}

#[divan::bench(args = [1, 6, 12])]
fn fold_every_feature(bencher: divan::Bencher<'_, '_>, n_cutoffs: u32) {
    let tables = shop();
    let schema = FeatureSchema::for_inputs(&tables.available());
    let log = EventLog::build(tables, &TimeZone::UTC);
    let last = Cutoff::at_start_of(date(2023, 10, 1), &TimeZone::UTC);
    let cutoffs: Vec<_> = (0..n_cutoffs).map(|i| last.before(Days(30 * i), &TimeZone::UTC)).collect();
    let settings = DatasetSettings {
        rule: ChurnRule { horizon: Days(90), gap: Days(0), active: Days(365), min_purchases: 1 },
        zone: TimeZone::UTC,
        minor_per_major: 100.0,
        margins: Margins::alike(1.0),
        follow_up: None,
    };
    bencher.bench(|| {
        let log = log.as_ref().ok()?;
        Dataset::build(log, &schema, &cutoffs, &settings).ok().map(|data| data.len())
    });
}
