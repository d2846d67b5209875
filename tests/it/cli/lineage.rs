//! What a run tells other systems: events of its start and its end, and the passport of its model.

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use crate::shop::Shop;

const MODELS: &str = "models/simulated-shop";

fn shop() -> Shop {
    let shop = Shop::simulated(500);
    let more = "\n[panel]\nmax_cutoffs = 2\n[backtest]\nlast = 1\nbootstrap = 40\n[output]\nlineage = \"events\"\n";
    shop.edit_config(|text| text + more);
    shop
}

/// The events in the order of their names, which begin with their times.
fn events(shop: &Shop) -> Vec<(String, Value)> {
    let mut names: Vec<String> = std::fs::read_dir(shop.path("events"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|name| {
            let event = serde_json::from_str(&shop.read(&format!("events/{name}"))).unwrap();
            (name, event)
        })
        .collect()
}

fn is_time(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok())
}

fn is_uuid(value: &Value) -> bool {
    let lengths: Vec<usize> = value.as_str().unwrap().split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12]
        && value.as_str().unwrap().chars().all(|letter| letter == '-' || letter.is_ascii_hexdigit())
}

/// What the schema of the specification requires of an event and of every facet in it.
fn require_valid(event: &Value) {
    let spec = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
    assert_eq!(event["schemaURL"], spec);
    assert!(event["producer"].as_str().unwrap().starts_with("urn:retain:"), "{event}");
    assert!(is_time(&event["eventTime"]) && is_uuid(&event["run"]["runId"]), "{event}");
    assert!(event["job"]["namespace"].is_string() && event["job"]["name"].is_string(), "{event}");
    let datasets = ["inputs", "outputs"].map(|side| event[side].as_array().unwrap());
    for dataset in datasets.into_iter().flatten() {
        assert!(dataset["namespace"].is_string() && dataset["name"].is_string(), "{dataset}");
    }
    let all = datasets
        .into_iter()
        .flatten()
        .flat_map(|dataset| ["facets", "inputFacets", "outputFacets"].map(|facets| &dataset[facets]));
    for facets in all.chain([&event["run"]["facets"]]).filter_map(Value::as_object) {
        for facet in facets.values() {
            assert!(facet["_producer"].as_str().unwrap().starts_with("urn:"), "{facet}");
            assert!(
                facet["_schemaURL"].as_str().unwrap().starts_with("https://openlineage.io/spec/facets/"),
                "{facet}"
            );
        }
    }
}

#[test]
fn a_run_tells_its_start_and_its_end_and_nothing_of_customers() {
    let shop = shop();
    let run = ["--as-of", "2025-06-01", "--out", "night"];
    shop.command("run").args(run).assert().success();
    let told = events(&shop);
    let names: Vec<&str> = told.iter().map(|(name, _)| name.rsplit('-').next().unwrap()).collect();
    assert_eq!(names, ["COMPLETE.json", "START.json"], "{told:?}");
    for (name, event) in &told {
        require_valid(event);
        let text = event.to_string();
        assert!(!text.contains("C0000"), "{name} names a customer");
    }
    let [complete, start] = [&told[0].1, &told[1].1];
    assert_eq!((&start["eventType"], &complete["eventType"]), (&"START".into(), &"COMPLETE".into()));
    assert_eq!(start["run"]["runId"], complete["run"]["runId"]);
    assert_eq!(complete["job"]["name"], "simulated-shop.run");
    let purchases = &complete["inputs"][0];
    assert!(purchases["name"].as_str().unwrap().ends_with("purchases.csv"), "{purchases}");
    let n = shop.read("purchases.csv").lines().count() - 1;
    let metrics = &purchases["inputFacets"]["dataQualityMetrics"];
    assert_eq!(metrics["rowCount"], n);
    let columns = metrics["columnMetrics"].as_object().unwrap();
    assert!(
        columns.contains_key("amount") && columns.values().all(|column| column["nullCount"].is_u64()),
        "{columns:?}"
    );
    let outputs = complete["outputs"].as_array().unwrap();
    let list = outputs.iter().find(|output| output["name"].as_str().unwrap().ends_with("night/list.csv")).unwrap();
    let n = shop.read("night/list.csv").lines().count() - 1;
    assert_eq!(list["outputFacets"]["outputStatistics"]["rowCount"], n);
    assert!(list["facets"]["schema"]["fields"].as_array().unwrap().len() > 10, "{list}");

    // The same once more is the same run.
    shop.command("run").args(run).assert().success();
    assert_eq!(events(&shop).len(), 2);
    // One that fails says why, by its code.
    shop.edit("purchases.csv", |text| text.lines().take(30).collect::<Vec<_>>().join("\n"));
    shop.command("score").args(["--as-of", "2025-06-02", "--out", "next"]).assert().code(3);
    let told = events(&shop);
    let failed = told.iter().find(|(name, _)| name.ends_with("FAIL.json")).unwrap();
    require_valid(&failed.1);
    let message = &failed.1["run"]["facets"]["errorMessage"];
    assert!(message["message"].as_str().unwrap().starts_with("E221: "), "{message}");
    assert_eq!(message["programmingLanguage"], "RUST");
}

