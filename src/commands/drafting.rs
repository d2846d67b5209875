//! From the files of a command line to what a config is drafted from: looked at, and put to tables.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::error::JobError;
use super::inputs::Inputs;
use crate::cli::DraftFiles;
use crate::config::{DraftFile, DraftInput, Table, sorted};
use crate::error::Failure;
use crate::ingest::{input_files, peek};
use crate::text::counted;

/// Looks at all files; those without a table are put to one by their columns.
pub(super) fn looked_at(files: &DraftFiles, name: Option<&str>, out: &Path) -> Result<DraftInput, Failure> {
    let given = [
        (Table::Purchases, &files.purchases),
        (Table::Complaints, &files.complaints),
        (Table::Customers, &files.customers),
        (Table::Surveys, &files.surveys),
        (Table::Contacts, &files.contacts),
    ];
    let free = input_files("init", &files.files);
    let mut inputs = Inputs::default();
    inputs.add_paths(Table::Purchases, &free);
    for (table, paths) in given {
        inputs.add_paths(table, paths);
    }
    inputs.refuse_file(out)?;
    let mut input = DraftInput { name: self::name(name, out), products: files.from.clone(), ..DraftInput::default() };
    for (table, paths) in given {
        for file in all(paths, out)? {
            input.add(table, file);
        }
    }
    sorted(input, all(&free, out)?).map_err(|files| JobError::Unsorted { files }.into())
}

fn all(paths: &[PathBuf], out: &Path) -> Result<Vec<DraftFile>, Failure> {
    let look = |path: &PathBuf| Ok(DraftFile { path: written(path, out), peek: peek(path)? });
    paths.par_iter().map(look).collect()
}

/// Which files were taken for what, a line each.
pub(super) fn taken(input: &DraftInput) -> String {
    let mut said = String::new();
    let mut tables: Vec<_> = input.tables.iter().collect();
    tables.sort_by_key(|table| table.table);
    for table in tables {
        let first = table.files.first().map_or("", |file| file.path.as_str());
        let more = match table.files.len() {
            0 | 1 => String::new(),
            n => format!(" and {}", counted(n as u64 - 1, "more file")),
        };
        let looks = input.looks_like(table.table).map_or_else(String::new, |looks| format!(": looks like {looks}"));
        said.push_str(&format!("{} from {first}{more}{looks}\n", table.table.name()));
    }
    for file in input.not_used() {
        said.push_str(&format!("not used: {}, which {}\n", file.path, file.why));
    }
    said
}

/// The path as it holds from the folder of the config: unchanged where that is the present folder, else absolute.
fn written(path: &Path, config: &Path) -> String {
    let is_here = config.parent().is_none_or(|folder| folder.as_os_str().is_empty());
    let kept: PathBuf = if is_here { path.to_owned() } else { std::path::absolute(path).unwrap_or(path.to_owned()) };
    kept.display().to_string()
}

/// The name given, or that of the folder in which the config will be.
fn name(given: Option<&str>, config: &Path) -> String {
    let folder = std::path::absolute(config).ok();
    let folder = folder.as_deref().and_then(Path::parent).and_then(Path::file_name);
    given
        .map(str::to_owned)
        .or_else(|| Some(folder?.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "shop".to_owned())
}
