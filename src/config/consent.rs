//! Columns in which customers say whether they may be contacted, by name and by value, in the languages of exports: shops write
//! an opt-out as a flag, as the state of an address or an account, as the day of it, or as a consent that is missing.

use super::consent_words::{
    GIVEN, GIVEN_IN_A_ROW, GONE, NO, OF_OTHERS, REFUSED, REFUSED_IN_A_ROW, SAYS_ENDED, SAYS_GIVEN, SAYS_GONE,
    SAYS_REFUSED, STANDING, STANDING_IN_A_ROW, YES,
};
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
    /// Nothing: the column says what became of an account or a membership, and some of its words that nobody is to be contacted.
    Standing,
}

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
        if has(STANDING_IN_A_ROW) {
            return Some(Self::Standing);
        }
        (is_of(GIVEN) || has(GIVEN_IN_A_ROW)).then_some(Self::Given)
    }

    /// What a yes means in a column of customers, where `blocked` and `deleted_at` are of persons and not of orders.
    pub(crate) fn of_customers(name: &str) -> Option<Self> {
        let words = in_words(name);
        if let Some(own) = Self::of_name(name) {
            return Some(own);
        }
        if words.iter().any(|word| OF_OTHERS.contains(&word.as_str())) {
            return None;
        }
        if words.iter().any(|word| GONE.iter().any(|start| word.starts_with(start))) {
            return Some(Self::Refused);
        }
        words.iter().any(|word| STANDING.iter().any(|end| word.ends_with(end))).then_some(Self::Standing)
    }

    /// Whether a value says that the customer must not be contacted; `None` if it says neither.
    pub(crate) fn refuses(self, value: &str) -> Option<bool> {
        let plain = value.trim().to_lowercase().replace(['_', '-'], " ");
        let is = |known: &[&str]| known.contains(&plain.as_str());
        if is(SAYS_REFUSED) || is(SAYS_GONE) {
            return Some(true);
        }
        if self == Self::Standing {
            return None;
        }
        if is(SAYS_ENDED) {
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
            Values::Days(of_nothing) if self == Self::Refused || is_of_consent(name) => {
                return Some(self.by_value(&quoted, is_text, of_nothing));
            }
            Values::Days(_) => return None,
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
            return Some(self.by_value(&always_quoted(name), is_text, &[]));
        }
        (!refusing.is_empty()).then(|| format!("{column} IN ({})", texts(&refusing)))
    }

    /// Any value is a refusal, or none a consent that is missing; some are written where there is none.
    fn by_value(self, quoted: &str, is_text: bool, of_nothing: &[&str]) -> String {
        if !of_nothing.is_empty() {
            let text = if is_text { quoted.to_owned() } else { format!("CAST({quoted} AS VARCHAR)") };
            let is_none = if self == Self::Given { "IN" } else { "NOT IN" };
            return format!("COALESCE({text}, '') {is_none} ('', {})", texts(of_nothing));
        }
        match (self, is_text) {
            (Self::Refused | Self::Standing, true) => format!("COALESCE({quoted}, '') <> ''"),
            (Self::Refused | Self::Standing, false) => format!("{quoted} IS NOT NULL"),
            (Self::Given, true) => format!("COALESCE({quoted}, '') = ''"),
            (Self::Given, false) => format!("{quoted} IS NULL"),
        }
    }
}

