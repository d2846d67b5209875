//! Drafts a config from the columns of given files: what was found, the mapping, one line for each choice that a person may
//! make, and the blanks that only a person can fill. What is at its default is left to the reference.

use std::collections::BTreeMap;

use super::catalogue::Section;
use super::currencies;
use super::found::{DraftColumn, DraftLookup, FoundKey};
use super::guess::{self, reads};
use super::knobs::{self, SECTIONS};
use super::lexicon;
use super::looks;
use super::name_words::in_words;
use super::proposal::{DraftInput, Proposal};
use super::tables::{Kind, Table};
use super::time_zones;
use crate::text::printable;
use crate::units::Days;

/// Longest line of a comment, in bytes.
const WIDTH: usize = 110;

const HEADER: &str = "\
# Config of `retain`. All keys with their meaning and default: docs/reference/config.md, or `retain config-reference`.
# To fill in: what says \"fill in\". Read the mapping of the columns: it is proposed by their names.
";

/// What is proposed for `[churn]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftChurn {
    /// The horizon and the active window; without them the horizon stays to be filled in.
    pub days: Option<(Days, Days)>,
    /// Why, as a sentence without its full stop.
    pub why: String,
}

/// Drafts a config as commented TOML. What loads only after a person has filled it in says so: a currency that no column
/// tells, the horizon, and columns that no name gave away. With `churn`, its horizon and active window are put in, and the
/// reason stands above them.
#[must_use]
pub fn draft(input: &DraftInput, churn: Option<&DraftChurn>) -> String {
    let proposals = input.proposals();
    let mut draft = HEADER.to_owned();
    draft.push('\n');
    line(&mut draft, &format!("name = {}", text(&folder_name(&input.name))));
    currency(&mut draft, columns_of_purchases(&proposals));
    timezone(&mut draft, columns_of_purchases(&proposals));
    for proposal in &proposals {
        draft_table(&mut draft, proposal);
    }
    if !proposals.iter().any(|proposal| proposal.table == Table::Purchases) {
        line(&mut draft, "\n[purchases]\npath = \"\"  # fill in: file, glob or folder\n[purchases.columns]");
        required_columns(&mut draft, Table::Purchases, &BTreeMap::new(), &[]);
    }
    draft_churn(&mut draft, churn);
    draft
}

/// The columns of the purchases.
fn columns_of_purchases(proposals: &[Proposal]) -> &[DraftColumn] {
    let purchases = proposals.iter().find(|proposal| proposal.table == Table::Purchases);
    purchases.map_or(&[][..], |purchases| &purchases.peek.columns)
}

/// The codes of currencies that a column has, the most frequent first, and the column.
fn currencies_of(columns: &[DraftColumn]) -> Option<(&str, Vec<String>)> {
    let of_currencies =
        columns.iter().filter(|column| guess::names_currencies(&column.name) && !column.values.is_empty());
    let codes = |column: &DraftColumn| -> Vec<String> {
        column.values.iter().map(|count| count.value.to_uppercase()).collect()
    };
    let are_codes = |codes: &Vec<String>| codes.iter().all(|code| currencies::CODES.contains(&code.as_str()));
    let mut named = of_currencies.map(|column| (column.name.as_str(), codes(column)));
    named.find(|(_, codes)| are_codes(codes))
}

impl DraftInput {
    /// The currency that most purchases are in, if a column names it.
    #[must_use]
    pub fn usual_currency(&self) -> Option<String> {
        let proposals = self.proposals();
        currencies_of(columns_of_purchases(&proposals)).and_then(|(_, codes)| codes.into_iter().next())
    }
}

/// The currency whose sign, which no other currency uses, stands at an amount; with the sign and the column.
fn signed_currency(columns: &[DraftColumn]) -> Option<(&'static str, &str, &str)> {
    let is_amount = |column: &&DraftColumn| looks::plausible(Kind::Money, column);
    let mut found = Vec::new();
    for column in columns.iter().filter(is_amount) {
        if let Some((code, sign)) = looks::signed_currency(&column.example) {
            found.push((code, sign, column.name.as_str()));
        }
    }
    found.first().filter(|first| found.iter().all(|other| other.0 == first.0)).copied()
}

