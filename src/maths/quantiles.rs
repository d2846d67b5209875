//! Quantiles of values, interpolated between neighbours.
//!
//! Ours, because `statrs` has another definition (8), and it and `ndarray-stats` reorder a copy at each question: the gaps
//! of a customer are kept sorted and asked in the innermost loop of the features.

/// The quantile `q` in [0, 1] of ascending values; `None` without values.
///
/// # Source
/// Hyndman and Fan (1996), The American Statistician 50, 361-365, definition 7.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place among the values")]
pub(crate) fn quantile<T: Copy + Into<f64>>(ascending: &[T], q: f64) -> Option<f64> {
    let place = q.clamp(0.0, 1.0) * ascending.len().checked_sub(1)? as f64;
    between(ascending, place as usize, place.fract())
}

/// A percentile of ascending values, in thousandths: a place that no product of floats can miss; `None` without values.
///
/// ```
/// use retain::maths::quantiles::percentile;
/// assert_eq!(percentile(&[1.0, 2.0, 4.0], 750), Some(3.0));
/// assert_eq!(percentile(&[], 500), None);
/// ```
///
/// # Source
/// Hyndman and Fan (1996), The American Statistician 50, 361-365, definition 7.
#[must_use]
pub fn percentile(ascending: &[f64], permille: usize) -> Option<f64> {
    let position = permille * ascending.len().checked_sub(1)?;
    between(ascending, position / 1000, (position % 1000) as f64 / 1000.0)
}

/// The median of finite values in any order, between the two in the middle of an even number; `None` without any.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    let n = values.len();
    let (below, upper, _) = (n > 0).then(|| values.select_nth_unstable_by(n / 2, f64::total_cmp))?;
    let lower = below.iter().copied().max_by(f64::total_cmp).filter(|_| n.is_multiple_of(2));
    Some(lower.map_or(*upper, |lower| f64::midpoint(lower, *upper)))
}

/// The value `share` of the way from a place to the next one.
fn between<T: Copy + Into<f64>>(ascending: &[T], place: usize, share: f64) -> Option<f64> {
    let low: f64 = (*ascending.get(place)?).into();
    let high = ascending.get(place + 1).map_or(low, |high| (*high).into());
    Some(low + (high - low) * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_their_neighbours() {
        assert_eq!(quantile(&[3_u32, 10], 0.5), Some(6.5));
        assert_eq!([0.0, 1.0, 2.0].map(|q| quantile(&[1.0, 2.0, 4.0], q)), [Some(1.0), Some(4.0), Some(4.0)]);
        assert_eq!(quantile::<f64>(&[], 0.5), None);
    }

    #[test]
    fn the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        let of = |values: &[f64]| median(values.iter().copied());
        assert_eq!(of(&[10.0, 1.0, f64::NAN, 3.0, 2.0]), Some(2.5));
        assert_eq!((of(&[9.0, 1.0, 3.0]), of(&[7.0]), of(&[])), (Some(3.0), Some(7.0), None));
    }
}
