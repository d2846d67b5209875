//! Random shops as plain structs: the events of all tables, as they happened and as they became known.

pub(crate) mod reference;

use std::collections::BTreeSet;

use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use retain::dataset::{Dataset, DatasetSettings};
use retain::features::FeatureSchema;
use retain::label::ChurnRule;
use retain::timeline::columns::{
    ComplaintColumns, CustomerColumns, NEVER, NO_CODE, PurchaseColumns, SurveyColumns, Tables,
};
use retain::timeline::{Available, Cutoff, EventLog};
use retain::units::{Days, MICROS_PER_DAY, Money, Timestamp};

/// Customers of every shop.
pub(crate) const CUSTOMERS: u32 = 4;
/// The churn horizon.
pub(crate) const HORIZON: u32 = 60;

/// A purchase line.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) customer: u32,
    pub(crate) order: u64,
    pub(crate) at: i64,
    pub(crate) recorded: i64,
    pub(crate) amount: i64,
    pub(crate) is_return: bool,
    pub(crate) quantity: u8,
    /// Product, category, channel, region.
    pub(crate) codes: [u32; 4],
}

/// A row of the complaints table.
#[derive(Debug, Clone)]
pub(crate) struct Complaint {
    pub(crate) customer: u32,
    pub(crate) complaint: u64,
    pub(crate) opened: i64,
    pub(crate) recorded: i64,
    /// First answer, resolution, reopening.
    pub(crate) states: [i64; 3],
    pub(crate) order: u64,
    pub(crate) cause: u32,
    pub(crate) severity: f32,
    pub(crate) satisfaction: f32,
    pub(crate) amount: i64,
    pub(crate) compensation: i64,
}

/// A version of a customer's row.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) customer: u32,
    pub(crate) valid_from: i64,
    pub(crate) recorded: i64,
    pub(crate) signed_up: i64,
    pub(crate) born: i64,
    pub(crate) region: u32,
    pub(crate) acquisition: u32,
}

/// An answer to a survey.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) customer: u32,
    pub(crate) at: i64,
    pub(crate) recorded: i64,
    pub(crate) nps: f32,
    pub(crate) csat: f32,
}

/// All that ever happened.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlainShop {
    pub(crate) lines: Vec<Line>,
    pub(crate) complaints: Vec<Complaint>,
    pub(crate) versions: Vec<Version>,
    pub(crate) answers: Vec<Answer>,
}

/// A time that may be absent.
pub(crate) fn known(at: i64) -> Option<i64> {
    (at != NEVER.0).then_some(at)
}

/// The discount on a line.
pub(crate) fn discount(line: &Line) -> i64 {
    line.amount.abs() / 5
}

pub(crate) fn zone() -> TimeZone {
    TimeZone::get("Europe/London").unwrap()
}

/// The latest cutoff, the first midnight of summer time.
pub(crate) fn latest() -> Cutoff {
    Cutoff::at_start_of(date(2024, 4, 1), &zone())
}

/// Cutoffs around a leap day and both changes of the clocks.
pub(crate) fn cutoffs() -> Vec<Cutoff> {
    let days = [date(2023, 10, 29), date(2023, 10, 30), date(2024, 2, 29), date(2024, 3, 1), date(2024, 3, 31)];
    days.iter().map(|day| Cutoff::at_start_of(*day, &zone())).chain([latest()]).collect()
}

impl PlainShop {
    /// What had been recorded before `cutoff`: states that had not happened stand as absent, with all that came with them.
    pub(crate) fn as_recorded_by(&self, cutoff: i64) -> Self {
        let seen = |at: i64, recorded: i64| at.max(recorded) < cutoff;
        let state = |at: i64| if at < cutoff { at } else { NEVER.0 };
        let complaint = |row: &Complaint| {
            let is_resolved = row.states[1] < cutoff;
            Complaint {
                states: row.states.map(state),
                satisfaction: if is_resolved { row.satisfaction } else { f32::NAN },
                compensation: if is_resolved { row.compensation } else { 0 },
                ..row.clone()
            }
        };
        Self {
            lines: self.lines.iter().filter(|row| seen(row.at, row.recorded)).cloned().collect(),
            complaints: self.complaints.iter().filter(|row| seen(row.opened, row.recorded)).map(complaint).collect(),
            versions: self.versions.iter().filter(|row| seen(row.valid_from, row.recorded)).cloned().collect(),
            answers: self.answers.iter().filter(|row| seen(row.at, row.recorded)).cloned().collect(),
        }
    }

