//! What a night tells of its model for people to look at: how far each feature has moved from training, and what came of the
//! lists so far. It raises no alarm.

use serde::Serialize;

use super::TrainingProfile;
use super::drift::FeatureDrift;
use super::night::Night;
use super::performance::ListPerformance;
use crate::timeline::date_of;

/// Figures of a night beside those of training.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MonitorReport {
    /// Customers on both lists.
    pub n_customers: u64,
    /// Their mean churn probability.
    pub mean_probability: f64,
    /// The share that churned at each training cutoff, the earliest first; empty for a version without a profile.
    pub training_churn_rates: Vec<f64>,
    /// Every feature that the model uses, the one that has moved most first; empty for a version without a profile.
    pub features: Vec<FeatureDrift>,
    /// The lists so far, the earliest first.
    pub lists: Vec<ListFigures>,
}

/// A list, what was expected of it, and what came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListFigures {
    /// Its day.
    pub as_of: String,
    /// The figures as the night has them.
    #[serde(flatten)]
    pub performance: ListPerformance,
    /// Observed to expected churners, with the bounds of its interval; `None` before the label window has ended.
    pub observed_to_expected: Option<[f64; 3]>,
}

impl MonitorReport {
    /// The report of a night by a version with this profile of its training.
    #[must_use]
    pub fn of(night: &Night, training: Option<&TrainingProfile>) -> Self {
        let drift = training.zip(night.features.as_ref());
        let list = |list: &ListPerformance| ListFigures {
            as_of: date_of(list.as_of_day).map(|day| day.to_string()).unwrap_or_default(),
            observed_to_expected: list.realised.as_ref().and_then(|realised| realised.ratio(list.expected.variance)),
            performance: list.clone(),
        };
        Self {
            n_customers: night.scores.n,
            mean_probability: night.scores.mean,
            training_churn_rates: training.map_or_else(Vec::new, |training| training.features.churn_rates.clone()),
            features: drift
                .map_or_else(Vec::new, |(training, counts)| training.features.drift(counts, night.as_of_day)),
            lists: night.performance.iter().map(list).collect(),
        }
    }
}
