//! A day and the time of the day in two columns.

use crate::config::expressions::always_quoted;
use crate::config::found::DraftColumn;
use crate::config::lexicon;
use crate::config::looks::is_text;
use crate::config::name_words::in_words;

/// Words of names of columns that hold the time of the day.
const CLOCKS: &[&str] = &["time", "tim", "zeit", "uhr", "heure", "hora", "ora", "tijd", "klok", "tid"];

/// Beginnings of words of columns that hold another time than that of the order.
const OF_OTHERS: &[&str] = &[
    "deliver",
    "liefer",
    "zustell",
    "pickup",
    "abhol",
    "slot",
    "ship",
    "versand",
    "livraison",
    "entrega",
    "consegna",
    "bezorg",
    "levering",
    "due",
    "reserv",
];

/// A day together with the time of the day that stands in a column of its own.
pub(super) fn with_clock(day: &DraftColumn, columns: &[DraftColumn]) -> Option<String> {
    if day.example.contains(':') || !day.example.contains(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    let own = in_words(&day.name);
    let is_clock = |column: &&DraftColumn| {
        // `clientid` ends like a Swedish time and is none.
        let tells = |word: &String| {
            CLOCKS.iter().any(|clock| {
                word == clock || (clock.len() > 2 && word.ends_with(clock) && lexicon::means("purchased_at", word))
            })
        };
        let words = in_words(&column.name);
        let is_of_others =
            words.iter().any(|word| OF_OTHERS.iter().any(|start| word.starts_with(start)) && !own.contains(word));
        column.name != day.name && words.iter().any(tells) && !is_of_others
    };
    columns.iter().filter(is_clock).find_map(|column| {
        let (digits, colons) = (column.example.trim(), column.example.matches(':').count());
        if matches!(colons, 1 | 2) && digits.strip_prefix(day.example.trim()).is_some_and(|rest| !rest.is_empty()) {
            // The whole instant stands beside the day.
            return Some(column.name.clone());
        }
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        let time = match (colons, digits.len()) {
            (1 | 2, 4..) if is_clock_time(digits) => as_text(column),
            // 905 is five past nine.
            (0, 3 | 4) if is_number => format!("LPAD({}, 4, '0')", as_text(column)),
            (0, 5 | 6) if is_number => format!("LPAD({}, 6, '0')", as_text(column)),
            _ => return None,
        };
        Some(format!("{} || ' ' || {time}", as_text(day)))
    })
}

/// Whether a text begins with the hour of a clock, and is no span from one hour to another.
fn is_clock_time(text: &str) -> bool {
    let hour = text.split(':').next().unwrap_or_default();
    matches!(hour.len(), 1 | 2)
        && hour.bytes().all(|byte| byte.is_ascii_digit())
        && !text.contains(['-', '\u{2013}', '\u{2014}'])
}

/// The column as text, whatever its type.
fn as_text(column: &DraftColumn) -> String {
    let name = always_quoted(&column.name);
    if is_text(&column.dtype.to_lowercase()) { name } else { format!("CAST({name} AS VARCHAR)") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(day: (&str, &str), other: (&str, &str)) -> Option<String> {
        let column = |(name, example): (&str, &str)| DraftColumn {
            name: name.to_owned(),
            dtype: "str".to_owned(),
            example: example.to_owned(),
            ..DraftColumn::default()
        };
        with_clock(&column(day), &[column(day), column(other)])
    }

    #[test]
    fn a_clock_is_joined_with_the_day_and_a_whole_instant_is_taken_alone() {
        let day = ("Sale Date", "04/01/2025");
        let joined = Some("\"Sale Date\" || ' ' || \"Sale Time\"".to_owned());
        assert_eq!(of(day, ("Sale Time", "7:23 PM")), joined);
        assert_eq!(of(day, ("Completed Time", "04/01/2025 07:23:49 PM")).as_deref(), Some("Completed Time"));
    }

    #[test]
    fn a_span_of_hours_and_the_time_of_a_delivery_are_none_of_the_order() {
        let day = ("order date", "01.04.2025");
        assert_eq!(of(day, ("order time", "10:00-12:00")), None);
        assert_eq!(of(day, ("delivery time", "10:00")), None);
        assert!(of(("delivery date", "01.04.2025"), ("delivery time", "10:00")).is_some());
    }
}
