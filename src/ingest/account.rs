//! The account of a table: every row that came in is used or rejected for a named reason.

use std::fmt;

use serde::Serialize;

use super::error::IngestError;
use crate::config::Table;
use crate::text::{counted, grouped};

/// Why a row is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
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
    /// The row stands in another file of the table too, equal in all columns, and is counted there.
    pub const OVERLAP: Self = Self::of_row("overlap");
    /// A later version of its order or complaint is there, and counts.
    pub const SUPERSEDED: Self = Self::of_row("superseded");
    /// The row is outside the filter and has no customer either: counted with those that have none.
    pub const FILTER_WITHOUT_CUSTOMER: Self = Self::of_column("filter", "customer_id");
    /// The row has no customer.
    pub const NO_CUSTOMER: Self = Self::of_column("missing", "customer_id");
    /// The filter asks for a column of a lookup, and the lookup has none for the row.
    pub const NOT_LOOKED_UP: Self = Self::of_row("not_looked_up");
    /// The line of the text file cannot be split into the columns of its header.
    pub const BROKEN_LINE: Self = Self::of_row("broken_line");

    /// The line is the header of the file once more.
    pub const REPEATED_HEADER: Self = Self::of_row("repeated_header");
    /// The line states totals of others.
    pub const TOTAL_LINE: Self = Self::of_row("total_line");

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

    /// Whether the config asked for it, or the row is none: such rows say nothing about the quality of the data.
    #[must_use]
    pub fn is_wanted(self) -> bool {
        self.is_filter()
            || self == Self::DUPLICATE
            || self == Self::OVERLAP
            || self == Self::SUPERSEDED
            || self.is_no_row()
            || self.rule == "negative"
    }

    /// Whether the row is lost: the config did not ask for it, and it is no guest's.
    #[must_use]
    pub fn is_loss(self) -> bool {
        !self.is_wanted() && self != Self::NO_CUSTOMER
    }

    /// When it is checked: lines, filter, columns, repetition, then what the values say.
    fn stage(self) -> u8 {
        match self {
            _ if self.is_of_line() => 0,
            _ if self.is_filter() => 2,
            Self { rule, column: None } if rule.starts_with("unreadable") => 1,
            Self::NOT_LOOKED_UP => 2,
            Self { rule, .. } if rule == "missing" || rule.starts_with("unreadable") => 3,
            Self::DUPLICATE | Self::OVERLAP | Self::SUPERSEDED => 4,
            _ => 5,
        }
    }

    /// Whether it was found before anything was parsed.
    pub(crate) fn is_of_line(self) -> bool {
        self == Self::BROKEN_LINE || self.is_no_row()
    }

    /// Whether a rule finds lines before anything is parsed.
    pub(crate) fn is_rule_of_line(rule: &str) -> bool {
        [Self::BROKEN_LINE, Self::REPEATED_HEADER, Self::TOTAL_LINE].iter().any(|reason| reason.rule == rule)
    }

    /// Whether the line of the file is no row of the table.
    fn is_no_row(self) -> bool {
        self == Self::REPEATED_HEADER || self == Self::TOTAL_LINE
    }

    /// Whether the row was set aside by the table's `filter`.
    #[must_use]
    pub fn is_filter(self) -> bool {
        self == Self::FILTER || self == Self::FILTER_WITHOUT_CUSTOMER
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

/// Distinct things among the used rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, schemars::JsonSchema)]
pub struct About {
    /// Customers; of purchases, those who bought.
    pub customers: u64,
    /// Customers of whom there are returns alone.
    pub returns_only: u64,
    /// Orders, or complaints; `None` if the rows have no number of them.
    pub events: Option<u64>,
}

/// How many rows of a table came in and what became of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Account {
    /// The table's name.
    pub table: &'static str,
    /// Rows of the input, broken lines included.
    pub rows_in: u64,
    /// Rows that are used.
    pub used: u64,
    /// What the used rows are about.
    pub about: About,
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
        (used, about): (u64, About),
        rejected: Vec<(Reason, u64)>,
    ) -> Result<Self, IngestError> {
        let mut account = Self { table: table.name(), rows_in, used, about, rejected };
        account.sort_reasons();
        let accounted = used + account.n_rejected();
        if accounted == rows_in {
            Ok(account)
        } else {
            Err(IngestError::Unbalanced { table: table.name(), rows_in, accounted })
        }
    }

    /// Adds what became of the rows of other customers.
    pub(crate) fn add(&mut self, other: &Self) {
        self.rows_in += other.rows_in;
        self.used += other.used;
        self.about.customers += other.about.customers;
        self.about.returns_only += other.about.returns_only;
        self.about.events = self.about.events.zip(other.about.events).map(|(own, others)| own + others);
        for (reason, count) in &other.rejected {
            match self.rejected.iter_mut().find(|(known, _)| known == reason) {
                Some((_, sum)) => *sum += count,
                None => self.rejected.push((*reason, *count)),
            }
        }
        self.sort_reasons();
    }

    /// Puts the reasons in the order in which they are checked, whichever rows came first.
    fn sort_reasons(&mut self) {
        let columns =
            Table::ALL.iter().find(|table| table.name() == self.table).map_or(&[][..], |table| table.columns());
        let position = |column: Option<&str>| columns.iter().position(|spec| Some(spec.name) == column);
        self.rejected.sort_by_key(|(reason, _)| (reason.stage(), position(reason.column), reason.rule == "missing"));
    }

    /// Rows that can be read and lie inside the table's filter, used or not.
    pub(crate) fn n_belonging(&self) -> u64 {
        let outside = |reason: &Reason| reason.is_filter() || reason.is_of_line();
        let outside = self.rejected.iter().filter(|(reason, _)| outside(reason)).map(|(_, count)| count);
        self.rows_in - outside.sum::<u64>()
    }

    /// Takes orders or complaints out that are counted elsewhere.
    pub(crate) fn without_events(&mut self, repeated: u64) {
        self.about.events = self.about.events.map(|events| events.saturating_sub(repeated));
    }

    /// Rejected rows, whatever the reason.
    #[must_use]
    pub fn n_rejected(&self) -> u64 {
        self.rejected.iter().map(|(_, count)| count).sum()
    }

    /// Rows that are lost: rejected for other reasons than the filter, repetition or an absent customer.
    pub(crate) fn n_lost(&self) -> u64 {
        self.rejected.iter().filter(|(reason, _)| reason.is_loss()).map(|(_, count)| count).sum()
    }

    /// Rows that repeat others in every column.
    #[must_use]
    pub fn n_repeated(&self) -> u64 {
        self.count(Reason::DUPLICATE) + self.count(Reason::OVERLAP)
    }

    /// Share of rows without a customer among those that the config does not set aside.
    pub(crate) fn guest_share(&self) -> f64 {
        let examined = self.used + self.n_lost() + self.count(Reason::NO_CUSTOMER);
        if examined == 0 { 0.0 } else { self.count(Reason::NO_CUSTOMER) as f64 / examined as f64 }
    }

    /// Share of rows that are lost among those that the config does not set aside and that have a customer.
    #[must_use]
    pub fn rejected_share(&self) -> f64 {
        let (lost, examined) = (self.n_lost(), self.used + self.n_lost());
        if examined == 0 { 0.0 } else { lost as f64 / examined as f64 }
    }
}

