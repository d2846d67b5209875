//! Columns read cell by cell, in parallel.

use polars::prelude::*;
use rayon::prelude::*;

/// What one cell of a source column is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Cell<T> {
    /// A value.
    Value(T),
    /// Nothing.
    Absent,
    /// Something that is no value of the kind.
    Unreadable,
}

impl<T> Cell<T> {
    /// A value if there is one, else something unreadable.
    pub(crate) fn read(value: Option<T>) -> Self {
        value.map_or(Self::Unreadable, Self::Value)
    }
}

/// Rows that one thread reads at a time.
const CHUNK: usize = 1 << 17;

/// Reads a column cell by cell, in parallel and where it lies: a column of many pieces is not put together first. The
/// second part lists the unreadable rows, ascending.
pub(crate) fn gather<D: PolarsDataType, T: Copy + Default + Send + Sync>(
    column: &ChunkedArray<D>,
    absent: T,
    cell: impl Fn(D::Physical<'_>) -> Cell<T> + Sync,
) -> (Vec<T>, Vec<usize>) {
    // Zeroed memory is not touched before the threads write to it.
    let mut values = vec![T::default(); column.len()];
    let mut pieces = Vec::new();
    let (mut rest, mut first) = (values.as_mut_slice(), 0);
    for (array, length) in column.downcast_iter().zip(column.chunk_lengths()) {
        let own = rest.split_off_mut(..length).unwrap_or_default();
        let starts = (0..length).step_by(CHUNK);
        pieces.extend(own.chunks_mut(CHUNK).zip(starts).map(|(values, start)| (array, start, first, values)));
        first += length;
    }
    let read = |(array, start, first, values): (&D::Array, usize, usize, &mut [T])| {
        let mut unreadable = Vec::new();
        for (place, value) in (start..).zip(values) {
            *value = match array.get(place).map_or(Cell::Absent, &cell) {
                Cell::Value(read) => read,
                Cell::Absent => absent,
                Cell::Unreadable => {
                    unreadable.push(first + place);
                    absent
                }
            };
        }
        unreadable
    };
    let unreadable: Vec<Vec<usize>> = pieces.into_par_iter().map(read).collect();
    (values, unreadable.concat())
}

/// What is made of each piece of a column of texts, in order; pieces are looked at side by side.
pub(crate) fn in_pieces<T: Send>(
    texts: &StringChunked,
    of_piece: impl Fn(&mut dyn Iterator<Item = Option<&str>>) -> T + Sync,
) -> Vec<T> {
    let mut pieces = Vec::new();
    for array in texts.downcast_iter() {
        let starts = (0..array.len()).step_by(CHUNK);
        pieces.extend(starts.map(|start| (array, start..array.len().min(start + CHUNK))));
    }
    let read = |(array, range): (&<StringType as PolarsDataType>::Array, std::ops::Range<usize>)| {
        of_piece(&mut range.map(|row| array.get(row)))
    };
    pieces.into_par_iter().map(read).collect()
}

/// Reads a column of numbers as [`gather`] does, usual types as they are: a cast would first copy the column.
pub(crate) fn gather_numbers<T: Copy + Default + Send + Sync>(
    column: &Column,
    absent: T,
    cell: impl Fn(f64) -> Cell<T> + Sync,
) -> PolarsResult<(Vec<T>, Vec<usize>)> {
    #[expect(clippy::cast_precision_loss, reason = "as the table engine casts")]
    let of_whole = |number: i64| cell(number as f64);
    Ok(match column.dtype() {
        DataType::Int32 => gather(column.i32()?, absent, |number| cell(f64::from(number))),
        DataType::Int64 => gather(column.i64()?, absent, of_whole),
        _ => gather(column.cast(&DataType::Float64)?.f64()?, absent, cell),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_gathered_in_order_across_chunks() {
        let n = 2 * CHUNK + 3;
        let numbers = |range: std::ops::Range<usize>| -> UInt64Chunked {
            range.map(|row| Some(row as u64).filter(|row| row % CHUNK as u64 != 1)).collect()
        };
        let mut column = numbers(0..CHUNK + 7);
        column.append(&numbers(CHUNK + 7..n)).unwrap();
        assert_eq!(column.downcast_iter().count(), 2);
        let cell = |row: u64| if row.is_multiple_of(CHUNK as u64) { Cell::Unreadable } else { Cell::Value(row) };
        let (values, unreadable) = gather(&column, 9, cell);
        assert_eq!(unreadable, [0, CHUNK, 2 * CHUNK]);
        assert_eq!((values[0], values[1], values[2], values[n - 1]), (9, 9, 2, n as u64 - 1));
    }
}
