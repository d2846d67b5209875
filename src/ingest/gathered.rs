//! Addresses beside ids: a shop that gives guests a new id with each order still knows their e-mail, and one whose customers
//! have several addresses, or share one as families do, knows them by their id.

use std::collections::BTreeMap;

use polars::prelude::*;
use rustc_hash::FxHashSet;

use super::words::Words;
use crate::config::{FEWEST_PERSONS, gathers_persons, in_words, is_mail_of_persons, means};
use crate::timeline::columns::NO_CODE;

/// Columns that are looked at, at most, so that wide files take no longer.
const MOST: usize = 6;

/// Other columns that may gather addresses, at most.
const MOST_OTHERS: usize = 16;

/// One order of guests in so many may go on with an id that was new with another.
const AGAIN_ONE_IN: usize = 10;

/// One address in so many of those with two ids, or with three, has more where guests get a new one with each order.
const MORE_ONE_IN: usize = 20;

/// What one row or value in so many has is rare; one in so many is much.
const RARE_ONE_IN: u64 = 50;
const MOST_ONE_IN: u64 = 10;

/// Addresses of one customer on average, at most.
const MOST_ADDRESSES: u64 = 5;

/// Parts of words for cards of customers.
const CARDS: &[&str] = &["card", "karte", "carte", "tarjeta", "cartão", "tessera", "kaart", "kort", "karta"];

/// Words of names of columns by which customers are called, and not numbered.
const NO_NUMBERS: &[&str] = &[
    "phone",
    "mobile",
    "tel",
    "telefon",
    "telephone",
    "telefono",
    "handy",
    "name",
    "username",
    "login",
    "company",
    "firma",
];

/// What a column of addresses says of the columns of ids.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Addresses {
    /// Those that it gathers: guests get a new one with each order.
    pub(super) gathers: Vec<String>,
    /// Those that tell persons better.
    pub(super) told_by: Vec<String>,
    /// Whether another column gathers the addresses, as a firm does those of its people.
    pub(super) are_of_firms: bool,
}

/// A column and its words.
type Named<'c> = (&'c Column, Words);

/// What each column of addresses says of the ids, by its name.
pub(super) fn of_rows(rows: &DataFrame) -> BTreeMap<String, Addresses> {
    let is_mail = |column: &&Column| is_mail_of_persons(column.name());
    let named = |column| Some((column, words(column)?));
    let mails: Vec<Named<'_>> = rows.columns().iter().filter(is_mail).take(MOST).filter_map(named).collect();
    if mails.is_empty() {
        return BTreeMap::new();
    }
    let is_id = |column: &&Column| means("customer_id", column.name()) && !is_mail_of_persons(column.name());
    let ids: Vec<Named<'_>> = rows.columns().iter().filter(is_id).take(MOST).filter_map(named).collect();
    let visits = visits(rows);
    let of = |(mail, words): &Named<'_>| {
        let mut own = Addresses { are_of_firms: are_of_firms(rows, words), ..Addresses::default() };
        for (column, ids) in &ids {
            let name = column.name().to_string();
            let gathers = gathers(words, ids) && visits.as_ref().is_none_or(|visits| come_once(words, ids, visits));
            if gathers || has_account_of_guests(words, ids) {
                own.gathers.push(name);
            } else if visits.as_ref().is_some_and(|visits| tell_better(words, (&name, ids), visits)) {
                own.told_by.push(name);
            }
        }
        (mail.name().to_string(), own)
    };
    mails.iter().map(of).collect()
}

fn words(column: &Column) -> Option<Words> {
    let text = column.cast(&DataType::String).ok()?;
    let tidy: StringChunked = text.str().ok()?.iter().map(|text| text.map(|text| text.trim().to_lowercase())).collect();
    Some(Words::from_text(&tidy).rewritten(|word| (!word.is_empty()).then_some(word)))
}

/// Numbers of orders, or where there are none the times: what tells visits apart.
fn visits(rows: &DataFrame) -> Option<Words> {
    let of = |ours: &str| rows.columns().iter().find(|column| means(ours, column.name())).and_then(words);
    of("order_id").or_else(|| of("purchased_at"))
}

