//! What the shop's own contacts say of each action, beside what the playbook assumes.

use serde_json::Value;

use super::document::{count, items, number, text};
use super::figure::{DataTable, percent};
use super::input::PageInput;
use crate::text::grouped;

/// Customers who were contacted beside those left alone; none where no contacts are recorded.
pub(super) fn table(input: &PageInput<'_>) -> Option<DataTable> {
    let evidence = input.report?.get("contact_evidence").filter(|evidence| evidence.is_object())?;
    let rows = items(evidence, "/actions").iter().flat_map(rows_of);
    let head = ["Action", "Customers", "Contacted", "bought", "Left alone", "bought", "Difference", "What that says"];
    let table = DataTable::new("What your own contacts say of each action", head, rows);
    if table.rows.is_empty() {
        return None;
    }
    let days = count(evidence, "/horizon_days").unwrap_or(0);
    let rates: Vec<String> = items(evidence, "/actions").iter().flat_map(rates_of).collect();
    let rates = if rates.is_empty() { String::new() } else { format!(" {}.", rates.join(". ")) };
    let population = text(evidence, "/population").unwrap_or_default();
    Some(table.saying(&format!(
        "Whether customers bought within {days} days of a contact, beside those of the control group; differences in points with \
         bounds that hold in 95 of 100 cases.{rates} Of whom: {population}."
    )))
}

/// The comparisons of one action.
fn rows_of(action: &Value) -> Vec<[String; 8]> {
    let name = text(action, "/action").unwrap_or_default();
    let row = |one: &Value| {
        let arm = |arm: &str| {
            let n = |key: &str| count(one, &format!("/{arm}/{key}")).unwrap_or(0);
            let (customers, bought) = (n("n_customers"), n("n_bought"));
            let share = if customers == 0 { "-".to_owned() } else { percent(bought as f64 / customers as f64) };
            [grouped(customers), share]
        };
        let ([contacted, bought], [control, control_bought]) = (arm("contacted"), arm("control"));
        let points = |pointer: &str| number(one, pointer).map(|share| format!("{:+.1}", 100.0 * share));
        let difference =
            points("/difference/value").zip(points("/difference/interval/0").zip(points("/difference/interval/1")));
        let difference =
            difference.map_or_else(|| "-".to_owned(), |(value, (low, high))| format!("{value} ({low} to {high})"));
        let group = match text(one, "/group").unwrap_or_default() {
            "all" => "all".to_owned(),
            stage => stage.replace('_', " "),
        };
        [name.to_owned(), group, contacted, bought, control, control_bought, difference, says(one).to_owned()]
    };
    items(action, "/comparisons").iter().map(row).collect()
}

fn says(one: &Value) -> &'static str {
    match text(one, "/finding").unwrap_or_default() {
        "too_few" => "too few customers to say",
        "arms_differ_before" => "the groups differed before already: not drawn by chance",
        "lowers" => "contacts drive them away: left in peace",
        "raises" => "contacts help",
        _ => "chance can explain it",
    }
}

/// What the playbook says beside what was measured.
fn rates_of(action: &Value) -> Vec<String> {
    let name = text(action, "/action").unwrap_or_default();
    let rate = |(key, does): (&str, &str)| {
        let of = |pointer: &str| number(action, &format!("/{key}/{pointer}")).map(percent);
        let (low, high) = (of("measured/interval/0")?, of("measured/interval/1")?);
        let measured = if number(action, &format!("/{key}/measured/value"))? > 0.0 {
            of("measured/value")?
        } else {
            "nobody".to_owned()
        };
        Some(format!(
            "The playbook says that {name} {does} {}, your contacts say {measured} ({low} to {high})",
            of("playbook")?
        ))
    };
    [("save_rate", "keeps"), ("winback_rate", "brings back")].into_iter().filter_map(rate).collect()
}
