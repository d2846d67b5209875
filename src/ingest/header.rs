//! Which row of a table has the names of its columns, what they are called, and whether they are names at all; rows that
//! are no data: the header once more, and totals. The same for text and for spreadsheets.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Rows after a title in which the header is looked for.
const SOON: usize = 10;

/// The position of the row with the names of the columns among the first rows of a table, none of which is blank. Rows
/// above it are titles: they have less than half of the cells that rows have, or less than all, and names follow.
pub(super) fn start(rows: &[Vec<String>]) -> usize {
    let usual_filled = most_frequent(rows.iter().map(|row| filled(row)));
    let usual_extent = most_frequent(rows.iter().map(|row| extent(row)));
    let is_narrow = |row: &Vec<String>| filled(row) * 2 <= usual_filled;
    let has_names =
        |row: &Vec<String>| extent(row) >= usual_extent && !is_narrow(row) && !row.iter().any(|cell| is_value(cell));
    let have_values = |rows: &[Vec<String>]| {
        let n_with = rows.iter().filter(|row| row.iter().any(|cell| is_value(cell))).count();
        !rows.is_empty() && n_with * 2 > rows.len()
    };
    let is_title = |place: usize, row: &Vec<String>| {
        let soon = || rows.iter().enumerate().skip(place + 1).take(SOON);
        let names_follow =
            || soon().any(|(at, row)| has_names(row) && have_values(rows.get(at + 1..).unwrap_or_default()));
        is_narrow(row) || (extent(row) < usual_extent && names_follow())
    };
    rows.iter().enumerate().find(|(place, row)| !is_title(*place, row)).map_or(0, |(place, _)| place)
}

/// Cells with something in them.
fn filled(row: &[String]) -> usize {
    row.iter().filter(|cell| !cell.trim().is_empty()).count()
}

/// Cells up to the last with something in it.
fn extent(row: &[String]) -> usize {
    row.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1)
}

/// The most frequent of numbers from 2 on, the larger of two; 1 if there is none.
fn most_frequent(numbers: impl Iterator<Item = usize>) -> usize {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for number in numbers.filter(|number| *number >= 2) {
        *counts.entry(number).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(number, count)| (*count, *number)).map_or(1, |(number, _)| number)
}

/// Whether a text looks like a value and not like a name: a number, a date, an amount, a number of an order, an address of
/// e-mail.
pub(super) fn is_value(text: &str) -> bool {
    let text = text.trim();
    let n_digits = text.chars().filter(char::is_ascii_digit).count();
    let n_letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
    let is_address = || {
        text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')) && !text.contains(' ')
    };
    (n_digits > 0 && n_letters == 0) || (n_digits >= 3 && n_letters <= 4) || is_address()
}

/// The names of columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// Each unlike any other.
    pub(super) columns: Vec<String>,
    /// Names that stand in the header more than once, and what each of them is called.
    pub(super) doubled: Vec<Vec<String>>,
    /// Positions of columns without a name.
    pub(super) nameless: Vec<usize>,
}

/// Names without blanks at their ends; nameless ones are called by position, repeated ones get a number.
pub(super) fn names(cells: &[String]) -> Names {
    let mut found = Names::default();
    let mut taken: HashSet<String> = HashSet::with_capacity(cells.len());
    let mut called: HashMap<String, Vec<String>> = HashMap::new();
    let mut order = Vec::new();
    for (position, cell) in cells.iter().enumerate() {
        let mut name = cleaned(cell);
        if is_nameless(&name) {
            found.nameless.push(position);
        }
        if name.is_empty() {
            name = format!("column_{}", position + 1);
        }
        let known = called.entry(name.clone()).or_default();
        let mut repetition = known.len();
        let mut free = name.clone();
        while !taken.insert(free.clone()) {
            repetition += 1;
            free = format!("{name}_{repetition}");
        }
        known.push(free.clone());
        if known.len() == 2 {
            order.push(name);
        }
        found.columns.push(free);
    }
    found.doubled = order.into_iter().filter_map(|name| called.remove(&name)).collect();
    found
}

