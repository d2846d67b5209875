//! Nights of a job that nobody watches: faults of the data stop a list or are told, once each; what came of past lists is
//! looked up; a usual night is quiet.

use std::collections::{BTreeMap, BTreeSet};

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use crate::shop::Shop;

const NIGHT: &str = "2025-06-20";
const LAST_DAY: &str = "2025-06-19";

/// A shop with a model of February and a list of March.
fn shop() -> Shop {
    let shop = Shop::simulated(1_500);
    shop.edit_config(|text| text + "\n[panel]\nmax_cutoffs = 3\n[backtest]\nlast = 2\nbootstrap = 40\n");
    // Whether the model may score is not asked here: a simple rule would do.
    shop.command("run").args(["--as-of", "2025-02-15", "--out", "first/2025-02-15"]).output().unwrap();
    score(&shop, "2025-03-01", "first", &[]).success();
    shop
}

fn score(shop: &Shop, day: &str, folder: &str, more: &[&str]) -> assert_cmd::assert::Assert {
    let out = format!("{folder}/{day}");
    shop.command("score").args(["--as-of", day, "--out", &out]).args(more).assert()
}

fn monitor(shop: &Shop, folder: &str, day: &str) -> Value {
    let manifest: Value = serde_json::from_str(&shop.read(&format!("{folder}/{day}/manifest.json"))).unwrap();
    manifest["monitor"].clone()
}

/// The purchases with the cells of some days changed; `None` drops the row.
fn changed(text: &str, is_of: impl Fn(&str) -> bool, change: impl Fn(&mut Vec<String>) -> bool) -> String {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let day = header.iter().position(|name| *name == "purchased_at").unwrap();
    let mut all = header.join(",") + "\n";
    for line in lines {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        if !is_of(&cells[day][..10]) || change(&mut cells) {
            all.push_str(&(cells.join(",") + "\n"));
        }
    }
    all
}

const AMOUNT: usize = 6;
const CHANNEL: usize = 8;

#[test]
fn each_fault_is_one_alarm_and_a_usual_night_is_quiet() {
    let shop = shop();
    let purchases = shop.read("purchases.csv");
    score(&shop, NIGHT, "first", &[]).success().stderr(contains("warning[").not());
    let quiet = monitor(&shop, "first", NIGHT);
    assert_eq!(
        (quiet["alarms"].as_array().unwrap().len(), &quiet["compared_with"]),
        (0, &"the list of 2025-03-01".into())
    );
    std::fs::remove_dir_all(shop.path(&format!("first/{NIGHT}"))).unwrap();

    let write = |text: String| std::fs::write(shop.path("purchases.csv"), text).unwrap();
    let stops = |check: &str, what: &str| {
        let said = contains("error[E432]").and(contains("1 check stops it")).and(contains(format!("[{check}]")));
        score(&shop, NIGHT, "first", &[]).code(4).stderr(said.and(contains(what.to_owned())));
        assert!(!shop.path(&format!("first/{NIGHT}/list.csv")).exists(), "{check}");
    };
    let is_last = |day: &str| day == LAST_DAY;
    // Two nights do not say yet how late the feed is delivered.
    write(changed(&purchases, |day| ("2025-06-18"..=LAST_DAY).contains(&day), |_| false));
    let one = contains("warning[missing_rows]: `purchases`: 0 rows").and(contains("warning[").count(1));
    score(&shop, NIGHT, "first", &[]).success().stderr(one);
    std::fs::remove_dir_all(shop.path(&format!("first/{NIGHT}"))).unwrap();

    write(changed(&purchases, is_last, |cells| {
        cells[AMOUNT] = format!("{}", cells[AMOUNT].parse::<f64>().unwrap() * 100.0);
        true
    }));
    stops("unit_shift", "`purchases.amount`");
    // A person has looked, and publishes this list alone.
    score(&shop, NIGHT, "accepted", &["--accept", "unit_shift"]).success().stderr(contains("note[accepted]"));
    let record = monitor(&shop, "accepted", NIGHT);
    assert_eq!((&record["alarms"][0]["is_accepted"], &record["accepted"][0]), (&true.into(), &"unit_shift".into()));
    score(&shop, NIGHT, "first", &["--accept", "nonsense"]).code(2);
    write(changed(
        &purchases,
        |_| true,
        |cells| {
            cells[AMOUNT] = format!("{}", cells[AMOUNT].parse::<f64>().unwrap() * 100.0);
            true
        },
    ));
    stops("unit_shift", "the weeks from");
    write(purchases.clone() + purchases.split_once('\n').unwrap().1);
    stops("rewritten_past", "as if a file was delivered twice");

    write(changed(&purchases, is_last, |cells| {
        cells[CHANNEL].clear();
        true
    }));
    let one = contains("warning[new_nulls]: `purchases.channel`").and(contains("warning[").count(1));
    score(&shop, NIGHT, "first", &[]).success().stderr(one);
    assert_eq!(monitor(&shop, "first", NIGHT)["alarms"].as_array().unwrap().len(), 1);
    // On the night after, what was told is not told anew.
    score(&shop, "2025-06-21", "first", &[]).success().stderr(contains("warning[").not());
}

#[test]
fn what_came_of_a_past_list_is_looked_up_and_is_what_the_purchases_say() {
    let shop = shop();
    score(&shop, NIGHT, "first", &[]).success().stdout(contains("Came true: list of 2025-03-01"));
    let record = monitor(&shop, "first", NIGHT)["performance"].clone();
    let realised = &record["last_realised"]["realised"];
    assert_eq!(record["n_realised"], 2, "those of February and March: {record}");
    let mut bought: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in shop.read("purchases.csv").lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        if cells[10] == "false" {
            bought.entry(cells[0].to_owned()).or_default().insert(cells[2][..10].to_owned());
        }
    }
    let (mut n, mut churned) = (0, 0);
    for list in ["list", "winback"] {
        for line in shop.read(&format!("first/2025-03-01/{list}.csv")).lines().skip(1) {
            let customer = line.split(',').nth(1).unwrap();
            let days = bought[customer].range("2025-03-01".to_owned().."2025-04-30".to_owned());
            n += 1;
            churned += u64::from(days.count() == 0);
        }
    }
    assert_eq!(realised["n"], n);
    // An order that was returned as a whole is none.
    let found = realised["churned"].as_u64().unwrap();
    assert!(found >= churned && found <= churned + n / 50, "{found} and {churned} of {n}");
    assert!(shop.path(&format!("first/{NIGHT}/performance.parquet")).exists());
    let metrics = shop.read(&format!("first/{NIGHT}/retain.prom"));
    assert!(
        metrics.contains("\nretain_realised_auc{shop=\"simulated-shop\"} 0.") && metrics.ends_with('\n'),
        "{metrics}"
    );
    // The same night once more gives the same bytes.
    let list = shop.read(&format!("first/{NIGHT}/list.csv"));
    let night = shop.read(&format!("first/{NIGHT}/monitor.json"));
    score(&shop, NIGHT, "first", &[]).success();
    assert_eq!(shop.read(&format!("first/{NIGHT}/list.csv")), list);
    assert_eq!(shop.read(&format!("first/{NIGHT}/monitor.json")), night);
}

#[test]
fn a_damaged_night_is_told_and_costs_no_list() {
    let shop = shop();
    shop.edit("first/2025-03-01/monitor.json", |text| text.replace("\"format\": 1", "\"format\": 9"));
    score(&shop, NIGHT, "first", &[]).success().stderr(contains("warning[unreadable_night]"));
}
