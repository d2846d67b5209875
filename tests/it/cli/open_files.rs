//! What other programs open: JSON lines, the manifest and the page of a customer, held against their schemas; completions and
//! pages for `man`.

use std::path::Path;
use std::process::Command;

use crate::shop::{Shop, retain};
use crate::skip::skipped;

/// A program that holds each document of a file against a schema, one a line or the whole.
const VALIDATE: &str = r"
import json, sys
from jsonschema import Draft202012Validator
schema = json.load(open(sys.argv[1]))
Draft202012Validator.check_schema(schema)
check = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
text = open(sys.argv[2]).read()
documents = [json.loads(line) for line in text.splitlines()] if sys.argv[2].endswith('.jsonl') else [json.loads(text)]
wrong = [f'{error.json_path}: {error.message}' for document in documents for error in check.iter_errors(document)]
print(len(documents), 'documents', *wrong[:5], sep='\n')
sys.exit(1 if wrong else 0)
";

/// The Python of the tests, if it has the validator.
fn python() -> Option<String> {
    let python = std::env::var("RETAIN_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has =
        Command::new(&python).args(["-c", "import jsonschema"]).output().is_ok_and(|output| output.status.success());
    if !has {
        skipped("jsonschema for python");
    }
    has.then_some(python)
}

/// What the validator says of a file, and whether it is valid.
fn validated(python: &str, schema: &str, file: &Path) -> (bool, String) {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/schemas").join(schema);
    let output = Command::new(python).args(["-c", VALIDATE]).args([&schema, file]).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[test]
fn files_are_what_their_schemas_say_and_a_customer_has_a_page() {
    let Some(python) = python() else { return };
    let shop = Shop::simulated(500);
    shop.edit_config(|text| text + "\n[output]\njsonl = true\ncarry = [\"birth_year\"]\n[panel]\nmax_cutoffs = 3\n[backtest]\nlast = 1\nbootstrap = 40\n");
    shop.command("run").args(["--out", "run", "--quiet"]).assert().success();
    shop.command("score").args(["--out", "score", "--as-of", "2025-07-02", "--quiet"]).assert().success();
    shop.command("check").args(["--out", "check", "--quiet"]).assert().success();
    shop.command("features").args(["--out", "features", "--quiet"]).assert().success();
    shop.command("backtest").args(["--out", "backtest", "--quiet"]).assert().success();
    // Customers of both lists, with and without an action.
    for (name, list) in [("keep", "list"), ("winback", "winback")] {
        let rows = shop.read(&format!("run/{list}.csv"));
        let customer = rows.lines().nth(1).and_then(|row| row.split(',').nth(1)).unwrap();
        let explained =
            shop.command("explain").args(["--customer", customer, "--as-of", "2025-07-02", "--json"]).assert();
        std::fs::write(shop.path(&format!("{name}.json")), &explained.success().get_output().stdout).unwrap();
    }
    for (schema, file) in [
        ("explain.json", "keep.json"),
        ("explain.json", "winback.json"),
        ("value.json", "run/value.json"),
        ("value.json", "score/value.json"),
        ("backtest.json", "backtest/backtest.json"),
        ("list.json", "run/list.jsonl"),
        ("list.json", "run/winback.jsonl"),
        ("manifest.json", "run/manifest.json"),
        ("manifest.json", "score/manifest.json"),
        ("report.json", "run/report.json"),
        ("report.json", "score/report.json"),
        ("manifest.json", "check/manifest.json"),
        ("manifest.json", "features/manifest.json"),
    ] {
        let (is_valid, said) = validated(&python, schema, &shop.path(file));
        assert!(is_valid, "{file}: {said}");
    }
    // The rows are those of the list, and the validator is one that finds what is wrong.
    let (lines, rows) = (shop.read("run/list.jsonl"), shop.read("run/list.csv"));
    assert_eq!(lines.lines().count(), rows.lines().count() - 1);
    assert!(lines.lines().all(|line| line.contains("\"birth_year\":\"")));
    let customer = rows.lines().nth(1).unwrap().split(',').nth(1).unwrap();
    assert!(lines.lines().next().unwrap().starts_with(&format!("{{\"rank\":1,\"customer_id\":\"{customer}\",")));
    std::fs::write(shop.path("wrong.jsonl"), lines.replacen("\"rank\":1,", "\"rank\":\"1\",", 1)).unwrap();
    let (is_valid, said) = validated(&python, "list.json", &shop.path("wrong.jsonl"));
    assert!(!is_valid && said.contains("$.rank"), "{said}");
    let manifest = shop.read("run/manifest.json");
    assert!(manifest.contains("\"list.jsonl\"") && manifest.contains("\"winback.jsonl\""));
    // The page of a customer says what the text says, loads nothing and runs nothing.
    let explain = |format: &[&str]| {
        let mut command = shop.command("explain");
        command.args(["--customer", customer, "--as-of", "2025-07-02"]).args(format);
        String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
    };
    let page = explain(&["--format", "html"]);
    assert!(page.starts_with("<!doctype html>") && page.contains(customer), "{page}");
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
    assert!(page.matches("<svg").count() == 3 && page.contains("<rect"), "{}", page.matches("<svg").count());
    let json: serde_json::Value = serde_json::from_str(&explain(&["--format", "json"])).unwrap();
    assert_eq!(json, serde_json::from_str::<serde_json::Value>(&explain(&["--json"])).unwrap());
    let reason = json["reasons"][0].as_str().unwrap();
    // On the page amounts and percentages hold together, and a sentence begins with a capital letter.
    let page = page.replace('\u{a0}', " ");
    assert!(page.contains(&reason[1..].replace('\'', "&#x27;")) && explain(&[]).contains(&reason[..20]));
    shop.command("explain").args(["--customer", customer, "--json", "--format", "html"]).assert().code(2);
}

#[test]
fn shells_complete_commands_and_man_has_pages() {
    for shell in ["bash", "zsh", "fish"] {
        let output = retain().args(["completions", shell]).assert().success().get_output().stdout.clone();
        let script = String::from_utf8(output).unwrap();
        assert!(script.contains("backtest") && script.contains("no-progress"), "{shell}");
        let Ok(mut child) = Command::new(shell).arg("-n").stdin(std::process::Stdio::piped()).spawn() else { continue };
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), script.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{shell} cannot read its script");
    }
    retain().args(["completions", "cmd"]).assert().code(2);
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    retain().arg("man").arg(&pages).assert().success();
    for page in ["retain.1", "retain-score.1", "retain-models-rollback.1"] {
        let text = std::fs::read_to_string(pages.join(page)).unwrap();
        assert!(text.starts_with(".ie") && text.contains(".SH SYNOPSIS"), "{page}");
    }
    // A second time replaces them.
    retain().arg("man").arg(&pages).assert().success();
}
