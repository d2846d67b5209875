//! Numbers of receipts that start anew each day, till or store: what has to stand beside one for it to be of one order.

use std::collections::BTreeMap;

use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::order_columns::customers;
use super::words::Words;
use crate::config::{DayBeside, NumberedAnew, in_words, means};
use crate::timeline::columns::NO_CODE;

/// Columns that are looked at, at most, so that wide files take no longer.
const MOST: usize = 4;

/// Different tills or stores at most.
const MOST_PLACES: usize = 500;

/// Digits of a number that starts anew, at most.
const MOST_DIGITS: usize = 7;

/// One order of several rows in so many may be of several customers.
const ONE_IN: usize = 50;

/// Rows that are looked at, at least.
const LEAST_ROWS: usize = 200;

/// Words of names of columns that tell where a receipt was written.
const PLACES: &[&str] = &[
    "till",
    "tills",
    "register",
    "pos",
    "terminal",
    "kasse",
    "kassen",
    "kassennr",
    "kassennummer",
    "caisse",
    "caja",
    "cassa",
    "kassa",
    "kasa",
    "store",
    "shop",
    "branch",
    "filiale",
    "filialnr",
    "filialnummer",
    "outlet",
    "location",
    "standort",
    "markt",
    "magasin",
    "tienda",
    "negozio",
    "winkel",
    "sklep",
    "butik",
    "site",
    "station",
    "device",
    "workstation",
    "lane",
    "warehouse",
    "店舗",
    "レジ",
];

/// What has to stand beside each number of orders that is of several customers without it.
pub(super) fn of_rows(rows: &DataFrame) -> BTreeMap<String, NumberedAnew> {
    let may_number = |column: &&Column| means("order_id", column.name());
    let numbers: Vec<(&Column, Words)> = rows
        .columns()
        .iter()
        .filter(may_number)
        .take(MOST)
        .filter_map(|column| Some((column, Words::of_column(column)?)))
        .filter(|(_, words)| are_small_numbers(words))
        .collect();
    if numbers.is_empty() || rows.height() < LEAST_ROWS {
        return BTreeMap::new();
    }
    let Some(customers) = customers(rows) else { return BTreeMap::new() };
    let (day, places) = (Day::of(rows), places(rows));
    let found = |(column, words): &(&Column, Words)| {
        Some((column.name().to_string(), beside(words, &customers, day.as_ref(), &places)?))
    };
    numbers.iter().filter_map(found).collect()
}

fn are_small_numbers(words: &Words) -> bool {
    let is_small = |word: &String| {
        let word = word.trim();
        !word.is_empty() && word.len() <= MOST_DIGITS && word.bytes().all(|byte| byte.is_ascii_digit())
    };
    words.names.len() > 1 && words.names.iter().all(is_small)
}

/// The columns that tell where a receipt was written.
fn places(rows: &DataFrame) -> Vec<(String, Words)> {
    let is_place = |column: &&Column| in_words(column.name()).iter().any(|word| PLACES.contains(&word.as_str()));
    let place = |column: &Column| {
        let words = Words::of_column(column)?;
        let is_given = !words.codes.contains(&NO_CODE) && (2..=MOST_PLACES).contains(&words.names.len());
        is_given.then(|| (column.name().to_string(), words))
    };
    rows.columns().iter().filter(is_place).filter_map(place).take(MOST).collect()
}

/// The column of the day of the purchase.
struct Day {
    column: String,
    /// What stands between the day and the time of the day, if there is one.
    mark: Option<char>,
    days: Words,
    whole: Words,
}

impl Day {
    fn of(rows: &DataFrame) -> Option<Self> {
        let column = rows.columns().iter().find(|column| means("purchased_at", column.name()))?;
        let texts = column.str().ok()?;
        let has = |mark: char| texts.iter().flatten().all(|text| text.contains(mark));
        // What stands before the first blank of `Nov 18, 2024` is no day, and tells no orders apart.
        let mark = ['T', ' '].into_iter().find(|mark| has(*mark));
        let day = |text: &str| mark.map_or(text, |mark| text.split(mark).next().unwrap_or(text)).to_owned();
        let days: StringChunked = texts.iter().map(|text| text.map(day)).collect();
        Some(Self {
            column: column.name().to_string(),
            mark,
            days: Words::from_text(&days),
            whole: Words::from_text(texts),
        })
    }
}

