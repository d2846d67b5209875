//! From the paths of the config (files, globs, folders) to the files behind them, in a fixed order. A file is read once,
//! however many paths and links lead to it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::error::IngestError;
use super::facts::{Example, Fact, FactRule};
use super::source::InputFile;
use super::walk::{Id, Kind, Walk, kind_of};
use super::{globs, sources};
use crate::config::Layout;

/// The files of a table, and what was noticed on the way to them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    pub(crate) files: Vec<InputFile>,
    /// Paths that lead to a file or folder once more.
    pub(crate) facts: Vec<Fact>,
}

impl Found {
    /// The same files, read as the config says that they are written.
    pub(crate) fn laid_out(mut self, layout: &Layout) -> Self {
        self.files.iter_mut().for_each(|file| file.layout = layout.clone());
        self
    }
}

/// The files behind the paths of a table: paths in the order given, those of one glob or folder sorted by name.
///
/// # Errors
/// `IngestError::NotFound`, `NoFiles`, `NotAFile`, `TooManyFiles`, `UnknownFormat` or `Io`, each naming the path.
pub(crate) fn expand(table: &'static str, paths: &[PathBuf]) -> Result<Found, IngestError> {
    let (mut files, mut again) = (Vec::new(), Vec::new());
    let mut known: BTreeMap<Id, PathBuf> = BTreeMap::new();
    for path in paths {
        let mut walk = Walk { table, given: path, n_entries: 0, folders: BTreeMap::new(), again: Vec::new() };
        let found = expand_one(path, &mut walk)?;
        again.append(&mut walk.again);
        for file in found {
            let id = Id::of(&file.path)?;
            if let Some(first) = known.get(&id) {
                again.push((file.path, first.clone()));
            } else {
                known.insert(id, file.path.clone());
                files.push(file);
            }
        }
    }
    Ok(Found { files, facts: read_once(&again) })
}

/// What is to be said of paths that lead to a file or folder that another one leads to.
fn read_once(again: &[(PathBuf, PathBuf)]) -> Vec<Fact> {
    let named: BTreeSet<String> =
        again.iter().map(|(path, first)| format!("{} is {}", path.display(), first.display())).collect();
    let Some((path, _)) = again.first() else { return Vec::new() };
    let examples = named.iter().take(Example::SHOWN).map(Example::of_text).collect();
    let place = path.display().to_string();
    vec![Fact { rule: FactRule::SameFile, place, count: named.len() as u64, examples }]
}

fn expand_one(path: &Path, walk: &mut Walk<'_>) -> Result<Vec<InputFile>, IngestError> {
    let shown = || path.display().to_string();
    let (table, alone) = (walk.table, |path: PathBuf| InputFile::new(path, None));
    let found = match kind_of(path)? {
        Kind::Folder => walk.inside(path)?,
        Kind::File if sources::of_file(path).is_some() => return Ok(vec![alone(path.to_owned())]),
        Kind::File => return Err(IngestError::UnknownFormat { path: shown(), allowed: sources::allowed_names() }),
        Kind::Other(kind) => return Err(IngestError::NotAFile { table, path: shown(), kind }),
        Kind::Nothing if !globs::is_pattern(path) => return Err(IngestError::NotFound { table, path: shown() }),
        Kind::Nothing => {
            let mut found = Vec::new();
            for matched in globs::matches(path, walk)? {
                match kind_of(&matched)? {
                    Kind::Folder => found.extend(walk.inside(&matched)?),
                    _ if sources::of_file(&matched).is_some() => {
                        walk.require_file(&matched)?;
                        found.push(alone(matched));
                    }
                    _ => {}
                }
            }
            found
        }
    };
    if found.is_empty() {
        return Err(IngestError::NoFiles { table, path: shown(), allowed: sources::allowed_names() });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::walk::MOST_ENTRIES;
    use super::*;

    fn names(folder: &Path, paths: &[&str]) -> Vec<String> {
        let paths: Vec<_> = paths.iter().map(|path| folder.join(path)).collect();
        let files = expand("purchases", &paths).unwrap().files;
        files.iter().map(|f| f.path.strip_prefix(folder).unwrap().display().to_string()).collect()
    }

    fn write(folder: &Path, names: &[&str]) {
        for name in names {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
    }

    #[test]
    fn globs_and_folders_are_sorted_and_paths_keep_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        write(folder, &["b.csv", "a.csv", "_SUCCESS", ".hidden.csv", "notes.md", "y=2/x.parquet", "y=1/x.parquet"]);
        assert_eq!(names(folder, &["*.csv"]), ["a.csv", "b.csv"]);
        assert_eq!(names(folder, &["b.csv", "a.csv"]), ["b.csv", "a.csv"]);
        assert_eq!(names(folder, &["."]).len(), 4);
        assert_eq!(names(folder, &["**/*.parquet"]), ["y=1/x.parquet", "y=2/x.parquet"]);
        assert_eq!(names(folder, &["**/**/**/*.parquet"]), ["y=1/x.parquet", "y=2/x.parquet"]);
        assert_eq!(names(folder, &["y=*"]), ["y=1/x.parquet", "y=2/x.parquet"]);
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

    #[cfg(unix)]
    #[test]
    fn a_file_is_read_once_whatever_leads_to_it() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        write(folder, &["p/a.csv", "p/deep/b.csv"]);
        symlink(".", folder.join("p/self")).unwrap();
        symlink("../..", folder.join("p/deep/up")).unwrap();
        symlink("a.csv", folder.join("p/c.csv")).unwrap();
        std::fs::hard_link(folder.join("p/a.csv"), folder.join("p/d.csv")).unwrap();
        for paths in
            [&["p"][..], &["p/**/*.csv"], &["p/*.csv", "p"], &["p/../p/a.csv", "p"], &["p", "p/deep"], &["**/*.csv"]]
        {
            let files: Vec<_> = paths.iter().map(|path| folder.join(path)).collect();
            let found = expand("purchases", &files).unwrap();
            assert_eq!(found.files.len(), 2, "{paths:?}: {:?}", found.files);
            let fact = found.facts.first().unwrap();
            assert!(fact.rule == FactRule::SameFile && fact.count >= 2, "{paths:?}: {fact:?}");
        }
        assert!(expand("purchases", &[folder.join("p/a.csv")]).unwrap().facts.is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn what_has_no_end_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let pipe = folder.join("orders.csv");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let _socket = std::os::unix::net::UnixListener::bind(folder.join("s.csv")).unwrap();
        let error = |path: &Path| expand("purchases", &[path.to_owned()]).unwrap_err().to_string();
        assert!(error(&pipe).contains("is a pipe"));
        assert!(error(&folder.join("s.csv")).contains("is a socket"));
        assert!(error(Path::new("/dev/zero")).contains("is a device"));
        assert!(error(folder).contains("is a pipe"));
        assert!(error(&folder.join("*.csv")).contains("is a pipe"));
    }

    #[test]
    fn a_way_through_too_many_files_ends() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &["a.csv", "b.csv"]);
        let mut walk = Walk {
            table: "purchases",
            given: folder.path(),
            n_entries: MOST_ENTRIES - 1,
            folders: BTreeMap::new(),
            again: Vec::new(),
        };
        let error = expand_one(folder.path(), &mut walk).unwrap_err();
        assert!(matches!(error, IngestError::TooManyFiles { .. }), "{error}");
    }
}
