//! Owns fitting: the ladder from the wanted model down to one that always exists, with every step named in the result.

use serde::{Deserialize, Serialize};

use super::error::ValueError;
use super::model::{ModelKind, PurchaseModel};
use super::search::{Found, maximise};
use super::summary::{Grouped, TimeUnit};
use crate::maths::quasi_newton::Stop;

/// Regularities tried at most.
const MAX_REGULARITY: u32 = 12;

/// Gradient per customer up to which a search that made no more progress still counts as at its optimum.
const FLAT: f64 = 1e-6;

/// Which model is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// This one.
    Model(ModelKind),
    /// MBG/CNBD-k with the regularity k of highest likelihood: 1, 2, .. until it falls.
    ChosenRegularity,
}

/// What became of a step of the ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FitOutcome {
    /// This is the model.
    Accepted,
    /// Usable, but another regularity is more likely.
    LessLikely,
    /// Not usable, and why.
    Refused(String),
}

/// One step of the ladder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LadderStep {
    /// The model tried.
    pub model: String,
    /// Why its search stopped; absent for the step that needs no search.
    pub stop: Option<Stop>,
    /// Its log-likelihood.
    pub log_likelihood: Option<f64>,
    /// Parameters that ran to the edge of the search: their distribution is as good as degenerate.
    pub at_edge: Vec<String>,
    /// What became of it.
    pub outcome: FitOutcome,
}

/// A fitted model and how it came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Fit {
    /// The model.
    pub model: PurchaseModel,
    /// The unit of its time-like parameters.
    pub unit: TimeUnit,
    /// Its log-likelihood.
    pub log_likelihood: f64,
    /// The log-likelihood of NBD, in which nobody leaves.
    pub baseline_log_likelihood: f64,
    /// Customers it was fitted on.
    pub n_customers: f64,
    /// Largest entry of the gradient, per customer, where the search stopped.
    pub gradient_per_customer: f64,
    /// Evaluations of the likelihood.
    pub evaluations: u32,
    /// Every step of the ladder, in order; one is accepted.
    pub steps: Vec<LadderStep>,
}

/// Fits the wanted model; if it cannot be had, MBG/NBD, BG/NBD, NBD, and at last NBD by its moments.
///
/// # Errors
/// `ValueError::NoRepeatPurchases` if nobody ever came back, `ValueError::NoModel` if every step was refused.
pub fn fit(shop: &Grouped, unit: TimeUnit, wanted: Wanted) -> Result<Fit, ValueError> {
    if shop.n_repeat_purchases() <= 0.0 {
        return Err(ValueError::NoRepeatPurchases { n_customers: shop.n_rows() });
    }
    let baseline = maximise(ModelKind::Nbd, shop);
    let mut steps = Vec::new();
    let found = wanted_model(shop, wanted, baseline.as_ref(), &mut steps);
    let found = found.or_else(|| fallback(shop, baseline.as_ref(), &mut steps));
    let found = found.or_else(|| by_moments(shop, &mut steps)).ok_or_else(|| no_model(&steps))?;
    Ok(Fit {
        model: found.model,
        unit,
        log_likelihood: found.log_likelihood,
        baseline_log_likelihood: baseline.map_or(found.log_likelihood, |baseline| baseline.log_likelihood),
        n_customers: shop.n_customers(),
        gradient_per_customer: found.gradient_per_customer,
        evaluations: found.evaluations,
        steps,
    })
}

fn wanted_model(
    shop: &Grouped,
    wanted: Wanted,
    baseline: Option<&Found>,
    steps: &mut Vec<LadderStep>,
) -> Option<Found> {
    match wanted {
        Wanted::Model(kind) => attempt(kind, shop, baseline, steps),
        Wanted::ChosenRegularity => choose_regularity(shop, baseline, steps),
    }
}

/// Tries 1, 2, .. until the likelihood falls. Without the times between purchases only 1 can be judged.
fn choose_regularity(shop: &Grouped, baseline: Option<&Found>, steps: &mut Vec<LadderStep>) -> Option<Found> {
    let highest = if shop.sum_log_gaps().is_some() { MAX_REGULARITY } else { 1 };
    let mut best: Option<(usize, Found)> = None;
    for regularity in 1..=highest {
        let place = steps.len();
        let Some(found) = attempt(ModelKind::MbgCnbd { regularity }, shop, baseline, steps) else { break };
        let beaten = best.as_ref().map(|(place, best)| (*place, best.log_likelihood >= found.log_likelihood));
        let loser = match beaten {
            Some((_, true)) => Some(place),
            Some((before, false)) => Some(before),
            None => None,
        };
        if let Some(step) = loser.and_then(|loser| steps.get_mut(loser)) {
            step.outcome = FitOutcome::LessLikely;
        }
        if loser == Some(place) {
            break;
        }
        best = Some((place, found));
    }
    best.map(|(_, found)| found)
}

