//! The config as written in the file: everything optional, nothing checked. Defaults and ranges are repeated in the
//! doc comments, which become the descriptions of the schema; a test holds them to the catalogue.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::raw_day::RawDay;
use super::raw_lists::{RawDecide, RawModels, RawOutput, RawSegments};
use super::raw_tables::RawTable;

/// The whole file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawConfig {
    /// Name of the shop or job; names the folders of models and runs. At most 100 of A-Z, a-z, 0-9, `.`, `_` and
    /// `-`, not starting with a dot; required.
    pub name: Option<String>,
    /// The one currency of all amounts. A three-letter code of ISO 4217 such as `EUR`; required.
    pub currency: Option<String>,
    /// Zone of local times and of the midnights at which days start. An IANA time zone such as `Europe/London`;
    /// default `"UTC"`.
    pub timezone: Option<String>,
    /// Seed of the resamples behind intervals, of the lists drawn for places, and of the customers that a capped panel
    /// keeps; learning has fixed seeds. A whole number, at least 0; default `1`.
    pub seed: Option<i64>,
    /// Day the run pretends it is, unless the command line says otherwise. A day such as `2011-06-12`; optional.
    #[schemars(with = "Option<String>")]
    pub as_of: Option<RawDay>,
    /// The purchases; required.
    pub purchases: Option<RawTable>,
    /// The complaints, if the shop has any.
    pub complaints: Option<RawTable>,
    /// Facts about customers, if there are any.
    pub customers: Option<RawTable>,
    /// Answers to surveys, if there are any.
    pub surveys: Option<RawTable>,
    /// Contacts with customers, if they are recorded; never a feature.
    pub contacts: Option<RawTable>,
    /// Custom features.
    pub features: RawFeatures,
    /// What churn means: no purchase in [cutoff + gap, cutoff + gap + horizon) among the eligible.
    pub churn: RawChurn,
    /// The training cutoffs.
    pub panel: RawPanel,
    /// The test cutoffs.
    pub backtest: RawBacktest,
    /// What data must satisfy to be used.
    pub validate: RawValidate,
    /// What a customer is worth.
    pub value: RawValue,
    /// What data must satisfy to be learnt from.
    pub leak_guard: RawLeakGuard,
    /// What must not decide who is contacted.
    pub privacy: RawPrivacy,
    /// Which features are used.
    pub selection: RawSelection,
    /// What is learnt beside the default.
    pub learners: RawLearners,
    /// The search for better settings of the learners.
    pub tuning: RawTuning,
    /// What a model must satisfy to be promoted.
    pub gate: RawGate,
    /// Whom to contact, with what, for how much.
    pub decide: RawDecide,
    /// From where on customers are satisfied and loyal, where there are surveys.
    pub segments: RawSegments,
    /// The registry of models.
    pub models: RawModels,
    /// Where runs are written.
    pub output: RawOutput,
}

/// `[features]`: features beside ours.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawFeatures {
    /// Custom features.
    pub custom: Vec<RawCustomFeature>,
}

/// `[[features.custom]]`: a custom feature.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawCustomFeature {
    /// Name of the feature in every table and list, unlike any other. At most 60 of a-z, 0-9 and `_`, starting with
    /// a letter; required.
    pub name: Option<String>,
    /// The table whose rows it reads, each row from when it is known; of `customers` only the row that is in force
    /// at the cutoff. One of `purchases`, `complaints`, `surveys`, `customers`; required.
    pub table: Option<String>,
    /// What is made of the rows. One of `sum`, `count`, `mean`, `min`, `max`, `last`, `distinct`, `days_since`;
    /// required.
    pub aggregate: Option<String>,
    /// The value of a row, which must have been known with the row; not for `count` and `days_since`. A column of
    /// the source or a SQL expression over its columns; optional.
    pub column: Option<String>,
    /// Which rows of the table count; all if not given. A SQL condition over the columns of the source; optional.
    pub filter: Option<String>,
    /// How far back from the cutoff rows count; all of the history if not given; not for `customers`. A whole number
    /// of days from 1 to 3650; optional.
    pub window_days: Option<i64>,
    /// What the value is measured in; an `amount` is read like those of the tables and summed exactly; not for
    /// `count`, `distinct` and `days_since`. One of `number`, `amount`, `share`, `days`; default `"number"`.
    pub unit: Option<String>,
    /// What the list says where the feature raises the risk; a plain sentence if not given. A sentence with
    /// `{value}`, or `{value order}` for the value and a noun in the right number, of at most 200 characters;
    /// optional.
    pub reason: Option<String>,
}

