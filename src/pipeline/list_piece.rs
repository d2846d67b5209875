//! Some rows of a list, and how a column is filled from them.

use std::borrow::Cow;

use rayon::prelude::*;

use super::earlier::{Change, RowChange};
use super::list::{ListRow, ListedValue, RankedList};
use crate::decide::FoundCause;
use crate::explain::Reason;
use crate::table::Column;

/// Some rows of a list, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Piece<'l> {
    pub(super) list: &'l RankedList,
    pub(super) rows: &'l [ListRow],
    /// Rows of the list before them.
    pub(super) first: usize,
}

/// Decimals of a probability in files: more would pretend to be known.
pub(super) const PROBABILITY_DECIMALS: u32 = 4;

pub(super) fn ranks(piece: Piece<'_>) -> Column<'_> {
    let ranks = i64::try_from(piece.first).unwrap_or(i64::MAX).saturating_add(1)..;
    Column::Integer(ranks.take(piece.rows.len()).collect())
}

pub(super) fn text<'l>(piece: Piece<'l>, of: fn(&'l ListRow) -> &'l str) -> Column<'l> {
    Column::Text(piece.rows.par_iter().map(|row| of(row).into()).collect())
}

pub(super) fn money(piece: Piece<'_>, of: fn(&ListRow) -> f64) -> Column<'_> {
    let decimals = piece.list.currency.decimals();
    Column::Money { amounts: piece.rows.par_iter().map(|row| rounded(of(row), decimals)).collect(), decimals }
}

pub(super) fn value(piece: Piece<'_>, of: fn(&ListedValue) -> Option<f64>) -> Column<'_> {
    optional_money(piece, |row| of(row.customer_value.as_ref()?))
}

pub(super) fn total(piece: Piece<'_>) -> Column<'_> {
    optional_money(piece, |row| Some(row.clv_historic + row.customer_value.as_ref()?.predicted))
}

pub(super) fn optional_money(piece: Piece<'_>, of: impl Fn(&ListRow) -> Option<f64> + Sync) -> Column<'_> {
    let decimals = piece.list.currency.decimals();
    let amount = |row: &ListRow| Some(rounded(of(row)?, decimals));
    Column::OptionalMoney { amounts: piece.rows.par_iter().map(amount).collect(), decimals }
}

pub(super) fn probabilities(piece: Piece<'_>, of: fn(&ListRow) -> f64) -> Column<'_> {
    Column::Number(piece.rows.par_iter().map(|row| rounded(of(row), PROBABILITY_DECIMALS)).collect())
}

pub(super) fn churn_bound(piece: Piece<'_>, side: usize) -> Column<'_> {
    let bound = |row: &ListRow| Some(rounded(row.churn_interval?[side], PROBABILITY_DECIMALS));
    Column::OptionalNumber(piece.rows.par_iter().map(bound).collect())
}

pub(super) fn place_bound(piece: Piece<'_>, side: usize) -> Column<'_> {
    let bound = |row: &ListRow| Some(i64::from(row.rank_interval?[side]));
    Column::OptionalInteger(piece.rows.par_iter().map(bound).collect())
}

pub(super) fn told<'l>(piece: Piece<'l>, of: fn(Change, &'l str) -> Cow<'l, str>) -> Column<'l> {
    let told = |row: &'l ListRow| {
        let (change, why) = row.change.as_ref()?.told.as_ref()?;
        Some(of(*change, why))
    };
    Column::OptionalText(piece.rows.par_iter().map(told).collect())
}

/// A day that a list has seen.
pub(super) fn since(piece: Piece<'_>, of: fn(&RowChange) -> Option<jiff::civil::Date>) -> Column<'_> {
    Column::OptionalDate(piece.rows.par_iter().map(|row| of(row.change.as_ref()?)).collect())
}

/// A word of an earlier list.
pub(super) fn before(piece: Piece<'_>, of: fn(&RowChange) -> Option<&'static str>) -> Column<'_> {
    let word = |row: &ListRow| of(row.change.as_ref()?).map(Cow::from);
    Column::OptionalText(piece.rows.par_iter().map(word).collect())
}

pub(super) fn recommended_action(piece: Piece<'_>) -> Column<'_> {
    let action = |row| piece.list.action_name(row).map(Into::into);
    Column::OptionalText(piece.rows.par_iter().map(action).collect())
}

pub(super) fn first_reason(piece: Piece<'_>) -> Column<'_> {
    let usual = piece.list.usual();
    Column::Text(piece.rows.par_iter().map(|row| piece.list.first_reason(&usual, row)).collect())
}

pub(super) fn reason<'l>(piece: Piece<'l>, nth: usize, of: fn(&'l Reason) -> &'l str) -> Column<'l> {
    let reason = |row: &'l ListRow| row.reasons.get(nth).map(|reason| of(reason).into());
    Column::OptionalText(piece.rows.par_iter().map(reason).collect())
}

pub(super) fn cause<'l>(piece: Piece<'l>, of: fn(&'l FoundCause) -> &'l str) -> Column<'l> {
    Column::OptionalText(piece.rows.par_iter().map(|row| row.cause.as_ref().map(|found| of(found).into())).collect())
}

pub(super) fn rounded(value: f64, decimals: u32) -> f64 {
    let scale = f64::from(10_u32.pow(decimals));
    // Adding zero turns a negative zero into a positive one.
    (value * scale).round() / scale + 0.0
}
