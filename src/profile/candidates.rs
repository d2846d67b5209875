//! Usual horizons and active windows, and the churn rates that they would have had at the training cutoffs: counted by the
//! churn rule itself, over cutoffs whose labels were known at the as-of day.

use std::fmt;

use jiff::civil::Date;
use rayon::prelude::*;
use serde::Serialize;

use super::settings::ProfileSettings;
use crate::label::{ChurnRule, RuleWindow, Schedule};
use crate::timeline::{Cutoff, EventLog, Shard};
use crate::units::Days;

/// Horizons that shops use: a week to a year.
pub const HORIZONS: [Days; 8] = [Days(7), Days(14), Days(30), Days(60), Days(90), Days(120), Days(180), Days(365)];
/// Active windows that shops use: a week to two years.
pub const WINDOWS: [Days; 9] =
    [Days(7), Days(14), Days(30), Days(60), Days(90), Days(120), Days(180), Days(365), Days(730)];

/// Longest active window that is tried, in horizons: behind it nearly everyone has left already.
const LONGEST_WINDOW_HORIZONS: u32 = 5;
/// Training cutoffs that must have matured before the newest test cutoff: with one, the level of churn cannot be reported
/// from chance.
const MIN_CUTOFFS_BEFORE_TEST: usize = 2;
/// Customers who left, and who stayed, that there must be at the training cutoffs together.
const MIN_OUTCOMES: usize = 50;

/// The churn rate of the eligible at one training cutoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CutoffRate {
    /// The cutoff.
    pub cutoff: Date,
    /// Eligible customers.
    pub eligible: usize,
    /// Those of them who bought nothing in the label window.
    pub churned: usize,
}

impl CutoffRate {
    /// The churn rate; `None` if nobody is eligible.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        (self.eligible > 0).then(|| self.churned as f64 / self.eligible as f64)
    }
}

/// Why history does not allow to learn with a horizon and an active window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Obstacle {
    /// It does not span enough horizons.
    ShortSpan {
        /// Days of history.
        days: f64,
        /// Days that are needed.
        needed_days: f64,
    },
    /// Too few training cutoffs have matured before the newest test cutoff.
    FewCutoffs {
        /// How many.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// Too few customers left, or stayed, at the training cutoffs.
    FewOutcomes {
        /// Customers who left, summed over the cutoffs.
        churned: usize,
        /// Customers who stayed.
        stayed: usize,
        /// How many of each are needed.
        needed: usize,
    },
}

impl Obstacle {
    /// Whether a longer history would help.
    #[must_use]
    pub const fn is_of_history(&self) -> bool {
        matches!(self, Self::ShortSpan { .. } | Self::FewCutoffs { .. })
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShortSpan { days, needed_days } => {
                write!(f, "history of {days:.0} days, {needed_days:.0} needed")
            }
            Self::FewCutoffs { found, needed } => {
                write!(f, "cutoffs before the newest test: {found}, {needed} needed")
            }
            Self::FewOutcomes { churned, stayed, needed } => {
                write!(f, "{churned} churned, {stayed} stayed, {needed} needed of each")
            }
        }
    }
}

/// One horizon with one active window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// Length of the label window.
    pub horizon_days: Days,
    /// The last order of an eligible customer is at most this old.
    pub active_days: Days,
    /// Customers eligible at the as-of day.
    pub eligible_now: usize,
    /// The training cutoffs that history allows, ascending.
    pub cutoffs: Vec<CutoffRate>,
    /// Mean of the churn rates at the cutoffs, each cutoff counting alike; absent without cutoffs.
    pub mean_rate: Option<f64>,
    /// Sample standard deviation of the churn rates between cutoffs; absent with fewer than two.
    pub spread: Option<f64>,
    /// Why history does not allow it, if it does not.
    pub obstacle: Option<Obstacle>,
    /// Whether the config has it.
    pub is_present: bool,
}

