//! Every learner under every calibrator is scored by `onnxruntime` as by ourselves.

#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::path::Path;
use std::process::Command;

use jiff::Span;
use retain::calibrate::{Calibrator, Map, onnx_graph, probabilities};
use retain::learn::Model;
use serde_json::json;

use crate::conformance::loyal;
use crate::panel::Panel;

/// Runs a script of `tests/python`, if these modules are there.
pub(crate) fn run_python(script: &str, modules: &[&str], arguments: &[&Path]) -> Option<String> {
    let python = std::env::var("RETAIN_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let import = format!("import {}", modules.join(", "));
    let has_modules = Command::new(&python).args(["-c", &import]).env("PYTHONDONTWRITEBYTECODE", "1").output();
    if !has_modules.is_ok_and(|output| output.status.success()) {
        crate::skip::skipped(&format!("python3 with {}", modules.join(", ")));
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python").join(script);
    let output =
        Command::new(&python).arg(script).args(arguments).env("PYTHONDONTWRITEBYTECODE", "1").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    eprintln!("{said}");
    assert!(output.status.success(), "{said}");
    Some(said)
}

fn calibrators() -> Vec<(&'static str, Calibrator)> {
    let reference: Vec<f64> = (-20..20_i32).map(|step| f64::from(step) / 8.0).collect();
    let points = vec![[-3.0, -1.9], [-1.0, -0.4], [0.0, -0.1], [2.0, 1.0]];
    let calibrator = |map: Map, bias: f64| Calibrator { map, reference: reference.clone(), bias };
    vec![
        ("none", Calibrator::NONE),
        ("line", calibrator(Map::Line { slope: 0.7 }, 0.2)),
        ("beta", calibrator(Map::Beta { a: 1.4, b: 0.6 }, 0.0)),
        ("isotonic", calibrator(Map::Isotonic { points }, 0.0)),
    ]
}

/// Writes a graph, its rows and what we say of them.
fn write(folder: &Path, name: &str, panel: &Panel, (model, calibrator): (&Model, &Calibrator)) {
    let dataset = &panel.dataset;
    let rows: Vec<usize> = (0..dataset.cutoff_idx.len()).collect();
    let dates: Vec<_> = dataset.cutoffs.iter().map(|cutoff| cutoff.date()).collect();
    let days = [dates[0], dates.last().unwrap().saturating_add(Span::new().days(5))];
    let file = onnx_graph(model, calibrator, days).into_file("churn", &[]);
    std::fs::write(folder.join(format!("{name}.onnx")), file).unwrap();
    let columns: serde_json::Map<String, serde_json::Value> = model
        .used_features()
        .iter()
        .map(|name| ((*name).to_owned(), json!(dataset.column(name, &rows).unwrap())))
        .collect();
    let day: Vec<i32> = rows.iter().map(|row| dataset.cutoffs[usize::from(dataset.cutoff_idx[*row])].day()).collect();
    let expected = probabilities(model, calibrator, dataset, &rows).unwrap();
    let document = json!({ "day": day, "columns": columns, "expected": expected });
    std::fs::write(folder.join(format!("{name}.json")), document.to_string()).unwrap();
}

#[test]
fn onnxruntime_scores_the_same() {
    let (panel, trained) = loyal();
    let mut panel = panel.clone();
    // Missing, far out of the range of training, on the wrong side of zero, hardly a probability.
    for (nth, value) in [f64::NAN, 1e30, -1e30, 0.0, -7.5, 1e-9].into_iter().enumerate() {
        for feature in ["overdue_ratio", "recency_days", "net_spend_365d_amount", "model_no_purchase_share"] {
            panel.set(feature, nth + 3, value);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    for (learner, trained) in trained {
        for (kind, calibrator) in calibrators() {
            write(folder.path(), &format!("{learner}_{kind}"), &panel, (&trained.model, &calibrator));
        }
    }
    if let Some(said) = run_python("onnx_parity.py", &["numpy", "onnxruntime"], &[folder.path()]) {
        assert_eq!(said.matches("within").count(), 4 * trained.len(), "{said}");
    }
}
