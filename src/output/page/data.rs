//! The rows for the page's script, within a size that a mail can carry: all that fits, and a sentence about what does not.

use serde_json::{Map, Value, json};

use super::columns::Columns;
use super::document::{items, text};
use super::input::{PageInput, PageList};
use super::segments;
use crate::text::grouped;

/// Bytes of the rows at most, so that the page stays below four megabytes.
const BUDGET: usize = 3_500_000;
/// Rows of a list at most.
pub const PAGE_ROWS: usize = 50_000;
/// Rows with their history and all columns at most.
pub const DETAILED_ROWS: usize = 5_000;

/// Columns that every row has, those behind them only the first rows.
const IN_ALL_ROWS: &[&str] = &[
    "customer_id",
    "expected_net_gain",
    "expected_loss",
    "churn_probability",
    "leaving_probability",
    "gone_probability",
    "value_at_stake",
    "days_since_last_order",
    "life_cycle_stage",
    "rfm_segment",
    "value_quadrant",
    "risk_band",
    "confidence",
    "open_complaints",
    "cause",
    "recommended_action",
    "reason_1",
    "group",
    "suppressed_code",
    "change_since_last",
];
/// Columns that a row tells by where it stands.
const TOLD_BY_PLACE: &[&str] = &["rank"];

/// The data of the page, as text that may stand in a `script` element.
pub(super) fn data_of(input: &PageInput<'_>) -> String {
    let own = PageList { title: "To keep", probability: input.probability(), rows: input.list, total: input.total };
    let lists: Vec<PageList<'_>> = std::iter::once(own).chain(input.further.iter().copied()).collect();
    let lists = in_budget(input, &lists, BUDGET);
    let decimals = input.manifest.pointer("/config/currency/decimals").and_then(Value::as_u64).unwrap_or(2);
    let name = input.manifest["name"].as_str().unwrap_or("shop");
    let file: String = name.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
    safe_in_script(
        &json!({
            "format": 1,
            "as_of": input.as_of(),
            "currency": input.currency(),
            "decimals": decimals,
            "csv": input.manifest.pointer("/config/output/csv"),
            "file": file,
            "hints": hints(input),
            "horizon_days": input.manifest.pointer("/config/churn/horizon_days"),
            "meanings": segments::meanings(),
            "since": since(input),
            "lists": lists,
        })
        .to_string(),
    )
}

/// How many days ago the list was made that this one is compared with.
fn since(input: &PageInput<'_>) -> Option<i32> {
    let day: jiff::civil::Date = text(input.manifest, "/changes/since")?.parse().ok()?;
    Some(input.today - crate::timeline::day_of(day))
}

/// How each action of the playbook is done, by its name.
fn hints(input: &PageInput<'_>) -> Value {
    let actions = items(input.manifest, "/config/decide/playbook/actions").iter();
    let hint = |action: &Value| Some((text(action, "/name")?.to_owned(), text(action, "/hint")?.into()));
    Value::Object(actions.filter_map(hint).collect())
}

/// JSON that neither ends the `script` element nor opens another, nor ends a line of a script.
fn safe_in_script(json: &str) -> String {
    let mut safe = String::with_capacity(json.len() + json.len() / 50);
    for letter in json.chars() {
        match letter {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            letter => safe.push(letter),
        }
    }
    safe
}

/// How much of a list the page has.
#[derive(Debug, Clone, Copy)]
struct Extent {
    n_rows: usize,
    /// Rows with their history and all columns.
    n_detailed: usize,
    /// Whether the shop's own columns, such as names, are there for all rows, so that all can be searched.
    has_own: bool,
}

/// A list as it is written, its bytes, and whether something was left out of it to save them.
struct Fitted {
    encoded: Value,
    size: usize,
    is_cut: bool,
}

/// Lists in so many bytes together: each in an equal part of them, and what one leaves goes to the first that had to be cut.
fn in_budget(input: &PageInput<'_>, lists: &[PageList<'_>], budget: usize) -> Vec<Value> {
    let part = budget / lists.len().max(1);
    let mut found: Vec<Fitted> = lists.iter().map(|list| within(input, list, part)).collect();
    for (place, list) in lists.iter().enumerate() {
        let others: usize =
            found.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, own)| own.size).sum();
        let left = budget.saturating_sub(others);
        if let Some(own) = found.get_mut(place).filter(|own| own.is_cut && left > part) {
            *own = within(input, list, left);
        }
    }
    found.into_iter().map(|own| own.encoded).collect()
}

