//! Columns of the purchases that may name a person, looked at where the mapped one names nobody who comes back, or names.

use std::path::Path;

use polars::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::engine;
use super::error::IngestError;
use super::evaluate::evaluate;
use super::ids::tidy;
use super::resolve::Mapped;
use super::sections::mapping_of;
use super::{collect, sources, table_files};
use crate::config::{Config, Table, in_words, is_mail_of_persons};
use crate::maths::hash::key;

/// A column that may name persons, beside the mapped one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonColumn {
    /// Its name.
    pub name: String,
    /// Different values.
    pub n_values: u64,
    /// Values that stand in rows of several of the mapped ids.
    pub n_of_several_ids: u64,
    /// Mapped ids that stand in rows with one of its values.
    pub n_ids: u64,
    /// Those of several of them.
    pub n_ids_of_several: u64,
    /// Ids of values with several, one of each aside, and how many of them came again.
    pub n_others: u64,
    /// Those of them with several visits.
    pub n_others_again: u64,
    /// Rows without an id that have a value.
    pub n_rows_without_id: u64,
    /// Their different values.
    pub n_without_id: u64,
    /// Those of these that stand beside an id in other rows.
    pub n_of_both: u64,
}

/// Words of names of columns that name persons.
const PERSON: &[&str] = &[
    "account",
    "buyer",
    "card",
    "client",
    "cliente",
    "customer",
    "debitor",
    "email",
    "klant",
    "kunde",
    "kunden",
    "kundennr",
    "loyalty",
    "mail",
    "member",
    "mitglied",
    "person",
    "phone",
    "shopper",
    "user",
    "household",
    "auftraggeber",
    "karten",
    // Numbers by which offices know persons and firms.
    "tax",
    "vat",
    "documento",
    "cpf",
    "cnpj",
    "nif",
    "dni",
    "cuit",
    "rfc",
    "siret",
    "siren",
    "ust",
    "ustid",
    "fiscale",
    "guest",
    "debitorennr",
];

/// Words of names of columns that name something else, or more than one.
const OTHER: &[&str] = &[
    "agent", "brand", "city", "class", "country", "date", "group", "note", "notes", "segment", "state", "status",
    "store", "tag", "tags", "tier", "type", "since", "last4", "zip",
];

/// Values of a column that are told apart at most: there are no more persons among which to choose.
const MOST_VALUES: usize = 1 << 20;

/// Bytes of text read at a time.
const BYTES: usize = 1 << 26;

type Sets = FxHashMap<u64, FxHashSet<u64>>;

/// Columns beside the mapped one that may name the customers of the purchases, those with the most values first.
///
/// # Errors
/// An `IngestError` if a file cannot be read.
pub fn person_columns(config: &Config) -> Result<Vec<PersonColumn>, IngestError> {
    columns_of(config, |name, is_read| !is_read && may_name_persons(name))
}

/// Columns of e-mail addresses beside the mapped one.
///
/// # Errors
/// An `IngestError` if a file cannot be read.
pub fn mail_columns(config: &Config) -> Result<Vec<PersonColumn>, IngestError> {
    columns_of(config, |name, is_read| !is_read && is_mail_of_persons(name))
}

/// The columns that the mapping of the customer reads, where it takes the first that is given.
///
/// # Errors
/// An `IngestError` if a file cannot be read.
pub fn columns_of_the_customer(config: &Config) -> Result<Vec<PersonColumn>, IngestError> {
    let customer = config.purchases.columns.get("customer_id").map_or("", String::as_str).to_uppercase();
    if !customer.contains("COALESCE") && !customer.contains("CASE") && !customer.contains("IFNULL") {
        return Ok(Vec::new());
    }
    columns_of(config, |_, is_read| is_read)
}

fn columns_of(config: &Config, is_wanted: fn(&str, bool) -> bool) -> Result<Vec<PersonColumn>, IngestError> {
    let files = table_files::found(config, (Table::Purchases, &config.purchases))?.files;
    let mut looks: Vec<Look> = Vec::new();
    for (place, file) in files.iter().enumerate() {
        for piece in sources::pieces(file, BYTES)? {
            let mut piece = piece?;
            let available = collect::columns_of(file, &mut piece)?;
            let mapping = mapping_of(config, Table::Purchases, &available)?;
            let Some((_, customer)) = mapping.columns.iter().find(|(spec, _)| spec.name == "customer_id") else {
                continue;
            };
            if place == 0 && looks.is_empty() {
                let is_person = |name: &&String| is_wanted(name, customer.reads.contains(name));
                looks = available.names.iter().filter(is_person).map(|name| Look::new(name)).collect();
            }
            looks.retain(|look| available.names.contains(&look.name));
            if looks.is_empty() {
                return Ok(Vec::new());
            }
            // A number of orders tells visits apart, else their time does.
            let of = |ours: &str| mapping.columns.iter().find(|(spec, _)| spec.name == ours).map(|(_, mapped)| mapped);
            let visit = of("order_id").or_else(|| of("purchased_at"));
            let visit_reads = visit.iter().flat_map(|visit| &visit.reads);
            let names = looks.iter().map(|look| &look.name).chain(&customer.reads).chain(visit_reads);
            let columns: Vec<Expr> =
                names.collect::<FxHashSet<_>>().into_iter().map(|name| col(name.as_str())).collect();
            let rows = sources::rows(file, piece.frame.select(columns))?;
            look_at(&rows, (customer, visit), &mut looks, &file.path)?;
        }
    }
    let mut found: Vec<PersonColumn> = looks.iter().filter_map(Look::found).collect();
    found.sort_by(|a, b| b.n_values.cmp(&a.n_values).then_with(|| a.name.cmp(&b.name)));
    Ok(found)
}

