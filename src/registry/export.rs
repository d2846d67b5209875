//! A version for other programs: a folder with the probability of churning as an ONNX graph, and what `MLflow` needs to load it.
//! It is made from the version alone, and nothing here reads it.
//!
//! # Source
//! `MLflow` 3, "`MLflow` Model format", flavors `onnx` and `python_function`.

use std::io::Write;
use std::path::Path;

use jiff::{Span, civil::Date};
use serde_json::json;

use super::{ModelManifest, Version};
use crate::calibrate::onnx_graph;
use crate::features::{CHURN_PROBABILITY, CUTOFF_DAY};
use crate::files::{self, FileError};

/// The files of an export.
pub const EXPORT_FILES: [&str; 4] = [ONNX, "MLmodel", "requirements.txt", "python_env.yaml"];
const ONNX: &str = "model.onnx";

/// Years behind the as-of day of the version for which an export has the level of churn.
const YEARS: i32 = 10;

/// What loads the folder in Python; the oldest `onnxruntime` that knows the operators.
const REQUIREMENTS: &str = "mlflow>=3.0\nonnxruntime>=1.11\nonnx>=1.11\nnumpy\npandas\n";
const PYTHON_VERSION: &str = "3.11.9";
const PYTHON: &str = "python: 3.11.9\nbuild_dependencies:\n- pip\ndependencies:\n- -r requirements.txt\n";

/// Writes the export of a version to a new folder.
///
/// # Errors
/// What the operating system says; also if `folder` exists already.
pub fn export(version: &Version, folder: &Path) -> Result<(), FileError> {
    let onnx = onnx_file(version);
    let contents = [onnx.as_slice(), &mlmodel(version, &onnx).into_bytes(), REQUIREMENTS.as_bytes(), PYTHON.as_bytes()];
    files::write_folder(folder, |folder| {
        EXPORT_FILES
            .iter()
            .zip(contents)
            .try_for_each(|(name, bytes)| files::write_whole(&folder.join(name), |writer| writer.write_all(bytes)))
    })
}

/// The first and the last day at which an export scores: from the first training cutoff on.
#[must_use]
pub fn export_days(manifest: &ModelManifest) -> [Date; 2] {
    let first = manifest.training.cutoffs.iter().copied().chain([manifest.as_of]).min().unwrap_or(manifest.as_of);
    [first, manifest.as_of.saturating_add(Span::new().years(YEARS))]
}

fn onnx_file(version: &Version) -> Vec<u8> {
    let stored = &version.model;
    let [first, last] = export_days(&version.manifest);
    let says = [
        ("retain_model", version.manifest.version.clone()),
        ("retain_question", version.manifest.training.question.clone()),
        ("retain_population", version.manifest.training.population.clone()),
        (
            "retain_inputs",
            format!(
                "{CUTOFF_DAY}: days since 1970-01-01, from {first} to {last}; the others: columns of features.parquet, NaN where one is missing"
            ),
        ),
    ];
    onnx_graph(&stored.model, &stored.calibrator, [first, last]).into_file("churn", &says)
}

/// The description that `MLflow` reads; texts are JSON, which is also YAML.
fn mlmodel(version: &Version, onnx: &[u8]) -> String {
    let ModelManifest { retain_version, version: name, created_at, .. } = &version.manifest;
    let input = |name: &str| json!({ "name": name, "type": "float", "required": true });
    let day = json!({ "name": CUTOFF_DAY, "type": "long", "required": true });
    let features = version.model.model.used_features();
    let inputs: Vec<_> = [day].into_iter().chain(features.into_iter().map(input)).collect();
    let outputs = json!([{ "name": CHURN_PROBABILITY, "type": "double", "required": true }]);
    let created = created_at.trim_end_matches('Z').replace('T', " ");
    let text = |text: &str| json!(text).to_string();
    format!(
        "flavors:\n  onnx:\n    code: null\n    data: {ONNX}\n    onnx_session_options: null\n    providers:\n    - \
         CPUExecutionProvider\n  python_function:\n    data: {ONNX}\n    env:\n      virtualenv: python_env.yaml\n    \
         loader_module: mlflow.onnx\n    python_version: {PYTHON_VERSION}\nmetadata: {}\nmlflow_version: 3.0.0\nmodel_size_bytes: {}\nmodel_uuid: {}\n\
         signature:\n  inputs: {}\n  outputs: {}\n  params: null\nutc_time_created: {}\n",
        json!({ "retain_version": retain_version, "retain_model": name, "question": version.manifest.training.question }),
        onnx.len(),
        &blake3::hash(onnx).to_hex()[..32],
        text(&json!(inputs).to_string()),
        text(&outputs.to_string()),
        text(&created),
    )
}
