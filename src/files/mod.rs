//! Owns how files appear: whole or not at all. They are written under temporary names, synced, and renamed; files that
//! belong together take their places in one step. What a stopped process leaves unfinished is removed, what a killed one
//! left is swept by the next.

mod error;
mod folder;
mod holder;
mod short;
mod staged;
mod unfinished;
mod whole;

pub use error::FileError;
pub use folder::{OutputFolder, require_writable};
pub use holder::{holder, stale, this_process};
pub use short::read_short;
pub use staged::{Ready, Seal, Staged};
pub use unfinished::{ScratchFolder, Uninterrupted, remove_folder, remove_unfinished, sweep};
pub use whole::{Writer, append_line, sync_folder, write_folder, write_link, write_whole};

#[cfg(test)]
mod testing {
    use std::path::Path;

    /// The names in a folder, sorted.
    pub(super) fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }
}
