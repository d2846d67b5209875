//! Owns the report on whether probabilities mean what they say: over all test cutoffs, at each, and in each slice.

use serde::{Deserialize, Serialize};

use super::bootstrap::{Customers, Draws, Interval, Resampling, bootstrap};
use super::calibration::N_BINS;
use super::figures::N_RELIABILITY_FIGURES;
use super::input::TestCutoff;
use super::prepared::{Prepared, Sample};

/// Whether the main learner's probabilities mean what they say. Empty for rule scores.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReliabilityReport {
    /// The rows of all test cutoffs together.
    pub overall: Option<Reliability>,
    /// Each test cutoff: one at which the level was predicted wrongly stands out here alone.
    pub by_cutoff: Vec<Reliability>,
    /// Each slice, its rows of all test cutoffs together.
    pub by_slice: Vec<Reliability>,
}

/// How far the probabilities of some rows may be believed; intervals are from resamples of whole customers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Reliability {
    /// Which rows: a cutoff, a slice, or `all`.
    pub of: String,
    /// How many they are.
    pub n: usize,
    /// How many of them left.
    pub n_churned: usize,
    /// Mean churn probability.
    pub mean_probability: Option<Interval>,
    /// Share that left.
    pub churn_rate: Option<Interval>,
    /// Slope of the logistic recalibration; 1 is calibrated, below 1 too bold.
    pub slope: Option<Interval>,
    /// Intercept of the logistic recalibration, estimated with the slope.
    pub intercept: Option<Interval>,
    /// Calibration in the large, in log-odds; 0 is calibrated, above 0 more left than was predicted.
    pub in_the_large: Option<Interval>,
    /// Expected calibration error over the bins. That of calibrated probabilities is above 0 too, the more so the fewer
    /// the rows, and resamples add to it.
    pub ece: Option<Interval>,
    /// Bins of equal mass, from the lowest probability to the highest.
    pub bins: Vec<ReliableBin>,
}

/// A bin of a reliability table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReliableBin {
    /// Rows in the bin.
    pub n: u64,
    /// Their mean churn probability.
    pub mean_probability: f64,
    /// The share of them that left; the interval is that of the bin of the same place in resamples.
    pub observed_rate: Option<Interval>,
}

impl ReliabilityReport {
    /// Reports on one learner at test cutoffs that were checked; empty if its scores are no probabilities.
    pub(super) fn new(cutoffs: &[TestCutoff], learner: &str, slices: &[&str], resampling: Resampling) -> Self {
        let everyone = |cutoff: &TestCutoff| vec![true; cutoff.customer.len()];
        let report = |of: &str, cutoffs: &[TestCutoff], rows: &dyn Fn(&TestCutoff) -> Vec<bool>| {
            PooledRows::collect(cutoffs, learner, rows)?.report(of, resampling)
        };
        let of_cutoff = |cutoff: &TestCutoff| report(&cutoff.cutoff, std::slice::from_ref(cutoff), &everyone);
        let of_slice = |name: &&str| {
            let members = |cutoff: &TestCutoff| {
                cutoff.slice(name).map_or_else(|| vec![false; cutoff.customer.len()], |slice| slice.rows.clone())
            };
            report(name, cutoffs, &members)
        };
        Self {
            overall: report("all", cutoffs, &everyone),
            by_cutoff: cutoffs.iter().filter_map(of_cutoff).collect(),
            by_slice: slices.iter().filter_map(of_slice).collect(),
        }
    }
}

/// Rows of one or several cutoffs, taken together.
struct PooledRows {
    customer: Vec<u32>,
    churned: Vec<bool>,
    probability: Vec<f64>,
}

impl PooledRows {
    /// The rows of a learner that belong; `None` if its scores are no probabilities, or if there are none.
    fn collect(cutoffs: &[TestCutoff], learner: &str, members: &dyn Fn(&TestCutoff) -> Vec<bool>) -> Option<Self> {
        let mut rows = Self { customer: Vec::new(), churned: Vec::new(), probability: Vec::new() };
        for cutoff in cutoffs {
            let sample = cutoff.sample(learner).filter(|sample| sample.is_probability)?;
            let belonging = members(cutoff);
            for (row, _) in belonging.iter().enumerate().filter(|(_, belongs)| **belongs) {
                rows.customer.push(cutoff.customer[row]);
                rows.churned.push(sample.churned[row]);
                rows.probability.push(sample.scores[row]);
            }
        }
        (!rows.customer.is_empty()).then_some(rows)
    }

    fn report(&self, of: &str, resampling: Resampling) -> Option<Reliability> {
        let value = vec![0.0; self.customer.len()];
        let sample = Sample { churned: &self.churned, scores: &self.probability, value: &value, is_probability: true };
        let prepared = Prepared::all_rows(&sample)?;
        let customers = Customers::new(&[&self.customer])?;
        let draws = bootstrap(&customers, resampling, |_, weights| prepared.reliability_figures(weights));
        let bins = prepared.bins(&vec![1; self.customer.len()]);
        let bin = |(place, bin): (usize, &super::calibration::ReliabilityBin)| ReliableBin {
            n: bin.n,
            mean_probability: bin.mean_probability,
            observed_rate: draws.interval(N_RELIABILITY_FIGURES + place),
        };
        Some(Reliability {
            of: of.to_owned(),
            n: self.customer.len(),
            n_churned: self.churned.iter().filter(|churned| **churned).count(),
            bins: bins.iter().enumerate().filter_map(|(place, found)| Some(bin((place, found.as_ref()?)))).collect(),
            ..Reliability::of_draws(&draws)
        })
    }
}

