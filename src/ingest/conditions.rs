//! Conditions of SQL that a hint or a draft proposes.

/// A name of a column as SQL writes it.
#[must_use]
pub fn sql_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as SQL writes it.
#[must_use]
pub fn sql_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A text as the config file writes it.
#[must_use]
pub fn toml_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What a condition needs to know of a column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ColumnForm {
    /// It is stored as text.
    pub is_text: bool,
    /// Some rows have no value in it.
    pub has_empty: bool,
}

/// The condition that sets some values of a column aside and keeps the rows that have none.
#[must_use]
pub fn none_of(name: &str, values: &[&str], form: ColumnForm) -> String {
    let mut texts: Vec<String> = values.iter().map(|value| sql_text(value)).collect();
    texts.sort_unstable();
    let name = sql_name(name);
    let column = match (form.has_empty, form.is_text) {
        (true, true) => format!("COALESCE({name}, '')"),
        (false, true) => name,
        (_, false) => format!("COALESCE(CAST({name} AS VARCHAR), '')"),
    };
    format!("{column} NOT IN ({})", texts.join(", "))
}

/// The condition that sets rows aside in which a column has any value but some that say nothing.
#[must_use]
pub fn is_empty_or(name: &str, nothing: &[&str], form: ColumnForm) -> String {
    if nothing.is_empty() {
        return is_empty(name, form);
    }
    let mut texts: Vec<String> = nothing.iter().map(|value| sql_text(value)).collect();
    texts.sort_unstable();
    let name = sql_name(name);
    let column = if form.is_text { name } else { format!("CAST({name} AS VARCHAR)") };
    format!("COALESCE({column}, '') IN ('', {})", texts.join(", "))
}

/// The condition that sets rows aside in which a column has any value.
#[must_use]
pub fn is_empty(name: &str, form: ColumnForm) -> String {
    let name = sql_name(name);
    if form.is_text { format!("COALESCE({name}, '') = ''") } else { format!("{name} IS NULL") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_written_as_they_are_read() {
        assert_eq!(toml_text("a \"b\" \\c"), "\"a \\\"b\\\" \\\\c\"");
        assert_eq!((sql_name("a\"b"), sql_text("it's")), ("\"a\"\"b\"".to_owned(), "'it''s'".to_owned()));
        let form = |is_text, has_empty| ColumnForm { is_text, has_empty };
        assert_eq!(none_of("s", &["void", "test"], form(true, true)), "COALESCE(\"s\", '') NOT IN ('test', 'void')");
        assert_eq!(none_of("s", &["void"], form(true, false)), "\"s\" NOT IN ('void')");
        assert_eq!(
            is_empty_or("at", &["0000-00-00", "-"], form(true, true)),
            "COALESCE(\"at\", '') IN ('', '-', '0000-00-00')"
        );
        assert_eq!(
            (is_empty_or("at", &[], form(true, true)), is_empty("at", form(false, true))),
            ("COALESCE(\"at\", '') = ''".to_owned(), "\"at\" IS NULL".to_owned())
        );
    }
}
