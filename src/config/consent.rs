//! Columns in which customers say whether they may be contacted, by name and by value, in the languages of exports: shops write
//! an opt-out as a flag, as the state of an address, as the day of it, or as a consent that is missing.

use super::expressions::always_quoted;
use super::found::DraftColumn;
use super::looks::{holds_days, is_text};
use super::name_words::in_words;

/// What a yes in a column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    /// That the customer must not be contacted.
    Refused,
    /// That the customer may be contacted.
    Given,
}

/// Beginnings of words for a refusal, and words in a row.
const REFUSED: &[&str] = &[
    "unsubscri",
    "optout",
    "suppress",
    "dnc",
    "werbesperr",
    "kontaktsperr",
    "mailsperr",
    "sperrvermerk",
    "werbewiderspr",
    "widerspr",
    "abmeld",
    "abgemeldet",
    "desabonn",
    "désabonn",
    "désinscri",
    "desinscri",
    "desuscri",
    "descadastr",
    "disiscri",
    "uitgeschreven",
    "afgemeld",
    "wypisan",
    "robinson",
    "avregistr",
    "frameld",
    "avmeld",
];
const REFUSED_IN_A_ROW: &[&str] = &[
    "opt out",
    "opted out",
    "do not contact",
    "do not call",
    "do not mail",
    "do not email",
    "do not market",
    "do not sms",
    "dont contact",
    "don t contact",
    "no marketing",
    "no contact",
    "no newsletter",
    "no mailing",
    "no email",
    "no emails",
    "no contactar",
    "ne pas contacter",
    "niet contacteren",
    "nicht kontaktieren",
    "keine werbung",
    "consent withdrawn",
    "consent revoked",
    "not contactable",
];

/// The same for a consent.
const GIVEN: &[&str] = &[
    "consent",
    "einwillig",
    "optin",
    "newsletter",
    "contactable",
    "mailable",
    "emailable",
    "permission",
    "subscribed",
    "abonniert",
    "werbeerlaubnis",
    "kontakterlaubnis",
    "toestemming",
    "zgoda",
    "samtyck",
    "samtykke",
    "souhlas",
    "suostumus",
];
const GIVEN_IN_A_ROW: &[&str] = &[
    "accepts marketing",
    "accept marketing",
    "accepts email",
    "accepts sms",
    "allow marketing",
    "allows marketing",
    "marketing allowed",
    "opt in",
    "opted in",
    "ok to email",
    "ok to contact",
    "ok to call",
    "ok to mail",
    "email status",
    "e mail status",
    "marketing status",
    "member status",
    "subscription status",
    "contact status",
    "werbung erlaubt",
    "werbung ok",
    "kontakt erlaubt",
];

/// Words beside which a column tells of something else: of a text, a place on a page, or what became of a letter.
const OF_OTHERS: &[&str] = &[
    "cookie", "cookies", "source", "ip", "text", "language", "topic", "template", "opens", "opened", "clicks", "count",
    "sent", "name", "id", "version", "url", "channel", "reason", "by", "order", "payment", "product", "file", "plan",
];

/// Values that say that somebody must not be contacted, whatever the column is called.
const SAYS_REFUSED: &[&str] = &[
    "unsubscribed",
    "unsubscribe",
    "not subscribed",
    "non subscribed",
    "nonsubscribed",
    "cleaned",
    "revoked",
    "withdrawn",
    "opted out",
    "opt out",
    "optout",
    "denied",
    "declined",
    "refused",
    "no consent",
    "not given",
    "do not contact",
    "do not email",
    "suppressed",
    "blocked",
    "complained",
    "spam complaint",
    "forbidden",
    "abgemeldet",
    "widerrufen",
    "widersprochen",
    "gesperrt",
    "verweigert",
    "désabonné",
    "désinscrit",
    "refusé",
    "desuscrito",
    "revocado",
    "baja",
    "rechazado",
    "descadastrado",
    "disiscritto",
    "revocato",
    "uitgeschreven",
    "afgemeld",
    "geweigerd",
    "ingetrokken",
    "wypisany",
    "wycofana",
    "avregistrerad",
    "frameldt",
    "отписан",
];
/// Values that say that somebody may be contacted.
const SAYS_GIVEN: &[&str] = &[
    "subscribed",
    "granted",
    "given",
    "confirmed",
    "opted in",
    "opt in",
    "optin",
    "single opt in",
    "double opt in",
    "consented",
    "allowed",
    "accepted",
    "active",
    "erteilt",
    "abonniert",
    "angemeldet",
    "erlaubt",
    "abonné",
    "inscrit",
    "suscrito",
    "inscrito",
    "iscritto",
    "ingeschreven",
    "zapisany",
    "udzielona",
    "prenumererar",
    "tilmeldt",
    "подписан",
];
/// Words for yes and no in the languages of exports.
const YES: &[&str] = &[
    "yes", "true", "y", "t", "1", "1.0", "x", "ja", "j", "oui", "o", "si", "sí", "s", "sim", "da", "tak", "evet",
    "ano", "kyllä", "да", "так", "はい", "是", "예",
];
pub(crate) const NO: &[&str] = &[
    "no",
    "false",
    "n",
    "f",
    "0",
    "0.0",
    "nein",
    "non",
    "nee",
    "nej",
    "nei",
    "não",
    "nao",
    "nie",
    "ne",
    "hayır",
    "ei",
    "нет",
    "ні",
    "いいえ",
    "否",
    "아니요",
];

