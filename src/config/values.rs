//! The checks of single values by type. Each takes the section, the key and what came, and either returns the checked
//! value (or its default) or reports a violation and returns `None`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::IntoDeserializer;

use super::allowed::{Allowed, TIME_WORDS};
use super::catalogue::{Key, Preset};
use super::error::{Place, Violation};
use super::keys::{join, nearest};
use super::raw_day::RawDay;
use super::raw_tables::TimeFormats;
use super::tables::Table;
use super::{currencies, knobs};
use crate::units::{Currency, Days};

/// Longest name of a shop in characters; folders and files get it as a part of their names.
const MAX_NAME: usize = 100;

/// Collects violations. A function that returns `None` has reported why, or the key is optional and not written.
pub(super) struct Check<'a> {
    pub(super) folder: &'a Path,
    pub(super) lines: &'a BTreeMap<String, usize>,
    pub(super) violations: Vec<Violation>,
}

impl Check<'_> {
    pub(super) fn name(&mut self, came: Option<&str>) -> Option<String> {
        self.as_name("", &knobs::NAME, came)
    }

    /// A text that can be the name of a folder.
    pub(super) fn as_name(&mut self, section: &str, key: &Key, came: Option<&str>) -> Option<String> {
        let name = self.written(section, key, came)?;
        let fits = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        if name.is_empty() || name.len() > MAX_NAME || name.starts_with('.') || !fits(name) {
            return self.unsuitable(section, key, name);
        }
        Some(name.to_owned())
    }

    pub(super) fn currency(&mut self, section: &str, key: &Key, came: Option<&str>) -> Option<Currency> {
        let code = self.written(section, key, came)?;
        let known = Currency::from_code(code).filter(|_| currencies::CODES.contains(&code));
        if known.is_none() {
            let nearest = nearest(code, currencies::CODES.iter().copied()).map(str::to_owned);
            self.unknown(section, key, code, nearest);
        }
        known
    }

    pub(super) fn timezone(&mut self, came: Option<&str>) -> Option<TimeZone> {
        let name = self.written("", &knobs::TIMEZONE, came)?;
        let zone = TimeZone::get(name).ok();
        if zone.is_none() {
            let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
            let nearest = nearest(name, names.iter().map(String::as_str)).map(str::to_owned);
            self.unknown("", &knobs::TIMEZONE, name, nearest);
        }
        zone
    }

    pub(super) fn whole(&mut self, section: &str, key: &Key, came: Option<i64>) -> Option<i64> {
        let Some(value) = came else {
            return if let Preset::Whole(value) = key.preset { Some(value) } else { self.absent(section, key) };
        };
        let fits = key.allowed.has_whole(value);
        if !fits {
            let place = self.place(section, key.name);
            self.violations.push(Violation::WholeOutside { place, allowed: key.allowed, came: value });
        }
        fits.then_some(value)
    }

    pub(super) fn count(&mut self, section: &str, key: &Key, came: Option<i64>) -> Option<u32> {
        self.whole(section, key, came).and_then(|value| u32::try_from(value).ok())
    }

    pub(super) fn days(&mut self, section: &str, key: &Key, came: Option<i64>) -> Option<Days> {
        self.count(section, key, came).map(Days)
    }

    pub(super) fn number(&mut self, section: &str, key: &Key, came: Option<f64>) -> Option<f64> {
        let Some(value) = came else {
            return if let Preset::Number(value) = key.preset { Some(value) } else { self.absent(section, key) };
        };
        let fits = key.allowed.holds_number(value);
        if !fits {
            let place = self.place(section, key.name);
            self.violations.push(Violation::NumberOutside { place, allowed: key.allowed, came: value });
        }
        fits.then_some(value)
    }

    /// The text or its default.
    pub(super) fn written<'t>(&mut self, section: &str, key: &Key, came: Option<&'t str>) -> Option<&'t str> {
        match (came, key.preset) {
            (Some(text), _) | (None, Preset::Text(text)) => Some(text),
            (None, _) => self.absent(section, key),
        }
    }

    /// A text that is not empty; a format of times also has a `%`.
    pub(super) fn text(&mut self, section: &str, key: &Key, came: Option<&str>) -> Option<String> {
        let text = self.written(section, key, came)?;
        if text.trim().is_empty() {
            return self.unsuitable(section, key, text);
        }
        Some(text.to_owned())
    }

    /// Formats of times: words that are known, or texts with a `%`.
    pub(super) fn time_formats(&mut self, table: Table, came: Option<&TimeFormats>) -> Option<TimeFormats> {
        let (section, key) = (table.name(), knobs::time_format(table));
        let is_format = |format: &str| format.contains('%') || TIME_WORDS.contains(&format);
        let (place, wrong, allowed) = match came? {
            TimeFormats::All(format) => {
                (self.place(section, key.name), Some(format).filter(|format| !is_format(format)), key.allowed)
            }
            TimeFormats::Each(formats) => {
                let wrong = formats.iter().find(|(_, format)| !is_format(format));
                let section = join(section, key.name);
                let place = self.place(&section, wrong.map_or("", |(column, _)| column));
                (place, wrong.map(|(_, format)| format), Allowed::TimeFormat)
            }
        };
        let Some(wrong) = wrong else { return came.cloned() };
        let (came, nearest) = (wrong.clone(), nearest(wrong, TIME_WORDS.iter().copied()).map(str::to_owned));
        self.violations.push(Violation::Unknown { place, allowed, came, nearest });
        None
    }

    pub(super) fn folder(&mut self, section: &str, key: &Key, came: Option<&str>) -> Option<PathBuf> {
        self.text(section, key, came).map(|text| self.folder.join(text))
    }

    pub(super) fn word<'de, T: Deserialize<'de>>(&mut self, section: &str, key: &Key, came: Option<&str>) -> Option<T> {
        let word = self.written(section, key, came)?.to_owned();
        let deserializer: serde::de::value::StringDeserializer<serde::de::value::Error> =
            word.clone().into_deserializer();
        let known = T::deserialize(deserializer).ok();
        if known.is_none() {
            let words = if let Allowed::Word(words) = key.allowed { words } else { &[] };
            let nearest = nearest(&word, words.iter().copied()).map(str::to_owned);
            self.unknown(section, key, &word, nearest);
        }
        known
    }

    pub(super) fn day(&mut self, section: &str, key: &Key, came: &RawDay) -> Option<Date> {
        let day = came.day();
        if day.is_none() {
            let place = self.place(section, key.name);
            self.violations.push(Violation::Unsuitable { place, allowed: Allowed::Day, came: came.to_string() });
        }
        day
    }

    /// Reports a required key that is not written.
    pub(super) fn absent<T>(&mut self, section: &str, key: &Key) -> Option<T> {
        if key.preset == Preset::Required {
            self.missing(section, key.name, key.meaning, key.allowed);
        }
        None
    }

    pub(super) fn missing(&mut self, section: &str, name: &str, meaning: &'static str, allowed: Allowed) {
        let place = self.place(section, name);
        if !self.reported(&place.key) && !self.reported(section) {
            self.violations.push(Violation::Missing { place, meaning, allowed });
        }
    }

    pub(super) fn unsuitable<T>(&mut self, section: &str, key: &Key, came: &str) -> Option<T> {
        let place = self.place(section, key.name);
        self.violations.push(Violation::Unsuitable { place, allowed: key.allowed, came: came.to_owned() });
        None
    }

    pub(super) fn unknown(&mut self, section: &str, key: &Key, came: &str, nearest: Option<String>) {
        let place = self.place(section, key.name);
        self.violations.push(Violation::Unknown { place, allowed: key.allowed, came: came.to_owned(), nearest });
    }

    pub(super) fn reported(&self, key: &str) -> bool {
        self.violations.iter().any(|violation| violation.place().key == key)
    }

    /// The place of a key: its own line, or that of its section if the key is not written.
    pub(super) fn place(&self, section: &str, name: &str) -> Place {
        let key = join(section, name);
        let line = self.lines.get(&key).or_else(|| self.lines.get(section)).copied();
        Place { key, line }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::table_settings::Duplicates;

    fn check<T>(run: impl FnOnce(&mut Check<'_>) -> Option<T>) -> (Option<T>, Vec<Violation>) {
        let lines = BTreeMap::from([("churn".to_owned(), 3), ("churn.gap_days".to_owned(), 4)]);
        let mut check = Check { folder: Path::new("shop"), lines: &lines, violations: Vec::new() };
        let value = run(&mut check);
        (value, check.violations)
    }

    fn hint<T>(run: impl FnOnce(&mut Check<'_>) -> Option<T>) -> Option<String> {
        check(run).1.first().and_then(Violation::hint)
    }

    #[test]
    fn both_ends_of_a_range_are_allowed_and_their_neighbours_are_not() {
        for (came, fits) in [(-1, false), (0, true), (365, true), (366, false), (i64::MAX, false)] {
            let (value, violations) = check(|check| check.days("churn", &knobs::GAP_DAYS, Some(came)));
            assert_eq!((value.is_some(), violations.is_empty()), (fits, fits), "{came}");
        }
        for (came, fits) in [(0.0, false), (0.001, true), (1.0, true), (1.001, false), (f64::NAN, false)] {
            let (value, violations) = check(|check| check.number("value", &knobs::MARGIN_SHARE, Some(came)));
            assert_eq!((value.is_some(), violations.is_empty()), (fits, fits), "{came}");
        }
    }

    #[test]
    fn a_place_is_the_line_of_the_key_or_of_its_section() {
        let line =
            |key: &Key, came| check(|check| check.whole("churn", key, came)).1.first().and_then(|v| v.place().line);
        assert_eq!(line(&knobs::GAP_DAYS, Some(-1)), Some(4));
        assert_eq!(line(&knobs::HORIZON_DAYS, None), Some(3));
    }

    #[test]
    fn names_can_be_folders() {
        for (name, fits) in [
            ("shop", true),
            ("a.b_c-1", true),
            (".hidden", false),
            ("..", false),
            ("a/b", false),
            ("", false),
            ("caf\u{e9}", false),
            (&"x".repeat(100), true),
            (&"x".repeat(101), false),
        ] {
            assert_eq!(check(|check| check.name(Some(name))).0.is_some(), fits, "{name}");
        }
    }

    #[test]
    fn currencies_zones_and_words_name_the_nearest() {
        assert_eq!(check(|check| check.currency("", &knobs::CURRENCY, Some("JPY"))).0.map(|c| c.decimals()), Some(0));
        assert_eq!(
            hint(|check| check.currency("", &knobs::CURRENCY, Some("eur"))).as_deref(),
            Some("the nearest known is `EUR`")
        );
        assert_eq!(hint(|check| check.currency("", &knobs::CURRENCY, Some(""))), None);
        let hint_of = |zone| hint(|check| check.timezone(Some(zone)));
        assert_eq!(hint_of("Europe/Londn").as_deref(), Some("the nearest known is `Europe/London`"));
        assert_eq!(check(|check| check.timezone(None)).0, Some(TimeZone::UTC));
        let (word, violations) = check(|check| check.word::<Duplicates>("purchases", &knobs::DUPLICATES, Some("dorp")));
        assert_eq!(word, None);
        assert_eq!(
            violations[0].to_string(),
            "`purchases.duplicates` must be one of `overlap`, `latest`, `drop`, `keep`, `refuse`; came `dorp`"
        );
        assert_eq!(violations[0].hint().as_deref(), Some("the nearest known is `drop`"));
    }

    #[test]
    fn every_word_of_the_catalogue_is_understood() {
        let understood = |key: &Key| {
            let Allowed::Word(words) = key.allowed else { panic!("{}", key.name) };
            words.iter().all(|word| match key.name {
                "duplicates" => check(|check| check.word::<Duplicates>("", key, Some(word))).0.is_some(),
                "table" => check(|check| check.word::<crate::config::CustomTable>("", key, Some(word))).0.is_some(),
                "aggregate" => check(|check| check.word::<crate::config::Aggregate>("", key, Some(word))).0.is_some(),
                "unit" => check(|check| check.word::<crate::config::CustomUnit>("", key, Some(word))).0.is_some(),
                "readable" => {
                    check(|check| check.word::<crate::config::ReadableModel>("", key, Some(word))).0.is_some()
                }
                "unstable" => check(|check| check.word::<crate::config::Unstable>("", key, Some(word))).0.is_some(),
                "silent_opt_outs" => {
                    check(|check| check.word::<crate::config::SilentOptOuts>("", key, Some(word))).0.is_some()
                }
                "weights" => check(|check| check.word::<crate::config::PanelWeights>("", key, Some(word))).0.is_some(),
                "min_grade" => check(|check| check.word::<crate::config::LowestGrade>("", key, Some(word))).0.is_some(),
                "decimal" => check(|check| check.word::<crate::config::DecimalMark>("", key, Some(word))).0.is_some(),
                "thousands" => {
                    check(|check| check.word::<crate::config::ThousandsMark>("", key, Some(word))).0.is_some()
                }
                "amount_is" => check(|check| check.word::<crate::config::AmountIs>("", key, Some(word))).0.is_some(),
                "examples" => check(|check| check.word::<crate::config::Examples>("", key, Some(word))).0.is_some(),
                "discount_is" => {
                    check(|check| check.word::<crate::config::DiscountIs>("", key, Some(word))).0.is_some()
                }
                _ => check(|check| check.word::<crate::config::NegativeAmounts>("", key, Some(word))).0.is_some(),
            })
        };
        for key in [
            &knobs::DUPLICATES,
            &knobs::NEGATIVE_AMOUNTS,
            &knobs::MIN_GRADE,
            &knobs::UNSTABLE,
            &knobs::SILENT_OPT_OUTS,
            &knobs::READABLE,
            &knobs::WEIGHTS,
            &knobs::DECIMAL,
            &knobs::THOUSANDS,
            &knobs::AMOUNT_IS,
            &knobs::DISCOUNT_IS,
            &knobs::EXAMPLES,
        ] {
            assert!(understood(key), "{}", key.name);
        }
        for key in [&knobs::CUSTOM_TABLE, &knobs::AGGREGATE, &knobs::UNIT] {
            assert!(understood(key), "{}", key.name);
        }
    }

    #[test]
    fn formats_have_a_percent_sign() {
        let format = |came: &str| {
            let came = TimeFormats::All(came.to_owned());
            check(|check| check.time_formats(Table::Purchases, Some(&came))).0
        };
        assert_eq!(format("%d/%m/%Y").unwrap().of("purchased_at"), Some("%d/%m/%Y"));
        assert_eq!(format("day_first").unwrap().of("purchased_at"), Some("day_first"));
        assert_eq!(format("dd/mm/yyyy"), None);
    }
}
