//! Tests of the registry on a model small enough to be written down.

use serde_json::json;

use super::layout::{HISTORY, MANIFEST, MODEL};
use super::*;
use crate::error::Failure;
use crate::evaluate::{LearnerScores, Settings, TestCutoff, evaluate};
use crate::units::Timestamp;

pub(super) fn version(weight: f64) -> Version {
    let scores = |name: &str| LearnerScores { name: name.to_owned(), is_probability: true, values: vec![0.2, 0.8] };
    let test = TestCutoff {
        cutoff: "2024-01-01".to_owned(),
        customer: vec![0, 1],
        churned: vec![false, true],
        value: vec![1.0, 1.0],
        scores: vec![scores("main"), scores("rule")],
        slices: Vec::new(),
    };
    let settings = Settings { seed: 1, n_bootstrap: 40, population: "all".to_owned() };
    let evaluation = evaluate(&[test], "main", &["rule"], &settings).unwrap();
    let column = json!({"feature": 0, "what": {"what": "value", "logarithm": false, "low": 0.0, "high": 9.0}, "mean": 1.0, "sd": 2.0});
    let level = json!({"memory_days": 80.0, "mean": 0.1, "variance": 0.0, "dates": [], "weights": []});
    let model = json!({
        "kind": "linear",
        "preparation": {"features": ["recency_days"], "columns": [column]},
        "weights": [weight],
        "level": level,
    });
    let rule = json!({"horizon": 60, "gap": 0, "active": 180, "min_purchases": 1});
    let calibration =
        json!({"calibrator": {"kind": "none"}, "n_rows": 0, "log_loss_without": null, "log_loss_with": null});
    let notes = json!({"n_rows": 2, "n_columns": 1, "choice": {"penalty": 1.0}, "fold_log_loss": [],
        "convergence": {"gradient_per_row": 0.0, "limit": 1e-6}});
    let training = json!({"population": "all", "question": "?", "cutoffs": [], "n_rows": 2, "churn_rate": 0.5, "fold_cutoffs": []});
    Version {
        model: serde_json::from_value(
            json!({"format": FORMAT, "learner": "main", "rule": rule, "model": model, "calibrator": {"kind": "none"}}),
        )
        .unwrap(),
        schema: serde_json::from_value(json!({"columns": [{"name": "recency_days", "unit": "days"}]})).unwrap(),
        manifest: serde_json::from_value(json!({
            "format": FORMAT, "retain_version": "0", "version": "", "created_at": "", "as_of": "2024-01-01",
            "training": training, "notes": notes, "calibration": calibration, "verdict": evaluation.verdict,
            "absent_features": [], "config": {}, "inputs": [], "accounts": [],
        }))
        .unwrap(),
        evaluation,
        profile: None,
    }
}

pub(super) fn registry() -> (tempfile::TempDir, Registry) {
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::new(folder.path(), "shop");
    (folder, registry)
}

pub(super) fn error<T: std::fmt::Debug>(result: Result<T, Failure>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_version_comes_back_as_it_was_stored() {
    let (_folder, registry) = registry();
    let stored = registry.write(Timestamp(0)).unwrap().register(version(0.3), Timestamp(0)).unwrap();
    let name = &stored.manifest.version;
    assert!(name.starts_with("19700101T000000Z-") && name.len() == 25, "{name}");
    assert_eq!(registry.load(name).unwrap(), stored);
    assert_eq!(registry.versions().unwrap(), std::slice::from_ref(name));
}

#[test]
fn the_champion_is_named_and_the_history_tells_why() {
    let (_folder, registry) = registry();
    assert!(error(registry.load(CHAMPION)).starts_with("error[E601]"));
    let writing = registry.write(Timestamp(0)).unwrap();
    let first = writing.register(version(0.3), Timestamp(0)).unwrap().manifest.version;
    let second = writing.register(version(0.4), Timestamp(1_000_000)).unwrap().manifest.version;
    assert_eq!(writing.register(version(0.3), Timestamp(0)).unwrap().manifest.version, first, "the same once more");
    writing.promote(&first, "better", Timestamp(2_000_000), None).unwrap();
    writing.refuse(&second, "worse", Timestamp(3_000_000)).unwrap();
    assert_eq!(registry.load(CHAMPION).unwrap().manifest.version, first);
    let history = std::fs::read_to_string(registry.folder().join(HISTORY)).unwrap();
    let events: Vec<serde_json::Value> = history.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let found: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(found, ["registered", "registered", "promoted", "refused"]);
    assert_eq!(events[2]["why"], "better");
}

#[test]
fn one_process_writes_at_a_time() {
    let (_folder, registry) = registry();
    let writing = registry.write(Timestamp(0)).unwrap();
    assert!(error(registry.write(Timestamp(0))).starts_with("error[E605]"));
    drop(writing);
    assert!(registry.write(Timestamp(0)).is_ok());
}

#[test]
fn what_cannot_be_loaded_is_named() {
    let (_folder, registry) = registry();
    assert!(error(registry.load("v9")).contains("has no version `v9`; it has none"));
    let name = registry.write(Timestamp(0)).unwrap().register(version(0.3), Timestamp(0)).unwrap().manifest.version;
    assert!(error(registry.load("v9")).contains(&format!("it has `{name}`")));
    let model = registry.folder().join(&name).join(MODEL);
    std::fs::write(&model, "{\"format\": 2").unwrap();
    let message = error(registry.load(&name));
    assert!(message.starts_with("error[E603]") && message.contains("not the file that was registered"), "{message}");
    let again = registry.write(Timestamp(0)).unwrap().register(version(0.3), Timestamp(0)).unwrap().manifest.version;
    assert_eq!(again, format!("{name}-2"), "the same model beside the damaged one");
    assert!(registry.load(&again).is_ok());
    std::fs::write(registry.folder().join(&name).join("hashes.json"), "{\"format\": 99}").unwrap();
    assert!(error(registry.load(&name)).starts_with("error[E604]"));
    std::fs::remove_file(registry.folder().join(&name).join("hashes.json")).unwrap();
    std::fs::write(&model, "{\"format\": 2}").unwrap();
    assert!(error(registry.load(&name)).contains("hashes.json` is damaged: it is missing"));
    std::fs::write(&model, "{\"format\": 1}").unwrap();
    assert!(error(registry.load(&name)).starts_with("error[E604]"));
}

/// Hashes that fit a changed manifest are not those that the history tells.
#[test]
fn a_manifest_with_hashes_of_its_own_is_not_believed() {
    let (_folder, registry) = registry();
    let name = registry.write(Timestamp(0)).unwrap().register(version(0.3), Timestamp(0)).unwrap().manifest.version;
    let folder = registry.folder().join(&name);
    let manifest = std::fs::read_to_string(folder.join(MANIFEST)).unwrap().replace("2024-01-01", "2024-01-02");
    std::fs::write(folder.join(MANIFEST), manifest).unwrap();
    hashes::write(&folder).unwrap();
    assert!(error(registry.load(&name)).contains("hashes.json` is damaged: it is not the file that was registered"));
    assert!(error(registry.manifest(&name)).starts_with("error[E603]"));
}

#[test]
fn what_could_not_be_read_again_is_not_stored() {
    let (_folder, registry) = registry();
    let mut unsound = version(0.3);
    unsound.model.rule.horizon = crate::units::Days(0);
    let message = error(registry.write(Timestamp(0)).unwrap().register(unsound, Timestamp(0)));
    assert!(message.starts_with("error[E608]") && message.contains("`rule.horizon_days` is 0; allowed: "), "{message}");
    assert!(registry.versions().unwrap().is_empty());
}
