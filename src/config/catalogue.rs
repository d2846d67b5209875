//! The one list of keys: name, what is allowed, default and meaning. The check, the draft, the reference page and the
//! schema read it, so that none of them can disagree with another.

use std::fmt;

use super::tables::Table;

/// What a key accepts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Allowed {
    /// A whole number from `min` to `max`, both included.
    Whole {
        /// The smallest.
        min: i64,
        /// The largest; `i64::MAX` where there is none.
        max: i64,
        /// What is counted; empty for a plain number.
        unit: &'static str,
    },
    /// A finite number up to `max`, which is included.
    Number {
        /// The lower end.
        min: f64,
        /// Whether the lower end itself is refused.
        above_min: bool,
        /// The largest; infinite where there is none.
        max: f64,
    },
    /// One of these words.
    Word(&'static [&'static str]),
    /// A name that can be a folder's.
    Name,
    /// A currency code.
    Currency,
    /// A time zone.
    Timezone,
    /// A `strftime` format.
    TimeFormat,
    /// A SQL condition.
    Condition,
    /// A column of the source or a SQL expression over its columns.
    Source,
    /// A folder.
    Folder,
    /// Files, globs or folders.
    Paths,
    /// A day.
    Day,
    /// A list of days.
    Days,
    /// A list of names.
    Names(&'static str),
    /// The mapping of one table.
    Columns(Table),
    /// A table of product categories, each with a share of revenue.
    Shares,
    /// A table of the config.
    Section,
    /// The name of a feature.
    FeatureName,
    /// A sentence with a place for the customer's number.
    Sentence,
    /// A list of tables of keys; the text is the section of each.
    Entries(&'static str),
}

/// What each entry of [`Allowed::Shares`] accepts.
pub(super) const SHARE: Allowed = Allowed::Number { min: 0.0, above_min: true, max: 1.0 };

impl Allowed {
    /// Whether a whole number is in its range; others hold none.
    pub(super) const fn has_whole(self, value: i64) -> bool {
        matches!(self, Self::Whole { min, max, .. } if min <= value && value <= max)
    }

    /// The type in one or two words, for the reference page.
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Whole { .. } => "whole number",
            Self::Number { .. } => "number",
            Self::Word(_) => "word",
            Self::Day => "day",
            Self::Days => "list of days",
            Self::Names(_) => "list of texts",
            Self::Paths => "text or list of texts",
            Self::Columns(_) | Self::Shares | Self::Section => "table",
            Self::Entries(_) => "list of tables",
            Self::Name
            | Self::Currency
            | Self::Timezone
            | Self::TimeFormat
            | Self::Condition
            | Self::Source
            | Self::FeatureName
            | Self::Sentence
            | Self::Folder => "text",
        }
    }

    /// Whether the number is allowed; NaN and the infinities are not.
    pub(super) fn holds_number(self, value: f64) -> bool {
        let Self::Number { min, above_min, max } = self else { return false };
        value.is_finite() && value <= max && if above_min { value > min } else { value >= min }
    }
}

/// Writes what is allowed so that it reads after "must be".
impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole { min, max, unit } => write_whole(f, (*min, *max), unit),
            Self::Number { min, above_min, max } => {
                write!(f, "a number {} {min:?}", if *above_min { "above" } else { "of at least" })?;
                if max.is_finite() { write!(f, " and at most {max:?}") } else { Ok(()) }
            }
            Self::Word(words) => write!(f, "one of {}", Listed(words)),
            Self::Name => f.write_str("at most 100 of A-Z, a-z, 0-9, `.`, `_` and `-`, not starting with a dot"),
            Self::Currency => f.write_str("a three-letter code of ISO 4217 such as `EUR`"),
            Self::Timezone => f.write_str("an IANA time zone such as `Europe/London`"),
            Self::TimeFormat => f.write_str("a `strftime` format such as `%d/%m/%Y %H:%M`"),
            Self::Condition => f.write_str("a SQL condition over the columns of the source"),
            Self::Source => f.write_str("a column of the source or a SQL expression over its columns"),
            Self::Folder => f.write_str("a folder, relative to the config file or absolute"),
            Self::Paths => {
                f.write_str("a file, glob or folder, relative to the config file or absolute, or a list of them")
            }
            Self::Day => f.write_str("a day such as `2011-06-12`"),
            Self::Days => f.write_str("a list of different days such as `[\"2011-06-12\", \"2011-07-12\"]`"),
            Self::Names(example) => write!(f, "a list of names such as `[\"{example}\"]`"),
            Self::Columns(_) => f.write_str("a table of our column names, each with a source column or SQL expression"),
            Self::Shares => f.write_str("a table of product categories, each with a number above 0.0 and at most 1.0"),
            Self::Section => f.write_str("a table of keys"),
            Self::FeatureName => f.write_str("at most 60 of a-z, 0-9 and `_`, starting with a letter"),
            Self::Sentence => f.write_str(
                "a sentence with `{value}`, or `{value order}` for the value and a noun in the right number, of at most \
                 200 characters",
            ),
            Self::Entries(section) => write!(f, "a list of tables `[[{section}]]`"),
        }
    }
}

fn write_whole(f: &mut fmt::Formatter<'_>, (min, max): (i64, i64), unit: &str) -> fmt::Result {
    f.write_str("a whole number")?;
    if !unit.is_empty() {
        write!(f, " of {unit}")?;
    }
    if max == i64::MAX { write!(f, ", at least {min}") } else { write!(f, " from {min} to {max}") }
}