impl Reliability {
    fn of_draws(draws: &Draws) -> Self {
        let [mean_probability, churn_rate, slope, intercept, in_the_large, ece] =
            std::array::from_fn(|figure| draws.interval(figure));
        Self {
            of: String::new(),
            n: 0,
            n_churned: 0,
            mean_probability,
            churn_rate,
            slope,
            intercept,
            in_the_large,
            ece,
            bins: Vec::with_capacity(N_BINS as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::input::LearnerScores;
    use super::super::slices::Slice;
    use super::*;
    use crate::maths::random::noise::noise;

    const PLAN: Resampling = Resampling { seed: 11, n_replicates: 200 };

    /// Outcomes of known probabilities, about which a learner says `said(log-odds)`.
    fn cutoff(name: &str, first: u32, predicted: impl Fn(f64) -> f64) -> TestCutoff {
        let log_odds: Vec<f64> = (0..3_000).map(|i| 4.0 * noise(first + i) - 2.2).collect();
        let chance = |z: f64| 1.0 / (1.0 + (-z).exp());
        let happened = |(i, z): (u32, &f64)| noise(1_000_000 + first + i) < chance(*z);
        TestCutoff {
            cutoff: name.to_owned(),
            customer: (0..3_000).collect(),
            churned: (0..).zip(&log_odds).map(happened).collect(),
            value: vec![1.0; 3_000],
            scores: vec![LearnerScores {
                name: "main".to_owned(),
                is_probability: true,
                values: log_odds.iter().map(|z| chance(predicted(*z))).collect(),
            }],
            slices: vec![Slice { name: "even".to_owned(), rows: (0..3_000).map(|row| row % 2 == 0).collect() }],
        }
    }

    fn report(cutoffs: &[TestCutoff]) -> ReliabilityReport {
        ReliabilityReport::new(cutoffs, "main", &["even"], PLAN)
    }

    fn covers(interval: Option<Interval>, value: f64) -> bool {
        interval.is_some_and(|interval| interval.low <= value && value <= interval.high)
    }

    #[test]
    fn true_probabilities_have_slope_one_and_level_zero_everywhere() {
        let report = report(&[cutoff("a", 0, |z| z), cutoff("b", 10_000, |z| z)]);
        let all = report.overall.as_ref().into_iter().chain(&report.by_cutoff).chain(&report.by_slice);
        assert_eq!((report.by_cutoff.len(), report.by_slice[0].n), (2, 3_000));
        for one in all {
            assert!(covers(one.slope, 1.0) && covers(one.in_the_large, 0.0), "{}: {one:?}", one.of);
            let width = one.slope.map(|slope| slope.high - slope.low).unwrap();
            assert!(width < 0.35, "{}: {width}", one.of);
            let covered = one.bins.iter().filter(|bin| covers(bin.observed_rate, bin.mean_probability)).count();
            assert!(one.bins.len() == 10 && covered >= 8, "{}: {covered}", one.of);
        }
    }

    #[test]
    fn bold_probabilities_have_a_slope_below_one() {
        let report = report(&[cutoff("a", 0, |z| 1.6 * z)]);
        let slope = report.overall.and_then(|all| all.slope).unwrap();
        assert!(slope.high < 0.8 && (slope.estimate - 1.0 / 1.6).abs() < 0.1, "{slope:?}");
    }

    #[test]
    fn a_level_predicted_wrongly_at_one_cutoff_shows_there_alone() {
        let report = report(&[cutoff("a", 0, |z| z), cutoff("b", 10_000, |z| z - 0.6), cutoff("c", 20_000, |z| z)]);
        let levels: Vec<Interval> = report.by_cutoff.iter().map(|one| one.in_the_large.unwrap()).collect();
        assert!((levels[1].estimate - 0.6).abs() < 0.15 && levels[1].low > 0.3, "{levels:?}");
        assert!([0, 2].into_iter().all(|at| levels[at].estimate.abs() < 0.15), "{levels:?}");
        assert!(report.by_cutoff.iter().all(|one| covers(one.slope, 1.0)));
    }

    #[test]
    fn rules_and_empty_slices_have_no_report_and_small_ones_no_false_figures() {
        let mut rule = cutoff("a", 0, |z| z);
        rule.scores[0].is_probability = false;
        assert_eq!(report(&[rule]), ReliabilityReport::default());
        let mut tiny = cutoff("a", 0, |z| z);
        tiny.slices[0].rows = (0..3_000).map(|row| row < 3).collect();
        let report = report(&[tiny]);
        assert_eq!((report.by_slice[0].n, report.by_slice[0].bins.iter().map(|bin| bin.n).sum::<u64>()), (3, 3));
        assert!(!serde_json::to_string(&report).unwrap().contains("NaN"));
    }
}