/// What a column of consent or refusal holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Values<'v> {
    /// Days, or instants, and of them those that are written where there is none.
    Days(Vec<&'v str>),
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

/// Who must not be contacted by the columns of the customers: all that say so by name and, if none of them is of a refusal, the
/// first that tells of a consent, words before days.
pub(super) fn opted_out(columns: &[DraftColumn]) -> Option<String> {
    let of = |wanted: Consent| -> Vec<(&DraftColumn, String)> {
        let is_wanted = |column: &&DraftColumn| Consent::of_customers(&column.name) == Some(wanted);
        let own = columns.iter().filter(is_wanted);
        own.filter_map(|column| Some((column, of_column(column, wanted)?))).collect()
    };
    let mut said = of(Consent::Refused);
    if said.iter().all(|(column, _)| Consent::of_name(&column.name).is_none()) {
        let mut given = of(Consent::Given);
        given.sort_by_key(|(column, _)| holds_days(column));
        said.extend(given.into_iter().take(1));
    }
    said.extend(of(Consent::Standing));
    match said.as_slice() {
        [] => None,
        [(column, _)] if Consent::of_customers(&column.name) == Some(Consent::Refused) && is_flag(column) => {
            Some(column.name.clone())
        }
        [(_, condition)] => Some(condition.clone()),
        several => {
            let each: Vec<String> = several.iter().map(|(_, one)| never_empty(one)).collect();
            Some(each.join(" OR "))
        }
    }
}

/// A condition that is false where it cannot be told.
fn never_empty(condition: &str) -> String {
    if condition.starts_with("COALESCE(") { condition.to_owned() } else { format!("COALESCE({condition}, FALSE)") }
}

/// Columns of further files of the customers that the first files lack and that say by any value that somebody must not be contacted:
/// mailing tools export those who left into files of their own.
pub(super) fn of_other_files<'c>(
    known: &[DraftColumn],
    others: impl Iterator<Item = &'c DraftColumn>,
) -> Vec<DraftColumn> {
    let mut found: Vec<DraftColumn> = Vec::new();
    for column in others {
        let is_new = !known.iter().chain(&found).any(|own| own.name == column.name);
        let says = |sql: String| sql.starts_with("COALESCE(");
        if is_new
            && Consent::of_customers(&column.name) == Some(Consent::Refused)
            && of_column(column, Consent::Refused).is_some_and(says)
        {
            found.push(column.clone());
        }
    }
    found
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
    let no_days = || column.no_days.iter().map(String::as_str).collect();
    let values = if holds_days(column) { Values::Days(no_days()) } else { Values::Words(words()) };
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
        let sql = "COALESCE(\"do_not_call\" NOT IN ('', '0'), FALSE) OR COALESCE(\"do_not_email\", '') <> ''";
        assert_eq!(opted_out(&both).as_deref(), Some(sql));
    }

    #[test]
    fn days_of_nothing_refuse_nothing() {
        let with = |name: &str| DraftColumn {
            no_days: vec!["0000-00-00".to_owned()],
            ..column(name, "str", &["2024-05-01", "0000-00-00"])
        };
        let sql = "COALESCE(\"unsubscribed_at\", '') NOT IN ('', '0000-00-00')";
        assert_eq!(opted_out(&[with("unsubscribed_at")]).as_deref(), Some(sql));
        let sql = "COALESCE(\"GDPR consent date\", '') IN ('', '0000-00-00')";
        assert_eq!(opted_out(&[with("GDPR consent date")]).as_deref(), Some(sql));
    }

    #[test]
    fn accounts_that_are_no_more_are_left_alone_beside_those_who_refuse() {
        let own = [
            column("account_status", "str", &["active", "blocked", "deceased", "vip"]),
            column("marketing_emails", "str", &["yes", "no"]),
            column("deleted_at", "str", &["2026-02-02 10:00:00"]),
        ];
        let sql = "COALESCE(\"deleted_at\", '') <> '' OR COALESCE(\"marketing_emails\" NOT IN ('', 'yes'), FALSE) OR \
                   COALESCE(\"account_status\" IN ('blocked', 'deceased'), FALSE)";
        assert_eq!(opted_out(&own).as_deref(), Some(sql));
        assert_eq!(opted_out(&own[..1]).as_deref(), Some("\"account_status\" IN ('blocked', 'deceased')"));
        let member = column("MEMBER_STATUS", "str", &["subscribed", "unsubscribed", "cleaned"]);
        assert_eq!(opted_out(&[member]).as_deref(), Some("\"MEMBER_STATUS\" IN ('unsubscribed', 'cleaned')"));
        let status = column("Kundenstatus", "str", &["aktiv", "verstorben"]);
        assert_eq!(opted_out(&[status]).as_deref(), Some("\"Kundenstatus\" IN ('verstorben')"));
        assert_eq!(opted_out(&[column("Status", "str", &["active", "inactive", "new"])]), None);
        assert_eq!(opted_out(&[column("is_blocked", "str", &["false", "true"])]).as_deref(), Some("is_blocked"));
    }

    #[test]
    fn words_speak_before_days_and_any_language_of_exports() {
        let days = column("OPTIN_TIME", "str", &["2025-01-02 10:00:00"]);
        let words = column("RGPD accepté", "str", &["oui", "non"]);
        assert_eq!(opted_out(&[days, words]).as_deref(), Some("\"RGPD accepté\" NOT IN ('', 'oui')"));
        for (name, yes, no) in [
            ("Mailing", "J", "N"),
            ("newsletter_status", "active", "cancelled"),
            ("Consentimiento comercial", "Sí", "No"),
            ("Acepta publicidad", "S", "N"),
            ("Consenso marketing", "SI", "NO"),
            ("メルマガ", "希望する", "希望しない"),
            ("Email Status", "Active", "Bounced"),
            ("sms_marketing_state", "subscribed", "unsubscribed"),
            ("nieuwsbrief", "ja", "nee"),
        ] {
            let sql = format!("\"{name}\" NOT IN ('', '{yes}')");
            assert_eq!(opted_out(&[column(name, "str", &[yes, no])]).as_deref(), Some(sql.as_str()), "{name}");
        }
    }

    #[test]
    fn columns_of_the_files_of_those_who_left_are_found() {
        let first = [column("Email Address", "str", &["a@x.com"]), column("OPTIN_TIME", "str", &["2025-01-02"])];
        let others = [
            column("OPTIN_TIME", "str", &["2025-01-02"]),
            column("UNSUB_TIME", "str", &["2025-06-02"]),
            column("UNSUB_REASON", "str", &["N/A"]),
            column("CLEAN_TIME", "str", &["2025-06-02"]),
        ];
        let all: Vec<DraftColumn> = first.iter().cloned().chain(of_other_files(&first, others.iter())).collect();
        let sql = "COALESCE(\"UNSUB_TIME\", '') <> '' OR COALESCE(\"CLEAN_TIME\", '') <> ''";
        assert_eq!(opted_out(&all).as_deref(), Some(sql));
    }

    #[test]
    fn what_tells_of_something_else_is_none() {
        for (name, values) in [
            ("Email", &["a@x.com"][..]),
            ("Newsletter source", &["shop", "no"]),
            ("Subscription plan", &["no"]),
            ("Member status", &["gold", "silver"]),
            // A membership or a contract that has ended refuses no letter: these are whom a list is for.
            ("Member status", &["active", "inactive"]),
            ("subscription_status", &["active", "cancelled"]),
            ("Lead status", &["open", "closed"]),
            ("Email opt-in", &[]),
        ] {
            assert_eq!(opted_out(&[column(name, "str", values)]), None, "{name}");
        }
    }
}