/// For each value the first of another column beside it, and whether there are several.
fn beside(of: &Words, other: &Words) -> (Vec<u32>, Vec<bool>) {
    let mut first = vec![NO_CODE; of.names.len()];
    let mut is_several = vec![false; of.names.len()];
    for (own, other) in of.codes.iter().zip(&other.codes).filter(|(_, other)| **other != NO_CODE) {
        let place = usize::try_from(*own).unwrap_or(usize::MAX);
        let (Some(known), Some(several)) = (first.get_mut(place), is_several.get_mut(place)) else { continue };
        if *known == NO_CODE {
            *known = *other;
        } else {
            *several |= *known != *other;
        }
    }
    (first, is_several)
}

/// Visits of each id.
fn visits_of(ids: &Words, visits: &Words) -> Vec<usize> {
    let pairs = ids.codes.iter().zip(&visits.codes).filter(|(id, visit)| **id != NO_CODE && **visit != NO_CODE);
    let (mut seen, mut each) = (FxHashSet::default(), vec![0; ids.names.len()]);
    for (id, visit) in pairs {
        let n = usize::try_from(*id).ok().and_then(|id| each.get_mut(id));
        if let Some(n) = n.filter(|_| seen.insert((*id, *visit))) {
            *n += 1;
        }
    }
    each
}

