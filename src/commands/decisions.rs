//! What a run says of its decisions: how many to contact, at what cost, what that is expected to bring, where it stops and why.

use super::contact_evidence;
use super::items::item;
use crate::config::Config;
use crate::decide::{BindingLimit, LimitKind, PlanSummary, SUSPICIOUS, money_in_words};
use crate::pipeline::Lists;
use crate::text::{counted, grouped, printable, verb};
use crate::units::Currency;

/// The paragraphs on decisions, which are made for both lists together.
pub(super) fn page(Lists { list, winback }: &Lists, config: &Config) -> String {
    let summary = &list.decisions.summary;
    let currency = &list.currency;
    let mut page = String::new();
    item(&mut page, "Contact", &contact(summary, currency));
    if summary.n_contacted > 0 {
        item(&mut page, "Gain", &gain(summary, currency));
    }
    item(&mut page, "Stop", &stop(summary, currency));
    item(&mut page, "To keep", &printable(&list.stop().sentence));
    item(&mut page, "To win back", &printable(&winback.stop().sentence));
    if summary.n_contacted > 0 {
        item(&mut page, "Control", &control(summary, list.rows.len() + winback.rows.len(), currency));
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
    if is_revenue(config) {
        let said = "`value.margin_share` is 1: all that customers pay counts as margin, so that values and gains are too large. \
                    Set your share of it, or map `cost`";
        item(&mut page, "Margin", said);
    }
    page
}

/// Whether nothing says what is left of revenue.
fn is_revenue(config: &Config) -> bool {
    let value = &config.value;
    value.margin_share >= 1.0 && value.category_margins.is_empty() && !config.purchases.columns.contains_key("cost")
}

fn contact(summary: &PlanSummary, currency: &Currency) -> String {
    if summary.n_contacted == 0 {
        return format!("nobody: no action of the playbook is expected to bring {}", least(summary, currency));
    }
    let actions = summary.actions.iter().filter(|action| action.n > 0);
    let actions: Vec<String> =
        actions.map(|action| format!("{} {}", grouped(action.n), printable(&action.action))).collect();
    let cost = money_in_words(summary.contact_cost + summary.incentive_cost, currency);
    let incentives = if summary.incentive_cost > 0.0 {
        format!(
            ", {} of it for incentives that are expected to be taken",
            money_in_words(summary.incentive_cost, currency)
        )
    } else {
        String::new()
    };
    format!("{} ({}), for {cost}{incentives}", counted(summary.n_contacted, "customer"), actions.join(", "))
}

fn gain(summary: &PlanSummary, currency: &Currency) -> String {
    let [low, high] = summary.net_gain_interval.map(|bound| money_in_words(bound, currency));
    let near = if summary.gap < 1e-6 {
        "no other plan brings more".to_owned()
    } else {
        format!("no other plan brings {:.2} % more", (100.0 * summary.gap).max(0.01))
    };
    format!(
        "{} expected, all costs taken off; {low} to {high} in four of five cases; {near}",
        money_in_words(summary.net_gain, currency)
    )
}

fn stop(summary: &PlanSummary, currency: &Currency) -> String {
    let ends = if summary.n_left_out > 0 {
        let n = counted(summary.n_left_out, "more customer");
        let would = verb(summary.n_left_out, "would bring a gain and is", "would bring a gain and are");
        format!("{n} {would} left out")
    } else {
        let who = if summary.n_contacted > 0 { "nobody else" } else { "nobody" };
        format!("{who} would bring {}", least(summary, currency))
    };
    let small = match summary.n_small_gain {
        0 => String::new(),
        n => format!(
            "; {} would bring something, but less than {} (`decide.min_gain`)",
            counted(n, "customer"),
            money_in_words(summary.min_gain, currency)
        ),
    };
    let owners = match summary.n_owner_full {
        0 => String::new(),
        n => format!("; {} left out because who looks after them has enough others", counted(n, "customer")),
    };
    let marginal = summary.marginal_net_gain.map_or_else(String::new, |gain| {
        format!("; the contact that brings least brings {}", money_in_words(gain, currency))
    });
    let limits: Vec<String> = summary.binding_limits.iter().map(|limit| one_limit(limit, currency)).collect();
    let limits = if limits.is_empty() { String::new() } else { format!("; {}", limits.join("; ")) };
    format!("{ends}{marginal}{small}{owners}{limits}")
}

/// What a contact must bring.
fn least(summary: &PlanSummary, currency: &Currency) -> String {
    if summary.min_gain > 0.0 {
        format!("{} or more", money_in_words(summary.min_gain, currency))
    } else {
        "a gain".to_owned()
    }
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

fn one_limit(limit: &BindingLimit, currency: &Currency) -> String {
    let price = money_in_words(limit.price, currency);
    let name = printable(&limit.name);
    match limit.limit {
        LimitKind::Budget => {
            format!(
                "the budget of {} is spent, and {} 1 more would bring {price}",
                money_in_words(limit.amount, currency),
                currency.code()
            )
        }
        LimitKind::Channel => {
            format!("channel {name} is full with {:.0}, and one place more would bring {price}", limit.amount)
        }
        LimitKind::Action => {
            format!("action {name} is full with {:.0}, and one place more would bring {price}", limit.amount)
        }
    }
}

/// Lists of so many times the customers of a shop are never made of different ones.
const MOST_TIMES: f64 = 3.0;

fn control(summary: &PlanSummary, n_listed: usize, currency: &Currency) -> String {
    let balance = &summary.balance;
    let Some(least) = balance.smallest_effect else {
        return "nobody is left alone, so that nothing can be measured; `decide.control_share` sets the share"
            .to_owned();
    };
    let lists = match balance.lists_needed {
        Some(n) if n <= 1.0 => "; this list is large enough to show it".to_owned(),
        Some(n) => {
            let n_needed = n.ceil() * (balance.treat.n + balance.control.n) as f64;
            let beyond = if n_needed > MOST_TIMES * n_listed as f64 {
                ", more than this shop will see: test one action alone, with a larger `control_share` of its own, or do \
                 without a control group"
            } else {
                ""
            };
            format!("; that takes about {:.0} such lists of different customers{beyond}", n.ceil())
        }
        None => String::new(),
    };
    let suspicious = if balance.sample_ratio_p < SUSPICIOUS {
        "; the sizes of the groups do not fit the shares: do not trust a comparison before the cause is found"
    } else {
        ""
    };
    // No action keeps more than would churn.
    let shown = if least < balance.treat.mean_churn_probability {
        format!("; shown would be a difference in churn of {:.1} points or more", 100.0 * least)
    } else {
        ", too few to show a difference by this list alone".to_owned()
    };
    format!(
        "{} left alone, whose contacts would be expected to bring {}{shown}, and the playbook's rates make {:.1} points{lists}{suspicious}",
        counted(balance.control.n, "customer"),
        money_in_words(summary.control_net_gain, currency),
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
