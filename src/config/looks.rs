//! What a column may be by its type and an example of its values: a number, a day, an id.

use super::currency_marks::{self, is_currency_mark};
use super::found::DraftColumn;
use super::mail_names::is_mail_of_persons;
use super::name_words::in_words;
use super::tables::Kind;

/// Columns that may be one of ours by their values, where no name told: days, numbers, or ids that come again.
pub(super) fn by_values(kind: Kind, columns: &[DraftColumn]) -> Vec<&DraftColumn> {
    // A few values in many rows are states or kinds.
    let are_kinds = |column: &DraftColumn| column.n_distinct <= DraftColumn::FEW && column.n_rows >= LEAST_ROWS;
    let comes_again =
        |column: &DraftColumn| column.n_distinct > 1 && 4 * column.n_distinct < 3 * column.n_rows && !are_kinds(column);
    let is_number =
        |column: &DraftColumn| !column.example.is_empty() && plausible(Kind::Money, column) && !numbers_rows(column);
    let fits = |column: &&DraftColumn| match kind {
        Kind::Time => holds_days(column),
        Kind::Money | Kind::Number => is_number(column) && !holds_days(column),
        // Amounts have decimals, ids have none.
        Kind::Id => plausible(kind, column) && comes_again(column) && !holds_days(column) && !has_decimals(column),
        Kind::Text | Kind::Flag => false,
    };
    columns.iter().filter(fits).collect()
}

/// The one free column that can hold the day of a purchase, what it came to or who bought, by its values: the only one with days,
/// the only number or the only one with decimals, the only one with addresses. A name that tells of something else rules it out.
pub(super) fn only_by_values<'c>(kind: Kind, columns: &'c [DraftColumn], taken: &[String]) -> Option<&'c DraftColumn> {
    let others: &[&str] = match kind {
        Kind::Time => NO_PURCHASE_DAYS,
        Kind::Money => NO_AMOUNTS,
        Kind::Id => &[],
        _ => return None,
    };
    let candidates: Vec<&DraftColumn> =
        by_values(kind, columns).into_iter().filter(|own| !taken.contains(&own.name)).collect();
    let is_likely = |own: &&DraftColumn| match kind {
        Kind::Money => has_decimals(own),
        Kind::Id => own.example.contains('@') && is_mail_of_persons(&own.name) && !own.is_of_firms,
        _ => true,
    };
    let likely: Vec<&DraftColumn> = candidates.into_iter().filter(is_likely).collect();
    let [only] = likely.as_slice() else { return None };
    let tells = |word: &String| others.iter().any(|other| word.starts_with(other));
    (!in_words(&only.name).iter().any(tells)).then_some(*only)
}

/// Beginnings of words for days that are none of a purchase.
const NO_PURCHASE_DAYS: &[&str] = &[
    "birth", "geburt", "dob", "sign", "regist", "join", "due", "fällig", "deliver", "liefer", "ship", "versand",
    "return", "retour", "cancel", "storn", "updat", "modif", "export", "valid", "expir", "start", "end", "until",
    "refund",
];

/// Beginnings of words for numbers that are no amounts.
const NO_AMOUNTS: &[&str] = &[
    "tax",
    "vat",
    "mwst",
    "ust",
    "steuer",
    "tva",
    "iva",
    "btw",
    "moms",
    "discount",
    "rabatt",
    "remise",
    "descuento",
    "fee",
    "gebühr",
    "ship",
    "versand",
    "porto",
    "tip",
    "weight",
    "gewicht",
    "rate",
    "rating",
    "score",
    "percent",
    "prozent",
    "pct",
    "share",
    "margin",
    "cost",
    "kosten",
    "lat",
    "lon",
    "lng",
    "height",
    "width",
    "qty",
    "quantity",
    "menge",
    "anzahl",
    "balance",
    "saldo",
    "points",
    "age",
];

/// Rows from which on it tells that no number comes again.
const LEAST_ROWS: usize = 50;

/// Whether a column has whole numbers of which none comes again: they number something, and are no amounts.
pub(super) fn numbers_rows(column: &DraftColumn) -> bool {
    column.n_rows >= LEAST_ROWS && column.n_distinct == column.n_rows && !has_decimals(column)
}