/// The currency whose code, and no other, stands in the names of amounts: `Betrag CHF`.
fn named_currency(columns: &[DraftColumn]) -> Option<(&'static str, &str)> {
    let is_amount = |column: &&DraftColumn| {
        looks::plausible(Kind::Money, column) && lexicon::speaks_of_money(&in_words(&column.name))
    };
    let code = |column: &&'_ DraftColumn| currencies::code_in(&column.name);
    let mut named = columns.iter().filter(is_amount).filter_map(|column| Some((code(&column)?, column.name.as_str())));
    let first = named.next()?;
    named.all(|other| other.0 == first.0).then_some(first)
}

fn currency(draft: &mut String, columns: &[DraftColumn]) {
    let key = knobs::CURRENCY.name;
    let written = match currencies_of(columns) {
        Some((column, codes)) => match codes.as_slice() {
            [code] => format!("{key} = \"{code}\"  # the only one in the column `{}`", one_line(column)),
            several => format!(
                "{key} = \"\"  # fill in: three-letter code, required; `{}` has {}",
                one_line(column),
                several.join(", ")
            ),
        },
        None => match (signed_currency(columns), named_currency(columns)) {
            (Some((code, sign, name)), _) => format!("{key} = \"{code}\"  # the sign `{sign}` in `{}`", one_line(name)),
            (None, Some((code, name))) => format!("{key} = \"{code}\"  # as `{}` says", one_line(name)),
            (None, None) => format!("{key} = \"\"  # fill in: three-letter code, required"),
        },
    };
    line(draft, &written);
}

fn timezone(draft: &mut String, columns: &[DraftColumn]) {
    let key = knobs::TIMEZONE.name;
    let written = match time_zones::of_columns(columns) {
        Some((column, zone)) => format!("{key} = \"{zone}\"  # the only one in the column `{}`", one_line(column)),
        None => format!("# {key} = \"UTC\"  # of midnights, and of times that are written without a zone"),
    };
    line(draft, &written);
}

fn draft_table(draft: &mut String, proposal: &Proposal) {
    let table = proposal.table;
    let Some(section) = SECTIONS.iter().find(|section| section.table == Some(table)) else { return };
    draft.push('\n');
    if let Some(template) = proposal.template {
        let path = proposal.paths.first().map(String::as_str).unwrap_or_default();
        comment(draft, &format!("`{}` looks like {}.", one_line(file_name(path)), template.looks_like));
        template.notes.iter().for_each(|note| comment(draft, note));
    }
    line(draft, &format!("[{}]", table.name()));
    line(draft, &format!("{} = {}", knobs::PATH.name, paths(&proposal.paths)));
    if !proposal.fill_down.is_empty() && knows(section, FILL_DOWN) {
        let names: Vec<String> = proposal.fill_down.iter().map(|name| text(name)).collect();
        line(draft, &format!("{FILL_DOWN} = [{}]  # stands on the first line of an order alone", names.join(", ")));
    }
    if let Some(filter) = &proposal.filter {
        line(draft, &format!("{} = {}", knobs::FILTER.name, text(filter)));
    }
    if !proposal.known.is_empty() && knows(section, knobs::KNOWN_VALUES.name) {
        let known: Vec<String> = proposal.known.iter().map(|state| text(state)).collect();
        let key = knobs::KNOWN_VALUES.name;
        line(draft, &format!("{key} = [{}]  # counts as bought; else name it in the filter", known.join(", ")));
    }
    found_keys(draft, proposal, section);
    line(draft, &format!("[{}.columns]", table.name()));
    for spec in table.columns() {
        if let Some(source) = proposal.mapping.get(spec.name) {
            let is_by_values = proposal.by_values.contains(&spec.name);
            let why = if is_by_values { "  # by its values, which no other column has: is it this?" } else { "" };
            line(draft, &format!("{} = {}{why}", spec.name, text(source)));
        }
    }
    let is_mapped = |name: &str| proposal.mapping.contains_key(name);
    required_columns(draft, table, &proposal.mapping, &proposal.peek.columns);
    let others = table.columns().iter().map(|spec| spec.name).filter(|name| !is_mapped(name));
    let others: Vec<&str> = others.filter(|name| table.column(name).is_some_and(|spec| !spec.required)).collect();
    if !others.is_empty() {
        comment(draft, &format!("Not found: {}.", others.join(", ")));
    }
    proposal.lookups.iter().for_each(|lookup| draft_lookup(draft, table, lookup));
}

