//! Owns Pareto/NBD: gamma-distributed purchase rates and exponential lifetimes at gamma-distributed rates.
//!
//! The papers' letters: r, alpha shape and scale of the purchase rate; s, beta of the rate of death.

use serde::{Deserialize, Serialize};

use super::counts::{EventCounts, completed};
use super::likelihood::{Likelihood, Prediction, ValueModel, positive, window};
use super::nbd::median_of_first_event;
use super::race::Race;
use super::summary::{CustomerSummary, Grouped, Row, sum_blocks};
use crate::maths::special::{digamma_rise, ln_rise};

/// Purchases at a gamma-distributed rate until a death at a gamma-distributed rate.
///
/// # Source
/// Schmittlein, Morrison and Colombo (1987), Management Science 33, 1-24.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ParetoNbd {
    pub(super) r: f64,
    pub(super) alpha: f64,
    pub(super) s: f64,
    pub(super) beta: f64,
}

impl ParetoNbd {
    pub(super) fn likelihood(&self, shop: &Grouped) -> Likelihood {
        let mut sums = sum_blocks(shop.rows(), |row| self.of_row(row).map(|figure| figure * row.count));
        for (x, count) in shop.by_frequency() {
            let figures = self.of_frequency(*x);
            sums.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += count * figure);
        }
        sums.into()
    }

    /// What depends on the frequency alone, and its derivatives by r, alpha, s, beta.
    fn of_frequency(&self, x: u32) -> [f64; 5] {
        let Self { r, alpha, s, beta } = *self;
        let value = ln_rise(r, x) + r * alpha.ln() + s * beta.ln();
        [value, digamma_rise(r, x) + alpha.ln(), r / alpha, beta.ln(), s / beta]
    }

    /// What depends on the times: `-n ln(alpha + t_x) - s ln(beta + t_x) + ln G`, with G over the time since `t_x`.
    fn of_row(&self, row: &Row) -> [f64; 5] {
        let race = Race {
            purchase_shape: self.r + row.x,
            purchase_scale: self.alpha + row.t_x,
            death_shape: self.s,
            death_scale: self.beta + row.t_x,
        };
        let span = row.t - row.t_x;
        let silence = race.silence_with_moments(span);
        let (n, total) = (race.purchase_shape, silence.total());
        let active = silence.active / total;
        let [log_purchase, by_purchase] = silence.purchase_moments.map(|moment| moment / total);
        let [log_death, by_death] = silence.death_moments.map(|moment| moment / total);
        let (log_a, log_b) = (race.purchase_scale.ln(), race.death_scale.ln());
        let until_end = [(span / race.purchase_scale).ln_1p(), (span / race.death_scale).ln_1p()];
        [
            -n * log_a - self.s * log_b + total.ln(),
            -log_a - active * until_end[0] - log_purchase,
            -n * (active / (self.alpha + row.t) + by_purchase),
            -log_b - active * until_end[1] - log_death + silence.dead / total / self.s,
            -self.s * active / (self.beta + row.t) - (self.s + 1.0) * by_death,
        ]
    }

    /// Log-likelihood of one customer.
    #[must_use]
    pub fn log_likelihood_of(&self, history: &CustomerSummary) -> f64 {
        let (x, t_x, t) = (f64::from(history.frequency()), history.recency(), history.age());
        self.of_frequency(history.frequency())[0] + self.of_row(&Row { x, t_x, t, count: 1.0 })[0]
    }

    /// Expected purchases of an active customer: rate times expected time until death or the end of the span.
    ///
    /// # Source
    /// Schmittlein, Morrison and Colombo (1987), equation 22; s = 1 is a limit, not an exception.
    fn expected_if_active(&self, history: &CustomerSummary, span: f64) -> f64 {
        let race = self.race_from_now(history);
        let log = (span / race.death_scale).ln_1p();
        let exponent = (self.s - 1.0) * log;
        let active_time = if exponent.abs() < 1e-12 { log } else { log * (-(-exponent).exp_m1() / exponent) };
        race.purchase_shape / race.purchase_scale * race.death_scale * active_time
    }

    /// The race from the end of the history on, for a customer who is active then.
    fn race_from_now(&self, history: &CustomerSummary) -> Race {
        Race {
            purchase_shape: self.r + f64::from(history.frequency()),
            purchase_scale: self.alpha + history.age(),
            death_shape: self.s,
            death_scale: self.beta + history.age(),
        }
    }
}

impl ValueModel for ParetoNbd {
    /// # Source
    /// Schmittlein, Morrison and Colombo (1987), equations 11 to 13; Fader and Hardie (2005), note on Pareto/NBD.
    fn probability_alive(&self, history: &CustomerSummary) -> f64 {
        let race = Race {
            purchase_shape: self.r + f64::from(history.frequency()),
            purchase_scale: self.alpha + history.recency(),
            death_shape: self.s,
            death_scale: self.beta + history.recency(),
        };
        let silence = race.silence(history.age() - history.recency());
        (silence.active / silence.total()).clamp(0.0, 1.0)
    }

    fn probability_no_purchase(&self, history: &CustomerSummary, span: f64) -> f64 {
        self.predict(history, span).probability_no_purchase
    }

