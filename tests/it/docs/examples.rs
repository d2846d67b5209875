//! Commands, configs and keys that the pages show are ones that the program takes.

use std::path::Path;

use clap::Parser;
use clap::error::ErrorKind;
use retain::cli::Cli;
use retain::config::{Config, ConfigError, schema_json};
use retain::features::is_taken;

use super::markdown::{self, Parsed};
use super::present_pages;

/// Words in capitals that stand for something, and what may stand there.
const PLACEHOLDERS: &[(&str, &str)] = &[("DAY", "2025-07-01"), ("SIZE", "6GiB"), ("N", "16")];

/// A command as the program gets it: without what a shell takes for itself.
fn words(command: &str) -> Vec<String> {
    let ends = |word: &&str| !["#", "|", ">", "&&", "..."].contains(word);
    command
        .split_whitespace()
        .take_while(ends)
        .map(|word| stands_for(word).trim_matches(['"', '\'']).to_owned())
        .collect()
}

fn stands_for(word: &str) -> &str {
    PLACEHOLDERS.iter().find(|(name, _)| *name == word).map_or(word, |(_, text)| text)
}

/// The command of a line of code, if it is one of ours.
fn command(line: &str) -> Option<String> {
    let line = line.trim();
    let by_cargo = line.strip_prefix("cargo run ").and_then(|rest| rest.split_once("-- "));
    let command = by_cargo.map(|(_, arguments)| format!("retain {arguments}"));
    command.or_else(|| line.starts_with("retain ").then(|| line.to_owned()))
}

/// Lines that a reader would run: those of code blocks.
fn lines_to_run(parsed: &Parsed) -> impl Iterator<Item = &str> {
    let shells = parsed.fences.iter().filter(|fence| ["", "sh", "console"].contains(&fence.language.as_str()));
    parsed.indented.iter().map(String::as_str).chain(shells.flat_map(|fence| fence.text.lines()))
}

#[test]
fn every_command_that_is_shown_is_one() {
    let mut n_commands = 0;
    for (page, text) in present_pages() {
        let parsed = markdown::parse(&text);
        for command in lines_to_run(&parsed).filter_map(command) {
            let taken = Cli::try_parse_from(words(&command));
            assert!(taken.is_ok(), "{page}: `{command}`: {}", taken.unwrap_err());
            n_commands += 1;
        }
        for command in parsed.spans().iter().filter_map(|span| command(span)) {
            // In running text a command may be named without what it needs.
            if let Err(error) = Cli::try_parse_from(words(&command)) {
                let is_named = matches!(
                    error.kind(),
                    ErrorKind::MissingRequiredArgument
                        | ErrorKind::MissingSubcommand
                        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
                );
                assert!(is_named, "{page}: `{command}`: {error}");
            }
            n_commands += 1;
        }
    }
    assert!(n_commands > 50, "{n_commands} commands");
}

/// A shop with every table, to which a section is added.
const SHOP: &str = r#"
name = "shop"
currency = "EUR"
purchases = { path = "orders.csv", columns = { customer_id = "customer", purchased_at = "at", amount = "amount", category = "category" } }
complaints = { path = "tickets.csv", columns = { complaint_id = "ticket", customer_id = "customer", opened_at = "at" } }
customers = { path = "people.csv", columns = { customer_id = "customer", valid_from = "since" } }
surveys = { path = "answers.csv", columns = { customer_id = "customer", answered_at = "at" } }
churn = { horizon_days = 60 }
"#;

/// A whole config as it stands; a section together with a shop.
fn config(example: &str) -> Result<Config, ConfigError> {
    let mut whole: toml::Table = example.parse().unwrap();
    if !whole.contains_key("name") {
        let section = std::mem::replace(&mut whole, SHOP.parse().unwrap());
        for (name, value) in section {
            // A part of a table is put into that of the shop.
            match (whole.get_mut(&name), value) {
                (Some(toml::Value::Table(own)), toml::Value::Table(part)) => own.extend(part),
                (_, value) => drop(whole.insert(name, value)),
            }
        }
    }
    Config::from_toml_beside(&toml::to_string(&whole).unwrap(), Path::new("shop/retain.toml"), &is_taken)
}

#[test]
fn every_config_that_is_shown_can_be_used() {
    let mut n_configs = 0;
    for (page, text) in present_pages() {
        for fence in markdown::parse(&text).fences.iter().filter(|fence| fence.language == "toml") {
            if let Err(error) = config(&fence.text) {
                panic!("{page}: {error}\n{}", fence.text);
            }
            n_configs += 1;
        }
    }
    assert!(n_configs > 5, "{n_configs} configs");
    assert!(config("[panel]\nstep_day = 30\n").is_err(), "an unknown key is found");
}

/// The dotted key that a span of code names, with or without its value, if it looks like one.
fn dotted_key(span: &str) -> Option<&str> {
    let key = span.split(" = ").next()?;
    let is_file = [".json", ".jsonl", ".csv", ".parquet", ".toml", ".md", ".rs", ".html", ".damaged"];
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let is_key = key.contains('.') && key.split('.').all(is_word) && !is_file.iter().any(|end| key.ends_with(end));
    is_key.then_some(key)
}

#[test]
fn every_key_that_is_named_exists() {
    let schema: serde_json::Value = serde_json::from_str(&schema_json()).unwrap();
    let is_known = |path: &str| schema.pointer(&format!("/properties/{}", path.replace('.', "/properties/"))).is_some();
    let mut n_keys = 0;
    for (page, text) in present_pages() {
        for span in markdown::parse(&text).spans() {
            let Some(key) = dotted_key(&span) else { continue };
            let (section, rest) = key.split_once('.').unwrap();
            if !is_known(section) {
                continue;
            }
            // A column of a table may be named without `columns`; lookups have names of their own.
            assert!(
                key.contains(".lookup.") || is_known(key) || is_known(&format!("{section}.columns.{rest}")),
                "{page}: `{key}` is no key"
            );
            n_keys += 1;
        }
    }
    assert!(n_keys > 15, "{n_keys} keys");
}
