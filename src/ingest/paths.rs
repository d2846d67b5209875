//! From the paths of the config (files, globs, folders) to the files behind them, in a fixed order. A file is read once,
//! however many paths and links lead to it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::IngestError;
use super::facts::{Example, Fact, FactRule};
use super::{globs, source};

/// Files and folders that are looked at for one path of the config.
const MOST_ENTRIES: usize = 100_000;

/// One file of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InputFile {
    /// Where it is, beginning as the path in the config does.
    pub(crate) path: PathBuf,
    /// The folder given in the config, if it was found inside one: `key=value` folders below it are columns.
    pub(crate) folder: Option<PathBuf>,
}

/// The files of a table, and what was noticed on the way to them.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) files: Vec<InputFile>,
    /// Paths that lead to a file or folder once more.
    pub(crate) facts: Vec<Fact>,
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

/// What the machine knows a file or folder by, whatever path leads to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Id {
    #[cfg(unix)]
    number: (u64, u64, u64, i64),
    #[cfg(not(unix))]
    path: PathBuf,
}

impl Id {
    #[cfg(unix)]
    fn of(path: &Path) -> Result<Self, IngestError> {
        use std::os::unix::fs::MetadataExt;
        let known = std::fs::metadata(path).map_err(IngestError::io(path))?;
        // Some mounts number all files alike; those that differ in size or time are not the same.
        Ok(Self { number: (known.dev(), known.ino(), known.len(), known.mtime_nsec() ^ known.mtime()) })
    }

    #[cfg(not(unix))]
    fn of(path: &Path) -> Result<Self, IngestError> {
        Ok(Self { path: path.canonicalize().map_err(IngestError::io(path))? })
    }
}

fn expand_one(path: &Path, walk: &mut Walk<'_>) -> Result<Vec<InputFile>, IngestError> {
    let shown = || path.display().to_string();
    let (table, alone) = (walk.table, |path: PathBuf| InputFile { path, folder: None });
    let found = match kind_of(path)? {
        Kind::Folder => walk.inside(path)?,
        Kind::File if source::of_file(path).is_some() => return Ok(vec![alone(path.to_owned())]),
        Kind::File => return Err(IngestError::UnknownFormat { path: shown(), allowed: source::allowed_names() }),
        Kind::Other(kind) => return Err(IngestError::NotAFile { table, path: shown(), kind }),
        Kind::Nothing if !globs::is_pattern(path) => return Err(IngestError::NotFound { table, path: shown() }),
        Kind::Nothing => {
            let mut found = Vec::new();
            for matched in globs::matches(path, walk)? {
                match kind_of(&matched)? {
                    Kind::Folder => found.extend(walk.inside(&matched)?),
                    _ if source::of_file(&matched).is_some() => {
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
        return Err(IngestError::NoFiles { table, path: shown(), allowed: source::allowed_names() });
    }
    Ok(found)
}

/// What lies at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    /// Something that cannot be read to an end, in words.
    Other(&'static str),
    Nothing,
}

/// What lies at a path, links followed.
pub(super) fn kind_of(path: &Path) -> Result<Kind, IngestError> {
    match std::fs::metadata(path) {
        Ok(known) if known.is_file() => Ok(Kind::File),
        Ok(known) if known.is_dir() => Ok(Kind::Folder),
        Ok(known) => Ok(Kind::Other(special(known.file_type()))),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(Kind::Nothing),
        Err(error) => Err(IngestError::io(path)(error)),
    }
}

/// A way through folders that has an end.
pub(super) struct Walk<'p> {
    table: &'static str,
    given: &'p Path,
    n_entries: usize,
    /// Folders whose files were taken, and the paths by which they were first reached.
    folders: BTreeMap<Id, PathBuf>,
    /// Paths that led to one of these once more.
    again: Vec<(PathBuf, PathBuf)>,
}

impl Walk<'_> {
    fn require_file(&self, path: &Path) -> Result<(), IngestError> {
        match kind_of(path)? {
            Kind::Other(kind) => {
                Err(IngestError::NotAFile { table: self.table, path: path.display().to_string(), kind })
            }
            // A link that leads nowhere is reported by the machine when its file is opened.
            _ => Ok(()),
        }
    }

    /// The readable files of a folder and the folders in it.
    fn inside(&mut self, folder: &Path) -> Result<Vec<InputFile>, IngestError> {
        let mut paths = Vec::new();
        self.files_below(folder, &mut paths)?;
        Ok(paths.into_iter().map(|path| InputFile { path, folder: Some(folder.to_owned()) }).collect())
    }

    fn files_below(&mut self, folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), IngestError> {
        let id = Id::of(folder)?;
        if let Some(first) = self.folders.get(&id) {
            self.again.push((folder.to_owned(), first.clone()));
            return Ok(());
        }
        self.folders.insert(id, folder.to_owned());
        for path in self.entries(folder)? {
            if kind_of(&path)? == Kind::Folder {
                self.files_below(&path, files)?;
            } else if source::of_file(&path).is_some() {
                self.require_file(&path)?;
                files.push(path);
            }
        }
        Ok(())
    }

    /// The folder itself and every folder below it, each once.
    pub(super) fn folders_below(&mut self, folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), IngestError> {
        let mut known = BTreeMap::from([(Id::of(folder)?, folder.to_owned())]);
        let mut waiting = vec![folder.to_owned()];
        while let Some(folder) = waiting.pop() {
            for path in self.entries(&folder)? {
                if kind_of(&path)? != Kind::Folder {
                    continue;
                }
                match known.entry(Id::of(&path)?) {
                    Entry::Occupied(first) => {
                        self.again.push((path, first.get().clone()));
                    }
                    Entry::Vacant(place) => {
                        place.insert(path.clone());
                        waiting.push(path);
                    }
                }
            }
            found.push(folder);
        }
        Ok(())
    }

    /// What is in a folder, sorted by path. Names that begin with `.` or `_` are not data: that is how other programs mark
    /// what they leave beside it.
    pub(super) fn entries(&mut self, folder: &Path) -> Result<Vec<PathBuf>, IngestError> {
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(IngestError::io(folder))? {
            let path = entry.map_err(IngestError::io(folder))?.path();
            self.n_entries += 1;
            if self.n_entries > MOST_ENTRIES {
                let path = self.given.display().to_string();
                return Err(IngestError::TooManyFiles { table: self.table, path, limit: MOST_ENTRIES });
            }
            if !name_of(&path).starts_with(['.', '_']) {
                paths.push(path);
            }
        }
        paths.sort();
        Ok(paths)
    }
}

#[cfg(unix)]
fn special(kind: std::fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_char_device() || kind.is_block_device() {
        "a device"
    } else {
        "something else"
    }
}

#[cfg(not(unix))]
fn special(_: std::fs::FileType) -> &'static str {
    "something else"
}

pub(super) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
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
