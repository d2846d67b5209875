//! Probabilities of log-odds, and the losses of predictions.

use crate::maths::newton::{Limits, shift_to};
use crate::maths::special::softplus;

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
    // With one outcome only the search would run away.
    if observed > 0.0 && observed < n { shift_to(observed, log_odds, SHIFT_LIMITS) } else { 0.0 }
}

/// Twelve steps are enough from anywhere, and no step is spared: losses are compared to their last digits.
const SHIFT_LIMITS: Limits = Limits { steps: 12, longest: 2.0, step: 0.0, gradient: 0.0 };