/// A list in at most so many bytes: without names of the rows behind, then with fewer rows in detail, and then with fewer rows,
/// where ids or texts are long.
fn within(input: &PageInput<'_>, list: &PageList<'_>, budget: usize) -> Fitted {
    let n_rows = list.rows.n_rows().min(PAGE_ROWS);
    let mut extent = Extent { n_rows, n_detailed: n_rows.min(DETAILED_ROWS), has_own: true };
    let mut is_cut = false;
    loop {
        let encoded = encoded(input, list, extent);
        let size = encoded.to_string().len();
        if size <= budget || extent.n_rows <= FEWEST_ROWS {
            return Fitted { encoded, size, is_cut };
        }
        is_cut = true;
        let shrunk = |n: usize| n * 95 / 100 * budget / size;
        if extent.has_own && extent.n_detailed < extent.n_rows {
            extent.has_own = false;
        } else if extent.n_detailed > FEWEST_DETAILED {
            extent.n_detailed = shrunk(extent.n_detailed).max(FEWEST_DETAILED);
        } else {
            extent.n_rows = shrunk(extent.n_rows).max(FEWEST_ROWS);
            extent.n_detailed = extent.n_detailed.min(extent.n_rows);
        }
    }
}

/// Rows in detail, and rows at all, that are kept whatever their size.
const FEWEST_DETAILED: usize = 500;
const FEWEST_ROWS: usize = 50;

