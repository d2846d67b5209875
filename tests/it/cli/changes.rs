//! What changed since the last list: found, told with the fact, and the same whenever it is asked.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use predicates::prelude::*;
use predicates::str::contains;

use super::contacts::{Rows, rows, text};
use crate::shop::Shop;

const EARLIER: &str = "data/runs/simulated-shop/2025-05-25";
const NOW: &str = "data/runs/simulated-shop/2025-06-15";

fn shop() -> Shop {
    let shop = Shop::simulated(500);
    shop.edit_config(|text| text + "\n[panel]\nmax_cutoffs = 3\n[backtest]\nlast = 1\nbootstrap = 40\n");
    // Whether the model is promoted or a simple rule makes the list, there is one.
    shop.command("run").args(["--as-of", "2025-05-25"]).output().unwrap();
    shop
}

fn score(shop: &Shop, day: &str) -> String {
    text(&shop.command("score").args(["--as-of", day]).assert().success())
}

/// A list with, for each customer, which of the two it is on.
fn both(shop: &Shop, folder: &str) -> Rows {
    let mut all = rows(shop, &format!("{folder}/list.csv"));
    for row in all.values_mut() {
        row.insert("list".to_owned(), "list".to_owned());
    }
    for (id, mut row) in rows(shop, &format!("{folder}/winback.csv")) {
        row.insert("list".to_owned(), "winback".to_owned());
        all.insert(id, row);
    }
    all
}

/// Customers, each with the list.
type Asked<'a> = BTreeSet<(&'a String, &'a String)>;

fn treated(rows: &Rows) -> Asked<'_> {
    rows.iter().filter(|(_, row)| row["group"] == "treat").map(|(id, row)| (id, &row["list"])).collect()
}

/// Instants of a column by customer, of a file.
fn times(shop: &Shop, file: &str, column: &str) -> BTreeMap<String, Vec<Date>> {
    let text = shop.read(file);
    let head: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let place = |name: &str| head.iter().position(|own| *own == name).unwrap();
    let (id, at) = (place("customer_id"), place(column));
    let mut found: BTreeMap<String, Vec<Date>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        found.entry(cells[id].to_owned()).or_default().push(cells[at][..10].parse().unwrap());
    }
    found
}

/// The day in a sentence such as `bought on 3 May 2025`.
fn day_in(sentence: &str, before: &str) -> Option<Date> {
    let rest = sentence.split(before).nth(1)?;
    let words: Vec<&str> = rest.split(' ').take(3).collect();
    Date::strptime("%d %B %Y", words.join(" ")).ok()
}

