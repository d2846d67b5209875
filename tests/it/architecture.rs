//! The way of the data: a room uses only those above it, and only some rooms know certain libraries;
//! within a room no file uses one that uses it.

use crate::source::{Sources, circles, room, sources};

/// The rooms in the order of `ARCHITECTURE.md`: each may use those before it.
const ROOMS: &[&str] = &[
    "units",
    "text",
    "table",
    "error",
    "checked",
    "files",
    "web",
    "database",
    "maths",
    "onnx",
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
    "value",
    "explain",
    "monitor",
    "registry",
    "simulate",
    "charts",
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
    ("calamine", &["ingest/spreadsheet.rs"]),
    ("encoding_rs", &["ingest/encoding.rs"]),
    ("chardetng", &["ingest/encoding.rs"]),
    ("linfa", &["learn/logistic.rs"]),
    ("linfa_logistic", &["learn/logistic.rs"]),
    ("hessboost", &["learn/boosting.rs"]),
    ("rand_xoshiro", &["maths/random.rs"]),
    ("fnv", &["maths/hash.rs"]),
    ("memchr", &["ingest/digits.rs", "ingest/lines.rs"]),
    ("libm", &["maths", "simulate", "timeline/walk.rs"]),
    ("std::fs", &["files", "ingest", "registry", "commands"]),
    ("tempfile", &["files"]),
    ("tracing", &["cli", "commands", "main.rs"]),
    ("indicatif", &["cli"]),
    ("minijinja", &["output/page"]),
    ("rust_xlsxwriter", &["output/sheet.rs", "output/sheet_form.rs"]),
    ("sha2", &["output/page"]),
    ("postgres", &["database", "ingest/query.rs", "ingest/query_columns.rs", "output/database.rs"]),
    ("rustls", &["web"]),
];

#[test]
fn a_room_uses_only_rooms_above_it() {
    let files = sources();
    let all = Sources::read(&files);
    let place = |room: &str| ROOMS.iter().position(|other| *other == room);
    for (file, names) in &all.names {
        let Some(own) = place(room(file)) else {
            assert!(["lib.rs", "main.rs"].contains(&file.as_str()), "{file} belongs to no room");
            continue;
        };
        for used in names.paths.iter().filter_map(|path| all.absolute(file, path)) {
            let below = used.first().and_then(|room| place(room)).is_some_and(|used| used > own);
            assert!(!below, "{file} uses `{}`, which stands below it", used.join("::"));
        }
    }
}

#[test]
fn the_page_has_the_rooms_in_their_order() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/ARCHITECTURE.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once(" |"));
    let rooms: Vec<&str> = rows.flat_map(|(names, _)| names.split(", ")).map(|name| name.trim_matches('`')).collect();
    assert_eq!(rooms, ROOMS);
}

#[test]
fn no_circle_leads_through_the_files_of_a_room() {
    let files = sources();
    let all = Sources::read(&files);
    for own in ROOMS {
        let is_own = |file: &&String| room(file) == *own;
        let used_by = |file: &String| all.uses(file).into_iter().filter(|used| is_own(&used)).collect();
        let all_uses = files.keys().filter(is_own).map(|file| (file.clone(), used_by(file))).collect();
        let circles: Vec<String> = circles(&all_uses)
            .into_iter()
            .map(|(group, shortest)| format!("{} (files in the knot: {})", shortest.join(" -> "), group.join(", ")))
            .collect();
        assert!(
            circles.is_empty(),
            "files of `{own}` use each other in a circle; move what both need to a file below them:\n{}",
            circles.join("\n")
        );
    }
}

#[test]
fn libraries_are_named_only_where_they_belong() {
    let files = sources();
    for (file, names) in Sources::read(&files).names {
        for (library, owners) in OWNED {
            let library_path: Vec<&str> = library.split("::").collect();
            let is_named = names.paths.iter().any(|path| path.parts.iter().take(library_path.len()).eq(&library_path));
            let is_allowed = owners.iter().any(|owner| file == *owner || file.starts_with(&format!("{owner}/")));
            assert!(!is_named || is_allowed, "{file} names `{library}`");
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
