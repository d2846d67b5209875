//! Columns of running sums, from which the sum of any range is two looks away.

/// The value of a running column before position `start`.
pub(super) fn before<T: Copy + Default>(running: &[T], start: usize) -> T {
    start.checked_sub(1).map_or_else(T::default, |last| running[last])
}

/// The sum over a range of positions, read off a running column.
pub(super) fn difference(running: &[i64], range: std::ops::Range<usize>) -> i64 {
    before(running, range.end) - before(running, range.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_columns_give_sums_of_ranges() {
        assert_eq!(difference(&[1, 3, 7], 0..3), 7);
        assert_eq!(difference(&[1, 3, 7], 1..2), 2);
        assert_eq!(difference(&[], 0..0), 0);
    }
}
