//! The re-purchase curve: which share of orders is followed by another within so many days.
//!
//! The last order of every customer has not been followed yet, and nobody knows whether it will be. Leaving it out would
//! count those alone who came back, and taking it for an end would call everyone lost who bought yesterday; so it counts
//! as long as it has been watched (Kaplan and Meier).

use serde::Serialize;

/// The curve ends where fewer orders than this are still watched: behind it, each customer moves it visibly.
pub(super) const MIN_WATCHED: usize = 30;
/// The curve is flat from the day on after which no stretch of [`FLAT_DAYS`] adds more than this.
const FLAT_GAIN: f64 = 0.01;
/// Days of such a stretch.
const FLAT_DAYS: u32 = 30;

/// One day of the curve on which some order was followed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    /// Days since the order.
    pub day: u32,
    /// Orders watched on that day and not followed before it.
    pub watched: usize,
    /// Orders followed on that day.
    pub followed: usize,
    /// Share of orders followed by then.
    pub share: f64,
}

/// Which share of orders is followed by another within so many days. Orders of one customer on one day count as one.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Curve {
    /// Days on which some order was followed, ascending, up to `end_day`.
    pub steps: Vec<CurvePoint>,
    /// The last day on which enough orders are still watched; 0 if there never were.
    pub end_day: u32,
    /// The day from which the curve is flat: no thirty days behind it add more than one point; `None` if it still rises
    /// at its end.
    pub flat_from_day: Option<u32>,
}

impl Curve {
    /// Estimates the curve.
    ///
    /// `gaps` are the days from an order to the next one of the same customer, at least 1. `silences` are the whole days
    /// for which the last order of each customer has been watched: a silence of 9 says that no order came on the nine days
    /// after. Both in any order.
    ///
    /// # Source
    /// Kaplan and Meier (1958), equation 2b: the product of what is left of those watched. An order followed and one last
    /// seen on the same day are both watched on it.
    #[must_use]
    pub fn estimate(mut gaps: Vec<u32>, mut silences: Vec<u32>) -> Self {
        gaps.sort_unstable();
        silences.sort_unstable();
        let end_day = end_day(&gaps, &silences);
        let (mut steps, mut waiting) = (Vec::new(), 1.0);
        for (before, same_day) in days(&gaps).take_while(|(_, same_day)| same_day.first() <= Some(&end_day)) {
            let Some(day) = same_day.first().copied() else { continue };
            let unseen = silences.partition_point(|silence| *silence < day);
            let watched = gaps.len() - before + silences.len() - unseen;
            waiting *= 1.0 - same_day.len() as f64 / watched as f64;
            steps.push(CurvePoint { day, watched, followed: same_day.len(), share: 1.0 - waiting });
        }
        let mut curve = Self { steps, end_day, flat_from_day: None };
        curve.flat_from_day = curve.flat_from();
        curve
    }

    /// Share of orders that are followed within `days`; behind the end of the curve, the share at its end.
    #[must_use]
    pub fn share_within(&self, days: u32) -> f64 {
        let n = self.steps.partition_point(|step| step.day <= days);
        n.checked_sub(1).and_then(|last| self.steps.get(last)).map_or(0.0, |step| step.share)
    }

    /// Share of orders that are followed before the curve ends.
    #[must_use]
    pub fn share_at_end(&self) -> f64 {
        self.steps.last().map_or(0.0, |step| step.share)
    }

    /// Of the orders that are followed before the curve ends, the share followed within `days`; `None` if none is.
    #[must_use]
    pub fn come_back_within(&self, days: u32) -> Option<f64> {
        let all = self.share_at_end();
        (all > 0.0).then(|| self.share_within(days) / all)
    }

    fn flat_from(&self) -> Option<u32> {
        let last_start = self.end_day.checked_sub(FLAT_DAYS)?;
        let rises = |day: u32| self.share_within(day + FLAT_DAYS) - self.share_within(day) > FLAT_GAIN;
        let flat = (0..=last_start).rev().take_while(|day| !rises(*day)).last()?;
        (!self.steps.is_empty()).then_some(flat)
    }
}

/// The last day on which at least [`MIN_WATCHED`] orders are watched.
fn end_day(gaps: &[u32], silences: &[u32]) -> u32 {
    let mut watched_until: Vec<u32> = gaps.iter().chain(silences).copied().collect();
    let Some(place) = watched_until.len().checked_sub(MIN_WATCHED) else { return 0 };
    *watched_until.select_nth_unstable(place).1
}

