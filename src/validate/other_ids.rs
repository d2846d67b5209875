//! Another column of the purchases that may name the customers better than the mapped one: looked for only where the mapped
//! ids look wrong, or many of them bought once.

use super::finding::{Finding, Severity};
use crate::config::{Config, Table, gathers_persons};
use crate::ingest::{
    IngestError, PersonColumn, columns_of_the_customer, mail_columns, person_columns, sql_name, toml_text,
};
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
    /// Rows with a purchase, and those without an id.
    pub(super) rows: (u64, u64),
}

/// One row in so many without an id makes it worth a look whether another column has one.
const WITHOUT_ID_ONE_IN: u64 = 50;

/// Rows without an id that another column fills, at least, in per cent; and the least of one person under two ids.
const FILLED_PERCENT: u64 = 20;
const LEAST_PERSONS: u64 = 20;

/// Adds to findings about ids which column to map instead.
///
/// # Errors
/// An `IngestError` if the files of the purchases can no longer be read.
pub(super) fn name_better(config: &Config, looks: Looks, findings: &mut Vec<Finding>) -> Result<(), IngestError> {
    findings.extend(under_two_ids(&columns_of_the_customer(config)?, config));
    let (rows, without) = looks.rows;
    if without * WITHOUT_ID_ONE_IN >= rows.max(1) {
        findings.extend(lost_without_id(&person_columns(config)?, without, config));
    }
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

/// Rows that are lost as they have no id, and have another one.
fn lost_without_id(columns: &[PersonColumn], without: u64, config: &Config) -> Option<Finding> {
    let fills = |column: &&PersonColumn| {
        column.n_rows_without_id * 100 >= without * FILLED_PERCENT
            && column.n_without_id * 50 >= column.n_rows_without_id
    };
    let best = columns.iter().filter(fills).max_by_key(|column| column.n_rows_without_id)?;
    let (name, source) = (&best.name, config.purchases.columns.get("customer_id").map_or("", String::as_str));
    let message = format!(
        "{} of {} without a customer have a `{name}`, with {} different values: these customers are lost{}",
        grouped(best.n_rows_without_id),
        counted(without, "purchase"),
        grouped(best.n_without_id),
        if best.n_of_both > 0 {
            format!(
                "; {} of them stand beside an id in other rows, and are customers who are known in part",
                grouped(best.n_of_both)
            )
        } else {
            String::new()
        }
    );
    let own = if source.contains(['(', '"']) { source.to_owned() } else { sql_name(source) };
    let line = toml_text(&format!("COALESCE(CAST({own} AS VARCHAR), CAST({} AS VARCHAR))", sql_name(name)));
    let hint = format!(
        "if `{name}` names the person too, write `customer_id = {line}` in `[purchases.columns]`, and the same in the other tables; then \
         `check` tells how many customers still have two ids"
    );
    let finding = Finding::new("ids_in_another_column", Table::Purchases.name(), Severity::Warning, message);
    Some(finding.of_column("customer_id").counting(best.n_rows_without_id).with_hint(hint))
}

/// Customers whose id is taken from one column in some rows, and from another one in others.
fn under_two_ids(columns: &[PersonColumn], config: &Config) -> Option<Finding> {
    let told = columns.iter().filter(|column| {
        column.n_of_several_ids >= LEAST_PERSONS
            && column.n_of_several_ids * 100 >= column.n_values
            && column.n_of_several_ids < column.n_values
    });
    let column = told.max_by_key(|column| column.n_of_several_ids)?;
    let source = config.purchases.columns.get("customer_id").map_or("", String::as_str);
    let message = format!(
        "{} of {} in `{}` stand for several ids of `{source}`: in some rows another column comes first, and one person counts as two \
         customers",
        grouped(column.n_of_several_ids),
        counted(column.n_values, "value"),
        column.name
    );
    let hint = "join the ids of a person before the export, or with a lookup of the file that knows all of them \
                (`[purchases.lookup.NAME]`); else those who buy under both seem to leave";
    let finding = Finding::new("persons_with_two_ids", Table::Purchases.name(), Severity::Warning, message);
    Some(finding.of_column("customer_id").counting(column.n_of_several_ids).with_hint(hint))
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
