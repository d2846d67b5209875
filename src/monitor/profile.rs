//! The compact profile of a shop's feeds that a version and every list keep: the days and weeks of the past year and the
//! totals. What is past does not change; a later night is held against it.

use serde::{Deserialize, Serialize};

use super::census::{Cell, Census, Counts, Feed};
use crate::checked::{self, Checked, Flaw};

/// The format of profiles; raised when an older reader would misunderstand them.
pub(super) const PROFILE_FORMAT: u32 = 1;
/// Weeks that are kept.
const WEEKS: usize = 53;
/// Days of which the rows are kept.
const DAYS: usize = 7 * WEEKS;
/// Feeds and columns that a profile may have at most.
const MOST_FEEDS: usize = 16;
const MOST_COLUMNS: usize = 1_000;

/// The feeds of a shop as they were on a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShopProfile {
    /// The format that this program writes, or another that it does not read.
    pub format: u32,
    /// The day, counted from 1970-01-01; only what was known before it is counted.
    pub(super) as_of_day: i32,
    pub(super) feeds: Vec<FeedProfile>,
    /// Rows that came in of each table that was mapped, also of one that is no feed; none from an earlier version.
    #[serde(default)]
    pub(super) tables: Vec<(String, u64)>,
}

/// The profile of a shop without feeds.
impl Default for ShopProfile {
    fn default() -> Self {
        Self { format: PROFILE_FORMAT, as_of_day: 0, feeds: Vec::new(), tables: Vec::new() }
    }
}

/// A feed on that day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct FeedProfile {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// The whole weeks of the past year, the earliest first; none for facts without a time.
    pub(super) weeks: Vec<Week>,
    pub(super) total: Stored,
    /// Whole days without a row up to the day of the profile: how late the feed is delivered.
    pub(super) lag_days: u32,
    /// Rows that came in, and those of them that repeat others.
    pub(super) delivered: (u64, u64),
    /// Rows of each day of the past year, up to the day before the profile; none for facts without a time, or from an
    /// earlier version.
    #[serde(default)]
    pub(super) days: Vec<u32>,
}

/// Seven days of a feed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Week {
    /// The first of its days, counted from 1970-01-01.
    pub(super) first: i32,
    #[serde(flatten)]
    pub(super) held: Stored,
}

/// Rows of a stretch of days.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Stored {
    pub(super) rows: u32,
    /// As in [`Counts`].
    clock: [i64; 2],
    /// Of each column: rows with a value, rows with a size, and the sum of the logarithms of sizes in thousandths.
    cells: Vec<(u32, u32, i64)>,
}

impl Stored {
    fn of(counts: &Counts) -> Self {
        let cells = counts.cells.iter().map(|cell| (cell.filled, cell.sized, cell.log_milli)).collect();
        Self { rows: counts.rows, clock: counts.clock, cells }
    }

    pub(super) fn counts(&self) -> Counts {
        let cell = |(filled, sized, log_milli): &(u32, u32, i64)| Cell {
            filled: *filled,
            sized: *sized,
            log_milli: *log_milli,
            ..Cell::default()
        };
        Counts { rows: self.rows, clock: self.clock, cells: self.cells.iter().map(cell).collect(), ..Counts::default() }
    }
}

impl ShopProfile {
    /// Each feed by name, with its rows and how many days late it was delivered.
    pub fn feeds_in_figures(&self) -> impl Iterator<Item = (&str, u64, u32)> {
        self.feeds.iter().map(|feed| (feed.name.as_str(), u64::from(feed.total.rows), feed.lag_days))
    }

    /// A feed by name.
    pub(super) fn feed(&self, name: &str) -> Option<&FeedProfile> {
        self.feeds.iter().find(|known| known.name == name)
    }

    /// How late a feed was delivered, in days; `None` without the feed.
    pub(super) fn lag_days(&self, feed: &str) -> Option<u32> {
        self.feed(feed).map(|feed| feed.lag_days)
    }

    /// Rows of a table, as a feed or else as they came in; 0 for one that it does not know.
    pub(super) fn rows(&self, table: &str) -> u64 {
        let of_table = self.tables.iter().find(|(name, _)| name == table).map_or(0, |(_, rows)| *rows);
        self.feed(table).map_or(of_table, |feed| u64::from(feed.total.rows))
    }

    /// The day that it is of, counted from 1970-01-01.
    #[must_use]
    pub const fn as_of_day(&self) -> i32 {
        self.as_of_day
    }

    /// The profile of a census.
    #[must_use]
    pub fn of(census: &Census) -> Self {
        let feed = |feed: &Feed| FeedProfile {
            name: feed.name.to_owned(),
            columns: feed.columns.iter().map(|column| column.name.clone()).collect(),
            weeks: weeks(feed, census.as_of),
            total: Stored::of(&feed.total),
            lag_days: feed.lag_days(),
            delivered: census
                .delivered
                .iter()
                .find(|delivered| delivered.feed == feed.name)
                .map_or((0, 0), |delivered| (delivered.rows, delivered.repeated)),
            days: last_days(feed),
        };
        Self {
            format: PROFILE_FORMAT,
            as_of_day: census.as_of,
            feeds: census.feeds.iter().map(feed).collect(),
            tables: census.delivered.iter().map(|table| (table.feed.to_owned(), table.rows)).collect(),
        }
    }
}

/// The rows of the days of the past year.
fn last_days(feed: &Feed) -> Vec<u32> {
    let days = feed.days.get(feed.days.len().saturating_sub(DAYS)..).unwrap_or_default();
    days.iter().map(|day| day.rows).collect()
}

/// The whole weeks of a feed in the past year: seven days each, of which the first is a multiple of seven days since 1970.
fn weeks(feed: &Feed, as_of: i32) -> Vec<Week> {
    let last = as_of.div_euclid(7) * 7;
    let firsts = (1..=WEEKS).rev().filter_map(|back| Some(last - 7 * i32::try_from(back).ok()?));
    let week = |first: i32| Some(Week { first, held: Stored::of(&of_week(feed, first)?) });
    firsts.filter_map(week).collect()
}

/// What a feed holds in the seven days from `first` on; `None` if it does not have them all.
pub(super) fn of_week(feed: &Feed, first: i32) -> Option<Counts> {
    feed.window(usize::try_from(first - feed.first + 7).ok()?, 7).filter(|_| first >= feed.first)
}

impl Checked for ShopProfile {
    fn check(&self) -> Result<(), Flaw> {
        checked::holds("format", self.format == PROFILE_FORMAT, "is not one that is known")?;
        checked::at_most("feeds", self.feeds.len(), MOST_FEEDS)?;
        checked::names("feeds", self.feeds.iter().map(|feed| feed.name.as_str()))?;
        checked::at_most("tables", self.tables.len(), MOST_FEEDS)?;
        self.feeds.iter().try_for_each(|feed| checked::within(&feed.name, feed))
    }
}

impl Checked for FeedProfile {
    fn check(&self) -> Result<(), Flaw> {
        checked::at_most("columns", self.columns.len(), MOST_COLUMNS)?;
        checked::names("columns", self.columns.iter().map(String::as_str))?;
        checked::at_most("weeks", self.weeks.len(), WEEKS)?;
        checked::at_most("days", self.days.len(), DAYS)?;
        checked::ascending("weeks", &self.weeks.iter().map(|week| week.first).collect::<Vec<_>>())?;
        let all = self.weeks.iter().map(|week| &week.held).chain([&self.total]);
        all.into_iter().try_for_each(|held| checked::length("cells", held.cells.len(), self.columns.len()))
    }
}
