//! `retain explain`: one customer, as text, JSON or a page.

use std::fmt::Write;

use super::config_file;
use super::job::{self, Task, Today};
use super::printing;
use super::printing::print;
use super::{champion, earlier, eligibility};
use crate::cli::{Explain, ExplainFormat, Job, OutputOptions};
use crate::decide::Stage;
use crate::error::Failure;
use crate::explain::{
    ContextContribution, CustomerExplanation, ExplainedCause, ExplainedDecision, ExplainedValue, FeatureContribution,
    Risk, VoidOrderSummary,
};
use crate::output::{OutputError, customer_page};
use crate::pipeline::{self, Beside, Holds};
use crate::table::Table;
use crate::text::{printable, shortened, wrapped};
use crate::units::{Currency, Timestamp};

/// Features, orders and complaints shown in the text.
const SHOWN: usize = 12;

pub(super) fn run(arguments: &Explain, talk: OutputOptions, now: Timestamp) -> Result<(), Failure> {
    let mut job = Job {
        config: arguments.config.clone(),
        as_of: arguments.as_of,
        out: arguments.out.clone(),
        threads: arguments.threads,
    };
    let config = config_file::configure(&job)?;
    // What a person asks about stands on the newest list.
    job.as_of = config.as_of.or_else(|| earlier::newest_day(&config));
    let version = champion::scorer(&config, now)?;
    let plan = Task { today: Today::AfterTheData, files: None };
    let (session, log) = job::start(&job, talk, now, plan)?;
    let owners = session.owners(&log);
    let conditions = eligibility::conditions(&session.config)?;
    let hold = |rows: &Table<'_>| Ok(conditions.hold(rows)?);
    let holds: Option<Holds<'_>> = if conditions.is_empty() { None } else { Some(&hold) };
    let beside = Beside { contacts: &session.contacts, owners: &owners, holds };
    let scored = pipeline::score(&session.config, &log, &version, session.as_of, beside, &session.watch)?;
    let explanation = pipeline::explain_customer(&scored, &version, &arguments.customer)?;
    let _stages = session.watch.finish();
    let currency = &session.config.currency;
    match if arguments.json { ExplainFormat::Json } else { arguments.format } {
        ExplainFormat::Json => printing::print_json(&explanation),
        ExplainFormat::Text => print(&page(&explanation, currency)),
        ExplainFormat::Html => {
            let failed = |error: String| OutputError::Page { page: "of a customer".to_owned(), message: error };
            print(&customer_page(&explanation, currency.code()).map_err(|error| failed(error.to_string()))?)
        }
    }
}

fn page(explanation: &CustomerExplanation, currency: &Currency) -> String {
    let mut page = format!(
        "{} at {}: {} {} of {}{}, model {}\n\nleaving {:.1} %, gone {:.1} %{}\nchurn in {} days {:.1} %{}, value at stake {} \
         {}, confidence {}\nstage {}\n",
        printable(&explanation.customer_id),
        explanation.as_of,
        match explanation.risk {
            Risk::Lost => "rank",
            Risk::Gone => "on the win-back list, place",
        },
        explanation.rank.0,
        explanation.rank.1,
        explanation.rank_interval.map_or_else(String::new, places),
        explanation.model_version,
        100.0 * explanation.leaving_probability,
        100.0 * explanation.gone_probability,
        explanation.quiet_probability.map_or_else(String::new, |quiet| format!(", quiet {:.1} %", 100.0 * quiet)),
        explanation.horizon_days,
        100.0 * explanation.churn_probability,
        explanation.churn_interval.map_or_else(String::new, percent_range),
        currency.code(),
        currency.major_digits(explanation.value_at_stake),
        explanation.confidence,
        Stage::named(explanation.life_cycle_stage).map_or_else(String::new, in_short)
    );
    for reason in &explanation.reasons {
        for (position, line) in wrapped(reason, 76).iter().enumerate() {
            let _ = writeln!(page, "{}{line}", if position == 0 { "  - " } else { "    " });
        }
    }
    page.push_str(&cause(&explanation.cause));
    page.push_str(&decision(&explanation.decision, currency));
    if let Some(value) = &explanation.value {
        page.push_str(&customer_value(value, currency));
    }
    if let Some(expected) = &explanation.expected_next_order_date {
        let late = if *expected < explanation.as_of { ", overdue" } else { "" };
        let _ = writeln!(page, "next order by the usual gap: {expected}{late}");
    }
    page.push_str(&contributions(explanation));
    page.push_str(&events(explanation, currency));
    page
}