    /// Purchases before the window tell nothing that is known now: the customer must live to its start, and then buy.
    fn probability_no_purchase_between(&self, history: &CustomerSummary, from: f64, to: f64) -> f64 {
        let (from, length) = window(from, to);
        let race = self.race_from_now(history);
        let lives = (-race.death_shape * (from / race.death_scale).ln_1p()).exp();
        let later = Race { death_scale: race.death_scale + from, ..race };
        let silent = later.silence(length).total().clamp(0.0, 1.0);
        (1.0 - self.probability_alive(history) * lives * (1.0 - silent)).clamp(0.0, 1.0)
    }

    fn expected_purchases(&self, history: &CustomerSummary, span: f64) -> f64 {
        self.probability_alive(history) * self.expected_if_active(history, positive(span))
    }

    fn purchase_counts(&self, history: &CustomerSummary, span: f64, n_max: u32) -> Vec<f64> {
        let span = positive(span);
        let race = self.race_from_now(history);
        let alive = self.probability_alive(history);
        let mut probabilities = vec![0.0; n_max as usize];
        let mut add = |weight: f64, time: f64| {
            let counts = EventCounts::new(race.purchase_shape, race.purchase_scale, time);
            probabilities.iter_mut().zip(counts.probabilities()).for_each(|(sum, p)| *sum += alive * weight * p);
        };
        let survival = (-race.death_shape * (span / race.death_scale).ln_1p()).exp();
        add(survival, span);
        // The counts of a frequent buyer change quickly with the time of death, and need more points.
        let finer = if n_max > 16 || race.purchase_shape > 16.0 { 8 } else { 2 };
        if span > 0.0 {
            Race { purchase_shape: 0.0, ..race }.over_deaths(span, finer, |at| add(race.death(at), at.time));
        }
        if let Some(none) = probabilities.first_mut() {
            *none += 1.0 - alive;
        }
        completed(probabilities)
    }

    fn median_wait(&self, history: &CustomerSummary, span: f64) -> f64 {
        let race = self.race_from_now(history);
        median_wait(&race, race.silence(positive(span)).total(), positive(span))
    }

    fn expected_purchases_at(&self, history: &CustomerSummary, spans: &[f64]) -> Vec<f64> {
        let alive = self.probability_alive(history);
        spans.iter().map(|span| alive * self.expected_if_active(history, positive(*span))).collect()
    }

    fn predict(&self, history: &CustomerSummary, span: f64) -> Prediction {
        let span = positive(span);
        let race = self.race_from_now(history);
        let probability_alive = self.probability_alive(history);
        let silent = race.silence(span).total().clamp(0.0, 1.0);
        Prediction {
            probability_alive,
            probability_no_purchase: (1.0 - probability_alive * (1.0 - silent)).clamp(0.0, 1.0),
            expected_purchases: probability_alive * self.expected_if_active(history, span),
            median_wait: median_wait(&race, silent, span),
        }
    }
}

/// Halley's method on the chance of a purchase, whose derivatives have closed forms; `silent` is the chance of none in
/// the whole span.
fn median_wait(race: &Race, silent: f64, span: f64) -> f64 {
    let half = (1.0 - silent) / 2.0;
    // Without death the chance grows faster, so this starts below the root or nearly so.
    let mut wait = median_of_first_event(race.purchase_shape, race.purchase_scale, span).min(span / 2.0) * 0.8;
    for _ in 0..30 {
        let density = race.purchase_shape / (race.purchase_scale + wait) * race.silent_and_active(wait);
        let newton = (half - (1.0 - race.silence(wait).total())) / density;
        let bend =
            (race.purchase_shape + 1.0) / (race.purchase_scale + wait) + race.death_shape / (race.death_scale + wait);
        let step = newton / (1.0 - newton * bend / 2.0).max(0.2);
        if !step.is_finite() {
            break;
        }
        wait = (wait + step).clamp(0.0, span);
        if step.abs() <= 1e-4 * wait {
            break;
        }
    }
    wait
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fader and Hardie (2005), note on the Pareto/NBD: the customer of CDNOW with 26 repeat purchases.
    #[test]
    fn the_best_customer_of_the_note() {
        let model = ParetoNbd { r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 };
        let history = CustomerSummary::new(26, 30.86, 31.0).unwrap();
        assert!((model.probability_alive(&history) - 0.9979).abs() < 5e-5, "{}", model.probability_alive(&history));
        assert!((model.expected_purchases(&history, 52.0) - 25.46).abs() < 5e-3);
    }

    #[test]
    fn reported_overflows_stay_finite() {
        let model = ParetoNbd { r: 10.465, alpha: 0.007_985_65, s: 3.0516, beta: 2.82 };
        for x in (400..=500).chain([221, 254, 161, 204]) {
            for (t_x, t) in [(20.0, 30.0), (29.9, 30.0), (30.0, 30.0), (0.01, 365.0)] {
                let history = CustomerSummary::new(x, t_x, t).unwrap();
                let figures = [
                    model.log_likelihood_of(&history),
                    model.probability_alive(&history),
                    model.expected_purchases(&history, 52.0),
                    model.probability_no_purchase(&history, 52.0),
                    model.median_wait(&history, 52.0),
                ];
                assert!(figures.iter().all(|figure| figure.is_finite()), "{x} {t_x} {t} {figures:?}");
            }
        }
    }
}