/// `purchases: 1,067,370 rows = 779,422 used (5,878 customers, 36,969 orders) + 287,948 rejected (missing customer_id
/// 243,007, …)`.
impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} rows = {} used", self.table, grouped(self.rows_in), grouped(self.used))?;
        write!(f, " ({}", counted(self.about.customers, "customer"))?;
        let noun = if self.table == Table::Complaints.name() { "complaint" } else { "order" };
        if let Some(events) = self.about.events {
            write!(f, ", {}", counted(events, noun))?;
        }
        if self.about.returns_only > 0 {
            write!(f, "; {} more with returns alone", counted(self.about.returns_only, "customer"))?;
        }
        write!(f, ")")?;
        if self.rejected.is_empty() {
            return Ok(());
        }
        write!(f, " + {} rejected (", grouped(self.n_rejected()))?;
        for (position, line) in self.reasons_in_words().iter().enumerate() {
            write!(f, "{}{line}", if position == 0 { "" } else { ", " })?;
        }
        write!(f, ")")
    }
}

impl Account {
    fn count(&self, wanted: Reason) -> u64 {
        self.rejected.iter().filter(|(reason, _)| *reason == wanted).map(|(_, count)| count).sum()
    }

    /// Rows without a customer first, whether or not the filter would have set them aside too; then by reason.
    fn reasons_in_words(&self) -> Vec<String> {
        let (inside, outside) = (self.count(Reason::NO_CUSTOMER), self.count(Reason::FILTER_WITHOUT_CUSTOMER));
        let mut words = Vec::new();
        if inside + outside > 0 {
            let also =
                if outside > 0 { format!(", {} of them outside the filter", grouped(outside)) } else { String::new() };
            words.push(format!("{} {}{also}", Reason::NO_CUSTOMER, grouped(inside + outside)));
        }
        let others = self.rejected.iter().filter(|(reason, _)| !reason.is_of_customer());
        words.extend(others.map(|(reason, count)| format!("{reason} {}", grouped(*count))));
        words
    }
}

