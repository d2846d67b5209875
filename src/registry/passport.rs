//! The passport of a version: what it is for, what it was made from and how well it does, for those who have no other part of
//! this program. It is made from the version alone.
//!
//! # Source
//! Ecma International (2024), ECMA-424, `CycloneDX` Bill of Materials Specification 1.6: `modelCard`.

use serde_json::{Value, json};

use super::hashes::hash;
use super::{ModelManifest, Version};
use crate::evaluate::{Interval, LearnerReport};
use crate::text::uuid;

/// The model card of a version, whose other files are given by name.
pub(super) fn passport(version: &Version, files: &[(&'static str, Vec<u8>)]) -> Value {
    let ModelManifest { retain_version, created_at, .. } = &version.manifest;
    let all: Vec<u8> = files.iter().flat_map(|(_, bytes)| bytes).copied().collect();
    let program = json!({
        "type": "application",
        "name": "retain",
        "version": retain_version,
        "licenses": [{ "expression": env!("CARGO_PKG_LICENSE") }],
    });
    let file = |(name, bytes): &(&str, Vec<u8>)| json!({ "type": "file", "name": name, "hashes": [{ "alg": "BLAKE3", "content": hash(bytes) }] });
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{}", uuid(blake3::hash(&all).as_bytes())),
        "version": 1,
        "metadata": {
            "timestamp": created_at,
            "tools": { "components": [program] },
            "component": model(version),
        },
        "components": files.iter().map(file).collect::<Vec<_>>(),
    })
}

fn model(version: &Version) -> Value {
    let manifest = &version.manifest;
    json!({
        "type": "machine-learning-model",
        "bom-ref": "model",
        "name": manifest.config["name"],
        "version": manifest.version,
        "description": manifest.training.question,
        "licenses": [{ "license": { "name": "that of the shop whose data it was trained on" } }],
        "modelCard": {
            "modelParameters": parameters(version),
            "quantitativeAnalysis": { "performanceMetrics": metrics(version) },
            "considerations": considerations(version),
            "properties": properties(manifest),
        },
    })
}

fn parameters(version: &Version) -> Value {
    let (manifest, schema) = (&version.manifest, &version.schema);
    let family = match &manifest.simple_rule {
        Some(rule) => format!("the simple rule `{rule}`"),
        None => "probabilities of a learner, calibrated out of time".to_owned(),
    };
    let input = |name: &str| json!({ "format": format!("number: {name}") });
    json!({
        "approach": { "type": "supervised" },
        "task": "binary classification: whether a present customer leaves",
        "architectureFamily": family,
        "modelArchitecture": version.model.learner,
        "datasets": datasets(manifest),
        "inputs": schema.names().map(input).collect::<Vec<_>>(),
        "outputs": [{ "format": "number: probability of leaving, from 0 to 1" }],
    })
}

/// The tables of the shop: what became of their rows, and the files with their hashes.
fn datasets(manifest: &ModelManifest) -> Vec<Value> {
    let property = |name: &str, value: String| json!({ "name": name, "value": value });
    let table = |account: &Value| {
        let said = ["rows_in", "used"].map(|key| property(&format!("retain:{key}"), account[key].to_string()));
        json!({ "type": "dataset", "name": account["table"], "contents": { "properties": said } })
    };
    let file = |input: &Value| {
        let text = |key: &str| input[key].as_str().map_or_else(|| input[key].to_string(), str::to_owned);
        let said = ["size", "blake3"].map(|key| property(&format!("retain:{key}"), text(key)));
        json!({ "type": "dataset", "name": text("path"), "contents": { "properties": said } })
    };
    let of = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let tables = of(&manifest.accounts);
    let files = of(&manifest.inputs);
    tables.iter().map(table).chain(files.iter().map(file)).collect()
}

/// Every figure with its population and interval: the model's, and the AUC of the rules beside it.
fn metrics(version: &Version) -> Vec<Value> {
    let evaluation = &version.evaluation;
    let population = evaluation.population.to_string();
    let metric = |name: &str, figure: Option<Interval>| {
        let Interval { estimate, low, high } = figure?;
        Some(json!({
            "type": name,
            "value": estimate.to_string(),
            "slice": population,
            "confidenceInterval": { "lowerBound": low.to_string(), "upperBound": high.to_string() },
        }))
    };
    let of_learner = |learner: &LearnerReport| {
        let mean = &learner.mean;
        if learner.name != evaluation.main {
            return vec![metric(&format!("AUC of `{}` beside it", learner.name), mean.auc)];
        }
        vec![
            metric("AUC", mean.auc),
            metric("average precision", mean.average_precision),
            metric("Brier score", mean.brier),
            metric("log-loss in nats", mean.log_loss),
            metric("calibration slope", mean.calibration_slope),
            metric("expected calibration error", mean.ece),
        ]
    };
    evaluation.learners.iter().flat_map(of_learner).flatten().collect()
}

fn considerations(version: &Version) -> Value {
    let manifest = &version.manifest;
    let fallback = manifest.heads.as_ref().and_then(|heads| heads.fallback.clone());
    let limits = [
        format!("it is about these customers alone: {}", manifest.training.population),
        manifest.verdict.sentence.clone(),
        format!("what the intervals hold fixed: {}", version.evaluation.intervals_hold_fixed),
        "it tells who leaves, not whom an action keeps: that is known from a control group alone".to_owned(),
    ];
    json!({
        "users": ["the retention team of the shop", "its data scientists", "its nightly job"],
        "useCases": ["ranking the present customers of the shop that it was trained on, to decide whom to contact first"],
        "technicalLimitations": limits.into_iter().chain(fallback).collect::<Vec<_>>(),
        "ethicalConsiderations": [{
            "name": "customers are persons, and a list treats them differently",
            "mitigationStrategy": "customers who do not want to be contacted are marked and get no action; every place on the list has its \
                                   reasons; the model holds no ids and no words of customers",
        }],
    })
}

fn properties(manifest: &ModelManifest) -> Vec<Value> {
    let training = &manifest.training;
    let day = |days: &[jiff::civil::Date], place: usize| days.get(place).map(ToString::to_string).unwrap_or_default();
    [
        ("retain:as_of", manifest.as_of.to_string()),
        ("retain:first_training_cutoff", day(&training.cutoffs, 0)),
        ("retain:last_training_cutoff", day(&training.cutoffs, training.cutoffs.len().saturating_sub(1))),
        ("retain:training_rows", training.n_rows.to_string()),
        ("retain:training_churn_rate", training.churn_rate.to_string()),
        ("retain:grade", json!(manifest.verdict.grade).as_str().unwrap_or_default().to_owned()),
    ]
    .into_iter()
    .map(|(name, value)| json!({ "name": name, "value": value }))
    .collect()
}
