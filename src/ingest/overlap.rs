//! Rows of several files that are the same: exports that overlap. A row equal in all columns counts as often as in the one
//! file that has it most often, so that three equal lines of a basket stay three.
//!
//! Rows that are equal in every mapped column are told first; only for those of several files are the other columns looked
//! at, so that files without an overlap cost nothing.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::duplicates::{equal_rows, hashes};
use super::error::IngestError;
use super::facts::Repeats;
use super::source::InputFile;
use super::sources;
use super::table::Origin;

/// Lines between two of one basket at most.
const BASKET: u64 = 100;

/// Where the columns are that the mapping does not read.
#[derive(Clone, Copy)]
pub(super) enum Others<'a> {
    /// In the files.
    Files(&'a [InputFile]),
    /// Hashed, in the files that were dealt out.
    Dealt(&'a [u64]),
    /// Nowhere: there are none.
    Nowhere,
}

/// The rows to be dropped, ascending, and what else was found of rows that are equal in the columns of `compared`.
///
/// # Errors
/// An `IngestError` if a file cannot be read again.
pub(super) fn overlap(
    compared: &DataFrame,
    origins: &[Origin],
    others: Others<'_>,
) -> Result<(Vec<usize>, Repeats), IngestError> {
    let groups = equal_rows(compared).map_err(IngestError::engine("comparing rows"))?;
    let places = Places::new(origins);
    let is_shared = |group: &&Vec<usize>| {
        let mut files = group.iter().map(|row| places.of(*row).0);
        let first = files.next();
        files.any(|file| Some(file) != first)
    };
    let shared: Vec<&Vec<usize>> = groups.iter().filter(is_shared).collect();
    let hashes = others.hashes(&shared, &places)?;
    let mut repeats = Repeats::default();
    let mut dropped = Vec::new();
    for group in &shared {
        let mut same: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for row in *group {
            same.entry(hashes.get(row).copied().unwrap_or(0)).or_default().push(*row);
        }
        let mut left = Vec::new();
        for rows in same.into_values() {
            let (kept, others) = of_one_file(rows, &places);
            left.extend(kept);
            dropped.extend(others);
        }
        repeats.differing.extend(of_one_file(left, &places).1);
    }
    dropped.sort_unstable();
    repeats.differing.sort_unstable();
    repeats.far = far(&groups, &places);
    Ok((dropped, repeats))
}

/// Of some rows, those of the file that has most of them (the first of such files), and the others.
fn of_one_file(rows: Vec<usize>, places: &Places<'_>) -> (Vec<usize>, Vec<usize>) {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for row in &rows {
        *counts.entry(places.of(*row).0).or_default() += 1;
    }
    let most = counts.iter().max_by_key(|(file, count)| (**count, std::cmp::Reverse(**file))).map(|(file, _)| *file);
    rows.into_iter().partition(|row| Some(places.of(*row).0) == most)
}

/// Rows that follow an equal one of the same file far behind it; ascending.
fn far(groups: &[Vec<usize>], places: &Places<'_>) -> Vec<usize> {
    let mut far = Vec::new();
    for group in groups {
        for pair in group.windows(2) {
            let [before, row] = pair else { continue };
            let (first, second) = (places.of(*before), places.of(*row));
            if first.0 == second.0 && second.1.abs_diff(first.1) > BASKET {
                far.push(*row);
            }
        }
    }
    far.sort_unstable();
    far
}

/// Where rows of a table stand.
struct Places<'a> {
    origins: &'a [Origin],
    /// The first row of each file among those of the table.
    firsts: Vec<usize>,
}

impl<'a> Places<'a> {
    fn new(origins: &'a [Origin]) -> Self {
        let sum = |first: &mut usize, origin: &Origin| {
            let own = *first;
            *first += origin.n_rows;
            Some(own)
        };
        Self { origins, firsts: origins.iter().scan(0, sum).collect() }
    }

    /// The file of a row and its position among all rows of the file.
    fn of(&self, row: usize) -> (usize, u64) {
        let (file, own) = self.within(row);
        (file, self.origins.get(file).map_or(0, |origin| origin.number_of(own)))
    }

