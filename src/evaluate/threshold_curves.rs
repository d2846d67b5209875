//! Owns the curves over all thresholds: what share of those who left is found at what false alarm rate (ROC), and how many of
//! those called are right (precision) at what share found (recall). Curves are averaged over the test cutoffs at fixed places
//! across, so that the areas below them are the mean AUC and the mean average precision.

use serde::{Deserialize, Serialize};

use super::bootstrap::{Customers, Draws, Interval, Resampling, bootstrap};
use super::input::TestCutoff;
use super::prepared::Prepared;
use super::ranking::Ranked;

/// Steps across each curve.
const STEPS: u32 = 100;
/// Points of each curve.
const N_POINTS: usize = STEPS as usize + 1;

/// Both curves of a learner, as means over the test cutoffs.
///
/// # Source
/// Fawcett (2006), Pattern Recognition Letters 27, 861-874, algorithm 3: vertical averaging.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ThresholdCurves {
    /// The learner.
    pub learner: String,
    /// Across: false positive rate, the share of those who stayed that is called. Up: true positive rate, the share of those
    /// who left that is called.
    pub roc: Vec<CurvePoint>,
    /// Across: recall, the share of those who left that is called. Up: precision, the share of those called that left.
    pub precision_recall: Vec<CurvePoint>,
}

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CurvePoint {
    /// How far across, from 0 to 1.
    pub at: f64,
    /// How far up, with its interval over resamples of customers.
    pub value: Interval,
}

impl ThresholdCurves {
    /// The curves of some learners at test cutoffs that were checked; those of a learner without any cutoff at which both
    /// outcomes occur are left out.
    pub(super) fn of(cutoffs: &[TestCutoff], learners: &[&str], resampling: Resampling) -> Vec<Self> {
        learners.iter().filter_map(|learner| Self::of_one(cutoffs, learner, resampling)).collect()
    }

    fn of_one(cutoffs: &[TestCutoff], learner: &str, resampling: Resampling) -> Option<Self> {
        let prepare = |cutoff: &TestCutoff| Prepared::all_rows(&cutoff.sample(learner)?);
        let prepared = cutoffs.iter().map(prepare).collect::<Option<Vec<Prepared>>>()?;
        let ids: Vec<&[u32]> = cutoffs.iter().map(|cutoff| cutoff.customer.as_slice()).collect();
        let figures = |cutoff: usize, weights: &[u32]| {
            prepared.get(cutoff).map_or_else(Vec::new, |prepared| prepared.with_weights(weights, heights))
        };
        let draws = bootstrap(&Customers::new(&ids)?, resampling, figures);
        let [roc, precision_recall] = [0, N_POINTS].map(|first| curve(&draws, first));
        (!roc.is_empty()).then(|| Self { learner: learner.to_owned(), roc, precision_recall })
    }
}

/// The curve whose heights begin at a place of the figures.
fn curve(draws: &Draws, first: usize) -> Vec<CurvePoint> {
    let point = |(place, at)| Some(CurvePoint { at, value: draws.interval(first + place)? });
    places().enumerate().filter_map(point).collect()
}

/// Where the curves are looked at, from 0 to 1.
fn places() -> impl Iterator<Item = f64> {
    (0..=STEPS).map(|step| f64::from(step) / f64::from(STEPS))
}

/// The heights of the ROC curve, then those of the precision-recall curve; none unless both outcomes occur.
fn heights(ranked: &Ranked<'_>) -> Vec<Option<f64>> {
    let mut ends: Vec<[f64; 2]> = vec![[0.0, 0.0]];
    let (mut churned, mut stayed) = (0_u64, 0_u64);
    ranked.for_each_tie(|tie| {
        churned += tie.churned;
        stayed += tie.stayed;
        ends.push([churned as f64, stayed as f64]);
    });
    if churned == 0 || stayed == 0 {
        return vec![None; 2 * N_POINTS];
    }
    let (all_churned, all_stayed) = (churned as f64, stayed as f64);
    let roc = places().map(|at| found_at(&ends, at * all_stayed).map(|found| found / all_churned));
    let precision = places().map(|at| precision_at(&ends, at * all_churned));
    roc.chain(precision).collect()
}

