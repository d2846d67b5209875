//! Owns the figures of events: what is in an order, what comes back, what customers complain about.

use serde::Serialize;

use super::weighted::{Weighted, weighted};

/// What is in an order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BasketParams {
    /// Categories, the most popular first; popularity falls by rank.
    pub categories: Vec<String>,
    /// Products, spread evenly over the categories; default 240.
    pub n_products: usize,
    /// Exponent of the Zipf law of popularity of categories and of products within one; default 0.8.
    pub popularity_exponent: f64,
    /// Standard deviation of the logarithm of relative product prices; default 0.6.
    pub price_sigma: f64,
    /// Favourite products of a customer; they come from few categories; default 6.
    pub n_favourite_products: usize,
    /// Favourite categories of a customer; default 3.
    pub n_favourite_categories: usize,
    /// Share of lines with a favourite product; default 0.45.
    pub favourite_product_share: f64,
    /// Share of the other lines from a favourite category; default 0.75.
    pub favourite_category_share: f64,
    /// Mean lines of an order beyond the first; default 0.55.
    pub extra_lines_mean: f64,
    /// Shape of the gamma distribution of that mean between customers; default 2.
    pub extra_lines_shape: f64,
    /// Mean pieces of a line beyond the first; default 0.4.
    pub extra_pieces_mean: f64,
    /// Share of lines with a discount outside sales; default 0.08.
    pub discount_share: f64,
    /// Share of lines with a discount during sales; default 0.4.
    pub discount_in_sale_share: f64,
    /// Months of sales, 1 to 12; default January and July.
    pub sale_months: Vec<i8>,
    /// Lowest discount as a share of the price; default 0.05.
    pub discount_low: f64,
    /// Highest discount as a share of the price; default 0.3.
    pub discount_high: f64,
    /// Channels of buying.
    pub channels: Vec<Weighted>,
    /// Share of orders through the customer's own channel; the others go through any; default 0.85.
    pub channel_loyalty: f64,
}

impl Default for BasketParams {
    fn default() -> Self {
        let categories = ["kitchen", "garden", "toys", "office", "decor", "textile", "light", "tools"];
        Self {
            categories: categories.map(str::to_owned).to_vec(),
            n_products: 240,
            popularity_exponent: 0.8,
            price_sigma: 0.6,
            n_favourite_products: 6,
            n_favourite_categories: 3,
            favourite_product_share: 0.45,
            favourite_category_share: 0.75,
            extra_lines_mean: 0.55,
            extra_lines_shape: 2.0,
            extra_pieces_mean: 0.4,
            discount_share: 0.08,
            discount_in_sale_share: 0.4,
            sale_months: vec![1, 7],
            discount_low: 0.05,
            discount_high: 0.3,
            channels: weighted(&[("web", 0.6), ("app", 0.25), ("shop", 0.15)]),
            channel_loyalty: 0.85,
        }
    }
}

/// What comes back.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReturnParams {
    /// Mean share of lines that a customer returns; default 0.06.
    pub line_share_mean: f64,
    /// Sum of the two parameters of its beta distribution between customers; default 6.
    pub line_share_concentration: f64,
    /// Mean days from order to return, gamma with shape 2; default 12.
    pub delay_days_mean: f64,
}

impl Default for ReturnParams {
    fn default() -> Self {
        Self { line_share_mean: 0.06, line_share_concentration: 6.0, delay_days_mean: 12.0 }
    }
}

/// What customers complain about, and how that is handled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComplaintParams {
    /// Mean probability that an order leads to a complaint; default 0.08.
    pub per_order_mean: f64,
    /// Sum of the two parameters of its beta distribution between customers; default 6.
    pub per_order_concentration: f64,
    /// Mean days from order to complaint, gamma with shape 2; default 6.
    pub delay_days_mean: f64,
    /// Causes.
    pub categories: Vec<Weighted>,
    /// Weights of severity 1, 2 and 3; default 0.5, 0.35, 0.15.
    pub severity_weights: [f64; 3],
    /// Channels of complaining.
    pub channels: Vec<Weighted>,
    /// Share with a slow first response; default 0.35.
    pub slow_share: f64,
    /// Mean hours to a first response that is not slow, exponential; default 7.
    pub prompt_hours_mean: f64,
    /// Hours after which a first response is slow; default 72. A prompt one is never later.
    pub slow_hours: f64,
    /// Mean hours beyond those of a slow response, exponential; default 72.
    pub slow_extra_hours_mean: f64,
    /// Share that is answered but never resolved; default 0.15.
    pub unresolved_share: f64,
    /// Days after which a customer takes an unresolved complaint for badly handled; default 14.
    pub patience_days: f64,
    /// Mean days from first response to resolution, exponential; default 3.
    pub resolve_days_mean: f64,
    /// Share of resolved complaints that are opened again; default 0.12.
    pub reopened_share: f64,
    /// Mean days from resolution to reopening, exponential; default 7.
    pub reopen_days_mean: f64,
    /// Ways of resolving.
    pub resolutions: Vec<Weighted>,
    /// Share of resolved complaints that are compensated; default 0.35.
    pub compensated_share: f64,
    /// Highest compensation as a share of the amount complained about; the lowest is a tenth of it; default 0.6.
    pub compensation_high: f64,
    /// Share of resolved complaints for which the customer states satisfaction; default 0.6.
    pub satisfaction_answered_share: f64,
    /// Mean satisfaction with handling that went well, on a scale of 1 to 5; default 4.2.
    pub satisfaction_mean: f64,
    /// Satisfaction lost with handling that went wrong; default 1.4.
    pub satisfaction_loss: f64,
    /// Standard deviation of satisfaction; default 0.9.
    pub satisfaction_sd: f64,
    /// Mean hours from opening until the row is recorded, exponential; default 5.
    pub recorded_hours_mean: f64,
}

impl Default for ComplaintParams {
    fn default() -> Self {
        Self {
            per_order_mean: 0.08,
            per_order_concentration: 6.0,
            delay_days_mean: 6.0,
            categories: weighted(&[
                ("delivery", 0.4),
                ("quality", 0.28),
                ("service", 0.12),
                ("price", 0.1),
                ("invoice", 0.1),
            ]),
            severity_weights: [0.5, 0.35, 0.15],
            channels: weighted(&[("email", 0.5), ("phone", 0.3), ("chat", 0.2)]),
            slow_share: 0.35,
            prompt_hours_mean: 7.0,
            slow_hours: 72.0,
            slow_extra_hours_mean: 72.0,
            unresolved_share: 0.15,
            patience_days: 14.0,
            resolve_days_mean: 3.0,
            reopened_share: 0.12,
            reopen_days_mean: 7.0,
            resolutions: weighted(&[("refund", 0.35), ("replacement", 0.3), ("explanation", 0.25), ("voucher", 0.1)]),
            compensated_share: 0.35,
            compensation_high: 0.6,
            satisfaction_answered_share: 0.6,
            satisfaction_mean: 4.2,
            satisfaction_loss: 1.4,
            satisfaction_sd: 0.9,
            recorded_hours_mean: 5.0,
        }
    }
}
