//! What is known of a kind of export.

use crate::config::tables::Table;

/// One kind of export.
#[derive(Debug, Clone, Copy)]
pub(in crate::config) struct Template {
    /// What `--from` calls the product.
    pub(in crate::config) product: &'static str,
    /// What it looks like, for example "a Shopify orders export".
    pub(in crate::config) looks_like: &'static str,
    pub(in crate::config) table: Table,
    /// Columns that a file of this kind has.
    pub(in crate::config) tells: &'static [&'static str],
    /// Our columns, each with expressions of which the first that can be used is taken.
    pub(in crate::config) mapping: &'static [(&'static str, &'static [&'static str])],
    /// Conditions that all hold for rows that count.
    pub(in crate::config) filter: &'static [&'static str],
    /// States beside the usual ones with which a row counts all the same.
    pub(in crate::config) known: &'static [&'static str],
    /// Fields of the order that stand on its first line alone.
    pub(in crate::config) fill_down: &'static [&'static str],
    /// Files that come with it and have columns of its rows.
    pub(in crate::config) lookups: &'static [TemplateLookup],
    /// What a person should know, a sentence each.
    pub(in crate::config) notes: &'static [&'static str],
}

/// A file that has more about the rows of another.
#[derive(Debug, Clone, Copy)]
pub(in crate::config) struct TemplateLookup {
    pub(in crate::config) name: &'static str,
    /// Columns by which the file is known.
    pub(in crate::config) tells: &'static [&'static str],
    /// The column that both have.
    pub(in crate::config) key: &'static str,
    /// Columns that are taken over.
    pub(in crate::config) columns: &'static [&'static str],
}

/// A template that says nothing yet.
pub(super) const BLANK: Template = Template {
    product: "",
    looks_like: "",
    table: Table::Purchases,
    tells: &[],
    mapping: &[],
    filter: &[],
    known: &[],
    fill_down: &[],
    lookups: &[],
    notes: &[],
};
