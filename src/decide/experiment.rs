//! The control group: who is left alone, so that it can be measured what contacts bring.

use serde::Serialize;

use crate::maths::hash::stable_hash;
use crate::maths::special::chi_square_tail;

/// What places customers in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Draw<'a> {
    /// Name of the campaign.
    pub campaign: &'a str,
    /// Another one draws anew.
    pub salt: &'a str,
}

impl Draw<'_> {
    /// A number from 0 to below 1 of a customer: control are those below the share. It depends on nothing else, so that a
    /// customer stays in the same group from night to night.
    #[must_use]
    pub(super) fn of(&self, customer_id: &str) -> f64 {
        // Lengths keep `a` + `bc` apart from `ab` + `c`.
        let lengths = [self.campaign.len() as u64, self.salt.len() as u64].map(u64::to_le_bytes);
        let [campaign, salt] = [self.campaign.as_bytes(), self.salt.as_bytes()];
        let hash = stable_hash(&[&lengths[0], &lengths[1], campaign, salt, customer_id.as_bytes()]);
        (hash >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// One arm of the experiment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Arm {
    /// Customers.
    pub n: u64,
    /// Their mean probability of churning; 0 for nobody.
    pub mean_churn_probability: f64,
    /// Their mean value at stake, in major units; 0 for nobody.
    pub mean_value_at_stake: f64,
}

/// How the arms compare, and what could be shown with them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Balance {
    /// Those who are contacted and could have been left alone.
    pub treat: Arm,
    /// Those who are left alone.
    pub control: Arm,
    /// Probability of sizes at least as far from the shares as these, if the draw is right: the sample-ratio test.
    pub sample_ratio_p: f64,
    /// Smallest difference in churn between the arms that would be shown in four of five such experiments; `None` without a
    /// control group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smallest_effect: Option<f64>,
    /// Difference in churn that the playbook's rates make.
    pub assumed_effect: f64,
    /// Lists like this one, of different customers, until the assumed effect would be shown in four of five cases.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lists_needed: Option<f64>,
}

/// One customer of an arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Subject {
    /// Whether the customer is left alone.
    pub is_control: bool,
    /// Probability of being left alone.
    pub control_share: f64,
    /// Probability of churning.
    pub churn_probability: f64,
    /// Margin lost if the customer leaves, in major units.
    pub value_at_stake: f64,
    /// By how much the action is expected to lower the probability of leaving.
    pub effect: f64,
}

/// Standard normal quantiles of a two-sided test at 5 % and of a power of 80 %.
const Z_LEVEL: f64 = 1.959_963_984_540_054;
const Z_POWER: f64 = 0.841_621_233_572_914_3;

/// Sizes that are less probable than this speak against the draw.
pub const SUSPICIOUS: f64 = 0.001;

impl Balance {
    /// Compares the arms.
    ///
    /// # Source
    /// Power of two proportions: Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, chapter 4.
    /// Sample-ratio test: Fabijan et al. (2019), KDD, a chi-square test of the sizes.
    #[must_use]
    pub fn of(subjects: &[Subject]) -> Self {
        let arm = |is_control: bool| {
            let own = subjects.iter().filter(|subject| subject.is_control == is_control);
            let n = own.clone().count();
            let mean = |of: fn(&Subject) -> f64| own.clone().map(of).sum::<f64>() / n.max(1) as f64;
            Arm {
                n: n as u64,
                mean_churn_probability: mean(|subject| subject.churn_probability),
                mean_value_at_stake: mean(|subject| subject.value_at_stake),
            }
        };
        let (treat, control) = (arm(false), arm(true));
        let n = subjects.len() as f64;
        let mean = |of: fn(&Subject) -> f64| subjects.iter().map(of).sum::<f64>() / n.max(1.0);
        let churn = mean(|subject| subject.churn_probability);
        let assumed_effect = mean(|subject| subject.effect);
        let parts = 1.0 / treat.n as f64 + 1.0 / control.n as f64;
        let spread = churn * (1.0 - churn);
        let smallest_effect = Some((Z_LEVEL + Z_POWER) * (spread * parts).sqrt()).filter(|effect| effect.is_finite());
        let lists_needed =
            smallest_effect.filter(|_| assumed_effect > 0.0).map(|least| (least / assumed_effect).powi(2));
        Self { treat, control, sample_ratio_p: sample_ratio_p(subjects), smallest_effect, assumed_effect, lists_needed }
    }
}

/// The chi-square test of the size of the control group against its expected size.
fn sample_ratio_p(subjects: &[Subject]) -> f64 {
    let found = subjects.iter().filter(|subject| subject.is_control).count() as f64;
    let expected: f64 = subjects.iter().map(|subject| subject.control_share).sum();
    let variance: f64 = subjects.iter().map(|subject| subject.control_share * (1.0 - subject.control_share)).sum();
    if variance > 0.0 { chi_square_tail((found - expected).powi(2) / variance, 1) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DRAW: Draw<'_> = Draw { campaign: "spring", salt: "1" };

    fn subjects(n: u32, churn: f64, every: u32) -> Vec<Subject> {
        let subject = |i| Subject {
            is_control: i % every == 0,
            control_share: 1.0 / f64::from(every),
            churn_probability: churn,
            value_at_stake: 10.0,
            effect: 0.02,
        };
        (0..n).map(subject).collect()
    }

    #[test]
    fn the_smallest_effects_are_those_of_the_tables() {
        for (n, least) in [(1_000, 0.148), (5_000, 0.066), (20_000, 0.033), (50_000, 0.021)] {
            let balance = Balance::of(&subjects(n, 0.5, 10));
            let found = balance.smallest_effect.unwrap();
            assert!((found - least).abs() < 0.0005, "{n}: {found}");
            assert!((balance.lists_needed.unwrap() - (found / 0.02).powi(2)).abs() < 1e-9);
            assert!((balance.sample_ratio_p - 1.0).abs() < 1e-3);
        }
        assert_eq!(Balance::of(&[]).smallest_effect, None);
    }

    #[test]
    fn a_wrong_draw_is_suspicious_and_a_right_one_is_not() {
        let mut wrong = subjects(5_000, 0.5, 10);
        for subject in &mut wrong {
            subject.control_share = 0.2;
        }
        assert!(Balance::of(&wrong).sample_ratio_p < SUSPICIOUS);
        let drawn = |i: u32| {
            let is_control = DRAW.of(&format!("C{i}")) < 0.1;
            Subject { is_control, control_share: 0.1, churn_probability: 0.5, value_at_stake: 1.0, effect: 0.0 }
        };
        let right: Vec<Subject> = (0..20_000).map(drawn).collect();
        assert!(Balance::of(&right).sample_ratio_p > 0.01);
    }

    #[test]
    fn the_draw_is_fixed_for_ever_and_another_campaign_or_salt_is_another_draw() {
        assert_eq!(DRAW.of("C00001").to_bits(), DRAW.of("C00001").to_bits());
        let others = [Draw { salt: "2", ..DRAW }, Draw { campaign: "summer", ..DRAW }];
        assert!(others.iter().all(|other| (other.of("C00001") - DRAW.of("C00001")).abs() > 1e-9));
        let swapped = Draw { campaign: "spring1", salt: "" };
        assert!((swapped.of("C00001") - DRAW.of("C00001")).abs() > 1e-9);
    }

    proptest! {
        #[test]
        fn the_draw_lies_in_its_range(id in ".{0,20}") {
            prop_assert!((0.0..1.0).contains(&DRAW.of(&id)));
        }
    }
}
