//! What the manager sees of why customers leave, and of how the shop recovers from complaints.

use serde_json::Value;

use super::document::{count, items, number, text};
use super::figure::{DataTable, Figure, day, money, percent, rounded};
use super::input::PageInput;
use crate::charts::{Row, RowChart, Unit, rows};
use crate::text::{counted, grouped};

/// Each cause with its words for a manager.
const CAUSES: [(&str, &str); 7] = [
    ("price", "price: complaints about it, or bought at a discount"),
    ("quality", "quality: complaints about the goods, or given back"),
    ("service_response", "service: slow, badly rated or repeated handling"),
    ("unresolved_complaint", "unresolved complaint: it still waits"),
    ("faded_need", "faded need: buys less and less"),
    ("broken_rhythm", "broken rhythm: stopped, and nothing tells why"),
    ("uncontrollable", "outside your reach: moved, died, closed"),
];

const NONE: &str = "no cause stands out";

/// The words of a cause of the report.
fn words(figures: &Value) -> &'static str {
    let word = text(figures, "/cause");
    CAUSES.iter().find(|(known, _)| Some(*known) == word).map_or(NONE, |(_, words)| words)
}

/// The customers of one cause, as the report has them.
struct Found<'r> {
    /// The cause, or that none stands out, with what it is read from.
    words: &'static str,
    has_cause: bool,
    /// Whether it is in the shop's hands.
    hands: &'static str,
    n: u64,
    customer_share: f64,
    value: f64,
    value_share: f64,
    loss: f64,
    currency: &'r str,
}

impl<'r> Found<'r> {
    /// The figures of a cause that somebody has.
    fn of(figures: &Value, currency: &'r str) -> Option<Self> {
        let get = |pointer: &str| number(figures, pointer).unwrap_or(0.0);
        let n = count(figures, "/customers").filter(|n| *n > 0)?;
        Some(Self {
            words: words(figures),
            has_cause: text(figures, "/cause").is_some(),
            hands: figures["is_controllable"].as_bool().map_or("", |is_ours| if is_ours { "yes" } else { "no" }),
            n,
            customer_share: get("/customer_share"),
            value: get("/value_at_stake"),
            value_share: get("/value_share"),
            loss: get("/expected_loss"),
            currency,
        })
    }

    fn name(&self) -> &'static str {
        self.words.split(':').next().unwrap_or_default()
    }

    fn row(&self) -> Row {
        let hands = if self.hands == "no" { ", not in your hands" } else { "" };
        let value = rounded(self.currency, self.value);
        let customers = counted(self.n, "customer");
        Row {
            name: self.name().to_owned(),
            value: self.value,
            interval: None,
            note: format!("{value} ({}) with {customers}{hands}", percent(self.value_share)),
            is_main: hands.is_empty(),
        }
    }

    fn line(&self) -> [String; 7] {
        let [value, loss] = [self.value, self.loss].map(|amount| money(self.currency, amount));
        let [customers, share] = [self.customer_share, self.value_share].map(percent);
        [self.words.to_owned(), self.hands.to_owned(), grouped(self.n), customers, value, share, loss]
    }
}

/// What each column of the table is.
const CAUSE_COLUMNS: [&str; 7] =
    ["Cause", "In your hands", "Customers", "Share of customers", "Value at stake", "Share of value", "Expected loss"];

/// Value at stake by cause.
pub(super) fn causes(input: &PageInput<'_>) -> Option<Figure> {
    let report = input.report?.get("causes")?;
    let all = items(report, "/causes").iter().filter_map(|figures| Found::of(figures, input.currency()));
    let all: Vec<Found<'_>> = all.collect();
    // Customers without a cause are in the table; their bar would hide the others.
    let with_cause: Vec<&Found<'_>> = all.iter().filter(|found| found.has_cause).collect();
    let first = with_cause.first()?;
    let share = percent(first.value_share);
    let heading = format!("Of the causes that stand out, {} has most at stake: {share} of all value", first.name());
    let chart = RowChart {
        title: &format!("{heading}. Bars of value at stake by cause."),
        axis: &format!("value at stake, {}", input.currency()),
        unit: Unit::Number,
        range: None,
        has_bars: true,
        reference: None,
        rows: with_cause.iter().map(|found| found.row()).collect(),
    };
    Some(Figure {
        id: "f-causes".into(),
        sentence: how_read(report, with_cause.iter().map(|found| found.n).sum()),
        population: format!("On {}: {}", day(input.as_of()), text(report, "/population").unwrap_or_default()),
        svg: rows(&chart),
        table: DataTable::new(&heading, CAUSE_COLUMNS, all.iter().map(Found::line)),
        heading,
    })
}

/// How many have a cause, how much of it can be mended, and what a cause is.
fn how_read(report: &Value, n_with_cause: u64) -> String {
    let customers = counted(count(report, "/customers").unwrap_or(0), "customer");
    let controllable = number(report, "/controllable_share").map_or_else(String::new, |share| {
        format!("; of what is at stake with them, {} has a cause in your hands", percent(share))
    });
    format!(
        "A cause stands out for {} of {customers}{controllable}. It is read from complaints first, else from the reasons of the list: a \
         likely cause, not a proven one. Ask the customers on the interview list.",
        grouped(n_with_cause)
    )
}

