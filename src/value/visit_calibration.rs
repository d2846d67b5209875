//! How many visits came beside those that the purchase model had expected, by how long and how often customers had bought.
//!
//! A shop's records begin when many of its customers are regulars already, so that the model takes newcomers for such:
//! on Online Retail II, those who had come within the last two weeks brought a quarter of what it expected.

use ndarray::{Array1, Array2};
use rayon::prelude::*;
use serde::Serialize;

use crate::clv::{CustomerSummary, PurchaseModel, ValueModel};
use crate::dataset::Histories;
use crate::maths::cholesky::Cholesky;
use crate::maths::newton::{Convex, descend};

/// Customers and visits from which it is learnt, at least.
const LEAST_CUSTOMERS: usize = 200;
const LEAST_VISITS: f64 = 100.0;
/// Days in which visits are counted, at least.
const LEAST_DAYS: f64 = 30.0;
/// Over a whole year of seasons the level counts too: as many visits as came.
const YEAR_DAYS: f64 = 365.0;
/// No correction is stronger: beyond this it would be made of few customers.
const BOUNDS: [f64; 2] = [0.1, 3.0];
/// Numbers that tell a customer: 1, how long, how often, and whether just once.
const N: usize = 4;
/// Customers summed up at one time, so that the number of threads changes no bit.
const BLOCK: usize = 8_192;

/// The factor between expected visits and those to count on.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct VisitCalibration {
    /// The day at which the model was asked.
    pub cutoff: String,
    /// Days in which visits were counted.
    pub days: f64,
    /// Customers who had bought by then.
    pub n_customers: usize,
    /// Visits that the model expected of them.
    pub expected_visits: f64,
    /// Visits that came.
    pub visits: f64,
    /// By the logarithm of the factor: constant, log of the age over half a year, log of the visits, one visit only.
    pub coefficients: [f64; N],
    /// The longest time since a first purchase that was seen, in days.
    pub longest_age_days: f64,
}

impl VisitCalibration {
    /// Learns from the visits that came within `days` after histories; `None` from too few.
    pub(super) fn learn(
        model: &PurchaseModel,
        then: &Histories,
        visits: &[u32],
        (cutoff, days): (String, f64),
    ) -> Option<Self> {
        let history =
            |history: &CustomerSummary| (numbers(history, f64::INFINITY), model.expected_purchases(history, days));
        let known: Vec<([f64; N], f64)> = then.purchases.par_iter().map(history).collect();
        let came: f64 = visits.iter().map(|visits| f64::from(*visits)).sum();
        if known.len() < LEAST_CUSTOMERS || came < LEAST_VISITS || days < LEAST_DAYS {
            return None;
        }
        let likelihood = Poisson { known: &known, visits };
        let mut found = descend(&likelihood, Array1::zeros(N), 1e-9)?;
        let expected: f64 = known.iter().map(|(_, expected)| expected).sum();
        if days < YEAR_DAYS {
            // A part of the year has its season: what it shows is who comes less than others, not how much all come.
            let corrected: f64 = known.iter().map(|(z, expected)| expected * log_factor(z, &found).exp()).sum();
            found[0] -= (corrected / expected).ln();
        }
        Some(Self {
            cutoff,
            days,
            n_customers: known.len(),
            expected_visits: expected,
            visits: came,
            coefficients: std::array::from_fn(|i| found[i]),
            longest_age_days: then.purchases.iter().map(CustomerSummary::age).fold(0.0, f64::max),
        })
    }

