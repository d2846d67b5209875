//! What is past does not change: the weeks that the last lists, or the training, had seen are held against what the feeds say
//! of them now. A file that was delivered twice, lost, or is in another unit shows there, whichever days it is about. Tonight
//! has to differ from each of them: beside one odd night alone, every good night after it would look wrong.

use super::alarm::{Alarm, FILLED, Level, NULLS, REWRITTEN, UNIT};
use super::census::{Cell, Census, Counts, Feed};
use super::clock::{hours_between, mean_hour};
use super::past_days;
use super::profile::{FeedProfile, ShopProfile, of_week};
use super::words::{by_factor, percent};
use crate::text::{counted, grouped};
use crate::timeline::date_of;

/// Days before the reference in which late rows are still to be expected.
const LATE: i32 = 28;
/// Rows that say something.
const LEAST_ROWS: u32 = 50;
/// A past that has so much more or less is another one; what is less are late rows and deleted customers.
const LEAST_SHARE: f64 = 0.1;
const LEAST_FACTOR: f64 = 0.2;
const LEAST_HOURS: f64 = 0.5;

/// What tonight is held against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before<'a> {
    /// The last nights, the latest first; without one the training.
    pub(super) nights: &'a [&'a ShopProfile],
    /// The training, where there are nights.
    pub(super) training: Option<&'a ShopProfile>,
}

/// Alarms of a past that changed, one for each feed or column.
pub(super) fn look(census: &Census, before: Before<'_>) -> Vec<Alarm> {
    let of_feed = |feed: &Feed| {
        let past = Past::of(feed, before, census.as_of);
        let rows = past.as_ref().and_then(|past| past.rows(feed)).or_else(|| {
            // A moved clock takes rows from one day to the next.
            let has_moved = past.as_ref().is_some_and(|past| past.clock(feed).is_some());
            past_days::look(feed, before.nights).filter(|_| !has_moved)
        });
        rows.map_or_else(|| past.map(|past| past.columns(feed)).unwrap_or_default(), |alarm| vec![alarm])
    };
    census.feeds.iter().flat_map(of_feed).collect()
}

/// The same weeks then and now.
struct Past {
    /// As each of the profiles had them, the latest first; weeks that an earlier one did not know are those of the latest.
    then: Vec<Counts>,
    /// The columns of then, in their order.
    columns: Vec<String>,
    now: Counts,
    span: String,
    since: String,
    /// Days since the latest of them.
    age: i32,
}

impl Past {
    fn of(feed: &Feed, before: Before<'_>, tonight: i32) -> Option<Self> {
        let of_feed = |shop: &&'_ ShopProfile| Some((shop.as_of_day, shop.feed(feed.name)?.clone()));
        let date = |day: i32| date_of(day).unwrap_or_default();
        // Customers come: how many there were at the training says little of tonight.
        let is_by_week = !feed.days.is_empty();
        let training = before.training.filter(|_| is_by_week);
        let profiles: Vec<(i32, FeedProfile)> =
            before.nights.iter().chain(training.iter()).filter_map(of_feed).collect();
        let (as_of, latest) = profiles.first()?;
        let (columns, since, age) = (latest.columns.clone(), date(*as_of).to_string(), tonight - as_of);
        if !is_by_week {
            let then = profiles.iter().map(|(_, profile)| in_order(profile, &profile.total.counts(), latest)).collect();
            let now = feed.total.clone();
            return Some(Self { then, columns, now, span: "all rows".to_owned(), since, age });
        }
        let weeks: Vec<(i32, Counts)> =
            settled(*as_of, latest).filter_map(|first| Some((first, of_week(feed, first)?))).collect();
        let (first, last) = (weeks.first()?.0, weeks.last()?.0 + 6);
        let mut now = Counts::of_columns(feed.columns.len());
        for (_, held) in &weeks {
            now.add(held);
        }
        let span = format!("the weeks from {} to {}", date(first), date(last));
        let firsts: Vec<i32> = weeks.iter().map(|(first, _)| *first).collect();
        let then = profiles.iter().map(|(as_of, profile)| sum(&firsts, (*as_of, profile), latest)).collect();
        Some(Self { then, columns, now, span, since, age })
    }

    /// The latest of them, which messages tell of.
    fn latest(&self) -> Option<&Counts> {
        self.then.first()
    }

    /// Of what each of them had, what is nearest to now.
    fn nearest(&self, now: f64, measure: impl Fn(&Counts) -> Option<f64>) -> Option<f64> {
        self.then.iter().filter_map(measure).min_by(|a, b| (a - now).abs().total_cmp(&(b - now).abs()))
    }

