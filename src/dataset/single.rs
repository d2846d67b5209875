//! The one place where features become single precision, for training and scoring alike.

/// A feature as learners see it: the nearest number of single precision, seven digits. Only what is infinite becomes
/// infinite.
///
/// ```
/// use retain::dataset::single;
/// assert_eq!(single(0.1), 0.1_f32);
/// assert_eq!(single(1e300), f32::MAX);
/// assert!(single(f64::NAN).is_nan() && single(f64::NEG_INFINITY).is_infinite());
/// ```
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "this is where precision is given up")]
pub fn single(value: f64) -> f32 {
    let nearest = value as f32;
    if nearest.is_infinite() && value.is_finite() { f32::MAX.copysign(nearest) } else { nearest }
}
