//! The time of the year: what the customer did in the season that the horizon will bring.

use std::f64::consts::TAU;

use super::spec::{Family, Feature, Unit, count, ratio};
use super::telling::Context;
use crate::timeline::{History, Window};

/// Orders of the label window moved back by 365 days, as far as it lies before the cutoff.
fn same_season(history: &History<'_>) -> std::ops::Range<usize> {
    let (from, to) = history.season().ages();
    history.orders_aged(from, to)
}

/// The cutoff's place in the year as an angle.
fn angle(history: &History<'_>) -> f64 {
    f64::from(history.cutoff().date().day_of_year()) / 365.25 * TAU
}

pub(super) const FEATURES: &[Feature] = &[
    Feature::new("orders_same_season_count", Family::Season, Unit::Count).context(Context::Season)
        .meaning("Orders in the label window (horizon and gap) moved back by 365 days.")
        .revised(2).is(|h, _| count(same_season(h).len())),
    Feature::new("spend_same_season_amount", Family::Season, Unit::Amount).context(Context::Season)
        .meaning("Spend in the label window (horizon and gap) moved back by 365 days, before returns.")
        .revised(2).is(|h, _| h.amount_of(same_season(h))),
    Feature::new("season_cosine_level", Family::Season, Unit::Level).context(Context::Season)
        .meaning("Place of the cutoff in the year, north-south axis: 1 at New Year, -1 in early July.")
        .is(|h, _| angle(h).cos()),
    Feature::new("season_sine_level", Family::Season, Unit::Level).context(Context::Season)
        .meaning("Place of the cutoff in the year, east-west axis: 1 in early April, -1 in early October.")
        .is(|h, _| angle(h).sin()),
    Feature::new("orders_same_season_share", Family::Season, Unit::Share).context(Context::Season)
        .meaning(
            "Share of the orders of the last 365 days that fell into the label window (horizon and gap) moved back by 365 \
             days.",
        )
        .or_missing()
        .revised(2).is(|h, _| ratio(count(same_season(h).len()), count(h.order_count(Window::Days365)))),
    Feature::new("cutoff_month_level", Family::Season, Unit::Level).context(Context::Season)
        .meaning("Calendar month of the cutoff, 1 to 12.")
        .is(|h, _| f64::from(h.cutoff().date().month())),
    Feature::new("year_end_days", Family::Season, Unit::Days).context(Context::Season)
        .meaning("Days from the cutoff to the end of its calendar year.")
        .is(|h, _| {
            let date = h.cutoff().date();
            f64::from(date.days_in_year() - date.day_of_year() + 1)
        }),
];
