//! Segments as marketing knows them: RFM segments by fifths of the shop, and the value matrix.

use rayon::prelude::*;

/// What segments are read from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shopper {
    /// Days since the last order.
    pub recency_days: f64,
    /// Days with an order so far.
    pub visits: f64,
    /// Margin of the past year, in major units.
    pub past_year_margin: f64,
    /// Margin of the coming year if the customer stays, in major units.
    pub coming_margin: f64,
}

/// Where a customer stands among those of the shop: fifths from 1 to 5, the best is 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rfm {
    /// By how lately the customer bought.
    pub recency: u8,
    /// By how often.
    pub frequency: u8,
}

/// A segment by recency and frequency.
///
/// # Source
/// The usual grid of ten; Hughes (1994), Strategic Database Marketing, for fifths of recency and frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RfmSegment {
    /// Lately and often.
    Champions,
    /// Often, and not long ago.
    LoyalCustomers,
    /// Lately, and more than once.
    PotentialLoyalists,
    /// For the first time, lately.
    NewCustomers,
    /// Seldom, and not long ago.
    Promising,
    /// In the middle of both.
    NeedAttention,
    /// Seldom, and some time ago.
    AboutToSleep,
    /// Fairly often, long ago.
    AtRisk,
    /// Very often, long ago.
    CannotLoseThem,
    /// Seldom, long ago.
    Hibernating,
}

impl Rfm {
    /// The segment.
    #[must_use]
    pub(super) const fn segment(self) -> RfmSegment {
        match (self.recency, self.frequency) {
            (5, 4..) => RfmSegment::Champions,
            (3 | 4, 4..) => RfmSegment::LoyalCustomers,
            (4.., 2 | 3) => RfmSegment::PotentialLoyalists,
            (5, _) => RfmSegment::NewCustomers,
            (4, _) => RfmSegment::Promising,
            (3, 3) => RfmSegment::NeedAttention,
            (3, _) => RfmSegment::AboutToSleep,
            (_, 5) => RfmSegment::CannotLoseThem,
            (_, 3 | 4) => RfmSegment::AtRisk,
            _ => RfmSegment::Hibernating,
        }
    }
}

impl RfmSegment {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Champions,
        Self::LoyalCustomers,
        Self::PotentialLoyalists,
        Self::NewCustomers,
        Self::Promising,
        Self::NeedAttention,
        Self::AboutToSleep,
        Self::AtRisk,
        Self::CannotLoseThem,
        Self::Hibernating,
    ];

    /// The segment of a word in files.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|segment| segment.name() == word)
    }

    /// The word in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Champions => "champions",
            Self::LoyalCustomers => "loyal_customers",
            Self::PotentialLoyalists => "potential_loyalists",
            Self::NewCustomers => "new_customers",
            Self::Promising => "promising",
            Self::NeedAttention => "need_attention",
            Self::AboutToSleep => "about_to_sleep",
            Self::AtRisk => "at_risk",
            Self::CannotLoseThem => "cannot_lose_them",
            Self::Hibernating => "hibernating",
        }
    }
}

/// A quadrant of the value matrix: current value by growth potential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quadrant {
    /// Low and low: let go, but for what pays by itself.
    I,
    /// Low value, high potential: rebuild the relation, moderate spending.
    II,
    /// High value, low potential: keep at a high level, main spending.
    III,
    /// High and high: keep and develop, most spending.
    IV,
}

impl Quadrant {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::I, Self::II, Self::III, Self::IV];

    /// The word in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::I => "I",
            Self::II => "II",
            Self::III => "III",
            Self::IV => "IV",
        }
    }

    const fn of(is_valuable: bool, is_growing: bool) -> Self {
        match (is_valuable, is_growing) {
            (false, false) => Self::I,
            (false, true) => Self::II,
            (true, false) => Self::III,
            (true, true) => Self::IV,
        }
    }
}

/// Shares of the customers that count as high.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MatrixCuts {
    /// By margin of the past year.
    pub high_value_share: f64,
    /// By margin of the coming year beyond it.
    pub high_growth_share: f64,
}

/// The segments of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments {
    /// By recency and frequency.
    pub rfm: RfmSegment,
    /// In the value matrix.
    pub quadrant: Quadrant,
}