/// How a complaint was handled, for a manager.
const HANDLING: [(&str, &str); 4] =
    [("fast", "settled fast"), ("slow", "settled later"), ("none", "not settled"), ("not_recorded", "all complaints")];

/// Who buys again after a complaint, by how it was handled.
pub(super) fn recovery(input: &PageInput<'_>) -> Option<Figure> {
    let report = input.report?.get("recovery")?;
    let horizon = count(report, "/horizon_days")?;
    let found: Vec<(&str, u64, f64, [f64; 2])> =
        items(report, "/bought_again").iter().filter_map(bought_again).collect();
    let first = found.first()?;
    let heading = match (found.first(), found.last()) {
        (Some(fast), Some(last)) if fast.0 != last.0 => format!(
            "{} buy again within {horizon} days if a complaint is {}, {} if it is {}",
            percent(fast.2),
            fast.0,
            percent(last.2),
            last.0
        ),
        _ => format!("{} buy again within {horizon} days of a complaint", percent(first.2)),
    };
    let row = |(name, n, share, interval): &(&str, u64, f64, [f64; 2])| Row {
        name: (*name).to_owned(),
        value: *share,
        interval: Some(*interval),
        note: format!("{} of {}", percent(*share), counted(*n, "complaint")),
        is_main: true,
    };
    let chart = RowChart {
        title: &format!("{heading}. Dots with 95 % intervals by how the complaint was handled."),
        axis: "share that bought again, 95 % interval (Wilson)",
        unit: Unit::Share,
        range: Some([0.0, 1.0]),
        has_bars: false,
        reference: None,
        rows: found.iter().map(row).collect(),
    };
    let table = found.iter().map(|(name, n, share, [low, high])| {
        [(*name).to_owned(), grouped(*n), percent(*share), format!("{} to {}", percent(*low), percent(*high))]
    });
    Some(Figure {
        id: "f-recovery".into(),
        sentence: how_counted(report),
        population: text(report, "/population").unwrap_or_default().to_owned(),
        svg: rows(&chart),
        table: DataTable::new(&heading, ["Complaint", "Complaints", "Bought again", "95 % interval"], table),
        heading,
    })
}

/// One handling with at least one complaint.
fn bought_again(entry: &Value) -> Option<(&'static str, u64, f64, [f64; 2])> {
    let word = text(entry, "/handling")?;
    let (_, name) = HANDLING.iter().find(|(known, _)| *known == word)?;
    let interval = [number(entry, "/interval/0")?, number(entry, "/interval/1")?];
    Some((name, count(entry, "/n")?, number(entry, "/share")?, interval))
}

/// What the window is, and that a difference is no proof.
fn how_counted(report: &Value) -> String {
    match count(report, "/fast_days") {
        Some(days) => format!(
            "Fast means within {}, as half of all are. For every complaint, purchases count from that many days after it was opened. \
             Complaints that are settled late differ in other ways too, so a difference is no proof.",
            counted(days, "day")
        ),
        None => "When complaints are settled is not recorded, so fast and slow cannot be told apart: map `complaints.resolved_at`."
            .to_owned(),
    }
}

/// Times and shares of recovery as a table.
pub(super) fn recovery_table(input: &PageInput<'_>) -> Option<DataTable> {
    let report = input.report?.get("recovery")?;
    let not_recorded = |column: &str| items(report, "/not_recorded").iter().any(|name| name.as_str() == Some(column));
    let times = |name: &str, pointer: &str, column: &str| {
        let at = |what: &str| number(report, &format!("{pointer}/{what}")).map(|days| format!("{days:.1} days"));
        let figure =
            at("p50").zip(at("p90")).map(|(half, most)| format!("half within {half}, nine in ten within {most}"));
        let absent =
            if not_recorded(column) { format!("not recorded (map `{column}`)") } else { "none yet".to_owned() };
        let n = count(report, &format!("{pointer}/n")).map_or_else(String::new, |n| counted(n, "complaint"));
        [name.to_owned(), figure.unwrap_or(absent), n]
    };
    let share = |name: &str, pointer: &str, noun: &str| {
        let at = |what: &str| number(report, &format!("{pointer}/{what}"));
        let bounds = at("interval/0").zip(at("interval/1"));
        let figure = at("share").zip(bounds).map(|(share, (low, high))| {
            format!("{} (95 % interval {} to {})", percent(share), percent(low), percent(high))
        });
        let n = count(report, &format!("{pointer}/n")).unwrap_or(0);
        [name.to_owned(), figure.unwrap_or_else(|| "none yet".to_owned()), counted(n, noun)]
    };
    let rows = [
        times("First answer", "/days_to_response", "complaints.first_response_at"),
        times("Settled", "/days_to_resolve", "complaints.resolved_at"),
        share("Complained again within the horizon", "/complained_again", "complaint"),
        share(
            "Silent decline: buys half as much or less, and no complaint in a year",
            "/silent_decline",
            "declining customer",
        ),
    ];
    let sentence = format!("Of {}.", text(report, "/population").unwrap_or_default());
    Some(DataTable::new("Complaints and recovery", ["Figure", "How it is", "Of"], rows).saying(&sentence))
}
