//! From a feature's reason to a sentence: placeholders become the customer's numbers in their units.

use crate::features::{self, Entry, Unit};
use crate::text::grouped_digits;
use crate::units::Currency;

/// The template with every placeholder filled; `None` if one of the values is missing.
///
/// `{name}` becomes the value, `{name order}` the value and its noun in the right number, `{name category/categories}`
/// likewise where the plural is irregular.
///
/// ```
/// use retain::{explain::render, units::Currency};
/// let pounds = Currency::from_code("GBP").unwrap();
/// let value = |name: &str| Some(if name == "recency_days" { 71.2 } else { 1.0 });
/// let told = render("{orders_all_count order}; silent for {recency_days day}", value, &pounds);
/// assert_eq!(told.as_deref(), Some("1 order; silent for 71 days"));
/// ```
#[must_use]
pub fn render(template: &str, value: impl Fn(&str) -> Option<f64>, currency: &Currency) -> Option<String> {
    fill(template, |name| Some((value(name)?, features::find(name)?.unit)), currency)
}

/// The reason of a feature, ours or the shop's own, where `{value}` is the feature's own value.
pub(super) fn tell(feature: &Entry<'_>, value: impl Fn(&str) -> Option<f64>, currency: &Currency) -> Option<String> {
    let number = |name: &str| match name {
        "value" => Some((value(feature.name)?, feature.unit)),
        _ => Some((value(name)?, features::find(name)?.unit)),
    };
    fill(&feature.reason, number, currency)
}

fn fill(template: &str, number: impl Fn(&str) -> Option<(f64, Unit)>, currency: &Currency) -> Option<String> {
    let mut parts = template.split('{');
    let mut sentence = parts.next()?.to_owned();
    for part in parts {
        let (placeholder, text) = part.split_once('}')?;
        let (name, noun) = placeholder.split_once(' ').map_or((placeholder, None), |(name, noun)| (name, Some(noun)));
        let (number, unit) = number(name).filter(|(number, _)| number.is_finite())?;
        let (shown, noun) = match noun {
            Some("day") if (0.0..1.0).contains(&number) => (hours(number), Some("hour")),
            noun => (show(number, unit, currency), noun),
        };
        sentence.push_str(&shown);
        if let Some(noun) = noun {
            sentence.push(' ');
            sentence.push_str(&in_number(noun, shown == "1"));
        }
        sentence.push_str(text);
    }
    Some(sentence)
}

fn in_number(noun: &str, is_one: bool) -> String {
    match noun.split_once('/') {
        Some((singular, plural)) => if is_one { singular } else { plural }.to_owned(),
        None if is_one => noun.to_owned(),
        None => format!("{noun}s"),
    }
}

/// A number as a person would write it in its unit.
fn show(number: f64, unit: Unit, currency: &Currency) -> String {
    match unit {
        // Whole days that have passed, as in the list.
        Unit::Days if number.abs() >= 10.0 => format!("{:.0}", number.floor()),
        Unit::Count if number.abs() >= 10.0 => format!("{number:.0}"),
        Unit::Share => format!("{:.0} %", 100.0 * number),
        Unit::Years => format!("{:.0}", number.floor()),
        Unit::Amount => amount(number, currency),
        _ => short(number),
    }
}

/// Less than a day in hours; less than an hour counts as one, because nobody orders every 0 hours.
fn hours(days: f64) -> String {
    format!("{:.0}", (24.0 * days).round().max(1.0))
}

/// At most one decimal.
fn short(number: f64) -> String {
    let text = format!("{number:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// `GBP 1,234` from a hundred on, `GBP 12.50` below.
fn amount(major: f64, currency: &Currency) -> String {
    let decimals = if major.abs() >= 100.0 { 0 } else { currency.decimals() as usize };
    let text = format!("{:.decimals$}", major.abs());
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let sign = if major < 0.0 { "-" } else { "" };
    format!("{} {sign}{}{rest}", currency.code(), grouped_digits(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pounds() -> Currency {
        Currency::from_code("GBP").unwrap()
    }

    #[test]
    fn numbers_are_written_in_their_units() {
        let shown = |number, unit| show(number, unit, &pounds());
        assert_eq!([23.6, 0.4, 1.0, -3.2].map(|days| shown(days, Unit::Days)), ["23", "0.4", "1", "-3.2"]);
        assert_eq!([2.0, 2.46].map(|count| shown(count, Unit::Count)), ["2", "2.5"]);
        assert_eq!([0.345, 1.0].map(|share| shown(share, Unit::Share)), ["34 %", "100 %"]);
        assert_eq!(
            [1234.5, 12.5, -0.04, 1e6].map(|amount| shown(amount, Unit::Amount)),
            ["GBP 1,234", "GBP 12.50", "GBP -0.04", "GBP 1,000,000"]
        );
        assert_eq!(shown(-0.04, Unit::Ratio), "0");
    }

    #[test]
    fn nouns_agree_and_missing_values_leave_no_sentence() {
        let template = "{orders_all_count order} in {categories_all_count category/categories}";
        let with = |orders: f64, categories: f64| {
            render(template, |name| Some(if name == "orders_all_count" { orders } else { categories }), &pounds())
        };
        assert_eq!(with(1.0, 1.0).as_deref(), Some("1 order in 1 category"));
        assert_eq!(with(2.0, 0.0).as_deref(), Some("2 orders in 0 categories"));
        assert_eq!(with(f64::NAN, 1.0), None);
        assert_eq!(render("{no_such_feature}", |_| Some(1.0), &pounds()), None);
    }

    #[test]
    fn parts_of_a_day_are_told_in_hours() {
        let told = |days: f64| render("every {recency_days day}", |_| Some(days), &pounds());
        assert_eq!(
            [0.0, 0.05, 0.5, 1.0].map(|days| told(days).unwrap_or_default()),
            ["every 1 hour", "every 1 hour", "every 12 hours", "every 1 day"]
        );
    }

    #[test]
    fn a_feature_of_the_shops_own_tells_its_value() {
        let entry = |reason: &'static str, unit| Entry {
            name: "premium_spend_90d",
            family: features::Family::Custom,
            unit,
            reason: reason.into(),
        };
        let value = |name: &str| (name == "premium_spend_90d").then_some(12.5);
        let told = |entry| tell(&entry, value, &pounds());
        assert_eq!(told(entry("spent {value} on it", Unit::Amount)).as_deref(), Some("spent GBP 12.50 on it"));
        assert_eq!(told(entry("{value order}", Unit::Number)).as_deref(), Some("12.5 orders"));
        assert_eq!(tell(&entry("{value}", Unit::Number), |_| Some(f64::NAN), &pounds()), None);
    }

    #[test]
    fn every_reason_of_the_catalogue_can_be_told() {
        for feature in features::catalogue() {
            let sentence = render(feature.reason, |_| Some(2.0), &pounds());
            assert!(sentence.is_some_and(|sentence| !sentence.contains(['{', '}'])), "{}", feature.name);
        }
    }
}
