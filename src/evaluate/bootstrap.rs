//! Owns uncertainty: resamples of customers, intervals, and differences between learners on the same resamples.
//!
//! A customer drawn k times counts k times at every test cutoff at which the customer occurs, because rows of one
//! customer are not independent. A figure is computed at each cutoff and averaged over the cutoffs.
//!
//! Customers are all that is drawn anew. The models and everything chosen for them, the cutoffs and with them the season,
//! and which baseline is called the best are held fixed ([`HELD_FIXED`]). So an interval tells how far the figure would be
//! from that of other customers of the same shop at the same days; other training rows or another year move it further.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::maths::quantiles::percentile;
use crate::maths::random::SplitMix64;

/// What every interval takes as given, in the words in which reports say so.
pub const HELD_FIXED: &str = "models, their settings, cutoffs and season";

/// An estimate with its 95 % percentile bootstrap interval over customers; [`HELD_FIXED`] is held fixed.
///
/// # Source
/// Efron and Tibshirani (1993), An Introduction to the Bootstrap, section 13.3; resampling whole customers: Field and
/// Welsh (2007), JRSS B 69, 369-390.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Interval {
    /// The figure on the data themselves.
    pub estimate: f64,
    /// The 2.5th percentile of the resamples.
    pub low: f64,
    /// The 97.5th percentile of the resamples.
    pub high: f64,
}

/// How resamples are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resampling {
    /// Where the random numbers start.
    pub seed: u64,
    /// How many resamples.
    pub n_replicates: u32,
}

/// The distinct customers of several test cutoffs.
#[derive(Debug, Clone)]
pub struct Customers {
    n: u32,
    by_cutoff: Vec<Vec<u32>>,
}

impl Customers {
    /// Finds the distinct customers; one list for each cutoff, one entry for each row. `None` above 2^32 of them.
    #[must_use]
    pub fn new(by_cutoff: &[&[u32]]) -> Option<Self> {
        let mut distinct = by_cutoff.concat();
        distinct.sort_unstable();
        distinct.dedup();
        let find = |customer: &u32| u32::try_from(distinct.binary_search(customer).ok()?).ok();
        let place = |customers: &&[u32]| customers.iter().map(find).collect::<Option<Vec<u32>>>();
        Some(Self {
            n: u32::try_from(distinct.len()).ok()?,
            by_cutoff: by_cutoff.iter().map(place).collect::<Option<_>>()?,
        })
    }

