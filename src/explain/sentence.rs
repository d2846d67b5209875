//! From a feature's reason to a sentence: placeholders become the customer's numbers in their units.

use std::fmt::Write;

use crate::features::{self, Entry, FeatureSchema, Unit};
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
/// let text = render("{orders_all_count order}; silent for {recency_days day}", value, &pounds);
/// assert_eq!(text.as_deref(), Some("1 order; silent for 71 days"));
/// ```
#[must_use]
pub fn render(template: &str, value: impl Fn(&str) -> Option<f64>, currency: &Currency) -> Option<String> {
    let template = Template::of(template, |name| Some((value(name)?, features::find(name)?.unit)))?;
    let mut sentence = String::new();
    template.fill(|value| *value, currency, &mut sentence).then_some(sentence)
}

/// A reason taken apart: what stands for each number finds it again for every customer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Template<N> {
    head: String,
    slots: Vec<Slot<N>>,
}

/// A number in a sentence, and the text up to the next one.
#[derive(Debug, Clone, PartialEq)]
struct Slot<N> {
    number: N,
    unit: Unit,
    noun: Option<Noun>,
    text: String,
}

/// A noun for one and for many.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Noun {
    one: String,
    many: String,
}

impl Template<usize> {
    /// The reason of a feature, ours or a custom one, whose `{value}` is the feature's own value; numbers are columns of
    /// the schema. `None` if it names one that the schema lacks.
    pub(super) fn of_feature(feature: &Entry<'_>, schema: &FeatureSchema) -> Option<Self> {
        Self::of(&feature.reason, |name| match name {
            "value" => Some((schema.position(feature.name)?, feature.unit)),
            _ => Some((schema.position(name)?, features::find(name)?.unit)),
        })
    }
}

impl Template<String> {
    /// The reason of a feature with the names of the features whose numbers it tells.
    pub(super) fn named(feature: &Entry<'_>) -> Option<Self> {
        Self::of(&feature.reason, |name| match name {
            "value" => Some((feature.name.to_owned(), feature.unit)),
            _ => Some((name.to_owned(), features::find(name)?.unit)),
        })
    }

    pub(super) fn names(self) -> impl Iterator<Item = String> {
        self.slots.into_iter().map(|slot| slot.number)
    }
}

impl<N> Template<N> {
    /// Takes a reason apart; `None` if a number is not found or a brace not closed.
    fn of(template: &str, find: impl Fn(&str) -> Option<(N, Unit)>) -> Option<Self> {
        let mut parts = template.split('{');
        let head = parts.next()?.to_owned();
        let slot = |part: &str| {
            let (placeholder, text) = part.split_once('}')?;
            let (name, noun) =
                placeholder.split_once(' ').map_or((placeholder, None), |(name, noun)| (name, Some(noun)));
            let (number, unit) = find(name)?;
            Some(Slot { number, unit, noun: noun.map(Noun::of), text: text.to_owned() })
        };
        Some(Self { head, slots: parts.map(slot).collect::<Option<_>>()? })
    }

    /// Writes the sentence in place of what stands in `sentence`; says whether every number is there.
    pub(super) fn fill(&self, number: impl Fn(&N) -> f64, currency: &Currency, sentence: &mut String) -> bool {
        sentence.clear();
        sentence.push_str(&self.head);
        for slot in &self.slots {
            let number = number(&slot.number);
            if !number.is_finite() {
                return false;
            }
            slot.write(number, currency, sentence);
        }
        true
    }
}

impl<N> Slot<N> {
    fn write(&self, number: f64, currency: &Currency, sentence: &mut String) {
        let start = sentence.len();
        let is_part_of_a_day = (0.0..1.0).contains(&number) && self.noun.as_ref().is_some_and(Noun::is_day);
        if is_part_of_a_day {
            hours(number, sentence);
        } else {
            show(number, self.unit, currency, sentence);
        }
        if let Some(noun) = &self.noun {
            let is_one = &sentence[start..] == "1";
            let (one, many) =
                if is_part_of_a_day { ("hour", "hours") } else { (noun.one.as_str(), noun.many.as_str()) };
            sentence.push(' ');
            sentence.push_str(if is_one { one } else { many });
        }
        sentence.push_str(&self.text);
    }
}

