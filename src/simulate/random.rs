//! Owns the random draws of a simulated shop: one small generator per customer, the same on every machine.
//!
//! Logarithms and exponentials come from `libm`, not from the system, so that a seed means the same shop everywhere.

use std::f64::consts::TAU;

/// One stream of random numbers.
///
/// # Source
/// Blackman and Vigna (2021), "Scrambled linear pseudorandom number generators": xoshiro256++.
#[derive(Debug, Clone)]
pub(super) struct Random {
    state: [u64; 4],
}

impl Random {
    /// The stream number `stream` of a seed; streams of one seed do not depend on each other.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut mixed = split_mix(seed) ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut next = || {
            mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            split_mix(mixed)
        };
        Self { state: [next(), next(), next(), next()] }
    }

    /// 64 random bits.
    pub(super) fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// Uniform in [0, 1).
    pub(super) fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform between two bounds.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// True with that probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Exponential with that mean.
    pub(super) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * libm::log(1.0 - self.uniform())
    }

    /// Standard normal.
    ///
    /// # Source
    /// Box and Muller (1958), "A note on the generation of random normal deviates".
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(1.0 - self.uniform())).sqrt();
        radius * libm::cos(TAU * self.uniform())
    }

    /// Lognormal with that mean; `sigma` is the standard deviation of its logarithm.
    pub(super) fn lognormal(&mut self, mean: f64, sigma: f64) -> f64 {
        mean * libm::exp(sigma * self.normal() - sigma * sigma / 2.0)
    }

    /// Gamma with that shape and mean.
    ///
    /// # Source
    /// Marsaglia and Tsang (2000), "A simple method for generating gamma variables", with their boost below shape 1.
    pub(super) fn gamma(&mut self, shape: f64, mean: f64) -> f64 {
        if shape < 1.0 {
            let boost = libm::pow(1.0 - self.uniform(), 1.0 / shape);
            return self.standard_gamma(shape + 1.0) * boost * mean / shape;
        }
        self.standard_gamma(shape) * mean / shape
    }

    fn standard_gamma(&mut self, shape: f64) -> f64 {
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x);
            let log_uniform = libm::log(1.0 - self.uniform());
            if v > 0.0 && log_uniform < 0.5 * x * x + d - d * v + d * libm::log(v) {
                return d * v;
            }
        }
    }

    /// Beta with that mean; `concentration` is the sum of its two parameters: the larger, the more alike the draws.
    pub(super) fn beta(&mut self, mean: f64, concentration: f64) -> f64 {
        if mean <= 0.0 || mean >= 1.0 {
            return mean.clamp(0.0, 1.0);
        }
        let (a, b) = (mean * concentration, (1.0 - mean) * concentration);
        let (x, y) = (self.gamma(a, a), self.gamma(b, b));
        if x + y > 0.0 { x / (x + y) } else { mean }
    }

    /// Poisson with that mean, by counting uniform factors; large means are halved first (sums are Poisson too).
    ///
    /// # Source
    /// Knuth (1969), The Art of Computer Programming 2, section 3.4.1.
    pub(super) fn poisson(&mut self, mean: f64) -> u32 {
        if mean > 16.0 {
            return self.poisson(mean / 2.0) + self.poisson(mean / 2.0);
        }
        let floor = libm::exp(-mean);
        let (mut product, mut count) = (self.uniform(), 0);
        while product > floor {
            product *= self.uniform();
            count += 1;
        }
        count
    }
}

/// # Source
/// Steele, Lea and Flood (2014), "Fast splittable pseudorandom number generators": the finaliser of `SplitMix64`.
const fn split_mix(value: u64) -> u64 {
    let mixed = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Weights to draw positions from.
#[derive(Debug, Clone)]
pub(super) struct Weights {
    cumulative: Vec<f64>,
}

impl Weights {
    /// The weights of positions 0, 1, 2 and so on; they need not sum to one.
    pub(super) fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let running = |total: &mut f64, weight: f64| {
            *total += weight;
            Some(*total)
        };
        Self { cumulative: weights.into_iter().scan(0.0, running).collect() }
    }

    /// Popularity of the first `n` ranks, `1 / rank^exponent`.
    ///
    /// # Source
    /// Zipf (1949), Human Behavior and the Principle of Least Effort.
    pub(super) fn zipf(n: usize, exponent: f64) -> Self {
        Self::new((1..=n).map(|rank| libm::pow(rank as f64, -exponent)))
    }

    /// A position, with probability proportional to its weight.
    pub(super) fn draw(&self, random: &mut Random) -> usize {
        let target = random.uniform() * self.cumulative.last().copied().unwrap_or(0.0);
        self.cumulative.partition_point(|&sum| sum <= target).min(self.cumulative.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: u32 = 200_000;

    /// Mean and variance of many draws.
    fn moments(draw: impl Fn(&mut Random) -> f64) -> (f64, f64) {
        let mut random = Random::new(7, 3);
        let draws: Vec<f64> = (0..N).map(|_| draw(&mut random)).collect();
        let mean = draws.iter().sum::<f64>() / f64::from(N);
        (mean, draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(N))
    }

    #[track_caller]
    fn assert_moments(draw: impl Fn(&mut Random) -> f64, mean: f64, variance: f64) {
        let (seen_mean, seen_variance) = moments(draw);
        let five_errors = 5.0 * (variance / f64::from(N)).sqrt();
        assert!((seen_mean - mean).abs() < five_errors, "mean {seen_mean}, expected {mean}");
        assert!((seen_variance / variance - 1.0).abs() < 0.05, "variance {seen_variance}, expected {variance}");
    }

    #[test]
    fn draws_have_their_mean_and_variance() {
        assert_moments(Random::uniform, 0.5, 1.0 / 12.0);
        assert_moments(Random::normal, 0.0, 1.0);
        assert_moments(|random| random.exponential(3.0), 3.0, 9.0);
        assert_moments(|random| random.gamma(0.5, 2.0), 2.0, 8.0);
        assert_moments(|random| random.gamma(3.0, 6.0), 6.0, 12.0);
        assert_moments(|random| random.beta(0.2, 9.0), 0.2, 0.016);
        assert_moments(|random| random.lognormal(10.0, 0.4), 10.0, 100.0 * (0.16_f64.exp() - 1.0));
        assert_moments(|random| f64::from(random.poisson(1.3)), 1.3, 1.3);
        assert_moments(|random| f64::from(random.poisson(40.0)), 40.0, 40.0);
    }

    #[test]
    fn positions_are_drawn_by_weight_and_never_with_weight_zero() {
        let weights = Weights::new([1.0, 0.0, 3.0]);
        assert_moments(|random| weights.draw(random) as f64, 1.5, 0.75);
        let mut random = Random::new(1, 1);
        assert!((0..1000).all(|_| weights.draw(&mut random) != 1));
    }

    #[test]
    fn neighbouring_streams_are_uncorrelated() {
        let first = |stream| Random::new(1, stream).uniform() - 0.5;
        let products: f64 = (0..u64::from(N)).map(|stream| first(stream) * first(stream + 1)).sum();
        assert!((products / f64::from(N)).abs() < 5.0 / 12.0 / f64::from(N).sqrt());
    }
}
