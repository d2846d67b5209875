//! The reference page and the published schema of the config, both written from the catalogue.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::allowed::Allowed;
use super::catalogue::{Key, Preset, Section};
use super::raw::RawConfig;
use super::sections::SECTIONS;
use super::tables::Table;

/// Every key of the config with type, default, what is allowed and meaning, then every column that a mapping may name:
/// tables in Markdown.
#[must_use]
pub fn reference() -> String {
    let mut page = String::new();
    // What is the same for each table is shown for the first.
    for section in SECTIONS.iter().filter(|section| !is_repeated(section)) {
        let title =
            if section.name.is_empty() { "Top of the file".to_owned() } else { format!("`{}`", section.head()) };
        let _ = write!(page, "### {title}\n\n{}.\n\n", section.meaning);
        page.push_str("| key | type | default | allowed | meaning |\n|---|---|---|---|---|\n");
        for key in section.keys {
            let _ = writeln!(
                page,
                "| `{}` | {} | {} | {} | {} |",
                key.name,
                key.allowed.kind(),
                default(key),
                cell(&key.allowed.to_string()),
                cell(key.meaning)
            );
        }
        page.push('\n');
        if let Some(table) = section.table {
            columns(&mut page, table);
        }
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// The JSON Schema of the config file, indented. Editors complete and check with it; the tool itself checks more.
#[must_use]
pub fn schema_json() -> String {
    let mut schema = schemars::schema_for!(RawConfig).to_value();
    for section in SECTIONS {
        if let Some(Value::Object(object)) = schema.pointer_mut(&pointer(section)) {
            constrain(object, section);
        }
        let parent = format!("/properties/{}", section.first());
        if let Some(Value::Object(object)) = schema.pointer_mut(&parent) {
            object.remove("default");
        }
    }
    format!("{schema:#}\n")
}

/// Whether a section is shown for the purchases already.
fn is_repeated(section: &Section) -> bool {
    section.is_named && section.first() != Table::Purchases.name()
}

/// Where the schema describes a section.
fn pointer(section: &Section) -> String {
    if section.name.is_empty() {
        return String::new();
    }
    let path: Vec<String> = section.name.split('.').map(|part| format!("/properties/{part}")).collect();
    path.concat()
        + match (section.is_list, section.is_named) {
            (true, _) => "/items",
            (_, true) => "/additionalProperties",
            _ => "",
        }
}

fn columns(page: &mut String, table: Table) {
    let _ =
        write!(page, "Columns of `[{}.columns]`:\n\n| column | required | meaning |\n|---|---|---|\n", table.name());
    for column in table.columns() {
        let required = if column.required { "yes" } else { "" };
        let _ = writeln!(page, "| `{}` | {required} | {} |", column.name, cell(column.meaning));
    }
    page.push('\n');
}

fn default(key: &Key) -> String {
    match (key.preset.written(), key.preset) {
        (Some(written), _) => format!("`{written}`"),
        (None, Preset::Required) => "required".to_owned(),
        (None, Preset::TwiceHorizon) => "2 x `horizon_days`".to_owned(),
        (None, _) => "none".to_owned(),
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Adds to the schema of one section what the types do not say, and takes out keys that other sections of the same type
/// have.
fn constrain(object: &mut Map<String, Value>, section: &Section) {
    object.remove("default");
    let required = section.keys.iter().filter(|key| key.preset == Preset::Required).map(|key| key.name);
    let mut required: Vec<_> = required.collect();
    if section.name.is_empty() {
        required.extend([Table::Purchases.name(), "churn"]);
    }
    if !required.is_empty() {
        object.insert("required".to_owned(), json!(required));
    }
    let Some(Value::Object(properties)) = object.get_mut("properties") else { return };
    properties.retain(|name, _| section.name.is_empty() || has(section, name));
    for key in section.keys {
        if let Some(Value::Object(property)) = properties.get_mut(key.name) {
            limit(property, key);
        }
    }
}

/// Whether a section has a key or a section of that name.
fn has(section: &Section, name: &str) -> bool {
    let is_nested = |other: &Section| other.name.strip_suffix(name) == Some(&format!("{}.", section.name));
    section.keys.iter().any(|key| key.name == name) || SECTIONS.iter().any(is_nested)
}

fn limit(property: &mut Map<String, Value>, key: &Key) {
    if let Some(Value::String(description)) = property.get_mut("description") {
        *description = description.replace('\n', " ");
    }
    let mut set = |name: &str, value: Value| property.insert(name.to_owned(), value);
    match key.allowed {
        Allowed::Whole { min, max, .. } => {
            set("minimum", json!(min));
            set("maximum", json!(max));
        }
        Allowed::Number { min, above_min, max } => {
            set(if above_min { "exclusiveMinimum" } else { "minimum" }, json!(min));
            if max.is_finite() {
                set("maximum", json!(max));
            }
        }
        Allowed::Word(words) => {
            set("enum", json!(words));
        }
        Allowed::Columns(table) => {
            let names = table.columns().iter();
            let columns: Map<_, _> =
                names.map(|c| (c.name.to_owned(), json!({"type": "string", "description": c.meaning}))).collect();
            let required: Vec<_> = table.columns().iter().filter(|c| c.required).map(|c| c.name).collect();
            set("properties", Value::Object(columns));
            set("required", json!(required));
            set("additionalProperties", json!(false));
        }
        _ => {}
    }
    match key.preset {
        Preset::Whole(value) => drop(property.insert("default".to_owned(), json!(value))),
        Preset::Number(value) => drop(property.insert("default".to_owned(), json!(value))),
        Preset::Text(value) => drop(property.insert("default".to_owned(), json!(value))),
        Preset::Flag(value) => drop(property.insert("default".to_owned(), json!(value))),
        _ => drop(property.remove("default")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Value {
        serde_json::from_str(&schema_json()).unwrap()
    }

    fn properties<'s>(schema: &'s Value, section: &Section) -> &'s Map<String, Value> {
        schema.pointer(&format!("{}/properties", pointer(section))).and_then(Value::as_object).unwrap()
    }

    #[test]
    fn fields_and_catalogue_have_the_same_keys_and_the_same_words() {
        let schema = schema();
        for section in SECTIONS {
            let fields = properties(&schema, section);
            for key in section.keys {
                let field = fields.get(key.name).unwrap_or_else(|| panic!("{}.{}", section.name, key.name));
                assert_eq!(field["description"], json!(key.describe()), "{}.{}", section.name, key.name);
            }
            let mut known: Vec<_> = section.keys.iter().map(|key| key.name).collect();
            if section.name.is_empty() {
                known.extend(SECTIONS.iter().map(Section::first).filter(|name| !name.is_empty()));
            }
            let is_unknown = |name: &&String| !known.contains(&name.as_str()) && !has(section, name);
            let unknown: Vec<_> = fields.keys().filter(is_unknown).collect();
            assert!(unknown.is_empty(), "{}: {unknown:?}", section.name);
        }
    }

    #[test]
    fn the_schema_knows_ranges_defaults_and_columns() {
        let schema = schema();
        let horizon = &schema["properties"]["churn"]["properties"]["horizon_days"];
        assert_eq!((&horizon["minimum"], &horizon["maximum"]), (&json!(1), &json!(1825)));
        assert_eq!(schema["properties"]["seed"]["default"], json!(1));
        assert_eq!(schema["properties"]["churn"]["required"], json!(["horizon_days"]));
        let columns = &schema["properties"]["purchases"]["properties"]["columns"];
        assert_eq!(columns["required"], json!(["customer_id", "purchased_at", "amount"]));
        assert_eq!(columns["additionalProperties"], json!(false));
        assert!(schema["properties"]["complaints"]["properties"].get("negative_amounts").is_none());
        let custom = &schema["properties"]["features"]["properties"]["custom"]["items"];
        assert_eq!(custom["required"], json!(["name", "table", "aggregate"]));
        assert_eq!(custom["properties"]["window_days"]["maximum"], json!(3650));
    }

    #[test]
    fn the_reference_has_a_row_for_every_key_and_column() {
        let page = reference();
        let n_keys: usize =
            SECTIONS.iter().filter(|section| !is_repeated(section)).map(|section| section.keys.len()).sum();
        let tables = SECTIONS.iter().filter_map(|section| section.table);
        let n_columns: usize = tables.map(|table| table.columns().len()).sum();
        assert_eq!(page.lines().filter(|line| line.starts_with("| `")).count(), n_keys + n_columns);
        assert!(page.contains(
            "| `gap_days` | whole number | `0` | a whole number of days from 0 to 365 | Time between the cutoff and the \
             label window, in which actions are prepared |"
        ));
        assert!(page.contains("| `active_days` | whole number | 2 x `horizon_days` |"));
    }
}
