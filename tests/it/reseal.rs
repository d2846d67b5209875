//! Hashes of a changed version made anew, as if it had been registered so: what is found then is found by the checks of
//! what is in the files.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

/// Gives a version in the folder of a shop's models hashes that fit its files, and the name that goes with them.
pub(crate) fn reseal(models: &Path, version: &str) -> String {
    let folder = models.join(version);
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap_or_default();
    let mut hasher = blake3::Hasher::new();
    hasher.update(&read("model.json")).update(&read("schema.json"));
    let (time, _) = version.rsplit_once('-').unwrap();
    let name = format!("{time}-{}", &hasher.finalize().to_hex()[..8]);
    // A damaged manifest need not be a text.
    if let Ok(manifest) = String::from_utf8(read("manifest.json")) {
        std::fs::write(folder.join("manifest.json"), manifest.replace(version, &name)).unwrap();
    }
    let before: Value = serde_json::from_slice(&read("hashes.json")).unwrap();
    let hash = |bytes: &[u8]| blake3::hash(bytes).to_hex().to_string();
    let files: BTreeMap<&String, String> =
        before["files"].as_object().unwrap().keys().map(|name| (name, hash(&read(name)))).collect();
    let old = hash(&read("hashes.json"));
    std::fs::write(folder.join("hashes.json"), json!({"format": before["format"], "files": files}).to_string())
        .unwrap();
    let new = hash(&read("hashes.json"));
    let replace = |file: &str| {
        let text = std::fs::read_to_string(models.join(file)).unwrap();
        std::fs::write(models.join(file), text.replace(version, &name).replace(&old, &new)).unwrap();
    };
    replace("champion");
    replace("history.jsonl");
    std::fs::rename(&folder, models.join(&name)).unwrap();
    name
}
