//! Owns BG/NBD, MBG/NBD and both with regularity k: their parameters and log-likelihood. Predictions stand in
//! `bg_predict`.
//!
//! The papers' letters: r, alpha shape and scale of the event rate; a, b of the dropout probability p; k events make a
//! purchase, so that k above 1 means more regular purchases; `y` the purchases after which the customer could leave.

use serde::{Deserialize, Serialize};

use super::likelihood::Likelihood;
use super::summary::{CustomerSummary, Grouped, Row, sum_blocks};
use crate::maths::special::{digamma_rise, ln_gamma, ln_rise, logistic_and_softplus};

/// After which purchases a customer may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dropout {
    /// After repeat purchases only (BG/NBD).
    AfterRepeat,
    /// After the first purchase too (MBG/NBD).
    AfterEvery,
}

/// Beta-geometric dropout with purchase times of regularity k at a gamma-distributed rate.
///
/// # Source
/// Fader, Hardie and Lee (2005), Marketing Science 24(2), equation 6 (BG/NBD); Batislam, Denizel and Filiztekin (2007),
/// IJRM 24, 201-209 (MBG/NBD); Reutterer, Platzer and Schroeder (2021), IJRM 38, 194-215 (regularity).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BgNbd {
    pub(super) dropout: Dropout,
    pub(super) regularity: u32,
    pub(super) r: f64,
    pub(super) alpha: f64,
    pub(super) a: f64,
    pub(super) b: f64,
}

/// The sum over the events that have come since the last purchase, `S = 1 + n u + n (n + 1) u^2 / 2 ..` (k terms), and
/// its derivatives by n and by u.
struct Waiting {
    sum: f64,
    by_n: f64,
    by_u: f64,
}

impl BgNbd {
    /// Purchases after which the customer could have left.
    pub(super) fn chances(&self, frequency: f64) -> f64 {
        match self.dropout {
            Dropout::AfterRepeat => frequency,
            Dropout::AfterEvery => frequency + 1.0,
        }
    }

    pub(super) const fn k(&self) -> f64 {
        self.regularity as f64
    }

    pub(super) fn likelihood(&self, shop: &Grouped) -> Likelihood {
        let mut sums = sum_blocks(shop.rows(), |row| self.of_row(row).map(|figure| figure * row.count));
        for (x, count) in shop.by_frequency() {
            let figures = self.of_frequency(*x);
            sums.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += count * figure);
        }
        sums[0] += (self.k() - 1.0) * shop.sum_log_gaps().unwrap_or(0.0);
        sums.into()
    }

    /// What depends on the frequency alone: `ln_rise` terms, their derivatives by r, alpha, a, b.
    fn of_frequency(&self, x: u32) -> [f64; 5] {
        let Self { r, alpha, a, b, .. } = *self;
        let events = x.saturating_mul(self.regularity);
        let chances = match self.dropout {
            Dropout::AfterRepeat => x,
            Dropout::AfterEvery => x.saturating_add(1),
        };
        let purchases = ln_rise(r, events) + r * alpha.ln() - f64::from(x) * ln_gamma(self.k());
        let survived = ln_rise(b, chances) - ln_rise(a + b, chances);
        let both = digamma_rise(a + b, chances);
        let by_r = digamma_rise(r, events) + alpha.ln();
        [purchases + survived, by_r, r / alpha, -both, digamma_rise(b, chances) - both]
    }

    /// What depends on the times: `-n ln(alpha + T) + ln(S + odds)`, with n = r + k x and the odds of having left.
    fn of_row(&self, row: &Row) -> [f64; 5] {
        let n = self.r + self.k() * row.x;
        let end = self.alpha + row.t;
        let log_end = end.ln();
        let waiting = self.waiting(n, (row.t - row.t_x) / end);
        let log_waiting = waiting.sum.ln();
        let mut figures = [log_waiting - n * log_end, -log_end, -n / end, 0.0, 0.0];
        let chances = self.chances(row.x);
        let mut alive = 1.0;
        if chances > 0.0 {
            let rest = self.b + chances - 1.0;
            let since = (end / (self.alpha + row.t_x)).ln();
            let log_odds = (self.a / rest).ln() + n * since - log_waiting;
            let (left, log_either) = logistic_and_softplus(log_odds);
            alive = 1.0 - left;
            figures[0] += log_either;
            figures[1] += left * since;
            figures[2] += left * n * (1.0 / end - 1.0 / (self.alpha + row.t_x));
            figures[3] = left / self.a;
            figures[4] = -left / rest;
        }
        if self.regularity > 1 {
            let u = (row.t - row.t_x) / end;
            figures[1] += alive * waiting.by_n / waiting.sum;
            figures[2] -= alive * waiting.by_u / waiting.sum * u / end;
        }
        figures
    }

    fn waiting(&self, n: f64, u: f64) -> Waiting {
        let mut waiting = Waiting { sum: 1.0, by_n: 0.0, by_u: 0.0 };
        let (mut term, mut by_n) = (1.0, 0.0);
        for j in 1..self.regularity {
            let j = f64::from(j);
            by_n = (by_n * (n + j - 1.0) + term) * u / j;
            waiting.by_u += term * (n + j - 1.0);
            term *= (n + j - 1.0) * u / j;
            waiting.sum += term;
            waiting.by_n += by_n;
        }
        waiting
    }

    /// Logarithm of the odds that the customer has left.
    pub(super) fn log_odds_left(&self, history: &CustomerSummary) -> Option<f64> {
        let x = f64::from(history.frequency());
        let chances = self.chances(x);
        let n = self.r + self.k() * x;
        let end = self.alpha + history.age();
        let waiting = self.waiting(n, (history.age() - history.recency()) / end);
        let since = (end / (self.alpha + history.recency())).ln();
        (chances > 0.0).then(|| (self.a / (self.b + chances - 1.0)).ln() + n * since - waiting.sum.ln())
    }

    /// Log-likelihood of one customer, without the constant of the times between purchases if k is above 1.
    ///
    /// # Source
    /// Fader and Hardie, note 027: written so that 200 purchases neither overflow nor underflow.
    #[must_use]
    pub fn log_likelihood_of(&self, history: &CustomerSummary) -> f64 {
        let (x, t_x, t) = (f64::from(history.frequency()), history.recency(), history.age());
        self.of_frequency(history.frequency())[0] + self.of_row(&Row { x, t_x, t, count: 1.0 })[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clv::model::{ModelKind, PurchaseModel};

    fn bg_nbd(parameters: [f64; 4]) -> BgNbd {
        match ModelKind::BG_NBD.with_parameters(&parameters).unwrap() {
            PurchaseModel::BgNbd(model) => model,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_customer_as_in_note_027() {
        let model = bg_nbd([0.25, 4.0, 0.8, 2.5]);
        let of = |x, t_x, t| model.log_likelihood_of(&CustomerSummary::new(x, t_x, t).unwrap());
        assert!((of(0, 0.0, 40.0) + 0.59947).abs() < 5e-6, "{}", of(0, 0.0, 40.0));
        assert!((of(200, 38.0, 40.0) - 100.7957).abs() < 5e-5, "{}", of(200, 38.0, 40.0));
        assert!(of(1_000_000, 38.0, 40.0).is_finite());
    }
}
