//! The hand-over: from typed tables to the plain columns that everything behind this room works on.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::table::TypedTable;
use super::values::{ABSENT, NO_FLAG, Values};
use super::words::{Words, position};
use crate::config::{Config, NegativeAmounts, Table};
use crate::timeline::columns::{
    ALWAYS, ComplaintColumns, CustomColumn, CustomerColumns, NEVER, NO_CODE, NO_COST, PurchaseColumns, SurveyColumns,
    Tables,
};
use crate::units::{Money, Timestamp};

/// What the codes in the tables mean: a code is a position; names are sorted by bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Dictionaries {
    /// Causes of complaints.
    pub complaint_categories: Vec<String>,
    /// Products.
    pub products: Vec<String>,
    /// Product categories.
    pub categories: Vec<String>,
    /// Sales channels.
    pub channels: Vec<String>,
    /// Regions.
    pub regions: Vec<String>,
    /// Regions in which customers live.
    pub home_regions: Vec<String>,
    /// Channels that brought customers.
    pub acquisition_channels: Vec<String>,
}

/// The used rows of all tables as plain columns, and what their codes mean.
#[must_use]
pub fn columns(config: &Config, tables: Vec<TypedTable>) -> (Tables, Dictionaries) {
    // Contacts go another way, so that nothing here depends on them.
    let tables = tables.into_iter().filter(|table| table.table() != Table::Contacts);
    let mut used: Vec<UsedRows> = tables.map(UsedRows::new).collect();
    let customer_ids = intern_customers(&mut used);
    let mut shop = Tables { customer_ids, ..Tables::default() };
    let mut dictionaries = Dictionaries::default();
    for mut rows in used {
        match rows.table {
            Table::Purchases => shop.purchases = purchases(config, &mut rows, &mut dictionaries),
            Table::Complaints => shop.complaints = complaints(&mut rows, &mut dictionaries),
            Table::Customers => shop.customers = customers(&mut rows, &mut dictionaries),
            Table::Surveys => shop.surveys = surveys(&mut rows),
            Table::Contacts => {}
        }
    }
    (shop, dictionaries)
}

/// Columns of one table, to be taken out one by one and reduced to the used rows.
struct UsedRows {
    table: Table,
    columns: BTreeMap<&'static str, Values>,
    custom: Vec<CustomColumn>,
    /// Whether each row is used; empty if all are.
    used: Vec<bool>,
    /// Position of each used row's customer; filled by `intern_customers`.
    customer: Vec<u32>,
}

impl UsedRows {
    fn new(table: TypedTable) -> Self {
        let used: Vec<bool> = (0..table.n_rows()).map(|row| table.verdicts.is_used(row)).collect();
        let used = if used.iter().all(|used| *used) { Vec::new() } else { used };
        Self { table: table.table(), columns: table.columns, custom: table.custom, used, customer: Vec::new() }
    }

    fn keep<T>(&self, values: Vec<T>) -> Vec<T> {
        if self.used.is_empty() {
            return values;
        }
        values.into_iter().zip(&self.used).filter(|(_, used)| **used).map(|(value, _)| value).collect()
    }

    fn words(&mut self, name: &str) -> Option<Words> {
        match self.columns.remove(name)? {
            Values::Words(Words { names, codes }) => Some(Words { names, codes: self.keep(codes) }),
            _ => None,
        }
    }

    /// Codes of the words that are used, and those words, sorted.
    fn coded(&mut self, name: &str, dictionary: &mut Vec<String>) -> Option<Vec<u32>> {
        let mut words = self.words(name)?;
        let (names, positions) = merged(std::slice::from_ref(&words));
        words.recode(&positions.concat());
        *dictionary = names;
        Some(words.codes)
    }

    fn times(&mut self, name: &str, absent: Timestamp) -> Option<Vec<Timestamp>> {
        match self.columns.remove(name)? {
            Values::Times(times) => {
                let time = |time| if time == ABSENT { absent } else { Timestamp(time) };
                // In place: an instant is as wide as the number it is read from.
                Some(self.keep(times).into_iter().map(time).collect())
            }
            _ => None,
        }
    }

    fn money(&mut self, name: &str) -> Option<Vec<Money>> {
        self.money_or(name, Money(0))
    }

