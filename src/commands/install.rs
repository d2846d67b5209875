//! `retain completions` and `retain man`: what an installation has beside the program.

use std::io::Write;

use super::printing::{print, shown};
use crate::cli::{self, Shell};
use crate::error::Failure;
use crate::files::{FileError, OutputFolder, Staged};
use crate::text::counted;
use crate::units::Timestamp;

/// Prints the completions for a shell.
pub(super) fn completions(shell: Shell) -> Result<(), Failure> {
    print(&String::from_utf8_lossy(&cli::completions(shell)))
}

/// Writes the pages for `man` into a folder.
pub(super) fn man(arguments: &cli::ManPages, now: Timestamp) -> Result<(), Failure> {
    let folder = &arguments.folder;
    let pages = cli::man_pages().map_err(FileError::writing(folder))?;
    let output = OutputFolder::claim(folder, now)?;
    let staged = Staged::among_others(output.path())?;
    for (name, text) in &pages {
        staged.add(name, |writer| writer.write_all(text))?;
    }
    staged.commit()?;
    print(&format!("{} in {}\n", counted(pages.len() as u64, "page"), shown(folder)))
}
