//! Owns whether the probabilities of the four outcomes mean what they say: said beside what came of the customers of past
//! days, in all and by tenth of what was said.
//!
//! What came is what a follow-up shows: never back, quiet, bought a last time, staying. Who of those never back had left before
//! the day and who leaves from it on is shown by no data, so that gone and leaving cannot be told apart here.

use serde::Serialize;

use super::bootstrap::{Customers, Draws, Interval, Resampling, bootstrap};
use crate::label::Outcome;

const TENTHS: usize = 10;
/// Sums of a group: its rows, and those of them of which the outcome came.
const N_SUMS: usize = 2;
const N_OUTCOMES: usize = Outcome::ALL.len();

/// Customers of a past day, what was said of them, and what came.
#[derive(Debug, Clone, PartialEq)]
pub struct SaidOutcomes {
    /// The cutoff.
    pub cutoff: String,
    /// The number of each customer, ascending.
    pub customer: Vec<u32>,
    /// The probability of each outcome, in the order of [`Outcome::ALL`].
    pub said: Vec<[f64; N_OUTCOMES]>,
    /// What came of each.
    pub came: Vec<Outcome>,
}

/// What was said of the four outcomes beside what came.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct OutcomeCalibration {
    /// Of whom, in words.
    pub population: String,
    /// The cutoffs whose follow-up had ended.
    pub cutoffs: Vec<String>,
    /// Customers and cutoffs.
    pub n_rows: usize,
    /// Different customers.
    pub n_customers: usize,
    /// Never back, quiet, bought a last time, staying.
    pub outcomes: Vec<CalibratedOutcome>,
    /// Resamples of customers drawn for each interval; models and groups are held fixed.
    pub n_bootstrap: u32,
}

/// One outcome.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CalibratedOutcome {
    /// `never`, `quiet`, `last` or `staying`.
    pub outcome: &'static str,
    /// Mean probability that was said, of all rows.
    pub said: f64,
    /// Share of all rows of which it came.
    pub came: Option<Interval>,
    /// Tenths of the rows by what was said, the lowest first.
    pub tenths: Vec<SaidTenth>,
}

/// Rows of which about the same was said.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SaidTenth {
    /// How many.
    pub n_rows: usize,
    /// Mean probability that was said.
    pub said: f64,
    /// Share of which it came.
    pub came: Option<Interval>,
}

/// The group of each row of each cutoff for one outcome.
struct Tenths {
    of_row: Vec<Vec<usize>>,
    n_rows: [usize; TENTHS],
    sum_said: [f64; TENTHS],
}

impl Tenths {
    /// Tenths over all cutoffs together, by what was said; ties by cutoff and customer.
    fn of(days: &[SaidOutcomes], outcome: usize) -> Self {
        let rows = days.iter().enumerate().flat_map(|(day, said)| (0..said.said.len()).map(move |row| (day, row)));
        let mut order: Vec<(usize, usize)> = rows.collect();
        let said = |(day, row): (usize, usize)| days[day].said[row][outcome];
        order.sort_by(|a, b| said(*a).total_cmp(&said(*b)).then(a.cmp(b)));
        let mut tenths = Self {
            of_row: days.iter().map(|day| vec![0; day.said.len()]).collect(),
            n_rows: [0; TENTHS],
            sum_said: [0.0; TENTHS],
        };
        for (place, row) in order.iter().enumerate() {
            let tenth = place * TENTHS / order.len();
            tenths.of_row[row.0][row.1] = tenth;
            tenths.n_rows[tenth] += 1;
            tenths.sum_said[tenth] += said(*row);
        }
        tenths
    }

    /// Rows of each tenth in a resample, and those of which the outcome came.
    fn sums(&self, (day, at): (usize, &SaidOutcomes), outcome: Outcome, weights: &[u32]) -> Vec<Option<f64>> {
        let mut sums = [0.0; TENTHS * N_SUMS];
        for ((tenth, came), weight) in self.of_row[day].iter().zip(&at.came).zip(weights) {
            sums[tenth * N_SUMS] += f64::from(*weight);
            sums[tenth * N_SUMS + 1] += if *came == outcome { f64::from(*weight) } else { 0.0 };
        }
        let all = [0, 1].map(|sum| sums.iter().skip(sum).step_by(N_SUMS).sum::<f64>());
        sums.into_iter().chain(all).map(Some).collect()
    }

