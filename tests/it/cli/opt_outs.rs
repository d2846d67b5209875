//! Who asked not to be contacted stays off the list, whatever the table of customers does.

use std::collections::BTreeMap;

use predicates::prelude::*;

use crate::shop::Shop;

/// Statements of one customer, in the order of the file: from when they hold, when they were recorded, the flag.
type Statements = &'static [(&'static str, &'static str, &'static str)];

/// What customers said, and whether the list of 2025-07-02 leaves them out.
const CASES: &[(Statements, bool)] = &[
    (&[("2025-01-01", "", "yes"), ("2025-03-01", "", "")], true),
    (&[("2025-01-01", "", "yes"), ("2025-03-01", "", "no")], false),
    (&[("2025-03-01", "", "no"), ("2025-01-01", "", "yes")], false),
    (&[("2025-01-01", "", "yes"), ("2025-03-01", "2025-07-02", "no")], true),
    (&[("2025-01-01", "", "yes"), ("2025-03-01", "2025-07-01", "no")], false),
    (&[("2025-01-01", "", "yes"), ("2025-07-02", "", "no")], true),
    (&[("2025-01-01", "2025-05-01", "yes"), ("2025-03-01", "", "no")], false),
    (&[("2025-03-01", "", "yes"), ("2025-03-01", "", "no")], true),
    (&[("2025-03-01", "", "no"), ("2025-03-01", "", "yes")], true),
    (&[("2025-03-01", "2025-03-05", "no"), ("2025-03-01", "2025-03-02", "yes")], false),
    (&[("", "", "yes"), ("", "", "no")], true),
    (&[("", "", "no"), ("", "", "yes")], true),
    (&[("", "", "yes"), ("2025-06-30", "", ""), ("", "", "")], true),
    (&[("", "", "")], false),
    (&[("2025-07-02", "", "yes")], false),
];

/// A simulated shop whose customers have versions, and its table of customers without them: id, the columns that stay.
fn shop() -> (Shop, BTreeMap<String, String>) {
    let shop = Shop::simulated(300);
    let versions = "opted_out = \"opted_out\"\nvalid_from = \"valid_from\"\nrecorded_at = \"recorded_at\"";
    shop.edit_config(|text| text.replace("opted_out = \"opted_out\"", versions));
    let text = shop.read("customers.csv");
    let kept = |line: &str| line.split(',').take(4).collect::<Vec<_>>().join(",");
    let rows = text.lines().skip(1).map(|line| (line.split(',').next().unwrap().to_owned(), kept(line)));
    (shop, rows.collect())
}

/// Writes the table of customers: what `said` has for a customer, else `usual` from all time.
fn write(shop: &Shop, rows: &BTreeMap<String, String>, said: &BTreeMap<&str, Statements>, usual: &str) {
    let mut text = "customer_id,signed_up_at,region,acquisition_channel,valid_from,recorded_at,opted_out\n".to_owned();
    for (id, row) in rows {
        match said.get(id.as_str()) {
            Some(statements) => {
                statements.iter().for_each(|(from, recorded, flag)| {
                    text.push_str(&format!("{row},{from},{recorded},{flag}\n"));
                });
            }
            None => text.push_str(&format!("{row},,,{usual}\n")),
        }
    }
    std::fs::write(shop.path("customers.csv"), text).unwrap();
}

