//! How a movement of a figure is shared among what it is made of: the mean over all orders in which the inputs can move from
//! where the median customer stands to where this one does (Shapley 1953). What each adds is never a matter of the order.

/// What each of two factors adds to `a * b` on its way from `a0 * b0`.
pub(super) fn product([a, b]: [f64; 2], [a0, b0]: [f64; 2]) -> [f64; 2] {
    [(a - a0) * f64::midpoint(b, b0), (b - b0) * f64::midpoint(a, a0)]
}

/// What each of two inputs adds to a figure, given the figure where the inputs of a set of bits have moved.
pub(super) fn of_two([none, a, b, ab]: [f64; 4]) -> [f64; 2] {
    [f64::midpoint(a - none, ab - b), f64::midpoint(b - none, ab - a)]
}

/// What each of three inputs adds to a figure, given the figure where the inputs of a set of bits have moved.
pub(super) fn of_three(figure: [f64; 8]) -> [f64; 3] {
    let [none, a, b, ab, c, ac, bc, abc] = figure;
    let added = |alone: f64, [with, without]: [f64; 2], [also, not]: [f64; 2], last: f64| {
        (alone - none) / 3.0 + (with - without) / 6.0 + (also - not) / 6.0 + (abc - last) / 3.0
    };
    [added(a, [ab, b], [ac, c], bc), added(b, [ab, a], [bc, c], ac), added(c, [ac, a], [bc, b], ab)]
}

/// The shares of the inputs in what moved towards where the figure went; they sum to 1. All alike where nothing moved.
/// `None` if one is not a number.
pub(super) fn shares<const N: usize>(movements: [f64; N]) -> Option<[f64; N]> {
    let total: f64 = movements.iter().sum();
    if !total.is_finite() {
        return None;
    }
    let towards = movements.map(|movement| (movement * total.signum()).max(0.0));
    let sum: f64 = towards.iter().sum();
    Some(if sum > 0.0 { towards.map(|movement| movement / sum) } else { [1.0 / N as f64; N] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_inputs_add_sums_to_the_movement() {
        let [a, b] = product([3.0, 5.0], [1.0, 2.0]);
        assert!((a + b - 13.0).abs() < 1e-12 && (a - 7.0).abs() < 1e-12);
        // The product of three numbers, each 1 or 2, 3, 5.
        let figure = |set: usize| {
            [2.0, 3.0, 5.0].iter().enumerate().filter(|(i, _)| set >> i & 1 == 1).map(|(_, x)| x).product()
        };
        let added = of_three(std::array::from_fn(figure));
        assert!((added.iter().sum::<f64>() - 29.0).abs() < 1e-12, "{added:?}");
        assert!(added[0] < added[1] && added[1] < added[2], "{added:?}");
        let first = (2.0 - 1.0) / 3.0 + (6.0 - 3.0 + 10.0 - 5.0) / 6.0 + (30.0 - 15.0) / 3.0;
        assert!((added[0] - first).abs() < 1e-12);
    }

    #[test]
    fn shares_are_those_of_what_moved_the_same_way() {
        assert_eq!(shares([3.0, -1.0, 1.0]), Some([0.75, 0.0, 0.25]));
        assert_eq!(shares([-3.0, 1.0]), Some([1.0, 0.0]));
        assert_eq!((shares([0.0, 0.0]), shares([f64::NAN, 1.0])), (Some([0.5, 0.5]), None));
    }
}
