//! A shop replayed day by day: what `retain features` gives on the night of a day equals what the final tables give at
//! that cutoff, value by value, though rows arrive late, complaints are resolved later, and customers move.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use retain::timeline::Cutoff;
use retain::units::Days;

use crate::plain::{PlainShop, features, latest, shop, zone};

/// The days up to the latest cutoff; one of them is the change to summer time.
fn days(n: u32, zone: &TimeZone) -> Vec<Cutoff> {
    (0..n).rev().map(|back| latest().before(Days(back), zone)).collect()
}

/// The first value that differs between the nights and the final tables, in words.
fn difference(shop: &PlainShop, days: &[Cutoff]) -> Option<String> {
    let own = shop.definitions();
    let final_tables = features(&own, shop.tables(), days);
    for day in days {
        let night = features(&own, shop.as_recorded_by(day.at().0).tables(), &[*day]);
        let rows = final_tables.rows_at(|cutoff| cutoff == *day);
        let customers: Vec<u32> = rows.iter().map(|row| final_tables.customers[*row]).collect();
        if customers != night.customers {
            return Some(format!("{day}: customers {customers:?} against {:?} that night", night.customers));
        }
        for (place, row) in rows.iter().enumerate() {
            for (column, feature) in final_tables.schema.names().enumerate() {
                let (now, then) = (final_tables.features[[*row, column]], night.features[[place, column]]);
                if now.to_bits() != then.to_bits() {
                    let customer = customers[place];
                    return Some(format!("{day}, customer {customer}, {feature}: {now}, {then} that night"));
                }
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_shop_replayed_day_by_day_gives_the_features_of_the_final_tables(shop in shop()) {
        let found = difference(&shop, &days(40, &zone()));
        prop_assert!(found.is_none(), "{}", found.unwrap_or_default());
    }
}
