//! Owns the whole of a simulated shop: its tables, and the truth behind them.

use crate::config;
use crate::table::Table;

/// A shop whose truth is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Shop {
    /// Order lines and returned lines, by customer, then time.
    pub purchases: Table<'static>,
    /// Complaints, by customer, then time.
    pub complaints: Table<'static>,
    /// One row per customer.
    pub customers: Table<'static>,
    /// Contacts, by customer, then time, in a shop that contacts any.
    pub contacts: Option<Table<'static>>,
    /// What no real shop knows: how each customer really behaves, and when and why the customer left.
    pub truth: Table<'static>,
}

/// The names of all tables of a simulated shop.
pub const TABLES: [&str; 4] = ["purchases", "complaints", "customers", "truth"];
/// The name of the table that only shops with contacts have.
pub const CONTACTS: &str = "contacts";

impl Shop {
    /// All tables.
    pub fn tables(&self) -> impl Iterator<Item = &Table<'static>> {
        [&self.purchases, &self.complaints, &self.customers, &self.truth].into_iter().chain(&self.contacts)
    }
}

impl Shop {
    /// A config that runs on the tables as files of this kind in its own folder; horizon and active window are those
    /// of the module's statement of difficulty.
    #[must_use]
    pub fn config(&self, extension: &str) -> String {
        let mut text = CONFIG_HEAD.to_owned();
        let tables = [
            (config::Table::Purchases, Some(&self.purchases)),
            (config::Table::Complaints, Some(&self.complaints)),
            (config::Table::Customers, Some(&self.customers)),
            (config::Table::Contacts, self.contacts.as_ref()),
        ];
        for (spec, table) in tables.into_iter().filter_map(|(spec, table)| Some((spec, table?))) {
            let name = spec.name();
            text.push_str(&format!("\n[{name}]\npath = \"{name}.{extension}\"\n"));
            if spec == config::Table::Purchases {
                text.push_str("duplicates = \"keep\" # two equal lines of an order are two lines\n");
            }
            text.push_str(&format!("\n[{name}.columns]\n"));
            let mapped = spec.columns().iter().filter(|column| table.column(column.name).is_some());
            mapped.for_each(|column| text.push_str(&format!("{0} = \"{0}\"\n", column.name)));
        }
        text + CONFIG_TAIL
    }
}

const CONFIG_HEAD: &str = "\
# A simulated shop: what is true in it stands in the table `truth`, which this config does not read.

name = \"simulated-shop\"
currency = \"EUR\"
";

const CONFIG_TAIL: &str = "
[churn]
horizon_days = 60
active_days = 180

[validate]
max_age_days = 3650 # the simulated days stay where they are: a shop of yours would leave this at 45

[value]
margin_share = 0.3
";
