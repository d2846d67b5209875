//! Owns what the tests of this room share: seeded shops with known parameters, and slow second implementations.

use super::bg_nbd::{BgNbd, Dropout};
use super::model::{ModelKind, PurchaseModel};
use super::nbd::Nbd;
use super::pareto_nbd::ParetoNbd;
use super::summary::CustomerSummary;
use crate::maths::random::SplitMix64;
use crate::maths::special::ln_gamma;

/// Seeded random numbers.
pub(super) struct Random(SplitMix64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        // Neighbouring seeds must not be the same stream a step later.
        let mut start = SplitMix64::new(seed.wrapping_mul(0xd134_2543_de82_ef95) ^ 0x5851_f42d_4c95_7f2d);
        Self(SplitMix64::new(start.bits() ^ (start.bits() << 1)))
    }

    /// Uniform in (0, 1).
    pub(super) fn uniform(&mut self) -> f64 {
        self.0.uniform()
    }

    fn normal(&mut self) -> f64 {
        self.0.normal()
    }

    pub(super) fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    /// Gamma variable of scale 1, after Marsaglia and Tsang (2000).
    pub(super) fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.uniform().powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let z = self.normal();
            let v = (1.0 + z / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * z * z + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (left, right) = (self.gamma(a), self.gamma(b));
        left / (left + right)
    }
}

/// One model of every kind, with parameters as they were published for real shops.
pub(super) fn typical() -> Vec<PurchaseModel> {
    let model = |kind: ModelKind, parameters: &[f64]| kind.with_parameters(parameters).unwrap();
    vec![
        model(ModelKind::Nbd, &[0.385, 12.07]),
        model(ModelKind::BG_NBD, &[0.243, 4.414, 0.793, 2.426]),
        model(ModelKind::MBG_NBD, &[0.525, 6.183, 0.891, 1.614]),
        model(ModelKind::MbgCnbd { regularity: 3 }, &[1.329, 2.813, 0.425, 0.790]),
        model(ModelKind::BgCnbd { regularity: 2 }, &[0.7, 2.0, 0.5, 2.0]),
        model(ModelKind::ParetoNbd, &[0.553, 10.578, 0.606, 11.669]),
    ]
}

/// Times of one customer's repeat purchases up to `end`.
pub(super) fn repeat_purchases(model: &PurchaseModel, end: f64, random: &mut Random) -> Vec<f64> {
    match *model {
        PurchaseModel::Nbd(Nbd { r, alpha }) => {
            let rate = random.gamma(r) / alpha;
            purchases(end, || Some(random.exponential() / rate))
        }
        PurchaseModel::ParetoNbd(ParetoNbd { r, alpha, s, beta }) => {
            let rate = random.gamma(r) / alpha;
            let death = random.exponential() / (random.gamma(s) / beta);
            purchases(end.min(death), || Some(random.exponential() / rate))
        }
        PurchaseModel::BgNbd(BgNbd { dropout, regularity, r, alpha, a, b }) => {
            let rate = random.gamma(r) / alpha;
            let p = random.beta(a, b);
            let mut active = dropout == Dropout::AfterRepeat || random.uniform() >= p;
            purchases(end, || {
                let gap: f64 = (0..regularity).map(|_| random.exponential() / rate).sum();
                let comes = active.then_some(gap);
                active = active && random.uniform() >= p;
                comes
            })
        }
    }
}

fn purchases(end: f64, mut gap: impl FnMut() -> Option<f64>) -> Vec<f64> {
    let mut times = Vec::new();
    let mut now = 0.0;
    while let Some(gap) = gap() {
        now += gap;
        if now > end {
            break;
        }
        times.push(now);
    }
    times
}

/// Histories of simulated customers of ages between `youngest` and twice that.
pub(super) fn shop(model: &PurchaseModel, n_customers: u32, youngest: f64, seed: u64) -> Vec<CustomerSummary> {
    let mut random = Random::new(seed);
    let customer = |_| {
        let age = youngest * (1.0 + random.uniform());
        let mut times = vec![0.0];
        times.extend(repeat_purchases(model, age, &mut random));
        CustomerSummary::from_purchases(&times, age).unwrap()
    };
    (0..n_customers).map(customer).collect()
}