/// Whether numbers are written with decimals, or with marks between thousands as ids are not.
pub(super) fn has_decimals(column: &DraftColumn) -> bool {
    let example = &column.example;
    is_float(&column.dtype.to_lowercase())
        || (looks_like_number(example) && example.contains(['.', ',', '\'', '\u{2019}', ' ', '\u{a0}', '\u{202f}']))
}

/// Whether a spreadsheet has written a long number in a short way: `1.23457E+13`.
pub(super) fn has_lost_digits(example: &str) -> bool {
    let Some((digits, power)) = example.trim().split_once(['E', 'e']) else { return false };
    let is_long = power.strip_prefix('+').and_then(|power| power.parse::<u8>().ok()).is_some_and(|power| power >= 8);
    is_long && digits.replace(',', ".").parse::<f64>().is_ok()
}

/// Whether a column holds days, by its type or by how its example is written.
pub(super) fn holds_days(column: &DraftColumn) -> bool {
    let (example, dtype) = (column.example.trim(), column.dtype.to_lowercase());
    let n_digits = example.bytes().filter(u8::is_ascii_digit).count();
    let is_separator = |letter: char| matches!(letter, '-' | '/' | '.' | ' ' | '年' | '月' | '日');
    // A number or the name of a month, which may have a comma behind it; what comes third may have a clock.
    let is_part = |(place, part): (usize, &str)| {
        let part = part.trim_end_matches(',');
        let is = |of: fn(&char) -> bool| !part.is_empty() && part.chars().all(|letter| of(&letter));
        is(char::is_ascii_digit)
            || (part.chars().count() >= 3 && is(|letter| letter.is_alphabetic()))
            || (place == 2 && part.starts_with(|letter: char| letter.is_ascii_digit()))
    };
    let is_written = n_digits >= 4
        && example.chars().filter(|letter| is_separator(*letter)).count() >= 2
        && !looks_like_number(example)
        && example.split(is_separator).filter(|part| !part.is_empty()).take(3).enumerate().all(is_part);
    // Seconds, milliseconds or microseconds since 1970, or a year, month and day without marks.
    let is_counted = n_digits == example.len()
        && ((matches!(n_digits, 10 | 13 | 16) && example.starts_with('1'))
            || (n_digits == 8 && example.starts_with("20")));
    dtype.starts_with("date")
        || dtype.starts_with("time")
        || is_written
        || is_counted
        || is_day_of_another_kind(example)
}

/// Whether a text is a week or a day of it, such as `2024-W05-3`, or a day of an era of Japan or Taiwan.
fn is_day_of_another_kind(text: &str) -> bool {
    const ERAS: &[&str] = &["令和", "平成", "昭和", "民國", "民国"];
    let digits = |text: &str| text.len() <= 4 && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_week = || {
        let (year, week) = text.split_once(['W', 'w']).unwrap_or_default();
        let year = year.trim_end_matches('-');
        year.len() == 4 && digits(year) && digits(&week.replacen('-', "", 1)) && week.len() >= 2
    };
    let is_of_letter = || {
        let mut parts = text.strip_prefix(['R', 'H', 'S']).unwrap_or_default().split(['.', '/']);
        parts.by_ref().take(3).filter(|part| digits(part)).count() == 3 && parts.next().is_none()
    };
    ERAS.iter().any(|era| text.starts_with(era)) && text.contains('年') || is_week() || is_of_letter()
}

/// Whether the type and the example allow the kind.
pub(super) fn plausible(kind: Kind, column: &DraftColumn) -> bool {
    if column.is_empty() {
        return false;
    }
    let dtype = column.dtype.to_lowercase();
    let is_time = dtype.starts_with("date") || dtype.starts_with("time");
    let is_flag = dtype.starts_with("bool");
    match kind {
        Kind::Time => !is_flag && !is_float(&dtype),
        // A per cent is no amount.
        Kind::Money if column.example.contains('%') => false,
        Kind::Money | Kind::Number => !is_flag && !is_time && (!is_text(&dtype) || looks_like_number(&column.example)),
        Kind::Id => !is_flag && !is_time,
        Kind::Text => !is_time,
        Kind::Flag => !is_time && !counts(column),
    }
}

