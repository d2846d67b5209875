//! Contacts are what the shop did about a customer, never a feature: a shop stops writing to those who have left, so that
//! who was written to lately tells who stayed. Columns that are called like contacts are refused where they would become
//! one.

use super::error::Violation;
use super::guess::in_words;
use super::keys::join;
use super::raw::{RawConfig, RawTable};
use super::tables::Table;
use super::values::Check;

/// Words of names that tell of the shop's own mailings.
const MAILINGS: &[&str] = &[
    "campaign",
    "campaigns",
    "emailed",
    "mailed",
    "mailing",
    "mailings",
    "newsletter",
    "newsletters",
    "outreach",
    "telemarketing",
];

/// A word that in complaints is the customer's doing, elsewhere the shop's.
const CONTACTED: &str = "contacted";

/// Columns that make features, by table. What brought a customer may be a campaign.
const WATCHED: &[(Table, &[&str])] = &[
    (Table::Customers, &["signed_up_at", "birth_date", "region"]),
    (Table::Surveys, &["answered_at", "nps", "csat"]),
    (Table::Complaints, &["opened_at", "category", "severity", "satisfaction"]),
];

impl Check<'_> {
    /// Refuses mappings that would let contacts in, unless `leak_guard.accept` names the column.
    pub(super) fn contacts(&mut self, raw: &RawConfig) {
        for (table, watched) in WATCHED {
            let section = match table {
                Table::Purchases => raw.purchases.as_ref(),
                Table::Complaints => raw.complaints.as_ref(),
                Table::Customers => raw.customers.as_ref(),
                Table::Surveys => raw.surveys.as_ref(),
            };
            for column in *watched {
                let is_accepted = raw.leak_guard.accept.contains(&join(table.name(), column));
                if !is_accepted && let Some(word) = section.and_then(|section| contact_word(*table, section, column)) {
                    let place = self.place(&join(table.name(), "columns"), column);
                    self.violations.push(Violation::Refused { place, why: why(&word), instead: INSTEAD });
                }
            }
        }
    }
}

const INSTEAD: &str = "take it out of the mapping, or, if it tells nothing of what the shop sent, add the column as \
                       `TABLE.COLUMN` to `leak_guard.accept`";

fn why(name: &str) -> String {
    format!(
        "`{name}` looks like a record of contacts, and a shop stops writing to those who have left, so that it would tell \
         the model who they are"
    )
}

/// The name in the mapping of a column that tells of contacts.
fn contact_word(table: Table, section: &RawTable, column: &str) -> Option<String> {
    let source = section.columns.get(column)?;
    let tells = |word: &String| MAILINGS.contains(&word.as_str()) || (word == CONTACTED && table != Table::Complaints);
    names(source).into_iter().find(|name| in_words(name).iter().any(tells))
}

/// The names in a SQL expression, or the name that it is; texts in single quotes are no names.
fn names(source: &str) -> Vec<String> {
    let outside = source.split('\'').step_by(2);
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let names = outside.flat_map(|part| part.split(move |letter| !is_part(letter)));
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{Config, ConfigError};

    fn refused(more: &str) -> Vec<String> {
        let text = format!(
            "name = 'x'\ncurrency = 'EUR'\n[purchases]\npath = 'p.csv'\n[purchases.columns]\ncustomer_id = 'c'\n\
             purchased_at = 't'\namount = 'a'\n[churn]\nhorizon_days = 30\n{more}"
        );
        match Config::from_toml(&text, Path::new("retain.toml")) {
            Ok(_) => Vec::new(),
            Err(ConfigError::Violations { violations, .. }) => violations.iter().map(ToString::to_string).collect(),
            Err(other) => panic!("{other}"),
        }
    }

    fn customers(column: &str, source: &str) -> String {
        format!("[customers]\npath = 'c.csv'\n[customers.columns]\ncustomer_id = 'c'\n{column} = \"{source}\"\n")
    }

    #[test]
    fn a_contact_column_is_refused_with_the_reason() {
        for source in ["last_mailed", "contacted_at", "LastCampaignId", "COALESCE(\\\"newsletter sent\\\", 0)"] {
            let found = refused(&customers("region", source));
            assert_eq!(found.len(), 1, "{source}: {found:?}");
            assert!(found[0].starts_with("`customers.columns.region` cannot be used: `"), "{found:?}");
            assert!(found[0].contains("a shop stops writing to those who have left"), "{found:?}");
        }
    }

    #[test]
    fn what_is_no_contact_is_not_refused() {
        for (column, source) in [
            ("region", "Country"),
            ("region", "CASE WHEN state = 'campaign' THEN 1 ELSE 0 END"),
            ("acquisition_channel", "utm_campaign"),
            ("opted_out", "newsletter_opt_out"),
            ("region", "contact_region"),
        ] {
            assert!(refused(&customers(column, source)).is_empty(), "{column} = {source}");
        }
        let complaints = "[complaints]\npath = 'k.csv'\n[complaints.columns]\ncomplaint_id = 'k'\ncustomer_id = 'c'\n";
        assert!(refused(&format!("{complaints}opened_at = 'contacted_at'\n")).is_empty(), "the customer did");
        assert_eq!(refused(&format!("{complaints}opened_at = 'mailed_at'\n")).len(), 1);
    }

    #[test]
    fn one_that_was_looked_at_is_accepted() {
        let accept = "[leak_guard]\naccept = ['customers.region']\n";
        assert!(refused(&(customers("region", "mailing_region") + accept)).is_empty());
    }
}
