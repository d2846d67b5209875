//! Bounds of a share that was counted.
//!
//! Ours, because no crate that is used here has it, and it is one line.

/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Bounds that hold the true share in 95 of 100 cases, when `successes` of `n` were counted; `None` of nothing.
///
/// ```
/// use retain::maths::proportion::wilson;
/// let [low, high] = wilson(8, 10).unwrap();
/// assert_eq!([low, high].map(|bound| (1e4 * bound).round() / 1e4), [0.4902, 0.9433]);
/// assert_eq!(wilson(0, 0), None);
/// ```
///
/// # Source
/// Wilson (1927), Journal of the American Statistical Association 22, 209-212; Brown, Cai and `DasGupta` (2001), Statistical
/// Science 16, equation 4.
#[must_use]
pub fn wilson(successes: usize, n: usize) -> Option<[f64; 2]> {
    wilson_of_share(successes as f64 / n as f64, n)
}

/// The same of a share that stands on `n` independent observations.
#[must_use]
pub fn wilson_of_share(share: f64, n: usize) -> Option<[f64; 2]> {
    if n == 0 || !(0.0..=1.0).contains(&share) {
        return None;
    }
    let n = n as f64;
    let z2 = Z * Z;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    Some([(middle - half).max(0.0), (middle + half).min(1.0)])
}
