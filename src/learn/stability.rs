//! How far a feature has moved: the population stability index of the customers of the newest cutoff against those of the
//! earlier ones.

/// Bins of equal size among the earlier rows, where ties allow; what is absent has a bin of its own.
const BINS: usize = 10;

/// With fewer customers at the newest cutoff the index is mostly chance: about `BINS / n` where nothing has moved.
const LEAST_ROWS: usize = 200;

/// Earlier values among which the bounds of the bins are looked for; more of them would not move the bounds.
const BOUND_ROWS: usize = 50_000;

/// Population stability index of `newest` against `earlier` values, NaN where a value is absent. `None` with fewer than
/// 200 values on either side.
///
/// # Source
/// Siddiqi (2006), Credit Risk Scorecards, chapter 9: the sum over bins of `(a - e) ln(a / e)` with the shares `a` now
/// and `e` expected. An empty bin counts as half a row.
#[must_use]
pub fn stability_index(earlier: &[f32], newest: &[f32]) -> Option<f64> {
    (earlier.len().min(newest.len()) >= LEAST_ROWS).then(|| index(earlier, newest))
}

fn index(earlier: &[f32], newest: &[f32]) -> f64 {
    let bounds = bounds(earlier);
    let (expected, actual) = (counts(earlier, &bounds), counts(newest, &bounds));
    let share = |count: usize, n: usize| (count as f64).max(0.5) / n as f64;
    let of_bin = |(expected, actual): (&usize, &usize)| {
        let (expected, actual) = (share(*expected, earlier.len()), share(*actual, newest.len()));
        (actual - expected) * (actual / expected).ln()
    };
    let filled = expected.iter().zip(&actual).filter(|(expected, actual)| **expected + **actual > 0);
    filled.map(of_bin).sum()
}

/// The lower ends of all bins but the first, without repetition.
fn bounds(values: &[f32]) -> Vec<f32> {
    let step = values.len().div_ceil(BOUND_ROWS).max(1);
    let mut present: Vec<f32> = values.iter().copied().step_by(step).filter(|value| !value.is_nan()).collect();
    present.sort_unstable_by(f32::total_cmp);
    let mut bounds: Vec<f32> = (1..BINS).filter_map(|bin| present.get(present.len() * bin / BINS).copied()).collect();
    bounds.dedup_by(|b, a| a.total_cmp(b).is_eq());
    bounds
}

/// Values in each bin, then the absent ones.
fn counts(values: &[f32], bounds: &[f32]) -> Vec<usize> {
    let mut counts = vec![0; bounds.len() + 2];
    for value in values {
        let bin = if value.is_nan() { bounds.len() + 1 } else { bounds.partition_point(|bound| bound <= value) };
        counts[bin] += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hundred_times(values: std::ops::Range<u8>) -> Vec<f32> {
        values.flat_map(|value| [f32::from(value); 100]).collect()
    }

    #[test]
    fn the_same_population_has_not_moved() {
        let values = hundred_times(0..10);
        assert!(stability_index(&values, &values).unwrap().abs() < 1e-12);
        assert_eq!(stability_index(&values, &values[..199]), None, "too few");
    }

    /// Earlier: each of 0 to 9 in a bin of its own with a share of .1. Newest: 0 to 4 with .15 each, 5 to 9 with .05 each.
    /// By hand: 5 x .05 ln 1.5 + 5 x (-.05) ln .5 = .25 (.405465 + .693147) = .274653.
    #[test]
    fn the_index_is_that_worked_by_hand() {
        // 0 to 4 stand 300 times each, 5 to 9 stand 100 times each.
        let newest = [hundred_times(0..10), hundred_times(0..5), hundred_times(0..5)].concat();
        assert_eq!(newest.len(), 2_000);
        let moved = stability_index(&hundred_times(0..10), &newest).unwrap();
        assert!((moved - 0.274_653).abs() < 1e-6, "{moved}");
    }

    /// One half absent where nothing was: expected is half a row of 1,000, so .4995 ln(.5 / .0005); the bins of the others
    /// fall from .1 to .05: 10 x (-.05) ln .5 = .346574.
    #[test]
    fn what_is_absent_has_a_bin_of_its_own() {
        let absent = vec![f32::NAN; 1_000];
        let newest = [hundred_times(0..10), absent.clone()].concat();
        let moved = stability_index(&hundred_times(0..10), &newest).unwrap();
        assert!((moved - (0.4995 * 1_000_f64.ln() + 0.346_574)).abs() < 1e-6, "{moved}");
        assert!(stability_index(&absent, &absent).unwrap().abs() < 1e-12, "never there, never moved");
    }

    #[test]
    fn ties_share_a_bin() {
        let mostly_zero: Vec<f32> = (0_u16..1_000).map(|i| if i < 950 { 0.0 } else { f32::from(i) }).collect();
        assert_eq!(bounds(&mostly_zero), [0.0]);
        assert_eq!(counts(&mostly_zero, &[0.0]), [0, 1_000, 0]);
    }
}
