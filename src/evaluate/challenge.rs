//! Owns the comparison of a new model with the one that scores: both on the same rows, resampled together, and what
//! follows from it.

use serde::{Deserialize, Serialize};

use super::bootstrap::{Customers, Draws, Interval, Resampling, bootstrap};
use super::error::EvaluateError;
use super::figures::N_CHALLENGE_FIGURES;
use super::grade::Population;
use super::input::{Settings, TestCutoff, checked_learners};
use super::prepared::Prepared;
use super::report::population;

/// The names under which the two stand among the scores of a [`TestCutoff`].
pub const CHALLENGER: &str = "challenger";
/// The model that scores.
pub const CHAMPION: &str = "champion";

/// AUC by which a challenger may trail; a judgement, not a measurement.
pub const TOLERATED_AUC: f64 = 0.01;
/// Log-loss, in nats, by which a challenger may trail; a judgement, not a measurement.
pub const TOLERATED_LOG_LOSS: f64 = 0.01;
/// Slopes of the logistic recalibration with which probabilities still mean what they say.
pub const TOLERATED_SLOPES: (f64, f64) = (0.8, 1.25);
/// Log-odds by which probabilities as a whole may be off: about six points at a rate of one half.
pub const TOLERATED_SHIFT: f64 = 0.25;

/// A figure of both models, and the challenger's less the champion's on the same resamples of customers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// The challenger's.
    pub challenger: Option<Interval>,
    /// The champion's.
    pub champion: Option<Interval>,
    /// The first less the second.
    pub difference: Option<Interval>,
}

/// Champion and challenger on rows from which neither has learnt; means over the test cutoffs. The figures decide whether
/// the challenger takes over: of challengers that did, they tell somewhat too much in their favour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Challenge {
    /// On whom they were compared.
    pub population: Population,
    /// Resamples of customers drawn for each interval, both models held fixed.
    pub n_bootstrap: u32,
    /// Area under the receiver operating characteristic.
    pub auc: Pair,
    /// Mean negative log-likelihood in nats.
    pub log_loss: Pair,
    /// Money found: value of those who left among the tenth ranked first by probability x value, for each customer ranked.
    /// Both lists are equally long, so that the cost of working them cancels out of the difference.
    pub value_found: Pair,
    /// Slope of the logistic recalibration.
    pub calibration_slope: Pair,
    /// Its intercept with the slope fixed at 1.
    pub calibration_in_the_large: Pair,
}

/// What a comparison shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Not worse by more than is tolerated, and beyond chance better in AUC or log-loss.
    Better,
    /// Not worse by more than is tolerated.
    Level,
    /// Beyond chance worse in AUC, log-loss or money, and by more than is tolerated or by an unknown amount.
    Worse,
    /// Too few rows to tell.
    Unclear,
    /// Its probabilities are off by more than is tolerated, and farther than the champion's.
    Miscalibrated,
}

impl Finding {
    /// Whether a challenger of which this was found may take over. Of two equal models the newer one scores: it knows the
    /// months that the older does not, and the older will not get younger.
    #[must_use]
    pub const fn takes_over(self) -> bool {
        matches!(self, Self::Better | Self::Level)
    }
}

impl Challenge {
    /// Compares the scores named [`CHALLENGER`] and [`CHAMPION`]; `None` without rows.
    ///
    /// # Source
    /// Paired resamples of whole customers: Field and Welsh (2007), JRSS B 69, 369-390.
    ///
    /// # Errors
    /// Scores that are missing, not finite or no probabilities: no comparison is not the same as none that is possible yet.
    pub fn new(cutoffs: &[TestCutoff], settings: &Settings) -> Result<Option<Self>, EvaluateError> {
        if cutoffs.iter().all(|cutoff| cutoff.customer.is_empty()) {
            return Ok(None);
        }
        checked_learners(cutoffs, CHALLENGER, &[CHAMPION], settings)?;
        Ok(Self::of_checked(cutoffs, settings))
    }

    /// `None` above 2^32 rows.
    fn of_checked(cutoffs: &[TestCutoff], settings: &Settings) -> Option<Self> {
        let ids: Vec<&[u32]> = cutoffs.iter().map(|cutoff| cutoff.customer.as_slice()).collect();
        let customers = Customers::new(&ids)?;
        let prepare = |cutoff: &TestCutoff| {
            let of = |name: &str| Prepared::all_rows(&cutoff.sample(name)?);
            Some([of(CHALLENGER)?, of(CHAMPION)?])
        };
        let prepared = cutoffs.iter().map(prepare).collect::<Option<Vec<_>>>()?;
        let resampling = Resampling { seed: settings.seed, n_replicates: settings.n_bootstrap };
        let draws = bootstrap(&customers, resampling, |cutoff, weights| {
            prepared[cutoff].iter().flat_map(|side| side.challenge_figures(weights)).collect()
        });
        let pair = |figure: usize| Pair::of(&draws, figure);
        Some(Self {
            population: population(cutoffs, customers.len() as usize, &settings.population),
            n_bootstrap: settings.n_bootstrap,
            auc: pair(0),
            log_loss: pair(1),
            value_found: pair(2),
            calibration_slope: pair(3),
            calibration_in_the_large: pair(4),
        })
    }

    /// What the figures show; every comparison is by the bounds of its interval.
    #[must_use]
    pub fn finding(&self) -> Finding {
        let (Some(auc), Some(log_loss)) = (self.auc.difference, self.log_loss.difference) else {
            return Finding::Unclear;
        };
        // Few customers make most of the money, so that its interval is wide: a loss must be shown, not excluded.
        let loses_money = self.value_found.difference.is_some_and(|money| money.high < 0.0);
        let is_not_worse = auc.low > -TOLERATED_AUC && log_loss.high < TOLERATED_LOG_LOSS && !loses_money;
        if is_not_worse && !self.is_calibrated() {
            return Finding::Miscalibrated;
        }
        match is_not_worse {
            true if auc.low > 0.0 || log_loss.high < 0.0 => Finding::Better,
            true => Finding::Level,
            false if auc.high < 0.0 || log_loss.low > 0.0 || loses_money => Finding::Worse,
            false => Finding::Unclear,
        }
    }

    /// Whether the challenger's probabilities mean what they say, or more so than those that it would replace.
    fn is_calibrated(&self) -> bool {
        let (low, high) = TOLERATED_SLOPES;
        let bold = |slope: f64| slope.max(0.01).ln().abs();
        let slope = holds(&self.calibration_slope, (low, high), bold);
        slope && holds(&self.calibration_in_the_large, (-TOLERATED_SHIFT, TOLERATED_SHIFT), f64::abs)
    }
}

/// Whether a figure of the challenger may lie within the bounds, or is nearer to its aim than the champion's.
fn holds(pair: &Pair, (low, high): (f64, f64), distance: impl Fn(f64) -> f64) -> bool {
    let Some(ours) = pair.challenger else { return false };
    let may_lie_within = ours.high >= low && ours.low <= high;
    may_lie_within || pair.champion.is_some_and(|theirs| distance(ours.estimate) < distance(theirs.estimate))
}

impl Pair {
    fn of(draws: &Draws, figure: usize) -> Self {
        let champion = figure + N_CHALLENGE_FIGURES;
        Self {
            challenger: draws.interval(figure),
            champion: draws.interval(champion),
            difference: draws.difference(figure, champion),
        }
    }
}

#[cfg(test)]
#[path = "challenge_tests.rs"]
mod tests;
