//! Nasty shops, whole and in parts: the features, the account, the rejected rows and what is said of them are the same.

use std::fmt::Write;
use std::fs::File;

use polars::prelude::*;

use crate::shop::Shop;

const DAYS: [&str; 3] = ["--as-of", "2024-12-01", "2025-02-01"];

/// Whole numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[usize::try_from(self.below(words.len() as u64)).unwrap()]
    }
}

/// Customers are written like `100.0` now and then; those of the two halves of the shop, which come to lie in different
/// parts, write different things.
const CUSTOMERS: u64 = 900;

fn customer(dice: &mut Dice, number: u64) -> String {
    format!("{}{}", 10_000 + number, if dice.one_in(50) { ".0" } else { "" })
}

/// What is wrong with a shop beside what is always wrong.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "faults that a shop has or has not")]
struct Nasty {
    seed: u64,
    /// Quantities of later customers are words so often that the column is no column of numbers, taken all together.
    words: bool,
    /// Quantities of later customers are written with leading zeros.
    zeros: bool,
    /// Amounts of later customers are a thousand times as large.
    other_unit: bool,
    /// A file of the table has numbers where the other has text.
    two_types: bool,
}

fn lines(dice: &mut Dice, nasty: Nasty) -> Vec<String> {
    let mut lines = Vec::new();
    for _ in 0..12_000 {
        let number = dice.below(CUSTOMERS);
        let is_late = number > CUSTOMERS / 2;
        let (day, month) = (1 + dice.below(28), 1 + dice.below(14));
        let at = format!("{}-{:02}-{day:02}", 2024 + (month - 1) / 12, (month - 1) % 12 + 1);
        let quantity = match dice.below(40) {
            n if n < 12 && is_late && nasty.words => "some".to_owned(),
            0 => "two".to_owned(),
            1 => String::new(),
            n if n < 4 && is_late && nasty.zeros => "03".to_owned(),
            n => (1 + n % 5).to_string(),
        };
        let unit = if nasty.other_unit && is_late { 1_000 } else { 1 };
        let price = match dice.below(60) {
            0 => "0".to_owned(),
            1 => dice.of(&["free", "3 for 2", "?"]).to_owned(),
            2 => "-2.50".to_owned(),
            3 if is_late => "9000000".to_owned(),
            n => format!("{}.5", n * unit),
        };
        let id = if dice.one_in(200) { String::new() } else { customer(dice, number) };
        // Numbers start again each quarter, and some are shared by customers of all parts.
        let order = match dice.below(30) {
            0 => String::new(),
            // Lines without a customer are held against the other lines of their order in the whole alone.
            _ if id.is_empty() => format!("G{}", dice.below(1_000_000)),
            1 => format!("S{}", dice.below(9)),
            _ => format!("{number}-{}", dice.below(4)),
        };
        let at = if dice.one_in(300) { "soon".to_owned() } else { at };
        let recorded = match dice.below(20) {
            0 => "2025-01-15",
            1 => dice.of(&["late", "2 days later", "?"]),
            _ => "",
        };
        let late_word = if is_late { "hats" } else { "tea" };
        let category = dice.of(&["tea", "jam", " jam", "", late_word]);
        let discount = dice.of(&["", "", "1", "-1", "none"]);
        let line = format!("{id},{order},{at},{recorded},{quantity},{price},{category},{discount}");
        if dice.one_in(150) {
            lines.push(line.clone());
        }
        if dice.one_in(400) {
            lines.push(format!("{line},and,more"));
        }
        lines.push(line);
    }
    lines
}

fn complaints(dice: &mut Dice) -> String {
    let mut text = "nr,id,opened,done,cause,grave\n".to_owned();
    for number in 0..700 {
        // Some were never customers, and some stand there again months later.
        let id = if dice.one_in(9) { format!("x{number}") } else { customer(dice, number % CUSTOMERS) };
        let (opened, done) = (1 + dice.below(12), dice.below(13));
        let done = if done == 0 { String::new() } else { format!("2024-{done:02}-20") };
        let (nr, grave) = (number % 300, dice.of(&["1", "2", "very"]));
        writeln!(text, "K{nr},{id},2024-{opened:02}-11,{done},{},{grave}", dice.of(&["late", "broken", ""])).unwrap();
    }
    text
}

/// Versions that contradict each other, of customers who never bought too.
fn facts(dice: &mut Dice) -> String {
    let mut text = "id,since,joined,lives,out\n".to_owned();
    for number in 0..1_500 {
        let id = if dice.one_in(60) { String::new() } else { customer(dice, number % (CUSTOMERS + 100)) };
        let unreadable = dice.of(&["once", "2 or 3", "?"]);
        let since = dice.of(&["", "2024-03-01", "2024-03-01", "2024-09-01", unreadable]);
        let joined = dice.of(&["2023-01-01", "2023-01-01", "", "then"]);
        // Later customers live where no earlier one does.
        let there = if number % (CUSTOMERS + 100) > 500 { "abroad" } else { "zoo" };
        let lives = dice.of(&["north", "south", " north", there, ""]);
        writeln!(text, "{id},{since},{joined},{lives},{}", dice.of(&["no", "", "0"])).unwrap();
    }
    text
}

