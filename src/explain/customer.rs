//! One customer explained: orders and complaints, every feature beside the shop's median, what each adds to the odds of
//! leaving, and what value models expect.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::medians::Medians;
use super::path::Risk;
use super::reasons::Makeup;
use crate::clv::{TimeUnit, ValueError, ValueInterval, ValueModel};
use crate::config::ValueConfig;
use crate::dataset::{Dataset, DatasetSettings, Histories};
use crate::decide::Cause;
use crate::features::{Context, Fact};
use crate::maths::quantiles::median;
use crate::timeline::{Available, Cutoff, EventLog, KnownComplaint, VoidOrder, local_time};
use crate::units::Timestamp;
use crate::value::{TABLE_YEARS, ValueFrame, ValueModels};

/// What is known of one customer at a day.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[schemars(title = "What `retain explain --json` prints: one customer explained in full")]
pub struct CustomerExplanation {
    /// As in the shop's tables.
    pub customer_id: String,
    /// The day.
    pub as_of: String,
    /// The version that scored.
    pub model_version: String,
    /// The probability that reasons explain: of not coming back in the list, of having left in the win-back list.
    pub risk: Risk,
    /// Place on that list, from 1, and how long it is.
    pub rank: (usize, usize),
    /// The places between which the customer stands in four of five cases; only for those ranked first.
    pub rank_interval: Option<[u32; 2]>,
    /// The life-cycle stage, as in the list; it compares the silence with the customer's own rhythm, and knows no probability.
    pub life_cycle_stage: &'static str,
    /// Days from the day on in which a customer who buys nothing has churned.
    pub horizon_days: u32,
    /// Calibrated probability of churning.
    pub churn_probability: f64,
    /// Bounds that hold it in four of five cases.
    pub churn_interval: Option<[f64; 2]>,
    /// Probability of having left before the day.
    pub gone_probability: f64,
    /// Probability of leaving from the day on.
    pub leaving_probability: f64,
    /// Probability of buying nothing in the label window and coming back behind it; absent where no head tells.
    pub quiet_probability: Option<f64>,
    /// Margin lost if the customer leaves, in major units.
    pub value_at_stake: f64,
    /// Margin that a return brings of a customer who has left, in major units.
    pub value_after_return: f64,
    /// What value models say; absent without one.
    pub value: Option<ExplainedValue>,
    /// The day on which the next order would come by the customer's usual gap, as in the list; before the day if it is
    /// overdue, absent without a rhythm.
    pub expected_next_order_date: Option<String>,
    /// Whether value model and classifier agree.
    pub confidence: &'static str,
    /// Sentences, the strongest first; one that says so where no reason stands out.
    pub reasons: Vec<String>,
    /// Why the customer is probably lost or about to be.
    pub cause: ExplainedCause,
    /// What is done for the customer, or why nothing.
    pub decision: ExplainedDecision,
    /// Log-odds of the risk, for a customer who is average in everything. With the features and the context
    /// it sums to those of this customer.
    pub base_log_odds: f64,
    /// Features that tell a fact with their contributions, the largest first.
    pub features: Vec<FeatureContribution>,
    /// What is never told as a reason, the largest first.
    pub context: Vec<ContextContribution>,
    /// What the facts add that reasons are chosen from, the largest first: features and context with what was passed on.
    pub facts: Vec<FactContribution>,
    /// What remains in the context after it was passed on.
    pub context_log_odds: f64,
    /// Orders known at the day: when by the clocks of the shop, and for how much in major units.
    pub orders: Vec<(String, f64)>,
    /// Orders that were given back as a whole by the day, which count as none.
    pub void_orders: Vec<VoidOrderSummary>,
    /// Complaints known at the day.
    pub complaints: Vec<ComplaintSummary>,
}

/// The schema of what `retain explain --json` prints.
#[must_use]
pub fn explanation_schema() -> serde_json::Value {
    schemars::schema_for!(CustomerExplanation).to_value()
}

/// Why a customer is probably lost or about to be.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ExplainedCause {
    /// The word of the list; absent where no cause stands out.
    pub cause: Option<Cause>,
    /// Whether the shop can do something about it.
    pub is_controllable: Option<bool>,
    /// What it is read from, as a sentence.
    pub why: String,
}

