//! The dictionary of features: what each reads, since when its facts count as known, and the page that lists them all.

use std::fmt::Write;

use super::catalogue;
use super::spec::{Absent, Family, Feature, Unit};

/// Columns behind every order: a feature exists only for a customer with one.
const ORDERS: &[&str] =
    &["purchases.customer_id", "purchases.purchased_at", "purchases.order_id", "purchases.is_return"];

impl Family {
    /// Columns that its features read beside those of orders and the input that each needs.
    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Monetary => &["purchases.amount"],
            Self::Complaints | Self::Silence => &["complaints.complaint_id", "complaints.opened_at"],
            Self::Surveys => &["surveys.answered_at"],
            Self::Attributes => &["customers.valid_from"],
            _ => &[],
        }
    }

    /// Since when the facts behind its features count as known.
    #[must_use]
    pub const fn known_from(self) -> &'static str {
        match self {
            Self::Complaints => {
                "a complaint from the later of `opened_at` and `recorded_at`; an answer, a resolution with \
                    satisfaction \
                 and compensation, a reopening each from its own time"
            }
            Self::Silence => {
                "a line from the later of `purchased_at` and `recorded_at`, a complaint from the later of \
                    `opened_at` \
                 and `recorded_at`"
            }
            Self::Surveys => "an answer from the later of `answered_at` and `recorded_at`",
            Self::Attributes => "a version from the later of `valid_from` and `recorded_at`",
            Self::Shop | Self::ValueModel => {
                "every customer's lines from the later of `purchased_at` and `recorded_at`"
            }
            _ => "a line from the later of `purchased_at` and `recorded_at`",
        }
    }
}

impl Feature {
    /// The columns of the input tables that it reads.
    #[must_use]
    pub fn sources(&self) -> Vec<&'static str> {
        let needed = self.needs.map_or("", |input| input.input());
        // Some inputs are tables or several columns in words.
        let needed = needed.split(" and ").filter(|column| column.contains('.') && !column.contains(' '));
        let amount = (self.unit == Unit::Amount && self.needs.is_none()).then_some("purchases.amount");
        let returned = (self.family == Family::Returns && self.unit == Unit::Amount).then_some("purchases.amount");
        let all = ORDERS.iter().chain(self.family.columns()).chain(self.also).copied();
        let mut sources: Vec<&'static str> = Vec::new();
        for column in all.chain(needed).chain(amount).chain(returned) {
            if !sources.contains(&column) {
                sources.push(column);
            }
        }
        sources
    }
}

/// Every feature of the catalogue as a table in Markdown.
#[must_use]
pub fn dictionary() -> String {
    let mut page = "| feature | family | unit | window | absent | needs | source columns | known from | meaning |\n\
                    |---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for feature in catalogue() {
        let window = feature.window.days().map_or_else(|| "all".to_owned(), |days| days.to_string());
        let absent = match feature.absent {
            Absent::Zero => "0",
            Absent::Missing => "missing",
        };
        let (name, family, meaning) = (feature.name, feature.family.code(), feature.meaning);
        let unit = feature.unit.suffix().trim_start_matches('_').replace('_', " ");
        let needs = feature.needs.map_or("", |input| input.input());
        let (sources, known_from) = (feature.sources().join(", "), feature.family.known_from());
        let cells = [&format!("`{name}`"), family, &unit, &window, absent, needs, &sources, known_from, meaning];
        // Writing to a string does not fail.
        let _ = writeln!(page, "| {} |", cells.join(" | "));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::find;

    #[test]
    fn sources_are_columns_of_the_tables_each_once() {
        let tables = ["purchases", "complaints", "customers", "surveys"];
        for feature in catalogue() {
            let sources = feature.sources();
            assert!(sources.iter().all(|column| tables.contains(&column.split('.').next().unwrap())), "{sources:?}");
            assert!(sources.len() >= ORDERS.len(), "{}", feature.name);
        }
        let sources = find("nps_last_level").unwrap().sources();
        assert!(sources.ends_with(&["surveys.answered_at", "surveys.nps"]), "{sources:?}");
    }

    #[test]
    fn the_page_has_a_line_for_each_feature() {
        let page = dictionary();
        assert_eq!(page.lines().count(), catalogue().count() + 2);
        assert!(page.lines().all(|line| line.matches(" | ").count() == 8 || line.starts_with("|---")), "{page}");
        assert!(page.contains("| `age_years` | attributes | years | all | missing | customers.birth_date |"));
    }
}
