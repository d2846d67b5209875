//! Tables as JSON lines, for programs that take one object at a time: every row has every column, null where there is no
//! value. Days are `2024-05-31`, instants `2024-05-31T12:00:00Z`; text is as it is, because no spreadsheet opens it.

use std::io::Write;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::error::Failure;
use crate::files::Staged;
use crate::table::{Column, Table};

/// Stages a table of some pieces as JSON lines, and tells the path that the file will have.
///
/// # Errors
/// What the operating system says.
pub fn stage_json_lines<'t>(
    name: &str,
    mut pieces: impl Iterator<Item = Table<'t>>,
    staged: &Staged,
) -> Result<PathBuf, Failure> {
    let write = |writer: &mut crate::files::Writer| pieces.try_for_each(|piece| write_rows(writer, &piece));
    Ok(staged.add(&format!("{name}.jsonl"), write)?)
}

fn write_rows(writer: &mut impl Write, table: &Table<'_>) -> std::io::Result<()> {
    for row in 0..table.n_rows() {
        for (place, (name, column)) in table.columns.iter().enumerate() {
            writer.write_all(if place == 0 { b"{" } else { b"," })?;
            serde_json::to_writer(&mut *writer, name)?;
            writer.write_all(b":")?;
            serde_json::to_writer(&mut *writer, &value(column, row))?;
        }
        writer.write_all(b"}\n")?;
    }
    Ok(())
}

/// The value of a row.
fn value(column: &Column<'_>, row: usize) -> Value {
    match column {
        Column::Text(values) => json!(values.get(row)),
        Column::OptionalText(values) => json!(values.get(row)),
        Column::Number(values) | Column::Money { amounts: values, .. } => json!(values.get(row)),
        Column::OptionalNumber(values) | Column::OptionalMoney { amounts: values, .. } => json!(values.get(row)),
        Column::Integer(values) => json!(values.get(row)),
        Column::OptionalInteger(values) => json!(values.get(row)),
        Column::Flag(values) => json!(values.get(row)),
        Column::Time(values) => json!(values.get(row).map(ToString::to_string)),
        Column::OptionalTime(values) => json!(values.get(row).and_then(|at| at.map(|at| at.to_string()))),
        Column::OptionalDate(values) => json!(values.get(row).and_then(|day| day.map(|day| day.to_string()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_an_object_with_every_column_in_its_order() {
        let table = Table::new(
            "list",
            [
                ("rank", Column::Integer(vec![1, 2])),
                ("why", Column::optional_text([Some("=1+1, \"so\"\n"), None])),
                ("loss", Column::Money { amounts: vec![1_201.8, -3.0], decimals: 2 }),
                ("next", Column::OptionalDate(vec![Some(jiff::civil::date(2024, 5, 31)), None])),
            ],
        );
        let mut text = Vec::new();
        write_rows(&mut text, &table).unwrap();
        let first = r#"{"rank":1,"why":"=1+1, \"so\"\n","loss":1201.8,"next":"2024-05-31"}"#;
        let second = r#"{"rank":2,"why":null,"loss":-3.0,"next":null}"#;
        assert_eq!(String::from_utf8(text).unwrap(), format!("{first}\n{second}\n"));
    }
}
