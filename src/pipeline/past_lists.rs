//! The lists of past days, made as they would have been then: whether the values in them were right, and what came of
//! those ranked first.

use super::head_tests::{HeadDay, HeadTests};
use super::heads::Expected;
use super::reason_tests::{DayReasons, ReasonTests};
use crate::clv::ValueError;
use crate::config::Config;
use crate::dataset::{BroughtInSpans, DatasetSettings, Span};
use crate::decide::{Order, Prospect, Suppression, rank};
use crate::evaluate::bootstrap::Resampling;
use crate::evaluate::{ListOutcomes, OutcomeCalibration, OutcomeTest, SaidOutcomes, ValueCalibration, ValueTest};
use crate::label::Outcome;
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
    pub(super) outcomes_expected: &'a [Expected],
    /// In the 365 days before, in major units.
    pub(super) past_year_margin: &'a [f64],
    /// What came of each; `None` where the follow-up has not ended.
    pub(super) outcomes: Option<&'a [Outcome]>,
}

/// What lists of past days were worth.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct PastListsReport {
    /// Whether their values were right.
    pub value_calibration: ValueCalibrationReport,
    /// What came of those ranked first; `None` where no follow-up has ended.
    pub outcomes: Option<ListOutcomes>,
    /// What was said of the four outcomes beside what came; `None` where no follow-up has ended or no heads were learnt.
    pub outcome_calibration: Option<OutcomeCalibration>,
    /// How well the heads predicted what came, on the same days.
    pub heads: HeadTests,
    /// Whether the reasons of the test cutoffs held.
    pub reasons: Option<ReasonTests>,
    /// For each day, whether each of its customers was in the first tenth of its list.
    #[serde(skip)]
    pub first_tenths: Vec<(Cutoff, Vec<bool>)>,
}

/// Whether values were right, and where that could not be looked at.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct ValueCalibrationReport {
    /// Over the horizon of churn and, where the data reach, over the horizon of value.
    pub windows: Vec<ValueCalibration>,
    /// Days without figures, and why.
    pub left_out: Vec<DayLeftOut>,
}

/// A day that has no part in figures.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
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
    /// Why there are none, if there are not.
    values: Result<PastValues, ValueError>,
    prospects: Vec<Prospect>,
    /// Rows of the list and of the win-back list, each in its order.
    order: Order,
}

