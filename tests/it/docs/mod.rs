//! The documentation is held against the code: reference pages, links, names of files, commands and configs in examples.
//!
//! `INSTA_UPDATE=always cargo test --release --test it docs::` rewrites what is made from the code.

mod examples;
mod links;
mod markdown;
mod reference;

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The command that rewrites what is made from the code.
const REWRITE: &str = "INSTA_UPDATE=always cargo test --release --test it docs::";

/// Lines of the front page at most.
const LONGEST_README: usize = 120;

/// Folders whose pages are read, `docs` with all below it.
const FOLDERS: &[&str] = &["", "benches", "data", "docs", "docs/reference", "models", "notebooks"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every page in Markdown, by its path in the project.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for folder in FOLDERS {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                pages.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    pages
}

/// The pages that describe the program as it is: all but the changelog, which describes how it came to be.
fn present_pages() -> BTreeMap<String, String> {
    let mut pages = pages();
    pages.remove("CHANGELOG.md");
    pages
}

/// Holds a committed page against what the code says now, or rewrites it.
fn hold(page: &str, now: &str) {
    let path = root().join(page);
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, now).unwrap();
        return;
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = committed.lines().zip(now.lines()).find(|(old, new)| old != new);
    assert!(
        committed == now,
        "{page} is not what the code says; `{REWRITE}` rewrites it. The first line that differs: {differs:?}"
    );
}

#[test]
fn the_front_page_is_short() {
    let n = pages()["README.md"].lines().count();
    assert!(n <= LONGEST_README, "README.md has {n} lines, at most {LONGEST_README} are allowed");
}
