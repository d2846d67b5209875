//! How far a feature has moved: the population stability index of the customers of the newest cutoff against those of the
//! earlier ones.

/// Bins of equal size among the earlier rows; what is absent has a bin of its own.
const BINS: usize = 10;

/// Up to so many levels at the newest cutoff each has a bin of its own; those of more are binned by size.
const MOST_LEVELS: usize = 2 * BINS;

/// Levels that are nearer to each other than this share of their range are one.
const NEAR_SHARE: f32 = 0.05;

/// A bin that has less than this on average over both sides is put together with its smaller neighbour: in a small cell
/// chance alone makes large ratios, and what moves in it is too little to matter.
const LEAST_SHARE: f64 = 0.025;

/// With fewer customers at the newest cutoff the index is mostly chance.
const LEAST_ROWS: usize = 200;

/// Values of a side among which the bounds of the bins are looked for; more of them would not move the bounds.
const BOUND_ROWS: usize = 50_000;

/// Standard deviations above its mean that the index may reach by chance.
const CHANCE_ERRORS: f64 = 3.0;

/// How far a feature has moved, and how far chance may move it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stability {
    /// Population stability index.
    pub psi: f64,
    /// What it may be by chance where nothing has moved.
    pub by_chance: f64,
}

impl Stability {
    /// Whether the index is above a threshold by more than chance explains.
    #[must_use]
    pub fn has_moved(&self, threshold: f64) -> bool {
        self.psi > threshold + self.by_chance
    }
}

/// Population stability index of `newest` against `earlier` values, NaN where a value is absent; the earlier ones are of
/// `n_earlier` different customers. `None` with fewer than 200 values on either side.
///
/// # Source
/// Siddiqi (2006), Credit Risk Scorecards, chapter 9: the sum over bins of `(a - e) ln(a / e)` with the shares `a` now
/// and `e` expected. An empty bin counts as half a row. Yurdakul and Naranjo (2020), Statistical properties of the
/// population stability index: where nothing has moved it is `1/n + 1/m` times a chi-square of one degree of freedom less
/// than bins. Rows of the same customers repeat each other, so `n` and `m` are customers.
#[must_use]
pub fn stability_index(earlier: &[f32], newest: &[f32], n_earlier: usize) -> Option<Stability> {
    if earlier.len().min(newest.len()) < LEAST_ROWS {
        return None;
    }
    let bounds = bounds(earlier, newest);
    let shares = |values: &[f32]| {
        let n = values.len() as f64;
        counts(values, &bounds).into_iter().map(|count| count as f64 / n).collect::<Vec<_>>()
    };
    let bins = merged(shares(earlier).into_iter().zip(shares(newest)).collect());
    let half_a_row = [0.5 / earlier.len() as f64, 0.5 / newest.len() as f64];
    let of_bin = |(expected, actual): &(f64, f64)| {
        let (expected, actual) = (expected.max(half_a_row[0]), actual.max(half_a_row[1]));
        (actual - expected) * (actual / expected).ln()
    };
    let freedom = (bins.len() - 1) as f64;
    let per_row = 1.0 / n_earlier.clamp(1, earlier.len()) as f64 + 1.0 / newest.len() as f64;
    let by_chance = (freedom + CHANCE_ERRORS * (2.0 * freedom).sqrt()) * per_row;
    Some(Stability { psi: bins.iter().map(of_bin).sum(), by_chance })
}

/// The lower ends of all bins but the first, ascending without repetition.
fn bounds(earlier: &[f32], newest: &[f32]) -> Vec<f32> {
    let (earlier, newest) = (sorted(earlier), sorted(newest));
    let levels = unique(newest);
    if levels.len() <= MOST_LEVELS { between(&levels) } else { tenths(&earlier) }
}

/// Bounds around the levels of the newest cutoff. What is a share of the shop, such as that of the customers of a region,
/// has a few values at each cutoff and slightly others at each: a level reaches half of the way to the next, and levels
/// that are near to each other are one.
fn between(levels: &[f32]) -> Vec<f32> {
    let range = levels.last().zip(levels.first()).map_or(0.0, |(last, first)| last - first);
    let apart: Vec<&[f32]> = levels.chunk_by(|a, b| b - a < range * NEAR_SHARE).collect();
    let ends = |group: &&[f32]| Some((*group.first()?, *group.last()?));
    let groups: Vec<(f32, f32)> = apart.iter().filter_map(ends).collect();
    let reach: Vec<f32> = groups.windows(2).map(|pair| (pair[1].0 - pair[0].1) / 2.0).collect();
    let inner = groups.windows(2).map(|pair| f32::midpoint(pair[0].1, pair[1].0));
    let lowest = groups.first().map(|group| group.0 - reach.first().copied().unwrap_or(0.0));
    let highest = groups.last().map(|group| (group.1 + reach.last().copied().unwrap_or(0.0)).next_up());
    unique(lowest.into_iter().chain(inner).chain(highest).collect())
}

