//! What a job reads, in one place, so that nothing it writes takes the place of any of it or is taken for it later.

use std::path::{Path, PathBuf};

use super::error::JobError;
use crate::config::{Config, Table, TableConfig};
use crate::ingest::{input_files, would_be_read};

/// All that a job reads.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    files: Vec<Input>,
    /// Folders and patterns of which a later run reads whatever is there.
    paths: Vec<PathBuf>,
    /// The folder of the shop's models.
    registry: Option<PathBuf>,
}

#[derive(Debug)]
struct Input {
    /// As it is named.
    named: PathBuf,
    identity: Identity,
}

/// By what two names of one file are told to be so.
#[derive(Debug, PartialEq, Eq)]
struct Identity {
    /// The name, in its folder without links.
    place: Option<PathBuf>,
    /// Where links lead.
    target: Option<PathBuf>,
    /// Device and number of the file itself.
    file: Option<(u64, u64)>,
}

impl Inputs {
    /// Those of a config, and the config itself.
    pub(super) fn of_config(config: &Config, file: &Path) -> Self {
        let mut inputs = Self::default();
        inputs.add_file(file);
        config.decide.playbook_path.iter().for_each(|playbook| inputs.add_file(playbook));
        for (table, section) in Table::ALL.map(|table| (table, config.table(table))) {
            inputs.add_paths(table, section.map_or(&[], |TableConfig { paths, .. }| paths));
            for lookup in section.iter().flat_map(|section| &section.lookups) {
                inputs.add_paths(table, &lookup.paths);
            }
        }
        inputs.registry = Some(placed(&config.models.dir.join(&config.name)).unwrap_or_default());
        inputs
    }

    /// Adds files, globs and folders of a table.
    pub(super) fn add_paths(&mut self, table: Table, paths: &[PathBuf]) {
        for file in input_files(table.name(), paths) {
            self.add_file(&file);
        }
        self.paths.extend_from_slice(paths);
    }

    fn add_file(&mut self, file: &Path) {
        self.files.push(Input { named: file.to_owned(), identity: Identity::of(file) });
    }

    /// Refuses files of these names in a folder, which need not be there, if any would do harm.
    pub(super) fn refuse(&self, folder: &Path, names: &[String]) -> Result<(), JobError> {
        names.iter().try_for_each(|name| self.refuse_file(&folder.join(name)))
    }

    /// Refuses to write a file that would take the place of an input, be read as one later, or come among the models.
    pub(super) fn refuse_file(&self, output: &Path) -> Result<(), JobError> {
        let identity = Identity::of(output);
        if let Some(input) = self.files.iter().find(|input| input.identity.is_same(&identity)) {
            return Err(JobError::ReplacesInput { output: output.to_owned(), input: input.named.clone() });
        }
        let Some(place) = identity.place else { return Ok(()) };
        if let Some(path) = self.paths.iter().find(|path| would_be_read(path, &place)) {
            return Err(JobError::BecomesInput { output: output.to_owned(), path: path.clone() });
        }
        let own = self.registry.as_deref().filter(|registry| place.starts_with(registry));
        match own.or_else(|| place.ancestors().skip(1).find(|folder| holds_models(folder))) {
            Some(registry) => Err(JobError::AmongModels { output: output.to_owned(), registry: registry.to_owned() }),
            None => Ok(()),
        }
    }
}

/// Whether a folder is a version of a model, or has those of a shop.
fn holds_models(folder: &Path) -> bool {
    folder.join("hashes.json").is_file() || folder.join("history.jsonl").is_file()
}

impl Identity {
    fn of(path: &Path) -> Self {
        Self { place: placed(path), target: path.canonicalize().ok(), file: number(path) }
    }

    fn is_same(&self, other: &Self) -> bool {
        let paths = |identity: &Self| [identity.place.clone(), identity.target.clone()];
        let is_shared = |path: &PathBuf| paths(other).iter().flatten().any(|theirs| theirs == path);
        paths(self).iter().flatten().any(is_shared) || (self.file.is_some() && self.file == other.file)
    }
}

/// Whether two names, whose files need not be there, are of one file.
pub(super) fn is_same_file(one: &Path, other: &Path) -> bool {
    Identity::of(one).is_same(&Identity::of(other))
}

/// A path with as much of its folder as exists freed of links; the last name is as it is.
fn placed(path: &Path) -> Option<PathBuf> {
    let whole = std::path::absolute(path).ok()?;
    let folder = whole.parent()?;
    let present = folder.ancestors().find(|above| above.exists())?;
    let absent = folder.strip_prefix(present).ok()?;
    Some(present.canonicalize().ok()?.join(absent).join(whole.file_name()?))
}

#[cfg(unix)]
fn number(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    path.metadata().ok().map(|about| (about.dev(), about.ino()))
}

#[cfg(not(unix))]
const fn number(_: &Path) -> Option<(u64, u64)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(inputs: &Inputs, output: &Path) -> &'static str {
        use crate::error::Report;
        inputs.refuse_file(output).err().map_or("", |error| error.code())
    }

    #[test]
    fn an_input_is_known_by_each_of_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("data")).unwrap();
        std::fs::write(path("data/orders.csv"), "x").unwrap();
        std::fs::hard_link(path("data/orders.csv"), path("hard.csv")).unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(path("data"), path("link")).unwrap();
            std::os::unix::fs::symlink(path("data/orders.csv"), path("soft.csv")).unwrap();
        }
        let mut inputs = Inputs::default();
        inputs.add_paths(Table::Purchases, &[path("data/orders.csv")]);
        for name in ["data/orders.csv", "data/../data/orders.csv", "link/orders.csv", "soft.csv", "hard.csv"] {
            assert_eq!(refused(&inputs, &path(name)), "E115", "{name}");
        }
        assert_eq!(refused(&inputs, &path("data/list.csv")), "");
        let mut linked = Inputs::default();
        linked.add_paths(Table::Purchases, &[path("soft.csv")]);
        assert_eq!(refused(&linked, &path("soft.csv")), "E115", "the link is what the config names");
        assert_eq!(refused(&linked, &path("data/orders.csv")), "E115");
        inputs.add_paths(Table::Complaints, &[path("data")]);
        assert_eq!(refused(&inputs, &path("link/runs/list.csv")), "E116");
        inputs.registry = placed(&path("models/shop"));
        assert_eq!(refused(&inputs, &path("models/shop/v1/manifest.json")), "E117");
        assert_eq!(refused(&inputs, &path("models/runs/manifest.json")), "");
        std::fs::create_dir_all(path("models/other/v1")).unwrap();
        std::fs::write(path("models/other/history.jsonl"), "").unwrap();
        assert_eq!(refused(&inputs, &path("models/other/v1/manifest.json")), "E117", "of another shop");
    }
}
