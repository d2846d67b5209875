//! Drafts a config from the columns of given files: every key with its meaning, what is at its default behind a `#`,
//! and the blanks that only a person can fill.

use std::collections::BTreeMap;

use super::allowed::Allowed;
use super::catalogue::{Key, Preset, Section};
use super::found::{DraftColumn, Peek};
use super::guess;
use super::knobs::{self, SECTIONS};
use super::tables::{ColumnSpec, Kind, Table};
use crate::text::printable;
use crate::units::Days;

/// Longest line of a comment, in bytes.
const WIDTH: usize = 110;

const HEADER: &str = "\
# Config of `retain`. Every key is here; what stands behind a `#` is at its default or not in use.
# To fill in: what says \"fill in\". Read the mapping of the columns: it is proposed by name.
";

/// A source as found: the table it is to be, where it is, and its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftTable {
    /// What the rows are.
    pub table: Table,
    /// The path as it shall be written in the config: absolute, or relative to the folder of the config file.
    pub path: String,
    /// What the first look at the source told.
    pub peek: Peek,
}

/// What is proposed for `[churn]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftChurn {
    /// The horizon and the active window; without them the horizon stays to be filled in.
    pub days: Option<(Days, Days)>,
    /// Why, as a sentence without its full stop.
    pub why: String,
}

/// Our column names with the source column or expression that is proposed for each.
#[must_use]
pub fn proposed_mapping(table: Table, columns: &[DraftColumn]) -> BTreeMap<&'static str, String> {
    guess::mapping(table, columns)
}

/// Drafts a config as commented TOML. Several sources of one table are read one after the other with one mapping, that
/// of the first. What loads only after a person has filled it in says so: the currency, the horizon, and columns that
/// no name gave away. With `churn`, its horizon and active window are put in, and the reason stands above them.
#[must_use]
pub fn draft(name: &str, tables: &[DraftTable], churn: Option<&DraftChurn>) -> String {
    let mut draft = HEADER.to_owned();
    for section in SECTIONS {
        draft.push('\n');
        match section.table {
            Some(table) => draft_table(&mut draft, section, table, tables),
            None if section.is_list => draft_list(&mut draft, section),
            None => draft_section(&mut draft, section, (name, churn.filter(|_| section.name == "churn"))),
        }
    }
    draft
}

fn draft_section(draft: &mut String, section: &Section, (name, churn): (&str, Option<&DraftChurn>)) {
    if !section.name.is_empty() {
        comment(draft, &format!("{}.", section.meaning));
        line(draft, &format!("[{}]", section.name));
    }
    if let Some(churn) = churn {
        comment(draft, &format!("`retain inspect` says: {}.", churn.why));
    }
    let days = churn.and_then(|churn| churn.days);
    for key in section.keys {
        comment(draft, &key.describe());
        match days {
            Some((horizon, _)) if key.name == knobs::HORIZON_DAYS.name => put_in(draft, key, horizon),
            Some((_, active)) if key.name == knobs::ACTIVE_DAYS.name => put_in(draft, key, active),
            _ => line(draft, &entry(section, key, name)),
        }
    }
}

fn put_in(draft: &mut String, key: &Key, days: Days) {
    line(draft, &format!("{} = {}", key.name, days.0));
}

/// A section that may stand several times, wholly behind `#`: an example to copy.
fn draft_list(draft: &mut String, section: &Section) {
    comment(draft, &format!("{}.", section.meaning));
    line(draft, &format!("# {}", section.head()));
    for key in section.keys {
        comment(draft, &key.describe());
        let example = match (key.preset, key.allowed) {
            (Preset::Required, Allowed::FeatureName) => text("premium_spend_90d"),
            (Preset::Required, Allowed::Word(words)) => text(words.first().unwrap_or(&"")),
            _ => shown(key),
        };
        line(draft, &format!("# {} = {example}", key.name));
    }
}

