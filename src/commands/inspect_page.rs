//! The page that `retain inspect` prints for people: at most 80 columns.

use super::inspect_report::{ReadTable, Report, Shop, Source};
use super::plot;
use crate::ingest::{ColumnProfile, Holds};
use crate::profile::{
    COME_BACK_ACTIVE, COME_BACK_HORIZON, Candidate, Curve, Inspection, Obstacle, Proposal, Quantiles, ShopFigures,
};
use crate::text::{counted, grouped, printable, shortened, wrapped};

const WIDTH: usize = 80;
const LABEL: usize = 14;
/// Bars of the plot of rows per month.
const BARS: usize = 50;
/// Usual numbers of days at which the curve is reported in figures.
const SHOWN_DAYS: [u32; 8] = [7, 14, 30, 60, 90, 120, 180, 365];

/// The whole page.
pub(super) fn page(report: &Report) -> String {
    let mut page = String::new();
    for source in &report.sources {
        page.push_str(&source_section(source));
    }
    for path in &report.not_used {
        paragraph(&mut page, &format!("not used: {path}"));
    }
    paragraph(&mut page, &no_purchases(report).unwrap_or_default());
    if let Some(shop) = &report.shop {
        page.push_str(&shop_sections(shop, report.currency.as_deref()));
    }
    page + &closing(report)
}

/// That no file tells when something was bought, or for how much.
fn no_purchases(report: &Report) -> Option<String> {
    let purchases = report.sources.iter().find(|source| source.table == "purchases")?;
    let lacks = |name: &str| purchases.missing.contains(&name);
    let what = match (lacks("purchased_at"), lacks("amount")) {
        (true, true) => "the time of a purchase, nor for its amount",
        (true, false) => "the time of a purchase",
        (false, true) => "the amount of a purchase",
        (false, false) => return None,
    };
    Some(format!(
        "No file has a column that is known for {what}: `retain` needs both. If a column has them under another name, fill it in; if \
         another file has them, give that too; else these data cannot be used."
    ))
}

/// Lines of a labelled item, wrapped.
fn item(page: &mut String, label: &str, text: &str) {
    for (position, line) in wrapped(text, WIDTH - LABEL).iter().enumerate() {
        page.push_str(&format!("{:LABEL$}{line}\n", if position == 0 { label } else { "" }));
    }
}

/// Wrapped lines, all but the first indented.
fn paragraph(page: &mut String, text: &str) {
    for (position, line) in wrapped(text, WIDTH - 2).iter().enumerate() {
        page.push_str(&format!("{}{line}\n", if position == 0 { "" } else { "  " }));
    }
}

/// Wrapped lines, all indented.
fn indented(page: &mut String, text: &str) {
    for line in wrapped(text, WIDTH - 2) {
        page.push_str(&format!("  {line}\n"));
    }
}

fn source_section(source: &Source) -> String {
    let profile = &source.profile;
    let rows = counted(profile.rows as u64, "row");
    let looked_at = if profile.is_whole { rows } else { format!("its first {rows}") };
    let mut page = String::new();
    paragraph(&mut page, &format!("{} from {}, {looked_at}", source.table, profile.path));
    if let Some(looks_like) = source.looks_like {
        indented(&mut page, &format!("It looks like {looks_like}."));
    }
    page.push_str(&format!("  {:18} {:>7}  {:29}  taken for\n", "column", "absent", "holds"));
    for column in &profile.columns {
        let ours = shortened(&source.taken_for(&column.name).join(", "), 19);
        let line = format!(
            "  {:18} {}  {:29}  {ours}",
            shortened(&column.name, 18),
            absent(column, profile.rows as u64),
            holds(&column.holds, 29)
        );
        page.push_str(&format!("{}\n", line.trim_end()));
    }
    for values in &source.values {
        let shares = values.values.iter();
        let shares =
            shares.map(|value| format!("{} {:.1} %", shortened(&printable(&value.value), 24), 100.0 * value.share));
        indented(&mut page, &format!("{}: {}", shortened(&values.column, 30), shares.collect::<Vec<_>>().join(", ")));
    }
    if !source.missing.is_empty() {
        let missing = source.missing.join(", ");
        indented(&mut page, &format!("no column was found for: {missing}"));
    }
    page + "\n"
}

/// The share of absent values, seven wide; nothing to tell without rows.
fn absent(column: &ColumnProfile, rows: u64) -> String {
    let share = if rows == 0 { "-".to_owned() } else { format!("{:.1} %", 100.0 * column.absent_share) };
    format!("{share:>7}")
}

