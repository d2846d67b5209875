//! Owns spend per purchase: Gamma-Gamma, the check of its main assumption, and a guarded fallback.
//!
//! The papers' letters: a purchase is gamma with shape p, its rate gamma over customers with shape q and scale gamma.
//! Amounts are major units of the run's currency; what is fitted may be turnover or margin, net of returns.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::ValueError;
use super::summary::sum_blocks;
use crate::maths::quasi_newton::{self, EDGE, Evaluation, Start, Stop, TOLERANCE};
use crate::maths::special::{digamma, ln_gamma};

/// Customers with a positive mean that a fit needs at least.
const LEAST_SPENDERS: usize = 10;

/// Correlation of frequency and spend above which the model's main assumption is doubtful.
const DOUBTFUL_CORRELATION: f64 = 0.3;

/// A customer's spend: so many orders of so much each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpendSummary {
    n_orders: u32,
    mean: f64,
}

impl SpendSummary {
    /// Nothing known of the customer.
    pub const UNKNOWN: Self = Self { n_orders: 0, mean: 0.0 };

    /// The spend of `n_orders` orders that sum to `net_total` after returns; a negative total counts as 0.
    ///
    /// # Errors
    /// `ValueError::Number` if the total is not finite.
    pub fn new(n_orders: u32, net_total: f64) -> Result<Self, ValueError> {
        if !net_total.is_finite() {
            return Err(ValueError::Number { column: "net spend", value: net_total, allowed: "finite numbers" });
        }
        let mean = if n_orders == 0 { 0.0 } else { net_total.max(0.0) / f64::from(n_orders) };
        Ok(Self { n_orders, mean })
    }

    /// Orders averaged over.
    #[must_use]
    pub const fn n_orders(&self) -> u32 {
        self.n_orders
    }

    /// Mean of an order, net of returns.
    #[must_use]
    pub const fn mean(&self) -> f64 {
        self.mean
    }
}

/// Margin of a customer's purchases: shares of the categories bought, each with its margin.
///
/// Amounts that are not above 0 do not count; without any, the plain mean of the margins.
///
/// ```
/// assert_eq!(retain::clv::blended_margin(&[30.0, 10.0], &[0.5, 0.1]), 0.4);
/// ```
#[must_use]
pub fn blended_margin(amounts: &[f64], margins: &[f64]) -> f64 {
    let pairs = || amounts.iter().zip(margins).filter(|(amount, margin)| **amount > 0.0 && margin.is_finite());
    let total: f64 = pairs().map(|(amount, _)| amount).sum();
    if total > 0.0 && total.is_finite() {
        return pairs().map(|(amount, margin)| amount * margin).sum::<f64>() / total;
    }
    let known: Vec<f64> = margins.iter().copied().filter(|margin| margin.is_finite()).collect();
    if known.is_empty() { 0.0 } else { known.iter().sum::<f64>() / known.len() as f64 }
}

/// Spend per purchase, independent of how often a customer buys.
///
/// # Source
/// Fader and Hardie (2013), note 025; Colombo and Jiang (1999), Journal of Interactive Marketing 13(3), 2-12.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct GammaGamma {
    p: f64,
    q: f64,
    gamma: f64,
}

impl GammaGamma {
    /// The model with these parameters; q above 1, so that the mean exists.
    ///
    /// # Errors
    /// `ValueError::Parameter` otherwise.
    pub fn new(p: f64, q: f64, gamma: f64) -> Result<Self, ValueError> {
        let impossible = |value: f64| !(value.is_finite() && value > 0.0);
        for (parameter, value, bad) in
            [("p", p, impossible(p)), ("q", q, !(q.is_finite() && q > 1.0)), ("gamma", gamma, impossible(gamma))]
        {
            if bad {
                return Err(ValueError::Parameter { model: "Gamma-Gamma".to_owned(), parameter, value });
            }
        }
        Ok(Self { p, q, gamma })
    }

