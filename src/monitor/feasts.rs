//! Feasts that move from year to year, around which shops sell much or nothing.

use jiff::civil::Date;

use crate::timeline::{date_of, day_of};

/// A feast that moves.
struct Feast {
    /// Its days in a year of the Gregorian calendar, counted from 1970-01-01; mostly one.
    days_in: fn(i32) -> Vec<i32>,
    /// Days before and behind it that are counted from it.
    before: i32,
    behind: i32,
}

const FEASTS: [Feast; 6] = [
    // From Carnival to the second Thursday behind Pentecost.
    Feast { days_in: western_easter, before: 48, behind: 61 },
    Feast { days_in: eastern_easter, before: 48, behind: 61 },
    // Ramadan and the days behind it.
    Feast { days_in: end_of_ramadan, before: 33, behind: 10 },
    Feast { days_in: feast_of_sacrifice, before: 10, behind: 7 },
    Feast { days_in: lunar_new_year, before: 21, behind: 15 },
    Feast { days_in: diwali, before: 21, behind: 7 },
];

/// The days that lie as far from a feast the last time as a day does now; none of a day that is far from all.
///
/// * `day` - counted from 1970-01-01, as what is returned.
pub(super) fn same_days_the_last_time(day: i32) -> impl Iterator<Item = i32> {
    let year = date_of(day).map_or(0, |date| i32::from(date.year()));
    FEASTS.iter().flat_map(move |feast| {
        let days: Vec<i32> = (year - 2..=year + 1).flat_map(feast.days_in).collect();
        let pairs = days.iter().zip(days.iter().skip(1));
        let same = pairs.filter(|(_, now)| (-feast.before..=feast.behind).contains(&(day - **now)));
        same.map(|(then, now)| then + day - now).collect::<Vec<i32>>()
    })
}

/// # Source
/// Anonymous (1876), Nature 13, 487, as in Meeus (1991), Astronomical Algorithms, chapter 8.
fn western_easter(year: i32) -> Vec<i32> {
    let (golden, century, rest) = (year % 19, year / 100, year % 100);
    let epact = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    let to_sunday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
    let correction = (golden + 11 * epact + 22 * to_sunday) / 451;
    let days = epact + to_sunday - 7 * correction + 114;
    day_in(year, days / 31, days % 31 + 1).into_iter().collect()
}

/// Easter Sunday by the Julian calendar, from 1900 to 2099.
///
/// # Source
/// Meeus (1991), Astronomical Algorithms, chapter 8.
fn eastern_easter(year: i32) -> Vec<i32> {
    const JULIAN_LAG: i32 = 13;
    let epact = (19 * (year % 19) + 15) % 30;
    let days = epact + (2 * (year % 4) + 4 * (year % 7) - epact + 34) % 7 + 114;
    day_in(year, days / 31, days % 31 + 1).into_iter().map(|day| day + JULIAN_LAG).collect()
}

fn end_of_ramadan(year: i32) -> Vec<i32> {
    islamic(year, 10, 1)
}

fn feast_of_sacrifice(year: i32) -> Vec<i32> {
    islamic(year, 12, 10)
}

/// A day of the tabular Islamic calendar; what is seen of the moon may be a day off.
///
/// # Source
/// Reingold and Dershowitz (2018), Calendrical Calculations, equation 7.3.
fn islamic(year: i32, month: i32, day: i32) -> Vec<i32> {
    /// The day before the first of the calendar, counted from 1970-01-01.
    const EPOCH: i32 = -492_149;
    let of =
        |hijri: i32| EPOCH + day + 29 * (month - 1) + month / 2 + (hijri - 1) * 354 + (3 + 11 * hijri).div_euclid(30);
    let hijri = (year - 622) * 33 / 32;
    let is_in_year = |day: &i32| date_of(*day).is_some_and(|date| i32::from(date.year()) == year);
    (hijri - 1..=hijri + 2).map(of).filter(is_in_year).collect()
}

