//! The customer's own rhythm in each category: one that was bought regularly and has stopped is the first thread to
//! break. A category is bought on a day of the shop's calendar, however many orders have it.

use super::spec::{Family, Feature, Unit, ratio};
use crate::timeline::Available;

const fn category(name: &'static str, unit: Unit, meaning: &'static str) -> Feature {
    Feature::new(name, Family::Categories, unit).needs(Available::Category).meaning(meaning).reason(OVERDUE)
}

const OVERDUE: &str =
    "{overdue_categories_count} of {regular_categories_count regular category/regular categories} overdue";

pub(super) const FEATURES: &[Feature] = &[
    category("regular_categories_count", Unit::Count, "Categories bought on at least three days.")
        .revised(2)
        .is(|h, _| f64::from(h.category_cadence().regular)),
    category(
        "overdue_categories_count",
        Unit::Count,
        "Regular categories not bought for more than twice the mean of the days between those on which they were.",
    )
    .revised(2)
    .is(|h, _| f64::from(h.category_cadence().overdue)),
    category("overdue_categories_share", Unit::Share, "Share of the regular categories that are overdue.")
        .or_missing()
        .revised(2)
        .is(|h, _| ratio(f64::from(h.category_cadence().overdue), f64::from(h.category_cadence().regular))),
    category(
        "category_overdue_max_ratio",
        Unit::Ratio,
        "Most days since a regular category was bought over the mean of the days between those on which it was, of all \
            regular categories.",
    )
    .or_missing()
    .reason("a category bought regularly is missing for {category_overdue_max_ratio} times its usual gap")
    .revised(2)
    .is(|h, _| h.category_cadence().largest_overdue_ratio),
    category("main_category_recency_days", Unit::Days, "Days since the category with most lines was last bought.")
        .or_missing()
        .reason("main category last bought {main_category_recency_days day} ago")
        .revised(2)
        .is(|h, _| h.category_cadence().main_recency_days),
    category(
        "categories_lost_share",
        Unit::Share,
        "Share of the categories of the last 365 days not bought in the last 90.",
    )
    .or_missing()
    .reason("{categories_365d_count category/categories} in the past year, {categories_90d_count} in the last 90 days")
    .is(|h, _| {
        let [quarter, year] = h.basket().categories.map(f64::from);
        ratio(year - quarter, year)
    }),
];
