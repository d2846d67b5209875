//! Sentences in their variants.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

fn pounds() -> Currency {
    Currency::from_code("GBP").unwrap()
}

fn with(template: &str, values: &[(&str, f64)]) -> Option<String> {
    let values: BTreeMap<&str, f64> = values.iter().copied().collect();
    render(template, |name| values.get(name).copied().or(Some(f64::NAN)), &pounds())
}

/// The sentence of a feature with these values.
fn told(feature: &str, values: &[(&str, f64)]) -> Option<String> {
    with(features::find(feature).unwrap().reason, values)
}

#[test]
fn numbers_are_written_in_their_units() {
    let shown = |number, unit| {
        let mut text = "about ".to_owned();
        show(number, unit, &pounds(), &mut text);
        text.split_off("about ".len())
    };
    assert_eq!([23.6, 0.4, 1.0, 9.6].map(|days| shown(days, Unit::Days)), ["23", "0", "1", "10"]);
    assert_eq!([2.0, 2.46, 12.4].map(|count| shown(count, Unit::Count)), ["2", "2.5", "12"]);
    assert_eq!([0.345, 1.0, 0.004].map(|share| shown(share, Unit::Share)), ["34 %", "100 %", "less than 1 %"]);
    assert_eq!(
        [1234.5, 12.5, 2.5, 0.0, -3.0, 0.001, 1e6].map(|amount| shown(amount, Unit::Amount)),
        ["GBP 1,234", "GBP 12", "GBP 2.50", "nothing", "nothing", "nothing", "GBP 1,000,000"]
    );
    assert_eq!(shown(-0.04, Unit::Ratio), "0");
}

#[test]
fn days_are_never_hours_and_grow_to_weeks_months_and_years() {
    let days = |template, days: f64| with(template, &[("recency_days", days)]).unwrap();
    assert_eq!(
        [0.0, 0.3, 1.0, 1.4, 9.6, 124.9].map(|number| days("{recency_days day}", number)),
        ["less than a day", "less than a day", "1 day", "1 day", "10 days", "124 days"]
    );
    // Back from midnight: that of the day before, with an hour more in between, and evenings, the last of them at eleven.
    let since = [0.0, 0.3, 1.0, 1.0 + 1.0 / 24.0, 9.375, 9.03].map(|number| days("{recency_days since}", number));
    assert_eq!(since, ["1 day", "1 day", "1 day", "1 day", "10 days", "10 days"]);
    assert_eq!(
        [0.4, 1.0, 2.0, 26.5].map(|number| days("{recency_days every}", number)),
        ["every day", "every day", "every 2 days", "every 27 days"]
    );
    assert_eq!(
        [1.0, 13.0, 14.0, 69.0, 77.0, 106.0, 130.0, 400.0, 700.0, 1100.0]
            .map(|number| days("{recency_days span}", number)),
        [
            "1 day",
            "13 days",
            "2 weeks",
            "10 weeks",
            "11 weeks",
            "15 weeks",
            "4 months",
            "13 months",
            "2 years",
            "3 years"
        ]
    );
}

#[test]
fn nouns_agree_and_missing_values_leave_no_sentence() {
    let template = "{orders_all_count order} in {categories_all_count category/categories}";
    let of = |orders, categories| with(template, &[("orders_all_count", orders), ("categories_all_count", categories)]);
    assert_eq!(of(1.0, 1.0).as_deref(), Some("1 order in 1 category"));
    assert_eq!(of(2.0, 0.0).as_deref(), Some("2 orders in no categories"));
    assert_eq!(of(f64::NAN, 1.0), None);
    assert_eq!(render("{no_such_feature}", |_| Some(1.0), &pounds()), None);
    assert_eq!(render("[recency_days<]{recency_days}", |_| Some(1.0), &pounds()), None);
}

