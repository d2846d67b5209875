//! What is to come of a customer, in probabilities: has left already, is leaving, is quiet for a while, or stays. The one
//! place of these formulas.
//!
//! No table says when somebody left. Those who never come back have left already or are leaving now, and which of them is
//! told by how long the silence has lasted in the customer's own rhythm: whoever leaves does so at some moment between the
//! last visit and the visit that would have followed, so that the time until then is spread like the time that the next
//! visit would have taken.
//!
//! Heads learn from what was seen in a follow-up of a given length, and who buys seldom may be silent for all of it and still
//! be here. So what they say of a return is told apart from a mere silence by the own rhythm, before anything is made of it.

/// Probabilities of what is to come of a customer at the day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutcomeProbabilities {
    /// Has left before the day.
    pub gone: f64,
    /// Leaves from the day on: buys once more at most, or not at all, and does not come back.
    pub leaving: f64,
    /// Buys nothing in the label window and comes back behind it; `None` where no head was learnt to tell.
    pub quiet: Option<f64>,
}

/// What conditional heads say of a customer, or what follows from it once who is merely slow is told apart
/// ([`Self::lasting`]).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditionals {
    /// Probability of no return, given no purchase in the label window.
    pub never: f64,
    /// Probability of no return, given a purchase there.
    pub last: f64,
}

impl Conditionals {
    /// What stands in their place where there are none: whoever buys nothing is taken not to come back, and whoever buys to
    /// stay. The silence in the own rhythm alone then parts those who have left from those who are leaving.
    pub const RULE: Self = Self { never: 1.0, last: 0.0 };

    /// Probabilities that the customer has left for good, from those of no return in a follow-up.
    ///
    /// * `silent` - probability that the customer, if still here, buys nothing in the follow-up ([`OwnRhythm::silent_share`]).
    #[must_use]
    pub fn lasting(self, silent: f64) -> Self {
        Self { never: lasting(self.never, silent), last: lasting(self.last, silent) }
    }

    /// Probabilities of what a follow-up will show of a customer with a probability of buying nothing in the label window: never
    /// back, quiet, bought a last time, staying.
    ///
    /// ```
    /// use retain::decide::Conditionals;
    /// assert_eq!(Conditionals { never: 0.5, last: 0.25 }.outcomes(0.5), [0.25, 0.25, 0.125, 0.375]);
    /// ```
    #[must_use]
    pub fn outcomes(self, churn: f64) -> [f64; 4] {
        let Self { never, last } = self;
        [churn * never, churn * (1.0 - never), (1.0 - churn) * last, (1.0 - churn) * (1.0 - last)]
    }
}

/// Probability of having left for good, from that of no return in a follow-up: whoever is not seen there has left, or is still
/// here and silent. So `no_return = left + (1 - left) silent`.
///
/// * `silent` - probability that the customer, if still here, buys nothing in the follow-up.
///
/// ```
/// use retain::decide::lasting;
/// assert!((lasting(0.4, 0.2) - 0.25).abs() < 1e-12);
/// ```
#[must_use]
pub fn lasting(no_return: f64, silent: f64) -> f64 {
    let silent = silent.clamp(0.0, SILENT_MOST);
    ((no_return - silent) / (1.0 - silent)).max(LASTING_LEAST * no_return)
}

/// The own rhythm is not known well enough to take nearly all of what a head says away.
const LASTING_LEAST: f64 = 0.05;
const SILENT_MOST: f64 = 0.95;

/// Gaps between visits by which a silence is judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OwnRhythm {
    /// Days since the last visit.
    pub silence_days: f64,
    /// Visits so far.
    pub visits: f64,
    /// Mean days between them; `None` with one visit.
    pub gap_mean_days: Option<f64>,
    /// Mean days between the visits of a usual customer of the shop, which count like one gap of the customer's own.
    pub usual_gap_days: f64,
}

impl OwnRhythm {
    /// The probability that somebody who never comes back had left before the day: `1 - exp(-silence / gap)`.
    ///
    /// # Source
    /// Schmittlein, Morrison and Colombo (1987), Management Science 33, 1-24, assumptions 1 to 3: the time to the next visit
    /// and that to leaving are exponential, so that of those who leave before their next visit, the time to leaving is
    /// exponential with the sum of both rates, of which that of visits is by far the larger.
    #[must_use]
    pub fn gone_share(&self) -> f64 {
        1.0 - (-self.silence_days.max(0.0) / self.gap_days()).exp()
    }

    /// The probability that somebody who is still here buys nothing in so many days: `exp(-days / gap)`, with visits of one
    /// rate as in [`Self::gone_share`].
    #[must_use]
    pub fn silent_share(&self, days: f64) -> f64 {
        (-days.max(0.0) / self.gap_days()).exp()
    }

