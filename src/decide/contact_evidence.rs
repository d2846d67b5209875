//! What the shop's own contacts say of each action: whether it keeps as many as the playbook assumes, and whether it drives
//! customers away. Customers who were contacted stand beside those of the control group; nothing else is evidence.

use std::collections::BTreeMap;

use serde::Serialize;

use super::comparison::{Arms, Estimate};
use super::stage::Stage;
use crate::config::playbook::{Action, Evidence, Playbook, Rate};
use crate::maths::exact_tests::false_discovery_adjusted;

/// One customer for whom an action was done, or left undone to measure by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactTrial {
    /// Place of the action in the playbook.
    pub action: usize,
    /// The life-cycle stage at the contact.
    pub stage: Stage,
    /// Whether the customer was left alone.
    pub is_control: bool,
    /// Whether the customer bought in the horizon after it.
    pub bought: bool,
    /// Whether the customer bought in as many days before it.
    pub bought_before: bool,
}

/// What the shop's own contacts say.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ContactEvidence {
    /// Of whom all figures are.
    pub population: String,
    /// Days after a contact in which it is looked at whether the customer bought.
    pub horizon_days: u32,
    /// Rows of the table of contacts that are not compared, by why.
    pub left_out: BTreeMap<&'static str, u64>,
    /// The actions that stand in the table, in the order of the playbook.
    pub actions: Vec<ActionEvidence>,
}

/// What contacts say of one action.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ActionEvidence {
    /// Its name.
    pub action: String,
    #[serde(skip)]
    place: usize,
    /// All customers, then those of each life-cycle stage.
    pub comparisons: Vec<ContactComparison>,
    /// What it keeps, by customers who were not dormant; absent where the playbook names no such rate.
    pub save_rate: Option<RateEvidence>,
    /// What it brings back, by dormant customers; absent where the playbook names no such rate.
    pub winback_rate: Option<RateEvidence>,
}

/// Customers who were contacted beside those who were left alone.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ContactComparison {
    /// `all`, or a life-cycle stage at the contact.
    pub group: &'static str,
    /// Both arms.
    #[serde(flatten)]
    pub arms: Arms,
    /// How much larger the share who bought is among those contacted.
    pub difference: Option<Estimate>,
    /// Probability of a difference as low as this one if contacts change nothing; adjusted for the number of comparisons. Absent
    /// where nothing was tested.
    pub p_lowers: Option<f64>,
    /// What that says.
    pub finding: ContactFinding,
}

/// What a comparison says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContactFinding {
    /// Too few customers in an arm.
    TooFew,
    /// The arms bought differently before the contact already: they were not drawn by chance.
    ArmsDifferBefore,
    /// Fewer buy after a contact, beyond chance: the customers are left in peace.
    Lowers,
    /// More buy after a contact, beyond chance.
    Raises,
    /// No difference beyond chance.
    NoDifference,
}

/// A rate of the playbook beside the same measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RateEvidence {
    /// What the playbook says.
    pub playbook: f64,
    /// The customers by whom it is measured.
    #[serde(flatten)]
    pub arms: Arms,
    /// Of those who would have bought nothing, the share who bought because of the contact; absent with too few customers, or arms
    /// that differed before.
    pub measured: Option<Estimate>,
    /// Both together, by their precision.
    pub together: Option<f64>,
    /// Customers that the knowledge of it weighs as much as.
    pub together_weight: Option<f64>,
}

/// Adjusted p-value below which contacts drive customers away. Small, because it is looked at every night.
pub const HARM_LEVEL: f64 = 0.01;
/// Least mean and weight of a rate that was measured.
const LEAST_RATE: f64 = 0.001;
const WEIGHTS: [f64; 2] = [1.0, 1e7];

impl ContactEvidence {
    /// Compares the arms of each action.
    ///
    /// * `population` - who the trials are, in words.
    #[must_use]
    pub fn of(
        trials: &[ContactTrial],
        playbook: &Playbook,
        (horizon_days, population): (u32, String),
        left_out: BTreeMap<&'static str, u64>,
    ) -> Self {
        let mut by_stage: BTreeMap<usize, BTreeMap<Stage, Arms>> = BTreeMap::new();
        for trial in trials {
            let arms = by_stage.entry(trial.action).or_default().entry(trial.stage).or_default();
            let arm = if trial.is_control { &mut arms.control } else { &mut arms.contacted };
            arm.add(trial.bought, trial.bought_before);
        }
        let actions = by_stage
            .into_iter()
            .filter_map(|(place, stages)| Some(ActionEvidence::of(place, playbook.actions.get(place)?, &stages)));
        let mut evidence = Self { population, horizon_days, left_out, actions: actions.collect() };
        evidence.find();
        evidence
    }

