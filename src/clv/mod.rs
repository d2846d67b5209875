//! Owns what a customer is worth: models of repeat purchases and of spend, their value over a horizon, how well they
//! forecast, and the economics of retention.
//!
//! The room reads plain numbers and returns plain structs: no tables, no files, no clock. Letters of the papers stand
//! inside formulas, words outside. Nothing here returns NaN, a negative predicted value or a probability outside
//! [0, 1], whatever history it is asked about. Sums run over fixed blocks in order, so threads change nothing.

mod bg_long;
mod bg_nbd;
mod bg_predict;
mod counts;
mod covariates;
mod diagnostics;
mod economics;
mod error;
mod fit;
mod gamma_gamma;
mod lifetime;
mod likelihood;
mod many;
mod model;
mod nbd;
mod pareto_nbd;
mod race;
#[cfg(test)]
mod recovery_tests;
mod search;
mod standard_errors;
mod summary;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tracking;
mod value_interval;

pub use crate::maths::quasi_newton::Stop;
pub use bg_nbd::{BgNbd, Dropout};
pub use covariates::{Covariate, CovariateFit, Covariates, Effect, LikelihoodRatio, fit_covariates};
pub use diagnostics::{Capture, ForecastError, FrequencyRow, Holdout, compare_rankings, holdout};
pub use economics::{
    CohortMember, CohortRates, CompoundingRow, Concentration, RetentionEconomics, ValueOfRetention, cohort_rates,
    concentration,
};
pub use error::ValueError;
pub use fit::{Fit, FitOutcome, LadderStep, Wanted, fit};
pub use gamma_gamma::{GammaGamma, SpendFit, SpendSummary, blended_margin, fit_spend};
pub use lifetime::{LifetimeValue, ValueSettings, ValueTable, ValuedCustomer, lifetime_value, lifetime_values};
pub use likelihood::{Forecast, Prediction, ValueModel};
pub use model::{ModelKind, PurchaseModel, predict_all};
pub use nbd::Nbd;
pub use pareto_nbd::ParetoNbd;
pub use standard_errors::{Parameter, standard_errors};
pub use summary::{CustomerSummary, Grouped, TimeUnit};
pub use tracking::{CohortColumns, CohortForecast, Periods, TrackingPoint, forecast_by_cohort, tracking_curve};
pub use value_interval::{ValueInterval, value_interval};
