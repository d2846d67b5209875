//! How far one distribution lies from another, from counts of rows in the same bins: how much, and to which side.

/// The population stability index of counts beside others, less what chance alone would give.
///
/// # Source
/// Siddiqi (2006), Credit Risk Scorecards, chapter 9; its expectation by chance is (bins - 1) (1/n + 1/m): Yurdakul and
/// Naranjo (2020), Journal of Risk Model Validation 14, 89-100.
pub(super) fn psi(found: &[u64], expected: &[u64]) -> f64 {
    let [n, m] = [found, expected].map(|counts| counts.iter().sum::<u64>() as f64);
    let bins: Vec<(u64, u64)> =
        found.iter().copied().zip(expected.iter().copied()).filter(|(found, expected)| found + expected > 0).collect();
    if n == 0.0 || m == 0.0 {
        return 0.0;
    }
    let half = 0.5 * bins.len() as f64;
    let of_bin = |(found, expected): &(u64, u64)| {
        let [p, q] = [(*found as f64 + 0.5) / (n + half), (*expected as f64 + 0.5) / (m + half)];
        (p - q) * (p / q).ln()
    };
    let by_chance = (bins.len() as f64 - 1.0).max(0.0) * (1.0 / n + 1.0 / m);
    (bins.iter().map(of_bin).sum::<f64>() - by_chance).max(0.0)
}

/// Probability that a value of now is larger than one of training, less that it is smaller; rows without a value aside. It
/// does not depend on how many rows there are.
///
/// # Source
/// Cliff (1993), Psychological Bulletin 114, 494-509, equation 1.
pub(super) fn cliffs_delta(found: &[u64], expected: &[u64]) -> f64 {
    let with_value = |counts: &[u64]| counts.split_last().map_or_else(Vec::new, |(_, bins)| bins.to_vec());
    let (found, expected) = (with_value(found), with_value(expected));
    let pairs = found.iter().sum::<u64>() as f64 * expected.iter().sum::<u64>() as f64;
    let mut below = 0.0;
    let mut delta = 0.0;
    let total: f64 = expected.iter().sum::<u64>() as f64;
    for (found, expected) in found.iter().zip(&expected) {
        let above = total - below - *expected as f64;
        delta += *found as f64 * (below - above);
        below += *expected as f64;
    }
    if pairs > 0.0 { delta / pairs } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_that_of_the_formula_and_near_zero_by_chance() {
        let (found, expected) = ([200_000, 300_000, 500_000], [400_000, 300_000, 300_000]);
        // (.2 - .4) ln(.5) + 0 + (.5 - .3) ln(5/3) = .1386 + .1022
        assert!((psi(&found, &expected) - 0.240_8).abs() < 1e-3, "{}", psi(&found, &expected));
        assert!(psi(&[11, 9, 10, 12, 8], &[100, 100, 100, 100, 100]) < 1e-9);
        assert!(psi(&[0, 0], &[5, 5]).abs() < 1e-12);
    }

    #[test]
    fn the_effect_has_a_sign_and_does_not_depend_on_the_number_of_rows() {
        let effect = |factor: u64| cliffs_delta(&[0, factor, factor, 0], &[factor, factor, 0, 0]);
        // Of four pairs three are larger and none smaller.
        assert!((effect(10) - 0.75).abs() < 1e-12 && (effect(10_000) - 0.75).abs() < 1e-12);
        assert!(cliffs_delta(&[5, 5, 9], &[5, 5, 1]).abs() < 1e-12);
    }
}
