//! Sensitive columns: no feature reads them unless the config says so, and a backtest can be held against their groups.

use std::collections::BTreeMap;
use std::fs::File;

use polars::prelude::*;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use crate::shop::Shop;

const DAY: [&str; 2] = ["--as-of", "2025-06-01"];

/// A shop that knows the gender of most customers, and of a few something rare.
fn shop() -> Shop {
    let shop = Shop::simulated(500);
    shop.edit("customers.csv", |text| {
        let mut lines = text.lines();
        let head = format!("{},gender", lines.next().unwrap());
        let with_gender = |(number, line): (usize, &str)| match number % 100 {
            0..3 => format!("{line},x{number}"),
            3..60 => format!("{line},f"),
            _ => format!("{line},m"),
        };
        [head].into_iter().chain(lines.enumerate().map(with_gender)).collect::<Vec<_>>().join("\n")
    });
    shop.edit_config(|text| {
        let born = "[customers.columns]\nbirth_date = \"CAST(birth_year AS VARCHAR) || '-06-30'\"\n";
        text.replace("[customers.columns]\n", born)
            + "\n[panel]\nmax_cutoffs = 3\n[backtest]\nlast = 1\nbootstrap = 40\n"
    });
    shop
}

fn features(shop: &Shop, out: &str) -> Vec<String> {
    shop.command("features").args(DAY).args(["--out", out]).assert().success();
    let table = ParquetReader::new(File::open(shop.path(out).join("features.parquet")).unwrap()).finish().unwrap();
    table.get_column_names_owned().iter().map(ToString::to_string).collect()
}

#[test]
fn a_sensitive_column_is_no_feature_unless_it_is_allowed() {
    let shop = shop();
    let told = contains("recommendation[sensitive_columns]: a mapped column is sensitive")
        .and(contains("`birth_date` = `CAST(birth_year AS VARCHAR) || '-06-30'` (age)"))
        .and(contains("[privacy] allow = [\"birth_date\"]"));
    shop.command("check").args(DAY).assert().success().stderr(told);
    let without = features(&shop, "without");
    assert!(!without.contains(&"age_years".to_owned()) && without.len() > 100);
    let config = shop.read("retain.toml");
    shop.edit_config(|text| text + "\n[privacy]\nallow = [\"birth_date\"]\n");
    shop.command("check").args(DAY).assert().success().stderr(contains("sensitive_columns").not());
    assert!(features(&shop, "with").contains(&"age_years".to_owned()));
    // A feature of the shop's own that reads one is refused, whatever it is called.
    let own = "\n[[features.custom]]\nname = \"kind\"\ntable = \"customers\"\naggregate = \"count\"\nfilter = \"gender = 'f'\"\n";
    shop.edit_config(|_| config.clone() + own);
    let refused = contains("error[E102]").and(contains("`gender` is sensitive (gender), and no feature reads it"));
    shop.command("check").args(DAY).assert().code(2).stderr(refused);
    shop.edit_config(|_| config.clone() + own + "\n[privacy]\nallow = [\"gender\"]\n");
    shop.command("check").args(DAY).assert().success();
    // What no name tells, the config does.
    shop.edit_config(|_| config.clone() + &own.replace("gender", "region") + "\n[privacy]\nsensitive = [\"region\"]\n");
    let refused = contains("`region` is sensitive (named in `privacy.sensitive`)");
    shop.command("check").args(DAY).assert().code(2).stderr(refused);
    shop.edit_config(|_| config.clone() + "\n[privacy]\nsensitive = [\"gendre\"]\n");
    shop.command("check").args(DAY).assert().code(2).stderr(contains("privacy.sensitive").and(contains("gender")));
}

