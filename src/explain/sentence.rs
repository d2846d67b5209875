//! From a feature's reason to a sentence: placeholders become the customer's numbers in their units, as a person in retail
//! would say them.
//!
//! A reason of the catalogue is one sentence or several, parted by `|`, of which the first that holds is told. It may begin
//! with conditions, `[a<b, c<d]`: each holds where its left side is less than its right side, and less by more than a quarter
//! where neither is a constant; `2*a` is twice the value, and `~a` the usual one, the median of training. `{name}` stands for the customer's value of that feature, `{a-b}` for a difference, `{name
//! order}` for the value and the noun in the right number, `{name category/categories}` likewise where the plural is irregular,
//! `{name every}` for a rhythm of days, `{name gap}` for its days alone and `{name span}` for a stretch of days in days, weeks, months or years.

use std::fmt::Write;

use super::medians::Medians;
use crate::features::{self, Entry, FeatureSchema, Telling, Unit};
use crate::units::Currency;

/// The first sentence of a template whose conditions hold, with every placeholder filled; `None` if there is none or one of the
/// values is missing.
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
    let usual = |name: &str| value(&format!("~{name}"));
    let template = Template::of(template, |name| Some((value(name)?, features::find(name)?.unit)), usual)?;
    let mut sentence = String::new();
    template.fill(|value| *value, currency, &mut sentence).is_some().then_some(sentence)
}

/// A reason taken apart: what stands for each number finds it again for every customer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Template<N>(Vec<Sentence<N>>);

/// One of its sentences.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sentence<N> {
    /// Left sides and right sides.
    conditions: Vec<[Term<N>; 2]>,
    head: String,
    slots: Vec<Slot<N>>,
}

/// A number that is compared or told.
#[derive(Debug, Clone, PartialEq)]
enum Term<N> {
    Constant(f64),
    Value(N),
    /// So many times a value.
    Multiple(f64, N),
    Difference(N, N),
    /// What is usual, the same for every customer; not a number where that is not known.
    Usual(f64),
}

/// A number in a sentence, and the text up to the next one.
#[derive(Debug, Clone, PartialEq)]
struct Slot<N> {
    term: Term<N>,
    unit: Unit,
    noun: Noun,
    text: String,
}

/// What stands with a number.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Noun {
    /// Nothing.
    None,
    /// Days as they are counted.
    Days,
    /// Days since an instant, as a calendar counts them.
    Since,
    /// Days of a rhythm.
    Every,
    /// The number of these days.
    Gap,
    /// Days in the largest unit that fits.
    Span,
    /// A noun for one and for many.
    Things { one: String, many: String },
}

impl Template<usize> {
    /// The reason of a feature, ours or a custom one, whose `{value}` is the feature's own value; numbers are columns of
    /// the schema, what is usual comes from the medians. `None` if it tells nothing, or names one that the schema lacks.
    pub(super) fn of_feature(feature: &Entry<'_>, schema: &FeatureSchema, medians: &Medians) -> Option<Self> {
        let find = |name: &str| match name {
            "value" => Some((schema.position(feature.name)?, feature.unit)),
            _ => Some((schema.position(name)?, features::find(name)?.unit)),
        };
        Self::of_entry(feature, find, |name| medians.get(name))
    }
}

impl Template<String> {
    /// The reason of a feature with the names of the features whose numbers it tells.
    pub(super) fn named(feature: &Entry<'_>) -> Option<Self> {
        let find = |name: &str| match name {
            "value" => Some((feature.name.to_owned(), feature.unit)),
            _ => Some((name.to_owned(), features::find(name)?.unit)),
        };
        Self::of_entry(feature, find, |_| None)
    }

    pub(super) fn names(self) -> impl Iterator<Item = String> {
        self.0.into_iter().flat_map(|sentence| {
            let told = sentence.slots.into_iter().map(|slot| slot.term);
            let terms: Vec<_> = sentence.conditions.into_iter().flatten().chain(told).collect();
            terms.into_iter().flat_map(|term| match term {
                Term::Constant(_) | Term::Usual(_) => Vec::new(),
                Term::Value(name) | Term::Multiple(_, name) => vec![name],
                Term::Difference(name, other) => vec![name, other],
            })
        })
    }
}

/// Where the numbers of a reason are found: the customer's, and what is usual.
struct Known<F, U> {
    find: F,
    usual: U,
}

impl<N> Template<N> {
    fn of_entry(
        feature: &Entry<'_>,
        find: impl Fn(&str) -> Option<(N, Unit)>,
        usual: impl Fn(&str) -> Option<f64>,
    ) -> Option<Self> {
        match feature.telling {
            Telling::Tells(features::Fact::Custom, _) => {
                // What the shop has written is one sentence, whatever signs are in it.
                Some(Self(vec![Sentence::of(&feature.reason, Vec::new(), &Known { find, usual })?]))
            }
            Telling::Tells(..) | Telling::TellsFirst(..) => Self::of(&feature.reason, find, usual),
            Telling::Adds(_) | Telling::Context(_) | Telling::Undecided => None,
        }
    }

