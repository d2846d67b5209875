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
    let two_days = "warning[missing_rows]: `purchases`: 0 rows on the 2 days from 2025-06-18 to 2025-06-19, and about";
    let one = contains(two_days).and(contains("warning[").count(1));
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

/// Where lists are written that tell what changed since the one before.
const RUNS: &str = "data/runs/simulated-shop";

/// Scores the day after the list of March, which is to stop for one thing.
fn stops_in_march(shop: &Shop, check: &str, what: &str) {
    let said = contains("error[E432]").and(contains("1 check stops it")).and(contains(format!("[{check}]")));
    score(shop, "2025-03-02", RUNS, &[]).code(4).stderr(said.and(contains(what.to_owned())));
    assert!(!shop.path(&format!("{RUNS}/2025-03-02/list.csv")).exists(), "{check}");
}

/// The purchases with other ids of customers.
fn with_ids(purchases: &str, other: impl Fn(&str) -> String) -> String {
    let (header, rows) = purchases.split_once('\n').unwrap();
    let row = |line: &str| line.split_once(',').map(|(id, rest)| format!("{},{rest}\n", other(id))).unwrap();
    format!("{header}\n{}", rows.lines().map(row).collect::<String>())
}

#[test]
fn ids_that_are_written_otherwise_or_given_to_others_stop_the_list() {
    let shop = shop();
    score(&shop, "2025-03-01", RUNS, &[]).success();
    let write = |file: &str, text: &str| std::fs::write(shop.path(file), text).unwrap();
    let [purchases, complaints, customers] =
        ["purchases.csv", "complaints.csv", "customers.csv"].map(|file| shop.read(file));
    // A move to another system gives everyone another id.
    let moved = |text: &str| text.replace("C000", "NEW-000");
    for (file, text) in [("purchases.csv", &purchases), ("complaints.csv", &complaints), ("customers.csv", &customers)]
    {
        write(file, &moved(text));
    }
    stops_in_march(
        &shop,
        "unknown_customers",
        "customers of the list of 2025-03-01 have no purchase any more (100.0 %)",
    );
    for (file, text) in [("purchases.csv", &purchases), ("complaints.csv", &complaints), ("customers.csv", &customers)]
    {
        write(file, text);
    }

    // Ids that were given to other customers: each has the purchases of the next.
    let ids: BTreeSet<&str> = purchases.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    let next: BTreeMap<&str, &str> = ids.iter().copied().zip(ids.iter().copied().cycle().skip(1)).collect();
    write("purchases.csv", &with_ids(&purchases, |id| next[id].to_owned()));
    stops_in_march(&shop, "changed_histories", "bought last on an earlier day than that list says");
    // Those who had opted out buy under other ids.
    let out: BTreeSet<&str> =
        customers.lines().filter(|line| line.ends_with(",true")).filter_map(|line| line.split(',').next()).collect();
    let other = |id: &str| if out.contains(id) { format!("NEW-{id}") } else { id.to_owned() };
    write("purchases.csv", &with_ids(&purchases, other));
    stops_in_march(&shop, "lost_opt_outs", "are no longer opted out (100.0 %)");
}

