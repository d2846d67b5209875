//! From the paths of the config (files, globs, folders) to the files behind them, in a fixed order.

use std::path::{Component, Path, PathBuf};

use super::error::IngestError;
use super::source;

/// One file of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InputFile {
    /// Where it is, beginning as the path in the config does.
    pub(crate) path: PathBuf,
    /// The folder given in the config, if it was found inside one: `key=value` folders below it are columns.
    pub(crate) folder: Option<PathBuf>,
}

/// The files behind the paths of a table: paths in the order given, those of one glob or folder sorted by name.
///
/// # Errors
/// `IngestError::NotFound`, `NoFiles` or `UnknownFormat`, each naming table and path.
pub(crate) fn expand(table: &'static str, paths: &[PathBuf]) -> Result<Vec<InputFile>, IngestError> {
    let mut files = Vec::new();
    for path in paths {
        files.extend(expand_one(table, path)?);
    }
    Ok(files)
}

fn expand_one(table: &'static str, path: &Path) -> Result<Vec<InputFile>, IngestError> {
    let shown = path.display().to_string();
    if path.is_dir() {
        let found = files_below(path)?;
        let inside = |file| InputFile { path: file, folder: Some(path.to_owned()) };
        return some_of(found.into_iter().map(inside).collect(), table, shown);
    }
    if path.exists() {
        return match source::of_file(path) {
            Some(_) => Ok(vec![InputFile { path: path.to_owned(), folder: None }]),
            None => Err(IngestError::UnknownFormat { path: shown, allowed: source::allowed_names() }),
        };
    }
    if !shown.contains(['*', '?']) {
        return Err(IngestError::NotFound { table, path: shown });
    }
    let mut found = Vec::new();
    for matched in matches(path)? {
        if matched.is_dir() {
            let below = files_below(&matched)?;
            found.extend(below.into_iter().map(|file| InputFile { path: file, folder: Some(matched.clone()) }));
        } else if source::of_file(&matched).is_some() {
            found.push(InputFile { path: matched, folder: None });
        }
    }
    some_of(found, table, shown)
}

fn some_of(files: Vec<InputFile>, table: &'static str, path: String) -> Result<Vec<InputFile>, IngestError> {
    if files.is_empty() {
        Err(IngestError::NoFiles { table, path, allowed: source::allowed_names() })
    } else {
        Ok(files)
    }
}

/// Readable files of a folder and the folders in it, sorted by path. Names that begin with `.` or `_` are not data:
/// that is how other programs mark what they leave beside it.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, IngestError> {
    let mut files = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else if source::of_file(&path).is_some() {
            files.push(path);
        }
    }
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, IngestError> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(IngestError::io(folder))? {
        let path = entry.map_err(IngestError::io(folder))?.path();
        if !name_of(&path).starts_with(['.', '_']) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Existing paths that match a pattern, folder by folder: `*` is any text within one name, `?` one character, `**`
/// any number of folders.
fn matches(pattern: &Path) -> Result<Vec<PathBuf>, IngestError> {
    let mut reached = vec![PathBuf::new()];
    for component in pattern.components() {
        let name = component.as_os_str().to_string_lossy();
        if !matches!(component, Component::Normal(_)) || !name.contains(['*', '?']) {
            for path in &mut reached {
                path.push(component);
            }
            reached.retain(|path| path.exists());
            continue;
        }
        let mut next = Vec::new();
        for folder in &reached {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            if !folder.is_dir() {
                continue;
            }
            if name == "**" {
                next.extend(folders_below(folder)?);
            } else {
                next.extend(entries(folder)?.into_iter().filter(|path| name_matches(&name, &name_of(path))));
            }
        }
        reached = next;
    }
    Ok(reached)
}

/// The folder itself and every folder below it.
fn folders_below(folder: &Path) -> Result<Vec<PathBuf>, IngestError> {
    let mut found = vec![folder.to_owned()];
    for path in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        found.extend(folders_below(&path)?);
    }
    Ok(found)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether a name matches a pattern of `*` and `?`.
fn name_matches(pattern: &str, name: &str) -> bool {
    let Some(first) = pattern.chars().next() else { return name.is_empty() };
    let rest = pattern.get(first.len_utf8()..).unwrap_or_default();
    match first {
        '*' => {
            let mut tails = name.char_indices().map(|(at, _)| at).chain([name.len()]);
            tails.any(|at| name_matches(rest, name.get(at..).unwrap_or_default()))
        }
        _ => name.chars().next().is_some_and(|head| {
            (first == '?' || first == head) && name_matches(rest, name.get(head.len_utf8()..).unwrap_or_default())
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_match_within_a_name() {
        for (pattern, name, expected) in [
            ("*.csv", "a.csv", true),
            ("*.csv", "a.csv.gz", false),
            ("2011-??.parquet", "2011-07.parquet", true),
            ("2011-??.parquet", "2011-7.parquet", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "xxbxxaxx", false),
            ("*", "é", true),
        ] {
            assert_eq!(name_matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn globs_and_folders_are_sorted_and_paths_keep_their_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.csv", "a.csv", "_SUCCESS", ".hidden.csv", "notes.md", "y=2/x.parquet", "y=1/x.parquet"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let names = |paths: &[&str]| -> Vec<String> {
            let paths: Vec<_> = paths.iter().map(|path| folder.path().join(path)).collect();
            let files = expand("purchases", &paths).unwrap();
            files.iter().map(|f| f.path.strip_prefix(folder.path()).unwrap().display().to_string()).collect()
        };
        assert_eq!(names(&["*.csv"]), ["a.csv", "b.csv"]);
        assert_eq!(names(&["b.csv", "a.csv"]), ["b.csv", "a.csv"]);
        assert_eq!(names(&["."]).len(), 4);
        assert_eq!(names(&["**/*.parquet"]), ["y=1/x.parquet", "y=2/x.parquet"]);
        assert_eq!(names(&["y=*"]), ["y=1/x.parquet", "y=2/x.parquet"]);
    }

    #[test]
    fn what_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = |name: &str| expand("purchases", &[folder.path().join(name)]).unwrap_err();
        assert!(matches!(error("nope.csv"), IngestError::NotFound { table: "purchases", .. }));
        assert!(matches!(error("*.csv"), IngestError::NoFiles { .. }));
        assert!(matches!(error(""), IngestError::NoFiles { .. }));
        std::fs::write(folder.path().join("notes.md"), "x").unwrap();
        assert!(matches!(error("notes.md"), IngestError::UnknownFormat { .. }));
    }
}
