//! The work of a command, written once: a backtest, training, scoring. Each stage is a line; the rooms do the work. None reads or
//! writes files, knows the clock, or prints.

mod backtest;
mod beside;
mod challenge;
mod customer_explanation;
mod decisions;
mod details;
mod error;
mod facts;
mod feature_table;
mod frame;
mod gate;
mod head_tests;
mod heads;
mod learnt;
mod list;
mod list_columns;
mod list_schema;
mod past_lists;
mod progress;
mod reason_tests;
mod score;
mod score_uncertainty;
mod simple_rule;
mod train;

pub use backtest::{Backtest, NestedChoice, TestChoice, backtest};
pub use beside::Beside;
pub use challenge::CurrentChampion;
pub use customer_explanation::explain_customer;
pub use details::details;
pub use error::PipelineError;
pub use feature_table::{WantedFeatures, feature_census, feature_schema, feature_table};
pub use gate::{GateVerdict, judge};
pub use head_tests::HeadTests;
pub use list::{DecisionBasis, ListDecisions, ListRow, ListedValue, Lists, RankedList};
pub use list_columns::{LIST_COLUMNS, ListColumn};
pub use list_schema::list_row_schema;
pub use past_lists::{DayLeftOut, PastListsReport, ValueCalibrationReport};
pub use progress::{Nobody, Progress};
pub use reason_tests::ReasonTests;
pub use score::{Scored, score};
pub use train::{Candidate, Provenance, TrainingContext, train};
