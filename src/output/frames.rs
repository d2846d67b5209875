//! Feature tables as columns in memory.

use polars::prelude::{
    Column, DataFrame, DataType, Float32Chunked, IntoColumn, NamedFrom, NewChunkedArray, PolarsResult, Series,
    StringChunked,
};

use super::error::OutputError;
use super::tables::days_since_1970;
use crate::dataset::{Block, single};
use crate::error::Failure;
use crate::features::FeatureSchema;
use crate::timeline::Cutoff;

/// Some rows of a feature table: the columns of `retain features`, missing values null.
///
/// # Errors
/// What the table engine says.
pub fn feature_frame(
    block: &Block,
    (schema, cutoffs, customer_ids): (&FeatureSchema, &[Cutoff], &[String]),
) -> Result<DataFrame, Failure> {
    let columns = columns(block, (schema, cutoffs, customer_ids));
    let frame = columns.and_then(|columns| DataFrame::new(block.customers.len(), columns));
    Ok(frame.map_err(OutputError::of_table("features"))?)
}

fn columns(
    block: &Block,
    (schema, cutoffs, customer_ids): (&FeatureSchema, &[Cutoff], &[String]),
) -> PolarsResult<Vec<Column>> {
    let day = |idx: &u16| cutoffs.get(usize::from(*idx)).map(|cutoff| days_since_1970(cutoff.date()));
    let days: Vec<Option<i32>> = block.cutoff_idx.iter().map(day).collect();
    let names: StringChunked =
        block.customers.iter().map(|customer| customer_ids.get(*customer as usize).map(String::as_str)).collect();
    let mut columns = vec![
        Series::new("cutoff".into(), days).cast(&DataType::Date)?.into_column(),
        names.with_name("customer_id".into()).into_column(),
    ];
    for (name, values) in schema.names().zip(&block.features) {
        let values = values.iter().map(|value| Some(single(*value)).filter(|value| !value.is_nan()));
        columns.push(Float32Chunked::from_iter_options(name.into(), values).into_column());
    }
    Ok(columns)
}

/// Frames of the same columns, one below the other.
///
/// # Errors
/// What the table engine says.
pub fn stacked(frames: Vec<DataFrame>) -> Result<DataFrame, Failure> {
    let mut frames = frames.into_iter();
    let mut all = frames.next().unwrap_or_default();
    for frame in frames {
        all.vstack_mut_owned(frame).map_err(OutputError::of_table("features"))?;
    }
    Ok(all)
}
