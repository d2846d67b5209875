//! What can be wrong with the registry of models.

use std::path::PathBuf;

use super::change::ConfigChange;
use crate::error::{Exit, Report};

/// A model that cannot be stored or had.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// No model has been promoted yet.
    #[error("`{}` has no champion", folder.display())]
    NoChampion {
        /// The folder of the shop's models.
        folder: PathBuf,
    },
    /// There is no such version.
    #[error("`{}` has no version `{version}`; it has {}", folder.display(), listed(known))]
    UnknownVersion {
        /// The folder of the shop's models.
        folder: PathBuf,
        /// What was asked for.
        version: String,
        /// The versions there are.
        known: Vec<String>,
    },
    /// The alias names a version that is not there.
    #[error("`{}` has lost its champion `{version}`; it has {}", folder.display(), listed(known))]
    LostChampion {
        /// The folder of the shop's models.
        folder: PathBuf,
        /// The version that the alias names.
        version: String,
        /// The versions there are.
        known: Vec<String>,
    },
    /// There is no champion to go back to.
    #[error("`{}` had no champion before the present one", folder.display())]
    NoPredecessor {
        /// The folder of the shop's models.
        folder: PathBuf,
    },
    /// A stored file is not what it should be.
    #[error("`{}` is damaged: {message}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// The model was written by a later version of this program.
    #[error("`{}` has format {found}; this version reads format {known}", path.display())]
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// The format found.
        found: u32,
        /// The format this version reads.
        known: u32,
    },
    /// The config means something else than the one that the model was trained under.
    #[error("model `{version}` was trained under another config: {}", joined(changes))]
    OtherConfig {
        /// The version.
        version: String,
        /// The keys that differ, the values of the training first.
        changes: Vec<ConfigChange>,
    },
    /// A new model has numbers that could not be read again: a bug.
    #[error("the model that was trained cannot be stored: {message}")]
    Unsound {
        /// What is wrong with it.
        message: String,
    },
    /// A simple rule is no champion.
    #[error("version `{version}` is the simple rule `{rule}`, and a rule is never the champion")]
    SimpleRule {
        /// The version.
        version: String,
        /// The rule.
        rule: String,
    },
    /// Another run is writing.
    #[error("another run is writing to `{}`{}", folder.display(), holder.as_ref().map_or_else(String::new, |holder| format!(": {holder}")))]
    Busy {
        /// The folder of the shop's models.
        folder: PathBuf,
        /// Who it is, as far as the lock says.
        holder: Option<String>,
    },
}

fn listed(versions: &[String]) -> String {
    match versions {
        [] => "none".to_owned(),
        versions => versions.iter().map(|version| format!("`{version}`")).collect::<Vec<_>>().join(", "),
    }
}

fn joined(changes: &[ConfigChange]) -> String {
    changes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl Report for RegistryError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoChampion { .. } => "E601",
            Self::UnknownVersion { .. } => "E602",
            Self::Damaged { .. } => "E603",
            Self::OtherFormat { .. } => "E604",
            Self::Busy { .. } => "E605",
            Self::NoPredecessor { .. } => "E606",
            Self::OtherConfig { .. } => "E607",
            Self::Unsound { .. } => "E608",
            Self::SimpleRule { .. } => "E609",
            Self::LostChampion { .. } => "E610",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::UnknownVersion { .. } | Self::OtherConfig { .. } | Self::SimpleRule { .. } => Exit::BadUsage,
            Self::NoPredecessor { .. } => Exit::NothingToDo,
            _ => Exit::CouldNotRun,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoChampion { .. } => {
                "train a model with `retain train`, or do everything with `retain run`".to_owned()
            }
            Self::UnknownVersion { .. } => "name one of these, or `champion`".to_owned(),
            Self::LostChampion { .. } => {
                "restore the folder of the version, name another one with `retain models promote`, or \
                                          train a model anew with `retain run`"
                    .to_owned()
            }
            Self::NoPredecessor { .. } => {
                "name a version with `retain models promote`; `retain models list` has them".to_owned()
            }
            Self::Damaged { .. } => "restore the file, or train a model anew with `retain train`".to_owned(),
            Self::OtherFormat { .. } => "use the version of `retain` that wrote it, or train a model anew".to_owned(),
            Self::OtherConfig { .. } => {
                "take the changes back, or train a model under the present config with `retain run`".to_owned()
            }
            Self::Unsound { .. } => "this is a bug in retain; please report it with the message".to_owned(),
            Self::SimpleRule { .. } => {
                "lists come from it by themselves until a model has passed the gate; name a learnt version".to_owned()
            }
            Self::Busy { .. } => {
                "wait until it has ended; the lock of a process that died is free by itself".to_owned()
            }
        })
    }
}
