//! Reads amounts and numbers: from floats with the rounding rule of money, from text without a detour over floats.

use super::marks::{Apart, Marks};
use crate::config::DecimalMark;

/// Amounts above this many minor units are not believed (and would not survive sums in `i64`).
const LARGEST: f64 = 9.0e15;

/// Minor units of an amount in major units, rounded half away from zero; `None` for NaN, infinities and amounts of
/// more than 9e15 minor units.
///
/// A float nearest to a half counts as the half: 1.005 is stored as 1.00499…, and means 101 pence, not 100. The nudge
/// of four steps of a float is far below what any price list resolves.
pub(crate) fn minor_from_float(major: f64, minor_per_major: f64) -> Option<i64> {
    let scaled = major * minor_per_major;
    let rounded = (scaled + scaled * 4.0 * f64::EPSILON).round();
    #[expect(clippy::cast_possible_truncation, reason = "within 9e15, checked in the same expression")]
    (rounded.abs() <= LARGEST).then_some(rounded as i64)
}

/// Minor units of an amount written as a plain decimal number (`12.5`, `-3`, `+.50`), rounded half away from zero.
///
/// Thousands separators, decimal commas and currency signs are refused: `1,234` may mean two different amounts.
/// Scientific notation is read as a float.
pub(crate) fn minor_from_text(text: &str, decimals: u32) -> Option<i64> {
    let text = text.trim();
    if text.contains(['e', 'E']) {
        return minor_from_float(number_from_text(text)?, f64::from(10_u32.pow(decimals)));
    }
    let (negative, digits) = match text.as_bytes().split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text.as_bytes()),
    };
    let point = digits.iter().position(|byte| *byte == b'.').unwrap_or(digits.len());
    let (whole, fraction) = (digits.get(..point)?, digits.get(point + 1..).unwrap_or_default());
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let decimals = decimals as usize;
    let mut minor = 0_i64;
    for byte in whole.iter().chain((0..decimals).map(|i| fraction.get(i).unwrap_or(&b'0'))) {
        minor = minor.checked_mul(10)?.checked_add(digit(*byte)?)?;
    }
    if !fraction.iter().all(u8::is_ascii_digit) || minor > 9_000_000_000_000_000 {
        return None;
    }
    let rounds_up = fraction.get(decimals).is_some_and(|byte| *byte >= b'5');
    let minor = minor + i64::from(rounds_up);
    Some(if negative { -minor } else { minor })
}

/// Minor units of an amount written with the marks of its column, with signs and currencies beside it.
pub(crate) fn minor_written(text: &str, marks: Marks, decimals: u32) -> Option<i64> {
    let plain = if marks.decimal == DecimalMark::Point { minor_from_text(text, decimals) } else { None };
    plain.or_else(|| {
        let apart = Apart::new(text).filter(|apart| !apart.is_percent)?;
        minor_from_text(apart.plain(marks)?.text(), decimals)
    })
}

/// A number written with the marks of its column; a per cent is a hundredth.
pub(crate) fn number_written(text: &str, marks: Marks) -> Option<f64> {
    let plain = if marks.decimal == DecimalMark::Point { number_from_text(text) } else { None };
    plain.or_else(|| {
        let apart = Apart::new(text)?;
        let number = number_from_text(apart.plain(marks)?.text())?;
        Some(if apart.is_percent { number / 100.0 } else { number })
    })
}

/// A finite number written in the plain or scientific form of English programs.
pub(crate) fn number_from_text(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
    if !plain {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_rounded_half_away_from_zero() {
        let pence = |major| minor_from_float(major, 100.0);
        assert_eq!(pence(12.5), Some(1250));
        assert_eq!(pence(3.0 * 0.85), Some(255), "2.5500000000000003 in floats");
        assert_eq!(pence(1.005), Some(101));
        assert_eq!(pence(-1.005), Some(-101));
        assert_eq!(pence(0.994), Some(99));
        assert_eq!(pence(-0.0), Some(0));
        assert_eq!(pence(f64::NAN), None);
        assert_eq!(pence(f64::INFINITY), None);
        assert_eq!(pence(1e15), None);
    }

    #[test]
    fn text_is_read_exactly() {
        let pence = |text| minor_from_text(text, 2);
        assert_eq!(pence("12.50"), Some(1250));
        assert_eq!(pence(" -12.5 "), Some(-1250));
        assert_eq!(pence("+.5"), Some(50));
        assert_eq!(pence("7."), Some(700));
        assert_eq!(pence("1.005"), Some(101));
        assert_eq!(pence("-1.0049999"), Some(-100));
        assert_eq!(pence("1e2"), Some(10_000));
        assert_eq!(minor_from_text("12", 0), Some(12));
        assert_eq!(minor_from_text("12.5", 0), Some(13));
    }

    #[test]
    fn separators_signs_and_words_are_refused() {
        for text in ["", ".", "-", "1,234.50", "12,50", "£12.50", "12.50 GBP", "nan", "inf", "1.2.3", "--1", "1.-2"] {
            assert_eq!(minor_from_text(text, 2), None, "{text}");
        }
        assert_eq!(minor_from_text("99999999999999999999", 2), None);
        assert_eq!(number_from_text("nan"), None);
        assert_eq!(number_from_text("1e400"), None);
        assert_eq!(number_from_text("-2.5e1"), Some(-25.0));
    }
}
