//! Files of one table that call a column otherwise. Where the config reads the first that is given of several columns
//! (`COALESCE(a, b)`), a file may lack some of them: they are empty there. So it is with opt-outs that something stands in for
//! (`COALESCE(unsubscribed_at, '') <> ''`): those who left may have a file of their own. Any other column must stand in every file.

use std::collections::BTreeSet;

use super::error::IngestError;
use super::resolve::{Available, Read, reads_of};
use super::source::InputFile;
use super::sources;
use crate::config::{Config, Table, TableConfig};

/// Bytes of a text file that tell its columns.
const BYTES: usize = 1 << 16;

/// Notes in each file which columns it lacks and may lack.
pub(super) fn note(files: &mut [InputFile], (table, section): (Table, &TableConfig), config: &Config) {
    if files.len() < 2 {
        return;
    }
    let (opt_outs, others): (Vec<_>, Vec<_>) = section.columns.iter().partition(|(name, _)| *name == "opted_out");
    let texts = others.into_iter().map(|(_, text)| text).chain(&section.filter);
    let mut read: Vec<Read> = texts.map(|text| reads_of(text)).collect();
    let mut of_opt_outs = Vec::new();
    for (_, text) in opt_outs {
        let mut own = reads_of(text);
        own.alone.retain(|name| !own.with_default.contains(name));
        of_opt_outs.append(&mut own.with_default);
        read.push(own);
    }
    let groups: Vec<&Vec<String>> = read.iter().flat_map(|own| &own.first_given).collect();
    if groups.is_empty() && of_opt_outs.is_empty() {
        return;
    }
    let alone = read_alone(&read, (table, section), config);
    let all: Vec<Vec<String>> = files.iter().map(|file| names_of(file).unwrap_or_default()).collect();
    for (file, names) in files.iter_mut().zip(&all) {
        let is_held = |group: &&&Vec<String>| group.iter().any(|name| names.contains(name));
        let may_lack = groups.iter().filter(is_held).flat_map(|group| group.iter()).chain(&of_opt_outs);
        let is_elsewhere = |name: &&String| all.iter().any(|others| others.contains(name));
        let lacking: BTreeSet<&String> =
            may_lack.filter(|name| !names.contains(name) && !alone.contains(*name)).filter(is_elsewhere).collect();
        file.lacking = lacking.into_iter().cloned().collect();
    }
}

/// Columns that something reads which cannot do without them.
fn read_alone(read: &[Read], (table, section): (Table, &TableConfig), config: &Config) -> BTreeSet<String> {
    let mut alone: BTreeSet<String> = read.iter().flat_map(|own| own.alone.iter().cloned()).collect();
    alone.extend(section.fill_down.iter().flatten().cloned());
    let of_features = config.features.custom.iter().flat_map(|feature| feature.column.iter().chain(&feature.filter));
    let of_list = config.output.carry.iter().chain(&config.privacy.sensitive).filter(|_| table == Table::Customers);
    let keys = section.lookups.iter().map(|lookup| &lookup.key);
    for text in of_features.chain(of_list).chain(keys) {
        let own = reads_of(text);
        alone.extend(own.alone.into_iter().chain(own.first_given.into_iter().flatten()));
    }
    alone
}

fn names_of(file: &InputFile) -> Result<Vec<String>, IngestError> {
    let mut opened = sources::pieces(file, BYTES)?.next().unwrap_or_else(|| sources::open(file))?;
    sources::column_names(file, &mut opened)
}

/// An error about a column that one file does not have, with the file that has it.
pub(super) fn told_of_others(error: IngestError, files: &[InputFile]) -> IngestError {
    match error {
        IngestError::Several { errors } => {
            let errors = errors.into_iter().map(|error| told_of_others(error, files)).collect();
            IngestError::Several { errors }
        }
        IngestError::UnknownColumn { key, column, path, available, nearest, .. } if files.len() > 1 => {
            let all = |file: &InputFile| Some((file.path.display().to_string(), names_of(file).ok()?));
            let elsewhere = files.iter().filter_map(all).find(|(_, names)| names.contains(&column));
            let own = files.iter().filter_map(all).find(|(other, _)| *other == path);
            let nearest = match (&elsewhere, own) {
                (Some((_, theirs)), Some((_, own))) => {
                    let free = own.into_iter().filter(|name| !theirs.contains(name)).collect();
                    Available { path: path.clone(), names: free }.nearest(&column).map(Into::into)
                }
                _ => nearest,
            };
            let elsewhere = elsewhere.map(|(path, _)| path.into());
            IngestError::UnknownColumn { key, column, path, available, nearest, elsewhere }
        }
        other => other,
    }
}