/// The line of a key: filled in, blank, or behind a `#`.
fn entry(section: &Section, key: &Key, name: &str) -> String {
    match (key.preset, key.allowed) {
        (_, Allowed::Name) => format!("{} = {}", key.name, text(&folder_name(name))),
        (Preset::Required, Allowed::Currency) => format!("{} = \"\"  # fill in: three-letter code, required", key.name),
        (Preset::Required, Allowed::Whole { unit, .. }) => format!("{} = 0  # fill in: {unit}, required", key.name),
        (Preset::Required, _) => format!("{} = \"\"  # fill in: required in [{}]", key.name, section.name),
        _ => format!("# {} = {}", key.name, shown(key)),
    }
}

/// The default, or for a key without one a value that shows the form.
fn shown(key: &Key) -> String {
    match key.preset {
        Preset::Absent(example) => example.to_owned(),
        Preset::TwiceHorizon => "180".to_owned(),
        preset => preset.written().unwrap_or_default(),
    }
}

fn draft_table(draft: &mut String, section: &Section, table: Table, tables: &[DraftTable]) {
    let sources: Vec<_> = tables.iter().filter(|source| source.table == table).collect();
    let columns = sources.first().map_or(&[][..], |source| &source.peek.columns);
    let mapping = guess::mapping(table, columns);
    let in_use = table == Table::Purchases || !sources.is_empty();
    let mark = if in_use { "" } else { "# " };
    comment(draft, &format!("{}.", section.meaning));
    line(draft, &format!("{mark}[{}]", section.name));
    for key in section.keys {
        comment(draft, &key.describe());
        match key.allowed {
            Allowed::Paths => line(draft, &format!("{mark}{} = {}", key.name, paths(&sources, in_use))),
            Allowed::TimeFormat => line(draft, &time_format(table, columns, &mapping)),
            Allowed::Columns(_) => line(draft, &format!("{mark}[{}.columns]", section.name)),
            _ => line(draft, &format!("# {} = {}", key.name, shown(key))),
        }
    }
    for spec in table.columns() {
        line(draft, &column(spec, mapping.get(spec.name), columns, in_use));
    }
}

fn paths(sources: &[&DraftTable], in_use: bool) -> String {
    match sources {
        [] if !in_use => "\"\"  # file, glob or folder".to_owned(),
        [] => "\"\"  # fill in: file, glob or folder".to_owned(),
        [source] => text(&source.path),
        several => format!("[{}]", several.iter().map(|source| text(&source.path)).collect::<Vec<_>>().join(", ")),
    }
}

fn time_format(table: Table, columns: &[DraftColumn], mapping: &BTreeMap<&'static str, String>) -> String {
    let key = knobs::TIME_FORMAT.name;
    let is_time = |name: &str| table.column(name).is_some_and(|spec| spec.kind == Kind::Time);
    let sources: Vec<_> = mapping.iter().filter(|(name, _)| is_time(name)).map(|(_, source)| source).collect();
    let mut written =
        columns.iter().filter(|column| sources.contains(&&column.name) && !column.dtype.starts_with("date"));
    if let Some(format) = written.clone().find_map(|column| guess::time_format(&column.example)) {
        return format!("{key} = {}", text(&format));
    }
    let example = written.find(|column| !column.example.is_empty());
    let note = example.map_or(String::new(), |column| format!("  # times look like `{}`", one_line(&column.example)));
    format!("# {key} = {}{note}", shown(&knobs::TIME_FORMAT))
}

