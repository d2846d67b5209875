//! The one list of keys: name, what is allowed, default and meaning. The check, the draft, the reference page and the
//! schema read it, so that none of them can disagree with another.

use std::fmt;

use super::allowed::Allowed;
use super::tables::Table;

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
    /// Yes or no.
    Flag(bool),
}

impl Preset {
    /// The default as it would be written in the file, if it can be.
    pub(super) fn written(self) -> Option<String> {
        match self {
            Self::Whole(value) => Some(value.to_string()),
            Self::Number(value) => Some(format!("{value:?}")),
            Self::Text(value) => Some(format!("\"{value}\"")),
            Self::EmptyList => Some("[]".to_owned()),
            Self::Flag(value) => Some(value.to_string()),
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
    pub(super) const fn means(self, meaning: &'static str) -> Self {
        Self { meaning, ..self }
    }
}

#[cfg(test)]
impl Key {
    /// Meaning, range and default in two sentences.
    pub(super) fn describe(&self) -> String {
        format!("{}. {}; {}.", self.meaning, upper_first(&self.allowed.to_string()), self.preset)
    }
}

/// The sentence with a capital first letter.
#[cfg(test)]
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
    /// Whether the file may have it several times, each under a name of its own.
    pub(super) is_named: bool,
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
        match (self.is_list, self.is_named) {
            (true, _) => format!("[[{}]]", self.name),
            (_, true) => format!("[{}.NAME]", self.name),
            _ => format!("[{}]", self.name),
        }
    }

    /// The first part of its name.
    pub(super) fn first(&self) -> &'static str {
        self.name.split('.').next().unwrap_or_default()
    }

    /// Whether the full dotted path of a table of the file is that of the section.
    pub(super) fn is_at(&self, path: &str) -> bool {
        let entry = path.strip_prefix(self.name).and_then(|rest| rest.strip_prefix('.'));
        if self.is_list || self.is_named { entry.is_some_and(|label| !label.contains('.')) } else { self.name == path }
    }
}

/// The section of a table of a file, by its full dotted path.
pub(super) fn section_at(sections: &'static [Section], path: &str) -> Option<&'static Section> {
    sections.iter().find(|section| section.is_at(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::sections::SECTIONS;

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
