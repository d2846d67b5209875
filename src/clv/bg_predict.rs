//! Owns the predictions of BG/NBD, MBG/NBD and both with regularity k, as sums of positive terms.
//!
//! An active customer stands j events (j < k) after the last purchase, with probability proportional to the terms of
//! the likelihood. Given j, the event rate is gamma with shape `n = r + k x + j` and scale `alpha + T`, p is beta with
//! a and `b + y`, and the m-th future purchase comes if `k m - j` events come and m - 1 dropouts fail:
//! `P(Y >= m) = P(active) sum_j w_j s_m P(N >= k m - j)` with `s_m = E (1 - p)^(m - 1)`. Nothing cancels, and the
//! singular cases of the published closed form with a hypergeometric function (a = 1, c <= 0) do not exist here.

use super::bg_long::LongFuture;
use super::bg_nbd::BgNbd;
use super::counts::{EventCounts, completed};
use super::likelihood::{Forecast, ValueModel, positive, window};
use super::nbd::median_of_first_event;
use super::summary::CustomerSummary;
use crate::maths::roots;
use crate::maths::special::logistic;

/// Sums longer than this are replaced by an integral over p.
const MAX_TERMS: f64 = 20_000.0;

/// Spans whose sums are taken together.
const LANES: usize = 8;

/// Terms below this share of the sum are left out.
const NEGLIGIBLE: f64 = 1e-15;

impl BgNbd {
    /// Calls `f` with j, the weight of the stage and the event distribution in the next `span`, and adds up.
    fn over_stages(&self, history: &CustomerSummary, span: f64, mut f: impl FnMut(u32, &EventCounts) -> f64) -> f64 {
        let n = self.r + self.k() * f64::from(history.frequency());
        let end = self.alpha + history.age();
        if self.regularity == 1 {
            return f(0, &EventCounts::new(n, end, span));
        }
        let u = (history.age() - history.recency()) / end;
        let (mut term, mut weights, mut sum) = (1.0, 0.0, 0.0);
        for j in 0..self.regularity {
            let stage = f64::from(j);
            weights += term;
            if term > 0.0 {
                sum += term * f(j, &EventCounts::new(n + stage, end, span));
            }
            term *= (n + stage) * u / (stage + 1.0);
        }
        sum / weights
    }

    /// Probability that an active customer buys in the next `span`.
    fn probability_purchase_if_active(&self, history: &CustomerSummary, span: f64) -> f64 {
        self.over_stages(history, span, |j, counts| self.at_least(counts, self.regularity - j)).clamp(0.0, 1.0)
    }

    /// Probability of a purchase, and expected purchases, of an active customer in the next `span`.
    fn next_purchases_if_active(&self, history: &CustomerSummary, span: f64) -> [f64; 2] {
        if self.regularity > 1 || span <= 0.0 {
            let expected = self.expected_if_active(history, span);
            return [self.probability_purchase_if_active(history, span), expected];
        }
        let counts = self.events(history, span);
        [counts.any().clamp(0.0, 1.0), self.expected_at_any_time(history, &counts, span)]
    }

    /// The events in the next `span` of an active customer, if each makes a purchase.
    fn events(&self, history: &CustomerSummary, span: f64) -> EventCounts {
        EventCounts::new(self.r + f64::from(history.frequency()), self.alpha + history.age(), span)
    }

    /// Expected purchases of an active customer, if each event makes one; `counts` are those of the next `span`.
    fn expected_at_any_time(&self, history: &CustomerSummary, counts: &EventCounts, span: f64) -> f64 {
        if is_long(counts) {
            return self.expected_from_stage(history.frequency(), 0, self.alpha + history.age(), span);
        }
        let [expected] = self.expected_in_lanes(history, [*counts]);
        expected
    }

    /// Probability that an active customer buys between two times from now.
    fn probability_purchase_between_if_active(&self, history: &CustomerSummary, from: f64, to: f64) -> f64 {
        let (from, length) = window(from, to);
        if from <= 0.0 {
            return self.probability_purchase_if_active(history, length);
        }
        let b = self.b + self.chances(f64::from(history.frequency()));
        let wait = Wait { length, scale: self.alpha + history.age() + from, b };
        let bought = self.over_stages(history, from, |stage, counts| self.purchase_after_wait(counts, stage, wait));
        bought.clamp(0.0, 1.0)
    }

