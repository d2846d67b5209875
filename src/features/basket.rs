//! What is bought, how broadly, and through how many channels: each tie holds.

use super::spec::{Family, Feature, Unit, count, ratio};
use super::telling::{Fact, Side, Split};
use crate::timeline::{Available, Window};

const fn basket(name: &'static str, unit: Unit, meaning: &'static str) -> Feature {
    Feature::new(name, Family::Basket, unit).meaning(meaning)
}

const fn discounted(name: &'static str, window: Window, meaning: &'static str) -> Feature {
    basket(name, Unit::Share, meaning)
        .over(window)
        .needs(Available::Discount)
        .also(&["purchases.amount"])
        .or_missing()
        .is(|h, window| ratio(h.discount(window), h.discount(window) + h.gross_spend(window)))
}

pub(super) const FEATURES: &[Feature] = &[
    basket("lines_90d_count", Unit::Count, "Order lines in the last 90 days.")
        .adds_to(Fact::NarrowBasket)
        .split(Split::Product("orders_90d_count"))
        .recent(90)
        .over(Window::Days90)
        .is(|h, window| f64::from(h.line_count(window))),
    basket("lines_365d_count", Unit::Count, "Order lines in the last 365 days.")
        .adds_to(Fact::NarrowBasket)
        .split(Split::Product("orders_365d_count"))
        .recent(365)
        .over(Window::Days365)
        .is(|h, window| f64::from(h.line_count(window))),
    basket("lines_per_order_ratio", Unit::Ratio, "Lines on an average order.")
        .adds_to(Fact::NarrowBasket)
        .is(|h, window| ratio(f64::from(h.line_count(window)), count(h.order_count(window)))),
    basket("items_90d_count", Unit::Count, "Pieces bought in the last 90 days.")
        .adds_to(Fact::NarrowBasket)
        .split(Split::Product("orders_90d_count"))
        .recent(90)
        .over(Window::Days90)
        .needs(Available::Quantity)
        .is(|h, window| h.quantity(window)),
    basket("items_per_order_ratio", Unit::Ratio, "Pieces on an average order.")
        .tells(
            Fact::NarrowBasket,
            Side::Low,
            "[0.95<items_per_order_ratio, items_per_order_ratio<3]buys {items_per_order_ratio item} at a time",
        )
        .needs(Available::Quantity)
        .is(|h, window| ratio(h.quantity(window), count(h.order_count(window)))),
    basket("discount_share", Unit::Share, "Discounts over prices before discount.")
        .tells(Fact::Discounts, Side::High, "[0.05<discount_share]bought at {discount_share} off on average")
        .needs(Available::Discount)
        .also(&["purchases.amount"])
        .or_missing()
        .is(|h, window| ratio(h.discount(window), h.discount(window) + h.gross_spend(window))),
    basket("products_90d_count", Unit::Count, "Different products in the last 90 days.")
        .adds_to(Fact::NarrowBasket)
        .recent(90)
        .over(Window::Days90)
        .needs(Available::Product)
        .is(|h, _| f64::from(h.basket().products[0])),
    basket("products_365d_count", Unit::Count, "Different products in the last 365 days.")
        .adds_to(Fact::NarrowBasket)
        .recent(365)
        .over(Window::Days365)
        .needs(Available::Product)
        .is(|h, _| f64::from(h.basket().products[1])),
    basket("products_all_count", Unit::Count, "Different products so far.")
        .tells(
            Fact::NarrowBasket,
            Side::Low,
            "[2<order_days_all_count]{products_all_count different product} in {orders_all_count order}",
        )
        .needs(Available::Product)
        .is(|h, _| f64::from(h.products())),
    basket("products_new_90d_share", Unit::Share, "Share of the products of the last 90 days never bought before.")
        .adds_to(Fact::NarrowBasket)
        .recent(90)
        .over(Window::Days90)
        .needs(Available::Product)
        .or_missing()
        .is(|h, window| ratio(f64::from(h.new_products(window)), f64::from(h.basket().products[0]))),
    basket(
        "repeat_lines_share",
        Unit::Share,
        "Share of the lines that name a product which repeat one bought before; missing without such lines.",
    )
    .adds_to(Fact::NarrowBasket)
    .needs(Available::Product)
    .or_missing()
    .revised(2)
    .is(|h, _| 1.0 - ratio(f64::from(h.products()), f64::from(h.product_lines()))),
    basket("categories_90d_count", Unit::Count, "Different categories in the last 90 days.")
        .adds_to(Fact::NarrowBasket)
        .recent(90)
        .over(Window::Days90)
        .needs(Available::Category)
        .is(|h, _| f64::from(h.basket().categories[0])),
    basket("categories_365d_count", Unit::Count, "Different categories in the last 365 days.")
        .adds_to(Fact::NarrowBasket)
        .recent(365)
        .over(Window::Days365)
        .needs(Available::Category)
        .is(|h, _| f64::from(h.basket().categories[1])),
    basket("categories_all_count", Unit::Count, "Different categories so far.")
        .tells(
            Fact::NarrowBasket,
            Side::Low,
            "[2<order_days_all_count]{orders_all_count order}, all from {categories_all_count category/categories}",
        )
        .needs(Available::Category)
        .is(|h, _| f64::from(h.categories())),
    basket("channels_all_count", Unit::Count, "Sales channels used so far: each one is a tie.")
        .tells(
            Fact::NarrowBasket,
            Side::Low,
            "[2<order_days_all_count]{orders_all_count order}, all through {channels_all_count sales channel}",
        )
        .needs(Available::Channel)
        .is(|h, _| f64::from(h.channels())),
    basket("lines_30d_count", Unit::Count, "Order lines in the last 30 days.")
        .adds_to(Fact::NarrowBasket)
        .split(Split::Product("orders_30d_count"))
        .recent(30)
        .over(Window::Days30)
        .is(|h, window| f64::from(h.line_count(window))),
    basket("items_365d_count", Unit::Count, "Pieces bought in the last 365 days.")
        .adds_to(Fact::NarrowBasket)
        .split(Split::Product("orders_365d_count"))
        .recent(365)
        .over(Window::Days365)
        .needs(Available::Quantity)
        .is(|h, window| h.quantity(window)),
    discounted("discount_90d_share", Window::Days90, "Discounts over prices before discount in the last 90 days.")
        .tells(
            Fact::Discounts,
            Side::High,
            "[0.05<discount_90d_share]bought at {discount_90d_share} off in the last 90 days",
        )
        .recent(90),
    discounted("discount_365d_share", Window::Days365, "Discounts over prices before discount in the last 365 days.")
        .tells(
            Fact::Discounts,
            Side::High,
            "[0.05<discount_365d_share]bought at {discount_365d_share} off in the past year",
        )
        .recent(365),
    basket(
        "product_entropy_nats",
        Unit::Nats,
        "Shannon entropy of the shares of products in all lines: 0 if it is always the same one.",
    )
    .adds_to(Fact::NarrowBasket)
    .needs(Available::Product)
    .or_missing()
    .is(|h, _| h.entropies()[0]),
    basket("product_top_share", Unit::Share, "Share of the most bought product in all lines.")
        .adds_to(Fact::NarrowBasket)
        .needs(Available::Product)
        .or_missing()
        .is(|h, _| h.top_shares()[0]),
    basket(
        "category_entropy_nats",
        Unit::Nats,
        "Shannon entropy of the shares of categories in all lines: 0 if it is always the same one.",
    )
    .adds_to(Fact::NarrowBasket)
    .needs(Available::Category)
    .or_missing()
    .is(|h, _| h.entropies()[1]),
    basket("category_top_share", Unit::Share, "Share of the most bought category in all lines.")
        .adds_to(Fact::NarrowBasket)
        .needs(Available::Category)
        .or_missing()
        .is(|h, _| h.top_shares()[1]),
    basket("categories_new_90d_share", Unit::Share, "Share of the categories of the last 90 days never bought before.")
        .adds_to(Fact::NarrowBasket)
        .recent(90)
        .over(Window::Days90)
        .needs(Available::Category)
        .or_missing()
        .is(|h, window| ratio(f64::from(h.new_categories(window)), f64::from(h.basket().categories[0]))),
    basket("channel_top_share", Unit::Share, "Share of the most used sales channel in all lines.")
        .adds_to(Fact::NarrowBasket)
        .needs(Available::Channel)
        .or_missing()
        .is(|h, _| h.top_shares()[2]),
    basket("ties_all_count", Unit::Count, "Sales channels, regions and categories used so far: each one is a tie.")
        .adds_to(Fact::NarrowBasket)
        // Of all three: a column mapped later must not change what the number means.
        .needs(Available::Ties)
        .is(|h, _| f64::from(h.channels() + h.regions() + h.categories())),
    basket("regions_all_count", Unit::Count, "Regions ordered from so far.")
        .adds_to(Fact::NarrowBasket)
        .needs(Available::Region)
        .is(|h, _| f64::from(h.regions())),
];