    fn money_or(&mut self, name: &str, absent: Money) -> Option<Vec<Money>> {
        match self.columns.remove(name)? {
            Values::Money(amounts) => {
                let amount = |amount| if amount == ABSENT { absent } else { Money(amount) };
                Some(self.keep(amounts).into_iter().map(amount).collect())
            }
            _ => None,
        }
    }

    fn keys(&mut self, name: &str) -> Option<Vec<u64>> {
        match self.columns.remove(name)? {
            Values::Keys(keys) => Some(self.keep(keys)),
            _ => None,
        }
    }

    fn numbers(&mut self, name: &str) -> Option<Vec<f32>> {
        match self.columns.remove(name)? {
            Values::Numbers(numbers) => Some(self.keep(numbers)),
            _ => None,
        }
    }

    /// The columns of custom features.
    fn custom(&mut self) -> Vec<CustomColumn> {
        let columns = std::mem::take(&mut self.custom).into_iter();
        columns.map(|column| CustomColumn { name: column.name, values: self.keep(column.values) }).collect()
    }

    /// What each row says; `None` where it says nothing.
    fn flags(&mut self, name: &str) -> Option<Vec<Option<bool>>> {
        match self.columns.remove(name)? {
            Values::Flags(flags) => {
                let stated = |flag| (flag != NO_FLAG).then_some(flag == 1);
                Some(self.keep(flags).into_iter().map(stated).collect())
            }
            _ => None,
        }
    }
}

/// Every customer of a used row of any table, sorted by bytes; each table's rows get positions among them.
fn intern_customers(tables: &mut [UsedRows]) -> Vec<String> {
    let words: Vec<Words> = tables.iter_mut().map(|rows| rows.words("customer_id").unwrap_or_default()).collect();
    let (ids, positions) = merged(&words);
    for ((rows, mut words), positions) in tables.iter_mut().zip(words).zip(positions) {
        words.recode(&positions);
        rows.customer = words.codes;
    }
    ids
}

/// The names that rows of any table carry, sorted, and for each table the position of each of its names among them.
fn merged(tables: &[Words]) -> (Vec<String>, Vec<Vec<u32>>) {
    let mut entries: Vec<(&str, usize, usize)> = Vec::new();
    for (table, words) in tables.iter().enumerate() {
        let used = words.names.iter().zip(are_used(words)).enumerate().filter(|(_, (_, is_used))| *is_used);
        entries.extend(used.map(|(place, (name, _))| (name.as_str(), table, place)));
    }
    entries.par_sort_unstable();
    let mut names: Vec<String> = Vec::with_capacity(entries.len());
    let mut positions: Vec<Vec<u32>> = tables.iter().map(|words| vec![NO_CODE; words.names.len()]).collect();
    for same in entries.chunk_by(|a, b| a.0 == b.0) {
        names.extend(same.first().map(|(name, ..)| (*name).to_owned()));
        for (_, table, place) in same {
            if let Some(entry) = positions.get_mut(*table).and_then(|table| table.get_mut(*place)) {
                *entry = position(names.len() - 1);
            }
        }
    }
    (names, positions)
}

/// For each name, whether some row carries it.
fn are_used(words: &Words) -> Vec<bool> {
    let mut is_used = vec![false; words.names.len()];
    for code in &words.codes {
        if let Some(place) = usize::try_from(*code).ok().and_then(|code| is_used.get_mut(code)) {
            *place = true;
        }
    }
    is_used
}

