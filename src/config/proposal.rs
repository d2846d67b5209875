//! What is proposed for each table of a draft: by the template of its export, else by the names of its columns.

use std::collections::BTreeMap;

use super::bridge::{BridgeFile, bridge, column_of};
use super::consent;
use super::expressions::{always_quoted, names_in, renamed};
use super::found::{DraftColumn, DraftFile, DraftLookup, FoundKey, Peek};
use super::guess::{self, reads};
use super::headers::header_of;
use super::knobs;
use super::looks;
use super::renamed::{first_given, other_names};
use super::tables::{Kind, Table};
use super::templates::{self, Template, TemplateLookup};

/// The files of one table, which have the same columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftTable {
    /// What the rows are.
    pub table: Table,
    /// Its files.
    pub files: Vec<DraftFile>,
}

/// What a config is drafted from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftInput {
    /// Name of the shop.
    pub name: String,
    /// The tables, each at most once.
    pub tables: Vec<DraftTable>,
    /// Files that are no table and may have more about the rows of one.
    pub beside: Vec<DraftFile>,
    /// Products whose exports the files are said to be; of none, the columns tell.
    pub products: Vec<String>,
}

/// What is proposed for a table.
pub(super) struct Proposal {
    pub(super) table: Table,
    pub(super) paths: Vec<String>,
    pub(super) peek: Peek,
    pub(super) template: Option<&'static Template>,
    pub(super) mapping: BTreeMap<&'static str, String>,
    /// Our columns that no name told and values did.
    pub(super) by_values: Vec<&'static str>,
    pub(super) filter: Option<String>,
    pub(super) fill_down: Vec<String>,
    /// States that count as purchases, as the filter has them.
    pub(super) known: Vec<String>,
    pub(super) lookups: Vec<DraftLookup>,
}