#[test]
fn the_rhythm_is_told_of_who_has_one_and_is_clearly_late() {
    let of = |visits, gap, silence| {
        let values = [("order_days_all_count", visits), ("gap_median_days", gap), ("recency_days", silence)];
        told("overdue_ratio", &values)
    };
    assert_eq!(of(9.0, 26.0, 124.0).as_deref(), Some("usually buys every 26 days, silent for 124 days"));
    assert_eq!(of(4.0, 1.0, 5.0).as_deref(), Some("usually buys every day, silent for 5 days"));
    assert_eq!(of(3.0, 26.0, 124.0), None, "two gaps are no rhythm");
    assert_eq!(of(9.0, 13.0, 16.0), None, "nobody calls that late");
    assert_eq!(of(1.0, f64::NAN, 124.0), None);
}

#[test]
fn a_few_days_close_together_are_no_rhythm() {
    let of = |visits, gap_mean| {
        let gaps = [("gap_median_days", 1.0), ("gap_mean_days", gap_mean)];
        let values = [("order_days_all_count", visits), ("recency_days", 163.0), ("tenure_days", 493.0)];
        told("overdue_ratio", &[&gaps[..], &values[..]].concat())
    };
    assert_eq!(of(4.0, 110.0).as_deref(), Some("bought on 4 days within 11 months, silent for 163 days"));
    assert_eq!(of(4.0, 1.3).as_deref(), Some("usually buys every day, silent for 163 days"));
    let close =
        [("order_days_all_count", 4.0), ("gap_median_days", 1.0), ("recency_days", 18.0), ("tenure_days", 22.0)];
    assert_eq!(told("overdue_ratio", &close).as_deref(), Some("bought on 4 days close together, silent for 18 days"));
    assert_eq!(of(200.0, 6.0).as_deref(), Some("usually buys every day, silent for 163 days"), "most gaps are a day");
}

#[test]
fn returns_are_told_in_proportion_and_beside_what_is_usual() {
    let of = |count: f64, share: f64, usual: f64| {
        let shares = [("returned_365d_share", share), ("~returned_365d_share", usual)];
        told("returns_365d_count", &[&[("returns_365d_count", count)], &shares[..]].concat())
    };
    assert_eq!(of(23.0, 0.01, 0.0), None, "much was returned by who buys much, and it is a hundredth");
    assert_eq!(
        of(2.0, 0.3, 0.0).as_deref(),
        Some("returned 30 % of what was bought in the past year, most customers nothing")
    );
    assert_eq!(of(9.0, 0.6, 0.4).as_deref(), Some("returned 60 % of what was bought in the past year, 40 % is usual"));
    assert_eq!(of(23.0, 0.45, 0.4), None, "in a shop where all return much, that is no more than usual");
    assert_eq!(of(23.0, 0.45, f64::NAN), None, "what is usual is not known");
}

#[test]
fn two_visits_have_no_longest_break() {
    let values =
        [("order_days_all_count", 2.0), ("gap_max_days", 3.0), ("gap_median_days", 3.0), ("recency_days", 18.0)];
    assert_eq!(told("overdue_ratio", &values).as_deref(), Some("silent for 18 days, the only break before was 3 days"));
    let three =
        [("order_days_all_count", 3.0), ("gap_max_days", 9.0), ("gap_median_days", 6.0), ("recency_days", 18.0)];
    assert_eq!(told("overdue_ratio", &three).as_deref(), Some("no order for 18 days, longer than ever before"));
}

#[test]
fn many_orders_are_few_only_where_they_became_fewer() {
    let of = |all, lately: f64| {
        let values = [("order_days_all_count", all), ("orders_all_count", all), ("orders_180d_count", lately)];
        told("orders_per_month", &[&values[..], &[("tenure_days", 400.0), ("recency_days", 12.0)]].concat())
    };
    assert_eq!(of(4.0, 2.0).as_deref(), Some("4 orders in 13 months"));
    assert_eq!(of(10.0, 2.0).as_deref(), Some("10 orders in 13 months, 2 of them in the last six months"));
    assert_eq!((of(10.0, 6.0), of(10.0, 0.0)), (None, None));
    assert_eq!(of(1.0, 1.0).as_deref(), Some("bought once so far, 12 days ago"));
}

