//! The files of `src`, and the file that a path means.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::paths::{NamedPath, Names, names};

/// The text of each file of `src` but those of unit tests, which may use whatever they need.
pub(crate) fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.to_string_lossy().ends_with("tests.rs") {
                continue;
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

/// The code of a file without its tests and its comments, line by line.
pub(crate) fn code(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//"))
}

/// The room of a file: its folder, or its own name.
pub(crate) fn room(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap_or_default()
}

/// What each file names, and where the modules are.
pub(crate) struct Sources {
    pub names: BTreeMap<String, Names>,
    /// The file of each module, by its path from the crate on.
    modules: BTreeMap<Vec<String>, String>,
}

impl Sources {
    pub(crate) fn read(files: &BTreeMap<String, String>) -> Self {
        let names = files.iter().map(|(file, text)| (file.clone(), names(text))).collect();
        let modules = files.keys().map(|file| (module(file), file.clone())).collect();
        Self { names, modules }
    }

    /// The path from the crate on, if it does not lead to another crate.
    pub(crate) fn absolute(&self, file: &str, path: &NamedPath) -> Option<Vec<String>> {
        let own = module(file);
        let mut base = own.clone();
        let mut rest = path.parts.as_slice();
        match rest.first()?.as_str() {
            "crate" => base.clear(),
            "self" => {}
            "super" => {
                base.pop();
            }
            child => {
                base.push(child.to_owned());
                self.modules.get(&base)?;
            }
        }
        rest = &rest[1..];
        while rest.first().is_some_and(|part| part == "super") {
            base.pop();
            rest = &rest[1..];
        }
        base.extend_from_slice(rest);
        Some(base)
    }

    /// The file that defines what `path`, counted from the crate on, leads to; re-exports are followed.
    pub(crate) fn file_of(&self, path: &[String]) -> Option<String> {
        let depth = (0..=path.len()).rev().find(|depth| self.modules.contains_key(&path[..*depth]))?;
        let file = &self.modules[&path[..depth]];
        let onward = path.get(depth).and_then(|name| self.reexported(file, name));
        onward.map_or_else(|| Some(file.clone()), |onward| self.file_of(&onward))
    }

    /// Where the `pub use` of `name` in `file` leads.
    fn reexported(&self, file: &str, name: &str) -> Option<Vec<String>> {
        let found = |path: &&NamedPath| path.is_reexport && path.alias.as_deref() == Some(name);
        self.absolute(file, self.names[file].paths.iter().find(found)?)
    }

    /// The files that `file` uses, itself aside. What a `mod.rs` passes on alone is no use.
    pub(crate) fn uses(&self, file: &str) -> Vec<String> {
        let names = &self.names[file];
        let (passed_on, used): (Vec<&NamedPath>, Vec<&NamedPath>) =
            names.paths.iter().partition(|path| path.is_reexport && file.ends_with("mod.rs"));
        let in_code = |path: &&NamedPath| path.alias.as_ref().is_some_and(|alias| names.words.contains(alias));
        let all = used.into_iter().chain(passed_on.into_iter().filter(in_code));
        let mut files: Vec<String> =
            all.filter_map(|path| self.file_of(&self.absolute(file, path)?)).filter(|used| used != file).collect();
        files.sort();
        files.dedup();
        files
    }
}

/// The path of a file's module from the crate on.
fn module(file: &str) -> Vec<String> {
    let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
    if path == "lib" { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}
