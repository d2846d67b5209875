//! Compares the file with the catalogue before anything is converted: unknown keys at any depth, values of another
//! type, and the line of every key. What does not fit is taken out, so that the rest can still be checked.

use std::collections::BTreeMap;
use std::path::Path;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::allowed::{Allowed, RATE, SHARE};
use super::catalogue::{Section, section_at};
use super::error::{ConfigError, Place, Violation};
use super::raw::RawConfig;
use super::sections::SECTIONS;
use super::tables::{ColumnSpec, Kind, Table};

/// Longest piece of a value that a message repeats, in characters.
const MAX_SHOWN: usize = 60;

/// What is planned: section, key, what it stands for, what to do meanwhile. Nothing at present.
const NOT_AVAILABLE: &[(&str, &str, &str, &str)] = &[];

/// The file as far as it fits the catalogue.
pub(super) struct Written<T> {
    /// The values.
    pub(super) raw: T,
    /// The line of every key by its full dotted path.
    pub(super) lines: BTreeMap<String, usize>,
    /// What did not fit.
    pub(super) violations: Vec<Violation>,
}

/// Reads the text of a config file.
pub(super) fn read(text: &str, file: &Path) -> Result<Written<RawConfig>, ConfigError> {
    read_as(text, file, SECTIONS)
}

/// Reads the text of a file with these sections.
pub(super) fn read_as<T: DeserializeOwned>(
    text: &str,
    file: &Path,
    sections: &'static [Section],
) -> Result<Written<T>, ConfigError> {
    let not_toml = |error: toml::de::Error| {
        let (line, column) = error.span().map_or((1, 1), |span| position(text, span.start));
        ConfigError::NotToml { file: file.to_owned(), line, column, message: error.message().to_owned() }
    };
    let mut document = DeTable::parse(text).map_err(not_toml)?;
    let mut walk = Walk { text, sections, lines: BTreeMap::new(), violations: Vec::new() };
    walk.table("", document.get_mut());
    let raw = T::deserialize(toml::Deserializer::from(document)).map_err(not_toml)?;
    Ok(Written { raw, lines: walk.lines, violations: walk.violations })
}

/// The candidate that a reader may have meant: few letters apart, or one is a part of the other and no second one is.
pub(super) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let length = name.chars().count();
    let most_apart = (1 + length / 4).min(3);
    let mut parts = Vec::new();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let lowered = candidate.to_lowercase();
        // Names that differ more in length are farther apart, and the distance takes time with their lengths.
        let is_as_long = lowered.chars().count().abs_diff(length) <= most_apart;
        let apart = if is_as_long { strsim::damerau_levenshtein(&name, &lowered) } else { usize::MAX };
        if apart <= most_apart && best.is_none_or(|(least, _)| apart < least) {
            best = Some((apart, candidate));
        }
        let shorter = name.len().min(lowered.len());
        if shorter >= 4 && (lowered.contains(&name) || name.contains(&lowered)) {
            parts.push(candidate);
        }
    }
    best.map(|(_, candidate)| candidate).or(if parts.len() == 1 { parts.pop() } else { None })
}

/// The name of the section that has the keys of every rate.
const RATE_SECTION: &str = "rate";

