//! Owns the computation of all figures from rows that are ranked once, under any weights.

use super::calibration::{N_BINS, ReliabilityBin, bins, expected_calibration_error, reliability};
use super::figures::{FRACTIONS, N_CHALLENGE_FIGURES, N_FIGURES, N_RELIABILITY_FIGURES, TENTH};
use super::ranking::{Ranked, Ranking, listed_mass, share_found, total};
use super::recalibration::{CLIP, Logits, RecalibrationLine, logit};

/// One learner's scores of a set of customers, and what became of them.
///
/// It is usable if the columns are of equal length, all numbers are finite, and probabilities are within [0, 1].
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// Whether the customer left.
    pub churned: &'a [bool],
    /// Churn probabilities or rule scores; higher means more likely to leave.
    pub scores: &'a [f64],
    /// What the customer is worth, in any one unit.
    pub value: &'a [f64],
    /// Whether the scores are probabilities.
    pub is_probability: bool,
}

impl Sample<'_> {
    fn is_usable(&self) -> bool {
        let in_range = |score: &f64| !self.is_probability || (0.0..=1.0).contains(score);
        self.churned.len() == self.scores.len()
            && self.churned.len() == self.value.len()
            && self.scores.iter().all(|score| score.is_finite() && in_range(score))
            && self.value.iter().all(|value| value.is_finite())
    }
}

/// A sample ranked by score and by score x value, ready for any number of weightings without a further sort.
#[derive(Debug, Clone)]
pub struct Prepared {
    ranking: RowsInOrder,
    ends_tie: Vec<bool>,
    churned: Vec<bool>,
    one_per_churner: Vec<f64>,
    value_ranking: RowsInOrder,
    value_of_churners: Vec<f64>,
    probabilities: Option<Probabilities>,
}

/// Rows of the whole sample in some order.
#[derive(Debug, Clone)]
struct RowsInOrder(Vec<u32>);

impl RowsInOrder {
    fn gather(&self, weights: &[u32]) -> Vec<u32> {
        self.0.iter().map(|&row| weights[row as usize]).collect()
    }
}

/// What the figures about probabilities need, in ranked order.
#[derive(Debug, Clone)]
struct Probabilities {
    probability: Vec<f64>,
    squared_error: Vec<f64>,
    log_loss: Vec<f64>,
    logits: Vec<f64>,
    line: RecalibrationLine,
    in_the_large: f64,
}

impl Prepared {
    /// Ranks all rows; `None` if the sample is not usable (see [`Sample`]).
    #[must_use]
    pub fn all_rows(sample: &Sample<'_>) -> Option<Self> {
        Self::some_rows(sample, &(0..u32::try_from(sample.churned.len()).ok()?).collect::<Vec<_>>())
    }

    /// Ranks the given rows only; weights are still those of the whole sample. `None` if the sample is not usable.
    #[must_use]
    pub fn some_rows(sample: &Sample<'_>, rows: &[u32]) -> Option<Self> {
        if !sample.is_usable() || rows.iter().any(|&row| row as usize >= sample.churned.len()) {
            return None;
        }
        let scores: Vec<f64> = rows.iter().map(|&row| sample.scores[row as usize]).collect();
        let customer_value: Vec<f64> =
            rows.iter().zip(&scores).map(|(&row, p)| p * sample.value[row as usize]).collect();
        let (ranking, value_ranking) = (Ranking::descending(&scores)?, Ranking::descending(&customer_value)?);
        let by_score: Vec<u32> = ranking.gather(rows);
        let by_value: Vec<u32> = value_ranking.gather(rows);
        let churned: Vec<bool> = by_score.iter().map(|&row| sample.churned[row as usize]).collect();
        let lost = |&row: &u32| if sample.churned[row as usize] { sample.value[row as usize] } else { 0.0 };
        Some(Self {
            ends_tie: ranking.ends_tie().to_vec(),
            one_per_churner: churned.iter().map(|&churned| f64::from(u8::from(churned))).collect(),
            value_of_churners: by_value.iter().map(lost).collect(),
            probabilities: sample.is_probability.then(|| Probabilities::new(&churned, ranking.gather(&scores))),
            ranking: RowsInOrder(by_score),
            value_ranking: RowsInOrder(by_value),
            churned,
        })
    }

