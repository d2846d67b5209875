//! What can be wrong with files and folders.

use std::io::ErrorKind;
use std::path::PathBuf;

use crate::error::{Exit, Report};

/// A file or folder that could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The operating system refused to write.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The operating system refused to read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Another run writes to the folder.
    #[error("another run is writing to `{}`{}", folder.display(), holder.as_ref().map_or_else(String::new, |holder| format!(": {holder}")))]
    Busy {
        /// The folder.
        folder: PathBuf,
        /// Who it is, as far as is known.
        holder: Option<String>,
    },
    /// A folder is needed where a file is.
    #[error("cannot write to the folder `{}`: `{}` is a file", folder.display(), file.display())]
    InTheWay {
        /// The folder.
        folder: PathBuf,
        /// The file that has its name or that of a folder above it.
        file: PathBuf,
    },
}

impl FileError {
    /// Failing to write `path`.
    pub(crate) fn writing(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Write { path: path.into(), source }
    }

    /// Failing to read `path`.
    pub(crate) fn reading(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Read { path: path.into(), source }
    }
}

impl Report for FileError {
    fn code(&self) -> &'static str {
        match self {
            Self::Write { .. } => "E701",
            Self::Read { .. } => "E703",
            Self::Busy { .. } => "E705",
            Self::InTheWay { .. } => "E708",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::InTheWay { .. } => Exit::BadUsage,
            Self::Write { .. } | Self::Read { .. } | Self::Busy { .. } => Exit::CouldNotRun,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Write { source, .. } => to_write(source.kind()).to_owned(),
            Self::Read { source, .. } if source.kind() == ErrorKind::PermissionDenied => {
                "give the user that runs this the right to read it".to_owned()
            }
            Self::Read { .. } => "check the path and who may read it".to_owned(),
            Self::Busy { .. } => {
                "wait until it has ended, or write to another folder with `--out`; the lock of a process that died is free \
                 by itself"
                    .to_owned()
            },
            Self::InTheWay { .. } => "choose another folder with `--out`, or move the file away".to_owned(),
        })
    }
}

/// What helps against a refusal to write.
fn to_write(why: ErrorKind) -> &'static str {
    match why {
        ErrorKind::PermissionDenied => {
            "give the user that runs this the right to write there, or choose another folder"
        }
        ErrorKind::ReadOnlyFilesystem => "nothing can be written to this disk as it is mounted: choose another folder",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk is full: make room, or choose another folder",
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists | ErrorKind::IsADirectory => {
            "a file or folder of that name is in the way: move it away, or choose another name"
        }
        ErrorKind::WouldBlock => "the system gives no more threads or files: raise its limits, or ask for less",
        _ => "check that the folder can be written to and the disk has room",
    }
}