/// The section whose keys a table of the file has: its own, or that of rates.
fn home(sections: &'static [Section], path: &str) -> Option<&'static Section> {
    let is_rate = |(parent, name): (&str, &str)| {
        section_at(sections, parent)?.keys.iter().find(|key| key.name == name && key.allowed == Allowed::Rate)
    };
    match path.rsplit_once('.').and_then(is_rate) {
        Some(_) => section_at(sections, RATE_SECTION),
        None => section_at(sections, path),
    }
}

/// The keys known in a table of the file and what they accept.
fn known_under(sections: &'static [Section], path: &str) -> Vec<(&'static str, Allowed)> {
    let keys = home(sections, path).into_iter().flat_map(|section| section.keys).map(|key| (key.name, key.allowed));
    let all = sections;
    let is_top = |section: &&Section| path.is_empty() && !section.name.is_empty() && section.name != RATE_SECTION;
    let sections = all.iter().filter(is_top);
    let nested = |section: &Section| {
        let name = section.name.strip_prefix(path).and_then(|rest| rest.strip_prefix('.'));
        let allowed = if section.is_list { Allowed::Entries(section.name) } else { Allowed::Section };
        name.filter(|name| !name.contains('.') && !section.is_named).map(|name| (name, allowed))
    };
    let of_table = |key: &str| section_at(all, path.strip_suffix(key)?)?.table;
    let columns = of_table(".columns");
    let is_time = |column: &&ColumnSpec| column.kind == Kind::Time;
    let times = of_table(".time_format").into_iter().flat_map(Table::columns).filter(is_time);
    keys.chain(sections.map(|section| (section.first(), Allowed::Section)))
        .chain(all.iter().filter_map(nested))
        .chain(columns.into_iter().flat_map(Table::columns).map(|column| (column.name, Allowed::Source)))
        .chain(times.map(|column| (column.name, Allowed::TimeFormat)))
        .collect()
}

/// The full dotted path under which `name` is known elsewhere: in the mapping of the same table, or in any section.
fn elsewhere(sections: &'static [Section], path: &str, name: &str) -> Option<String> {
    let mapping = join(path, "columns");
    if known_under(sections, &mapping).iter().any(|(known, _)| *known == name) {
        return Some(join(&mapping, name));
    }
    let has =
        |section: &&Section| !section.is_list && !section.is_named && section.keys.iter().any(|key| key.name == name);
    let home = sections.iter().find(has).filter(|home| home.name != RATE_SECTION)?;
    (!path.ends_with(".columns")).then(|| join(home.name, name))
}

/// The full dotted path of a name in a section.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Line and column, both from 1, the column in characters.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.get(line_start..).map_or(0, |piece| piece.chars().count());
    (before.matches('\n').count() + 1, column + 1)
}

struct Walk<'t> {
    text: &'t str,
    sections: &'static [Section],
    lines: BTreeMap<String, usize>,
    violations: Vec<Violation>,
}

impl Walk<'_> {
    /// Keeps what fits of a table and notes the rest.
    fn table(&mut self, path: &str, table: &mut DeTable<'_>) {
        let known = known_under(self.sections, path);
        for (key, mut value) in std::mem::take(table) {
            let name = key.get_ref().as_ref();
            let dotted = join(path, name);
            let (line, _) = position(self.text, key.span().start);
            self.lines.insert(dotted.clone(), line);
            let place = Place { key: dotted, line: Some(line) };
            match known.iter().find(|(known, _)| *known == name) {
                Some((_, allowed)) if self.fits(place.clone(), *allowed, &mut value) => {
                    table.insert(key, value);
                }
                Some(_) => {}
                None => self.violations.push(unknown(self.sections, place, (path, name), &known)),
            }
        }
    }

    /// Keeps what fits of each of the tables that have names of the shop's own.
    fn named(&mut self, path: &str, table: &mut DeTable<'_>) {
        for (key, mut value) in std::mem::take(table) {
            let (line, _) = position(self.text, key.span().start);
            let place = Place { key: join(path, key.get_ref()), line: Some(line) };
            self.lines.insert(place.key.clone(), line);
            if self.fits(place, Allowed::Section, &mut value) {
                table.insert(key, value);
            }
        }
    }

    /// Keeps the numbers of a table whose keys are the shop's own words.
    fn shares(&mut self, path: &str, allowed: Allowed, table: &mut DeTable<'_>) {
        for (key, value) in std::mem::take(table) {
            let (line, _) = position(self.text, key.span().start);
            let place = Place { key: join(path, key.get_ref()), line: Some(line) };
            self.lines.insert(place.key.clone(), line);
            if has_type(allowed, value.get_ref()) {
                table.insert(key, value);
            } else {
                let came = value.get_ref().type_str();
                let written = shortened(self.text.get(value.span()).unwrap_or_default());
                self.violations.push(Violation::WrongType { place, allowed, came, written });
            }
        }
    }

    /// Whether the value has the type of its key; tables are walked.
    fn fits(&mut self, place: Place, allowed: Allowed, value: &mut Spanned<DeValue<'_>>) -> bool {
        if let (
            Allowed::Section | Allowed::Rate | Allowed::Columns(_) | Allowed::TimeFormats(_),
            DeValue::Table(inner),
        ) = (allowed, value.get_mut())
        {
            self.table(&place.key, inner);
            return true;
        }
        if let (Allowed::Entries(_), DeValue::Array(items)) = (allowed, value.get_mut())
            && items.iter().all(|item| item.get_ref().is_table())
        {
            self.entries(&place.key, items);
            return true;
        }
        if let (Allowed::Named | Allowed::Channels, DeValue::Table(inner)) = (allowed, value.get_mut()) {
            self.named(&place.key, inner);
            return true;
        }
        if let (Allowed::Shares | Allowed::Rates, DeValue::Table(inner)) = (allowed, value.get_mut()) {
            self.shares(&place.key, if allowed == Allowed::Rates { RATE } else { SHARE }, inner);
            return true;
        }
        let fits = has_type(allowed, value.get_ref());
        if !fits {
            let came = value.get_ref().type_str();
            let written = self.text.get(value.span()).unwrap_or_default();
            self.violations.push(Violation::WrongType { place, allowed, came, written: shortened(written) });
        }
        fits
    }

    /// Keeps what fits of each table of a list.
    fn entries(&mut self, path: &str, items: &mut [Spanned<DeValue<'_>>]) {
        let name = |item: &Spanned<DeValue<'_>>| {
            let table = item.get_ref().as_table()?;
            Some(table.get("name")?.get_ref().as_str()?.to_owned())
        };
        let names: Vec<Option<String>> = items.iter().map(name).collect();
        for (item, label) in items.iter_mut().zip(labels(names.iter().map(Option::as_deref))) {
            let entry = join(path, &label);
            let (line, _) = position(self.text, item.span().start);
            self.lines.insert(entry.clone(), line);
            if let DeValue::Table(inner) = item.get_mut() {
                self.table(&entry, inner);
            }
        }
    }
}

