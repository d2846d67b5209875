//! A small shop whose customers come back at a pace of their own until they leave, as a panel to learn from.

#![expect(clippy::cast_possible_truncation, reason = "days, cents and levels of the shop are small")]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::date;
use jiff::tz::TimeZone;
use retain::dataset::{Dataset, DatasetSettings, single};
use retain::features::FeatureSchema;
use retain::label::ChurnRule;
use retain::learn::{CutoffWeightsPolicy, Fold, SelectionPolicy, Target, Training, forward_chain};
use retain::timeline::columns::{ComplaintColumns, NEVER, PurchaseColumns, Tables};
use retain::timeline::{Available, Cutoff, EventLog, Margins, matured_cutoffs};
use retain::units::{Days, MICROS_PER_DAY, Money, Timestamp};

const HISTORY_DAYS: u32 = 720;
const HORIZON: Days = Days(60);
const FOLLOW_UP: Days = Days(90);

/// How a shop is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) customers: u32,
    /// Longest of the customers' mean gaps; the longer it is, the more customers are silent for a horizon.
    pub(crate) longest_gap_days: f64,
    /// Chance of leaving after an order.
    pub(crate) leaving: f64,
    /// Whether customers are numbered the other way round.
    pub(crate) renamed: bool,
}

/// About one in five leaves.
pub(crate) const LOYAL: Kind = Kind { customers: 300, longest_gap_days: 40.0, leaving: 0.02, renamed: false };
/// About four in five leave.
pub(crate) const FLEETING: Kind = Kind { customers: 500, longest_gap_days: 400.0, leaving: 0.1, renamed: false };

/// Rows of a shop, and what may be learnt from them.
#[derive(Clone)]
pub(crate) struct Panel {
    pub(crate) dataset: Dataset,
    pub(crate) as_of: Cutoff,
    pub(crate) rows: Vec<usize>,
    pub(crate) folds: Vec<Fold>,
    /// Rows at `as_of`, and whether their customers left.
    pub(crate) test: Vec<usize>,
}

impl Panel {
    pub(crate) fn of(kind: Kind) -> Self {
        Self::with_schema(kind, &FeatureSchema::for_inputs(&tables(kind).available()))
    }

    pub(crate) fn with_schema(kind: Kind, schema: &FeatureSchema) -> Self {
        let as_of = start().after(Days(HISTORY_DAYS), &TimeZone::UTC).before(HORIZON, &TimeZone::UTC);
        let earliest = start().after(Days(200), &TimeZone::UTC).at();
        let training = matured_cutoffs(as_of, HORIZON, Days(30), earliest, &TimeZone::UTC);
        let settings = DatasetSettings {
            rule: ChurnRule { horizon: HORIZON, gap: Days(0), active: Days(150), min_purchases: 1 },
            zone: TimeZone::UTC,
            minor_per_major: 100.0,
            margins: Margins::alike(1.0),
            follow_up: Some(FOLLOW_UP),
        };
        let cutoffs: Vec<Cutoff> = training.iter().copied().chain([as_of]).collect();
        let log = EventLog::build(tables(kind), &TimeZone::UTC).unwrap();
        let dataset = Dataset::build(&log, schema, &cutoffs, &settings).unwrap();
        let folds = forward_chain(&dataset, &training, HORIZON, 4, &TimeZone::UTC);
        let rows = dataset.rows_at(|cutoff| training.contains(&cutoff));
        let test = dataset.rows_at(|cutoff| cutoff == as_of);
        Self { dataset, as_of, rows, folds, test }
    }

    pub(crate) fn training(&self) -> Training<'_> {
        static POLICY: LazyLock<SelectionPolicy> = LazyLock::new(SelectionPolicy::default);
        Training {
            target: Target::Churn,
            dataset: &self.dataset,
            as_of: self.as_of,
            horizon: HORIZON,
            rows: &self.rows,
            folds: &self.folds,
            policy: &POLICY,
            cutoff_weights: CutoffWeightsPolicy::default(),
            trials: 0,
            // A fresh one each time: what is learnt again shall be learnt again.
            shared: Box::leak(Box::default()),
        }
    }

    /// What came of the customers at `as_of`.
    pub(crate) fn outcome(&self) -> Vec<bool> {
        let end = self.as_of.after(HORIZON, &TimeZone::UTC);
        self.test.iter().map(|row| self.dataset.churned(*row, end)).collect()
    }

    pub(crate) fn available() -> BTreeSet<Available> {
        tables(LOYAL).available()
    }

    /// Writes `value` into a feature of every `nth` row.
    pub(crate) fn set(&mut self, feature: &str, nth: usize, value: f64) {
        let column = self.dataset.schema.position(feature).unwrap();
        let value = single(value);
        self.dataset.features.column_mut(column).iter_mut().step_by(nth).for_each(|place| *place = value);
    }
}

fn start() -> Cutoff {
    Cutoff::at_start_of(date(2023, 1, 1), &TimeZone::UTC)
}

fn instant(days: f64) -> Timestamp {
    Timestamp(start().at().0 + (days * MICROS_PER_DAY as f64) as i64)
}

/// Numbers between 0 and 1 without pattern, the same each time.
fn draw(customer: u32, n: u32) -> f64 {
    let mut x = (u64::from(customer) << 32 | u64::from(n)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for _ in 0..3 {
        x = (x ^ (x >> 31)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    }
    (x >> 11) as f64 / (1_u64 << 53) as f64
}

fn tables(kind: Kind) -> Tables {
    let mut purchases = PurchaseColumns { records_returns: true, ..PurchaseColumns::default() };
    let mut complaints = ComplaintColumns {
        are_recorded: true,
        resolved_at: Some(Vec::new()),
        severity: Some(Vec::new()),
        ..ComplaintColumns::default()
    };
    for who in 0..kind.customers {
        let number = if kind.renamed { kind.customers - 1 - who } else { who };
        let gap = 8.0 + (kind.longest_gap_days - 8.0) * draw(who, 0).powi(2);
        let mut at = 600.0 * draw(who, 1);
        for n in 0.. {
            let order = u64::from(who) * 1_000 + u64::from(n);
            purchases.customer.push(number);
            purchases.purchased_at.push(instant(at));
            purchases.order.get_or_insert_default().push(order);
            purchases.amount.push(Money((1_000.0 + 9_000.0 * draw(who, 2) * draw(who, 3 + 10 * n)) as i64));
            purchases.is_return.push(false);
            let unhappy = draw(who, 4 + 10 * n) < 0.1;
            if unhappy {
                complaints.customer.push(number);
                complaints.complaint.push(order);
                complaints.opened_at.push(instant(at + 1.0));
                let solved = draw(who, 5 + 10 * n) < 0.5;
                complaints.resolved_at.get_or_insert_default().push(if solved { instant(at + 4.0) } else { NEVER });
                complaints.severity.get_or_insert_default().push(1.0 + (3.0 * draw(who, 6 + 10 * n)) as f32);
            }
            let leaves = draw(who, 7 + 10 * n) < if unhappy { 6.0 * kind.leaving } else { kind.leaving };
            at += gap * (0.5 + draw(who, 8 + 10 * n));
            if leaves || at >= f64::from(HISTORY_DAYS) {
                break;
            }
        }
    }
    let customer_ids = (0..kind.customers).map(|i| format!("c{i:04}")).collect();
    Tables { customer_ids, purchases, complaints, ..Tables::default() }
}
