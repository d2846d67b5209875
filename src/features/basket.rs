//! What is bought, how broadly, and through how many channels: each tie holds.

use super::spec::{Family, Feature, Unit, count, ratio};
use crate::timeline::{Available, Window};

const fn basket(name: &'static str, unit: Unit, meaning: &'static str, reason: &'static str) -> Feature {
    Feature::new(name, Family::Basket, unit).meaning(meaning).reason(reason)
}

const LINES: &str = "{lines_per_order_ratio line} on an average order";
const PRODUCTS: &str = "{products_all_count different product} so far, {products_90d_count} in the last 90 days";
const CATEGORIES: &str =
    "{categories_all_count category/categories} so far, {categories_90d_count} in the last 90 days";

pub(super) const FEATURES: &[Feature] = &[
    basket("lines_90d_count", Unit::Count, "Order lines in the last 90 days.", LINES)
        .over(Window::Days90)
        .is(|h, window| f64::from(h.line_count(window))),
    basket("lines_365d_count", Unit::Count, "Order lines in the last 365 days.", LINES)
        .over(Window::Days365)
        .is(|h, window| f64::from(h.line_count(window))),
    basket("lines_per_order_ratio", Unit::Ratio, "Lines on an average order.", LINES)
        .is(|h, window| ratio(f64::from(h.line_count(window)), count(h.order_count(window)))),
    basket(
        "items_90d_count",
        Unit::Count,
        "Pieces bought in the last 90 days.",
        "{items_90d_count piece} in the last 90 days",
    )
    .over(Window::Days90)
    .needs(Available::Quantity)
    .is(|h, window| h.quantity(window)),
    basket(
        "items_per_order_ratio",
        Unit::Ratio,
        "Pieces on an average order.",
        "{items_per_order_ratio piece} on an average order",
    )
    .needs(Available::Quantity)
    .is(|h, window| ratio(h.quantity(window), count(h.order_count(window)))),
    basket(
        "discount_share",
        Unit::Share,
        "Discounts over prices before discount.",
        "{discount_share} of the price was discounted",
    )
    .needs(Available::Discount)
    .or_missing()
    .is(|h, window| ratio(h.discount(window), h.discount(window) + h.gross_spend(window))),
    basket("products_90d_count", Unit::Count, "Different products in the last 90 days.", PRODUCTS)
        .over(Window::Days90)
        .needs(Available::Product)
        .is(|h, _| f64::from(h.basket().products[0])),
    basket("products_365d_count", Unit::Count, "Different products in the last 365 days.", PRODUCTS)
        .over(Window::Days365)
        .needs(Available::Product)
        .is(|h, _| f64::from(h.basket().products[1])),
    basket("products_all_count", Unit::Count, "Different products so far.", PRODUCTS)
        .needs(Available::Product)
        .is(|h, _| f64::from(h.products())),
    basket(
        "products_new_90d_share",
        Unit::Share,
        "Share of the products of the last 90 days never bought before.",
        PRODUCTS,
    )
    .over(Window::Days90)
    .needs(Available::Product)
    .or_missing()
    .is(|h, window| ratio(f64::from(h.new_products(window)), f64::from(h.basket().products[0]))),
    basket(
        "repeat_lines_share",
        Unit::Share,
        "Share of all lines that repeat a product bought before.",
        "{repeat_lines_share} of the lines repeat an earlier product",
    )
    .needs(Available::Product)
    .is(|h, window| 1.0 - ratio(f64::from(h.products()), f64::from(h.line_count(window)))),
    basket("categories_90d_count", Unit::Count, "Different categories in the last 90 days.", CATEGORIES)
        .over(Window::Days90)
        .needs(Available::Category)
        .is(|h, _| f64::from(h.basket().categories[0])),
    basket("categories_365d_count", Unit::Count, "Different categories in the last 365 days.", CATEGORIES)
        .over(Window::Days365)
        .needs(Available::Category)
        .is(|h, _| f64::from(h.basket().categories[1])),
    basket("categories_all_count", Unit::Count, "Different categories so far.", CATEGORIES)
        .needs(Available::Category)
        .is(|h, _| f64::from(h.categories())),
    basket(
        "channels_all_count",
        Unit::Count,
        "Sales channels used so far: each one is a tie.",
        "uses {channels_all_count sales channel}",
    )
    .needs(Available::Channel)
    .is(|h, _| f64::from(h.channels())),
    basket("regions_all_count", Unit::Count, "Regions ordered from so far.", "ordered from {regions_all_count region}")
        .needs(Available::Region)
        .is(|h, _| f64::from(h.regions())),
];
