//! What came of past lists: each list whose label window has ended, joined to its outcomes, beside what its probabilities
//! had promised.

use jiff::tz::TimeZone;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::evidence::{DECAYED, log_evidence};
use super::expected::Expected;
use super::words::whole;
use crate::checked::{self, Checked, Flaw};
use crate::evaluate::Evaluation;
use crate::evaluate::metrics::Metrics;
use crate::evaluate::prepared::Sample;
use crate::label::ChurnRule;
use crate::text::{counted, grouped};
use crate::timeline::{Cutoff, EventLog, date_of};

/// Lists that are remembered.
const MOST_LISTS: usize = 800;
/// Standard deviation of the level between tests, in log-odds, before there are any: an error of a fifth of the odds, as a
/// season that no test has seen brings. It counts as so many tests, because few of them see a whole year.
const USUAL_LEVEL_SD: f64 = 0.2;
const USUAL_TESTS: f64 = 3.0;
/// Normal deviate of an interval that holds 95 %.
const DEVIATE: f64 = 1.96;

/// A list, what was expected of it and, once its label window has ended, what came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListPerformance {
    /// The day of the list, counted from 1970-01-01.
    pub as_of_day: i32,
    /// The version that scored.
    pub model_version: String,
    /// What its probabilities promise.
    pub expected: Expected,
    /// What came; `None` before the label window has ended.
    pub realised: Option<Realised>,
    /// What its plan promised; `None` of lists that were made before this was kept.
    #[serde(default)]
    pub planned: Option<Planned>,
}

/// What the plan of a list promised, both lists together, money in major units.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// Customers to contact.
    pub n_contacted: u64,
    /// Expected net gain of these contacts.
    pub net_gain: f64,
    /// What they are expected to cost, incentives included.
    pub cost: f64,
}

/// What came of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Realised {
    /// Customers of the list who are in the data.
    pub n: u64,
    /// Customers of the list who no longer are.
    pub missing: u64,
    /// How many left.
    pub churned: u64,
    /// How many were expected to.
    pub expected: f64,
    /// Area under the receiver operating characteristic.
    pub auc: Option<f64>,
    /// Mean negative log-likelihood in nats.
    pub log_loss: Option<f64>,
    /// Logarithm of the evidence against the model, this list and those before it; `None` where its label window overlaps
    /// that of a list that counts.
    pub log_evidence: Option<f64>,
}

impl Realised {
    /// Observed to expected, with an interval that holds it in 95 of 100 cases if customers leave independently.
    #[must_use]
    pub fn ratio(&self, variance: f64) -> Option<[f64; 3]> {
        let ratio = self.churned as f64 / self.expected;
        let reach = DEVIATE * variance.sqrt() / self.expected;
        (self.expected > 0.0).then_some([ratio, (ratio - reach).max(0.0), ratio + reach])
    }
}

/// The customers of a past list, by id, with their churn probabilities.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PastList {
    /// As in the shop's tables.
    pub customer_ids: Vec<String>,
    /// One for each.
    pub churn_probabilities: Vec<f64>,
}

/// What is known of outcomes today.
pub struct Outcomes<'a> {
    /// The shop.
    pub log: &'a EventLog,
    /// What churn means.
    pub rule: &'a ChurnRule,
    /// The shop's zone.
    pub zone: &'a TimeZone,
    /// Today.
    pub as_of: Cutoff,
}