/// Names in backticks, separated by commas.
pub(super) struct Listed<'a>(pub(super) &'a [&'a str]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, name) in self.0.iter().enumerate() {
            write!(f, "{}`{name}`", if position == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

/// What holds when the key is not written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Preset {
    /// The key must be written.
    Required,
    /// Nothing: the key may be left out. The draft shows this value, written as in the file.
    Absent(&'static str),
    /// This whole number.
    Whole(i64),
    /// This number.
    Number(f64),
    /// This text.
    Text(&'static str),
    /// Twice the horizon.
    TwiceHorizon,
    /// An empty list.
    EmptyList,
}

impl Preset {
    /// The default as it would be written in the file, if it can be.
    pub(super) fn written(self) -> Option<String> {
        match self {
            Self::Whole(value) => Some(value.to_string()),
            Self::Number(value) => Some(format!("{value:?}")),
            Self::Text(value) => Some(format!("\"{value}\"")),
            Self::EmptyList => Some("[]".to_owned()),
            Self::Required | Self::Absent(_) | Self::TwiceHorizon => None,
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.written()) {
            (_, Some(written)) => write!(f, "default `{written}`"),
            (Self::TwiceHorizon, _) => f.write_str("default 2 x `horizon_days`"),
            (Self::Required, _) => f.write_str("required"),
            _ => f.write_str("optional"),
        }
    }
}

/// One key of the config.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    /// The name within its section.
    pub(super) name: &'static str,
    /// What it accepts.
    pub(super) allowed: Allowed,
    /// What holds when it is not written.
    pub(super) preset: Preset,
    /// What it means, without a full stop.
    pub(super) meaning: &'static str,
}

impl Key {
    /// Meaning, range and default in two sentences.
    pub(super) fn describe(&self) -> String {
        format!("{}. {}; {}.", self.meaning, upper_first(&self.allowed.to_string()), self.preset)
    }
}

/// The sentence with a capital first letter.
fn upper_first(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// One table of the config.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section {
    /// Its name; empty for the keys at the top.
    pub(super) name: &'static str,
    /// Whether the file may have it several times, each a table of its own.
    pub(super) is_list: bool,
    /// The input table it describes, if it describes one.
    pub(super) table: Option<Table>,
    /// What it is about, without a full stop.
    pub(super) meaning: &'static str,
    /// Its keys in the order in which they are drafted.
    pub(super) keys: &'static [Key],
}

impl Section {
    /// The section as a head line of the file.
    pub(super) fn head(&self) -> String {
        if self.is_list { format!("[[{}]]", self.name) } else { format!("[{}]", self.name) }
    }

    /// The first part of its name.
    pub(super) fn first(&self) -> &'static str {
        self.name.split('.').next().unwrap_or_default()
    }

    /// Whether the full dotted path of a table of the file is that of the section.
    fn is_at(&self, path: &str) -> bool {
        let entry = path.strip_prefix(self.name).and_then(|rest| rest.strip_prefix('.'));
        if self.is_list { entry.is_some_and(|label| !label.contains('.')) } else { self.name == path }
    }
}

/// The section of a table of the file, by its full dotted path.
pub(super) fn section(path: &str) -> Option<&'static Section> {
    super::knobs::SECTIONS.iter().find(|section| section.is_at(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::knobs::SECTIONS;

    #[test]
    fn names_are_unique_within_their_section() {
        for section in SECTIONS {
            let mut names: Vec<_> = section.keys.iter().map(|key| key.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), section.keys.len(), "{}", section.name);
        }
    }

    #[test]
    fn every_default_is_itself_allowed_and_every_meaning_reads_well() {
        for key in SECTIONS.iter().flat_map(|section| section.keys) {
            match (key.preset, key.allowed) {
                (Preset::Whole(value), Allowed::Whole { min, max, .. }) => assert!((min..=max).contains(&value)),
                (Preset::Number(value), allowed @ Allowed::Number { .. }) => assert!(allowed.holds_number(value)),
                (Preset::Text(value), Allowed::Word(words)) => assert!(words.contains(&value)),
                (Preset::Whole(_) | Preset::Number(_), _) => panic!("{}: default and type differ", key.name),
                _ => {}
            }
            assert!(key.meaning.starts_with(char::is_uppercase) && !key.meaning.ends_with('.'), "{}", key.name);
        }
    }

    #[test]
    fn ranges_refuse_nan_infinities_and_an_open_end() {
        let share = Allowed::Number { min: 0.0, above_min: true, max: 1.0 };
        assert!(share.holds_number(1.0) && share.holds_number(f64::MIN_POSITIVE));
        for value in [0.0, -0.1, 1.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(!share.holds_number(value), "{value}");
        }
        let unbounded = Allowed::Number { min: 2.0, above_min: false, max: f64::INFINITY };
        assert!(unbounded.holds_number(2.0) && !unbounded.holds_number(f64::INFINITY));
    }

    #[test]
    fn what_is_allowed_reads_after_must_be() {
        let days = Allowed::Whole { min: 1, max: 1825, unit: "days" };
        assert_eq!(days.to_string(), "a whole number of days from 1 to 1825");
        let auc = Allowed::Number { min: 0.5, above_min: true, max: 1.0 };
        assert_eq!(auc.to_string(), "a number above 0.5 and at most 1.0");
        assert_eq!(Allowed::Word(&["drop", "keep"]).to_string(), "one of `drop`, `keep`");
    }
}