    /// Every table with its rows the other way round.
    pub(crate) fn reversed(&self) -> Self {
        let mut shop = self.clone();
        shop.lines.reverse();
        shop.complaints.reverse();
        shop.versions.reverse();
        shop.answers.reverse();
        shop
    }

    pub(crate) fn tables(&self) -> Tables {
        Tables {
            customer_ids: (0..CUSTOMERS).map(|i| format!("c{i}")).collect(),
            purchases: self.purchases(),
            complaints: self.complaints(),
            customers: self.customers(),
            surveys: self.surveys(),
        }
    }

    fn purchases(&self) -> PurchaseColumns {
        let codes = |kind: usize| Some(column(&self.lines, |line| line.codes[kind]));
        PurchaseColumns {
            customer: column(&self.lines, |line| line.customer),
            purchased_at: column(&self.lines, |line| Timestamp(line.at)),
            recorded_at: Some(column(&self.lines, |line| Timestamp(line.recorded))),
            order: Some(column(&self.lines, |line| line.order)),
            amount: column(&self.lines, |line| Money(line.amount)),
            is_return: column(&self.lines, |line| line.is_return),
            records_returns: true,
            quantity: Some(column(&self.lines, |line| f32::from(line.quantity))),
            discount: Some(column(&self.lines, |line| Money(discount(line)))),
            product: codes(0),
            category: codes(1),
            channel: codes(2),
            region: codes(3),
        }
    }

    fn complaints(&self) -> ComplaintColumns {
        let state = |kind: usize| Some(column(&self.complaints, |row| Timestamp(row.states[kind])));
        ComplaintColumns {
            are_recorded: true,
            customer: column(&self.complaints, |row| row.customer),
            complaint: column(&self.complaints, |row| row.complaint),
            opened_at: column(&self.complaints, |row| Timestamp(row.opened)),
            recorded_at: Some(column(&self.complaints, |row| Timestamp(row.recorded))),
            first_response_at: state(0),
            resolved_at: state(1),
            reopened_at: state(2),
            order: Some(column(&self.complaints, |row| row.order)),
            category: Some(column(&self.complaints, |row| row.cause)),
            severity: Some(column(&self.complaints, |row| row.severity)),
            satisfaction: Some(column(&self.complaints, |row| row.satisfaction)),
            amount: Some(column(&self.complaints, |row| Money(row.amount))),
            compensation: Some(column(&self.complaints, |row| Money(row.compensation))),
        }
    }

    fn customers(&self) -> CustomerColumns {
        CustomerColumns {
            customer: column(&self.versions, |row| row.customer),
            signed_up_at: Some(column(&self.versions, |row| Timestamp(row.signed_up))),
            opted_out: None,
            valid_from: Some(column(&self.versions, |row| Timestamp(row.valid_from))),
            recorded_at: Some(column(&self.versions, |row| Timestamp(row.recorded))),
            birth_date: Some(column(&self.versions, |row| Timestamp(row.born))),
            region: Some(column(&self.versions, |row| row.region)),
            acquisition: Some(column(&self.versions, |row| row.acquisition)),
        }
    }

    fn surveys(&self) -> SurveyColumns {
        SurveyColumns {
            are_recorded: true,
            customer: column(&self.answers, |row| row.customer),
            answered_at: column(&self.answers, |row| Timestamp(row.at)),
            recorded_at: Some(column(&self.answers, |row| Timestamp(row.recorded))),
            nps: Some(column(&self.answers, |row| row.nps)),
            csat: Some(column(&self.answers, |row| row.csat)),
        }
    }
}