fn encoded(input: &PageInput<'_>, list: &PageList<'_>, extent: Extent) -> Value {
    let Extent { n_rows, n_detailed, has_own } = extent;
    let has = |name: &str| list.rows.get(name).is_some();
    let first_of = |names: &[&'static str]| names.iter().copied().find(|name| has(name)).unwrap_or_default();
    let mut columns = Map::new();
    let told = list.rows.columns.iter().filter(|(name, _)| !TOLD_BY_PLACE.contains(&name.as_str()));
    for (name, values) in told {
        let is_full = IN_ALL_ROWS.contains(&name.as_str()) || has_own && input.is_carried(name);
        let mut column = values.encoded(if is_full { n_rows } else { n_detailed }, input.today);
        column["full"] = is_full.into();
        columns.insert(name.clone(), column);
    }
    let carried = list.rows.columns.iter().map(|(name, _)| name).filter(|name| input.is_carried(name));
    let (history, weights) = history(input, list.rows, n_detailed);
    let resolutions = list.rows.numbers("open_complaints").iter().any(Option::is_some);
    json!({
        "title": list.title,
        "total": list.total,
        "shown": n_rows,
        "detailed": n_detailed,
        "limits": limits(list.total, n_rows, n_detailed),
        "rank_probability": list.probability,
        "rank_amount": first_of(&["expected_net_gain", "expected_loss"]),
        "resolutions": resolutions,
        "carried": carried.collect::<Vec<_>>(),
        "order": list.rows.columns.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        "columns": columns,
        "history": history,
        "weights": weights,
    })
}

/// What the page does not show.
fn limits(total: usize, n_rows: usize, n_detailed: usize) -> String {
    let [total, n_rows, n_detailed] = [total, n_rows, n_detailed].map(|n| grouped(n as u64));
    let rows = (n_rows != total).then(|| format!("This page has the first {n_rows} of {total} customers."));
    let detailed = (n_detailed != n_rows)
        .then(|| format!("Rhythm, history and all columns are here for the first {n_detailed} of them."));
    let parts: Vec<String> = rows.into_iter().chain(detailed).collect();
    if parts.is_empty() {
        String::new()
    } else {
        format!("{} The file list.csv has every row and column.", parts.join(" "))
    }
}

/// What happened to each of the first customers, and how much each reason weighs: both by row of the list.
fn history(input: &PageInput<'_>, rows: &Columns, n_detailed: usize) -> (Vec<Value>, Vec<Value>) {
    let details = input.details;
    let customers = rows.texts("customer_id").iter().take(n_detailed);
    let places: std::collections::BTreeMap<&str, usize> =
        customers.enumerate().filter_map(|(place, id)| Some((id.as_deref()?, place))).collect();
    let n = places.len();
    let [mut orders, mut complaints, mut weights, mut given_back]: [Vec<Vec<Value>>; 4] =
        std::array::from_fn(|_| vec![Vec::new(); n]);
    let ago = |days: &[Option<i32>], row: usize| days.get(row).copied().flatten().map(|day| input.today - day);
    let text = |name: &str, row: usize| details.texts(name).get(row).and_then(Option::as_deref);
    for row in 0..details.n_rows() {
        let Some(place) = text("customer_id", row).and_then(|id| places.get(id)).copied() else { continue };
        let amount = details.numbers("amount").get(row).copied().flatten();
        match (text("kind", row), ago(details.days("day"), row)) {
            (Some("order"), Some(day)) => {
                if let Some(orders) = orders.get_mut(place) {
                    orders.extend([json!(day), short(amount.unwrap_or(0.0))]);
                }
            }
            (Some("complaint"), Some(day)) => {
                if let Some(complaints) = complaints.get_mut(place) {
                    complaints.push(json!([day, ago(details.days("closed"), row), text("word", row)]));
                }
            }
            (Some("given_back"), Some(day)) => {
                if let Some(given_back) = given_back.get_mut(place) {
                    given_back.push(json!([day, ago(details.days("closed"), row), short(amount.unwrap_or(0.0))]));
                }
            }
            (Some("reason"), _) => {
                if let Some(weights) = weights.get_mut(place) {
                    weights.push(short(amount.unwrap_or(0.0)));
                }
            }
            _ => {}
        }
    }
    // Most customers give nothing back: then nothing is written of it.
    let history = orders.into_iter().zip(complaints).zip(given_back).map(|((orders, complaints), given_back)| {
        if given_back.is_empty() { json!([orders, complaints]) } else { json!([orders, complaints, given_back]) }
    });
    (history.collect(), weights.into_iter().map(Value::from).collect())
}

/// An amount that needs no more digits than can be seen.
#[expect(clippy::cast_possible_truncation, reason = "amounts are far below 2^63")]
fn short(amount: f64) -> Value {
    if amount.abs() >= 100.0 || amount.fract() == 0.0 {
        return json!(amount.round() as i64);
    }
    json!((amount * 100.0).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::super::columns::Values;
    use super::*;

    #[test]
    fn data_cannot_leave_the_script() {
        let safe = safe_in_script(&json!(["</script><script>alert(1)</script>", "\u{2028}&"]).to_string());
        assert!(!safe.contains(['<', '>', '&', '\u{2028}']), "{safe}");
        let again: Value = serde_json::from_str(&safe).unwrap();
        assert_eq!(again, json!(["</script><script>alert(1)</script>", "\u{2028}&"]));
    }

    /// Customers with long ids.
    fn customers(n: usize) -> Columns {
        let ids = (0..n).map(|n| Some(format!("{n:0>200}"))).collect();
        Columns { columns: vec![("customer_id".into(), Values::Text(ids))] }
    }

    fn with_input<T>(rows: &Columns, look: impl Fn(&PageInput<'_>) -> T) -> T {
        let (none, manifest) = (Columns::default(), json!({ "as_of": "2024-01-01" }));
        look(&PageInput { meanings: &[("customer_id", "")], ..PageInput::bare(rows, &none, &manifest) })
    }

    #[test]
    fn long_ids_take_details_and_then_rows_away_until_the_list_fits() {
        let rows = customers(4_000);
        let list = PageList { title: "t", probability: "", rows: &rows, total: 4_000 };
        let found = with_input(&rows, |input| within(input, &list, 100_000).encoded);
        assert!(found.to_string().len() <= 100_000);
        let shown = found["shown"].as_u64().unwrap();
        assert!((300..500).contains(&shown), "{shown}");
        assert!(found["limits"].as_str().unwrap().contains("of 4,000 customers"));
    }

    #[test]
    fn what_one_list_leaves_goes_to_the_other() {
        let (long, short) = (customers(4_000), customers(100));
        let list = |rows| PageList { title: "t", probability: "", rows, total: 4_000 };
        for lists in [[list(&long), list(&short)], [list(&short), list(&long)]] {
            let found = with_input(&long, |input| in_budget(input, &lists, 400_000));
            assert!(found.iter().map(|own| own.to_string().len()).sum::<usize>() <= 400_000);
            let mut shown: Vec<u64> = found.iter().map(|own| own["shown"].as_u64().unwrap()).collect();
            shown.sort_unstable();
            assert!(shown[0] == 100 && (1_300..1_900).contains(&shown[1]), "{shown:?}, and a half would have 900");
        }
    }
}
