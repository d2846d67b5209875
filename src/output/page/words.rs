//! The line, the headline and the sentences at the top of the page.

use serde_json::Value;

use super::document::{Estimate, count, number, text};
use super::figure::{day, rounded};
use super::input::PageInput;
use crate::decide::no_longer_because;
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

/// What matters today: whom the plan contacts, on both lists, what that brings and costs. Without a plan, what may be lost.
fn headline(input: &PageInput<'_>) -> String {
    let currency = input.currency();
    let plan = |name: &str| number(input.manifest, &format!("/decisions/{name}"));
    if let (Some(n), Some(gain), Some(contacts)) = (plan("n_contacted"), plan("net_gain"), plan("contact_cost")) {
        if n <= 0.0 {
            return "Nobody is worth a contact today: no action is expected to bring enough".to_owned();
        }
        return format!(
            "{} {} worth contacting: expected gain {}, after {} of costs",
            counted(whole(n), "customer"),
            verb(whole(n), "is", "are"),
            rounded(currency, gain),
            rounded(currency, contacts + plan("incentive_cost").unwrap_or(0.0))
        );
    }
    let losses: Vec<f64> =
        input.list.numbers("expected_loss").iter().map(|loss| loss.unwrap_or(0.0).max(0.0)).collect();
    let first: f64 = losses.iter().take(FIRST).sum();
    format!(
        "{} of margin is expected to be lost if nothing is done; {} of it lies with the first {} customers",
        rounded(currency, losses.iter().sum()),
        rounded(currency, first),
        FIRST.min(losses.len())
    )
}

/// Rows that a team works on a day.
const FIRST: usize = 50;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
const fn whole(number: f64) -> u64 {
    number as u64
}

/// Whom to contact, what is new, who is on the lists, and who is not to be contacted.
fn lede(input: &PageInput<'_>) -> Vec<String> {
    let further: usize = input.further.iter().map(|further| further.total).sum();
    let mut on_lists = format!(
        "On the list: {}, {}",
        counted(input.total as u64, "customer"),
        input.population().trim_start_matches("customers ")
    );
    for further in input.further.iter().filter(|further| further.total > 0) {
        on_lists.push_str(&format!(
            "; another {} {} probably left already and {} in the list \u{201c}{}\u{201d}",
            grouped(further.total as u64),
            verb(further.total as u64, "has", "have"),
            verb(further.total as u64, "stands", "stand"),
            further.title
        ));
    }
    on_lists.push('.');
    let all = [plan(input), changes(input), Some(on_lists), left_alone(input, further > 0), revenue(input.manifest)];
    all.into_iter().flatten().collect()
}

/// That amounts are revenue, where the config says nothing of margins.
fn revenue(manifest: &Value) -> Option<String> {
    let of = |pointer: &str| manifest.pointer(pointer);
    let has_margins =
        of("/config/value/category_margins").and_then(Value::as_object).is_some_and(|all| !all.is_empty())
            || of("/config/purchases/columns/cost").is_some();
    let is_revenue = number(manifest, "/config/value/margin_share").is_some_and(|share| share >= 1.0) && !has_margins;
    is_revenue.then(|| {
        "No margin is set: all that customers pay counts, so that values and gains are too large. Set value.margin_share in the config."
            .to_owned()
    })
}

/// How many of each list are to be contacted, and how sure the gain is.
fn plan(input: &PageInput<'_>) -> Option<String> {
    let n = |stop: &str| count(input.report?, &format!("/{stop}/n_contacted"));
    let (keep, win_back) = (n("list_stop")?, n("winback_stop").unwrap_or(0));
    if keep + win_back == 0 {
        return None;
    }
    let gain = |stop: &str| {
        let gain = input.report.and_then(|report| number(report, &format!("/{stop}/net_gain"))).unwrap_or(0.0);
        rounded(input.currency(), gain)
    };
    let back = if win_back > 0 {
        format!(" ({}) and {} to win back ({})", gain("list_stop"), grouped(win_back), gain("winback_stop"))
    } else {
        String::new()
    };
    let bound = |end: u8| number(input.manifest, &format!("/decisions/net_gain_interval/{end}"));
    let sure = bound(0).zip(bound(1)).map_or_else(String::new, |(low, high)| {
        let [low, high] = [low, high].map(|bound| rounded(input.currency(), bound));
        format!(" The gain lies between {low} and {high} in four of five cases, costs taken off.")
    });
    Some(format!("{} to keep{back}. Work each list from the top.{sure}", grouped(keep)))
}

