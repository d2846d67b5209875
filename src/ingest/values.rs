//! Typed columns: what is left of a source column when only our kinds of values remain.

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
