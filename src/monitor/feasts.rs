//! Feasts that move from year to year: Easter, by the Western and by the Eastern calendar, and what is counted from it.

use jiff::civil::Date;

use crate::timeline::{date_of, day_of};

/// Days before and behind Easter that are counted from it: from Carnival to the second Thursday behind Pentecost.
const BEFORE: i32 = 48;
const BEHIND: i32 = 61;

/// The days of the year before that lie as far from Easter as a day does; none of a day that is far from it.
///
/// * `day` - counted from 1970-01-01, as what is returned.
pub(super) fn same_days_a_year_ago(day: i32) -> impl Iterator<Item = i32> {
    let year = date_of(day).map(|date| i32::from(date.year()));
    [western, eastern].into_iter().filter_map(move |easter| {
        let year = year?;
        let distance = day - day_of(easter(year)?);
        let then = day_of(easter(year - 1)?);
        (-BEFORE..=BEHIND).contains(&distance).then_some(then + distance)
    })
}

/// Easter Sunday of a year of the Gregorian calendar.
///
/// # Source
/// Anonymous (1876), Nature 13, 487, as in Meeus (1991), Astronomical Algorithms, chapter 8.
fn western(year: i32) -> Option<Date> {
    let (golden, century, rest) = (year % 19, year / 100, year % 100);
    let epact = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    let to_sunday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
    let correction = (golden + 11 * epact + 22 * to_sunday) / 451;
    let days = epact + to_sunday - 7 * correction + 114;
    date_in(year, days / 31, days % 31 + 1)
}

/// Easter Sunday by the Julian calendar, as a day of the Gregorian one; from 1900 to 2099.
///
/// # Source
/// Meeus (1991), Astronomical Algorithms, chapter 8.
fn eastern(year: i32) -> Option<Date> {
    const JULIAN_LAG: i32 = 13;
    let epact = (19 * (year % 19) + 15) % 30;
    let days = epact + (2 * (year % 4) + 4 * (year % 7) - epact + 34) % 7 + 114;
    date_of(day_of(date_in(year, days / 31, days % 31 + 1)?) + JULIAN_LAG)
}

fn date_in(year: i32, month: i32, day: i32) -> Option<Date> {
    Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn easter_is_where_the_almanac_has_it() {
        let of = |easter: fn(i32) -> Option<Date>, years: [i32; 4]| years.map(|year| easter(year).unwrap());
        let western_days = [date(2011, 4, 24), date(2024, 3, 31), date(2025, 4, 20), date(2038, 4, 25)];
        assert_eq!(of(western, [2011, 2024, 2025, 2038]), western_days);
        let eastern_days = [date(2011, 4, 24), date(2023, 4, 16), date(2024, 5, 5), date(2025, 4, 20)];
        assert_eq!(of(eastern, [2011, 2023, 2024, 2025]), eastern_days);
    }

    #[test]
    fn a_feast_is_found_a_year_ago() {
        let same =
            |day: Date| -> Vec<Date> { same_days_a_year_ago(day_of(day)).map(|then| date_of(then).unwrap()).collect() };
        assert_eq!(same(date(2025, 4, 21)), [date(2024, 4, 1), date(2024, 5, 6)]);
        assert_eq!(same(date(2025, 3, 3)), [date(2024, 2, 12), date(2024, 3, 18)]);
        assert!(same(date(2025, 11, 3)).is_empty());
    }
}
