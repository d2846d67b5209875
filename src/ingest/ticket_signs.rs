//! Which rows of a table of complaints are none by a column of theirs, and the condition that keeps the others: the same for the
//! draft of a config, which looks at the first rows, and for checks, which look at all.

use std::collections::BTreeMap;

use super::conditions::{ColumnForm, is_empty, none_of, sql_name, sql_text};
use super::state_names::is_of_states;
use super::state_words::is_no;
use super::ticket_words::{TicketName, is_no_complaint, of_name};
use crate::config::{NO, YES, in_words};

/// Different values of a column that can be states or kinds.
const MOST_VALUES: usize = 40;

/// What a column of tickets holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TicketColumn {
    /// Rows with each value, where there are few.
    values: BTreeMap<String, u64>,
    /// Whether there were too many to be kept.
    are_many: bool,
    filled: u64,
    empty: u64,
    is_text: bool,
}

/// The rows that are no complaints by a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoComplaints {
    /// Rows with each value that says so; without values where any value does.
    pub(crate) values: Vec<(String, u64)>,
    /// How many there are.
    pub(crate) rows: u64,
    /// The condition that keeps the others.
    pub(crate) condition: String,
}

impl TicketColumn {
    /// A column without rows.
    pub(crate) fn new(is_text: bool) -> Self {
        Self { is_text, ..Self::default() }
    }

    /// Adds rows with a value, or without any.
    pub(crate) fn count(&mut self, value: Option<&str>, rows: u64) {
        let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) else {
            self.empty += rows;
            return;
        };
        self.filled += rows;
        if !self.are_many {
            *self.values.entry(value.to_owned()).or_default() += rows;
            self.forget();
        }
    }

    /// Adds the rows of others.
    pub(crate) fn add(&mut self, other: Self) {
        for (value, rows) in other.values {
            *self.values.entry(value).or_default() += rows;
        }
        self.are_many |= other.are_many;
        self.filled += other.filled;
        self.empty += other.empty;
        self.is_text |= other.is_text;
        self.forget();
    }

    fn forget(&mut self) {
        self.are_many |= self.values.len() > MOST_VALUES;
        if self.are_many {
            self.values.clear();
        }
    }

    /// Which rows are no complaints by a column of that name; `None` if none are, or all.
    pub(crate) fn no_complaints(&self, name: &str) -> Option<NoComplaints> {
        let found = match of_name(name)? {
            TicketName::Against if self.is_flag() => self.with(name, is_yes),
            TicketName::For if self.is_flag() => self.with(name, |value| is(NO, value)),
            TicketName::Filled if !self.is_flag() => Some(self.filled(name)),
            // A merge that is told as a yes or no.
            TicketName::Filled => self.with(name, is_yes),
            _ => self.with(name, is_no_complaint),
        };
        found.filter(|found| found.rows > 0 && found.rows < self.filled + self.empty)
    }

    /// Whether all values are a yes or a no.
    fn is_flag(&self) -> bool {
        !self.are_many && self.values.keys().all(|value| is_yes(value) || is_no(value))
    }

    fn form(&self) -> ColumnForm {
        ColumnForm { is_text: self.is_text, has_empty: self.empty > 0 }
    }

    fn with(&self, name: &str, speaks: impl Fn(&str) -> bool) -> Option<NoComplaints> {
        let own = self.values.iter().filter(|(value, _)| speaks(value));
        let mut values: Vec<(String, u64)> = own.map(|(value, rows)| (value.clone(), *rows)).collect();
        values.sort_by(|one, two| two.1.cmp(&one.1).then_with(|| one.0.cmp(&two.0)));
        let texts: Vec<&str> = values.iter().map(|(value, _)| value.as_str()).collect();
        let condition = none_of(name, &texts, self.form());
        let rows = values.iter().map(|(_, rows)| rows).sum();
        (rows > 0).then_some(NoComplaints { values, rows, condition })
    }

    /// The rows with any value but a no, where most have none.
    fn filled(&self, name: &str) -> NoComplaints {
        let nothing: Vec<(&String, &u64)> =
            self.values.iter().filter(|(value, _)| is_no(value) || *value == "-").collect();
        let rows = self.filled - nothing.iter().map(|(_, rows)| **rows).sum::<u64>();
        let condition = if nothing.is_empty() {
            is_empty(name, self.form())
        } else {
            let texts: Vec<String> = nothing.iter().map(|(value, _)| sql_text(value)).collect();
            let text = if self.is_text { sql_name(name) } else { format!("CAST({} AS VARCHAR)", sql_name(name)) };
            format!("COALESCE({text}, '') IN ('', {})", texts.join(", "))
        };
        NoComplaints { values: Vec::new(), rows, condition }
    }
}

