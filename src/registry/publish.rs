//! Writing to the registry: one process at a time, which first mends what an earlier one left half done.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::history::{self, Event, History, HistoryLine};
use super::layout::{CHAMPION, EVALUATION, HISTORY, LOCK, MANIFEST, MODEL, PASSPORT, PROFILE, SCHEMA, XGBOOST, json};
use super::passport::passport;
use super::promotion::{self, Promotion, STEPS, Settled};
use super::versions::Registry;
use super::{ModelManifest, RegistryError, Version, hashes};
use crate::checked::{Checked, Flaw};
use crate::error::Failure;
use crate::files::{self, FileError, Ready, Uninterrupted};
use crate::timeline::Cutoff;
use crate::units::Timestamp;

/// What was torn out of the history.
const DAMAGED: &str = "history.damaged";

/// Keeps other runs from writing, until it is dropped.
#[derive(Debug)]
pub struct Writing {
    registry: Registry,
    lock: File,
    mended: Vec<Mended>,
}

impl Drop for Writing {
    /// The lock no longer names this process.
    fn drop(&mut self) {
        let _ = self.lock.set_len(0);
    }
}

/// What had to be mended before anything could be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mended {
    /// A promotion had happened and was not noted to the end.
    #[error("the promotion of `{version}` was interrupted after it had happened, and is now complete")]
    Promoted {
        /// The champion.
        version: String,
    },
    /// A promotion had begun and not happened.
    #[error("the promotion of `{version}` was interrupted before it had happened, and is taken back")]
    TakenBack {
        /// The version that did not become the champion.
        version: String,
    },
    /// What was noted of an interrupted promotion could not be read.
    #[error("what was noted of an interrupted promotion cannot be read, and is removed; `{CHAMPION}` says who scores")]
    Plan,
    /// The history had damaged lines.
    #[error("damaged lines of the history ({}) are moved to `{DAMAGED}`", numbers(lines))]
    History {
        /// Their numbers, counted from 1.
        lines: Vec<usize>,
    },
    /// The history did not have the champion.
    #[error("the history did not have the champion `{version}`, and now does")]
    Champion {
        /// The champion.
        version: String,
    },
    /// The history did not tell of a version.
    #[error("the history did not have the version `{version}`, and now does")]
    Version {
        /// The version.
        version: String,
    },
    /// A process had died while it held the lock.
    #[error("{what}")]
    Lock {
        /// Who it was, and what to make of it.
        what: String,
    },
    /// Killed runs had left files.
    #[error("what killed runs left in the registry is removed ({n})")]
    Leftovers {
        /// How many.
        n: usize,
    },
}

