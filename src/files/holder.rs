//! Who holds a lock, in words for people. The lock is the file system's own and holds without them; words that are left over
//! tell of a process that ended without a word.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::short::read_short;
use super::unfinished::{Mark, PREFIX, SUFFIX, Uninterrupted};
use super::whole::folder_of;
use crate::units::Timestamp;

/// Bytes of such words at most.
const LONGEST: usize = 200;

/// What a lock says of this process.
#[must_use]
pub fn this_process(now: Timestamp) -> String {
    format!("process {}{}, since {now}", std::process::id(), on_this_machine())
}

fn on_this_machine() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    if host.is_empty() { host } else { format!(" on `{}`", host.trim()) }
}

/// Who holds a lock, by what a file says; `None` where it says nothing that could be told.
#[must_use]
pub fn holder(path: &Path) -> Option<String> {
    let text = String::from_utf8(read_short(path, LONGEST as u64).ok()?).ok()?;
    let is_plain = text.starts_with("process ") && text.len() < LONGEST && !text.contains(char::is_control);
    is_plain.then_some(text)
}

/// What to make of a lock that is free and still names a holder.
#[must_use]
pub fn stale(holder: &str) -> String {
    let here = on_this_machine();
    let is_of_here = here.is_empty() || holder.contains(&here);
    let doubt =
        "; that is another machine: if it still runs there, the two do not see each other's locks, and one has to stop";
    format!(
        "the lock of {holder}, is free: that run ended in the middle of its work{}",
        if is_of_here { "" } else { doubt }
    )
}

/// Says beside a folder who writes to it, while this value lives.
#[derive(Debug)]
pub(super) struct Note {
    path: PathBuf,
    /// Keeps other runs from sweeping it.
    _held: File,
    /// Dropped last, when the file is gone.
    _mark: Mark,
}

impl Note {
    /// Where it stands.
    pub(super) fn path(folder: &Path) -> PathBuf {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        folder_of(folder).join(format!("{PREFIX}{name}.lock{SUFFIX}"))
    }

    /// `None` where it cannot be written: the lock holds all the same.
    pub(super) fn write(folder: &Path, now: Timestamp) -> Option<Self> {
        let path = Self::path(folder);
        let _whole = Uninterrupted::begin();
        let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).ok()?;
        file.try_lock().ok()?;
        let note = Self { _mark: Mark::new(&path), path, _held: file.try_clone().ok()? };
        file.set_len(0).and_then(|()| file.write_all(this_process(now).as_bytes())).ok()?;
        Some(note)
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        // What cannot be removed is swept by the next run.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_another_machine_raise_a_doubt_and_words_of_nobody_are_not_told() {
        let mine = this_process(Timestamp(1_751_436_000_000_000));
        assert!(mine.ends_with(", since 2025-07-02T06:00:00Z"), "{mine}");
        assert!(stale(&mine).ends_with("in the middle of its work"), "{}", stale(&mine));
        if !on_this_machine().is_empty() {
            assert!(stale("process 7 on `elsewhere`, since 2025-07-02T06:00:00Z").contains("another machine"));
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        for text in ["", "process \u{1b}[31m", "somebody", &format!("process {}", "9".repeat(LONGEST))] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(holder(&path), None, "{text}");
        }
    }
}
