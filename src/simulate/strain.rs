//! Owns why and when customers leave: a base hazard, and strains that raise it for a while.

use crate::maths::random::Random;

/// Why a customer left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// For no reason that the shop could see.
    Natural,
    /// After a badly handled complaint.
    Complaint,
    /// After goods were returned.
    Returns,
    /// After slowing down.
    Faded,
    /// After a contact that woke the customer.
    Contact,
}

impl Cause {
    /// The word in the table of truth.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Natural => "natural",
            Self::Complaint => "complaint",
            Self::Returns => "returns",
            Self::Faded => "faded",
            Self::Contact => "contact",
        }
    }
}

/// Something that raises the hazard from one calendar day to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Strain {
    pub(super) from_days: f64,
    pub(super) until_days: f64,
    /// What is added to a base hazard of 1.
    pub(super) excess: f64,
    pub(super) cause: Cause,
}

/// Something that lowers the hazard from one calendar day to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Relief {
    pub(super) from_days: f64,
    pub(super) until_days: f64,
    /// Factor on the whole hazard, at most 1.
    pub(super) factor: f64,
}

/// That a customer left, when, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Leaving {
    pub(super) at_days: f64,
    pub(super) cause: Cause,
}

/// All that presently, or soon, weighs on a customer.
#[derive(Debug, Clone, Default)]
pub(super) struct Strains {
    strains: Vec<Strain>,
    reliefs: Vec<Relief>,
}

impl Strains {
    /// One more strain.
    pub(super) fn add(&mut self, strain: Strain) {
        self.strains.push(strain);
    }

    /// One more relief.
    pub(super) fn relieve(&mut self, relief: Relief) {
        self.reliefs.push(relief);
    }

    /// Forgets what is over.
    pub(super) fn forget_before(&mut self, days: f64) {
        self.reliefs.retain(|relief| relief.until_days > days);
        self.strains.retain(|strain| strain.until_days > days);
    }

    /// Factor on the base hazard at that time.
    pub(super) fn factor(&self, days: f64) -> f64 {
        let active = self.reliefs.iter().filter(|relief| relief.from_days <= days && days < relief.until_days);
        self.strained(days) * active.map(|relief| relief.factor).product::<f64>()
    }

    /// The factor without reliefs.
    fn strained(&self, days: f64) -> f64 {
        1.0 + self.active(days).map(|strain| strain.excess).sum::<f64>()
    }

    fn active(&self, days: f64) -> impl Iterator<Item = &Strain> {
        self.strains.iter().filter(move |strain| strain.from_days <= days && days < strain.until_days)
    }

    /// When and why the customer leaves between two times under a base hazard per day, if at all.
    ///
    /// # Source
    /// Lewis and Shedler (1979), "Simulation of nonhomogeneous Poisson processes by thinning".
    pub(super) fn leaving_between(
        &self,
        span: std::ops::Range<f64>,
        base_per_day: f64,
        random: &mut Random,
    ) -> Option<Leaving> {
        let highest = 1.0 + self.strains.iter().map(|strain| strain.excess).sum::<f64>();
        let mean_days = 1.0 / (base_per_day * highest);
        let mut at_days = span.start;
        loop {
            at_days += random.exponential(mean_days);
            // Without any hazard the mean is infinite, and infinity times zero is not a number.
            if at_days.is_nan() || at_days >= span.end {
                return None;
            }
            if random.chance(self.factor(at_days) / highest) {
                return Some(Leaving { at_days, cause: self.cause(at_days, random) });
            }
        }
    }

    /// Which part of the hazard it was, drawn in proportion to the parts.
    pub(super) fn cause(&self, days: f64, random: &mut Random) -> Cause {
        let mut target = random.uniform() * self.strained(days);
        for strain in self.active(days) {
            if target < strain.excess {
                return strain.cause;
            }
            target -= strain.excess;
        }
        Cause::Natural
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strained() -> Strains {
        let mut strains = Strains::default();
        strains.add(Strain { from_days: 10.0, until_days: 20.0, excess: 3.0, cause: Cause::Complaint });
        strains
    }

    #[test]
    fn a_strain_counts_from_its_start_and_not_at_its_end() {
        let strains = strained();
        let factors = [9.9, 10.0, 19.9, 20.0].map(|days| strains.factor(days));
        assert_eq!(factors.map(f64::to_bits), [1.0, 4.0, 4.0, 1.0].map(f64::to_bits));
    }

    #[test]
    fn leaving_follows_the_hazard_and_names_its_part() {
        let (strains, mut random) = (strained(), Random::new(5, 5));
        let n = 100_000;
        let leavings: Vec<Leaving> =
            (0..n).filter_map(|_| strains.leaving_between(0.0..30.0, 0.01, &mut random)).collect();
        let share = leavings.len() as f64 / f64::from(n);
        let expected = 1.0 - (-0.01_f64 * (10.0 + 4.0 * 10.0 + 10.0)).exp();
        assert!((share - expected).abs() < 0.01, "{share} left, expected {expected}");
        let complaints = leavings.iter().filter(|leaving| leaving.cause == Cause::Complaint).count();
        let strained = leavings.iter().filter(|leaving| (10.0..20.0).contains(&leaving.at_days)).count();
        assert!((complaints as f64 / strained as f64 - 0.75).abs() < 0.02, "{complaints} of {strained}");
    }

    #[test]
    fn a_relief_lowers_the_whole_hazard_for_its_time() {
        let mut strains = strained();
        strains.relieve(Relief { from_days: 15.0, until_days: 25.0, factor: 0.5 });
        let factors = [14.9, 15.0, 22.0, 25.0].map(|days| strains.factor(days));
        assert_eq!(factors.map(f64::to_bits), [4.0, 2.0, 0.5, 1.0].map(f64::to_bits));
    }

    #[test]
    fn nobody_leaves_without_a_hazard() {
        assert_eq!(strained().leaving_between(0.0..1e6, 0.0, &mut Random::new(1, 1)), None);
    }
}