/// What is done for a customer, money in major units.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ExplainedDecision {
    /// `treat`, `control` or `suppressed`.
    pub group: &'static str,
    /// The action; of the control group, the one that the customer would get.
    pub recommended_action: Option<String>,
    /// Why this one, as a sentence.
    pub action_why: Option<String>,
    /// What the customer is likely to want next and why, as a sentence.
    pub next_category: Option<String>,
    /// What the playbook says about how to do it.
    pub hint: Option<String>,
    /// Why the customer is not to be contacted, as a sentence.
    pub suppressed_because: Option<String>,
    /// The same as a word.
    pub suppressed_code: Option<&'static str>,
    /// Every action of the playbook, the largest gain first.
    pub alternatives: Vec<ExplainedAlternative>,
}

/// An action beside others.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ExplainedAlternative {
    /// Its name.
    pub action: String,
    /// What kind of bond it strengthens.
    pub level: &'static str,
    /// What it is expected to gain; absent if it is not meant for the customer.
    pub expected_net_gain: Option<f64>,
}

/// What value models say of a customer, money in major units.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ExplainedValue {
    /// Margin so far.
    pub historic: f64,
    /// Discounted margin expected within the value horizon, leaving included.
    pub predicted: f64,
    /// Bounds that hold it with probability 0.8.
    pub interval: ValueInterval,
    /// Historic and predicted.
    pub total: f64,
    /// Discounted margin expected in each of the coming years.
    pub by_year: Vec<f64>,
    /// Expected purchases within the value horizon.
    pub expected_purchases: f64,
    /// Expected spend on a purchase.
    pub spend_per_purchase: f64,
    /// Probability of still being active.
    pub probability_active: f64,
    /// Probability of no purchase in the window of churn, by the value model alone.
    pub probability_no_purchase: f64,
    /// Probabilities of 0, 1, .. purchases within the churn horizon, the last one of that many or more.
    pub purchase_counts: Vec<f64>,
}

/// Purchases from which on the distribution no longer tells them apart.
const COUNTED: u32 = 5;

/// One feature of a customer.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FeatureContribution {
    /// Its name.
    pub name: String,
    /// The customer's value; absent if missing.
    pub value: Option<f64>,
    /// The median of the customers of training who have one.
    pub shop_median: Option<f64>,
    /// What it adds to the log-odds.
    pub log_odds: f64,
}

/// An order that was given back as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct VoidOrderSummary {
    /// When it was placed, by the clocks of the shop.
    pub ordered_at: String,
    /// When it was known to be given back.
    pub given_back_at: String,
    /// Whether that was on the same day.
    pub is_same_day: bool,
    /// What it had cost, in major units.
    pub amount: f64,
}

/// One feature that is never told: of the season, the shop, the population, or a forecast.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ContextContribution {
    /// What it belongs to.
    pub context: Context,
    /// The feature.
    #[serde(flatten)]
    pub feature: FeatureContribution,
}

/// One fact of a customer.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FactContribution {
    /// The fact.
    pub fact: Fact,
    /// What it adds to the log-odds.
    pub log_odds: f64,
}

/// What the log-odds of one customer are made of.
pub(crate) struct Breakdown {
    pub(crate) features: Vec<FeatureContribution>,
    pub(crate) context: Vec<ContextContribution>,
    pub(crate) facts: Vec<FactContribution>,
    pub(crate) context_log_odds: f64,
}

/// One complaint as it was known.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ComplaintSummary {
    /// When it was opened, by the clocks of the shop.
    pub opened_at: String,
    /// When it was last resolved, if it had been.
    pub resolved_at: Option<String>,
    /// What it is about, in the shop's own word, if that is recorded.
    pub category: Option<String>,
    /// Whether it waits for a resolution; absent where the shop does not record resolutions.
    pub is_open: Option<bool>,
}

/// A customer of a shop at a day.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) log: &'a EventLog,
    pub(crate) settings: &'a DatasetSettings,
    pub(crate) as_of: Cutoff,
    pub(crate) customer: u32,
}

