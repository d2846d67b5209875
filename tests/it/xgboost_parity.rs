//! The `XGBoost` copy of a boosted model scores and explains as the model does, in the `xgboost` of `PyPI`.

#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::process::Command;

use retain::learn::{self, Model};
use serde_json::json;

use crate::panel::{LOYAL, Panel};

#[test]
fn xgboost_scores_the_same() {
    let python = std::env::var("RETAIN_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_xgboost = Command::new(&python).args(["-c", "import xgboost"]).output();
    if !has_xgboost.is_ok_and(|output| output.status.success()) {
        crate::skip::skipped("python3 with xgboost");
        return;
    }
    let mut panel = Panel::of(LOYAL);
    panel.set("overdue_ratio", 5, f64::NAN);
    let trained = learn::train(&panel.training(), &["boosting"]).unwrap();
    let Model::Boosted(model) = &trained[0].1.model else { panic!("not trees") };
    let folder = tempfile::tempdir().unwrap();
    let (model_file, rows_file) = (folder.path().join("model.json"), folder.path().join("rows.json"));
    std::fs::write(&model_file, model.xgboost_json(panel.as_of)).unwrap();
    let model = &trained[0].1.model;
    let value = |row: usize, name: &String| panel.dataset.column(name, &[row]).unwrap()[0];
    let values: Vec<Vec<f64>> = panel
        .test
        .iter()
        .map(|row| model.contributing_features().iter().map(|name| value(*row, name)).collect())
        .collect();
    let parts = model.contributions(&panel.dataset, &panel.test).unwrap();
    let rows = json!({
        "values": values,
        "log_odds": model.log_odds(&panel.dataset, &panel.test).unwrap(),
        "contributions": parts.outer_iter().map(|row| row.to_vec()).collect::<Vec<_>>(),
    });
    std::fs::write(&rows_file, rows.to_string()).unwrap();
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/xgboost_parity.py");
    let output = Command::new(&python).arg(script).args([&model_file, &rows_file]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    eprintln!("{said}");
    assert!(output.status.success(), "{said}");
}
