//! An id that holds so much of all turnover that it is likelier a line of sums than a customer.

use super::finding::{Finding, Severity};
use super::mending::{customer, filter};
use crate::config::{Config, PlaceholderIds, Table};
use crate::ingest::{ABSENT, TypedTable, sql_text};

/// Fewer customers are a desk for firms, where one may well be most of it.
const LEAST_CUSTOMERS: u64 = 50;

/// How many times the turnover of the next customer is too much.
const TIMES: i64 = 10;

/// Per cent of all turnover from which on that is told, and from which on it stops: lines of sums are at least half of it.
const NOTABLE_PERCENT: i64 = 20;
const STOPPING_PERCENT: i64 = 40;

/// The two customers with the most turnover, and all turnover, in minor units.
#[derive(Debug, Clone, Default)]
pub(super) struct TurnoverShare {
    top: Vec<(i64, String)>,
    total: i64,
}

impl TurnoverShare {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        let (ids, codes, amounts) =
            (purchases.names("customer_id"), purchases.codes("customer_id"), purchases.money("amount"));
        let bought = purchases.bought();
        let mut sums = vec![0_i64; ids.len()];
        for row in purchases.used_rows() {
            let code = codes.get(row).and_then(|code| usize::try_from(*code).ok());
            let amount = amounts.get(row).filter(|amount| **amount != ABSENT);
            if let (Some(sum), Some(amount)) = (code.and_then(|code| sums.get_mut(code)), amount) {
                // Net of returns: a great order that was cancelled is no turnover.
                let net = if bought.holds(row) { *amount } else { -amount.saturating_abs() };
                *sum = sum.saturating_add(net);
            }
        }
        let total = sums.iter().fold(0_i64, |total, sum| total.saturating_add((*sum).max(0)));
        let top = sums.into_iter().zip(ids.iter().cloned()).filter(|(sum, _)| *sum > 0).collect();
        let mut share = Self { top, total };
        share.sort();
        share
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        self.top.extend(other.top);
        self.total = self.total.saturating_add(other.total);
        self.sort();
    }

    fn sort(&mut self) {
        self.top.sort_unstable_by(|one, two| two.0.cmp(&one.0).then_with(|| one.1.cmp(&two.1)));
        self.top.truncate(2);
    }

    /// The id with far more turnover than the next one, of a shop with so many customers.
    pub(super) fn finding(&self, config: &Config, n_customers: u64) -> Option<Finding> {
        let [(most, id), (next, _)] = self.top.as_slice() else { return None };
        let percent = most.saturating_mul(100) / self.total.max(1);
        let is_accepted = config.validate.placeholder_ids == PlaceholderIds::Accept;
        if is_accepted
            || n_customers < LEAST_CUSTOMERS
            || percent < NOTABLE_PERCENT
            || *most < next.saturating_mul(TIMES)
        {
            return None;
        }
        let severity = if percent >= STOPPING_PERCENT { Severity::Error } else { Severity::Warning };
        let major = |minor: i64| format!("{} {}", config.currency.code(), config.currency.digits(i128::from(minor)));
        let message = format!(
            "customer `{id}` has {percent} % of all turnover, {} of {}; the next customer has {}: are these sums of other rows?",
            major(*most),
            major(self.total),
            major(*next),
        );
        let condition = format!("{} <> {}", customer(&config.purchases), sql_text(id));
        let hint = format!(
            "if they are sums, set them aside: write {}; if it is one customer, write `placeholder_ids = \"accept\"` in \
             `[validate]`",
            filter(config, &condition)
        );
        let finding = Finding::new("turnover_of_one", Table::Purchases.name(), severity, message);
        Some(finding.of_column("customer_id").naming(id).with_hint(hint))
    }
}
