//! The playbook as written in the file: everything optional, nothing checked.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The whole file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawPlaybook {
    pub(super) currency: Option<String>,
    pub(super) channels: BTreeMap<String, RawChannel>,
    pub(super) action: Vec<RawAction>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawChannel {
    pub(super) capacity: Option<i64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawAction {
    pub(super) name: Option<String>,
    pub(super) level: Option<String>,
    pub(super) channel: Option<String>,
    pub(super) complaints: Option<String>,
    pub(super) stages: Vec<String>,
    pub(super) segments: Vec<String>,
    pub(super) quadrants: Vec<String>,
    pub(super) causes: Vec<String>,
    pub(super) conditions: Vec<String>,
    #[serde(rename = "where")]
    pub(super) condition: Option<String>,
    pub(super) suggests_category: Option<bool>,
    pub(super) contact_cost: Option<f64>,
    pub(super) incentive: Option<f64>,
    pub(super) incentive_share: Option<f64>,
    pub(super) incentive_ceiling: Option<f64>,
    pub(super) save_rate: Option<RawRate>,
    pub(super) take_rate: Option<RawRate>,
    pub(super) winback_rate: Option<RawRate>,
    pub(super) wake_rate: Option<RawRate>,
    pub(super) capacity: Option<i64>,
    pub(super) control_share: Option<f64>,
    pub(super) cool_down_days: Option<i64>,
    pub(super) hint: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawRate {
    pub(super) mean: Option<f64>,
    pub(super) weight: Option<f64>,
    pub(super) evidence: Option<String>,
}
