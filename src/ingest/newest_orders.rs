//! What each order has while it is new: a `no` under `completed`, or a `yes` under `can_be_cancelled`. It says nothing of what
//! became of the order, and the newest orders would be lost by it.

use polars::prelude::*;

use super::dates::{Order, apart};
use super::words::Words;
use crate::config::means;

/// Fewer rows may all be new by chance.
const LEAST_ROWS: usize = 10;

/// One row in so many may be older than the others, or as new and without.
const ONE_IN: usize = 10;

/// When each row was bought, as its clock showed; none where no column tells.
pub(super) struct PurchaseTimes(Vec<Option<i64>>);

impl PurchaseTimes {
    pub(super) fn of(rows: &DataFrame) -> Self {
        let column = rows.columns().iter().find(|column| means("purchased_at", column.name()));
        let words = column.and_then(Words::of_column).unwrap_or_default();
        let read = |order: Order| {
            let clock = |word: &String| apart(word)?.written(order).map(|written| written.clock);
            words.names.iter().filter(|word| !word.trim().is_empty()).all(|word| clock(word).is_some()).then(|| {
                let clocks: Vec<Option<i64>> = words.names.iter().map(clock).collect();
                let of_row = |code: &u32| usize::try_from(*code).ok().and_then(|code| *clocks.get(code)?);
                words.codes.iter().map(of_row).collect()
            })
        };
        let orders = [Order::DayFirst, Order::MonthFirst, Order::YearFirst];
        Self(orders.into_iter().find_map(read).unwrap_or_default())
    }

    /// Whether some rows are the newest, and nearly all of these.
    pub(super) fn are_newest(&self, is_meant: impl Fn(usize) -> bool) -> bool {
        let times = || self.0.iter().enumerate().filter_map(|(row, at)| Some((row, (*at)?)));
        let mut own: Vec<i64> = times().filter(|(row, _)| is_meant(*row)).map(|(_, at)| at).collect();
        own.sort_unstable();
        let n_older = own.len() / ONE_IN;
        let Some(since) = own.get(n_older).filter(|_| own.len() >= LEAST_ROWS) else { return false };
        let all = times().filter(|(_, at)| at >= since).count();
        (all - (own.len() - n_older).min(all)) * ONE_IN <= all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_newest_rows_have_alone_is_told() {
        let day = |row: usize| format!("{:02}.{:02}.2024", row % 28 + 1, row / 28 + 1);
        let rows = df!("Bestelldatum" => (0..280).rev().map(day).collect::<Vec<_>>()).unwrap();
        let times = PurchaseTimes::of(&rows);
        assert!(times.are_newest(|row| row < 20), "the file begins with the newest");
        assert!(times.are_newest(|row| row < 20 || row == 200), "but for one that hangs");
        assert!(!times.are_newest(|row| row.is_multiple_of(9)), "now and then");
        assert!(!times.are_newest(|row| row >= 260), "the oldest");
        assert!(!times.are_newest(|row| row < 40 && row.is_multiple_of(2)), "half of the newest");
        let without = PurchaseTimes::of(&rows.drop("Bestelldatum").unwrap());
        assert!(!without.are_newest(|row| row < 20));
    }
}