/// What a column holds in at most `width` characters; how many numbers are different is reported where there is room.
fn holds(holds: &Holds, width: usize) -> String {
    let text = match holds {
        Holds::Nothing => "nothing".to_owned(),
        Holds::Texts { distinct } => format!("{} distinct", grouped(*distinct as u64)),
        Holds::Numbers { min, max, distinct } => {
            let range = format!("{} to {}", number(*min), number(*max));
            let whole = distinct.map(|n| format!("{range}, {} distinct", grouped(n as u64)));
            whole.filter(|whole| whole.chars().count() <= width).unwrap_or(range)
        }
        Holds::Times { first, last } => format!("{} to {}", day(first), day(last)),
        Holds::Flags { true_share } => format!("{:.1} % true", 100.0 * true_share),
    };
    shortened(&text, width)
}

/// The day of a written time.
fn day(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}

/// A number with at most two decimals, none if it is whole.
fn number(value: f64) -> String {
    if value.fract().abs() < 1e-9 { format!("{value:.0}") } else { format!("{value:.2}") }
}

fn shop_sections(shop: &Shop, currency: Option<&str>) -> String {
    let mut page = String::new();
    for table in &shop.tables {
        page.push_str(&table_section(table));
    }
    for finding in &shop.findings {
        for line in finding.to_string().lines() {
            paragraph(&mut page, line);
        }
    }
    if !shop.findings.is_empty() {
        page.push('\n');
    }
    if let Some(inspection) = &shop.inspection {
        figures_section(&mut page, inspection, currency);
        curve_section(&mut page, &inspection.curve, &inspection.proposal);
        candidates_section(&mut page, &inspection.candidates, &inspection.proposal);
        proposal_section(&mut page, &inspection.proposal);
        if let Some(follow_up) = &inspection.follow_up {
            paragraph(&mut page, &format!("follow-up behind the horizon: {follow_up}"));
            page.push('\n');
        }
    }
    page
}

fn table_section(table: &ReadTable) -> String {
    let mut page = String::new();
    paragraph(&mut page, &table.account.to_string());
    if let (Some(first), Some(last)) = (table.profile.months.first(), table.profile.months.last()) {
        let counts: Vec<u64> = table.profile.months.iter().map(|month| month.rows).collect();
        let (bars, per_bar) = plot::bars(&counts, BARS);
        let month = |date: jiff::civil::Date| date.strftime("%Y-%m").to_string();
        let unit = if per_bar == 1 { "rows per month".to_owned() } else { format!("rows per {per_bar} months") };
        let most = grouped(counts.chunks(per_bar).map(|part| part.iter().sum::<u64>()).max().unwrap_or(0));
        page.push_str(&format!("  {} {bars} {}\n", month(first.month), month(last.month)));
        page.push_str(&format!("  {unit}, at most {most}\n"));
    }
    page.push_str(&format!("  {:24} {:>7}  holds\n", "column", "absent"));
    for column in &table.profile.columns {
        let (absent, holds) = (absent(column, table.account.used), holds(&column.holds, 44));
        page.push_str(&format!("  {:24} {absent}  {holds}\n", shortened(&column.name, 24)));
    }
    if !table.preview.is_empty() {
        page.push_str("  first rows as they are read:\n");
    }
    for row in &table.preview {
        let cells: Vec<String> = row.iter().map(|(name, value)| format!("{name} {value}")).collect();
        indented(&mut page, &cells.join(", "));
    }
    page + "\n"
}

fn figures_section(page: &mut String, inspection: &Inspection, currency: Option<&str>) {
    let shop = &inspection.shop;
    let [customers, orders] = [shop.customers, shop.orders].map(|count| count as u64);
    item(page, "History", &format!("before {}, days in the shop's zone", inspection.as_of));
    let span = format!("{} to {}", shop.first_order_on, shop.last_order_on);
    item(page, "Customers", &format!("{} with {}, {span}", counted(customers, "customer"), counted(orders, "order")));
    let longest = shop.longest_stretch_without_order_days as u64;
    let quiet = match shop.days_without_order {
        0 => "none without an order".to_owned(),
        days => format!("{} without any order, at most {} in a row", grouped(days as u64), grouped(longest)),
    };
    item(page, "Days", &format!("{}, {quiet}", grouped(shop.days as u64)));
    item(page, "One order", &format!("{:.1} % of the customers", 100.0 * shop.one_order_share));
    item(page, "Spend", &spend(shop));
    item(page, "Returns", &returns(shop));
    item(page, "Complaints", &complaints(shop));
    page.push_str(&format!(
        "\n{:24}{}\n",
        "",
        cells(8, ["10 %", "25 %", "50 %", "75 %", "90 %", "95 %", "mean"].map(str::to_owned))
    ));
    let value = currency.map_or_else(|| "order value".to_owned(), |code| format!("order value in {code}"));
    quantiles(page, "orders of a customer", Some(&shop.orders_per_customer));
    quantiles(page, &value, Some(&shop.order_value));
    quantiles(page, "days between orders", shop.gap_days.as_ref());
    if let Some(days) = shop.complaints.as_ref().and_then(|complaints| complaints.days_to_resolve.as_ref()) {
        quantiles(page, "days to resolve", Some(days));
    }
    page.push('\n');
}

