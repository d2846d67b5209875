//! The middle of many values.

/// The median of finite values in any order, between the two in the middle of an even number; `None` without any.
#[must_use]
pub fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    let n = values.len();
    let (below, upper, _) = (n > 0).then(|| values.select_nth_unstable_by(n / 2, f64::total_cmp))?;
    let lower = below.iter().copied().max_by(f64::total_cmp).filter(|_| n.is_multiple_of(2));
    Some(lower.map_or(*upper, |lower| f64::midpoint(lower, *upper)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        let of = |values: &[f64]| median(values.iter().copied());
        assert_eq!(of(&[10.0, 1.0, f64::NAN, 3.0, 2.0]), Some(2.5));
        assert_eq!((of(&[9.0, 1.0, 3.0]), of(&[7.0]), of(&[])), (Some(3.0), Some(7.0), None));
    }
}