impl DraftInput {
    /// Our column names with the source column or expression that is proposed for each.
    #[must_use]
    pub fn proposed_mapping(&self, table: Table) -> BTreeMap<&'static str, String> {
        let proposal = self.proposals().into_iter().find(|proposal| proposal.table == table);
        proposal.map_or_else(BTreeMap::new, |proposal| proposal.mapping)
    }

    /// What kind of export the files of a table look like, if it is one that is known.
    #[must_use]
    pub fn looks_like(&self, table: Table) -> Option<&'static str> {
        let proposal = self.proposals().into_iter().find(|proposal| proposal.table == table);
        proposal.and_then(|proposal| proposal.template).map(|template| template.looks_like)
    }

    /// What is proposed for each table, purchases first: by their customers those of the others are found.
    pub(super) fn proposals(&self) -> Vec<Proposal> {
        let mut tables: Vec<&DraftTable> = self.tables.iter().collect();
        tables.sort_by_key(|table| table.table);
        let mut proposals: Vec<Proposal> = Vec::new();
        for table in tables {
            let purchases = proposals.first().filter(|first| first.table == Table::Purchases);
            let proposal = self.proposal(table, purchases);
            proposals.push(proposal);
        }
        proposals
    }

    fn proposal(&self, table: &DraftTable, purchases: Option<&Proposal>) -> Proposal {
        let buyers = purchases.and_then(Proposal::customers);
        let buyers = buyers.as_ref();
        let mut peeks = table.files.iter().map(|file| file.peek.clone());
        let first = peeks.next().unwrap_or_default();
        let mut peek = peeks.fold(first, Peek::and);
        let template = self.template(table.table, &peek.columns);
        let mut lookups = template.map_or_else(Vec::new, |template| self.lookups(template, &peek.columns));
        let is_unknown = template.is_none() && table.table == Table::Purchases;
        if let Some((file, lookup, columns)) = is_unknown.then(|| header_of(&peek.columns, &self.beside)).flatten() {
            let is_of_rows = |found: &&FoundKey| {
                (found.key == knobs::FILTER.name && found.table == Some(Table::Purchases))
                    || columns.iter().any(|column| found.column.as_deref() == Some(column.name.as_str()))
            };
            peek.found.extend(file.peek.found.iter().filter(is_of_rows).cloned());
            lookups.push((lookup, columns));
        }
        let mut columns = peek.columns.clone();
        columns.extend(lookups.iter().flat_map(|(_, taken)| taken.iter().cloned()));
        if table.table == Table::Customers {
            let of_others = table.files.iter().flat_map(|file| &file.peek.columns);
            columns.extend(consent::of_other_files(&peek.columns, of_others));
        }
        let mut mapping = match template {
            Some(template) => of_template(template, &columns, buyers),
            None => with_customers(guess::mapping(table.table, &columns), &columns, buyers),
        };
        match template {
            // What values tell of a discount of the order, no template knows.
            Some(_) if table.table == Table::Purchases => guess::add_discount(&mut mapping, &columns),
            Some(_) => {}
            None => with_other_names(&mut mapping, table),
        }
        if let Some((lookup, given)) =
            purchases.and_then(|purchases| self.bridged(table, (&mapping, &columns), purchases))
        {
            mapping.insert("customer_id", by_customer(&given));
            columns.push(given);
            lookups.push((lookup, Vec::new()));
        }
        let by_values =
            if table.table == Table::Purchases { fill_by_values(&mut mapping, &columns) } else { Vec::new() };
        let filter = template.and_then(|template| filter(template, &columns));
        let read: Vec<String> = mapping.values().chain(&filter).flat_map(|from| reads(from, &columns)).collect();
        let fill_down = template.map_or(&[][..], |template| template.fill_down).iter();
        let fill_down = fill_down.filter_map(|name| templates::find(&columns, name)).map(|column| column.name.clone());
        let known = template.map_or_else(Vec::new, |template| known(template, filter.as_deref(), &columns));
        Proposal {
            known,
            table: table.table,
            paths: table.files.iter().map(|file| file.path.clone()).collect(),
            fill_down: fill_down.filter(|name| read.contains(name)).collect(),
            peek: Peek { columns, ..peek },
            template,
            mapping,
            by_values,
            filter,
            lookups: lookups.into_iter().map(|(lookup, _)| lookup).collect(),
        }
    }

    /// A file that tells who complained, where the tickets name no customer of the purchases.
    fn bridged(
        &self,
        table: &DraftTable,
        (mapping, columns): (&BTreeMap<&'static str, String>, &[DraftColumn]),
        purchases: &Proposal,
    ) -> Option<(DraftLookup, DraftColumn)> {
        let buyers = purchases.customers()?;
        if table.table != Table::Complaints || customers_meet(mapping, columns, &buyers) {
            return None;
        }
        let order = |mapping: &BTreeMap<&'static str, String>| mapping.get("order_id").cloned();
        let (own_order, orders) = (order(mapping), order(&purchases.mapping));
        let is_taken = |column: &DraftColumn| {
            let ours =
                |(name, from): (&&str, &String)| *from == column.name && !matches!(*name, "order_id" | "customer_id");
            mapping.iter().any(ours)
        };
        let own: Vec<&DraftColumn> = columns.iter().filter(|column| !is_taken(column)).collect();
        let others = self.tables.iter().filter(|other| other.table != Table::Purchases && other.table != table.table);
        let others = others.flat_map(|other| &other.files).chain(&self.beside);
        let others: Vec<(Vec<String>, &[DraftColumn])> =
            others.map(|file| (vec![file.path.clone()], file.peek.columns.as_slice())).collect();
        let mut files = vec![BridgeFile { columns: &purchases.peek.columns, orders: orders.as_deref() }];
        files.extend(others.iter().map(|(_, columns)| BridgeFile { columns, orders: None }));
        let found = bridge((&own, own_order.as_deref()), &buyers, &files)?;
        let others = found.place.checked_sub(1).and_then(|place| others.get(place));
        let paths = others.map_or(&purchases.paths, |(paths, _)| paths).clone();
        found.drafted(paths, columns, files.get(found.place)?.columns)
    }

    fn template(&self, table: Table, columns: &[DraftColumn]) -> Option<&'static Template> {
        let asked = self.products.iter().find_map(|product| templates::of_product(product, Some(table), columns));
        let free =
            || templates::recognised(columns).filter(|template| template.table == table && self.products.is_empty());
        asked.or_else(free)
    }

    /// The files beside the tables that a template looks into, and the columns that are taken from each.
    fn lookups(&self, template: &Template, own: &[DraftColumn]) -> Vec<(DraftLookup, Vec<DraftColumn>)> {
        let mut known = own.to_vec();
        let mut lookups = Vec::new();
        for lookup in template.lookups {
            let Some(found) = self.lookup(lookup, &known) else { continue };
            known.extend(found.1.iter().cloned());
            lookups.push(found);
        }
        lookups
    }

    fn lookup(&self, lookup: &TemplateLookup, known: &[DraftColumn]) -> Option<(DraftLookup, Vec<DraftColumn>)> {
        let has_it = |file: &&DraftFile| templates::has_all(&file.peek.columns, lookup.tells);
        let file = self.beside.iter().find(has_it)?;
        let key = templates::find(known, lookup.key)?.name.clone();
        let columns = lookup.columns.iter().filter_map(|name| templates::find(&file.peek.columns, name)).cloned();
        let columns: Vec<DraftColumn> = columns.collect();
        let names = columns.iter().map(|column| column.name.clone()).collect();
        Some((
            DraftLookup {
                name: lookup.name,
                paths: vec![file.path.clone()],
                key,
                their_key: None,
                columns: names,
                called: None,
            },
            columns,
        ))
    }
}