fn is(known: &[&str], value: &str) -> bool {
    known.contains(&value.to_lowercase().as_str())
}

fn is_yes(value: &str) -> bool {
    is(YES, value)
}

/// Whether a column of tickets is worth a look in all rows, by its name and its first values.
pub(super) fn is_telling<'v>(name: &str, mut values: impl Iterator<Item = &'v str>, n_values: usize) -> bool {
    match of_name(name) {
        None => false,
        Some(TicketName::Words) if n_values > MOST_VALUES => false,
        Some(TicketName::Words) => is_of_kinds(name) || values.any(is_no_complaint),
        Some(_) => true,
    }
}

/// Whether a column of that name holds states or kinds of tickets.
fn is_of_kinds(name: &str) -> bool {
    const KINDS: &[&str] = &[
        "category",
        "kategorie",
        "catégorie",
        "categoría",
        "categoria",
        "categorie",
        "kategoria",
        "reason",
        "grund",
        "motif",
        "motivo",
        "reden",
        "topic",
        "thema",
        "resolution",
        "tag",
        "tags",
        "label",
        "class",
        "classification",
        "disposition",
    ];
    is_of_states(name) || in_words(name).iter().any(|word| KINDS.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[(&str, u64)]) -> TicketColumn {
        let mut column = TicketColumn::new(true);
        for (value, rows) in values {
            column.count(Some(value), *rows);
        }
        column
    }

    fn condition(name: &str, values: &[(&str, u64)]) -> Option<(String, u64)> {
        column(values).no_complaints(name).map(|found| (found.condition, found.rows))
    }

    #[test]
    fn states_kinds_flags_and_merges_say_which_rows_are_none() {
        let told = |sql: &str, rows| Some((sql.to_owned(), rows));
        let states = [("closed", 9), ("Spam", 3), ("merged", 2), ("pending", 4)];
        assert_eq!(condition("ticket_status", &states), told("\"ticket_status\" NOT IN ('Spam', 'merged')", 5));
        assert_eq!(condition("is_spam", &[("true", 2), ("false", 8)]), told("\"is_spam\" NOT IN ('true')", 2));
        assert_eq!(condition("is_complaint", &[("no", 7), ("yes", 2)]), told("\"is_complaint\" NOT IN ('no')", 7));
        let merged = [("", 8), ("8012", 2), ("8013", 1)];
        assert_eq!(condition("merged_into", &merged), told("COALESCE(\"merged_into\", '') = ''", 3));
        let zeros = [("0", 8), ("8012", 2), ("", 1)];
        assert_eq!(condition("duplicate_of", &zeros), told("COALESCE(\"duplicate_of\", '') IN ('', '0')", 2));
        assert_eq!(condition("Typ", &[("", 1), ("Lob", 2)]), told("COALESCE(\"Typ\", '') NOT IN ('Lob')", 2));
    }

    #[test]
    fn what_is_of_all_rows_or_of_none_is_not_told() {
        assert_eq!(condition("status", &[("closed", 9), ("open", 2)]), None);
        assert_eq!(condition("status", &[("test", 9)]), None, "it would leave nothing");
        assert_eq!(condition("test_group", &[("test", 9), ("control", 9)]), None);
        assert_eq!(condition("complaint", &[("late", 9), ("no", 9)]), None, "no flag");
        let many: Vec<String> = (0..99).map(|n| n.to_string()).collect();
        let many: Vec<(&str, u64)> = many.iter().map(|value| (value.as_str(), 1)).chain([("spam", 1)]).collect();
        assert_eq!(condition("status", &many), None);
        assert_eq!(condition("merged_into", &many), None, "all rows have one");
    }

    #[test]
    fn parts_are_the_whole_and_a_column_is_known_by_its_first_values() {
        let (one, other) = ([("spam", 2), ("open", 3)], [("open", 1), ("", 4)]);
        let mut sum = column(&one);
        sum.add(column(&other));
        let both: Vec<(&str, u64)> = one.into_iter().chain(other).collect();
        assert_eq!(sum, column(&both));
        assert!(is_telling("Etat", ["offen"].into_iter(), 1) && is_telling("x", ["Spam"].into_iter(), 1));
        assert!(!is_telling("x", ["blue"].into_iter(), 1) && !is_telling("Product", ["Test"].into_iter(), 1));
        assert!(is_telling("merged_into", ["8012"].into_iter(), 900));
    }
}
