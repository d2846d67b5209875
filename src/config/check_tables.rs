//! The sections of tables: where the rows are, how they are written, and how columns are mapped.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::allowed::{Allowed, RATE};
use super::error::Violation;
use super::keys::{self, join};
use super::raw_tables::{OneOrMany, RawTable};
use super::table_settings::TableConfig;
use super::values::Check;
use super::{Table, currencies, knobs};

impl Check<'_> {
    pub(super) fn purchases(&mut self, raw: Option<&RawTable>) -> Option<TableConfig> {
        let section = Table::Purchases.name();
        if raw.is_none() {
            self.missing("", section, "Where the purchases are", Allowed::Section);
        }
        self.table(Table::Purchases, raw?)
    }

    pub(super) fn table(&mut self, table: Table, raw: &RawTable) -> Option<TableConfig> {
        let section = table.name();
        let postgres = raw.postgres.as_deref().and_then(|query| self.query(section, query, raw));
        let paths = if raw.postgres.is_some() { Some(Vec::new()) } else { self.paths(section, raw.path.as_ref()) };
        let layout = self.layout(section, raw);
        let filter = self.text(section, &knobs::FILTER, raw.filter.as_deref());
        let duplicates = self.word(section, &knobs::DUPLICATES, raw.duplicates.as_deref());
        let latest_by = self.text(section, &knobs::LATEST_BY, raw.latest_by.as_deref());
        self.versions(table, raw);
        let time_format = self.time_formats(table, raw.time_format.as_ref());
        let decimal = self.word(section, &knobs::DECIMAL, raw.decimal.as_deref());
        let thousands = self.word(section, &knobs::THOUSANDS, raw.thousands.as_deref());
        let amount_is = raw.amount_is.as_deref().and_then(|word| self.word(section, &knobs::AMOUNT_IS, Some(word)));
        let discount_is =
            raw.discount_is.as_deref().and_then(|word| self.word(section, &knobs::DISCOUNT_IS, Some(word)));
        self.numbers(table, raw);
        let negative_amounts = self.word(section, &knobs::NEGATIVE_AMOUNTS, raw.negative_amounts.as_deref());
        let id_case = raw.id_case.as_deref().and_then(|word| self.word(section, &knobs::ID_CASE, Some(word)));
        let id_trim = raw.id_trim.as_deref().and_then(|word| self.word(section, &knobs::ID_TRIM, Some(word)));
        let fill_down = self.fill_down(table, raw);
        self.columns(table, &raw.columns);
        let lookups = self.lookups(section, &raw.lookup);
        Some(TableConfig {
            paths: paths?,
            postgres,
            layout,
            filter,
            duplicates: duplicates?,
            latest_by,
            time_format,
            decimal,
            thousands,
            amount_is,
            discount_is,
            rates: raw.rates.clone(),
            negative_amounts: negative_amounts?,
            id_case,
            id_trim,
            fill_down,
            known_values: raw.known_values.clone(),
            columns: raw.columns.clone(),
            lookups: lookups?,
        })
    }

    /// Versions are told to be of one order by its number.
    fn versions(&mut self, table: Table, raw: &RawTable) {
        let is_by_file = raw.duplicates.as_deref() == Some("latest");
        let number = match table {
            Table::Purchases => "order_id",
            Table::Complaints => "complaint_id",
            _ if is_by_file => {
                let place = self.place(table.name(), knobs::DUPLICATES.name);
                let why = "its rows have no number by which versions are told".to_owned();
                return self.violations.push(Violation::Refused { place, why, instead: "write `drop` or `overlap`" });
            }
            _ => return,
        };
        if (raw.latest_by.is_some() || is_by_file) && !raw.columns.contains_key(number) {
            let columns = join(table.name(), "columns");
            self.missing(&columns, number, "which rows are versions of one", Allowed::Source);
        }
    }

    /// The columns to be filled; lines are told to be of one order by its number.
    fn fill_down(&mut self, table: Table, raw: &RawTable) -> Option<Vec<String>> {
        let (section, names) = (table.name(), raw.fill_down.as_ref()?);
        if names.iter().any(|name| name.trim().is_empty()) {
            return self.unsuitable(section, &knobs::FILL_DOWN, "");
        }
        if table == Table::Purchases && !names.is_empty() && !raw.columns.contains_key("order_id") {
            let columns = join(section, "columns");
            self.missing(&columns, "order_id", "which lines are one order, as `fill_down` needs it", Allowed::Source);
        }
        Some(names.clone())
    }

    /// What marks, rates and amounts of orders need beside them.
    fn numbers(&mut self, table: Table, raw: &RawTable) {
        let section = table.name();
        if raw.decimal.is_some() && raw.decimal == raw.thousands {
            let place = self.place(section, knobs::THOUSANDS.name);
            let (why, instead) =
                ("it is the mark before decimals too".to_owned(), "leave it out, or give another mark");
            self.violations.push(Violation::Refused { place, why, instead });
        }
        let rates = join(section, knobs::RATES.name);
        for (code, rate) in &raw.rates {
            let place = self.place(&rates, code);
            if !RATE.holds_number(*rate) {
                self.violations.push(Violation::NumberOutside { place, allowed: RATE, came: *rate });
            } else if !currencies::CODES.contains(&code.as_str()) {
                let nearest = keys::nearest(code, currencies::CODES.iter().copied()).map(str::to_owned);
                let (allowed, came) = (Allowed::Currency, code.clone());
                self.violations.push(Violation::Unknown { place, allowed, came, nearest });
            }
        }
        let columns = join(section, "columns");
        if !raw.rates.is_empty() && !raw.columns.contains_key("currency") {
            self.missing(&columns, "currency", "the currency of each amount, which `rates` converts", Allowed::Source);
        }
        if raw.amount_is.as_deref() == Some("order") && !raw.columns.contains_key("order_id") {
            self.missing(&columns, "order_id", "the order whose amount stands on each line", Allowed::Source);
        }
        if raw.discount_is.as_deref() == Some("order") {
            for (name, what) in
                [("order_id", "the order whose discount it is"), ("discount", "the discount of the order")]
            {
                if !raw.columns.contains_key(name) {
                    self.missing(&columns, name, what, Allowed::Source);
                }
            }
        }
    }

    pub(super) fn paths(&mut self, section: &str, came: Option<&OneOrMany>) -> Option<Vec<PathBuf>> {
        let Some(paths) = came.map(OneOrMany::texts) else {
            self.missing(section, knobs::PATH.name, knobs::PATH.meaning, knobs::PATH.allowed);
            return None;
        };
        if paths.is_empty() || paths.iter().any(|path| path.trim().is_empty()) {
            return self.unsuitable(section, &knobs::PATH, "");
        }
        if paths.iter().any(|path| path.contains("://")) {
            let place = self.place(section, knobs::PATH.name);
            let (what, instead) = ("an address with `://` as a source", "copy the files to a folder and give its path");
            self.violations.push(Violation::NotAvailable { place, what, instead });
            return None;
        }
        Some(paths.iter().map(|path| self.folder.join(path)).collect())
    }

    fn columns(&mut self, table: Table, columns: &BTreeMap<String, String>) {
        let mapping = join(table.name(), "columns");
        for (name, _) in columns.iter().filter(|(_, source)| source.trim().is_empty()) {
            let place = self.place(&mapping, name);
            self.violations.push(Violation::Unsuitable { place, allowed: Allowed::Source, came: String::new() });
        }
        let required = table.columns().iter().filter(|column| column.required);
        for column in required.filter(|column| !columns.contains_key(column.name)) {
            self.missing(&mapping, column.name, column.meaning, Allowed::Source);
        }
    }
}