/// The gaps of each day, ascending, and how many gaps are shorter.
fn days(sorted: &[u32]) -> impl Iterator<Item = (usize, &[u32])> {
    sorted.chunk_by(|a, b| a == b).scan(0, |before, same_day| {
        let first = *before;
        *before += same_day.len();
        Some((first, same_day))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `times` copies of each day, so that enough orders are watched.
    fn repeated(days: &[u32], times: usize) -> Vec<u32> {
        days.iter().flat_map(|day| vec![*day; times]).collect()
    }

    #[test]
    fn the_curve_is_that_of_kaplan_and_meier_with_a_tie_and_with_censoring() {
        // By hand, each twenty times: followed after 3, 5, 5 and 9 days; last seen after 4, 5 and 12 days.
        //   day 3: 7 watched, 1 followed: 6/7 wait
        //   day 5: 5 watched (the silence of 5 is watched on day 5, that of 4 is not), 2 followed: 6/7 * 3/5
        //   day 9: 2 watched, 1 followed: 6/7 * 3/5 * 1/2
        let curve = Curve::estimate(repeated(&[9, 5, 3, 5], 20), repeated(&[12, 4, 5], 20));
        let expected = [(3, 140, 20, 1.0 / 7.0), (5, 100, 40, 17.0 / 35.0), (9, 40, 20, 26.0 / 35.0)];
        assert_eq!(curve.steps.len(), 3);
        for (step, (day, watched, followed, share)) in curve.steps.iter().zip(expected) {
            assert_eq!((step.day, step.watched, step.followed), (day, watched, followed));
            assert!((step.share - share).abs() < 1e-12, "{step:?}");
        }
        assert!((curve.share_within(4) - 1.0 / 7.0).abs() < 1e-12 && curve.share_within(2).abs() < 1e-12);
        assert!((curve.come_back_within(5).unwrap() - 17.0 / 26.0).abs() < 1e-12);
        assert_eq!(curve.end_day, 9, "twenty orders alone are watched from day 10 on");
    }

    #[test]
    fn recent_customers_do_not_bias_the_curve() {
        // Everyone comes back after ten days; half of the last orders were placed a day or two ago.
        let curve = Curve::estimate(vec![10; 100], repeated(&[0, 1], 50));
        assert!((curve.share_within(10) - 1.0).abs() < 1e-12);
        assert!(curve.share_within(9).abs() < 1e-12);
    }

    #[test]
    fn too_few_orders_have_no_curve() {
        let curve = Curve::estimate(vec![5; 20], vec![3; 9]);
        assert_eq!((curve.end_day, curve.steps.len(), curve.come_back_within(90)), (0, 0, None));
        assert_eq!(Curve::estimate(Vec::new(), Vec::new()), Curve::default());
    }

    #[test]
    fn the_curve_is_flat_where_no_thirty_days_add_a_point() {
        // A tenth comes back on day 20, another on day 50, nobody later; all others are watched for 200 days.
        let curve = Curve::estimate(repeated(&[20, 50], 100), vec![200; 800]);
        assert_eq!((curve.end_day, curve.flat_from_day), (200, Some(50)));
        let rising = Curve::estimate(repeated(&[20, 50, 190], 100), vec![200; 700]);
        assert_eq!(rising.flat_from_day, None);
        assert_eq!(Curve::estimate(Vec::new(), vec![200; 100]).flat_from_day, None, "nobody ever came back");
    }

    proptest! {
        /// The curve rises from 0 to at most 1, and no more orders are followed than are watched.
        #[test]
        fn the_curve_is_a_share_that_rises(
            gaps in prop::collection::vec(1_u32..400, 0..200),
            silences in prop::collection::vec(0_u32..400, 0..200),
        ) {
            let curve = Curve::estimate(gaps.clone(), silences);
            let shares: Vec<f64> = curve.steps.iter().map(|step| step.share).collect();
            prop_assert!(shares.is_sorted() && shares.iter().all(|share| (0.0..=1.0).contains(share)));
            prop_assert!(curve.steps.iter().all(|step| step.followed <= step.watched && step.watched >= MIN_WATCHED));
            prop_assert!(curve.steps.iter().map(|step| step.followed).sum::<usize>() <= gaps.len());
        }

        /// Without silences nothing is censored, and the curve is the plain share of gaps.
        #[test]
        fn without_censoring_the_curve_is_the_plain_share(gaps in prop::collection::vec(1_u32..60, 60..200)) {
            let curve = Curve::estimate(gaps.clone(), Vec::new());
            for day in 0..=curve.end_day {
                let plain = gaps.iter().filter(|gap| **gap <= day).count() as f64 / gaps.len() as f64;
                prop_assert!((curve.share_within(day) - plain).abs() < 1e-9);
            }
        }
    }
}
