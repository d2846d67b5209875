//! `retain inspect`: what it says of the sample, of unknown files, and of what it cannot use.

use predicates::prelude::*;

use crate::shop::{Shop, retain};

/// The page with its line breaks taken out.
fn unwrapped(page: &str) -> String {
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The binary in a shop's folder with `inspect` and more.
fn inspect(shop: &Shop, arguments: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = retain();
    command.current_dir(shop.path("")).arg("inspect").args(arguments);
    command.assert()
}

fn said(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

#[test]
fn the_sample_is_described_in_80_columns_and_nothing_is_written() {
    let shop = Shop::sample();
    let before = std::fs::read_dir(shop.path("")).unwrap().count();
    let page = said(&inspect(&shop, &["--config", "retain.toml"]).success().stderr(""));
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    insta::assert_snapshot!("inspect", page);
    assert_eq!(std::fs::read_dir(shop.path("")).unwrap().count(), before);
    let again = said(&inspect(&shop, &["--config", "retain.toml", "--threads", "1"]).success());
    assert_eq!(page, again, "the same with one thread");
}

#[test]
fn unknown_files_are_described_mapped_and_drafted_with_a_horizon() {
    let shop = Shop::simulated(1_500);
    std::fs::remove_file(shop.path("retain.toml")).unwrap();
    let files = ["--purchases", "purchases.csv", "--complaints", "complaints.csv", "--customers", "customers.csv"];
    let page = said(&inspect(&shop, &files).success());
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    assert!(
        !page.contains("path = ") && !page.contains("EUR"),
        "only what must be filled in, no invented currency: {page}"
    );
    for part in ["taken for", "Recommended: a horizon of ", "wrote retain.toml\n", "currency = \"\""] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let draft = shop.read("retain.toml");
    assert!(draft.contains("# `retain inspect` says: of those who come back, "), "{draft}");
    // What is left to fill in is the currency alone.
    shop.edit_config(|text| text.replace("currency = \"\"", "currency = \"EUR\""));
    shop.command("check").assert().success().stdout(predicate::str::contains("the data may be used"));
    let second = said(&inspect(&shop, &files).success());
    assert!(unwrapped(&second).contains("not written: `retain.toml`, because it exists"), "{second}");
    assert!(shop.read("retain.toml").contains("currency = \"EUR\""), "an existing file is left alone");
    let named = [files.as_slice(), &["--out", "retain.toml"]].concat();
    inspect(&shop, &named).code(2).stderr(predicate::str::contains("error[E113]"));
}

#[test]
fn programs_get_json_that_agrees_with_the_page() {
    let shop = Shop::sample();
    let json = said(&inspect(&shop, &["--config", "retain.toml", "--json"]).success());
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let found = &report["shop"]["inspection"];
    let proposal = &found["proposal"];
    let page = said(&inspect(&shop, &["--config", "retain.toml"]).success());
    let days = |key: &str| proposal[key].as_u64().unwrap();
    let line = format!(
        "Recommended: a horizon of {} days, an active window of {} days\n",
        days("horizon_days"),
        days("active_days")
    );
    assert!(page.contains(&line), "{page}");
    let account = &report["shop"]["tables"][0]["account"];
    let rejected: u64 = account["rejected"].as_array().unwrap().iter().map(|reason| reason[1].as_u64().unwrap()).sum();
    assert_eq!(account["rows_in"].as_u64().unwrap(), account["used"].as_u64().unwrap() + rejected);
    let candidates = found["candidates"].as_array().unwrap();
    let present: Vec<_> = candidates.iter().filter(|candidate| candidate["is_present"] == true).collect();
    assert_eq!((present.len(), present[0]["horizon_days"].as_u64()), (1, Some(60)));
    assert!(!json.contains("C0000001"), "no customer is named");
}

#[test]
fn the_proposal_is_put_into_a_copy_of_the_config_when_asked() {
    let shop = Shop::sample();
    inspect(&shop, &["--config", "retain.toml", "--out", "proposed.toml"]).success();
    let (before, after) = (shop.read("retain.toml"), shop.read("proposed.toml"));
    let others = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| !line.starts_with("horizon_days") && !line.starts_with("active_days"))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(others(&before), others(&after), "every other line stays");
    inspect(&shop, &["--config", "proposed.toml"]).success();
    std::fs::create_dir(shop.path("other")).unwrap();
    let said = predicate::str::contains("error[E114]").and(predicate::str::contains("another folder"));
    inspect(&shop, &["--config", "retain.toml", "--out", "other/retain.toml"]).code(2).stderr(said);
    shop.edit_config(|text| {
        text.replace("[churn]\nhorizon_days = 60\nactive_days = 180\n", "")
            .replace("name = ", "churn = { horizon_days = 60 }\nname = ")
    });
    let said = predicate::str::contains("error[E114]").and(predicate::str::contains("`[churn]` as a section"));
    inspect(&shop, &["--config", "retain.toml", "--out", "again.toml"]).code(2).stderr(said);
}

#[test]
fn a_config_without_a_horizon_can_be_inspected_to_find_one() {
    let shop = Shop::sample();
    shop.edit_config(|text| text.replace("horizon_days = 60\n", "horizon_days = 0  # fill in\n"));
    let page = said(&inspect(&shop, &["--config", "retain.toml"]).success());
    assert!(page.contains("Recommended: ") && !page.contains("\n= "), "{page}");
    shop.edit_config(|text| text.replace("currency = \"EUR\"\n", ""));
    inspect(&shop, &["--config", "retain.toml"]).code(2).stderr(predicate::str::contains("`currency`"));
}

#[test]
fn an_empty_complaints_table_is_no_obstacle() {
    let shop = Shop::simulated(1_500);
    shop.edit("complaints.csv", |text| format!("{}\n", text.lines().next().unwrap()));
    let page = said(&inspect(&shop, &["--config", "retain.toml"]).success());
    assert!(page.contains("complaints: 0 rows = 0 used") && page.contains("0 complaints by 0.0 %"), "{page}");
}

#[test]
fn files_whose_columns_say_nothing_are_described_and_the_blanks_named() {
    let shop = Shop::simulated(20);
    std::fs::write(shop.path("odd.csv"), "a,b,c\n1,2024-01-01,x\n2,,y\n").unwrap();
    let page = said(&inspect(&shop, &["--purchases", "odd.csv", "--out", "odd.toml"]).success());
    for part in ["no column was found for: customer_id, ", "50.0 %", "1 to 2, 2 distinct", "then: retain inspect"] {
        assert!(unwrapped(&page).contains(part), "{part}: {page}");
    }
    assert!(shop.read("odd.toml").contains("# customer_id = \"\"  # fill in"));
}

#[test]
fn a_tiny_shop_gets_figures_and_no_horizon() {
    let shop = Shop::simulated(20);
    std::fs::write(
        shop.path("tiny.csv"),
        "customer_id,date,amount\na,2024-01-01,10\nb,2024-01-02,5\na,2024-02-01,10\n",
    )
    .unwrap();
    let page = said(&inspect(&shop, &["--purchases", "tiny.csv", "--out", "tiny.toml"]).success());
    let parts = ["No horizon is recommended", "too few orders", "2 customers with 3 orders", "asks for 200"];
    assert!(parts.iter().all(|part| unwrapped(&page).contains(part)), "{page}");
    assert!(shop.read("tiny.toml").contains("horizon_days = 0  # fill in"));
}

#[test]
fn rows_that_cannot_be_read_are_counted_before_the_refusal() {
    let shop = Shop::simulated(20);
    std::fs::write(shop.path("times.csv"), "customer_id,date,amount\na,noon,10\nb,later,5\n").unwrap();
    let assert = inspect(&shop, &["--purchases", "times.csv", "--out", "times.toml"]).code(3);
    let page = said(&assert.stderr(predicate::str::contains("error[E241]")));
    assert!(unwrapped(&page).contains("2 rejected (unreadable time purchased_at 2)"), "{page}");
    assert!(shop.path("times.toml").exists(), "the draft is there to be corrected");
}

#[test]
fn files_that_are_no_tables_are_named() {
    let shop = Shop::simulated(20);
    std::fs::write(shop.path("broken.parquet"), "PAR1 but not really").unwrap();
    let cases = [("no.csv", "error[E201]"), ("broken.parquet", "broken.parquet"), ("retain.toml", "error[E203]")];
    for (file, says) in cases {
        let assert = inspect(&shop, &["--purchases", file, "--out", "x.toml"]);
        assert.failure().stderr(predicate::str::contains(says)).stdout("");
        assert!(!shop.path("x.toml").exists());
    }
    inspect(&shop, &["--complaints", "complaints.csv"]).code(2);
}