    /// Alarms of the columns and of the clock.
    fn columns(&self, feed: &Feed) -> Vec<Alarm> {
        if self.latest().is_none_or(|then| then.rows < LEAST_ROWS) {
            return Vec::new();
        }
        let columns = (0..feed.columns.len()).filter_map(|place| self.column(feed, place));
        columns.chain(self.clock(feed)).collect()
    }

    fn rows(&self, feed: &Feed) -> Option<Alarm> {
        let had = self.latest().filter(|then| then.rows >= LEAST_ROWS)?.rows;
        let now = f64::from(self.now.rows);
        let then = self.nearest(now, |then| Some(f64::from(then.rows)))?;
        // Customers come, and none goes.
        let is_more = now > then * (1.0 + LEAST_SHARE) && (!feed.days.is_empty() || now > 2.0 * then);
        let is_less = now < then * (1.0 - LEAST_SHARE);
        let what = match now / f64::from(had) {
            ratio if (1.9..2.1).contains(&ratio) => ": twice as many, as if a file was delivered twice",
            _ => "",
        };
        let hint = if is_more {
            "is a file among the input twice, or were filters changed? Keep each row once; if the rows are right, accept it"
        } else {
            "is a file missing from the input, or does the source keep less of the past now? Deliver the rows again; if they \
             are gone for good, accept it"
        };
        (is_more || is_less).then(|| Alarm {
            check: REWRITTEN,
            level: if feed.name == "purchases" { Level::Stop } else { Level::Warn },
            feed: Some(feed.name),
            column: None,
            figure: now,
            limit: then * if is_more { 1.0 + LEAST_SHARE } else { 1.0 - LEAST_SHARE },
            n: u64::from(self.now.rows),
            message: format!(
                "`{}`: {} had {} on {}, and now {}{what}",
                feed.name,
                self.span,
                counted(u64::from(had), "row"),
                self.since,
                grouped(u64::from(self.now.rows)),
            ),
            hint: hint.to_owned(),
        })
    }

    fn column(&self, feed: &Feed, place: usize) -> Option<Alarm> {
        let column = feed.columns.get(place)?;
        let before = self.columns.iter().position(|before| *before == column.name)?;
        let about = Column { past: self, feed, name: &column.name, before };
        let now = self.now.cells.get(place)?;
        about.nulls(now, column.is_late).or_else(|| about.unit(now).filter(|_| !column.is_late))
    }

    fn clock(&self, feed: &Feed) -> Option<Alarm> {
        self.latest().filter(|then| then.rows >= LEAST_ROWS)?;
        let hour = mean_hour(&self.now)?;
        let moved = self.nearest(0.0, |then| Some(hours_between(mean_hour(then)?, hour)))?;
        (moved.abs() > LEAST_HOURS).then(|| Alarm {
            check: super::alarm::CLOCK,
            level: Level::Stop,
            feed: Some(feed.name),
            column: None,
            figure: moved,
            limit: LEAST_HOURS * moved.signum(),
            n: u64::from(self.now.rows),
            message: format!(
                "`{}`: {} of {} are {:.1} hours {} in the day than they were on {}",
                feed.name,
                counted(u64::from(self.now.rows), "row"),
                self.span,
                moved.abs(),
                if moved > 0.0 { "later" } else { "earlier" },
                self.since,
            ),
            hint: "are times delivered in another zone than before? State the zone of the source in the mapping"
                .to_owned(),
        })
    }
}

/// The weeks of a profile in which late rows were no longer to be expected, by their first day.
fn settled(as_of: i32, profile: &FeedProfile) -> impl Iterator<Item = i32> {
    profile.weeks.iter().map(|week| week.first).filter(move |first| first + 7 <= as_of - LATE)
}

/// What a profile had in some weeks, with the columns of the latest one and its weeks where the other does not know them.
fn sum(firsts: &[i32], (as_of, profile): (i32, &FeedProfile), latest: &FeedProfile) -> Counts {
    let of = |profile: &FeedProfile, first: i32| {
        profile.weeks.iter().find(|week| week.first == first).map(|week| week.held.counts())
    };
    let mut sum = Counts::of_columns(latest.columns.len());
    for first in firsts {
        let own =
            of(profile, *first).filter(|_| first + 7 <= as_of - LATE).map(|held| in_order(profile, &held, latest));
        sum.add(&own.or_else(|| of(latest, *first)).unwrap_or_default());
    }
    sum
}

