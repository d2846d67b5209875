//! How often a customer uses each code: distinct codes, the most used one, and how evenly the use is spread, kept up to
//! date line by line.

use super::lines::is_code;

/// Scale of the sums of `n ln n`: whole numbers, so that the order of the lines of an order changes no bit. The error
/// of an entropy is below the number of codes over that of lines times 3e-11.
const FIXED: f64 = (1_u64 << 34) as f64;

/// Counts per code of one customer at a time; memory is kept between customers.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// For each code, the customer that used it last and its place among that customer's codes.
    places: Vec<(u32, u32)>,
    current: u32,
    counts: Vec<u32>,
    lines: u32,
    most: u32,
    /// Sum over the codes of `n ln n`, times [`FIXED`].
    weighted: i64,
    /// `n ln n` for each `n` so far, times [`FIXED`].
    terms: Vec<i64>,
}

impl Tally {
    /// Forgets the customer before.
    pub(super) fn begin(&mut self) {
        self.current = self.current.wrapping_add(1);
        if self.current == 0 {
            self.places.fill((0, 0));
            self.current = 1;
        }
        self.counts.clear();
        (self.lines, self.most, self.weighted) = (0, 0, 0);
    }

    /// Counts a line; the place of its code among the customer's codes in order of first use, and whether it is new.
    pub(super) fn add(&mut self, code: u32) -> Option<(usize, bool)> {
        if !is_code(code) {
            return None;
        }
        let code = code as usize;
        if code >= self.places.len() {
            self.places.resize(code + 1, (0, 0));
        }
        let slot = &mut self.places[code];
        let is_new = slot.0 != self.current;
        if is_new {
            *slot = (self.current, u32::try_from(self.counts.len()).unwrap_or(u32::MAX));
            self.counts.push(0);
        }
        let place = slot.1 as usize;
        self.counts[place] += 1;
        let n = self.counts[place];
        self.lines += 1;
        self.most = self.most.max(n);
        self.weighted = self.weighted.saturating_add(self.term(n) - self.term(n - 1));
        Some((place, is_new))
    }

    #[expect(clippy::cast_possible_truncation, reason = "a customer has far fewer than a hundred million lines")]
    fn term(&mut self, n: u32) -> i64 {
        while self.terms.len() <= n as usize {
            let n = self.terms.len() as f64;
            self.terms.push(if n > 1.0 { (n * n.ln() * FIXED).round() as i64 } else { 0 });
        }
        self.terms[n as usize]
    }

    /// Different codes.
    pub(super) fn distinct(&self) -> u32 {
        u32::try_from(self.counts.len()).unwrap_or(u32::MAX)
    }

    /// Lines of each code, in order of first use.
    pub(super) fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// Lines that have a code.
    pub(super) const fn lines(&self) -> u32 {
        self.lines
    }

    /// Share of the most used code among the lines that have one; NaN without lines.
    pub(super) fn top_share(&self) -> f64 {
        if self.lines == 0 { f64::NAN } else { f64::from(self.most) / f64::from(self.lines) }
    }

    /// Shannon entropy of the shares of the codes, in nats: 0 for a single code; NaN without lines.
    pub(super) fn entropy(&self) -> f64 {
        if self.lines == 0 {
            return f64::NAN;
        }
        let lines = f64::from(self.lines);
        (lines.ln() - self.weighted as f64 / FIXED / lines).max(0.0)
    }
}

/// On which days a customer bought of one category, counted from 1970-01-01.
#[derive(Debug, Clone, Copy)]
struct Rhythm {
    first: i32,
    last: i32,
    visits: u32,
}

/// The customer's own rhythm in each category, in the order of the places of a [`Tally`].
#[derive(Debug, Clone, Default)]
pub(super) struct Rhythms {
    rhythms: Vec<Rhythm>,
}

