//! Whether ids tell customers apart: ids that differ in capitals, accents or blanks alone, and tables whose ids do not meet.

use std::collections::BTreeSet;

use super::finding::{Finding, Severity};
use super::id_groups::Ids;
use super::mending::customer;
use crate::config::{Config, IdCase, IdTrim, Table, TableConfig};
use crate::ingest::{IdRules, toml_text};
use crate::text::{counted, grouped, verb};

/// Per cent of the customers that may be merged without a stop.
pub(super) const NOTABLE_PERCENT: usize = 1;

/// Ids of a table from which on it is told whether they meet others.
const LEAST_IDS: usize = 20;

/// What ids can differ in alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Difference {
    Capitals,
    Accents,
    Blanks,
    Zeros,
    Signs,
}

impl Difference {
    const fn name(self) -> &'static str {
        match self {
            Self::Capitals => "capitals",
            Self::Accents => "accents",
            Self::Blanks => "blanks or a `.0` at the end",
            Self::Zeros => "zeros in front",
            Self::Signs => "signs such as `-` or `.`",
        }
    }

    /// What makes two different ids of one group the same.
    fn of(one: &str, other: &str) -> Self {
        let is_same = |case, trim| {
            let rules = IdRules { case, trim };
            rules.applied(one) == rules.applied(other)
        };
        let zeros = |id: &str| id.trim_start_matches('0').to_lowercase();
        if is_same(Some(IdCase::Lower), None) {
            Self::Capitals
        } else if is_same(Some(IdCase::Fold), None) {
            Self::Accents
        } else if is_same(Some(IdCase::Fold), Some(IdTrim::All)) {
            Self::Blanks
        } else if zeros(one) == zeros(other) {
            Self::Zeros
        } else {
            Self::Signs
        }
    }
}

