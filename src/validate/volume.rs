//! Minimum data: enough customers, a long enough history, not too much of it rejected.

use super::finding::{Finding, Severity};
use crate::config::Config;
use crate::ingest::{Account, TypedTable};
use crate::text::{counted, grouped, verb};
use crate::units::{MICROS_PER_DAY, Timestamp};

/// Errors where a minimum is missed, notes where a table is absent or empty.
pub(super) fn check(volume: &Volume, config: &Config) -> Vec<Finding> {
    let mut findings: Vec<Finding> = customers(volume.n_customers, config).into_iter().collect();
    findings.extend(few_return(volume));
    findings.extend(volume.span.and_then(|span| short_span(span, config)));
    findings.extend(no_complaints(volume.complaints));
    findings
}

/// How much data there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Volume {
    /// Customers with a purchase.
    pub(super) n_customers: u64,
    /// Those of them who bought again more than a day after the first.
    pub(super) n_returning: u64,
    /// First and last purchase.
    pub(super) span: Option<(Timestamp, Timestamp)>,
    /// Whether there are complaints.
    pub(super) complaints: Presence,
}

/// Customers with a purchase, and those of them who bought again more than a day after the first: two lines of one order
/// are never that far apart.
pub(super) fn customers_and_returning(purchases: &TypedTable) -> (u64, u64) {
    let (codes, times) = (purchases.codes("customer_id"), purchases.times("purchased_at"));
    let bought = purchases.bought();
    let mut spans = vec![(i64::MAX, i64::MIN); purchases.names("customer_id").len()];
    for row in purchases.used_rows().filter(|row| bought.holds(*row)) {
        let (Some(code), Some(time)) = (codes.get(row), times.get(row)) else { continue };
        if let Some((first, last)) = usize::try_from(*code).ok().and_then(|code| spans.get_mut(code)) {
            (*first, *last) = ((*first).min(*time), (*last).max(*time));
        }
    }
    let seen = || spans.iter().filter(|(first, last)| first <= last);
    (seen().count() as u64, seen().filter(|(first, last)| last - first > MICROS_PER_DAY).count() as u64)
}

/// Nobody, or hardly anybody, comes back: there is nothing to learn of who stays.
fn few_return(volume: &Volume) -> Option<Finding> {
    let (n_customers, n_returning) = (volume.n_customers, volume.n_returning);
    if n_customers < LEAST_CUSTOMERS || n_returning * 100 >= n_customers {
        return None;
    }
    let (severity, message) = if n_returning == 0 {
        let all = counted(n_customers, "customer");
        (Severity::Error, format!("no customer has two orders on different days: {all}, and nobody came back"))
    } else {
        let share = format!("{} of {}", grouped(n_returning), counted(n_customers, "customer"));
        (Severity::Warning, format!("{share} have two orders on different days"))
    };
    let finding = Finding::new("nobody_returns", "purchases", severity, message).of_column("customer_id");
    Some(finding.counting(n_returning).with_hint(
        "is `customer_id` the id of an order or a visit? Map the column that stays the same when a person buys again; of \
         buyers who come once no model can tell who will leave",
    ))
}

/// Of fewer customers it says nothing that nobody has come back.
const LEAST_CUSTOMERS: u64 = 20;

fn customers(count: u64, config: &Config) -> Option<Finding> {
    let minimum = config.validate.min_customers;
    if count >= u64::from(minimum) {
        return None;
    }
    let message = format!(
        "{} {} a purchase; `validate.min_customers` asks for {} at least",
        counted(count, "customer"),
        verb(count, "has", "have"),
        grouped(u64::from(minimum))
    );
    let finding = Finding::new("too_few_customers", "purchases", Severity::Error, message).of_column("customer_id");
    Some(finding.counting(count).with_hint(format!(
        "check the filter and the rejected rows; a model of so few customers is hardly better than a rule, and \
                 `min_customers = {count}` in `[validate]` makes it all the same"
    )))
}

fn short_span((first, last): (Timestamp, Timestamp), config: &Config) -> Option<Finding> {
    let (limit, horizon) = (config.validate.min_span_horizons, config.churn.horizon_days);
    let days = last.days_since(first);
    let needed = limit * f64::from(horizon.0);
    if days >= needed {
        return None;
    }
    let message = format!(
        "purchases span {days:.0} days ({first} to {last}); `validate.min_span_horizons` = {limit} asks for {needed:.0} \
         days, {limit} times the horizon of {horizon}"
    );
    let finding = Finding::new("short_span", "purchases", Severity::Error, message).of_column("purchased_at");
    Some(finding.counting(1).with_hint("deliver a longer history, or choose a shorter `churn.horizon_days`"))
}

fn no_complaints(complaints: Presence) -> Option<Finding> {
    let message = match complaints {
        Presence::NoTable => "no complaints table is configured; reasons come from purchases alone",
        Presence::Empty => "the complaints table has no usable row; reasons come from purchases alone",
        Presence::Rows => return None,
    };
    let finding = Finding::new("no_complaints", "complaints", Severity::Recommendation, message.to_owned());
    Some(finding.with_hint("complaint records sharpen both the prediction and the reasons"))
}

/// An error for each table of which too large a share is rejected.
pub(super) fn rejected_shares(accounts: &[Account], config: &Config) -> Vec<Finding> {
    let limit = config.validate.max_rejected_share;
    let is_too_much = |account: &&Account| {
        account.rejected_share() > limit && (account.n_lost() >= LEAST_LOST || account.rejected_share() > ANY_LOST)
    };
    let too_much = accounts.iter().filter(is_too_much);
    let mut findings = too_many_guests(accounts, config.validate.max_guest_share);
    findings.extend(too_much.map(|account| {
        let message = format!(
            "{:.1} % of the rows of `{}` are rejected, filtered and repeated ones and those without a customer aside; \
                 `validate.max_rejected_share` allows {:.1} %",
            100.0 * account.rejected_share(),
            account.table,
            100.0 * limit
        );
        let counts = account.rejected.iter().filter(|(reason, _)| reason.is_loss());
        let examples = counts.map(|(reason, count)| format!("{reason} {}", grouped(*count)));
        Finding::new("too_many_rejected", account.table, Severity::Error, message)
            .counting(account.n_lost())
            .with_examples(examples)
            .with_hint("the reject file lists the rows and reasons; correct the mapping or filter the rows out")
    }));
    findings
}

/// Of fewer rows it is no rule that they are lost, unless they are most.
const LEAST_LOST: u64 = 20;
const ANY_LOST: f64 = 0.5;

fn too_many_guests(accounts: &[Account], limit: f64) -> Vec<Finding> {
    let too_many = accounts.iter().filter(|account| account.guest_share() > limit);
    let finding = |account: &Account| {
        let message = format!(
            "{:.1} % of the rows of `{}` have no customer; `validate.max_guest_share` allows {:.1} %",
            100.0 * account.guest_share(),
            account.table,
            100.0 * limit
        );
        let hint = "is `customer_id` mapped to the column that is filled? Of guests nobody can tell who comes back";
        Finding::new("too_many_guests", account.table, Severity::Error, message)
            .of_column("customer_id")
            .with_hint(hint)
    };
    too_many.map(finding).collect()
}

/// Whether there is a table, and rows in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Presence {
    /// No table is configured.
    #[default]
    NoTable,
    /// No row is usable.
    Empty,
    /// Some rows are.
    Rows,
}
