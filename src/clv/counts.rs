//! Owns the negative binomial distribution of events in a span, for customers whose rate is a gamma variable.

/// Events in a span t at a rate with shape n and scale A: probability `(A / (A + t))^n` of none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct EventCounts {
    shape: f64,
    log_none: f64,
    /// `t / (A + t)`.
    share: f64,
}

impl EventCounts {
    /// The distribution for shape `shape`, scale `scale` and a span that is not negative.
    pub(super) fn new(shape: f64, scale: f64, span: f64) -> Self {
        Self { shape, log_none: -shape * (span / scale).ln_1p(), share: span / (scale + span) }
    }

    /// Shape of the event rate.
    pub(super) const fn shape(&self) -> f64 {
        self.shape
    }

    /// Logarithm of the probability of no event.
    pub(super) const fn log_none(&self) -> f64 {
        self.log_none
    }

    /// The span over the scale.
    pub(super) fn time_per_scale(&self) -> f64 {
        self.share / (1.0 - self.share)
    }

    /// Probability of no event.
    pub(super) fn none(&self) -> f64 {
        self.log_none.exp()
    }

    /// Probability of one event or more.
    pub(super) fn any(&self) -> f64 {
        -self.log_none.exp_m1()
    }

    /// Probabilities of 0, 1, 2, .. events. Where the first are too small for a number they come out as 0, and the
    /// later ones are right.
    pub(super) fn probabilities(self) -> impl Iterator<Item = f64> {
        let (mut logarithm, mut probability) = (self.log_none, self.log_none.exp());
        let mut i = 0.0;
        std::iter::from_fn(move || {
            let now = probability;
            let ratio = (self.shape + i) / (i + 1.0) * self.share;
            if logarithm < -690.0 {
                logarithm += ratio.ln();
                probability = logarithm.exp();
            } else {
                probability *= ratio;
            }
            i += 1.0;
            Some(now)
        })
    }

    /// Expected number of events.
    pub(super) fn mean(&self) -> f64 {
        self.shape * self.time_per_scale()
    }

    /// Ratio of the probabilities of `i + 1` and `i` events.
    pub(super) fn ratio(&self, i: f64) -> f64 {
        (self.shape + i) / (i + 1.0) * self.share
    }
}

/// Makes a list of probabilities of 0, 1, .. complete: the last entry takes what is left to 1.
pub(super) fn completed(mut probabilities: Vec<f64>) -> Vec<f64> {
    for p in &mut probabilities {
        *p = p.clamp(0.0, 1.0);
    }
    let sum: f64 = probabilities.iter().sum();
    if sum > 1.0 {
        for p in &mut probabilities {
            *p /= sum;
        }
    }
    probabilities.push((1.0 - sum).max(0.0));
    probabilities
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_sum_to_one_and_have_the_mean() {
        for (shape, scale, span) in [(0.3, 4.0, 10.0), (1e4, 30.0, 12.0), (2.0, 5.0, 0.0)] {
            let counts = EventCounts::new(shape, scale, span);
            let (mut sum, mut mean) = (0.0, 0.0);
            for (i, p) in counts.probabilities().take(20_000).enumerate() {
                sum += p;
                mean += p * i as f64;
            }
            assert!((sum - 1.0).abs() < 1e-9, "{shape} {sum}");
            assert!((mean - shape * span / scale).abs() < 1e-6 * (1.0 + mean), "{shape} {mean}");
            assert!((counts.mean() - mean).abs() < 1e-6 * (1.0 + mean));
        }
    }

    #[test]
    fn lists_are_completed_to_one() {
        assert_eq!(completed(vec![0.5, 0.25]), vec![0.5, 0.25, 0.25]);
        assert!((completed(vec![0.8, 0.8]).iter().sum::<f64>() - 1.0).abs() < 1e-15);
    }
}
