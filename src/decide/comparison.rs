//! Customers who were contacted beside those who were left alone: what both did in the horizon after it.

use serde::Serialize;

use crate::maths::proportion::wilson;
use crate::maths::special::chi_square_tail;

/// What customers of one arm did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ArmOutcome {
    /// Customers.
    pub n_customers: u64,
    /// Those of them who bought in the horizon after.
    pub n_bought: u64,
    /// Those of them who bought in as many days before.
    pub n_bought_before: u64,
}

/// Both arms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Arms {
    /// Who was contacted.
    pub contacted: ArmOutcome,
    /// Who was left alone.
    pub control: ArmOutcome,
}

/// Bounds that hold a figure in 95 of 100 cases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Its bounds.
    pub interval: [f64; 2],
    /// Its standard error.
    pub standard_error: f64,
}

/// Customers that an arm needs at least.
pub const LEAST_CUSTOMERS: u64 = 100;
/// Customers of both arms who bought, and who did not, at least: with fewer the normal distribution is far from the truth.
const LEAST_OUTCOMES: u64 = 10;
/// Arms that differ in what they did before the contact with a smaller p-value were not drawn alike.
const SUSPICIOUS: f64 = 0.01;
/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

impl ArmOutcome {
    /// One more customer.
    pub(super) fn add(&mut self, bought: bool, bought_before: bool) {
        self.n_customers += 1;
        self.n_bought += u64::from(bought);
        self.n_bought_before += u64::from(bought_before);
    }

    const fn and(self, other: Self) -> Self {
        Self {
            n_customers: self.n_customers + other.n_customers,
            n_bought: self.n_bought + other.n_bought,
            n_bought_before: self.n_bought_before + other.n_bought_before,
        }
    }

    /// The share who bought.
    #[must_use]
    pub fn share(&self) -> f64 {
        share(self.n_bought, self.n_customers)
    }

    const fn n_silent(&self) -> u64 {
        self.n_customers.saturating_sub(self.n_bought)
    }
}

impl Arms {
    /// The same of more customers.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { contacted: self.contacted.and(other.contacted), control: self.control.and(other.control) }
    }

    /// Whether there are enough customers to say anything.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        let Self { contacted, control } = self;
        let n_bought = contacted.n_bought + control.n_bought;
        let n_silent = contacted.n_silent() + control.n_silent();
        contacted.n_customers.min(control.n_customers) >= LEAST_CUSTOMERS && n_bought.min(n_silent) >= LEAST_OUTCOMES
    }

    /// Whether the arms differed before anybody was contacted: then they were not drawn by chance, and tell nothing.
    #[must_use]
    pub fn differ_before(&self) -> bool {
        let Self { contacted, control } = self;
        let z =
            z_of((contacted.n_bought_before, contacted.n_customers), (control.n_bought_before, control.n_customers));
        chi_square_tail(z * z, 1) < SUSPICIOUS
    }

    /// How much larger the share who bought is among those contacted; `None` without customers in an arm.
    ///
    /// # Source
    /// Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.
    #[must_use]
    pub fn difference(&self) -> Option<Estimate> {
        let Self { contacted, control } = self;
        let bounds =
            |arm: &ArmOutcome| wilson(usize::try_from(arm.n_bought).ok()?, usize::try_from(arm.n_customers).ok()?);
        let ([low, high], [control_low, control_high]) = (bounds(contacted)?, bounds(control)?);
        let (share, control_share) = (contacted.share(), control.share());
        let value = share - control_share;
        let variance = |arm: &ArmOutcome| arm.share() * (1.0 - arm.share()) / arm.n_customers as f64;
        let below = ((share - low).powi(2) + (control_high - control_share).powi(2)).sqrt();
        let above = ((high - share).powi(2) + (control_share - control_low).powi(2)).sqrt();
        Some(Estimate {
            value,
            interval: [value - below, value + above],
            standard_error: (variance(contacted) + variance(control)).sqrt(),
        })
    }

    /// Probability of a difference at least as low as this one, if contacts change nothing: the one-sided test of two
    /// proportions with the pooled share.
    ///
    /// # Source
    /// Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, section 3.1.
    #[must_use]
    pub fn p_lowers(&self) -> f64 {
        let Self { contacted, control } = self;
        let z = z_of((contacted.n_bought, contacted.n_customers), (control.n_bought, control.n_customers));
        let beyond = chi_square_tail(z * z, 1) / 2.0;
        if z < 0.0 { beyond } else { 1.0 - beyond }
    }

    /// Of those who would have bought nothing, the share who buy because of the contact: `1 - silent / silent of control`.
    /// `None` where nobody was silent.
    ///
    /// # Source
    /// `DellaVigna` and Gentzkow (2010), Annual Review of Economics 2, equation 1, where everybody contacted is reached; bounds of
    /// the ratio after Katz, Baptista, Azen and Pike (1978), Biometrics 34, 469-474, method C.
    #[must_use]
    pub fn persuaded(&self) -> Option<Estimate> {
        let Self { contacted, control } = self;
        let (silent, control_silent) = (contacted.n_silent() as f64, control.n_silent() as f64);
        if silent <= 0.0 || control_silent <= 0.0 {
            return None;
        }
        let (n, control_n) = (contacted.n_customers as f64, control.n_customers as f64);
        let ratio = (silent / n) / (control_silent / control_n);
        let log_error = (1.0 / silent - 1.0 / n + 1.0 / control_silent - 1.0 / control_n).max(0.0).sqrt();
        let bound = |z: f64| 1.0 - ratio * (z * log_error).exp();
        Some(Estimate { value: 1.0 - ratio, interval: [bound(Z), bound(-Z)], standard_error: ratio * log_error })
    }
}

