//! The frame of a chart: where its marks may stand, its grid, the numbers on its axes and their titles.

use super::drawing::Drawing;
use super::scale::{Scale, Unit};

/// Width and height of charts in user units: two to one.
pub(super) const SIZE: [f64; 2] = [560.0, 290.0];
const LEFT: f64 = 62.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 50.0;
/// Width of a letter below the axis, on a phone, where they are largest.
const LETTER: f64 = 9.0;

/// What stands on the two axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame<'a> {
    /// Title of the horizontal axis, with the unit.
    pub x_title: &'a str,
    /// What it measures.
    pub x_unit: Unit,
    /// Title of the vertical axis, with the unit.
    pub y_title: &'a str,
    /// What it measures.
    pub y_unit: Unit,
}

impl<'a> Frame<'a> {
    /// Two axes of plain numbers or amounts.
    #[must_use]
    pub const fn of_numbers(x_title: &'a str, y_title: &'a str) -> Self {
        Self { x_title, x_unit: Unit::Number, y_title, y_unit: Unit::Number }
    }

    /// Two axes of shares.
    #[must_use]
    pub const fn of_shares(x_title: &'a str, y_title: &'a str) -> Self {
        Self { x_title, x_unit: Unit::Share, y_title, y_unit: Unit::Share }
    }

    /// From left to right.
    pub(super) const ACROSS: [f64; 2] = [LEFT, SIZE[0] - RIGHT];
    /// From bottom to top.
    pub(super) const UP: [f64; 2] = [SIZE[1] - BOTTOM, TOP];

    /// Draws the vertical axis: its grid, numbers and title.
    pub(super) fn draw_y(&self, drawing: &mut Drawing, scale: &Scale) {
        let [left, right] = Self::ACROSS;
        let magnitude = scale.magnitude(self.y_unit);
        for tick in scale.ticks() {
            let y = scale.place(tick);
            drawing.line("grid", [left, y], [right, y]);
            drawing.text("tick end", [left - 8.0, y + 4.0], &magnitude.text(tick));
        }
        drawing.text("axis", [4.0, 13.0], &magnitude.title(self.y_title));
    }

    /// Draws the horizontal axis with numbers.
    pub(super) fn draw_x(&self, drawing: &mut Drawing, scale: &Scale) {
        let bottom = Self::UP[0];
        for tick in scale.ticks() {
            drawing.text("tick middle", [scale.place(tick), bottom + 20.0], &self.x_unit.text(tick));
        }
        self.draw_x_title(drawing);
    }

    /// Draws the horizontal axis with names at places instead of numbers. One that would be cut off at the right end moves inwards.
    pub(super) fn draw_x_names(&self, drawing: &mut Drawing, scale: &Scale, names: &[(f64, String)]) {
        for (value, name) in names {
            let half = name.chars().count() as f64 * LETTER / 2.0;
            drawing.text("tick middle", [scale.place(*value).min(SIZE[0] - half), Self::UP[0] + 20.0], name);
        }
        self.draw_x_title(drawing);
    }

    /// Draws the base line and the title of the horizontal axis alone.
    pub(super) fn draw_x_title(&self, drawing: &mut Drawing) {
        let ([left, right], bottom) = (Self::ACROSS, Self::UP[0]);
        drawing.line("base", [left, bottom], [right, bottom]);
        drawing.text("axis end", [right, SIZE[1] - 8.0], self.x_title);
    }
}
