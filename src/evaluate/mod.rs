//! Owns every figure about quality, each with its interval and its population: metrics, resampling, slices, the grade.
//!
//! Positive means `churned = true`. The room reads plain columns and returns plain structs; it knows no files, no clock
//! and no learner. It does not use the metrics of linfa 0.8.1, whose precision and recall are exchanged and whose curve
//! loses its origin when the lowest score is a shared 0.0.

pub mod audit;
pub mod bootstrap;
pub mod calibration;
pub mod capture;
pub mod challenge;
pub mod error;
pub mod figures;
pub mod grade;
pub mod input;
pub mod metrics;
pub mod outcome_calibration;
pub mod outcomes;
pub mod prepared;
pub mod profit;
pub mod ranking;
pub mod recalibration;
pub mod reliability;
pub mod report;
pub mod slices;
mod table;
pub mod threshold_curves;
pub mod value_calibration;

pub use audit::{AuditDay, GroupAudit};
pub use bootstrap::Interval;
pub use challenge::{Challenge, Finding};
pub use error::EvaluateError;
pub use grade::{Grade, Population, Verdict};
pub use input::{LearnerScores, Settings, TestCutoff};
pub use metrics::Metrics;
pub use outcome_calibration::{CalibratedOutcome, OutcomeCalibration, SaidOutcomes};
pub use outcomes::{ListOutcomes, OutcomeTest};
pub use profit::ProfitReport;
pub use report::{Evaluation, LearnerReport, evaluate};
pub use slices::Slice;
pub use threshold_curves::{CurvePoint, ThresholdCurves};
pub use value_calibration::{ValueCalibration, ValueCalibrationTable, ValueTest};
