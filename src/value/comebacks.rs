//! What customers brought who came back after a long silence: what a return is worth, by silence and by visits before it.

use rayon::prelude::*;
use serde::Serialize;

use crate::maths::hash::stable_hash;
use crate::timeline::{Cutoff, EventLog};
use crate::units::Days;

/// Days that are looked at from a return on.
const AFTER_DAYS: i32 = 365;
/// Returns that a figure needs at least.
const LEAST: u64 = 30;
/// Returns that those of the whole shop count as beside those of a cell.
const WEIGHT: f64 = 20.0;
/// Customers that are looked at, at most about so many.
const MOST_CUSTOMERS: u64 = 100_000;
/// Visits before the silence from which each cell begins.
const VISITS: [usize; 3] = [1, 2, 5];
/// Horizons of silence from which each cell begins.
const SILENCES: [i32; 3] = [1, 2, 3];

/// Returns that are over for a year, as whole numbers that add up in any order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    n: u64,
    /// What was spent in the year from the return on, in minor units.
    after: i64,
    /// The mean visit before the silence, in minor units.
    usual: i64,
}

impl Sum {
    const fn and(self, other: Self) -> Self {
        Self { n: self.n + other.n, after: self.after + other.after, usual: self.usual + other.usual }
    }
}

/// What returns of the past were worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comebacks {
    /// Length of a step of silence in days.
    step: i32,
    /// By visits before the silence, then by its length.
    cells: [[Sum; 3]; 3],
}

/// One cell in figures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ComebackFigure {
    /// Visits before the silence, at least.
    pub visits: usize,
    /// Days of silence, at least.
    pub silence_days: i32,
    /// Returns that are over for a year.
    pub n: u64,
    /// What customers spent in the year from the return on, in usual visits of theirs; shrunk towards all returns.
    pub usual_visits: f64,
}

impl Comebacks {
    /// Looks at all that was known at a day: returns after a silence of at least `horizon` whose following year had ended.
    #[must_use]
    pub fn of(log: &EventLog, as_of: Cutoff, horizon: Days) -> Self {
        let step = i32::try_from(horizon.0).unwrap_or(i32::MAX).max(1);
        let n = log.customer_ids().len() as u64;
        let every = n.div_ceil(MOST_CUSTOMERS).max(1);
        let is_seen = |id: &String| stable_hash(&[id.as_bytes()]).is_multiple_of(every);
        let of_customer = |(customer, _): (usize, &String)| {
            let mut cells = [[Sum::default(); 3]; 3];
            log.visit(u32::try_from(customer).unwrap_or(u32::MAX), as_of, 1.0, |history| {
                let mut visits: Vec<(i32, i64)> = Vec::new();
                for (at, amount) in history.orders() {
                    let day = log.calendar().day(at);
                    match visits.last_mut() {
                        Some((last, sum)) if *last == day => *sum += amount,
                        _ => visits.push((day, amount)),
                    }
                }
                add_returns(&mut cells, &visits, (step, as_of.day()));
            });
            cells
        };
        let seen = log.customer_ids().par_iter().enumerate().filter(|(_, id)| is_seen(id));
        let cells = seen.map(of_customer).reduce(<[[Sum; 3]; 3]>::default, |a, b| {
            std::array::from_fn(|visits| std::array::from_fn(|silence| a[visits][silence].and(b[visits][silence])))
        });
        Self { step, cells }
    }

    fn all(&self) -> Sum {
        self.cells.iter().flatten().fold(Sum::default(), |all, cell| all.and(*cell))
    }

    /// What a customer is expected to spend in the year from a return on, in usual visits of the customer's own; `None` where
    /// too few ever came back.
    ///
    /// * `visits` - days with an order so far.
    /// * `silence_days` - days since the last one.
    #[must_use]
    pub fn usual_visits(&self, visits: f64, silence_days: f64) -> Option<f64> {
        let visits = VISITS.iter().rposition(|from| visits >= *from as f64).unwrap_or(0);
        let silence = SILENCES.iter().rposition(|from| silence_days >= f64::from(from * self.step)).unwrap_or(0);
        self.shrunk(self.cells.get(visits)?.get(silence)?)
    }

    /// The ratio of a cell, with that of all returns as so many more returns.
    fn shrunk(&self, cell: &Sum) -> Option<f64> {
        let all = self.all();
        if all.n < LEAST || all.usual <= 0 {
            return None;
        }
        let (ratio, usual) = (all.after as f64 / all.usual as f64, all.usual as f64 / all.n as f64);
        let more = WEIGHT * usual;
        Some(((cell.after as f64 + ratio * more) / (cell.usual as f64 + more)).max(0.0))
    }

