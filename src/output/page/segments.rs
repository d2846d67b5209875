//! What the customers of each segment are like, in words and numbers.

use serde_json::Value;

use super::document::{count, items, number, text};
use super::figure::{DataTable, Entry, Section, capital, money, percent};
use super::input::PageInput;
use crate::decide::Stage;
use crate::text::{counted, grouped};

/// A way to divide customers: its name in files, its title, and how its segments are meant.
struct Kind {
    name: &'static str,
    title: &'static str,
    sentence: &'static str,
    segments: &'static [(&'static str, &'static str)],
}

const fn meaning_of(stage: Stage) -> (&'static str, &'static str) {
    (stage.name(), stage.meaning())
}

const KINDS: [Kind; 4] = [
    Kind {
        name: "life_cycle_stage",
        title: "Stages: where customers stand in their life with the shop",
        sentence: "By the customer's own rhythm of buying alone. Who buys every few days is soon overdue and seldom gone: how much of a danger it is, \
                   the share that is expected to churn says.",
        segments: &[
            meaning_of(Stage::New),
            meaning_of(Stage::Repeat),
            meaning_of(Stage::Loyal),
            meaning_of(Stage::WonBack),
            meaning_of(Stage::AtRisk),
            meaning_of(Stage::Dormant),
        ],
    },
    Kind {
        name: "rfm_segment",
        title: "RFM segments: how lately and how often customers buy",
        sentence: "By fifths of the shop: lately means among the latest buyers, often among the most frequent.",
        segments: &[
            ("champions", "Champions: lately and often"),
            ("loyal_customers", "Loyal customers: often, and not long ago"),
            ("potential_loyalists", "Potential loyalists: lately, and more than once"),
            ("new_customers", "New customers: lately, and not often yet"),
            ("promising", "Promising: seldom, and not long ago"),
            ("need_attention", "Need attention: in the middle of both"),
            ("about_to_sleep", "About to sleep: seldom, and some time ago"),
            ("at_risk", "At risk: fairly often, long ago"),
            ("cannot_lose_them", "Cannot lose them: very often, long ago"),
            ("hibernating", "Hibernating: seldom, long ago"),
        ],
    },
    Kind {
        name: "value_quadrant",
        title: "Value matrix: what customers brought in the past year, and what more may come",
        sentence: "By the margin of the past year and what is expected beyond it.",
        segments: &[
            ("I", "I, let go but for what pays by itself: little in the past year, little more to come"),
            ("II", "II, rebuild: little in the past year, much more to come"),
            ("III", "III, keep: much in the past year, little more to come"),
            ("IV", "IV, keep and develop: much in the past year, much more to come"),
        ],
    },
    Kind {
        name: "satisfaction_type",
        title: "Satisfaction and loyalty: who stays, and who only stays for now",
        sentence: "Of the customers who answered a survey in the past year.",
        segments: &[
            ("loyal", "Loyal: satisfied, and buys often"),
            ("hostage", "Hostage: not satisfied, and buys often: leaves once there is another way"),
            ("mercenary", "Mercenary: satisfied, and buys seldom: goes where it is cheaper"),
            ("defector", "Defector: not satisfied, and buys seldom"),
        ],
    },
];

/// What each segment means, by the column that names it and its word there.
pub(super) fn meanings() -> Value {
    let of_kind = |kind: &Kind| {
        let segments = kind.segments.iter().map(|(name, says)| ((*name).to_owned(), Value::from(*says)));
        (kind.name.to_owned(), Value::Object(segments.collect()))
    };
    Value::Object(KINDS.iter().map(of_kind).collect())
}

/// A section for each way to divide customers that the run has.
pub(super) fn segments(input: &PageInput<'_>) -> Vec<Section> {
    let Some(report) = input.report.and_then(|report| report.pointer("/segments")) else { return Vec::new() };
    KINDS.iter().filter_map(|kind| section(input, report, kind)).collect()
}

