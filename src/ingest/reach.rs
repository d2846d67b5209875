//! Which files the paths of a config reach: those that are there, and those that a later run would read if they were.

use std::path::{Component, Path, PathBuf};

use super::globs::name_matches;
use super::paths::expand;
use super::sources;
use super::walk::NOT_READ;

/// The files that paths lead to; a path that leads nowhere stands for itself, because reading it will say so.
#[must_use]
pub fn input_files(table: &'static str, paths: &[PathBuf]) -> Vec<PathBuf> {
    let files_of = |path: &PathBuf| match expand(table, std::slice::from_ref(path)) {
        Ok(found) => found.files.into_iter().map(|file| file.path).collect(),
        Err(_) => vec![path.clone()],
    };
    paths.iter().flat_map(files_of).collect()
}

/// Whether a file of that name, which need not be there, would be read as one of those in a folder or behind a pattern.
/// `file` is absolute, its folder without links.
#[must_use]
pub fn would_be_read(path: &Path, file: &Path) -> bool {
    let is_table = if path.is_dir() { sources::is_table_in_folder(file) } else { sources::of_file(file).is_some() };
    if !is_table {
        return false;
    }
    let is_pattern = |component: &Component<'_>| component.as_os_str().to_string_lossy().contains(['*', '?']);
    let fixed: PathBuf = if path.is_dir() {
        path.to_owned()
    } else {
        path.components().take_while(|component| !is_pattern(component)).collect()
    };
    let patterns: Vec<String> = path
        .components()
        .skip(fixed.components().count())
        .map(|part| part.as_os_str().to_string_lossy().into())
        .collect();
    let fixed = if fixed.as_os_str().is_empty() { PathBuf::from(".") } else { fixed };
    let Ok(fixed) = fixed.canonicalize() else { return false };
    // A path that names one file is no matter of what would be read.
    if patterns.is_empty() && !fixed.is_dir() {
        return false;
    }
    let Ok(below) = file.strip_prefix(&fixed) else { return false };
    let names: Vec<String> = below.components().map(|part| part.as_os_str().to_string_lossy().into()).collect();
    !names.iter().any(|name| name.starts_with(NOT_READ)) && is_reached(&patterns, &names)
}

/// Whether names lead from a pattern to a file: a folder that it matches is read with all that is below.
fn is_reached(patterns: &[String], names: &[String]) -> bool {
    match (patterns.split_first(), names.split_first()) {
        (None, _) => true,
        (Some((pattern, rest)), _) if pattern == "**" => {
            is_reached(rest, names) || names.split_first().is_some_and(|(_, below)| is_reached(patterns, below))
        }
        (Some((pattern, rest)), Some((name, below))) => name_matches(pattern, name) && is_reached(rest, below),
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_folder_or_a_pattern_would_read_is_known_before_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("runs/day")).unwrap();
        let read = |path: &str, file: &str| would_be_read(&root.join(path), &root.join(file));
        for (path, file, expected) in [
            ("", "list.csv", true),
            ("", "runs/day/list.parquet", true),
            ("", "manifest.json", false),
            ("", "runs/.day/list.csv", false),
            ("runs", "list.csv", false),
            ("*.csv", "list.csv", true),
            ("*.csv", "list.parquet", false),
            ("*.csv", "runs/list.csv", false),
            ("20??.csv", "list.csv", false),
            ("**/*.csv", "runs/day/list.csv", true),
            ("r*", "runs/day/list.csv", true),
            ("list.csv", "list.csv", false),
            ("elsewhere/*.csv", "list.csv", false),
        ] {
            assert_eq!(read(path, file), expected, "{path} {file}");
        }
    }
}
