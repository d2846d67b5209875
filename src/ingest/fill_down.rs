//! Fields of an order that are written on its first line alone: the lines of the same order that follow it in the file take
//! them over, before anything else is made of the rows. Where the number of the order stands there alone too, lines without one
//! go on with the order above.

use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::engine;
use super::error::IngestError;
use super::evaluate::evaluate;
use super::ids::tidy;
use super::mapping::Mapping;
use super::resolve::Mapped;

/// Fills columns of a file, whose rows come some after the other.
#[derive(Debug)]
pub(super) struct FillDown<'m> {
    order: &'m Mapped,
    columns: &'m [String],
    /// The order of the last row so far.
    last: Option<String>,
    /// What has been given for it, a column of one row each; nothing before the first row.
    given: FxHashMap<String, Column>,
}

impl<'m> FillDown<'m> {
    /// The filling that a mapping asks for.
    pub(super) fn new(mapping: &'m Mapping) -> Option<Self> {
        let order = mapping.order()?;
        (!mapping.fill_down.is_empty()).then_some(Self {
            order,
            columns: &mapping.fill_down,
            last: None,
            given: FxHashMap::default(),
        })
    }

    /// Fills the next rows of the file.
    ///
    /// # Errors
    /// `IngestError::BadExpression` if the number of the order cannot be told.
    pub(super) fn fill(&mut self, rows: &mut DataFrame) -> Result<(), IngestError> {
        if rows.height() == 0 {
            return Ok(());
        }
        let failed = || IngestError::engine("filling `fill_down`");
        let columns = self.columns.iter().filter(|name| rows.column(name).is_ok());
        // A line without a number goes on with the order above it.
        let (numbers, others): (Vec<&String>, Vec<&String>) = columns.partition(|name| self.order.reads.contains(name));
        engine::ask(|| self.take_over(rows, &numbers, None)).map_err(failed())?;
        let orders = evaluate(rows, self.order)?;
        let filled = engine::ask(|| {
            let orders = orders.cast(&DataType::String)?;
            let starts = starts(self.last.as_deref(), orders.str()?);
            self.take_over(rows, &others, Some(&starts))?;
            self.last = orders.str()?.last().and_then(tidy).map(str::to_owned);
            Ok(())
        });
        filled.map_err(failed())
    }

    /// Fills columns from the rows above, up to where an order begins: without `starts`, where a value is given.
    fn take_over(&mut self, rows: &mut DataFrame, names: &[&String], starts: Option<&[bool]>) -> PolarsResult<()> {
        for name in names {
            let own = rows.column(name)?;
            let before = self.given.get(*name).cloned();
            let mut column = before.unwrap_or_else(|| Column::full_null(own.name().clone(), 1, own.dtype()));
            column.append(own)?;
            let is_given = is_given(&column)?;
            let own_starts = is_given.get(1..).unwrap_or_default();
            let (places, given) = places(&is_given, starts.unwrap_or(own_starts));
            self.given.insert((*name).clone(), column.take(&IdxCa::from_iter([given]))?);
            rows.with_column(column.take(&IdxCa::from_vec("".into(), places))?)?;
        }
        Ok(())
    }
}

/// For each row, whether it begins an order; a row without a number is alone.
fn starts<'o>(last: Option<&'o str>, orders: &'o StringChunked) -> Vec<bool> {
    let mut before = last;
    let mut is_start = |order: Option<&'o str>| {
        let is_start = order.is_none() || order != before;
        before = order;
        is_start
    };
    orders.iter().map(|order| is_start(order.and_then(tidy))).collect()
}

/// Whether each row of a column has a value; blanks are none.
pub(super) fn is_given(column: &Column) -> PolarsResult<Vec<bool>> {
    if column.dtype().is_string() {
        let is_given = |text: Option<&str>| text.is_some_and(|text| !text.trim().is_empty());
        return Ok(column.str()?.iter().map(is_given).collect());
    }
    Ok(column.is_not_null().iter().map(|given| given == Some(true)).collect())
}

/// The place from which each row after the first takes its value, and the place of what has been given for the last order.
/// The first row stands for what was given before.
fn places(is_given: &[bool], starts: &[bool]) -> (Vec<IdxSize>, Option<IdxSize>) {
    let mut given = is_given.first().filter(|given| **given).map(|_| 0);
    let rows = (1..).zip(is_given.iter().skip(1).zip(starts));
    let place = |(row, (is_given, is_start)): (IdxSize, (&bool, &bool))| {
        given = given.filter(|_| !is_start);
        if *is_given {
            given = given.or(Some(row));
            return row;
        }
        given.unwrap_or(row)
    };
    let places = rows.map(place).collect();
    (places, given)
}

