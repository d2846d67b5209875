//! Owns covariates that do not change over time: they shift a customer's purchase rate and dropout by a factor.
//!
//! Customers of equal covariates have one plain model with shifted parameters, so the likelihood is a sum of plain ones
//! over the distinct combinations: cheap for channels, regions and yes or no questions.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::ValueError;
use super::model::{ModelKind, PurchaseModel};
use super::search::{Found, Objective, maximise, time_scale};
use super::summary::{CustomerSummary, Grouped};
use crate::maths::quasi_newton::{self, Evaluation, Matrix, Start, Stop, TOLERANCE};
use crate::maths::special::chi_square_tail;

/// Strata of one block; fixed, because the grouping of a sum decides its last bits.
const STRATA_OF_A_BLOCK: usize = 64;

/// A covariate: one number for each customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariate {
    /// Its name.
    pub name: String,
    /// Its values, in the order of the customers.
    pub values: Vec<f64>,
}

/// The covariates of both rates.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Covariates {
    /// Those that multiply the purchase rate by `exp(effect * value)`.
    pub purchase: Vec<Covariate>,
    /// Those that multiply a (beta-geometric dropout) or the rate of death (Pareto/NBD) by `exp(effect * value)`.
    pub dropout: Vec<Covariate>,
}

/// An estimated effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Effect {
    /// The covariate.
    pub name: String,
    /// Logarithm of the factor for one unit of the covariate.
    pub estimate: f64,
    /// Its standard error; absent where the likelihood is flat in it.
    pub standard_error: Option<f64>,
}

/// The likelihood-ratio test of the covariates against the plain model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LikelihoodRatio {
    /// Twice the gain in log-likelihood.
    pub statistic: f64,
    /// Number of effects.
    pub degrees_of_freedom: u32,
    /// Probability of such a gain if no covariate mattered.
    pub p_value: f64,
}

/// A fitted model with covariates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CovariateFit {
    /// The model of customers whose covariates are all 0.
    pub model: PurchaseModel,
    /// Effects on the purchase rate.
    pub purchase: Vec<Effect>,
    /// Effects on dropout.
    pub dropout: Vec<Effect>,
    /// Log-likelihood with the covariates.
    pub log_likelihood: f64,
    /// Log-likelihood of the plain model.
    pub plain_log_likelihood: f64,
    /// Whether the covariates matter.
    pub test: LikelihoodRatio,
    /// Why the search stopped.
    pub stop: Stop,
}

impl CovariateFit {
    /// The plain model of customers with these covariates, for all predictions; missing values count as 0.
    ///
    /// # Errors
    /// `ValueError::Parameter` if the shifted parameters are no longer finite and above 0.
    pub fn model_for(&self, purchase: &[f64], dropout: &[f64]) -> Result<PurchaseModel, ValueError> {
        let sum = |effects: &[Effect], values: &[f64]| -> f64 {
            effects.iter().zip(values).map(|(effect, value)| effect.estimate * value).sum()
        };
        let kind = self.model.kind();
        let shifts = [sum(&self.purchase, purchase), sum(&self.dropout, dropout)];
        kind.with_parameters(&shifted(kind, &self.model.parameters(), shifts))
    }
}

/// Which parameter a dropout effect moves, and in which direction.
///
/// # Source
/// Fader and Hardie (2007), note on time-invariant covariates in Pareto/NBD and BG/NBD; here b is not shifted.
const fn dropout_parameter(kind: ModelKind) -> Option<(usize, f64)> {
    match kind {
        ModelKind::Nbd => None,
        ModelKind::BgCnbd { .. } | ModelKind::MbgCnbd { .. } => Some((2, 1.0)),
        ModelKind::ParetoNbd => Some((3, -1.0)),
    }
}

/// Parameters with alpha divided by the purchase factor, and a multiplied or beta divided by the dropout factor.
fn shifted(kind: ModelKind, parameters: &[f64], [purchase, dropout]: [f64; 2]) -> Vec<f64> {
    let factor = |i: usize| match dropout_parameter(kind) {
        _ if i == 1 => (-purchase).exp(),
        Some((place, sign)) if i == place => (sign * dropout).exp(),
        _ => 1.0,
    };
    parameters.iter().enumerate().map(|(i, parameter)| parameter * factor(i)).collect()
}

/// Customers of equal covariates.
struct Stratum {
    purchase: Vec<f64>,
    dropout: Vec<f64>,
    shop: Grouped,
}