impl Reason {
    fn is_of_customer(self) -> bool {
        self == Self::NO_CUSTOMER || self == Self::FILTER_WITHOUT_CUSTOMER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_in_the_order_of_the_checks() {
        let about = About { customers: 1, returns_only: 0, events: Some(2) };
        let future = Reason::of_column("future", "purchased_at");
        let unreadable = Reason::of_column("unreadable_number", "amount");
        let account = |rejected: &[(Reason, u64)]| {
            let n: u64 = rejected.iter().map(|(_, count)| count).sum();
            Account::balanced(Table::Purchases, 5 + n, (5, about), rejected.to_vec()).unwrap()
        };
        let mut sum = account(&[(future, 1), (Reason::DUPLICATE, 2)]);
        let other =
            account(&[(Reason::FILTER, 4), (unreadable, 8), (Reason::BROKEN_LINE, 16), (Reason::NO_CUSTOMER, 32)]);
        sum.add(&other);
        let order = [Reason::BROKEN_LINE, Reason::FILTER, Reason::NO_CUSTOMER, unreadable, Reason::DUPLICATE, future];
        assert_eq!(sum.rejected.iter().map(|(reason, _)| *reason).collect::<Vec<_>>(), order);
        assert_eq!((sum.n_belonging(), sum.about.events), (53, Some(4)));
    }

    #[test]
    fn an_account_reads_as_a_sum_and_must_balance() {
        let about = About { customers: 1, returns_only: 0, events: Some(1_200) };
        let rejected = vec![(Reason::FILTER, 15), (Reason::FILTER_WITHOUT_CUSTOMER, 5), (Reason::NO_CUSTOMER, 30)];
        let account = Account::balanced(Table::Purchases, 1_050, (1_000, about), rejected.clone()).unwrap();
        let line = "purchases: 1,050 rows = 1,000 used (1 customer, 1,200 orders) + 50 rejected (missing customer_id 35, \
                    5 of them outside the filter, filter 15)";
        assert_eq!(account.to_string(), line);
        assert!((account.guest_share() - 30.0 / 1_030.0).abs() < 1e-12 && account.rejected_share() < 1e-12);
        assert!(Account::balanced(Table::Purchases, 1_051, (1_000, about), rejected).is_err());
        let clean = Account::balanced(
            Table::Complaints,
            3,
            (3, About { customers: 2, returns_only: 0, events: None }),
            Vec::new(),
        );
        assert_eq!(clean.unwrap().to_string(), "complaints: 3 rows = 3 used (2 customers)");
    }
}