impl Proposal {
    /// The source column of the customers.
    fn customers(&self) -> Option<DraftColumn> {
        let from = self.mapping.get("customer_id")?;
        column_of(from, &self.peek.columns).cloned()
    }
}

/// Reads what files of a table call otherwise from whichever of the columns a file has.
fn with_other_names(mapping: &mut BTreeMap<&'static str, String>, table: &DraftTable) {
    let Some((first, others)) = table.files.split_first() else { return };
    let mut names: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for other in others.iter().flat_map(|file| other_names(table.table, first, file)) {
        let known = names.entry(other.ours).or_insert_with(|| vec![other.first]);
        if !known.contains(&other.here) {
            known.push(other.here);
        }
    }
    for (ours, names) in names {
        if let Some(from) = mapping.get_mut(ours).filter(|from| names.first().is_some_and(|first| *first == **from)) {
            *from = first_given(&names);
        }
    }
}

/// The expression with the columns called as the source calls them; nothing if one is not there or empty.
fn fitted(expression: &str, columns: &[DraftColumn]) -> Option<String> {
    let usable = |name: &String| templates::find(columns, name).is_some_and(|column| !column.is_empty());
    let called = |name: &str| templates::find(columns, name).map_or(name, |column| column.name.as_str()).to_owned();
    names_in(expression).iter().all(usable).then(|| renamed(expression, called))
}

/// The mapping of a template, as far as the source has its columns.
fn of_template(
    template: &Template,
    columns: &[DraftColumn],
    buyers: Option<&DraftColumn>,
) -> BTreeMap<&'static str, String> {
    let mut mapping = BTreeMap::new();
    for (ours, from) in template.mapping {
        let usable = || from.iter().filter_map(|expression| fitted(expression, columns));
        let chosen =
            if *ours == "customer_id" { usable().min_by_key(|from| n_without(from, columns)) } else { usable().next() };
        if let Some(chosen) = chosen {
            mapping.insert(*ours, chosen);
        }
    }
    // What a template does not find, names may tell.
    let required = |name: &str| template.table.column(name).is_some_and(|spec| spec.required);
    let named = guess::mapping(template.table, columns).into_iter().filter(|(name, _)| required(name));
    named.for_each(|(name, from)| {
        mapping.entry(name).or_insert(from);
    });
    with_customers(mapping, columns, buyers)
}

