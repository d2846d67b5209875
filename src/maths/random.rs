//! Random numbers, the same for a seed on every machine and with any number of threads.
//!
//! The generators are those of the crate `rand_xoshiro`. The distributions are ours: those of `rand_distr` draw other
//! numbers, and with them another sample shop and other bootstrap intervals.

use std::f64::consts::TAU;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use super::hash::mixed;

/// The step of `SplitMix64`: neighbouring numbers times it have nothing in common.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Random floats have 53 bits.
const TWO_TO_53: f64 = (1_u64 << 53) as f64;

/// A generator whose state is a counter, so that each resample has its own.
#[derive(Debug, Clone)]
pub(crate) struct SplitMix64(rand_xoshiro::SplitMix64);

impl SplitMix64 {
    /// The numbers of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(rand_xoshiro::SplitMix64::seed_from_u64(seed))
    }

    /// The numbers of one resample of a seed. Its number is mixed twice, so that neighbouring seeds and resamples share no
    /// stretch of numbers.
    pub(crate) fn of_replicate(seed: u64, replicate: u32) -> Self {
        let start = Self::new(seed).bits();
        Self::new(Self::new(start ^ u64::from(replicate).wrapping_mul(GOLDEN)).bits())
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in (0, 1): adding one half keeps its logarithm finite.
    pub(crate) fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / TWO_TO_53
    }

    /// Standard normal.
    ///
    /// # Source
    /// Box and Muller (1958), Annals of Mathematical Statistics 29, 610-611.
    pub(crate) fn normal(&mut self) -> f64 {
        let (radius, turn) = ((-2.0 * self.uniform().ln()).sqrt(), self.uniform());
        radius * (TAU * turn).cos()
    }

    /// A whole number from 0 to `n - 1`; its bias is below `n / 2^32`.
    ///
    /// # Source
    /// Lemire (2019), ACM Transactions on Modeling and Computer Simulation 29(1), 3: the high half of a product.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        (((self.bits() >> 32) * u64::from(n)) >> 32) as u32
    }
}

/// A coin whose side depends on seed and number alone.
pub(crate) fn is_heads(seed: u64, number: usize) -> bool {
    mixed((number as u64 ^ (seed << 32)).wrapping_mul(GOLDEN)) & 1 == 1
}

/// One stream of random numbers, such as that of a simulated customer.
///
/// Logarithms and exponentials come from `libm`, not from the system, so that a seed means the same shop everywhere.
#[derive(Debug, Clone)]
pub(crate) struct Random(Xoshiro256PlusPlus);

impl Random {
    /// The stream number `stream` of a seed; streams of one seed do not depend on each other.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(mixed(seed) ^ stream.wrapping_mul(GOLDEN)))
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in [0, 1).
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / TWO_TO_53
    }

    /// Uniform between two bounds.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// True with that probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Exponential with that mean.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * libm::log(1.0 - self.uniform())
    }

    /// Standard normal.
    ///
    /// # Source
    /// Box and Muller (1958), "A note on the generation of random normal deviates".
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(1.0 - self.uniform())).sqrt();
        radius * libm::cos(TAU * self.uniform())
    }

    /// Lognormal with that mean; `sigma` is the standard deviation of its logarithm.
    pub(crate) fn lognormal(&mut self, mean: f64, sigma: f64) -> f64 {
        mean * libm::exp(sigma * self.normal() - sigma * sigma / 2.0)
    }

    /// Gamma with that shape and mean.
    ///
    /// # Source
    /// Marsaglia and Tsang (2000), "A simple method for generating gamma variables", with their boost below shape 1.
    pub(crate) fn gamma(&mut self, shape: f64, mean: f64) -> f64 {
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
    pub(crate) fn beta(&mut self, mean: f64, concentration: f64) -> f64 {
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
    pub(crate) fn poisson(&mut self, mean: f64) -> u32 {
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

/// Weights to draw positions from.
#[derive(Debug, Clone)]
pub(crate) struct Weights {
    cumulative: Vec<f64>,
}

impl Weights {
    /// The weights of positions 0, 1, 2 and so on; they need not sum to one.
    pub(crate) fn new(weights: impl IntoIterator<Item = f64>) -> Self {
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
    pub(crate) fn zipf(n: usize, exponent: f64) -> Self {
        Self::new((1..=n).map(|rank| libm::pow(rank as f64, -exponent)))
    }

    /// A position, with probability proportional to its weight.
    pub(crate) fn draw(&self, random: &mut Random) -> usize {
        let target = random.uniform() * self.cumulative.last().copied().unwrap_or(0.0);
        self.cumulative.partition_point(|&sum| sum <= target).min(self.cumulative.len().saturating_sub(1))
    }
}

/// Numbers in [0, 1) without pattern for tests, each of its argument alone.
#[cfg(test)]
pub(crate) mod noise {
    /// Of a number.
    pub(crate) fn noise(number: u32) -> f64 {
        let mut x = u64::from(number).wrapping_add(1).wrapping_mul(super::GOLDEN);
        x = (x ^ (x >> 31)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        ((x ^ (x >> 32)) >> 11) as f64 / super::TWO_TO_53
    }

    /// Of a large number, neighbours of which are drawn in different tests.
    pub(crate) fn draw(number: u64) -> f64 {
        let mut x = number.wrapping_mul(super::GOLDEN);
        for _ in 0..3 {
            x = (x ^ (x >> 31)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        }
        (x >> 11) as f64 / super::TWO_TO_53
    }

    /// Spread evenly, as multiples of a fraction are.
    pub(crate) fn even(number: u32) -> f64 {
        f64::from(number.wrapping_mul(2_654_435_769) >> 8) / f64::from(1_u32 << 24)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: u32 = 200_000;

    /// The first outputs that the authors of both generators publish.
    #[test]
    fn the_generators_are_those_of_the_papers() {
        let mut draws = SplitMix64::new(1_234_567);
        assert_eq!([draws.bits(), draws.bits()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
        let mut bytes = [0; 32];
        [0, 8, 16, 24].into_iter().zip(1..).for_each(|(place, value)| bytes[place] = value);
        let mut random = Random(Xoshiro256PlusPlus::from_seed(bytes));
        assert_eq!([random.bits(), random.bits()], [41_943_041, 58_720_359]);
    }

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
    fn normal_numbers_of_a_resample_have_their_moments() {
        let mut random = SplitMix64::of_replicate(5, 0);
        let drawn: Vec<f64> = (0..20_000).map(|_| random.normal()).collect();
        let moment = |power: i32| drawn.iter().map(|x| x.powi(power)).sum::<f64>() / 20_000.0;
        assert!(moment(1).abs() < 0.03 && (moment(2) - 1.0).abs() < 0.05 && (moment(4) - 3.0).abs() < 0.25);
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
