//! Types and missing values: what could not be read, what was read with a rule of ours, what was missing.

use super::checked::Checked;
use super::finding::Severity;
use super::layout;
use super::tally::{Counts, Tally};
use crate::config::TableConfig;
use crate::ingest::{Fact, FactRule, NO, Reason, TypedTable, YES, toml_text};
use crate::text::{counted, grouped, verb};

/// Counts rows rejected while typing, and what `ingest` noticed.
pub(super) fn check(checked: &mut Checked<'_>) {
    for table in &checked.tables {
        let section = checked.section(table.table()).cloned();
        let of_fact =
            |fact| layout::of_fact(table, fact, section.as_ref()).or_else(|| of_fact(table, fact, section.as_ref()));
        table.facts.iter().filter_map(of_fact).for_each(|tally| checked.tallies.add(tally));
        for tally in rejections(table) {
            checked.tallies.add(tally);
        }
    }
}

fn rejections(table: &TypedTable) -> Vec<Tally> {
    let one = table.table().one();
    let mut tallies = Vec::new();
    for (reason, count, first_rows) in table.rejections() {
        if reason == Reason::NOT_LOOKED_UP {
            let shown = first_rows.iter().map(|row| table.mentioned(*row));
            tallies.push(not_judged(table, count).with_examples(shown));
        }
        let Some(column) = reason.column.filter(|_| !reason.is_filter()) else { continue };
        let is_missing = reason.rule == "missing";
        let what = if is_missing { "no" } else { "an unreadable" };
        let wording = move |counts: Counts| {
            let (found, have) = (grouped(counts.found), verb(counts.found, "has", "have"));
            let of = counted(counts.belonging, one);
            (Severity::Warning, format!("{found} of {of} {have} {what} `{column}`; rejected"))
        };
        let shown = |row: &usize| if is_missing { table.mentioned(*row) } else { table.shown(column, *row) };
        let tally = Tally::new(reason.rule, (table.table(), count), wording).of_column(column);
        let tally = tally.with_examples(first_rows.iter().map(shown));
        tallies.push(match hint_for(reason.rule) {
            Some(hint) => tally.with_hint(hint),
            None => tally,
        });
    }
    tallies
}

/// Rows that are lost because the filter asks for what a lookup did not give.
fn not_judged(table: &TypedTable, count: u64) -> Tally {
    let name = table.table().name();
    let wording = move |counts: Counts| {
        let severity = if counts.found * 100 >= counts.belonging { Severity::Error } else { Severity::Warning };
        let (rows, of) = (counted(counts.found, "row"), grouped(counts.belonging));
        let message = format!(
            "{rows} of {of} {} rejected, because `{name}.filter` asks for a column of a lookup that has nothing for them",
            verb(counts.found, "is", "are")
        );
        (severity, message)
    };
    let hint = format!(
        "look why these rows find nothing (`no_lookup_key`, `not_looked_up`); `filter = \"column IS NULL OR ...\"` in `[{name}]` keeps \
         them, `column IS NOT NULL AND ...` sets them aside"
    );
    Tally::new("filter_not_looked_up", (table.table(), count), wording).of_column("filter").with_hint(hint)
}

fn hint_for(rule: &str) -> Option<&'static str> {
    match rule {
        "unreadable_time" => {
            Some("times between 1900 and 2200 are read; give `time_format` for a form that is not known")
        }
        "unreadable_number" => Some(
            "numbers are digits with a mark before decimals, marks between thousands, a sign and a currency; use SQL to strip \
             other things",
        ),
        _ => None,
    }
}

