//! What a run says of its decisions: how many to contact, at what cost, what that is expected to bring, where it stops and why.

use super::contact_evidence;
use super::items::item;
use crate::config::Config;
use crate::decide::{BindingLimit, LimitKind, PlanSummary, SUSPICIOUS};
use crate::pipeline::Lists;
use crate::text::{counted, grouped, grouped_digits, printable, verb};

/// The paragraphs on decisions, which are made for both lists together.
pub(super) fn page(Lists { list, winback }: &Lists, config: &Config) -> String {
    let summary = &list.decisions.summary;
    let code = list.currency.code();
    let mut page = String::new();
    item(&mut page, "Contact", &contact(summary, code));
    if summary.n_contacted > 0 {
        item(&mut page, "Gain", &gain(summary, code));
    }
    item(&mut page, "Stop", &stop(summary, code));
    item(&mut page, "To keep", &printable(&list.stop().sentence));
    item(&mut page, "To win back", &printable(&winback.stop().sentence));
    if summary.n_contacted > 0 {
        item(&mut page, "Control", &control(summary));
        item(&mut page, "Sensitivity", &sensitivity(summary));
    }
    item(&mut page, "Contacts", &contacts(summary, config));
    if let Some(evidence) = &list.decisions.evidence {
        item(
            &mut page,
            "Measured",
            &contact_evidence::in_words(evidence, config.decide.measured_rates, summary.n_sleeping_dogs),
        );
    }
    item(&mut page, "Playbook", &playbook(summary, config));
    page
}

fn contact(summary: &PlanSummary, code: &str) -> String {
    if summary.n_contacted == 0 {
        return format!("nobody: no action of the playbook is expected to bring {}", least(summary, code));
    }
    let actions = summary.actions.iter().filter(|action| action.n > 0);
    let actions: Vec<String> =
        actions.map(|action| format!("{} {}", grouped(action.n), printable(&action.action))).collect();
    let cost = money(summary.contact_cost + summary.incentive_cost, code);
    let incentives = if summary.incentive_cost > 0.0 {
        format!(", {} of it for incentives that are expected to be taken", money(summary.incentive_cost, code))
    } else {
        String::new()
    };
    format!("{} ({}), for {cost}{incentives}", counted(summary.n_contacted, "customer"), actions.join(", "))
}

fn gain(summary: &PlanSummary, code: &str) -> String {
    let [low, high] = summary.net_gain_interval.map(|bound| money(bound, code));
    let near = if summary.gap < 1e-6 {
        "the best possible plan".to_owned()
    } else {
        format!("within {:.2} % of the best possible plan", (100.0 * summary.gap).max(0.01))
    };
    format!(
        "{} expected, all costs taken off; {low} to {high} in four of five cases; {near}",
        money(summary.net_gain, code)
    )
}

fn stop(summary: &PlanSummary, code: &str) -> String {
    let ends = if summary.n_left_out > 0 {
        let n = counted(summary.n_left_out, "more customer");
        let would = verb(summary.n_left_out, "would bring a gain and is", "would bring a gain and are");
        format!("{n} {would} left out")
    } else {
        format!("nobody else would bring {}", least(summary, code))
    };
    let small = match summary.n_small_gain {
        0 => String::new(),
        n => format!(
            "; {} would bring something, but less than {} (`decide.min_gain`)",
            counted(n, "customer"),
            money(summary.min_gain, code)
        ),
    };
    let owners = match summary.n_owner_full {
        0 => String::new(),
        n => format!("; {} left out because who looks after them has enough others", counted(n, "customer")),
    };
    let marginal = summary
        .marginal_net_gain
        .map_or_else(String::new, |gain| format!("; the contact that brings least brings {}", money(gain, code)));
    let limits: Vec<String> = summary.binding_limits.iter().map(|limit| one_limit(limit, code)).collect();
    let limits = if limits.is_empty() { String::new() } else { format!("; {}", limits.join("; ")) };
    format!("{ends}{marginal}{small}{owners}{limits}")
}

/// What a contact must bring.
fn least(summary: &PlanSummary, code: &str) -> String {
    if summary.min_gain > 0.0 { format!("{} or more", money(summary.min_gain, code)) } else { "a gain".to_owned() }
}

/// What is known of contacts so far.
fn contacts(summary: &PlanSummary, config: &Config) -> String {
    if config.contacts.is_none() {
        return "not recorded: tomorrow's list asks for the same customers again. Map a table `[contacts]` (customer_id, \
                contacted_at, action) of what your team did"
            .to_owned();
    }
    format!(
        "{} left in peace because they were contacted lately; {} after any contact, and longer where an action says so",
        counted(summary.n_cooling_down, "customer"),
        config.decide.cool_down
    )
}

fn one_limit(limit: &BindingLimit, code: &str) -> String {
    let price = money(limit.price, code);
    let name = printable(&limit.name);
    match limit.limit {
        LimitKind::Budget => {
            format!("the budget of {} is spent, and {code} 1 more would bring {price}", money(limit.amount, code))
        }
        LimitKind::Channel => {
            format!("channel {name} is full with {:.0}, and one place more would bring {price}", limit.amount)
        }
        LimitKind::Action => {
            format!("action {name} is full with {:.0}, and one place more would bring {price}", limit.amount)
        }
    }
}

fn control(summary: &PlanSummary) -> String {
    let balance = &summary.balance;
    let Some(least) = balance.smallest_effect else {
        return "nobody is left alone, so that nothing can be measured; `decide.control_share` sets the share"
            .to_owned();
    };
    let lists = match balance.lists_needed {
        Some(n) if n <= 1.0 => "; this list is large enough to show it".to_owned(),
        Some(n) => format!("; that takes about {:.0} such lists of different customers", n.ceil()),
        None => String::new(),
    };
    let suspicious = if balance.sample_ratio_p < SUSPICIOUS {
        "; the sizes of the groups do not fit the shares: do not trust a comparison before the cause is found"
    } else {
        ""
    };
    format!(
        "{} left alone; shown would be a difference in churn of {:.1} points or more, and the playbook's rates make {:.1}{lists}\
         {suspicious}",
        counted(balance.control.n, "customer"),
        100.0 * least,
        100.0 * balance.assumed_effect
    )
}

fn sensitivity(summary: &PlanSummary) -> String {
    let first = summary.first_hundred_with_half;
    format!("if actions kept half as many, {} of the first {} would still be among the first", first.n_kept, first.n)
}

fn playbook(summary: &PlanSummary, config: &Config) -> String {
    let said = match &config.decide.playbook_path {
        Some(path) if !summary.is_default_playbook => printable(&path.display().to_string()).into_owned(),
        _ => "the one that comes with retain: its costs and rates are assumptions; `retain init` writes it beside a config, and \
              `decide.playbook` names yours"
            .to_owned(),
    };
    match &config.decide.playbook.converted {
        Some(converted) => {
            let code = config.currency.code();
            format!("{said}; its amounts are {}, taken at about {code} {} for 1", converted.from, converted.units)
        }
        None => said,
    }
}

/// An amount without its small change from a hundred on.
fn money(amount: f64, code: &str) -> String {
    let sign = if amount < 0.0 { "-" } else { "" };
    let size = amount.abs();
    if size < 100.0 {
        format!("{code} {sign}{size:.2}")
    } else {
        format!("{code} {sign}{}", grouped_digits(&format!("{size:.0}")))
    }
}