/// What happened since an earlier list, the largest group first; nothing where there is none to compare with.
fn changes(input: &PageInput<'_>) -> Option<String> {
    let since = day(text(input.manifest, "/changes/since")?);
    let n = |place: &str| count(input.manifest, &format!("/changes/counts/{place}")).unwrap_or(0);
    let why = input.manifest.pointer("/changes/counts/no_longer_because").and_then(Value::as_object);
    let why: Vec<(&str, u64)> =
        why.into_iter().flatten().map(|(why, n)| (why.as_str(), n.as_u64().unwrap_or(0))).collect();
    let n_stopped: u64 = why.iter().map(|(_, n)| n).sum();
    let because: Vec<String> =
        why.iter().map(|(why, n)| format!("{} {}", grouped(*n), no_longer_because(why))).collect();
    let told = [
        (n("asked_anew"), "to contact who were not then".to_owned()),
        (n_stopped, format!("not to be contacted any more ({})", because.join(", "))),
        (n("customers/new"), "new on the lists".to_owned()),
        (n("customers/gone"), "on neither list any more".to_owned()),
        (n("customers/to_winback"), "moved to the win-back list".to_owned()),
        (n("customers/from_winback"), "back from the win-back list".to_owned()),
        (n("customers/riskier"), "riskier by ten points or more".to_owned()),
        (n("customers/safer"), "safer by ten points or more".to_owned()),
    ];
    let told: Vec<String> =
        told.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", grouped(*n))).collect();
    let told = if told.is_empty() { "nothing has changed".to_owned() } else { told.join("; ") };
    Some(format!("Since {since}: {told}."))
}

/// Whose complaint comes first, who must not be contacted, and who is left alone for the experiment.
fn left_alone(input: &PageInput<'_>, has_more_lists: bool) -> Option<String> {
    let list = input.list;
    let of_report = |why: &str| -> Option<u64> {
        let n = |stop: &str| count(input.report?, &format!("/{stop}/not_contacted/{why}"));
        input.report?.pointer("/list_stop/not_contacted")?;
        Some(n("list_stop").unwrap_or(0) + n("winback_stop").unwrap_or(0))
    };
    let shown = |column: &str, word: &str| {
        list.texts(column).iter().flatten().filter(|found| found.as_str() == word).count() as u64
    };
    let n_off = of_report("opted_out").unwrap_or_else(|| shown("suppressed_code", "opted_out"));
    let n_control = of_report("control").unwrap_or_else(|| shown("group", "control"));
    let open = list.numbers("open_complaints").iter().take(FIRST).flatten().filter(|open| **open > 0.0).count();
    let both = if has_more_lists { " on both lists" } else { "" };
    let mut also = Vec::new();
    if n_off > 0 {
        also.push(format!(
            "Do not contact {}{both} who opted out: {} marked.",
            counted(n_off, "customer"),
            verb(n_off, "this one is", "they are")
        ));
    }
    if n_control > 0 {
        also.push(format!(
            "{} {} held back to measure what contacting does.",
            grouped(n_control),
            verb(n_control, "is", "are")
        ));
    }
    if open > 0 {
        also.push(format!(
            "{} of the first {} {} an open complaint; where it comes before anything else, the row says so.",
            grouped(open as u64),
            FIRST.min(list.n_rows()),
            verb(open as u64, "has", "have")
        ));
    }
    (!also.is_empty()).then(|| also.join(" "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_that_are_revenue_are_told_as_such() {
        let told = |share: f64, margins: Value, columns: Value| {
            let value = json!({ "margin_share": share, "category_margins": margins });
            revenue(&json!({ "config": { "value": value, "purchases": { "columns": columns } } })).is_some()
        };
        assert!(told(1.0, json!({}), json!({ "amount": "total" })));
        assert!(!told(0.4, json!({}), json!({})));
        assert!(!told(1.0, json!({ "coffee": 0.6 }), json!({})));
        assert!(!told(1.0, json!({}), json!({ "cost": "cost" })));
    }
}
