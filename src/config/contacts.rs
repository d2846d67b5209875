//! Contacts are what the shop did about a customer, never a feature: a shop stops writing to those who have left, so that
//! who was written to lately tells who stayed. Columns that are called like contacts, or like what a customer is reached
//! by or called, are refused where they would become one: in mappings, and in custom features.

use super::error::Violation;
use super::keys::join;
use super::name_words::{in_words, names};
use super::raw::{RawConfig, RawCustomFeature};
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

/// Last words of names of columns that say who a customer is, or how to reach one.
const PERSONAL: &[&str] = &[
    "email",
    "e mail",
    "email address",
    "mail address",
    "emailaddress",
    "phone",
    "telephone",
    "phone number",
    "telephone number",
    "mobile number",
    "phonenumber",
    "fax",
    "first name",
    "firstname",
    "given name",
    "forename",
    "last name",
    "lastname",
    "family name",
    "surname",
    "full name",
    "fullname",
    "customer name",
    "client name",
];

/// A word that in complaints is the customer's doing, elsewhere the shop's.
const CONTACTED: &str = "contacted";

/// Columns that make features, by table. What brought a customer or an order may be a campaign, and so may a discount.
const WATCHED: &[(Table, &[&str])] = &[
    (Table::Purchases, &["purchased_at", "amount", "product_id", "category", "quantity", "region"]),
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
                // No feature is made of it.
                Table::Contacts => None,
            };
            for column in *watched {
                let is_accepted = raw.leak_guard.accept.contains(&join(table.name(), column));
                let source = section.and_then(|section| section.columns.get(*column)).filter(|_| !is_accepted);
                if let Some(why) = source.and_then(|source| reason(*table, source)) {
                    let place = self.place(&join(table.name(), "columns"), column);
                    self.violations.push(Violation::Refused { place, why, instead: INSTEAD });
                }
            }
        }
    }

    /// Refuses a custom feature that would let them in, unless `leak_guard.accept` names it.
    pub(super) fn contacts_of_feature(&mut self, section: &str, feature: &RawCustomFeature, accept: &[String]) {
        if feature.name.as_ref().is_some_and(|name| accept.contains(name)) {
            return;
        }
        let is_of_complaints = feature.table.as_deref() == Some(Table::Complaints.name());
        let table = if is_of_complaints { Table::Complaints } else { Table::Purchases };
        for (part, source) in [("column", &feature.column), ("filter", &feature.filter)] {
            if let Some(why) = source.as_ref().and_then(|source| reason(table, source)) {
                let place = self.place(section, part);
                self.violations.push(Violation::Refused { place, why, instead: INSTEAD_OF_FEATURE });
            }
        }
    }
}

const INSTEAD: &str = "take it out of the mapping, or, if it tells nothing of what the shop sent, add the column as \
                       `TABLE.COLUMN` to `leak_guard.accept`";

const INSTEAD_OF_FEATURE: &str = "take it out of the feature, or, if it tells nothing of what the shop sent and nothing of \
                                  who a customer is, add the name of the feature to `leak_guard.accept`";

/// Why no feature may read a column or an expression; `None` if one may.
fn reason(table: Table, source: &str) -> Option<String> {
    let names = names(source);
    let tells = |word: &String| MAILINGS.contains(&word.as_str()) || (word == CONTACTED && table != Table::Complaints);
    if let Some(name) = names.iter().find(|name| in_words(name).iter().any(tells)) {
        return Some(format!(
            "`{name}` looks like a record of contacts, and a shop stops writing to those who have left, so that it would \
             tell the model who they are"
        ));
    }
    let is_personal = |name: &&String| {
        let words = in_words(name);
        let last = |n: usize| words.get(words.len().saturating_sub(n)..).unwrap_or_default().join(" ");
        [last(1), last(2)].iter().any(|end| PERSONAL.contains(&end.as_str()))
    };
    let name = names.iter().find(is_personal)?;
    Some(format!(
        "`{name}` looks like what a customer is called or reached by, which tells of no habit and is no feature"
    ))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::ConfigError;
    use crate::config::settings::Config;

    const TEXT: &str = "name = 'x'\ncurrency = 'EUR'\n[purchases]\npath = 'p.csv'\n[purchases.columns]\ncustomer_id = 'c'\n\
                        purchased_at = 't'\namount = 'a'\n[churn]\nhorizon_days = 30\n";

    fn refused(more: &str) -> Vec<String> {
        messages(&format!("{TEXT}{more}"))
    }

    fn messages(text: &str) -> Vec<String> {
        match Config::from_toml(text, Path::new("retain.toml")) {
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
    fn names_and_addresses_are_refused_wherever_they_would_become_features() {
        for (column, source, is_refused) in [
            ("product_id", "customer_name", true),
            ("category", "UPPER(\"Last Name\")", true),
            ("region", "Email", true),
            ("quantity", "campaign_id", true),
            ("product_id", "name", false),
            ("category", "product_name", false),
            ("channel", "utm_campaign", false),
            ("category", "CASE WHEN kind = 'phone' THEN 1 END", false),
        ] {
            let mapped = format!("[purchases.columns]\n{column} = '''{source}'''\n");
            let found = messages(&TEXT.replace("[purchases.columns]\n", &mapped));
            let says = format!("`purchases.columns.{column}` cannot be used: `");
            assert_eq!(found.iter().any(|found| found.starts_with(&says)), is_refused, "{source}: {found:?}");
        }
    }

    #[test]
    fn custom_features_read_neither_contacts_nor_names() {
        let own = |more: &str| format!("[[features.custom]]\nname = 'own'\ntable = 'purchases'\n{more}");
        let distinct = |column: &str| own(&format!("aggregate = 'distinct'\ncolumn = '''{column}'''\n"));
        let found = refused(&distinct("email"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with("`features.custom.own.column` cannot be used: `email` looks like what a customer is")
        );
        let found = refused(&own("aggregate = 'count'\nfilter = \"campaign_id <> ''\"\n"));
        assert!(
            found[0].starts_with("`features.custom.own.filter` cannot be used: `campaign_id` looks like a record of")
        );
        for column in ["contacted_at", "COALESCE(\"Phone Number\", '')", "first_name"] {
            assert_eq!(refused(&distinct(column)).len(), 1, "{column}");
        }
        assert!(refused(&own("aggregate = 'count'\nfilter = \"channel = 'email'\"\n")).is_empty());
        assert!(refused(&(distinct("email") + "[leak_guard]\naccept = ['own']\n")).is_empty());
    }

    #[test]
    fn one_that_was_looked_at_is_accepted() {
        let accept = "[leak_guard]\naccept = ['customers.region']\n";
        assert!(refused(&(customers("region", "mailing_region") + accept)).is_empty());
    }
}
