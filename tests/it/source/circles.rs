//! Circles: files of which each uses the next and the last uses the first.

use std::collections::{BTreeMap, BTreeSet};

/// Who uses whom.
pub(crate) type Uses = BTreeMap<String, Vec<String>>;

/// The groups of more than one file in which each file leads to every other, with the shortest circle of each group.
pub(crate) fn circles(uses: &Uses) -> Vec<(Vec<String>, Vec<String>)> {
    let reach: BTreeMap<&str, BTreeSet<&str>> = uses.keys().map(|file| (file.as_str(), reached(uses, file))).collect();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut found = Vec::new();
    for (file, reached) in &reach {
        if !reached.contains(file) || seen.contains(file) {
            continue;
        }
        let group: Vec<&str> = reached.iter().copied().filter(|other| reach[other].contains(file)).collect();
        seen.extend(&group);
        let shortest = group.iter().map(|file| circle(uses, file)).min_by_key(Vec::len).unwrap_or_default();
        found.push((group.into_iter().map(str::to_owned).collect(), shortest));
    }
    found
}

fn next<'a>(uses: &'a Uses, file: &str) -> impl Iterator<Item = &'a str> {
    uses.get(file).into_iter().flatten().map(String::as_str)
}

/// All files to which the uses of `file` lead.
fn reached<'a>(uses: &'a Uses, file: &str) -> BTreeSet<&'a str> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = next(uses, file).collect();
    while let Some(file) = open.pop() {
        if found.insert(file) {
            open.extend(next(uses, file));
        }
    }
    found
}

/// The shortest way from `file` back to itself, the file at both ends.
fn circle(uses: &Uses, file: &str) -> Vec<String> {
    let mut ways: Vec<Vec<&str>> = vec![vec![file]];
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut at = 0;
    while at < ways.len() {
        for next in next(uses, ways[at][ways[at].len() - 1]) {
            let mut way = ways[at].clone();
            way.push(next);
            if next == file {
                return way.into_iter().map(str::to_owned).collect();
            }
            if seen.insert(next) {
                ways.push(way);
            }
        }
        at += 1;
    }
    Vec::new()
}
