//! Drafts a config from the columns of given files: what was found, the mapping, one line for each choice that a person may
//! make, and the blanks that only a person can fill. What is at its default is left to the reference.

mod currency;
mod found;
mod reckoned;
mod text;
mod tickets;

use std::collections::BTreeMap;

use self::currency::{currencies_of, currency, timezone};
use self::found::{FILL_DOWN, found_keys, knows};
use self::reckoned::{why_by_values, why_this_id};
use self::text::{comment, file_name, folder_name, line, one_line, paths, text};
use self::tickets::ask_about_questions;
use super::books;
use super::found::{DraftColumn, DraftLookup};
use super::guess::reads;
use super::knobs;
use super::looks;
use super::proposal::{DraftInput, Proposal};
use super::sections::SECTIONS;
use super::tables::Table;
use crate::units::Days;

const HEADER: &str = "\
# Config of `retain`. All keys with their meaning and default: docs/reference/config.md, or `retain config-reference`.
# To fill in: what says \"fill in\". Read the mapping of the columns: it is proposed by their names.
";

/// What is proposed for `[churn]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftChurn {
    /// The horizon and the active window; without them the horizon stays to be filled in.
    pub days: Option<(Days, Days)>,
    /// Why, as a sentence without its full stop.
    pub why: String,
}

/// Drafts a config as commented TOML. What loads only after a person has filled it in says so: a currency that no column
/// tells, the horizon, and columns that no name gave away. With `churn`, its horizon and active window are put in, and the
/// reason stands above them.
#[must_use]
pub fn draft(input: &DraftInput, churn: Option<&DraftChurn>) -> String {
    let proposals = input.proposals();
    let mut draft = HEADER.to_owned();
    draft.push('\n');
    line(&mut draft, &format!("name = {}", text(&folder_name(&input.name))));
    currency(&mut draft, columns_of_purchases(&proposals));
    timezone(&mut draft, columns_of_purchases(&proposals));
    for proposal in &proposals {
        draft_table(&mut draft, proposal);
    }
    if !proposals.iter().any(|proposal| proposal.table == Table::Purchases) {
        line(&mut draft, "\n[purchases]\npath = \"\"  # fill in: file, glob or folder\n[purchases.columns]");
        required_columns(&mut draft, Table::Purchases, &BTreeMap::new(), &[]);
    }
    draft_churn(&mut draft, churn);
    draft
}

/// The columns of the purchases.
fn columns_of_purchases(proposals: &[Proposal]) -> &[DraftColumn] {
    let purchases = proposals.iter().find(|proposal| proposal.table == Table::Purchases);
    purchases.map_or(&[][..], |purchases| &purchases.peek.columns)
}

impl DraftInput {
    /// The currency that most purchases are in, if a column names it.
    #[must_use]
    pub fn usual_currency(&self) -> Option<String> {
        let proposals = self.proposals();
        currencies_of(columns_of_purchases(&proposals)).and_then(|(_, codes)| codes.into_iter().next())
    }
}

