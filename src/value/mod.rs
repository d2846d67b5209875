//! Owns what customers are worth and how well value models do: the models of a shop, their test against what came, a
//! ranking by value beside plain ones, and the report for people who decide about budgets.

mod basis;
mod comebacks;
mod counted;
mod forecast_test;
mod models;
mod outlook;
mod past;
mod past_forecasts;
mod ranking;
mod report;
mod season;
mod valued;
mod visit_calibration;

pub(crate) use basis::Basis;
pub use comebacks::{ComebackFigure, Comebacks};
pub use forecast_test::{ComingSales, ForecastTest};
pub use models::{CustomerValue, ValueFrame, ValueModels};
pub(crate) use outlook::TABLE_YEARS;
pub use outlook::{ListedCustomer, SalesForecast, Tracking, ValueTables};
pub use past::{Expected, PastValues};
pub use past_forecasts::PastForecast;
pub use ranking::{ValueRanking, rank_by_value};
pub use report::{HoldoutReport, RetentionReport, ValueReport, value_report_schema};
pub use season::SalesSeason;
pub use valued::Valuing;
pub(crate) use valued::{CustomerValues, Fitted, Valued};
pub use visit_calibration::VisitCalibration;
