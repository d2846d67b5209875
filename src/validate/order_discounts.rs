//! Discounts of orders, which stand on one of their lines or on each: taken once for each order from what its lines come to.

use super::checked::Checked;
use super::finding::Severity;
use super::order_amounts::orders;
use super::tally::{Counts, Tally};
use crate::config::{DiscountIs, Table};
use crate::ingest::{ABSENT, TypedTable};
use crate::text::{counted, verb};

/// Takes the discount of each order off its lines, in proportion to their amounts and to the minor unit. More than an order comes to
/// is not taken off.
pub(super) fn take_off(checked: &mut Checked<'_>) {
    if checked.config.purchases.discount_is != Some(DiscountIs::Order) {
        return;
    }
    for table in checked.tables.iter_mut().filter(|table| table.table() == Table::Purchases) {
        let (mut less, mut first): (Vec<(usize, i64)>, Vec<usize>) = (Vec::new(), Vec::new());
        for rows in orders(table) {
            let Some(amounts) = bought(table, &rows) else { continue };
            let off = of_order(table.money("discount"), &rows).min(amounts.iter().sum());
            if off > 0 {
                first.extend(rows.first());
            }
            less.extend(rows.into_iter().zip(parts(&amounts, off)));
        }
        let amounts = table.money_mut("amount");
        for (row, part) in &less {
            amounts.get_mut(*row).into_iter().for_each(|own| *own -= part);
        }
        // Each line has its own part of it from now on.
        let discounts = table.money_mut("discount");
        for (row, part) in less {
            discounts.get_mut(row).into_iter().for_each(|own| *own = part);
        }
        first.sort_unstable();
        let wording = |counts: Counts| {
            let (orders, have) = (counted(counts.found, "order"), verb(counts.found, "has", "have"));
            let text =
                format!("{orders} {have} a `discount` of the order as a whole: taken once from what the lines come to");
            (Severity::Recommendation, text)
        };
        if let Some(tally) = Tally::of_rows("order_discounts", (table, &first), wording) {
            checked.tallies.add(tally.of_column("discount"));
        }
    }
}

/// The amounts of the lines of an order; nothing if it gives something back or comes to nothing.
fn bought(table: &TypedTable, rows: &[usize]) -> Option<Vec<i64>> {
    let (amounts, flags) = (table.money("amount"), table.flags("is_return"));
    let own: Vec<i64> = rows.iter().filter_map(|row| amounts.get(*row).copied()).collect();
    let gives_back = rows.iter().any(|row| flags.get(*row) == Some(&1)) || own.iter().any(|amount| *amount < 0);
    (!gives_back && own.iter().any(|amount| *amount > 0)).then_some(own)
}

/// The discount of an order: the greatest on any of its lines, so that one on each counts once.
pub(super) fn of_order(discounts: &[i64], rows: &[usize]) -> i64 {
    let own = rows.iter().filter_map(|row| discounts.get(*row)).filter(|discount| **discount != ABSENT);
    own.map(|discount| discount.saturating_abs()).max().unwrap_or(0)
}

/// What of a discount each of some amounts has: in proportion to it, and no more than it.
fn parts(amounts: &[i64], off: i64) -> Vec<i64> {
    let whole: i128 = amounts.iter().map(|amount| i128::from(*amount)).sum();
    let (mut sum, mut taken) = (0_i128, 0_i128);
    let part = |amount: &i64| {
        sum += i128::from(*amount);
        let own = i128::from(off) * sum / whole.max(1) - taken;
        taken += own;
        i64::try_from(own).unwrap_or(0)
    };
    amounts.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_discount_is_taken_off_to_the_minor_unit_and_once() {
        for (amounts, off) in [(vec![1000, 1000, 1001], 100), (vec![1, 1, 1], 2), (vec![5, 0, 995], 1000), (vec![7], 0)]
        {
            let parts = parts(&amounts, off);
            assert_eq!(parts.iter().sum::<i64>(), off);
            assert!(parts.iter().zip(&amounts).all(|(part, amount)| (0..=*amount).contains(part)), "{parts:?}");
        }
        assert_eq!(of_order(&[500, ABSENT, 0], &[0, 1, 2]), 500, "on the first line");
        assert_eq!(of_order(&[-500, -500], &[0, 1]), 500, "on each");
    }
}