#[test]
fn a_backtest_tells_how_groups_fare() {
    let shop = shop();
    let later = "CASE WHEN CAST(birth_year AS INTEGER) < 1980 THEN 'before 1980' ELSE 'later' END";
    shop.edit_config(|text| format!("{text}\n[privacy]\nsensitive = [\"gender\", \"{later}\"]\n"));
    let told = contains("by gender").and(contains("(small groups)")).and(contains("too few customers for figures"));
    shop.command("backtest").args(DAY).args(["--out", "tests"]).assert().success().stdout(told);
    let report: Value = serde_json::from_str(&shop.read("tests/backtest.json")).unwrap();
    let audits = report["group_audits"].as_array().unwrap();
    assert_eq!(audits.iter().map(|audit| &audit["attribute"]).collect::<Vec<_>>(), ["gender", later]);
    assert_eq!(audits[0]["population"], report["population"]["eligibility"]);
    let page = shop.read("tests/backtest.html");
    for told in ["By gender: ", "f-audit-1", "predicted", "No feature reads this attribute"] {
        assert!(page.contains(told), "{told}");
    }
    // The same figures from the files of the run.
    let genders: BTreeMap<String, String> = shop
        .read("customers.csv")
        .lines()
        .skip(1)
        .map(|line| (line.split(',').next().unwrap().to_owned(), line.rsplit(',').next().unwrap().to_owned()))
        .collect();
    let predictions = ParquetReader::new(File::open(shop.path("tests/predictions.parquet")).unwrap()).finish().unwrap();
    let ids = predictions.column("customer_id").unwrap().str().unwrap().clone();
    let churned = predictions.column("churned").unwrap().bool().unwrap().clone();
    let p = predictions.column("churn_probability").unwrap().f64().unwrap().clone();
    let rows = |gender: &str| -> Vec<usize> {
        (0..predictions.height()).filter(|row| genders[ids.get(*row).unwrap()] == gender).collect()
    };
    let groups = audits[0]["groups"].as_array().unwrap();
    let n_of = |group: &Value| usize::try_from(group["n_rows"].as_u64().unwrap()).unwrap();
    assert_eq!(groups.iter().map(n_of).sum::<usize>(), predictions.height());
    let mut selected = 0.0;
    for gender in ["f", "m"] {
        let group = groups.iter().find(|group| group["group"] == gender).unwrap();
        let (rows, figures) = (rows(gender), &group["figures"]);
        let mean = |of: &dyn Fn(usize) -> f64| rows.iter().map(|row| of(*row)).sum::<f64>() / rows.len() as f64;
        let near = |key: &str, expected: f64| {
            assert!((figures[key].as_f64().unwrap() - expected).abs() < 1e-9, "{gender} {key}: {group}");
        };
        assert_eq!(n_of(group), rows.len());
        near("realised", mean(&|row| f64::from(u8::from(churned.get(row).unwrap()))));
        near("predicted", mean(&|row| p.get(row).unwrap()));
        selected += figures["selected"].as_f64().unwrap() * rows.len() as f64;
    }
    assert!(selected > 0.0 && selected <= predictions.height() as f64 / 10.0 + 1.0, "{selected}");
    let rare = groups.iter().find(|group| group["group"] == "(small groups)").unwrap();
    assert!(rare["figures"].is_null() && rare["n_values"].as_u64().unwrap() > 1, "{rare}");
    // No list shows them.
    shop.command("train").args(DAY).assert().success();
    shop.command("score").args(DAY).args(["--out", "list"]).assert().success();
    assert!(!shop.read("list/list.csv").lines().next().unwrap().contains("gender"));
}

#[test]
fn findings_show_ids_hashed_or_not_at_all_where_that_is_asked_for() {
    let shop = Shop::simulated(500);
    let orphan = "ann@shop.example";
    shop.edit("complaints.csv", |text| {
        let last = text.lines().last().unwrap().to_owned();
        let mut cells: Vec<&str> = last.split(',').collect();
        (cells[0], cells[1]) = ("K999999", orphan);
        format!("{text}{}\n", cells.join(","))
    });
    let config = shop.read("retain.toml") + "\n[panel]\nmax_cutoffs = 3\n[backtest]\nlast = 1\nbootstrap = 40\n";
    let with = |keys: &str| shop.edit_config(|_| format!("{config}\n[privacy]\n{keys}\n"));
    let said = |salt: &str| {
        let output = shop.command("check").args(DAY).env("RETAIN_SALT", salt).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        said.lines().find(|line| line.contains("warning[orphan_complaints]")).unwrap().to_owned()
    };
    with("");
    assert!(said("").contains(&format!("e.g. customer `{orphan}`")));
    with("examples = \"hashed\"\nsalt_env = \"RETAIN_SALT\"");
    let [one, again, other] = ["salt", "salt", "another"].map(said);
    assert!(one.contains("e.g. customer `") && !one.contains(orphan), "{one}");
    assert!(one == again && one != other, "{one} {other}");
    let refused = contains("error[E230]").and(contains("`RETAIN_SALT`"));
    shop.command("check").args(DAY).env("RETAIN_SALT", "").assert().code(2).stderr(refused);
    with("examples = \"hashed\"");
    shop.command("check").args(DAY).assert().code(2).stderr(contains("`privacy.salt_env` is missing"));
    with("examples = \"hidden\"");
    assert!(!said("").contains("e.g."));
    let run = shop.command("run").args(DAY).args(["--out", "out", "--log-format", "json"]).output().unwrap();
    assert!(run.status.success(), "{run:?}");
    let files = ["manifest.json", "report.json", "monitor.json"].map(|file| shop.read(&format!("out/{file}")));
    for text in files.iter().chain([&String::from_utf8(run.stderr).unwrap()]) {
        assert!(!text.contains(orphan));
    }
    assert!(files[0].contains("orphan_complaints"), "the finding itself is told");
}
