//! Days that systems write where there is none.

/// The year of a day as it is written, and its month and its day in either order.
fn parts_of(word: &str) -> Option<(u32, [u32; 2])> {
    let day = word.trim().split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let numbers: Option<Vec<u32>> = parts.iter().map(|part| part.parse().ok()).collect();
    match (parts.as_slice(), numbers.as_deref()) {
        ([year, ..], Some([number, one, two])) if year.len() == 4 => Some((*number, [*one, *two])),
        ([.., year], Some([one, two, number])) if year.len() == 4 => Some((*number, [*one, *two])),
        _ => None,
    }
}

/// Whether a word is such a day, as `0000-00-00` and `1970-01-01 00:00:00` are.
pub(crate) fn is_day_of_nothing(word: &str) -> bool {
    let Some((year, month_and_day)) = parts_of(word) else { return false };
    let is = |month, day| month_and_day == [month, day] || month_and_day == [day, month];
    match year {
        0 => true,
        1 | 1753 | 1900 | 1970 => is(1, 1),
        1899 => is(12, 30) || is(12, 31),
        1969 | 9999 => is(12, 31),
        _ => false,
    }
}

/// Whether a word is such a day in a column that says when something was refused or allowed. There `9999-12-31` is without end, and
/// beside empty cells a first of January of 1900 or 1970 may be a refusal whose day nobody knows.
pub(crate) fn is_never_filled(word: &str, has_gaps: bool) -> bool {
    match parts_of(word) {
        Some((0, _)) => true,
        Some((9999, _)) => false,
        _ => is_day_of_nothing(word) && !has_gaps,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_refusal_is_no_gap() {
        assert!(is_never_filled("0000-00-00", true) && is_never_filled("1970-01-01 00:00:00", false));
        assert!(!is_never_filled("1900-01-01", true), "the day of a refusal that nobody knows");
        assert!(!is_never_filled("9999-12-31", false) && !is_never_filled("31.12.9999", false));
        assert!(!is_never_filled("2024-05-01", false));
    }

    #[test]
    fn days_of_nothing_are_told_from_days() {
        for nothing in
            ["0000-00-00", "1970-01-01 01:00:00", "01/01/1900", "31.12.9999", "0001-01-01T00:00:00", "00.00.0000"]
        {
            assert!(is_day_of_nothing(nothing), "{nothing}");
        }
        for day in ["1970-02-01", "2000-01-01", "1-1-0", "", "0"] {
            assert!(!is_day_of_nothing(day), "{day}");
        }
    }
}
