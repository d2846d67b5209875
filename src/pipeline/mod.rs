//! The stories, told once: a backtest, training, scoring. Each stage is a line; the rooms do the work. No story reads or
//! writes files, knows the clock, or prints.

mod backtest;
mod capture;
mod challenge;
mod doubts;
mod economics;
mod error;
mod facts;
mod feature_table;
mod frame;
mod gate;
mod learnt;
mod list;
mod list_columns;
mod observer;
mod outlook;
mod score;
mod story;
mod train;
mod worth;

pub use backtest::{Backtest, NestedChoice, TestChoice, backtest};
pub use capture::{ValueRanking, rank_by_value};
pub use challenge::Reigning;
pub use economics::{HoldoutReport, RetentionReport, ValueReport};
pub use error::PipelineError;
pub use feature_table::{feature_census, feature_schema, feature_table};
pub use gate::{GateVerdict, judge};
pub use list::{ListRow, RankedList, RowWorth};
pub use list_columns::{LIST_COLUMNS, ListColumn};
pub use observer::{Nobody, Observer};
pub use outlook::{SalesForecast, Tracking, ValueTables};
pub use score::{Scored, Valuing, score};
pub use story::{ComplaintStory, CustomerStory, CustomerValue, FeatureStory, story};
pub use train::{Candidate, Provenance, train};
pub use worth::{ValueFrame, ValueModels, Worth};
