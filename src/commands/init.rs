//! `retain init`: a commented config drafted from given files.

use std::io::Write;

use super::drafting;
use super::error::JobError;
use super::printing::print;
use crate::cli::Init;
use crate::config::draft;
use crate::config::playbook::{DEFAULT_PLAYBOOK, PLAYBOOK_FILE};
use crate::error::Failure;
use crate::files::write_whole;

/// How a drafted config names the playbook beside it.
const PLAYBOOK_LINES: &str =
    "\n[decide]\nplaybook = \"playbook.toml\"  # what can be done for a customer; set costs and rates to yours\n";

pub(super) fn run(arguments: &Init) -> Result<(), Failure> {
    if arguments.out.exists() && !arguments.force {
        return Err(JobError::Exists { path: arguments.out.clone() }.into());
    }
    let input = drafting::looked_at(&arguments.files, arguments.name.as_deref(), &arguments.out)?;
    let text = draft(&input, None) + PLAYBOOK_LINES;
    write_whole(&arguments.out, |writer| writer.write_all(text.as_bytes()))?;
    let playbook = arguments.out.with_file_name(PLAYBOOK_FILE);
    // A playbook that is there has the shop's own rates.
    let is_kept = playbook.exists();
    if !is_kept {
        write_whole(&playbook, |writer| writer.write_all(DEFAULT_PLAYBOOK.as_bytes()))?;
    }
    print(&drafting::taken(&input))?;
    let blanks: Vec<&str> = text.lines().filter(|line| line.contains("# fill in")).collect();
    print(&format!("wrote {}\n", arguments.out.display()))?;
    let (what, playbook) = (if is_kept { "kept" } else { "wrote" }, playbook.display());
    print(&format!("{what} {playbook}: what can be done for a customer, at which cost\n"))?;
    if !blanks.is_empty() {
        print(&format!("to fill in:\n  {}\n", blanks.join("\n  ")))?;
    }
    print(&format!("then: retain check --config {}\n", arguments.out.display()))
}
