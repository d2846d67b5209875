//! Returns of customers who bought nothing: an export of payments names the shop as the one who pays back.

use super::finding::{Finding, Severity};
use super::mending;
use crate::config::{Config, Table};
use crate::ingest::{ABSENT, TypedTable, toml_text};
use crate::text::{counted, grouped, verb};

/// Fewer returns are those of purchases before the first day of the data.
const LEAST_ROWS: u64 = 20;

/// Share of what was given back, and of what was bought, from which on they count.
const OF_RETURNS: f64 = 0.25;
const OF_PURCHASES: f64 = 0.01;

/// Per cent of the turnover that no shop is given back.
const NOTHING_LEFT_PERCENT: u128 = 95;

/// What was bought, what was given back, and by whom.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LoneReturns {
    bought_minor: u128,
    returned_minor: u128,
    lone_minor: u128,
    lone_rows: u64,
    lone_customers: u64,
    bought_rows: u64,
    returned_rows: u64,
}

/// The line of config that turns the sign of amounts.
fn turned(config: &Config) -> String {
    let minus = toml_text(&format!("0 - {}", mending::number(&config.purchases, "amount")));
    format!("`amount = {minus}` in `[purchases.columns]`")
}

impl LoneReturns {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        let (codes, amounts) = (purchases.codes("customer_id"), purchases.money("amount"));
        let bought_rows = purchases.bought();
        let mut found = Self::default();
        // What each customer bought, gave back, and in how many rows.
        let mut of_customers = vec![(0_u128, 0_u128, 0_u64); purchases.names("customer_id").len()];
        for row in purchases.used_rows() {
            let size = amounts.get(row).filter(|amount| **amount != ABSENT).map_or(0, |amount| amount.unsigned_abs());
            let place = codes.get(row).and_then(|code| usize::try_from(*code).ok());
            let Some(customer) = place.and_then(|place| of_customers.get_mut(place)) else { continue };
            if bought_rows.holds(row) {
                found.bought_rows += 1;
                customer.0 += u128::from(size);
            } else {
                found.returned_rows += 1;
                *customer = (customer.0, customer.1 + u128::from(size), customer.2 + 1);
            }
        }
        for (bought, returned, rows) in of_customers {
            found.bought_minor += bought;
            found.returned_minor += returned;
            if bought == 0 && rows > 0 {
                found.lone_minor += returned;
                found.lone_rows += rows;
                found.lone_customers += 1;
            }
        }
        found
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        self.bought_minor += other.bought_minor;
        self.returned_minor += other.returned_minor;
        self.lone_minor += other.lone_minor;
        self.lone_rows += other.lone_rows;
        self.lone_customers += other.lone_customers;
        self.bought_rows += other.bought_rows;
        self.returned_rows += other.returned_rows;
    }

    /// More was given back than was bought: ledgers write what is sold with a minus.
    fn reversed(&self, config: &Config) -> Option<Finding> {
        let rows = self.returned_rows;
        if rows < LEAST_ROWS || rows <= self.bought_rows || self.returned_minor <= self.bought_minor {
            return None;
        }
        let (message, hint) = match config.purchases.columns.get("is_return") {
            Some(_) => (
                format!(
                    "{} of {} are returns by `is_return`",
                    grouped(rows),
                    counted(rows + self.bought_rows, "purchase")
                ),
                "does `is_return` hold where something was given back, and not where it was sold?".to_owned(),
            ),
            None => (
                format!(
                    "{} of {} have a negative `amount`, and would be returns",
                    grouped(rows),
                    counted(rows + self.bought_rows, "purchase")
                ),
                format!(
                    "if what is sold has a minus here, as in ledgers, write {}; else set the rows that are no sales aside with `filter`",
                    turned(config)
                ),
            ),
        };
        let finding = Finding::new("reversed_signs", Table::Purchases.name(), Severity::Error, message);
        Some(finding.of_column("amount").counting(rows).with_hint(hint))
    }

    /// More money was given back than taken in, by fewer rows, or nearly as much: what is sold has a minus in part of the rows, or
    /// they are no sales. The postings of a ledger add up to nothing.
    fn negative(&self, config: &Config) -> Option<Finding> {
        let rows = self.returned_rows;
        let is_below = self.returned_minor > self.bought_minor;
        let is_nothing = self.returned_minor >= self.bought_minor / 100 * NOTHING_LEFT_PERCENT;
        if rows < LEAST_ROWS || !(is_below || is_nothing) {
            return None;
        }
        let money = |minor: u128| config.currency.digits(i128::try_from(minor).unwrap_or(i128::MAX));
        let (what, beside) = if is_below {
            ("the turnover is below zero", "more than")
        } else {
            ("hardly anything is left of the turnover", "beside")
        };
        let message = format!(
            "{what}: {} gave {} {} back, {beside} the {} of {}",
            counted(rows, "return"),
            config.currency.code(),
            money(self.returned_minor),
            money(self.bought_minor),
            counted(self.bought_rows, "purchase")
        );
        let hint = match config.purchases.columns.get("is_return") {
            Some(_) => "does `is_return` hold where something was given back, and not where it was sold?".to_owned(),
            None => format!(
                "if sales have a minus in these rows, turn them, as in {}; if they are no sales, such as payments or postings of a \
                 ledger, set them aside with `filter`",
                turned(config)
            ),
        };
        let finding = Finding::new("negative_turnover", Table::Purchases.name(), Severity::Error, message);
        Some(finding.of_column("amount").counting(rows).with_hint(hint))
    }

    pub(super) fn finding(&self, config: &Config) -> Option<Finding> {
        self.reversed(config).or_else(|| self.negative(config)).or_else(|| self.lone())
    }

    fn lone(&self) -> Option<Finding> {
        let share = |of: u128| self.lone_minor as f64 / of.max(1) as f64;
        if self.lone_rows < LEAST_ROWS
            || share(self.returned_minor) < OF_RETURNS
            || share(self.bought_minor) < OF_PURCHASES
        {
            return None;
        }
        let message = format!(
            "{} {} to {} who bought nothing, and {} {:.0} % of all that was given back: no purchase is undone by them",
            counted(self.lone_rows, "return"),
            verb(self.lone_rows, "belongs", "belong"),
            counted(self.lone_customers, "customer"),
            verb(self.lone_rows, "carries", "carry"),
            100.0 * share(self.returned_minor)
        );
        let hint = "does `customer_id` name who bought in these rows too? An export of payments may name the shop there, or have \
                    rows that are no returns, such as payouts: set those aside with `filter`";
        let finding = Finding::new("lone_returns", Table::Purchases.name(), Severity::Warning, message);
        Some(finding.of_column("customer_id").counting(self.lone_rows).with_hint(hint))
    }
}
