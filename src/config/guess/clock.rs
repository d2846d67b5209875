//! A day and the time of the day in two columns.

use crate::config::expressions::always_quoted;
use crate::config::found::DraftColumn;
use crate::config::lexicon;
use crate::config::looks::is_text;
use crate::config::name_words::in_words;

/// Words of names of columns that hold the time of the day.
const CLOCKS: &[&str] = &["time", "tim", "zeit", "uhr", "heure", "hora", "ora", "tijd", "klok", "tid"];

/// A day together with the time of the day that stands in a column of its own.
pub(super) fn with_clock(day: &DraftColumn, columns: &[DraftColumn]) -> Option<String> {
    if day.example.contains(':') || !day.example.contains(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    let is_clock = |column: &&DraftColumn| {
        // `clientid` ends like a Swedish time and is none.
        let tells = |word: &String| {
            CLOCKS.iter().any(|clock| {
                word == clock || (clock.len() > 2 && word.ends_with(clock) && lexicon::means("purchased_at", word))
            })
        };
        column.name != day.name && in_words(&column.name).iter().any(tells)
    };
    columns.iter().filter(is_clock).find_map(|column| {
        let (digits, colons) = (column.example.as_str(), column.example.matches(':').count());
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        let time = match (colons, digits.len()) {
            (1 | 2, 4..) => as_text(column),
            // 905 is five past nine.
            (0, 3 | 4) if is_number => format!("LPAD({}, 4, '0')", as_text(column)),
            (0, 5 | 6) if is_number => format!("LPAD({}, 6, '0')", as_text(column)),
            _ => return None,
        };
        Some(format!("{} || ' ' || {time}", as_text(day)))
    })
}

/// The column as text, whatever its type.
fn as_text(column: &DraftColumn) -> String {
    let name = always_quoted(&column.name);
    if is_text(&column.dtype.to_lowercase()) { name } else { format!("CAST({name} AS VARCHAR)") }
}