struct Members {
    purchase: Vec<f64>,
    dropout: Vec<f64>,
    customers: Vec<CustomerSummary>,
}

struct Problem {
    kind: ModelKind,
    strata: Vec<Stratum>,
    scale: f64,
    n_customers: f64,
}

/// Fits a model with covariates and tests them against the plain model.
///
/// # Errors
/// Columns of another length than the customers or with NaN, dropout covariates for a model without dropout, no repeat
/// purchases, or a plain model that cannot be fitted.
pub fn fit_covariates(
    customers: &[CustomerSummary],
    covariates: &Covariates,
    kind: ModelKind,
) -> Result<CovariateFit, ValueError> {
    check(customers.len(), covariates, kind)?;
    let shop = Grouped::new(customers)?;
    if shop.n_repeat_purchases() <= 0.0 {
        return Err(ValueError::NoRepeatPurchases { n_customers: customers.len() });
    }
    let plain = maximise(kind, &shop).ok_or_else(|| ValueError::NoModel { tried: kind.name() })?;
    let spreads = [spreads(&covariates.purchase), spreads(&covariates.dropout)];
    let problem = Problem {
        kind,
        strata: strata(customers, covariates, &spreads)?,
        scale: time_scale(&shop),
        n_customers: shop.n_customers(),
    };
    let fit = problem.fit(&plain, covariates, &spreads);
    if !fit.log_likelihood.is_finite() {
        return Err(ValueError::NoModel { tried: format!("{} with covariates", kind.name()) });
    }
    Ok(fit)
}

fn check(n_customers: usize, covariates: &Covariates, kind: ModelKind) -> Result<(), ValueError> {
    if dropout_parameter(kind).is_none() && !covariates.dropout.is_empty() {
        return Err(ValueError::NoSuchRate { model: kind.name(), rate: "dropout" });
    }
    for covariate in covariates.purchase.iter().chain(&covariates.dropout) {
        let found = covariate.values.len();
        if found != n_customers {
            return Err(ValueError::LengthDiffers { column: "a covariate", expected: n_customers, found });
        }
        if let Some(&value) = covariate.values.iter().find(|value| !value.is_finite()) {
            return Err(ValueError::Number { column: "a covariate", value, allowed: "finite numbers" });
        }
    }
    Ok(())
}

/// Standard deviations, by which effects are scaled during the search; 1 for a constant column.
fn spreads(covariates: &[Covariate]) -> Vec<f64> {
    let spread = |covariate: &Covariate| {
        let n = covariate.values.len() as f64;
        let mean = covariate.values.iter().sum::<f64>() / n;
        let variance = covariate.values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
        if variance.is_finite() && variance > 0.0 { variance.sqrt() } else { 1.0 }
    };
    covariates.iter().map(spread).collect()
}

fn strata(
    customers: &[CustomerSummary],
    covariates: &Covariates,
    spreads: &[Vec<f64>; 2],
) -> Result<Vec<Stratum>, ValueError> {
    let values = |covariates: &[Covariate], spreads: &[f64], customer: usize| -> Vec<f64> {
        let value = |covariate: &Covariate| covariate.values.get(customer).copied().unwrap_or_default();
        covariates.iter().zip(spreads).map(|(covariate, spread)| value(covariate) / spread).collect()
    };
    let mut members: BTreeMap<Vec<u64>, Members> = BTreeMap::new();
    for (i, customer) in customers.iter().enumerate() {
        let purchase = values(&covariates.purchase, &spreads[0], i);
        let dropout = values(&covariates.dropout, &spreads[1], i);
        let key = purchase.iter().chain(&dropout).map(|value| (value + 0.0).to_bits()).collect();
        let of_key = members.entry(key).or_insert_with(|| Members { purchase, dropout, customers: Vec::new() });
        of_key.customers.push(*customer);
    }
    let stratum = |Members { purchase, dropout, customers }: Members| {
        Ok(Stratum { purchase, dropout, shop: Grouped::new(&customers)? })
    };
    members.into_values().map(stratum).collect()
}

impl Problem {
    /// Value and gradient at scaled logarithms of the parameters, followed by the scaled effects: strata in blocks, their
    /// sums in order, so that threads change nothing.
    fn evaluate(&self, at: &[f64]) -> Evaluation {
        let none = || Evaluation { value: 0.0, gradient: vec![0.0; at.len()] };
        let add = |mut total: Evaluation, part: Evaluation| {
            total.value += part.value;
            total.gradient.iter_mut().zip(part.gradient).for_each(|(sum, slope)| *sum += slope);
            total
        };
        let sum_block = |strata: &[Stratum]| strata.iter().map(|s| self.of_stratum(s, at)).fold(none(), add);
        let sums: Vec<Evaluation> = self.strata.par_chunks(STRATA_OF_A_BLOCK).map(sum_block).collect();
        sums.into_iter().fold(none(), add)
    }

