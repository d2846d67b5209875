//! Getting tables in: files, column mapping, types; and handing them over as plain columns.
//!
//! `retain` reads in three steps: [`read`] gives typed tables with every row accounted for, `validate` decides what may
//! be used, [`columns`] hands over what is left. Polars scans, maps and casts; types are ours from `typing` on.

mod absent;
mod account;
mod cells;
mod code_book;
mod collect;
mod column_profile;
mod csv;
mod custom;
mod custom_cells;
mod custom_values;
mod dealt;
mod decimal;
mod duplicates;
mod engine;
mod error;
mod evaluate;
mod events;
mod facts;
mod fingerprint;
mod found_in_rows;
mod found_in_values;
mod gather;
mod globs;
mod growth;
mod handover;
mod ids;
mod iso;
mod limits;
mod mapping;
mod meant;
mod numeric;
mod parquet;
mod parts;
mod paths;
mod peek;
mod raw;
mod reach;
mod read;
mod records;
mod rejects;
mod resolve;
mod sections;
mod seen;
mod source;
mod sources;
mod sql;
mod table;
mod text_pieces;
mod typing;
mod values;
mod walk;
mod words;
mod zone;

pub use account::{About, Account, Reason};
pub use code_book::CodeBook;
pub use column_profile::{ColumnProfile, Holds, MonthCount, SourceProfile, TableProfile, profile_source};
pub(crate) use custom_cells::CustomCells;
pub use error::IngestError;
pub use facts::{Example, Fact, FactRule};
pub use fingerprint::{Fingerprint, fingerprints};
pub use handover::{Dictionaries, columns};
pub use limits::MAX_ROWS;
pub use meant::{Meant, MeantRule, exchanged};
pub use parts::Parts;
pub use peek::peek;
pub use reach::{input_files, would_be_read};
pub use read::{Read, read, read_frames, read_part};
pub use seen::SeenEvents;
pub use table::TypedTable;
pub use typing::{NO, YES};
pub use values::{ABSENT, NO_FLAG};

#[cfg(test)]
pub(crate) mod tests;
