//! Contacts: what the team did yesterday keeps customers in peace today, and reaches no feature.

use std::collections::BTreeMap;

use polars::prelude::{ParquetReader, SerReader};
use predicates::prelude::*;
use predicates::str::contains;

use crate::shop::Shop;

const MAPPING: &str = "\n[contacts]\npath = \"contacts.csv\"\n\n[contacts.columns]\ncustomer_id = \"who\"\n\
                       contacted_at = \"on_day\"\naction = \"what\"\narm = \"arm\"\ncost = \"cost\"\nrecorded_at = \"seen\"\n";
const HEAD: &str = "who,on_day,what,arm,cost,seen\n";

/// A small shop that scores with a model of few trees of thought: what is looked at is the plan.
fn shop() -> Shop {
    let shop = Shop::simulated(300);
    shop.edit_config(|text| text + "\n[panel]\nmax_cutoffs = 3\n[backtest]\nlast = 1\nbootstrap = 40\n");
    shop.command("run").args(["--out", "out"]).assert().success();
    shop
}

/// The rows of a list by customer: name of column to text.
pub(super) type Rows = BTreeMap<String, BTreeMap<String, String>>;

pub(super) fn rows(shop: &Shop, file: &str) -> Rows {
    let text = shop.read(file);
    let mut reader = csv_rows(&text).into_iter();
    let head = reader.next().unwrap();
    reader
        .map(|cells| {
            let row: BTreeMap<String, String> = head.iter().cloned().zip(cells).collect();
            (row["customer_id"].clone(), row)
        })
        .collect()
}

/// The cells of each line of a CSV file with quotes and no line ends in cells.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        let mut cells = vec![String::new()];
        let mut is_quoted = false;
        for letter in line.chars() {
            match letter {
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => cells.push(String::new()),
                other => cells.last_mut().unwrap().push(other),
            }
        }
        cells
    };
    text.lines().map(cells).collect()
}

/// Both lists, which are of 2025-07-02.
fn lists(shop: &Shop) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut all = rows(shop, "out/list.csv");
    all.extend(rows(shop, "out/winback.csv"));
    all
}

fn score(shop: &Shop) -> String {
    text(&shop.command("score").args(["--out", "out"]).assert().success())
}

