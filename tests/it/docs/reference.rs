//! What is made from the code: the reference pages, and the top of the list on the front page.

use std::collections::BTreeMap;
use std::fmt::Write;

use retain::config;
use retain::error::{ERROR_CODES, ERROR_GROUPS, ErrorCode, Exit};
use retain::features::{catalogue, dictionary};
use retain::pipeline::{LIST_COLUMNS, list_row_schema, run_report_schema};
use retain::table::Column;

use super::{REWRITE, hold, pages, root};
use crate::messages;
use crate::shop::empty_list;

/// A page with its title and what it is, and the remark that it is made.
fn page(title: &str, about: &str, body: &str) -> String {
    format!("# {title}\n\n<!-- Made from the code by `{REWRITE}`; not to be edited. -->\n\n{about}\n\n{body}")
}

#[test]
fn the_config_page_is_current() {
    let about = "Every key of the config file, and every column that a mapping may name. `retain config-reference` prints the \
                 same, and `retain init` drafts a config with comments. Unknown keys are errors. How to map files is in the \
                 [guide](../data-scientist.md#mapping-your-files).";
    hold("docs/reference/config.md", &page("Config", about, &config::reference()));
}

#[test]
fn the_sql_page_is_current() {
    let about = "What the expressions of a mapping, a filter or a custom feature may use. An expression looks at its own row; \
                 names of columns stand in double quotes, texts in single ones. What another file knows about a row comes by a \
                 [lookup](config.md).";
    hold("docs/reference/sql.md", &page("SQL of mappings", about, &retain::ingest::sql_reference()));
}

#[test]
fn the_features_page_is_current() {
    let about = "Every feature of the catalogue. `retain features --describe` prints the same, with `--config` also the \
                 [custom features](../data-scientist.md#custom-features) of a shop. A feature whose input a shop lacks does \
                 not exist there.";
    hold("docs/reference/features.md", &page("Features", about, &dictionary(&[])));
    let (pages, n) = (pages(), catalogue().count());
    assert!(pages["docs/data-scientist.md"].contains(&format!("There are {n}, in")), "there are {n} features");
    assert!(pages["ARCHITECTURE.md"].contains(&format!("the catalogue of {n} features")), "there are {n} features");
}

#[test]
fn the_list_page_is_current() {
    let about = "Every column of `list.csv` and `list.parquet`, in their order. How to work with them is in \
                 [how to work the list](../retention-team.md).";
    let list = empty_list();
    let table = list.pieces().next().unwrap();
    let mut body = "| column | type | unit | may be empty | meaning |\n|---|---|---|---|---|\n".to_owned();
    for (column, (name, values)) in LIST_COLUMNS.iter().zip(&table.columns) {
        assert_eq!(column.name, name);
        let (kind, is_optional) = kind(values);
        // The day of the list is never absent, whatever its column could hold.
        let optional = if is_optional && column.name != "as_of" { "yes" } else { "" };
        writeln!(body, "| `{name}` | {kind} | {} | {optional} | {} |", column.unit, column.meaning).unwrap();
    }
    hold("docs/reference/list.md", &page("List", about, &body));
}

#[test]
fn the_schemas_are_current() {
    let text = |schema: serde_json::Value| format!("{schema:#}\n");
    hold("docs/reference/schemas/list.json", &text(list_row_schema(&empty_list())));
    hold("docs/reference/schemas/manifest.json", &text(retain::commands::manifest_schema()));
    hold("docs/reference/schemas/report.json", &text(run_report_schema()));
    hold("docs/reference/schemas/value.json", &text(retain::value::value_report_schema()));
    hold("docs/reference/schemas/backtest.json", &text(retain::commands::backtest_schema()));
    hold("docs/reference/schemas/explain.json", &text(retain::explain::explanation_schema()));
    hold("docs/reference/schemas/config.json", &config::schema_json());
}

/// The type of a column in files, and whether it may be empty.
fn kind(column: &Column<'_>) -> (&'static str, bool) {
    match column {
        Column::Text(_) => ("text", false),
        Column::OptionalText(_) => ("text", true),
        Column::Number(_) | Column::Money { .. } => ("number", false),
        Column::OptionalNumber(_) | Column::OptionalMoney { .. } => ("number", true),
        Column::Integer(_) => ("whole number", false),
        Column::OptionalInteger(_) => ("whole number", true),
        Column::Flag(_) => ("true or false", false),
        Column::Time(_) => ("instant", false),
        Column::OptionalTime(_) => ("instant", true),
        Column::OptionalDate(_) => ("date", true),
    }
}