/// How many lines that go on with an order have no value of a column, and how many have one. The order of each row is in
/// `orders`.
///
/// # Errors
/// An error of the table engine.
pub(super) fn on_later_lines(column: &Column, orders: &StringChunked) -> PolarsResult<(usize, usize)> {
    let starts = starts(None, orders);
    let is_given = is_given(column)?;
    let mut begun_given = false;
    let (mut empty, mut given) = (0, 0);
    for (is_given, is_start) in is_given.into_iter().zip(starts) {
        if is_start {
            begun_given = is_given;
        } else if is_given {
            given += 1;
        } else if begun_given {
            empty += 1;
        }
    }
    Ok((empty, given))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Table;
    use crate::ingest::resolve::Available;

    /// However the file comes in pieces, the lines of an order take what its first ones give.
    #[test]
    fn later_lines_of_an_order_take_what_was_given_first() {
        let rows = df!(
            "nr" => [Some("1"), Some("1"), Some("1"), Some("2"), Some("2"), None, None, Some("2"), Some("3"), Some("3")],
            "status" => [Some("paid"), None, Some(""), None, Some("void"), Some("x"), None, None, Some("a"), Some("b")],
            "sum" => [Some(1.5), None, None, Some(2.0), None, None, None, None, None, Some(3.0)],
        )
        .unwrap();
        let mut config = crate::ingest::tests::table_config(&["a.csv"]);
        config.fill_down = Some(vec!["status".into(), "sum".into(), "unread".into()]);
        for (ours, source) in [("order_id", "nr"), ("channel", "status"), ("amount", "sum")] {
            config.columns.insert(ours.into(), source.into());
        }
        let names = ["nr", "status", "sum", "unread"].map(str::to_owned).to_vec();
        let mapping = Mapping::new(Table::Purchases, &config, &Available { path: "a.csv".into(), names }).unwrap();
        for size in 1..=10 {
            let mut filling = FillDown::new(&mapping).unwrap();
            let mut filled: Option<DataFrame> = None;
            for start in (0..10).step_by(size) {
                let mut piece = rows.slice(start, size);
                filling.fill(&mut piece).unwrap();
                filled = Some(filled.map_or(piece.clone(), |filled| filled.vstack(&piece).unwrap()));
            }
            let filled = filled.unwrap();
            let status: Vec<_> = filled.column("status").unwrap().str().unwrap().iter().collect();
            let given = [
                Some("paid"),
                Some("paid"),
                Some("paid"),
                None,
                Some("void"),
                Some("x"),
                None,
                None,
                Some("a"),
                Some("b"),
            ];
            assert_eq!(status, given, "{size}");
            let sums: Vec<_> = filled.column("sum").unwrap().f64().unwrap().iter().collect();
            let given = [Some(1.5), Some(1.5), Some(1.5), Some(2.0), Some(2.0), None, None, None, None, Some(3.0)];
            assert_eq!(sums, given, "{size}");
        }
        let orders = rows.column("nr").unwrap().str().unwrap();
        assert_eq!(on_later_lines(rows.column("status").unwrap(), orders).unwrap(), (2, 2));
    }

    /// A number that stands on first lines alone is that of the lines below it, and what else stands there goes with it.
    #[test]
    fn lines_without_a_number_go_on_with_the_order_above() {
        let rows = df!(
            "nr" => [Some("1"), None, None, Some("2"), Some(" "), Some("2")],
            "who" => [Some("a"), None, None, None, None, Some("b")],
        )
        .unwrap();
        let mut config = crate::ingest::tests::table_config(&["a.csv"]);
        config.fill_down = Some(vec!["who".into(), "nr".into()]);
        config.columns.insert("order_id".into(), "nr".into());
        let names = ["nr", "who"].map(str::to_owned).to_vec();
        let mapping = Mapping::new(Table::Purchases, &config, &Available { path: "a.csv".into(), names }).unwrap();
        for size in 1..=6 {
            let mut filling = FillDown::new(&mapping).unwrap();
            let mut seen = Vec::new();
            for start in (0..6).step_by(size) {
                let mut piece = rows.slice(start, size);
                filling.fill(&mut piece).unwrap();
                let texts = |name: &str| {
                    piece
                        .column(name)
                        .unwrap()
                        .str()
                        .unwrap()
                        .iter()
                        .map(|text| text.map(str::to_owned))
                        .collect::<Vec<_>>()
                };
                seen.extend(texts("nr").into_iter().zip(texts("who")));
            }
            let pair = |nr: &str, who: Option<&str>| (Some(nr.to_owned()), who.map(str::to_owned));
            let expected = [
                pair("1", Some("a")),
                pair("1", Some("a")),
                pair("1", Some("a")),
                pair("2", None),
                pair("2", None),
                pair("2", Some("b")),
            ];
            assert_eq!(seen, expected, "{size}");
        }
    }
}
