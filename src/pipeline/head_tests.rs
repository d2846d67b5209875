//! How well the heads predict who comes back, at days whose follow-up has ended, beside plain rules.

use serde::Serialize;

use super::heads::Expected;
use crate::evaluate::bootstrap::Resampling;
use crate::evaluate::{Evaluation, LearnerScores, Settings, TestCutoff, evaluate};
use crate::label::{ChurnRule, Outcome};

/// The name of a head among its baselines.
const HEAD: &str = "head";
/// The baselines: silence in the own rhythm, and the probability of being active by the purchase model.
const SILENCE: &str = "own_rhythm_silence";
const ALIVE: &str = "p_alive";

/// What was said at a day, and what came; an entry for each customer.
pub(super) struct HeadDay {
    pub(super) cutoff: String,
    pub(super) customers: Vec<u32>,
    pub(super) churn_probability: Vec<f64>,
    pub(super) expected: Vec<Expected>,
    /// Empty without a purchase model.
    pub(super) alive: Vec<f64>,
    /// Of the 365 days before, in major units.
    pub(super) margin: Vec<f64>,
    pub(super) came: Vec<Outcome>,
}

/// Both heads, evaluated as churn is: positive means that nothing was bought in the follow-up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct HeadTests {
    /// Among those who bought nothing in the label window.
    pub never: Option<Evaluation>,
    /// Among those who bought in it.
    pub last: Option<Evaluation>,
}

impl HeadTests {
    /// Tests both; neither at a day without heads.
    pub(super) fn of(days: &[HeadDay], rule: &ChurnRule, resampling: Resampling) -> Self {
        let of_head = |after_purchase: bool| {
            let did = if after_purchase { "who bought" } else { "who bought nothing" };
            let settings = Settings {
                seed: resampling.seed,
                n_bootstrap: resampling.n_replicates,
                population: format!("{}, {did} in the label window of {}", rule.population(), rule.horizon),
            };
            let tests: Vec<TestCutoff> = days.iter().filter_map(|day| day.test(after_purchase)).collect();
            let has_alive = tests.iter().all(|test| test.scores.len() == 3);
            let baselines: &[&str] = if has_alive { &[SILENCE, ALIVE] } else { &[SILENCE] };
            evaluate(&tests, HEAD, baselines, &settings).ok()
        };
        Self { never: of_head(false), last: of_head(true) }
    }
}

impl HeadDay {
    /// The rows that one head speaks of; `None` without heads or without such rows.
    fn test(&self, after_purchase: bool) -> Option<TestCutoff> {
        let is_meant = |row: &usize| self.came[*row].has_churned() != after_purchase;
        let rows: Vec<usize> = (0..self.came.len()).filter(is_meant).collect();
        let said = |row: &usize| {
            let said = self.expected[*row].said?;
            Some(if after_purchase { said.last } else { said.never })
        };
        let said = rows.iter().map(said).collect::<Option<Vec<f64>>>().filter(|said| !said.is_empty())?;
        let silence =
            rows.iter().map(|row| self.expected[*row].outcome.gone_share(self.churn_probability[*row])).collect();
        let scores =
            |name: &str, is_probability, values| LearnerScores { name: name.to_owned(), is_probability, values };
        let mut all = vec![scores(HEAD, true, said), scores(SILENCE, false, silence)];
        if !self.alive.is_empty() {
            all.push(scores(ALIVE, false, rows.iter().map(|row| 1.0 - self.alive[*row]).collect()));
        }
        Some(TestCutoff {
            cutoff: self.cutoff.clone(),
            customer: rows.iter().map(|row| self.customers[*row]).collect(),
            churned: rows.iter().map(|row| matches!(self.came[*row], Outcome::Never | Outcome::Last)).collect(),
            value: rows.iter().map(|row| self.margin[*row]).collect(),
            scores: all,
            slices: Vec::new(),
        })
    }
}
