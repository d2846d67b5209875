//! Why customers leave: on the list, for the shop, in the explanation, and whom to ask.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;
use serde_json::Value;

use crate::shop::Shop;

const CAUSES: [&str; 7] =
    ["price", "quality", "service_response", "unresolved_complaint", "faded_need", "broken_rhythm", "uncontrollable"];
const FAULTS: [&str; 3] = ["quality", "service_response", "unresolved_complaint"];

/// The sample with few test cutoffs, trained and scored.
fn scored() -> Shop {
    let shop = Shop::sample();
    shop.edit_config(|text| text + "\n[backtest]\nlast = 1\nbootstrap = 40\n");
    shop.command("run").args(["--out", "out"]).assert().success();
    shop
}

fn table(shop: &Shop, name: &str) -> DataFrame {
    let path = PlRefPath::try_from_path(&shop.path(&format!("{name}.parquet"))).unwrap();
    LazyFrame::scan_parquet(path, ScanArgsParquet::default()).unwrap().collect().unwrap()
}

fn texts(table: &DataFrame, column: &str) -> Vec<Option<String>> {
    table.column(column).unwrap().str().unwrap().iter().map(|text| text.map(str::to_owned)).collect()
}

fn numbers(table: &DataFrame, column: &str) -> Vec<Option<f64>> {
    table.column(column).unwrap().cast(&DataType::Float64).unwrap().f64().unwrap().iter().collect()
}

fn json(shop: &Shop, name: &str) -> Value {
    serde_json::from_str(&shop.read(name)).unwrap()
}

#[test]
fn causes_stand_on_the_list_in_the_report_on_the_page_and_in_the_explanation() {
    let shop = scored();
    let all = table(&shop, "out/list").vstack(&table(&shop, "out/winback")).unwrap();
    let (causes, why) = (texts(&all, "cause"), texts(&all, "cause_why"));
    let (hands, action) = (texts(&all, "cause_controllable"), texts(&all, "recommended_action"));
    let open = numbers(&all, "open_complaints");
    let mut n: BTreeMap<&str, u64> = BTreeMap::new();
    for row in 0..all.height() {
        let why = why[row].as_deref().unwrap();
        let Some(cause) = causes[row].as_deref() else {
            assert_eq!((why, &hands[row]), ("no cause stands out", &None));
            continue;
        };
        *n.entry(CAUSES.into_iter().find(|known| *known == cause).unwrap()).or_default() += 1;
        assert!(why.len() > 20 && !why.contains(['{', '}']), "{why}");
        let is_ours = !["faded_need", "uncontrollable"].contains(&cause);
        assert_eq!(hands[row].as_deref(), Some(if is_ours { "yes" } else { "no" }));
        assert!(cause != "unresolved_complaint" || open[row] > Some(0.0), "row {row}: {why}");
        let gets_offer = action[row].as_deref() == Some("offer");
        assert!(!gets_offer || !FAULTS.contains(&cause), "a discount for {cause}");
    }
    assert!(["service_response", "unresolved_complaint", "broken_rhythm"].iter().all(|cause| n[cause] > 0), "{n:?}");
    assert!(causes.iter().any(Option::is_none));

    let report = json(&shop, "out/report.json");
    let of_shop = report["causes"]["causes"].as_array().unwrap();
    let counted: BTreeMap<&str, u64> =
        of_shop.iter().filter_map(|one| Some((one["cause"].as_str()?, one["customers"].as_u64()?))).collect();
    assert!(n.iter().all(|(cause, n)| counted[cause] == *n), "{n:?} {counted:?}");
    let sum: u64 = of_shop.iter().map(|one| one["customers"].as_u64().unwrap()).sum();
    assert_eq!(sum, all.height() as u64);
    let recovery = &report["recovery"];
    let complaints: u64 =
        recovery["bought_again"].as_array().unwrap().iter().map(|one| one["n"].as_u64().unwrap()).sum();
    assert_eq!((Some(complaints), complaints > 100), (recovery["complaints"].as_u64(), true));

    let page = shop.read("out/report.html");
    for part in ["id=\"f-causes\"", "id=\"f-recovery\"", "Complaints and recovery", "\"cause\":{"] {
        assert!(page.contains(part), "{part}");
    }
    let row = causes.iter().position(|cause| cause.as_deref() == Some("unresolved_complaint")).unwrap();
    let id = texts(&all, "customer_id")[row].clone().unwrap();
    let explained = |form: &str| {
        let command = shop.command("explain").args(["--customer", &id, "--format", form]).assert().success();
        String::from_utf8(command.get_output().stdout.clone()).unwrap()
    };
    assert!(explained("text").contains("\ncause: unresolved_complaint (you can do something about it)\n"));
    let found: Value = serde_json::from_str(&explained("json")).unwrap();
    assert_eq!(found["cause"]["why"].as_str(), why[row].as_deref());

    interviews_are_a_sample_of_those_who_may_be_asked(&shop);
    a_playbook_tells_customers_apart_by_cause(&shop, &causes);
}

