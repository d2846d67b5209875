//! How alarms name days, counts and factors.

use super::census::Feed;
use crate::text::counted;
use crate::timeline::date_of;

/// The last `length` days of a feed.
pub(super) fn days(feed: &Feed, length: usize) -> String {
    let day = |back: usize| {
        let place = i32::try_from(feed.days.len().saturating_sub(back)).unwrap_or(0);
        date_of(feed.first + place).unwrap_or_default()
    };
    match length {
        1 => day(1).to_string(),
        length => format!("the {length} days from {} to {}", day(length), day(1)),
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
