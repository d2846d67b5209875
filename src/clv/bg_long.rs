//! Owns expected purchases of BG/NBD and its relatives where their sums have too many terms: an integral over p.
//!
//! Given p, with q = 1 - p, n and z = t / A, an active customer at stage j makes `(1 - E q^floor((N + j) / k)) / p`
//! purchases on average. The floor is `(N + j - ((N + j) mod k)) / k`, and the remainder is a sum over the k-th roots of
//! unity, so the expectation is one over powers: `E w^N = (1 + (1 - w) z)^(-n)` for the complex `w = q^(1/k) root`.

use std::f64::consts::TAU;

use super::counts::EventCounts;
use crate::maths::quadrature::beta_mean;

/// Below this q the powers of q make the plain sum short.
const SMALL_Q: f64 = 0.01;

/// Purchases after which q^m is nothing then.
const SHORT: u32 = 8;

/// An active customer at a stage: regularity k, events j since the last purchase, shape n of the event rate, and the
/// span divided by its scale, z.
#[derive(Debug, Clone, Copy)]
pub(super) struct LongFuture {
    pub(super) regularity: u32,
    pub(super) stage: u32,
    pub(super) shape: f64,
    pub(super) time_per_scale: f64,
}

impl LongFuture {
    /// Expected purchases when p is beta-distributed with `a` and `b`.
    pub(super) fn expected(&self, a: f64, b: f64) -> f64 {
        let counts = EventCounts::new(self.shape, 1.0, self.time_per_scale);
        let fewer = |m: u32| counts.probabilities().take((self.regularity * m - self.stage) as usize).sum::<f64>();
        let at_least: Vec<f64> = (1..=SHORT).map(|m| (1.0 - fewer(m)).max(0.0)).collect();
        beta_mean(a, b, |p| if 1.0 - p < SMALL_Q { short_sum(&at_least, 1.0 - p) } else { self.expected_at(p) })
    }

    /// Expected purchases at one p, in differences to 1 that keep their digits however small p is.
    fn expected_at(&self, p: f64) -> f64 {
        let p = p.max(1e-290);
        let k = f64::from(self.regularity);
        // Logarithm of q^(1/k), and `q^(-v/k) - 1` for every v < k.
        let log_root = (-p).ln_1p() / k;
        let excess: Vec<f64> = (0..self.regularity).map(|v| (-log_root * f64::from(v)).exp_m1()).collect();
        let smooth = (excess.iter().sum::<f64>() / k).ln_1p() + log_root * f64::from(self.stage)
            - self.shape * (-log_root.exp_m1() * self.time_per_scale).ln_1p();
        let others: f64 = (1..self.regularity).map(|l| self.mode(l, log_root, &excess)).sum();
        ((-smooth.exp_m1() - others) / p).max(0.0)
    }

    /// The real part of the share that a root other than 1 has in `E q^floor((N + j) / k)`.
    fn mode(&self, l: u32, log_root: f64, excess: &[f64]) -> f64 {
        let (k, root) = (f64::from(self.regularity), log_root.exp());
        let turn = TAU * f64::from(l) / k;
        let (mut real, mut imaginary) = (0.0, 0.0);
        for (v, excess) in (0..).map(f64::from).zip(excess) {
            real += excess * (turn * v).cos() / k;
            imaginary -= excess * (turn * v).sin() / k;
        }
        let z = self.time_per_scale;
        let (across, along) = (-root * turn.sin() * z, 1.0 + (1.0 - root * turn.cos()) * z);
        let size = (log_root * f64::from(self.stage) - self.shape * along.hypot(across).ln()).exp();
        let angle = turn * f64::from(self.stage) - self.shape * across.atan2(along);
        size * (real * angle.cos() - imaginary * angle.sin())
    }
}

/// `sum_m q^(m - 1) P(purchases >= m)`.
fn short_sum(at_least: &[f64], q: f64) -> f64 {
    at_least.iter().rev().fold(0.0, |sum, chance| chance + q * sum)
}
