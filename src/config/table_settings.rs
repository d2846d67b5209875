//! The checked sections of tables.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::layout::Layout;
use super::lookup::LookupConfig;
use super::raw_tables::TimeFormats;

/// Where one table is and how its columns are called there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableConfig {
    /// Files, globs or folders; read one after the other.
    pub paths: Vec<PathBuf>,
    /// The query that gives the rows instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postgres: Option<PostgresQuery>,
    /// How the files are written.
    pub layout: Layout,
    /// SQL condition over the source's columns; other rows are set aside and counted.
    pub filter: Option<String>,
    /// What happens to rows equal in every column that the mapping and the filter read.
    pub duplicates: Duplicates,
    /// What grows with each version of an order: of its rows those with the greatest value count (purchases only).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest_by: Option<String>,
    /// Formats of times written as text or numbers; settled from the values where there is none.
    pub time_format: Option<TimeFormats>,
    /// The mark before decimals; settled from the values if it is not given.
    pub decimal: Option<DecimalMark>,
    /// The mark between thousands; settled from the values if it is not given.
    pub thousands: Option<ThousandsMark>,
    /// What the amount of a purchase is of (purchases only); of its line if it is not given, and then that is doubted where orders
    /// speak against it. Both are written alike: a model does not care who said so.
    #[serde(serialize_with = "of_lines_unless_given")]
    pub amount_is: Option<AmountIs>,
    /// What the discount of a purchase is of (purchases only); of its line if it is not given, and then that is doubted where prices
    /// speak against it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_is: Option<DiscountIs>,
    /// What one unit of another currency is worth in that of the config.
    pub rates: BTreeMap<String, f64>,
    /// What a negative amount means (purchases only).
    pub negative_amounts: NegativeAmounts,
    /// Whether ids of customers that differ in capitals alone are one; `None` if nobody has said.
    pub id_case: Option<IdCase>,
    /// Whether ids of customers that differ in blanks alone are one; `None` if nobody has said.
    pub id_trim: Option<IdTrim>,
    /// Source columns of which an empty value takes the first one given in its order; `None` if nobody has said.
    pub fill_down: Option<Vec<String>>,
    /// Values of columns of states that need no mention (purchases only).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub known_values: Vec<String>,
    /// Our column name to a source column name or a SQL expression over source columns.
    pub columns: BTreeMap<String, String>,
    /// Files that have more about its rows, in the order in which they are looked into.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lookups: Vec<LookupConfig>,
}

/// The rows of a table as the answer to a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PostgresQuery {
    /// The query.
    pub query: String,
    /// The environment variable with the address of the database.
    pub url_env: String,
}

/// Policy for duplicate rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Duplicates {
    /// Rows equal in all columns of their files count as often as in the one file that has them most often.
    Overlap,
    /// Of an order that stands in several files, the rows of the last of them count.
    Latest,
    /// Keep the first, reject the others.
    Drop,
    /// They are real.
    Keep,
    /// Stop if there is any.
    Refuse,
}

/// Policy for the letters of customer ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdCase {
    /// As written: ids that differ in capitals are different customers.
    Keep,
    /// In small letters.
    Lower,
    /// In small letters without accents.
    Fold,
}

/// Policy for blanks inside customer ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdTrim {
    /// As written.
    Keep,
    /// Without any blank, and without a `.0` at the end.
    All,
}

/// Policy for negative amounts of purchase lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NegativeAmounts {
    /// The line is a return.
    Return,
    /// The line is rejected.
    Reject,
}

/// The mark before decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
pub enum DecimalMark {
    /// `1299.00`
    #[serde(rename = ".")]
    Point,
    /// `1299,00`
    #[serde(rename = ",")]
    Comma,
}

/// The mark between thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
pub enum ThousandsMark {
    /// `1299`
    #[serde(rename = "")]
    None,
    /// `1.299`
    #[serde(rename = ".")]
    Point,
    /// `1,299`
    #[serde(rename = ",")]
    Comma,
    /// `1 299`, with any kind of blank
    #[serde(rename = " ")]
    Blank,
    /// `1'299`
    #[serde(rename = "'")]
    Apostrophe,
}

/// What the amount of a purchase line is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AmountIs {
    /// The line.
    Line,
    /// The order: it stands on each of its lines.
    Order,
}

/// What the discount of a purchase line is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DiscountIs {
    /// The line, whose amount has it off.
    Line,
    /// The order, whose amounts are those before it.
    Order,
}

#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
fn of_lines_unless_given<S: serde::Serializer>(amount_is: &Option<AmountIs>, serializer: S) -> Result<S::Ok, S::Error> {
    amount_is.unwrap_or(AmountIs::Line).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn a_model_of_a_config_without_amount_is_stays_that_of_one_that_says_line() {
        let config = |said: &str| {
            let text = format!(
                "name = 'x'\ncurrency = 'EUR'\n[churn]\nhorizon_days = 30\n[purchases]\npath = 'p.csv'\n{said}\n\
                 [purchases.columns]\ncustomer_id = 'c'\npurchased_at = 't'\namount = 'a'\norder_id = 'o'\n"
            );
            let config = Config::from_toml(&text, std::path::Path::new("retain.toml")).unwrap();
            serde_json::to_value(config.purchases).unwrap()["amount_is"].clone()
        };
        assert_eq!(["", "amount_is = 'line'", "amount_is = 'order'"].map(config), ["line", "line", "order"]);
    }
}