#[test]
fn less_than_before_is_told_with_both_numbers() {
    let orders = |now, before| {
        told("orders_90d_change_ratio", &[("orders_90d_count", now), ("orders_before_90d_count", before)])
    };
    assert_eq!(orders(2.0, 6.0).as_deref(), Some("2 orders in the last 90 days after 6 in the 90 days before"));
    assert_eq!(orders(1.0, 2.0).as_deref(), Some("1 order in the last 90 days after 2 in the 90 days before"));
    assert_eq!((orders(6.0, 2.0), orders(2.0, 2.0)), (None, None));
    let spent = |now: f64, before: f64| {
        let values = [("net_spend_90d_amount", now), ("net_spend_180d_amount", now + before)];
        told("spend_90d_change_ratio", &values)
    };
    assert_eq!(
        spent(120.0, 410.4).as_deref(),
        Some("spent GBP 120 in the last 90 days, GBP 410 in the 90 days before")
    );
    assert_eq!(spent(-3.0, 41.0).as_deref(), Some("spent nothing in the last 90 days, GBP 41 in the 90 days before"));
    assert_eq!(spent(400.0, 410.0), None, "about the same");
}

#[test]
fn one_open_complaint_and_several_are_told_otherwise() {
    let open = |number, days| {
        told("open_complaints_count", &[("open_complaints_count", number), ("oldest_open_complaint_days", days)])
    };
    assert_eq!(open(1.0, 12.4).as_deref(), Some("a complaint open for 13 days"));
    assert_eq!(open(1.0, 0.2).as_deref(), Some("a complaint open for 1 day"));
    assert_eq!(open(2.0, 1.0).as_deref(), Some("2 complaints open, the oldest for 1 day"));
}

#[test]
fn a_feature_of_the_shops_own_tells_its_value_in_one_sentence() {
    let schema = FeatureSchema::for_inputs(&BTreeSet::new());
    let last = schema.names().last().unwrap();
    let entry = |reason: &'static str, unit| Entry {
        name: last,
        family: features::Family::Custom,
        unit,
        telling: Telling::Tells(features::Fact::Custom, features::Side::Any),
        split: None,
        recent_days: None,
        reason: reason.into(),
    };
    let rendered = |entry, value| {
        let mut sentence = "of another customer".to_owned();
        let template = Template::of_feature(&entry, &schema, &Medians::default())?;
        let number = |column: &usize| if column + 1 == schema.len() { value } else { f64::NAN };
        template.fill(number, &pounds(), &mut sentence).is_some().then_some(sentence)
    };
    assert_eq!(rendered(entry("spent {value} on it", Unit::Amount), 12.5).as_deref(), Some("spent GBP 12 on it"));
    assert_eq!(rendered(entry("[a|b] {value order}", Unit::Number), 12.5).as_deref(), Some("[a|b] 12.5 orders"));
    assert_eq!(rendered(entry("{value}", Unit::Number), f64::NAN), None);
    assert_eq!(rendered(entry("{no_such_feature}", Unit::Number), 1.0), None);
}

/// Every sentence for few things and for many, so that a person can read them all: with conditions taken away.
#[test]
fn every_sentence_of_the_catalogue_reads_as_a_person_would_say_it() {
    let plain = |sentence: &'static str| sentence.rsplit(']').next().unwrap();
    let mut page = String::new();
    for feature in features::catalogue().filter(|feature| feature.telling.side().is_some()) {
        assert!(
            Template::of(feature.reason, |name| Some(((), features::find(name)?.unit)), |_| None).is_some(),
            "{}",
            feature.name
        );
        let _ = writeln!(page, "{}", feature.name);
        for sentence in feature.reason.split('|') {
            for number in [0.25_f64, 1.0, 2.0, 31.0] {
                let whole = |name: &str| {
                    if features::find(name).unwrap().unit == Unit::Count { number.floor() } else { number }
                };
                let is_less = |name: &str| sentence.contains(&format!("-{name}"));
                let value = |name: &str| Some(if is_less(name) { 0.0 } else { whole(name.trim_start_matches('~')) });
                let said = render(plain(sentence), value, &pounds()).unwrap();
                assert!(!said.contains(['{', '}', '[', ']', '_']) && !said.contains("hour"), "{said}");
                let _ = writeln!(page, "  {said}");
            }
        }
    }
    insta::assert_snapshot!("sentences", page);
}