/// Chinese, Korean and Vietnamese new year, as the almanac has it.
fn lunar_new_year(year: i32) -> Vec<i32> {
    const FROM: i32 = 2010;
    const DAYS: [(i32, i32); 26] = [
        (2, 14),
        (2, 3),
        (1, 23),
        (2, 10),
        (1, 31),
        (2, 19),
        (2, 8),
        (1, 28),
        (2, 16),
        (2, 5),
        (1, 25),
        (2, 12),
        (2, 1),
        (1, 22),
        (2, 10),
        (1, 29),
        (2, 17),
        (2, 6),
        (1, 26),
        (2, 13),
        (2, 3),
        (1, 23),
        (2, 11),
        (1, 31),
        (2, 19),
        (2, 8),
    ];
    from_almanac(year, FROM, &DAYS)
}

/// The third day of Diwali, as the almanac has it.
fn diwali(year: i32) -> Vec<i32> {
    const FROM: i32 = 2010;
    const DAYS: [(i32, i32); 20] = [
        (11, 5),
        (10, 26),
        (11, 13),
        (11, 3),
        (10, 23),
        (11, 11),
        (10, 30),
        (10, 19),
        (11, 7),
        (10, 27),
        (11, 14),
        (11, 4),
        (10, 24),
        (11, 12),
        (11, 1),
        (10, 20),
        (11, 8),
        (10, 29),
        (10, 17),
        (11, 5),
    ];
    from_almanac(year, FROM, &DAYS)
}

fn from_almanac(year: i32, from: i32, days: &[(i32, i32)]) -> Vec<i32> {
    let known = usize::try_from(year - from).ok().and_then(|place| days.get(place));
    known.and_then(|(month, day)| day_in(year, *month, *day)).into_iter().collect()
}

fn day_in(year: i32, month: i32, day: i32) -> Option<i32> {
    Some(day_of(Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()?))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn days(feast: fn(i32) -> Vec<i32>, year: i32) -> Vec<Date> {
        feast(year).into_iter().map(|day| date_of(day).unwrap()).collect()
    }

    #[test]
    fn feasts_are_where_the_almanac_has_them() {
        let known = [
            (western_easter as fn(i32) -> Vec<i32>, date(2011, 4, 24)),
            (western_easter, date(2024, 3, 31)),
            (western_easter, date(2025, 4, 20)),
            (western_easter, date(2038, 4, 25)),
            (eastern_easter, date(2011, 4, 24)),
            (eastern_easter, date(2023, 4, 16)),
            (eastern_easter, date(2024, 5, 5)),
            (eastern_easter, date(2025, 4, 20)),
            (lunar_new_year, date(2024, 2, 10)),
            (lunar_new_year, date(2026, 2, 17)),
            (diwali, date(2023, 11, 12)),
            (diwali, date(2025, 10, 20)),
        ];
        for (feast, day) in known {
            assert_eq!(days(feast, day.year().into()), [day]);
        }
    }

    #[test]
    fn the_islamic_calendar_is_within_a_day_of_the_moon() {
        let seen = [
            (end_of_ramadan as fn(i32) -> Vec<i32>, date(2019, 6, 4)),
            (end_of_ramadan, date(2023, 4, 21)),
            (end_of_ramadan, date(2024, 4, 10)),
            (end_of_ramadan, date(2025, 3, 30)),
            (feast_of_sacrifice, date(2023, 6, 28)),
            (feast_of_sacrifice, date(2025, 6, 6)),
        ];
        for (feast, day) in seen {
            let found = feast(day.year().into());
            assert!(
                matches!(found[..], [found] if (found - day_of(day)).abs() <= 1),
                "{day}: {:?}",
                days(feast, day.year().into())
            );
        }
        assert_eq!(end_of_ramadan(2033).len(), 2, "twice in a long year");
    }

    #[test]
    fn a_feast_is_found_the_last_time() {
        let same = |day: Date| -> Vec<Date> {
            same_days_the_last_time(day_of(day)).map(|then| date_of(then).unwrap()).collect()
        };
        let found = same(date(2025, 4, 21));
        assert!(found.contains(&date(2024, 4, 1)) && found.contains(&date(2024, 5, 6)), "{found:?}");
        let found = same(date(2025, 3, 3));
        assert!(found.contains(&date(2024, 2, 12)) && found.contains(&date(2024, 3, 18)), "{found:?}");
        assert_eq!(
            same(date(2026, 2, 15)).first(),
            Some(&date(2025, 2, 26)),
            "49 days before Easter is too far for the West"
        );
        assert!(same(date(2025, 9, 3)).is_empty());
    }
}