    /// Days between visits, the usual gap of the shop among them; at least 1.
    fn gap_days(&self) -> f64 {
        let n_gaps = (self.visits - 1.0).max(0.0);
        let sum = self.gap_mean_days.map_or(0.0, |gap| n_gaps * gap);
        let n_gaps = if self.gap_mean_days.is_some() { n_gaps } else { 0.0 };
        ((sum + self.usual_gap_days) / (n_gaps + 1.0)).max(1.0)
    }
}

impl OutcomeProbabilities {
    /// Of a customer with a probability of buying nothing in the label window, heads, and the share of those never coming
    /// back who had left before the day. Without heads it is [`Conditionals::RULE`].
    #[must_use]
    pub fn of(churn: f64, heads: Option<Conditionals>, gone_share: f64) -> Self {
        let Conditionals { never, last } = heads.unwrap_or(Conditionals::RULE);
        let gone = churn * never * gone_share;
        Self {
            gone,
            leaving: churn * never * (1.0 - gone_share) + (1.0 - churn) * last,
            quiet: heads.map(|_| churn * (1.0 - never)),
        }
    }

    /// Of those who never come back, the share who had left, of a customer with this probability of buying nothing.
    #[must_use]
    pub fn gone_share(&self, churn: f64) -> f64 {
        let never = churn - self.quiet.unwrap_or(0.0);
        if never > 0.0 { (self.gone / never).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// Probability that the customer does not come back: has left, or is leaving.
    #[must_use]
    pub const fn lost(&self) -> f64 {
        self.gone + self.leaving
    }

    /// Probability that the customer buys on, now or after a silence that ends by itself.
    #[must_use]
    pub fn remaining(&self) -> f64 {
        (1.0 - self.lost()).max(0.0)
    }

    /// Probability that the customer buys in the label window, and on.
    #[must_use]
    pub fn staying(&self) -> f64 {
        (self.remaining() - self.quiet.unwrap_or(0.0)).max(0.0)
    }

    /// Whether the customer has more likely left than not: whom one wins back rather than keeps.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.gone > 0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_add_up_to_what_they_are_parts_of() {
        let heads = Conditionals { never: 0.6, last: 0.2 };
        let found = OutcomeProbabilities::of(0.5, Some(heads), 0.75);
        // Never 0.3, of which three quarters have left; quiet 0.2; last 0.1.
        assert!((found.gone - 0.225).abs() < 1e-12);
        assert!((found.leaving - (0.075 + 0.1)).abs() < 1e-12);
        assert!((found.quiet.unwrap() - 0.2).abs() < 1e-12);
        assert!((found.gone_share(0.5) - 0.75).abs() < 1e-12);
        let by_rule = OutcomeProbabilities::of(0.5, None, 0.75);
        assert!((by_rule.gone + by_rule.leaving - 0.5).abs() < 1e-12 && by_rule.quiet.is_none());
    }

    #[test]
    fn who_buys_seldom_may_be_silent_for_all_of_a_follow_up_and_still_be_here() {
        let said = Conditionals { never: 0.6, last: 0.3 };
        assert_eq!(said.lasting(0.0), said, "whoever buys every day and is not seen has left");
        let found = said.lasting(0.2);
        assert!((found.never - 0.5).abs() < 1e-12 && (found.last - 0.125).abs() < 1e-12);
        let slow = said.lasting(0.99);
        assert!(
            (slow.never - 0.03).abs() < 1e-12 && (slow.last - 0.015).abs() < 1e-12,
            "never quite nothing: {slow:?}"
        );
        assert_eq!(Conditionals::RULE.lasting(0.5), Conditionals::RULE);
        let rhythm = OwnRhythm { silence_days: 5.0, visits: 11.0, gap_mean_days: Some(45.0), usual_gap_days: 45.0 };
        assert!((rhythm.silent_share(90.0) - (-2.0_f64).exp()).abs() < 1e-12, "two gaps");
    }

    #[test]
    fn a_silence_tells_by_the_own_rhythm() {
        let rhythm = |silence_days, gap: f64| OwnRhythm {
            silence_days,
            visits: 11.0,
            gap_mean_days: Some(gap),
            usual_gap_days: gap,
        };
        assert!(rhythm(0.0, 30.0).gone_share().abs() < 1e-12);
        assert!((rhythm(30.0, 30.0).gone_share() - 0.632_120_558_8).abs() < 1e-9, "one gap of silence");
        assert!(rhythm(30.0, 7.0).gone_share() > 0.98 && rhythm(30.0, 200.0).gone_share() < 0.15);
        let once = OwnRhythm { silence_days: 40.0, visits: 1.0, gap_mean_days: None, usual_gap_days: 40.0 };
        assert!((once.gone_share() - 0.632_120_558_8).abs() < 1e-9, "with one visit, the usual rhythm of the shop");
    }
}
