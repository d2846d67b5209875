//! What must not decide who is contacted: columns that are sensitive by their name or because the config says so. No feature reads
//! them; a backtest may be held against them.
//!
//! # Source
//! Regulation (EU) 2016/679, article 9; Charter of Fundamental Rights of the European Union, article 21: the attributes.

use super::allowed::Allowed;
use super::catalogue::Key;
use super::error::Violation;
use super::knobs;
use super::name_words::names;
use super::raw::{RawConfig, RawCustomFeature, RawPrivacy};
use super::settings::{Examples, LeftOut, PrivacyConfig};
use super::table_settings::TableConfig;
use super::tables::Table;
use super::values::Check;

/// Columns of ours that features of customers are made of.
const READ_BY_FEATURES: [&str; 3] = ["birth_date", "region", "acquisition_channel"];

/// Attributes and the names of their columns in several languages: letters alone, without accents.
#[rustfmt::skip]
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("gender", &["gender", "sex", "geschlecht", "sexe", "genre", "genero", "sexo", "sesso", "genere", "geslacht", "kon", "kjonn",
        "plec", "salutation", "anrede"]),
    ("age", &["age", "birth", "birthday", "dateofbirth", "dob", "born", "yearofbirth", "alter", "geburtstag",
        "geburtsdatum", "geburtsjahr", "edad", "fechanacimiento", "fechadenacimiento", "datenaissance", "datedenaissance",
        "anneenaissance", "eta", "datanascita", "datadinascita", "idade", "datanascimento", "datadenascimento", "leeftijd",
        "geboortedatum", "geboortejaar", "alder", "wiek", "dataurodzenia"]),
    ("ethnic origin", &["ethnicity", "ethnic", "ethnicorigin", "race", "ethnie", "etnia", "etniciteit", "herkunft", "hautfarbe",
        "skincolor", "skincolour"]),
    ("nationality", &["nationality", "citizenship", "nationalitat", "staatsangehorigkeit", "nationalite", "nacionalidad",
        "nazionalita", "cittadinanza", "nacionalidade", "nationaliteit", "narodowosc", "countryofbirth", "birthplace",
        "placeofbirth", "geburtsort"]),
    ("religion", &["religion", "religious", "faith", "konfession", "religione", "religiao", "religie", "wyznanie"]),
    ("health", &["health", "disability", "disabled", "diagnosis", "pregnant", "pregnancy", "gesundheit", "behinderung",
        "schwerbehindert", "sante", "handicap", "salud", "discapacidad", "salute", "disabilita", "saude", "gezondheid",
        "handicapped"]),
    ("sexual orientation", &["sexualorientation", "orientation", "sexuelleorientierung"]),
    ("political opinion", &["politicalopinion", "politicalparty", "partei", "tradeunion", "unionmember", "gewerkschaft"]),
    ("family status", &["maritalstatus", "marital", "civilstatus", "familienstand", "etatcivil", "estadocivil", "statocivile",
        "burgerlijkestaat"]),
];

/// What names of such columns begin and end with.
const BEFORE: [&str; 8] = ["customer", "client", "user", "member", "kunden", "kunde", "person", "contact"];
const BEHIND: [&str; 10] = ["group", "band", "class", "code", "years", "year", "date", "status", "text", "flag"];

