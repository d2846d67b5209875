//! Probabilities of log-odds, and the losses of predictions.

/// Probability of given log-odds.
///
/// ```
/// assert_eq!(retain::learn::probability(0.0), 0.5);
/// ```
#[must_use]
pub fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// Mean log-loss of log-odds, computed without ever rounding a probability to 0 or 1.
#[must_use]
pub fn mean_log_loss(log_odds: &[f64], churned: &[bool]) -> f64 {
    let loss = |(log_odds, churned): (&f64, &bool)| softplus(if *churned { -log_odds } else { *log_odds });
    log_odds.iter().zip(churned).map(loss).sum::<f64>() / (churned.len() as f64).max(1.0)
}

/// Mean log-loss of log-odds after the one shift that makes it least: what is lost for another reason than the level.
#[must_use]
pub fn log_loss_at_own_level(log_odds: &[f64], churned: &[bool]) -> f64 {
    let shift = own_shift(log_odds, churned);
    let shifted: Vec<f64> = log_odds.iter().map(|z| z + shift).collect();
    mean_log_loss(&shifted, churned)
}

/// The shift of log-odds that makes their log-loss least; 0 with one outcome only.
pub(super) fn own_shift(log_odds: &[f64], churned: &[bool]) -> f64 {
    let n = churned.len() as f64;
    let observed = churned.iter().filter(|churned| **churned).count() as f64;
    let mut shift = 0.0;
    // Newton on a convex function of one variable; with one outcome only it would run away.
    if observed > 0.0 && observed < n {
        for _ in 0..SHIFT_STEPS {
            let (expected, information) = log_odds
                .iter()
                .map(|z| probability(z + shift))
                .fold((0.0, 0.0), |sum, p| (sum.0 + p, sum.1 + p * (1.0 - p)));
            shift += ((observed - expected) / f64::max(information, 1e-9)).clamp(-2.0, 2.0);
        }
    }
    shift
}

const SHIFT_STEPS: u32 = 12;

/// `ln(1 + exp(x))` without overflow.
pub(crate) fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
