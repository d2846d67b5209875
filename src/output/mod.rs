//! Owns what people and systems open: one file per kind of output. How a file appears is the business of `files`.

mod csv_form;
mod database;
mod error;
mod features;
mod formula;
mod frames;
mod json_lines;
mod page;
mod page_columns;
mod pages;
mod pieces;
mod rejects;
mod sheet;
mod sheet_form;
mod tables;

pub use database::{StoredList, StoredRun, store_run};
pub use error::OutputError;
pub use features::{FeatureFile, FeatureSheet, PackedRows, stage_features};
pub use frames::{feature_frame, stacked};
pub use json_lines::stage_json_lines;
pub use page::{
    BacktestInput, Columns, DETAILED_ROWS, PAGE_ROWS, PageInput, PageList, Values, backtest_page, customer_page, page,
};
pub use page_columns::{columns_of, read_columns, read_some_columns};
pub use pieces::stage_csv_and_parquet;
pub use rejects::{refused_file_name, reject_file_name, stage_rejects};
pub use sheet::{Sheet, Stated, stage_sheet};
pub use sheet_form::{INTERVIEWS, SheetColumn};
pub use tables::{Format, file_name, stage_table};
