//! Owns what can be wrong with a config. Violations carry fields and a place; all of them are reported at once.

use std::fmt;
use std::path::PathBuf;

use jiff::civil::Date;

use super::allowed::{Allowed, Listed};
use super::catalogue::{Section, section_at};
use super::playbook::knobs::PLAYBOOK_SECTIONS;
use super::sections::SECTIONS;
use super::tables::Table;
use crate::error::{Exit, Report};

/// Why a config cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// The file is not TOML.
    #[error("the file is not TOML: {message}\n  in `{}`, line {line}, column {column}", file.display())]
    NotToml {
        /// The config file.
        file: PathBuf,
        /// Line of the first fault, from 1.
        line: usize,
        /// Column of the first fault in characters, from 1.
        column: usize,
        /// What the parser says.
        message: String,
    },
    /// The file is TOML, but some of it cannot be used.
    #[error("{}\n  in `{}`{}", Count(violations.len(), "config"), file.display(), Lines(violations))]
    Violations {
        /// The config file.
        file: PathBuf,
        /// All that is wrong, in the order of the file; what is missing comes last.
        violations: Vec<Violation>,
    },
    /// The playbook is TOML, but some of it cannot be used.
    #[error("{}\n  in `{}`{}", Count(violations.len(), "playbook"), file.display(), Lines(violations))]
    Playbook {
        /// The playbook.
        file: PathBuf,
        /// All that is wrong, in the order of the file; what is missing comes last.
        violations: Vec<Violation>,
    },
    /// Files were given for a table whose columns the config does not map.
    #[error("files were given for `{}`, but the config has no `[{}]`", table.name(), table.name())]
    TableNotMapped {
        /// The table.
        table: Table,
    },
}

impl Report for ConfigError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotToml { .. } => "E101",
            Self::Violations { .. } => "E102",
            Self::TableNotMapped { .. } => "E103",
            Self::Playbook { .. } => "E104",
        }
    }

    fn exit(&self) -> Exit {
        Exit::BadUsage
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotToml { .. } => None,
            Self::Violations { violations, .. } if violations.iter().any(Violation::is_missing_column) => Some(
                "name a column of the source there; in a draft of `retain init` a line with `# fill in` proposes one"
                    .to_owned(),
            ),
            Self::Violations { .. } => {
                Some("`retain init` drafts a config that explains every key with its default and range".to_owned())
            }
            Self::Playbook { .. } => {
                Some("`retain init` writes the default playbook beside the config, each key explained".to_owned())
            }
            Self::TableNotMapped { table } => {
                Some(format!("add `[{}]` with `path` and `[{}.columns]`", table.name(), table.name()))
            }
        }
    }
}

/// Where something is written, or would have to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The full dotted path of the key, for example `churn.horizon_days`.
    pub key: String,
    /// The line of the key, from 1, or of its section if the key is not written; `None` if neither is.
    pub line: Option<usize>,
}

impl Place {
    /// The section the key belongs to, as written in the file.
    fn owner(&self) -> String {
        match self.key.rsplit_once('.') {
            Some((section, _)) => {
                let known = section_at(SECTIONS, section).or_else(|| section_at(PLAYBOOK_SECTIONS, section));
                let head = known.map(Section::head);
                format!("`{}`", head.unwrap_or_else(|| format!("[{section}]")))
            }
            None => "the top of the file".to_owned(),
        }
    }
}

/// One thing in the config that cannot be used.
#[derive(Debug, Clone, PartialEq)]
pub enum Violation {
    /// No such key.
    UnknownKey {
        /// The key.
        place: Place,
        /// The keys that are known there.
        known: Vec<&'static str>,
        /// The full dotted path of the nearest known key, if one is near enough.
        nearest: Option<String>,
    },
    /// The key is planned but does nothing yet.
    NotAvailable {
        /// The key.
        place: Place,
        /// What it stands for.
        what: &'static str,
        /// What to do meanwhile.
        instead: &'static str,
    },
    /// A required key is not written.
    Missing {
        /// The key.
        place: Place,
        /// What it means.
        meaning: &'static str,
        /// What it accepts.
        allowed: Allowed,
    },
    /// The value has another type.
    WrongType {
        /// The key.
        place: Place,
        /// What it accepts.
        allowed: Allowed,
        /// The type that came.
        came: &'static str,
        /// The value as written.
        written: String,
    },
    /// The whole number is out of range.
    WholeOutside {
        /// The key.
        place: Place,
        /// What it accepts.
        allowed: Allowed,
        /// The number that came.
        came: i64,
    },
    /// The number is out of range or not finite.
    NumberOutside {
        /// The key.
        place: Place,
        /// What it accepts.
        allowed: Allowed,
        /// The number that came.
        came: f64,
    },
    /// The text does not have the form that is needed.
    Unsuitable {
        /// The key.
        place: Place,
        /// What it accepts.
        allowed: Allowed,
        /// The text that came.
        came: String,
    },
    /// The text is none of the known words, codes or zones.
    Unknown {
        /// The key.
        place: Place,
        /// What it accepts.
        allowed: Allowed,
        /// The text that came.
        came: String,
        /// The nearest known one, if one is near enough.
        nearest: Option<String>,
    },
    /// The value is understood and cannot be had.
    Refused {
        /// The key.
        place: Place,
        /// What speaks against it.
        why: String,
        /// What to do about it.
        instead: &'static str,
    },
    /// A day is listed twice.
    RepeatedDay {
        /// The key.
        place: Place,
        /// What it accepts.
        allowed: Allowed,
        /// The day.
        came: Date,
    },
}