/// Whether the ids of addresses with several are new with nearly each order, but for one of each, which may be of an account: those
/// of guests are, those of a family come again.
fn come_once(mails: &Words, ids: &Words, visits: &Words) -> bool {
    let (_, has_several_ids) = beside(mails, ids);
    let (mail_of_id, _) = beside(ids, mails);
    // Ids, visits, and those of the id that came most often.
    let mut each = vec![(0, 0, 0); mails.names.len()];
    for (mail, n) in mail_of_id.into_iter().zip(visits_of(ids, visits)) {
        let mail = usize::try_from(mail).unwrap_or(usize::MAX);
        if let Some((n_ids, all, most)) = each.get_mut(mail).filter(|_| has_several_ids.get(mail) == Some(&true)) {
            (*n_ids, *all, *most) = (*n_ids + 1, *all + n, n.max(*most));
        }
    }
    let n_ids: Vec<usize> = each.iter().map(|(n_ids, ..)| *n_ids).collect();
    if !vary(&n_ids) {
        return false;
    }
    let of_others = |(n_ids, all, most): &(usize, usize, usize)| (n_ids.saturating_sub(1), all - most);
    let (n_ids, n) = each.iter().map(of_others).fold((0, 0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
    n.saturating_sub(n_ids) * AGAIN_ONE_IN <= n
}

/// Whether addresses with several ids differ in how many these are, as orders of guests do: beside two there are three, and beside
/// three there are more. In families there are as many as persons, of whom some bought once.
fn vary(n_ids: &[usize]) -> bool {
    let with = |least: usize| n_ids.iter().filter(|n| **n >= least).count();
    let (two, three, four) = (with(2), with(3), with(4));
    three * MORE_ONE_IN >= two && four * MORE_ONE_IN >= three
}

/// How many values a column has, and how many of them stand beside several of another.
fn pairs(of: &Words, other: &Words) -> (u64, u64) {
    let (first, is_several) = beside(of, other);
    let n = first.iter().filter(|first| **first != NO_CODE).count() as u64;
    (n, is_several.iter().filter(|several| **several).count() as u64)
}

/// The ids of the address that has most of them, as the shop's own has, where it stands for none.
fn most_ids(mails: &Words, ids: &Words) -> usize {
    let (mail_of_id, _) = beside(ids, mails);
    let mut each = vec![0; mails.names.len()];
    for mail in mail_of_id {
        if let Some(n) = usize::try_from(mail).ok().and_then(|mail| each.get_mut(mail)) {
            *n += 1;
        }
    }
    each.into_iter().max().unwrap_or_default()
}

/// Whether many addresses have several ids, and nearly each id one address.
fn gathers(mails: &Words, ids: &Words) -> bool {
    gathers_persons(pairs(mails, ids), pairs(ids, mails))
}

/// Words of names of columns that gather customers by where they live.
const PLACES: &[&str] = &[
    "city", "town", "zip", "postcode", "postal", "state", "province", "region", "country", "street", "address", "ort",
    "plz", "stadt", "land", "ville", "pays", "ciudad", "cidade", "città", "plaats",
];

/// Whether each address has one value of another column, and many of these have several addresses.
fn are_of_firms(rows: &DataFrame, mails: &Words) -> bool {
    let is_other = |column: &&Column| {
        let name = in_words(column.name());
        column.dtype().is_string()
            && !is_mail_of_persons(column.name())
            && !means("customer_id", column.name())
            && !name.iter().any(|word| PLACES.contains(&word.as_str()))
    };
    rows.columns().iter().filter(is_other).take(MOST_OTHERS).filter_map(words).any(|other| {
        let ((n_mails, of_several), (n, with_several)) = (pairs(mails, &other), pairs(&other, mails));
        n >= FEWEST_PERSONS as u64
            && n * 10 <= n_mails * 9
            && of_several * RARE_ONE_IN <= n_mails
            && with_several * MOST_ONE_IN >= n
    })
}

/// Whether one id is none, `0` or `guest` beside numbers, and many addresses stand beside it: it stands for all guests.
fn has_account_of_guests(mails: &Words, ids: &Words) -> bool {
    let is_number = |id: &String| id.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    let others: Vec<usize> = (0..ids.names.len()).filter(|id| !ids.names.get(*id).is_some_and(is_number)).collect();
    let [guests] = others.as_slice() else { return false };
    let codes = ids
        .codes
        .iter()
        .zip(&mails.codes)
        .filter(|(id, mail)| usize::try_from(**id) == Ok(*guests) && **mail != NO_CODE);
    let addresses: FxHashSet<u32> = codes.map(|(_, mail)| *mail).collect();
    addresses.len() >= FEWEST_PERSONS && ids.names.len() > FEWEST_PERSONS
}

/// Whether ids are given in all rows, come again, and persons of one id have several addresses, or none, while an address seldom has
/// several ids: then the id is the person. Where each id has one address, families share one.
fn tell_better(mails: &Words, (name, ids): (&str, &Words), visits: &Words) -> bool {
    let is_other = in_words(name).iter().any(|word| NO_NUMBERS.contains(&word.as_str()));
    let are_numbers = ids.names.iter().all(|id| id.bytes().any(|byte| byte.is_ascii_digit()) && !id.contains('@'));
    if is_other || !are_numbers {
        return false;
    }
    let n_rows = ids.codes.len() as u64;
    let n_empty = |words: &Words| words.codes.iter().filter(|code| **code == NO_CODE).count() as u64;
    let ((n_mails, of_several), (n_ids, ids_of_several)) = (pairs(mails, ids), pairs(ids, mails));
    let n_again = visits_of(ids, visits).into_iter().filter(|n| *n > 1).count() as u64;
    let come_again = n_again * MOST_ONE_IN >= n_ids && n_ids >= FEWEST_PERSONS as u64;
    let is_full = n_empty(ids) * RARE_ONE_IN <= n_rows;
    // A salesman serves many addresses.
    let are_persons = n_ids * MOST_ADDRESSES >= n_mails;
    let has_several = ids_of_several * RARE_ONE_IN >= n_ids || n_empty(mails) * RARE_ONE_IN > n_rows;
    let has_several = has_several || most_ids(mails, ids) >= FEWEST_PERSONS;
    let is_of_few = of_several * MOST_ONE_IN <= n_mails;
    // One person may have had several cards.
    let is_card = in_words(name).iter().any(|word| CARDS.iter().any(|card| word.contains(card)));
    let is_of_families = !is_of_few && !is_card && ids_of_several * RARE_ONE_IN <= n_ids;
    come_again && is_full && are_persons && ((has_several && is_of_few) || is_of_families)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Forty customers with ten orders each, of whom so many are guests with an id for each order.
    fn found(n_guests: usize) -> Vec<String> {
        let id = |row: usize| if row % 40 < n_guests { format!("guest_{row}") } else { format!("K{}", row % 40) };
        let rows = df!(
            "customer_id" => (0..400).map(id).collect::<Vec<_>>(),
            "Order No" => (0..400).collect::<Vec<_>>(),
            "Billing email" => (0..400).map(|row| format!("p{}@x.com", row % 40)).collect::<Vec<_>>(),
            "Sales rep email" => vec!["rep@x.com"; 400],
        )
        .unwrap();
        of_rows(&rows).remove("Billing email").unwrap().gathers
    }

    #[test]
    fn addresses_of_guests_gather_their_ids() {
        assert_eq!(found(12), ["customer_id"]);
        assert_eq!(found(3), ["customer_id"]);
        assert!(found(0).is_empty() && found(1).is_empty());
    }

    #[test]
    fn an_account_of_all_guests_is_told_by_its_id_and_a_firm_by_its_number() {
        let found = |guests: &str| {
            let id = |row: usize| if row % 40 < 30 { format!("{}", row % 40 + 7) } else { guests.to_owned() };
            let rows = df!(
                "Customer ID" => (0..800).map(id).collect::<Vec<_>>(),
                "Order No" => (0..800).collect::<Vec<_>>(),
                "E-Mail" => (0..800).map(|row| format!("p{}@x.com", if row % 40 < 30 { row % 40 } else { row % 200 })).collect::<Vec<_>>(),
            )
            .unwrap();
            of_rows(&rows).remove("E-Mail").unwrap().gathers
        };
        assert_eq!(found("0"), ["Customer ID"]);
        assert_eq!(found("Guest"), ["Customer ID"]);
        assert!(found("900").is_empty());
    }

    /// Ids of 40 customers by the number of their order, beside the addresses of their families, or of their contacts.
    fn told(n_of_id: usize, mail: impl Fn(usize, usize) -> String) -> Addresses {
        let rows = df!(
            "Member No" => (0..400).map(|row| format!("M{}", row / n_of_id)).collect::<Vec<_>>(),
            "Order No" => (0..400).collect::<Vec<_>>(),
            "E-Mail" => (0..400).map(|row| mail(row / n_of_id, row)).collect::<Vec<_>>(),
        )
        .unwrap();
        of_rows(&rows).remove("E-Mail").unwrap()
    }

    #[test]
    fn ids_that_come_again_are_persons_and_no_guests() {
        let by_ids = Addresses { told_by: vec!["Member No".to_owned()], ..Addresses::default() };
        assert_eq!(told(10, |id, row| format!("{id}-{}@x.com", row / 2)), by_ids, "several addresses of one id");
        assert_eq!(told(2, |id, _| format!("family{}@x.com", id / 3)), by_ids, "families of three");
        assert_eq!(told(10, |id, _| format!("{id}@x.com")), Addresses::default(), "one and the same");
        assert!(told(1, |id, _| format!("{}@x.com", id / 4)).told_by.is_empty(), "guests");
        assert_eq!(
            told(10, |_, row| format!("{}@x.com", row % 40)),
            Addresses::default(),
            "a number of something else"
        );
    }

    #[test]
    fn families_of_whom_some_bought_once_are_no_guests() {
        // The first of each family came nine times, the others once.
        let of = |n_persons: usize| {
            let person = |row: usize| (row / (8 + n_persons), (row % (8 + n_persons)).saturating_sub(8));
            let rows = df!(
                "Customer ID" => (0..400).map(|row| format!("{:?}", person(row))).collect::<Vec<_>>(),
                "Order No" => (0..400).collect::<Vec<_>>(),
                "E-Mail" => (0..400).map(|row| format!("p{}@x.com", person(row).0)).collect::<Vec<_>>(),
            )
            .unwrap();
            of_rows(&rows).remove("E-Mail").unwrap().gathers
        };
        assert!(of(2).is_empty() && of(3).is_empty());
    }
}