    /// Takes a reason apart; `None` if a number is not found or a bracket not closed.
    fn of(
        template: &str,
        find: impl Fn(&str) -> Option<(N, Unit)>,
        usual: impl Fn(&str) -> Option<f64>,
    ) -> Option<Self> {
        let known = Known { find, usual };
        let sentence = |text: &str| {
            let Some(rest) = text.strip_prefix('[') else { return Sentence::of(text, Vec::new(), &known) };
            let (conditions, text) = rest.split_once(']')?;
            let condition = |condition: &str| {
                let (left, right) = condition.split_once('<')?;
                Some([Term::of(left.trim(), &known)?.0, Term::of(right.trim(), &known)?.0])
            };
            Sentence::of(text, conditions.split(',').map(condition).collect::<Option<_>>()?, &known)
        };
        template.split('|').map(sentence).collect::<Option<_>>().map(Self)
    }

    /// Writes the first sentence that holds in place of what stands in `sentence`, and returns it if there is one.
    pub(super) fn fill(
        &self,
        number: impl Fn(&N) -> f64,
        currency: &Currency,
        sentence: &mut String,
    ) -> Option<&Sentence<N>> {
        self.0.iter().find(|told| told.holds(&number) && told.fill(&number, currency, sentence))
    }
}

/// What is less than another number by less than this share of it is about the same: nobody calls 16 days late who usually buys
/// every 13.
const CLEARLY: f64 = 0.25;

impl<N> Sentence<N> {
    fn of<F, U>(text: &str, conditions: Vec<[Term<N>; 2]>, known: &Known<F, U>) -> Option<Self>
    where
        F: Fn(&str) -> Option<(N, Unit)>,
        U: Fn(&str) -> Option<f64>,
    {
        let mut parts = text.split('{');
        let head = parts.next()?.to_owned();
        let slot = |part: &str| {
            let (placeholder, text) = part.split_once('}')?;
            let (name, noun) = placeholder.split_once(' ').unwrap_or((placeholder, ""));
            let (term, unit) = Term::of(name, known)?;
            Some(Slot { term, unit, noun: Noun::of(noun), text: text.to_owned() })
        };
        Some(Self { conditions, head, slots: parts.map(slot).collect::<Option<_>>()? })
    }

    /// Written so that a number that is missing holds nowhere.
    fn holds(&self, number: &impl Fn(&N) -> f64) -> bool {
        self.conditions.iter().all(|[left, right]| {
            let margin = if left.is_constant() || right.is_constant() { 0.0 } else { CLEARLY };
            left.number(number) * (1.0 + margin) < right.number(number)
        })
    }

    fn fill(&self, number: &impl Fn(&N) -> f64, currency: &Currency, sentence: &mut String) -> bool {
        sentence.clear();
        sentence.push_str(&self.head);
        for slot in &self.slots {
            let number = slot.term.number(number);
            if !number.is_finite() {
                return false;
            }
            slot.write(number, currency, sentence);
        }
        true
    }
}

impl Sentence<usize> {
    /// The columns whose numbers it tells.
    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        let columns = |slot: &Slot<usize>| match slot.term {
            Term::Constant(_) | Term::Usual(_) => [None, None],
            Term::Value(column) | Term::Multiple(_, column) => [Some(column), None],
            Term::Difference(column, other) => [Some(column), Some(other)],
        };
        self.slots.iter().flat_map(columns).flatten()
    }

    /// Whether it tells more numbers than how long ago something began.
    pub(super) fn tells_more_than_spans(&self) -> bool {
        self.slots.iter().any(|slot| slot.noun != Noun::Span)
    }

    /// The column of the days since an instant, if it tells one.
    pub(super) fn since(&self) -> Option<usize> {
        let slot = self.slots.iter().find(|slot| slot.noun == Noun::Since)?;
        if let Term::Value(column) = slot.term { Some(column) } else { None }
    }
}

impl<N> Term<N> {
    fn of<F, U>(text: &str, known: &Known<F, U>) -> Option<(Self, Unit)>
    where
        F: Fn(&str) -> Option<(N, Unit)>,
        U: Fn(&str) -> Option<f64>,
    {
        let Known { find, usual } = known;
        if let Some(name) = text.strip_prefix('~') {
            return Some((Self::Usual(usual(name).unwrap_or(f64::NAN)), find(name)?.1));
        }
        if let Ok(constant) = text.parse() {
            return Some((Self::Constant(constant), Unit::Number));
        }
        if let Some((times, name)) = text.split_once('*') {
            let (number, unit) = find(name)?;
            return Some((Self::Multiple(times.parse().ok()?, number), unit));
        }
        let Some((name, other)) = text.split_once('-') else {
            return find(text).map(|(number, unit)| (Self::Value(number), unit));
        };
        let ((number, unit), (other, _)) = (find(name)?, find(other)?);
        Some((Self::Difference(number, other), unit))
    }

