//! Every feature of the kernel against the same feature written plainly from its meaning, on random shops: ties in
//! time, one-purchase customers, zero amounts, returns larger than purchases, complaints without purchases, leap days,
//! both changes of the clocks.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use retain::features::{FeatureSchema, catalogue};

use crate::plain::custom::{AGGREGATES, TABLES};
use crate::plain::reference::Reference;
use crate::plain::reference::value_model::fitted;
use crate::plain::{PlainShop, cutoffs, every_input, features, shop};

/// The same to 1e-9, beside numbers above 1 relative to them; what is missing here is missing there.
fn agree(kernel: f64, reference: f64) -> bool {
    (kernel.is_nan() && reference.is_nan()) || (kernel - reference).abs() <= 1e-9 * reference.abs().max(1.0)
}

/// The first value that differs, in words.
fn difference(shop: &PlainShop) -> Option<String> {
    let data = features(&shop.definitions(), shop.tables(), &cutoffs());
    let models: Vec<_> = data.cutoffs.iter().map(|cutoff| fitted(shop, *cutoff)).collect();
    for row in 0..data.len() {
        let cutoff = data.cutoffs[usize::from(data.cutoff_idx[row])];
        let customer = data.customers[row];
        let model = models[usize::from(data.cutoff_idx[row])];
        let reference = Reference::with_model(shop, customer, (cutoff, model));
        for (column, feature) in catalogue().enumerate() {
            let (kernel, plain) = (data.features[[row, column]], reference.value(feature.name).unwrap());
            if !agree(kernel, plain) {
                return Some(format!("{} of {customer} at {cutoff}: {kernel}, by hand {plain}", feature.name));
            }
        }
        for own in &shop.own {
            let name = &own.feature.name;
            let kernel = data.features[[row, data.schema.position(name).unwrap()]];
            let plain = shop.own_value(own, customer, cutoff);
            if !agree(kernel, plain) {
                return Some(format!("{:?} of {customer} at {cutoff}: {kernel}, by hand {plain}", own.feature));
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_feature_is_what_its_meaning_says(shop in shop()) {
        let found = difference(&shop);
        prop_assert!(found.is_none(), "{}", found.unwrap_or_default());
    }
}

#[test]
fn every_feature_has_a_reference() {
    let schema = FeatureSchema::for_inputs(&every_input());
    assert_eq!(schema.len(), catalogue().count(), "the shop of the test has every feature");
    let line = crate::plain::Line {
        customer: 0,
        order: 1,
        at: cutoffs()[0].at().0 - 1,
        recorded: 0,
        amount: 0,
        is_return: false,
        quantity: 1,
        codes: [0; 4],
    };
    let shop = PlainShop { lines: vec![line], ..PlainShop::default() };
    let reference = Reference::new(&shop, 0, cutoffs()[0]);
    let without: Vec<&str> = catalogue().map(|f| f.name).filter(|name| reference.value(name).is_none()).collect();
    assert!(without.is_empty(), "no reference for {without:?}");
    assert_eq!(difference(&shop), None);
}

#[test]
fn the_random_shops_move_every_feature() {
    let mut runner = TestRunner::deterministic();
    let mut seen: Vec<BTreeSet<u64>> = catalogue().map(|_| BTreeSet::new()).collect();
    let mut n_rows = 0;
    for _ in 0..100 {
        let data = features(&[], shop().new_tree(&mut runner).unwrap().current().tables(), &cutoffs());
        n_rows += data.len();
        for row in data.features.outer_iter() {
            let finite = seen.iter_mut().zip(row).filter(|(_, value)| value.is_finite());
            finite.for_each(|(values, value)| _ = values.insert(value.to_bits()));
        }
    }
    let still: Vec<&str> =
        catalogue().zip(&seen).filter(|(_, values)| values.len() < 2).map(|(feature, _)| feature.name).collect();
    assert!(still.is_empty() && n_rows > 1_000, "{still:?} do not move in {n_rows} rows");
}

#[test]
fn the_random_shops_move_every_kind_of_own_feature() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for table in TABLES {
        seen.extend(AGGREGATES.map(|aggregate| (format!("{table:?} {aggregate:?}"), BTreeSet::new())));
    }
    for _ in 0..200 {
        let shop = shop().new_tree(&mut runner).unwrap().current();
        let data = features(&shop.definitions(), shop.tables(), &cutoffs());
        for own in &shop.own {
            let (table, aggregate) = (own.feature.table, own.feature.aggregate);
            let column = data.features.column(data.schema.position(&own.feature.name).unwrap());
            let values = seen.get_mut(&format!("{table:?} {aggregate:?}")).unwrap();
            values.extend(column.iter().filter(|value| value.is_finite()).map(|value| value.to_bits()));
        }
    }
    // One row is in force: there is a number of it or there is none.
    let one = ["Customers Count", "Customers Distinct"];
    let expected = |kind: &str| if one.contains(&kind) { 2 } else { 3 };
    let still: Vec<_> =
        seen.iter().filter(|(kind, values)| values.len() < expected(kind)).map(|(kind, _)| kind).collect();
    assert!(still.is_empty(), "{still:?} do not move");
}
