//! A rising curve through pools of customers, on the scale of log-odds.

use crate::maths::newton::{Limits, Slope, minimum};
use crate::maths::special::probability;

/// Customers of one cutoff in a bin or pool: its level, how many, and how many of them left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Share {
    pub(super) level: f64,
    pub(super) n: f64,
    pub(super) churned: f64,
}

/// Customers whose deviations are alike.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bin {
    /// Sum of the deviations.
    pub(super) sum: f64,
    pub(super) n: f64,
    pub(super) shares: Vec<Share>,
}

impl Bin {
    /// A bin without customers, of cutoffs at some levels.
    pub(super) fn empty(levels: &[f64]) -> Self {
        let share = |level: &f64| Share { level: *level, n: 0.0, churned: 0.0 };
        Self { sum: 0.0, n: 0.0, shares: levels.iter().map(share).collect() }
    }

    /// Puts a customer of a cutoff into the bin.
    pub(super) fn add(&mut self, deviation: f64, cutoff: usize, churned: bool) {
        self.sum += deviation;
        self.n += 1.0;
        if let Some(share) = self.shares.get_mut(cutoff) {
            share.n += 1.0;
            share.churned += f64::from(u8::from(churned));
        }
    }
}

/// Information of the belief that a bin needs no calibration: that of 16 customers at even odds. It keeps a bin in which
/// all or none left finite, and is forgotten with a few hundred customers.
const PRIOR_INFORMATION: f64 = 4.0;

/// Least rise of the curve with the deviation: where outcomes do not tell customers apart, the model's order still stands
/// and different log-odds do not become ties.
const LEAST_SLOPE: f64 = 0.05;

/// Bins that were pooled, and the value that serves them best.
struct Pool {
    bins: Vec<Bin>,
    value: f64,
}

/// The points of the rising curve that makes the outcomes of ascending bins most likely.
pub(super) fn points(bins: Vec<Bin>) -> Vec<[f64; 2]> {
    let mut pools: Vec<Pool> = Vec::with_capacity(bins.len());
    for bin in bins {
        let mut pool = Pool::of(vec![bin]);
        while let Some(before) = pools.pop_if(|before| before.value >= pool.value) {
            let together = before.bins.into_iter().chain(pool.bins).collect();
            pool = Pool::of(together);
        }
        pools.push(pool);
    }
    let mut points: Vec<[f64; 2]> = Vec::with_capacity(pools.len());
    for pool in pools {
        let (centre, mut value) = (pool.centre(), pool.value);
        if let Some([before, value_before]) = points.last() {
            value = value.max(value_before + LEAST_SLOPE * (centre - before));
        }
        points.push([centre, value]);
    }
    points
}

impl Pool {
    /// Any convex loss of a pool can be pooled (Robertson, Wright and Dykstra 1988, theorem 1.4.4): here log-loss beside the
    /// levels of the cutoffs, and the belief of each bin.
    fn of(bins: Vec<Bin>) -> Self {
        let start = bins.iter().map(|bin| bin.sum).sum::<f64>() / bins.iter().map(|bin| bin.n).sum::<f64>();
        let slope_at = |value: f64| {
            let (mut gradient, mut information) = (0.0, 0.0);
            for bin in &bins {
                gradient += PRIOR_INFORMATION * (value - bin.sum / bin.n);
                information += PRIOR_INFORMATION;
                for share in &bin.shares {
                    let p = probability(share.level + value);
                    gradient += share.n * p - share.churned;
                    information += share.n * p * (1.0 - p);
                }
            }
            Slope { gradient, information }
        };
        let value = minimum(start, Limits::OF_LOG_ODDS, slope_at).at;
        Self { bins, value }
    }

    fn centre(&self) -> f64 {
        self.bins.iter().map(|bin| bin.sum).sum::<f64>() / self.bins.iter().map(|bin| bin.n).sum::<f64>()
    }
}

/// The curve at a deviation; beyond the points it is as steep as no calibration.
pub(super) fn at(points: &[[f64; 2]], deviation: f64) -> f64 {
    let after = points.partition_point(|[x, _]| *x <= deviation);
    let nearest = |place: usize| points.get(place).map_or(deviation, |[x, y]| y + deviation - x);
    let (Some(left), Some(right)) = (after.checked_sub(1).and_then(|left| points.get(left)), points.get(after)) else {
        return nearest(after.saturating_sub(1));
    };
    left[1] + (right[1] - left[1]) * (deviation - left[0]) / (right[0] - left[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maths::special::softplus;

    fn loss(bins: &[Bin], value: f64) -> f64 {
        let of_share = |share: &Share| share.n * softplus(share.level + value) - share.churned * (share.level + value);
        let of_bin = |bin: &Bin| {
            bin.shares.iter().map(of_share).sum::<f64>() + PRIOR_INFORMATION / 2.0 * (value - bin.sum / bin.n).powi(2)
        };
        bins.iter().map(of_bin).sum()
    }

    fn bin(deviation: f64, n: f64, rate: f64) -> Bin {
        Bin { sum: deviation * n, n, shares: vec![Share { level: 0.0, n, churned: rate * n }] }
    }

    #[test]
    fn violators_are_pooled_at_the_best_value() {
        let bins = vec![bin(-1.0, 900.0, 0.2), bin(0.0, 500.0, 0.6), bin(1.0, 500.0, 0.4), bin(2.0, 900.0, 0.9)];
        let pooled = bins[1..3].to_vec();
        let found = points(bins);
        assert_eq!(found.len(), 3);
        assert!((found[1][0] - 0.5).abs() < 1e-12 && found[1][1].abs() < 0.02, "{found:?}");
        let best = loss(&pooled, found[1][1]);
        assert!(best < loss(&pooled, found[1][1] + 0.01) && best < loss(&pooled, found[1][1] - 0.01));
        assert!((found[2][1] - 9.0_f64.ln()).abs() < 0.05, "{found:?}");
    }

    #[test]
    fn bins_with_one_outcome_stay_finite_and_flat_outcomes_keep_an_order() {
        let extreme = points(vec![bin(-2.0, 50.0, 0.0), bin(2.0, 50.0, 1.0)]);
        assert!(extreme.iter().all(|[x, y]| y.abs() < 8.0 && y.signum() == x.signum()), "{extreme:?}");
        let flat = points((0..5).map(|i| bin(f64::from(i), 1e6, 0.5 + 1e-9 * f64::from(i))).collect());
        for pair in flat.windows(2) {
            assert!(pair[1][1] - pair[0][1] >= LEAST_SLOPE * (pair[1][0] - pair[0][0]) - 1e-12);
        }
    }

    #[test]
    fn the_curve_is_straight_between_points_and_plain_beyond() {
        let points = [[0.0, 0.5], [2.0, 1.0]];
        for (deviation, expected) in [(-1.0, -0.5), (0.0, 0.5), (1.0, 0.75), (2.0, 1.0), (3.0, 2.0)] {
            assert!((at(&points, deviation) - expected).abs() < 1e-12, "{deviation}");
        }
        assert!((at(&[], 0.3) - 0.3).abs() < 1e-12);
    }
}
