//! The line, the headline and the sentences at the top of the page.

use super::document::{Estimate, text};
use super::figure::{day, money};
use super::input::PageInput;
use crate::text::{counted, grouped, verb};

/// What stands at the top and at the foot.
#[derive(serde::Serialize)]
pub(super) struct Words {
    pub(super) shop: String,
    pub(super) as_of: String,
    pub(super) line: String,
    pub(super) headline: String,
    pub(super) lede: Vec<String>,
    pub(super) footer: String,
}

/// The words of a run.
pub(super) fn of(input: &PageInput<'_>) -> Words {
    let manifest = input.manifest;
    let shop = text(manifest, "/name").unwrap_or("shop").to_owned();
    let as_of = day(input.as_of());
    let rule = text(manifest, "/simple_rule/rule");
    let model = text(manifest, "/model_version").unwrap_or_default();
    let grade = text(manifest, "/verdict/grade").unwrap_or("unknown");
    let auc = Estimate::at(manifest, "/verdict/auc").map_or_else(String::new, |auc| format!(" (AUC {})", auc.text()));
    let made_by = rule.map_or_else(
        || format!("model {model}, grade {grade}{auc}"),
        |rule| format!("simple rule `{rule}`, as no model has passed"),
    );
    Words {
        line: format!("{shop} \u{b7} as of {as_of}, nothing later is used \u{b7} {made_by}"),
        headline: headline(input),
        lede: lede(input),
        footer: format!(
            "Made by retain {} ({}) at {}. The list in full: list.csv. {} All amounts in {}.",
            text(manifest, "/retain_version").unwrap_or_default(),
            text(manifest, "/command").unwrap_or_default(),
            text(manifest, "/created_at").unwrap_or_default(),
            "What customers bought and when is personal data: pass this page on only to those who may see it.",
            input.currency()
        ),
        shop,
        as_of,
    }
}

/// What matters today.
fn headline(input: &PageInput<'_>) -> String {
    let (list, currency) = (input.list, input.currency());
    let gains = list.numbers("expected_net_gain");
    if gains.iter().any(Option::is_some) {
        let groups = list.texts("group");
        let of = |group: &str, row: usize| groups.get(row).is_none_or(|found| found.as_deref() == Some(group));
        let treated: Vec<usize> = (0..gains.len())
            .filter(|row| of("treat", *row) && gains.get(*row).copied().flatten().is_some_and(|gain| gain > 0.0))
            .collect();
        let sum = |name: &str| {
            let numbers = list.numbers(name);
            treated.iter().filter_map(|row| numbers.get(*row).copied().flatten()).sum::<f64>()
        };
        return format!(
            "{} {} worth contacting: expected gain {} for {} of contacts",
            counted(treated.len() as u64, "customer"),
            verb(treated.len() as u64, "is", "are"),
            money(currency, sum("expected_net_gain")),
            money(currency, sum("contact_cost"))
        );
    }
    let losses: Vec<f64> = list.numbers("expected_loss").iter().map(|loss| loss.unwrap_or(0.0).max(0.0)).collect();
    let first: f64 = losses.iter().take(FIRST).sum();
    format!(
        "{} of margin is expected to be lost if nothing is done; {} of it lies with the first {} customers",
        money(currency, losses.iter().sum()),
        money(currency, first),
        FIRST.min(losses.len())
    )
}

/// Rows that a team works on a day.
const FIRST: usize = 50;

/// Who is on the list, who is not to be contacted, what comes first.
fn lede(input: &PageInput<'_>) -> Vec<String> {
    let list = input.list;
    let mut lede = vec![format!(
        "On the list: {}, {}. Work it from the top; row 1 is where contact matters most.",
        counted(input.total as u64, "customer"),
        input.population().trim_start_matches("customers ")
    )];
    for further in input.further.iter().filter(|further| further.total > 0) {
        lede.push(format!(
            "Another {} {} probably left already; {} in the list \u{201c}{}\u{201d}.",
            counted(further.total as u64, "customer"),
            verb(further.total as u64, "has", "have"),
            verb(further.total as u64, "it is", "they are"),
            further.title
        ));
    }
    let n_off = list.texts("suppressed_code").iter().flatten().filter(|why| *why == "opted_out").count();
    let n_control = list.texts("group").iter().flatten().filter(|group| *group == "control").count();
    let open = list.numbers("open_complaints").iter().take(FIRST).flatten().filter(|open| **open > 0.0).count();
    let mut also = Vec::new();
    if open > 0 {
        also.push(format!(
            "{} of the first {FIRST} {} an open complaint; where it comes before anything else, the row says so.",
            grouped(open as u64),
            verb(open as u64, "has", "have")
        ));
    }
    if n_off > 0 {
        also.push(format!(
            "{} {} not to be contacted and {} marked.",
            counted(n_off as u64, "customer"),
            verb(n_off as u64, "is", "are"),
            verb(n_off as u64, "is", "are")
        ));
    }
    if n_control > 0 {
        also.push(format!(
            "{} {} held back to measure what contacting does.",
            grouped(n_control as u64),
            verb(n_control as u64, "is", "are")
        ));
    }
    if !also.is_empty() {
        lede.push(also.join(" "));
    }
    lede
}
