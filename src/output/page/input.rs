//! What a page is made from: the list, what happened to its first customers, and the documents of the run.

use serde_json::Value;

use super::columns::Columns;
use super::document::text;
use super::figure::day;
use crate::text::counted;

/// A list of customers, ranked.
#[derive(Debug, Clone, Copy)]
pub struct PageList<'a> {
    /// What it is called for people.
    pub title: &'a str,
    /// The column with the probability that ranks it.
    pub probability: &'a str,
    /// Its first rows.
    pub rows: &'a Columns,
    /// Rows of the whole list.
    pub total: usize,
}

/// All that a page shows.
#[derive(Debug, Clone, Copy)]
pub struct PageInput<'a> {
    /// The first rows of the list.
    pub list: &'a Columns,
    /// Rows of the whole list.
    pub total: usize,
    /// Further lists of the same form.
    pub further: &'a [PageList<'a>],
    /// Orders, complaints and weights of reasons of the first rows, as `details.parquet` has them.
    pub details: &'a Columns,
    /// Lost customers worth an interview, if the run has them.
    pub interviews: Option<&'a Columns>,
    /// `manifest.json` of the run.
    pub manifest: &'a Value,
    /// `value.json` of the run, if a value model could be fitted.
    pub value: Option<&'a Value>,
    /// `report.json` of the run, if it has one.
    pub report: Option<&'a Value>,
    /// The manifest of the model.
    pub model: Option<&'a Value>,
    /// `evaluation.json` of the model.
    pub evaluation: Option<&'a Value>,
    /// What `monitor.json` of the run tells of its model, beside the profile of training.
    pub monitor: Option<&'a Value>,
    /// Names and meanings of the columns of the list that are ours; others are the shop's own.
    pub meanings: &'a [(&'a str, &'a str)],
    /// The day of the list, counted from 1970-01-01.
    pub today: i32,
}

impl PageInput<'_> {
    pub(super) fn currency(&self) -> &str {
        text(self.manifest, "/config/currency/code").unwrap_or_default()
    }

    pub(super) fn as_of(&self) -> &str {
        text(self.manifest, "/as_of").unwrap_or_default()
    }

    /// Who is on the list, in words.
    pub(super) fn population(&self) -> &str {
        text(self.manifest, "/population").unwrap_or_default()
    }

    /// What the model is asked.
    pub(super) fn question(&self) -> &str {
        let asked = self.model.and_then(|model| text(model, "/training/question"));
        asked.unwrap_or("no purchase in the horizon")
    }

    /// The population of figures that are made from the rows of the page.
    pub(super) fn of_whom(&self) -> String {
        let (n, total) = (self.list.n_rows(), self.total);
        let first = if n < total { format!("the first {} of ", counted(n as u64, "customer")) } else { String::new() };
        format!(
            "On {}: {first}{} on the list ({})",
            day(self.as_of()),
            counted(total as u64, "customer"),
            self.population()
        )
    }

    /// The column with the probability that ranks the list.
    pub(super) fn probability(&self) -> &'static str {
        let leaving = "leaving_probability";
        if self.list.get(leaving).is_some() { leaving } else { "churn_probability" }
    }

    /// Whether a column is the shop's own.
    pub(super) fn is_carried(&self, name: &str) -> bool {
        !self.meanings.iter().any(|(known, _)| *known == name)
    }
}

#[cfg(test)]
impl<'a> PageInput<'a> {
    /// A page of a list and a manifest, without any other document.
    pub(super) fn bare(list: &'a Columns, details: &'a Columns, manifest: &'a Value) -> Self {
        Self {
            list,
            total: list.n_rows(),
            further: &[],
            details,
            interviews: None,
            manifest,
            value: None,
            report: None,
            model: None,
            evaluation: None,
            monitor: None,
            meanings: &[],
            today: 0,
        }
    }
}
