//! The checked sections on lists: whom to contact, and where models and runs go.

use std::path::PathBuf;

use serde::Serialize;

use super::playbook::Playbook;
use crate::units::Days;

/// Whom to contact, with what, for how much.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DecideConfig {
    /// The file of the playbook; `None` for the one that comes with `retain`.
    pub playbook_path: Option<PathBuf>,
    /// What can be done for customers.
    pub playbook: Playbook,
    /// Most that the contacts of one run may cost, in major units; `None` for no limit.
    pub budget: Option<f64>,
    /// Share of those worth a contact who are left alone, unless their action says otherwise.
    pub control_share: f64,
    /// Name of the campaign.
    pub campaign: String,
    /// What is mixed into the draw of the control group.
    pub salt: String,
    /// How long a customer is left in peace after any contact.
    pub cool_down: Days,
    /// Least that a contact must be expected to bring, in major units.
    pub min_gain: f64,
    /// Whether rates of the playbook are drawn towards what contacts and the control group say.
    pub measured_rates: bool,
    /// The carried column that says who looks after a customer, and how many customers each of them gets in one run.
    pub owners: Option<OwnersConfig>,
    /// Share of the customers who are of high value.
    pub high_value_share: f64,
    /// Share of the customers who are of high growth potential.
    pub high_growth_share: f64,
}

/// From where on customers are satisfied and loyal, where there are surveys.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SegmentsConfig {
    /// Least answer of 1 to 5 of a satisfied customer.
    pub satisfied_csat: f64,
    /// Least answer of 0 to 10 of a satisfied customer, where satisfaction was not asked.
    pub satisfied_nps: f64,
    /// Least days with an order in 365 days of a loyal customer.
    pub loyal_visits: u32,
}

/// People who look after customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnersConfig {
    /// The column that names them, one of those that are carried.
    pub column: String,
    /// Customers whom each of them can contact in one run.
    pub per_owner: u32,
}

/// The registry of models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelsConfig {
    /// Its folder.
    pub dir: PathBuf,
}

/// Where runs are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutputConfig {
    /// Their folder.
    pub dir: PathBuf,
    /// How the list is written as CSV.
    pub csv: CsvFlavour,
    /// Whether the lists are written as JSON lines too.
    pub jsonl: bool,
    /// Columns of the source of customers that are added to the list: names or SQL expressions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub carry: Vec<String>,
    /// Customers on the page at most; 0 for no page.
    pub page_rows: u32,
    /// Rows in the spreadsheet at most; 0 for no spreadsheet.
    pub sheet_rows: u32,
    /// Lost customers on the interview list at most; 0 for no such list.
    pub interview_rows: u32,
    /// Where `OpenLineage` events go; nowhere if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lineage: Option<PathBuf>,
    /// The environment variable with the address of a server that gets them too; none if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lineage_url_env: Option<String>,
    /// A database that gets the lists too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postgres: Option<PostgresOutput>,
}

/// A database that gets each list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PostgresOutput {
    /// The schema of its tables.
    pub schema: String,
    /// The environment variable with its address.
    pub url_env: String,
}

/// How the list is written as CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CsvFlavour {
    /// For programs: UTF-8, comma, decimal point.
    Plain,
    /// For Excel where the decimal mark is a point: the same behind a byte order mark.
    Excel,
    /// For Excel where the decimal mark is a comma, as in Germany, France, Italy, Spain or the Netherlands: a byte order
    /// mark, semicolons, decimal commas.
    ExcelDe,
}