/// The key of order fields that stand on the first line of an order alone.
const FILL_DOWN: &str = "fill_down";

/// Whether a section has a key.
fn knows(section: &Section, key: &str) -> bool {
    section.keys.iter().any(|known| known.name == key)
}

fn draft_lookup(draft: &mut String, table: Table, lookup: &DraftLookup) {
    line(draft, &format!("[{}.lookup.{}]", table.name(), lookup.name));
    line(draft, &format!("path = {}", text(&lookup.path)));
    line(draft, &format!("key = {}", text(&lookup.key)));
    if let Some(theirs) = &lookup.their_key {
        line(draft, &format!("{} = {}", knobs::THEIR_KEY.name, text(theirs)));
    }
    let columns: Vec<String> = lookup.columns.iter().map(|name| text(name)).collect();
    line(draft, &format!("columns = [{}]", columns.join(", ")));
}

/// The blanks of columns that a table cannot do without, with the columns that may fill them by their values.
fn required_columns(draft: &mut String, table: Table, mapping: &BTreeMap<&str, String>, columns: &[DraftColumn]) {
    let taken: Vec<String> = mapping.values().flat_map(|source| reads(source, columns)).collect();
    for spec in table.columns().iter().filter(|spec| spec.required && !mapping.contains_key(spec.name)) {
        let free = |column: &&DraftColumn| !taken.contains(&column.name);
        let likely: Vec<&DraftColumn> = looks::by_values(spec.kind, columns).into_iter().filter(free).collect();
        let (proposed, known) = match likely.as_slice() {
            [] if columns.is_empty() => ("", String::new()),
            [] => ("", format!("; the source has {}", names(columns.iter()))),
            [only] => (only.name.as_str(), "; by its values this one, then take the first `# ` away".to_owned()),
            several => ("", format!("; by their values one of {}", names(several.iter().copied()))),
        };
        let (ours, meaning) = (spec.name, spec.meaning);
        line(draft, &format!("# {ours} = {}  # fill in: {meaning}, required{known}", text(proposed)));
    }
}

fn names<'c>(columns: impl Iterator<Item = &'c DraftColumn>) -> String {
    columns.map(|column| format!("`{}`", one_line(&column.name))).collect::<Vec<_>>().join(", ")
}

/// The keys that reading found, as far as they concern columns that are read; what is open stays open.
fn found_keys(draft: &mut String, proposal: &Proposal, section: &Section) {
    let mut written: Vec<&str> = Vec::new();
    let mut formats: Vec<String> = Vec::new();
    // What is no purchase may well be a complaint.
    let is_meant = |found: &&FoundKey| {
        knows(section, found.key) && (found.key != knobs::FILTER.name || proposal.table == Table::Purchases)
    };
    for found in proposal.peek.found.iter().filter(is_meant) {
        let is_set = match found.key {
            key if key == knobs::FILTER.name => proposal.filter.is_some(),
            FILL_DOWN => !proposal.fill_down.is_empty(),
            key => written.contains(&key),
        };
        let fits = |ours: &&'static str| {
            let kind = section.table.and_then(|table| table.column(ours)).map(|spec| spec.kind);
            match found.key {
                knobs::TIME_FORMAT => kind == Some(Kind::Time),
                key if key == knobs::DECIMAL.name => matches!(kind, Some(Kind::Money | Kind::Number)),
                _ => true,
            }
        };
        let ours = found
            .column
            .as_deref()
            .map(|column| mapped_from(proposal, column).into_iter().filter(fits).collect::<Vec<_>>());
        if is_set || ours.as_ref().is_some_and(Vec::is_empty) {
            continue;
        }
        match (found.readings.as_slice(), ours) {
            ([reading], Some(ours)) if found.key == knobs::TIME_FORMAT => {
                formats.extend(ours.iter().map(|ours| format!("{ours} = {}", reading.toml)));
            }
            (_, ours) => {
                written.push(found.key);
                found_key(draft, found, &ours.unwrap_or_default());
            }
        }
    }
    if !formats.is_empty() && !written.contains(&knobs::TIME_FORMAT) {
        line(draft, &format!("{} = {{ {} }}", knobs::TIME_FORMAT, formats.join(", ")));
    }
}