/// Bounds at the tenths of the earlier values, and behind a level that fills a tenth or more.
fn tenths(earlier: &[f32]) -> Vec<f32> {
    let tenths: Vec<f32> = (1..BINS).filter_map(|bin| earlier.get(earlier.len() * bin / BINS).copied()).collect();
    let crowded = tenths.windows(2).filter(|pair| pair[0] >= pair[1]).map(|pair| pair[1]);
    let behind = crowded.filter_map(|level| earlier.get(earlier.partition_point(|other| *other <= level)).copied());
    unique(behind.chain(tenths.iter().copied()).collect())
}

fn unique(mut values: Vec<f32>) -> Vec<f32> {
    values.sort_unstable_by(f32::total_cmp);
    values.dedup();
    values
}

/// The values that are there, ascending; of many only some.
fn sorted(values: &[f32]) -> Vec<f32> {
    let step = values.len().div_ceil(BOUND_ROWS).max(1);
    let mut present: Vec<f32> = values.iter().copied().step_by(step).filter(|value| !value.is_nan()).collect();
    present.sort_unstable_by(f32::total_cmp);
    present
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

/// The bins, as shares of both sides, with small ones put together with a neighbour, the smallest first; at least one.
fn merged(mut bins: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let size = |bin: &(f64, f64)| f64::midpoint(bin.0, bin.1);
    while bins.len() > 1 {
        let smaller = |a: &usize, b: &usize| size(&bins[*a]).total_cmp(&size(&bins[*b]));
        let Some(least) = (0..bins.len()).min_by(smaller).filter(|least| size(&bins[*least]) < LEAST_SHARE) else {
            break;
        };
        let beside = [least.checked_sub(1), Some(least + 1).filter(|next| *next < bins.len())];
        let Some(neighbour) = beside.into_iter().flatten().min_by(smaller) else { break };
        let (expected, actual) = bins[least];
        bins[neighbour].0 += expected;
        bins[neighbour].1 += actual;
        bins.remove(least);
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hundred_times(values: std::ops::Range<u8>) -> Vec<f32> {
        values.flat_map(|value| [f32::from(value); 100]).collect()
    }

    fn psi(earlier: &[f32], newest: &[f32]) -> f64 {
        stability_index(earlier, newest, earlier.len()).unwrap().psi
    }

    #[test]
    fn the_same_population_has_not_moved() {
        let values = hundred_times(0..10);
        assert!(psi(&values, &values).abs() < 1e-12);
        assert_eq!(stability_index(&values, &values[..199], 1_000), None, "too few");
    }

    /// Earlier: each of 0 to 9 in a bin of its own with a share of .1. Newest: 0 to 4 with .15 each, 5 to 9 with .05 each.
    /// By hand: 5 x .05 ln 1.5 + 5 x (-.05) ln .5 = .25 (.405465 + .693147) = .274653; by chance
    /// (9 + 3 sqrt 18) (1/500 + 1/2,000) = .054320.
    #[test]
    fn the_index_is_that_worked_by_hand() {
        // 0 to 4 stand 300 times each, 5 to 9 stand 100 times each.
        let newest = [hundred_times(0..10), hundred_times(0..5), hundred_times(0..5)].concat();
        assert_eq!(newest.len(), 2_000);
        let moved = stability_index(&hundred_times(0..10), &newest, 500).unwrap();
        assert!((moved.psi - 0.274_653).abs() < 1e-6 && (moved.by_chance - 0.054_320).abs() < 1e-6, "{moved:?}");
        assert!(moved.has_moved(0.2) && !moved.has_moved(0.25));
    }

    /// One half absent where nothing was: expected is half a row of 1,000, so .4995 ln(.5 / .0005); the bins of the others
    /// fall from .1 to .05: 10 x (-.05) ln .5 = .346574.
    #[test]
    fn what_is_absent_has_a_bin_of_its_own() {
        let absent = vec![f32::NAN; 1_000];
        let newest = [hundred_times(0..10), absent.clone()].concat();
        let moved = psi(&hundred_times(0..10), &newest);
        assert!((moved - (0.4995 * 1_000_f64.ln() + 0.346_574)).abs() < 1e-6, "{moved}");
        assert!(psi(&absent, &absent).abs() < 1e-12, "never there, never moved");
    }

    #[test]
    fn a_level_that_is_crowded_has_a_bin_of_its_own() {
        let mostly_zero: Vec<f32> = (0_u16..1_000).map(|i| if i < 950 { 0.0 } else { f32::from(i) }).collect();
        let bounds = bounds(&mostly_zero, &mostly_zero);
        assert_eq!(bounds, [0.0, 950.0]);
        assert_eq!(counts(&mostly_zero, &bounds), [0, 950, 50, 0]);
    }

    #[test]
    fn few_levels_reach_half_of_the_way_to_the_next() {
        assert_eq!(between(&[1.0, 2.0, 4.0]), [0.5, 1.5, 3.0, 5.0_f32.next_up()]);
        assert_eq!(between(&[0.0, 0.01, 1.0]), [-0.495, 0.505, 1.495_f32.next_up()], "near ones are one");
        assert_eq!(between(&[7.0]), [7.0, 7.0_f32.next_up()]);
        assert!(between(&[]).is_empty());
    }

    #[test]
    fn shares_of_the_shop_that_drift_a_little_have_not_moved() {
        let at = |cutoff: u8| -> Vec<f32> {
            let drift = f32::from(cutoff) * 0.001;
            let share =
                |customer: usize| [0.3 + drift, 0.25 - drift, 0.2, 0.15 + drift / 2.0, 0.1 - drift / 2.0][customer % 5];
            (0..500).map(share).collect()
        };
        let earlier: Vec<f32> = (0..12).flat_map(at).collect();
        assert!(psi(&earlier, &at(12)) < 1e-12, "{}", psi(&earlier, &at(12)));
        let swapped: Vec<f32> = at(12).into_iter().map(|share| if share > 0.25 { 0.1 } else { share }).collect();
        assert!(psi(&earlier, &swapped) > 0.25);
    }

    #[test]
    fn small_bins_go_to_their_smaller_neighbour() {
        let near = |found: Vec<(f64, f64)>, expected: &[(f64, f64)]| {
            assert_eq!(found.len(), expected.len(), "{found:?}");
            let same = |(a, b): (&(f64, f64), &(f64, f64))| (a.0 - b.0).abs() + (a.1 - b.1).abs() < 1e-12;
            assert!(found.iter().zip(expected).all(same), "{found:?}");
        };
        near(merged(vec![(0.5, 0.6), (0.01, 0.02), (0.49, 0.38), (0.0, 0.0)]), &[(0.5, 0.6), (0.5, 0.4)]);
        near(merged(vec![(0.9, 0.8), (0.1, 0.1), (0.0, 0.1)]), &[(0.9, 0.8), (0.1, 0.1), (0.0, 0.1)]);
        near(merged(vec![(0.99, 0.98), (0.01, 0.02)]), &[(1.0, 1.0)]);
        near(merged(vec![(0.0, 0.0)]), &[(0.0, 0.0)]);
    }

    /// The shares of customers with some orders: of one order 0 or 1, of two also a half, and so on.
    fn shares(n: usize, chance: f64, seed: u64) -> Vec<f32> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut uniform = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let mut share = || {
            let orders = 1 + usize::from(uniform() < 0.4) + usize::from(uniform() < 0.1);
            let hits = (0..orders).filter(|_| uniform() < chance).count();
            if uniform() < 0.02 { f32::NAN } else { hits as f32 / orders as f32 }
        };
        (0..n).map(|_| share()).collect()
    }

    #[test]
    fn few_levels_of_few_customers_seem_to_move_rarely_and_do_where_they_have() {
        for chance in [0.03, 0.3] {
            let flagged = |now: f64, threshold: f64| {
                let moved = |seed: &u64| {
                    let (earlier, newest) = (shares(600, chance, *seed), shares(200, now, 1_000 + seed));
                    stability_index(&earlier, &newest, 600).unwrap().has_moved(threshold)
                };
                (1..=200).filter(moved).count()
            };
            // Even with a threshold of next to nothing what chance does is allowed for.
            assert!(flagged(chance, 0.25) == 0 && flagged(chance, 1e-9) <= 8, "{}", flagged(chance, 1e-9));
            assert!(flagged(chance + 0.45, 0.25) == 200, "{}", flagged(chance + 0.45, 0.25));
        }
    }
}