/// How many of those who left are called when so many who stayed are; between thresholds as if drawn from the tie at random.
fn found_at(ends: &[[f64; 2]], stayed: f64) -> Option<f64> {
    let next = ends.partition_point(|end| end[1] <= stayed);
    let before = ends.get(next.checked_sub(1)?)?;
    let Some(after) = ends.get(next) else { return Some(before[0]) };
    let share = (stayed - before[1]) / (after[1] - before[1]);
    Some(before[0] + share * (after[0] - before[0]))
}

/// The precision at the first threshold that calls at least so many of those who left, and at least one.
fn precision_at(ends: &[[f64; 2]], churned: f64) -> Option<f64> {
    // A share of a whole number may come out a hair above it.
    let least = (churned * (1.0 - 1e-12)).max(f64::MIN_POSITIVE);
    let end = ends.get(ends.partition_point(|end| end[0] < least))?;
    Some(end[0] / (end[0] + end[1]))
}

#[cfg(test)]
mod tests {
    use super::super::input::LearnerScores;
    use super::*;

    fn test(cutoff: &str, scores: Vec<f64>, churned: Vec<bool>) -> TestCutoff {
        TestCutoff {
            cutoff: cutoff.to_owned(),
            customer: (0..u32::try_from(scores.len()).unwrap()).collect(),
            value: vec![1.0; scores.len()],
            churned,
            scores: vec![LearnerScores { name: "model".to_owned(), is_probability: true, values: scores }],
            slices: Vec::new(),
        }
    }

    fn curves(tests: &[TestCutoff]) -> Option<ThresholdCurves> {
        ThresholdCurves::of_one(tests, "model", Resampling { seed: 1, n_replicates: 60 })
    }

    /// Ranked: left, then a tie of one who left and one who stayed, then one who stayed.
    #[test]
    fn heights_by_hand() {
        let ranking = super::super::ranking::Ranking::descending(&[0.9, 0.5, 0.5, 0.1]).unwrap();
        let ranked = Ranked { churned: &[true, true, false, false], weights: &[1; 4], ends_tie: ranking.ends_tie() };
        let heights: Vec<f64> = heights(&ranked).into_iter().map(Option::unwrap).collect();
        let near = |place: usize, expected: f64| assert!((heights[place] - expected).abs() < 1e-12, "{place}");
        near(0, 0.5); // nobody who stayed is called: one of two found
        near(25, 0.75); // half way through the tie
        near(50, 1.0);
        near(100, 1.0);
        near(N_POINTS, 1.0); // the first one called left
        near(N_POINTS + 50, 1.0);
        near(N_POINTS + 51, 2.0 / 3.0);
        near(N_POINTS + 100, 2.0 / 3.0);
    }

    /// The area below the mean curve is the mean of the areas, as far as a hundred steps tell.
    #[test]
    fn areas_are_those_of_the_figures() {
        let noise = |id: u32, factor: u32| f64::from(id.wrapping_mul(factor) >> 8) / f64::from(1_u32 << 24);
        let of = |first: u32| {
            let scores: Vec<f64> = (first..first + 900).map(|id| noise(id, 2_654_435_769)).collect();
            let churned = (first..).zip(&scores).map(|(id, p)| noise(id, 2_246_822_519) < *p).collect();
            test(&first.to_string(), scores, churned)
        };
        let tests = [of(0), of(5_000)];
        let found = curves(&tests).unwrap();
        let figures = tests.each_ref().map(|test| {
            let metrics = super::super::metrics::Metrics::of(&test.sample("model").unwrap()).unwrap();
            [metrics.auc.unwrap(), metrics.average_precision.unwrap()]
        });
        let area = |curve: &[CurvePoint]| {
            curve.windows(2).map(|pair| (pair[0].value.estimate + pair[1].value.estimate) / 200.0).sum::<f64>()
        };
        assert!((area(&found.roc) - f64::midpoint(figures[0][0], figures[1][0])).abs() < 2e-3);
        assert!((area(&found.precision_recall) - f64::midpoint(figures[0][1], figures[1][1])).abs() < 5e-3);
        assert!(found.roc.windows(2).all(|pair| pair[0].value.estimate <= pair[1].value.estimate));
        assert!(found.roc.iter().chain(&found.precision_recall).all(|point| point.value.low <= point.value.high));
        assert_eq!([found.roc.len(), found.precision_recall.len()], [N_POINTS; 2]);
    }

    #[test]
    fn one_outcome_has_no_curve() {
        assert_eq!(curves(&[test("a", vec![0.5, 0.4], vec![true, true])]), None);
    }
}
