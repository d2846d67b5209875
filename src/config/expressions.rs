//! SQL expressions of drafts as texts: the columns that they name, and how a name is written.

/// Words that a SQL expression needs in quotes.
const RESERVED: &[&str] = &[
    "date",
    "desc",
    "end",
    "from",
    "group",
    "index",
    "limit",
    "number",
    "order",
    "select",
    "table",
    "time",
    "timestamp",
    "user",
    "value",
    "values",
    "where",
];

/// A column name as it must be written inside a SQL expression.
pub(super) fn quoted(name: &str) -> String {
    let is_plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && !RESERVED.contains(&name.to_lowercase().as_str());
    if is_plain { name.to_owned() } else { always_quoted(name) }
}

/// A column name in double quotes.
pub(super) fn always_quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The columns in double quotes, in their order.
pub(super) fn names_in(expression: &str) -> Vec<String> {
    let mut names = Vec::new();
    let _ = renamed(expression, |name| {
        names.push(name.to_owned());
        name.to_owned()
    });
    names
}

/// The expression with each column in double quotes replaced; one that is a column alone is its bare name.
pub(super) fn renamed(expression: &str, mut rename: impl FnMut(&str) -> String) -> String {
    let mut written = String::new();
    let mut rest = expression;
    while let Some((before, after)) = rest.split_once('"') {
        let (name, after) = quoted_name(after);
        let name = rename(&name);
        if written.is_empty() && before.is_empty() && after.is_empty() {
            return name;
        }
        written.push_str(before);
        written.push_str(&always_quoted(&name));
        rest = after;
    }
    written + rest
}

/// The name up to its closing quote, and what follows.
fn quoted_name(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut rest = text;
    while let Some((part, after)) = rest.split_once('"') {
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => return (name, after),
        }
    }
    (name + rest, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_an_expression_are_found_and_renamed() {
        let expression = "LOWER(\"E-mail\") || 'x' || \"a \"\"b\"\"\"";
        assert_eq!(names_in(expression), ["E-mail", "a \"b\""]);
        assert_eq!(renamed(expression, str::to_uppercase), "LOWER(\"E-MAIL\") || 'x' || \"A \"\"B\"\"\"");
        assert_eq!(renamed("\"Order #\"", str::to_owned), "Order #");
        assert_eq!((quoted("Price"), quoted("Date")), ("Price".to_owned(), "\"Date\"".to_owned()));
    }
}