/// Rows for which an expression has no value, in hundredths of all: fewer are no reason for another column.
fn n_without(from: &str, columns: &[DraftColumn]) -> usize {
    let read = reads(from, columns);
    let share = |column: &DraftColumn| column.n_empty * 100 / column.n_rows.max(1);
    columns.iter().filter(|column| read.contains(&column.name)).map(share).max().unwrap_or_default()
}

/// Least share of the customers of a table that are buyers, for its column to be taken by that.
const MEETS: f64 = 0.3;

/// Whether enough of the customers of a table are buyers.
fn customers_meet(mapping: &BTreeMap<&'static str, String>, columns: &[DraftColumn], buyers: &DraftColumn) -> bool {
    let present = mapping.get("customer_id").map(|from| reads(from, columns)).unwrap_or_default();
    columns.iter().any(|column| present.contains(&column.name) && column.share_in(buyers) >= MEETS)
}

/// The mapping with the column of the customers that are those of the purchases, where another one's are not.
fn with_customers(
    mut mapping: BTreeMap<&'static str, String>,
    columns: &[DraftColumn],
    buyers: Option<&DraftColumn>,
) -> BTreeMap<&'static str, String> {
    let Some(buyers) = buyers.filter(|buyers| !buyers.sketch.is_empty()) else { return mapping };
    let share = |column: &DraftColumn| column.share_in(buyers);
    if customers_meet(&mapping, columns, buyers) {
        return mapping;
    }
    let best = columns.iter().filter(|column| looks::plausible(Kind::Id, column) && share(column) >= MEETS);
    let best =
        best.max_by(|one, other| share(one).total_cmp(&share(other)).then(one.n_distinct.cmp(&other.n_distinct)));
    if let Some(best) = best {
        mapping.insert("customer_id", by_customer(best));
    }
    mapping
}

/// Maps the day, the amount and the customer that no name tells, where one column alone can hold it; which these are.
fn fill_by_values(mapping: &mut BTreeMap<&'static str, String>, columns: &[DraftColumn]) -> Vec<&'static str> {
    let mut filled = Vec::new();
    let missing = Table::Purchases.columns().iter().filter(|column| column.required);
    for spec in missing {
        let taken: Vec<String> = mapping.values().flat_map(|from| reads(from, columns)).collect();
        let only = looks::only_by_values(spec.kind, columns, &taken).filter(|_| !mapping.contains_key(spec.name));
        if let Some(only) = only {
            let from = if spec.name == "customer_id" { by_customer(only) } else { only.name.clone() };
            mapping.insert(spec.name, from);
            filled.push(spec.name);
        }
    }
    filled
}

/// The id of a customer; addresses are written in any case.
fn by_customer(column: &DraftColumn) -> String {
    if column.example.contains('@') { format!("LOWER({})", always_quoted(&column.name)) } else { column.name.clone() }
}

/// The states that a template takes for purchases beside the usual ones, if the columns of its filter have them.
fn known(template: &Template, filter: Option<&str>, columns: &[DraftColumn]) -> Vec<String> {
    let read = filter.map_or_else(Vec::new, |filter| reads(filter, columns));
    let of_filter = || columns.iter().filter(|column| read.contains(&column.name));
    let has = |state: &&&str| of_filter().any(|column| column.values.iter().any(|count| count.value == **state));
    template.known.iter().filter(has).map(|state| (*state).to_owned()).collect()
}

/// The conditions of a template whose columns are there, and not empty.
fn filter(template: &Template, columns: &[DraftColumn]) -> Option<String> {
    let conditions: Vec<String> = template.filter.iter().filter_map(|condition| fitted(condition, columns)).collect();
    (!conditions.is_empty()).then(|| conditions.join(" AND "))
}
