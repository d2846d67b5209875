//! What a refused run leaves beside the files of the last good one.

use predicates::prelude::*;
use predicates::str::contains;
use retain::files::Seal;
use serde_json::Value;

use crate::shop::{Shop, retain};

const OUT: [&str; 2] = ["--out", "out"];

/// A shop of which some amounts cannot be read.
fn shop(n_unreadable: usize) -> (Shop, String) {
    let shop = Shop::simulated(300);
    let sound = shop.read("purchases.csv");
    spoil(&shop, &sound, n_unreadable);
    (shop, sound)
}

/// Gives the first rows a time that cannot be read.
fn spoil(shop: &Shop, sound: &str, n_unreadable: usize) {
    let header = sound.lines().next().unwrap();
    let place = header.split(',').position(|name| name == "purchased_at").unwrap();
    let spoilt = |(number, line): (usize, &str)| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if (1..=n_unreadable).contains(&number) {
            cells[place] = "some day";
        }
        cells.join(",")
    };
    let lines: Vec<String> = sound.lines().enumerate().map(spoilt).collect();
    std::fs::write(shop.path("purchases.csv"), lines.join("\n")).unwrap();
}

fn seals(shop: &Shop) -> Vec<Seal> {
    let manifest: Value = serde_json::from_str(&shop.read("out/manifest.json")).unwrap();
    serde_json::from_value(manifest["files"].clone()).unwrap()
}

fn n_lines(shop: &Shop, name: &str) -> usize {
    shop.read(name).lines().count()
}

#[test]
fn a_refused_run_leaves_what_a_manifest_seals() {
    let (shop, sound) = shop(3);
    shop.command("check").args(OUT).assert().success();
    let sealed = seals(&shop);
    assert!(sealed.iter().any(|seal| seal.name == "rejects_purchases.csv"), "{sealed:?}");
    assert_eq!(n_lines(&shop, "out/rejects_purchases.csv"), 4);
    // Too many for data that may be used.
    let n = sound.lines().count() / 2;
    spoil(&shop, &sound, n);
    let told = contains("rejected rows are listed in out/refused_purchases.csv").and(contains("error[E"));
    shop.command("check").args(OUT).assert().code(3).stderr(told);
    assert_eq!(seals(&shop), sealed);
    for seal in &sealed {
        assert!(seal.is_intact(&shop.path("out")), "{}", seal.name);
    }
    assert_eq!(n_lines(&shop, "out/refused_purchases.csv"), n + 1);
    // The next good one takes the place of both.
    spoil(&shop, &sound, 1);
    shop.command("check").args(OUT).assert().success();
    assert!(!shop.path("out/refused_purchases.csv").exists());
    assert_eq!(n_lines(&shop, "out/rejects_purchases.csv"), 2);
    assert!(seals(&shop).iter().all(|seal| seal.is_intact(&shop.path("out"))));
    // Without rejected rows none of them stays.
    spoil(&shop, &sound, 0);
    shop.command("check").args(OUT).assert().success();
    assert!(!shop.path("out/rejects_purchases.csv").exists());
    assert_eq!(shop.unfinished(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_column_that_is_gone_is_not_said_to_be_one_that_has_its_place_already() {
    let shop = Shop::simulated(300);
    shop.edit("complaints.csv", |complaints| complaints.replacen("resolved_at", "closing", 1));
    shop.command("check").assert().code(2).stderr(
        contains("`complaints.columns.resolved_at` reads column `resolved_at`")
            .and(contains("hint: was the column renamed?"))
            .and(contains("did you mean").not()),
    );
}

#[test]
fn a_day_in_another_form_and_a_run_that_is_not_there_are_told() {
    let shop = Shop::simulated(300);
    let day = |text: &str| shop.command("check").args(["--as-of", text]).assert().code(2);
    day("21.06.2025").stderr(contains("days are written YYYY-MM-DD, here 2025-06-21"));
    day("05/06/2025").stderr(contains("days are written YYYY-MM-DD").and(contains("here").not()));
    let nowhere = retain().args(["report", "nowhere"]).assert().code(2);
    nowhere.stderr(contains("error[E711]: there is no folder `nowhere`"));
}
