//! What the figures of the part say alike: the population, the learners and features by name.

use serde_json::Value;

use super::super::document::{count, items, text};
use crate::text::grouped;

/// The learner that makes the list, among those of an evaluation.
pub(super) fn main_learner(evaluation: &Value) -> Option<&Value> {
    let main = text(evaluation, "/main")?;
    items(evaluation, "/learners").iter().find(|learner| learner["name"] == main)
}

/// The population of all test figures.
pub(super) fn population(evaluation: &Value) -> String {
    let n = |name: &str| count(evaluation, &format!("/population/{name}")).map_or_else(String::new, grouped);
    let cutoffs = items(evaluation, "/population/cutoffs");
    let day = |cutoff: Option<&Value>| cutoff.and_then(|cutoff| text(cutoff, "/cutoff")).unwrap_or_default().to_owned();
    format!(
        "Out-of-time test: {} rows of {} customers at {} test cutoffs ({} to {}), {} churned; {}",
        n("n_rows"),
        n("n_customers"),
        cutoffs.len(),
        day(cutoffs.first()),
        day(cutoffs.last()),
        n("n_churned"),
        text(evaluation, "/population/eligibility").unwrap_or_default()
    )
}

pub(in crate::output::page) const INTERVAL: &str = "Lines are 95 % intervals from customers drawn anew.";

/// The name of a learner for people.
pub(in crate::output::page) fn learner_name(name: &str) -> &str {
    match name {
        "blend" => "blend: the model",
        "logistic" => "logistic regression",
        "boosting" => "gradient boosting",
        "recency" => "rule: longest silence first",
        "overdue" | "silence" | "own_rhythm_silence" => "rule: silence against the own rhythm",
        "rfm" => "rule: recency, frequency, monetary value",
        "mbg_nbd" => "purchase model (MBG/NBD)",
        "ebm" | "p_ebm" => "explainable boosting (EBM)",
        "head" => "the model of this question",
        "alive" | "p_alive" => "purchase model: whether still a customer",
        other => other,
    }
}

/// The name of a feature in words.
pub(super) fn spoken(feature: &str) -> String {
    feature.replace('_', " ")
}