/// A stage with what it means, in one line.
fn in_short(stage: Stage) -> String {
    let meaning = stage.meaning();
    format!("{} ({})", stage.name(), meaning.split_once(": ").map_or(meaning, |(_, meaning)| meaning))
}

/// The latest orders and complaints.
fn events(explanation: &CustomerExplanation, currency: &Currency) -> String {
    let mut page = format!("\norders, the latest first ({}):\n", explanation.orders.len());
    for (at, amount) in explanation.orders.iter().rev().take(SHOWN) {
        let at = to_the_minute(at);
        let _ = writeln!(page, "  {at}  {} {}", currency.code(), currency.major_digits(*amount));
    }
    page.push_str(&earlier_ones(explanation.orders.len()));
    if !explanation.void_orders.is_empty() {
        let n = explanation.void_orders.len();
        let _ = writeln!(page, "\norders given back as a whole, which count as none ({n}):");
    }
    for order in explanation.void_orders.iter().rev().take(SHOWN) {
        let VoidOrderSummary { ordered_at, given_back_at, amount, .. } = order;
        let when = if order.is_same_day { "on the same day".to_owned() } else { to_the_minute(given_back_at) };
        let ordered_at = to_the_minute(ordered_at);
        let _ =
            writeln!(page, "  {ordered_at}  {} {}, given back {when}", currency.code(), currency.major_digits(*amount));
    }
    page.push_str(&earlier_ones(explanation.void_orders.len()));
    let _ = writeln!(page, "\ncomplaints, the latest first ({}):", explanation.complaints.len());
    for complaint in explanation.complaints.iter().rev().take(SHOWN) {
        let state = complaint.is_open.map(|is_open| if is_open { "open" } else { "resolved" }.to_owned());
        let category = complaint.category.as_deref().map(|category| printable(category).into_owned());
        let said: Vec<String> = category.into_iter().chain(state).collect();
        let line = format!("  {}  {}", to_the_minute(&complaint.opened_at), said.join(", "));
        let _ = writeln!(page, "{}", line.trim_end());
    }
    page.push_str(&earlier_ones(explanation.complaints.len()));
    page
}

/// What stands for those of so many that are not shown.
fn earlier_ones(n: usize) -> String {
    if n > SHOWN { format!("  ({} earlier)\n", n - SHOWN) } else { String::new() }
}

/// An instant as a person reads it, `2011-12-02 16:32` in the shop's zone; the JSON has its seconds and offset.
fn to_the_minute(instant: &str) -> String {
    instant.chars().take("2011-12-02T16:32".len()).map(|sign| if sign == 'T' { ' ' } else { sign }).collect()
}

/// Why the customer is probably lost or about to be, and what that is read from.
fn cause(cause: &ExplainedCause) -> String {
    let word = match cause.cause.zip(cause.is_controllable) {
        Some((cause, true)) => format!("{} (you can do something about it)", cause.name()),
        Some((cause, false)) => format!("{} (not in your hands)", cause.name()),
        None => "none".to_owned(),
    };
    let mut page = format!("\ncause: {word}\n");
    for line in wrapped(&printable(&cause.why), 76) {
        let _ = writeln!(page, "    {line}");
    }
    page
}

/// What is done for the customer, and what the other actions would bring.
fn decision(decision: &ExplainedDecision, currency: &Currency) -> String {
    let ExplainedDecision { group, recommended_action, action_why, hint, suppressed_because, alternatives, .. } =
        decision;
    let what = match (recommended_action, suppressed_because) {
        (Some(action), _) => printable(action).into_owned(),
        (None, Some(why)) => format!("none: {why}"),
        (None, None) => "none".to_owned(),
    };
    let mut page = format!("\naction: {what} (group {group})\n");
    let hint = hint.as_ref().map(|hint| format!("hint: {hint}"));
    let next =
        decision.next_category.as_ref().filter(|next| !action_why.as_ref().is_some_and(|why| why.contains(*next)));
    for line in action_why.iter().chain(next).chain(&hint).flat_map(|why| wrapped(&printable(why), 76)) {
        let _ = writeln!(page, "    {line}");
    }
    let _ = writeln!(page, "{:40} {:12} {:>16}", "action of the playbook", "level", "net gain");
    for alternative in alternatives {
        let gain = alternative.expected_net_gain;
        let gain = gain.map_or_else(
            || "not for this one".to_owned(),
            |gain| format!("{} {}", currency.code(), currency.major_digits(gain)),
        );
        let _ = writeln!(page, "{:40} {:12} {gain:>16}", shortened(&alternative.action, 40), alternative.level);
    }
    page
}

