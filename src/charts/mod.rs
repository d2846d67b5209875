//! Owns figures drawn as SVG: a scale turns numbers into places, a frame draws axes, and each kind of chart adds its marks.
//! Colours are classes that the page defines, so that a chart follows light, dark and print. No chart knows what it shows.
//!
//! A new kind of chart: a file here that takes its data and a [`Drawing`], uses [`Scale`] for places and [`Frame`] for axes,
//! and returns the whole text of the `svg` element.

mod columns;
mod curves;
mod drawing;
mod frame;
mod grid;
mod labels;
mod rows;
mod scale;
mod spark;

pub use columns::{ColumnBar, ColumnChart, columns};
pub use curves::{Curve, CurveChart, Point};
pub use drawing::Drawing;
pub use frame::Frame;
pub use grid::{Cell, GridChart, GridRow, grid};
pub use rows::{Row, RowChart, rows};
pub use scale::{Scale, Unit};
pub use spark::spark;
