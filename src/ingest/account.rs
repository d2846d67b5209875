//! The account of a table: every row that came in is used or rejected for a named reason.

use std::fmt;

use serde::Serialize;

use super::error::IngestError;
use crate::config::Table;
use crate::text::grouped;

/// Why a row is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reason {
    /// The rule, for example `missing`, `filter`, `duplicate`.
    pub rule: &'static str,
    /// The column of our schema that it broke, if it is about one.
    pub column: Option<&'static str>,
}

impl Reason {
    /// The row is outside the table's `filter`: set aside on purpose.
    pub const FILTER: Self = Self::of_row("filter");
    /// The row repeats an earlier one.
    pub const DUPLICATE: Self = Self::of_row("duplicate");
    /// The line of the text file cannot be split into the columns of its header.
    pub const BROKEN_LINE: Self = Self::of_row("broken_line");

    /// A reason about the row as a whole.
    #[must_use]
    pub const fn of_row(rule: &'static str) -> Self {
        Self { rule, column: None }
    }

    /// A reason about one column.
    #[must_use]
    pub const fn of_column(rule: &'static str, column: &'static str) -> Self {
        Self { rule, column: Some(column) }
    }

    /// Whether the config asked for it: such rows say nothing about the quality of the data.
    #[must_use]
    pub fn is_wanted(self) -> bool {
        self == Self::FILTER || self == Self::DUPLICATE
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "{} {column}", self.rule.replace('_', " ")),
            None => write!(f, "{}", self.rule.replace('_', " ")),
        }
    }
}

/// How many rows of a table came in and what became of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// The table's name.
    pub table: &'static str,
    /// Rows of the input, broken lines included.
    pub rows_in: u64,
    /// Rows that are used.
    pub used: u64,
    /// Rejected rows by reason, in the order in which the reasons are checked.
    pub rejected: Vec<(Reason, u64)>,
}

impl Account {
    /// An account that must balance.
    ///
    /// # Errors
    /// `IngestError::Unbalanced` if a row got lost or was counted twice: a bug of this program.
    pub(crate) fn balanced(
        table: Table,
        rows_in: u64,
        used: u64,
        rejected: Vec<(Reason, u64)>,
    ) -> Result<Self, IngestError> {
        let account = Self { table: table.name(), rows_in, used, rejected };
        let accounted = used + account.n_rejected();
        if accounted == rows_in {
            Ok(account)
        } else {
            Err(IngestError::Unbalanced { table: table.name(), rows_in, accounted })
        }
    }

    /// Rejected rows, whatever the reason.
    #[must_use]
    pub fn n_rejected(&self) -> u64 {
        self.rejected.iter().map(|(_, count)| count).sum()
    }

    /// Share of rows rejected for other reasons than the filter or repetition, among the rows left by those two.
    #[must_use]
    pub fn rejected_share(&self) -> f64 {
        let wanted: u64 = self.rejected.iter().filter(|(reason, _)| reason.is_wanted()).map(|(_, count)| count).sum();
        let (unwanted, examined) = (self.n_rejected() - wanted, self.rows_in - wanted);
        if examined == 0 { 0.0 } else { unwanted as f64 / examined as f64 }
    }
}

/// `purchases: 1,067,370 rows = 779,422 used + 287,948 rejected (filter 22,950, …)`.
impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} rows = {} used", self.table, grouped(self.rows_in), grouped(self.used))?;
        if self.rejected.is_empty() {
            return Ok(());
        }
        write!(f, " + {} rejected (", grouped(self.n_rejected()))?;
        for (position, (reason, count)) in self.rejected.iter().enumerate() {
            let comma = if position == 0 { "" } else { ", " };
            write!(f, "{comma}{reason} {}", grouped(*count))?;
        }
        write!(f, ")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_reads_as_a_sum_and_must_balance() {
        let rejected = vec![(Reason::FILTER, 20), (Reason::of_column("missing", "customer_id"), 30)];
        let account = Account::balanced(Table::Purchases, 1_050, 1_000, rejected.clone()).unwrap();
        let line = "purchases: 1,050 rows = 1,000 used + 50 rejected (filter 20, missing customer_id 30)";
        assert_eq!(account.to_string(), line);
        assert!((account.rejected_share() - 30.0 / 1_030.0).abs() < 1e-12);
        assert!(Account::balanced(Table::Purchases, 1_051, 1_000, rejected).is_err());
        let clean = Account::balanced(Table::Complaints, 3, 3, Vec::new()).unwrap();
        assert_eq!(clean.to_string(), "complaints: 3 rows = 3 used");
    }
}