impl Noun {
    fn of(noun: &str) -> Self {
        match noun.split_once('/') {
            Some((one, many)) => Self { one: one.to_owned(), many: many.to_owned() },
            None => Self { one: noun.to_owned(), many: format!("{noun}s") },
        }
    }

    fn is_day(&self) -> bool {
        self.one == "day"
    }
}

/// A number as a person would write it in its unit.
fn show(number: f64, unit: Unit, currency: &Currency, text: &mut String) {
    // Writing to a text cannot fail.
    let _ = match unit {
        // Whole days that have passed, as in the list.
        Unit::Days if number.abs() >= 10.0 => write!(text, "{:.0}", number.floor()),
        Unit::Count if number.abs() >= 10.0 => write!(text, "{number:.0}"),
        Unit::Share => write!(text, "{:.0} %", 100.0 * number),
        Unit::Years => write!(text, "{:.0}", number.floor()),
        Unit::Amount => amount(number, currency, text),
        _ => short(number, text),
    };
}

/// Less than a day in hours; less than an hour counts as one, because nobody orders every 0 hours.
fn hours(days: f64, text: &mut String) {
    let _ = write!(text, "{:.0}", (24.0 * days).round().max(1.0));
}

/// At most one decimal.
fn short(number: f64, text: &mut String) -> std::fmt::Result {
    let start = text.len();
    write!(text, "{number:.1}")?;
    if text.ends_with(".0") {
        text.truncate(text.len() - ".0".len());
    }
    if &text[start..] == "-0" {
        text.replace_range(start.., "0");
    }
    Ok(())
}

/// `GBP 1,234` from a hundred on, `GBP 12.50` below.
fn amount(major: f64, currency: &Currency, text: &mut String) -> std::fmt::Result {
    let decimals = if major.abs() >= 100.0 { 0 } else { currency.decimals() as usize };
    let digits = format!("{:.decimals$}", major.abs());
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let sign = if major < 0.0 { "-" } else { "" };
    write!(text, "{} {sign}{}{rest}", currency.code(), grouped_digits(whole))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn pounds() -> Currency {
        Currency::from_code("GBP").unwrap()
    }

    #[test]
    fn numbers_are_written_in_their_units() {
        let shown = |number, unit| {
            let mut text = "about ".to_owned();
            show(number, unit, &pounds(), &mut text);
            text.split_off("about ".len())
        };
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
    fn parts_of_a_day_are_reported_in_hours() {
        let rendered = |days: f64| render("every {recency_days day}", |_| Some(days), &pounds());
        assert_eq!(
            [0.0, 0.05, 0.5, 1.0].map(|days| rendered(days).unwrap_or_default()),
            ["every 1 hour", "every 1 hour", "every 12 hours", "every 1 day"]
        );
    }

    #[test]
    fn a_feature_of_the_shops_own_tells_its_value() {
        let schema = FeatureSchema::for_inputs(&BTreeSet::new());
        let last = schema.names().last().unwrap();
        let entry = |reason: &'static str, unit| Entry {
            name: last,
            family: features::Family::Custom,
            unit,
            reason: reason.into(),
        };
        let rendered = |entry, value| {
            let mut sentence = "of another customer".to_owned();
            let template = Template::of_feature(&entry, &schema)?;
            let number = |column: &usize| if column + 1 == schema.len() { value } else { f64::NAN };
            template.fill(number, &pounds(), &mut sentence).then_some(sentence)
        };
        assert_eq!(
            rendered(entry("spent {value} on it", Unit::Amount), 12.5).as_deref(),
            Some("spent GBP 12.50 on it")
        );
        assert_eq!(rendered(entry("{value order}", Unit::Number), 12.5).as_deref(), Some("12.5 orders"));
        assert_eq!(rendered(entry("{value}", Unit::Number), f64::NAN), None);
        assert_eq!(rendered(entry("{no_such_feature}", Unit::Number), 1.0), None);
    }

    #[test]
    fn every_reason_of_the_catalogue_can_be_reported() {
        for feature in features::catalogue() {
            let sentence = render(feature.reason, |_| Some(2.0), &pounds());
            assert!(sentence.is_some_and(|sentence| !sentence.contains(['{', '}'])), "{}", feature.name);
        }
    }
}