/// The fewest columns beside a number with which it is of one customer.
fn beside(numbers: &Words, customers: &Words, day: Option<&Day>, places: &[(String, Words)]) -> Option<NumberedAnew> {
    let alone = Keys::of(&[numbers], customers);
    // Most numbers that come again do so with other customers.
    if alone.n_mixed * 2 <= alone.n_several || alone.n_several == 0 {
        return None;
    }
    let mut tried: Vec<(bool, Vec<&(String, Words)>)> = places.iter().map(|place| (false, vec![place])).collect();
    if day.is_some() {
        tried.push((true, Vec::new()));
        tried.extend(places.iter().map(|place| (true, vec![place])));
        let pairs =
            places.iter().enumerate().flat_map(|(at, one)| places.iter().skip(at + 1).map(move |two| vec![one, two]));
        tried.extend(pairs.map(|pair| (true, pair)));
    }
    let fits = |(with_day, places): &(bool, Vec<&(String, Words)>)| {
        let days = day.filter(|_| *with_day).map(|day| &day.days);
        let columns: Vec<&Words> =
            days.into_iter().chain(places.iter().map(|(_, words)| words)).chain([numbers]).collect();
        let keys = Keys::of(&columns, customers);
        let n_split = days.map_or(0, |days| n_split(numbers, customers, days));
        ((keys.n_mixed + n_split) * ONE_IN <= keys.n_several).then_some(keys.n_mixed)
    };
    let fitting = tried.iter().enumerate().filter_map(|(rank, own)| Some((fits(own)?, rank, own)));
    let (_, _, (with_day, places)) = fitting.min_by_key(|(n_mixed, rank, _)| (*n_mixed, *rank))?;
    let day = day.filter(|_| *with_day).map(|day| {
        let columns: Vec<&Words> =
            [&day.days].into_iter().chain(places.iter().map(|(_, words)| words)).chain([numbers]).collect();
        let times = Keys::of(&columns, &day.whole);
        // Where all lines of an order have its time, that is as good as the day.
        let mark = day.mark.filter(|_| times.n_mixed > 0);
        DayBeside { column: day.column.clone(), mark }
    });
    Some(NumberedAnew { day, places: places.iter().map(|(name, _)| name.clone()).collect() })
}

/// Rows that go on with the number and the customer of the row before on another day: lines of one order, which days would split.
fn n_split(numbers: &Words, customers: &Words, days: &Words) -> usize {
    let rows = || numbers.codes.iter().zip(&customers.codes).zip(&days.codes);
    rows().zip(rows().skip(1)).filter(|((before, day), (own, own_day))| before == own && day != own_day).count()
}

/// Keys made of columns: those of several rows, and those of several values of another column.
struct Keys {
    n_several: usize,
    n_mixed: usize,
}

impl Keys {
    fn of(columns: &[&Words], others: &Words) -> Self {
        // Of each key: the first value of the other column, whether there are several rows, and several values.
        let mut known: FxHashMap<Vec<u32>, (u32, bool, bool)> = FxHashMap::default();
        for (row, other) in others.codes.iter().enumerate().filter(|(_, other)| **other != NO_CODE) {
            let key: Vec<u32> = columns.iter().filter_map(|words| words.codes.get(row).copied()).collect();
            if key.contains(&NO_CODE) {
                continue;
            }
            known
                .entry(key)
                .and_modify(|(first, is_several, is_mixed)| {
                    (*is_several, *is_mixed) = (true, *is_mixed || first != other);
                })
                .or_insert((*other, false, false));
        }
        let n = |is: fn(&(u32, bool, bool)) -> bool| known.values().filter(|own| is(own)).count();
        Self { n_several: n(|own| own.1), n_mixed: n(|own| own.2) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Receipts of two lines, numbered anew each day on each of two tills.
    fn found(number: impl Fn(usize) -> String, time: impl Fn(usize) -> String) -> Option<NumberedAnew> {
        let n = 1200;
        let rows = df!(
            "Receipt No" => (0..n).map(|row| number(row / 2)).collect::<Vec<_>>(),
            "Date" => (0..n).map(|row| format!("2024-{:02}-{:02}{}", row / 20 / 28 + 1, row / 20 % 28 + 1, time(row))).collect::<Vec<_>>(),
            "Customer No" => (0..n).map(|row| format!("C{}", row / 2 * 7 % 67)).collect::<Vec<_>>(),
            "Till" => (0..n).map(|row| (row / 2 % 2).to_string()).collect::<Vec<_>>(),
            "Amount" => vec!["9.50"; n],
        )
        .unwrap();
        of_rows(&rows).remove("Receipt No")
    }

    #[test]
    fn numbers_that_start_anew_have_their_day_and_till_beside_them() {
        let anew = |order: usize| (order % 10 / 2 + 1).to_string();
        let of = |mark| {
            let day = DayBeside { column: "Date".to_owned(), mark };
            Some(NumberedAnew { day: Some(day), places: vec!["Till".to_owned()] })
        };
        assert_eq!(found(anew, |_| String::new()), of(None));
        assert_eq!(
            found(anew, |row| format!(" 10:{:02}", row / 2 % 60)),
            of(None),
            "the lines of a receipt have its time"
        );
        assert_eq!(found(anew, |row| format!("T10:{:02}", row % 60)), of(Some('T')));
        assert_eq!(found(|order| (order % 10).to_string(), |_| String::new()).map(|own| own.places), Some(Vec::new()));
        assert_eq!(found(|order| order.to_string(), |_| String::new()), None, "a number of its own for each");
        assert_eq!(found(|order| (order / 40).to_string(), |_| String::new()), None, "a number of something else");
        assert_eq!(found(|order| format!("A{}", order % 10), |_| String::new()), None, "no number");
    }
}