impl Consent {
    /// What a yes means in a column of that name; `None` if it tells nothing of contacts.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        let words = in_words(name);
        let is_of = |known: &[&str]| words.iter().any(|word| known.iter().any(|start| word.starts_with(start)));
        let joined = format!(" {} ", words.join(" "));
        let has = |known: &[&str]| known.iter().any(|row| joined.contains(&format!(" {row} ")));
        if words.iter().any(|word| OF_OTHERS.contains(&word.as_str())) {
            return None;
        }
        if is_of(REFUSED) || has(REFUSED_IN_A_ROW) {
            return Some(Self::Refused);
        }
        (is_of(GIVEN) || has(GIVEN_IN_A_ROW)).then_some(Self::Given)
    }

    /// Whether a value says that the customer must not be contacted; `None` if it says neither.
    pub(crate) fn refuses(self, value: &str) -> Option<bool> {
        let plain = value.trim().to_lowercase().replace(['_', '-'], " ");
        let is = |known: &[&str]| known.contains(&plain.as_str());
        if is(SAYS_REFUSED) {
            return Some(true);
        }
        if is(SAYS_GIVEN) {
            return Some(false);
        }
        match (is(YES), is(NO)) {
            (true, _) => Some(self == Self::Refused),
            (_, true) => Some(self == Self::Given),
            _ => None,
        }
    }

    /// The condition of SQL under which a row with these values in the column says that its customer must not be contacted; `None` if
    /// they say nothing of it. Days refuse where they stand in a column of refusals, or lack in one of consents.
    pub(crate) fn condition(self, name: &str, values: &Values<'_>, is_text: bool) -> Option<String> {
        let quoted = always_quoted(name);
        let words = match values {
            Values::Days if self == Self::Refused || is_of_consent(name) => {
                return Some(self.by_value(&quoted, is_text));
            }
            Values::Days => return None,
            Values::Words(words) => words,
        };
        let said: Vec<Option<bool>> = words.iter().map(|word| self.refuses(word)).collect();
        let listed = |wanted: bool| -> Vec<&str> {
            words.iter().zip(&said).filter(|(_, says)| **says == Some(wanted)).map(|(word, _)| *word).collect()
        };
        let column = if is_text { quoted } else { format!("CAST({quoted} AS VARCHAR)") };
        let (refusing, others) = (listed(true), listed(false));
        if !others.is_empty() && said.iter().all(Option::is_some) {
            // A word that comes later counts as a refusal: it is seen on the list, an overlooked one is not. A blank says nothing.
            return Some(format!("{column} NOT IN ('', {})", texts(&others)));
        }
        if self == Self::Refused && !refusing.is_empty() && said.iter().all(Option::is_some) {
            return Some(self.by_value(&always_quoted(name), is_text));
        }
        (!refusing.is_empty()).then(|| format!("{column} IN ({})", texts(&refusing)))
    }

    /// Any value is a refusal, or none a consent that is missing.
    fn by_value(self, quoted: &str, is_text: bool) -> String {
        match (self, is_text) {
            (Self::Refused, true) => format!("COALESCE({quoted}, '') <> ''"),
            (Self::Refused, false) => format!("{quoted} IS NOT NULL"),
            (Self::Given, true) => format!("COALESCE({quoted}, '') = ''"),
            (Self::Given, false) => format!("{quoted} IS NULL"),
        }
    }
}

/// What a column of consent or refusal holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Values<'v> {
    /// Days, or instants.
    Days,
    /// These words.
    Words(Vec<&'v str>),
}

/// Whether no value in a column of that name is a consent that is missing, and not a day on which nothing was sent.
fn is_of_consent(name: &str) -> bool {
    in_words(name)
        .iter()
        .any(|word| ["consent", "einwillig", "optin"].iter().any(|start| word.starts_with(start)) || word == "opt")
}

fn texts(values: &[&str]) -> String {
    let texts: Vec<String> = values.iter().map(|value| format!("'{}'", value.replace('\'', "''"))).collect();
    texts.join(", ")
}

/// Who must not be contacted by the columns of the customers: those that say so by name or, if there is none, the first that tells of a
/// consent.
pub(super) fn opted_out(columns: &[DraftColumn]) -> Option<String> {
    let of = |wanted: Consent| {
        let is_wanted = move |column: &&DraftColumn| Consent::of_name(&column.name) == Some(wanted);
        columns.iter().filter(is_wanted).filter_map(move |column| Some((column, of_column(column, wanted)?)))
    };
    let refused: Vec<(&DraftColumn, String)> = of(Consent::Refused).collect();
    match refused.as_slice() {
        [] => of(Consent::Given).next().map(|(_, condition)| condition),
        [(column, condition)] => Some(if is_flag(column) { column.name.clone() } else { condition.clone() }),
        several => {
            let each: Vec<String> = several.iter().map(|(_, one)| format!("COALESCE({one}, FALSE)")).collect();
            Some(each.join(" OR "))
        }
    }
}

