//! Quantiles of what a shop has many of.

use serde::Serialize;

use crate::maths::quantiles::quantile;

/// How values are spread; quantiles between two values are interpolated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Quantiles {
    /// How many values there are.
    pub n: usize,
    /// Their mean.
    pub mean: f64,
    /// The smallest.
    pub min: f64,
    /// A tenth is not above this.
    pub p10: f64,
    /// A quarter is not above this.
    pub p25: f64,
    /// Half is not above this.
    pub p50: f64,
    /// Three quarters are not above this.
    pub p75: f64,
    /// Nine tenths are not above this.
    pub p90: f64,
    /// All but a twentieth is not above this.
    pub p95: f64,
    /// The largest.
    pub max: f64,
}

impl Quantiles {
    /// The quantiles of finite values in any order; `None` without any.
    #[must_use]
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_unstable_by(f64::total_cmp);
        let (min, max) = (*values.first()?, *values.last()?);
        let at = |q: f64| quantile(&values, q).unwrap_or(max);
        // The sum runs over sorted values, so that it does not depend on the order in which they came.
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let [p10, p25, p50, p75, p90, p95] = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95].map(at);
        Some(Self { n: values.len(), mean, min, p10, p25, p50, p75, p90, p95, max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_their_neighbours() {
        // Five values: the quantile q lies at place 4 q.
        let spread = Quantiles::of(vec![9.0, 1.0, 3.0, 2.0, 5.0]).unwrap();
        let found = [spread.min, spread.p10, spread.p25, spread.p50, spread.p75, spread.p90, spread.p95, spread.max];
        for (found, expected) in found.into_iter().zip([1.0, 1.4, 2.0, 3.0, 5.0, 7.4, 8.2, 9.0]) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        assert_eq!((spread.n, spread.mean), (5, 4.0));
    }

    #[test]
    fn one_value_is_every_quantile_and_none_has_none() {
        let one = Quantiles::of(vec![7.0]).unwrap();
        assert!(
            [one.min, one.p10, one.p50, one.p95, one.max, one.mean].iter().all(|value| (value - 7.0).abs() < 1e-12)
        );
        assert_eq!(Quantiles::of(Vec::new()), None);
    }
}
