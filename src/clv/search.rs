//! Owns maximum likelihood for one model: several starts on a thinned shop, then the whole shop from the best of them.
//!
//! The search runs over logarithms of the parameters, times divided by a typical age, likelihoods per customer; so one
//! tolerance serves every shop and every unit of time.

use rayon::prelude::*;

use super::likelihood::Likelihood;
use super::model::{ModelKind, PurchaseModel};
use super::summary::Grouped;
use crate::maths::quasi_newton::{self, EDGE, Evaluation, Optimum, Start, Stop, TOLERANCE};

/// Histories on which the starts compete.
const THINNED_ROWS: usize = 10_000;

/// Histories, and gradients per customer, between the starts and the whole shop: each level starts near its optimum.
const LEVELS: [(usize, f64); 2] = [(THINNED_ROWS, 1e-7), (160_000, 1e-6)];

/// Gradient per customer at which the starts have shown which of them is best.
const COARSE: f64 = 1e-4;

/// How near the edge of the box, in logarithms, counts as on it.
const AT_EDGE: f64 = 1.0;

/// Purchase rate shape, its level relative to the observed rate, and the two parameters of dropout.
const STARTS: [[f64; 4]; 5] =
    [[0.5, 1.0, 0.8, 2.5], [1.0, 1.0, 1.0, 1.0], [0.2, 1.0, 0.3, 5.0], [3.0, 2.0, 2.0, 2.0], [1.0, 0.5, 0.05, 0.5]];

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) model: PurchaseModel,
    pub(super) log_likelihood: f64,
    pub(super) stop: Stop,
    pub(super) gradient_per_customer: f64,
    pub(super) evaluations: u32,
    pub(super) at_edge: Vec<&'static str>,
}

/// A model's negative log-likelihood per customer as a function of scaled logarithms.
pub(super) struct Objective<'a> {
    pub(super) kind: ModelKind,
    pub(super) shop: &'a Grouped,
    pub(super) scale: f64,
}

impl<'a> Objective<'a> {
    /// The objective over a shop, times measured in tenths of its customers' mean age.
    pub(super) fn new(kind: ModelKind, shop: &'a Grouped) -> Self {
        Self { kind, shop, scale: time_scale(shop) }
    }

    /// The parameters at a point.
    pub(super) fn parameters(&self, at: &[f64]) -> Vec<f64> {
        let scale = |i: usize| if self.kind.is_time(i) { self.scale } else { 1.0 };
        at.iter().take(self.kind.n_parameters()).enumerate().map(|(i, z)| z.exp() * scale(i)).collect()
    }

    /// The point of the parameters.
    pub(super) fn point(&self, parameters: &[f64]) -> Vec<f64> {
        let scale = |i: usize| if self.kind.is_time(i) { self.scale } else { 1.0 };
        parameters.iter().enumerate().map(|(i, parameter)| (parameter / scale(i)).ln()).collect()
    }

    /// Value and gradient at a point; infinite where the parameters are impossible.
    pub(super) fn evaluate(&self, at: &[f64]) -> Evaluation {
        let parameters = self.parameters(at);
        let Ok(model) = self.kind.with_parameters(&parameters) else {
            return Evaluation { value: f64::INFINITY, gradient: vec![0.0; at.len()] };
        };
        let Likelihood { value, gradient } = model.likelihood(self.shop);
        let n = self.shop.n_customers();
        let gradient = gradient.iter().zip(&parameters).map(|(slope, parameter)| -slope * parameter / n).collect();
        Evaluation { value: -value / n, gradient }
    }

    /// Starting points that suit the shop's purchase rate.
    fn starts(&self) -> Vec<Vec<f64>> {
        let rate = (self.shop.n_repeat_purchases() / self.shop.n_customers()).max(1e-3) / self.shop.mean_age();
        let k = match self.kind {
            ModelKind::BgCnbd { regularity } | ModelKind::MbgCnbd { regularity } => f64::from(regularity.max(1)),
            ModelKind::Nbd | ModelKind::ParetoNbd => 1.0,
        };
        let start = |[r, level, a, b]: &[f64; 4]| {
            let alpha = r / (rate * level * k);
            let parameters = match self.kind {
                ModelKind::Nbd => vec![*r, alpha],
                ModelKind::ParetoNbd => vec![*r, alpha, *a, b * self.shop.mean_age() / 3.0],
                ModelKind::BgCnbd { .. } | ModelKind::MbgCnbd { .. } => vec![*r, alpha, *a, *b],
            };
            quasi_newton::boxed(&self.point(&parameters))
        };
        STARTS.iter().map(start).collect()
    }

