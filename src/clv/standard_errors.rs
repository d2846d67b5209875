//! Owns the uncertainty of fitted parameters: standard errors from the second derivatives of the log-likelihood.

use serde::{Deserialize, Serialize};

use super::model::PurchaseModel;
use super::search::Objective;
use super::summary::Grouped;
use crate::maths::quasi_newton::{EDGE, hessian, inverse};

/// A parameter with its standard error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Parameter {
    /// Its letter in the papers.
    pub name: String,
    /// Its estimate.
    pub estimate: f64,
    /// Its standard error; absent where the likelihood is flat in it.
    pub standard_error: Option<f64>,
    /// The standard error of its logarithm, in which the likelihood is nearer to normal.
    pub log_standard_error: Option<f64>,
}

/// The parameters of a fitted model with standard errors from the observed information, by the delta method from
/// logarithms.
///
/// Parameters that stand at the edge of the search are taken as known, and have none.
///
/// # Source
/// Efron and Hinkley (1978), Biometrika 65, 457-482, on the observed information.
#[must_use]
pub fn standard_errors(model: &PurchaseModel, shop: &Grouped) -> Vec<Parameter> {
    let objective = Objective::new(model.kind(), shop);
    let parameters = model.parameters();
    let point = objective.point(&parameters);
    let free: Vec<usize> = (0..point.len()).filter(|i| point.get(*i).is_some_and(|z| z.abs() < EDGE - 1.0)).collect();
    let whole = hessian(&|at: &[f64]| objective.evaluate(at), &point);
    let free_rows = free.iter().filter_map(|i| whole.get(*i));
    let matrix = free_rows.map(|row| free.iter().filter_map(|j| row.get(*j)).map(|h| h * shop.n_customers()).collect());
    let covariance = inverse(&matrix.collect());
    let of = |parameter: usize| {
        let place = free.iter().position(|i| *i == parameter)?;
        let variance = *covariance.as_ref()?.get(place)?.get(place)?;
        (variance.is_finite() && variance > 0.0).then(|| variance.sqrt())
    };
    let named = model.kind().parameter_names().iter().zip(parameters).enumerate();
    let parameter = |(i, (name, estimate)): (usize, (&&str, f64))| {
        let log_standard_error = of(i);
        let standard_error = log_standard_error.map(|error| error * estimate);
        Parameter { name: (*name).to_owned(), estimate, standard_error, log_standard_error }
    };
    named.map(parameter).collect()
}
