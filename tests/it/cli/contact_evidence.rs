//! What the shop's own contacts say: actions that drive customers away are left undone, rates are measured, and nothing is
//! concluded from what was not known or not drawn by chance.

use retain::files::Staged;
use retain::output::{Format, stage_table};
use retain::simulate::{ContactAction, ContactParams, ShopParams, simulate};

use super::contacts::{Rows, rows, text};
use crate::shop::Shop;

/// A shop in which every contact wakes the customer, with a model.
fn shop() -> Shop {
    let action = |name: &str| ContactAction { name: name.to_owned(), weight: 1.0, cost: 0.5, helped_factor: 0.5 };
    let contacts = ContactParams {
        actions: ["personal_message", "offer"].map(action).to_vec(),
        control_share: 0.5,
        helped_share: 0.0,
        woken_share: 1.0,
        woken_excess: 40.0,
        ..ContactParams::default()
    };
    let params = ShopParams { n_customers: 700, contacts: Some(contacts), ..ShopParams::default() };
    let simulated = simulate(&params).unwrap();
    let shop = Shop::of("", &simulated.config("csv"));
    let staged = Staged::among_others(&shop.path("")).unwrap();
    for table in simulated.tables() {
        stage_table(table, Format::Csv, &staged).unwrap();
    }
    staged.commit().unwrap();
    shop.edit_config(|text| text + "\n[panel]\nmax_cutoffs = 3\n[backtest]\nlast = 1\nbootstrap = 40\n");
    shop.command("run").args(["--out", "out"]).assert().success();
    shop
}

fn score(shop: &Shop) -> String {
    text(&shop.command("score").args(["--out", "out"]).assert().success())
}

fn lists(shop: &Shop) -> Rows {
    let mut all = rows(shop, "out/list.csv");
    all.extend(rows(shop, "out/winback.csv"));
    all
}

fn evidence(shop: &Shop) -> serde_json::Value {
    let report: serde_json::Value = serde_json::from_str(&shop.read("out/report.json")).unwrap();
    report["contact_evidence"].clone()
}

/// The table of contacts with another word for each arm.
fn with_arms(table: &str, arm: impl Fn(usize, &str) -> &'static str) -> String {
    let head = table.lines().next().unwrap();
    let row = |(place, line): (usize, &str)| {
        let mut cells: Vec<&str> = line.split(',').collect();
        cells[4] = arm(place, cells[4]);
        cells.join(",") + "\n"
    };
    format!("{head}\n") + &table.lines().skip(1).enumerate().map(row).collect::<String>()
}

#[test]
fn actions_are_judged_by_the_own_control_group_and_by_nothing_else() {
    let shop = shop();
    let contacts = shop.read("contacts.csv");
    let write = |text: &str| std::fs::write(shop.path("contacts.csv"), text).unwrap();

    // Contacts wake everybody: they are left in peace, with the figures.
    let said = score(&shop);
    assert!(said.contains("offer: ") && said.contains("contacts drive them away"), "{said}");
    assert!(said.contains("left in peace for it"), "{said}");
    let woken = lists(&shop);
    let dogs = woken.values().filter(|row| row["suppressed_code"] == "sleeping_dog");
    let why: Vec<&String> = dogs.map(|row| &row["suppressed_because"]).collect();
    assert!(!why.is_empty() && why.iter().all(|why| why.starts_with("Leave in peace: after `")), "{why:?}");
    let done = |rows: &Rows, action: &str| rows.values().filter(|row| row["recommended_action"] == action).count();
    assert_eq!(["offer", "personal_message"].map(|action| done(&woken, action)), [0, 0]);
    let of_all = &evidence(&shop)["actions"][0]["comparisons"][0];
    assert_eq!((of_all["group"].as_str(), of_all["finding"].as_str()), (Some("all"), Some("lowers")));
    assert!(of_all["difference"]["interval"][1].as_f64().unwrap() < 0.0, "{of_all}");
    let page = shop.read("out/report.html");
    assert!(page.contains("What your own contacts say of each action") && page.contains("contacts drive them away"));

    // What was done on the day itself changes nothing.
    let before = shop.read("out/list.csv");
    let late: Vec<String> = woken.keys().map(|id| format!("{id},2025-07-02,offer,retention,control,0\n")).collect();
    write(&(contacts.clone() + &late.concat()));
    score(&shop);
    assert!(shop.read("out/list.csv") == before, "contacts of the day say nothing");

    // Without a control group there is no evidence, and arms that chance explains are none.
    write(&with_arms(&contacts, |_, _| "treated"));
    let said = score(&shop);
    assert!(said.contains("Measured nothing yet: an action can be judged once 100 customers"), "{said}");
    let none = lists(&shop);
    assert!(done(&none, "personal_message") > 0 && none.values().all(|row| row["suppressed_code"] != "sleeping_dog"));
    write(&with_arms(&contacts, |place, _| if place % 2 == 0 { "control" } else { "treated" }));
    let said = score(&shop);
    assert!(said.contains("chance can explain the difference"), "{said}");
    assert!(lists(&shop).values().all(|row| row["suppressed_code"] != "sleeping_dog"));

    // Arms the other way round: contacts help, and the measured rate is used where the config wants it.
    write(&with_arms(&contacts, |_, arm| if arm == "control" { "treated" } else { "control" }));
    let said = score(&shop);
    assert!(said.contains("contacts help") && said.contains("the playbook says that it keeps"), "{said}");
    let plain = lists(&shop);
    shop.edit_config(|config| config + "\n[decide]\nmeasured_rates = true\n");
    let said = score(&shop);
    assert!(said.contains("; the list takes "), "{said}");
    let measured = lists(&shop);
    let why = |rows: &Rows| rows.values().filter(|row| row["action_why"].contains("as measured in your shop")).count();
    assert_eq!(why(&plain), 0);
    assert!(why(&measured) > 0);
    let together = evidence(&shop)["actions"][0]["save_rate"].clone();
    let of = |key: &str| together[key].as_f64().unwrap();
    let value = together["measured"]["value"].as_f64().unwrap();
    assert!(of("playbook") < of("together") && of("together") < value, "{together}");
}