    /// The file of a row and its position among the sound rows that were read of it.
    fn within(&self, row: usize) -> (usize, usize) {
        let file = self.firsts.partition_point(|first| *first <= row).saturating_sub(1);
        (file, row - self.firsts.get(file).copied().unwrap_or(0))
    }
}

impl Others<'_> {
    /// A hash of what rows have in the columns that the mapping does not read, for each row of the groups.
    fn hashes(self, groups: &[&Vec<usize>], places: &Places<'_>) -> Result<BTreeMap<usize, u64>, IngestError> {
        let rows = groups.iter().flat_map(|group| group.iter().copied());
        match self {
            Self::Nowhere => Ok(BTreeMap::new()),
            Self::Dealt(hashes) => Ok(rows.filter_map(|row| Some((row, *hashes.get(row)?))).collect()),
            Self::Files(files) => {
                let mut by_file: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
                for row in rows {
                    let (file, own) = places.within(row);
                    by_file.entry(file).or_default().push((row, own));
                }
                if by_file.is_empty() {
                    return Ok(BTreeMap::new());
                }
                let columns = common_columns(files)?;
                let mut all = BTreeMap::new();
                for (file, rows) in by_file {
                    let Some(file) = files.get(file) else { continue };
                    let hashes = hashes_of(file, &columns)?;
                    all.extend(rows.into_iter().filter_map(|(row, own)| Some((row, *hashes.get(own)?))));
                }
                Ok(all)
            }
        }
    }
}

/// The columns that all of some files have.
///
/// # Errors
/// An `IngestError` if a file cannot be opened.
pub(super) fn common_columns(files: &[InputFile]) -> Result<Vec<String>, IngestError> {
    let mut common: Option<Vec<String>> = None;
    for file in files {
        let mut opened = sources::pieces(file, 1 << 16)?.next().unwrap_or_else(|| sources::open(file))?;
        let names = sources::column_names(file, &mut opened)?;
        common = Some(match common {
            Some(common) => common.into_iter().filter(|name| names.contains(name)).collect(),
            None => names,
        });
    }
    Ok(common.unwrap_or_default())
}

fn hashes_of(file: &InputFile, columns: &[String]) -> Result<Vec<u64>, IngestError> {
    let columns: Vec<Expr> = columns.iter().map(|name| col(name.as_str())).collect();
    let rows = sources::rows(file, sources::open(file)?.frame.select(columns))?;
    hashes(&rows).map_err(IngestError::engine(format!("comparing rows of `{}`", file.path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(n_rows: usize) -> Origin {
        Origin { path: "x.csv".into(), n_rows, cut: Vec::new(), numbers: None }
    }

    #[test]
    fn a_row_counts_as_often_as_in_the_file_that_has_it_most() {
        let tea = ["tea"; 3];
        let rows = [&["wool"][..], &tea, &["cup", "tea", "tea"], &["tea", "wool", "cup"]].concat();
        let frame = df!("what" => rows).unwrap();
        let origins = [origin(5), origin(0), origin(5)];
        let (dropped, repeats) = overlap(&frame, &origins, Others::Nowhere).unwrap();
        assert_eq!(dropped, [5, 6, 7, 8, 9], "three teas of the first file, one wool, one cup");
        assert_eq!(repeats, Repeats::default());
        // The second file tells its rows apart: all of them differ from the first.
        let hashes: Vec<u64> = [0; 5].into_iter().chain(1..=5).collect();
        let (dropped, repeats) = overlap(&frame, &origins, Others::Dealt(&hashes)).unwrap();
        assert!(dropped.is_empty());
        assert_eq!(repeats.differing, [5, 6, 7, 8, 9]);
    }

    #[test]
    fn a_file_behind_itself_is_found_and_a_basket_is_not() {
        let whats: Vec<u32> = (0..300).chain(0..300).map(|n| n / 2).collect();
        let frame = df!("what" => whats).unwrap();
        let (dropped, repeats) = overlap(&frame, &[origin(600)], Others::Nowhere).unwrap();
        assert!(dropped.is_empty() && repeats.differing.is_empty());
        assert_eq!(repeats.far.len(), 150, "of each pair the first comes far behind");
    }
}
