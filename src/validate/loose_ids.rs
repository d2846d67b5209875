//! Ids of customers that differ in zeros in front or in signs alone: `007` and `7`, `0170/17` and `0170 17`.

use std::collections::BTreeSet;

use super::customer_ids::NOTABLE_PERCENT;
use super::finding::{Finding, Severity};
use super::id_groups::Ids;
use super::mending::customer;
use crate::config::{IdTrim, Table, TableConfig};
use crate::ingest::{IdRules, toml_text};
use crate::text::{counted, grouped};

/// Per cent of the customers that ids which differ in signs alone must make: some numbers have signs by nature.
const NOTABLE_SIGNS: usize = 5;

/// Ids of the purchases that differ in zeros in front or in signs alone, such as `007` and `7`, or `0170/17` and `0170 17`.
pub(super) fn loosely_alike(ids: &Ids, section: &TableConfig) -> Option<Finding> {
    if section.id_trim == Some(IdTrim::Keep) {
        return None;
    }
    let (mut n, mut of_zeros, mut of_signs) = (0, 0, 0);
    let (mut signs, mut has_zeros, mut examples) = (BTreeSet::new(), false, Vec::new());
    for names in ids.groups() {
        if names.len() == 1 {
            n += 1;
            continue;
        }
        let plain: BTreeSet<String> = names.iter().map(|name| IdRules::ALL.applied(name).into_owned()).collect();
        let without_zeros: BTreeSet<&str> = plain.iter().map(|id| id.trim_start_matches('0')).collect();
        let n_apart = apart_without_signs(&without_zeros);
        let (zeros, own_signs) = (plain.len() - without_zeros.len(), without_zeros.len() - n_apart);
        (n, of_zeros, of_signs) = (n + plain.len(), of_zeros + zeros, of_signs + own_signs);
        if own_signs > 0 {
            signs.extend(names.iter().flat_map(|id| id.chars()).filter(|letter| !letter.is_alphanumeric()));
            // `+49 170` and `0049170` are one number.
            let bare = names.iter().map(|id| id.trim_start_matches(|letter: char| !letter.is_alphanumeric()));
            let n_with_zeros = bare.filter(|id| id.starts_with('0')).count();
            has_zeros |= n_with_zeros > 0 && n_with_zeros < names.len();
        }
        if zeros + own_signs > 0 {
            let mut shown: Vec<&str> = names.iter().map(|name| &**name).collect();
            shown.sort_unstable();
            examples.push(shown.iter().take(3).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and "));
        }
    }
    if of_signs * 100 < NOTABLE_SIGNS * n {
        (of_signs, signs, has_zeros) = (0, BTreeSet::new(), false);
    }
    let (n_merged, scaled) = (of_zeros + of_signs, |count: usize| ids.scaled(count).0);
    if n_merged == 0 {
        return None;
    }
    let is_many = of_zeros * 100 >= NOTABLE_PERCENT * n;
    let severity = if is_many { Severity::Error } else { Severity::Warning };
    let kinds = [(of_zeros, "zeros in front"), (of_signs, "signs such as `-` or `/`")];
    let what: Vec<&str> = kinds.iter().filter(|(count, _)| *count > 0).map(|(_, kind)| *kind).collect();
    let message = format!(
        "{}{} are {} but for {}: one person may count as several customers",
        if ids.scaled(n).1 { "about " } else { "" },
        counted(scaled(n), "customer id"),
        grouped(scaled(n - n_merged)),
        what.join(" and "),
    );
    examples.sort_unstable();
    let sql = plain_ids(section, &signs, has_zeros || of_zeros > 0);
    let hint = format!(
        "write `customer_id = {}` in `[purchases.columns]` to make them one, and the like in tables that have such ids; or \
         `id_trim = \"keep\"` in `[purchases]` if they are different customers",
        toml_text(&sql)
    );
    let finding = Finding::new("ids_alike", Table::Purchases.name(), severity, message).of_column("customer_id");
    Some(finding.counting(scaled(n_merged)).with_examples(examples).with_hint(hint))
}

/// How many ids of one group stay apart without their signs: those with signs at other places, as `1-23` and `12-3`, do.
fn apart_without_signs(ids: &BTreeSet<&str>) -> usize {
    let parts = |id: &&str| -> Vec<String> {
        let parts = id.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty());
        parts.map(|part| part.trim_start_matches('0').to_owned()).collect()
    };
    let apart: BTreeSet<Vec<String>> = ids.iter().map(parts).collect();
    let n_whole = apart.iter().filter(|parts| parts.len() <= 1).count();
    // One that has no sign is the one that has them, if there is one alone.
    if n_whole > 0 && apart.len() == n_whole + 1 { n_whole } else { apart.len() }
}

/// The ids of customers without signs, and without zeros in front.
fn plain_ids(section: &TableConfig, signs: &BTreeSet<char>, has_zeros: bool) -> String {
    let quoted = |sign: &char| if *sign == '\'' { "''".to_owned() } else { sign.to_string() };
    let bare = signs.iter().fold(customer(section), |sql, sign| format!("REPLACE({sql}, '{}', '')", quoted(sign)));
    if has_zeros { format!("LTRIM({bare}, '0')") } else { bare }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_at_other_places_make_other_ids() {
        let apart = |ids: &[&str]| apart_without_signs(&ids.iter().copied().collect());
        assert_eq!(apart(&["1-23", "12-3"]), 2);
        assert_eq!(apart(&["170/17", "170-17", "17017"]), 1);
        assert_eq!(apart(&["1-23", "12-3", "123"]), 3);
        assert_eq!(apart(&["+4917", "4917"]), 1);
    }
}