impl Subject<'_> {
    /// The orders and complaints known at the day, as [`CustomerExplanation`] has them.
    pub(crate) fn events(&self) -> (Vec<(String, f64)>, Vec<ComplaintSummary>) {
        let mut complaints = Vec::new();
        let DatasetSettings { zone, minor_per_major, .. } = self.settings;
        let order = |(at, minor): (Timestamp, i64)| (local_time(at, zone), minor as f64 / minor_per_major);
        let orders = self.orders().into_iter().map(order).collect();
        self.log.visit(self.customer, self.as_of, *minor_per_major, |history| {
            complaints = history.complaints().iter().map(|one| ComplaintSummary::of(one, self.log, zone)).collect();
        });
        (orders, complaints)
    }

    /// Instant and amount in minor units of the orders known at the day, in ascending time.
    pub(super) fn orders(&self) -> Vec<(Timestamp, i64)> {
        let mut orders = Vec::new();
        self.log.visit(self.customer, self.as_of, self.settings.minor_per_major, |history| {
            orders = history.orders().collect();
        });
        orders
    }

    /// The orders that were given back as a whole by the day.
    pub(crate) fn void_orders(&self) -> Vec<VoidOrderSummary> {
        let DatasetSettings { zone, minor_per_major, .. } = self.settings;
        let calendar = self.log.calendar();
        let summary = |order: VoidOrder| VoidOrderSummary {
            ordered_at: local_time(order.at, zone),
            given_back_at: local_time(order.void_at, zone),
            is_same_day: calendar.day(order.at) == calendar.day(order.void_at),
            amount: order.amount as f64 / minor_per_major,
        };
        self.log.void_orders_at(self.customer, self.as_of).into_iter().map(summary).collect()
    }

    /// What the value models say; `None` of who has not bought.
    ///
    /// # Errors
    /// A value horizon or discount rate out of range, which the config has refused before.
    pub(crate) fn value(
        &self,
        models: &ValueModels,
        value: &ValueConfig,
    ) -> Result<Option<ExplainedValue>, ValueError> {
        let rule = &self.settings.rule;
        let frame = ValueFrame::new(value, rule)?;
        let ahead = ValueFrame::over(TABLE_YEARS * TimeUnit::Year.days(), value, rule)?;
        let history = Histories::of_one(self.log, self.customer, self.as_of, self.settings);
        let Some(summary) = history.purchases.first() else { return Ok(None) };
        let customer_value = models.customer_value(&history, 0, &frame);
        let value = &customer_value.value;
        let model = &models.purchases.model;
        Ok(Some(ExplainedValue {
            historic: value.historic,
            predicted: value.predicted,
            interval: models.interval(&history, 0, &customer_value, &frame),
            total: value.total,
            by_year: models.lifetime(&history, 0, &ahead.settings).times(customer_value.counted).by_year,
            expected_purchases: value.expected_purchases,
            spend_per_purchase: value.spend_per_purchase,
            probability_active: value.probability_alive,
            probability_no_purchase: customer_value.probability_no_purchase,
            purchase_counts: model.purchase_counts(summary, f64::from(rule.horizon.0), COUNTED),
        }))
    }
}

impl Breakdown {
    /// What features and facts add to the log-odds of a row, the largest contribution first.
    pub(crate) fn of_row(
        (names, makeup): (&[String], &Makeup),
        medians: &Medians,
        dataset: &Dataset,
        row: usize,
    ) -> Self {
        let (mut features, mut context) = (Vec::new(), Vec::new());
        for (name, log_odds) in names.iter().zip(&makeup.features) {
            let feature = FeatureContribution::of(name, *log_odds, medians, dataset, row);
            match dataset.schema.entry(name).and_then(|entry| entry.telling.context()) {
                Some(of) => context.push(ContextContribution { context: of, feature }),
                None => features.push(feature),
            }
        }
        features.sort_by(FeatureContribution::before);
        context.sort_by(|a, b| a.feature.before(&b.feature));
        let facts = makeup.facts.iter().map(|(fact, log_odds)| FactContribution { fact: *fact, log_odds: *log_odds });
        Self { features, context, facts: facts.collect(), context_log_odds: makeup.context }
    }
}

impl FeatureContribution {
    fn of(name: &str, log_odds: f64, medians: &Medians, dataset: &Dataset, row: usize) -> Self {
        let column = dataset.schema.position(name);
        let value = column.map(|column| dataset.value(row, column)).filter(|value| value.is_finite());
        // Models of earlier versions keep no medians: then that of today's customers.
        let of_today =
            || column.and_then(|column| median(dataset.features.column(column).iter().map(|value| f64::from(*value))));
        Self { name: name.to_owned(), value, shop_median: medians.get(name).or_else(of_today), log_odds }
    }

    fn before(&self, other: &Self) -> std::cmp::Ordering {
        other.log_odds.abs().total_cmp(&self.log_odds.abs()).then(self.name.cmp(&other.name))
    }
}

impl ComplaintSummary {
    fn of(complaint: &KnownComplaint, log: &EventLog, zone: &TimeZone) -> Self {
        let is_recorded = log.available().contains(&Available::Resolution);
        let category = complaint.category.map(|code| log.complaint_category(code));
        Self {
            category: category.filter(|name| !name.is_empty()),
            opened_at: local_time(complaint.opened_at, zone),
            resolved_at: complaint.resolved_at.map(|at| local_time(at, zone)),
            is_open: is_recorded.then(|| complaint.is_open()),
        }
    }
}