fn section(input: &PageInput<'_>, report: &Value, kind: &Kind) -> Option<Section> {
    let profiles = items(report, "/profiles").iter().filter(|profile| profile["kind"] == kind.name);
    let named = profiles.filter_map(|profile| {
        let segment = text(profile, "/segment")?;
        let (_, says) = kind.segments.iter().find(|(name, _)| *name == segment)?;
        Some((*says, profile))
    });
    let found: Vec<(&str, &Value)> = named.collect();
    if found.is_empty() {
        return None;
    }
    let entries = found.iter().map(|(says, profile)| Entry { name: (*says).to_owned(), text: words(input, profile) });
    let rows = found.iter().map(|(says, profile)| row(input, says, profile));
    let head = [
        "Segment",
        "Customers",
        "Share",
        "Expected to churn",
        "Spend in the past year, each",
        "Value at stake",
        "Share of it",
        "Complaints in a year per 100 customers",
        "Buys most",
    ];
    let cuts = if kind.name == "satisfaction_type" { cut_points(report) } else { String::new() };
    Some(Section {
        id: kind.name,
        title: kind.title.to_owned(),
        sentence: format!("{}{cuts} {}.", kind.sentence, capital(text(report, "/population").unwrap_or_default())),
        entries: entries.collect(),
        table: DataTable::new(kind.title, head, rows).without_empty_columns(),
        is_table: true,
    })
}

/// From where on a customer is satisfied or loyal.
fn cut_points(report: &Value) -> String {
    let cut = |name: &str| number(report, &format!("/cut_points/{name}")).unwrap_or_default();
    format!(
        " Satisfied is a last answer of {} or more of 5, or, where that was not asked, of {} or more of 10; often is {} or more days \
         with an order in the past year.",
        cut("satisfied_csat"),
        cut("satisfied_nps"),
        cut("loyal_visits")
    )
}

/// A segment in sentences.
fn words(input: &PageInput<'_>, profile: &Value) -> String {
    let share = |name: &str| number(profile, &format!("/{name}")).map_or_else(String::new, percent);
    let amount = |name: &str| money(input.currency(), number(profile, &format!("/{name}")).unwrap_or_default());
    let mut words = vec![
        format!(
            "{}, {} of all. {} are expected to churn.",
            counted(count(profile, "/n_customers").unwrap_or(0), "customer"),
            share("customers_share"),
            share("expected_churn_rate")
        ),
        format!(
            "Spent {} each in the past year; {} at stake, {} of all.",
            amount("mean_past_year_spend"),
            amount("value_at_stake"),
            share("value_at_stake_share")
        ),
    ];
    let bought: Vec<String> = items(profile, "/categories").iter().filter_map(category).collect();
    if !bought.is_empty() {
        words.push(format!("Buy most: {}.", bought.join("; ")));
    }
    if let Some(complaints) = number(profile, "/complaints_per_hundred_customers") {
        words.push(format!(
            "{} complaints in a year on 100 customers.",
            crate::charts::Unit::Number.text(complaints.round())
        ));
    }
    words.join(" ")
}

/// From here on a category is bought more than usual, and up to here less.
const MORE: f64 = 1.15;
const LESS: f64 = 0.85;

fn category(category: &Value) -> Option<String> {
    let (share, times) = (number(category, "/lines_share")?, number(category, "/times_usual")?);
    let than_usual = match times {
        times if times >= MORE => format!(", {times:.1} times the usual share"),
        times if times <= LESS => format!(", only {times:.1} times the usual share"),
        _ => String::new(),
    };
    Some(format!("{} ({} of lines{than_usual})", text(category, "/category")?, percent(share)))
}

fn row(input: &PageInput<'_>, says: &str, profile: &Value) -> [String; 9] {
    let share = |name: &str| number(profile, &format!("/{name}")).map_or_else(String::new, percent);
    let amount =
        |name: &str| number(profile, &format!("/{name}")).map_or_else(String::new, |sum| money(input.currency(), sum));
    [
        says.to_owned(),
        grouped(count(profile, "/n_customers").unwrap_or(0)),
        share("customers_share"),
        share("expected_churn_rate"),
        amount("mean_past_year_spend"),
        amount("value_at_stake"),
        share("value_at_stake_share"),
        number(profile, "/complaints_per_hundred_customers")
            .map_or_else(String::new, |rate| crate::charts::Unit::Number.text(rate.round())),
        items(profile, "/categories")
            .iter()
            .filter_map(|category| text(category, "/category"))
            .collect::<Vec<_>>()
            .join(", "),
    ]
}