    /// All figures under the given weights (one for each row of the whole sample), in the order of [`super::metrics::Metrics`].
    #[must_use]
    pub fn figures(&self, weights: &[u32]) -> [Option<f64>; N_FIGURES] {
        let by_score = self.ranking.gather(weights);
        let ranked = self.ranked(&by_score);
        let mut figures = [None; N_FIGURES];
        figures[..2].copy_from_slice(&[ranked.auc(), ranked.average_precision()]);
        if let Some(probabilities) = &self.probabilities {
            figures[2..8].copy_from_slice(&probabilities.figures(&ranked));
        }
        let gain = share_found(&self.one_per_churner, &by_score, FRACTIONS);
        let value_captured = share_found(&self.value_of_churners, &self.value_ranking.gather(weights), FRACTIONS);
        let series = lift(gain, total(&by_score)).into_iter().chain(gain).chain(value_captured);
        figures[8..].iter_mut().zip(series).for_each(|(place, figure)| *place = figure);
        figures
    }

    /// Churn rate, mean probability, AUC and Brier score under the given weights.
    #[must_use]
    pub fn slice_figures(&self, weights: &[u32]) -> [Option<f64>; 4] {
        let by_score = self.ranking.gather(weights);
        let probabilities = self.probabilities.as_ref();
        [
            weighted_mean(&self.one_per_churner, &by_score),
            probabilities.and_then(|probabilities| weighted_mean(&probabilities.probability, &by_score)),
            self.ranked(&by_score).auc(),
            probabilities.and_then(|probabilities| weighted_mean(&probabilities.squared_error, &by_score)),
        ]
    }

    /// AUC, log-loss, value of those who left among the tenth ranked first for each customer, slope and level of the
    /// logistic recalibration under the given weights.
    #[must_use]
    pub fn challenge_figures(&self, weights: &[u32]) -> [Option<f64>; N_CHALLENGE_FIGURES] {
        let by_score = self.ranking.gather(weights);
        let ranked = self.ranked(&by_score);
        let probabilities = self.probabilities.as_ref();
        let rows = probabilities.map(|probabilities| (probabilities, probabilities.rows(&ranked)));
        let line = rows.and_then(|(probabilities, rows)| rows.line(probabilities.line));
        [
            ranked.auc(),
            probabilities.and_then(|probabilities| weighted_mean(&probabilities.log_loss, &by_score)),
            self.value_found(&self.value_ranking.gather(weights)),
            line.map(|line| line.slope),
            rows.and_then(|(probabilities, rows)| rows.in_the_large(probabilities.in_the_large)),
        ]
    }

    /// Value of those who left among the tenth ranked first, for each customer; `None` without customers.
    fn value_found(&self, by_value: &[u32]) -> Option<f64> {
        let lost = weighted_mean(&self.value_of_churners, by_value)?;
        let [share] = share_found(&self.value_of_churners, by_value, [FRACTIONS[TENTH]]);
        Some(share.unwrap_or(0.0) * lost)
    }

    /// Mean probability, churn rate, slope, intercept, level and calibration error under the given weights, then the churn
    /// rate of each bin of the reliability table; all `None` for rule scores.
    #[must_use]
    pub fn reliability_figures(&self, weights: &[u32]) -> Vec<Option<f64>> {
        let by_score = self.ranking.gather(weights);
        let Some(probabilities) = &self.probabilities else {
            return vec![None; N_RELIABILITY_FIGURES + N_BINS as usize];
        };
        let [_, _, slope, intercept, in_the_large, ece] = probabilities.figures(&self.ranked(&by_score));
        let mean_probability = weighted_mean(&probabilities.probability, &by_score);
        let churn_rate = weighted_mean(&self.one_per_churner, &by_score);
        let rates = bins(&self.ranked(&by_score), &probabilities.probability).map(|bin| Some(bin?.observed_rate));
        let figures = [mean_probability, churn_rate, slope, intercept, in_the_large, ece];
        figures.into_iter().chain(rates).collect()
    }

    /// The reliability table under the given weights; nothing for rule scores.
    #[must_use]
    pub fn bins(&self, weights: &[u32]) -> [Option<ReliabilityBin>; N_BINS as usize] {
        let by_score = self.ranking.gather(weights);
        let probability = self.probabilities.as_ref().map_or(&[][..], |probabilities| &probabilities.probability);
        bins(&self.ranked(&by_score), probability)
    }

