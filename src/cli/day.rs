//! Days on the command line.

use jiff::civil::Date;

/// A day as it is written on the command line.
///
/// # Errors
/// How days are written, with this one where it can only be meant so.
pub(super) fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| {
        let meant = meant(text).map_or_else(String::new, |day| format!(", here {day}"));
        format!("days are written YYYY-MM-DD{meant}")
    })
}

/// The day of three numbers, the year last or first, if month and day cannot be taken for each other.
fn meant(text: &str) -> Option<Date> {
    let parts: Vec<i16> = text.split(['.', '/', '-', ' ']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (year, one, other) = match parts[..] {
        [year, month, day] if year > 31 => (year, month, day),
        [one, other, year] if year > 31 => (year, other, one),
        _ => return None,
    };
    let readings = [(one, other), (other, one)]
        .map(|(month, day)| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok());
    match readings {
        [Some(one), Some(other)] if one != other => None,
        [one, other] => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_written_otherwise_is_told_as_it_is_meant_if_it_can_mean_one_day_only() {
        assert_eq!(day("2025-06-21"), Ok(jiff::civil::date(2025, 6, 21)));
        for text in ["21.06.2025", "21/6/2025", "6/21/2025", "2025.06.21", "2025-6-21"] {
            assert_eq!(day(text), Err("days are written YYYY-MM-DD, here 2025-06-21".to_owned()), "{text}");
        }
        for text in ["05/06/2025", "2025-02-30", "yesterday", "", "21.06.25", "1.2.3.4", "99999.1.1"] {
            assert_eq!(day(text), Err("days are written YYYY-MM-DD".to_owned()), "{text}");
        }
    }
}
