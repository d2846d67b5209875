//! What the shop as a whole does: a silence in the quiet season says less, and so does the end of a fashion.

use super::spec::{Family, Feature, Unit, count};
use super::telling::{Context, Split};
use crate::timeline::{Available, Window};

const fn shop(name: &'static str, unit: Unit, meaning: &'static str) -> Feature {
    Feature::new(name, Family::Shop, unit).meaning(meaning)
}

pub(super) const FEATURES: &[Feature] = &[
    shop(
        "season_index_ratio",
        Unit::Ratio,
        "Orders of the shop per day in the label window (horizon and gap) moved back by 365 days, over those of the last \
         365 days; 1 while no order is older than that.").context(Context::Season)
    .revised(2).is(|h, _| h.shop().season_index()),
    shop("recency_season_adjusted_days", Unit::Days, "Days since the last order, times the season index.").context(Context::Season).split(Split::Product("recency_days"))
        .revised(2).is(|h, _| h.recency_days() * h.shop().season_index()),
    shop(
        "recency_trade_days",
        Unit::Days,
        "Orders of the shop from the day of the customer's last one to that before the cutoff (at most 1,100 days), over \
         those of an average day of the last 365, or of the shop's age in days if no order is older than that.").context(Context::Season).split(Split::Product("recency_days"))
    .or_missing()
    .revised(2).is(|h, _| h.shop().days_of_trade(h.recency_days())),
    shop(
        "expected_season_orders_count",
        Unit::Count,
        "Orders of the last 365 days, scaled to the horizon (at most 365 days), times the \
        season index.").context(Context::Season).split(Split::Product("orders_365d_count"))
    .revised(2).is(|h, _| {
        let horizon = f64::from(h.horizon().0.clamp(1, 365));
        count(h.order_count(Window::Days365)) * horizon / 365.0 * h.shop().season_index()
    }),
    shop(
        "product_buyers_mean_share",
        Unit::Share,
        "Mean, over the products of the last 365 days, of the share of the shop's customers \
        who bought it.").context(Context::Shop)
    .needs(Available::Product)
    .or_missing()
    .is(|h, _| h.basket().product_popularity.mean_buyers_share()),
    shop(
        "product_repeat_mean_share",
        Unit::Share,
        "Mean, over the products of the last 365 days, of the share of its buyers who bought it on two orders \
            or more.").context(Context::Shop)
    .needs(Available::Product)
    .or_missing()
    .is(|h, _| h.basket().product_popularity.mean_repeat_share()),
    shop(
        "popular_products_share",
        Unit::Share,
        "Share of the products of the last 365 days with more buyers than the mean product \
        of the shop.").context(Context::Shop)
    .needs(Available::Product)
    .or_missing()
    .is(|h, _| h.basket().product_popularity.popular_share()),
    shop(
        "seasonal_products_share",
        Unit::Share,
        "Share of the products of the last 365 days of which the shop sold at least a quarter more lines per day in the \
         label window (horizon and gap) moved back by 365 days than over the last 365 days.").context(Context::Shop)
    .needs(Available::Product)
    .or_missing()
    .revised(2).is(|h, _| h.basket().product_popularity.in_season_share()),
    shop(
        "category_repeat_mean_share",
        Unit::Share,
        "Mean, over the categories of the last 365 days, of the share of its buyers who bought it on two orders \
            or more.").context(Context::Shop)
    .needs(Available::Category)
    .or_missing()
    .is(|h, _| h.basket().category_popularity.mean_repeat_share()),
];