fn unknown(
    sections: &'static [Section],
    place: Place,
    (path, name): (&str, &str),
    known: &[(&'static str, Allowed)],
) -> Violation {
    let planned = NOT_AVAILABLE.iter().find(|(home, key, ..)| *key == name && *home == path);
    if let Some((_, _, what, instead)) = planned {
        return Violation::NotAvailable { place, what, instead };
    }
    let mut names: Vec<&'static str> = Vec::new();
    for (name, _) in known {
        if !names.contains(name) {
            names.push(name);
        }
    }
    let known = names;
    let nearest =
        elsewhere(sections, path, name).or_else(|| nearest(name, known.iter().copied()).map(|near| join(path, near)));
    Violation::UnknownKey { place, known, nearest }
}

fn has_type(allowed: Allowed, value: &DeValue<'_>) -> bool {
    match value {
        DeValue::Integer(integer) => {
            let is_number = matches!(allowed, Allowed::Whole { .. } | Allowed::Number { .. });
            is_number && i64::from_str_radix(integer.as_str(), integer.radix()).is_ok()
        }
        DeValue::Float(_) => matches!(allowed, Allowed::Number { .. }),
        DeValue::Datetime(_) => allowed == Allowed::Day,
        DeValue::Boolean(_) => allowed == Allowed::Flag,
        DeValue::String(_) => matches!(
            allowed,
            Allowed::Word(_)
                | Allowed::Name
                | Allowed::Currency
                | Allowed::Timezone
                | Allowed::TimeFormat
                | Allowed::Encoding
                | Allowed::Delimiter
                | Allowed::Quote
                | Allowed::Sheet
                | Allowed::TimeFormats(_)
                | Allowed::Condition
                | Allowed::Source
                | Allowed::FeatureName
                | Allowed::Sentence
                | Allowed::Folder
                | Allowed::File
                | Allowed::Text
                | Allowed::Query
                | Allowed::Variable
                | Allowed::Paths
                | Allowed::Day
        ),
        DeValue::Array(items) => match allowed {
            Allowed::Days => items.iter().all(|item| has_type(Allowed::Day, item.get_ref())),
            Allowed::Paths
            | Allowed::Sheet
            | Allowed::Names(_)
            | Allowed::ColumnNames
            | Allowed::Words(_)
            | Allowed::Conditions => items.iter().all(|item| item.get_ref().is_str()),
            _ => false,
        },
        DeValue::Table(table) => {
            allowed == Allowed::ColumnNames && table.values().all(|value| value.get_ref().is_str())
        }
    }
}

/// The value on one line and not too long.
fn shortened(written: &str) -> String {
    let one_line = written.split_whitespace().collect::<Vec<_>>().join(" ");
    match one_line.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}...", one_line.get(..end).unwrap_or_default()),
        None => one_line,
    }
}

