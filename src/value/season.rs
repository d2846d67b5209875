//! The season of the forecast of sales: by how much the quarters of past years brought more or fewer visits than models expected
//! that know of none.

use serde::Serialize;

/// Quarters in a year.
pub(super) const QUARTERS: usize = 4;
/// Years of past quarters that count as much as the belief that a shop has no season: one seen once counts half, seen twice two thirds.
const BELIEF_YEARS: f64 = 1.0;

/// What the forecast of each quarter ahead is taken times, so that the year stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SalesSeason {
    /// Whole years of past quarters that it is learnt from.
    pub n_years: usize,
    /// The factors, of the next quarter first.
    pub factors: [f64; QUARTERS],
}

/// Visits of a past quarter beside those that were expected of an even year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PastQuarter {
    /// Visits expected.
    pub(super) expected: f64,
    /// Visits that came.
    pub(super) came: f64,
}

impl PastQuarter {
    /// How far it was off, in logarithms, and the variance that chance alone gives this; a visit that is half there keeps both finite.
    fn missed(self) -> (f64, f64) {
        (((self.came + 0.5) / (self.expected + 0.5)).ln(), 1.0 / (self.expected + 0.5))
    }
}

impl SalesSeason {
    /// Learns the season of the quarters ahead from those behind, the latest last; `ahead` is the forecast without season. `None`
    /// before a whole year.
    ///
    /// Each year's quarters are held against their own mean, so that a forecast that is too high all along makes no season. Their mean
    /// over the years is drawn towards none: as far as few years and chance ask for.
    ///
    /// # Source
    /// Miller and Williams (2003), International Journal of Forecasting 19(4): seasonal factors that are drawn towards none.
    pub(super) fn learn(past: &[PastQuarter], ahead: [f64; QUARTERS]) -> Option<Self> {
        let n_years = past.len() / QUARTERS;
        let (mut season, mut chance) = ([0.0; QUARTERS], 0.0);
        for year in past.rchunks_exact(QUARTERS) {
            let missed: Vec<(f64, f64)> = year.iter().map(|quarter| quarter.missed()).collect();
            let level = missed.iter().map(|quarter| quarter.0).sum::<f64>() / QUARTERS as f64;
            for (season, quarter) in season.iter_mut().zip(&missed) {
                *season += (quarter.0 - level) / n_years as f64;
                chance += quarter.1 / past.len() as f64 / n_years as f64;
            }
        }
        let spread = season.iter().map(|season| season * season).sum::<f64>() / (QUARTERS - 1) as f64;
        let total: f64 = ahead.iter().sum();
        if n_years == 0 || total <= 0.0 {
            return None;
        }
        let beyond_chance = if spread > chance { 1.0 - chance / spread } else { 0.0 };
        let trust = beyond_chance * n_years as f64 / (n_years as f64 + BELIEF_YEARS);
        let factors = season.map(|season| (trust * season).exp());
        let moved: f64 = factors.iter().zip(ahead).map(|(factor, sales)| factor * sales).sum();
        Some(Self { n_years, factors: factors.map(|factor| factor * total / moved) })
    }

    /// The factor of the next quarter.
    pub(super) const fn next(&self) -> f64 {
        let [next, ..] = self.factors;
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quarters(came: &[f64], expected: f64) -> Vec<PastQuarter> {
        came.iter().map(|came| PastQuarter { expected, came: *came }).collect()
    }

    /// Logarithms of the factors, of an even year ahead.
    fn logs(past: &[PastQuarter]) -> [f64; QUARTERS] {
        SalesSeason::learn(past, [1.0; QUARTERS]).unwrap().factors.map(f64::ln)
    }

    #[test]
    fn a_season_seen_once_counts_half_and_seen_twice_two_thirds() {
        let year = [1e6, 1e6, 1e6, 2e6];
        let [low, .., high] = logs(&quarters(&year, 1e6));
        assert!((high - low - 2_f64.ln() / 2.0).abs() < 1e-3, "{high} {low}");
        let [low, .., high] = logs(&quarters(&[year, year].concat(), 1e6));
        assert!((high - low - 2_f64.ln() * 2.0 / 3.0).abs() < 1e-3, "{high} {low}");
        // Quarters before the last whole year tell nothing of it.
        let [.., high, low] = logs(&quarters(&[&[9e6], &year[1..], &year[..1], &year[1..], &year[..1]].concat(), 1e6));
        assert!(high > low, "the quarter of the peak comes third");
    }

    #[test]
    fn the_year_stays_as_it_is() {
        let ahead = [100.0, 80.0, 70.0, 65.0];
        let season = SalesSeason::learn(&quarters(&[500.0, 400.0, 300.0, 900.0], 500.0), ahead).unwrap();
        let sum: f64 = season.factors.iter().zip(ahead).map(|(factor, sales)| factor * sales).sum();
        assert!((sum - 315.0).abs() < 1e-9, "{sum}");
        assert!(season.factors[2] < 0.8 && season.factors[3] > 1.3, "{season:?}");
    }

    #[test]
    fn a_forecast_that_is_too_high_all_along_chance_and_part_of_a_year_make_no_season() {
        assert!(logs(&quarters(&[50.0; 8], 100.0)).iter().all(|log| log.abs() < 1e-12));
        assert!(logs(&quarters(&[9.0, 11.0, 10.0, 8.0], 10.0)).iter().all(|log| log.abs() < 1e-12));
        assert_eq!(SalesSeason::learn(&quarters(&[1.0, 2.0, 3.0], 2.0), [1.0; QUARTERS]), None);
        // A shop that is shut for a quarter.
        assert!(logs(&quarters(&[100.0, 0.0, 100.0, 100.0], 75.0)).iter().all(|log| log.is_finite()));
    }
}
