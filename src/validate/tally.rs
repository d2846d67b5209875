//! What row checks have counted. It is worded once, when all of the shop is counted, so that a shop in parts says what it
//! says whole.

use super::finding::{Finding, Severity};
use crate::config::Table;
use crate::ingest::{Account, Example, TypedTable};

/// How many there are, in the whole shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    /// Rows, or whatever the finding is about.
    pub(super) found: u64,
    /// Customers behind them, where they are counted.
    pub(super) customers: u64,
    /// Rows of the table inside its filter.
    pub(super) belonging: u64,
    /// Rows of the table that are used.
    pub(super) used: u64,
    /// Customers of those rows.
    pub(super) used_customers: u64,
}

impl Counts {
    fn of(found: u64, customers: u64, account: Option<&Account>) -> Self {
        let about = |count: fn(&Account) -> u64| account.map_or(0, count);
        let (belonging, used) = (about(Account::n_belonging), about(|account| account.used));
        Self { found, customers, belonging, used, used_customers: about(|account| account.about.customers) }
    }
}

/// How grave it is and the facts in one sentence.
type Wording = Box<dyn Fn(Counts) -> (Severity, String) + Send + Sync>;

/// What a check has counted of a shop or a part of it.
pub(super) struct Tally {
    rule: &'static str,
    table: Table,
    column: Option<String>,
    found: u64,
    customers: u64,
    examples: Vec<Example>,
    wording: Wording,
    hint: Option<String>,
    /// How many there have to be, in the whole shop.
    least: u64,
    /// How many per cent of the used rows, in the whole shop.
    least_percent: u64,
    /// Whether anything speaks against it, and for it, anywhere in the shop.
    is_contradicted: bool,
    is_confirmed: bool,
}

impl std::fmt::Debug for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}: {} {:?}", self.rule, self.table.name(), self.found, self.examples)
    }
}

impl Tally {
    /// A count for which `wording` finds words.
    pub(super) fn new(
        rule: &'static str,
        (table, found): (Table, u64),
        wording: impl Fn(Counts) -> (Severity, String) + Send + Sync + 'static,
    ) -> Self {
        let wording = Box::new(wording);
        Self {
            rule,
            table,
            column: None,
            found,
            customers: 0,
            examples: Vec::new(),
            wording,
            hint: None,
            least: 0,
            least_percent: 0,
            is_contradicted: false,
            is_confirmed: true,
        }
    }

    /// Counts some of the rows of a table and mentions the first; `None` if there are none.
    pub(super) fn of_rows(
        rule: &'static str,
        (table, rows): (&TypedTable, &[usize]),
        wording: impl Fn(Counts) -> (Severity, String) + Send + Sync + 'static,
    ) -> Option<Self> {
        let mentions = rows.iter().take(Example::SHOWN).map(|row| table.mentioned(*row));
        let tally = Self::new(rule, (table.table(), rows.len() as u64), wording);
        (!rows.is_empty()).then(|| tally.with_examples(mentions))
    }

    /// Names the column or file it is about.
    pub(super) fn of_column(self, column: impl Into<String>) -> Self {
        Self { column: Some(column.into()), ..self }
    }

    /// States how many customers are behind it.
    pub(super) fn of_customers(self, customers: u64) -> Self {
        Self { customers, ..self }
    }

    /// Keeps the first of some examples.
    pub(super) fn with_examples(self, examples: impl IntoIterator<Item = Example>) -> Self {
        Self { examples: first(examples.into_iter().collect()), ..self }
    }

    /// Says what can be done.
    pub(super) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Makes it a finding only where the whole shop has at least so many, something confirms and nothing contradicts it.
    pub(super) fn if_meant(self, least: u64, (is_confirmed, is_contradicted): (bool, bool)) -> Self {
        Self { least, is_contradicted, is_confirmed, ..self }
    }

    /// Makes it a finding only where it is about so many per cent of the used rows of the whole shop.
    pub(super) fn if_share(self, least_percent: u64) -> Self {
        Self { least_percent, ..self }
    }

    fn holds(&self, accounts: &[Account]) -> bool {
        let account = accounts.iter().find(|account| account.table == self.table.name());
        let is_share = self.found * 100 >= self.least_percent * account.map_or(0, |account| account.used);
        self.found >= self.least && is_share && self.is_confirmed && !self.is_contradicted
    }

