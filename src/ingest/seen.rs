//! Orders and complaints of the parts read so far, by number: one that customers of two parts share is one, and is reported.
//!
//! Numbers stand sorted in a file of their own, through which those of each part are threaded, so that no more than one part
//! of them is ever in memory.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use super::error::IngestError;
use super::table::TypedTable;
use crate::config::Table;

/// A number and whether several customers are known to carry it.
type Record = (u64, bool);

/// Bytes of a record in the file.
const RECORD_BYTES: usize = 9;

/// The numbers of the tables of the parts so far.
#[derive(Debug)]
pub struct SeenEvents {
    folder: PathBuf,
    /// The file of each table.
    files: Vec<(Table, PathBuf)>,
    n_files: usize,
}

/// What the numbers of a part say beside those of the parts before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Crossing {
    /// Numbers that earlier parts had: they are counted there.
    pub(crate) repeated: u64,
    /// A row of each number that several customers carry and that no earlier part has told of; ascending.
    pub(crate) shared: Vec<usize>,
}

impl SeenEvents {
    /// None so far; their files will be in `folder`.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), files: Vec::new(), n_files: 0 }
    }

    /// Adds the numbers of a table of a part.
    ///
    /// # Errors
    /// `IngestError::Io` if the file of the numbers cannot be read or written.
    pub(crate) fn add(&mut self, table: &TypedTable) -> Result<Crossing, IngestError> {
        let (Some(events), keys) = (table.events(), table.event_keys()) else { return Ok(Crossing::default()) };
        let mut own: Vec<(u64, usize)> = table.used_rows().filter_map(|row| Some((*keys.get(row)?, row))).collect();
        own.retain(|(key, _)| *key != 0);
        own.sort_unstable();
        own.dedup_by_key(|(key, _)| *key);
        let shared: BTreeSet<u64> = events.shared.iter().filter_map(|row| keys.get(*row).copied()).collect();
        self.n_files += 1;
        let after = self.folder.join(format!("{}_{}.seen", table.table().name(), self.n_files));
        let place = self.files.iter().position(|(known, _)| *known == table.table());
        let before = place.map(|place| self.files.swap_remove(place).1);
        let crossing = threaded(before.as_deref(), &after, (&own, &shared))?;
        if let Some(before) = before {
            std::fs::remove_file(&before).map_err(IngestError::io(&before))?;
        }
        self.files.push((table.table(), after));
        Ok(crossing)
    }
}

/// Writes the numbers of both sides to `after`, and tells what they have in common.
fn threaded(
    before: Option<&Path>,
    after: &Path,
    (own, shared): (&[(u64, usize)], &BTreeSet<u64>),
) -> Result<Crossing, IngestError> {
    let mut earlier = before.map(Earlier::open).transpose()?;
    let next = |earlier: &mut Option<Earlier>| earlier.as_mut().map_or(Ok(None), Earlier::next);
    let mut file = BufWriter::new(File::create(after).map_err(IngestError::io(after))?);
    let mut write = |(key, is_shared): Record| {
        let written = file.write_all(&key.to_le_bytes()).and_then(|()| file.write_all(&[u8::from(is_shared)]));
        written.map_err(IngestError::io(after))
    };
    let mut crossing = Crossing::default();
    let mut known = next(&mut earlier)?;
    for (key, row) in own {
        while let Some(record) = known.filter(|(other, _)| other < key) {
            write(record)?;
            known = next(&mut earlier)?;
        }
        let was_known = known.filter(|(other, _)| other == key).map(|(_, is_shared)| is_shared);
        let is_shared = was_known.is_some() || shared.contains(key);
        if is_shared && was_known != Some(true) {
            crossing.shared.push(*row);
        }
        if was_known.is_some() {
            crossing.repeated += 1;
            known = next(&mut earlier)?;
        }
        write((*key, is_shared))?;
    }
    while let Some(record) = known {
        write(record)?;
        known = next(&mut earlier)?;
    }
    file.flush().map_err(IngestError::io(after))?;
    crossing.shared.sort_unstable();
    Ok(crossing)
}

/// The file of the parts before, read record by record.
struct Earlier {
    file: BufReader<File>,
    path: PathBuf,
    n_left: u64,
}

impl Earlier {
    fn open(path: &Path) -> Result<Self, IngestError> {
        let file = File::open(path).map_err(IngestError::io(path))?;
        let n_left = file.metadata().map_err(IngestError::io(path))?.len() / RECORD_BYTES as u64;
        Ok(Self { file: BufReader::new(file), path: path.to_owned(), n_left })
    }

    fn next(&mut self) -> Result<Option<Record>, IngestError> {
        let Some(n_left) = self.n_left.checked_sub(1) else { return Ok(None) };
        self.n_left = n_left;
        let mut record = [0; RECORD_BYTES];
        self.file.read_exact(&mut record).map_err(IngestError::io(&self.path))?;
        let [key @ .., is_shared] = record;
        Ok(Some((u64::from_le_bytes(key), is_shared != 0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_several_parts_is_reported_once_and_counted_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let add = |before: Option<&str>, after: &str, own: &[(u64, usize)], shared: &[u64]| {
            let shared = shared.iter().copied().collect();
            threaded(before.map(path).as_deref(), &path(after), (own, &shared)).unwrap()
        };
        let of = |repeated, shared: &[usize]| Crossing { repeated, shared: shared.to_vec() };
        assert_eq!(add(None, "1", &[(3, 0), (5, 9), (8, 4)], &[5]), of(0, &[9]));
        assert_eq!(add(Some("1"), "2", &[(1, 7), (3, 6), (5, 1), (9, 2)], &[5, 9]), of(2, &[2, 6]), "5 was known");
        assert_eq!(add(Some("2"), "3", &[(3, 0), (8, 1)], &[]), of(2, &[1]));
        assert_eq!(add(Some("3"), "4", &[], &[]), of(0, &[]));
        assert_eq!(std::fs::metadata(path("4")).unwrap().len(), 5 * RECORD_BYTES as u64);
    }
}