fn may_name_persons(name: &str) -> bool {
    let words = in_words(name);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    has(PERSON) && !has(OTHER)
}

/// The values of a column beside the mapped ids.
struct Look {
    name: String,
    ids_of_value: Sets,
    values_of_id: Sets,
    visits_of_id: Sets,
    /// Values in rows without an id, and these rows.
    without_id: FxHashSet<u64>,
    n_rows_without_id: u64,
    are_too_many: bool,
}

impl Look {
    fn new(name: &str) -> Self {
        let (ids_of_value, values_of_id, visits_of_id) = (Sets::default(), Sets::default(), Sets::default());
        let (without_id, n_rows_without_id) = (FxHashSet::default(), 0);
        let name = name.to_owned();
        Self { name, ids_of_value, values_of_id, visits_of_id, without_id, n_rows_without_id, are_too_many: false }
    }

    fn add(&mut self, value: u64, id: u64, visit: Option<u64>) {
        add_to(&mut self.ids_of_value, value, id);
        add_to(&mut self.values_of_id, id, value);
        if let Some(visit) = visit {
            add_to(&mut self.visits_of_id, id, visit);
        }
        self.are_too_many |= self.ids_of_value.len().max(self.values_of_id.len()) > MOST_VALUES;
    }

    fn found(&self) -> Option<PersonColumn> {
        let several = |sets: &Sets| sets.values().filter(|others| others.len() > 1).count() as u64;
        let (n_others, n_others_again) = self.others();
        let is_of_both = |value: &&u64| self.ids_of_value.contains_key(*value);
        let has_values = !self.ids_of_value.is_empty() || !self.without_id.is_empty();
        (!self.are_too_many && has_values).then(|| PersonColumn {
            n_rows_without_id: self.n_rows_without_id,
            n_without_id: self.without_id.len() as u64,
            n_of_both: self.without_id.iter().filter(is_of_both).count() as u64,
            name: self.name.clone(),
            n_values: self.ids_of_value.len() as u64,
            n_of_several_ids: several(&self.ids_of_value),
            n_ids: self.values_of_id.len() as u64,
            n_ids_of_several: several(&self.values_of_id),
            n_others,
            n_others_again,
        })
    }

    /// Ids of values with several but for one of each, which may be of an account, and how many of them came again.
    fn others(&self) -> (u64, u64) {
        let is_shared = |value: &&u64| self.ids_of_value.get(*value).is_some_and(|ids| ids.len() > 1);
        let shared = self.values_of_id.iter().filter_map(|(id, values)| Some((id, values.iter().find(is_shared)?)));
        // Of each value: its ids, and those that came again.
        let mut each: FxHashMap<u64, (u64, u64)> = FxHashMap::default();
        shared.for_each(|(id, value)| {
            let (n, n_again) = each.entry(*value).or_default();
            *n += 1;
            *n_again += u64::from(self.visits_of_id.get(id).is_some_and(|visits| visits.len() > 1));
        });
        let sum = |of: fn(&(u64, u64)) -> u64| each.values().map(|own| of(own).saturating_sub(1)).sum();
        (sum(|own| own.0), sum(|own| own.1))
    }
}

/// Two are enough to know that there are several.
fn add_to(sets: &mut Sets, one: u64, other: u64) {
    let others = sets.entry(one).or_default();
    if others.len() < 2 {
        others.insert(other);
    }
}

fn look_at(
    rows: &DataFrame,
    (customer, visit): (&Mapped, Option<&Mapped>),
    looks: &mut [Look],
    path: &Path,
) -> Result<(), IngestError> {
    let failed = || IngestError::engine(format!("looking at columns of `{}`", path.display()));
    let texts = |mapped: &Mapped| -> Result<Column, IngestError> {
        let values = evaluate(rows, mapped)?;
        engine::ask(|| values.cast(&DataType::String)).map_err(failed())
    };
    let (ids, visits) = (texts(customer)?, visit.map(texts).transpose()?);
    let ids = ids.str().map_err(failed())?;
    let visits = visits.as_ref().map(Column::str).transpose().map_err(failed())?;
    for look in looks.iter_mut().filter(|look| !look.are_too_many) {
        let values = engine::ask(|| rows.column(&look.name)?.cast(&DataType::String)).map_err(failed())?;
        let values = values.str().map_err(failed())?;
        for (row, (value, id)) in values.iter().zip(ids.iter()).enumerate() {
            let Some(value) = value.and_then(tidy).map(|value| key(value.as_bytes())) else { continue };
            let Some(id) = id.and_then(tidy) else {
                look.n_rows_without_id += 1;
                look.without_id.insert(value);
                look.are_too_many |= look.without_id.len() > MOST_VALUES;
                continue;
            };
            let visit = visits.and_then(|visits| visits.get(row)).map(|visit| key(visit.as_bytes()));
            look.add(value, key(id.as_bytes()), visit);
        }
    }
    Ok(())
}