fn column(spec: &ColumnSpec, source: Option<&String>, columns: &[DraftColumn], in_use: bool) -> String {
    let required = if spec.required { ", required" } else { "" };
    match source {
        Some(source) => {
            // The words of a customer belong in no config.
            let may_show = spec.name != "text";
            let found = columns.iter().find(|column| may_show && column.name == *source && !column.example.is_empty());
            let example = found.map_or(String::new(), |column| format!(", e.g. `{}`", one_line(&column.example)));
            format!("{} = {}  # {}{required}{example}", spec.name, text(source), spec.meaning)
        }
        None if spec.required && in_use => {
            let names: Vec<_> = columns.iter().map(|column| format!("`{}`", one_line(&column.name))).collect();
            let known = if names.is_empty() { String::new() } else { format!("; the source has {}", names.join(", ")) };
            format!("# {} = \"\"  # fill in: {}{required}{known}", spec.name, spec.meaning)
        }
        None => format!("# {} = \"{}\"  # {}{required}", spec.name, spec.name, spec.meaning),
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

/// The text as a TOML string.
fn text(value: &str) -> String {
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
    use crate::config::settings::Config;

    fn source(table: Table, columns: &[(&str, &str, &str)]) -> DraftTable {
        let columns = columns.iter().map(|(name, dtype, example)| DraftColumn {
            name: (*name).to_owned(),
            dtype: (*dtype).to_owned(),
            example: (*example).to_owned(),
            ..DraftColumn::default()
        });
        DraftTable {
            table,
            path: format!("{}.csv", table.name()),
            peek: Peek { columns: columns.collect(), ..Peek::default() },
        }
    }

    fn load(text: &str) -> Result<Config, ConfigError> {
        Config::from_toml(text, Path::new("retain.toml"))
    }

    fn filled(draft: &str) -> String {
        draft.replace("currency = \"\"", "currency = \"GBP\"").replace("horizon_days = 0", "horizon_days = 90")
    }

    fn purchases_of(columns: &[(&str, &str, &str)]) -> crate::config::TableConfig {
        load(&filled(&draft("shop", &[source(Table::Purchases, columns)], None))).unwrap().purchases
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
        assert_eq!(table.time_format, None);
    }

    #[test]
    fn cdnow_is_mapped_whole() {
        let table = purchases_of(&[
            ("customer_id", "i64", "1"),
            ("date", "i64", "19970101"),
            ("number_of_cds", "i64", "1"),
            ("dollar_value", "f64", "11.77"),
        ]);
        let expected = [
            ("amount", "dollar_value"),
            ("customer_id", "customer_id"),
            ("purchased_at", "date"),
            ("quantity", "number_of_cds"),
        ];
        assert_eq!(mapped(&table), expected);
        assert_eq!(table.time_format.as_deref(), Some("%Y%m%d"));
    }

    #[test]
    fn an_export_of_a_shop_system_is_mapped() {
        let table = purchases_of(&[
            ("Name", "str", "#1001"),
            ("Email", "str", "a@b.example"),
            ("Financial Status", "str", "paid"),
            ("Paid at", "str", "2021-05-04 10:11:12 +0200"),
            ("Currency", "str", "GBP"),
            ("Subtotal", "f64", "20.0"),
            ("Shipping", "f64", "3.5"),
            ("Taxes", "f64", "4.0"),
            ("Total", "f64", "27.5"),
            ("Discount Code", "str", ""),
            ("Discount Amount", "f64", "0.0"),
            ("Created at", "str", "2021-05-04 10:11:10 +0200"),
            ("Lineitem quantity", "i64", "2"),
            ("Lineitem name", "str", "Mug"),
            ("Lineitem price", "f64", "10.0"),
            ("Lineitem sku", "str", "MUG-1"),
            ("Billing Name", "str", "A B"),
            ("Billing Country", "str", "GB"),
            ("Id", "i64", "1"),
        ]);
        let expected = [
            ("amount", "\"Lineitem quantity\" * \"Lineitem price\""),
            ("customer_id", "Email"),
            ("discount", "Discount Amount"),
            ("product_id", "Lineitem sku"),
            ("purchased_at", "Created at"),
            ("quantity", "Lineitem quantity"),
            ("region", "Billing Country"),
        ];
        assert_eq!(mapped(&table), expected);
    }

    #[test]
    fn the_blanks_of_a_whole_mapping_are_currency_and_horizon() {
        let text = draft("online retail", &[source(Table::Purchases, ONLINE_RETAIL)], None);
        let Err(ConfigError::Violations { violations, .. }) = load(&text) else { panic!("{text}") };
        let keys: Vec<_> = violations.iter().map(|violation| violation.place().key.as_str()).collect();
        assert_eq!(keys, ["currency", "churn.horizon_days"]);
        assert_eq!(load(&filled(&text)).unwrap().name, "online-retail");
    }

    #[test]
    fn a_proposal_is_put_in_with_its_reason_and_without_days_the_horizon_stays_blank() {
        let draft = |days| {
            let churn = DraftChurn { days, why: "the gaps say so".to_owned() };
            draft("x", &[source(Table::Purchases, ONLINE_RETAIL)], Some(&churn))
        };
        let text = draft(Some((Days(60), Days(365)))).replace("currency = \"\"", "currency = \"GBP\"");
        let config = load(&text).unwrap();
        assert_eq!((config.churn.horizon_days, config.churn.active_days), (Days(60), Days(365)));
        assert!(text.contains("\n# `retain inspect` says: the gaps say so.\n"), "{text}");
        assert!(draft(None).contains("\nhorizon_days = 0  # fill in"));
    }

    #[test]
    fn the_words_of_a_complaint_are_no_example() {
        let columns = [("ticket_id", "str", "T1"), ("customer_id", "str", "a"), ("opened_at", "str", "2024-01-01")];
        let words = ("text", "str", "never again");
        let tables = [source(Table::Complaints, &[columns.as_slice(), &[words]].concat())];
        let text = draft("x", &tables, None);
        assert!(text.contains("\ntext = \"text\"") && !text.contains("never again"), "{text}");
    }

    #[test]
    fn what_cannot_be_guessed_is_left_to_fill_in() {
        let text = draft(
            "x",
            &[source(Table::Purchases, &[("who\nis", "str", "a"), ("order_date", "str", "12/1/2010")])],
            None,
        );
        assert!(text.contains(
            "\n# customer_id = \"\"  # fill in: who bought, required; the source has `who is`, `order_date`\n"
        ));
        assert!(text.contains("\n# time_format = \"%d/%m/%Y %H:%M\"  # times look like `12/1/2010`\n"));
        let Err(ConfigError::Violations { violations, .. }) = load(&filled(&text)) else { panic!("{text}") };
        let keys: Vec<_> = violations.iter().map(|violation| violation.place().key.as_str()).collect();
        assert_eq!(keys, ["purchases.columns.customer_id", "purchases.columns.amount"]);
    }

    #[test]
    fn every_key_is_there_and_loads_when_its_mark_is_taken_away() {
        let is_entry =
            |line: &str| line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
        let text = filled(&draft("x", &[source(Table::Purchases, ONLINE_RETAIL)], None));
        let unmarked: Vec<_> =
            text.lines().map(|line| line.strip_prefix("# ").filter(|rest| is_entry(rest)).unwrap_or(line)).collect();
        let text = unmarked.join("\n").replace("path = \"\"", "path = \"a.csv\"");
        for section in SECTIONS {
            let written: toml::Table = text.parse().unwrap();
            let table = match section.name {
                "" => Some(&written),
                name if section.is_list => written[section.first()][&name[section.first().len() + 1..]][0].as_table(),
                name => written[name].as_table(),
            };
            assert!(section.keys.iter().all(|key| table.unwrap().contains_key(key.name)), "{}", section.name);
        }
        load(&text).unwrap();
    }

    #[test]
    fn several_files_share_one_mapping_and_odd_names_survive() {
        let mut second = source(Table::Purchases, ONLINE_RETAIL);
        second.path = "C:\\data\\\"odd\".csv".to_owned();
        let text = filled(&draft("../Café \u{2603}", &[source(Table::Purchases, ONLINE_RETAIL), second], None));
        let config = load(&text).unwrap();
        assert_eq!(config.purchases.paths, [Path::new("purchases.csv"), Path::new("C:\\data\\\"odd\".csv")]);
        assert_eq!(config.name, "Caf---");
        assert!(load(&filled(&draft("", &[], None))).is_err());
    }
}