fn share(part: u64, of: u64) -> f64 {
    part as f64 / of.max(1) as f64
}

/// Standard normal score of the difference of two proportions, with the pooled share; 0 where it has no spread.
fn z_of((part, n): (u64, u64), (other_part, other_n): (u64, u64)) -> f64 {
    let pooled = share(part + other_part, n + other_n);
    let variance = pooled * (1.0 - pooled) * (1.0 / n.max(1) as f64 + 1.0 / other_n.max(1) as f64);
    if variance > 0.0 { (share(part, n) - share(other_part, other_n)) / variance.sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arms(contacted: [u64; 3], control: [u64; 3]) -> Arms {
        let arm =
            |[n_customers, n_bought, n_bought_before]: [u64; 3]| ArmOutcome { n_customers, n_bought, n_bought_before };
        Arms { contacted: arm(contacted), control: arm(control) }
    }

    /// 56 of 70 beside 48 of 80.
    const PRINTED: [u64; 2] = [70, 80];

    #[test]
    fn the_difference_has_the_bounds_of_the_paper() {
        // Newcombe (1998), table II, row (a): 56/70 - 48/80, method 10.
        let arms = arms([PRINTED[0], 56, 0], [PRINTED[1], 48, 0]);
        let Estimate { value, interval: [low, high], .. } = arms.difference().unwrap();
        assert!((value - 0.2).abs() < 1e-12);
        assert!((low - 0.0524).abs() < 5e-5 && (high - 0.3339).abs() < 5e-5, "{low} {high}");
    }

    #[test]
    fn the_test_looks_at_one_side_alone() {
        let lower = arms([1_000, 400, 500], [1_000, 460, 500]);
        let higher = arms([1_000, 460, 500], [1_000, 400, 500]);
        // z = -.06 / sqrt(.43 x .57 x 2 / 1000) = -2.710; the tail of the table is .00336.
        assert!((lower.p_lowers() - 0.003_364).abs() < 2e-5, "{}", lower.p_lowers());
        assert!((higher.p_lowers() - (1.0 - lower.p_lowers())).abs() < 1e-12);
        assert!((arms([100, 50, 0], [100, 50, 0]).p_lowers() - 0.5).abs() < 1e-9);
    }

    #[test]
    fn who_would_have_been_silent_and_bought_was_persuaded() {
        let found = arms([1_000, 460, 0], [1_000, 400, 0]).persuaded().unwrap();
        // Of 600 in 1000 who would have been silent, 60 bought.
        assert!((found.value - 0.1).abs() < 1e-12, "{found:?}");
        assert!(found.interval[0] > 0.02 && found.interval[1] < 0.18, "{found:?}");
        assert!((found.standard_error - 0.9 * (1.0_f64 / 540.0 - 1e-3 + 1.0 / 600.0 - 1e-3).sqrt()).abs() < 1e-12);
        assert_eq!(arms([10, 10, 0], [10, 5, 0]).persuaded(), None);
    }

    #[test]
    fn few_customers_and_arms_that_were_not_alike_say_nothing() {
        assert!(!arms([99, 50, 50], [500, 250, 250]).is_enough());
        assert!(!arms([500, 4, 4], [500, 5, 4]).is_enough(), "too few bought");
        assert!(arms([100, 50, 50], [100, 50, 50]).is_enough());
        assert!(arms([1_000, 400, 600], [1_000, 460, 500]).differ_before());
        assert!(!arms([1_000, 400, 510], [1_000, 460, 500]).differ_before());
    }
}