/// Ids of the purchases that differ in letters or blanks alone, where the config does not say whether they are one.
pub(super) fn merging(ids: &Ids, section: &TableConfig) -> Option<Finding> {
    let rules = [
        IdRules { case: Some(IdCase::Lower), trim: None },
        IdRules { case: Some(IdCase::Fold), trim: None },
        IdRules::ALL,
    ];
    // How many ids there are as written, and under each of the rules.
    let mut n = [0_usize; 4];
    let mut examples: Vec<String> = Vec::new();
    for names in ids.groups() {
        // Most ids are like no other.
        if names.len() == 1 {
            n = n.map(|sum| sum + 1);
            continue;
        }
        let of = rules.map(|rules| names.iter().map(|name| rules.applied(name)).collect::<BTreeSet<_>>().len());
        for (own, sum) in [names.len(), of[0], of[1], of[2]].into_iter().zip(&mut n) {
            *sum += own;
        }
        if of[2] < names.len() {
            let mut sorted: Vec<&str> = names.iter().map(|name| &**name).collect();
            sorted.sort_unstable();
            examples.push(sorted.iter().take(3).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and "));
        }
    }
    let merged = [n[0] - n[1], n[1] - n[2], n[2] - n[3]];
    let is_open = [section.id_case.is_none(), section.id_case.is_none(), section.id_trim.is_none()];
    let kinds = [Difference::Capitals, Difference::Accents, Difference::Blanks];
    let found: Vec<(Difference, usize)> = kinds
        .into_iter()
        .zip(merged)
        .zip(is_open)
        .filter(|((_, count), open)| *count > 0 && *open)
        .map(|(own, _)| own)
        .collect();
    let n_merged: usize = found.iter().map(|(_, count)| count).sum();
    if n_merged == 0 {
        return None;
    }
    let severity = if n_merged * 100 >= NOTABLE_PERCENT * n[0] { Severity::Error } else { Severity::Warning };
    let scaled = |count: usize| ids.scaled(count).0;
    let about = if ids.scaled(n[0]).1 { "about " } else { "" };
    let what: Vec<&str> = found.iter().map(|(kind, _)| kind.name()).collect();
    let message = format!(
        "{about}{} are {} but for {}: one person may count as several customers",
        counted(scaled(n[0]), "customer id"),
        grouped(scaled(n[0] - n_merged)),
        what.join(" and "),
    );
    examples.sort_unstable();
    let finding = Finding::new("ids_alike", Table::Purchases.name(), severity, message).of_column("customer_id");
    Some(finding.counting(scaled(n_merged)).with_examples(examples).with_hint(mend_merging(&found)))
}

/// Ids that a spreadsheet has written with an exponent: different customers may have become one.
pub(super) fn scientific(ids: &Ids) -> Option<Finding> {
    let mut found: Vec<&str> = ids.names().filter(|id| is_scientific(id)).collect();
    let (n, count) = (ids.names().count(), found.len());
    if count == 0 {
        return None;
    }
    found.sort_unstable();
    let severity = if count * 100 >= n * NOTABLE_PERCENT { Severity::Error } else { Severity::Warning };
    let scaled = |count: usize| ids.scaled(count).0;
    let message = format!(
        "{} of {} are written with an exponent, as spreadsheets write long numbers: their last digits are lost, and several \
         customers may be one",
        grouped(scaled(count)),
        counted(scaled(n), "customer id")
    );
    let finding = Finding::new("scientific_ids", Table::Purchases.name(), severity, message).of_column("customer_id");
    let examples = found.iter().map(|id| format!("`{id}`"));
    let hint = "take the export again where it comes from, and open it with the column of ids as text";
    Some(finding.counting(scaled(count)).with_examples(examples).with_hint(hint))
}

/// Whether an id ends like `1.00E+05`.
fn is_scientific(id: &str) -> bool {
    let Some((number, power)) = id.rsplit_once(['E', 'e']) else { return false };
    let digits = power.strip_prefix('+').unwrap_or_default();
    let is_power = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_power && number.bytes().last().is_some_and(|byte| byte.is_ascii_digit())
}

fn mend_merging(found: &[(Difference, usize)]) -> String {
    let has = |wanted| found.iter().any(|(kind, _)| *kind == wanted);
    let mut keys = Vec::new();
    if has(Difference::Accents) {
        keys.push("`id_case = \"fold\"`");
    } else if has(Difference::Capitals) {
        keys.push("`id_case = \"lower\"`");
    }
    let case = keys.len();
    if has(Difference::Blanks) {
        keys.push("`id_trim = \"all\"`");
    }
    let kept = match (case, has(Difference::Blanks)) {
        (1, true) => "`id_case = \"keep\"` and `id_trim = \"keep\"`",
        (1, false) => "`id_case = \"keep\"`",
        _ => "`id_trim = \"keep\"`",
    };
    format!("write {} in `[purchases]` to make them one, or {kept} if they are different customers", keys.join(" and "))
}

/// Whether the ids of another table are written as those of the purchases.
pub(super) fn meeting(table: Table, own: &Ids, purchases: &Ids, config: &Config) -> Option<Finding> {
    let (mut n, mut met) = (0, 0);
    let mut loosely: Vec<(Difference, &str, &str)> = Vec::new();
    for (names, others) in own.beside(purchases) {
        for name in names {
            n += 1;
            if others.contains(name) {
                met += 1;
            } else if let Some(other) = others.first() {
                loosely.push((Difference::of(name, other), name, other));
            }
        }
    }
    if n < LEAST_IDS || purchases.n_groups() < LEAST_IDS {
        return None;
    }
    if loosely.len() * 20 >= n {
        loosely.sort_unstable_by_key(|(_, name, other)| (*name, *other));
        return Some(written_otherwise(table, n, &loosely, config));
    }
    ((met + loosely.len()) * 100 < n).then(|| nothing_in_common(table, own, purchases, config))
}

fn written_otherwise(table: Table, n: usize, loosely: &[(Difference, &str, &str)], config: &Config) -> Finding {
    let kinds = [Difference::Capitals, Difference::Accents, Difference::Blanks, Difference::Zeros, Difference::Signs];
    let count = |kind| loosely.iter().filter(|(own, ..)| *own == kind).count();
    let cause = kinds.into_iter().max_by_key(|kind| count(*kind)).unwrap_or(Difference::Signs);
    let name = table.name();
    let message = format!(
        "{} of {} in `{name}` {} no customer of the purchases as written, and would be but for {}",
        grouped(loosely.len() as u64),
        counted(n as u64, "customer id"),
        verb(loosely.len() as u64, "is", "are"),
        cause.name(),
    );
    let of_cause = loosely.iter().filter(|(own, ..)| *own == cause);
    let examples = of_cause.map(|(_, name, other)| format!("`{name}` for `{other}`"));
    let hint = match cause {
        Difference::Capitals => "write `id_case = \"lower\"` in `[purchases]`: it holds for all tables".to_owned(),
        Difference::Accents => "write `id_case = \"fold\"` in `[purchases]`: it holds for all tables".to_owned(),
        Difference::Blanks => "write `id_trim = \"all\"` in `[purchases]`: it holds for all tables".to_owned(),
        Difference::Zeros => without_zeros(table, loosely, config),
        Difference::Signs => {
            "take the signs out with SQL, as in `customer_id = \"REPLACE(customer_id, '-', '')\"`".to_owned()
        }
    };
    let finding = Finding::new("ids_written_otherwise", name, Severity::Error, message).of_column("customer_id");
    finding.counting(loosely.len() as u64).with_examples(examples).with_hint(hint)
}

/// The line of config that takes the zeros away in the table that has them.
fn without_zeros(table: Table, loosely: &[(Difference, &str, &str)], config: &Config) -> String {
    let own_zeros = loosely.iter().filter(|(_, name, _)| name.starts_with('0')).count();
    let other_zeros = loosely.iter().filter(|(_, _, other)| other.starts_with('0')).count();
    let place = if own_zeros >= other_zeros { table } else { Table::Purchases };
    let source = config.table(place).map_or_else(String::new, customer);
    let sql = format!("LTRIM({source}, '0')");
    format!("write `customer_id = {}` in `[{}.columns]`", toml_text(&sql), place.name())
}

fn nothing_in_common(table: Table, own: &Ids, purchases: &Ids, config: &Config) -> Finding {
    let name = table.name();
    let shown = |ids: &Ids| ids.names().min().map_or_else(String::new, |id| format!("`{id}`"));
    let source = |table| {
        let source = config.table(table).and_then(|section: &TableConfig| section.columns.get("customer_id"));
        source.cloned().unwrap_or_default()
    };
    let message = format!(
        "no customer of `{name}` is one of the purchases: its ids look like {}, those of the purchases like {}",
        shown(own),
        shown(purchases),
    );
    let hint = format!(
        "map the same thing in both tables: `{name}.columns.customer_id` is `{}`, `purchases.columns.customer_id` is `{}`; a \
         table that has no column in common with the purchases tells nothing and is to be left out",
        source(table),
        source(Table::Purchases),
    );
    let finding = Finding::new("ids_do_not_meet", name, Severity::Error, message).of_column("customer_id");
    finding.counting(own.n_groups() as u64).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &[String]) -> Ids {
        Ids::of_names(names.iter().map(String::as_str))
    }

    fn section(case: Option<IdCase>, trim: Option<IdTrim>) -> TableConfig {
        TableConfig { id_case: case, id_trim: trim, ..crate::ingest::tests::table_config(&["a.csv"]) }
    }

    #[test]
    fn ids_that_differ_in_little_are_counted_whatever_the_parts() {
        let names: Vec<String> = (0..100).flat_map(|n| [format!("p{n}@x"), format!("P{n}@X")]).collect();
        let mut parts = ids(&names[..77]);
        parts.add(ids(&names[77..]));
        for ids in [ids(&names), parts] {
            let found = merging(&ids, &section(None, None)).unwrap();
            assert_eq!((found.severity, found.count), (Severity::Error, 100));
            assert!(found.message.starts_with("200 customer ids are 100 but for capitals:"), "{}", found.message);
            assert_eq!(found.examples[0], "`P0@X` and `p0@x`");
            assert_eq!(merging(&ids, &section(Some(IdCase::Keep), None)), None);
        }
        let few: Vec<String> = (0..200).map(|n| format!("{n}")).chain(["a 1".into(), "a1".into()]).collect();
        let found = merging(&ids(&few), &section(None, None)).unwrap();
        assert_eq!(found.severity, Severity::Warning);
        assert!(found.hint.unwrap().contains("id_trim = \"all\""));
        assert_eq!(
            merging(&ids(&["007".into(), "7".into()]), &section(None, None)),
            None,
            "zeros are told with other tables"
        );
    }
}