impl Outcomes<'_> {
    /// Whether the label window of a list of that day has ended.
    #[must_use]
    pub fn has_matured(&self, as_of_day: i32) -> bool {
        cutoff(as_of_day, self.zone)
            .is_some_and(|cutoff| cutoff.after(self.rule.matures_after(), self.zone) <= self.as_of)
    }

    /// Whether each customer left who had bought before a day, by number.
    fn of(&self, day: Cutoff) -> Vec<Option<bool>> {
        let windows = self.rule.windows(&[day], self.zone);
        let of_shard = |shard: &crate::timeline::Shard| {
            let mut left = vec![None; shard.customers().len()];
            shard.outcomes(&[day], |place, _, future| {
                if let (Some(left), Some(window)) =
                    (left.get_mut(place.customer - shard.customers().start), windows.first())
                {
                    *left = Some(!window.retention(future).stands_at(self.as_of.at()));
                }
            });
            left
        };
        let shards: Vec<Vec<Option<bool>>> = self.log.shards().par_iter().map(of_shard).collect();
        shards.concat()
    }

    /// Joins a list to what came of its customers.
    fn join(&self, day: Cutoff, list: &PastList) -> (Vec<f64>, Vec<bool>) {
        let (left, ids) = (self.of(day), self.log.customer_ids());
        let row = |(id, probability): (&String, &f64)| {
            let number = ids.binary_search(id).ok()?;
            Some((*probability, (*left.get(number)?)?))
        };
        list.customer_ids.iter().zip(&list.churn_probabilities).filter_map(row).unzip()
    }

    /// What came of the lists that have matured since, by a model whose level moves with `level_sd`; `read` gives a list by
    /// its day.
    pub fn realise(
        &self,
        lists: &mut [ListPerformance],
        level_sd: impl Fn(&str) -> f64,
        read: impl Fn(i32) -> Option<PastList>,
    ) {
        for place in 0..lists.len() {
            let (before, rest) = lists.split_at_mut(place);
            let Some(list) =
                rest.first_mut().filter(|list| list.realised.is_none() && self.has_matured(list.as_of_day))
            else {
                continue;
            };
            let (Some(day), Some(past)) = (cutoff(list.as_of_day, self.zone), read(list.as_of_day)) else { continue };
            let (probabilities, churned) = self.join(day, &past);
            let missing = (past.customer_ids.len() - churned.len()) as u64;
            let so_far = self.evidence_before(before, list);
            let sd = level_sd(&list.model_version);
            let log_evidence = so_far.map(|so_far| so_far + log_evidence(&probabilities, &churned, sd));
            list.realised = Some(realised(&probabilities, &churned, missing, log_evidence));
        }
    }

    /// The evidence of the lists before one by the same model; `None` where its label window overlaps that of the last one
    /// that counts.
    fn evidence_before(&self, before: &[ListPerformance], list: &ListPerformance) -> Option<f64> {
        let counts =
            |past: &&ListPerformance| past.model_version == list.model_version && past.log_evidence().is_some();
        let Some(latest) = before.iter().rev().find(counts) else { return Some(0.0) };
        let ends = cutoff(latest.as_of_day, self.zone)?.after(self.rule.matures_after(), self.zone);
        (ends.day() <= list.as_of_day).then(|| latest.log_evidence()).flatten()
    }
}

fn cutoff(day: i32, zone: &TimeZone) -> Option<Cutoff> {
    Some(Cutoff::at_start_of(date_of(day)?, zone))
}

fn realised(probabilities: &[f64], churned: &[bool], missing: u64, log_evidence: Option<f64>) -> Realised {
    let value = vec![1.0; churned.len()];
    let metrics = Metrics::of(&Sample { churned, scores: probabilities, value: &value, is_probability: true });
    Realised {
        n: churned.len() as u64,
        missing,
        churned: churned.iter().filter(|churned| **churned).count() as u64,
        expected: probabilities.iter().sum(),
        auc: metrics.as_ref().and_then(|metrics| metrics.auc),
        log_loss: metrics.as_ref().and_then(|metrics| metrics.log_loss),
        log_evidence,
    }
}

impl ListPerformance {
    fn log_evidence(&self) -> Option<f64> {
        self.realised.as_ref()?.log_evidence
    }

