//! What is past does not change: the weeks that the last list, or the training, had seen are held against what the feeds say
//! of them now. A file that was delivered twice, lost, or is in another unit shows there, whichever days it is about.

use super::alarm::{Alarm, Level, NULLS, REWRITTEN, UNIT};
use super::census::{Census, Counts, Feed};
use super::clock::{hours_between, mean_hour};
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

/// Alarms of a past that changed since the reference, one for each feed or column.
pub(super) fn look(census: &Census, reference: &ShopProfile) -> Vec<Alarm> {
    let of_feed = |feed: &Feed| {
        let before = reference.feeds.iter().find(|before| before.name == feed.name)?;
        Past::of(feed, before, reference.as_of_day)?.alarms(feed)
    };
    census.feeds.iter().filter_map(of_feed).flatten().collect()
}

/// The same weeks then and now.
struct Past {
    then: Counts,
    /// The columns of then, in their order.
    columns: Vec<String>,
    now: Counts,
    span: String,
    since: String,
}

impl Past {
    fn of(feed: &Feed, before: &FeedProfile, as_of: i32) -> Option<Self> {
        let date = |day: i32| date_of(day).unwrap_or_default();
        let since = date(as_of).to_string();
        if feed.days.is_empty() {
            let (then, now) = (before.total.counts(), feed.total.clone());
            return Some(Self { then, columns: before.columns.clone(), now, span: "all rows".to_owned(), since });
        }
        let settled = before.weeks.iter().filter(|week| week.first + 7 <= as_of - LATE);
        let weeks: Vec<_> =
            settled.filter_map(|week| Some((week.first, week.held.counts(), of_week(feed, week.first)?))).collect();
        let (first, last) = (weeks.first()?.0, weeks.last()?.0 + 6);
        let mut past = Self {
            then: Counts::of_columns(before.columns.len()),
            columns: before.columns.clone(),
            now: Counts::of_columns(feed.columns.len()),
            span: format!("the weeks from {} to {}", date(first), date(last)),
            since,
        };
        for (_, then, now) in &weeks {
            past.then.add(then);
            past.now.add(now);
        }
        Some(past)
    }

    fn alarms(&self, feed: &Feed) -> Option<Vec<Alarm>> {
        if self.then.rows < LEAST_ROWS {
            return None;
        }
        if let Some(alarm) = self.rows(feed) {
            return Some(vec![alarm]);
        }
        let columns = (0..feed.columns.len()).filter_map(|place| self.column(feed, place));
        Some(columns.chain(self.clock(feed)).collect())
    }

    fn rows(&self, feed: &Feed) -> Option<Alarm> {
        let (then, now) = (f64::from(self.then.rows), f64::from(self.now.rows));
        // Customers come, and none goes.
        let is_more = now > then * (1.0 + LEAST_SHARE) && (!feed.days.is_empty() || now > 2.0 * then);
        let is_less = now < then * (1.0 - LEAST_SHARE);
        let what = match now / then {
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
                counted(u64::from(self.then.rows), "row"),
                self.since,
                grouped(u64::from(self.now.rows)),
            ),
            hint: hint.to_owned(),
        })
    }

    fn column(&self, feed: &Feed, place: usize) -> Option<Alarm> {
        let (name, n) = (&feed.columns.get(place)?.name, self.now.rows);
        let before = self.columns.iter().position(|before| before == name)?;
        let (then, now) = (self.then.cells.get(before)?, self.now.cells.get(place)?);
        let share = |filled: u32, rows: u32| f64::from(filled) / f64::from(rows.max(1));
        let filled = [share(then.filled, self.then.rows), share(now.filled, n)];
        let alarm = |check, (figure, limit), message: String, hint: &str| Alarm {
            check,
            level: Level::Stop,
            feed: Some(feed.name),
            column: Some(name.clone()),
            figure,
            limit,
            n: u64::from(n),
            message: format!("`{}.{name}`: {message}", feed.name),
            hint: hint.to_owned(),
        };
        if filled[1] < filled[0] - LEAST_SHARE {
            let message = format!(
                "{} of {} of {} have a value, and on {} {} had one",
                percent(filled[1]),
                self.span,
                counted(u64::from(n), "row"),
                self.since,
                percent(filled[0]),
            );
            let hint =
                "has the source stopped to deliver the column? Restore it, or take it out of the config and train anew";
            return Some(alarm(NULLS, (filled[1], filled[0] - LEAST_SHARE), message, hint));
        }
        let change = now.mean_log()? - then.mean_log()?;
        // What is filled in late is of other rows by now.
        let is_late = feed.columns.get(place)?.is_late;
        let says_something = !is_late && now.sized.min(then.sized) >= LEAST_ROWS;
        (says_something && change.abs() > LEAST_FACTOR).then(|| {
            let message = format!(
                "the values of {} are {} than they were on {} (geometric mean of {})",
                self.span,
                by_factor(change),
                self.since,
                grouped(u64::from(now.sized)),
            );
            let hint =
                "is it another unit, such as cents for euros, or another currency? Correct the rows or the mapping";
            alarm(UNIT, (change.exp(), (LEAST_FACTOR * change.signum()).exp()), message, hint)
        })
    }

    fn clock(&self, feed: &Feed) -> Option<Alarm> {
        let moved = hours_between(mean_hour(&self.then)?, mean_hour(&self.now)?);
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
            Counts { rows, clock: [i64::from(rows) * 900, 0], cells }
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
        look(&census(AS_OF + 40, day), &reference).into_iter().map(|alarm| alarm.check).collect()
    }

    #[test]
    fn a_past_that_stays_is_quiet_whatever_comes_after_it() {
        assert!(checks(|_| (10, 20.0, 10)).is_empty());
        assert!(checks(|day| if day >= AS_OF - 20 { (60, 2_000.0, 3) } else { (10, 20.0, 10) }).is_empty());
    }

    #[test]
    fn a_past_that_changed_is_one_alarm_that_names_what() {
        assert_eq!(checks(|_| (20, 20.0, 20)), [REWRITTEN]);
        assert_eq!(checks(|day| if day % 7 < 2 { (0, 20.0, 0) } else { (10, 20.0, 10) }), [REWRITTEN]);
        assert_eq!(checks(|_| (10, 2_000.0, 10)), [UNIT]);
        assert_eq!(checks(|_| (10, 20.0, 0)), [NULLS]);
    }

    #[test]
    fn a_source_that_keeps_less_of_the_past_is_compared_where_it_still_has_it() {
        let reference = ShopProfile::of(&census(AS_OF, |_| (10, 20.0, 10)));
        let mut shorter = census(AS_OF + 40, |_| (10, 20.0, 10));
        shorter.feeds[0].days.drain(..300);
        shorter.feeds[0].first += 300;
        assert!(look(&shorter, &reference).is_empty());
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