/// The counts with their cells in the order of the columns of another profile.
fn in_order(profile: &FeedProfile, counts: &Counts, latest: &FeedProfile) -> Counts {
    let cell = |name: &String| {
        let place = profile.columns.iter().position(|own| own == name);
        place.and_then(|place| counts.cells.get(place)).copied().unwrap_or_default()
    };
    Counts { cells: latest.columns.iter().map(cell).collect(), ..counts.clone() }
}

/// A column whose past is held against what it was.
struct Column<'p> {
    past: &'p Past,
    feed: &'p Feed,
    name: &'p str,
    /// Its place among the columns of then.
    before: usize,
}

impl Column<'_> {
    fn alarm(
        &self,
        check: &'static str,
        level: Level,
        (figure, limit): (f64, f64),
        (message, hint): (String, &str),
    ) -> Alarm {
        Alarm {
            check,
            level,
            feed: Some(self.feed.name),
            column: Some(self.name.to_owned()),
            figure,
            limit,
            n: u64::from(self.past.now.rows),
            message: format!("`{}.{}`: {message}", self.feed.name, self.name),
            hint: hint.to_owned(),
        }
    }

    /// Rows with a value, beside what is nearest to that of the nights before.
    fn nulls(&self, now: &Cell, is_late: bool) -> Option<Alarm> {
        let (past, n) = (self.past, self.past.now.rows);
        let share = |filled: u32, rows: u32| f64::from(filled) / f64::from(rows.max(1));
        let of_then = |then: &Counts| Some(share(then.cells.get(self.before)?.filled, then.rows));
        let filled = share(now.filled, n);
        let then = past.nearest(filled, of_then)?;
        // What is filled in late has had time to come if the last list is an old one.
        let is_more = filled > then + LEAST_SHARE && !(is_late && past.age > LATE);
        let is_less = filled < then - LEAST_SHARE;
        let message = || {
            format!(
                "{} of {} of {} have a value, and on {} {} had one",
                percent(filled),
                past.span,
                counted(u64::from(n), "row"),
                past.since,
                past.latest().and_then(of_then).map(percent).unwrap_or_default(),
            )
        };
        if is_less {
            let hint =
                "has the source stopped to deliver the column? Restore it, or take it out of the config and train anew";
            return Some(self.alarm(NULLS, Level::Stop, (filled, then - LEAST_SHARE), (message(), hint)));
        }
        is_more.then(|| {
            let hint =
                "has the source put a default where nothing is known? If the values are right, the list is right";
            self.alarm(FILLED, Level::Warn, (filled, then + LEAST_SHARE), (message(), hint))
        })
    }

    /// Sizes, beside what is nearest to those of the nights before.
    fn unit(&self, now: &Cell) -> Option<Alarm> {
        let past = self.past;
        let size = now.mean_log().filter(|_| now.sized >= LEAST_ROWS)?;
        let of_then = |then: &Counts| {
            then.cells.get(self.before).filter(|cell| cell.sized >= LEAST_ROWS).and_then(Cell::mean_log)
        };
        let change = size - past.nearest(size, of_then)?;
        (change.abs() > LEAST_FACTOR).then(|| {
            let message = format!(
                "the values of {} are {} than they were on {} (geometric mean of {})",
                past.span,
                by_factor(change),
                past.since,
                grouped(u64::from(now.sized)),
            );
            let hint =
                "is it another unit, such as cents for euros, or another currency? Correct the rows or the mapping";
            let figures = (change.exp(), (LEAST_FACTOR * change.signum()).exp());
            self.alarm(UNIT, Level::Stop, figures, (message, hint))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::census::{Cell, ColumnName};
    use super::super::feeds::Kind;
    use super::*;

    const AS_OF: i32 = 20_000;

    fn census(as_of: i32, day: impl Fn(i32) -> (u32, f64, u32)) -> Census {
        let first = AS_OF - 500;
        let counts = |day: (u32, f64, u32)| {
            let (rows, size, filled) = day;
            #[expect(clippy::cast_possible_truncation)]
            let log_milli = (size.ln() * 1000.0) as i64 * i64::from(filled);
            let cells = vec![Cell { filled, sized: filled, log_milli, ..Cell::default() }];
            Counts { rows, clock: [i64::from(rows) * 900, 0], cells, ..Counts::default() }
        };
        let days: Vec<Counts> = (first..as_of).map(|of| counts(day(of))).collect();
        let columns = vec![ColumnName { name: "amount".into(), kind: Kind::Sized, is_late: false }];
        let mut total = Counts::of_columns(1);
        for day in &days {
            total.add(day);
        }
        Census { as_of, feeds: vec![Feed { name: "purchases", columns, first, days, total }], delivered: Vec::new() }
    }

    fn checks(day: impl Fn(i32) -> (u32, f64, u32)) -> Vec<&'static str> {
        let reference = ShopProfile::of(&census(AS_OF, |_| (10, 20.0, 10)));
        beside(&census(AS_OF + 40, day), &[&reference])
    }

    fn beside(census: &Census, nights: &[&ShopProfile]) -> Vec<&'static str> {
        look(census, Before { nights, training: None }).into_iter().map(|alarm| alarm.check).collect()
    }

    /// Ten rows a day, of which so many have a value.
    fn filled(as_of: i32, filled: u32) -> Census {
        census(as_of, |_| (10, 20.0, filled))
    }

    #[test]
    fn a_past_that_stays_is_quiet_whatever_comes_after_it() {
        assert!(checks(|_| (10, 20.0, 10)).is_empty());
        assert!(checks(|day| if day >= AS_OF - 20 { (10, 2_000.0, 3) } else { (10, 20.0, 10) }).is_empty());
        assert!(checks(|day| if day >= AS_OF - 7 { (60, 2_000.0, 3) } else { (10, 20.0, 10) }).is_empty());
    }

    #[test]
    fn a_past_that_changed_is_one_alarm_that_names_what() {
        assert_eq!(checks(|_| (20, 20.0, 20)), [REWRITTEN]);
        assert_eq!(checks(|day| if day % 7 < 2 { (0, 20.0, 0) } else { (10, 20.0, 10) }), [REWRITTEN]);
        assert_eq!(checks(|_| (10, 2_000.0, 10)), [UNIT]);
        assert_eq!(checks(|_| (10, 20.0, 0)), [NULLS]);
    }

    #[test]
    fn a_zone_that_moved_the_rows_of_days_is_told_as_the_clock() {
        let rows = |day: i32| if day % 3 == 0 { (30, 20.0, 30) } else { (10, 20.0, 10) };
        let night = ShopProfile::of(&census(AS_OF, rows));
        let mut moved = census(AS_OF + 1, |day| rows(day + 1));
        assert_eq!(beside(&moved, &[&night]), [REWRITTEN]);
        for day in &mut moved.feeds[0].days {
            day.clock = [-640, 640].map(|part| part * i64::from(day.rows));
        }
        assert_eq!(beside(&moved, &[&night]), [super::super::alarm::CLOCK]);
    }

    #[test]
    fn a_source_that_keeps_less_of_the_past_is_compared_where_it_still_has_it() {
        let reference = ShopProfile::of(&census(AS_OF, |_| (10, 20.0, 10)));
        let mut shorter = census(AS_OF + 40, |_| (10, 20.0, 10));
        shorter.feeds[0].days.drain(..300);
        shorter.feeds[0].first += 300;
        assert!(beside(&shorter, &[&reference]).is_empty());
    }

    #[test]
    fn one_odd_night_is_told_and_the_nights_after_it_are_as_good_as_before() {
        let nights: Vec<ShopProfile> = (1..4).map(|back| ShopProfile::of(&filled(AS_OF - back, 7))).collect();
        let odd = ShopProfile::of(&filled(AS_OF, 10));
        let mut before: Vec<&ShopProfile> = nights.iter().collect();
        let told = look(&filled(AS_OF, 10), Before { nights: &before, training: None });
        assert_eq!(told.iter().map(|alarm| (alarm.check, alarm.level)).collect::<Vec<_>>(), [(FILLED, Level::Warn)]);
        before.insert(0, &odd);
        assert!(beside(&filled(AS_OF + 1, 7), &before).is_empty());
        assert_eq!(beside(&filled(AS_OF + 1, 4), &before), [NULLS], "that is less than on any night");
        let training = Before { nights: &[&odd], training: Some(&nights[2]) };
        assert!(look(&filled(AS_OF + 1, 7), training).is_empty(), "the training had as many");
        let twice = ShopProfile::of(&census(AS_OF, |_| (20, 20.0, 14)));
        before[0] = &twice;
        assert!(beside(&filled(AS_OF + 1, 7), &before).is_empty());
        assert_eq!(beside(&filled(AS_OF + 1, 7), &[&twice]), [REWRITTEN]);
    }

    #[test]
    fn a_profile_is_checked_and_read_as_it_was_written() {
        use crate::checked::Checked;
        let profile = ShopProfile::of(&census(AS_OF, |_| (10, 20.0, 10)));
        profile.check().unwrap();
        let text = serde_json::to_string(&profile).unwrap();
        assert_eq!(serde_json::from_str::<ShopProfile>(&text).unwrap(), profile);
        let mut damaged = profile;
        damaged.feeds[0].weeks.swap(0, 1);
        assert!(damaged.check().is_err());
    }
}