fn fallback(shop: &Grouped, baseline: Option<&Found>, steps: &mut Vec<LadderStep>) -> Option<Found> {
    let mut tried: Vec<String> = steps.iter().map(|step| step.model.clone()).collect();
    for kind in [ModelKind::MBG_NBD, ModelKind::BG_NBD, ModelKind::Nbd] {
        if tried.contains(&kind.name()) {
            continue;
        }
        tried.push(kind.name());
        if let Some(found) = attempt(kind, shop, baseline, steps) {
            return Some(found);
        }
    }
    None
}

/// Fits one model and names the step.
fn attempt(kind: ModelKind, shop: &Grouped, baseline: Option<&Found>, steps: &mut Vec<LadderStep>) -> Option<Found> {
    let found = if kind == ModelKind::Nbd { baseline.cloned() } else { maximise(kind, shop) };
    let refused = refusal(kind, found.as_ref(), baseline);
    steps.push(LadderStep {
        model: kind.name(),
        stop: found.as_ref().map(|found| found.stop),
        log_likelihood: found.as_ref().map(|found| found.log_likelihood),
        at_edge: found.iter().flat_map(|found| &found.at_edge).map(|&name| name.to_owned()).collect(),
        outcome: refused.clone().map_or(FitOutcome::Accepted, FitOutcome::Refused),
    });
    found.filter(|_| refused.is_none())
}

/// Why a model may not be used.
fn refusal(kind: ModelKind, found: Option<&Found>, baseline: Option<&Found>) -> Option<String> {
    let Some(found) = found else { return Some("the likelihood is finite at no start".to_owned()) };
    let flat = found.gradient_per_customer <= FLAT;
    if !found.log_likelihood.is_finite() {
        return Some("the likelihood is not finite".to_owned());
    }
    if found.stop != Stop::Converged && !flat {
        return Some(format!("the search stopped at a gradient of {:e} per customer", found.gradient_per_customer));
    }
    // At regularity 1 all these models contain NBD as a limit: to be less likely is to have missed the optimum.
    let tolerance = 1e-4 * (1.0 + found.log_likelihood.abs() * 1e-3);
    let contains_baseline =
        !matches!(kind, ModelKind::BgCnbd { regularity: 2.. } | ModelKind::MbgCnbd { regularity: 2.. });
    let less_likely = baseline.is_some_and(|nbd| found.log_likelihood < nbd.log_likelihood - tolerance);
    (contains_baseline && less_likely).then(|| "less likely than NBD, which it contains".to_owned())
}

/// NBD whose mean and variance of purchases per unit of time are those of the shop: it always exists.
fn by_moments(shop: &Grouped, steps: &mut Vec<LadderStep>) -> Option<Found> {
    let (n, total_age) = (shop.n_customers(), shop.mean_age() * shop.n_customers());
    let rate = shop.n_repeat_purchases() / total_age;
    let excess: f64 = shop.rows().iter().map(|row| row.count * ((row.x - rate * row.t).powi(2) - rate * row.t)).sum();
    let squares: f64 = shop.rows().iter().map(|row| row.count * row.t * row.t).sum();
    let variance = (excess / squares).max(rate * rate * 1e-3);
    let r = (rate * rate / variance).clamp(1e-3, 1e3);
    let model = ModelKind::Nbd.with_parameters(&[r, r / rate]).ok()?;
    let log_likelihood = model.log_likelihood(shop);
    let log_likelihood = if log_likelihood.is_finite() && n > 0.0 { log_likelihood } else { f64::MIN };
    steps.push(LadderStep {
        model: "NBD by moments".to_owned(),
        stop: None,
        log_likelihood: Some(log_likelihood),
        at_edge: Vec::new(),
        outcome: FitOutcome::Accepted,
    });
    Some(Found {
        model,
        log_likelihood,
        stop: Stop::NoProgress,
        gradient_per_customer: 0.0,
        evaluations: 1,
        at_edge: Vec::new(),
    })
}

fn no_model(steps: &[LadderStep]) -> ValueError {
    let tried: Vec<String> = steps.iter().map(|step| format!("{}: {:?}", step.model, step.outcome)).collect();
    ValueError::NoModel { tried: tried.join("; ") }
}