/// Whether a name says nothing: an empty one, and what other programs write for it.
pub(super) fn is_nameless(name: &str) -> bool {
    let number = name.strip_prefix("Unnamed: ").or_else(|| name.strip_prefix("column_"));
    name.is_empty() || number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A name as a person would type it.
fn cleaned(cell: &str) -> String {
    let is_nothing = |letter: char| letter.is_whitespace() || matches!(letter, '\u{FEFF}' | '\u{200B}'..='\u{200F}');
    let is_blank = |letter| matches!(letter, '\u{A0}' | '\u{2007}' | '\u{202F}');
    cell.trim_matches(is_nothing).replace(is_blank, " ")
}

/// Names that make one doubt that the header is one: because they look like values, or stand as values below. Empty where
/// there is no doubt.
pub(super) fn doubted(header: &[String], below: &[Vec<String>]) -> Vec<String> {
    let given: Vec<(usize, &String)> = header.iter().enumerate().filter(|(_, name)| !name.trim().is_empty()).collect();
    let shown = |doubted: Vec<&String>| doubted.into_iter().map(|name| name.trim().to_owned()).collect();
    let values: Vec<&String> = given.iter().map(|(_, name)| *name).filter(|name| is_value(name)).collect();
    if !values.is_empty() && (values.len() * 3 >= given.len() || values.iter().any(|name| name.contains('@'))) {
        return shown(values);
    }
    let rows: Vec<&Vec<String>> = below.iter().filter(|row| row.as_slice() != header).collect();
    let is_below = |(place, name): &(usize, &String)| rows.iter().any(|row| row.get(*place) == Some(*name));
    let repeated: Vec<&String> = given.iter().filter(|cell| is_below(cell)).map(|(_, name)| *name).collect();
    if repeated.len() * 2 > given.len() { shown(repeated) } else { Vec::new() }
}

/// What stands first in a line of totals, in small letters.
const TOTALS: &[&str] = &[
    "total",
    "totals",
    "grand total",
    "sub total",
    "subtotal",
    "overall total",
    "sum",
    "summe",
    "gesamt",
    "gesamtsumme",
    "gesamtbetrag",
    "endsumme",
    "insgesamt",
    "zwischensumme",
    "somme",
    "total général",
    "total general",
    "sous-total",
    "totaal",
    "eindtotaal",
    "subtotaal",
    "totale",
    "totale generale",
    "totali",
    "suma",
    "suma total",
    "razem",
    "ogółem",
    "totalt",
    "summa",
    "yhteensä",
    "i alt",
    "celkem",
    "spolu",
    "összesen",
    "toplam",
    "итого",
    "всего",
    "σύνολο",
    "合計",
    "合计",
    "总计",
    "總計",
    "합계",
];

/// The first bytes of lines of totals, which tell other lines at a glance.
pub(super) fn first_bytes_of_totals() -> [bool; 256] {
    let mut may = [false; 256];
    for word in TOTALS {
        let upper = word.to_uppercase();
        for byte in [word.bytes().next(), upper.bytes().next()].into_iter().flatten() {
            if let Some(may) = may.get_mut(usize::from(byte)) {
                *may = true;
            }
        }
    }
    may
}

/// The first three bytes of such a word, ASCII in small letters.
fn beginning(text: &[u8]) -> Option<[u8; 3]> {
    text.first_chunk::<3>().map(|bytes| bytes.map(|byte| byte.to_ascii_lowercase()))
}

/// How lines of totals begin.
static BEGINNINGS: LazyLock<Vec<[u8; 3]>> = LazyLock::new(|| {
    let words = TOTALS.iter().flat_map(|word| [(*word).to_owned(), word.to_uppercase()]);
    let mut all: Vec<[u8; 3]> = words.filter_map(|word| beginning(word.as_bytes())).collect();
    all.sort_unstable();
    all.dedup();
    all
});

/// Whether a text may begin a line of totals; a glance that spares most lines the whole look.
pub(super) fn may_begin_total(text: &[u8]) -> bool {
    beginning(text).is_some_and(|bytes| BEGINNINGS.binary_search(&bytes).is_ok())
}

/// Whether a row states totals: such a word stands first, and then values alone, or hardly anything.
pub(super) fn is_total<'c>(cells: impl Iterator<Item = &'c str>) -> bool {
    let cells: Vec<&str> = cells.map(str::trim).collect();
    let mut given = cells.iter().filter(|cell| !cell.is_empty());
    let Some(first) = given.next() else { return false };
    let label = first.split(['(', ':']).next().unwrap_or_default().trim_matches([' ', '*', '=', '.', '-']);
    let label = label.to_lowercase();
    let is_named = TOTALS.contains(&label.as_str());
    // `Summe Juli 2023`, `Total for Anna`: of a group, with hardly anything beside.
    let is_of_group = || TOTALS.iter().any(|total| label.strip_prefix(total).is_some_and(|rest| rest.starts_with(' ')));
    if !is_named && !is_of_group() {
        return false;
    }
    let others: Vec<&&str> = given.collect();
    let n_empty = cells.len() - others.len() - 1;
    let are_values = !others.is_empty() && others.iter().all(|cell| is_value(cell) || is_currency(cell));
    let is_bare = n_empty * 2 >= cells.len();
    if is_named { n_empty > 0 && (are_values || is_bare) } else { are_values && is_bare }
}