    /// Probability of `events` or more events.
    fn at_least(&self, counts: &EventCounts, events: u32) -> f64 {
        if self.regularity == 1 && events == 1 {
            return counts.any();
        }
        1.0 - counts.probabilities().take(events as usize).sum::<f64>()
    }

    /// Probability that an active customer at one stage buys in a window that begins after `wait` and is `length` long,
    /// `sum_i P(N = i) s_m P(N' >= k - rest)`: i events come before the window, `i + j = k m + rest`, all m dropouts fail,
    /// and the events that are missing to the next purchase come in it. `counts` are the events of the wait.
    fn purchase_after_wait(&self, counts: &EventCounts, stage: u32, wait: Wait) -> f64 {
        let (mut bought, mut survived, mut phase, mut m) = (0.0, 1.0, stage, 1.0);
        let (mut left, mut i) = (1.0, 0.0);
        for probability in counts.probabilities() {
            let later = EventCounts::new(counts.shape() + i, wait.scale, wait.length);
            bought += probability * survived * self.at_least(&later, self.regularity - phase);
            left -= probability;
            // What is left of the sum is at most the chance of more events.
            if (left < NEGLIGIBLE && i > counts.mean()) || i > MAX_TERMS {
                break;
            }
            i += 1.0;
            phase += 1;
            if phase == self.regularity {
                phase = 0;
                survived *= (wait.b + m - 1.0) / (self.a + wait.b + m - 1.0);
                m += 1.0;
            }
        }
        bought
    }

    /// Expected purchases of an active customer at one stage, `sum_i P(N = i) S_floor((i + j) / k)`, with
    /// `S_m = s_1 + .. + s_m`.
    fn expected_at_stage(&self, counts: &EventCounts, stage: u32, b: f64) -> f64 {
        let mut expected = 0.0;
        let (mut survived, mut purchases, mut phase, mut m) = (1.0, 0.0, stage, 1.0);
        for (i, probability) in counts.probabilities().enumerate() {
            expected += probability * purchases;
            let i = i as f64;
            let ratio = counts.ratio(i);
            if ratio < 1.0 && probability * (purchases + 1.0) * ratio < NEGLIGIBLE * (1.0 - ratio) * expected {
                break;
            }
            if i > 2.0 * MAX_TERMS || (probability <= 0.0 && i > counts.mean()) {
                break;
            }
            phase += 1;
            if phase == self.regularity {
                phase = 0;
                purchases += survived;
                survived *= (b + m - 1.0) / (self.a + b + m - 1.0);
                m += 1.0;
            }
        }
        expected
    }

    fn expected_if_active(&self, history: &CustomerSummary, span: f64) -> f64 {
        if span <= 0.0 {
            return 0.0;
        }
        if self.regularity == 1 {
            return self.expected_at_any_time(history, &self.events(history, span), span);
        }
        let (x, end) = (history.frequency(), self.alpha + history.age());
        let stages = self.stage_chances(history).zip(0..);
        stages.map(|(chance, stage)| chance * self.expected_from_stage(x, stage, end, span)).sum()
    }

    /// Expected purchases in the next `span` of an active customer with `x` repeat purchases at one stage, whose event rate
    /// has the scale `end`.
    pub(super) fn expected_from_stage(&self, x: u32, stage: u32, end: f64, span: f64) -> f64 {
        let shape = self.r + self.k() * f64::from(x) + f64::from(stage);
        let b = self.b + self.chances(f64::from(x));
        let counts = EventCounts::new(shape, end, span);
        if is_long(&counts) {
            let (regularity, time_per_scale) = (self.regularity, span / end);
            return LongFuture { regularity, stage, shape, time_per_scale }.expected(self.a, b);
        }
        self.expected_at_stage(&counts, stage, b)
    }