impl Check<'_> {
    /// Takes mappings of sensitive columns out of `customers`.
    pub(super) fn privacy(&mut self, raw: &RawConfig, customers: Option<&mut TableConfig>) -> Option<PrivacyConfig> {
        let sensitive = self.privacy_names(&knobs::SENSITIVE, &raw.privacy.sensitive);
        let allow = self.privacy_names(&knobs::ALLOW, &raw.privacy.allow);
        let (examples, salt_env) = self.examples(&raw.privacy);
        let (sensitive, allow, examples) = (sensitive?, allow?, examples?);
        let Some(customers) = customers else {
            if !sensitive.is_empty() && raw.customers.is_none() {
                let meaning = "Facts about customers, of which `privacy.sensitive` names columns";
                self.missing("", Table::Customers.name(), meaning, Allowed::Section);
            }
            return Some(PrivacyConfig { sensitive, allow, left_out: Vec::new(), examples, salt_env });
        };
        let attribute_of = |column: &str, source: &str| {
            let names = || [column.to_owned()].into_iter().chain(names(source));
            let is_allowed = names().any(|name| allow.contains(&name));
            names().find_map(|name| attribute(&name, &sensitive)).filter(|_| !is_allowed)
        };
        let left_out = |column: &str| {
            let source = customers.columns.get(column)?.clone();
            let attribute = attribute_of(column, &source)?;
            Some(LeftOut { column: column.to_owned(), source, attribute })
        };
        let left_out: Vec<LeftOut> = READ_BY_FEATURES.into_iter().filter_map(left_out).collect();
        for LeftOut { column, .. } in &left_out {
            customers.columns.remove(column);
        }
        Some(PrivacyConfig { sensitive, allow, left_out, examples, salt_env })
    }

    /// How findings show values of rows, and the variable with the salt of their hashes.
    fn examples(&mut self, raw: &RawPrivacy) -> (Option<Examples>, Option<String>) {
        let examples = self.word("privacy", &knobs::EXAMPLES, raw.examples.as_deref());
        let salt_env = raw.salt_env.as_deref().and_then(|name| self.variable("privacy", &knobs::SALT_ENV, Some(name)));
        if examples == Some(Examples::Hashed) && raw.salt_env.is_none() {
            let meaning = "without what is mixed in, whoever tries ids finds those that were hashed";
            self.missing("privacy", knobs::SALT_ENV.name, meaning, knobs::SALT_ENV.allowed);
        }
        (examples, salt_env)
    }

    /// Refuses a custom feature that reads what is sensitive.
    pub(super) fn sensitive_feature(&mut self, section: &str, feature: &RawCustomFeature, privacy: &RawPrivacy) {
        for (part, source) in [("column", &feature.column), ("filter", &feature.filter)] {
            let read = source.iter().flat_map(|source| names(source)).filter(|name| !privacy.allow.contains(name));
            let mut sensitive = read.filter_map(|name| Some((attribute(&name, &privacy.sensitive)?, name)));
            if let Some((attribute, name)) = sensitive.next() {
                let place = self.place(section, part);
                let why = format!("`{name}` is sensitive ({attribute}), and no feature reads it");
                let instead = "leave it out, or name the column in `privacy.allow` if it may decide who is contacted";
                self.violations.push(Violation::Refused { place, why, instead });
            }
        }
    }

    /// Columns, trimmed.
    fn privacy_names(&mut self, key: &Key, came: &[String]) -> Option<Vec<String>> {
        let names: Vec<String> = came.iter().map(|name| name.trim().to_owned()).collect();
        if names.iter().any(String::is_empty) {
            self.unsuitable("privacy", key, &names.join(", "))
        } else {
            Some(names)
        }
    }
}

/// The attribute that a column tells of; `listed` are columns that the config calls sensitive.
fn attribute(column: &str, listed: &[String]) -> Option<String> {
    if listed.iter().any(|name| name == column) {
        return Some("named in `privacy.sensitive`".to_owned());
    }
    let letters = letters(column);
    let of_customer = BEFORE.iter().find_map(|before| letters.strip_prefix(before)).unwrap_or(&letters);
    let grouped = BEHIND.iter().find_map(|behind| of_customer.strip_suffix(behind)).unwrap_or(of_customer);
    let tells =
        |names: &[&str]| names.contains(&letters.as_str()) || names.contains(&of_customer) || names.contains(&grouped);
    ATTRIBUTES.iter().find(|(_, names)| tells(names)).map(|(attribute, _)| (*attribute).to_owned())
}

/// The lower-case letters of a name, without accents.
fn letters(name: &str) -> String {
    let plain = |letter: char| match letter {
        'à'..='å' => 'a',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ò'..='ö' | 'ø' => 'o',
        'ù'..='ü' => 'u',
        'ç' | 'ć' => 'c',
        'ñ' => 'n',
        'ł' => 'l',
        'ś' => 's',
        letter => letter,
    };
    name.chars().flat_map(char::to_lowercase).map(plain).filter(char::is_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Option<String> {
        attribute(name, &[])
    }

    #[test]
    fn sensitive_columns_are_known_by_their_names_in_several_languages() {
        for (name, expected) in [
            ("Gender", "gender"),
            ("customer_gender", "gender"),
            ("Geschlecht", "gender"),
            ("sex_code", "gender"),
            ("género", "gender"),
            ("age_group", "age"),
            ("birth_year", "age"),
            ("BirthDate", "age"),
            ("date of birth", "age"),
            ("Geburtsdatum", "age"),
            ("âge", "age"),
            ("ethnicity", "ethnic origin"),
            ("Staatsangehörigkeit", "nationality"),
            ("religion", "religion"),
            ("health_status", "health"),
            ("marital_status", "family status"),
        ] {
            assert_eq!(of(name).as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn other_columns_are_not() {
        for name in [
            "amount",
            "region",
            "account_age_days",
            "page",
            "language",
            "stage",
            "package",
            "origin",
            "city",
            "konto",
            "trace",
        ] {
            assert_eq!(of(name), None, "{name}");
        }
    }
}