fn is_currency(cell: &str) -> bool {
    cell.len() == 3 && cell.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        text.lines().map(|line| line.split(';').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn the_header_is_found_below_titles() {
        for (text, place) in [
            ("id;date;amount\n1;2024-01-01;5\n2;2024-01-02;6", 0),
            ("Report of sales\nid;date;amount\n1;2024-01-01;5\n2;2024-01-02;6", 1),
            ("Report;;;\nall shops;;;\nid;date;amount;note\n1;2024-01-01;5;\n2;2024-01-02;6;x", 2),
            ("Report;March\nid;date;amount\n1;2024-01-01;5\n2;2024-01-02;6", 1),
            ("From;01.01.2024;to;31.01.2024\nid;date;amount;name;town\n1;2024-01-01;5;a;b\n2;2024-01-02;6;c;d", 1),
            ("1;2024-01-01;5\n2;2024-01-02;6", 0),
            ("id;date\n1;2024-01-01;5\n2;2024-01-02;6", 0),
            ("id\n1\n2", 0),
            ("a;b;c;d\n1;;;\n2;;;\n3;4;;", 0),
        ] {
            assert_eq!(start(&rows(text)), place, "{text}");
        }
    }

    #[test]
    fn names_are_cleaned_and_made_unique() {
        let cells =
            [" Name 1", "\u{FEFF}Kunde\u{A0}Nr ", "", "Name 1", "a", "a_2", "a", "Unnamed: 7"].map(str::to_owned);
        let found = names(&cells);
        assert_eq!(found.columns, ["Name 1", "Kunde Nr", "column_3", "Name 1_2", "a", "a_2", "a_3", "Unnamed: 7"]);
        assert_eq!(found.doubled, [["Name 1", "Name 1_2"], ["a", "a_3"]]);
        assert_eq!(found.nameless, [2, 7]);
    }

    #[test]
    fn a_header_of_values_is_doubted() {
        let doubts = |text: &str| {
            let rows = rows(text);
            doubted(&rows[0], &rows[1..])
        };
        assert_eq!(doubts("INV-0001;2024-01-01;5.00;tea\nINV-0002;2024-01-01;6.00;tea").len(), 3);
        assert_eq!(doubts("a@b.example;Anna;London;yes\nc@d.example;Bert;Paris;no"), ["a@b.example"]);
        assert_eq!(doubts("tea;London;web\ncoffee;London;web\ntea;Paris;app").len(), 3);
        assert!(doubts("id;2023;name;town;note\n1;5;a;b;c\nid;2023;name;town;note").is_empty());
        assert!(doubts("id;Address1;amount\n1;x;2").is_empty());
    }

    #[test]
    fn totals_are_told_from_rows() {
        let is = |line: &str| is_total(line.split(';'));
        for line in [
            "Total;;;13,164.56",
            ";Summe Juli 2023;;;;45.350,20;;",
            "Total for Kira Maier;;;;88.20",
            "SUMME:;;1.234,56",
            ";;Grand total;;5",
            "Somme;;EUR;;12",
            "Total (EUR);30.06.2024;;5",
        ] {
            assert!(is(line), "{line}");
        }
        for line in [
            "Total;2024-01-01;station 5;12.00",
            "Totally;;5",
            "12;Total;;5",
            "Total;5",
            "Total Energies;2024-01-01;A7;12.00",
            ";;",
            "Sum;a;b;c;5",
        ] {
            assert!(!is(line), "{line}");
        }
    }
}
