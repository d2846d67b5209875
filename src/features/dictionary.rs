//! The dictionary of features: what each reads, since when its facts count as known, and the page that lists them all.

use std::fmt::Write;

use super::spec::{Absent, Family, Feature, Unit};
use super::{catalogue, custom};
use crate::config::CustomFeature;

/// Columns behind every order: a feature exists only for a customer with one. By the last four it is found which returns
/// make an order void.
const ORDERS: &[&str] = &[
    "purchases.customer_id",
    "purchases.purchased_at",
    "purchases.order_id",
    "purchases.is_return",
    "purchases.product_id",
    "purchases.quantity",
    "purchases.amount",
];

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
        let mut sources = ORDERS.to_vec();
        sources.extend(self.own_sources().into_iter().filter(|column| !ORDERS.contains(column)));
        sources
    }

    /// The same without those that stand behind every order, unless it reads them for a purpose of its own.
    #[must_use]
    pub fn own_sources(&self) -> Vec<&'static str> {
        let needed = self.needs.map_or("", |input| input.input());
        // Some inputs are tables or several columns in words.
        let needed = needed.split(" and ").filter(|column| column.contains('.') && !column.contains(' '));
        let amount = (self.unit == Unit::Amount && self.needs.is_none()).then_some("purchases.amount");
        let returned = (self.family == Family::Returns && self.unit == Unit::Amount).then_some("purchases.amount");
        let all = self.family.columns().iter().chain(self.also).copied();
        let mut sources: Vec<&'static str> = Vec::new();
        for column in all.chain(needed).chain(amount).chain(returned) {
            if !sources.contains(&column) {
                sources.push(column);
            }
        }
        sources
    }
}

/// Every feature of the catalogue, and custom features, as a table in Markdown.
#[must_use]
pub fn dictionary(own: &[CustomFeature]) -> String {
    let mut page = "| feature | family | unit | window | absent | needs | source columns | known from | meaning |\n\
                    |---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for feature in catalogue() {
        let window = feature.window.days().map_or_else(|| "all".to_owned(), |days| days.to_string());
        let absent = absent_value(feature.absent);
        let (name, family, meaning) = (feature.name, feature.family.code(), feature.meaning);
        let unit = feature.unit.suffix().trim_start_matches('_').replace('_', " ");
        let needs = feature.needs.map_or("", |input| input.input());
        let (sources, known_from) = (feature.sources().join(", "), feature.family.known_from());
        let cells = [&format!("`{name}`"), family, &unit, &window, absent, needs, &sources, known_from, meaning];
        push(&mut page, &cells);
    }
    for feature in own {
        let window = feature.window_days.map_or_else(|| "all".to_owned(), |days| days.to_string());
        let unit = custom::unit(feature).suffix().trim_start_matches('_').to_owned();
        // Expressions of custom features may hold what separates cells.
        let cell = |text: String| text.replace('|', "\\|").replace(['\n', '\r'], " ");
        let (sources, meaning) = (cell(custom::sources(feature)), cell(custom::meaning(feature)));
        let (family, absent) = (Family::Custom.code(), absent_value(custom::absent(feature)));
        let known_from = custom::known_from(feature);
        push(
            &mut page,
            &[&format!("`{}`", feature.name), family, &unit, &window, absent, "", &sources, known_from, &meaning],
        );
    }
    page
}

fn push(page: &mut String, cells: &[&str]) {
    // Writing to a string does not fail.
    let _ = writeln!(page, "| {} |", cells.join(" | "));
}

const fn absent_value(absent: Absent) -> &'static str {
    match absent {
        Absent::Zero => "0",
        Absent::Missing => "missing",
    }
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
        let own = CustomFeature {
            name: "premium_spend_90d".to_owned(),
            table: crate::config::CustomTable::Complaints,
            aggregate: crate::config::Aggregate::Max,
            column: Some("a || b".to_owned()),
            filter: None,
            window_days: None,
            unit: crate::config::CustomUnit::Number,
            reason: None,
        };
        let page = dictionary(&[own]);
        assert_eq!(page.lines().count(), catalogue().count() + 3);
        assert!(page.contains("| `premium_spend_90d` | custom | number | all | missing |  | complaints.customer_id, "));
        assert!(page.ends_with("| Largest `a \\|\\| b` of complaint records. |\n"), "{page}");
        assert!(page.lines().all(|line| line.matches(" | ").count() == 8 || line.starts_with("|---")), "{page}");
        assert!(page.contains("| `age_years` | attributes | years | all | missing | customers.birth_date |"));
    }
}