/// How regularly categories are bought, and which of them have stopped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CategoryCadence {
    /// Categories bought on at least three days.
    pub regular: u32,
    /// Regular categories not bought for more than twice their mean gap.
    pub overdue: u32,
    /// Largest silence over the mean gap among the regular categories; NaN without one.
    pub largest_overdue_ratio: f64,
    /// Days since the category with most lines was last bought; NaN without one.
    pub main_recency_days: f64,
}

/// Days with a category that make it regular.
const REGULAR_VISITS: u32 = 3;
/// A regular category is overdue after this many of its mean gaps.
const OVERDUE_GAPS: f64 = 2.0;

impl Rhythms {
    pub(super) fn begin(&mut self) {
        self.rhythms.clear();
    }

    /// Notes a line of the category at `place`, on a day that is not before those noted.
    pub(super) fn add(&mut self, place: usize, day: i32) {
        match self.rhythms.get_mut(place) {
            None => self.rhythms.push(Rhythm { first: day, last: day, visits: 1 }),
            Some(rhythm) if rhythm.last != day => {
                rhythm.last = day;
                rhythm.visits += 1;
            }
            Some(_) => {}
        }
    }

    /// How the rhythms stand at the start of the day `today`; `counts` are the lines of each category.
    pub(super) fn cadence(&self, counts: &[u32], today: i32) -> CategoryCadence {
        let (mut regular, mut overdue, mut largest) = (0, 0, f64::NAN);
        for rhythm in self.rhythms.iter().filter(|rhythm| rhythm.visits >= REGULAR_VISITS) {
            let gap = f64::from(rhythm.last - rhythm.first) / f64::from(rhythm.visits - 1);
            let ratio = f64::from(today - rhythm.last) / gap;
            regular += 1;
            overdue += u32::from(ratio > OVERDUE_GAPS);
            largest = ratio.max(largest);
        }
        let main = counts.iter().zip(&self.rhythms).map(|(lines, rhythm)| (*lines, rhythm.last)).max();
        let main_recency_days = main.map_or(f64::NAN, |(_, last)| f64::from(today - last));
        CategoryCadence { regular, overdue, largest_overdue_ratio: largest, main_recency_days }
    }
}

#[cfg(test)]
mod tests {
    use super::super::columns::NO_CODE;
    use super::*;

    #[test]
    fn shares_and_entropy_are_those_of_the_counts() {
        let mut tally = Tally { current: u32::MAX, ..Tally::default() };
        tally.begin();
        assert!(tally.entropy().is_nan() && tally.top_share().is_nan());
        for code in [4, 2, NO_CODE, 4, 9] {
            tally.add(code);
        }
        let expected = -(0.5 * 0.5_f64.ln() + 2.0 * 0.25 * 0.25_f64.ln());
        assert!((tally.entropy() - expected).abs() < 1e-10);
        assert!((tally.top_share() - 0.5).abs() < 1e-15);
        assert_eq!((tally.counts(), tally.distinct()), ([2, 1, 1].as_slice(), 3));
        tally.begin();
        assert_eq!(tally.add(9), Some((0, true)));
        assert!(tally.entropy().abs() < f64::EPSILON);
    }

    #[test]
    fn a_regular_category_that_stopped_is_overdue() {
        let (mut tally, mut rhythms) = (Tally::default(), Rhythms::default());
        tally.begin();
        // Category 7 every ten days up to day 20, once twice on one day; category 8 twice on one day.
        for (day, code) in [(0, 7), (10, 7), (10, 8), (10, 8), (10, 7), (20, 7)] {
            let (place, _) = tally.add(code).unwrap();
            rhythms.add(place, day);
        }
        let at = |today| rhythms.cadence(tally.counts(), today);
        assert_eq!((at(40).regular, at(40).overdue, at(41).overdue), (1, 0, 1));
        assert!((at(41).largest_overdue_ratio - 2.1).abs() < 1e-12);
        assert!((at(41).main_recency_days - 21.0).abs() < 1e-12);
    }
}
