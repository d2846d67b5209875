//! How sure a place on the list is: the same list with other probabilities that are as likely.

use ndarray::{Array1, Array2};
use rayon::prelude::*;

use crate::maths::random::SplitMix64;
use crate::maths::special::probability;

/// Lists that are drawn.
const DRAWS: u32 = 200;

/// Draws beyond either end of an interval, one in so many.
const BEYOND: usize = 10;

/// What a customer is ranked by, in major units: both ends of a line over the probability of churning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worth {
    /// If nothing is bought in the horizon.
    pub if_churning: f64,
    /// If something is.
    pub if_buying: f64,
}

impl Worth {
    fn at(self, churn: f64) -> f64 {
        churn * self.if_churning + (1.0 - churn) * self.if_buying
    }
}

/// Customers who may swap places, in the order of the list.
#[derive(Debug, Clone)]
pub struct Contenders {
    /// Calibrated log-odds of churning.
    pub log_odds: Vec<f64>,
    /// What each is ranked by, if churning were sure and if not churning were.
    pub worth: Vec<Worth>,
    /// Standard deviation of the error that all share.
    pub common_sd: f64,
    /// `(n_contenders, n_directions)`: errors that those who are alike share; one standard deviation each.
    pub in_directions: Array2<f64>,
    /// Standard deviation of each one's own error.
    pub own_sd: Vec<f64>,
}

impl Contenders {
    /// For each of the first so many, the places, from 1, between which it stands in four of five drawn lists; its own place
    /// is always within. The same for a seed and for any number of threads.
    #[must_use]
    pub fn intervals(&self, first: usize, seed: u64) -> Vec<[u32; 2]> {
        let first = first.min(self.log_odds.len());
        let draws: Vec<Vec<u32>> = (0..DRAWS).into_par_iter().map(|draw| self.places(first, seed, draw)).collect();
        let interval = |(contender, own): (usize, u32)| {
            let mut places: Vec<u32> = draws.iter().map(|places| places[contender]).collect();
            places.sort_unstable();
            let beyond = places.len() / BEYOND;
            // The customer ranked first can only fall, so that its own place may lie outside of most draws.
            [places[beyond].min(own), places[places.len() - 1 - beyond].max(own)]
        };
        (0..first).zip(1..).map(interval).collect()
    }

    /// The places of the first contenders in one drawn list.
    fn places(&self, first: usize, seed: u64, draw: u32) -> Vec<u32> {
        let mut random = SplitMix64::of_replicate(seed, draw);
        let common = self.common_sd * random.normal();
        let directions: Array1<f64> = (0..self.in_directions.ncols()).map(|_| random.normal()).collect();
        let shared = self.in_directions.dot(&directions);
        let worth = |contender: usize| {
            let error = common + shared[contender] + self.own_sd[contender] * random.normal();
            self.worth[contender].at(probability(self.log_odds[contender] + error))
        };
        let worths: Vec<f64> = (0..self.log_odds.len()).map(worth).collect();
        let mut order: Vec<usize> = (0..worths.len()).collect();
        order.sort_by(|a, b| worths[*b].total_cmp(&worths[*a]).then(a.cmp(b)));
        let mut places = vec![0; first];
        for (place, contender) in (1..).zip(order) {
            if let Some(own) = places.get_mut(contender) {
                *own = place;
            }
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contenders(own_sd: f64, common_sd: f64, in_direction: f64) -> Contenders {
        let n = 200;
        Contenders {
            log_odds: (0..n).map(|i| 1.0 - 0.01 * f64::from(i)).collect(),
            worth: vec![Worth { if_churning: 10.0, if_buying: 0.0 }; 200],
            common_sd,
            in_directions: Array2::from_elem((200, 1), in_direction),
            own_sd: vec![own_sd; 200],
        }
    }

    #[test]
    fn what_all_share_moves_nobody_and_own_errors_do() {
        let shared = contenders(0.0, 2.0, 1.0).intervals(20, 1);
        assert!(shared.iter().zip(1..).all(|(interval, place)| *interval == [place, place]), "{shared:?}");
        let own = contenders(0.2, 2.0, 1.0).intervals(20, 1);
        assert_eq!((own.len(), own[0][0]), (20, 1));
        // Two neighbours 0.01 apart with errors of 0.2 each: the tenth wanders over some 0.2 x 1.28 / 0.01 places.
        assert!((10..60).contains(&own[15][1]) && own[15][0] < 10, "{own:?}");
        assert!(own.iter().zip(1..).all(|([low, high], place)| low <= &place && &place <= high));
    }

    #[test]
    fn draws_depend_on_the_seed_alone() {
        let run = |threads, seed| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| contenders(0.3, 0.5, 0.2).intervals(50, seed))
        };
        assert_eq!(run(1, 4), run(3, 4));
        assert_ne!(run(1, 4), run(1, 5));
        assert!(contenders(0.3, 0.5, 0.2).intervals(5_000, 4).len() == 200);
    }
}
