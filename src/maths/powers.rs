//! By which power of a quantity a value grows within groups: what a line comes to grows as its quantity does (power 1), the price
//! of a piece not at all (power 0), and what was multiplied once too often as the square (power 2).
//!
//! Sums are whole numbers, so that those of parts add up to those of the whole.

/// Steps of a natural logarithm.
const SCALE: f64 = 1e4;

/// The highest power that is looked for.
const HIGHEST: u8 = 2;

/// Fewer rows of a group say nothing.
const LEAST_ROWS: i64 = 4;

/// How many times worse any other power has to fit than that of a group.
const TIMES_WORSE: f64 = 4.0;

/// How far from a power the slope of ungrouped rows may be, its uncertainty included, and how far where it is sure.
const NEAR: f64 = 0.3;
const NEAREST: f64 = 0.2;

/// Standard errors of a slope that count as its uncertainty.
const ERRORS: f64 = 4.0;

/// Logarithms of quantities and values of a group of rows, added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Powers {
    n: i64,
    /// Rows of another quantity than one.
    several: i64,
    x: i64,
    y: i64,
    xx: i64,
    xy: i64,
    yy: i64,
}

/// Sums of squares about the mean.
struct About {
    xx: f64,
    xy: f64,
    yy: f64,
}

impl About {
    /// What is left of the values when a power of the quantity explains them.
    fn misfit(&self, power: u8) -> f64 {
        let power = f64::from(power);
        (self.yy - 2.0 * power * self.xy + power * power * self.xx).max(0.0)
    }
}

impl Powers {
    /// Counts a row; what is not above zero says nothing.
    #[expect(clippy::cast_possible_truncation, reason = "logarithms of doubles are below a thousand")]
    pub(crate) fn see(&mut self, quantity: f64, value: f64) {
        if !(quantity > 0.0 && value > 0.0 && quantity.is_finite() && value.is_finite()) {
            return;
        }
        let log = |number: f64| (number.ln() * SCALE).round() as i64;
        // Most lines have one piece.
        let x = if quantity.total_cmp(&1.0).is_eq() { 0 } else { log(quantity) };
        let y = log(value);
        self.add(&Self { n: 1, several: i64::from(x != 0), x, y, xx: x * x, xy: x * y, yy: y * y });
    }

    /// Adds other rows.
    pub(crate) const fn add(&mut self, other: &Self) {
        self.n = self.n.saturating_add(other.n);
        self.several = self.several.saturating_add(other.several);
        self.x = self.x.saturating_add(other.x);
        self.y = self.y.saturating_add(other.y);
        self.xx = self.xx.saturating_add(other.xx);
        self.xy = self.xy.saturating_add(other.xy);
        self.yy = self.yy.saturating_add(other.yy);
    }

    fn about(&self) -> About {
        let centred = |products: i64, one: i64, other: i64| {
            let times_n = i128::from(self.n) * i128::from(products) - i128::from(one) * i128::from(other);
            times_n as f64 / self.n.max(1) as f64 / (SCALE * SCALE)
        };
        About {
            xx: centred(self.xx, self.x, self.x),
            xy: centred(self.xy, self.x, self.y),
            yy: centred(self.yy, self.y, self.y),
        }
    }

    /// The power that fits best, what it leaves unexplained, and whether any other fits far worse; nothing of a group whose
    /// quantities are all alike.
    fn best(&self) -> Option<(u8, f64, bool)> {
        let about = self.about();
        // Two per cent apart is rounding.
        if self.n < LEAST_ROWS || about.xx < 4e-4 {
            return None;
        }
        let mut fits: Vec<(u8, f64)> = (0..=HIGHEST).map(|power| (power, about.misfit(power))).collect();
        fits.sort_by(|one, other| one.1.total_cmp(&other.1));
        match fits.as_slice() {
            [(power, misfit), (_, next), ..] => Some((*power, *misfit, misfit * TIMES_WORSE < *next)),
            _ => None,
        }
    }

    /// Rows of another quantity than one.
    pub(crate) const fn rows_of_several(&self) -> i64 {
        self.several
    }

    /// The power by which rows that nothing groups grow, if it is clear, and whether it is sure. A power of zero never is:
    /// dear things may be bought one by one and cheap ones by the dozen.
    #[must_use]
    pub(crate) fn ungrouped(&self) -> Option<(u8, bool)> {
        let about = self.about();
        if self.n < 200 || self.several < 100 || about.xx < 1.0 {
            return None;
        }
        let slope = about.xy / about.xx;
        let left = (about.yy - slope * about.xy).max(0.0);
        let error = (left / (self.n - 2) as f64 / about.xx).sqrt();
        let away = |power: u8| (slope - f64::from(power)).abs() + ERRORS * error;
        (1..=HIGHEST).find(|power| away(*power) < NEAR).map(|power| (power, away(power) < NEAREST))
    }
}

