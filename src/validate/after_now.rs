//! Rows that happen after now, where they are most of what is lost: the clock of this machine is behind.

use super::finding::{Finding, Severity};
use crate::config::Table;
use crate::ingest::Account;
use crate::text::{counted, grouped, verb};
use crate::units::Timestamp;

/// The rule: it says which rows are lost, in every table.
pub(super) const AFTER_NOW: &str = "after_now";

/// The rule of the rows themselves.
pub(super) const FUTURE: &str = "future";

/// What is to be said in place of all that follows from it, if so many purchases are rejected that no list may be made.
pub(super) fn finding(accounts: &[Account], findings: &[Finding], now: Timestamp) -> Option<Finding> {
    let purchases = Table::Purchases.name();
    let is_refused = |finding: &Finding| finding.rule == "too_many_rejected" && finding.table == purchases;
    let account = accounts.iter().find(|account| account.table == purchases)?;
    let after = account.rejected.iter().find(|(reason, _)| reason.rule == FUTURE).map_or(0, |(_, count)| *count);
    let of_rows = findings.iter().find(|finding| finding.rule == FUTURE && finding.table == purchases);
    let examples = of_rows.map(|finding| finding.examples.clone()).unwrap_or_default();
    let is_cause = findings.iter().any(is_refused) && after * 2 > account.n_lost();
    let message = format!(
        "{} of {} {} after now, which is {now} by the clock of this machine",
        counted(after, Table::Purchases.one()),
        grouped(account.n_belonging()),
        verb(after, "happens", "happen")
    );
    let finding = Finding::new(AFTER_NOW, purchases, Severity::Error, message).of_column("purchased_at");
    is_cause.then(|| {
        finding.counting(after).with_examples(examples).with_hint(
            "set the clock right; if it is right, correct how `purchased_at` is read (order of day and month, time zone), and set \
             planned rows, such as bookings, aside with `filter`",
        )
    })
}
