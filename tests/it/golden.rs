//! The whole job on the sample shop: what it says, what it writes, and that it does so byte for byte.

use crate::shop::{OWN_FACTS, OWN_FEATURES, Shop, retain};

/// The files of a run that must not depend on threads or on the time of day.
const LIST: [&str; 2] = ["runs/sample/2025-07-02/list.csv", "runs/sample/2025-07-02/list.parquet"];

fn run(threads: &str) -> (Shop, String) {
    run_with(threads, "")
}

/// A run with more in its config.
fn run_with(threads: &str, more: &str) -> (Shop, String) {
    let shop = Shop::sample();
    shop.edit_config(|text| text + more);
    let output = shop.command("run").args(["--threads", threads]).assert().success().get_output().clone();
    (shop, String::from_utf8(output.stdout).unwrap())
}

fn bytes(shop: &Shop, name: &str) -> Vec<u8> {
    std::fs::read(shop.path(name)).unwrap()
}

#[test]
fn a_run_is_byte_identical_with_one_and_two_threads() {
    let own = [OWN_FEATURES, OWN_FACTS].concat();
    let ((one, said_by_one), (two, said_by_two)) = (run_with("1", &own), run_with("2", &own));
    assert_eq!(said_by_one, said_by_two);
    for file in LIST {
        assert_eq!(bytes(&one, file), bytes(&two, file), "{file}");
    }
    let champion = one.read("models/sample/champion");
    assert_eq!(champion, two.read("models/sample/champion"));
    for file in ["model.json", "schema.json", "evaluation.json", "manifest.json"] {
        let name = format!("models/sample/{}/{file}", champion.trim());
        if file == "manifest.json" {
            // The config in it names the folder of the shop, which differs.
            let without_paths = |shop: &Shop| shop.read(&name).replace(&shop.path("").display().to_string(), "");
            assert_eq!(without_paths(&one), without_paths(&two));
        } else {
            assert_eq!(bytes(&one, &name), bytes(&two, &name), "{file}");
        }
    }
    assert!(one.unfinished().is_empty());
}

#[test]
fn a_run_says_what_it_found_in_80_columns() {
    let (shop, said) = run("2");
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    insta::assert_snapshot!("run", said);
    let list = shop.read(LIST[0]);
    let top: Vec<&str> = list.lines().take(6).collect();
    insta::assert_snapshot!("list", top.join("\n"));
}

#[test]
fn the_nightly_job_ranks_with_the_champion_and_gives_the_same_list() {
    let (shop, _) = run("2");
    let of_run = bytes(&shop, LIST[0]);
    shop.command("score").args(["--out", "night"]).assert().success();
    assert_eq!(bytes(&shop, "night/list.csv"), of_run);
    let manifest: serde_json::Value = serde_json::from_str(&shop.read("night/manifest.json")).unwrap();
    assert_eq!((&manifest["command"], &manifest["as_of"]), (&"score".into(), &"2025-07-02".into()));
    assert_eq!(manifest["model_version"].as_str().unwrap(), shop.read("models/sample/champion").trim());
    let used: u64 = manifest["accounts"][0]["used"].as_u64().unwrap();
    assert!(used > 20_000 && manifest["inputs"].as_array().unwrap().len() == 3);
}

#[test]
fn the_sample_is_what_simulate_writes() {
    let folder = tempfile::tempdir().unwrap();
    retain().args(["simulate", "--format", "parquet", "--out"]).arg(folder.path()).assert().success();
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample");
    let mut size = 0;
    for table in ["purchases", "complaints", "customers", "truth"] {
        let name = format!("{table}.parquet");
        let ours = std::fs::read(sample.join(&name)).unwrap();
        assert_eq!(ours, std::fs::read(folder.path().join(&name)).unwrap(), "{name}");
        size += ours.len();
    }
    assert!(size < 3_000_000, "{size} bytes");
}
