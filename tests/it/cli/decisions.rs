//! Whom to contact, with what, for how much: the playbook, the plan on the list, and what is said of it.

use polars::prelude::*;
use predicates::prelude::*;
use predicates::str::contains;
use retain::config::playbook::DEFAULT_PLAYBOOK;

use crate::shop::{Shop, retain};

const DAY: &str = "runs/sample/2025-07-02";

/// The sample with a model, and its config.
fn trained() -> (Shop, String) {
    let shop = Shop::sample();
    let config = shop.read("retain.toml");
    shop.command("train").assert().success();
    (shop, config)
}

/// The list, and behind it the win-back list.
fn list(shop: &Shop) -> DataFrame {
    part(shop, "list").vstack(&part(shop, "winback")).unwrap()
}

fn part(shop: &Shop, name: &str) -> DataFrame {
    let path = PlRefPath::try_from_path(&shop.path(&format!("{DAY}/{name}.parquet"))).unwrap();
    LazyFrame::scan_parquet(path, ScanArgsParquet::default()).unwrap().collect().unwrap()
}

fn texts(list: &DataFrame, column: &str) -> Vec<Option<String>> {
    list.column(column).unwrap().str().unwrap().iter().map(|text| text.map(str::to_owned)).collect()
}

fn numbers(list: &DataFrame, column: &str) -> Vec<Option<f64>> {
    list.column(column).unwrap().cast(&DataType::Float64).unwrap().f64().unwrap().iter().collect()
}

fn decisions(shop: &Shop) -> serde_json::Value {
    let manifest: serde_json::Value = serde_json::from_str(&shop.read(&format!("{DAY}/manifest.json"))).unwrap();
    manifest["decisions"].clone()
}

