//! The files of the registry: their names, and how they are written as JSON.

use serde::Serialize;

/// The alias of the version that scores.
pub const CHAMPION: &str = "champion";

pub(super) const MODEL: &str = "model.json";
pub(super) const SCHEMA: &str = "schema.json";
pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const EVALUATION: &str = "evaluation.json";
/// What later nights are held against.
pub(super) const PROFILE: &str = "profile.json";
/// What a version is and how well it does, for other programs.
pub(super) const PASSPORT: &str = "passport.cdx.json";
pub(super) const XGBOOST: &str = "xgboost.json";
pub(super) const HISTORY: &str = "history.jsonl";
pub(super) const LOCK: &str = ".lock";

/// Indented JSON with a line end.
pub(super) fn json(value: &impl Serialize) -> Vec<u8> {
    // Plain numbers and texts can always be written as JSON.
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
