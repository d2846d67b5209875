//! Exact tests of counts, and the control of false discoveries among many. No crate that the project has gives them; each is
//! a sum over the outcomes that are as rare as what was found or rarer.

use super::special::{incomplete_beta, ln_gamma};

/// Outcomes whose probabilities differ by less than this count as equally rare.
const EQUALLY_RARE: f64 = 1e-7;
/// Halvings of an interval: beyond the digits of a double.
const HALVINGS: usize = 60;

/// Two-sided p-value of `found` marked ones among `drawn` out of `all`, of whom `marked` are marked: Fisher's exact test.
///
/// # Source
/// Fisher (1935), JRSS 98, 39-82; two sides by the rarity of outcomes: Freeman and Halton (1951), Biometrika 38, 141-149.
pub(crate) fn hypergeometric_p_value(found: u64, drawn: u64, marked: u64, all: u64) -> f64 {
    let (low, high) = ((drawn + marked).saturating_sub(all), drawn.min(marked));
    let unmarked = all - marked;
    let ln_choose =
        |n: u64, k: u64| ln_gamma(n as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((n - k) as f64 + 1.0);
    let first = ln_choose(marked, low) + ln_choose(unmarked, drawn - low) - ln_choose(all, drawn);
    let ratio = |k: u64| {
        let up = (marked - k) as f64 * (drawn - k) as f64;
        up / ((k + 1) as f64 * (unmarked + k + 1 - drawn) as f64)
    };
    as_rare(found, low..=high, first, ratio)
}

/// Two-sided p-value of `found` successes in `n` trials, each with probability `p`.
///
/// # Source
/// Clopper and Pearson (1934), Biometrika 26, 404-413; two sides by the rarity of outcomes, as R's `binom.test`.
pub(crate) fn binomial_p_value(found: u64, n: u64, p: f64) -> f64 {
    let odds = p / (1.0 - p);
    let ratio = |k: u64| (n - k) as f64 / (k + 1) as f64 * odds;
    as_rare(found, 0..=n, n as f64 * (-p).ln_1p(), ratio)
}

/// Probability of the outcomes that are as rare as `found`, from the logarithm of the first one's probability and the ratios of
/// each to the one before it.
fn as_rare(found: u64, outcomes: std::ops::RangeInclusive<u64>, first: f64, ratio: impl Fn(u64) -> f64) -> f64 {
    let mut ln_p = first;
    let (low, high) = outcomes.into_inner();
    let mut probabilities = Vec::with_capacity(usize::try_from(high - low + 1).unwrap_or(0));
    for outcome in low..=high {
        probabilities.push(ln_p);
        if outcome < high {
            ln_p += ratio(outcome).ln();
        }
    }
    let place = usize::try_from(found.saturating_sub(low)).unwrap_or(usize::MAX);
    let Some(own) = probabilities.get(place).copied() else { return 0.0 };
    let rare = probabilities.iter().filter(|ln_p| **ln_p <= own + EQUALLY_RARE);
    rare.map(|ln_p| ln_p.exp()).sum::<f64>().min(1.0)
}

/// The interval that holds a rate in 95 of 100 cases at least, from `found` in `n`.
///
/// # Source
/// Clopper and Pearson (1934), Biometrika 26, 404-413.
pub(crate) fn rate_interval(found: u64, n: u64) -> [f64; 2] {
    let (k, n) = (found as f64, n as f64);
    let quantile = |share: f64, a: f64, b: f64| {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if incomplete_beta(middle, a, b) < share { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    };
    let low = if found == 0 { 0.0 } else { quantile(0.025, k, n - k + 1.0) };
    let high = if k >= n { 1.0 } else { quantile(0.975, k + 1.0, n - k) };
    [low, high]
}

/// Adjusted p-values: those at most `q` are a set in which the expected share of false ones is at most `q`.
///
/// # Source
/// Benjamini and Hochberg (1995), JRSS B 57, 289-300.
pub(crate) fn false_discovery_adjusted(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    let p_value = |place: usize| p_values.get(place).copied().unwrap_or(1.0);
    order.sort_by(|a, b| p_value(*b).total_cmp(&p_value(*a)));
    let (n, mut least) = (p_values.len(), 1.0_f64);
    let mut adjusted = vec![1.0; n];
    for (above, place) in order.into_iter().enumerate() {
        least = least.min(p_value(place) * n as f64 / (n - above) as f64);
        if let Some(adjusted) = adjusted.get_mut(place) {
            *adjusted = least;
        }
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }

    /// Fisher's lady tasting tea: all four right of eight cups is one of 70, three right 16 of 70.
    #[test]
    fn the_lady_tasting_tea() {
        near(hypergeometric_p_value(4, 4, 4, 8), 2.0 / 70.0);
        near(hypergeometric_p_value(3, 4, 4, 8), 34.0 / 70.0);
        near(hypergeometric_p_value(2, 4, 4, 8), 1.0);
    }

    /// Ten throws of a fair coin with eight heads: 2 (1 + 10 + 45) / 1024. A die that shows five sixes in twelve throws by the
    /// sums of the binomial distribution: outcomes 5 and more alone are as rare.
    #[test]
    fn coins_and_dice() {
        near(binomial_p_value(8, 10, 0.5), 112.0 / 1024.0);
        let choose = [1.0, 12.0, 66.0, 220.0, 495.0, 792.0];
        let below: f64 =
            (0..5_i32).zip(choose).map(|(k, ways)| ways * (1.0_f64 / 6.0).powi(k) * (5.0_f64 / 6.0).powi(12 - k)).sum();
        near(binomial_p_value(5, 12, 1.0 / 6.0), 1.0 - below);
        assert!(binomial_p_value(0, 1_000_000, 1e-6) > 0.3 && binomial_p_value(40, 1_000_000, 1e-6) < 1e-20);
    }

    /// None in n has the upper bound 1 - .025^(1/n).
    #[test]
    fn intervals_of_rates() {
        let [low, high] = rate_interval(0, 30);
        near(low, 0.0);
        near(high, 1.0 - 0.025_f64.powf(1.0 / 30.0));
        let [low, high] = rate_interval(5, 10);
        // Tabulated: .1871 to .8129.
        assert!((low - 0.187_1).abs() < 5e-5 && (high - 0.812_9).abs() < 5e-5);
        near(rate_interval(7, 7)[1], 1.0);
    }

    /// The example of Benjamini and Hochberg, section 3.1: fifteen p-values, of which four are significant at 5 %.
    #[test]
    fn the_published_example_of_false_discoveries() {
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0,
        ];
        let adjusted = false_discovery_adjusted(&p);
        assert_eq!(adjusted.iter().filter(|q| **q <= 0.05).count(), 4);
        near(adjusted[3], 0.0095 * 15.0 / 4.0);
        assert_eq!(false_discovery_adjusted(&[]), Vec::<f64>::new());
    }
}