const CONFIG: &str = r#"
name = "nasty"
currency = "EUR"
[purchases]
path = PATHS
filter = "price <> '9.5'"
[purchases.columns]
customer_id = "id"
order_id = "nr"
purchased_at = "at"
recorded_at = "seen"
amount = "AMOUNT"
quantity = "quantity"
channel = "CASE WHEN quantity IS NULL THEN 'none' ELSE 'some' END"
category = "kind"
discount = "off"
[complaints]
path = "complaints.csv"
[complaints.columns]
complaint_id = "nr"
customer_id = "id"
opened_at = "opened"
resolved_at = "done"
category = "cause"
severity = "grave"
[customers]
path = "customers.csv"
[customers.columns]
customer_id = "id"
valid_from = "since"
signed_up_at = "joined"
region = "lives"
opted_out = "out"
[[features.custom]]
name = "lines_with_quantity"
table = "purchases"
aggregate = "sum"
column = "CASE WHEN quantity IS NULL THEN 0 ELSE 1 END"
[churn]
horizon_days = 60
active_days = 180
[value.category_margins]
tea = 0.4
hats = 0.3
shoes = 0.2
[validate]
max_rejected_share = 1.0
[output]
dir = "runs"
"#;

fn shop(nasty: Nasty) -> Shop {
    let mut dice = Dice(nasty.seed);
    let shop = Shop::sample();
    let header = "id,nr,at,seen,quantity,price,kind,off";
    let lines = lines(&mut dice, nasty);
    let (first, second) = lines.split_at(lines.len() / 3);
    let text = |lines: &[String]| format!("{header}\n{}\n", lines.join("\n"));
    std::fs::write(shop.path("a.csv"), text(first)).unwrap();
    std::fs::write(shop.path("b.csv"), text(second)).unwrap();
    std::fs::write(shop.path("complaints.csv"), complaints(&mut dice)).unwrap();
    std::fs::write(shop.path("customers.csv"), facts(&mut dice)).unwrap();
    let mut paths = "[\"a.csv\", \"b.csv\"]".to_owned();
    if nasty.two_types {
        "[\"a.csv\", \"b.csv\", \"c.parquet\"]".clone_into(&mut paths);
        let n = 3_000_u64;
        let ids: Vec<f64> =
            (0..n).map(|row| 10_000.0 + (row % CUSTOMERS) as f64 + if row == 77 { 0.5 } else { 0.0 }).collect();
        let mut frame = df!(
            "id" => ids,
            "nr" => (0..n).map(|row| i64::try_from(row % 1_000).unwrap()).collect::<Vec<_>>(),
            "at" => (0..n).map(|row| format!("2024-{:02}-13", 1 + row % 12)).collect::<Vec<_>>(),
            "seen" => vec![None::<String>; usize::try_from(n).unwrap()],
            "quantity" => (0..n).map(|row| row as f64 % 4.0).collect::<Vec<_>>(),
            "price" => (0..n).map(|row| 0.25 * (row % 90) as f64).collect::<Vec<_>>(),
            "kind" => (0..n).map(|row| if row % 2 == 0 { "tea" } else { "hats" }).collect::<Vec<_>>(),
            "off" => vec![0.5; usize::try_from(n).unwrap()],
        )
        .unwrap();
        ParquetWriter::new(File::create(shop.path("c.parquet")).unwrap()).finish(&mut frame).unwrap();
    }
    // Words cannot be multiplied.
    let amount = if nasty.words || nasty.zeros { "price" } else { "quantity * price" };
    shop.edit_config(|_| CONFIG.replace("PATHS", &paths).replace("AMOUNT", amount));
    shop
}

/// Everything that a run leaves.
fn outcome(shop: &Shop, out: &str, more: &[&str]) -> (DataFrame, serde_json::Value, serde_json::Value, Vec<String>) {
    shop.command("features").args(DAYS).args(["--out", out]).args(more).assert().success();
    let table = ParquetReader::new(File::open(shop.path(out).join("features.parquet")).unwrap()).finish().unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&shop.read(&format!("{out}/manifest.json"))).unwrap();
    let rejects = ["purchases", "customers"].map(|table| shop.read(&format!("{out}/rejects_{table}.csv")));
    (table, manifest["accounts"].clone(), manifest["findings"].clone(), rejects.to_vec())
}

#[test]
fn nasty_shops_are_the_same_whole_and_in_parts() {
    let plain = Nasty { seed: 1, words: false, zeros: false, other_unit: false, two_types: false };
    for nasty in [
        Nasty { words: true, ..plain },
        Nasty { seed: 2, zeros: true, other_unit: true, ..plain },
        Nasty { seed: 3, other_unit: true, two_types: true, ..plain },
        Nasty { seed: 5, ..plain },
        Nasty { seed: 4, words: true, two_types: true, ..plain },
    ] {
        let shop = shop(nasty);
        let whole = outcome(&shop, "whole", &[]);
        assert!(whole.0.height() > 500 && whole.2.as_array().unwrap().len() > 12, "{nasty:?}: {:#?}", whole.2);
        for memory in ["600KiB", "2MiB"] {
            let parts = outcome(&shop, "parts", &["--memory", memory]);
            assert_eq!(whole.1, parts.1, "{nasty:?} {memory}: the account");
            for (own, other) in whole.2.as_array().unwrap().iter().zip(parts.2.as_array().unwrap()) {
                assert_eq!(own, other, "{nasty:?} {memory}: what is said");
            }
            assert_eq!(whole.2, parts.2, "{nasty:?} {memory}: what is said");
            assert!(whole.3 == parts.3, "{nasty:?} {memory}: the rejected rows");
            assert!(whole.0.equals_missing(&parts.0), "{nasty:?} {memory}: the features");
        }
    }
}
