//! What custom features saw in the cells of their columns.

use super::error::{A_NUMBER, IngestError};

/// What the cells of a column of a custom feature are, all together.
#[derive(Debug, Clone)]
pub(crate) struct CustomCells {
    pub(super) key: String,
    pub(super) expression: String,
    /// Whether any cell is a value.
    pub(super) is_read: bool,
    /// Whether any cell is something else.
    pub(super) is_unreadable: bool,
}

impl CustomCells {
    /// Adds the cells of other rows of the same columns.
    pub(crate) fn add_all(all: &mut Vec<Self>, others: &[Self]) {
        for other in others {
            match all.iter_mut().find(|known| known.key == other.key) {
                Some(known) => {
                    known.is_read |= other.is_read;
                    known.is_unreadable |= other.is_unreadable;
                }
                None => all.push(other.clone()),
            }
        }
    }

    /// Refuses a column of words: it is no column with a few errors. Asked of all rows of the shop.
    ///
    /// # Errors
    /// `IngestError::WrongType` for the first such column.
    pub(crate) fn refuse_words(all: &[Self]) -> Result<(), IngestError> {
        match all.iter().find(|cells| cells.is_unreadable && !cells.is_read) {
            Some(Self { key, expression, .. }) => Err(IngestError::WrongType {
                key: key.clone(),
                expression: expression.clone(),
                dtype: "text that is no number in any row".to_owned(),
                allowed: A_NUMBER,
            }),
            None => Ok(()),
        }
    }
}