fn numbers(lines: &[usize]) -> String {
    lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl Registry {
    /// Begins to write; what an earlier run left half done is mended first.
    ///
    /// # Errors
    /// `RegistryError::Busy` if another process writes, or what the operating system says.
    pub fn write(&self, now: Timestamp) -> Result<Writing, Failure> {
        std::fs::create_dir_all(&self.folder).map_err(FileError::writing(&self.folder))?;
        let path = self.folder.join(LOCK);
        // What a link leads to is no lock, and would be written over.
        if path.is_symlink() {
            return Err(FileError::Write { path, source: ErrorKind::AlreadyExists.into() }.into());
        }
        // Who is refused must not wipe out who holds it.
        let mut lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(FileError::writing(&path))?;
        lock.try_lock().map_err(|refused| -> Failure {
            match refused {
                TryLockError::WouldBlock => {
                    RegistryError::Busy { folder: self.folder.clone(), holder: files::holder(&path) }.into()
                }
                TryLockError::Error(source) => FileError::Write { path: path.clone(), source }.into(),
            }
        })?;
        // For people alone: the lock holds without it.
        let stale = files::holder(&path).map(|holder| Mended::Lock { what: files::stale(&holder) });
        let _ = lock.set_len(0).and_then(|()| lock.write_all(files::this_process(now).as_bytes()));
        let mut writing = Writing { registry: self.clone(), lock, mended: stale.into_iter().collect() };
        writing.mend(now)?;
        Ok(writing)
    }

    /// Mends what an interrupted change of the champion left half done, for a command that only reads; nothing if another
    /// process is at it.
    ///
    /// # Errors
    /// As [`Registry::write`].
    pub fn settle(&self, now: Timestamp) -> Result<Vec<Mended>, Failure> {
        if !promotion::is_under_way(&self.folder) {
            // What a killed training left would stay until the next one; what a live one holds is left alone.
            let n = files::sweep(&self.folder);
            return Ok((n > 0).then_some(Mended::Leftovers { n }).into_iter().collect());
        }
        match self.write(now) {
            Ok(writing) => Ok(writing.mended.clone()),
            // What `champion` says is true all the time; who may only read leaves the rest to those who may write.
            Err(failure) if [BUSY, NOT_WRITTEN].contains(&failure.report().code()) => Ok(Vec::new()),
            Err(failure) => Err(failure),
        }
    }
}

/// The codes of [`RegistryError::Busy`] and of [`FileError::Write`].
const BUSY: &str = "E605";
const NOT_WRITTEN: &str = "E701";

impl Writing {
    /// What had to be mended.
    #[must_use]
    pub fn mended(&self) -> &[Mended] {
        &self.mended
    }

    fn mend(&mut self, now: Timestamp) -> Result<(), Failure> {
        let _whole = Uninterrupted::begin();
        let mut mended = std::mem::take(&mut self.mended);
        let registry = &self.registry;
        let settled = promotion::settle(&registry.folder, registry.champion()?.as_deref())?;
        mended.extend(settled.map(|settled| match settled {
            Settled::Ended(version) => Mended::Promoted { version },
            Settled::TakenBack(version) => Mended::TakenBack { version },
            Settled::Unreadable => Mended::Plan,
        }));
        let history = registry.history()?;
        if history.is_open || !history.damaged.is_empty() {
            self.restore(&history)?;
            let lines: Vec<usize> = history.damaged.iter().map(|(number, _)| *number).collect();
            mended.extend((!lines.is_empty()).then_some(Mended::History { lines }));
        }
        for version in registry.versions()? {
            if !history.lines.iter().any(|line| line.version == version) {
                self.note(Event::Registered, &version, "found in the registry, which the history did not have", now)?;
                mended.push(Mended::Version { version });
            }
        }
        if let Some(version) = registry.champion()?
            && registry.versions()?.contains(&version)
            && history::champion(&history.lines) != Some(version.as_str())
        {
            self.note(Event::Promoted, &version, "found as the champion, which the history did not have", now)?;
            mended.push(Mended::Champion { version });
        }
        let n = files::sweep(&registry.folder);
        mended.extend((n > 0).then_some(Mended::Leftovers { n }));
        self.mended = mended;
        Ok(())
    }

    /// Writes the history anew without what is damaged, which is kept beside it.
    fn restore(&self, history: &History) -> Result<(), FileError> {
        let folder = &self.registry.folder;
        for (number, text) in &history.damaged {
            files::append_line(&folder.join(DAMAGED), &format!("{number}: {text}"))?;
        }
        files::write_whole(&folder.join(HISTORY), |writer| writer.write_all(history.text().as_bytes()))
    }

    /// Stores a version under its name, which its manifest is given, and notes it in the history. The same version
    /// registered twice in the same second is one version; another one of that name gets a number behind it.
    ///
    /// # Errors
    /// `RegistryError::Unsound` for a version that could not be loaded again, or what the operating system says.
    pub fn register(&self, mut version: Version, now: Timestamp) -> Result<Version, Failure> {
        let unsound = |flaw: Flaw| RegistryError::Unsound { message: flaw.to_string() };
        version.model.check().and_then(|()| version.schema.check()).map_err(unsound)?;
        version.manifest.check().and_then(|()| version.check()).map_err(unsound)?;
        version.profile.as_ref().map_or(Ok(()), Checked::check).map_err(unsound)?;
        version.manifest.created_at = now.to_string();
        let usual = version_name(&version, now);
        for number in 1_u32.. {
            let name = if number == 1 { usual.clone() } else { format!("{usual}-{number}") };
            version.manifest.version.clone_from(&name);
            let folder = self.registry.folder.join(&name);
            let files = files_of(&version);
            if !folder.exists() {
                self.store(&version, &folder, &files)?;
                break;
            }
            if files.iter().all(|(name, bytes)| std::fs::read(folder.join(name)).is_ok_and(|stored| stored == *bytes)) {
                break;
            }
        }
        Ok(version)
    }

    fn store(&self, version: &Version, folder: &Path, files: &[(&'static str, Vec<u8>)]) -> Result<(), Failure> {
        let _whole = Uninterrupted::begin();
        let mut hashes = String::new();
        files::write_folder(folder, |folder| {
            for (name, bytes) in files {
                files::write_whole(&folder.join(name), |writer| writer.write_all(bytes))?;
            }
            hashes = hashes::write(folder)?;
            Ok(())
        })?;
        let ModelManifest { version, verdict, created_at, .. } = &version.manifest;
        Ok(self.note_line(&HistoryLine {
            at: created_at.clone(),
            event: Event::Registered,
            version: version.clone(),
            why: verdict.sentence.clone(),
            hashes: Some(hashes),
        })?)
    }

    /// Makes a version the one that scores, at once with the list that it made, if there is one: a process that is killed
    /// leaves both as they were or both anew.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn promote(&self, version: &str, why: &str, now: Timestamp, list: Option<Ready>) -> Result<(), Failure> {
        self.crown(Self::line(Event::Promoted, version, why, now), list)
    }

    /// Notes that a version was not promoted.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn refuse(&self, version: &str, why: &str, now: Timestamp) -> Result<(), FileError> {
        self.note(Event::Refused, version, why, now)
    }

    /// Makes the version that scored before the champion the one that scores again, and names it.
    ///
    /// # Errors
    /// `RegistryError::NoPredecessor`, a version that cannot be loaded, or what the operating system says.
    pub fn roll_back(&self, now: Timestamp) -> Result<String, Failure> {
        let registry = &self.registry;
        let none = || RegistryError::NoChampion { folder: registry.folder.clone() };
        let champion = registry.champion()?.ok_or_else(none)?;
        let history = registry.history()?;
        let none = || RegistryError::NoPredecessor { folder: registry.folder.clone() };
        let version = history::predecessor(&history.lines).ok_or_else(none)?;
        registry.load(version)?;
        self.crown(Self::line(Event::RolledBack, version, &format!("by hand, from {champion}"), now), None)?;
        Ok(version.to_owned())
    }

    /// The versions that go if the newest `keep` stay, the oldest first. The champion, the version before it and the simple
    /// rule that makes lists stay in any case.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn dispensable(&self, keep: usize) -> Result<Vec<String>, Failure> {
        let registry = &self.registry;
        let mut versions = registry.versions()?;
        let newest = versions.len().saturating_sub(keep);
        versions.truncate(newest);
        let history = registry.history()?;
        let predecessor = history::predecessor(&history.lines).map(str::to_owned);
        let needed = [registry.champion()?, predecessor, registry.latest_rule()?];
        versions.retain(|version| !needed.iter().flatten().any(|needed| needed == version));
        Ok(versions)
    }

    /// Removes a version; the history keeps its lines and gets one more, first.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn remove(&self, version: &str, why: &str, now: Timestamp) -> Result<(), Failure> {
        let _whole = Uninterrupted::begin();
        self.note(Event::Pruned, version, why, now)?;
        Ok(files::remove_folder(&self.registry.folder.join(version))?)
    }

    fn crown(&self, line: HistoryLine, list: Option<Ready>) -> Result<(), Failure> {
        let _whole = Uninterrupted::begin();
        let mut promotion = self.promotion(line, list)?;
        if let Err(error) = STEPS.iter().try_for_each(|step| step(&mut promotion)) {
            promotion::settle(&self.registry.folder, self.registry.champion()?.as_deref())?;
            return Err(error.into());
        }
        Ok(())
    }

    pub(super) fn promotion(&self, line: HistoryLine, list: Option<Ready>) -> Result<Promotion, FileError> {
        Promotion::new(&self.registry.folder, self.registry.champion()?, line, list)
    }

    pub(super) fn line(event: Event, version: &str, why: &str, now: Timestamp) -> HistoryLine {
        HistoryLine { at: now.to_string(), event, version: version.to_owned(), why: why.to_owned(), hashes: None }
    }

    fn note(&self, event: Event, version: &str, why: &str, now: Timestamp) -> Result<(), FileError> {
        self.note_line(&Self::line(event, version, why, now))
    }

    fn note_line(&self, line: &HistoryLine) -> Result<(), FileError> {
        // A line of plain texts can always be written as JSON.
        files::append_line(&self.registry.folder.join(HISTORY), &serde_json::to_string(line).unwrap_or_default())
    }
}

/// The files of a version by their names.
fn files_of(version: &Version) -> Vec<(&'static str, Vec<u8>)> {
    let mut files = vec![(MODEL, json(&version.model)), (SCHEMA, json(&version.schema))];
    if let Some(trees) = version.model.model.xgboost_copy(day(version.manifest.as_of)) {
        files.push((XGBOOST, trees.into_bytes()));
    }
    files.extend([(MANIFEST, json(&version.manifest)), (EVALUATION, json(&version.evaluation))]);
    files.extend(version.profile.as_ref().map(|profile| (PROFILE, json(profile))));
    let passport = json(&passport(version, &files));
    files.push((PASSPORT, passport));
    files
}

/// UTC time and the first eight digits of a hash over what scores: versions sort by time, and equal models show.
fn version_name(version: &Version, now: Timestamp) -> String {
    let time = now.to_string().replace(['-', ':'], "");
    format!("{time}-{}", hashes::digits(&json(&version.model), &json(&version.schema)))
}

/// The cutoff of a day; only the day counts for a level.
fn day(date: jiff::civil::Date) -> Cutoff {
    Cutoff::at_start_of(date, &jiff::tz::TimeZone::UTC)
}