    /// In one sentence: the list, and what came beside what was expected.
    #[must_use]
    pub fn in_words(&self) -> Option<String> {
        let realised = self.realised.as_ref()?;
        let figure = |figure: Option<f64>| figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.3}"));
        let [ratio, low, high] = realised.ratio(self.expected.variance)?;
        let missing = match realised.missing {
            0 => String::new(),
            missing => format!("; {} no longer in the data", counted(missing, "customer")),
        };
        Some(format!(
            "list of {}, {}: {} left, {} expected (ratio {ratio:.2} [{low:.2}, {high:.2}]); AUC {} (expected {}), log-loss {} \
             (expected {}){missing}",
            date_of(self.as_of_day).unwrap_or_default(),
            counted(realised.n, "customer"),
            grouped(realised.churned),
            grouped(whole(realised.expected)),
            figure(realised.auc),
            figure(self.expected.auc),
            figure(realised.log_loss),
            figure(Some(self.expected.log_loss)),
        ))
    }
}

/// What the evidence says of a model, once lists of it have matured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DecayTest {
    /// The evidence against it.
    pub evidence: f64,
    /// From here on it has decayed.
    pub limit: f64,
    /// Lists that count, whose label windows do not overlap.
    pub n_lists: usize,
    /// Whether it has ever reached the limit.
    pub is_decayed: bool,
}

impl DecayTest {
    /// The test of a version; `None` before a list of it has matured.
    #[must_use]
    pub fn of(lists: &[ListPerformance], model_version: &str) -> Option<Self> {
        let own = lists.iter().filter(|list| list.model_version == model_version);
        let logs: Vec<f64> = own.filter_map(ListPerformance::log_evidence).collect();
        Some(Self {
            evidence: logs.last()?.exp(),
            limit: DECAYED,
            n_lists: logs.len(),
            is_decayed: logs.iter().any(|log| *log >= DECAYED.ln()),
        })
    }
}

/// How far the level of a model moves between its tests, as a standard deviation in log-odds.
#[must_use]
pub fn level_sd(evaluation: &Evaluation) -> f64 {
    let main = evaluation.learners.iter().find(|learner| learner.name == evaluation.main);
    let levels: Vec<f64> = main
        .into_iter()
        .flat_map(|learner| &learner.by_cutoff)
        .filter_map(|cutoff| cutoff.metrics.calibration_in_the_large)
        .collect();
    let squares = levels.iter().map(|level| level * level).sum::<f64>() + USUAL_TESTS * USUAL_LEVEL_SD * USUAL_LEVEL_SD;
    (squares / (levels.len() as f64 + USUAL_TESTS)).sqrt()
}

/// The lists of before and that of tonight, as many as are remembered.
#[must_use]
pub fn remembered(mut before: Vec<ListPerformance>, tonight: ListPerformance) -> Vec<ListPerformance> {
    before.retain(|list| list.as_of_day < tonight.as_of_day);
    before.push(tonight);
    let too_many = before.len().saturating_sub(MOST_LISTS);
    before.split_off(too_many)
}

impl Checked for ListPerformance {
    fn check(&self) -> Result<(), Flaw> {
        let Expected { n, churned, variance, auc, log_loss } = self.expected;
        checked::number("expected.variance", variance, &(0.0..=n as f64))?;
        checked::number("expected.churned", churned, &(0.0..=n as f64))?;
        checked::numbers("expected.auc", auc, &(0.0..=1.0))?;
        checked::number("expected.log_loss", log_loss, &(0.0..=20.0))?;
        if let Some(Planned { net_gain, cost, .. }) = self.planned {
            checked::number("planned.net_gain", net_gain, &(-1e18..=1e18))?;
            checked::number("planned.cost", cost, &(0.0..=1e18))?;
        }
        let Some(realised) = &self.realised else { return Ok(()) };
        checked::holds("realised.churned", realised.churned <= realised.n, "is more than there are")?;
        checked::numbers("realised.auc", realised.auc, &(0.0..=1.0))?;
        checked::numbers("realised.log_evidence", realised.log_evidence, &(-1e9..=1e9))
    }
}