    /// How many distinct customers.
    #[must_use]
    pub const fn len(&self) -> u32 {
        self.n
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// How often each row of each cutoff counts in a resample; depends on the seed and the replicate's number only.
    fn weights(&self, seed: u64, replicate: u32) -> Vec<Vec<u32>> {
        let mut random = SplitMix64::of_replicate(seed, replicate);
        // A byte each: nobody is drawn 256 times, and those of a million customers stay in a core's cache.
        let mut drawn = vec![0_u8; self.n as usize];
        for _ in 0..self.n {
            let times = &mut drawn[random.below(self.n) as usize];
            *times = times.saturating_add(1);
        }
        let times = |customer: &u32| u32::from(drawn[*customer as usize]);
        let of_cutoff = |customers: &Vec<u32>| customers.iter().map(times).collect();
        self.by_cutoff.iter().map(of_cutoff).collect()
    }
}

/// Figures at each cutoff, their means, and the means in every resample.
#[derive(Debug, Clone, PartialEq)]
pub struct Draws {
    by_cutoff: Vec<Vec<Option<f64>>>,
    estimates: Vec<Option<f64>>,
    replicates: Vec<Vec<Option<f64>>>,
}

/// Computes figures on the data and on every resample of customers, in parallel; the result does not depend on the number
/// of threads. What made the scores is not made anew: models, their settings, cutoffs and season are those of the data.
///
/// `figures` gets the number of a cutoff and the weights of its rows, and returns always the same number of figures. A
/// figure's mean is over the cutoffs at which the data define it; a resample in which one of those is undefined counts
/// as undefined.
pub fn bootstrap<F>(customers: &Customers, resampling: Resampling, figures: F) -> Draws
where
    F: Fn(usize, &[u32]) -> Vec<Option<f64>> + Sync,
{
    let at_every_cutoff = |weights: &[Vec<u32>]| -> Vec<Vec<Option<f64>>> {
        weights.iter().enumerate().map(|(cutoff, weights)| figures(cutoff, weights)).collect()
    };
    let once: Vec<Vec<u32>> = customers.by_cutoff.iter().map(|rows| vec![1; rows.len()]).collect();
    let by_cutoff = at_every_cutoff(&once);
    let mean_of = |replicate| mean(&at_every_cutoff(&customers.weights(resampling.seed, replicate)), &by_cutoff);
    let replicates = (0..resampling.n_replicates).into_par_iter().map(mean_of).collect();
    Draws { estimates: mean(&by_cutoff, &by_cutoff), by_cutoff, replicates }
}

/// Mean of each figure over the cutoffs at which the data define it.
fn mean(by_cutoff: &[Vec<Option<f64>>], on_data: &[Vec<Option<f64>>]) -> Vec<Option<f64>> {
    let mean_of = |figure: usize| {
        let cutoffs = by_cutoff.iter().zip(on_data).filter(|(_, on_data)| on_data[figure].is_some());
        let values = cutoffs.map(|(figures, _)| figures[figure]).collect::<Option<Vec<f64>>>()?;
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    (0..on_data.first().map_or(0, Vec::len)).map(mean_of).collect()
}

impl Draws {
    /// The figures at one cutoff, on the data themselves.
    #[must_use]
    pub fn at_cutoff(&self, cutoff: usize) -> &[Option<f64>] {
        self.by_cutoff.get(cutoff).map_or(&[], Vec::as_slice)
    }

    /// A figure's mean over the cutoffs with its interval.
    ///
    /// `None` if the data leave the figure undefined, or if more than half of the resamples do: then there are too few
    /// customers to say anything about it.
    #[must_use]
    pub fn interval(&self, figure: usize) -> Option<Interval> {
        interval((*self.estimates.get(figure)?)?, self.replicates.iter().map(|replicate| replicate[figure]))
    }

    /// One figure minus another, compared on the same resamples; `None` as for [`Draws::interval`].
    #[must_use]
    pub fn difference(&self, figure: usize, other: usize) -> Option<Interval> {
        let estimate = (*self.estimates.get(figure)?)? - (*self.estimates.get(other)?)?;
        interval(estimate, self.replicates.iter().map(|replicate| Some(replicate[figure]? - replicate[other]?)))
    }
}

impl Draws {
    /// One figure divided by another, of sums over all cutoffs and on the same resamples; `None` as for
    /// [`Draws::interval`], and where the divisor is not above 0.
    #[must_use]
    pub fn ratio(&self, figure: usize, other: usize) -> Option<Interval> {
        let of = |figures: &Vec<Option<f64>>| {
            let (figure, other) = ((*figures.get(figure)?)?, (*figures.get(other)?)?);
            (other > 0.0).then(|| figure / other)
        };
        interval(of(&self.estimates)?, self.replicates.iter().map(of))
    }
}

fn interval(estimate: f64, replicates: impl ExactSizeIterator<Item = Option<f64>>) -> Option<Interval> {
    let n_replicates = replicates.len();
    let mut defined: Vec<f64> = replicates.flatten().collect();
    defined.sort_by(f64::total_cmp);
    let enough = 2 * defined.len() >= n_replicates;
    let bound = |permille| percentile(&defined, permille);
    enough.then_some(Interval { estimate, low: bound(25)?, high: bound(975)? })
}

#[cfg(test)]
mod tests {
    use super::super::ranking::total;
    use super::*;

    const PLAN: Resampling = Resampling { seed: 7, n_replicates: 400 };

    fn share(churned: &[bool], weights: &[u32]) -> Option<f64> {
        let mass = total(weights);
        let sum: f64 = churned.iter().zip(weights).map(|(&c, &w)| f64::from(u8::from(c)) * f64::from(w)).sum();
        (mass > 0.0).then(|| sum / mass)
    }

    #[test]
    fn a_customer_counts_alike_at_every_cutoff() {
        let customers = Customers::new(&[&[5, 9, 70], &[70, 5], &[]]).unwrap();
        assert_eq!(customers.len(), 3);
        for replicate in 0..50 {
            let weights = customers.weights(1, replicate);
            assert_eq!(weights[1], [weights[0][2], weights[0][0]]);
            assert_eq!(weights[0].iter().sum::<u32>(), 3);
        }
        assert_ne!(customers.weights(1, 0), customers.weights(2, 0));
    }

    /// A rate of .3 among 400 independent customers has a standard error of .0229.
    #[test]
    fn the_interval_of_a_rate_has_the_width_that_theory_gives() {
        let churned: Vec<bool> = (0..400).map(|row| row % 10 < 3).collect();
        let ids: Vec<u32> = (0..400).collect();
        let draws = bootstrap(&Customers::new(&[&ids]).unwrap(), PLAN, |_, w| vec![share(&churned, w)]);
        let rate = draws.interval(0).unwrap();
        assert!((rate.estimate - 0.3).abs() < 1e-12);
        assert!((rate.high - rate.low - 2.0 * 1.96 * 0.0229).abs() < 0.012, "{rate:?}");
    }

    /// The same rows at three cutoffs carry no more information than at one.
    #[test]
    fn repeated_customers_do_not_narrow_the_interval() {
        let churned: Vec<bool> = (0..200).map(|row| row % 4 == 0).collect();
        let ids: Vec<u32> = (0..200).collect();
        let width = |lists: &[&[u32]]| {
            let draws = bootstrap(&Customers::new(lists).unwrap(), PLAN, |_, w| vec![share(&churned, w)]);
            draws.interval(0).map(|rate| rate.high - rate.low).unwrap()
        };
        assert!((width(&[&ids]) - width(&[&ids, &ids, &ids])).abs() < 1e-9);
    }

    #[test]
    fn threads_change_nothing() {
        let churned: Vec<bool> = (0..300).map(|row| row % 7 == 0).collect();
        let ids: Vec<u32> = (0..300).collect();
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| bootstrap(&Customers::new(&[&ids]).unwrap(), PLAN, |_, w| vec![share(&churned, w)]))
        };
        assert_eq!(run(1), run(4));
    }

    #[test]
    fn undefined_cutoffs_and_resamples_are_left_out() {
        let customers = Customers::new(&[&[1, 2, 3, 4], &[9]]).unwrap();
        let only_first = |cutoff: usize, w: &[u32]| vec![(cutoff == 0).then(|| total(w)), None];
        let draws = bootstrap(&customers, PLAN, only_first);
        assert_eq!(draws.interval(0).map(|all| all.estimate), Some(4.0));
        assert_eq!((draws.interval(1), draws.interval(2)), (None, None));
        let rarely = bootstrap(&customers, PLAN, |_, w| vec![w.iter().all(|&w| w == 1).then_some(1.0)]);
        assert_eq!(rarely.interval(0), None);
        assert_eq!(draws.difference(0, 0), Some(Interval { estimate: 0.0, low: 0.0, high: 0.0 }));
        assert_eq!(draws.ratio(0, 0), Some(Interval { estimate: 1.0, low: 1.0, high: 1.0 }));
        assert_eq!(draws.ratio(0, 1), None);
    }
}
