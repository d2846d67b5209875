//! What came of customers: read from the label window and the follow-up behind it, and from nothing else.

use std::collections::BTreeMap;

use proptest::prelude::*;
use retain::dataset::Dataset;
use retain::label::Outcome;
use retain::timeline::Cutoff;
use retain::timeline::columns::NEVER;
use retain::units::Days;

use crate::plain::{FOLLOW_UP, GAP, HORIZON, PlainShop, cutoffs, dataset, latest, shop, zone};

/// Days from a cutoff until its outcomes are known.
const SETTLES_AFTER: Days = Days(GAP + HORIZON + FOLLOW_UP);

fn day_after(cutoff: Cutoff, days: u32) -> Cutoff {
    cutoff.after(Days(days), &zone())
}

/// The cutoffs of the plain shop, early enough that most of their outcomes are known at the latest day.
fn earlier() -> Vec<Cutoff> {
    cutoffs().into_iter().map(|cutoff| cutoff.before(Days(100), &zone())).collect()
}

/// What came of each customer at each cutoff, as known at a day.
fn outcomes(data: &Dataset, as_of: Cutoff) -> BTreeMap<(u32, Cutoff), Option<Outcome>> {
    let of_row = |row: usize| {
        let cutoff = data.cutoffs[usize::from(data.cutoff_idx[row])];
        ((data.customers[row], cutoff), data.outcome(row, as_of))
    };
    (0..data.len()).map(of_row).collect()
}

fn of_shop(shop: &PlainShop, as_of: Cutoff) -> BTreeMap<(u32, Cutoff), Option<Outcome>> {
    outcomes(&dataset(&[], shop.tables(), &earlier()), as_of)
}

/// The same shop without any return.
fn without_returns(shop: &PlainShop) -> PlainShop {
    let mut kept = shop.clone();
    kept.lines.retain(|line| !line.is_return && line.amount > 0);
    kept
}

/// The same shop, each line an order of its own, which is placed when its line is: a line that is recorded late makes no
/// other order longer.
fn with_orders_of_one_line(shop: &PlainShop) -> PlainShop {
    let mut alone = shop.clone();
    alone.lines.iter_mut().zip(1..).for_each(|(line, order)| line.order = order);
    alone
}

/// Whether a customer placed an order in a window by its first line, as far as was known at a day: a second, plain version
/// for shops without returns whose orders are one line each.
fn bought(shop: &PlainShop, customer: u32, [from, until]: [Cutoff; 2], as_of: Cutoff) -> bool {
    shop.lines.iter().any(|line| {
        let known = line.at.max(line.recorded);
        let is_inside = (from.at().0..until.at().0).contains(&line.at);
        line.customer == customer && is_inside && known < as_of.at().0 && known != NEVER.0
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_known_later_changes_no_outcome(shop in shop()) {
        let shop = with_orders_of_one_line(&shop);
        let known = shop.as_recorded_by(latest().at().0);
        prop_assert_eq!(of_shop(&shop, latest()), of_shop(&known, latest()));
    }

    #[test]
    fn what_happens_behind_the_follow_up_changes_no_outcome(shop in shop()) {
        // Returns of earlier orders may become known later, and undo a purchase from then on: they are no later purchases.
        let shop = without_returns(&shop);
        let end = earlier().into_iter().map(|cutoff| cutoff.after(SETTLES_AFTER, &zone())).max().unwrap();
        let mut less = shop.clone();
        less.lines.retain(|line| line.at < end.at().0);
        let as_of = day_after(end, 400);
        prop_assert_eq!(of_shop(&shop, as_of), of_shop(&less, as_of));
    }

    #[test]
    fn an_outcome_is_known_from_the_end_of_its_follow_up_on_and_not_before(shop in shop()) {
        let data = dataset(&[], shop.tables(), &earlier());
        for ((customer, cutoff), outcome) in outcomes(&data, latest()) {
            let is_settled = cutoff.after(SETTLES_AFTER, &zone()) <= latest();
            prop_assert_eq!(outcome.is_some(), is_settled, "customer {} at {}", customer, cutoff);
        }
        for row in 0..data.len() {
            let end = data.cutoffs[usize::from(data.cutoff_idx[row])].after(SETTLES_AFTER, &zone());
            let before = end.before(Days(1), &zone());
            prop_assert!(data.outcome(row, before).is_none() && data.outcome(row, end).is_some());
            // Half of an outcome is whether the customer churned.
            prop_assert_eq!(data.outcome(row, end).map(Outcome::has_churned), Some(data.churned(row, end)));
        }
    }

    #[test]
    fn outcomes_are_those_of_a_plain_count(shop in shop()) {
        let shop = with_orders_of_one_line(&without_returns(&shop));
        for ((customer, cutoff), outcome) in of_shop(&shop, latest()) {
            let [from, until, end] = [GAP, GAP + HORIZON, SETTLES_AFTER.0].map(|days| day_after(cutoff, days));
            let plain = Outcome::of(
                bought(&shop, customer, [from, until], latest()),
                bought(&shop, customer, [until, end], latest()),
            );
            if end <= latest() {
                prop_assert_eq!(outcome, Some(plain), "customer {} at {}", customer, cutoff);
            }
        }
    }
}

#[test]
fn without_a_follow_up_there_are_no_outcomes() {
    let earliest = earlier();
    let is_known = |cutoff: &&Cutoff| cutoff.after(SETTLES_AFTER, &zone()) <= latest();
    let settled = earliest.iter().filter(is_known).count();
    assert!((1..earliest.len()).contains(&settled), "some cutoffs have settled and some have not: {settled}");
}