    /// The same for the customers of a later day: what less than a year of visits showed moves them between these, too, and leaves
    /// how many are expected of all in a year as it is. Older customers than any that were seen would otherwise raise or lower it.
    pub(super) fn without_season(mut self, model: &PurchaseModel, now: &Histories) -> Self {
        if self.days >= YEAR_DAYS {
            return self;
        }
        let of_one = |history: &CustomerSummary| {
            let expected = model.expected_purchases(history, YEAR_DAYS);
            (expected, expected * self.factor(history))
        };
        // Threads change no bit of it: the sum is taken in the order of customers.
        let of_each: Vec<(f64, f64)> = now.purchases.par_iter().map(of_one).collect();
        let (expected, counted) = of_each.iter().fold((0.0, 0.0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
        if expected > 0.0 && counted > 0.0 {
            self.coefficients[0] -= (counted / expected).ln();
        }
        self
    }

    /// Visits to count on for each that the model expects of a customer.
    pub(super) fn factor(&self, history: &CustomerSummary) -> f64 {
        let log: f64 = numbers(history, self.longest_age_days).iter().zip(self.coefficients).map(|(z, b)| z * b).sum();
        log.exp().clamp(BOUNDS[0], BOUNDS[1])
    }
}

/// What tells a customer apart.
fn numbers(history: &CustomerSummary, longest_age_days: f64) -> [f64; N] {
    let age = history.age().min(longest_age_days);
    let visits = f64::from(history.frequency()) + 1.0;
    [1.0, ((age + 30.0) / 180.0).ln(), visits.ln(), f64::from(u8::from(history.frequency() == 0))]
}

fn log_factor(z: &[f64; N], coefficients: &Array1<f64>) -> f64 {
    z.iter().zip(coefficients).map(|(z, b)| z * b).sum()
}

/// Visits as Poisson numbers around the expected ones times a factor. A weak prior holds the coefficients near 0.
struct Poisson<'a> {
    known: &'a [([f64; N], f64)],
    visits: &'a [u32],
}

/// Loss, gradient and second derivatives of some customers.
type Sums = (f64, [f64; N], [[f64; N]; N]);

impl Poisson<'_> {
    fn sums(&self, at: &Array1<f64>) -> Sums {
        let of_block = |(known, visits): (&[([f64; N], f64)], &[u32])| {
            let mut sums: Sums = (0.0, [0.0; N], [[0.0; N]; N]);
            for ((z, expected), visits) in known.iter().zip(visits) {
                let log = log_factor(z, at);
                let (mean, visits) = (expected * log.exp(), f64::from(*visits));
                sums.0 += mean - visits * log;
                for i in 0..N {
                    sums.1[i] += (mean - visits) * z[i];
                    (0..N).for_each(|j| sums.2[i][j] += mean * z[i] * z[j]);
                }
            }
            sums
        };
        let blocks = self.known.par_chunks(BLOCK).zip(self.visits.par_chunks(BLOCK)).map(of_block).collect::<Vec<_>>();
        let prior = at.iter().map(|b| b * b / 2.0).sum::<f64>();
        let mut all: Sums = (prior, std::array::from_fn(|i| at[i]), [[0.0; N]; N]);
        (0..N).for_each(|i| all.2[i][i] = 1.0);
        for block in blocks {
            all.0 += block.0;
            for i in 0..N {
                all.1[i] += block.1[i];
                (0..N).for_each(|j| all.2[i][j] += block.2[i][j]);
            }
        }
        all
    }
}

impl Convex for Poisson<'_> {
    type Point = Array1<f64>;

    fn loss(&self, at: &Array1<f64>) -> f64 {
        self.sums(at).0
    }

    fn step(&self, at: &Array1<f64>) -> Option<Array1<f64>> {
        let (_, gradient, curvature) = self.sums(at);
        let curvature = Array2::from_shape_fn((N, N), |(i, j)| curvature[i][j]);
        Some(Cholesky::of(curvature)?.solve(&Array1::from(gradient.to_vec())))
    }

    fn less(&self, at: &Array1<f64>, step: &Array1<f64>, share: f64) -> Array1<f64> {
        at - &(step * share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clv::ModelKind;

    #[test]
    fn newcomers_of_whom_half_came_are_counted_half() {
        let model = ModelKind::MBG_NBD.with_parameters(&[0.5, 40.0, 0.8, 3.0]).unwrap();
        let mut then = Histories::default();
        let mut visits = Vec::new();
        for i in 0..2_000_u32 {
            let is_new = i % 2 == 0;
            let (frequency, recency, age) = if is_new { (1, 10.0, 20.0) } else { (6, 200.0, 300.0) };
            let history = CustomerSummary::new(frequency, recency, age).unwrap();
            let expected = model.expected_purchases(&history, 180.0) * if is_new { 0.5 } else { 1.0 };
            // Whole numbers whose mean is the expected one.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful")]
            let upto = |n: f64| (expected * n).floor() as u32;
            let n = f64::from(i / 2);
            visits.push(upto(n + 1.0) - upto(n));
            then.purchases.push(history);
        }
        let found = VisitCalibration::learn(&model, &then, &visits, (String::new(), 180.0)).unwrap();
        let [new, old] = [0, 1].map(|place: usize| found.factor(&then.purchases[place]));
        assert!((new / old - 0.5).abs() < 0.02, "{new} {old}");
        // A year later nobody is new: who is a regular counts as much as the model says, whatever part of a year was seen.
        let (_, regulars): (Vec<_>, Vec<_>) =
            then.purchases.iter().copied().partition(|history| history.frequency() == 1);
        let later = Histories { purchases: regulars, ..Histories::default() };
        let on_them = found.clone().without_season(&model, &later);
        assert!((on_them.factor(&later.purchases[0]) - 1.0).abs() < 1e-9 && old > 1.05, "{old}");
        let over_a_year = VisitCalibration::learn(&model, &then, &visits, (String::new(), 365.0)).unwrap();
        assert!(over_a_year.factor(&then.purchases[1]) < old, "fewer came in all than a year was expected to bring");
        assert!(VisitCalibration::learn(&model, &then, &visits, (String::new(), 20.0)).is_none());
    }
}