    /// The parameters p, q and gamma.
    #[must_use]
    pub const fn parameters(&self) -> [f64; 3] {
        [self.p, self.q, self.gamma]
    }

    /// Mean spend per purchase over all customers.
    #[must_use]
    pub fn population_mean(&self) -> f64 {
        self.p * self.gamma / (self.q - 1.0)
    }

    /// Expected spend per future purchase of one customer: between the customer's own mean and that of all.
    ///
    /// # Source
    /// Fader and Hardie (2013), note 025, equation 5.
    #[must_use]
    pub fn expected_spend(&self, spend: &SpendSummary) -> f64 {
        let x = f64::from(spend.n_orders);
        self.p * (self.gamma + x * spend.mean) / (self.p * x + self.q - 1.0)
    }

    /// Probability that the next `n_purchases` purchases of the customer sum to less than `total`.
    ///
    /// Given the customer's orders, the total is a gamma variable with a gamma rate, so `total / (total + gamma + x m)` is
    /// a beta variable.
    #[must_use]
    pub fn probability_total_below(&self, total: f64, n_purchases: u32, spend: &SpendSummary) -> f64 {
        if n_purchases == 0 {
            return 1.0;
        }
        let x = f64::from(spend.n_orders);
        let share = total / (total + self.gamma + x * spend.mean);
        crate::maths::special::incomplete_beta(share, self.p * f64::from(n_purchases), self.p * x + self.q)
    }
}

/// How a spend model came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SpendFit {
    /// The model.
    pub model: GammaGamma,
    /// Log-likelihood of the customers' means.
    pub log_likelihood: f64,
    /// Customers fitted on.
    pub n_customers: usize,
    /// Customers left out: no orders, or nothing left after returns.
    pub n_left_out: usize,
    /// Correlation of number of orders and mean spend, which the model takes to be 0.
    pub correlation: f64,
    /// Whether the correlation makes the model doubtful (above 0.3 either way).
    pub correlation_doubtful: bool,
    /// Why the search stopped.
    pub stop: Stop,
    /// Why the fitted model was replaced by one with exponential orders (p = 1) and moments, if it was.
    pub replaced_because: Option<String>,
}

/// Fits Gamma-Gamma by maximum likelihood; where it has no usable mean, p = 1 and the moments take its place.
///
/// # Errors
/// `ValueError::TooFewSpenders` if fewer than 10 customers have a positive mean.
pub fn fit_spend(spends: &[SpendSummary]) -> Result<SpendFit, ValueError> {
    let mut used: Vec<SpendSummary> = spends.iter().filter(|s| s.n_orders > 0 && s.mean > 0.0).copied().collect();
    if used.len() < LEAST_SPENDERS {
        return Err(ValueError::TooFewSpenders { found: used.len(), least: LEAST_SPENDERS });
    }
    let correlation = correlation(&used);
    used.par_sort_unstable_by_key(|s| (s.n_orders, s.mean.to_bits()));
    let objective = Objective::new(&used);
    let function = |at: &[f64]| objective.evaluate(at);
    let best =
        quasi_newton::minimise(&function, Start { at: vec![1.0, 1.0, 1.0], inverse: None, tolerance: TOLERANCE });
    let (model, replaced_because) = objective.guarded(&best)?;
    let [p, q, gamma] = model.parameters();
    let at = [p.ln(), q.ln(), (gamma / objective.scale).ln()];
    let n = used.len() as f64;
    Ok(SpendFit {
        model,
        log_likelihood: -n * (function(&at).value + objective.scale.ln()),
        n_customers: used.len(),
        n_left_out: spends.len() - used.len(),
        correlation,
        correlation_doubtful: correlation.abs() > DOUBTFUL_CORRELATION,
        stop: best.stop,
        replaced_because,
    })
}

/// The negative log-likelihood per customer over logarithms of p, q and gamma, amounts divided by their mean.
struct Objective<'a> {
    used: &'a [SpendSummary],
    by_orders: Vec<(f64, f64)>,
    scale: f64,
    /// Sum of `ln m`, and of `x (ln m + ln x)`.
    logs: [f64; 2],
}

