//! SQL conditions of a playbook (`where`), as whoever writes one meets them: right ones decide who gets an action, wrong ones are
//! named before anything is read.

use predicates::prelude::*;
use predicates::str::contains;

use super::contacts::rows;
use crate::shop::Shop;

const CONDITION: &str =
    "value_at_stake >= 60 AND life_cycle_stage IN ('loyal', 'at_risk') AND days_since_last_order <= 120";

fn playbook(condition: &str) -> String {
    format!(
        "[[action]]\nname = 'call'\nlevel = 'social'\ncontact_cost = 0.1\nsave_rate = {{ mean = 0.3 }}\nwinback_rate = {{ mean = 0.3 }}\nwhere = \"{condition}\"\n\n\
         [[action]]\nname = 'note'\nlevel = 'social'\ncontact_cost = 0.1\nsave_rate = {{ mean = 0.1 }}\nwinback_rate = {{ mean = 0.1 }}\n"
    )
}

#[test]
fn a_condition_decides_who_gets_an_action_and_a_wrong_one_is_named_before_anything_is_read() {
    let shop = Shop::simulated(300);
    let more = "\n[panel]\nmax_cutoffs = 3\n[backtest]\nlast = 1\nbootstrap = 40\n[decide]\nplaybook = \"mine.toml\"\nmin_gain = 0\n";
    shop.edit_config(|text| text + more);
    let write = |condition: &str| std::fs::write(shop.path("mine.toml"), playbook(condition)).unwrap();
    write(CONDITION);
    shop.command("run").args(["--out", "out"]).assert().success();
    let mut all = rows(&shop, "out/list.csv");
    all.extend(rows(&shop, "out/winback.csv"));
    let mut n = [0; 2];
    for row in all.values() {
        let number = |name: &str| row[name].parse::<f64>().unwrap();
        let holds = number("value_at_stake") >= 60.0
            && ["loyal", "at_risk"].contains(&row["life_cycle_stage"].as_str())
            && number("days_since_last_order") <= 120.0;
        // Of two actions the better one is taken, so that whoever may be called is.
        match row["recommended_action"].as_str() {
            "call" => assert!(holds, "{row:?}"),
            "note" => assert!(!holds, "{row:?}"),
            _ => continue,
        }
        n[usize::from(holds)] += 1;
    }
    assert!(n.iter().all(|n| *n > 5), "{n:?}");

    std::fs::remove_file(shop.path("purchases.csv")).unwrap();
    for (condition, said) in [
        ("value_at_steak >= 60", "value_at_stake"),
        ("value_at_stake >= ", "action.call.where"),
        ("value_at_stake + 1", "action.call.where"),
        ("SUM(value_at_stake) > 5", "action.call.where"),
        ("reason_1 = 'x'", "reason_1"),
        ("life_cycle_stage > 5", "action.call.where"),
        ("reverse_it(value_at_stake) > 1", "reverse_it"),
        ("", "where"),
    ] {
        write(condition);
        for command in ["check", "score"] {
            let named = contains(said).and(contains("where")).and(contains("hint")).and(contains("panicked").not());
            shop.command(command).assert().code(2).stderr(named.and(contains("purchases.csv").not()));
        }
    }
}