/// Who is on the list, and who of them is not to be contacted.
fn listed(shop: &Shop) -> BTreeMap<String, bool> {
    let text = shop.read("out/list.csv");
    let place = |name: &str| text.lines().next().unwrap().split(',').position(|column| column == name).unwrap();
    let (id, why) = (place("customer_id"), place("suppressed_code"));
    let row = |line: &str| {
        // Sentences are in quotes and may have commas; the column is the third from the end.
        let from_end = text.lines().next().unwrap().split(',').count() - why;
        let cells: Vec<&str> = line.split(',').collect();
        (cells[id].to_owned(), cells[cells.len() - from_end] == "opted_out")
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn the_latest_statement_that_was_known_decides_and_in_doubt_nobody_is_contacted() {
    let (shop, rows) = shop();
    write(&shop, &rows, &BTreeMap::new(), "no");
    shop.command("run").args(["--out", "out"]).assert().success();
    let ids: Vec<String> = listed(&shop).into_keys().collect();
    assert!(ids.len() > CASES.len() && !listed(&shop).values().any(|is_out| *is_out));
    let said = ids.iter().map(String::as_str).zip(CASES.iter().map(|(said, _)| *said)).collect();
    write(&shop, &rows, &said, "no");
    let later =
        predicate::str::contains("warning[later_opt_outs]: 1 customer on the list opted out on 2025-07-02 or later");
    shop.command("score").args(["--out", "out"]).assert().success().stderr(later);
    let found = listed(&shop);
    for (id, (said, is_out)) in ids.iter().zip(CASES) {
        assert_eq!(found[id], *is_out, "{said:?}");
    }
    assert_eq!(found.values().filter(|is_out| **is_out).count(), CASES.iter().filter(|(_, is_out)| *is_out).count());
}

/// What `check`, and the first pass over parts, say of a table of customers that may not be used.
fn refused(shop: &Shop, said: &[&str]) {
    for arguments in [&["check"][..], &["features", "--memory", "1MiB"]] {
        let assert = shop.command(arguments[0]).args(&arguments[1..]).assert().code(3);
        for said in said {
            let (arguments, said) = (format!("{arguments:?}"), predicate::str::contains(*said));
            let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
            assert!(said.eval(&error), "{arguments}: {said}: {error}");
        }
    }
}

#[test]
fn words_that_are_no_flag_are_refused_with_examples_and_what_is_read() {
    let (shop, rows) = shop();
    let first = rows.keys().next().unwrap().as_str();
    write(&shop, &rows, &BTreeMap::from([(first, &[("", "", "perhaps")][..] as Statements)]), "no");
    refused(&shop, &["unreadable_flag: 1 of 300 customers has", "`opted_out`", "`perhaps`", "\"yes\", \"no\""]);
    write(&shop, &rows, &BTreeMap::new(), "no");
    shop.command("check").assert().success();
    shop.edit("purchases.csv", |text| text.replacen(",false", ",maybe", 2));
    refused(&shop, &["unreadable_flag: 2 of ", "`is_return`", "`maybe`"]);
}

#[test]
fn a_column_of_opt_outs_that_stopped_stops_the_run_until_somebody_says_so() {
    let (shop, rows) = shop();
    write(&shop, &rows, &BTreeMap::new(), "");
    let silent =
        ["opt_outs_stopped: `customers.opted_out` says nothing in any of 300 rows", "validate.silent_opt_outs"];
    refused(&shop, &silent);
    // Nobody says anything any more, though everybody did until March.
    let stopped: Statements = &[("2025-03-01", "", "no"), ("2025-05-01", "", "")];
    write(&shop, &rows, &rows.keys().map(|id| (id.as_str(), stopped)).collect(), "");
    refused(&shop, &["opt_outs_stopped: `customers.opted_out` says nothing since 2025-03-01, in 300 rows"]);
    shop.edit_config(|text| text.replace("[validate]\n", "[validate]\nsilent_opt_outs = \"accept\"\n"));
    shop.command("check").assert().success().stderr(predicate::str::contains("warning[opt_outs_stopped]"));
}

#[test]
fn a_few_rows_without_a_statement_are_no_stop() {
    let (shop, rows) = shop();
    let few = rows.keys().take(8).map(|id| (id.as_str(), &[("2025-05-01", "", "")][..] as Statements));
    let (few, dated): (BTreeMap<&str, Statements>, Statements) = (few.collect(), &[("2025-03-01", "", "no")]);
    let said = rows.keys().map(|id| (id.as_str(), few.get(id.as_str()).copied().unwrap_or(dated)));
    write(&shop, &rows, &said.collect(), "");
    shop.command("check").assert().success().stderr(predicate::str::contains("opt_outs_stopped").not());
}

#[test]
fn opt_outs_in_rows_that_cannot_be_used_are_reported_or_refused() {
    let (shop, rows) = shop();
    write(&shop, &rows, &BTreeMap::new(), "no");
    shop.edit("customers.csv", |text| text + ",2024-01-01,north,search,,,yes\n,2024-01-01,north,search,,,no\n");
    let lost = "warning[opt_outs_without_customer]: 1 row of `customers` opts out and names no customer";
    shop.command("check").assert().success().stderr(predicate::str::contains(lost));
    let first = rows.keys().next().unwrap().as_str();
    for unreadable in [&[("in spring", "", "yes")], &[("2025-01-01", "in spring", "yes")]] {
        write(&shop, &rows, &BTreeMap::from([(first, &unreadable[..] as Statements)]), "no");
        refused(&shop, &["rejected_opt_outs: 1 row of `customers` opts out and is rejected", first]);
    }
    let harmless: Statements = &[("in spring", "", "no")];
    write(&shop, &rows, &BTreeMap::from([(first, harmless)]), "no");
    shop.command("check").assert().success().stderr(predicate::str::contains("unreadable time valid_from 1"));
}

#[test]
fn an_opt_out_that_cannot_be_seen_any_more_is_reported() {
    let (shop, rows) = shop();
    write(&shop, &rows, &BTreeMap::new(), "no");
    let whole = shop.read("customers.csv").replacen(",no\n", ",yes\n", 20);
    let check = |text: &str, code: i32, said: &str| {
        std::fs::write(shop.path("customers.csv"), text).unwrap();
        shop.command("check").assert().code(code).stderr(predicate::str::contains(said));
    };
    check(&whole.replacen(",yes\n", ",yes,and, more\n", 3), 3, "error[hidden_opt_outs]");
    check(&whole.replacen(",,yes\n", "\n", 3), 3, "error[hidden_opt_outs]");
    let cut: String = whole.split_inclusive('\n').take(40).collect();
    check(&cut, 0, "warning[buyers_without_row]");
    check(&whole, 0, "customers: 300 rows = 300 used");
    let config = shop.read("retain.toml");
    shop.edit_config(|_| {
        config.replace("path = \"customers.csv\"", "path = \"customers.csv\"\nfilter = \"opted_out = 'no'\"")
    });
    check(&whole, 0, "warning[filtered_opt_outs]: 20 rows");
    shop.edit_config(|_| config.clone() + "\n[panel]\nmax_cutoffs = 3\n[backtest]\nlast = 1\nbootstrap = 40\n");
    shop.command("train").output().unwrap();
    let version = shop.read("models/simulated-shop/history.jsonl");
    let version = version.split("\"version\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    shop.command("models").args(["promote", &version]).assert().success();
    let without = |text: String| text.replace("opted_out = \"opted_out\"\n", "");
    shop.edit_config(without);
    let refused =
        predicate::str::contains("error[E607]").and(predicate::str::contains("`customers.columns.opted_out`"));
    shop.command("score").args(["--as-of", "2025-07-02"]).assert().code(2).stderr(refused);
}