/// Longest name of a feature, in characters.
const MAX_NAME: usize = 60;

/// What each feature is called in the paths of its keys: its name, or its place from 1 if it has none that can be reported
/// from the others.
pub(super) fn labels<'n>(names: impl IntoIterator<Item = Option<&'n str>>) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    for name in names {
        let place = (labels.len() + 1).to_string();
        let label = name.filter(|name| is_name(name) && !labels.iter().any(|known| known == name));
        labels.push(label.map_or(place, str::to_owned));
    }
    labels
}

pub(super) fn is_name(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    name.len() <= MAX_NAME && name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(text: &str) -> Vec<String> {
        let written = read(text, Path::new("retain.toml")).ok().unwrap();
        written.violations.iter().map(|violation| format!("{}: {violation}", violation.place().line.unwrap())).collect()
    }

    fn hint(text: &str) -> Option<String> {
        read(text, Path::new("retain.toml")).ok().unwrap().violations[0].hint()
    }

    #[test]
    fn unknown_keys_are_found_at_any_depth() {
        let text = "nam = 'x'\n[prchases]\npath = 'a'\n[complaints.columns]\nopend_at = 'when'\n[churn]\ngap_day = 1\n";
        let found = violations(text);
        assert_eq!(found.len(), 4);
        assert!(
            found[0].starts_with("7: `churn.gap_day` is not a known key; `[churn]` knows `horizon_days`"),
            "{found:?}"
        );
        assert!(found[1].starts_with("5: `complaints.columns.opend_at` is not a known key"), "{found:?}");
        assert!(found[2].starts_with("1: `nam` is not a known key; the top of the file knows `name`"), "{found:?}");
        assert!(found[3].starts_with("2: `prchases` is not a known key"), "{found:?}");
    }

    #[test]
    fn the_nearest_known_key_is_named_only_if_near_enough() {
        let near = |key: &str| format!("the nearest known key is `{key}`");
        assert_eq!(hint("nam = 'x'"), Some(near("name")));
        assert_eq!(hint("[churn]\nhorizon = 90"), Some(near("churn.horizon_days")));
        assert_eq!(hint("[customers.columns]\nCustomer_ID = 'x'"), Some(near("customers.columns.customer_id")));
        assert_eq!(hint("[churn]\nweather = 90"), None);
    }

    #[test]
    fn a_key_in_the_wrong_section_is_reported_its_own() {
        let near = |key: &str| Some(format!("the nearest known key is `{key}`"));
        assert_eq!(hint("horizon_days = 90"), near("churn.horizon_days"));
        assert_eq!(hint("[churn]\nseed = 1"), near("seed"));
        assert_eq!(hint("[purchases]\namount = 'Price'"), near("purchases.columns.amount"));
        assert_eq!(hint("[complaints]\nnegative_amounts = 'return'"), near("purchases.negative_amounts"));
    }

    #[test]
    fn values_of_another_type_are_shown_as_written_and_do_not_hide_the_rest() {
        let text = "currency = 'EUR'\n[churn]\nhorizon_days = \"90\"\ngap_days = 99999999999999999999\n[purchases]\npath = ['a', 1]";
        let written = read(text, Path::new("retain.toml")).ok().unwrap();
        assert_eq!(written.raw.currency.as_deref(), Some("EUR"));
        let found: Vec<_> = written.violations.iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 3);
        assert!(found[0].ends_with("from 0 to 365; came the integer `99999999999999999999`"), "{found:?}");
        assert!(found[1].ends_with("from 1 to 1825; came the string `\"90\"`"), "{found:?}");
        assert!(found[2].ends_with("came the array `['a', 1]`"), "{found:?}");
    }

    #[test]
    fn a_file_that_is_not_toml_says_where() {
        let error = read("name = 'x'\ncurrency = € EUR\n", Path::new("shop/retain.toml")).err().unwrap();
        let ConfigError::NotToml { line, column, .. } = &error else { panic!("{error}") };
        assert_eq!((*line, *column), (2, 12));
        assert!(error.to_string().ends_with("\n  in `shop/retain.toml`, line 2, column 12"), "{error}");
    }
}