    /// The chances of an active customer to be at each stage.
    pub(super) fn stage_chances(&self, history: &CustomerSummary) -> impl Iterator<Item = f64> + use<> {
        let n = self.r + self.k() * f64::from(history.frequency());
        let u = (history.age() - history.recency()) / (self.alpha + history.age());
        let terms = move |term: &f64, stage: u32| term * (n + f64::from(stage)) * u / (f64::from(stage) + 1.0);
        let (regularity, next) =
            (self.regularity, move |(stage, term): &(u32, f64)| Some((stage + 1, terms(term, *stage))));
        let all = move || std::iter::successors(Some((0, 1.0)), next).take(regularity as usize).map(|(_, term)| term);
        let sum: f64 = all().sum();
        all().map(move |term| term / sum)
    }

    /// `expected_at_stage` for k = 1 and several spans at a time, which share everything but the probabilities.
    fn expected_in_lanes<const N: usize>(&self, history: &CustomerSummary, counts: [EventCounts; N]) -> [f64; N] {
        let x = f64::from(history.frequency());
        let (n, b) = (self.r + x, self.b + self.chances(x));
        let shares = counts.map(|counts| counts.ratio(0.0) / n);
        let largest = shares.iter().fold(0.0, |largest: f64, share| largest.max(*share));
        let mut probabilities = counts.map(|counts| counts.none());
        let (mut expected, mut purchases, mut survived, mut i) = ([0.0; N], 0.0, 1.0, 0.0);
        loop {
            // Convergence is looked at once in a while, in the lane that converges last.
            for _ in 0..8 {
                let factor = (n + i) / (i + 1.0);
                for lane in 0..N {
                    expected[lane] += probabilities[lane] * purchases;
                    probabilities[lane] *= factor * shares[lane];
                }
                purchases += survived;
                survived *= (b + i) / (self.a + b + i);
                i += 1.0;
            }
            let ratio = (n + i) / (i + 1.0) * largest;
            let rest = |lane: usize| probabilities[lane] * purchases <= NEGLIGIBLE * (1.0 - ratio) * expected[lane];
            if (ratio < 1.0 && (0..N).all(rest)) || i > 2.0 * MAX_TERMS {
                return expected;
            }
        }
    }
}

/// Whether a sum over these events has too many terms, or starts with terms too small for a number.
fn is_long(counts: &EventCounts) -> bool {
    let (n, mean, growth) = (counts.shape(), counts.mean(), 1.0 + counts.time_per_scale());
    let n_terms = (n + 37.0) * growth + 10.0 * (mean * growth).sqrt();
    n_terms > MAX_TERMS || counts.log_none() < -690.0
}

/// The window that follows a wait.
#[derive(Clone, Copy)]
struct Wait {
    /// Its length.
    length: f64,
    /// Scale of the event rate at its start.
    scale: f64,
    /// Second parameter of the dropout probability now.
    b: f64,
}

impl ValueModel for BgNbd {
    /// # Source
    /// Fader, Hardie and Lee (2008), note on P(alive) for BG/NBD; MBG/NBD and regularity: Reutterer et al. (2021).
    fn probability_alive(&self, history: &CustomerSummary) -> f64 {
        self.log_odds_left(history).map_or(1.0, |log_odds| logistic(-log_odds))
    }

    /// An active customer leaves only after a purchase, so no purchase comes if the customer has left, or if the events
    /// that are missing to the next purchase do not all come.
    fn probability_no_purchase(&self, history: &CustomerSummary, span: f64) -> f64 {
        let alive = self.probability_alive(history);
        (1.0 - alive * self.probability_purchase_if_active(history, positive(span))).clamp(0.0, 1.0)
    }

    fn probability_no_purchase_between(&self, history: &CustomerSummary, from: f64, to: f64) -> f64 {
        let bought = self.probability_purchase_between_if_active(history, from, to);
        (1.0 - self.probability_alive(history) * bought).clamp(0.0, 1.0)
    }

    fn forecast(&self, history: &CustomerSummary, from: f64, to: f64) -> Forecast {
        // Every figure is that of an active customer times the chance of being one, which is worked out once.
        let active = self.probability_alive(history);
        let of_active = if from > 0.0 {
            let [before, until] = [from, to].map(|span| self.expected_if_active(history, positive(span)));
            [self.probability_purchase_between_if_active(history, from, to), (until - before).max(0.0)]
        } else {
            self.next_purchases_if_active(history, positive(to))
        };
        let [bought, expected] = of_active;
        Forecast {
            probability_active: active,
            probability_no_purchase: (1.0 - active * bought).clamp(0.0, 1.0),
            expected_purchases: active * expected,
        }
    }

