//! Days that systems write where there is none.

/// Whether a word is such a day, as `0000-00-00` and `1970-01-01 00:00:00` are.
pub(crate) fn is_day_of_nothing(word: &str) -> bool {
    let day = word.trim().split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let numbers: Option<Vec<u32>> = parts.iter().map(|part| part.parse().ok()).collect();
    let (year, month_and_day) = match (parts.as_slice(), numbers.as_deref()) {
        ([year, ..], Some([number, one, two])) if year.len() == 4 => (*number, [*one, *two]),
        ([.., year], Some([one, two, number])) if year.len() == 4 => (*number, [*one, *two]),
        _ => return false,
    };
    let is = |month, day| month_and_day == [month, day] || month_and_day == [day, month];
    match year {
        0 => true,
        1 | 1753 | 1900 | 1970 => is(1, 1),
        1899 => is(12, 30) || is(12, 31),
        1969 | 9999 => is(12, 31),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
