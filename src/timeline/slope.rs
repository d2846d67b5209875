//! The slope of monthly figures.

/// Change of monthly figures per month: the slope of a straight line through months of 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Slope {
    /// Orders per month, each month.
    pub orders: f64,
    /// Spend per month, each month, in major units.
    pub amount: f64,
}
