//! Owns what people and systems open: one file per kind of output. How a file appears is the business of `files`.

mod error;
mod formula;
mod rejects;
mod stream;
mod tables;

pub use error::OutputError;
pub use rejects::stage_rejects;
pub use stream::{Emit, stage_stream};
pub use tables::{Format, stage_table, write_table};