/// `[churn]`: what churn means.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawChurn {
    /// Length of the label window: who buys nothing in it has churned. A whole number of days from 1 to 1825;
    /// required.
    pub horizon_days: Option<i64>,
    /// Time between the cutoff and the label window, in which actions are prepared. A whole number of days from 0
    /// to 365; default `0`.
    pub gap_days: Option<i64>,
    /// The last purchase of an eligible customer is at most this long before the cutoff. A whole number of days
    /// from 1 to 3650; default 2 x `horizon_days`.
    pub active_days: Option<i64>,
    /// Orders an eligible customer has at least. A whole number of orders from 1 to 10000; default `1`.
    pub min_purchases: Option<i64>,
    /// Time behind the label window in which customers are watched for a return: who bought nothing in either never
    /// came back. Chosen from the re-purchase curve of the shop if not given. A whole number of days from 1 to 1825;
    /// optional.
    pub follow_up_days: Option<i64>,
}

/// `[panel]`: the training cutoffs.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawPanel {
    /// Time between training cutoffs. A whole number of days from 1 to 365; default `30`.
    pub step_days: Option<i64>,
    /// At most this many training cutoffs, the most recent ones; all of them if not given. A whole number of
    /// cutoffs from 1 to 10000; optional.
    pub max_cutoffs: Option<i64>,
    /// Training learns from at most so many rows; where there are more, from fewer customers, chosen by their ids. A
    /// whole number of rows from 1000 to 1000000000; default `2000000`.
    pub max_rows: Option<i64>,
    /// Whether training cutoffs count alike, or may count more the nearer they are in time or season, if the folds speak
    /// for it. One of `equal`, `choose`; default `"equal"`.
    pub weights: Option<String>,
}

/// `[backtest]`: the test cutoffs.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawBacktest {
    /// Days whose local midnight is a test cutoff; if empty, the last matured ones are taken. A list of different
    /// days such as `["2011-06-12", "2011-07-12"]`; default `[]`.
    #[schemars(with = "Vec<String>")]
    pub cutoffs: Vec<RawDay>,
    /// How many of the last matured cutoffs are taken when none are given. A whole number of cutoffs from 1 to 60;
    /// default `4`.
    pub last: Option<i64>,
    /// Time between test cutoffs when none are given. A whole number of days from 1 to 365; default `30`.
    pub step_days: Option<i64>,
    /// Resamples of customers behind each interval of a figure of quality. A whole number of resamples from 40 to
    /// 10000; default `200`.
    pub bootstrap: Option<i64>,
}

/// `[validate]`: what data must satisfy to be used.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawValidate {
    /// Fewest customers with a purchase. A whole number of customers from 1 to 1000000000; default `200`.
    pub min_customers: Option<i64>,
    /// Shortest span of purchases as a multiple of the horizon. A number of at least 2.0; default `3.0`.
    pub min_span_horizons: Option<f64>,
    /// A longer time without any purchase in the whole shop is reported as a gap in the feed; one that lasts up to the
    /// as-of day, and is longer than any before, stops a run. A whole number of days from 1 to 365; default `14`.
    pub max_feed_gap_days: Option<i64>,
    /// A line above this many times the 99.9th percentile is reported as absurd. A number of at least 1.0; default
    /// `100.0`.
    pub absurd_amount_factor: Option<f64>,
    /// Largest share of rejected rows (filtered rows, duplicates and purchases without a customer aside), and of the
    /// turnover and the customers that are lost with them, with which the data are still used. A number of at least 0.0
    /// and at most 1.0; default `0.05`.
    pub max_rejected_share: Option<f64>,
    /// Largest share of purchases without a customer, such as those of guests, with which the data are still used. A
    /// number of at least 0.0 and at most 1.0; default `0.8`.
    pub max_guest_share: Option<f64>,
    /// What happens where one customer id stands for many people, such as `guest`, or an id with a tenth of all orders and
    /// many times those of the next. One of `refuse`, `accept`; default `"refuse"`.
    pub placeholder_ids: Option<String>,
    /// What happens where amounts look like cents or like numbers of documents: whole numbers in a currency that has cents,
    /// large beside other columns or files. One of `doubt`, `accept`; default `"doubt"`.
    pub whole_amounts: Option<String>,
    /// Oldest last purchase before the as-of day with which scoring is still allowed. A whole number of days from 0
    /// to 3650; default `45`.
    pub max_age_days: Option<i64>,
    /// What happens where `customers.opted_out` is mapped and says nothing in any row, or nothing any more: everyone who
    /// opted out would be contacted. One of `refuse`, `accept`; default `"refuse"`.
    pub silent_opt_outs: Option<String>,
    /// Smallest share of the usual purchases in the days before the as-of day, twice `max_feed_gap_days`, with which
    /// a run goes on; 0 for any. A number of at least 0.0 and at most 1.0; default `0.05`.
    pub min_recent_share: Option<f64>,
}