fn column<R, T>(rows: &[R], value: impl Fn(&R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

/// What the tables of a plain shop provide: everything there is.
pub(crate) fn every_input() -> BTreeSet<Available> {
    PlainShop::default().tables().available()
}

/// Every feature of everyone who bought in the 400 days before a cutoff.
pub(crate) fn features(tables: Tables, cutoffs: &[Cutoff]) -> Dataset {
    let settings = DatasetSettings {
        rule: ChurnRule { horizon: Days(HORIZON), gap: Days(0), active: Days(400), min_purchases: 1 },
        zone: zone(),
        minor_per_major: 100.0,
    };
    let schema = FeatureSchema::for_inputs(&every_input());
    Dataset::build(&EventLog::build(tables).unwrap(), schema, cutoffs, &settings).unwrap()
}

/// Customer, cutoff, and every value as bits.
pub(crate) fn bits(data: &Dataset) -> Vec<(u32, Cutoff, Vec<u64>)> {
    let rows = data.features.outer_iter().enumerate();
    rows.map(|(row, values)| {
        let cutoff = data.cutoffs[usize::from(data.cutoff_idx[row])];
        (data.customers[row], cutoff, values.iter().map(|value| value.to_bits()).collect())
    })
    .collect()
}

/// A quarter of a day, counted from the latest cutoff, and sometimes a microsecond beside it: many instants are equal,
/// fall on a cutoff, or on the edge of a window.
fn instant(quarters: std::ops::Range<i64>) -> impl Strategy<Value = i64> {
    (quarters, -4_i64..5).prop_map(|(quarters, beside)| {
        latest().at().0 + quarters * MICROS_PER_DAY / 4 + if beside.abs() == 1 { beside } else { 0 }
    })
}

/// A delay: mostly none, else up to ten days.
fn delay() -> impl Strategy<Value = i64> {
    (0_i64..70).prop_map(|quarters| (quarters - 30).max(0) * MICROS_PER_DAY / 4)
}

fn or_never(share: u32, at: impl Strategy<Value = i64>) -> impl Strategy<Value = i64> {
    (0..10_u32, at).prop_map(move |(die, at)| if die < share { NEVER.0 } else { at })
}

fn code(codes: u32) -> impl Strategy<Value = u32> {
    (0..codes + 1).prop_map(move |code| if code == codes { NO_CODE } else { code })
}

fn mark(range: std::ops::Range<u8>) -> impl Strategy<Value = f32> {
    (0..4_u8, range).prop_map(|(die, mark)| if die == 0 { f32::NAN } else { f32::from(mark) })
}

fn line() -> impl Strategy<Value = Line> {
    let codes = (code(6), code(3), code(2), code(3));
    // Some amounts are 0, some returns larger than what was bought.
    let what = (-900_i64..900, 0..12_u8, 1..9_u8);
    (0..CUSTOMERS, 1_u64..14, instant(-5_200..300), delay(), what, codes).prop_map(
        |(customer, order, at, delay, (amount, die, quantity), codes)| {
            let is_return = die == 0;
            let amount = if is_return { -4 * amount.abs() } else { amount.max(0) };
            let codes = [codes.0, codes.1, codes.2, codes.3];
            Line { customer, order, at, recorded: at + delay, amount, is_return, quantity, codes }
        },
    )
}

/// Customers who order often and lately, beside those who hardly do.
fn lines() -> impl Strategy<Value = Vec<Line>> {
    let regular = (line(), 1_u64..40, instant(-1_700..100), delay()).prop_map(|(line, order, at, delay)| Line {
        customer: 0,
        order,
        at,
        recorded: at + delay,
        ..line
    });
    (prop::collection::vec(line(), 0..40), prop::collection::vec(regular, 0..60))
        .prop_map(|(lines, regular)| [lines, regular].concat())
}

fn complaint() -> impl Strategy<Value = Complaint> {
    let states = prop::array::uniform3(or_never(3, instant(-900..200)));
    let marks = (mark(1..4), mark(1..6), code(3));
    let keys = (0..CUSTOMERS, 0_u64..6, 0_u64..14);
    (keys, instant(-1_200..100), delay(), states, marks, (-50_i64..400, 0_i64..90)).prop_map(
        |((customer, complaint, order), opened, delay, states, (severity, satisfaction, cause), (amount, paid))| {
            let states = states.map(|at| if at == NEVER.0 { at } else { at.max(opened) });
            let (recorded, compensation) = (opened + delay, (paid - 30).max(0));
            Complaint { customer, complaint, opened, recorded, states, order, cause, severity, satisfaction, amount, compensation }
        },
    )
}

fn version() -> impl Strategy<Value = Version> {
    let when = (instant(-2_000..200), delay());
    let born = or_never(2, instant(-90_000..-20_000));
    (0..CUSTOMERS, when, or_never(2, instant(-3_000..300)), born, code(3), code(2)).prop_map(
        |(customer, (valid_from, delay), signed_up, born, region, acquisition)| {
            Version { customer, valid_from, recorded: valid_from + delay, signed_up, born, region, acquisition }
        },
    )
}

fn answer() -> impl Strategy<Value = Answer> {
    (0..CUSTOMERS, instant(-2_000..200), delay(), mark(0..11), mark(1..6))
        .prop_map(|(customer, at, delay, nps, csat)| Answer { customer, at, recorded: at + delay, nps, csat })
}

/// A random shop.
pub(crate) fn shop() -> impl Strategy<Value = PlainShop> {
    let complaints = prop::collection::vec(complaint(), 0..12);
    let versions = prop::collection::vec(version(), 0..10);
    let answers = prop::collection::vec(answer(), 0..10);
    (lines(), complaints, versions, answers)
        .prop_map(|(lines, complaints, versions, answers)| PlainShop { lines, complaints, versions, answers })
}