/// How the process ends for each code, and what is printed.
fn errors() -> BTreeMap<&'static str, (Exit, Vec<String>)> {
    let mut errors: BTreeMap<&'static str, (Exit, Vec<String>)> = BTreeMap::new();
    for failure in messages::failures() {
        let (code, exit) = (failure.report().code(), failure.report().exit());
        let (known, examples) = errors.entry(code).or_insert((exit, Vec::new()));
        assert_eq!(*known, exit, "{code} ends the process in two ways");
        examples.push(failure.to_string());
    }
    errors
}

#[test]
fn every_code_in_the_source_has_a_meaning_and_every_meaning_a_code() {
    let catalogue: Vec<String> = ERROR_CODES.iter().map(|code| code.code.to_owned()).collect();
    let used: Vec<String> = messages::codes_in_the_source().into_iter().collect();
    assert_eq!(catalogue, used);
    assert!(errors().keys().eq(catalogue.iter()));
}

#[test]
fn the_errors_page_is_current() {
    let about = "Every error has a stable code. Below stand what each means, the [exit code](exit-codes.md) with which the \
                 process ends, and how its message looks, with made-up files and figures. Findings about data that stop a run \
                 are listed in the message of E221.";
    let errors = errors();
    let mut body = String::new();
    for (digit, title) in ERROR_GROUPS {
        let codes = || ERROR_CODES.iter().filter(|code| code.code[1..].starts_with(*digit));
        write!(body, "## {digit}xx: {title}\n\n| code | exit | meaning |\n|---|---|---|\n").unwrap();
        for ErrorCode { code, meaning } in codes() {
            let exit = errors[code].0 as u8;
            writeln!(body, "| [{code}](#{}) | {exit} | {meaning} |", code.to_lowercase()).unwrap();
        }
        for ErrorCode { code, meaning } in codes() {
            write!(body, "\n### {code}\n\n{meaning}.\n").unwrap();
            for example in &errors[code].1 {
                write!(body, "\n```text\n{example}\n```\n").unwrap();
            }
        }
        body.push('\n');
    }
    hold("docs/reference/errors.md", &page("Errors", about, &format!("{}\n", body.trim_end())));
}

#[test]
fn the_exit_codes_page_is_current() {
    let about =
        "How a process of `retain` ends. A scheduler can decide by these numbers; they are part of the interface.";
    let errors = errors();
    let mut body = "| exit code | meaning | what to do | errors |\n|---|---|---|---|\n".to_owned();
    for exit in Exit::ALL {
        let of_exit = errors.iter().filter(|(_, (other, _))| *other == exit).map(|(code, _)| *code);
        let links: Vec<String> = of_exit.map(|code| format!("[{code}](errors.md#{})", code.to_lowercase())).collect();
        let (meaning, what_to_do) = (exit.meaning(), exit.what_to_do());
        writeln!(body, "| {} | {meaning} | {what_to_do} | {} |", exit as u8, links.join(" ")).unwrap();
    }
    hold("docs/reference/exit-codes.md", &page("Exit codes", about, &body));
}

/// The columns of the list that the front page shows.
const SHOWN: &[&str] = &[
    "rank",
    "customer_id",
    "expected_net_gain",
    "leaving_probability",
    "value_at_stake",
    "open_complaints",
    "recommended_action",
    "reason_1",
];

const BEGIN: &str = "<!-- list: begin -->\n";
const END: &str = "<!-- list: end -->\n";

/// The fields of a line of CSV.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().unwrap().push(c),
        }
    }
    fields
}

#[test]
fn the_list_on_the_front_page_is_that_of_the_sample() {
    // The test that runs the whole job holds this file against its list.
    let snapshot = std::fs::read_to_string(root().join("tests/it/snapshots/it__golden__list.snap")).unwrap();
    let mut rows = snapshot.lines().skip_while(|line| !line.starts_with("rank,")).map(fields);
    let names = rows.next().unwrap();
    let position = |name: &&str| names.iter().position(|other| other == name).unwrap();
    let positions: Vec<usize> = SHOWN.iter().map(position).collect();
    let mut table = format!("| {} |\n|{}\n", SHOWN.join(" | "), "---|".repeat(SHOWN.len()));
    for row in rows {
        let cells: Vec<&str> = positions.iter().map(|position| row[*position].as_str()).collect();
        writeln!(table, "| {} |", cells.join(" | ")).unwrap();
    }
    let readme = &pages()["README.md"];
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    assert!(before.contains(&format!("with {} of its [{} columns]", SHOWN.len(), LIST_COLUMNS.len())));
    hold("README.md", &format!("{before}{BEGIN}{table}{END}{after}"));
}
