//! How many figures there are of each kind, in the flat lists that resamples fill.

/// Shares of the customers, ranked first, at which lift, gain and value captured are given.
pub const FRACTIONS: [f64; 5] = [0.01, 0.05, 0.1, 0.2, 0.3];

/// Place of 10 % in [`FRACTIONS`].
pub const TENTH: usize = 2;

/// Figures in a `Metrics`.
pub const N_FIGURES: usize = 8 + 3 * FRACTIONS.len();

/// Figures before those of the bins: mean probability, churn rate, slope, intercept, level, calibration error.
pub const N_RELIABILITY_FIGURES: usize = 6;

/// Figures that `Prepared::challenge_figures` gives.
pub const N_CHALLENGE_FIGURES: usize = 5;

/// Figures that a slice takes in a flat list: churn rate, mean probability, AUC, Brier score.
pub const N_SLICE_FIGURES: usize = 4;
