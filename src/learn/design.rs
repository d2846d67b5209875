//! What a linear learner fits: the prepared columns, and an intercept for each training cutoff.

use jiff::civil::Date;
use ndarray::{Array1, Array2, ArrayView1, Axis, s};

use super::error::LearnError;
use super::level::{Level, LevelPoint};
use super::preparation::Preparation;
use crate::dataset::Dataset;
use crate::maths::special::probability;
use crate::units::Days;

/// What stands in a cutoff's column: large, so that the penalty hardly holds its intercept.
const CUTOFF_COLUMN: f64 = 10.0;

/// The columns of a fit: prepared features first, then one for each training cutoff. The parameters of a fit are the
/// weights of the columns, then the intercept.
pub(super) struct Design {
    pub(super) preparation: Preparation,
    /// `(n_rows, n_columns)`.
    pub(super) x: Array2<f64>,
    /// The day of each cutoff column.
    dates: Vec<Date>,
}

impl Design {
    /// Prepares some rows and adds the columns of their cutoffs.
    pub(super) fn learn(dataset: &Dataset, rows: &[usize], features: &[String]) -> Result<Self, LearnError> {
        let preparation = Preparation::learn(dataset, rows, features)?;
        let mut present = vec![false; dataset.cutoffs.len()];
        for row in rows {
            present[usize::from(dataset.cutoff_idx[*row])] = true;
        }
        let cutoffs: Vec<usize> = (0..present.len()).filter(|cutoff| present[*cutoff]).collect();
        let mut x = preparation.apply_beside(dataset, rows, cutoffs.len())?;
        for (mut place, row) in x.outer_iter_mut().zip(rows) {
            let cutoff = usize::from(dataset.cutoff_idx[*row]);
            if let Ok(position) = cutoffs.binary_search(&cutoff) {
                place[preparation.n_columns() + position] = CUTOFF_COLUMN;
            }
        }
        let dates = cutoffs.into_iter().map(|cutoff| dataset.cutoffs[cutoff].date()).collect();
        Ok(Self { preparation, x, dates })
    }

    /// The weights of the prepared columns.
    pub(super) fn weights<'p>(&self, parameters: &'p Array1<f64>) -> ArrayView1<'p, f64> {
        parameters.slice(s![..self.preparation.n_columns()])
    }

    /// The level of churn over the calendar, from the intercepts of the training cutoffs.
    pub(super) fn level(&self, parameters: &Array1<f64>, horizon: Days) -> Level {
        let n_columns = self.x.ncols();
        let intercept = parameters[n_columns];
        let log_odds = self.x.dot(&parameters.slice(s![..n_columns])) + intercept;
        let mut information = vec![0.0; self.dates.len()];
        let marks = self.x.slice(s![.., self.preparation.n_columns()..]);
        for (z, marks) in log_odds.iter().zip(marks.axis_iter(Axis(0))) {
            if let Some(position) = marks.iter().position(|mark| *mark > 0.0) {
                let p = probability(*z);
                information[position] += p * (1.0 - p);
            }
        }
        let of_cutoff = |(position, date): (usize, &Date)| LevelPoint {
            date: *date,
            log_odds: intercept + CUTOFF_COLUMN * parameters[self.preparation.n_columns() + position],
            variance: 1.0 / information[position].max(1.0),
        };
        Level::learn(&self.dates.iter().enumerate().map(of_cutoff).collect::<Vec<_>>(), horizon)
    }
}
