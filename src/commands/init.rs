//! `retain init`: a commented config drafted from given files.

use std::io::Write;

use super::drafting;
use super::error::JobError;
use super::job::print;
use crate::cli::Init;
use crate::config::draft;
use crate::error::Failure;
use crate::files::write_whole;

pub(super) fn run(arguments: &Init) -> Result<(), Failure> {
    if arguments.out.exists() && !arguments.force {
        return Err(JobError::Exists { path: arguments.out.clone() }.into());
    }
    let input = drafting::looked_at(&arguments.files, arguments.name.as_deref(), &arguments.out)?;
    let text = draft(&input, None);
    write_whole(&arguments.out, |writer| writer.write_all(text.as_bytes()))?;
    print(&drafting::taken(&input))?;
    let blanks: Vec<&str> = text.lines().filter(|line| line.contains("# fill in")).collect();
    print(&format!("wrote {}\n", arguments.out.display()))?;
    if !blanks.is_empty() {
        print(&format!("to fill in:\n  {}\n", blanks.join("\n  ")))?;
    }
    print(&format!("then: retain check --config {}\n", arguments.out.display()))
}