#[test]
fn opt_outs_tables_and_rows_that_are_lost_stop_the_list() {
    let shop = shop();
    score(&shop, "2025-03-01", RUNS, &[]).success();
    let write = |file: &str, text: &str| std::fs::write(shop.path(file), text).unwrap();
    let [purchases, complaints, customers] =
        ["purchases.csv", "complaints.csv", "customers.csv"].map(|file| shop.read(file));
    let header = |text: &str| text.lines().next().unwrap().to_owned() + "\n";
    assert!(header(&customers).trim_end().ends_with(",opted_out"));

    let lines: Vec<&str> = customers.lines().collect();
    write("customers.csv", &(lines[..lines.len() / 2].join("\n") + "\n"));
    stops_in_march(&shop, "lost_opt_outs", "who had opted out on the list of 2025-03-01");
    write("complaints.csv", &header(&complaints));
    write("customers.csv", &customers);
    stops_in_march(&shop, "empty_table", "`complaints`: no usable row tonight, and ");
    write("complaints.csv", &complaints);

    let row = std::cell::Cell::new(0);
    write(
        "purchases.csv",
        &changed(
            &purchases,
            |day| ("2025-01-30"..="2025-02-20").contains(&day),
            |_| {
                row.set(row.get() + 1);
                row.get() % 2 == 0
            },
        ),
    );
    stops_in_march(&shop, "rewritten_past", "to 2025-02-20 had ");
    write("purchases.csv", &purchases);

    // An old file is gone, or one was cut.
    let half: Vec<&str> = purchases.lines().collect();
    let recent = |line: &&&str| line.split(',').nth(2).is_none_or(|time| !("2022".."2024").contains(&&time[..4]));
    let n_old = half.len() - half.iter().filter(recent).count();
    assert!(n_old * 3 > half.len(), "{n_old}");
    write("purchases.csv", &(half.iter().filter(recent).copied().collect::<Vec<_>>().join("\n") + "\n"));
    stops_in_march(&shop, "shrunk_table", "`purchases`: ");
    write("purchases.csv", &purchases);
    let lines: Vec<&str> = complaints.lines().collect();
    write("complaints.csv", &(lines[..lines.len() / 2].join("\n") + "\n"));
    stops_in_march(&shop, "shrunk_table", "`complaints`: ");
    write("complaints.csv", &complaints);

    let lost = customers.replace(",true\n", ",false\n");
    assert_ne!(lost, customers);
    write("customers.csv", &lost);
    stops_in_march(&shop, "lost_opt_outs", "are no longer opted out (100.0 %)");
    // They did take it back: the list is published, and says of whom it asks anew.
    score(&shop, "2025-03-02", RUNS, &["--accept", "lost_opt_outs"]).success().stderr(contains("note[accepted]"));
    let before = super::contacts::rows(&shop, &format!("{RUNS}/2025-03-01/list.csv"));
    let now = super::contacts::rows(&shop, &format!("{RUNS}/2025-03-02/list.csv"));
    let asked = now.iter().filter(|(id, row)| {
        row["group"] == "treat" && before.get(*id).is_some_and(|before| before["suppressed_code"] == "opted_out")
    });
    let whys: BTreeSet<&str> = asked.map(|(_, row)| row["change_why"].as_str()).collect();
    assert_eq!(whys, BTreeSet::from(["no longer opted out"]));
}

#[test]
fn a_feed_that_dies_is_told_and_a_night_of_odd_values_does_not_stop_the_next() {
    let shop = shop();
    let complaints = shop.read("complaints.csv");
    let head: Vec<&str> = complaints.lines().next().unwrap().split(',').collect();
    let place = |name: &str| head.iter().position(|own| *own == name).unwrap();
    let (opened, resolved) = (place("opened_at"), place("resolved_at"));
    let rewrite = |change: &dyn Fn(&mut Vec<&str>) -> bool| {
        let lines = complaints.lines().skip(1).filter_map(|line| {
            let mut cells: Vec<&str> = line.split(',').collect();
            change(&mut cells).then(|| cells.join(","))
        });
        let all: Vec<String> = std::iter::once(head.join(",")).chain(lines).collect();
        std::fs::write(shop.path("complaints.csv"), all.join("\n") + "\n").unwrap();
    };
    // Two nights do not say how late the feed is delivered.
    rewrite(&|cells| cells[opened] < "2025-04-20");
    let silent = contains("warning[silent_feed]: `complaints`").and(contains("while purchases went on"));
    score(&shop, NIGHT, "first", &[]).success().stderr(silent.and(contains("warning[missing_rows]").not()));
    std::fs::remove_dir_all(shop.path(&format!("first/{NIGHT}"))).unwrap();

    rewrite(&|cells| {
        if cells[resolved].is_empty() {
            cells[resolved] = "2025-03-01T12:00:00Z";
        }
        true
    });
    let odd = contains("warning[fewer_nulls]: `complaints.resolved_at`: 100.0 %");
    score(&shop, "2025-03-02", "first", &[]).success().stderr(odd);
    std::fs::write(shop.path("complaints.csv"), &complaints).unwrap();
    score(&shop, "2025-03-03", "first", &[]).success().stderr(contains("_nulls]").not());
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
    // A night that is made up for lies before the training: that there were fewer rows is no fault.
    let said = contains("warning[later_model]").and(contains("warning[").count(1));
    score(&shop, "2024-06-01", "before", &[]).success().stderr(said);
}