#[test]
fn entrants_leavers_and_moves_are_told_with_the_fact_and_the_same_each_time() {
    let shop = shop();
    let first_list = shop.read(&format!("{EARLIER}/list.csv"));
    assert!(!shop.path(&format!("{EARLIER}/changes.csv")).exists(), "there is nothing to compare with");
    let said = score(&shop, "2025-06-15");
    assert!(said.contains("Changes since the list of 2025-05-25:"), "{said}");
    let (before, now) = (both(&shop, EARLIER), both(&shop, NOW));
    let changes = rows(&shop, &format!("{NOW}/changes.csv"));
    let (asked, asks) = (treated(&before), treated(&now));
    let (since, until): (Date, Date) = ("2025-05-25".parse().unwrap(), "2025-06-15".parse().unwrap());
    let (orders, complaints) =
        (times(&shop, "purchases.csv", "purchased_at"), times(&shop, "complaints.csv", "opened_at"));
    let mut n: BTreeMap<&str, usize> = BTreeMap::new();
    for (id, row) in &now {
        let Some(old) = before.get(id) else {
            assert_eq!((row["change_since_last"].as_str(), row["rank_before"].as_str()), ("new", ""), "{id}");
            continue;
        };
        assert_eq!(row["rank_before"], old["rank"], "{id}");
        assert_eq!(row["churn_probability_before"], old["churn_probability"], "{id}");
        let key = |row: &BTreeMap<String, String>| (id, row["list"].clone());
        let (is_asked, was_asked) = (asks.contains(&(id, &key(row).1)), asked.contains(&(id, &key(old).1)));
        let by = row["churn_probability"].parse::<f64>().unwrap() - old["churn_probability"].parse::<f64>().unwrap();
        let expected = match (old["list"].as_str(), row["list"].as_str()) {
            ("list", "winback") => "to_winback",
            ("winback", "list") => "from_winback",
            _ if is_asked && !was_asked => "to_contact",
            _ if was_asked && !is_asked => "no_longer",
            _ if by > 0.1001 => "riskier",
            _ if by < -0.1001 => "safer",
            _ if by.abs() > 0.0999 => continue,
            _ => "",
        };
        assert_eq!(row["change_since_last"], expected, "{id}: {row:?}");
        assert_eq!(changes.contains_key(id), !expected.is_empty(), "{id}");
        *n.entry(expected).or_default() += 1;
        let why = row["change_why"].as_str();
        assert_eq!(why.is_empty(), expected.is_empty(), "{id}");
        if let Some(day) = day_in(why, "bought on ") {
            assert!(since <= day && day < until && orders[id].contains(&day), "{id}: {why}");
        }
        if let Some(day) = day_in(why, "a complaint was opened on ") {
            assert!(day < until && complaints[id].contains(&day), "{id}: {why}");
        }
    }
    assert!(n.get("to_contact").is_some_and(|n| *n > 0) && n.get("no_longer").is_some_and(|n| *n > 0), "{n:?}");
    for id in before.keys().filter(|id| !now.contains_key(*id)) {
        assert_eq!(changes[id]["change_since_last"], "gone");
        assert!(changes[id]["change_why"].starts_with("aged out: the last order of "), "{:?}", changes[id]);
    }
    let manifest: serde_json::Value = serde_json::from_str(&shop.read(&format!("{NOW}/manifest.json"))).unwrap();
    let counts = &manifest["changes"]["counts"];
    assert_eq!(manifest["changes"]["since"], "2025-05-25");
    the_counts_are_of_customers(counts, (&asked, &asks), &said);
    moves_are_dated_by_lists_alone(&shop, &before, &now);
    the_same_bytes_again(&shop, &first_list);
    a_damaged_list_is_passed_by(&shop);
}

/// Since when a customer stands in a stage is told from the first list that saw the move on, and nothing is told of who was so
/// when first seen.
fn moves_are_dated_by_lists_alone(shop: &Shop, before: &Rows, now: &Rows) {
    const LATER: &str = "data/runs/simulated-shop/2025-06-22";
    let columns =
        [("life_cycle_stage", "stage_since", "stage_before"), ("rfm_segment", "segment_since", "segment_before")];
    score(shop, "2025-06-22");
    let later = both(shop, LATER);
    for (group, since, was) in columns {
        let told = |row: &BTreeMap<String, String>| (row[since].clone(), row[was].clone());
        let (mut n_moved, mut n_carried) = (0, 0);
        for (id, row) in now {
            let moved = before.get(id).filter(|old| old[group] != row[group]);
            let expected = moved.map_or_else(Default::default, |old| ("2025-06-15".to_owned(), old[group].clone()));
            assert_eq!(told(row), expected, "{id}: {row:?}");
            let Some(newest) = later.get(id) else { continue };
            let carried = newest[group] == row[group];
            let expected = if carried { expected } else { ("2025-06-22".to_owned(), row[group].clone()) };
            assert_eq!(told(newest), expected, "{id}: {newest:?}");
            n_moved += usize::from(moved.is_some());
            n_carried += usize::from(moved.is_some() && carried);
        }
        assert!(n_moved > 5 && n_carried > 5, "{group}: {n_moved}, {n_carried}");
    }
    let page = shop.read(&format!("{LATER}/report.html"));
    assert_eq!(super::page::data(&page)["since"], 7);
    std::fs::remove_dir_all(shop.path(LATER)).unwrap();
}