    /// How many returns there were.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.all().n
    }

    /// All cells in figures; none where too few ever came back.
    #[must_use]
    pub fn figures(&self) -> Vec<ComebackFigure> {
        let rows = VISITS.iter().zip(&self.cells);
        let cells =
            rows.flat_map(|(visits, row)| SILENCES.iter().zip(row).map(move |(steps, cell)| (visits, steps, cell)));
        let figure = |(visits, steps, cell): (&usize, &i32, &Sum)| {
            let usual_visits = self.shrunk(cell)?;
            Some(ComebackFigure { visits: *visits, silence_days: steps * self.step, n: cell.n, usual_visits })
        };
        cells.filter_map(figure).collect()
    }
}

/// Adds the returns of one customer.
///
/// * `visits` - days with an order, ascending, with what was spent.
/// * `step`, `until` - days of silence that count as a step, and the day before which a following year must have ended.
fn add_returns(cells: &mut [[Sum; 3]; 3], visits: &[(i32, i64)], (step, until): (i32, i32)) {
    let mut before = 0_i64;
    for (place, pair) in visits.windows(2).enumerate() {
        let [(last, amount), (day, _)] = pair else { continue };
        before += amount;
        let n_before = place + 1;
        let silence = SILENCES.iter().rposition(|steps| day - last >= steps * step);
        let usual = before / i64::try_from(n_before).unwrap_or(i64::MAX);
        let (Some(silence), true) = (silence, usual > 0 && day + AFTER_DAYS <= until) else { continue };
        let of_year = visits.iter().skip(n_before).take_while(|(other, _)| *other < day + AFTER_DAYS);
        let after = of_year.map(|(_, amount)| amount).sum();
        let n_visits = VISITS.iter().rposition(|from| n_before >= *from).unwrap_or(0);
        if let Some(cell) = cells.get_mut(n_visits).and_then(|row| row.get_mut(silence)) {
            *cell = cell.and(Sum { n: 1, after, usual });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(customers: &[&[(i32, i64)]]) -> Comebacks {
        let mut cells = [[Sum::default(); 3]; 3];
        for visits in customers {
            add_returns(&mut cells, visits, (60, 1_000));
        }
        Comebacks { step: 60, cells }
    }

    #[test]
    fn a_return_counts_with_the_year_that_follows_once_it_is_over() {
        // Two visits of 100 in rhythm, silent for 130 days, then 90 + 60 within a year and 500 behind it.
        let found = of(&[&[(0, 100), (30, 100), (160, 90), (200, 60), (525, 500)]]);
        let sum = |visits: usize, silence: usize| found.cells[visits][silence];
        assert_eq!(sum(1, 1), Sum { n: 1, after: 150, usual: 100 });
        assert_eq!(sum(1, 2), Sum { n: 1, after: 500, usual: 87 }.and(Sum { n: 0, after: 0, usual: 0 }));
        assert_eq!(found.n(), 2, "the order 40 days after the return is no return");
        assert_eq!(of(&[&[(0, 100), (636, 50)]]).n(), 0, "the year after it has not ended");
        assert_eq!(of(&[&[(0, 100), (635, 50)]]).n(), 1);
    }

    #[test]
    fn few_returns_lean_on_all_and_too_few_say_nothing() {
        let poor: &[(i32, i64)] = &[(0, 100), (100, 100)];
        let rich: &[(i32, i64)] = &[(0, 100), (200, 400)];
        let none = of(&[poor; 29]);
        assert_eq!((none.usual_visits(1.0, 100.0), none.figures().len()), (None, 0));
        let found = of(&[[poor; 30].as_slice(), &[rich; 10]].concat());
        // All: (3,000 + 4,000) / 4,000 = 1.75; the cells are drawn to it with a weight of 20.
        assert!((found.usual_visits(1.0, 100.0).unwrap() - (30.0 + 35.0) / 50.0).abs() < 1e-12);
        assert!((found.usual_visits(1.0, 250.0).unwrap() - (40.0 + 35.0) / 30.0).abs() < 1e-12);
        assert!((found.usual_visits(9.0, 10.0).unwrap() - 1.75).abs() < 1e-12, "nobody of the kind came back yet");
        assert_eq!(found.figures().len(), 9);
    }
}
