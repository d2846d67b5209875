//! Files of one table that call a column otherwise than the first of them: an export whose names have changed since.

use super::expressions::always_quoted;
use super::found::{DraftColumn, DraftFile};
use super::guess::{self, reads};
use super::tables::{Kind, Table};

/// A column that a file calls otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OtherName {
    /// Our name of it.
    pub(super) ours: &'static str,
    /// What the first file calls it.
    pub(super) first: String,
    /// What this file calls it.
    pub(super) here: String,
}

/// Least share of the customers of one file that the other has too, for both columns to hold the same ids.
const MEETS: f64 = 0.1;

/// The columns that a file calls otherwise than the first, where it has all else that is read of that, and nothing but the name
/// seems to differ; empty if not.
pub(super) fn other_names(table: Table, first: &DraftFile, file: &DraftFile) -> Vec<OtherName> {
    let of = |file: &DraftFile| guess::mapping_of_all(table, &file.peek.columns);
    let (ours, theirs) = (of(first), of(file));
    let mut found = Vec::new();
    for (name, from) in &ours {
        let Some(here) = theirs.get(name) else { return Vec::new() };
        if from == here {
            continue;
        }
        match (column(first, from), column(file, here)) {
            (Some(own), Some(other)) if is_renamed(table, name, (first, own), (file, other)) => {
                found.push(OtherName { ours: name, first: from.clone(), here: here.clone() });
            }
            _ => return Vec::new(),
        }
    }
    found
}

/// Whether two files are called alike but for numbers: those of two months are of one table, orders and their payments are not.
pub(super) fn are_of_a_series(one: &str, other: &str) -> bool {
    let without_numbers = |path: &str| path.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
    without_numbers(one) == without_numbers(other)
}

fn column<'f>(file: &'f DraftFile, name: &str) -> Option<&'f DraftColumn> {
    file.peek.columns.iter().find(|column| column.name == name)
}

/// Whether two columns of two files may be the same: neither file has both, and ids of customers are those of each other.
/// Amounts of another name are likely other amounts.
fn is_renamed(
    table: Table,
    name: &str,
    (first, own): (&DraftFile, &DraftColumn),
    (file, other): (&DraftFile, &DraftColumn),
) -> bool {
    let is_apart = column(first, &other.name).is_none() && column(file, &own.name).is_none();
    let meets = || own.share_in(other).max(other.share_in(own)) >= MEETS;
    let kind = table.column(name).map(|spec| spec.kind);
    is_apart && !matches!(kind, Some(Kind::Money | Kind::Number) | None) && (name != "customer_id" || meets())
}

/// The first that is given of several columns, as SQL says it.
pub(super) fn first_given(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| always_quoted(name)).collect();
    format!("COALESCE({})", quoted.join(", "))
}

/// Why a file is none of the table of another one, as a sentence that begins with a verb; `None` if its columns do not say.
pub(super) fn why_other(table: Table, first: &DraftFile, file: &DraftFile) -> Option<String> {
    let of = |file: &DraftFile| guess::mapping_of_all(table, &file.peek.columns);
    let (ours, theirs) = (of(first), of(file));
    ours.iter().find_map(|(name, from)| {
        let read = reads(from, &first.peek.columns);
        let lacks = read.iter().find(|name| column(file, name).is_none())?;
        let instead = theirs.get(name).and_then(|here| reads(here, &file.peek.columns).into_iter().next());
        Some(match instead {
            Some(here) => format!(
                "has no column `{lacks}`, which `{}` has, but `{here}`: if they are the same, write `{name} = '{}'` and add the \
                 file to `path`, or give both one header",
                first.path,
                first_given(&[lacks.clone(), here.clone()])
            ),
            None => format!("has no column `{lacks}`, which `{}` has", first.path),
        })
    })
}