    /// The figures of an outcome from draws in which its sums begin at a place.
    fn figures(&self, outcome: Outcome, draws: &Draws, start: usize) -> CalibratedOutcome {
        let came = |group: usize| draws.ratio(start + group * N_SUMS + 1, start + group * N_SUMS);
        let tenth = |tenth: usize| {
            (self.n_rows[tenth] > 0).then(|| SaidTenth {
                n_rows: self.n_rows[tenth],
                said: self.sum_said[tenth] / self.n_rows[tenth] as f64,
                came: came(tenth),
            })
        };
        let n: usize = self.n_rows.iter().sum();
        CalibratedOutcome {
            outcome: outcome.name(),
            said: self.sum_said.iter().sum::<f64>() / n.max(1) as f64,
            came: came(TENTHS),
            tenths: (0..TENTHS).filter_map(tenth).collect(),
        }
    }
}

impl OutcomeCalibration {
    /// Holds what was said against what came; `None` without any customer.
    #[must_use]
    pub fn of(days: &[SaidOutcomes], population: &str, resampling: Resampling) -> Option<Self> {
        let ids: Vec<&[u32]> = days.iter().map(|day| day.customer.as_slice()).collect();
        let customers = Customers::new(&ids).filter(|customers| !customers.is_empty())?;
        let tenths: Vec<Tenths> = (0..N_OUTCOMES).map(|outcome| Tenths::of(days, outcome)).collect();
        let figures = |day: usize, weights: &[u32]| -> Vec<Option<f64>> {
            let of = |(tenths, outcome): (&Tenths, Outcome)| tenths.sums((day, &days[day]), outcome, weights);
            tenths.iter().zip(Outcome::ALL).flat_map(of).collect()
        };
        let draws = bootstrap(&customers, resampling, figures);
        let of = |(place, (tenths, outcome)): (usize, (&Tenths, Outcome))| {
            tenths.figures(outcome, &draws, place * (TENTHS + 1) * N_SUMS)
        };
        Some(Self {
            population: population.to_owned(),
            cutoffs: days.iter().map(|day| day.cutoff.clone()).collect(),
            n_rows: ids.iter().map(|ids| ids.len()).sum(),
            n_customers: customers.len() as usize,
            outcomes: tenths.iter().zip(Outcome::ALL).enumerate().map(of).collect(),
            n_bootstrap: resampling.n_replicates,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Resampling = Resampling { seed: 5, n_replicates: 100 };

    /// A hundred customers of whom every fourth never comes back, said with a probability that is right for all but the last ten.
    fn day(cutoff: &str) -> SaidOutcomes {
        let came = |row: u32| if row.is_multiple_of(4) { Outcome::Never } else { Outcome::Staying };
        let said = |row: u32| if row < 90 { [0.25, 0.0, 0.0, 0.75] } else { [0.9, 0.0, 0.0, 0.1] };
        SaidOutcomes {
            cutoff: cutoff.to_owned(),
            customer: (0..100).collect(),
            said: (0..100).map(said).collect(),
            came: (0..100).map(came).collect(),
        }
    }

    #[test]
    fn said_and_came_by_hand() {
        let found = OutcomeCalibration::of(&[day("2024-01-01"), day("2024-02-01")], "all", PLAN).unwrap();
        assert_eq!((found.n_rows, found.n_customers, found.outcomes.len()), (200, 100, 4));
        let never = &found.outcomes[0];
        assert_eq!((never.outcome, never.tenths.len()), ("never", TENTHS));
        assert!((never.said - (0.25 * 0.9 + 0.9 * 0.1)).abs() < 1e-12);
        let came = never.came.unwrap();
        assert!((came.estimate - 0.25).abs() < 1e-12 && came.low < 0.25 && came.high > 0.25, "{came:?}");
        let highest = &never.tenths[9];
        // Of 90 to 99, 92 and 96 never came back, on both days.
        assert_eq!((highest.n_rows, highest.said.to_bits()), (20, 0.9_f64.to_bits()));
        assert!((highest.came.unwrap().estimate - 0.2).abs() < 1e-12);
        let quiet = found.outcomes[1].came.unwrap();
        assert_eq!((quiet.low.to_bits(), quiet.high.to_bits()), (0.0_f64.to_bits(), 0.0_f64.to_bits()));
        assert_eq!(OutcomeCalibration::of(&[], "all", PLAN), None);
    }
}
