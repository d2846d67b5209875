//! Owns the logistic recalibration: the line that would turn probabilities into calibrated ones.
//!
//! Its search is its own, because it is made for every resample: a step is judged by the slope of the likelihood, which its
//! sums give anyway, and no logarithm is taken.

use serde::{Deserialize, Serialize};

use super::ranking::total;

/// Probabilities are kept this far from 0 and 1 before a logarithm is taken.
pub const CLIP: f64 = 1e-6;
const MAX_STEPS: u32 = 60;
const STEP_TOLERANCE: f64 = 1e-5;

/// The logit of a probability, clipped by [`CLIP`].
///
/// ```
/// assert_eq!(retain::evaluate::recalibration::logit(0.5), 0.0);
/// ```
#[must_use]
pub fn logit(probability: f64) -> f64 {
    let clipped = probability.clamp(CLIP, 1.0 - CLIP);
    (clipped / (1.0 - clipped)).ln()
}

/// A logistic recalibration: the logit of the true rate is `intercept + slope x logit(probability)`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RecalibrationLine {
    /// 0 for calibrated probabilities.
    pub intercept: f64,
    /// 1 for calibrated probabilities; below 1 they are too extreme.
    pub slope: f64,
}

impl RecalibrationLine {
    /// What calibrated probabilities have, and where the search starts.
    pub const CALIBRATED: Self = Self { intercept: 0.0, slope: 1.0 };
}

/// Outcomes, weights and logits of the probabilities, in any one order; the three slices are of equal length.
#[derive(Debug, Clone, Copy)]
pub struct Logits<'a> {
    /// Whether the customer left.
    pub churned: &'a [bool],
    /// How often the row counts.
    pub weights: &'a [u32],
    /// Logits of the churn probabilities.
    pub logits: &'a [f64],
}

impl Logits<'_> {
    /// Slope and intercept together, by maximum likelihood: Newton's method from `start`, and again from a flat line
    /// if that does not converge.
    ///
    /// `None` if the maximum does not exist: one outcome only, one probability only, or outcomes that a threshold on the
    /// probability separates.
    ///
    /// # Source
    /// Cox (1958), Biometrika 45, 562-565; Van Calster et al. (2019), BMC Medicine 17:230.
    #[must_use]
    pub fn line(&self, start: RecalibrationLine) -> Option<RecalibrationLine> {
        if self.is_separated() {
            return None;
        }
        self.maximise(start, Sums::newton_step).or_else(|| self.maximise(RecalibrationLine::FLAT, Sums::newton_step))
    }

    /// Calibration in the large: the intercept when the slope is fixed at 1. Above 0, more leave than was predicted.
    ///
    /// `None` unless both outcomes occur.
    ///
    /// # Source
    /// Van Calster et al. (2019), BMC Medicine 17:230.
    #[must_use]
    pub fn in_the_large(&self, start: f64) -> Option<f64> {
        let positive = |(&churned, &weight): (&bool, &u32)| u64::from(weight) * u64::from(churned);
        let churned = self.churned.iter().zip(self.weights).map(positive).sum::<u64>() as f64;
        if churned <= 0.0 || churned >= total(self.weights) {
            return None;
        }
        let start = RecalibrationLine { intercept: start, slope: 1.0 };
        let step = |sums: &Sums| Some(RecalibrationLine { intercept: sums.g0 / sums.h00, slope: 0.0 });
        self.maximise(start, step).map(|line| line.intercept)
    }

    /// Whether no two customers contradict a threshold, in which case the likelihood has no maximum.
    fn is_separated(&self) -> bool {
        let mut range = [(f64::INFINITY, f64::NEG_INFINITY); 2];
        let rows = self.churned.iter().zip(self.weights).zip(self.logits);
        for ((&churned, _), &logit) in rows.filter(|((_, weight), _)| **weight > 0) {
            let (low, high) = &mut range[usize::from(churned)];
            (*low, *high) = (low.min(logit), high.max(logit));
        }
        let [(stayed_low, stayed_high), (churned_low, churned_high)] = range;
        churned_low >= stayed_high || churned_high <= stayed_low
    }

    /// Newton's method; a step that overshoots the maximum along its direction by more than half is halved.
    fn maximise(
        &self,
        start: RecalibrationLine,
        step: impl Fn(&Sums) -> Option<RecalibrationLine>,
    ) -> Option<RecalibrationLine> {
        let (mut line, mut sums) = (start, self.sums(start));
        let mut direction = step(&sums)?;
        for _ in 0..MAX_STEPS {
            let next = line.plus(direction);
            if direction.is_below(STEP_TOLERANCE) {
                return next.is_finite().then_some(next);
            }
            let next_sums = self.sums(next);
            if next_sums.along(direction) >= -0.5 * sums.along(direction) {
                (line, sums) = (next, next_sums);
                direction = step(&sums)?;
            } else {
                direction = RecalibrationLine { intercept: direction.intercept / 2.0, slope: direction.slope / 2.0 };
            }
        }
        None
    }

    /// Gradient and curvature of the log-likelihood at a line.
    fn sums(&self, line: RecalibrationLine) -> Sums {
        let mut sums = Sums::default();
        for ((&churned, &weight), &logit) in self.churned.iter().zip(self.weights).zip(self.logits) {
            if weight == 0 {
                continue;
            }
            let rate = 1.0 / (1.0 + (-(line.intercept + line.slope * logit)).exp());
            let weight = f64::from(weight);
            let error = weight * (f64::from(u8::from(churned)) - rate);
            let variance = weight * rate * (1.0 - rate);
            sums.g0 += error;
            sums.g1 += error * logit;
            sums.h00 += variance;
            sums.h01 += variance * logit;
            sums.h11 += variance * logit * logit;
        }
        sums
    }
}