/// What a command says, on one line.
pub(super) fn text(assert: &assert_cmd::assert::Assert) -> String {
    let output = assert.get_output();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let all = text(&output.stdout) + &text(&output.stderr);
    all.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn who_was_contacted_lately_is_left_in_peace_with_the_day_and_the_way_on() {
    let shop = shop();
    let config = shop.read("retain.toml");
    let said = score(&shop);
    assert!(said.contains("Contacts not recorded: tomorrow's list asks for the same customers again"), "{said}");
    let before = lists(&shop);
    let asked =
        |row: &BTreeMap<String, String>| row["group"] == "treat" && row["recommended_action"] != "resolve_complaint";
    let treated: Vec<&String> = before.iter().filter(|(_, row)| asked(row)).map(|(id, _)| id).collect();
    let resolved =
        before.iter().find(|(_, row)| row["group"] == "treat" && row["recommended_action"] == "resolve_complaint");
    let control = before.iter().find(|(_, row)| row["group"] == "control").unwrap().0;
    assert!(treated.len() > 12, "{}", treated.len());
    let [lately, any, long_ago, later, recorded_later, left_alone] = [0, 1, 2, 3, 4, 5].map(|place| treated[place]);
    let mut text = format!(
        "{HEAD}{lately},2025-06-27,offer,treated,0.5,\n{any},2025-07-01,,,0.2,\n{long_ago},2025-06-10,,treated,0.5,\n\
         {later},2025-07-02,offer,treated,0.5,\n{recorded_later},2025-06-27,offer,treated,0.5,2025-07-02\n\
         {left_alone},2025-07-01,offer,control,0,\n{control},2025-07-01,offer,control,0,\n"
    );
    if let Some((id, _)) = resolved {
        text.push_str(&format!("{id},2025-06-30,personal_message,treated,0.5,\n"));
    }
    std::fs::write(shop.path("contacts.csv"), &text).unwrap();
    shop.edit_config(|_| config.clone() + MAPPING);
    let said = score(&shop);
    assert!(said.contains("Contacts 2 customers left in peace because they were contacted lately; 14 days"), "{said}");
    let after = lists(&shop);
    let why = |id: &str| (after[id]["suppressed_code"].as_str(), after[id]["suppressed_because"].as_str());
    assert_eq!(why(lately), ("cool_down", "Contacted 5 days ago with `offer`; again from 11 July 2025."));
    assert_eq!(why(any), ("cool_down", "Contacted yesterday; again from 15 July 2025."));
    for id in [long_ago, later, recorded_later, left_alone] {
        assert_eq!(after[id]["group"], "treat", "{id}");
    }
    assert_eq!(after[control]["group"], "control", "who was left alone stays alone");
    if let Some((id, _)) = resolved {
        assert_eq!(after[id]["recommended_action"], "resolve_complaint", "a complaint does not wait");
    }
    // The config and the playbook say for how long.
    shop.edit_config(|_| config.clone() + MAPPING + "\n[decide]\ncool_down_days = 5\n");
    score(&shop);
    assert_eq!(lists(&shop)[lately]["group"], "treat", "another action than the last may be done after the fifth day");
    assert_eq!(lists(&shop)[any]["suppressed_code"], "cool_down");
    // An action of another name is told, and an arm that says nothing is taken as a contact.
    std::fs::write(shop.path("contacts.csv"), format!("{HEAD}{lately},2025-06-30,leaflet,B,0.5,\n")).unwrap();
    let said = score(&shop);
    assert!(said.contains(
        "note[unknown_actions]: `contacts.action` has 1 word that the playbook does not have, such as `leaflet`"
    ));
    assert!(said.contains(
        "warning[unknown_arm]: 1 contact of 1 has an `arm` that says neither treated nor control; taken as contacted"
    ));
    assert_eq!(lists(&shop)[lately]["suppressed_code"], "cool_down");
}

#[test]
fn contacts_change_no_feature_and_no_probability() {
    let shop = shop();
    let features = |out: &str| {
        shop.command("features").args(["--as-of", "2025-05-01", "--out", out]).assert().success();
        std::fs::read(shop.path(&format!("{out}/features.parquet"))).unwrap()
    };
    let (before, list_before) = (features("without"), lists(&shop));
    let mut text = HEAD.to_owned();
    for (place, id) in list_before.keys().enumerate() {
        text.push_str(&format!("{id},2025-0{}-11,offer,treated,0.5,\n", 1 + place % 6));
    }
    // A customer who is nowhere else must not move the others.
    text.push_str("A-nobody,2025-04-01,offer,treated,0.5,\n");
    std::fs::write(shop.path("contacts.csv"), &text).unwrap();
    shop.edit_config(|config| config + MAPPING);
    assert!(features("with") == before, "features are the same bytes with and without contacts");
    let counted = contains(format!("contacts: {} rows", list_before.len() + 1));
    shop.command("features")
        .args(["--as-of", "2025-05-01", "--memory", "1MiB", "--out", "parts"])
        .assert()
        .success()
        .stderr(counted.and(contains("[contacts_without_purchase]: 1 of")));
    let rows = |out: &str| {
        let file = std::fs::File::open(shop.path(&format!("{out}/features.parquet"))).unwrap();
        ParquetReader::new(file).finish().unwrap()
    };
    assert!(rows("parts").equals_missing(&rows("without")), "in parts too");
    score(&shop);
    for (id, row) in lists(&shop) {
        for column in ["churn_probability", "value_at_stake", "reason_1", "open_complaints"] {
            assert_eq!(row[column], list_before[&id][column], "{id} {column}");
        }
    }
}

/// Rows of customers who were made an offer.
fn offers(customers: impl Iterator<Item = String>) -> String {
    customers.map(|customer| customer + ",2025-06-01,offer,treated,0.5,\n").collect()
}

#[test]
fn contacts_that_cannot_be_used_are_named() {
    let shop = Shop::simulated(300);
    let config = shop.read("retain.toml");
    let check = |rows: &str, code: i32, said: &str| {
        std::fs::write(shop.path("contacts.csv"), format!("{HEAD}{rows}")).unwrap();
        shop.edit_config(|_| config.clone() + MAPPING);
        shop.command("check").assert().code(code).stderr(contains(said));
    };
    let sound = offers((1..41).map(|n| format!("C{n:07}")));
    check(&format!("{sound},2025-06-01,offer,treated,0.5,\n"), 0, "missing customer_id 1");
    check(
        &format!("{sound}C0000001,2025-09-01,offer,treated,0.5,\n"),
        0,
        "1 contact has a `contacted_at` later than now",
    );
    let strangers = offers((0..40).map(|n| format!("X-{n}")));
    check(&strangers, 3, "error[ids_do_not_meet]");
    let small = offers((1..41).map(|n| format!("c{n:07}")));
    check(&small, 3, "error[ids_written_otherwise]");
    shop.edit_config(|_| config.clone() + &MAPPING.replace("on_day", "on_dya"));
    shop.command("check").assert().code(2).stderr(contains("`contacts.columns.contacted_at`").and(contains("on_day")));
    shop.edit_config(|_| config.clone() + &MAPPING.replace("contacted_at =", "contactd_at ="));
    shop.command("check").assert().code(2).stderr(contains("contacts.columns.contacted_at"));
    // No feature may be made of them.
    let own = "\n[[features.custom]]\nname = \"own\"\ntable = \"contacts\"\naggregate = \"count\"\n";
    shop.edit_config(|_| config.clone() + MAPPING + own);
    shop.command("check")
        .assert()
        .code(2)
        .stderr(contains("`features.custom.own.table`").and(contains("contacts are a treatment, never a feature")));
}

#[test]
fn who_looks_after_customers_gets_so_many_and_the_list_stops_where_little_is_won() {
    let shop = shop();
    let config = shop.read("retain.toml");
    let plain = lists(&shop);
    let gain = |row: &BTreeMap<String, String>| row["expected_net_gain"].parse::<f64>().ok();
    let treated = plain.values().filter(|row| row["group"] == "treat");
    let least = treated.filter_map(gain).fold(f64::INFINITY, f64::min);
    assert!(least >= 0.995, "the default stops at 1.00: {least}");
    shop.edit_config(|_| config.clone() + "\n[decide]\nmin_gain = 0\n");
    score(&shop);
    let n = |lists: &BTreeMap<String, BTreeMap<String, String>>| {
        lists.values().filter(|row| row["group"] == "treat").count()
    };
    let n_all = n(&lists(&shop));
    assert!(n_all > n(&plain), "{n_all} {}", n(&plain));
    let text = shop.read("customers.csv");
    let with_owner = |(place, line): (usize, &str)| match place {
        0 => format!("{line},manager\n"),
        _ => format!("{line},{}\n", if place % 2 == 0 { "Ann" } else { "Bob" }),
    };
    std::fs::write(shop.path("customers.csv"), text.lines().enumerate().map(with_owner).collect::<String>()).unwrap();
    let owned = "\n[output]\ncarry = [\"manager\"]\n[decide]\nowner = \"manager\"\nper_owner = 3\n";
    shop.edit_config(|_| config.clone() + owned);
    let said = score(&shop);
    assert!(said.contains("left out because who looks after them has enough others"), "{said}");
    let owned_rows = lists(&shop);
    for owner in ["Ann", "Bob"] {
        let of = |row: &&BTreeMap<String, String>, group: &str| row["manager"] == owner && row["group"] == group;
        let own: Vec<f64> = owned_rows.values().filter(|row| of(row, "treat")).filter_map(gain).collect();
        assert_eq!(own.len(), 3, "{owner}");
        let full = owned_rows.values().filter(|row| row["manager"] == owner && row["suppressed_code"] == "owner_full");
        let full: Vec<&String> = full.map(|row| &row["customer_id"]).collect();
        assert!(!full.is_empty());
        let least = own.iter().copied().fold(f64::INFINITY, f64::min);
        let more =
            full.iter().filter(|id| plain[**id]["group"] == "treat" && gain(&plain[**id]).unwrap() > least + 0.01);
        assert_eq!(more.count(), 0, "those who bring most are kept");
    }
    shop.edit_config(|_| config.clone() + &owned.replace("owner = \"manager\"", "owner = \"manger\""));
    let named = contains("`decide.owner` cannot be used").and(contains("the nearest of those there is `manager`"));
    shop.command("check").assert().code(2).stderr(named);
}
