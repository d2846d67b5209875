//! `retain check`: the data contract alone, and what the purchases sum to, to be held against the shop's own books.

use serde_json::json;

use super::job::{self, Task, Today};
use super::printing::{print, shown};
use crate::cli::{Job, OutputOptions};
use crate::error::Failure;
use crate::text::{counted, grouped_digits};
use crate::units::{Currency, Timestamp};

pub(super) fn run(arguments: &Job, talk: OutputOptions, now: Timestamp) -> Result<(), Failure> {
    let plan = Task { today: Today::AfterTheData, files: Some(&[]) };
    let (mut session, log) = job::start(arguments, talk, now, plan)?;
    let n_findings = session.findings.as_array().map_or(0, Vec::len) as u64;
    let (sums, currency) = (log.sums(), session.config.currency.clone());
    let totals = json!({
        "customers": sums.buyers,
        "orders": sums.orders,
        "bought": currency.digits(sums.bought),
        "returned": currency.digits(sums.returned),
        "revenue": currency.digits(sums.revenue()),
    });
    let more = json!({ "customers": log.customer_ids().len(), "totals": totals });
    let staged = session.stage()?;
    session.conclude(("check", more), staged, Vec::new(), job::appear)?;
    let back = if sums.returned == 0 {
        String::new()
    } else {
        format!(" ({} less {} given back)", amount(&currency, sums.bought), amount(&currency, sums.returned))
    };
    print(&format!(
        "the data may be used: {}, {}\nbought by {} in {}: {} {}{back}\n",
        counted(log.customer_ids().len() as u64, "customer"),
        counted(n_findings, "finding"),
        counted(sums.buyers, "customer"),
        counted(sums.orders, "order"),
        currency.code(),
        amount(&currency, sums.revenue()),
    ))?;
    tracing::info!("files are in {}", shown(&session.folder));
    Ok(())
}

/// An amount with its thousands grouped.
fn amount(currency: &Currency, minor: i128) -> String {
    let digits = currency.digits(minor);
    let (sign, size) = digits.strip_prefix('-').map_or(("", digits.as_str()), |size| ("-", size));
    let (whole, rest) = size.split_at(size.find('.').unwrap_or(size.len()));
    format!("{sign}{}{rest}", grouped_digits(whole))
}