/// The segments of all customers of a list; customers who are alike are in the same ones.
#[must_use]
pub fn segments(shoppers: &[Shopper], cuts: MatrixCuts) -> Vec<Segments> {
    let growth = |shopper: &Shopper| shopper.coming_margin - shopper.past_year_margin;
    let (recency, visits) = (Ranks::of(shoppers, |shopper| -shopper.recency_days), Ranks::of(shoppers, |s| s.visits));
    let (value, potential) = (Ranks::of(shoppers, |s| s.past_year_margin), Ranks::of(shoppers, growth));
    let one = |shopper: &Shopper| {
        let rfm = Rfm { recency: recency.fifth(-shopper.recency_days), frequency: visits.fifth(shopper.visits) };
        let is_valuable = value.is_among_first(shopper.past_year_margin, cuts.high_value_share);
        let is_growing = growth(shopper) > 0.0 && potential.is_among_first(growth(shopper), cuts.high_growth_share);
        Segments { rfm: rfm.segment(), quadrant: Quadrant::of(is_valuable, is_growing) }
    };
    shoppers.par_iter().map(one).collect()
}

/// The values of all customers in ascending order.
struct Ranks(Vec<f64>);

impl Ranks {
    fn of(shoppers: &[Shopper], value: impl Fn(&Shopper) -> f64 + Sync + Send) -> Self {
        let mut values: Vec<f64> = shoppers.par_iter().map(value).collect();
        values.par_sort_unstable_by(f64::total_cmp);
        Self(values)
    }

    /// The share of customers with a lower value.
    fn lower(&self, value: f64) -> f64 {
        self.0.partition_point(|other| *other < value) as f64 / self.0.len().max(1) as f64
    }

    /// The fifth of a value from 1 to 5: equal values share the lowest fifth that any of them reaches.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share times five")]
    fn fifth(&self, value: f64) -> u8 {
        1 + (5.0 * self.lower(value)).floor().clamp(0.0, 4.0) as u8
    }

    fn is_among_first(&self, value: f64, share: f64) -> bool {
        self.lower(value) >= 1.0 - share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUTS: MatrixCuts = MatrixCuts { high_value_share: 0.2, high_growth_share: 0.5 };

    fn shopper(recency_days: f64, visits: f64, past_year_margin: f64, coming_margin: f64) -> Shopper {
        Shopper { recency_days, visits, past_year_margin, coming_margin }
    }

    #[test]
    fn playbooks_know_every_segment() {
        use crate::config::playbook::{QUADRANT_WORDS, SEGMENT_WORDS};
        assert_eq!(RfmSegment::ALL.map(RfmSegment::name), SEGMENT_WORDS);
        assert_eq!(Quadrant::ALL.map(Quadrant::name), QUADRANT_WORDS);
    }

    #[test]
    fn every_cell_of_the_grid_is_the_usual_one() {
        let rows: Vec<String> = (1..=5)
            .rev()
            .map(|recency| {
                let segment = |frequency| Rfm { recency, frequency }.segment().name();
                (1..=5).map(segment).collect::<Vec<_>>().join(" ")
            })
            .collect();
        assert_eq!(
            rows,
            [
                "new_customers potential_loyalists potential_loyalists champions champions",
                "promising potential_loyalists potential_loyalists loyal_customers loyal_customers",
                "about_to_sleep about_to_sleep need_attention loyal_customers loyal_customers",
                "hibernating hibernating at_risk at_risk cannot_lose_them",
                "hibernating hibernating at_risk at_risk cannot_lose_them",
            ]
        );
    }

    #[test]
    fn fifths_are_fifths_and_equal_customers_are_alike() {
        let shoppers: Vec<Shopper> = (0..100).map(|i| shopper(f64::from(i), f64::from(i), f64::from(i), 0.0)).collect();
        let ranks = Ranks::of(&shoppers, |shopper| shopper.visits);
        let mut n = [0; 6];
        for shopper in &shoppers {
            n[usize::from(ranks.fifth(shopper.visits))] += 1;
        }
        assert_eq!(n, [0, 20, 20, 20, 20, 20]);
        let alike = vec![shopper(5.0, 1.0, 10.0, 12.0); 7];
        let found = segments(&alike, CUTS);
        assert!(found.windows(2).all(|pair| pair[0] == pair[1]));
        assert!(segments(&[], CUTS).is_empty());
    }

    #[test]
    fn the_matrix_is_value_by_what_may_be_added_to_it() {
        // Of ten customers the two best are of high value; half of all may grow.
        let shoppers: Vec<Shopper> = (0..10)
            .map(|i| {
                let value = 10.0 * f64::from(i);
                shopper(10.0, 3.0, value, value + if i % 2 == 0 { 20.0 } else { -5.0 })
            })
            .collect();
        let found: Vec<&str> = segments(&shoppers, CUTS).iter().map(|own| own.quadrant.name()).collect();
        assert_eq!(found, ["II", "I", "II", "I", "II", "I", "II", "I", "IV", "III"]);
    }
}
