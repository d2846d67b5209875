//! Numbers that one file of a table writes otherwise than the others: all together prove what this file alone does not say.

use std::collections::BTreeMap;

use super::form_facts::{FormFact, FormSays};
use super::number_census::{
    Count, GivenMarks, NumberCensus, NumberColumn, NumberVerdict, letter, other, read_with, settle,
};
use crate::config::DecimalMark;

/// How the numbers of a file are written, by column.
type Counted = BTreeMap<String, NumberCensus>;

/// What is to be said of the first file whose amounts, taken alone, would not be read as those of all files are.
pub(super) fn unlike(
    key: &str,
    (column, verdict): (&NumberColumn, &NumberVerdict),
    files: &[(String, Counted)],
) -> Option<FormFact> {
    let (NumberVerdict::Plain(marks) | NumberVerdict::Proved(marks, _) | NumberVerdict::Grouped(marks, ..)) = verdict
    else {
        return None;
    };
    if column.decimals.is_none() || files.len() < 2 {
        return None;
    }
    files.iter().find_map(|(file, counted)| {
        let census = counted.get(key)?;
        let Count { n, example } = against(&alone(key, column, counted)?, census, marks.decimal)?;
        let says = FormSays::NumbersOfFile {
            file: file.clone(),
            as_read: read_with(&example, marks.decimal),
            otherwise: read_with(&example, other(marks.decimal)),
            example,
            decimal: letter(marks.decimal),
        };
        Some(FormFact { column: column.label.clone(), count: n, of: census.numbers, says })
    })
}

/// How the column of one file would be read if there were no other files.
fn alone(key: &str, column: &NumberColumn, counted: &Counted) -> Option<NumberVerdict> {
    let own: Vec<(&String, NumberColumn)> = counted
        .iter()
        .filter(|(_, census)| census.numbers > 0 && census.are_numbers())
        .map(|(name, census)| (name, NumberColumn { census: census.clone(), ..column.clone() }))
        .collect();
    let place = own.iter().position(|(name, _)| *name == key)?;
    let columns: Vec<&NumberColumn> = own.iter().map(|(_, column)| column).collect();
    settle(&columns, GivenMarks::default()).into_iter().nth(place)
}

/// The values of a file that speak against the mark before decimals.
fn against(verdict: &NumberVerdict, census: &NumberCensus, decimal: DecimalMark) -> Option<Count> {
    match verdict {
        NumberVerdict::Open(_, count) => Some(count.clone()),
        NumberVerdict::Proved(marks, example) if marks.decimal != decimal => {
            let n = census.n_proving(marks.decimal) + census.n_open(decimal);
            Some(Count { n, example: example.clone() })
        }
        _ => None,
    }
}

/// The first file that proves a comma before decimals and no point.
pub(super) fn first_with_comma(key: &str, files: &[(String, Counted)]) -> Option<String> {
    let is_of_comma = |counted: &Counted| {
        let census = counted.get(key);
        census.is_some_and(|own| own.n_proving(DecimalMark::Comma) > 0 && own.n_proving(DecimalMark::Point) == 0)
    };
    files.iter().find(|(_, counted)| is_of_comma(counted)).map(|(file, _)| file.clone())
}