fn of_fact(table: &TypedTable, fact: &Fact, section: Option<&TableConfig>) -> Option<Tally> {
    let (one, place, rule) = (table.table().one(), fact.place.clone(), fact.rule);
    let (name, hint) = match rule {
        FactRule::SpreadsheetIds => {
            ("spreadsheet_ids", "such ids were numbers in a spreadsheet; export them as text".to_owned())
        }
        FactRule::NotUtf8 => ("not_utf8", "give its `encoding`, or save it as UTF-8, lest ids or categories become the same".to_owned()),
        FactRule::ShortLines => {
            ("short_lines", "check that the file was written and transferred to its end".to_owned())
        }
        FactRule::BrokenLines => {
            ("broken_lines", "put fields with separators, quotes or line ends in double quotes; or write `quote = \"none\"` where quotes are text".to_owned())
        }
        FactRule::BrokenObjects => {
            ("broken_lines", "was the file written and transferred to its end? Each row is one object, `{\"name\": value}`".to_owned())
        }
        FactRule::StrayQuotes => ("stray_quotes", "put such fields in double quotes and double the quote".to_owned()),
        FactRule::Unreadable => (
            "unreadable_value",
            "correct the source, or map the column with SQL that yields the expected form".to_owned(),
        ),
        FactRule::UnreadableFlag => (UNREADABLE_FLAG, flags_that_are_read(&fact.place)),
        FactRule::FirstLineOnly => (FIRST_LINE_ONLY, fill_down(table, section)),
        FactRule::NotLookedUp => (
            NOT_LOOKED_UP,
            format!(
                "such rows have nothing in the columns of `[{}.lookup.{}]`; look at its `key`, and whether its file is whole",
                table.table().name(),
                fact.place
            ),
        ),
        FactRule::NoLookupKey => (
            "no_lookup_key",
            format!(
                "look at the column of `{}.lookup.{}.key` in the source: has it stopped to be delivered?",
                table.table().name(),
                fact.place
            ),
        ),
        FactRule::SameFile => (
            "same_file",
            "links, and globs or folders that overlap, lead to the same rows; give each path once".to_owned(),
        ),
        // Those about the layout of files are worded elsewhere.
        _ => return None,
    };
    let name_of_table = table.table().name();
    let wording = move |counts: Counts| match rule {
        FactRule::SameFile => same_file(name_of_table, counts.found),
        FactRule::NotLookedUp => not_looked_up(name_of_table, &place, counts.found),
        FactRule::NoLookupKey => no_lookup_key(name_of_table, &place, counts),
        _ => worded(rule, &place, counts, one),
    };
    let examples = fact.examples.iter().map(|example| {
        let is_row = rule == FactRule::FirstLineOnly;
        let text = if is_row { example.text.clone() } else { format!("`{}`", example.text) };
        crate::ingest::Example { text, ..example.clone() }
    });
    let tally = Tally::new(name, (table.table(), fact.count), wording).of_column(fact.place.clone());
    Some(tally.with_examples(examples).with_hint(hint))
}

/// The rule about lines of an order that are lost because a field stands on its first line alone.
const FIRST_LINE_ONLY: &str = "first_line_only";