    /// What a function makes of the ranked rows under the given weights.
    pub(super) fn with_weights<T>(&self, weights: &[u32], figures: impl Fn(&Ranked<'_>) -> T) -> T {
        figures(&self.ranked(&self.ranking.gather(weights)))
    }

    fn ranked<'a>(&'a self, by_score: &'a [u32]) -> Ranked<'a> {
        Ranked { churned: &self.churned, weights: by_score, ends_tie: &self.ends_tie }
    }
}

impl Probabilities {
    fn new(churned: &[bool], probability: Vec<f64>) -> Self {
        let of_outcome = |(&churned, &p): (&bool, &f64)| if churned { p } else { 1.0 - p };
        let outcome_probability: Vec<f64> = churned.iter().zip(&probability).map(of_outcome).collect();
        let logits: Vec<f64> = probability.iter().map(|&p| logit(p)).collect();
        let start = RecalibrationLine::CALIBRATED;
        let once = vec![1; churned.len()];
        let rows = Logits { churned, weights: &once, logits: &logits };
        Self {
            line: rows.line(start).unwrap_or(start),
            in_the_large: rows.in_the_large(0.0).unwrap_or(0.0),
            squared_error: outcome_probability.iter().map(|p| (1.0 - p).powi(2)).collect(),
            log_loss: outcome_probability.iter().map(|p| -p.clamp(CLIP, 1.0 - CLIP).ln()).collect(),
            probability,
            logits,
        }
    }

    fn rows<'a>(&'a self, ranked: &Ranked<'a>) -> Logits<'a> {
        Logits { churned: ranked.churned, weights: ranked.weights, logits: &self.logits }
    }

