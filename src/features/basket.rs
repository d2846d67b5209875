//! What is bought, how broadly, and through how many channels: each tie holds.

use super::spec::{Family, Feature, Unit, count, ratio};
use crate::timeline::{Available, Window};

const fn basket(name: &'static str, unit: Unit, meaning: &'static str, reason: &'static str) -> Feature {
    Feature::new(name, Family::Basket, unit).meaning(meaning).reason(reason)
}

const fn discounted(name: &'static str, window: Window, meaning: &'static str) -> Feature {
    basket(
        name,
        Unit::Share,
        meaning,
        "{discount_90d_share} of the price was discounted lately, {discount_share} overall",
    )
    .over(window)
    .needs(Available::Discount)
    .also(&["purchases.amount"])
    .or_missing()
    .is(|h, window| ratio(h.discount(window), h.discount(window) + h.gross_spend(window)))
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
    .also(&["purchases.amount"])
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
        "Share of the lines that name a product which repeat one bought before; missing without such lines.",
        "{repeat_lines_share} of the lines with a product repeat an earlier one",
    )
    .needs(Available::Product)
    .or_missing()
    .revised(2)
    .is(|h, _| 1.0 - ratio(f64::from(h.products()), f64::from(h.product_lines()))),
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
    basket("lines_30d_count", Unit::Count, "Order lines in the last 30 days.", LINES)
        .over(Window::Days30)
        .is(|h, window| f64::from(h.line_count(window))),
    basket(
        "items_365d_count",
        Unit::Count,
        "Pieces bought in the last 365 days.",
        "{items_365d_count piece} in the past year",
    )
    .over(Window::Days365)
    .needs(Available::Quantity)
    .is(|h, window| h.quantity(window)),
    discounted("discount_90d_share", Window::Days90, "Discounts over prices before discount in the last 90 days."),
    discounted("discount_365d_share", Window::Days365, "Discounts over prices before discount in the last 365 days."),
    basket(
        "product_entropy_nats",
        Unit::Nats,
        "Shannon entropy of the shares of products in all lines: 0 if it is always the same one.",
        PRODUCTS,
    )
    .needs(Available::Product)
    .or_missing()
    .is(|h, _| h.entropies()[0]),
    basket(
        "product_top_share",
        Unit::Share,
        "Share of the most bought product in all lines.",
        "{product_top_share} of all lines are one product",
    )
    .needs(Available::Product)
    .or_missing()
    .is(|h, _| h.top_shares()[0]),
    basket(
        "category_entropy_nats",
        Unit::Nats,
        "Shannon entropy of the shares of categories in all lines: 0 if it is always the same one.",
        CATEGORIES,
    )
    .needs(Available::Category)
    .or_missing()
    .is(|h, _| h.entropies()[1]),
    basket(
        "category_top_share",
        Unit::Share,
        "Share of the most bought category in all lines.",
        "{category_top_share} of all lines are of one category",
    )
    .needs(Available::Category)
    .or_missing()
    .is(|h, _| h.top_shares()[1]),
    basket(
        "categories_new_90d_share",
        Unit::Share,
        "Share of the categories of the last 90 days never bought before.",
        CATEGORIES,
    )
    .over(Window::Days90)
    .needs(Available::Category)
    .or_missing()
    .is(|h, window| ratio(f64::from(h.new_categories(window)), f64::from(h.basket().categories[0]))),
    basket(
        "channel_top_share",
        Unit::Share,
        "Share of the most used sales channel in all lines.",
        "{channel_top_share} of all lines come through one channel",
    )
    .needs(Available::Channel)
    .or_missing()
    .is(|h, _| h.top_shares()[2]),
    basket(
        "ties_all_count",
        Unit::Count,
        "Sales channels, regions and categories used so far: each one is a tie.",
        "{ties_all_count channel, region or category/channels, regions and categories} in use",
    )
    // Of all three: a column mapped later must not change what the number means.
    .needs(Available::Ties)
    .is(|h, _| f64::from(h.channels() + h.regions() + h.categories())),
    basket("regions_all_count", Unit::Count, "Regions ordered from so far.", "ordered from {regions_all_count region}")
        .needs(Available::Region)
        .is(|h, _| f64::from(h.regions())),
];