/// Cells set flush right, each `width` wide.
fn cells(width: usize, cells: impl IntoIterator<Item = String>) -> String {
    let padded: Vec<String> = cells.into_iter().map(|cell| format!("{cell:>width$}")).collect();
    padded.concat()
}

fn quantiles(page: &mut String, label: &str, of: Option<&Quantiles>) {
    let figures = of.map_or_else(
        || [(); 7].map(|()| "-".to_owned()),
        |q| [q.p10, q.p25, q.p50, q.p75, q.p90, q.p95, q.mean].map(|value| format!("{value:.1}")),
    );
    page.push_str(&format!("{label:24}{}\n", cells(8, figures)));
}

fn spend(shop: &ShopFigures) -> String {
    let Some(spend) = &shop.spend else { return "nobody spent anything".to_owned() };
    let shown = spend.curve.iter().filter(|(share, _)| *share < 0.21);
    let shown: Vec<String> =
        shown.map(|(share, held)| format!("the top {:.0} % bring {:.0} %", 100.0 * share, 100.0 * held)).collect();
    format!(
        "{}; 80 % come from the top {:.0} % of customers",
        shown.join(", "),
        100.0 * spend.customers_for_four_fifths
    )
}

fn returns(shop: &ShopFigures) -> String {
    let returns = &shop.returns;
    if returns.lines == 0 {
        return "none".to_owned();
    }
    let value =
        returns.value_share.map_or(String::new(), |share| format!(", {:.1} % of the value ordered", 100.0 * share));
    let lines = counted(returns.lines as u64, "line");
    format!("{lines} by {:.1} % of the customers{value}", 100.0 * returns.customers_share)
}

fn complaints(shop: &ShopFigures) -> String {
    let Some(complaints) = &shop.complaints else { return "not recorded".to_owned() };
    let resolved = complaints
        .resolved_share
        .map_or(", resolution not known".to_owned(), |share| format!(", {:.1} % resolved", 100.0 * share));
    let number = counted(complaints.complaints as u64, "complaint");
    format!("{number} by {:.1} % of the customers{resolved}", 100.0 * complaints.customers_share)
}

fn curve_section(page: &mut String, curve: &Curve, proposal: &Proposal) {
    paragraph(page, "Re-purchase: share of orders followed by another within so many days (Kaplan-Meier)");
    if curve.steps.is_empty() {
        page.push_str("  no curve: too few orders, or nobody came back\n\n");
        return;
    }
    let named = [
        (proposal.horizon_days.map(|days| days.0), 'H', "horizon"),
        (proposal.active_days.map(|days| days.0), 'A', "active window"),
        (curve.flat_from_day, 'f', "flat from here"),
    ];
    let marks: Vec<(u32, char)> = named.iter().filter_map(|(day, letter, _)| Some(((*day)?, *letter))).collect();
    for line in plot::area(|day| curve.share_within(day), curve.end_day, &marks) {
        page.push_str(&format!("{line}\n"));
    }
    let legend = named.iter().filter_map(|(day, letter, name)| Some(format!("{letter} {name} ({})", (*day)?)));
    let legend: Vec<String> = legend.collect();
    if !legend.is_empty() {
        page.push_str(&format!("         {}\n", legend.join(", ")));
    }
    let shown: Vec<u32> = SHOWN_DAYS.into_iter().filter(|day| *day <= curve.end_day).collect();
    let row = |label: &str, cell: &dyn Fn(u32) -> String| -> String {
        format!("{label:24}{}\n", cells(7, shown.iter().map(|day| cell(*day))))
    };
    page.push_str(&row("days", &|day| day.to_string()));
    page.push_str(&row("followed, %", &|day| format!("{:.1}", 100.0 * curve.share_within(day))));
    let back = |day| curve.come_back_within(day).map_or_else(String::new, |share| format!("{:.1}", 100.0 * share));
    page.push_str(&row("of those who return, %", &back));
    let flat = match curve.flat_from_day {
        Some(day) => format!("It flattens at {day} days: no 30 days behind them add more than a point."),
        None => "It still rises where it ends.".to_owned(),
    };
    indented(
        page,
        &format!("It ends at {} days: behind them, fewer than 30 orders are watched. {flat}", curve.end_day),
    );
    page.push('\n');
}