/// All usual pairs, those asked for and those of the config, each with its churn rates; horizons ascending, then windows.
pub(super) fn rated(log: &EventLog, settings: &ProfileSettings, asked: Option<(Days, Days)>) -> Vec<Candidate> {
    let pairs = pairs(asked.into_iter().chain(settings.present));
    let of_horizon = |pairs: &[(Days, Days)]| {
        let rules: Vec<ChurnRule> = pairs.iter().map(|(horizon, active)| rule(*horizon, *active, settings)).collect();
        of_rules(log, &rules, settings)
    };
    pairs.chunk_by(|a, b| a.0 == b.0).flat_map(of_horizon).collect()
}

/// Usual pairs and these, sorted and without repetition.
fn pairs(more: impl Iterator<Item = (Days, Days)>) -> Vec<(Days, Days)> {
    let fits = |horizon: Days, active: Days| active >= horizon && active.0 <= LONGEST_WINDOW_HORIZONS * horizon.0;
    let of_horizon = |horizon| WINDOWS.into_iter().map(move |active| (horizon, active));
    let usual = HORIZONS.into_iter().flat_map(of_horizon).filter(|(horizon, active)| fits(*horizon, *active));
    let mut pairs: Vec<(Days, Days)> = usual.chain(more).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

fn rule(horizon: Days, active: Days, settings: &ProfileSettings) -> ChurnRule {
    ChurnRule { horizon, gap: settings.gap, active, min_purchases: settings.min_purchases }
}

/// Candidates of one horizon: their cutoffs are the same but for how early they begin, so that one pass serves all.
fn of_rules(log: &EventLog, rules: &[ChurnRule], settings: &ProfileSettings) -> Vec<Candidate> {
    let schedule = settings.schedule(log.span());
    let of_rule = |rule: &ChurnRule| rule.training_cutoffs(settings.as_of, &schedule, &settings.zone);
    let allowed: Vec<Vec<Cutoff>> = rules.iter().map(of_rule).collect();
    let mut cutoffs = allowed.iter().max_by_key(|cutoffs| cutoffs.len()).cloned().unwrap_or_default();
    // Who is eligible today is counted on the way; nobody asks for labels there.
    cutoffs.push(settings.as_of);
    let counts = count(log, rules, &cutoffs, settings);
    let build = |(rule, (allowed, counts)): (&ChurnRule, (Vec<Cutoff>, &[Count]))| {
        let dated = cutoffs.iter().zip(counts).filter(|(cutoff, _)| allowed.contains(cutoff));
        let rates = dated.map(|(cutoff, count)| CutoffRate {
            cutoff: cutoff.date(),
            eligible: count.eligible,
            churned: count.churned,
        });
        let rates: Vec<CutoffRate> = rates.collect();
        let before_test =
            allowed.last().map_or(0, |test| rule.training_cutoffs(*test, &schedule, &settings.zone).len());
        let (mean_rate, spread) = mean_and_spread(&rates);
        Candidate {
            horizon_days: rule.horizon,
            active_days: rule.active,
            eligible_now: counts.last().map_or(0, |count| count.eligible),
            obstacle: obstacle(rule, before_test, &rates, (&schedule, settings)),
            is_present: settings.present == Some((rule.horizon, rule.active)),
            cutoffs: rates,
            mean_rate,
            spread,
        }
    };
    rules.iter().zip(allowed.into_iter().zip(counts.chunks(cutoffs.len()))).map(build).collect()
}

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    eligible: usize,
    churned: usize,
}

