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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn found(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let files = files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
        let sources = Sources::read(&files);
        let uses: Uses = files.keys().map(|file| (file.clone(), sources.uses(file))).collect();
        circles(&uses).into_iter().map(|(_, shortest)| shortest).collect()
    }

    #[test]
    fn what_is_passed_on_is_used_where_it_is_defined() {
        let room = ("r/mod.rs", "mod a;\nmod b;\npub use a::A;");
        assert!(found(&[room, ("r/a.rs", "pub struct A;"), ("r/b.rs", "use super::{A};")]).is_empty());
        let circle = found(&[room, ("r/a.rs", "use super::b;\npub struct A;"), ("r/b.rs", "use crate::r::A;")]);
        assert_eq!(circle, [["r/a.rs", "r/b.rs", "r/a.rs"]]);
    }

    #[test]
    fn a_room_whose_files_use_what_stands_in_its_mod_file_must_not_use_them_there() {
        let files = ("r/a.rs", "use super::{\n    Limit,\n};\npub fn run(_: Limit) {}");
        assert!(found(&[("r/mod.rs", "mod a;\npub struct Limit;\npub use a::run;"), files]).is_empty());
        let circle = found(&[("r/mod.rs", "mod a;\npub struct Limit;\npub fn top() { a::run(Limit) }"), files]);
        assert_eq!(circle, [["r/a.rs", "r/mod.rs", "r/a.rs"]]);
        let circle =
            found(&[("r/mod.rs", "mod a;\nuse a::run;\npub struct Limit;\npub fn top() { run(Limit) }"), files]);
        assert_eq!(circle, [["r/a.rs", "r/mod.rs", "r/a.rs"]]);
    }
}
