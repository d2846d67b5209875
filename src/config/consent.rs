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
const YES: &[&str] = &[
    "yes", "true", "y", "t", "1", "1.0", "x", "ja", "j", "oui", "o", "si", "sí", "s", "sim", "da", "tak", "evet",
    "ano", "kyllä", "да", "так", "はい", "是", "예",
];
const NO: &[&str] = &[
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
        let letters = value.trim().to_lowercase();
        let plain = letters.replace(['_', '-'], " ");
        let is = |known: &[&str]| known.contains(&plain.as_str());
        if is(SAYS_REFUSED) {
            return Some(true);
        }
        match (is(YES), is(NO)) {
            (true, _) => Some(self == Self::Refused),
            (_, true) => Some(self == Self::Given),
            _ => None,
        }
    }

    /// Whether any value at all is a refusal, or none a consent that is missing: where a column has the day of it.
    pub(crate) fn by_day(self, name: &str) -> bool {
        let is_consent =
            |word: &String| ["consent", "einwillig", "opt", "optin"].iter().any(|start| word.starts_with(start));
        self == Self::Refused || in_words(name).iter().any(is_consent)
    }
}

/// Values of a column that say that somebody must not be contacted, as SQL has it.
pub(crate) fn is_one_of(name: &str, values: &[&str], is_text: bool) -> String {
    let name = always_quoted(name);
    let column = if is_text { name } else { format!("CAST({name} AS VARCHAR)") };
    let texts: Vec<String> = values.iter().map(|value| format!("'{}'", value.replace('\'', "''"))).collect();
    format!("{column} IN ({})", texts.join(", "))
}

/// That a column has a value where a day is one of refusal, or none where it is one of consent.
pub(crate) fn by_day(name: &str, consent: Consent, is_text: bool) -> String {
    let name = always_quoted(name);
    match (consent, is_text) {
        (Consent::Refused, true) => format!("COALESCE({name}, '') <> ''"),
        (Consent::Refused, false) => format!("{name} IS NOT NULL"),
        (Consent::Given, true) => format!("COALESCE({name}, '') = ''"),
        (Consent::Given, false) => format!("{name} IS NULL"),
    }
}

/// Who must not be contacted by the columns of the customers: those that say so by name or, if there is none, the first that tells of a
/// consent.
pub(super) fn opted_out(columns: &[DraftColumn]) -> Option<String> {
    let of = |wanted: Consent| {
        let is_wanted = move |column: &&DraftColumn| Consent::of_name(&column.name) == Some(wanted);
        columns.iter().filter(is_wanted).filter(move |column| condition(column, wanted).is_some())
    };
    let refused: Vec<&DraftColumn> = of(Consent::Refused).collect();
    if let [only] = refused.as_slice() {
        return flag(only).or_else(|| condition(only, Consent::Refused));
    }
    let several: Vec<String> = refused.into_iter().filter_map(|column| condition(column, Consent::Refused)).collect();
    if several.is_empty() {
        return of(Consent::Given).next().and_then(|column| condition(column, Consent::Given));
    }
    Some(several.iter().map(|one| format!("COALESCE({one}, FALSE)")).collect::<Vec<_>>().join(" OR "))
}

/// A column of refusals whose words are read as they stand, those too that come later.
fn flag(column: &DraftColumn) -> Option<String> {
    let values = column.values.iter().map(|own| own.value.trim()).filter(|value| !value.is_empty());
    let are_read =
        values.clone().count() > 0 && values.map(str::to_lowercase).all(|value| READ.contains(&value.as_str()));
    (are_read || column.dtype.to_lowercase().starts_with("bool")).then(|| column.name.clone())
}

/// Words that are read as a flag as they stand.
const READ: &[&str] = &["yes", "true", "y", "t", "1", "no", "false", "n", "f", "0"];

/// The condition under which a row says that its customer must not be contacted; `None` if its values say nothing of it.
fn condition(column: &DraftColumn, consent: Consent) -> Option<String> {
    let dtype = column.dtype.to_lowercase();
    let name = always_quoted(&column.name);
    if dtype.starts_with("bool") {
        return Some(if consent == Consent::Refused { name } else { format!("NOT {name}") });
    }
    if column.example.is_empty() {
        return None;
    }
    if holds_days(column) {
        return consent.by_day(&column.name).then(|| by_day(&column.name, consent, is_text(&dtype)));
    }
    let values = column.values.iter().map(|own| own.value.as_str());
    let refusing: Vec<&str> = values.clone().filter(|value| consent.refuses(value) == Some(true)).collect();
    let is_spoken = values.clone().any(|value| consent.refuses(value).is_some());
    if refusing.is_empty() && consent == Consent::Refused && is_spoken {
        // Nobody has refused yet.
        return Some(is_one_of(&column.name, &["yes"], is_text(&dtype)));
    }
    (!refusing.is_empty()).then(|| is_one_of(&column.name, &refusing, is_text(&dtype)))
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
            ("accepts_marketing", &["true", "false"], "\"accepts_marketing\" IN ('false')"),
            ("Opt-in", &["ja", "nein"], "\"Opt-in\" IN ('nein')"),
            (
                "Email status",
                &["subscribed", "unsubscribed", "cleaned"],
                "\"Email status\" IN ('unsubscribed', 'cleaned')",
            ),
            (
                "Email marketing status",
                &["SUBSCRIBED", "NOT_SUBSCRIBED"],
                "\"Email marketing status\" IN ('NOT_SUBSCRIBED')",
            ),
            ("Kontaktsperre", &["0", "1"], "Kontaktsperre"),
            ("Werbesperre", &["N", "J"], "\"Werbesperre\" IN ('J')"),
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
        let sql = "COALESCE(\"do_not_call\" IN ('1'), FALSE) OR COALESCE(\"do_not_email\" IN ('1'), FALSE)";
        assert_eq!(opted_out(&both).as_deref(), Some(sql));
    }

    #[test]
    fn what_tells_of_something_else_is_none() {
        for (name, values) in [
            ("Email", &["a@x.com"][..]),
            ("Order status", &["declined"]),
            ("Newsletter source", &["shop", "no"]),
            ("Subscription plan", &["no"]),
            ("Newsletter", &["yes"]),
            ("Email opt-in", &[]),
        ] {
            assert_eq!(opted_out(&[column(name, "str", values)]), None, "{name}");
        }
    }
}
