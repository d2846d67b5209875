//! Owns what people and systems open. Every file appears whole or not at all: it is written under a temporary name in
//! the same folder, synced, and renamed.

mod error;
mod tables;
mod whole;

pub use error::OutputError;
pub use tables::{Format, write_table};
pub use whole::write_whole;