fn draft_table(draft: &mut String, proposal: &Proposal) {
    let table = proposal.table;
    let Some(section) = SECTIONS.iter().find(|section| section.table == Some(table)) else { return };
    draft.push('\n');
    if let Some(template) = proposal.template {
        let path = proposal.paths.first().map(String::as_str).unwrap_or_default();
        comment(draft, &format!("`{}` looks like {}.", one_line(file_name(path)), template.looks_like));
        template.notes.iter().for_each(|note| comment(draft, note));
    }
    if let Some(why) =
        books::why(&proposal.peek.columns).filter(|_| table == Table::Purchases && proposal.template.is_none())
    {
        let path = proposal.paths.first().map(String::as_str).unwrap_or_default();
        comment(draft, &format!("`{}` {why}.", one_line(file_name(path))));
    }
    line(draft, &format!("[{}]", table.name()));
    line(draft, &format!("{} = {}", knobs::PATH.name, paths(&proposal.paths)));
    if !proposal.fill_down.is_empty() && knows(section, FILL_DOWN) {
        let names: Vec<String> = proposal.fill_down.iter().map(|name| text(name)).collect();
        line(draft, &format!("{FILL_DOWN} = [{}]  # stands on the first line of an order alone", names.join(", ")));
    }
    if let Some(filter) = &proposal.filter {
        line(draft, &format!("{} = {}", knobs::FILTER.name, text(filter)));
    }
    if !proposal.known.is_empty() && knows(section, knobs::KNOWN_VALUES.name) {
        let known: Vec<String> = proposal.known.iter().map(|state| text(state)).collect();
        let key = knobs::KNOWN_VALUES.name;
        line(draft, &format!("{key} = [{}]  # counts as bought; else name it in the filter", known.join(", ")));
    }
    found_keys(draft, proposal, section);
    ask_about_questions(draft, proposal);
    line(draft, &format!("[{}.columns]", table.name()));
    for spec in table.columns() {
        if let Some(source) = proposal.mapping.get(spec.name) {
            let is_by_values = proposal.by_values.contains(&spec.name);
            let columns = &proposal.peek.columns;
            let told = match spec.name {
                _ if proposal.template.is_some() || table != Table::Purchases => None,
                "amount" => why_by_values(source, columns),
                ours => why_this_id(ours, source, columns),
            };
            let why = match told {
                _ if is_by_values => "  # by its values, which no other column has: is it this?".to_owned(),
                Some(why) => format!("  # {why}"),
                None => String::new(),
            };
            line(draft, &format!("{} = {}{why}", spec.name, text(source)));
        }
    }
    let is_mapped = |name: &str| proposal.mapping.contains_key(name);
    required_columns(draft, table, &proposal.mapping, &proposal.peek.columns);
    let others = table.columns().iter().map(|spec| spec.name).filter(|name| !is_mapped(name));
    let others: Vec<&str> = others.filter(|name| table.column(name).is_some_and(|spec| !spec.required)).collect();
    if !others.is_empty() {
        comment(draft, &format!("Not found: {}.", others.join(", ")));
    }
    proposal.lookups.iter().for_each(|lookup| draft_lookup(draft, table, lookup));
}

fn draft_lookup(draft: &mut String, table: Table, lookup: &DraftLookup) {
    line(draft, &format!("[{}.lookup.{}]", table.name(), lookup.name));
    line(draft, &format!("path = {}", paths(&lookup.paths)));
    line(draft, &format!("key = {}", text(&lookup.key)));
    if let Some(theirs) = &lookup.their_key {
        line(draft, &format!("{} = {}", knobs::THEIR_KEY.name, text(theirs)));
    }
    let columns: Vec<String> = lookup.columns.iter().map(|name| text(name)).collect();
    let columns = columns.join(", ");
    line(
        draft,
        &lookup
            .called
            .map_or_else(|| format!("columns = [{columns}]"), |ours| format!("columns = {{ {ours} = {columns} }}")),
    );
}

/// The blanks of columns that a table cannot do without, with the columns that may fill them by their values.
fn required_columns(draft: &mut String, table: Table, mapping: &BTreeMap<&str, String>, columns: &[DraftColumn]) {
    let taken: Vec<String> = mapping.values().flat_map(|source| reads(source, columns)).collect();
    for spec in table.columns().iter().filter(|spec| spec.required && !mapping.contains_key(spec.name)) {
        let free = |column: &&DraftColumn| !taken.contains(&column.name);
        let likely: Vec<&DraftColumn> = looks::by_values(spec.kind, columns).into_iter().filter(free).collect();
        let (proposed, known) = match likely.as_slice() {
            [] if columns.is_empty() => ("", String::new()),
            [] => ("", format!("; the source has {}", names(columns.iter()))),
            [only] => (only.name.as_str(), "; by its values this one, then take the first `# ` away".to_owned()),
            several => ("", format!("; by their values one of {}", names(several.iter().copied()))),
        };
        let (ours, meaning) = (spec.name, spec.meaning);
        line(draft, &format!("# {ours} = {}  # fill in: {meaning}, required{known}", text(proposed)));
    }
}

fn draft_churn(draft: &mut String, churn: Option<&DraftChurn>) {
    let (horizon_key, active_key) = (knobs::HORIZON_DAYS.name, knobs::ACTIVE_DAYS.name);
    draft.push('\n');
    comment(draft, "Who buys nothing in this many days has churned.");
    line(draft, "[churn]");
    if let Some(churn) = churn {
        comment(draft, &format!("`retain inspect` says: {}.", churn.why));
    }
    match churn.and_then(|churn| churn.days) {
        Some((horizon, active)) => {
            line(draft, &format!("{horizon_key} = {}\n{active_key} = {}", horizon.0, active.0));
        }
        None => line(draft, &format!("{horizon_key} = 0  # fill in: days, required; `retain inspect` proposes them")),
    }
}

fn names<'c>(columns: impl Iterator<Item = &'c DraftColumn>) -> String {
    columns.map(|column| format!("`{}`", one_line(&column.name))).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