    const fn is_constant(&self) -> bool {
        matches!(self, Self::Constant(_))
    }

    fn number(&self, number: &impl Fn(&N) -> f64) -> f64 {
        match self {
            Self::Constant(constant) | Self::Usual(constant) => *constant,
            Self::Value(name) => number(name),
            Self::Multiple(times, name) => times * number(name),
            Self::Difference(name, other) => number(name) - number(other),
        }
    }
}

impl<N> Slot<N> {
    fn write(&self, number: f64, currency: &Currency, sentence: &mut String) {
        match &self.noun {
            Noun::None => show(number, self.unit, currency, sentence),
            Noun::Days => days(number, sentence),
            Noun::Since => days(days_since(number), sentence),
            Noun::Every => every(number, sentence),
            Noun::Gap => {
                let _ = write!(sentence, "{:.0}", usual_days(number));
            }
            Noun::Span => span(number, sentence),
            Noun::Things { one, many } => {
                let start = sentence.len();
                match self.unit {
                    Unit::Count if number == 0.0 => sentence.push_str("no"),
                    unit => show(number, unit, currency, sentence),
                }
                let is_one = &sentence[start..] == "1";
                sentence.push(' ');
                sentence.push_str(if is_one { one } else { many });
            }
        }
        sentence.push_str(&self.text);
    }
}

impl Noun {
    fn of(noun: &str) -> Self {
        match (noun, noun.split_once('/')) {
            ("", _) => Self::None,
            ("day", _) => Self::Days,
            ("since", _) => Self::Since,
            ("every", _) => Self::Every,
            ("gap", _) => Self::Gap,
            ("span", _) => Self::Span,
            (_, Some((one, many))) => Self::Things { one: one.to_owned(), many: many.to_owned() },
            (noun, None) => Self::Things { one: noun.to_owned(), many: format!("{noun}s") },
        }
    }
}

/// A number as a person would write it in its unit. Writing to a text cannot fail.
fn show(number: f64, unit: Unit, currency: &Currency, text: &mut String) {
    let _ = match unit {
        Unit::Days => write!(text, "{:.0}", whole_days(number)),
        Unit::Count | Unit::Ratio if number.abs() >= 10.0 => write!(text, "{number:.0}"),
        Unit::Share if number > 0.0 && number < 0.01 => write!(text, "less than 1 %"),
        Unit::Share => write!(text, "{:.0} %", 100.0 * number),
        Unit::Years => write!(text, "{:.0}", number.floor()),
        Unit::Amount => amount(number, currency, text),
        _ => short(number, text),
    };
}

/// Whole days that have passed, as in the list; less than ten are rounded.
fn whole_days(days: f64) -> f64 {
    // Adding zero turns a negative zero into a positive one.
    (if days.abs() >= 10.0 { days.floor() } else { days.round() }) + 0.0
}

/// Whole days of a gap: of two in the middle the mean, and half a day more, as the day of the next order is counted.
fn usual_days(days: f64) -> f64 {
    days.round() + 0.0
}

/// Days of the calendar since an instant that lies so long before a midnight: one in the afternoon of the day before was a day ago.
/// A midnight is so many days ago, and an hour more where winter time has begun since.
fn days_since(days: f64) -> f64 {
    const HOUR: f64 = 1.0 / 24.0;
    let past_midnight = days - days.floor();
    let is_midnight = past_midnight < 1e-6 || (past_midnight - HOUR).abs() < 1e-6;
    (if is_midnight { days.floor() } else { days.ceil() }).max(1.0)
}

fn days(number: f64, text: &mut String) {
    let whole = whole_days(number);
    let _ = match whole {
        0.0 => write!(text, "less than a day"),
        1.0 => write!(text, "1 day"),
        _ => write!(text, "{whole:.0} days"),
    };
}

fn every(number: f64, text: &mut String) {
    let whole = usual_days(number);
    let _ = if whole <= 1.0 { write!(text, "every day") } else { write!(text, "every {whole:.0} days") };
}

/// Days of a week, a month and a year, each with the number of days up to which the smaller unit is told.
const SPANS: [(f64, f64, &str); 3] = [(14.0, 7.0, "weeks"), (120.0, 365.25 / 12.0, "months"), (700.0, 365.25, "years")];

fn span(number: f64, text: &mut String) {
    match SPANS.iter().rev().find(|(from, ..)| number >= *from) {
        None => days(number, text),
        Some((_, length, unit)) => {
            let _ = write!(text, "{:.0} {unit}", number / length);
        }
    }
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

/// `GBP 1,234` from ten on, `GBP 2.50` below; what is given back as a whole leaves nothing.
pub(super) fn amount(major: f64, currency: &Currency, text: &mut String) -> std::fmt::Result {
    let least = 0.5 / currency.minor_per_major();
    text.write_str(&if major < least { "nothing".to_owned() } else { crate::text::amount(major, 10.0, currency) })
}

#[cfg(test)]
#[path = "sentence_tests.rs"]
mod tests;
