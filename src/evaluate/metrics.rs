//! Owns the list of quality figures of a learner.
//!
//! Positive means that the customer left. Brier score, log-loss and calibration need probabilities: for rule scores they
//! are `None`, as is every figure that the data leave undefined; no figure is ever NaN.

use serde::{Deserialize, Serialize};

use super::figures::{FRACTIONS, N_FIGURES, TENTH};
use super::prepared::{Prepared, Sample};

/// A figure about the customers ranked first.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AtFraction<T> {
    /// Share of the customers, ranked first.
    pub fraction: f64,
    /// The figure.
    pub value: T,
}

/// Quality of one learner: plain figures (`T = Option<f64>`) or figures with intervals (`T = Option<Interval>`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Metrics<T> {
    /// Area under the receiver operating characteristic; .5 is chance.
    pub auc: T,
    /// Average precision; the churn rate is chance.
    pub average_precision: T,
    /// Mean squared distance of the probability from the outcome (Brier 1950, Monthly Weather Review 78, 1-3).
    pub brier: T,
    /// Mean negative log-likelihood in nats, probabilities clipped at 1e-6 (Good 1952, JRSS B 14, 107-114).
    pub log_loss: T,
    /// Slope of the logistic recalibration; 1 is calibrated, below 1 too extreme.
    pub calibration_slope: T,
    /// Intercept of the logistic recalibration, estimated with the slope.
    pub calibration_intercept: T,
    /// Intercept with the slope fixed at 1; above 0, more leave than was predicted.
    pub calibration_in_the_large: T,
    /// Expected calibration error over ten bins of equal mass.
    pub ece: T,
    /// Churn rate among the customers ranked first, as a multiple of everyone's.
    pub lift: Vec<AtFraction<T>>,
    /// Share of all churners that is found among the customers ranked first.
    pub gain: Vec<AtFraction<T>>,
    /// Share of all churners' value that is found when customers are ranked by score x value.
    pub value_captured: Vec<AtFraction<T>>,
}

impl<T: Copy> Metrics<T> {
    /// Names the figures of a flat list, as [`Prepared::figures`] gives it.
    #[must_use]
    pub fn from_figures(figures: [T; N_FIGURES]) -> Self {
        let series = |start: usize| {
            let values = figures[start..].iter();
            FRACTIONS.iter().zip(values).map(|(&fraction, &value)| AtFraction { fraction, value }).collect()
        };
        let [auc, average_precision, brier, log_loss, slope, intercept, in_the_large, ece, ..] = figures;
        Self {
            auc,
            average_precision,
            brier,
            log_loss,
            calibration_slope: slope,
            calibration_intercept: intercept,
            calibration_in_the_large: in_the_large,
            ece,
            lift: series(8),
            gain: series(8 + FRACTIONS.len()),
            value_captured: series(8 + 2 * FRACTIONS.len()),
        }
    }
}

impl Metrics<Option<f64>> {
    /// Every figure of one learner on one set of customers, each counted once.
    ///
    /// `None` if the columns differ in length, a number is not finite, or a probability is outside [0, 1].
    ///
    /// ```
    /// use retain::evaluate::{metrics::Metrics, prepared::Sample};
    /// let (churned, scores, value) = ([true, false, true, false], [0.8, 0.6, 0.4, 0.2], [10.0, 90.0, 30.0, 0.0]);
    /// let sample = Sample { churned: &churned, scores: &scores, value: &value, is_probability: true };
    /// let metrics = Metrics::of(&sample).unwrap();
    /// assert_eq!(metrics.auc, Some(0.75));
    /// assert!((metrics.brier.unwrap() - 0.2).abs() < 1e-12);
    /// assert_eq!(metrics.lift[2].value, Some(2.0));
    /// ```
    #[must_use]
    pub fn of(sample: &Sample<'_>) -> Option<Self> {
        let prepared = Prepared::all_rows(sample)?;
        Some(Self::from_figures(prepared.figures(&vec![1; sample.churned.len()])))
    }
}

/// The flat places of the figures in [`Prepared::figures`] that other files ask for by name.
pub(super) mod place {
    pub(in super::super) const AUC: usize = 0;
    pub(in super::super) const AVERAGE_PRECISION: usize = 1;
    pub(in super::super) const BRIER: usize = 2;
    pub(in super::super) const LOG_LOSS: usize = 3;
    pub(in super::super) const VALUE_CAPTURED_TENTH: usize = 8 + 2 * super::FRACTIONS.len() + super::TENTH;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_of_the_flat_list_has_one_name() {
        let metrics = Metrics::from_figures(std::array::from_fn::<usize, N_FIGURES, _>(|figure| figure));
        assert_eq!((metrics.auc, metrics.average_precision), (place::AUC, place::AVERAGE_PRECISION));
        assert_eq!((metrics.brier, metrics.log_loss), (place::BRIER, place::LOG_LOSS));
        assert_eq!((metrics.calibration_in_the_large, metrics.ece), (6, 7));
        let series = [metrics.lift, metrics.gain, metrics.value_captured].concat();
        assert_eq!(series.iter().map(|at| at.value).collect::<Vec<_>>(), (8..N_FIGURES).collect::<Vec<_>>());
        assert_eq!(series[10 + TENTH].value, place::VALUE_CAPTURED_TENTH);
        assert!((series[TENTH].fraction - 0.1).abs() < f64::EPSILON);
    }
}
