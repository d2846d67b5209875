//! How alarms name days, counts and factors.

use super::census::Feed;
use crate::text::counted;
use crate::timeline::date_of;

/// The last `length` days of a feed.
pub(super) fn days(feed: &Feed, length: usize) -> String {
    let place = i32::try_from(feed.days.len().saturating_sub(length)).unwrap_or(0);
    span(feed.first + place, length)
}

/// `length` days from a first one on.
pub(super) fn span(first: i32, length: usize) -> String {
    let date = |day: i32| date_of(day).unwrap_or_default();
    match length {
        1 => date(first).to_string(),
        length => {
            let last = first + i32::try_from(length).unwrap_or(1) - 1;
            format!("the {length} days from {} to {}", date(first), date(last))
        }
    }
}

pub(super) fn rows(count: f64) -> String {
    counted(whole(count), "row")
}

/// `12.5 %`.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// By which factor something is larger or smaller, from a difference of logarithms.
pub(super) fn by_factor(log: f64) -> String {
    let factor = log.abs().exp();
    let factor = if factor < 10.0 { format!("{factor:.1}") } else { format!("{factor:.0}") };
    format!("{} by a factor of {factor}", if log > 0.0 { "larger" } else { "smaller" })
}

/// A count as a whole number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are not negative")]
pub(super) const fn whole(count: f64) -> u64 {
    count.round() as u64
}