    /// Brier score to expected calibration error; the searches start where all rows, counted once, ended.
    fn figures(&self, ranked: &Ranked<'_>) -> [Option<f64>; 6] {
        let rows = self.rows(ranked);
        let line = rows.line(self.line);
        [
            weighted_mean(&self.squared_error, ranked.weights),
            weighted_mean(&self.log_loss, ranked.weights),
            line.map(|line| line.slope),
            line.map(|line| line.intercept),
            rows.in_the_large(self.in_the_large),
            expected_calibration_error(&reliability(ranked, &self.probability)),
        ]
    }
}

/// Lift from gain: the share found, over the share of customers looked at.
fn lift(gain: [Option<f64>; FRACTIONS.len()], mass: f64) -> [Option<f64>; FRACTIONS.len()] {
    let mut lift = gain;
    for (lift, fraction) in lift.iter_mut().zip(FRACTIONS) {
        *lift = lift.map(|gain| gain * mass / listed_mass(mass, fraction));
    }
    lift
}

fn weighted_mean(values: &[f64], weights: &[u32]) -> Option<f64> {
    let mass = total(weights);
    let sum: f64 = values.iter().zip(weights).map(|(value, &weight)| value * f64::from(weight)).sum();
    (mass > 0.0).then(|| sum / mass)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 200 rows with 101 distinct probabilities; `(churned, probability, value)`.
    fn formula_rows() -> (Vec<bool>, Vec<f64>, Vec<f64>) {
        let rows = (0..200_u32).map(|i| {
            let p = f64::from((i * 37) % 101 + 1) / 103.0;
            let u = f64::from((i * 7919) % 997) / 997.0;
            (u < 0.15 + 0.6 * p, (p, f64::from((i * 53) % 89)))
        });
        let (churned, (p, value)): (Vec<_>, (Vec<_>, Vec<_>)) = rows.unzip();
        (churned, p, value)
    }

    fn assert_close(found: &[Option<f64>], reference: &[f64], tolerance: f64) {
        for (place, (found, reference)) in found.iter().zip(reference).enumerate() {
            assert!((found.unwrap() - reference).abs() < tolerance, "figure {place}: {found:?} {reference}");
        }
    }

    /// scikit-learn 1.9.1 on the same rows: `roc_auc_score`, `average_precision_score`, `brier_score_loss`, `log_loss`;
    /// slope and intercept by `LogisticRegression(C=inf, solver="newton-cholesky", tol=1e-12)` on the logit; the
    /// intercept at slope 1 by 50 Newton steps in numpy; ECE by `array_split` of rows sorted by probability into ten,
    /// outcomes of equal probabilities averaged; then `y[argsort(-p, kind="stable")[:ceil(200 f)]]` and the same for
    /// p x value.
    #[test]
    fn figures_agree_with_scikit_learn() {
        let (churned, scores, value) = formula_rows();
        let sample = Sample { churned: &churned, scores: &scores, value: &value, is_probability: true };
        let found = Prepared::all_rows(&sample).unwrap().figures(&[1; 200]);
        let probabilistic = [0.690_537_084_398_977, 0.610_092_811_605_179_4, 0.238_366_481_289_471_2];
        assert_close(&found[..3], &probabilistic, 1e-12);
        let log_loss_and_lines =
            [0.701_583_193_574_861_7, 0.438_879_599_071_945_85, -0.321_620_343_408_921_65, -0.419_066_406_927_089_7];
        assert_close(&found[3..7], &log_loss_and_lines, 1e-9);
        let lift = [2.352_941_176_470_588_5, 1.647_058_823_529_411_7, 1.764_705_882_352_941_1];
        assert_close(&found[7..11], &[&[0.12][..], &lift].concat(), 1e-12);
        assert_close(&found[11..13], &[1.529_411_764_705_882_5, 1.450_980_392_156_862_7], 1e-12);
        let gain = [2.0, 7.0, 15.0, 26.0, 37.0].map(|churners| churners / 85.0);
        assert_close(&found[13..18], &gain, 1e-12);
        let captured = [0.020_838_971_583_220_567, 0.121_786_197_564_276_06, 0.262_246_278_755_074_45];
        assert_close(&found[18..21], &captured, 1e-12);
        assert_close(&found[21..], &[0.466_847_090_663_058_2, 0.613_261_163_734_776_7], 1e-12);
    }

    /// The same with `sample_weight = i % 4`.
    #[test]
    fn weighted_figures_agree_with_scikit_learn() {
        let (churned, scores, value) = formula_rows();
        let sample = Sample { churned: &churned, scores: &scores, value: &value, is_probability: true };
        let weights: Vec<u32> = (0..200).map(|row| row % 4).collect();
        let found = Prepared::all_rows(&sample).unwrap().figures(&weights);
        let reference = [0.746_122_970_260_901_2, 0.647_789_659_477_391_3, 0.212_053_916_486_002_44];
        assert_close(&found[..3], &reference, 1e-12);
        assert_close(&found[3..6], &[0.624_543_594_818_065_2, 0.620_842_737_636_127_3, -0.377_218_831_263_715_4], 1e-8);
        let repeated: Vec<usize> = (0..200).flat_map(|row| std::iter::repeat_n(row, row % 4)).collect();
        let churned: Vec<bool> = repeated.iter().map(|&row| churned[row]).collect();
        let scores: Vec<f64> = repeated.iter().map(|&row| scores[row]).collect();
        let value: Vec<f64> = repeated.iter().map(|&row| value[row]).collect();
        let sample = Sample { churned: &churned, scores: &scores, value: &value, is_probability: true };
        let by_row = Prepared::all_rows(&sample).unwrap().figures(&[1; 300]);
        for (place, (weighted, by_row)) in found.iter().zip(by_row).enumerate() {
            assert!((weighted.unwrap() - by_row.unwrap()).abs() < 1e-8, "figure {place}: {weighted:?} {by_row:?}");
        }
    }

    #[test]
    fn degenerate_samples_give_none_and_never_nan() {
        let figures =
            |churned: &[bool], scores: &[f64], value: &[f64]| {
                Prepared::all_rows(&Sample { churned, scores, value, is_probability: true })
                    .unwrap()
                    .figures(&vec![1; churned.len()])
            };
        let zeros = figures(&[true, false], &[0.0, 0.0], &[0.0, 0.0]);
        assert_eq!((zeros[0], zeros[2], zeros[4], zeros[22]), (Some(0.5), Some(0.5), None, None));
        let one = figures(&[true], &[1.0], &[7.0]);
        assert_eq!((one[0], one[1], one[2], one[10], one[20]), (None, Some(1.0), Some(0.0), Some(1.0), Some(1.0)));
        assert_eq!(figures(&[], &[], &[]), [None; N_FIGURES]);
        for figure in zeros.into_iter().chain(one).flatten() {
            assert!(figure.is_finite());
        }
    }

    #[test]
    fn unusable_samples_are_refused_and_rules_have_no_brier() {
        let of = |scores: &[f64], value: &[f64], is_probability| {
            super::super::metrics::Metrics::of(&Sample { churned: &[true, false], scores, value, is_probability })
        };
        assert_eq!(of(&[0.5, f64::NAN], &[1.0, 1.0], true), None);
        assert_eq!(of(&[0.5, 0.4], &[1.0, f64::NAN], true), None);
        assert_eq!(of(&[0.5, 1.5], &[1.0, 1.0], true), None);
        assert_eq!(of(&[0.5], &[1.0, 1.0], true), None);
        let rule = of(&[90.0, 12.0], &[1.0, 1.0], false).unwrap();
        assert_eq!((rule.auc, rule.brier, rule.log_loss, rule.ece), (Some(1.0), None, None, None));
    }
}
