//! The checked config: every value in its type, none outside its range.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::custom::CustomFeature;
use super::knobs;
use super::settings_lists::{DecideConfig, ModelsConfig, OutputConfig, SegmentsConfig};
use super::table_settings::TableConfig;
use crate::checked::{Checked, Flaw};
use crate::units::{Currency, Days};

/// A checked config: paths are resolved against the folder of the file, ranges hold, names are known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Config {
    /// Name of the shop or job; names the folders of models and runs.
    pub name: String,
    /// The one currency of the run.
    pub currency: Currency,
    /// Zone of local times and of midnights.
    #[serde(serialize_with = "zone_name")]
    pub timezone: TimeZone,
    /// Seed of the resamples, the lists drawn for places, and the customers that a capped panel keeps.
    pub seed: u64,
    /// Day the run pretends it is, unless the command line says otherwise.
    pub as_of: Option<Date>,
    /// Where the purchases are.
    pub purchases: TableConfig,
    /// Where the complaints are, if the shop has any.
    pub complaints: Option<TableConfig>,
    /// Where the facts about customers are, if there are any.
    pub customers: Option<TableConfig>,
    /// Where the answers to surveys are, if there are any.
    pub surveys: Option<TableConfig>,
    /// Where the shop's contacts with customers are, if they are recorded.
    pub contacts: Option<TableConfig>,
    /// Custom features.
    pub features: FeaturesConfig,
    /// What churn means.
    pub churn: ChurnConfig,
    /// The training cutoffs.
    pub panel: PanelConfig,
    /// The test cutoffs.
    pub backtest: BacktestConfig,
    /// What data must satisfy to be used.
    pub validate: ValidateConfig,
    /// What a customer is worth.
    pub value: ValueConfig,
    /// What data must satisfy to be learnt from.
    pub leak_guard: LeakGuardConfig,
    /// What must not decide who is contacted.
    #[serde(skip_serializing_if = "PrivacyConfig::is_default")]
    pub privacy: PrivacyConfig,
    /// Which features are used.
    pub selection: SelectionConfig,
    /// What is learnt beside the default.
    pub learners: LearnersConfig,
    /// The search for better settings of the learners.
    pub tuning: TuningConfig,
    /// What a model must satisfy to be promoted.
    pub gate: GateConfig,
    /// Whom to contact, with what, for how much.
    pub decide: DecideConfig,
    /// From where on customers are satisfied and loyal.
    pub segments: SegmentsConfig,
    /// The registry of models.
    pub models: ModelsConfig,
    /// Where runs are written.
    pub output: OutputConfig,
}

/// Policy for customer ids that stand for many people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlaceholderIds {
    /// Stop: guests would be one large customer.
    Refuse,
    /// They are customers.
    Accept,
}

/// Policy for amounts that look like cents or like numbers of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WholeAmounts {
    /// Say so, and stop where something beside them contradicts them.
    Doubt,
    /// They are right.
    Accept,
}

/// Features beside ours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FeaturesConfig {
    /// Custom features, in the order of the file.
    pub custom: Vec<CustomFeature>,
}

/// What churn means: no purchase in `[cutoff + gap, cutoff + gap + horizon)` among the eligible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct ChurnConfig {
    /// Length of the label window.
    pub horizon_days: Days,
    /// Time between the cutoff and the label window.
    pub gap_days: Days,
    /// The last purchase of an eligible customer is at most this long before the cutoff.
    pub active_days: Days,
    /// Orders an eligible customer has at least.
    pub min_purchases: u32,
    /// Length of the follow-up behind the label window; `None` if it is chosen from the re-purchase curve.
    #[serde(default)]
    pub follow_up_days: Option<Days>,
}

impl Checked for ChurnConfig {
    fn check(&self) -> Result<(), Flaw> {
        let keys = [
            (&knobs::HORIZON_DAYS, self.horizon_days.0),
            (&knobs::GAP_DAYS, self.gap_days.0),
            (&knobs::ACTIVE_DAYS, self.active_days.0),
            (&knobs::MIN_PURCHASES, self.min_purchases),
            // Without a follow-up of its own, the shortest one stands for none.
            (&knobs::FOLLOW_UP_DAYS, self.follow_up_days.map_or(1, |days| days.0)),
        ];
        match keys.into_iter().find(|(key, value)| !key.allowed.has_whole(i64::from(*value))) {
            Some((key, value)) => Err(Flaw::new(key.name, format!("is {value}; allowed: {}", key.allowed))),
            None => Ok(()),
        }
    }
}

/// The training cutoffs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PanelConfig {
    /// Days between training cutoffs.
    pub step_days: Days,
    /// At most this many, the most recent ones; `None` for all.
    pub max_cutoffs: Option<u32>,
    /// Training learns from at most so many rows.
    pub max_rows: u32,
    /// Whether all training cutoffs count alike.
    pub weights: PanelWeights,
}

/// Policy for the weights of training cutoffs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PanelWeights {
    /// All count alike.
    Equal,
    /// The folds may choose others.
    Choose,
}

