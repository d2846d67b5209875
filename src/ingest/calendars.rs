//! Days that are written otherwise than as year, month and day of the usual calendar and mean one day without doubt: a day of a week
//! by number, and years of the eras of Japan and Taiwan. A week alone is no day.

use jiff::civil::{ISOWeekDate, Weekday};

/// Eras and what their first year has before it; the letters are those of forms.
const ERAS: &[(&str, i64)] = &[
    ("令和", 2018),
    ("平成", 1988),
    ("昭和", 1925),
    ("㋿", 2018),
    ("㍻", 1988),
    ("民國", 1911),
    ("民国", 1911),
    ("R", 2018),
    ("H", 1988),
    ("S", 1925),
];

/// The last year of each era that has ended, beyond which a number is none of its years.
const LAST: &[(i64, i64)] = &[(1988, 31), (1925, 64)];

/// The year, month and day that a text begins with, and what follows.
pub(super) fn day(text: &str) -> Option<((i64, i64, i64), &str)> {
    match text.as_bytes() {
        [b'0'..=b'9', _, _, _, b'-' | b'W' | b'w', ..] => day_of_week(text),
        [b'0'..=b'9', ..] | [] => None,
        _ => day_of_era(text),
    }
}

/// `2024-W05-3`, `2024W053`.
fn day_of_week(text: &str) -> Option<((i64, i64, i64), &str)> {
    let (year, rest) = digits(text, 4)?;
    let rest = rest.strip_prefix('-').unwrap_or(rest).strip_prefix(['W', 'w'])?;
    let (week, rest) = digits(rest, 2)?;
    let (weekday, rest) = digits(rest.strip_prefix('-').unwrap_or(rest), 1)?;
    let weekday = Weekday::from_monday_one_offset(i8::try_from(weekday).ok()?).ok()?;
    let date = ISOWeekDate::new(i16::try_from(year).ok()?, i8::try_from(week).ok()?, weekday).ok()?.date();
    let is_end = !rest.starts_with(|letter: char| letter.is_alphanumeric() && letter != 'T');
    is_end.then(|| ((i64::from(date.year()), i64::from(date.month()), i64::from(date.day())), rest))
}

/// `令和6年2月3日`, `平成元年5月1日`, `R6.2.3`, `民國113年2月3日`.
fn day_of_era(text: &str) -> Option<((i64, i64, i64), &str)> {
    let (before, rest) = ERAS.iter().find_map(|(era, before)| Some((*before, text.strip_prefix(era)?)))?;
    let rest = rest.trim_start();
    let (own, rest) = if let Some(rest) = rest.strip_prefix('元') { (1, rest) } else { number(rest)? };
    let is_over = LAST.iter().any(|(era, last)| *era == before && own > *last);
    let (month, rest) = number(rest.strip_prefix(['年', '.', '/', '-'])?.trim_start())?;
    let (day, rest) = number(rest.strip_prefix(['月', '.', '/', '-'])?.trim_start())?;
    let rest = rest.strip_prefix('日').unwrap_or(rest);
    (own > 0 && !is_over).then_some(((before + own, month, day), rest))
}

/// Exactly so many digits.
fn digits(text: &str, n: usize) -> Option<(i64, &str)> {
    let (own, rest) = text.split_at_checked(n)?;
    own.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
    Some((own.parse().ok()?, rest))
}

/// One to three digits.
fn number(text: &str) -> Option<(i64, &str)> {
    let n = text.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=3).contains(&n) { digits(text, n) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_weeks_and_of_eras_are_read() {
        for (text, own) in [
            ("2024-W05-3", (2024, 1, 31)),
            ("2024W053", (2024, 1, 31)),
            ("2020-W53-5", (2021, 1, 1)),
            ("令和6年2月3日", (2024, 2, 3)),
            ("令和元年5月1日", (2019, 5, 1)),
            ("平成31年4月30日", (2019, 4, 30)),
            ("R6.2.3", (2024, 2, 3)),
            ("H31/4/30", (2019, 4, 30)),
            ("民國113年2月3日", (2024, 2, 3)),
        ] {
            assert_eq!(day(text), Some((own, "")), "{text}");
        }
        assert_eq!(day("2024-W05-3T10:30").map(|(_, rest)| rest), Some("T10:30"));
        for text in [
            "2024-W05",
            "2024-W54-1",
            "2024-W05-8",
            "2024-01-05",
            "H32.1.1",
            "S99.1.1",
            "R6",
            "R2D2",
            "Sep 1, 2024",
            "",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
