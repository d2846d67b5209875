//! Owns figures about probabilities: whether three in ten of those with a probability of .3 leave.

use serde::{Deserialize, Serialize};

use super::ranking::Ranked;

/// Bins of a reliability table, of equal mass.
pub const N_BINS: u32 = 10;

/// One bin of customers with similar probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// Customers in the bin.
    pub n: u64,
    /// Their mean churn probability.
    pub mean_probability: f64,
    /// The share of them that left.
    pub observed_rate: f64,
}

/// Reliability table of at most [`N_BINS`] bins of equal mass, from the lowest probability to the highest.
///
/// `probability` is in the order of `ranked`. Customers of equal probability that fall into several bins are spread
/// evenly over them, so the table does not depend on the order of rows. Bins without customers are left out.
///
/// # Source
/// Equal-mass bins: Nguyen and O'Connor (2015), EMNLP, section 3.
#[must_use]
pub fn reliability(ranked: &Ranked<'_>, probability: &[f64]) -> Vec<ReliabilityBin> {
    bins(ranked, probability).into_iter().flatten().collect()
}

/// The same with a place for each bin, `None` for one without customers.
pub(super) fn bins(ranked: &Ranked<'_>, probability: &[f64]) -> [Option<ReliabilityBin>; N_BINS as usize] {
    let mass = ranked.weights.iter().map(|&weight| u64::from(weight)).sum();
    let mut table = TableInProgress::new(mass);
    let mut tie = (0_u64, 0_u64, 0.0);
    for place in (0..probability.len()).rev() {
        if ranked.ends_tie[place] {
            table.add(tie);
            tie = (0, 0, probability[place]);
        }
        let weight = u64::from(ranked.weights[place]);
        tie.0 += weight;
        tie.1 += weight * u64::from(ranked.churned[place]);
    }
    table.add(tie);
    table.bins.map(|bin| (bin.n > 0).then(|| ReliabilityBin::from(bin)))
}

/// Expected calibration error: mean distance of a bin's observed rate from its mean probability, weighted by its
/// customers. `None` for an empty table.
///
/// ```
/// use retain::evaluate::calibration::{ReliabilityBin, expected_calibration_error};
/// let bin = |n, mean_probability, observed_rate| ReliabilityBin { n, mean_probability, observed_rate };
/// let error = expected_calibration_error(&[bin(1, 0.25, 0.5), bin(3, 0.75, 0.5)]);
/// assert_eq!(error, Some(0.25));
/// assert_eq!(expected_calibration_error(&[]), None);
/// ```
///
/// # Source
/// Naeini, Cooper and Hauskrecht (2015), AAAI, equation 3. It is biased upwards in small samples and more so in
/// resamples: its bootstrap interval leans to the high side.
#[must_use]
pub fn expected_calibration_error(table: &[ReliabilityBin]) -> Option<f64> {
    let mass: u64 = table.iter().map(|bin| bin.n).sum();
    let sum: f64 = table.iter().map(|bin| bin.n as f64 * (bin.observed_rate - bin.mean_probability).abs()).sum();
    (mass > 0).then(|| sum / mass as f64)
}

#[derive(Clone, Copy, Default)]
struct BinSums {
    n: u64,
    probability: f64,
    churned: f64,
}

impl From<BinSums> for ReliabilityBin {
    fn from(sums: BinSums) -> Self {
        let n = sums.n as f64;
        Self { n: sums.n, mean_probability: sums.probability / n, observed_rate: sums.churned / n }
    }
}

/// Bins that fill up one after the other; bin `b` ends at the whole number below `(b + 1) / N_BINS` of the mass.
struct TableInProgress {
    mass: u64,
    seen: u64,
    current: usize,
    bins: [BinSums; N_BINS as usize],
}

impl TableInProgress {
    fn new(mass: u64) -> Self {
        Self { mass, seen: 0, current: 0, bins: [BinSums::default(); N_BINS as usize] }
    }

    fn add(&mut self, (n, churned, probability): (u64, u64, f64)) {
        let mut left = n;
        while left > 0 {
            let end = (self.current as u64 + 1) * self.mass / u64::from(N_BINS);
            let taken = left.min(end - self.seen);
            let bin = &mut self.bins[self.current];
            bin.n += taken;
            bin.probability += taken as f64 * probability;
            bin.churned += taken as f64 * (churned as f64 / n as f64);
            left -= taken;
            self.seen += taken;
            self.current += usize::from(left > 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ranking::Ranking;
    use super::*;

    fn table(churned: &[bool], probability: &[f64], weights: &[u32]) -> Vec<ReliabilityBin> {
        let ranking = Ranking::descending(probability).unwrap();
        let (churned, weights) = (ranking.gather(churned), ranking.gather(weights));
        let ranked = Ranked { churned: &churned, weights: &weights, ends_tie: ranking.ends_tie() };
        reliability(&ranked, &ranking.gather(probability))
    }

    #[test]
    fn equal_probabilities_are_spread_over_bins() {
        let churned: Vec<bool> = (0..20).map(|row| row < 5).collect();
        let bins = table(&churned, &[0.0; 20], &[1; 20]);
        assert_eq!(bins.len(), 10);
        assert!(bins.iter().all(|bin| bin.n == 2 && bin.mean_probability.abs() < 1e-15));
        assert!((expected_calibration_error(&bins).unwrap() - 0.25).abs() < 1e-15);
    }

    #[test]
    fn few_rows_leave_bins_out_and_weights_repeat_rows() {
        let one = table(&[true], &[0.4], &[1]);
        assert_eq!(one, [ReliabilityBin { n: 1, mean_probability: 0.4, observed_rate: 1.0 }]);
        assert_eq!(table(&[true], &[0.4], &[0]), []);
        assert_eq!(table(&[], &[], &[]), []);
        let weighted = table(&[true, false], &[0.9, 0.1], &[10, 30]);
        let (churned, p): (Vec<_>, Vec<_>) = (0..40).map(|row| (row < 10, if row < 10 { 0.9 } else { 0.1 })).unzip();
        assert_eq!(weighted, table(&churned, &p, &[1; 40]));
    }
}