/// What a command prints, on one line.
fn said(shop: &Shop) -> String {
    let output = shop.command("score").assert().success().get_output().stdout.clone();
    String::from_utf8(output).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_row_has_an_action_with_a_reason_or_a_reason_for_none() {
    let (shop, _) = trained();
    let summary = said(&shop);
    let default = list(&shop);
    let (groups, why) = (texts(&default, "group"), texts(&default, "action_why"));
    let (suppressed, action) = (texts(&default, "suppressed_because"), texts(&default, "recommended_action"));
    let (gain, cost) = (numbers(&default, "expected_net_gain"), numbers(&default, "contact_cost"));
    let open = numbers(&default, "open_complaints");
    let mut n = [0_u64; 3];
    for row in 0..default.height() {
        let group = groups[row].as_deref().unwrap();
        assert!(why[row].is_some() != suppressed[row].is_some(), "row {row}");
        assert_eq!(action[row].is_some(), why[row].is_some());
        assert_eq!(group == "suppressed", suppressed[row].is_some());
        assert_eq!(cost[row].is_some(), group == "treat");
        n[["treat", "control", "suppressed"].iter().position(|word| *word == group).unwrap()] += 1;
        if let Some(action) = &action[row] {
            assert!(gain[row].unwrap() >= 0.0);
            let is_resolved = action == "resolve_complaint";
            // One that was left open long ago, after which the customer bought on, is no longer settled first.
            let is_offer = action.contains("offer");
            assert!(
                is_resolved || !is_offer || open[row] == Some(0.0),
                "{action} for a customer with an open complaint"
            );
            let says_so = why[row].as_ref().unwrap().contains("Settle the complaint first, and offer no discount");
            assert_eq!(says_so, is_resolved && group == "treat");
        }
        if group == "control" {
            assert!(why[row].as_ref().unwrap().starts_with("Control group: do not contact"));
        }
    }
    assert!(n.iter().all(|n| *n > 0), "{n:?}");
    for name in ["list", "winback"] {
        let (groups, gain) = (texts(&part(&shop, name), "group"), numbers(&part(&shop, name), "expected_net_gain"));
        let treated = groups.iter().filter(|group| group.as_deref() == Some("treat")).count();
        assert!(groups[..treated].iter().all(|group| group.as_deref() == Some("treat")), "{name}: they stand first");
        assert!(gain[..treated].is_sorted_by(|a, b| a >= b), "{name}");
    }
    assert_eq!(texts(&part(&shop, "list"), "suppressed_code").last().unwrap().as_deref(), Some("opted_out"));
    let figures = decisions(&shop);
    assert_eq!(
        (figures["n_contacted"].as_u64(), figures["balance"]["control"]["n"].as_u64()),
        (Some(n[0]), Some(n[1]))
    );
    let treated = groups.iter().zip(&gain).filter(|(group, _)| group.as_deref() == Some("treat"));
    let sum: f64 = treated.filter_map(|(_, gain)| *gain).sum();
    assert!((sum - figures["net_gain"].as_f64().unwrap()).abs() < 0.01 * n[0] as f64);
    for label in ["Contact", "Gain", "Stop", "Control", "Sensitivity", "Playbook"] {
        assert!(summary.contains(&format!(" {label} ")), "{label}: {summary}");
    }
    assert!(summary.contains("the one that comes with retain"));
    let id = texts(&default, "customer_id")[0].clone().unwrap();
    let explained = shop.command("explain").args(["--customer", &id]).assert().success();
    let shown = contains(format!("action: {} (group treat)", action[0].as_ref().unwrap()))
        .and(contains("thank_you"))
        .and(contains("net gain"));
    explained.stdout(shown);
}

#[test]
fn a_budget_and_contacts_that_never_pay_are_told() {
    let (shop, config) = trained();
    said(&shop);
    let sum = decisions(&shop)["net_gain"].as_f64().unwrap();
    // A budget: less is spent, and who is left out is told why.
    shop.edit_config(|_| format!("{config}\n[decide]\nbudget = 60.0\n"));
    let summary = said(&shop);
    assert!(summary.contains("the budget of EUR 60.00 is spent, and EUR 1 more would bring EUR"), "{summary}");
    let tight = list(&shop);
    assert!(numbers(&tight, "contact_cost").iter().flatten().sum::<f64>() <= 60.0);
    assert!(texts(&tight, "suppressed_code").contains(&Some("budget".to_owned())));
    let figures = decisions(&shop);
    assert!(figures["net_gain"].as_f64().unwrap() < sum && figures["gap"].as_f64().unwrap() < 0.01, "{figures}");

    // A playbook of the shop's own, in which contacts never pay.
    let dear = DEFAULT_PLAYBOOK.replace("contact_cost = ", "contact_cost = 9999");
    std::fs::write(shop.path("dear.toml"), dear).unwrap();
    shop.edit_config(|_| format!("{config}\n[decide]\nplaybook = \"dear.toml\"\ncontrol_share = 0\n"));
    let summary = said(&shop);
    assert!(summary.contains("nobody: no action of the playbook") && summary.contains("dear.toml"), "{summary}");
    let words = texts(&list(&shop), "suppressed_code");
    assert!(words.iter().flatten().all(|word| ["no_gain", "opted_out"].contains(&word.as_str())), "{words:?}");
    assert!(words.iter().all(Option::is_some));
}

#[test]
fn a_playbook_that_cannot_be_used_is_refused_before_anything_is_read() {
    let shop = Shop::sample();
    let config = shop.read("retain.toml");
    shop.edit_config(|_| format!("{config}\n[decide]\nplaybook = \"playbook.toml\"\n"));
    let absent =
        contains("error[E105]").and(contains("playbook.toml")).and(contains("hint: correct `decide.playbook`"));
    shop.command("score").assert().code(2).stderr(absent);
    let wrong =
        DEFAULT_PLAYBOOK.replacen("stages = [\"new\"]", "stages = [\"nwe\"]", 1).replacen("\nhint = ", "\nhnit = ", 1);
    std::fs::write(shop.path("playbook.toml"), wrong).unwrap();
    let named = || {
        contains("error[E104]")
            .and(contains("2 entries of the playbook"))
            .and(contains("`action.welcome.stages` must be a list of some of"))
            .and(contains("the nearest known is `new`"))
            .and(contains("the nearest known key is `action.resolve_complaint.hint`"))
    };
    for command in ["check", "score", "run"] {
        shop.command(command).assert().code(2).stderr(named());
    }
    std::fs::write(shop.path("playbook.toml"), "[[action]\n").unwrap();
    shop.command("check").assert().code(2).stderr(contains("error[E101]").and(contains("line 1")));
    assert!(!shop.path("runs").exists());
    shop.edit_config(|_| format!("{config}\n[decide]\nbudgt = 5\ncontrol_share = 0.9\n"));
    let keys = contains("the nearest known key is `decide.budget`").and(contains("`decide.control_share`"));
    shop.command("check").assert().code(2).stderr(keys);
}

#[test]
fn a_drafted_config_has_a_playbook_beside_it_that_is_never_replaced() {
    let shop = Shop::simulated(300);
    std::fs::remove_file(shop.path("retain.toml")).unwrap();
    let init = || {
        let mut command = retain();
        command.current_dir(shop.path("")).args(["init", "purchases.csv", "--force"]);
        command
    };
    init().assert().success().stdout(contains("wrote playbook.toml"));
    assert_eq!(shop.read("playbook.toml"), DEFAULT_PLAYBOOK);
    assert!(shop.read("retain.toml").contains("playbook = \"playbook.toml\""));
    shop.edit("playbook.toml", |text| text.replacen("contact_cost = 5.0", "contact_cost = 7.0", 1));
    let own = shop.read("playbook.toml");
    init().assert().success().stdout(contains("kept playbook.toml"));
    assert_eq!(shop.read("playbook.toml"), own);
}
