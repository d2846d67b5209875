//! Addresses that gather several ids of one person: a shop that gives guests a new id with each order still knows their e-mail.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::words::Words;
use crate::config::{gathers_persons, in_words, means};
use crate::timeline::columns::NO_CODE;

/// Columns that are looked at, at most, so that wide files take no longer.
const MOST: usize = 6;

/// One id in so many came once, where they are of guests.
const ONCE_IN: usize = 3;

/// The columns of ids that a column of addresses gathers, by the name of the latter.
pub(super) fn of_rows(rows: &DataFrame) -> BTreeMap<String, Vec<String>> {
    let is_mail = |column: &&Column| is_mail_of_persons(column.name());
    let mails: Vec<(&Column, Words)> =
        rows.columns().iter().filter(is_mail).take(MOST).filter_map(|column| Some((column, words(column)?))).collect();
    if mails.is_empty() {
        return BTreeMap::new();
    }
    let is_id = |column: &&Column| means("customer_id", column.name()) && !is_mail_of_persons(column.name());
    let ids: Vec<(&Column, Words)> =
        rows.columns().iter().filter(is_id).take(MOST).filter_map(|column| Some((column, words(column)?))).collect();
    let visits = visits(rows);
    let are_of_guests = |mails: &Words, ids: &Words| visits.as_ref().is_none_or(|visits| come_once(mails, ids, visits));
    let gathered = |(mail, words): &(&Column, Words)| {
        let own = ids
            .iter()
            .filter(|(_, ids)| gathers(words, ids) && are_of_guests(words, ids))
            .map(|(column, _)| column.name().to_string());
        (mail.name().to_string(), own.collect())
    };
    mails.iter().map(gathered).collect()
}

/// Whether a column of that name has the e-mail address of a customer.
pub(super) fn is_mail_of_persons(name: &str) -> bool {
    const MAIL: &[&str] = &["mail", "email", "emails", "correo", "courriel", "eposta", "epost", "メール", "почта"];
    const OTHERS: &[&str] = &[
        "agent",
        "rep",
        "seller",
        "staff",
        "store",
        "shop",
        "sender",
        "employee",
        "owner",
        "vendor",
        "supplier",
        "subject",
        "sent",
        "opt",
        "consent",
        "status",
        "marketing",
        "type",
        "template",
        "account",
        "manager",
        "filiale",
        "verkäufer",
        "vendeur",
        "vendedor",
    ];
    let words = in_words(name);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    has(MAIL) && !has(OTHERS)
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

/// Whether of the ids of addresses with several a good part came once: those of guests do, those of a family do not.
fn come_once(mails: &Words, ids: &Words, visits: &Words) -> bool {
    let (_, has_several_ids) = beside(mails, ids);
    let ((mail_of_id, _), (_, has_come_again)) = (beside(ids, mails), beside(ids, visits));
    let is_shared = |mail: &u32| has_several_ids.get(*mail as usize) == Some(&true);
    let shared = mail_of_id.iter().zip(has_come_again).filter(|(mail, _)| is_shared(mail));
    let (n, n_once) = shared.fold((0, 0), |(n, n_once), (_, again)| (n + 1, n_once + usize::from(!again)));
    n_once * ONCE_IN >= n
}

/// Whether many addresses have several ids, and nearly each id one address.
fn gathers(mails: &Words, ids: &Words) -> bool {
    let pairs = |of: &Words, other: &Words| {
        let (first, is_several) = beside(of, other);
        let n = first.iter().filter(|first| **first != NO_CODE).count() as u64;
        (n, is_several.iter().filter(|several| **several).count() as u64)
    };
    gathers_persons(pairs(mails, ids), pairs(ids, mails))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Forty customers with ten orders each, of whom so many are guests with an id for each order.
    fn found(n_guests: usize) -> Vec<String> {
        let id = |row: usize| if row % 40 < n_guests { format!("guest_{row}") } else { format!("K{}", row % 40) };
        let rows = df!(
            "customer_id" => (0..400).map(id).collect::<Vec<_>>(),
            "Billing email" => (0..400).map(|row| format!("p{}@x.com", row % 40)).collect::<Vec<_>>(),
            "Sales rep email" => vec!["rep@x.com"; 400],
        )
        .unwrap();
        of_rows(&rows).remove("Billing email").unwrap()
    }

    #[test]
    fn addresses_of_guests_gather_their_ids() {
        assert_eq!(found(12), ["customer_id"]);
        assert_eq!(found(3), ["customer_id"]);
        assert!(found(0).is_empty() && found(1).is_empty());
    }

    #[test]
    fn addresses_of_a_shop_are_none_of_customers() {
        assert!(is_mail_of_persons("E-Mail") && is_mail_of_persons("Correo electrónico"));
        assert!(!is_mail_of_persons("Store email") && !is_mail_of_persons("Email opt-in"));
    }
}