/// Whether all words of a column are read as a flag as they stand; any other is refused then when it comes.
fn is_flag(column: &DraftColumn) -> bool {
    const READ: &[&str] = &["", "yes", "true", "y", "t", "1", "no", "false", "n", "f", "0"];
    let are_read = || column.values.iter().all(|own| READ.contains(&own.value.trim().to_lowercase().as_str()));
    column.dtype.to_lowercase().starts_with("bool") || (!column.values.is_empty() && are_read())
}

/// The condition under which a row says that its customer must not be contacted; `None` if its values say nothing of it.
fn of_column(column: &DraftColumn, consent: Consent) -> Option<String> {
    let dtype = column.dtype.to_lowercase();
    if dtype.starts_with("bool") {
        let name = always_quoted(&column.name);
        return Some(if consent == Consent::Refused { name } else { format!("NOT {name}") });
    }
    if column.example.is_empty() {
        return None;
    }
    let words = || column.values.iter().map(|own| own.value.trim()).filter(|value| !value.is_empty()).collect();
    let values = if holds_days(column) { Values::Days } else { Values::Words(words()) };
    consent.condition(&column.name, &values, is_text(&dtype))
}

#[cfg(test)]
mod tests {
    use super::super::found::ValueCount;
    use super::*;

    fn column(name: &str, dtype: &str, values: &[&str]) -> DraftColumn {
        DraftColumn {
            name: name.to_owned(),
            dtype: dtype.to_owned(),
            example: (*values.first().unwrap_or(&"")).to_owned(),
            n_distinct: values.len(),
            n_rows: 100,
            values: values.iter().map(|value| ValueCount { value: (*value).to_owned(), rows: 10 }).collect(),
            ..DraftColumn::default()
        }
    }

    #[test]
    fn refusals_are_found_however_they_are_written() {
        for (name, values, sql) in [
            ("opted_out", &["false", "true"][..], "opted_out"),
            ("unsubscribed_at", &["2024-05-01 10:00"], "COALESCE(\"unsubscribed_at\", '') <> ''"),
            ("accepts_marketing", &["true", "false"], "\"accepts_marketing\" NOT IN ('', 'true')"),
            ("Opt-in", &["ja", "nein"], "\"Opt-in\" NOT IN ('', 'ja')"),
            ("Email status", &["subscribed", "unsubscribed", "cleaned"], "\"Email status\" NOT IN ('', 'subscribed')"),
            (
                "Email marketing status",
                &["SUBSCRIBED", "NOT_SUBSCRIBED"],
                "\"Email marketing status\" NOT IN ('', 'SUBSCRIBED')",
            ),
            ("Kontaktsperre", &["0", "1"], "Kontaktsperre"),
            ("Werbesperre", &["N", "J"], "\"Werbesperre\" NOT IN ('', 'N')"),
            ("Do not contact", &["x"], "COALESCE(\"Do not contact\", '') <> ''"),
            // Nobody has refused yet, and nobody knows all words.
            ("Newsletter", &["yes"], "\"Newsletter\" NOT IN ('', 'yes')"),
            ("Permission", &["granted", "weekly", "revoked"], "\"Permission\" IN ('revoked')"),
            ("GDPR consent date", &["2023-01-01"], "COALESCE(\"GDPR consent date\", '') = ''"),
            ("Abmeldung am", &["01.02.2024"], "COALESCE(\"Abmeldung am\", '') <> ''"),
        ] {
            assert_eq!(opted_out(&[column(name, "str", values)]).as_deref(), Some(sql), "{name}");
        }
        assert_eq!(opted_out(&[column("newsletter", "bool", &["true"])]).as_deref(), Some("NOT \"newsletter\""));
        let both = [
            column("do_not_call", "str", &["1", "0"]),
            column("do_not_email", "str", &["1"]),
            column("newsletter", "str", &["no"]),
        ];
        let sql = "COALESCE(\"do_not_call\" NOT IN ('', '0'), FALSE) OR COALESCE(COALESCE(\"do_not_email\", '') <> '', FALSE)";
        assert_eq!(opted_out(&both).as_deref(), Some(sql));
    }

    #[test]
    fn what_tells_of_something_else_is_none() {
        for (name, values) in [
            ("Email", &["a@x.com"][..]),
            ("Order status", &["declined"]),
            ("Newsletter source", &["shop", "no"]),
            ("Subscription plan", &["no"]),
            ("Member status", &["gold", "silver"]),
            ("Email opt-in", &[]),
        ] {
            assert_eq!(opted_out(&[column(name, "str", values)]), None, "{name}");
        }
    }
}