    fn is_like(&self, other: &Self) -> bool {
        (self.rule, self.table, &self.column) == (other.rule, other.table, &other.column)
    }

    fn add(&mut self, other: Self) {
        self.found += other.found;
        self.customers += other.customers;
        self.is_contradicted |= other.is_contradicted;
        self.is_confirmed |= other.is_confirmed;
        self.examples.extend(other.examples);
        self.examples = first(std::mem::take(&mut self.examples));
        // What can be done may be known to one part alone.
        self.hint = self.hint.take().or(other.hint);
    }

    fn finding(self, accounts: &[Account]) -> Finding {
        let account = accounts.iter().find(|account| account.table == self.table.name());
        let (severity, message) = (self.wording)(Counts::of(self.found, self.customers, account));
        let finding = Finding::new(self.rule, self.table.name(), severity, message).counting(self.found);
        let finding = finding.with_examples(self.examples.into_iter().map(|example| example.text));
        Finding { column: self.column, hint: self.hint, ..finding }
    }
}

fn first(mut examples: Vec<Example>) -> Vec<Example> {
    examples.sort();
    examples.dedup();
    examples.truncate(Example::SHOWN);
    examples
}

/// What the checks have counted.
#[derive(Debug, Default)]
pub(super) struct Tallies(Vec<Tally>);

impl Tallies {
    /// Adds a count to those of the same.
    pub(super) fn add(&mut self, tally: Tally) {
        match self.0.iter_mut().find(|known| known.is_like(&tally)) {
            Some(known) => known.add(tally),
            None => self.0.push(tally),
        }
    }

    /// Adds what was counted of a part.
    pub(super) fn add_all(&mut self, other: Self) {
        other.0.into_iter().for_each(|tally| self.add(tally));
    }

    /// Takes a count out, to be replaced.
    pub(super) fn remove(&mut self, rule: &str) {
        self.0.retain(|tally| tally.rule != rule);
    }

    /// The findings, in an order that depends on nothing but what they are about.
    pub(super) fn findings(mut self, accounts: &[Account]) -> Vec<Finding> {
        self.0.sort_by(|a, b| (a.table, a.rule, &a.column).cmp(&(b.table, b.rule, &b.column)));
        self.0.into_iter().filter(|tally| tally.holds(accounts)).map(|tally| tally.finding(accounts)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_worded_as_the_whole() {
        let example = |place, text: &str| Example { place: (0, place), text: text.to_owned() };
        let tally = |found, examples: &[Example]| {
            let wording = |counts: Counts| (Severity::Warning, format!("{} of {}", counts.found, counts.belonging));
            Tally::new("zero_amount", (Table::Purchases, found), wording).with_examples(examples.to_vec())
        };
        let mut tallies = Tallies::default();
        tallies.add(tally(2, &[example(9, "e"), example(4, "c")]));
        let mut others = Tallies::default();
        others.add(tally(3, &[example(5, "d"), example(1, "a"), example(3, "b")]));
        tallies.add_all(others);
        let about = crate::ingest::About::default();
        let rejected = vec![(crate::ingest::Reason::FILTER, 4)];
        let account = Account { table: "purchases", rows_in: 24, used: 20, about, rejected };
        let findings = tallies.findings(&[account]);
        assert_eq!((findings.len(), findings[0].count, findings[0].message.as_str()), (1, 5, "5 of 20"));
        assert_eq!(findings[0].examples, ["a", "b", "c"]);
    }

    #[test]
    fn what_was_meant_is_settled_by_the_whole_shop() {
        let found = |parts: &[(u64, bool, bool)]| {
            let mut tallies = Tallies::default();
            for (found, is_confirmed, is_contradicted) in parts {
                let tally = Tally::new("meant", (Table::Purchases, *found), |_| (Severity::Error, String::new()));
                tallies.add(tally.if_meant(20, (*is_confirmed, *is_contradicted)));
            }
            tallies.findings(&[]).len()
        };
        assert_eq!(found(&[(12, true, false), (12, false, false)]), 1, "no part has enough alone");
        assert_eq!(found(&[(30, true, false), (0, false, true)]), 0, "one row of another part contradicts");
        assert_eq!(found(&[(30, false, false), (30, false, false)]), 0, "nothing confirms");
        assert_eq!(found(&[(19, true, false)]), 0);
    }
}
