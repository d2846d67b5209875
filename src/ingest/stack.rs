//! Rows of several files as one table.

use polars::prelude::*;

/// The rows of all files; a column that is of different types in them becomes text, or floats if all are numbers.
pub(super) fn stack(frames: Vec<DataFrame>) -> PolarsResult<DataFrame> {
    let mut frames = frames.into_iter();
    let mut stacked = frames.next().unwrap_or_default();
    for mut next in frames {
        for name in stacked.get_column_names_owned() {
            let (left, right) = (stacked.column(&name)?.dtype().clone(), next.column(&name)?.dtype().clone());
            if left != right {
                let common = common_type(&left, &right);
                stacked.with_column(stacked.column(&name)?.cast(&common)?)?;
                next.with_column(next.column(&name)?.cast(&common)?)?;
            }
        }
        stacked.vstack_mut_owned(next)?;
    }
    // Columns are put in one piece when they are typed, one after the other: together they would be in memory twice.
    Ok(stacked)
}

fn common_type(left: &DataType, right: &DataType) -> DataType {
    match (left, right) {
        (DataType::Null, other) | (other, DataType::Null) => other.clone(),
        (a, b) if a.is_integer() && b.is_integer() => DataType::Int64,
        (a, b) if a.is_primitive_numeric() && b.is_primitive_numeric() => DataType::Float64,
        (DataType::Datetime(_, zone), DataType::Datetime(_, other)) if zone == other => {
            DataType::Datetime(TimeUnit::Microseconds, zone.clone())
        }
        _ => DataType::String,
    }
}
