//! Causes before what follows from them, and each thing once.

use super::after_now::{AFTER_NOW, FUTURE};
use super::finding::{Finding, Severity};
use super::rejected_states::REJECTED_STATES;
use crate::config::Table;
use crate::ingest::Account;

/// Rules about what is lost with rejected rows, and about the rest: they follow from whatever took the rows.
const LOST: &[&str] = &["too_many_rejected", "lost_turnover", "lost_customers", "lost_period"];
const LEFT: &[&str] = &["too_few_customers", "nobody_returns", "short_span", "stale"];

/// The rule about rejected values of one form; another rule about the same column says better how they were meant.
const ONE_FORM: &str = "rejected_form";

/// Rules that say which rows are lost, and why.
const TAKES_ROWS: &[&str] = &[ONE_FORM, "first_line_only", "filter_not_looked_up", REJECTED_STATES];

/// Rules about ids of customers: they take no rows.
const OF_IDS: &[&str] = &[
    "scientific_ids",
    "ids_alike",
    "placeholder_id",
    "names_as_ids",
    "ids_of_guests",
    "ids_written_otherwise",
    "ids_do_not_meet",
];

/// Orders that were exported again after they had changed, and rules about rows that stand twice for that reason.
const CHANGED: &str = "changed_since";
const OF_CHANGED: &[&str] = &["order_totals", "joined_lines", "overlap"];

/// Errors first, causes before what follows from them, and nothing told again of a column that an error explains.
pub(super) fn in_order(findings: &mut Vec<Finding>, accounts: &[Account]) {
    let of_column = |finding: &Finding| Some((finding.table, finding.column.clone()?));
    if findings.iter().any(|finding| finding.rule == AFTER_NOW) {
        // A clock that is behind takes the rows of every table.
        findings.retain(|finding| finding.rule != FUTURE && ![LOST, LEFT].concat().contains(&finding.rule));
    }
    let is_cause = |finding: &&Finding| {
        let rules = [LOST, LEFT, OF_IDS].concat();
        finding.severity == Severity::Error && !rules.contains(&finding.rule)
    };
    let explained: Vec<(&str, String)> =
        findings.iter().filter(is_cause).filter(|finding| finding.rule != ONE_FORM).filter_map(of_column).collect();
    findings
        .retain(|finding| finding.rule != ONE_FORM || !of_column(finding).is_some_and(|own| explained.contains(&own)));
    let takes_rows = |finding: &&Finding| TAKES_ROWS.contains(&finding.rule);
    let caused: Vec<(&str, String)> =
        findings.iter().filter(is_cause).filter(takes_rows).filter_map(of_column).collect();
    let all: Vec<&(&str, String)> = caused.iter().chain(&explained).collect();
    let is_caused = |table: &str| all.iter().any(|(own, _)| *own == table);
    let purchases = accounts.iter().find(|account| account.table == Table::Purchases.name());
    let are_few_left = purchases.is_some_and(|account| account.used * 2 < account.n_belonging());
    findings.retain(|finding| {
        let is_told = finding.severity == Severity::Warning && finding.rule.starts_with("unreadable");
        let is_told = is_told && of_column(finding).is_some_and(|own| all.contains(&&own));
        let is_lost = LOST.contains(&finding.rule) && is_caused(finding.table);
        let is_left = LEFT.contains(&finding.rule) && are_few_left && is_caused(finding.table);
        !(is_told || is_lost || is_left)
    });
    if findings.iter().filter(is_cause).any(|finding| finding.rule == CHANGED) {
        findings.retain(|finding| !OF_CHANGED.contains(&finding.rule));
    }
    let place =
        |finding: &Finding| [LOST, LEFT].concat().iter().position(|rule| *rule == finding.rule).map(|place| place + 1);
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), place(finding)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::{About, Reason};

    #[test]
    fn what_follows_from_a_cause_is_not_told_beside_it() {
        let finding =
            |rule, severity, column: &str| Finding::new(rule, "purchases", severity, String::new()).of_column(column);
        let all = || {
            vec![
                finding("too_few_customers", Severity::Error, "customer_id"),
                finding("lost_turnover", Severity::Error, "amount"),
                finding("unreadable_time", Severity::Warning, "purchased_at"),
                finding("unreadable_number", Severity::Warning, "amount"),
                finding("rejected_form", Severity::Error, "purchased_at"),
            ]
        };
        let rules = |mut findings: Vec<Finding>, used| {
            let rejected = vec![(Reason::of_column("unreadable_time", "purchased_at"), 90)];
            let account = Account { table: "purchases", rows_in: used + 90, used, about: About::default(), rejected };
            in_order(&mut findings, &[account]);
            findings.iter().map(|finding| finding.rule).collect::<Vec<_>>()
        };
        assert_eq!(rules(all(), 0), ["rejected_form", "unreadable_number"]);
        assert_eq!(rules(all(), 900), ["rejected_form", "too_few_customers", "unreadable_number"]);
        let exchanged = vec![finding("exchanged_dates", Severity::Error, "purchased_at")];
        assert_eq!(rules([all(), exchanged].concat(), 0), ["exchanged_dates", "unreadable_number"]);
        let behind = vec![
            finding("after_now", Severity::Error, "purchased_at"),
            finding("future", Severity::Warning, "purchased_at"),
            finding("lost_customers", Severity::Error, "customer_id"),
        ];
        assert_eq!(rules([all(), behind].concat(), 0), ["after_now", "unreadable_number"]);
        let changed = vec![
            finding("changed_since", Severity::Error, "order_id"),
            finding("order_totals", Severity::Error, "amount"),
            finding("overlap", Severity::Warning, "order_id"),
        ];
        assert_eq!(rules(changed, 900), ["changed_since"]);
        let without = all().into_iter().filter(|finding| finding.rule != "rejected_form").collect();
        assert_eq!(rules(without, 0), ["lost_turnover", "too_few_customers", "unreadable_time", "unreadable_number"]);
    }
}
