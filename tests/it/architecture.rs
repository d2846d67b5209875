//! The way of the data: a room uses only those above it, and only some rooms know certain libraries.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The rooms in the order of `ARCHITECTURE.md`: each may use those before it.
const ROOMS: &[&str] = &[
    "units",
    "text",
    "table",
    "error",
    "checked",
    "files",
    "maths",
    "clv",
    "config",
    "timeline",
    "ingest",
    "validate",
    "features",
    "label",
    "dataset",
    "profile",
    "learn",
    "calibrate",
    "evaluate",
    "guard",
    "decide",
    "explain",
    "registry",
    "simulate",
    "output",
    "pipeline",
    "kernel",
    "cli",
    "commands",
];

/// A library, and the only places that may name it.
const OWNED: &[(&str, &[&str])] = &[
    ("polars", &["ingest", "validate", "output", "kernel.rs"]),
    ("sqlparser", &["ingest/sql.rs"]),
    ("linfa", &["learn/logistic.rs"]),
    ("linfa_logistic", &["learn/logistic.rs"]),
    ("hessboost", &["learn/boosting.rs"]),
    ("rand_xoshiro", &["maths/random.rs"]),
    ("fnv", &["maths/hash.rs"]),
    ("libm", &["maths", "simulate", "timeline/walk.rs"]),
    ("std::fs", &["files", "ingest", "registry", "commands"]),
    ("tempfile", &["files"]),
    ("tracing", &["cli", "commands", "main.rs"]),
    ("indicatif", &["cli"]),
];

pub(crate) fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.to_string_lossy().ends_with("tests.rs") {
                continue; // a file of unit tests may use whatever it needs
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// The code of a file without its tests and its comments.
pub(crate) fn code(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//"))
}

fn room(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap_or_default()
}

#[test]
fn a_room_uses_only_rooms_above_it() {
    let place = |room: &str| ROOMS.iter().position(|other| *other == room);
    for (file, text) in sources() {
        let Some(own) = place(room(&file)) else {
            assert!(["lib.rs", "main.rs"].contains(&file.as_str()), "{file} belongs to no room");
            continue;
        };
        for line in code(&text) {
            for used in line.split("crate::").skip(1) {
                let used = used.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
                if let Some(used_place) = place(used) {
                    assert!(used_place <= own, "{file} uses `{used}`, which stands below it: {line}");
                }
            }
        }
    }
}

#[test]
fn libraries_are_named_only_where_they_belong() {
    for (file, text) in sources() {
        for (library, owners) in OWNED {
            let path = format!("{library}::");
            let named = code(&text).any(|line| {
                line.match_indices(&path)
                    .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
            });
            let allowed = owners.iter().any(|owner| file == *owner || file.starts_with(&format!("{owner}/")));
            assert!(!named || allowed, "{file} names `{library}`");
        }
    }
}

#[test]
fn every_file_says_what_it_owns() {
    for (file, text) in sources() {
        assert!(text.starts_with("//! "), "{file} has no header");
    }
}

#[test]
fn nothing_in_the_repository_is_unfinished() {
    let marks = ["todo!", "unimplemented!", "dbg!"].map(|mark| format!("{mark}("));
    for (file, text) in sources() {
        for mark in &marks {
            assert!(!text.contains(mark), "{file} contains {mark}");
        }
    }
}
