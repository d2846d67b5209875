//! Which customers training learns from where the panel would be too large: whole customers, the same ones at all
//! cutoffs, chosen by a hash of the seed and their id alone.

use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::settings::DatasetSettings;
use crate::maths::hash::stable_hash;
use crate::timeline::{Cutoff, EventLog, Place, Shard};

/// The customers that training learns from.
#[derive(Debug, Clone, Default)]
pub struct PanelSample {
    /// By customer number; `None` where everyone is kept.
    kept: Option<Arc<Vec<bool>>>,
    record: Option<SampleRecord>,
}

/// What a cap on the rows of the panel left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SampleRecord {
    /// The cap, `panel.max_rows`.
    pub max_rows: usize,
    /// Rows of the largest training without the cap.
    pub n_rows_all: usize,
    /// Its rows with the cap.
    pub n_rows: usize,
    /// Its customers without the cap.
    pub n_customers_all: usize,
    /// Its customers with the cap.
    pub n_customers: usize,
}

impl SampleRecord {
    /// Share of the customers that were kept.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.n_customers as f64 / (self.n_customers_all as f64).max(1.0)
    }
}

/// How many rows training may have, and the seed of the choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PanelCap {
    /// Rows at most.
    pub max_rows: usize,
    /// Seed of the hash.
    pub seed: u64,
}

impl PanelSample {
    /// Chooses the customers for several trainings, each given by its cutoffs: everyone, unless one of them has more rows
    /// than the cap.
    #[must_use]
    pub fn choose(log: &EventLog, trainings: &[Vec<Cutoff>], settings: &DatasetSettings, cap: PanelCap) -> Self {
        let mut cutoffs: Vec<Cutoff> = trainings.iter().flatten().copied().collect();
        cutoffs.sort_unstable();
        cutoffs.dedup();
        let counts = rows_per_cutoff(log, &cutoffs, settings);
        let rows_of = |training: &Vec<Cutoff>| -> usize {
            let at = training.iter().filter_map(|cutoff| cutoffs.binary_search(cutoff).ok());
            at.map(|position| counts[position]).sum()
        };
        if trainings.iter().all(|training| rows_of(training) <= cap.max_rows) {
            return Self::default();
        }
        let rows: Vec<Vec<u32>> = trainings.iter().map(|training| rows_per_customer(log, training, settings)).collect();
        Self::of(log.customer_ids(), &rows, cap)
    }

    /// Keeps the customers whose hashes are the smallest, as many as fit into the cap in each of the trainings, whose rows
    /// by customer are given. Whether a customer is kept must not depend on how long the customer stayed: with a limit on
    /// the number of cutoffs, an earlier training has customers who had left before those of a later one.
    fn of(ids: &[String], trainings: &[Vec<u32>], cap: PanelCap) -> Self {
        let has_rows = |number: &usize| trainings.iter().any(|rows| rows[*number] > 0);
        let mut places: Vec<(u64, usize)> =
            (0..ids.len()).filter(has_rows).map(|number| (hash(&ids[number], cap.seed), number)).collect();
        places.sort_unstable();
        let fitting = |rows: &Vec<u32>| {
            let mut n_rows = 0;
            let fits = |(_, number): &&(u64, usize)| {
                n_rows += rows[*number] as usize;
                n_rows <= cap.max_rows
            };
            places.iter().take_while(fits).count()
        };
        let n_kept = trainings.iter().map(fitting).min().unwrap_or(places.len());
        let mut kept = vec![false; ids.len()];
        places[..n_kept].iter().for_each(|(_, number)| kept[*number] = true);
        let all = |rows: &&Vec<u32>| rows.iter().map(|n| *n as usize).sum::<usize>();
        let record = trainings.iter().max_by_key(all).map(|largest| {
            let of = |places: &[(u64, usize)]| {
                let rows = places.iter().map(|(_, number)| largest[*number] as usize).filter(|n_rows| *n_rows > 0);
                rows.fold((0, 0), |(n_rows, n_customers), more| (n_rows + more, n_customers + 1))
            };
            let ((n_rows_all, n_customers_all), (n_rows, n_customers)) = (of(&places), of(&places[..n_kept]));
            SampleRecord { max_rows: cap.max_rows, n_rows_all, n_rows, n_customers_all, n_customers }
        });
        Self { kept: Some(Arc::new(kept)), record }
    }

    /// Whether training learns from a customer.
    #[must_use]
    pub fn keeps(&self, customer: usize) -> bool {
        self.kept.as_ref().is_none_or(|kept| kept.get(customer).copied().unwrap_or(false))
    }

    /// What the cap left; `None` where everyone is kept.
    #[must_use]
    pub const fn record(&self) -> Option<SampleRecord> {
        self.record
    }
}