    fn of_stratum(&self, stratum: &Stratum, at: &[f64]) -> Evaluation {
        let n_parameters = self.kind.n_parameters();
        let (point, effects) = at.split_at(n_parameters);
        let (purchase, dropout) = effects.split_at(stratum.purchase.len());
        let place = dropout_parameter(self.kind);
        let mut moved = point.to_vec();
        moved[1] -= dot(purchase, &stratum.purchase);
        if let Some((place, sign)) = place {
            moved[place] += sign * dot(dropout, &stratum.dropout);
        }
        let part = Objective { kind: self.kind, shop: &stratum.shop, scale: self.scale }.evaluate(&moved);
        let share = stratum.shop.n_customers() / self.n_customers;
        let by_dropout_parameter = place.map_or(0.0, |(place, sign)| sign * part.gradient[place]);
        let by_purchase = stratum.purchase.iter().map(|value| -part.gradient[1] * value);
        let by_dropout = stratum.dropout.iter().map(|value| by_dropout_parameter * value);
        let slopes = part.gradient.iter().copied().take(n_parameters).chain(by_purchase).chain(by_dropout);
        Evaluation { value: share * part.value, gradient: slopes.map(|slope| share * slope).collect() }
    }

    fn fit(&self, plain: &Found, covariates: &Covariates, spreads: &[Vec<f64>; 2]) -> CovariateFit {
        let n_parameters = self.kind.n_parameters();
        let n_effects = covariates.purchase.len() + covariates.dropout.len();
        let function = |at: &[f64]| self.evaluate(at);
        let scaled = plain.model.parameters().into_iter().enumerate();
        let mut start: Vec<f64> = scaled
            .map(|(i, value)| if self.kind.is_time(i) { (value / self.scale).ln() } else { value.ln() })
            .collect();
        start.extend(std::iter::repeat_n(0.0, n_effects));
        let best = quasi_newton::minimise(&function, Start { at: start, inverse: None, tolerance: TOLERANCE });
        let covariance = quasi_newton::inverse(&quasi_newton::hessian(&function, &best.at));
        let (point, estimates) = best.at.split_at(n_parameters);
        let scale = |i: usize| if self.kind.is_time(i) { self.scale } else { 1.0 };
        let parameters: Vec<f64> = point.iter().enumerate().map(|(i, z)| z.exp() * scale(i)).collect();
        let columns = covariates.purchase.iter().chain(&covariates.dropout).zip(spreads.iter().flatten());
        let effect = |(i, ((column, spread), estimate)): (usize, ((&Covariate, &f64), &f64))| Effect {
            name: column.name.clone(),
            estimate: estimate / spread,
            standard_error: error_of(covariance.as_ref(), n_parameters + i, self.n_customers).map(|e| e / spread),
        };
        let mut effects: Vec<Effect> = columns.zip(estimates).enumerate().map(effect).collect();
        let dropout = effects.split_off(covariates.purchase.len());
        let log_likelihood = -best.value * self.n_customers;
        CovariateFit {
            model: self.kind.with_parameters(&parameters).unwrap_or(plain.model),
            purchase: effects,
            dropout,
            log_likelihood,
            plain_log_likelihood: plain.log_likelihood,
            test: likelihood_ratio(log_likelihood - plain.log_likelihood, n_effects),
            stop: best.stop,
        }
    }
}

fn error_of(covariance: Option<&Matrix>, place: usize, n_customers: f64) -> Option<f64> {
    let variance = covariance?.get(place)?.get(place)? / n_customers;
    (variance.is_finite() && variance > 0.0).then(|| variance.sqrt())
}

/// # Source
/// Wilks (1938), Annals of Mathematical Statistics 9, 60-62.
fn likelihood_ratio(gain: f64, n_effects: usize) -> LikelihoodRatio {
    let degrees_of_freedom = u32::try_from(n_effects).unwrap_or(u32::MAX);
    let statistic = (2.0 * gain).max(0.0);
    LikelihoodRatio { statistic, degrees_of_freedom, p_value: chi_square_tail(statistic, degrees_of_freedom) }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