    /// Says what each comparison found; all tests count together.
    fn find(&mut self) {
        let mut tested: Vec<&mut ContactComparison> =
            self.actions.iter_mut().flat_map(|action| &mut action.comparisons).filter(|one| one.is_telling()).collect();
        let p_values: Vec<f64> = tested.iter().map(|one| one.arms.p_lowers()).collect();
        for (one, adjusted) in tested.iter_mut().zip(false_discovery_adjusted(&p_values)) {
            one.p_lowers = Some(adjusted);
            let raises = one.difference.is_some_and(|difference| difference.interval[0] > 0.0);
            one.finding = match () {
                () if adjusted < HARM_LEVEL => ContactFinding::Lowers,
                () if raises => ContactFinding::Raises,
                () => ContactFinding::NoDifference,
            };
        }
    }

    /// The comparison by which an action drives customers of a stage away, if one does. Complaints are answered in any case.
    #[must_use]
    pub fn harm(&self, place: usize, action: &Action, stage: Stage) -> Option<&ContactComparison> {
        let own = self.actions.iter().find(|own| own.place == place && !action.resolves())?;
        let is_of = |one: &&ContactComparison| one.group == ALL || one.group == stage.name();
        own.comparisons.iter().filter(is_of).find(|one| one.finding == ContactFinding::Lowers)
    }

    /// A playbook with rates that are drawn towards what was measured.
    #[must_use]
    pub fn measured_playbook(&self, playbook: &Playbook) -> Playbook {
        let mut playbook = playbook.clone();
        for own in &self.actions {
            let Some(action) = playbook.actions.get_mut(own.place) else { continue };
            for (rate, found) in [(&mut action.save_rate, own.save_rate), (&mut action.winback_rate, own.winback_rate)]
            {
                if let Some((mean, weight)) = found.and_then(|found| found.together.zip(found.together_weight)) {
                    *rate = Rate { mean, weight, evidence: Evidence::Measured };
                }
            }
        }
        playbook
    }
}

/// The word for customers of every stage.
pub const ALL: &str = "all";

impl ActionEvidence {
    fn of(place: usize, action: &Action, stages: &BTreeMap<Stage, Arms>) -> Self {
        let sum = |arms: &mut dyn Iterator<Item = (&Stage, &Arms)>| {
            arms.fold(Arms::default(), |sum, (_, arms)| sum.and(*arms))
        };
        let all = sum(&mut stages.iter());
        let here = sum(&mut stages.iter().filter(|(stage, _)| **stage != Stage::Dormant));
        let dormant = stages.get(&Stage::Dormant).copied().unwrap_or_default();
        let of_stages = stages.iter().map(|(stage, arms)| ContactComparison::of(stage.name(), *arms));
        let rate = |rate: &Rate, arms| (rate.mean > 0.0).then(|| RateEvidence::of(rate, arms));
        Self {
            action: action.name.clone(),
            place,
            comparisons: std::iter::once(ContactComparison::of(ALL, all)).chain(of_stages).collect(),
            save_rate: rate(&action.save_rate, here),
            winback_rate: rate(&action.winback_rate, dormant),
        }
    }
}

impl ContactComparison {
    fn of(group: &'static str, arms: Arms) -> Self {
        let finding = match () {
            () if !arms.is_enough() => ContactFinding::TooFew,
            () if arms.differ_before() => ContactFinding::ArmsDifferBefore,
            () => ContactFinding::NoDifference,
        };
        Self { group, arms, difference: arms.difference(), p_lowers: None, finding }
    }

    fn is_telling(&self) -> bool {
        self.finding == ContactFinding::NoDifference
    }
}

impl RateEvidence {
    fn of(playbook: &Rate, arms: Arms) -> Self {
        let is_telling = arms.is_enough() && !arms.differ_before();
        let measured = arms.persuaded().filter(|_| is_telling);
        let together = measured.and_then(|measured| together(playbook, &measured));
        Self {
            playbook: playbook.mean,
            arms,
            measured,
            together: together.map(|rate| rate.0),
            together_weight: together.map(|rate| rate.1),
        }
    }
}

/// Mean and weight of a rate after a measurement: both are taken as normal, and the beta distribution of that mean and variance
/// stands for the result.
///
/// # Source
/// Gelman et al. (2013), Bayesian Data Analysis, third edition, equation 2.10.
fn together(prior: &Rate, measured: &Estimate) -> Option<(f64, f64)> {
    let prior_variance = prior.mean * (1.0 - prior.mean) / (prior.weight + 1.0);
    let variance = measured.standard_error.powi(2);
    let precision = 1.0 / prior_variance + 1.0 / variance;
    let mean = (prior.mean / prior_variance + measured.value / variance) / precision;
    let mean = mean.clamp(LEAST_RATE, 1.0 - LEAST_RATE);
    let weight = (mean * (1.0 - mean) * precision - 1.0).clamp(WEIGHTS[0], WEIGHTS[1]);
    (variance > 0.0 && weight.is_finite()).then_some((mean, weight))
}

#[cfg(test)]
#[path = "contact_evidence_tests.rs"]
mod tests;
