//! Profit of a ranking: what one retention campaign among the customers ranked first would earn, at the best size.

use serde::Serialize;

use super::input::TestCutoff;
use crate::maths::special::incomplete_beta;

/// What a campaign costs and may bring, in major units.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CampaignTerms {
    /// Value of a customer who is kept.
    pub clv: f64,
    /// What a customer is given who accepts the offer.
    pub incentive: f64,
    /// Cost of a contact.
    pub contact_cost: f64,
    /// Parameters of the beta distribution of the share of churners who accept and stay.
    pub acceptance: [f64; 2],
}

/// The largest profit of a ranking for each customer, and the size of the campaign that earns it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Profit {
    /// In major units, for each customer of the population.
    pub profit: f64,
    /// Share of the customers who are contacted.
    pub fraction: f64,
}

/// Cumulated shares of churners and of the others among the customers ranked first.
type Corner = [f64; 2];

impl CampaignTerms {
    /// The usual terms for customers of a mean value: an incentive of 5 % and a contact of 0.5 % of it, and acceptance by 30 %.
    ///
    /// # Source
    /// Verbraken, Verbeke and Baesens (2013), table 3.
    #[must_use]
    pub fn usual(clv: f64) -> Self {
        Self { clv, incentive: 0.05 * clv, contact_cost: 0.005 * clv, acceptance: [6.0, 14.0] }
    }

    /// Profit where a share of churners accepts, at a corner of the curve.
    fn at(&self, acceptance: f64, corner: Corner, churn_rate: f64) -> f64 {
        let kept = acceptance * (self.clv - self.incentive) - self.contact_cost;
        let stayers = (1.0 - churn_rate) * corner[1] * (self.incentive + self.contact_cost);
        kept * churn_rate * corner[0] - stayers
    }
}

/// Maximum profit where the share of churners who accept is known; `None` unless some left and some stayed.
///
/// # Source
/// Verbraken, Verbeke and Baesens (2013), IEEE Transactions on Knowledge and Data Engineering 25(5), equation 8.
#[must_use]
pub fn mpc(churned: &[bool], scores: &[f64], terms: &CampaignTerms, acceptance: f64) -> Option<Profit> {
    let (corners, churn_rate) = hull(churned, scores)?;
    let profit = |corner: &Corner| terms.at(acceptance, *corner, churn_rate);
    let best = corners.iter().max_by(|a, b| profit(a).total_cmp(&profit(b)))?;
    Some(Profit { profit: profit(best), fraction: fraction(*best, churn_rate) })
}

/// Expected maximum profit where the share of churners who accept has a beta distribution; `None` unless some left and some
/// stayed.
///
/// # Source
/// Verbraken, Verbeke and Baesens (2013), equation 12, by the segments of the convex hull of the ROC curve.
#[must_use]
pub fn empc(churned: &[bool], scores: &[f64], terms: &CampaignTerms) -> Option<Profit> {
    let (corners, churn_rate) = hull(churned, scores)?;
    let [alpha, beta] = terms.acceptance;
    let mut expected = Profit { profit: 0.0, fraction: 0.0 };
    let mut from = 0.0;
    for (place, corner) in corners.iter().enumerate() {
        let to = corners.get(place + 1).map_or(1.0, |next| terms.turning_point(*corner, *next, churn_rate)).max(from);
        // Between two turning points one corner is the best for every acceptance.
        let share = incomplete_beta(to, alpha, beta) - incomplete_beta(from, alpha, beta);
        let mean = incomplete_beta(to, alpha + 1.0, beta) - incomplete_beta(from, alpha + 1.0, beta);
        let [none, all] = [0.0, 1.0].map(|acceptance| terms.at(acceptance, *corner, churn_rate));
        expected.profit += none * share + (all - none) * mean * alpha / (alpha + beta);
        expected.fraction += fraction(*corner, churn_rate) * share;
        from = to;
    }
    Some(expected)
}

impl CampaignTerms {
    /// The acceptance from which on the next corner earns more, at most 1.
    fn turning_point(&self, corner: Corner, next: Corner, churn_rate: f64) -> f64 {
        let gain = churn_rate * (next[0] - corner[0]);
        let cost = (1.0 - churn_rate) * (next[1] - corner[1]) * (self.incentive + self.contact_cost);
        let needed = (cost + gain * self.contact_cost) / (gain * (self.clv - self.incentive));
        if needed.is_nan() { 1.0 } else { needed.clamp(0.0, 1.0) }
    }
}

fn fraction(corner: Corner, churn_rate: f64) -> f64 {
    churn_rate * corner[0] + (1.0 - churn_rate) * corner[1]
}

/// The corners of the convex hull of the ROC curve, from nobody to everyone, and the churn rate.
fn hull(churned: &[bool], scores: &[f64]) -> Option<(Vec<Corner>, f64)> {
    let n_churned = churned.iter().filter(|churned| **churned).count();
    if churned.len() != scores.len() || n_churned == 0 || n_churned == churned.len() {
        return None;
    }
    let mut ranked: Vec<(f64, bool)> = scores.iter().copied().zip(churned.iter().copied()).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (n_left, n_stayed) = (n_churned as f64, (churned.len() - n_churned) as f64);
    let mut corners: Vec<Corner> = vec![[0.0, 0.0]];
    let mut counts = [0.0_f64; 2];
    // Customers with one score come together.
    for tied in ranked.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let left = tied.iter().filter(|(_, churned)| *churned).count();
        counts = [counts[0] + left as f64, counts[1] + (tied.len() - left) as f64];
        push_convex(&mut corners, [counts[0] / n_left, counts[1] / n_stayed]);
    }
    Some((corners, n_left / churned.len() as f64))
}