/// Our columns that are read from a column of the source.
fn mapped_from(proposal: &Proposal, column: &str) -> Vec<&'static str> {
    let is_read = |from: &String| reads(from, &proposal.peek.columns).iter().any(|name| name == column);
    let mut ours: Vec<&'static str> =
        proposal.mapping.iter().filter(|(_, from)| is_read(from)).map(|(ours, _)| *ours).collect();
    if ours.is_empty() && proposal.filter.as_ref().is_some_and(is_read) {
        ours.push(knobs::FILTER.name);
    }
    ours
}

fn found_key(draft: &mut String, found: &FoundKey, ours: &[&str]) {
    let key = found.key;
    let why = if found.why.is_empty() { String::new() } else { format!("  # {}", printable(&found.why)) };
    let value = |toml: &str| {
        let each: Vec<String> = ours.iter().map(|ours| format!("{ours} = {toml}")).collect();
        if key == knobs::TIME_FORMAT && !each.is_empty() {
            format!("{{ {} }}", each.join(", "))
        } else {
            toml.to_owned()
        }
    };
    match found.readings.as_slice() {
        [] => {}
        // Which rows count is for a person to say.
        [reading] if key == knobs::FILTER.name => line(draft, &format!("# {key} = {}{why}", value(&reading.toml))),
        [reading] => line(draft, &format!("{key} = {}{why}", value(&reading.toml))),
        several => {
            comment(draft, &format!("fill in: choose one, both can be read; {}.", printable(&found.why)));
            for reading in several {
                line(draft, &format!("# {key} = {}  # fill in: {}", value(&reading.toml), printable(&reading.means)));
            }
        }
    }
}

fn draft_churn(draft: &mut String, churn: Option<&DraftChurn>) {
    let (horizon_key, active_key) = (knobs::HORIZON_DAYS.name, knobs::ACTIVE_DAYS.name);
    draft.push('\n');
    comment(draft, "Who buys nothing in this many days has churned.");
    line(draft, "[churn]");
    if let Some(churn) = churn {
        comment(draft, &format!("`retain inspect` says: {}.", churn.why));
    }
    match churn.and_then(|churn| churn.days) {
        Some((horizon, active)) => {
            line(draft, &format!("{horizon_key} = {}\n{active_key} = {}", horizon.0, active.0));
        }
        None => line(draft, &format!("{horizon_key} = 0  # fill in: days, required; `retain inspect` proposes them")),
    }
}

fn paths(paths: &[String]) -> String {
    match paths {
        [] => "\"\"  # fill in: file, glob or folder".to_owned(),
        [path] => text(path),
        several => {
            let all: Vec<String> = several.iter().map(|path| format!("    {},\n", text(path))).collect();
            format!("[\n{}]", all.concat())
        }
    }
}

/// The name with what a folder cannot have replaced.
fn folder_name(name: &str) -> String {
    let fitting = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
    let letters = name.trim().chars().map(|letter| if fitting(letter) { letter } else { '-' });
    let cleaned: String = letters.take(100).collect();
    let cleaned = cleaned.trim_start_matches(['.', '-']);
    if cleaned.is_empty() { "shop".to_owned() } else { cleaned.to_owned() }
}

/// The last part of a path.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The text as a TOML string.
fn text(value: &str) -> String {
    // SQL has quotes of both kinds, and reads best as it is.
    let is_plain = !value.contains("'''") && !value.chars().any(char::is_control);
    if is_plain && value.contains('"') && value.contains('\'') {
        return format!("'''{value}'''");
    }
    toml::Value::String(value.to_owned()).to_string()
}