/// What groups of rows say together of the power.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Evidence {
    /// The power that most of their rows speak for.
    pub(crate) power: u8,
    /// Rows of another quantity than one in the groups that speak for it.
    pub(crate) rows: i64,
    /// The groups that speak for it.
    pub(crate) groups: usize,
    /// Such rows in groups that speak for any power, and in those that could.
    decided: i64,
    judged: i64,
    /// Mean square of what the best power of each group leaves.
    left: f64,
}

impl Evidence {
    /// What groups say, each by its own rows alone, so that no group of odd prices decides for the others.
    pub(crate) fn of<'p>(groups: impl Iterator<Item = &'p Powers>) -> Option<Self> {
        let mut each = [(0_i64, 0_usize); HIGHEST as usize + 1];
        let (mut judged, mut n, mut left) = (0, 0, 0.0);
        for group in groups {
            let Some((power, misfit, is_decided)) = group.best() else { continue };
            judged += group.several;
            n += group.n;
            left += misfit;
            if let Some((rows, count)) = each.get_mut(usize::from(power)).filter(|_| is_decided) {
                *rows += group.several;
                *count += 1;
            }
        }
        let decided = each.iter().map(|(rows, _)| rows).sum();
        let (power, (rows, groups)) = (0..=HIGHEST).zip(each).max_by_key(|(_, (rows, _))| *rows)?;
        Some(Self { power, rows, groups, decided, judged, left: left / n.max(1) as f64 })
    }

    /// Whether nearly all that decide agree, and most do decide.
    #[must_use]
    pub(crate) const fn is_clear(&self) -> bool {
        self.rows >= 30 && self.rows * 10 >= self.decided * 9 && self.decided * 2 >= self.judged
    }

    /// Whether nearly all groups agree, and these are many rows of several groups.
    #[must_use]
    pub(crate) const fn is_overwhelming(&self) -> bool {
        self.rows >= 100 && self.groups >= 3 && self.rows * 20 >= self.judged * 19
    }

    /// Whether values follow the power within a tenth.
    #[must_use]
    pub(crate) fn is_close(&self) -> bool {
        self.left < 0.01
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Products of 30 rows each; a value is made of the price, the quantity and a number that comes at random.
    fn shop(value: impl Fn(f64, f64, f64) -> f64) -> Vec<Powers> {
        let mut products = vec![Powers::default(); 12];
        for row in 0..360_u32 {
            let product = row % 12;
            let quantity = f64::from([1, 1, 1, 2, 3][(row / 12 % 5) as usize]);
            let random = f64::from(row * 7_919 % 101) / 100.0;
            products[product as usize].see(quantity, value(5.0 + f64::from(product) * 3.7, quantity, random));
        }
        products
    }

    fn power(products: &[Powers]) -> Option<(u8, bool)> {
        let evidence = Evidence::of(products.iter())?;
        evidence.is_clear().then(|| (evidence.power, evidence.is_overwhelming()))
    }

    #[test]
    fn the_power_is_told_by_groups() {
        assert_eq!(power(&shop(|price, _, _| price)), Some((0, true)));
        assert_eq!(power(&shop(|price, quantity, _| price * quantity)), Some((1, true)));
        assert_eq!(power(&shop(|price, quantity, _| price * quantity * quantity)), Some((2, true)));
        // A quantity discount of a tenth, and prices that rise by a fifth.
        let cheaper = |price: f64, quantity: f64, random: f64| price * (1.0 + 0.2 * random) * quantity.powf(-0.1);
        assert_eq!(power(&shop(cheaper)).map(|found| found.0), Some(0));
        assert_eq!(
            power(&shop(move |price, quantity, random| quantity * cheaper(price, quantity, random))).unwrap().0,
            1
        );
    }

    #[test]
    fn what_is_not_clear_is_left_alone() {
        assert_eq!(power(&shop(|_, _, random| 1.0 + 50.0 * random)), None, "amounts that follow nothing");
        assert_eq!(power(&shop(|price, _, random| if random < 0.3 { 0.0 } else { price })).unwrap().0, 0, "free lines");
        let mut ones = vec![Powers::default(); 12];
        for product in &mut ones {
            for _ in 0..90 {
                product.see(1.0, 9.0);
            }
        }
        assert_eq!(power(&ones), None, "one piece each");
        let mut odd = ones[0];
        for (quantity, value) in [(-2.0, 9.0), (2.0, -9.0), (f64::NAN, 1.0), (1.0, f64::INFINITY)] {
            odd.see(quantity, value);
        }
        assert_eq!(odd, ones[0]);
    }

    #[test]
    fn rows_that_nothing_groups_tell_a_power_above_zero_alone() {
        let whole = |products: &[Powers]| {
            let mut whole = Powers::default();
            for product in products {
                whole.add(product);
            }
            whole.ungrouped().map(|found| found.0)
        };
        assert_eq!(whole(&shop(|price, _, _| price)), None);
        assert_eq!(whole(&shop(|_, quantity, random| quantity * (9.0 + random))), Some(1));
        assert_eq!(whole(&shop(|_, quantity, random| quantity * quantity * (9.0 + random))), Some(2));
        assert_eq!(whole(&shop(|_, _, random| 1.0 + 50.0 * random)), None);
    }
}