fn purchases(config: &Config, rows: &mut UsedRows, dictionaries: &mut Dictionaries) -> PurchaseColumns {
    let recorded_at = recorded_at(rows, "purchased_at");
    let amount = rows.money("amount").unwrap_or_default();
    let is_return = rows.flags("is_return");
    // Decided by the config: a shop's first return must not give it features that its model has never seen.
    let records_returns = is_return.is_some() || config.purchases.negative_amounts == NegativeAmounts::Return;
    let is_return = match is_return {
        // A line that says nothing gives nothing back; a negative one was marked, or rejected, when it was checked.
        Some(stated) => stated.into_iter().map(|flag| flag == Some(true)).collect(),
        None => amount.iter().map(|amount| amount.0 < 0).collect(),
    };
    PurchaseColumns {
        customer: std::mem::take(&mut rows.customer),
        purchased_at: rows.times("purchased_at", NEVER).unwrap_or_default(),
        recorded_at,
        order: rows.keys("order_id"),
        is_return,
        records_returns,
        amount,
        quantity: rows.numbers("quantity"),
        discount: rows.money("discount"),
        cost: rows.money_or("cost", NO_COST),
        product: rows.coded("product_id", &mut dictionaries.products),
        category: rows.coded("category", &mut dictionaries.categories),
        channel: rows.coded("channel", &mut dictionaries.channels),
        region: rows.coded("region", &mut dictionaries.regions),
        custom: rows.custom(),
    }
}

fn complaints(rows: &mut UsedRows, dictionaries: &mut Dictionaries) -> ComplaintColumns {
    let recorded_at = recorded_at(rows, "opened_at");
    let category = rows.coded("category", &mut dictionaries.complaint_categories);
    ComplaintColumns {
        are_recorded: true,
        customer: std::mem::take(&mut rows.customer),
        complaint: rows.keys("complaint_id").unwrap_or_default(),
        opened_at: rows.times("opened_at", NEVER).unwrap_or_default(),
        recorded_at,
        first_response_at: rows.times("first_response_at", NEVER),
        resolved_at: rows.times("resolved_at", NEVER),
        reopened_at: rows.times("reopened_at", NEVER),
        order: rows.keys("order_id"),
        category,
        category_names: dictionaries.complaint_categories.clone(),
        severity: rows.numbers("severity"),
        satisfaction: rows.numbers("satisfaction"),
        amount: rows.money("amount"),
        compensation: rows.money("compensation"),
        custom: rows.custom(),
    }
}

fn customers(rows: &mut UsedRows, dictionaries: &mut Dictionaries) -> CustomerColumns {
    CustomerColumns {
        // A row without a recorded time is known as soon as it holds.
        recorded_at: recorded_at(rows, "valid_from"),
        customer: std::mem::take(&mut rows.customer),
        signed_up_at: rows.times("signed_up_at", NEVER),
        opted_out: rows.flags("opted_out"),
        // A version without a beginning always held.
        valid_from: rows.times("valid_from", ALWAYS),
        birth_date: rows.times("birth_date", NEVER),
        region: rows.coded("region", &mut dictionaries.home_regions),
        acquisition: rows.coded("acquisition_channel", &mut dictionaries.acquisition_channels),
        // Codes stand in the order of names.
        region_places: Vec::new(),
        acquisition_places: Vec::new(),
        custom: rows.custom(),
    }
}

fn surveys(rows: &mut UsedRows) -> SurveyColumns {
    let recorded_at = recorded_at(rows, "answered_at");
    SurveyColumns {
        are_recorded: true,
        customer: std::mem::take(&mut rows.customer),
        answered_at: rows.times("answered_at", NEVER).unwrap_or_default(),
        recorded_at,
        nps: rows.numbers("nps"),
        csat: rows.numbers("csat"),
        custom: rows.custom(),
    }
}

/// Recorded times; a row without one was known when it happened.
fn recorded_at(rows: &mut UsedRows, happened_at: &str) -> Option<Vec<Timestamp>> {
    let Values::Times(mut recorded) = rows.columns.remove("recorded_at")? else { return None };
    if let Some(Values::Times(happened)) = rows.columns.get(happened_at) {
        let absent = recorded.iter_mut().zip(happened).filter(|(recorded, _)| **recorded == ABSENT);
        absent.for_each(|(recorded, happened)| *recorded = *happened);
    }
    Some(rows.keep(recorded).into_iter().map(Timestamp).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_rows_carry_are_kept_and_sorted() {
        let words = Words { names: vec!["c".into(), "a".into(), "b".into()], codes: vec![0, NO_CODE, 1, 0] };
        let others = Words { names: vec!["d".into(), "a".into()], codes: vec![1, 0] };
        let (names, positions) = merged(&[words, others]);
        assert_eq!(names, ["a", "c", "d"]);
        assert_eq!(positions, [vec![1, 0, NO_CODE], vec![2, 0]]);
    }
}
