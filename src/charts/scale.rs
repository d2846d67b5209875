//! From numbers to places: the range of an axis, its ticks, and how numbers are set on it.

use crate::text::grouped;

/// What an axis measures, which decides how its numbers are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A plain number or an amount.
    Number,
    /// A share from 0 to 1, shown in percent.
    Share,
}

impl Unit {
    /// The number as people read it: thousands set apart, at most three significant figures below a thousand.
    #[must_use]
    pub fn text(self, value: f64) -> String {
        match self {
            Self::Share => format!("{} %", plain(100.0 * value)),
            Self::Number => plain(value),
        }
    }
}

fn plain(value: f64) -> String {
    let size = value.abs();
    let decimals = match size {
        size if size >= 100.0 || (size - size.round()).abs() < 1e-9 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{size:.decimals$}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    let rest = rest.trim_end_matches('0');
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if value < 0.0 && !is_zero { "\u{2212}" } else { "" };
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{rest}")
}

/// What the numbers of an axis are counted in. In full, large ones would be cut at the edge of a phone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Magnitude {
    unit: Unit,
    of: f64,
    word: &'static str,
}

/// From which number on an axis is counted in what.
const MAGNITUDES: [(f64, f64, &str); 3] = [(1e9, 1e9, "billions"), (1e6, 1e6, "millions"), (1e5, 1e3, "thousands")];

impl Magnitude {
    /// A number of the axis.
    pub(super) fn text(self, value: f64) -> String {
        self.unit.text(value / self.of)
    }

    /// The title of the axis, which says what it is counted in.
    pub(super) fn title(self, title: &str) -> String {
        if self.word.is_empty() { title.to_owned() } else { format!("{title}, in {}", self.word) }
    }
}

/// A linear scale from numbers to places in user units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
}

/// Ticks of an axis at most.
const TICKS: f64 = 6.0;

impl Scale {
    /// A scale of exactly this range; an empty one is widened.
    #[must_use]
    pub fn exact(range: [f64; 2], places: [f64; 2]) -> Self {
        let [low, high] = range;
        let high = if high > low { high } else { low + 1.0 };
        Self { low, high, start: places[0], end: places[1] }
    }

    /// A scale whose ends are round numbers around all values, with zero among them.
    #[must_use]
    pub fn around(values: impl IntoIterator<Item = f64>, places: [f64; 2]) -> Self {
        let finite = values.into_iter().filter(|value| value.is_finite());
        let (low, high) = finite.fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        let step = step_of(if high > low { high - low } else { 1.0 });
        Self::exact([(low / step).floor() * step, (high / step).ceil() * step], places)
    }

    /// Where a number stands; numbers outside stand at the edge.
    #[must_use]
    pub fn place(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.start + share * (self.end - self.start)
    }

    /// What numbers of this scale are counted in.
    pub(super) fn magnitude(&self, unit: Unit) -> Magnitude {
        let most = self.low.abs().max(self.high.abs());
        let large = MAGNITUDES.into_iter().find(|(from, ..)| unit == Unit::Number && most >= *from);
        let (_, of, word) = large.unwrap_or((0.0, 1.0, ""));
        Magnitude { unit, of, word }
    }

    /// Round numbers within the range, six at most.
    #[must_use]
    pub fn ticks(&self) -> Vec<f64> {
        let step = step_of(self.high - self.low);
        let first = (self.low / step).ceil();
        let nth = |n: u8| (first + f64::from(n)) * step;
        (0..=8).map(nth).take_while(|tick| *tick <= self.high + step * 1e-9).map(|tick| tick + 0.0).collect()
    }
}

/// The smallest of 1, 2, 2.5, 5 times a power of ten that makes at most six ticks.
fn step_of(range: f64) -> f64 {
    let raw = range / (TICKS - 1.0);
    let power = 10.0_f64.powf(raw.log10().floor());
    let factors = [1.0, 2.0, 2.5, 5.0, 10.0];
    let fits = factors.into_iter().find(|factor| factor * power >= raw * (1.0 - 1e-9));
    fits.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_few_and_inside() {
        for (range, ticks) in [
            ([0.0, 1.0], vec![0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
            ([0.0, 37.0], vec![0.0, 10.0, 20.0, 30.0]),
            ([-1.0, 1.0], vec![-1.0, -0.5, 0.0, 0.5, 1.0]),
            ([0.0, 1_234.0], vec![0.0, 250.0, 500.0, 750.0, 1_000.0]),
        ] {
            let found = Scale::exact(range, [0.0, 1.0]).ticks();
            let same = found.len() == ticks.len() && found.iter().zip(&ticks).all(|(a, b)| (a - b).abs() < 1e-9);
            assert!(same, "{range:?}: {found:?}");
        }
    }

    #[test]
    fn a_scale_holds_zero_and_clamps() {
        let scale = Scale::around([3.0, 17.0], [100.0, 0.0]);
        for (value, place) in [(0.0, 100.0), (20.0, 0.0), (99.0, 0.0)] {
            assert!((scale.place(value) - place).abs() < 1e-12, "{value}");
        }
        let empty = Scale::around([], [0.0, 10.0]);
        assert!(empty.place(0.5).is_finite() && !empty.ticks().is_empty());
    }

    #[test]
    fn large_numbers_are_counted_in_what_their_title_says() {
        let told = |most: f64, value: f64| {
            let magnitude = Scale::exact([0.0, most], [0.0, 1.0]).magnitude(Unit::Number);
            (magnitude.text(value), magnitude.title("sales, EUR"))
        };
        assert_eq!(told(5e6, 2_229_841.0), ("2.23".to_owned(), "sales, EUR, in millions".to_owned()));
        assert_eq!(told(250_000.0, 50_000.0), ("50".to_owned(), "sales, EUR, in thousands".to_owned()));
        assert_eq!(told(90_000.0, 90_000.0), ("90,000".to_owned(), "sales, EUR".to_owned()));
        let share = Scale::exact([0.0, 1.0], [0.0, 1.0]).magnitude(Unit::Share);
        assert_eq!((share.text(0.2), share.title("share")), ("20 %".to_owned(), "share".to_owned()));
    }

    #[test]
    fn numbers_are_set_for_people() {
        let numbers = [0.0, -0.001, 0.256, 12.34, 1_234.6, -3.0].map(|value| Unit::Number.text(value));
        assert_eq!(numbers, ["0", "0", "0.26", "12.3", "1,235", "\u{2212}3"]);
        assert_eq!(Unit::Share.text(0.234), "23.4 %");
    }
}