/// The text on one line, for a comment.
fn one_line(value: &str) -> String {
    let value = value.replace(['\n', '\r', '\t'], " ");
    printable(&value).chars().take(40).collect()
}

fn line(draft: &mut String, written: &str) {
    draft.push_str(written);
    draft.push('\n');
}

/// The sentence as a comment, wrapped between words.
fn comment(draft: &mut String, sentence: &str) {
    let mut written = "#".to_owned();
    for word in sentence.split(' ') {
        if written.len() + word.len() >= WIDTH {
            line(draft, &written);
            "#".clone_into(&mut written);
        }
        written.push(' ');
        written.push_str(word);
    }
    line(draft, &written);
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::ConfigError;
    use crate::config::found::DraftFile;
    use crate::config::found::{Peek, Reading, ValueCount};
    use crate::config::proposal::DraftTable;
    use crate::config::settings::Config;

    fn column((name, dtype, example): &(&str, &str, &str)) -> DraftColumn {
        let (name, dtype, example) = ((*name).to_owned(), (*dtype).to_owned(), (*example).to_owned());
        DraftColumn { name, dtype, example, ..DraftColumn::default() }
    }

    fn file(path: &str, columns: &[(&str, &str, &str)]) -> DraftFile {
        let columns = columns.iter().map(column).collect();
        DraftFile { path: path.to_owned(), peek: Peek { columns, ..Peek::default() } }
    }

    fn input(table: Table, columns: &[(&str, &str, &str)]) -> DraftInput {
        let files = vec![file(&format!("{}.csv", table.name()), columns)];
        DraftInput { name: "x".to_owned(), tables: vec![DraftTable { table, files }], ..DraftInput::default() }
    }

    fn load(text: &str) -> Result<Config, ConfigError> {
        Config::from_toml(text, Path::new("retain.toml"))
    }

    fn filled(draft: &str) -> String {
        draft.replace("currency = \"\"", "currency = \"GBP\"").replace("horizon_days = 0", "horizon_days = 90")
    }

    fn purchases_of(columns: &[(&str, &str, &str)]) -> crate::config::TableConfig {
        load(&filled(&draft(&input(Table::Purchases, columns), None))).unwrap().purchases
    }

    fn mapped(config: &crate::config::TableConfig) -> Vec<(&str, &str)> {
        config.columns.iter().map(|(name, source)| (name.as_str(), source.as_str())).collect()
    }

    const ONLINE_RETAIL: &[(&str, &str, &str)] = &[
        ("Invoice", "str", "489434"),
        ("StockCode", "str", "85048"),
        ("Description", "str", "15CM CHRISTMAS LIGHTS"),
        ("Quantity", "i64", "12"),
        ("InvoiceDate", "datetime[ms]", "2009-12-01 07:45:00"),
        ("Price", "f64", "6.95"),
        ("Customer ID", "f64", "13085.0"),
        ("Country", "str", "United Kingdom"),
    ];

    #[test]
    fn online_retail_is_mapped_whole() {
        let table = purchases_of(ONLINE_RETAIL);
        let expected = [
            ("amount", "Quantity * Price"),
            ("customer_id", "CAST(CAST(\"Customer ID\" AS BIGINT) AS VARCHAR)"),
            ("order_id", "Invoice"),
            ("product_id", "StockCode"),
            ("purchased_at", "InvoiceDate"),
            ("quantity", "Quantity"),
            ("region", "Country"),
        ];
        assert_eq!(mapped(&table), expected);
    }

    #[test]
    fn an_export_of_a_shop_system_is_known_by_its_columns() {
        let columns = [
            ("Name", "str", "#1001"),
            ("Email", "str", "A@b.example"),
            ("Financial Status", "str", "paid"),
            ("Currency", "str", "GBP"),
            ("Created at", "str", "2021-05-04 10:11:10 +0200"),
            ("Lineitem quantity", "i64", "2"),
            ("Lineitem name", "str", "Mug"),
            ("lineitem price", "f64", "10.0"),
            ("Billing Country", "str", "GB"),
            ("Cancelled at", "str", ""),
        ];
        let mut input = input(Table::Purchases, &columns);
        for column in &mut input.tables[0].files[0].peek.columns {
            column.n_rows = 9;
            column.n_empty = if column.name == "Cancelled at" { 9 } else { 0 };
            if column.name == "Currency" {
                column.values = vec![ValueCount { value: "gbp".to_owned(), rows: 9 }];
            }
        }
        let text = draft(&input, None);
        for line in ["# `purchases.csv` looks like a Shopify orders export.\n", "currency = \"GBP\"  # the only one in"]
        {
            assert!(text.contains(line), "{text}");
        }
        let table = load(&filled(&text)).unwrap().purchases;
        let expected = [
            ("amount", "\"Lineitem quantity\" * \"lineitem price\""),
            ("customer_id", "LOWER(\"Email\")"),
            ("order_id", "Name"),
            ("product_id", "Lineitem name"),
            ("purchased_at", "Created at"),
            ("quantity", "Lineitem quantity"),
            ("region", "Billing Country"),
        ];
        assert_eq!(mapped(&table), expected);
        let filter = table.filter.unwrap();
        assert!(
            filter.starts_with("\"Financial Status\" NOT IN ('voided'") && !filter.contains("Cancelled"),
            "{filter}"
        );
        assert!(text.lines().count() < 35, "short: {text}");
    }

    #[test]
    fn cents_and_clocks_in_columns_of_their_own_are_put_together() {
        let columns = [
            ("DATUM", "str", "20241101"),
            ("ZEIT", "str", "905"),
            ("BON_NR", "str", "1"),
            ("KARTEN_NR", "str", "2600100001023"),
            ("UMSATZ_CENT", "str", "112"),
        ];
        let table = purchases_of(&columns);
        let expected = [
            ("amount", "\"UMSATZ_CENT\" / 100"),
            ("customer_id", "KARTEN_NR"),
            ("order_id", "BON_NR"),
            ("purchased_at", "\"DATUM\" || ' ' || LPAD(\"ZEIT\", 4, '0')"),
        ];
        assert_eq!(mapped(&table), expected);
    }

    #[test]
    fn a_number_goes_before_a_name_and_an_empty_column_is_never_mapped() {
        let columns = [
            ("Invoice No", "str", "INV-1"),
            ("Customer No", "str", "1167.0"),
            ("Customer", "str", "Piotr Rossi Ltd"),
            ("Invoice Date", "str", "45597"),
            ("Line Total", "str", "(3,495.10)"),
            ("Category", "str", ""),
        ];
        let mut input = input(Table::Purchases, &columns);
        let empty = &mut input.tables[0].files[0].peek.columns[5];
        (empty.n_rows, empty.n_empty) = (3, 3);
        let table = load(&filled(&draft(&input, None))).unwrap().purchases;
        let expected = [
            ("amount", "Line Total"),
            ("customer_id", "Customer No"),
            ("order_id", "Invoice No"),
            ("purchased_at", "Invoice Date"),
        ];
        assert_eq!(mapped(&table), expected);
    }

    #[test]
    fn customers_of_another_table_are_those_that_buy() {
        let mut input =
            input(Table::Purchases, &[("card", "str", "7"), ("date", "str", "2024-01-01"), ("amount", "str", "1")]);
        let sketch: Vec<u64> = (0..50).collect();
        input.tables[0].files[0].peek.columns[0].name = "customer_id".to_owned();
        input.tables[0].files[0].peek.columns[0].sketch.clone_from(&sketch);
        let tickets = [
            ("Ticket ID", "str", "1"),
            ("Created time", "str", "2024-01-01"),
            ("Resolved time", "str", "2024-01-02"),
            ("Status", "str", "Open"),
            ("Priority", "str", "Low"),
            ("Email", "str", "a@b.example"),
            ("Loyalty card", "str", "7"),
        ];
        let mut complaints = file("tickets.csv", &tickets);
        complaints.peek.columns[5].sketch = vec![90, 91];
        complaints.peek.columns[6].sketch = vec![3, 9, 60];
        input.add(Table::Complaints, complaints);
        assert_eq!(input.proposed_mapping(Table::Complaints)["customer_id"], "Loyalty card");
        assert_eq!(input.looks_like(Table::Complaints), Some("a Freshdesk tickets export"));
    }

    #[test]
    fn the_blanks_of_a_whole_mapping_are_currency_and_horizon() {
        let text = draft(&input(Table::Purchases, ONLINE_RETAIL), None);
        let Err(ConfigError::Violations { violations, .. }) = load(&text) else { panic!("{text}") };
        let keys: Vec<_> = violations.iter().map(|violation| violation.place().key.as_str()).collect();
        assert_eq!(keys, ["currency", "churn.horizon_days"]);
    }

    #[test]
    fn a_proposal_is_put_in_with_its_reason_and_without_days_the_horizon_stays_blank() {
        let draft = |days| {
            let churn = DraftChurn { days, why: "the gaps say so".to_owned() };
            draft(&input(Table::Purchases, ONLINE_RETAIL), Some(&churn))
        };
        let text = draft(Some((Days(60), Days(365)))).replace("currency = \"\"", "currency = \"GBP\"");
        let config = load(&text).unwrap();
        assert_eq!((config.churn.horizon_days, config.churn.active_days), (Days(60), Days(365)));
        assert!(text.contains("\n# `retain inspect` says: the gaps say so.\n"), "{text}");
        assert!(draft(None).contains("\nhorizon_days = 0  # fill in"));
    }

    #[test]
    fn what_was_found_is_written_and_what_is_open_is_left_to_a_person() {
        let mut input = input(Table::Purchases, ONLINE_RETAIL);
        let reading = |toml: &str, means: &str| Reading { toml: toml.to_owned(), means: means.to_owned() };
        let format = FoundKey {
            key: "time_format",
            column: Some("InvoiceDate".to_owned()),
            readings: vec![reading("\"%d/%m/%Y\"", "`01/02/2024` is 1 February"), reading("\"%m/%d/%Y\"", "2 January")],
            why: "no day is above 12".to_owned(),
        };
        let filter = FoundKey::settled("filter", "\"Quantity > 0\"", "2 % are below");
        let duplicates = FoundKey::settled("duplicates", "\"keep\"", "why not");
        let elsewhere = FoundKey::settled("negative_amounts", "\"reject\"", "").of_column("Description");
        input.tables[0].files[0].peek.found = vec![format, filter, duplicates, elsewhere];
        let text = draft(&input, None);
        for line in [
            "\n# fill in: choose one, both can be read; no day is above 12.\n",
            "\n# time_format = { purchased_at = \"%m/%d/%Y\" }  # fill in: 2 January\n",
            "\n# filter = \"Quantity > 0\"  # 2 % are below\n",
            "\nduplicates = \"keep\"  # why not\n",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
        assert!(!text.contains("negative_amounts"), "nothing reads the column: {text}");
    }

    #[test]
    fn what_cannot_be_guessed_is_left_to_fill_in() {
        let columns = [("who\nis", "str", "a"), ("order_date", "str", "12/1/2010")];
        let text = draft(&input(Table::Purchases, &columns), None);
        assert!(text.contains(
            "\n# customer_id = \"\"  # fill in: who bought, required; the source has `who is`, `order_date`\n"
        ));
        let Err(ConfigError::Violations { violations, .. }) = load(&filled(&text)) else { panic!("{text}") };
        let keys: Vec<_> = violations.iter().map(|violation| violation.place().key.as_str()).collect();
        assert_eq!(keys, ["purchases.columns.customer_id", "purchases.columns.amount"]);
    }

    #[test]
    fn several_files_share_one_mapping_and_odd_names_survive() {
        let mut input = input(Table::Purchases, ONLINE_RETAIL);
        input.add(Table::Purchases, file("C:\\data\\\"odd\".csv", ONLINE_RETAIL));
        input.name = "../Café \u{2603}".to_owned();
        let config = load(&filled(&draft(&input, None))).unwrap();
        assert_eq!(config.purchases.paths, [Path::new("purchases.csv"), Path::new("C:\\data\\\"odd\".csv")]);
        assert_eq!(config.name, "Caf---");
        assert!(load(&filled(&draft(&DraftInput::default(), None))).is_err());
    }
}