/// Gauss's hypergeometric series for 0 <= z < 1.
#[expect(clippy::many_single_char_names, reason = "the letters of the function")]
pub(super) fn hypergeometric([a, b, c]: [f64; 3], z: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for i in 0..200_000 {
        let i = f64::from(i);
        term *= (a + i) * (b + i) / (c + i) * z / (i + 1.0);
        sum += term;
        if term.abs() < 1e-16 * sum.abs() {
            break;
        }
    }
    sum
}

/// What is known of the future, found by integration over both hidden rates.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Oracle {
    pub(super) log_likelihood: f64,
    pub(super) alive: f64,
    pub(super) expected: f64,
    /// Probability of m or more purchases.
    pub(super) at_least: Vec<f64>,
}

/// Chance of each customer of known hidden rates: weight of being active, of having left, and the future if active.
struct Known {
    active: f64,
    left: f64,
    expected: f64,
    at_least: Vec<f64>,
}

const COUNTS: u32 = 5;

/// The rectangle of the logarithms of both hidden rates (log-odds for a probability) outside which nothing is left.
struct Rectangle {
    lows: [f64; 2],
    highs: [f64; 2],
}

impl Rectangle {
    /// Where a gamma variable of a shape, and a scale between two, has its mass on the logarithmic axis.
    fn gamma(shape: f64, scales: [f64; 2]) -> (f64, f64) {
        let spread = 9.0 * shape.sqrt();
        ((shape / scales[1]).ln() - 38.0 / shape - 9.0 / shape.sqrt(), ((shape + 45.0 + spread) / scales[0]).ln())
    }

    /// Integrates by the trapezoid rule; `at_rate` gives a function of the second rate.
    fn integrate<F: Fn(f64) -> (f64, Known)>(&self, at_rate: impl Fn(f64) -> F) -> Oracle {
        let n = 420_u32;
        let step = |i: usize| (self.highs[i] - self.lows[i]) / f64::from(n);
        let mut sums = vec![0.0; 4 + COUNTS as usize];
        for i in 0..=n {
            let known = at_rate(self.lows[0] + step(0) * f64::from(i));
            for j in 0..=n {
                let (prior, known) = known(self.lows[1] + step(1) * f64::from(j));
                let weight = prior * known.active;
                if prior * (known.active + known.left) <= 0.0 {
                    continue;
                }
                sums[0] += prior * (known.active + known.left);
                sums[1] += weight;
                sums[2] += weight * known.expected;
                sums[4..].iter_mut().zip(&known.at_least).for_each(|(sum, p)| *sum += weight * p);
            }
        }
        let at_least = sums[4..].iter().map(|sum| sum / sums[0]).collect();
        let log_likelihood = (sums[0] * step(0) * step(1)).ln();
        Oracle { log_likelihood, alive: sums[1] / sums[0], expected: sums[2] / sums[0], at_least }
    }
}

fn gamma_density(rate: f64, shape: f64, scale: f64) -> f64 {
    (shape * (scale * rate).ln() - scale * rate - ln_gamma(shape)).exp()
}

/// Probabilities of 0, 1, .. events.
fn poisson(mean: f64) -> impl Iterator<Item = f64> {
    (1..).scan((-mean).exp(), move |p, i| {
        let now = *p;
        *p *= mean / f64::from(i);
        Some(now)
    })
}