/// Eligible and churned customers, rule after rule, cutoff after cutoff, labels as known at the as-of day.
fn count(log: &EventLog, rules: &[ChurnRule], cutoffs: &[Cutoff], settings: &ProfileSettings) -> Vec<Count> {
    let windows: Vec<Vec<RuleWindow>> = rules.iter().map(|rule| rule.windows(cutoffs, &settings.zone)).collect();
    let of_shard = |shard: &Shard| {
        let mut counts = vec![Count::default(); rules.len() * cutoffs.len()];
        shard.outcomes(cutoffs, |at, presence, future| {
            // The horizon is the same for all rules here, and so is what the future says.
            let mut left = None;
            for (rule, windows) in windows.iter().enumerate() {
                let window = &windows[at.cutoff];
                if window.is_eligible(presence) {
                    let left = *left.get_or_insert_with(|| !window.retention(future).stands_at(settings.as_of.at()));
                    let count = &mut counts[rule * cutoffs.len() + at.cutoff];
                    count.eligible += 1;
                    count.churned += usize::from(left);
                }
            }
        });
        counts
    };
    let zero = || vec![Count::default(); rules.len() * cutoffs.len()];
    log.shards().par_iter().map(of_shard).reduce(zero, |mut sums, counts| {
        for (sum, count) in sums.iter_mut().zip(counts) {
            sum.eligible += count.eligible;
            sum.churned += count.churned;
        }
        sums
    })
}

/// Mean and sample standard deviation of the rates.
fn mean_and_spread(rates: &[CutoffRate]) -> (Option<f64>, Option<f64>) {
    let rates: Vec<f64> = rates.iter().filter_map(CutoffRate::rate).collect();
    let n = rates.len() as f64;
    let mean = (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / n);
    let squares = mean.map(|mean| rates.iter().map(|rate| (rate - mean).powi(2)).sum::<f64>());
    (mean, squares.filter(|_| rates.len() > 1).map(|squares| (squares / (n - 1.0)).sqrt()))
}

/// The first thing that stands in the way of learning with a rule.
fn obstacle(
    rule: &ChurnRule,
    before_test: usize,
    rates: &[CutoffRate],
    (schedule, settings): (&Schedule, &ProfileSettings),
) -> Option<Obstacle> {
    let days = schedule.span.before(settings.as_of).map_or(0.0, |(first, last)| last.days_since(first));
    let needed_days = settings.min_span_horizons * f64::from(rule.horizon.0);
    let churned: usize = rates.iter().map(|rate| rate.churned).sum();
    let stayed = rates.iter().map(|rate| rate.eligible).sum::<usize>() - churned;
    if days < needed_days {
        Some(Obstacle::ShortSpan { days, needed_days })
    } else if before_test < MIN_CUTOFFS_BEFORE_TEST {
        Some(Obstacle::FewCutoffs { found: before_test, needed: MIN_CUTOFFS_BEFORE_TEST })
    } else if churned.min(stayed) < MIN_OUTCOMES {
        Some(Obstacle::FewOutcomes { churned, stayed, needed: MIN_OUTCOMES })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_pairs_hold_windows_from_one_to_five_horizons_and_whatever_is_asked_for() {
        let pairs = pairs([(Days(45), Days(200)), (Days(30), Days(60))].into_iter());
        let of = |horizon: u32| -> Vec<u32> {
            pairs.iter().filter(|pair| pair.0 == Days(horizon)).map(|pair| pair.1.0).collect()
        };
        assert_eq!(of(30), [30, 60, 90, 120]);
        assert_eq!(of(365), [365, 730]);
        assert_eq!(of(45), [200]);
    }

    #[test]
    fn mean_and_spread_are_those_of_the_rates() {
        let rate = |churned| CutoffRate { cutoff: Date::ZERO, eligible: 10, churned };
        let (mean, spread) = mean_and_spread(&[rate(2), rate(4), rate(6), CutoffRate { eligible: 0, ..rate(0) }]);
        assert!((mean.unwrap() - 0.4).abs() < 1e-12 && (spread.unwrap() - 0.2).abs() < 1e-12);
        assert_eq!(mean_and_spread(&[rate(5)]).1, None);
        assert_eq!(mean_and_spread(&[]), (None, None));
    }
}
