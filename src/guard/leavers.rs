//! A group of customers of whom almost all left, though others did not.

/// Customers of a group, below which a rate says little.
pub(super) const LEAST_CUSTOMERS: usize = 30;

/// By what the odds of leaving in the group exceed those of the others at least.
const LEAST_ODDS_RATIO: f64 = 10.0;

/// Natural logarithm of one in a million: how unlikely the group must be if its customers were like the others.
const LEAST_SURPRISE: f64 = 13.8;

/// Who left of a group and of the others.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Leavers {
    pub(super) n: usize,
    pub(super) left: usize,
    pub(super) others: usize,
    pub(super) others_left: usize,
}

impl Leavers {
    /// Share of the group that left.
    pub(super) fn rate(&self) -> f64 {
        self.left as f64 / (self.n as f64).max(1.0)
    }

    /// Share of the others that left.
    pub(super) fn others_rate(&self) -> f64 {
        self.others_left as f64 / (self.others as f64).max(1.0)
    }

    /// Whether to belong to the group is to leave: at least `max_rate` of its customers left, the odds are at least ten
    /// times those of the others, and chance would do this less than once in a million times.
    pub(super) fn is_exit(&self, max_rate: f64) -> bool {
        self.n >= LEAST_CUSTOMERS
            && self.others >= LEAST_CUSTOMERS
            && self.rate() >= max_rate
            && self.odds_ratio() >= LEAST_ODDS_RATIO
            && self.surprise() >= LEAST_SURPRISE
    }

    /// # Source
    /// Haldane (1956), Annals of Human Genetics 20, 309-311: half a customer is added to each cell.
    fn odds_ratio(&self) -> f64 {
        let odds = |left: usize, n: usize| (left as f64 + 0.5) / ((n - left) as f64 + 0.5);
        odds(self.left, self.n) / odds(self.others_left, self.others)
    }

    /// Minus the logarithm of a bound on the chance of as many leavers at the rate of the others.
    ///
    /// # Source
    /// Chernoff (1952), Annals of Mathematical Statistics 23, 493-507: `exp(-n KL(rate, rate of the others))`.
    fn surprise(&self) -> f64 {
        // The others' rate with half a customer in each cell, so that it is neither 0 nor 1.
        let base = (self.others_left as f64 + 0.5) / (self.others as f64 + 1.0);
        let part = |p: f64, q: f64| if p > 0.0 { p * (p / q).ln() } else { 0.0 };
        let rate = self.rate();
        if rate <= base { 0.0 } else { self.n as f64 * (part(rate, base) + part(1.0 - rate, 1.0 - base)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn of(n: usize, left: usize, others: usize, others_left: usize) -> Leavers {
        Leavers { n, left, others, others_left }
    }

    #[test]
    fn a_group_that_all_left_is_an_exit_where_others_stay() {
        assert!(of(30, 30, 1_000, 450).is_exit(0.95));
        assert!(!of(29, 29, 1_000, 450).is_exit(0.95), "too few customers");
        assert!(!of(100, 94, 1_000, 450).is_exit(0.95), "too few left");
        assert!(of(100, 95, 1_000, 450).is_exit(0.95));
    }

    #[test]
    fn where_nearly_everyone_leaves_more_is_needed() {
        assert!(!of(40, 40, 1_000, 900).is_exit(0.95), "40 of 40 at a rate of .9 is chance once in 68 times");
        assert!(of(200, 200, 1_000, 900).is_exit(0.95));
        assert!(!of(1_000, 970, 1_000, 900).is_exit(0.95), "odds of 32 against 9");
    }

    /// n = 50, all left, others .5: 50 ln 2 = 34.66; odds (50.5 / .5) / 1 = 101.
    #[test]
    fn the_figures_are_those_worked_by_hand() {
        let group = of(50, 50, 10_000, 5_000);
        assert!((group.surprise() - 50.0 * 2_f64.ln()).abs() < 1e-9);
        assert!((group.odds_ratio() - 101.0).abs() < 1e-9);
        assert!(of(50, 20, 100, 50).surprise().abs() < 1e-12);
    }
}
