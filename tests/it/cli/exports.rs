//! A model for other programs.

use predicates::prelude::*;
use predicates::str::contains;

use crate::onnx_parity::run_python;
use crate::shop::Shop;

const DAY: [&str; 2] = ["--as-of", "2025-07-02"];

fn shop() -> Shop {
    let shop = Shop::simulated(500);
    shop.edit_config(|text| text + "\n[panel]\nmax_cutoffs = 3\n[backtest]\nlast = 1\nbootstrap = 40\n");
    shop
}

#[test]
fn an_exported_model_scores_the_feature_table_as_the_list_does() {
    let shop = shop();
    shop.command("train").args(DAY).assert().success();
    shop.command("score").args(DAY).args(["--out", "list"]).assert().success();
    shop.command("features").args(DAY).args(["--out", "table"]).assert().success();
    let export = |to: &str| {
        let mut command = shop.command("models");
        command.args(["export", "--to", to]).assert()
    };
    export("exported").success().stdout(contains("in exported, for cutoffs from "));
    export("exported").code(1).stderr(contains("error[E701]").and(contains("move it away")));
    export("models/simulated-shop/exported").code(2).stderr(contains("error[E117]"));
    export("again").success();
    for file in ["model.onnx", "MLmodel", "requirements.txt", "python_env.yaml"] {
        let read = |folder: &str| std::fs::read(shop.path(folder).join(file)).unwrap();
        assert_eq!(read("exported"), read("again"), "{file}");
    }
    assert_eq!(shop.unfinished(), Vec::<std::path::PathBuf>::new());
    let id = shop.read("list/list.csv").lines().nth(1).unwrap().to_owned();
    let id = id.split(',').find(|cell| cell.starts_with('C')).unwrap();
    let explained = shop.command("explain").args(DAY).args(["--json", "--customer", id]).assert().success();
    std::fs::write(shop.path("customer.json"), &explained.get_output().stdout).unwrap();
    let paths = ["exported", "table/features.parquet", "customer.json", "list/list.parquet", "list/winback.parquet"];
    let paths = paths.map(|path| shop.path(path));
    run_python(
        "mlflow_parity.py",
        &["mlflow.onnx", "onnxruntime", "pandas", "polars"],
        &paths.each_ref().map(|path| path.as_path()),
    );
}
