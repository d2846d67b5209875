//! Files that lie beside those of a table and are called like them, but are not read: a list of files that nobody added the
//! later months to reads half a shop.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::facts::{Example, Fact, FactRule};
use super::walk::{Kind, kind_of, name_of};
use crate::config::{Config, Table};

/// Files of one kind that are named one by one, from which on others of that kind are missed.
const LEAST_NAMED: usize = 2;

/// Files beside the named ones that are newer by their names than all of these, or as large as one of them.
pub(super) fn beside(paths: &[PathBuf], config: &Config) -> Vec<Fact> {
    let mut kinds: BTreeMap<(&Path, String), Vec<&PathBuf>> = BTreeMap::new();
    for path in paths.iter().filter(|path| matches!(kind_of(path), Ok(Kind::File))) {
        let (pattern, numbers) = parts_of(&name_of(path));
        if let Some(folder) = path.parent().filter(|_| !numbers.is_empty()) {
            kinds.entry((folder, pattern)).or_default().push(path);
        }
    }
    kinds.retain(|_, named| named.len() >= LEAST_NAMED);
    let fact = |((folder, pattern), named): ((&Path, String), Vec<&PathBuf>)| {
        let left = left_out(folder, &pattern, &named, config);
        let (count, examples) = (left.len() as u64, Example::of_texts(left.into_iter()));
        (count > 0).then_some(Fact { rule: FactRule::FilesLeftOut, place: pattern, count, examples })
    };
    kinds.into_iter().filter_map(fact).collect()
}

/// The names of such files, in the order of their numbers.
fn left_out(folder: &Path, pattern: &str, named: &[&PathBuf], config: &Config) -> Vec<String> {
    let numbers = |path: &Path| parts_of(&name_of(path)).1;
    let last = named.iter().map(|path| numbers(path)).max().unwrap_or_default();
    let smallest = named.iter().map(|path| size_of(path)).min().unwrap_or(u64::MAX);
    let Ok(entries) = std::fs::read_dir(or_here(folder)) else { return Vec::new() };
    let is_left = |path: &PathBuf| {
        parts_of(&name_of(path)).0 == pattern
            && !is_in_config(path, config)
            && matches!(kind_of(path), Ok(Kind::File))
            && (numbers(path) > last || size_of(path) >= smallest)
    };
    let mut left: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_left).collect();
    left.sort_by_key(|path| (numbers(path), name_of(path)));
    left.iter().map(|path| name_of(path)).collect()
}

/// Whether the config names a file of that folder and name, for whatever table.
fn is_in_config(path: &Path, config: &Config) -> bool {
    let folder = |path: &Path| path.parent().and_then(|folder| std::fs::canonicalize(or_here(folder)).ok());
    let is_it = |known: &PathBuf| known.file_name() == path.file_name() && folder(known) == folder(path);
    let mut sections = Table::ALL.iter().filter_map(|table| config.table(*table));
    sections.any(|section| {
        let of_lookups = section.lookups.iter().flat_map(|lookup| &lookup.paths);
        section.paths.iter().chain(of_lookups).any(is_it)
    })
}

fn or_here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

fn size_of(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |known| known.len())
}

/// A name with a star for each of its numbers, and the numbers.
fn parts_of(name: &str) -> (String, Vec<u64>) {
    let (mut pattern, mut numbers, mut digits) = (String::new(), Vec::new(), String::new());
    for letter in name.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        end_number(&mut digits, &mut pattern, &mut numbers);
        pattern.push(letter);
    }
    end_number(&mut digits, &mut pattern, &mut numbers);
    (pattern, numbers)
}

fn end_number(digits: &mut String, pattern: &mut String, numbers: &mut Vec<u64>) {
    if !digits.is_empty() {
        pattern.push('*');
        numbers.push(digits.parse().unwrap_or(u64::MAX));
        digits.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_by_all_but_their_numbers() {
        assert_eq!(parts_of("orders_2024-09.csv"), ("orders_*-*.csv".to_owned(), vec![2024, 9]));
        assert_eq!(parts_of("a10b"), ("a*b".to_owned(), vec![10]));
        assert_eq!(parts_of("orders.csv"), ("orders.csv".to_owned(), Vec::new()));
        assert!(parts_of("b_10").1 > parts_of("b_9").1);
    }
}