    /// Searches once more from where a search got stuck, parameters at the edge held there. Where two parameters run away
    /// together, the valley turns as the first of them meets the edge, and what was learnt of its shape before misleads.
    fn with_the_edge_held(&self, at: &[f64]) -> Optimum {
        let held: Vec<Option<f64>> = at.iter().map(|z| (z.abs() > EDGE - AT_EDGE).then(|| EDGE.copysign(*z))).collect();
        let whole = |free: &[f64]| -> Vec<f64> {
            let mut free = free.iter().copied();
            held.iter().map(|held| held.or_else(|| free.next()).unwrap_or_default()).collect()
        };
        let of_free = |values: Vec<f64>| -> Vec<f64> {
            values.into_iter().zip(&held).filter(|(_, held)| held.is_none()).map(|(value, _)| value).collect()
        };
        let function = |free: &[f64]| {
            let Evaluation { value, gradient } = self.evaluate(&whole(free));
            Evaluation { value, gradient: of_free(gradient) }
        };
        let free = of_free(at.to_vec());
        let inverse = quasi_newton::inverse(&quasi_newton::hessian(&function, &free));
        let best = quasi_newton::minimise(&function, Start { at: free, inverse, tolerance: TOLERANCE });
        Optimum { at: whole(&best.at), ..best }
    }

    /// Names of the parameters that stand at the edge of what is searched.
    pub(super) fn at_edge(&self, at: &[f64]) -> Vec<&'static str> {
        let names = self.kind.parameter_names().iter().zip(at);
        names.filter(|(_, z)| z.abs() > EDGE - AT_EDGE).map(|(name, _)| *name).collect()
    }
}

/// A tenth of the mean age: the unit in which times are searched.
pub(super) fn time_scale(shop: &Grouped) -> f64 {
    let scale = shop.mean_age() / 10.0;
    if scale.is_finite() && scale > 0.0 { scale } else { 1.0 }
}

/// The model of a kind that makes the shop most likely.
pub(super) fn maximise(kind: ModelKind, shop: &Grouped) -> Option<Found> {
    let thinned = shop.thinned(THINNED_ROWS);
    let coarse = Objective { kind, shop: &thinned, scale: time_scale(shop) };
    let starts = coarse.starts();
    let on_thinned = |at: &[f64]| coarse.evaluate(at);
    let search = |at: &Vec<f64>| {
        let start = Start { at: at.clone(), inverse: None, tolerance: COARSE };
        quasi_newton::minimise(&on_thinned, start)
    };
    let optima: Vec<_> = starts.par_iter().map(search).collect();
    let mut evaluations: u32 = optima.iter().map(|optimum| optimum.evaluations).sum();
    let finite = optima.into_iter().filter(|optimum| optimum.value.is_finite());
    let best = finite.reduce(|best, other| if other.value < best.value { other } else { best })?;
    let mut at = best.at;
    let mut inverse = quasi_newton::inverse(&quasi_newton::hessian(&on_thinned, &at));
    for (n_rows, tolerance) in LEVELS.into_iter().filter(|(n_rows, _)| *n_rows < shop.n_rows()) {
        let level_shop = shop.thinned(n_rows);
        let level = Objective { kind, shop: &level_shop, scale: coarse.scale };
        let start = Start { at, inverse, tolerance };
        let best = quasi_newton::minimise(&|at: &[f64]| level.evaluate(at), start);
        evaluations += best.evaluations;
        at = best.at;
        inverse = quasi_newton::inverse(&quasi_newton::hessian(&on_thinned, &at));
    }
    let whole = Objective { kind, shop, scale: coarse.scale };
    let mut best =
        quasi_newton::minimise(&|at: &[f64]| whole.evaluate(at), Start { at, inverse, tolerance: TOLERANCE });
    evaluations += best.evaluations;
    if best.stop == Stop::NoProgress {
        let again = whole.with_the_edge_held(&best.at);
        evaluations += again.evaluations;
        if again.value <= best.value || again.stop == Stop::Converged {
            best = again;
        }
    }
    Some(Found {
        model: kind.with_parameters(&whole.parameters(&best.at)).ok()?,
        log_likelihood: -best.value * shop.n_customers(),
        stop: best.stop,
        gradient_per_customer: best.gradient,
        evaluations,
        at_edge: whole.at_edge(&best.at),
    })
}