impl PastList<'_> {
    /// Whether each row is in the first tenth of the list.
    fn first_tenth(&self) -> Vec<bool> {
        let mut is_first = vec![false; self.prospects.len()];
        for row in self.order.list.iter().take(self.order.list.len().div_ceil(10)) {
            if let Some(is_first) = is_first.get_mut(*row) {
                *is_first = true;
            }
        }
        is_first
    }

    /// The rows by other rules than the list's own, the first first.
    fn rankings(&self) -> Vec<(&'static str, Vec<usize>)> {
        let by = |score: fn(&Prospect) -> f64| {
            let mut order: Vec<usize> = (0..self.prospects.len()).collect();
            let score = |row: usize| score(&self.prospects[row]);
            order.sort_by(|a, b| score(*b).total_cmp(&score(*a)).then(a.cmp(b)));
            order
        };
        vec![
            ("list", self.order.list.clone()),
            ("win-back", self.order.winback.clone()),
            ("churn probability", by(|prospect| prospect.churn_probability)),
            ("value at stake", by(|prospect| prospect.value_at_stake)),
            ("churn x value", by(|prospect| prospect.churn_probability * prospect.value_at_stake)),
        ]
    }
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

    /// Looks at the lists of past days by what came of them by now.
    pub(super) fn report(&self, days: &[PastDay<'_>], reasons: &[DayReasons]) -> PastListsReport {
        let windows = self.windows();
        let lists: Vec<PastList<'_>> = days.iter().map(|day| self.list(day, &windows)).collect();
        PastListsReport {
            value_calibration: self.value_calibration(&lists, &windows),
            outcomes: self.outcomes(&lists),
            outcome_calibration: self.outcome_calibration(&lists),
            heads: self.heads(&lists),
            reasons: ReasonTests::of(reasons, &self.settings.rule.population(), self.resampling()),
            first_tenths: lists.iter().map(|list| (list.day.cutoff, list.first_tenth())).collect(),
        }
    }

    fn resampling(&self) -> Resampling {
        Resampling { seed: self.config.seed, n_replicates: self.config.backtest.bootstrap }
    }

    /// Holds the margin that was predicted at past days against what came.
    fn value_calibration(&self, lists: &[PastList<'_>], windows: &[Days]) -> ValueCalibrationReport {
        let why = |list: &PastList<'_>| {
            let why = list.values.as_ref().err()?.to_string();
            Some(DayLeftOut { cutoff: list.day.cutoff.to_string(), why })
        };
        let population = self.settings.rule.population();
        let of_window = |(place, days): (usize, &Days)| {
            let matured = lists.iter().filter(|list| list.values.is_ok() && self.reach(list.day.cutoff, *days));
            let tests = self.tests(&matured.collect::<Vec<_>>(), place, *days);
            ValueCalibration::of(&tests, *days, &population, self.resampling())
        };
        ValueCalibrationReport {
            windows: windows.iter().enumerate().filter_map(of_window).collect(),
            left_out: lists.iter().filter_map(why).collect(),
        }
    }

    /// Tests the heads on the days whose follow-up has ended.
    fn heads(&self, lists: &[PastList<'_>]) -> HeadTests {
        let day = |list: &PastList<'_>| {
            let values = list.values.as_ref().ok();
            Some(HeadDay {
                cutoff: list.day.cutoff.to_string(),
                customers: list.day.customers.to_vec(),
                churn_probability: list.day.churn_probability.to_vec(),
                expected: list.day.outcomes_expected.to_vec(),
                alive: values.map_or_else(Vec::new, |values| values.alive.clone()),
                margin: list.day.past_year_margin.to_vec(),
                came: list.day.outcomes?.to_vec(),
            })
        };
        let days: Vec<HeadDay> = lists.iter().filter_map(day).collect();
        HeadTests::of(&days, &self.settings.rule, self.resampling())
    }

    /// Counts what came of those ranked first.
    fn outcomes(&self, lists: &[PastList<'_>]) -> Option<ListOutcomes> {
        let test = |list: &PastList<'_>| {
            Some(OutcomeTest {
                cutoff: list.day.cutoff.to_string(),
                customer: list.day.customers.to_vec(),
                outcome: list.day.outcomes?.to_vec(),
                margin: list.day.past_year_margin.to_vec(),
                rankings: list.rankings(),
            })
        };
        let tests: Vec<OutcomeTest> = lists.iter().filter_map(test).collect();
        ListOutcomes::of(&tests, &self.settings.rule.population(), self.resampling())
    }

    /// Holds what was said of the four outcomes against what came, at the days with heads.
    fn outcome_calibration(&self, lists: &[PastList<'_>]) -> Option<OutcomeCalibration> {
        let day = |list: &PastList<'_>| {
            let came = list.day.outcomes?.to_vec();
            let said = list.day.outcomes_expected.iter().zip(list.day.churn_probability);
            let said = said.map(|(expected, churn)| Some(expected.said?.outcomes(*churn)));
            Some(SaidOutcomes {
                cutoff: list.day.cutoff.to_string(),
                customer: list.day.customers.to_vec(),
                said: said.collect::<Option<Vec<[f64; 4]>>>().filter(|said| said.len() == came.len())?,
                came,
            })
        };
        let days: Vec<SaidOutcomes> = lists.iter().filter_map(day).collect();
        OutcomeCalibration::of(&days, &self.settings.rule.population(), self.resampling())
    }

    /// The list as the models of its day would have made it.
    fn list<'a>(&self, day: &'a PastDay<'a>, windows: &[Days]) -> PastList<'a> {
        let PastDay { cutoff, customers, churn_probability, outcomes_expected, past_year_margin, .. } = *day;
        let basis = Basis { config: self.config, log: self.log, settings: self.settings, as_of: cutoff };
        let values = basis.past_values(customers, windows);
        // Without a value model, the coming year is expected to be like the past one.
        let at_stake = values.as_ref().map_or(past_year_margin, |values| &values.at_stake);
        let prospect = |(((customer, p), at_stake), expected): (((&u32, &f64), &f64), &Expected)| Prospect {
            customer: *customer,
            churn_probability: *p,
            outcome: expected.outcome,
            value_at_stake: *at_stake,
            value_after_return: *at_stake,
            suppressed: self.log.opted_out(*customer, cutoff).then_some(Suppression::OptedOut),
        };
        let rows = customers.iter().zip(churn_probability).zip(at_stake).zip(outcomes_expected);
        let prospects: Vec<Prospect> = rows.map(prospect).collect();
        PastList { day, order: rank(&prospects), prospects, values }
    }

    /// What was predicted over one window beside what came.
    fn tests(&self, lists: &[&PastList<'_>], window: usize, days: Days) -> Vec<ValueTest> {
        let span = |list: &&PastList<'_>| {
            let from = list.day.cutoff;
            Span { from, until: from.after(days, &self.settings.zone) }
        };
        let spans: Vec<Span> = lists.iter().map(span).collect();
        let came = BroughtInSpans::collect(self.log, &spans, self.as_of, self.settings);
        let test = |(place, list): (usize, &&PastList<'_>)| {
            let expected = list.values.as_ref().ok()?.expected.get(window)?;
            let brought = |customer: &u32| came.of(*customer, place);
            Some(ValueTest {
                cutoff: list.day.cutoff.to_string(),
                customer: list.day.customers.to_vec(),
                predicted: expected.iter().map(|expected| expected.margin).collect(),
                predicted_visits: expected.iter().map(|expected| expected.visits).collect(),
                actual: list.day.customers.iter().map(|customer| brought(customer).margin).collect(),
                actual_visits: list.day.customers.iter().map(|customer| f64::from(brought(customer).visits)).collect(),
                ranked: list.order.list.clone(),
            })
        };
        lists.iter().enumerate().filter_map(test).collect()
    }
}