fn candidates_section(page: &mut String, candidates: &[Candidate], proposal: &Proposal) {
    page.push_str(&format!(
        "  {:>7} {:>8} {:>10} {:>8} {:>9} {:>8} {:>16}\n",
        "horizon", "active", "customers", "cutoffs", "churn", "spread", "from - to"
    ));
    let mut shown_short = None;
    for candidate in candidates {
        if let Some(obstacle @ Obstacle::ShortSpan { .. }) = candidate.obstacle {
            // Whatever the window, the same stands in the way of this horizon.
            if shown_short != Some(candidate.horizon_days) {
                page.push_str(&format!("  {:>7} {:>8} {obstacle}\n", candidate.horizon_days.0, "any"));
            }
            shown_short = Some(candidate.horizon_days);
            continue;
        }
        page.push_str(&candidate_line(candidate, mark(candidate, proposal)));
    }
    indented(
        page,
        "Days. customers: eligible at the end of history; cutoffs: training cutoffs that history allows; churn: mean \
         over them, spread: its standard deviation in points. > recommended, = in the config.",
    );
    page.push('\n');
}

fn mark(candidate: &Candidate, proposal: &Proposal) -> char {
    let is_proposed =
        proposal.horizon_days == Some(candidate.horizon_days) && proposal.active_days == Some(candidate.active_days);
    if is_proposed {
        '>'
    } else if candidate.is_present {
        '='
    } else {
        ' '
    }
}

fn candidate_line(candidate: &Candidate, mark: char) -> String {
    let (horizon, active) = (candidate.horizon_days.0, candidate.active_days.0);
    let start = format!("{mark} {horizon:>7} {active:>8} {:>10}", grouped(candidate.eligible_now as u64));
    if let Some(obstacle) = candidate.obstacle {
        return format!("{start}  {obstacle}\n");
    }
    let rates = || candidate.cutoffs.iter().filter_map(|cutoff| cutoff.rate());
    let (low, high) = (rates().fold(f64::INFINITY, f64::min), rates().fold(0.0, f64::max));
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let spread = candidate.spread.map_or_else(|| "-".to_owned(), |spread| format!("{:.1}", 100.0 * spread));
    format!(
        "{start} {:>8} {:>9} {spread:>8} {:>16}\n",
        candidate.cutoffs.len(),
        candidate.mean_rate.map_or_else(|| "-".to_owned(), percent),
        format!("{} - {}", percent(low), percent(high))
    )
}

fn proposal_section(page: &mut String, proposal: &Proposal) {
    match proposal.horizon_days.zip(proposal.active_days) {
        Some((horizon, active)) => {
            page.push_str(&format!("Recommended: a horizon of {horizon}, an active window of {active}\n"));
        }
        None => page.push_str("No horizon is recommended\n"),
    }
    let mut why = proposal.why.clone();
    if let Some(first) = why.get(..1).map(str::to_uppercase) {
        why.replace_range(..1, &first);
    }
    indented(page, &format!("{why}."));
    for note in &proposal.notes {
        indented(page, &format!("note: {note}"));
    }
    let rule = format!(
        "The rule: the shortest usual horizon within which {:.0} % come back of those who come back, the shortest usual \
         active window within which {:.0} % do.",
        100.0 * COME_BACK_HORIZON,
        100.0 * COME_BACK_ACTIVE
    );
    if proposal.horizon_days.is_none() {
        indented(page, &rule);
    }
    page.push('\n');
}

/// The lines for the config, what was written, and what to do next.
fn closing(report: &Report) -> String {
    let mut page = String::new();
    if let Some(churn) = &report.churn {
        page.push_str(&format!("For the config:\n\n{churn}\n"));
    }
    if let Some(path) = &report.written {
        page.push_str(&format!("wrote {path}\n"));
    }
    if let Some(what) = &report.not_written {
        paragraph(&mut page, &format!("not written: {what}"));
    }
    if !report.to_fill_in.is_empty() && report.written.is_some() {
        page.push_str("to fill in:\n");
        for line in &report.to_fill_in {
            page.push_str(&format!("  {}\n", shortened(line, WIDTH - 2)));
        }
    }
    if let Some(path) = &report.written {
        let command = if report.shop.is_some() { "check" } else { "inspect" };
        page.push_str(&format!("then: retain {command} --config {path}\n"));
    }
    page
}
