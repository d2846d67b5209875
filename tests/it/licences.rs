//! Licences and sources of all crates that the program is built from, held against `deny.toml` without network.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

/// Whether a licence expression is met by licences that are allowed.
///
/// # Source
/// SPDX (2022), specification 2.3, annex D: `AND` binds more strongly than `OR`; `/` is an older form of `OR`.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut place = 0;
    let outcome = any(&words, &mut place, allowed);
    outcome && place == words.len()
}

fn any(words: &[&str], place: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut outcome = all(words, place, allowed);
    while words.get(*place) == Some(&"OR") {
        *place += 1;
        outcome |= all(words, place, allowed);
    }
    outcome
}

fn all(words: &[&str], place: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut outcome = one(words, place, allowed);
    while words.get(*place) == Some(&"AND") {
        *place += 1;
        outcome &= one(words, place, allowed);
    }
    outcome
}

fn one(words: &[&str], place: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let Some(word) = words.get(*place) else { return false };
    *place += 1;
    if *word == "(" {
        let outcome = any(words, place, allowed);
        *place += 1;
        return outcome;
    }
    if words.get(*place) == Some(&"WITH") {
        let exception = words.get(*place + 1).copied().unwrap_or_default();
        *place += 2;
        return allowed.contains(&format!("{word} WITH {exception}"));
    }
    allowed.contains(*word)
}

fn policy() -> Value {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml")).unwrap();
    toml::from_str(&text).unwrap()
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_crate_has_a_licence_that_is_allowed_and_comes_from_a_known_registry() {
    let policy = policy();
    let (allowed, registries) = (texts(&policy["licenses"]["allow"]), texts(&policy["sources"]["allow-registry"]));
    let mut metadata = Command::new(env!("CARGO"));
    metadata.args(["metadata", "--offline", "--locked", "--format-version", "1", "--all-features"]);
    // Crates of other systems need not be on this machine.
    metadata.args(["--filter-platform", "x86_64-unknown-linux-gnu"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = metadata.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "{}", packages.len());
    for package in packages {
        let (name, licence) = (&package["name"], package["license"].as_str().unwrap_or_default());
        assert!(is_allowed(licence, &allowed), "{name}: `{licence}` is not among `licenses.allow` of deny.toml");
        let source = package["source"].as_str().map(|source| source.trim_start_matches("registry+").to_owned());
        assert!(source.is_none_or(|source| registries.contains(&source)), "{name} comes from {}", package["source"]);
    }
}

#[test]
fn licence_expressions_mean_what_spdx_says() {
    let allowed: BTreeSet<String> = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("GPL-3.0 AND MIT", false),
        ("MIT AND ISC", true),
        ("GPL-3.0 OR ISC AND MIT", true),
        ("(GPL-3.0 OR ISC) AND MIT", true),
        ("MIT AND (GPL-3.0 OR AGPL-3.0)", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0", false),
        ("Apache-2.0 WITH Classpath-exception-2.0", false),
        ("MIT ISC", false),
    ] {
        assert_eq!(is_allowed(expression, &allowed), expected, "{expression}");
    }
}
