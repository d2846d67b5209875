//! The time zone of a shop where its times give it away: offsets that are those of one zone's clocks, and midnights that are
//! none in UTC.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use polars::prelude::*;

use crate::config::FoundZone;

/// Zones that are tried, of those with the same clocks the largest.
const ZONES: &[&str] = &[
    "Europe/Berlin",
    "Europe/London",
    "Europe/Helsinki",
    "Europe/Istanbul",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Halifax",
    "America/St_Johns",
    "America/Mexico_City",
    "America/Phoenix",
    "America/Bogota",
    "America/Caracas",
    "America/Santiago",
    "America/Sao_Paulo",
    "Pacific/Honolulu",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "Africa/Cairo",
    "Asia/Jerusalem",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Dhaka",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Brisbane",
    "Australia/Adelaide",
    "Australia/Sydney",
    "Pacific/Auckland",
];

/// Times that say something, and the days between the first and the last of those with one offset alone: a zone shows in both
/// halves of a year.
const LEAST_TIMES: usize = 50;
const LEAST_DAYS: i64 = 200;

/// One time in so many may be written otherwise.
const ONE_IN: usize = 50;

/// The zone that the times of a column of texts give away.
pub(super) fn of_column(column: &Column) -> Option<FoundZone> {
    let texts = column.str().ok()?;
    let n_given = texts.len() - texts.null_count();
    let times: Vec<(Timestamp, Offset)> = texts.iter().flatten().filter_map(|text| written(text.trim())).collect();
    if times.len() < LEAST_TIMES || times.len() * 2 < n_given {
        return None;
    }
    let (_, first) = times.first()?;
    let is_one = times.iter().all(|(_, offset)| offset == first);
    if is_one && span_days(&times) < LEAST_DAYS {
        return None;
    }
    if is_one && *first == Offset::UTC {
        return of_midnights(&times);
    }
    // One time of each day and offset is enough.
    let mut days: BTreeMap<(i64, i32), (Timestamp, Offset)> = BTreeMap::new();
    for (instant, offset) in &times {
        days.entry((instant.as_second().div_euclid(86_400), offset.seconds())).or_insert((*instant, *offset));
    }
    let zone = first_zone(|zone| most(days.values(), |(instant, offset)| zone.to_offset(*instant) == *offset))?;
    Some(FoundZone { zone, is_of_midnights: false })
}

/// The zone in which times without a clock are midnights.
fn of_midnights(times: &[(Timestamp, Offset)]) -> Option<FoundZone> {
    let is_midnight = |zone: &TimeZone| {
        most(times.iter(), |(instant, _)| zone.to_datetime(*instant).time() == jiff::civil::Time::midnight())
    };
    if is_midnight(&TimeZone::UTC) {
        return None;
    }
    Some(FoundZone { zone: first_zone(is_midnight)?, is_of_midnights: true })
}

fn first_zone(fits: impl Fn(&TimeZone) -> bool) -> Option<String> {
    let known = |name: &&&str| TimeZone::get(name).is_ok_and(|zone| fits(&zone));
    ZONES.iter().find(known).map(|name| (*name).to_owned())
}

/// Whether nearly all do.
fn most<'t>(times: impl Iterator<Item = &'t (Timestamp, Offset)>, fits: impl Fn(&(Timestamp, Offset)) -> bool) -> bool {
    let (mut n, mut n_other) = (0, 0);
    for time in times {
        n += 1;
        n_other += usize::from(!fits(time));
    }
    n > 0 && n_other * ONE_IN <= n
}

fn span_days(times: &[(Timestamp, Offset)]) -> i64 {
    let seconds = || times.iter().map(|(instant, _)| instant.as_second());
    (seconds().max().unwrap_or(0) - seconds().min().unwrap_or(0)) / 86_400
}

/// The instant of a time with an offset, such as `2024-05-01T09:30:00-04:00`, and the offset.
fn written(text: &str) -> Option<(Timestamp, Offset)> {
    let (day, rest) = (text.get(..10)?, text.get(11..)?);
    let place = rest.find(['Z', '+', '-']).or_else(|| rest.find("UTC"))?;
    let (clock, zone) = (rest.get(..place)?.trim(), rest.get(place..)?.trim());
    let clock = if clock.len() == 5 { format!("{clock}:00") } else { clock.to_owned() };
    let local: DateTime = format!("{day}T{clock}").parse().ok()?;
    let offset = offset(zone)?;
    let instant = offset.to_timestamp(local).ok()?;
    Some((instant, offset))
}

/// `Z`, `UTC`, `+02`, `+0200` or `+02:00`.
fn offset(text: &str) -> Option<Offset> {
    if matches!(text, "Z" | "UTC") {
        return Some(Offset::UTC);
    }
    let (sign, digits) = (text.get(..1)?, text.get(1..)?.replace(':', ""));
    let number = |range: std::ops::Range<usize>| digits.get(range).map_or(Some(0), |digits| digits.parse::<i64>().ok());
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let minutes = number(0..2)? * 60 + number(2..4)?;
    let seconds = if sign == "-" { -60 * minutes } else { 60 * minutes };
    Offset::UTC.checked_add(SignedDuration::from_secs(seconds)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days of a year and a half at a time of the day, as a zone writes them.
    fn times(zone: &str, clock: i64, form: &str) -> Column {
        let zone = TimeZone::get(zone).unwrap();
        let text = |day: i64| {
            let instant =
                Timestamp::from_second(1_700_000_000 / 86_400 * 86_400 + day * 86_400 + clock + day * 37).unwrap();
            instant.to_zoned(zone.clone()).strftime(form).to_string()
        };
        Column::new("at".into(), (0..550).map(text).collect::<Vec<_>>())
    }

    fn zone_of(column: &Column) -> Option<String> {
        of_column(column).map(|found| found.zone)
    }

    #[test]
    fn offsets_of_both_halves_of_a_year_name_the_zone() {
        for zone in ["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "America/Sao_Paulo"] {
            for form in ["%Y-%m-%dT%H:%M:%S%:z", "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S.000%z", "%Y-%m-%d %H:%M%:z"]
            {
                assert_eq!(zone_of(&times(zone, 36_000, form)).as_deref(), Some(zone), "{form}");
            }
        }
        assert_eq!(
            zone_of(&times("Europe/Paris", 36_000, "%FT%T%:z")).as_deref(),
            Some("Europe/Berlin"),
            "the same clocks"
        );
        assert_eq!(zone_of(&times("UTC", 36_000, "%FT%TZ")), None);
        assert_eq!(zone_of(&times("Europe/Berlin", 36_000, "%F %T")), None, "nothing is said");
        assert_eq!(zone_of(&times("Europe/Berlin", 36_000, "%FT%T%:z").head(Some(60))), None, "winter alone");
    }

    #[test]
    fn midnights_of_a_zone_that_are_written_in_utc_name_it() {
        let midnights = |zone: &str| {
            let zone = TimeZone::get(zone).unwrap();
            let text = |day: i64| {
                let day = jiff::civil::date(2024, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
                day.to_zoned(zone.clone()).unwrap().timestamp().strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
            };
            Column::new("at".into(), (0..550).map(text).collect::<Vec<_>>())
        };
        for zone in ["Europe/Berlin", "America/Chicago", "Asia/Kolkata"] {
            let found = of_column(&midnights(zone)).unwrap();
            assert_eq!((found.zone.as_str(), found.is_of_midnights), (zone, true));
        }
        assert_eq!(of_column(&midnights("UTC")), None);
    }
}
