//! Rows that repeat others in every column, beside the share of them before: a file that was delivered twice, or two files
//! that overlap. They count once, so that the list is right; the delivery is not.

use super::alarm::{Alarm, Level, REPEATED};
use super::census::Census;
use super::delivered::Delivered;
use super::profile::ShopProfile;
use super::words::percent;
use crate::text::{counted, grouped};

/// A share that grows by less does not matter.
const LEAST_SHARE: f64 = 0.05;

pub(super) fn look(census: &Census, reference: &ShopProfile) -> Vec<Alarm> {
    let share = |repeated: u64, rows: u64| repeated as f64 / (rows as f64).max(1.0);
    let of_feed = |now: &Delivered| {
        let before = reference.feeds.iter().find(|before| before.name == now.feed)?.delivered;
        let [found, usual] = [share(now.repeated, now.rows), share(before.1, before.0)];
        (found > usual + LEAST_SHARE).then(|| Alarm {
            check: REPEATED,
            level: Level::Warn,
            feed: Some(now.feed),
            column: None,
            figure: found,
            limit: usual + LEAST_SHARE,
            n: now.rows,
            message: format!(
                "`{}`: {} of {} repeat others in every column ({}), and {} did before; each counts once",
                now.feed,
                grouped(now.repeated),
                counted(now.rows, "row"),
                percent(found),
                percent(usual),
            ),
            hint: "was a file delivered twice, or do two files overlap? The list is right; mend the delivery"
                .to_owned(),
        })
    };
    census.delivered.iter().filter_map(of_feed).collect()
}