/// Adds a corner, and drops those before that it overlooks.
fn push_convex(corners: &mut Vec<Corner>, next: Corner) {
    while let [.., before, last] = corners.as_slice() {
        let turn = (last[1] - before[1]) * (next[0] - before[0]) - (last[0] - before[0]) * (next[1] - before[1]);
        if turn < 0.0 {
            break;
        }
        corners.pop();
    }
    corners.push(next);
}

/// Profit of each learner, means over the test cutoffs.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ProfitReport {
    /// The terms: customers of a mean value, and what is usual for these.
    pub terms: CampaignTerms,
    /// Each learner and rule, in the order of the evaluation.
    pub learners: Vec<LearnerProfit>,
}

/// Profit of one learner.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct LearnerProfit {
    /// Its name.
    pub name: String,
    /// Expected maximum profit.
    pub empc: Profit,
    /// Maximum profit at the mean acceptance.
    pub mpc: Profit,
}

impl ProfitReport {
    /// The profit of every learner at test cutoffs; `None` where nobody left or everyone did, or customers are worth nothing.
    #[must_use]
    pub fn of(cutoffs: &[&TestCutoff]) -> Option<Self> {
        let values = || cutoffs.iter().flat_map(|cutoff| cutoff.value.iter().map(|value| value.max(0.0)));
        let clv = values().sum::<f64>() / values().count().max(1) as f64;
        if clv <= 0.0 {
            return None;
        }
        let terms = CampaignTerms::usual(clv);
        let names: Vec<&str> = cutoffs.first()?.scores.iter().map(|scores| scores.name.as_str()).collect();
        let learners: Vec<LearnerProfit> =
            names.into_iter().filter_map(|name| of_learner(cutoffs, name, &terms)).collect();
        (!learners.is_empty()).then_some(Self { terms, learners })
    }
}

fn of_learner(cutoffs: &[&TestCutoff], name: &str, terms: &CampaignTerms) -> Option<LearnerProfit> {
    let [alpha, beta] = terms.acceptance;
    let at = |cutoff: &&TestCutoff| {
        let scores = &cutoff.scores.iter().find(|scores| scores.name == name)?.values;
        let maximum = mpc(&cutoff.churned, scores, terms, alpha / (alpha + beta))?;
        Some((empc(&cutoff.churned, scores, terms)?, maximum))
    };
    let found: Vec<(Profit, Profit)> = cutoffs.iter().filter_map(at).collect();
    let mean = |of: fn(&(Profit, Profit)) -> f64| found.iter().map(of).sum::<f64>() / found.len() as f64;
    (!found.is_empty()).then(|| LearnerProfit {
        name: name.to_owned(),
        empc: Profit { profit: mean(|both| both.0.profit), fraction: mean(|both| both.0.fraction) },
        mpc: Profit { profit: mean(|both| both.1.profit), fraction: mean(|both| both.1.fraction) },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: CampaignTerms =
        CampaignTerms { clv: 200.0, incentive: 10.0, contact_cost: 1.0, acceptance: [6.0, 14.0] };
    const SCORES: [f64; 8] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9];

    #[test]
    fn the_published_values_are_reproduced() {
        let churned = [false, true, false, true, false, true, false, true];
        let expected = empc(&churned, &SCORES, &TERMS).unwrap();
        assert!((expected.profit - 23.875_593_418_348_124).abs() < 1e-6, "{expected:?}");
        let maximum = mpc(&churned, &SCORES, &TERMS, 0.3).unwrap();
        assert!((maximum.profit - 23.875).abs() < 1e-9 && (maximum.fraction - 0.875).abs() < 1e-12, "{maximum:?}");
        let perfect = [false, false, false, false, true, true, true, true];
        let best = mpc(&perfect, &SCORES, &TERMS, 0.3).unwrap();
        assert!((best.profit - 28.0).abs() < 1e-9 && (best.fraction - 0.5).abs() < 1e-12, "{best:?}");
        assert_eq!(CampaignTerms::usual(200.0), TERMS);
    }

    #[test]
    fn the_integral_is_that_of_the_best_corner_for_each_acceptance() {
        let churned: Vec<bool> = (0..60_u32).map(|row| (row * 7 + row * row) % 5 < 2).collect();
        let scores: Vec<f64> = (0..60_u32).map(|row| f64::from(row * 13 % 11)).collect();
        let steps = 20_000;
        let density = |g: f64| g.powi(5) * (1.0 - g).powi(13);
        let numbers = (0..steps).map(|step| (f64::from(step) + 0.5) / f64::from(steps));
        let weight: f64 = numbers.clone().map(density).sum();
        let sum: f64 = numbers.map(|g| density(g) * mpc(&churned, &scores, &TERMS, g).unwrap().profit).sum();
        let expected = empc(&churned, &scores, &TERMS).unwrap();
        assert!((expected.profit - sum / weight).abs() < 1e-4, "{expected:?} {}", sum / weight);
    }

    #[test]
    fn one_outcome_alone_has_no_profit() {
        assert_eq!(mpc(&[true, true], &[0.1, 0.2], &TERMS, 0.3), None);
        assert_eq!(empc(&[false, false], &[0.1, 0.2], &TERMS), None);
        assert_eq!(empc(&[false, true], &[0.1], &TERMS), None);
    }
}