/// Whether a column counts or measures something: it has many values, or another number than 0 and 1.
fn counts(column: &DraftColumn) -> bool {
    let is_number = |text: &str| text.trim().parse::<f64>().is_ok_and(|number| ![0.0, 1.0].contains(&number));
    column.values.iter().any(|own| is_number(&own.value)) || (column.values.is_empty() && column.n_distinct > 2)
}

pub(super) fn is_float(dtype: &str) -> bool {
    dtype.starts_with('f') || dtype.starts_with("double")
}

pub(super) fn is_text(dtype: &str) -> bool {
    ["str", "utf8", "text", "varchar"].iter().any(|name| dtype.starts_with(name))
}

/// Nothing is known from an empty example, so it passes. Signs and codes of currencies and marks between thousands are no
/// obstacle: how a number is written is the business of reading.
fn looks_like_number(example: &str) -> bool {
    let [before, inner, after] = around_digits(example);
    let groups: Vec<&str> = inner.split([',', '.', '\'', '\u{2019}', ' ', '\u{a0}', '\u{202f}']).collect();
    let are_digits = groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
    let between = groups.get(1..groups.len().saturating_sub(1)).unwrap_or_default();
    let is_written = are_digits && between.iter().all(|group| group.len() == 3);
    let has_usual_ends = [before, after].into_iter().all(|mark| mark.is_empty() || is_currency_mark(mark));
    example.is_empty()
        || (is_written && has_usual_ends && !inner.is_empty())
        || example.parse::<f64>().is_ok_and(f64::is_finite)
}

/// What stands before the digits, from the first digit to the last, and behind them; without signs, parentheses and blanks.
fn around_digits(example: &str) -> [&str; 3] {
    let is_outside = |letter: char| !letter.is_ascii_digit();
    let inner = example.trim_matches(is_outside);
    let start = example.find(|letter: char| letter.is_ascii_digit()).unwrap_or(0);
    let bare = |text: &'_ str| -> std::ops::Range<usize> {
        let is_idle = |letter: char| letter.is_whitespace() || "()-+%'.,\u{2212}\u{2013}\u{2014}".contains(letter);
        let left = text.len() - text.trim_start_matches(is_idle).len();
        left..left + text.trim_matches(is_idle).len()
    };
    let (before, after) = (&example[..start], &example[start + inner.len()..]);
    [&before[bare(before)], inner, &after[bare(after)]]
}

/// The one currency whose sign stands at an amount.
pub(super) fn signed_currency(example: &str) -> Option<(&'static str, &str)> {
    let [before, _, after] = around_digits(example);
    [before, after].into_iter().find_map(|mark| Some((currency_marks::only_currency(mark)?, mark)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_dates_and_names() {
        for number in [
            "1.435,15",
            "$1,234.56",
            "-$2.73",
            "(87.00)",
            "1'299.00 CHF",
            "€ 12",
            "12,50-",
            "3e4",
            "",
            "EUR 5",
            "1,5 %",
            "R$ 1.234,56",
            "12,50 zł",
            "1 299,00 kr",
            "1’299.–",
            "49,-",
        ] {
            assert!(looks_like_number(number), "{number}");
        }
        for other in ["01.05.2024", "2024-05-01", "12:30", "A-12", "abc", "#1001", "5/1/24", "Order 7"] {
            assert!(!looks_like_number(other), "{other}");
        }
    }

    #[test]
    fn days_are_told_by_how_they_are_written() {
        let holds = |example: &str| {
            holds_days(&DraftColumn { dtype: "str".to_owned(), example: example.to_owned(), ..DraftColumn::default() })
        };
        for day in [
            "2024-05-01",
            "1.5.24",
            "5/1/2024 3:04 PM",
            "2024年5月1日",
            "1 mai 2024",
            "12 févr. 2024 14:05",
            "Nov 19, 2026",
            "Thu, 19 Nov 2026",
            "20240501",
            "1714521600",
        ] {
            assert!(holds(day), "{day}");
        }
        for other in ["1.234,50", "C-12-44-1", "12", "SKU-001", "", "R$ 1.234,50", "10000234", "Main St 12", "1,2,3,4"]
        {
            assert!(!holds(other), "{other}");
        }
    }
}