/// What adds to the log-odds: facts, features, and what is never told as a reason.
fn contributions(explanation: &CustomerExplanation) -> String {
    let of_what = match explanation.risk {
        Risk::Lost => "fact (of not coming back)",
        Risk::Gone => "fact (of having left)",
    };
    let mut page = format!("\n{of_what:62} {:>10}\n", "log-odds");
    for fact in explanation.facts.iter().take(SHOWN) {
        let _ = writeln!(page, "{:62} {:>+10.3}", fact.fact.name(), fact.log_odds);
    }
    let _ = writeln!(page, "{:62} {:>+10.3}", "(what belongs to no fact)", explanation.context_log_odds);
    let line = |page: &mut String, name: &str, feature: &FeatureContribution| {
        let shown = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"));
        let (value, median) = (shown(feature.value), shown(feature.shop_median));
        let _ = writeln!(page, "{:36} {value:>12} {median:>12} {:>+10.3}", shortened(name, 36), feature.log_odds);
    };
    let _ = writeln!(page, "\n{:36} {:>12} {:>12} {:>10}", "feature", "customer", "shop median", "log-odds");
    let _ = writeln!(page, "{:36} {:>12} {:>12} {:>10.3}", "(everyone at this day)", "", "", explanation.base_log_odds);
    for feature in explanation.features.iter().take(SHOWN) {
        line(&mut page, &feature.name, feature);
    }
    let rest: f64 = explanation.features.iter().skip(SHOWN).map(|feature| feature.log_odds).sum();
    let n_rest = explanation.features.len().saturating_sub(SHOWN);
    let _ = writeln!(page, "{:36} {:>12} {:>12} {rest:>+10.3}", format!("({n_rest} more)"), "", "");
    if explanation.context.is_empty() {
        return page;
    }
    let _ = writeln!(
        page,
        "\n{:36} {:>12} {:>12} {:>10}",
        "context, never a reason", "customer", "shop median", "log-odds"
    );
    for ContextContribution { context, feature } in explanation.context.iter().take(SHOWN) {
        line(&mut page, &format!("{} ({})", feature.name, context.name()), feature);
    }
    page
}

/// The places of four of five lists.
fn places([low, high]: [u32; 2]) -> String {
    if low == high { format!(" ({low})") } else { format!(" ({low} to {high})") }
}

fn percent_range([low, high]: [f64; 2]) -> String {
    format!(" ({:.1} to {:.1} %)", 100.0 * low, 100.0 * high)
}

/// What value models say, in lines of at most 80 columns.
fn customer_value(value: &ExplainedValue, currency: &Currency) -> String {
    let mut page = format!(
        "\nvalue in {}: {} so far, {} to come (in four of five cases {} to {}), {} in all\n",
        currency.code(),
        currency.major_digits(value.historic),
        currency.major_digits(value.predicted),
        currency.major_digits(value.interval.low),
        currency.major_digits(value.interval.high),
        currency.major_digits(value.total)
    );
    let years = value.by_year.iter().map(|year| currency.major_digits(*year)).collect::<Vec<_>>().join("  ");
    let _ = writeln!(page, "by year ahead: {years}");
    let _ = writeln!(
        page,
        "expected in the value horizon: {:.1} purchases of {}",
        value.expected_purchases,
        currency.major_digits(value.spend_per_purchase)
    );
    let _ = writeln!(
        page,
        "still active: {:.1} %, no purchase in the window of churn: {:.1} %",
        100.0 * value.probability_active,
        100.0 * value.probability_no_purchase
    );
    let last = value.purchase_counts.len().saturating_sub(1);
    let counts = value.purchase_counts.iter().enumerate().map(|(count, p)| {
        let more = if count == last { " or more" } else { "" };
        format!("{count}{more}: {:.1} %", 100.0 * p)
    });
    let _ = writeln!(page, "purchases in the horizon: {}", counts.collect::<Vec<_>>().join(", "));
    wrapped_lines(&page)
}

/// Every line broken at 80 columns.
fn wrapped_lines(page: &str) -> String {
    let lines = page.lines().flat_map(|line| if line.is_empty() { vec![String::new()] } else { wrapped(line, 80) });
    lines.map(|line| line + "\n").collect()
}
