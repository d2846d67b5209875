//! Typed columns: what is left of a source column when only our kinds of values remain.

use rayon::prelude::*;

use super::words::Words;
use crate::timeline::columns::NO_CODE;

/// An absent time or amount.
pub const ABSENT: i64 = i64::MIN;
/// An absent flag; others are 0 (no) and 1 (yes).
pub const NO_FLAG: u8 = 2;

/// A typed column, one value per row of the table, rejected rows included.
#[derive(Debug, Clone)]
pub(crate) enum Values {
    /// Codes of distinct texts.
    Words(Words),
    /// Stable keys of ids; 0 is absent.
    Keys(Vec<u64>),
    /// Microseconds of UTC; [`ABSENT`] where there is none.
    Times(Vec<i64>),
    /// Minor units; [`ABSENT`] where there is none.
    Money(Vec<i64>),
    /// Numbers; NaN is absent.
    Numbers(Vec<f32>),
    /// 0, 1 or [`NO_FLAG`].
    Flags(Vec<u8>),
}

impl Values {
    /// Whether the row has no value.
    pub(crate) fn is_absent(&self, row: usize) -> bool {
        match self {
            Self::Words(words) => words.codes.get(row).is_none_or(|code| *code == NO_CODE),
            Self::Keys(keys) => keys.get(row).is_none_or(|key| *key == 0),
            Self::Times(values) | Self::Money(values) => values.get(row).is_none_or(|value| *value == ABSENT),
            Self::Numbers(values) => values.get(row).is_none_or(|value| value.is_nan()),
            Self::Flags(values) => values.get(row).is_none_or(|value| *value == NO_FLAG),
        }
    }
}

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

/// Reads a column cell by cell, in parallel; the second part lists the unreadable rows, ascending.
pub(crate) fn gather<T: Copy + Send + Sync>(
    n_rows: usize,
    absent: T,
    cell: impl Fn(usize) -> Cell<T> + Sync,
) -> (Vec<T>, Vec<usize>) {
    let mut values = vec![absent; n_rows];
    let unreadable: Vec<Vec<usize>> = values
        .par_chunks_mut(CHUNK)
        .enumerate()
        .map(|(chunk, values)| {
            let first = chunk * CHUNK;
            let mut unreadable = Vec::new();
            for (row, value) in (first..).zip(values) {
                match cell(row) {
                    Cell::Value(read) => *value = read,
                    Cell::Absent => {}
                    Cell::Unreadable => unreadable.push(row),
                }
            }
            unreadable
        })
        .collect();
    (values, unreadable.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_gathered_in_order_across_chunks() {
        let n = 2 * CHUNK + 3;
        let cell = |row: usize| match row % CHUNK {
            0 => Cell::Unreadable,
            1 => Cell::Absent,
            _ => Cell::Value(row),
        };
        let (values, unreadable) = gather(n, 0, cell);
        assert_eq!(unreadable, [0, CHUNK, 2 * CHUNK]);
        assert_eq!((values[0], values[1], values[2], values[n - 1]), (0, 0, 2, n - 1));
    }
}
