//! The JSON Schema of a row of `list.jsonl` and `winback.jsonl`, made from the columns of the list.

use serde_json::{Map, Value, json};

use super::list::RankedList;
use super::list_columns::LIST_COLUMNS;
use crate::table::Column;

/// The schema of a row of a list. Columns that the config carries over stand behind ours, and are texts.
#[must_use]
pub fn list_row_schema(list: &RankedList) -> Value {
    let Some(table) = list.pieces().next() else { return Value::Null };
    let mut properties = Map::new();
    for (column, (name, values)) in LIST_COLUMNS.iter().zip(&table.columns) {
        let mut property = kind(values);
        if let Some(property) = property.as_object_mut() {
            property.insert("description".to_owned(), json!(format!("{} ({}).", column.meaning, column.unit)));
        }
        properties.insert(name.clone(), property);
    }
    let required: Vec<&str> = LIST_COLUMNS.iter().map(|column| column.name).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A row of `list.jsonl` or `winback.jsonl`",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": { "type": ["string", "null"] },
    })
}

/// What the values of a column are in JSON.
fn kind(column: &Column<'_>) -> Value {
    match column {
        Column::Text(_) => json!({ "type": "string" }),
        Column::OptionalText(_) => json!({ "type": ["string", "null"] }),
        Column::Number(_) | Column::Money { .. } => json!({ "type": "number" }),
        Column::OptionalNumber(_) | Column::OptionalMoney { .. } => json!({ "type": ["number", "null"] }),
        Column::Integer(_) => json!({ "type": "integer" }),
        Column::OptionalInteger(_) => json!({ "type": ["integer", "null"] }),
        Column::Flag(_) => json!({ "type": "boolean" }),
        Column::Time(_) => json!({ "type": "string", "format": "date-time" }),
        Column::OptionalTime(_) => json!({ "type": ["string", "null"], "format": "date-time" }),
        Column::OptionalDate(_) => json!({ "type": ["string", "null"], "format": "date" }),
    }
}