#[test]
fn a_folder_of_events_that_cannot_be_written_costs_no_list_and_one_among_inputs_is_refused() {
    let shop = shop();
    std::fs::write(shop.path("events"), "a file").unwrap();
    let told =
        contains("warning[no_lineage]: the event START").and(contains("warning[no_lineage]: the event COMPLETE"));
    shop.command("run").args(["--as-of", "2025-06-01", "--out", "night"]).assert().success().stderr(told);
    assert!(shop.path("night/list.csv").exists());
    shop.edit_config(|text| text.replace("\"events\"", "\"models/simulated-shop\""));
    let refused = contains("error[E117]");
    shop.command("score").args(["--as-of", "2025-06-01", "--out", "night"]).assert().code(2).stderr(refused);
}

#[test]
fn a_version_has_a_passport_with_its_figures_populations_and_hashes() {
    let shop = shop();
    shop.command("train").args(["--as-of", "2025-06-01"]).assert().success();
    let version = shop.read(&format!("{MODELS}/champion")).trim().to_owned();
    let passport: Value = serde_json::from_str(&shop.read(&format!("{MODELS}/{version}/passport.cdx.json"))).unwrap();
    assert_eq!((&passport["bomFormat"], &passport["specVersion"]), (&"CycloneDX".into(), &"1.6".into()));
    assert!(is_time(&passport["metadata"]["timestamp"]), "{passport}");
    let serial = passport["serialNumber"].as_str().unwrap().strip_prefix("urn:uuid:").unwrap();
    assert!(is_uuid(&serial.into()), "{serial}");
    let model = &passport["metadata"]["component"];
    assert_eq!((&model["type"], &model["version"]), (&"machine-learning-model".into(), &version.as_str().into()));
    let card = &model["modelCard"];
    let schema: Value = serde_json::from_str(&shop.read(&format!("{MODELS}/{version}/schema.json"))).unwrap();
    let inputs = card["modelParameters"]["inputs"].as_array().unwrap();
    assert_eq!(inputs.len(), schema["columns"].as_array().unwrap().len());
    let evaluation: Value = serde_json::from_str(&shop.read(&format!("{MODELS}/{version}/evaluation.json"))).unwrap();
    let metrics = card["quantitativeAnalysis"]["performanceMetrics"].as_array().unwrap();
    let auc = metrics.iter().find(|metric| metric["type"] == "AUC").unwrap();
    assert_eq!(auc["value"], evaluation["learners"][0]["mean"]["auc"]["estimate"].to_string());
    for metric in metrics {
        assert!(metric["slice"].as_str().unwrap().contains("eligible: "), "without its population: {metric}");
        assert!(metric["value"].is_string() && metric["confidenceInterval"]["lowerBound"].is_string(), "{metric}");
    }
    for part in ["users", "useCases", "technicalLimitations", "ethicalConsiderations"] {
        assert!(!card["considerations"][part].as_array().unwrap().is_empty(), "{part}");
    }
    let files = passport["components"].as_array().unwrap();
    assert!(files.iter().any(|file| file["name"] == "model.json"), "{files:?}");
    for file in files {
        let bytes =
            std::fs::read(shop.path(&format!("{MODELS}/{version}")).join(file["name"].as_str().unwrap())).unwrap();
        assert_eq!(file["hashes"][0]["content"], blake3::hash(&bytes).to_hex().to_string());
    }
}
