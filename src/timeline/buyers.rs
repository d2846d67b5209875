//! The purchase model of a cutoff: MBG/NBD, fitted on a sample of the customers known then, and what it predicts.
//!
//! The sample are the customers with an order whose ids have the lowest hashes. It depends on who was known at the
//! cutoff alone: not on the partition, the order of rows, the cutoffs asked with it, or customers who came later.

use crate::clv::{CustomerSummary, Forecast, Grouped, ModelKind, PurchaseModel, TimeUnit, ValueModel, Wanted, fit};
use crate::maths::hash::stable_hash;
use crate::units::Days;

/// Customers on whom a model is fitted at most: a shop of millions costs no more than a middling one, and four
/// parameters are known well enough.
pub(super) const SAMPLE: usize = 20_000;

/// Customers of the sample who have come back on another day, at least; with fewer there is no model.
pub(super) const LEAST_RETURNED: usize = 10;

/// What a model says of a history, times in days, about the window of `horizon` that begins `gap` from now. Purchases are
/// days with one.
pub(super) fn forecast(model: &PurchaseModel, history: &CustomerSummary, gap: Days, horizon: Days) -> Forecast {
    let from = f64::from(gap.0);
    model.forecast(history, from, from + f64::from(horizon.0))
}

/// The history that purchase models read: purchases on one day are one visit, times are in days from the first visit on.
/// `first` and `last` are the days of the first visit and the last, `today` is that of the cutoff.
pub(super) fn summary(visits: u32, [first, last]: [i32; 2], today: i32) -> Option<CustomerSummary> {
    CustomerSummary::new(visits.saturating_sub(1), f64::from(last - first), f64::from(today - first)).ok()
}

/// A customer of the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Buyer {
    /// Hash of the id.
    hash: u64,
    first: i32,
    last: i32,
    visits: u32,
}

/// The customers with the lowest hashes so far.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    most: usize,
    /// No customer above it is among the lowest.
    bound: u64,
    buyers: Vec<Buyer>,
}

impl Default for Sample {
    fn default() -> Self {
        Self::of_at_most(SAMPLE)
    }
}

impl Sample {
    const fn of_at_most(most: usize) -> Self {
        Self { most, bound: u64::MAX, buyers: Vec::new() }
    }

    /// Takes a customer in whose orders, at least one, were placed on these days, which ascend and may repeat.
    pub(super) fn add(&mut self, hash: u64, days: &[i32]) {
        let (Some(first), Some(last)) = (days.first(), days.last()) else { return };
        if hash > self.bound {
            return;
        }
        let changes = days.windows(2).filter(|pair| pair[0] != pair[1]).count();
        let visits = u32::try_from(changes + 1).unwrap_or(u32::MAX);
        self.buyers.push(Buyer { hash, first: *first, last: *last, visits });
        if self.buyers.len() >= 2 * self.most {
            self.keep_the_lowest();
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.buyers.extend(&other.buyers);
        self.keep_the_lowest();
    }

    fn keep_the_lowest(&mut self) {
        if self.buyers.len() > self.most && self.most > 0 {
            let (_, last, _) = self.buyers.select_nth_unstable(self.most - 1);
            self.bound = last.hash;
            self.buyers.truncate(self.most);
        }
    }

    /// The model of the sample at the start of a day; `None` if too few came back, or the search did not converge to
    /// MBG/NBD.
    pub(super) fn model(mut self, today: i32) -> Option<PurchaseModel> {
        self.keep_the_lowest();
        let history = |buyer: &Buyer| summary(buyer.visits, [buyer.first, buyer.last], today);
        let histories: Vec<CustomerSummary> = self.buyers.iter().filter_map(history).collect();
        fit_purchases(&histories)
    }
}

/// MBG/NBD of some histories in days; `None` if too few came back, or the search did not converge.
#[must_use]
pub fn fit_purchases(histories: &[CustomerSummary]) -> Option<PurchaseModel> {
    if histories.iter().filter(|history| history.frequency() > 0).count() < LEAST_RETURNED {
        return None;
    }
    let grouped = Grouped::new(histories).ok()?;
    let fit = fit(&grouped, TimeUnit::Day, Wanted::Model(ModelKind::MBG_NBD)).ok()?;
    // Whatever the ladder fell back to is another model: better no value than one of another meaning.
    Some(fit.model).filter(|model| model.kind() == ModelKind::MBG_NBD)
}

/// The hash of a customer's id.
pub(super) fn hash_of(id: &str) -> u64 {
    stable_hash(&[id.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_are_kept_in_any_order_and_partition() {
        let hashes: Vec<u64> = (0..500).map(|i| hash_of(&format!("c{i}"))).collect();
        let sample = |hashes: &[u64]| {
            let mut sample = Sample::of_at_most(20);
            for hash in hashes {
                sample.add(*hash, &[1, 5]);
            }
            sample
        };
        let kept = |mut sample: Sample| {
            sample.keep_the_lowest();
            let mut kept: Vec<u64> = sample.buyers.iter().map(|buyer| buyer.hash).collect();
            kept.sort_unstable();
            kept
        };
        let mut lowest = hashes.clone();
        lowest.sort_unstable();
        lowest.truncate(20);
        assert_eq!(kept(sample(&hashes)), lowest);
        let mut parts = sample(&hashes[..137]);
        parts.merge(&sample(&hashes[137..]));
        assert_eq!(kept(parts), lowest);
        let reversed: Vec<u64> = hashes.iter().rev().copied().collect();
        assert_eq!(kept(sample(&reversed)), lowest);
    }

    #[test]
    fn orders_of_one_day_are_one_purchase() {
        let mut sample = Sample::of_at_most(5);
        sample.add(1, &[3, 3, 7]);
        let buyer = sample.buyers[0];
        let history = summary(buyer.visits, [buyer.first, buyer.last], 10).unwrap();
        assert_eq!(history.frequency(), 1);
        assert!((history.recency() - 4.0).abs() < 1e-12 && (history.age() - 7.0).abs() < 1e-12);
    }

    #[test]
    fn too_few_who_came_back_give_no_model() {
        let mut sample = Sample::of_at_most(100);
        for hash in 0..60 {
            sample.add(hash, &[1]);
        }
        for hash in 100..109 {
            sample.add(hash, &[1, 30]);
        }
        assert_eq!(sample.model(90), None);
    }

    #[test]
    fn a_window_that_begins_later_is_predicted_with_the_gap() {
        let model = ModelKind::MBG_NBD.with_parameters(&[0.5, 40.0, 0.8, 3.0]).unwrap();
        let history = CustomerSummary::new(4, 90.0, 100.0).unwrap();
        let [now, later] = [0, 30].map(|gap| forecast(&model, &history, Days(gap), Days(60)));
        assert!((now.probability_no_purchase - model.probability_no_purchase(&history, 60.0)).abs() < 1e-12);
        assert!(later.probability_no_purchase > now.probability_no_purchase, "who leaves in the gap buys nothing");
        let both = forecast(&model, &history, Days(0), Days(90));
        let first = forecast(&model, &history, Days(0), Days(30));
        assert!((first.expected_purchases + later.expected_purchases - both.expected_purchases).abs() < 1e-12);
    }
}
