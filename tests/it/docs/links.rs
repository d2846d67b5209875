//! Every link leads somewhere, every page can be reached, and every file that is named exists.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::{markdown, pages, present_pages, root};

/// Pages that must be there.
const PAGES: &[&str] = &[
    "docs/retention-team.md",
    "docs/data-scientist.md",
    "docs/operations.md",
    "docs/experiments.md",
    "docs/reference/config.md",
    "docs/reference/features.md",
    "docs/reference/list.md",
    "docs/reference/errors.md",
    "docs/reference/exit-codes.md",
];

/// The file that a link of a page leads to, within the project, and the anchor in it.
fn target(page: &str, link: &str) -> (PathBuf, Option<String>) {
    let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor.to_owned())));
    if file.is_empty() {
        return (PathBuf::from(page), anchor);
    }
    let mut path = PathBuf::new();
    for part in Path::new(page).parent().unwrap_or(Path::new("")).join(file).components() {
        if part == Component::ParentDir {
            assert!(path.pop(), "{page}: `{link}` leads out of the project");
        } else {
            path.push(part);
        }
    }
    (path, anchor)
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let mut n_links = 0;
    for (page, text) in &pages {
        for link in markdown::parse(text).links() {
            assert!(!link.contains("://"), "{page}: `{link}` cannot be tested; name it in the text instead");
            let (file, anchor) = target(page, &link);
            assert!(root().join(&file).exists(), "{page}: `{link}` leads nowhere");
            if let Some(anchor) = anchor {
                let there = pages.get(&*file.to_string_lossy()).map(|text| markdown::parse(text).anchors());
                let there = there.unwrap_or_default();
                assert!(there.contains(&anchor), "{page}: `{link}` names no heading; there are {there:?}");
            }
            n_links += 1;
        }
    }
    assert!(n_links > 50, "{n_links} links");
}

#[test]
fn every_page_is_reached_from_the_front_page() {
    let pages = pages();
    let (mut reached, mut open) = (BTreeSet::new(), vec!["README.md".to_owned()]);
    while let Some(page) = open.pop() {
        let Some(text) = pages.get(&page).filter(|_| reached.insert(page.clone())) else { continue };
        let links = markdown::parse(text).links();
        open.extend(links.iter().map(|link| target(&page, link).0.to_string_lossy().into_owned()));
    }
    for page in PAGES.iter().copied().chain(pages.keys().map(String::as_str)) {
        assert!(reached.contains(page), "no link leads from README.md to {page}");
    }
}

/// The file that a word of code names, if it looks like one of the project.
fn named_file(word: &str) -> Option<&str> {
    let word = word.trim_end_matches([',', ';', ':', '.']);
    let is_ours = ["benches/", "docs/", "examples/", "src/", "tests/"].iter().any(|folder| word.starts_with(folder));
    let is_source = Path::new(word).extension().is_some_and(|end| end == "rs");
    ((is_ours || is_source) && !word.contains(['<', '*'])).then_some(word)
}

#[test]
fn every_file_that_is_named_exists() {
    let mut n_files = 0;
    let sources = crate::source::sources();
    for (page, text) in present_pages() {
        // Messages in the reference name made-up files.
        if page.starts_with("docs/reference/") {
            continue;
        }
        let parsed = markdown::parse(&text);
        for code in parsed.spans().iter().chain(&parsed.indented) {
            for file in code.split_whitespace().filter_map(named_file) {
                // A source file may be named by its end.
                let is_source = sources.keys().any(|source| Path::new(source).ends_with(file));
                assert!(is_source || root().join(file).exists(), "{page}: there is no `{file}`");
                n_files += 1;
            }
        }
    }
    assert!(n_files > 30, "{n_files} files");
}
