//! The sections on lists as written in the file: whom to contact, and where models and runs go.

use schemars::JsonSchema;
use serde::Deserialize;

/// `[decide]`: whom to contact, with what, for how much.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawDecide {
    /// The playbook: what can be done for a customer, for whom, at what cost; the one that comes with `retain` if not
    /// given. A file, relative to the config file or absolute; optional.
    pub playbook: Option<String>,
    /// Most that the contacts of one run may cost, incentives as far as they are expected to be taken included, in major
    /// units; no limit if not given. A number of at least 0.0; optional.
    pub budget: Option<f64>,
    /// Share of those worth a contact who are left alone as a control group, so that it can be measured what contacts
    /// bring. A number of at least 0.0 and at most 0.5; default `0.1`.
    pub control_share: Option<f64>,
    /// Name of the campaign: as long as it stays, customers stay in their group from night to night. At most 100 of A-Z,
    /// a-z, 0-9, `.`, `_` and `-`, not starting with a dot; default `"retention"`.
    pub campaign: Option<String>,
    /// Another one draws the control group of a campaign anew. A text of at most 200 characters on one line; default
    /// `"1"`.
    pub salt: Option<String>,
    /// Days for which a customer is left in peace after any contact of the table of contacts; a complaint does not wait for
    /// it. A whole number of days from 0 to 3650; default `14`.
    pub cool_down_days: Option<i64>,
    /// Least net gain that a contact must be expected to bring, in major units of the currency; who brings less is left in
    /// peace. The default is of the euro's size, and in a currency of another size as much as it is there, roughly: 200 yen. A
    /// number of at least 0.0; default `1.0`.
    pub min_gain: Option<f64>,
    /// Whether the rates of the playbook are drawn towards what your own contacts and the control group say, as far as these
    /// are known; what they say is told in any case. `true` or `false`; default `false`.
    pub measured_rates: Option<bool>,
    /// Column that says who looks after a customer, one of those in `output.carry`. A column of the source or a SQL
    /// expression over its columns; optional.
    pub owner: Option<String>,
    /// Customers whom each of them can contact in one run. A whole number of customers from 1 to 1000000000; default `20`.
    pub per_owner: Option<i64>,
    /// Share of the customers of a list, by margin of the past year, who are of high value in the value matrix. A number
    /// above 0.0 and at most 1.0; default `0.2`.
    pub high_value_share: Option<f64>,
    /// Share of them, by what is expected beyond that margin in the coming year if they stay, who are of high growth
    /// potential. A number above 0.0 and at most 1.0; default `0.5`.
    pub high_growth_share: Option<f64>,
}

/// `[segments]`: from where on customers are satisfied and loyal, where there are surveys.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawSegments {
    /// Answer to how satisfied a customer is, from 1 to 5, from which on the customer counts as satisfied. A number of at
    /// least 1.0 and at most 5.0; default `4.0`.
    pub satisfied_csat: Option<f64>,
    /// Answer to whether a customer would recommend the shop, from 0 to 10, from which on the customer counts as satisfied
    /// where satisfaction was not asked. A number of at least 0.0 and at most 10.0; default `7.0`.
    pub satisfied_nps: Option<f64>,
    /// Days with an order in the past year from which on a customer counts as loyal beside satisfaction. A whole number of
    /// days from 1 to 365; default `3`.
    pub loyal_visits: Option<i64>,
}

/// `[models]`: the registry of models.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawModels {
    /// Folder of the registry of models. A folder, relative to the config file or absolute; default `"models"`.
    pub dir: Option<String>,
}

/// `[output]`: where runs are written.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawOutput {
    /// Folder in which every run gets its own. A folder, relative to the config file or absolute; default
    /// `"data/runs"`.
    pub dir: Option<String>,
    /// How `list.csv` is written: for programs, for Excel where the decimal mark is a point, or, with semicolons, for
    /// Excel where it is a comma as in Germany, France, Italy, Spain and the Netherlands. One of `plain`, `excel`,
    /// `excel-de`; default `"plain"`.
    pub csv: Option<String>,
    /// Whether both lists are written as JSON lines too, one object for each customer: `list.jsonl` and `winback.jsonl`.
    /// `true` or `false`; default `false`.
    pub jsonl: Option<bool>,
    /// Columns of the source of customers that the list has behind its own, as known on its day; personal data go
    /// nowhere else. A list of names such as `["phone"]`; default `[]`.
    pub carry: Vec<String>,
    /// The page `report.html` has at most so many customers, the first of the list; 0 for no page. A whole number of
    /// customers from 0 to 50000; default `50000`.
    pub page_rows: Option<i64>,
    /// The spreadsheet `list.xlsx` has at most so many rows of the list, the first ones; Excel holds no more than 1048575
    /// below a header; 0 for no spreadsheet. A whole number of rows from 0 to 1048575; default `10000`.
    pub sheet_rows: Option<i64>,
    /// The list `interviews.csv` has at most so many lost customers to ask why they left, of each cause and value; 0 for
    /// none. A whole number of customers from 0 to 1000000; default `30`.
    pub interview_rows: Option<i64>,
    /// Folder for events of lineage, a file each, when `run`, `score`, `train` or `backtest` begins, ends or fails;
    /// none if not given. A folder, relative to the config file or absolute; optional.
    pub lineage: Option<String>,
    /// The environment variable that holds the address of a server of `OpenLineage`, such as `http://localhost:5000`, which
    /// gets the same events; a key for it in `OPENLINEAGE_API_KEY`; no server if not given. The name of an environment
    /// variable, of A-Z, a-z, 0-9 and `_`; optional.
    pub lineage_url_env: Option<String>,
    /// A database that gets each list too.
    pub postgres: Option<RawOutputPostgres>,
}

/// `[output.postgres]`: a database that gets each list too.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawOutputPostgres {
    /// Schema of the tables `list`, `winback` and `runs`; it and they are made if they are not there. At most 60 of a-z,
    /// 0-9 and `_`, starting with a letter; default `"retain"`.
    pub schema: Option<String>,
    /// Environment variable that holds the address of the database, such as
    /// `postgresql://user:password@host:5432/database?sslmode=require`. The name of an environment variable, of A-Z, a-z,
    /// 0-9 and `_`; default `"RETAIN_DATABASE_URL"`.
    pub url_env: Option<String>,
}
