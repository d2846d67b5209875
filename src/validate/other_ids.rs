//! Another column of the purchases that may name the customers better than the mapped one: looked for only where the mapped
//! ids look wrong, or many of them bought once.

use super::finding::{Finding, Severity};
use crate::config::{Config, Table, gathers_persons};
use crate::ingest::{IngestError, PersonColumn, mail_columns, person_columns, sql_name, toml_text};
use crate::text::{counted, grouped};

/// Share of the ids that are names of people or firms, from which on a number is looked for.
const NAMES_PERCENT: usize = 80;

/// One id of guests in so many may come again.
const AGAIN_ONE_IN: u64 = 10;

/// Whether ids of customers look like names of people: several words of letters, without digits.
pub(super) fn are_names<'a>(ids: impl Iterator<Item = &'a str>) -> bool {
    let (mut n, mut names) = (0, 0);
    for id in ids {
        let is_name = id.trim().contains(char::is_whitespace)
            && id.contains(char::is_alphabetic)
            && !id.contains(|letter: char| letter.is_ascii_digit() || letter == '@');
        n += 1;
        names += usize::from(is_name);
    }
    n >= 20 && names * 100 >= NAMES_PERCENT * n
}

/// What ids of customers look like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Looks {
    /// They are names of people or firms.
    pub(super) are_names: bool,
    /// Many of them bought once: they may be new with each order.
    pub(super) may_be_guests: bool,
}

/// Adds to findings about ids which column to map instead.
///
/// # Errors
/// An `IngestError` if the files of the purchases can no longer be read.
pub(super) fn name_better(config: &Config, looks: Looks, findings: &mut Vec<Finding>) -> Result<(), IngestError> {
    let nobody = findings.iter_mut().find(|finding| finding.rule == "nobody_returns");
    if nobody.is_none() && !looks.are_names {
        if looks.may_be_guests {
            let mails = mail_columns(config)?;
            findings.extend(mails.iter().find(|mail| gathers(mail)).map(|mail| guests(mail, config)));
        }
        return Ok(());
    }
    let columns = person_columns(config)?;
    let source = config.purchases.columns.get("customer_id").cloned().unwrap_or_default();
    if let Some(nobody) = nobody {
        // A value of several ids is a person who came again under another one.
        let better = columns.iter().filter(|column| column.n_of_several_ids * 20 >= column.n_values);
        if let Some(better) = better.max_by_key(|column| column.n_of_several_ids) {
            nobody.hint = Some(mend(better, &source));
        }
    } else if let Some(finer) = columns.iter().find(|column| is_finer(column)) {
        findings.push(names(finer, &source));
    }
    Ok(())
}

/// Whether a column of addresses gathers the ids of guests: those of a family come again.
const fn gathers(mail: &PersonColumn) -> bool {
    mail.n_others_again * AGAIN_ONE_IN <= mail.n_others
        && gathers_persons((mail.n_values, mail.n_of_several_ids), (mail.n_ids, mail.n_ids_of_several))
}

fn guests(mail: &PersonColumn, config: &Config) -> Finding {
    let name = &mail.name;
    let source = config.purchases.columns.get("customer_id").map_or("", String::as_str);
    let message = format!(
        "{} of {} addresses in `{name}` have orders under several ids of `{source}`, {} ids in all: who buys as a guest gets a new one \
         with each order, and counts as a new customer",
        grouped(mail.n_of_several_ids),
        grouped(mail.n_values),
        grouped(mail.n_ids),
    );
    let line = toml_text(&format!("LOWER({})", sql_name(name)));
    let hint = format!(
        "if `{name}` is the person, write `customer_id = {line}` in `[purchases.columns]`, and the same address in the other tables"
    );
    let finding = Finding::new("ids_of_guests", Table::Purchases.name(), Severity::Warning, message);
    finding.of_column("customer_id").counting(mail.n_of_several_ids).with_hint(hint)
}

/// Whether a column tells apart those who share a name; one that is new with each order numbers orders.
const fn is_finer(column: &PersonColumn) -> bool {
    column.n_ids_of_several > 0 && column.n_of_several_ids == 0 && column.n_values < 2 * column.n_ids
}

fn mend(better: &PersonColumn, source: &str) -> String {
    let name = &better.name;
    format!(
        "is `{source}` the id of an order? {} of {} of `{name}` have orders under several of its ids; if it names the person, \
         write `customer_id = \"{name}\"` in `[purchases.columns]`",
        grouped(better.n_of_several_ids),
        counted(better.n_values, "value"),
    )
}

fn names(finer: &PersonColumn, source: &str) -> Finding {
    let name = &finer.name;
    let message = format!(
        "`customer_id` is mapped to names (`{source}`), and {} belong to several values of `{name}`: different customers of one name \
         count as one",
        counted(finer.n_ids_of_several, "name"),
    );
    let hint =
        format!("write `customer_id = \"{name}\"` in `[purchases.columns]`, and the same column in the other tables");
    let finding = Finding::new("names_as_ids", Table::Purchases.name(), Severity::Warning, message);
    finding.of_column("customer_id").counting(finer.n_ids_of_several).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_numbers_and_addresses() {
        let are = |ids: &[&str]| are_names(ids.iter().copied().cycle().take(40));
        assert!(are(&["Anna Müller", "Rossi & Sons Ltd", "José García"]));
        assert!(!are(&["C 001", "C 002"]) && !are(&["anna@x.com"]) && !are(&["4711"]));
    }
}
