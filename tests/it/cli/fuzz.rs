//! Texts that nobody would write, made from some that people do: config, playbook, expressions, tables and models either are
//! read or give an error of ours, soon, and never a panic.
//!
//! `RETAIN_FUZZ_CASES` asks for more of them than the quick run has.

use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};
use retain::config::{Config, Playbook};

use crate::shop::Shop;

/// A case that takes longer hangs, on a machine however busy.
const LONGEST: Duration = Duration::from_secs(20);

/// Pieces that are put into texts: marks of TOML, SQL and CSV, numbers at the edge, other alphabets, control characters.
const PIECES: &[&str] = &[
    "\"",
    "'",
    "\"\"\"",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ",",
    ";",
    "\n",
    "\r",
    "\t",
    "\0",
    "\u{1b}[31m",
    "\u{feff}",
    "#",
    "--",
    "/*",
    "*/",
    "(",
    ")",
    "0",
    "-1",
    "1e309",
    "nan",
    "inf",
    "9223372036854775808",
    "-0.0",
    "1_000",
    "0x7f",
    "true",
    "null",
    ".",
    "..",
    "/",
    "\\",
    "é",
    "漢字",
    "\u{202e}",
    "🛒",
    " OR ",
    " AND ",
    "NOT ",
    "CASE WHEN ",
    " THEN ",
    " END",
    "CAST(",
    " AS ",
    "SUBSTR(",
    "LPAD(",
    "REGEXP_LIKE(",
    "COALESCE(",
    "NULLIF(",
    "INTERVAL '1 day'",
    "1979-05-27T07:32:00Z",
    "2024-02-30",
    "25:61:61",
    "%",
    "*",
    "path",
    "columns",
    "amount",
    "purchases",
    "name",
    "default",
    "duplicates",
];

/// A change of a text: where, in thousandths of its length, what kind, and which piece.
type Change = (u16, u8, usize);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    proptest::collection::vec((0..1_000_u16, 0..6_u8, 0..PIECES.len()), 1..12)
}

/// The text with its changes; always the same for the same ones.
fn changed(text: &str, changes: &[Change]) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for (at, kind, piece) in changes {
        let place = usize::from(*at) * letters.len() / 1_000;
        let piece: Vec<char> = PIECES[*piece].chars().collect();
        let end = (place + piece.len() * 3).min(letters.len());
        match kind {
            0 => letters.splice(place..place, piece).for_each(drop),
            1 => letters.splice(place..end, piece).for_each(drop),
            2 => letters.drain(place..end).for_each(drop),
            3 => {
                let again: Vec<char> = letters[place..end].to_vec();
                letters.splice(place..place, again).for_each(drop);
            }
            4 => letters.truncate(place),
            _ => {
                letters.swap_remove(place);
            }
        }
        if letters.is_empty() {
            letters.push('x');
        }
    }
    letters.into_iter().collect()
}

/// So many cases; a find is printed with what it was made of.
fn cases(usual: u32, share: u32) -> TestRunner {
    let asked = std::env::var("RETAIN_FUZZ_CASES").ok().map_or(usual, |text| text.parse::<u32>().unwrap() / share);
    let cases = Cases { cases: asked, failure_persistence: None, max_shrink_iters: 200, ..Cases::default() };
    let seed = if std::env::var_os("RETAIN_FUZZ_CASES").is_some() { None } else { Some([22; 32]) };
    let algorithm = proptest::test_runner::RngAlgorithm::ChaCha;
    match seed {
        Some(seed) => TestRunner::new_with_rng(cases, proptest::test_runner::TestRng::from_seed(algorithm, &seed)),
        None => TestRunner::new(cases),
    }
}

fn soon<T>(what: &str, work: impl FnOnce() -> T) -> Result<T, TestCaseError> {
    let begun = Instant::now();
    let outcome = work();
    prop_assert!(begun.elapsed() < LONGEST, "{what} takes {:?}", begun.elapsed());
    Ok(outcome)
}

fn text_of(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn a_config_and_a_playbook_are_read_or_refused() {
    let configs = ["data/sample/retain.toml", "examples/online_retail_ii.toml"].map(text_of);
    let playbook = text_of("src/config/playbook/default.toml");
    let both = (0..3_usize, changes());
    cases(400, 1)
        .run(&both, |(which, changes)| {
            let file = Path::new("x.toml");
            if let Some(config) = configs.get(which) {
                let text = changed(config, &changes);
                let outcome = soon("a config", || Config::from_toml(&text, file))?;
                prop_assert!(outcome.is_ok() || !outcome.unwrap_err().to_string().is_empty());
            } else {
                let text = changed(&playbook, &changes);
                let outcome = soon("a playbook", || Playbook::from_toml(&text, file))?;
                prop_assert!(outcome.is_ok() || !outcome.unwrap_err().to_string().is_empty());
            }
            Ok(())
        })
        .unwrap();
}

/// A hundred customers in text, whose cells people write like that.
fn lines() -> String {
    let line = |n: usize| {
        let (day, month) = (1 + n % 28, 1 + n / 28 % 12);
        format!("C{:03},O{n},2024-{month:02}-{day:02} 10:{:02}:00,{}.{:02},web\n", n % 100, n % 60, n % 90, n % 97)
    };
    "customer_id,order_id,purchased_at,amount,channel\n".to_owned() + &(0..600).map(line).collect::<String>()
}

const MAPPING: &str = "name = \"x\"\ncurrency = \"EUR\"\n[purchases]\npath = \"p.csv\"\nfilter = \"amount > 0 AND channel <> 'x'\"\n\
    [purchases.columns]\ncustomer_id = \"customer_id\"\norder_id = \"order_id\"\npurchased_at = \"purchased_at\"\n\
    amount = \"CASE WHEN amount > 5 THEN amount * 2 ELSE COALESCE(amount, 0) END\"\nchannel = \"SUBSTR(channel, 1, 2)\"\n\
    [churn]\nhorizon_days = 60\n[validate]\nmin_customers = 20\n[models]\ndir = \"models\"\n[output]\ndir = \"runs\"\n";

#[test]
fn a_table_and_its_expressions_are_read_or_refused() {
    let shop = Shop::of(&lines(), MAPPING);
    std::fs::write(shop.path("p.csv"), lines()).unwrap();
    let what = (proptest::bool::ANY, changes());
    cases(40, 20)
        .run(&what, |(is_of_rows, changes)| {
            let (rows, mapping) = (lines(), MAPPING.to_owned());
            let [rows, mapping] =
                if is_of_rows { [changed(&rows, &changes), mapping] } else { [rows, changed(&mapping, &changes)] };
            std::fs::write(shop.path("p.csv"), rows).unwrap();
            std::fs::write(shop.path("retain.toml"), &mapping).unwrap();
            let output = soon("check", || shop.command("check").output().unwrap())?;
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            prop_assert!(matches!(output.status.code(), Some(0..=4)), "{:?}: {said}", output.status);
            prop_assert!(!said.contains("panicked") && !said.contains("error[E709]"), "{said}");
            let is_plain = |letter: char| letter == '\n' || letter == '\t' || !letter.is_control();
            prop_assert!(said.chars().all(is_plain), "control characters reach the terminal: {said:?}");
            Ok(())
        })
        .unwrap();
}
