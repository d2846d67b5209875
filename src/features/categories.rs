//! The customer's own rhythm in each category: one that was bought regularly and has stopped is the first thread to
//! break. A category is bought on a day of the shop's calendar, however many orders have it.

use super::sentences::STOPPED;
use super::spec::{Family, Feature, Unit, ratio};
use super::telling::{Fact, Side};
use crate::timeline::Available;

const fn category(name: &'static str, unit: Unit, meaning: &'static str) -> Feature {
    Feature::new(name, Family::Categories, unit).needs(Available::Category).meaning(meaning)
}

pub(super) const FEATURES: &[Feature] = &[
    category("regular_categories_count", Unit::Count, "Categories bought on at least three days.")
        .adds_to(Fact::NarrowBasket)
        .revised(2)
        .is(|h, _| f64::from(h.category_cadence().regular)),
    category(
        "overdue_categories_count",
        Unit::Count,
        "Regular categories not bought for more than twice the mean of the days between those on which they were.",
    )
    .tells(Fact::CategoryStopped, Side::High, STOPPED)
    .recent(90)
    .revised(2)
    .is(|h, _| f64::from(h.category_cadence().overdue)),
    category("overdue_categories_share", Unit::Share, "Share of the regular categories that are overdue.")
        .tells(Fact::CategoryStopped, Side::High, STOPPED)
        .recent(90)
        .or_missing()
        .revised(2)
        .is(|h, _| ratio(f64::from(h.category_cadence().overdue), f64::from(h.category_cadence().regular))),
    category(
        "category_overdue_max_ratio",
        Unit::Ratio,
        "Most days since a regular category was bought over the mean of the days between those on which it was, of all \
            regular categories.",
    )
    .adds_to(Fact::CategoryStopped)
    .recent(90)
    .or_missing()
    .revised(2)
    .is(|h, _| h.category_cadence().largest_overdue_ratio),
    category("main_category_recency_days", Unit::Days, "Days since the category with most lines was last bought.")
        .tells(
            Fact::CategoryStopped,
            Side::High,
            "[recency_days<main_category_recency_days]nothing from the main category for \
        {main_category_recency_days day}",
        )
        .recent(90)
        .or_missing()
        .revised(2)
        .is(|h, _| h.category_cadence().main_recency_days),
    category(
        "categories_lost_share",
        Unit::Share,
        "Share of the categories of the last 365 days not bought in the last 90.",
    )
    .tells(
        Fact::CategoryStopped,
        Side::High,
        "[categories_90d_count<categories_365d_count]bought from {categories_365d_count \
        category/categories} in the past year, from {categories_90d_count} in the last 90 \
        days",
    )
    .recent(90)
    .or_missing()
    .is(|h, _| {
        let [quarter, year] = h.basket().categories.map(f64::from);
        ratio(year - quarter, year)
    }),
];
