//! The keys that reading a table found.

use super::text::{comment, line};
use crate::config::catalogue::Section;
use crate::config::found::FoundKey;
use crate::config::guess::{is_before_discount, reads};
use crate::config::knobs;
use crate::config::proposal::Proposal;
use crate::config::tables::{Kind, Table};
use crate::text::printable;

/// The key of order fields that stand on the first line of an order alone.
pub(super) const FILL_DOWN: &str = "fill_down";

/// Whether a section has a key.
pub(super) fn knows(section: &Section, key: &str) -> bool {
    section.keys.iter().any(|known| known.name == key)
}

/// The keys that reading found, as far as they concern columns that are read; what is open stays open.
pub(super) fn found_keys(draft: &mut String, proposal: &Proposal, section: &Section) {
    let mut written: Vec<&str> = Vec::new();
    let mut formats: Vec<String> = Vec::new();
    let is_meant =
        |found: &&FoundKey| knows(section, found.key) && found.table.is_none_or(|table| table == proposal.table);
    // Of customers, one sheet is read.
    let is_of_table =
        |found: &&FoundKey| found.key != knobs::SHEET.name || proposal.table != Table::Customers || found.names_one();
    for found in proposal.peek.found.iter().filter(is_meant).filter(is_of_table) {
        let is_set = match found.key {
            key if key == knobs::FILTER.name => proposal.filter.is_some(),
            key if key == knobs::DISCOUNT_IS.name => {
                written.contains(&key) || !is_before_discount(&proposal.mapping, &proposal.peek.columns)
            }
            FILL_DOWN => !proposal.fill_down.is_empty(),
            key => written.contains(&key),
        };
        let fits = |ours: &&'static str| {
            let kind = section.table.and_then(|table| table.column(ours)).map(|spec| spec.kind);
            match found.key {
                knobs::TIME_FORMAT => kind == Some(Kind::Time),
                key if key == knobs::DECIMAL.name => matches!(kind, Some(Kind::Money | Kind::Number)),
                _ => true,
            }
        };
        let ours = found
            .column
            .as_deref()
            .map(|column| mapped_from(proposal, column).into_iter().filter(fits).collect::<Vec<_>>());
        if is_set || ours.as_ref().is_some_and(Vec::is_empty) {
            continue;
        }
        match (found.readings.as_slice(), ours) {
            ([reading], Some(ours)) if found.key == knobs::TIME_FORMAT => {
                // Two source columns of one of ours: the format is written once.
                for ours in ours {
                    let is_known = |format: &String| format.starts_with(&format!("{ours} = "));
                    if !formats.iter().any(is_known) {
                        formats.push(format!("{ours} = {}", reading.toml));
                    }
                }
            }
            (_, ours) => {
                written.push(found.key);
                found_key(draft, found, &ours.unwrap_or_default());
            }
        }
    }
    if !formats.is_empty() && !written.contains(&knobs::TIME_FORMAT) {
        line(draft, &format!("{} = {{ {} }}", knobs::TIME_FORMAT, formats.join(", ")));
    }
}

/// Our columns that are read from a column of the source.
fn mapped_from(proposal: &Proposal, column: &str) -> Vec<&'static str> {
    let is_read = |from: &String| reads(from, &proposal.peek.columns).iter().any(|name| name == column);
    let mut ours: Vec<&'static str> =
        proposal.mapping.iter().filter(|(_, from)| is_read(from)).map(|(ours, _)| *ours).collect();
    if ours.is_empty() && proposal.filter.as_ref().is_some_and(is_read) {
        ours.push(knobs::FILTER.name);
    }
    ours
}

fn found_key(draft: &mut String, found: &FoundKey, ours: &[&str]) {
    let key = found.key;
    let why = if found.why.is_empty() { String::new() } else { format!("  # {}", printable(&found.why)) };
    let value = |toml: &str| {
        let each: Vec<String> = ours.iter().map(|ours| format!("{ours} = {toml}")).collect();
        if key == knobs::TIME_FORMAT && !each.is_empty() {
            format!("{{ {} }}", each.join(", "))
        } else {
            toml.to_owned()
        }
    };
    match found.readings.as_slice() {
        [] => {}
        // Which purchases count is for a person to say. Spam is sure to be no complaint.
        [reading] if found.table != Some(Table::Complaints) && key == knobs::FILTER.name => {
            line(draft, &format!("# {key} = {}{why}", value(&reading.toml)));
        }
        [reading] => line(draft, &format!("{key} = {}{why}", value(&reading.toml))),
        several => {
            comment(draft, &format!("fill in: choose one, both can be read; {}.", printable(&found.why)));
            for reading in several {
                line(draft, &format!("# {key} = {}  # fill in: {}", value(&reading.toml), printable(&reading.means)));
            }
        }
    }
}