impl<'a> Objective<'a> {
    /// From spends in ascending order of the number of orders.
    fn new(used: &'a [SpendSummary]) -> Self {
        let [total] = sum_blocks(used, |s| [s.mean]);
        let scale = total / used.len() as f64;
        let mut by_orders: Vec<(f64, f64)> = Vec::new();
        for x in used.iter().map(|s| f64::from(s.n_orders)) {
            match by_orders.last_mut() {
                Some((last, count)) if last.to_bits() == x.to_bits() => *count += 1.0,
                _ => by_orders.push((x, 1.0)),
            }
        }
        let logs = sum_blocks(used, |s| {
            let (x, log) = (f64::from(s.n_orders), (s.mean / scale).ln());
            [log, x * (log + x.ln())]
        });
        Self { used, by_orders, scale, logs }
    }

    fn evaluate(&self, at: &[f64]) -> Evaluation {
        let &[p, q, gamma] = at else { return Evaluation { value: f64::INFINITY, gradient: vec![0.0; at.len()] } };
        let [p, q, gamma] = [p, q, gamma].map(f64::exp);
        let mut sums = sum_blocks(self.used, |s| {
            let x = f64::from(s.n_orders);
            let rate = gamma + x * s.mean / self.scale;
            let log = rate.ln();
            [-(p * x + q) * log, -x * log, -log, -(p * x + q) / rate]
        });
        let n = self.used.len() as f64;
        for (x, count) in &self.by_orders {
            let both = digamma(p * x + q);
            sums[0] += count * (ln_gamma(p * x + q) - ln_gamma(p * x));
            sums[1] += count * x * (both - digamma(p * x));
            sums[2] += count * both;
        }
        sums[0] += n * (q * gamma.ln() - ln_gamma(q)) - self.logs[0] + p * self.logs[1];
        sums[1] += self.logs[1];
        sums[2] += n * (gamma.ln() - digamma(q));
        sums[3] += n * q / gamma;
        let gradient = vec![-sums[1] * p / n, -sums[2] * q / n, -sums[3] * gamma / n];
        Evaluation { value: -sums[0] / n, gradient }
    }

    /// The model of the optimum, or the fallback and why.
    fn guarded(&self, best: &quasi_newton::Optimum) -> Result<(GammaGamma, Option<String>), ValueError> {
        let &[p, q, gamma] = best.at.as_slice() else { return Ok((self.by_moments()?, None)) };
        let [p, q, gamma] = [p.exp(), q.exp(), gamma.exp() * self.scale];
        let replaced = |why: String| Ok((self.by_moments()?, Some(why)));
        if best.stop != Stop::Converged && best.gradient > 1e-6 {
            return replaced(format!("the search stopped at a gradient of {:e}", best.gradient));
        }
        if q <= 1.0 {
            return replaced(format!("q is {q:.4}, and a mean exists above 1 only"));
        }
        let model = GammaGamma::new(p, q, gamma)?;
        let ratio = model.population_mean() / self.scale;
        // At the edge, q and gamma run away together: all customers spend alike, which is a mean like any other.
        if !(0.5..=2.0).contains(&ratio) && best.at.iter().all(|z| z.abs() < EDGE) {
            return replaced(format!("the mean of all customers is {ratio:.2} times the observed one"));
        }
        Ok((model, None))
    }

    /// p = 1, and q and gamma so that a customer's mean is drawn to the mean of all with the weight that moments suggest:
    /// squared deviations of means over x orders are about `between + within / x`.
    fn by_moments(&self) -> Result<GammaGamma, ValueError> {
        let n = self.used.len() as f64;
        let sums = sum_blocks(self.used, |s| {
            let (z, square) = (1.0 / f64::from(s.n_orders), (s.mean / self.scale - 1.0).powi(2));
            [z, square, z * z, z * square]
        });
        let [z, square, zz, zs] = sums.map(|sum| sum / n);
        let spread = zz - z * z;
        let within = if spread > 1e-12 { ((zs - z * square) / spread).max(0.0) } else { square };
        let between = (square - within * z).max(1e-9);
        let weight = (within / between).clamp(0.1, 100.0);
        GammaGamma::new(1.0, weight + 1.0, weight * self.scale)
    }
}