impl Violation {
    /// Where it is.
    #[must_use]
    pub fn place(&self) -> &Place {
        match self {
            Self::UnknownKey { place, .. }
            | Self::NotAvailable { place, .. }
            | Self::Missing { place, .. }
            | Self::WrongType { place, .. }
            | Self::WholeOutside { place, .. }
            | Self::NumberOutside { place, .. }
            | Self::Unsuitable { place, .. }
            | Self::Unknown { place, .. }
            | Self::Refused { place, .. }
            | Self::RepeatedDay { place, .. } => place,
        }
    }

    /// Whether a column that a table cannot do without is not mapped.
    fn is_missing_column(&self) -> bool {
        matches!(self, Self::Missing { place, .. } if place.key.contains(".columns."))
    }

    /// What the reader can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKey { nearest: Some(nearest), .. } => Some(format!("the nearest known key is `{nearest}`")),
            Self::Unknown { nearest: Some(nearest), .. } => Some(format!("the nearest known is `{nearest}`")),
            Self::Unknown { allowed: Allowed::Timezone, .. } if no_zones_installed() => {
                Some("this machine has no time zone database; install the package `tzdata`".to_owned())
            }
            Self::NotAvailable { instead, .. } | Self::Refused { instead, .. } => Some((*instead).to_owned()),
            Self::WrongType { allowed: Allowed::Whole { .. } | Allowed::Number { .. }, came: "string", .. } => {
                Some("numbers are written without quotes".to_owned())
            }
            _ => None,
        }
    }
}

/// Writes parameter, owner, what is allowed and what came.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = &self.place().key;
        match self {
            Self::UnknownKey { place, known, .. } => {
                write!(f, "`{key}` is not a known key; {} knows {}", place.owner(), Listed(known))
            }
            Self::NotAvailable { what, .. } => write!(f, "`{key}` cannot be used: {what} is not available yet"),
            Self::Missing { meaning, allowed, .. } => {
                write!(f, "`{key}` is missing ({}); it must be {allowed}", lower_first(meaning))
            }
            Self::WrongType { allowed, came, written, .. } => {
                write!(f, "`{key}` must be {allowed}; came the {came} `{written}`")
            }
            Self::WholeOutside { allowed, came, .. } => write!(f, "`{key}` must be {allowed}; came {came}"),
            Self::NumberOutside { allowed, came, .. } => write!(f, "`{key}` must be {allowed}; came {came:?}"),
            Self::Unsuitable { allowed, came, .. } | Self::Unknown { allowed, came, .. } if came.is_empty() => {
                write!(f, "`{key}` must be {allowed}; came nothing")
            }
            Self::Unsuitable { allowed, came, .. } | Self::Unknown { allowed, came, .. } => {
                write!(f, "`{key}` must be {allowed}; came `{came}`")
            }
            Self::Refused { why, .. } => write!(f, "`{key}` cannot be used: {why}"),
            Self::RepeatedDay { allowed, came, .. } => write!(f, "`{key}` must be {allowed}; came `{came}` twice"),
        }
    }
}

/// The sentence with a small first letter, unless its first word is an abbreviation.
pub(super) fn lower_first(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => sentence.to_owned(),
    }
}

/// How many entries are wrong.
struct Count(usize, &'static str);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = if self.0 == 1 { "entry" } else { "entries" };
        write!(f, "{} {entries} of the {} cannot be used", self.0, self.1)
    }
}

/// The violations, one a line, each with its hint on the line below.
struct Lines<'a>(&'a [Violation]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for violation in self.0 {
            f.write_str("\n  ")?;
            if let Some(line) = violation.place().line {
                write!(f, "line {line}: ")?;
            }
            write!(f, "{violation}")?;
            if let Some(hint) = violation.hint() {
                write!(f, "\n    hint: {hint}")?;
            }
        }
        Ok(())
    }
}

/// Whether no zone can be known because the machine has no database of them.
pub(super) fn no_zones_installed() -> bool {
    jiff::tz::db().is_definitively_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Failure;

    fn place(key: &str, line: Option<usize>) -> Place {
        Place { key: key.to_owned(), line }
    }

    #[test]
    fn every_violation_has_its_line_and_its_hint() {
        let error = ConfigError::Violations {
            file: "shop/retain.toml".into(),
            violations: vec![
                Violation::UnknownKey {
                    place: place("churn.gap_day", Some(7)),
                    known: vec!["horizon_days", "gap_days"],
                    nearest: Some("churn.gap_days".to_owned()),
                },
                Violation::Missing {
                    place: place("currency", None),
                    meaning: "The one currency of all amounts",
                    allowed: Allowed::Currency,
                },
            ],
        };
        assert_eq!(error.exit(), Exit::BadUsage);
        assert_eq!(
            Failure::from(error).to_string(),
            "error[E102]: 2 entries of the config cannot be used\n  in `shop/retain.toml`\n  \
             line 7: `churn.gap_day` is not a known key; `[churn]` knows `horizon_days`, `gap_days`\n    \
             hint: the nearest known key is `churn.gap_days`\n  \
             `currency` is missing (the one currency of all amounts); it must be a three-letter code of ISO 4217 \
             such as `EUR`\n\
             hint: `retain init` drafts a config that explains every key with its default and range"
        );
    }

    #[test]
    fn a_table_that_is_not_mapped_says_what_to_add() {
        let error = ConfigError::TableNotMapped { table: Table::Complaints };
        assert_eq!(error.code(), "E103");
        assert_eq!(error.to_string(), "files were given for `complaints`, but the config has no `[complaints]`");
        assert_eq!(error.hint().as_deref(), Some("add `[complaints]` with `path` and `[complaints.columns]`"));
    }

    #[test]
    fn sentences_join_without_losing_abbreviations() {
        assert_eq!(lower_first("Seed of everything"), "seed of everything");
        assert_eq!(lower_first("AUC above which"), "AUC above which");
        assert_eq!(lower_first(""), "");
    }
}
