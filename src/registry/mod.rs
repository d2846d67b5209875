//! Owns the versions of a shop's models on disk. Every version is a folder that appears whole and never changes; the
//! alias `champion` names the one that scores; `history.jsonl` says what happened and why.
//!
//! ```text
//! models/<name>/
//!   20261124T020500Z-1a2b3c4d/   model.json  schema.json  manifest.json  evaluation.json  xgboost.json
//!                                profile.json  hashes.json
//!   champion                     the name of one version
//!   history.jsonl                one line for each version registered, promoted, refused or rolled back
//!   history.damaged              what was torn out of the history, if that ever was
//!   .promotion.json              while the champion changes: what it was before, and what makes the change true
//! ```

mod change;
mod compatibility;
mod error;
mod export;
mod hashes;
mod history;
mod layout;
mod load;
mod passport;
mod promotion;
mod publish;
mod sound;
mod stored;
mod versions;

pub use change::{ConfigChange, config_changes};
pub use compatibility::Concern;
pub use error::RegistryError;
pub use export::{EXPORT_FILES, export, export_days};
pub use history::{Event, History, HistoryLine};
pub use layout::CHAMPION;
pub use publish::{Mended, Writing};
pub use stored::{
    ChallengeRecord, FORMAT, HeadFigures, HeadRecord, HeadsRecord, ModelManifest, Outcome, StoredModel, TrainingRecord,
    Version,
};
pub use versions::Registry;

#[cfg(test)]
mod publish_tests;
#[cfg(test)]
mod tests;
