//! The lost customers who are worth asking why.

use super::columns::Columns;
use super::figure::{DataTable, Section, money};
use super::input::PageInput;
use crate::charts::Unit;
use crate::text::counted;
use crate::timeline::date_of;

/// Customers that are shown; the file has all of them.
const SHOWN: usize = 30;

/// A sample of those who have left, with what is known of each; absent where the run has none.
pub(super) fn interviews(input: &PageInput<'_>) -> Option<Section> {
    let drawn = input.interviews.filter(|drawn| drawn.n_rows() > 0)?;
    let n = drawn.n_rows();
    let title = format!("Ask {} why they left", counted(n as u64, "lost customer"));
    let shown = if n > SHOWN { format!(" The first {SHOWN} are here.") } else { String::new() };
    let head = ["Customer", "Last order", "Spend in the past year", "Complaints", "Likely cause", "What is known"];
    let rows = (0..n.min(SHOWN)).map(|row| cells(input, drawn, row));
    Some(Section {
        id: "interviews",
        sentence: format!(
            "Drawn from the win-back list by cause and value, without who must not be contacted or was contacted lately. What they say \
             shows whether the likely causes are the true ones.{shown} All columns: interviews.csv."
        ),
        entries: Vec::new(),
        table: DataTable::new(&title, head, rows),
        is_table: true,
        title,
    })
}

fn cells(input: &PageInput<'_>, drawn: &Columns, row: usize) -> [String; 6] {
    let text = |name: &str| drawn.texts(name).get(row).and_then(Option::as_deref).unwrap_or_default();
    let number = |name: &str| drawn.numbers(name).get(row).copied().flatten();
    let last = drawn.days("last_order_date").get(row).copied().flatten().and_then(date_of);
    [
        text("customer_id").to_owned(),
        last.map_or_else(String::new, |day| day.to_string()),
        number("spend_past_year").map_or_else(String::new, |sum| money(input.currency(), sum)),
        number("complaints").map_or_else(String::new, |n| Unit::Number.text(n)),
        if text("cause").is_empty() { "none stands out".to_owned() } else { text("cause").replace('_', " ") },
        text(if text("cause").is_empty() { "reasons" } else { "cause_why" }).to_owned(),
    ]
}