/// `[value]`: what a customer is worth.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawValue {
    /// Margin as a share of revenue. A number above 0.0 and at most 1.0; default `1.0`.
    pub margin_share: Option<f64>,
    /// Margins of product categories where they differ from `margin_share`. A table of product categories, each with a
    /// number above 0.0 and at most 1.0; optional.
    pub category_margins: BTreeMap<String, f64>,
    /// How far ahead a customer's value is counted. A whole number of days from 30 to 3650; default `365`.
    pub horizon_days: Option<i64>,
    /// Yearly rate by which later margin counts less. A number of at least 0.0 and at most 1.0; default `0.1`.
    pub discount_rate: Option<f64>,
}

/// `[leak_guard]`: what data must satisfy to be learnt from.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawLeakGuard {
    /// AUC of a feature alone, at a cutoff, above which the data are refused. A number above 0.5 and at most 1.0;
    /// default `0.95`.
    pub max_auc: Option<f64>,
    /// Share of leavers from which a category of complaints, or a fact about customers without versions, is taken for
    /// the exit itself. A number above 0.5 and at most 1.0; default `0.95`.
    pub max_exit_rate: Option<f64>,
    /// Features, columns and complaints (`complaints.CATEGORY`) that were looked at and are no leak. A list of names
    /// such as `["customers.region"]`; default `[]`.
    pub accept: Vec<String>,
}

/// `[privacy]`: what must not decide who is contacted, and what messages show of rows.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawPrivacy {
    /// Columns of the source of customers, or SQL expressions over them, that no feature reads; `backtest` tells for the
    /// groups of each how right the model is and how often they stand first. A list of names such as `["gender"]`;
    /// default `[]`.
    pub sensitive: Vec<String>,
    /// Columns that features read although their names, or `sensitive`, say that they are sensitive. A list of names such
    /// as `["birth_date"]`; default `[]`.
    pub allow: Vec<String>,
    /// How findings show values of rows, ids among them, in messages, logs and the manifest: as they are, as hashes that
    /// are the same every night, or not at all. One of `shown`, `hashed`, `hidden`; default `"shown"`.
    pub examples: Option<String>,
    /// The environment variable that holds what is mixed into hashes of examples, so that nobody finds ids by trying them;
    /// needed with `examples = "hashed"`. The name of an environment variable, of A-Z, a-z, 0-9 and `_`; optional.
    pub salt_env: Option<String>,
}

/// `[selection]`: which features are used.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawSelection {
    /// Population stability index, newest training cutoff against the earlier ones, above which a feature has moved,
    /// beyond what chance explains with so many customers. A number above 0.0; default `0.25`.
    pub max_psi: Option<f64>,
    /// What happens to a feature that has moved; with the seasons many do, so that dropping them costs accuracy. One of
    /// `flag`, `drop`; default `"flag"`.
    pub unstable: Option<String>,
    /// Features, or whole families such as `cadence`, from which the learners do not learn; simple rules, which a model
    /// has to beat, may use them nevertheless. A list of names such as `["season"]`; default `[]`.
    pub leave_out: Vec<String>,
}

/// `[learners]`: what is learnt beside the default.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawLearners {
    /// A model that is trained beside the main one, to be read: `ebm` puts the strongest curves of explainable boosting
    /// into the manifest of a version, and makes training about two thirds longer. One of `none`, `ebm`; default
    /// `"none"`.
    pub readable: Option<String>,
}

/// `[tuning]`: the search for better settings of the learners.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawTuning {
    /// Settings of the learners that are tried beside the usual ones; each takes about as long as learning once more. A
    /// whole number of trials from 0 to 200; default `0`.
    pub trials: Option<i64>,
}

/// `[gate]`: what a model must satisfy to be promoted.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawGate {
    /// AUC in the tests above which a model is not promoted, because a feature probably knows what came after the
    /// cutoff. A number above 0.5 and at most 1.0; default `0.95`.
    pub max_auc: Option<f64>,
    /// Lowest grade with which a model is promoted; with C, whatever is not shown to be worse than the best baseline or
    /// the champion. One of `A`, `B`, `C`; default `"C"`.
    pub min_grade: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> RawConfig {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn an_empty_file_is_an_empty_config() {
        assert_eq!(parse(""), RawConfig::default());
    }

    #[test]
    fn a_path_is_one_text_or_a_list() {
        let texts = |text| parse(text).purchases.unwrap().path.unwrap().texts().to_vec();
        assert_eq!(texts("[purchases]\npath = 'a.csv'"), ["a.csv"]);
        assert_eq!(texts("[purchases]\npath = ['a.csv', 'b.csv']"), ["a.csv", "b.csv"]);
    }
}
