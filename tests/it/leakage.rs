//! Changing, adding or deleting anything at or after the cutoff, or recorded after it, changes no feature; nor does the
//! order of the rows. A feature reads only the columns that the dictionary names.

use proptest::prelude::*;
use retain::dataset::single;
use retain::features::{FeatureSchema, catalogue};
use retain::timeline::columns::{ComplaintColumns, SurveyColumns, Tables};

use crate::plain::{PlainShop, bits, cutoffs, dataset, every_input, features, latest, shop};

/// A column or table of the input, and how to take it away.
type Without = (&'static str, fn(&mut Tables));

const OPTIONAL: &[Without] = &[
    ("purchases.quantity", |tables| tables.purchases.quantity = None),
    ("purchases.discount", |tables| tables.purchases.discount = None),
    ("purchases.product_id", |tables| tables.purchases.product = None),
    ("purchases.category", |tables| tables.purchases.category = None),
    ("purchases.channel", |tables| tables.purchases.channel = None),
    ("purchases.region", |tables| tables.purchases.region = None),
    ("purchases.amount", |tables| tables.purchases.amount.iter_mut().for_each(|amount| amount.0 *= 7)),
    ("complaints.first_response_at", |tables| tables.complaints.first_response_at = None),
    ("complaints.resolved_at", |tables| tables.complaints.resolved_at = None),
    ("complaints.reopened_at", |tables| tables.complaints.reopened_at = None),
    ("complaints.order_id", |tables| tables.complaints.order = None),
    ("complaints.category", |tables| tables.complaints.category = None),
    ("complaints.severity", |tables| tables.complaints.severity = None),
    ("complaints.satisfaction", |tables| tables.complaints.satisfaction = None),
    ("complaints.amount", |tables| tables.complaints.amount = None),
    ("complaints.compensation", |tables| tables.complaints.compensation = None),
    ("complaints.opened_at", |tables| tables.complaints = ComplaintColumns::default()),
    ("customers.signed_up_at", |tables| tables.customers.signed_up_at = None),
    ("customers.birth_date", |tables| tables.customers.birth_date = None),
    ("customers.region", |tables| tables.customers.region = None),
    ("customers.acquisition_channel", |tables| tables.customers.acquisition = None),
    ("surveys.nps", |tables| tables.surveys.nps = None),
    ("surveys.csat", |tables| tables.surveys.csat = None),
    ("surveys.answered_at", |tables| tables.surveys = SurveyColumns::default()),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_after_the_cutoff_reaches_a_feature(shop in shop()) {
        let known = shop.as_recorded_by(latest().at().0);
        let of = |tables| bits(&features(&shop.definitions(), tables, &[latest()]));
        prop_assert_eq!(of(shop.tables()), of(known.tables()));
    }

    #[test]
    fn learners_see_every_feature_in_single_precision(shop in shop()) {
        let own = shop.definitions();
        let exact = features(&own, shop.tables(), &cutoffs());
        let seen = dataset(&own, shop.tables(), &cutoffs());
        prop_assert_eq!((&exact.customers, &exact.cutoff_idx), (&seen.customers, &seen.cutoff_idx));
        for (exact, seen) in exact.features.iter().zip(&seen.features) {
            prop_assert_eq!(single(*exact).to_bits(), seen.to_bits());
        }
    }

    #[test]
    fn the_order_of_the_rows_changes_no_feature(shop in shop()) {
        let of = |tables| bits(&features(&shop.definitions(), tables, &cutoffs()));
        prop_assert_eq!(of(shop.tables()), of(shop.reversed().tables()));
    }

    #[test]
    fn a_feature_reads_only_the_columns_that_the_dictionary_names(shop in shop(), which in 0..OPTIONAL.len()) {
        let (column, take_away) = OPTIONAL[which];
        let mut without = shop.tables();
        take_away(&mut without);
        let of = |tables| features(&[], tables, &[latest()]);
        let (with, without) = (of(shop.tables()), of(without));
        // What a return gives back is told by these, and whose orders are all void is no customer.
        let matches_returns = ["purchases.order_id", "purchases.product_id", "purchases.quantity"].contains(&column);
        prop_assume!(!matches_returns || with.customers == without.customers);
        prop_assert_eq!(&with.customers, &without.customers);
        for (place, feature) in catalogue().enumerate() {
            let of = |data: &crate::plain::ExactRows| data.features.column(place).map(|value| value.to_bits());
            let reads = feature.sources().contains(&column);
            prop_assert!(reads || of(&with) == of(&without), "{} reads {}", feature.name, column);
        }
    }

    #[test]
    fn custom_features_change_none_of_ours(shop in shop()) {
        let with = features(&shop.definitions(), shop.tables(), &cutoffs());
        let without = PlainShop { own: Vec::new(), ..shop };
        let without = features(&[], without.tables(), &cutoffs());
        let n_ours = catalogue().count();
        for ((_, _, with), (_, _, without)) in bits(&with).iter().zip(bits(&without)) {
            prop_assert_eq!(&with[..n_ours], &without[..]);
        }
        prop_assert_eq!(with.len(), without.len());
    }
}

#[test]
fn the_shop_of_the_property_test_has_every_feature() {
    let absent: Vec<_> = FeatureSchema::absences(&every_input()).into_iter().map(|absence| absence.feature).collect();
    assert!(absent.is_empty(), "{absent:?} are not tested");
}