    fn expected_purchases(&self, history: &CustomerSummary, span: f64) -> f64 {
        self.probability_alive(history) * self.expected_if_active(history, positive(span))
    }

    fn expected_purchases_at(&self, history: &CustomerSummary, spans: &[f64]) -> Vec<f64> {
        let alive = self.probability_alive(history);
        let mut expected = Vec::with_capacity(spans.len());
        for chunk in spans.chunks(LANES) {
            let longest = chunk.iter().fold(0.0, |longest: f64, span| longest.max(positive(*span)));
            if self.regularity == 1 && !is_long(&self.events(history, longest)) {
                let span_of = |lane: usize| chunk.get(lane).map_or(0.0, |span| positive(*span));
                let counts = std::array::from_fn::<_, LANES, _>(|lane| self.events(history, span_of(lane)));
                expected.extend(self.expected_in_lanes(history, counts).map(|e| alive * e).iter().take(chunk.len()));
            } else {
                expected.extend(chunk.iter().map(|span| self.expected_purchases(history, *span)));
            }
        }
        expected
    }

    fn purchase_counts(&self, history: &CustomerSummary, span: f64, n_max: u32) -> Vec<f64> {
        let span = positive(span);
        let alive = self.probability_alive(history);
        let b = self.b + self.chances(f64::from(history.frequency()));
        let k = self.regularity;
        let (mut survived, mut before) = (1.0, 1.0);
        let mut probabilities = Vec::with_capacity(n_max as usize + 1);
        for m in 1..=n_max {
            let come = self.over_stages(history, span, |j, counts| self.at_least(counts, k * m - j));
            let now = alive * survived * come.clamp(0.0, 1.0);
            probabilities.push(before - now);
            before = now;
            survived *= (b + f64::from(m) - 1.0) / (self.a + b + f64::from(m) - 1.0);
        }
        completed(probabilities)
    }

    fn median_wait(&self, history: &CustomerSummary, span: f64) -> f64 {
        let span = positive(span);
        if self.regularity == 1 {
            let n = self.r + f64::from(history.frequency());
            return median_of_first_event(n, self.alpha + history.age(), span);
        }
        let half = self.probability_purchase_if_active(history, span) / 2.0;
        roots::increasing(span, half, |t| self.probability_purchase_if_active(history, t))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clv::model::ModelKind;

    /// All regularities, windows from now and from later, sums short and long.
    #[test]
    fn a_forecast_is_made_of_the_figures_asked_one_by_one() {
        let kinds = [ModelKind::BG_NBD, ModelKind::MBG_NBD, ModelKind::MbgCnbd { regularity: 3 }];
        for kind in kinds {
            let model = kind.with_parameters(&[0.9, 12.0, 0.3, 1.0]).unwrap();
            for (x, t_x, t) in [(0, 0.0, 5.0), (1, 3.0, 90.0), (7, 200.0, 201.0), (300, 900.0, 1_000.0)] {
                let history = CustomerSummary::new(x, t_x, t).unwrap();
                for (from, to) in [(0.0, 0.0), (0.0, 90.0), (30.0, 90.0), (0.0, 1e5), (-5.0, 60.0)] {
                    let forecast = model.forecast(&history, from, to);
                    let before = model.expected_purchases(&history, from);
                    let expected = model.expected_purchases(&history, to) - before;
                    let no_purchase = model.probability_no_purchase_between(&history, from, to);
                    let case = format!("{kind:?} {x} {from} {to}: {forecast:?}");
                    assert!((forecast.probability_active - model.probability_alive(&history)).abs() < 1e-15, "{case}");
                    assert!((forecast.probability_no_purchase - no_purchase).abs() < 1e-12, "{case} {no_purchase}");
                    assert!((forecast.expected_purchases - expected).abs() < 1e-9 * (1.0 + expected), "{case}");
                }
            }
        }
    }
}
