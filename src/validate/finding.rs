//! What a check has to say: rule, table, column, how many rows, three examples, how grave, and what to do.

use std::fmt;

use serde::Serialize;

use crate::text::printable;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing or improving.
    Recommendation,
    /// The data are used, but not as they came.
    Warning,
    /// The data may not be used.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Recommendation => "recommendation",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Finding {
    /// The rule, stable, for example `orphan_complaints`.
    pub rule: &'static str,
    /// The table it is about.
    pub table: &'static str,
    /// The column, or the file, it is about.
    pub column: Option<String>,
    /// How many rows, or whatever the message counts.
    pub count: u64,
    /// Three examples at most: ids and values, never the words of a complaint.
    pub examples: Vec<String>,
    /// How grave it is.
    pub severity: Severity,
    /// The facts, in one sentence.
    pub message: String,
    /// What can be done about it.
    pub hint: Option<String>,
    /// A value of a row that message and hint name.
    #[serde(skip)]
    pub names: Option<String>,
}

impl Finding {
    /// A finding about a table as a whole, without examples and hint.
    pub(crate) fn new(rule: &'static str, table: &'static str, severity: Severity, message: String) -> Self {
        Self { rule, table, column: None, count: 0, examples: Vec::new(), severity, message, hint: None, names: None }
    }

    /// Names the column or file it is about.
    pub(crate) fn of_column(self, column: impl Into<String>) -> Self {
        Self { column: Some(column.into()), ..self }
    }

    /// States how many there are.
    pub(crate) fn counting(self, count: u64) -> Self {
        Self { count, ..self }
    }

    /// Gives the first three examples.
    pub(crate) fn with_examples(self, examples: impl IntoIterator<Item = String>) -> Self {
        Self { examples: examples.into_iter().take(3).collect(), ..self }
    }

    /// Says which value of a row message and hint name.
    pub(crate) fn naming(self, value: impl Into<String>) -> Self {
        Self { names: Some(value.into()), ..self }
    }

    /// Says what can be done.
    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// `warning[orphan_complaints]: 3 of 41 complaints ..., e.g. ...`, and the hint on a line of its own.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.severity, self.rule, printable(&self.message))?;
        if !self.examples.is_empty() {
            write!(f, ", e.g. {}", printable(&self.examples.join(", ")))?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {}", printable(hint)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_as_facts_examples_and_hint() {
        let finding =
            Finding::new("zero_amount", "purchases", Severity::Warning, "2 of 9 purchases cost nothing".into())
                .of_column("amount")
                .counting(2)
                .with_examples(["order `A-1`".into(), "order `A-2`".into()])
                .with_hint("filter them");
        let text =
            "warning[zero_amount]: 2 of 9 purchases cost nothing, e.g. order `A-1`, order `A-2`\nhint: filter them";
        assert_eq!(finding.to_string(), text);
        assert!(Severity::Error > Severity::Warning && Severity::Warning > Severity::Recommendation);
        let json = serde_json::to_value(&finding).unwrap();
        assert_eq!((json["severity"].as_str(), json["count"].as_u64()), (Some("warning"), Some(2)));
    }
}
