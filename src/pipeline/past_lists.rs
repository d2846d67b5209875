//! The lists of past days, made as they would have been then, and whether the values in them were right.

use crate::config::Config;
use crate::dataset::{DatasetSettings, NetMargins, Span};
use crate::decide::{OutcomeProbabilities, Prospect, Suppression, rank};
use crate::evaluate::bootstrap::Resampling;
use crate::evaluate::{ValueCalibration, ValueTest};
use crate::timeline::{Cutoff, EventLog};
use crate::units::Days;
use crate::value::{Basis, PastValues};

/// The customers of the list of a past day, and what the model of that day said of them.
pub(super) struct PastDay<'a> {
    pub(super) cutoff: Cutoff,
    /// Their numbers, ascending.
    pub(super) customers: &'a [u32],
    pub(super) churn_probability: &'a [f64],
    /// What was to come of each.
    pub(super) outcomes_expected: &'a [OutcomeProbabilities],
}

/// Whether values were right, and where that could not be looked at.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct ValueCalibrationReport {
    /// Over the horizon of churn and, where the data reach, over the horizon of value.
    pub windows: Vec<ValueCalibration>,
    /// Days without figures, and why.
    pub left_out: Vec<DayLeftOut>,
}

/// A day that has no part in figures.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct DayLeftOut {
    /// The day.
    pub cutoff: String,
    /// Why.
    pub why: String,
}

/// The shop whose past lists are looked at, by what is known of it at a day.
#[derive(Clone, Copy)]
pub(super) struct PastLists<'a> {
    pub(super) config: &'a Config,
    pub(super) log: &'a EventLog,
    pub(super) settings: &'a DatasetSettings,
    pub(super) as_of: Cutoff,
}

/// The list of a past day.
struct PastList<'a> {
    day: &'a PastDay<'a>,
    values: PastValues,
    /// The rows of its list in their order, without those to be won back.
    ranked: Vec<usize>,
}

impl PastLists<'_> {
    /// Days over which predicted margin is held against what came: the horizon of churn, and that of value.
    fn windows(&self) -> Vec<Days> {
        let mut windows = vec![self.settings.rule.horizon, self.config.value.horizon_days];
        windows.dedup();
        windows
    }

    /// Whether the data reach so many days beyond a cutoff.
    fn reach(&self, cutoff: Cutoff, days: Days) -> bool {
        cutoff.after(days, &self.settings.zone) <= self.as_of
    }

    /// The latest day that the data let look ahead over the whole horizon of value, if none of `cutoffs` is one.
    pub(super) fn day_for_value(&self, mut cutoffs: impl Iterator<Item = Cutoff>) -> Option<Cutoff> {
        let days = self.config.value.horizon_days;
        (!cutoffs.any(|cutoff| self.reach(cutoff, days))).then(|| self.as_of.before(days, &self.settings.zone))
    }

    /// Holds the margin that was predicted at past days against what came by now.
    pub(super) fn value_calibration(&self, days: &[PastDay<'_>]) -> ValueCalibrationReport {
        let windows = self.windows();
        let mut report = ValueCalibrationReport::default();
        let mut lists = Vec::with_capacity(days.len());
        for day in days {
            match self.list(day, &windows) {
                Ok(list) => lists.push(list),
                Err(why) => report.left_out.push(DayLeftOut { cutoff: day.cutoff.to_string(), why: why.to_string() }),
            }
        }
        let resampling = Resampling { seed: self.config.seed, n_replicates: self.config.backtest.bootstrap };
        let population = self.settings.rule.population();
        for (place, days) in windows.iter().enumerate() {
            let matured: Vec<&PastList<'_>> = lists.iter().filter(|list| self.reach(list.day.cutoff, *days)).collect();
            let tests = self.tests(&matured, place, *days);
            report.windows.extend(ValueCalibration::of(&tests, *days, &population, resampling));
        }
        report
    }

    /// The list as the models of its day would have made it.
    fn list<'a>(&self, day: &'a PastDay<'a>, windows: &[Days]) -> Result<PastList<'a>, crate::clv::ValueError> {
        let PastDay { cutoff, customers, churn_probability, outcomes_expected } = *day;
        let basis = Basis { config: self.config, log: self.log, settings: self.settings, as_of: cutoff };
        let values = basis.past_values(customers, windows)?;
        let prospect = |(((customer, p), at_stake), outcome): (((&u32, &f64), &f64), &OutcomeProbabilities)| Prospect {
            customer: *customer,
            churn_probability: *p,
            outcome: *outcome,
            value_at_stake: *at_stake,
            suppressed: self.log.opted_out(*customer, cutoff).then_some(Suppression::OptedOut),
        };
        let rows = customers.iter().zip(churn_probability).zip(&values.at_stake).zip(outcomes_expected);
        let prospects: Vec<Prospect> = rows.map(prospect).collect();
        Ok(PastList { day, ranked: rank(&prospects).list, values })
    }

    /// What was predicted over one window beside what came.
    fn tests(&self, lists: &[&PastList<'_>], window: usize, days: Days) -> Vec<ValueTest> {
        let span = |list: &&PastList<'_>| {
            let from = list.day.cutoff;
            Span { from, until: from.after(days, &self.settings.zone) }
        };
        let spans: Vec<Span> = lists.iter().map(span).collect();
        let came = NetMargins::collect(self.log, &spans, self.as_of, self.settings);
        let test = |(place, list): (usize, &&PastList<'_>)| ValueTest {
            cutoff: list.day.cutoff.to_string(),
            customer: list.day.customers.to_vec(),
            predicted: list.values.predicted.get(window).cloned().unwrap_or_default(),
            actual: list.day.customers.iter().map(|customer| came.of(*customer, place)).collect(),
            ranked: list.ranked.clone(),
        };
        lists.iter().enumerate().map(test).collect()
    }
}