/// Who moved from one list to the other and is still asked has not left.
fn the_counts_are_of_customers(counts: &serde_json::Value, (asked, asks): (&Asked<'_>, &Asked<'_>), said: &str) {
    let because = counts["no_longer_because"].as_object().unwrap();
    let left: u64 = because.values().map(|n| n.as_u64().unwrap()).sum();
    let ids = |asked: &Asked<'_>| asked.iter().map(|(id, _)| (*id).clone()).collect::<BTreeSet<_>>();
    let (asked, asks) = (ids(asked), ids(asks));
    assert_eq!(usize::try_from(left).unwrap(), asked.difference(&asks).count(), "everyone who left has a cause");
    let anew = asks.difference(&asked).count();
    assert_eq!(counts["asked_anew"].as_u64(), Some(u64::try_from(anew).unwrap()), "those who are asked anew");
    assert!(said.contains(&format!("{anew} customers to contact who were not then")), "{said}");
    assert!(because["bought"].as_u64().unwrap() > 0 && said.contains(" bought"), "{because:?}");
}

/// The same day again, and the first day with a later list beside it, give the same bytes.
fn the_same_bytes_again(shop: &Shop, first_list: &str) {
    let bytes = |folder: &str, file: &str| std::fs::read(shop.path(&format!("{folder}/{file}"))).unwrap();
    let files = ["list.csv", "winback.csv", "changes.csv", "list.xlsx", "manifest.json"];
    let first: Vec<Vec<u8>> = files.iter().map(|file| bytes(NOW, file)).collect();
    score(shop, "2025-06-15");
    assert!(files.iter().zip(&first).all(|(file, first)| bytes(NOW, file) == *first));
    score(shop, "2025-05-25");
    assert!(shop.read(&format!("{EARLIER}/list.csv")) == first_list);
}

/// A list that was damaged is passed by, with a line.
fn a_damaged_list_is_passed_by(shop: &Shop) {
    let path = shop.path(&format!("{EARLIER}/list.parquet"));
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 9]).unwrap();
    let passed_by = contains("warning[earlier_list]").and(contains("list.parquet is missing or was changed"));
    let none = contains("no earlier list");
    shop.command("score").args(["--as-of", "2025-06-15"]).assert().success().stderr(passed_by).stdout(none);
    assert!(!shop.path(&format!("{NOW}/changes.csv")).exists(), "what was told of the damaged one is gone");
    assert!(rows(shop, &format!("{NOW}/list.csv")).values().all(|row| row["change_since_last"].is_empty()));
    std::fs::write(shop.path(&format!("{EARLIER}/manifest.json")), "{").unwrap();
    shop.command("score").args(["--as-of", "2025-06-15"]).assert().success().stderr(contains("is no JSON"));
}

#[test]
fn a_shop_can_be_simulated_with_contacts_and_their_truth() {
    let shop = Shop::simulated(300);
    let plain = shop.read("truth.csv");
    assert!(!shop.path("contacts.csv").exists() && !plain.contains("contact_effect"));
    let simulate = |more: &[&str]| {
        let mut command = crate::shop::retain();
        command.args(["simulate", "--customers", "300", "--force", "--out"]).arg(shop.path("")).args(more);
        command.assert().success();
    };
    simulate(&["--contacts"]);
    let truth = shop.read("truth.csv");
    let head = truth.lines().next().unwrap();
    assert!(
        head.ends_with("contact_effect,hazard_factor_personal_call,hazard_factor_personal_message,hazard_factor_offer")
    );
    assert!(shop.read("contacts.csv").starts_with("customer_id,contacted_at,action,campaign_id,arm,cost\n"));
    let counted = contains("contacts: ").and(contains("unknown_arm").not()).and(contains("without_purchase: ").not());
    shop.command("check").assert().success().stderr(counted);
    std::fs::remove_file(shop.path("contacts.csv")).unwrap();
    simulate(&[]);
    assert_eq!(shop.read("truth.csv"), plain, "without the option the shop stays as it is");
}