fn interviews_are_a_sample_of_those_who_may_be_asked(shop: &Shop) {
    let (asked, winback) = (table(shop, "out/interviews"), table(shop, "out/winback"));
    let ids = |table: &DataFrame| -> Vec<String> { texts(table, "customer_id").into_iter().flatten().collect() };
    let (groups, why) = (texts(&winback, "group"), texts(&winback, "suppressed_because"));
    let may = |row: &usize| {
        groups[*row].as_deref() != Some("control") && !matches!(why[*row].as_deref(), Some("opted_out" | "cool_down"))
    };
    let allowed: Vec<usize> = (0..winback.height()).filter(may).collect();
    let all = ids(&winback);
    let allowed_ids: BTreeSet<&str> = allowed.iter().map(|row| all[*row].as_str()).collect();
    assert_eq!(asked.height(), 30);
    assert!(ids(&asked).iter().all(|id| allowed_ids.contains(id.as_str())));
    assert_eq!(ids(&asked).iter().collect::<BTreeSet<_>>().len(), 30, "nobody is asked twice");
    let causes = texts(&winback, "cause");
    let there: BTreeSet<&Option<String>> = allowed.iter().map(|row| &causes[*row]).collect();
    let heard = texts(&asked, "cause");
    assert_eq!(heard.iter().collect::<BTreeSet<_>>(), there, "every cause is heard");
    let manifest = json(shop, "out/manifest.json");
    let files: Vec<&str> =
        manifest["files"].as_array().unwrap().iter().filter_map(|file| file["name"].as_str()).collect();
    assert!(files.contains(&"interviews.csv") && files.contains(&"interviews.parquet"), "{files:?}");
    let first = shop.read("out/interviews.csv");
    shop.edit_config(|text| text.replace("[output]\n", "[output]\ninterview_rows = 0\n"));
    shop.command("score").args(["--out", "none", "--as-of", "2025-07-02"]).assert().success();
    assert!(!shop.path("none/interviews.csv").exists());
    shop.edit_config(|text| text.replace("interview_rows = 0", "interview_rows = 30"));
    shop.command("score").args(["--out", "again", "--as-of", "2025-07-02", "--threads", "1"]).assert().success();
    assert_eq!(shop.read("again/interviews.csv"), first);
}

fn a_playbook_tells_customers_apart_by_cause(shop: &Shop, before: &[Option<String>]) {
    let action = |name: &str, causes: &str| {
        format!(
            "[[action]]\nname = '{name}'\nlevel = 'social'\ncauses = {causes}\ncontact_cost = 0.01\nsave_rate = {{ mean = 0.3 }}\n\
             winback_rate = {{ mean = 0.3 }}\n\n"
        )
    };
    let playbook = action("ask", "['broken_rhythm']") + &action("greet", "['none', 'faded_need']");
    std::fs::write(shop.path("playbook.toml"), playbook).unwrap();
    shop.edit_config(|text| text + "\n[decide]\nplaybook = \"playbook.toml\"\n");
    shop.command("score").args(["--out", "own", "--as-of", "2025-07-02"]).assert().success();
    let all = table(shop, "own/list").vstack(&table(shop, "own/winback")).unwrap();
    let (causes, actions) = (texts(&all, "cause"), texts(&all, "recommended_action"));
    let mut n = [0; 2];
    for (cause, action) in causes.iter().zip(&actions) {
        match action.as_deref() {
            Some("ask") => n[usize::from(cause.as_deref() != Some("broken_rhythm"))] += 1,
            Some("greet") => assert!(matches!(cause.as_deref(), None | Some("faded_need")), "{cause:?}"),
            _ => {}
        }
    }
    assert!(n[0] > 0 && n[1] == 0, "{n:?}");
    let sorted = |causes: &[Option<String>]| {
        let mut causes = causes.to_vec();
        causes.sort();
        causes
    };
    assert_eq!(sorted(&causes), sorted(before), "a cause does not depend on the playbook");
}

/// Where resolutions are not recorded, nobody knows whether a complaint is open.
#[test]
fn a_complaint_is_told_with_what_is_recorded_of_it() {
    use super::days::{config, orders, table};
    let of_one = |one: u32| {
        format!("A{one},C{one:04},2023-03-05 10:00:00,2023-03-05,late\nB{one},C{one:04},2023-06-05 10:00:00,,broken\n")
    };
    let rows: String = (0..320).map(of_one).collect();
    let told = |resolved: &str| {
        let complaints = format!(
            "[complaints]\npath = \"complaints.csv\"\n[complaints.columns]\ncomplaint_id = \"nr\"\ncustomer_id = \"who\"\n\
             opened_at = \"opened\"\ncategory = \"about\"\n{resolved}"
        );
        let shop = Shop::of(&table(&orders(10)), &(config("UTC") + &complaints));
        std::fs::write(shop.path("complaints.csv"), format!("nr,who,opened,done,about\n{rows}")).unwrap();
        shop.command("run").args(["--as-of", "2023-07-01", "--out", "out"]).assert().success();
        let list = shop.read("out/list.csv");
        let id = list.lines().nth(1).and_then(|line| line.split(',').nth(1)).unwrap();
        let told = shop.command("explain").args(["--customer", id, "--as-of", "2023-07-01"]).assert().success();
        String::from_utf8(told.get_output().stdout.clone()).unwrap()
    };
    let both = "complaints, the latest first (2):\n";
    let recorded = told("resolved_at = \"done\"\n");
    let states = "  2023-06-05 10:00  broken, open\n  2023-03-05 10:00  late, resolved\n";
    assert!(recorded.contains(&format!("{both}{states}")), "{recorded}");
    let unknown = told("");
    assert!(unknown.contains(&format!("{both}  2023-06-05 10:00  broken\n  2023-03-05 10:00  late\n")), "{unknown}");
}