/// The lines of config that fill the columns which are written on the first lines alone.
fn fill_down(table: &TypedTable, section: Option<&TableConfig>) -> String {
    let filled = section.and_then(|section| section.fill_down.as_deref()).unwrap_or_default();
    let of_facts = table.facts.iter().filter(|fact| fact.rule == FactRule::FirstLineOnly).map(|fact| &fact.place);
    let mut columns: Vec<&String> = Vec::new();
    for name in filled.iter().chain(of_facts) {
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    let names: Vec<String> = columns.iter().map(|name| toml_text(name)).collect();
    let amount = section.and_then(|section| section.columns.get("amount")).filter(|amount| columns.contains(amount));
    let of_order = amount.map_or(
        "",
        |_| " and `amount_is = \"order\"`, as it is the amount of the order, which is then shared out among its lines,",
    );
    format!(
        "write `fill_down = [{}]`{of_order} in `[{}]`: empty values then take the first one of their order; `fill_down = []` leaves \
         them",
        names.join(", "),
        table.table().name()
    )
}

/// The rule about words that mean neither yes nor no: what is taken for a `no` there may be a `yes`.
pub(super) const UNREADABLE_FLAG: &str = "unreadable_flag";

fn flags_that_are_read(column: &str) -> String {
    let pairs: Vec<String> = YES.iter().zip(NO).map(|(yes, no)| format!("\"{yes}\", \"{no}\"")).collect();
    let pairs = pairs.join("; ");
    let word = if column == super::opt_outs::COLUMN { "unsubscribed" } else { "returned" };
    format!(
        "these words are read, in any letters: {pairs}; map others with SQL, as in `{column} = \"word = '{word}'\"`"
    )
}

fn worded(rule: FactRule, place: &str, counts: Counts, one: &str) -> (Severity, String) {
    let (count, have) = (grouped(counts.found), verb(counts.found, "has", "have"));
    let (lines, of) = (counted(counts.found, "line"), counted(counts.belonging, one));
    match rule {
        FactRule::SpreadsheetIds => (
            Severity::Warning,
            format!("{count} of {of} {have} a `{place}` like 12680.0; read as 12680, in every table"),
        ),
        FactRule::NotUtf8 => {
            let (characters, are) = (counted(counts.found, "character"), verb(counts.found, "is", "are"));
            (
                Severity::Warning,
                format!("`{place}` holds {characters} that {are} not in its encoding; replaced by U+FFFD"),
            )
        }
        FactRule::ShortLines => (
            Severity::Warning,
            format!("`{place}` has {lines} with fewer fields than its header; the last ones are taken as absent"),
        ),
        FactRule::BrokenLines => (
            Severity::Warning,
            format!("`{place}` has {lines} that cannot be split into the columns of its header; rejected"),
        ),
        FactRule::BrokenObjects => (
            Severity::Warning,
            format!("`{place}` has {lines} that {} no whole object; rejected", verb(counts.found, "is", "are")),
        ),
        FactRule::StrayQuotes => (
            Severity::Recommendation,
            format!("`{place}` has {lines} with a double quote inside an unquoted field; taken as it stands"),
        ),
        FactRule::UnreadableFlag => {
            (Severity::Error, format!("{count} of {of} {have} a word in `{place}` that means neither yes nor no"))
        }
        FactRule::FirstLineOnly => {
            let is_much = counts.found * 100 >= counts.used;
            let severity = if is_much { Severity::Error } else { Severity::Warning };
            let are = verb(counts.found, "is", "are");
            let message = format!(
                "{lines} of orders {are} set aside because `{place}` is empty there: it stands on the first line of an order \
                 alone"
            );
            (severity, message)
        }
        _ => (Severity::Warning, format!("{count} of {of} {have} an unreadable `{place}`; taken as absent")),
    }
}

/// The rule about rows whose key a lookup does not have.
const NOT_LOOKED_UP: &str = "not_looked_up";

fn not_looked_up(table: &str, lookup: &str, found: u64) -> (Severity, String) {
    let (rows, find) = (counted(found, "row"), verb(found, "finds", "find"));
    (
        Severity::Warning,
        format!("{rows} of `{table}` {find} no key in the lookup `{lookup}`, rows outside the filter among them"),
    )
}

fn no_lookup_key(table: &str, lookup: &str, counts: Counts) -> (Severity, String) {
    let (rows, have) = (counted(counts.found, "row"), verb(counts.found, "has", "have"));
    let is_much = counts.found * 100 >= counts.belonging;
    let severity = if is_much { Severity::Warning } else { Severity::Recommendation };
    (severity, format!("{rows} of `{table}` {have} an empty key for the lookup `{lookup}`, and find nothing there"))
}

fn same_file(table: &str, found: u64) -> (Severity, String) {
    let (paths, lead) = (counted(found, "path"), verb(found, "leads", "lead"));
    let message =
        format!("{paths} {lead} to a file or folder of `{table}` that another one leads to; each is read once");
    (Severity::Warning, message)
}