/// Eligible customers at each cutoff.
fn rows_per_cutoff(log: &EventLog, cutoffs: &[Cutoff], settings: &DatasetSettings) -> Vec<usize> {
    let windows = settings.rule.windows(cutoffs, &settings.zone);
    let count = |shard: &Shard| {
        let mut counts = vec![0; cutoffs.len()];
        let is_eligible = |at: Place, presence| windows[at.cutoff].is_eligible(presence);
        shard.meet(cutoffs, is_eligible, |at| counts[at.cutoff] += 1);
        counts
    };
    let add = |mut sums: Vec<usize>, other: Vec<usize>| {
        sums.iter_mut().zip(other).for_each(|(sum, count)| *sum += count);
        sums
    };
    log.shards().par_iter().map(count).reduce(|| vec![0; cutoffs.len()], add)
}

/// Rows of each customer over some cutoffs, by customer number.
fn rows_per_customer(log: &EventLog, cutoffs: &[Cutoff], settings: &DatasetSettings) -> Vec<u32> {
    let windows = settings.rule.windows(cutoffs, &settings.zone);
    let count = |shard: &Shard| {
        let first = shard.customers().start;
        let mut counts = vec![0_u32; shard.customers().len()];
        let is_eligible = |at: Place, presence| windows[at.cutoff].is_eligible(presence);
        shard.meet(cutoffs, is_eligible, |at| counts[at.customer - first] += 1);
        counts
    };
    log.shards().par_iter().map(count).collect::<Vec<_>>().concat()
}

/// The hash of a customer's id under a seed.
fn hash(id: &str, seed: u64) -> u64 {
    stable_hash(&[&seed.to_le_bytes(), id.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(n: usize) -> Vec<String> {
        (0..n).map(|number| format!("c{number:05}")).collect()
    }

    fn kept_ids(ids: &[String], sample: &PanelSample) -> Vec<String> {
        ids.iter().enumerate().filter(|(number, _)| sample.keeps(*number)).map(|(_, id)| id.clone()).collect()
    }

    #[test]
    fn a_capped_panel_has_whole_customers_and_at_most_so_many_rows() {
        let ids = ids(10_000);
        let rows: Vec<u32> = (0..10_000).map(|number| number % 5).collect();
        let sample = PanelSample::of(&ids, std::slice::from_ref(&rows), PanelCap { max_rows: 5_000, seed: 1 });
        let record = sample.record().unwrap();
        assert_eq!((record.n_rows_all, record.n_customers_all), (20_000, 8_000));
        assert!((4_990..=5_000).contains(&record.n_rows), "{record:?}");
        // A quarter of the rows is about a quarter of the customers.
        assert!((record.share() - 0.25).abs() < 0.02, "{record:?}");
        let kept: usize = (0..10_000).filter(|number| sample.keeps(*number)).map(|number| rows[number] as usize).sum();
        assert_eq!(kept, record.n_rows);
    }

    #[test]
    fn the_choice_depends_on_seed_and_id_alone() {
        let all = ids(2_000);
        let cap = PanelCap { max_rows: 500, seed: 7 };
        let kept = kept_ids(&all, &PanelSample::of(&all, &[vec![1; 2_000]], cap));
        assert_eq!(kept.len(), 500);
        let mut reversed = all.clone();
        reversed.reverse();
        let mut other = kept_ids(&reversed, &PanelSample::of(&reversed, &[vec![1; 2_000]], cap));
        other.sort();
        assert_eq!(other, kept, "the order of the customers does not matter");
        let smaller = kept_ids(&all, &PanelSample::of(&all, &[vec![1; 2_000]], PanelCap { max_rows: 200, ..cap }));
        assert!(smaller.iter().all(|id| kept.contains(id)), "a lower cap keeps some of the same");
        let seeded = kept_ids(&all, &PanelSample::of(&all, &[vec![1; 2_000]], PanelCap { seed: 8, ..cap }));
        let shared = seeded.iter().filter(|id| kept.contains(id)).count();
        assert!((80..170).contains(&shared), "another seed keeps others: {shared} of 500 are the same");
    }

    /// Two trainings of half the customers each: those of the first had left before the cutoffs of the second, which has
    /// more rows.
    #[test]
    fn who_had_left_by_a_later_training_stays_in_the_earlier_one() {
        let ids = ids(4_000);
        let rows = |first: bool, n: u32| (0..4_000).map(|i| if (i % 2 == 0) == first { n } else { 0 }).collect();
        let sample = PanelSample::of(&ids, &[rows(true, 1), rows(false, 2)], PanelCap { max_rows: 1_000, seed: 3 });
        let kept = |first: bool| (0..4_000).filter(|i| (i % 2 == 0) == first && sample.keeps(*i)).count();
        assert!((420..=580).contains(&kept(true)), "{} of the first, {} of the second", kept(true), kept(false));
        let record = sample.record().unwrap();
        assert_eq!((record.n_rows_all, record.n_customers_all, record.n_customers), (4_000, 2_000, kept(false)));
        assert!(record.n_rows <= 1_000 && kept(false) >= 490, "{record:?}");
    }
}
