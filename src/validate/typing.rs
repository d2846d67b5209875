//! Types and missing values: what could not be read, what was read with a rule of ours, what was missing.

use super::Checked;
use super::finding::{Finding, Severity};
use crate::ingest::{Fact, FactRule, TypedTable};
use crate::text::{counted, grouped, verb};

/// Findings about rows rejected while typing, and about what `ingest` noticed.
pub(super) fn check(checked: &mut Checked<'_>) {
    let mut findings = Vec::new();
    for table in &checked.tables {
        findings.extend(table.facts.iter().map(|fact| of_fact(table, fact)));
        findings.extend(rejections(table));
    }
    checked.findings.extend(findings);
}

fn rejections(table: &TypedTable) -> Vec<Finding> {
    let name = table.table().name();
    let mut findings = Vec::new();
    for (reason, count, first_rows) in table.rejections() {
        let Some(column) = reason.column.filter(|_| !reason.is_filter()) else { continue };
        let what = match reason.rule {
            "missing" => "no",
            _ => "an unreadable",
        };
        let have = verb(count, "has", "have");
        let message = format!("{} of {} {have} {what} `{column}`; rejected", grouped(count), total(table));
        let shown = first_rows.iter().map(|row| match reason.rule {
            "missing" => table.mention(*row),
            _ => format!("`{}`", table.cell(column, *row)),
        });
        let finding = Finding::new(reason.rule, name, Severity::Warning, message).of_column(column).counting(count);
        let finding = finding.with_examples(shown);
        findings.push(match hint_for(reason.rule) {
            Some(hint) => finding.with_hint(hint),
            None => finding,
        });
    }
    findings
}

fn hint_for(rule: &str) -> Option<&'static str> {
    match rule {
        "unreadable_time" => {
            Some("times are read as ISO 8601 between 1900 and 2200; give `time_format` for another form")
        }
        "unreadable_number" => Some(
            "numbers are written like 1234.50, without currency signs and thousands separators; use SQL to strip them",
        ),
        _ => None,
    }
}

fn of_fact(table: &TypedTable, fact: &Fact) -> Finding {
    let name = table.table().name();
    let (count, have) = (grouped(fact.count), verb(fact.count, "has", "have"));
    let lines = counted(fact.count, "line");
    let place = &fact.place;
    let (rule, severity, message, hint) = match fact.rule {
        FactRule::SpreadsheetIds => (
            "spreadsheet_ids",
            Severity::Warning,
            format!("{count} of {} {have} a `{place}` like 12680.0; read as 12680, in every table", total(table)),
            "such ids were numbers in a spreadsheet; export them as text",
        ),
        FactRule::NotUtf8 => (
            "not_utf8",
            Severity::Warning,
            format!(
                "`{place}` holds {} that {} no UTF-8; replaced by U+FFFD",
                counted(fact.count, "character"),
                verb(fact.count, "is", "are")
            ),
            "save the file as UTF-8, lest ids or categories become the same",
        ),
        FactRule::ShortLines => (
            "short_lines",
            Severity::Warning,
            format!("`{place}` has {lines} with fewer fields than its header; the last ones are taken as absent"),
            "check that the file was written and transferred to its end",
        ),
        FactRule::BrokenLines => (
            "broken_lines",
            Severity::Warning,
            format!("`{place}` has {lines} that cannot be split into the columns of its header; rejected"),
            "put fields with separators, quotes or line ends in double quotes",
        ),
        FactRule::StrayQuotes => (
            "stray_quotes",
            Severity::Recommendation,
            format!("`{place}` has {lines} with a double quote inside an unquoted field; taken as it stands"),
            "put such fields in double quotes and double the quote",
        ),
        FactRule::Unreadable => (
            "unreadable_value",
            Severity::Warning,
            format!("{count} of {} {have} an unreadable `{place}`; taken as absent", total(table)),
            "correct the source, or map the column with SQL that yields the expected form",
        ),
    };
    Finding::new(rule, name, severity, message)
        .of_column(place.clone())
        .counting(fact.count)
        .with_examples(fact.examples.iter().map(|example| format!("`{example}`")))
        .with_hint(hint)
}

fn total(table: &TypedTable) -> String {
    counted(table.n_belonging(), table.table().one())
}
