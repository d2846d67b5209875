//! `retain init`: a commented config drafted from given files.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::error::JobError;
use super::inputs::Inputs;
use super::job::print;
use crate::cli::Init;
use crate::config::{DraftTable, Table, draft};
use crate::error::Failure;
use crate::files::write_whole;
use crate::ingest::peek;

pub(super) fn run(arguments: &Init) -> Result<(), Failure> {
    if arguments.out.exists() && !arguments.force {
        return Err(JobError::Exists { path: arguments.out.clone() }.into());
    }
    let given = [
        (Table::Purchases, &arguments.purchases),
        (Table::Complaints, &arguments.complaints),
        (Table::Customers, &arguments.customers),
        (Table::Surveys, &arguments.surveys),
    ];
    refuse_inputs(&given, &arguments.out)?;
    let mut tables = Vec::new();
    for (table, paths) in given {
        for path in paths {
            tables.push(DraftTable { table, path: written(path, &arguments.out), peek: peek(path)? });
        }
    }
    let text = draft(&name(arguments.name.as_deref(), &arguments.out), &tables, None);
    write_whole(&arguments.out, |writer| writer.write_all(text.as_bytes()))?;
    let blanks: Vec<&str> = text.lines().filter(|line| line.contains("# fill in")).collect();
    print(&format!("wrote {}\n", arguments.out.display()))?;
    if !blanks.is_empty() {
        print(&format!("to fill in:\n  {}\n", blanks.join("\n  ")))?;
    }
    print(&format!("then: retain check --config {}\n", arguments.out.display()))
}

/// Refuses to write the config where one of the tables is.
pub(super) fn refuse_inputs(given: &[(Table, &Vec<PathBuf>)], out: &Path) -> Result<(), JobError> {
    let mut inputs = Inputs::default();
    for (table, paths) in given {
        inputs.add_paths(*table, paths);
    }
    inputs.refuse_file(out)
}

/// The path as it holds from the folder of the config: unchanged where that is the present folder, else absolute.
pub(super) fn written(path: &Path, config: &Path) -> String {
    let is_here = config.parent().is_none_or(|folder| folder.as_os_str().is_empty());
    let kept: PathBuf = if is_here { path.to_owned() } else { std::path::absolute(path).unwrap_or(path.to_owned()) };
    kept.display().to_string()
}

/// The name given, or that of the folder in which the config will be.
pub(super) fn name(given: Option<&str>, config: &Path) -> String {
    let folder = std::path::absolute(config).ok();
    let folder = folder.as_deref().and_then(Path::parent).and_then(Path::file_name);
    given
        .map(str::to_owned)
        .or_else(|| Some(folder?.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "shop".to_owned())
}