/// The future of a customer of a model with beta-geometric dropout, by integration over rate and dropout probability.
pub(super) fn bg_oracle(model: &BgNbd, history: &CustomerSummary, span: f64) -> Oracle {
    let (x, silence) = (f64::from(history.frequency()), history.age() - history.recency());
    let k = model.regularity;
    let chances = model.chances(x);
    let beta = crate::maths::special::ln_beta(model.a, model.b);
    let scales = [model.alpha + history.recency(), model.alpha + history.age()];
    let (low, high) = Rectangle::gamma(model.r + f64::from(k) * x, scales);
    let rectangle = Rectangle { lows: [low, -38.0 / model.a - 6.0], highs: [high, 38.0 / model.b + 6.0] };
    rectangle.integrate(|log_rate: f64| {
        let rate = log_rate.exp();
        let rate_prior = gamma_density(rate, model.r, model.alpha);
        let bought = f64::from(k) * x * log_rate - x * ln_gamma(f64::from(k)) - rate * history.recency();
        let stages: Vec<f64> = poisson(rate * silence).take(k as usize).collect();
        let waiting: f64 = stages.iter().sum();
        // Chance of at least so many events in the span.
        let events: Vec<f64> = poisson(rate * span)
            .scan(1.0, |rest, p| {
                let now: f64 = *rest;
                *rest -= p;
                Some(now.max(0.0))
            })
            .take((k * 400) as usize)
            .collect();
        let of = |m: u32| {
            let stage = |(j, weight): (u32, &f64)| weight * events.get((k * m - j) as usize).copied().unwrap_or(0.0);
            if waiting > 0.0 { (0..k).zip(&stages).map(stage).sum::<f64>() / waiting } else { 0.0 }
        };
        let come: Vec<f64> = (1..400).map(of).take_while(|come| *come > 1e-15).collect();
        move |log_odds: f64| {
            let p = crate::maths::special::logistic(log_odds);
            let log_stay = -crate::maths::special::softplus(log_odds);
            let log_leave = -crate::maths::special::softplus(-log_odds);
            let prior = rate_prior * (model.a * log_leave + model.b * log_stay - beta).exp();
            let stay = 1.0 - p;
            let at_least: Vec<f64> = (0..).zip(&come).map(|(m, come)| stay.powi(m) * come).collect();
            let left = if chances > 0.0 { (bought + log_leave + (chances - 1.0) * log_stay).exp() } else { 0.0 };
            let active = (bought + chances * log_stay).exp() * waiting;
            let expected = at_least.iter().sum();
            (prior, Known { active, left, expected, at_least: at_least.into_iter().take(COUNTS as usize).collect() })
        }
    })
}

/// The future of a Pareto/NBD customer, by integration over the rates of purchase and of death.
pub(super) fn pareto_oracle(model: &ParetoNbd, history: &CustomerSummary, span: f64) -> Oracle {
    let x = f64::from(history.frequency());
    let ages = [history.recency(), history.age()];
    let (low, high) = Rectangle::gamma(model.r + x, ages.map(|age| model.alpha + age));
    let (low_death, high_death) = Rectangle::gamma(model.s, [model.beta, model.beta + history.age()]);
    let rectangle = Rectangle { lows: [low, low_death], highs: [high, high_death] };
    rectangle.integrate(|log_rate: f64| {
        let rate = log_rate.exp();
        let rate_prior = gamma_density(rate, model.r, model.alpha);
        move |log_death: f64| {
            let death = log_death.exp();
            let prior = rate_prior * gamma_density(death, model.s, model.beta);
            let both = rate + death;
            let active = (x * log_rate - both * history.age()).exp();
            let silent = -(-both * (history.age() - history.recency())).exp_m1();
            let left = (x * log_rate - both * history.recency()).exp() * death / both * silent;
            let expected = rate / death * -(-death * span).exp_m1();
            let mut counts = vec![0.0; COUNTS as usize];
            let mut add = |weight: f64, time: f64| {
                counts.iter_mut().zip(poisson(rate * time)).for_each(|(sum, p)| *sum += weight * p);
            };
            add((-death * span).exp(), span);
            for piece in 0..4 {
                for (node, width) in crate::maths::quadrature::Nodes::Sixteen.rule() {
                    let time = span / 4.0 * (f64::from(piece) + node);
                    add(span / 4.0 * width * death * (-death * time).exp(), time);
                }
            }
            let rest = |rest: &mut f64, p: &f64| {
                *rest -= p;
                Some(*rest)
            };
            let at_least = counts.iter().scan(1.0, rest).collect();
            (prior, Known { active, left, expected, at_least })
        }
    })
}