/// Pearson's correlation of number of orders and mean spend.
fn correlation(spends: &[SpendSummary]) -> f64 {
    let n = spends.len() as f64;
    let [x, m] = sum_blocks(spends, |s| [f64::from(s.n_orders), s.mean]).map(|sum| sum / n);
    let [xx, mm, xm] = sum_blocks(spends, |s| {
        let (dx, dm) = (f64::from(s.n_orders) - x, s.mean - m);
        [dx * dx, dm * dm, dx * dm]
    });
    let spread = (xx * mm).sqrt();
    if spread > 0.0 { (xm / spread).clamp(-1.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ten_customers_of_note_025() {
        let model = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
        let of = |n, mean: f64| model.expected_spend(&SpendSummary::new(n, mean * f64::from(n)).unwrap());
        let known = [(2, 22.35, 24.65), (1, 11.77, 18.91), (0, 0.0, 35.17), (7, 73.74, 71.46), (2, 25.54, 27.28)];
        for (n, mean, expected) in known {
            // Parameters printed with two decimals give the first three digits; the whole precision needs the data.
            assert!((of(n, mean) - expected).abs() < 0.1, "{n} {mean}: {}", of(n, mean));
        }
    }

    #[test]
    fn totals_have_a_distribution_with_the_expected_mean() {
        let model = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
        let spend = SpendSummary::new(3, 90.0).unwrap();
        let above = |total| 1.0 - model.probability_total_below(total, 2, &spend);
        let near = crate::maths::quadrature::integrate(0.0, 200.0, crate::maths::quadrature::Nodes::ThirtyTwo, above);
        let far =
            crate::maths::quadrature::integrate(200.0, 4_000.0, crate::maths::quadrature::Nodes::ThirtyTwo, above);
        assert!((near + far - 2.0 * model.expected_spend(&spend)).abs() < 1e-2, "{near} {far}");
    }

    #[test]
    fn spend_without_a_mean_is_replaced() {
        // Quantiles of single orders with p = 1 and q = 0.6: total / (total + gamma) is beta with 1 and q.
        let order = |i: u32| 20.0 * ((1.0 - (f64::from(i) + 0.5) / 400.0).powf(-1.0 / 0.6) - 1.0);
        let spends: Vec<_> = (0..400).map(|i| SpendSummary::new(1, order(i)).unwrap()).collect();
        let fit = fit_spend(&spends).unwrap();
        assert!(fit.replaced_because.is_some(), "{fit:?}");
        assert!(fit.model.population_mean() > 0.0 && fit.model.population_mean().is_finite());
        assert!(fit_spend(&spends[..5]).is_err());
    }

    #[test]
    fn equal_spend_is_no_accident_of_the_search() {
        let spends: Vec<_> =
            (0..50).map(|i| SpendSummary::new(1 + i % 4, 20.0 * f64::from(1 + i % 4)).unwrap()).collect();
        let fit = fit_spend(&spends).unwrap();
        let expected = fit.model.expected_spend(&SpendSummary::UNKNOWN);
        assert!((expected - 20.0).abs() < 2.0, "{expected} {fit:?}");
    }

    #[test]
    fn returns_never_make_spend_negative() {
        let spend = SpendSummary::new(2, -30.0).unwrap();
        assert!(spend.mean().abs() < 1e-15);
        assert!(SpendSummary::new(2, f64::NAN).is_err());
        assert!((blended_margin(&[], &[0.2, 0.4]) - 0.3).abs() < 1e-12 && blended_margin(&[], &[]).abs() < 1e-12);
    }
}