/// The test cutoffs: those given, or the last matured ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BacktestConfig {
    /// Days whose local midnight is a test cutoff; empty to take the last matured ones.
    pub cutoffs: Vec<Date>,
    /// How many of the last matured cutoffs.
    pub last: u32,
    /// Days between them.
    pub step_days: Days,
    /// Resamples of customers behind each interval.
    pub bootstrap: u32,
}

/// What data must satisfy to be used.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ValidateConfig {
    /// Fewest customers with a purchase.
    pub min_customers: u32,
    /// Shortest span of purchases as a multiple of the horizon.
    pub min_span_horizons: f64,
    /// A longer time without any purchase in the whole shop is reported as a gap in the feed.
    pub max_feed_gap_days: Days,
    /// A line above this many times the 99.9th percentile is reported as absurd.
    pub absurd_amount_factor: f64,
    /// Largest share of rejected rows (filtered rows, duplicates and guests aside), and of what they carry, with which the
    /// data are still used.
    pub max_rejected_share: f64,
    /// Largest share of purchases without a customer with which the data are still used.
    pub max_guest_share: f64,
    /// What happens where one customer id stands for many people.
    pub placeholder_ids: PlaceholderIds,
    /// What happens where amounts look like cents or like numbers of documents.
    pub whole_amounts: WholeAmounts,
    /// Oldest last purchase before the as-of day with which scoring is still allowed.
    pub max_age_days: Days,
    /// What happens where the column of opt-outs says nothing, or nothing any more.
    pub silent_opt_outs: SilentOptOuts,
    /// Smallest share of the usual purchases before the as-of day with which a run goes on.
    pub min_recent_share: f64,
}

/// Policy for a column of opt-outs that says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SilentOptOuts {
    /// Stop: everyone who opted out would be contacted.
    Refuse,
    /// It is right.
    Accept,
}

/// What a customer is worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ValueConfig {
    /// Margin as a share of revenue, in (0, 1].
    pub margin_share: f64,
    /// Margins of product categories that differ from it, each in (0, 1].
    pub category_margins: BTreeMap<String, f64>,
    /// How far ahead value is counted.
    pub horizon_days: Days,
    /// Yearly rate by which later margin counts less.
    pub discount_rate: f64,
}

/// What data must satisfy to be learnt from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeakGuardConfig {
    /// AUC of a feature alone, at a cutoff, above which the data are refused.
    pub max_auc: f64,
    /// Share of leavers from which complaints of a category, or a fact about customers without versions, is taken for
    /// the exit itself.
    pub max_exit_rate: f64,
    /// Features, columns and complaints that were looked at and are no leak.
    pub accept: Vec<String>,
}

/// Which features are used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SelectionConfig {
    /// Population stability index above which a feature has moved.
    pub max_psi: f64,
    /// What happens to it.
    pub unstable: Unstable,
    /// Features and families that no model may learn from.
    pub leave_out: Vec<String>,
}

/// Policy for features that have moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unstable {
    /// They are used, and the manifest names them.
    Flag,
    /// They are not used.
    Drop,
}

/// What is learnt beside the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LearnersConfig {
    /// A model to be read.
    pub readable: ReadableModel,
}

/// A model that is trained to be read, not to score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReadableModel {
    /// There is none.
    None,
    /// Explainable boosting: one curve a feature.
    Ebm,
}

/// The search for better settings of the learners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TuningConfig {
    /// Settings that are tried beside the usual ones.
    pub trials: u32,
}

/// What a model must satisfy to be promoted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GateConfig {
    /// AUC in the tests above which a model is not promoted.
    pub max_auc: f64,
    /// Lowest grade with which a model is promoted.
    pub min_grade: LowestGrade,
}

/// A grade as a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
pub enum LowestGrade {
    /// Clearly better than the best rule.
    A,
    /// Better than the best rule beyond chance.
    B,
    /// Not shown to be better.
    C,
}

/// A mapping that is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Our column of customers.
    pub column: String,
    /// What it was mapped from.
    pub source: String,
    /// What makes it sensitive.
    pub attribute: String,
}

/// What features may not read, and by what a backtest is held against groups.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PrivacyConfig {
    /// Columns or expressions of the source of customers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sensitive: Vec<String>,
    /// Columns that features may read although they are sensitive.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<String>,
    /// Mappings that are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// How findings show values of rows.
    #[serde(skip_serializing_if = "Examples::are_shown")]
    pub examples: Examples,
    /// The environment variable with what is mixed into their hashes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt_env: Option<String>,
}

/// How findings show values of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Examples {
    /// As they are.
    #[default]
    Shown,
    /// As hashes with a salt.
    Hashed,
    /// Not at all.
    Hidden,
}

impl Examples {
    /// Whether values are shown as they are.
    #[must_use]
    pub fn are_shown(&self) -> bool {
        *self == Self::Shown
    }
}

impl Config {
    /// Whether amounts of purchases are money: not where the mapping has one number for all, in a shop that records none.
    #[must_use]
    pub fn has_money(&self) -> bool {
        let amount = self.purchases.columns.get("amount");
        amount.is_none_or(|amount| amount.trim().parse::<f64>().is_err())
    }
}

impl PrivacyConfig {
    /// Whether the config says nothing of it and nothing is left out.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

fn zone_name<S: serde::Serializer>(zone: &TimeZone, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(zone.iana_name().unwrap_or("UTC"))
}