impl RecalibrationLine {
    /// Where all rates are one half and the curvature is largest: a safe start.
    const FLAT: Self = Self { intercept: 0.0, slope: 0.0 };

    fn plus(self, step: Self) -> Self {
        Self { intercept: self.intercept + step.intercept, slope: self.slope + step.slope }
    }

    fn is_below(self, tolerance: f64) -> bool {
        self.intercept.abs() < tolerance && self.slope.abs() < tolerance
    }

    fn is_finite(self) -> bool {
        self.intercept.is_finite() && self.slope.is_finite()
    }
}

#[derive(Default)]
struct Sums {
    g0: f64,
    g1: f64,
    h00: f64,
    h01: f64,
    h11: f64,
}

impl Sums {
    /// Newton's step for both coefficients; `None` where the curvature is singular.
    fn newton_step(&self) -> Option<RecalibrationLine> {
        let determinant = self.h00 * self.h11 - self.h01 * self.h01;
        let step = RecalibrationLine {
            intercept: (self.h11 * self.g0 - self.h01 * self.g1) / determinant,
            slope: (self.h00 * self.g1 - self.h01 * self.g0) / determinant,
        };
        (determinant > 1e-12 * self.h00 * self.h11).then_some(step)
    }

    /// Slope of the log-likelihood in a direction.
    fn along(&self, direction: RecalibrationLine) -> f64 {
        self.g0 * direction.intercept + self.g1 * direction.slope
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two probabilities, so the line goes through both observed rates: .2 -> 1/4 and .8 -> 3/5. Slope by hand:
    /// (logit .6 - logit .25) / (logit .8 - logit .2) = (ln 1.5 + ln 3) / (2 ln 4).
    #[test]
    fn a_line_through_two_rates_is_found_by_hand() {
        let churned = [true, false, true, false];
        let logits = [logit(0.2), logit(0.2), logit(0.8), logit(0.8)];
        let rows = Logits { churned: &churned, weights: &[1, 3, 3, 2], logits: &logits };
        let line = rows.line(RecalibrationLine::CALIBRATED).unwrap();
        let slope = (1.5_f64.ln() + 3.0_f64.ln()) / (2.0 * 4.0_f64.ln());
        assert!((line.slope - slope).abs() < 1e-9);
        assert!((line.intercept - (1.5_f64.ln() - slope * 4.0_f64.ln())).abs() < 1e-9);
        let far = rows.line(RecalibrationLine { intercept: 8.0, slope: -6.0 }).unwrap();
        assert!((far.slope - slope).abs() < 1e-9);
    }

    /// Certainties that are wrong for a quarter of the customers: the logit .75 over the clipped logit, from any start.
    #[test]
    fn wrong_certainties_have_a_slope_near_zero() {
        let logits = [logit(0.0), logit(0.0), logit(1.0), logit(1.0)];
        let rows = Logits { churned: &[true, false, true, false], weights: &[1, 3, 3, 1], logits: &logits };
        let line = rows.line(RecalibrationLine::CALIBRATED).unwrap();
        assert!((line.slope - 3.0_f64.ln() / logit(1.0)).abs() < 1e-9, "{line:?}");
        assert!(rows.in_the_large(0.0).unwrap().abs() < 1e-6);
    }

    /// All probabilities .5 and a rate of 1/4: the shift is logit(1/4) = -ln 3, and no slope can be seen.
    #[test]
    fn one_probability_has_a_level_but_no_slope() {
        let rows = Logits { churned: &[true, false], weights: &[1, 3], logits: &[0.0, 0.0] };
        assert!((rows.in_the_large(0.0).unwrap() + 3.0_f64.ln()).abs() < 1e-9);
        assert_eq!(rows.line(RecalibrationLine::CALIBRATED), None);
    }

    #[test]
    fn separated_or_single_outcomes_have_no_line() {
        let line = |churned: &[bool], logits: &[f64]| {
            let rows = Logits { churned, weights: &[1; 3], logits };
            (rows.line(RecalibrationLine::CALIBRATED), rows.in_the_large(0.0).is_some())
        };
        assert_eq!(line(&[false, false, true], &[-1.0, 0.0, 1.0]), (None, true));
        assert_eq!(line(&[true, true, false], &[-1.0, 0.0, 1.0]), (None, true));
        assert_eq!(line(&[true, true, true], &[-1.0, 0.0, 1.0]), (None, false));
        assert_eq!(line(&[], &[]), (None, false));
    }
}
