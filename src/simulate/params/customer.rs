//! Owns the figures of customers: how they arrive, how they buy, when and why they leave.

use serde::Serialize;

use super::weighted::{Weighted, weighted};

/// How customers arrive, and who they are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArrivalParams {
    /// Share of customers who were already there at the start; the others arrive evenly over season time; default 0.2.
    pub established_share: f64,
    /// How long before the start the oldest of them may have arrived, in days; default 1,095.
    pub established_days: f64,
    /// Share who sign up with their first order; default 0.6.
    pub sign_up_with_order_share: f64,
    /// Mean days from signing up to the first order of the others, exponential; default 9.
    pub sign_up_before_days_mean: f64,
    /// Ways in which customers are won, and how loyal these customers are.
    pub acquisition: Vec<Acquisition>,
    /// Regions; each customer lives in one.
    pub regions: Vec<Weighted>,
    /// Share who asked not to be contacted; default 0.04.
    pub opted_out_share: f64,
    /// Mean year of birth; default 1981.
    pub birth_year_mean: f64,
    /// Standard deviation of the year of birth; default 12.
    pub birth_year_sd: f64,
}

/// One way in which customers are won.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Acquisition {
    /// What it is called.
    pub word: String,
    /// How many come this way, as a weight.
    pub weight: f64,
    /// Factor on the hazard of leaving of those who came this way.
    pub hazard_factor: f64,
}

impl Default for ArrivalParams {
    fn default() -> Self {
        let way = |word: &str, weight, hazard_factor| Acquisition { word: word.to_owned(), weight, hazard_factor };
        Self {
            established_share: 0.2,
            established_days: 1_095.0,
            sign_up_with_order_share: 0.6,
            sign_up_before_days_mean: 9.0,
            acquisition: vec![
                way("search", 0.35, 1.0),
                way("friend", 0.2, 0.7),
                way("social", 0.2, 1.1),
                way("voucher", 0.15, 1.6),
                way("shop", 0.1, 0.8),
            ],
            regions: weighted(&[("north", 0.3), ("south", 0.25), ("east", 0.2), ("west", 0.15), ("islands", 0.1)]),
            opted_out_share: 0.04,
            birth_year_mean: 1981.0,
            birth_year_sd: 12.0,
        }
    }
}

/// How often and for how much customers buy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BuyingParams {
    /// Days between orders of a customer with the mean rate; default 42.
    pub mean_gap_days: f64,
    /// Shape of the gamma distribution of rates between customers: the larger, the more alike; default 3.5.
    pub rate_shape: f64,
    /// Lowest regularity: shape of the gamma distribution of a customer's gaps, 1 is Poisson buying; default 1.
    pub regularity_low: f64,
    /// Highest regularity; customers are spread evenly between the two; default 4.
    pub regularity_high: f64,
    /// Mean value of an order before discounts, in major units; default 46.
    pub order_value_mean: f64,
    /// Standard deviation of the logarithm of spend levels between customers; default 0.5.
    pub order_value_between: f64,
    /// Standard deviation of the logarithm of order values of one customer; default 0.35.
    pub order_value_within: f64,
    /// Share of customers who slow down before they leave; default 0.3.
    pub fading_share: f64,
    /// Mean season days from the first order (or the start) until a fading customer begins to slow down; default 240.
    pub fading_after_days_mean: f64,
    /// Mean half-life of a fading customer's rate in season days; default 40.
    pub fading_half_life_days_mean: f64,
    /// Share of the own rate below which a fading customer is gone; default 0.12.
    pub fading_gone_below: f64,
}

impl Default for BuyingParams {
    fn default() -> Self {
        Self {
            mean_gap_days: 42.0,
            rate_shape: 3.5,
            regularity_low: 1.0,
            regularity_high: 4.0,
            order_value_mean: 46.0,
            order_value_between: 0.5,
            order_value_within: 0.35,
            fading_share: 0.3,
            fading_after_days_mean: 240.0,
            fading_half_life_days_mean: 40.0,
            fading_gone_below: 0.12,
        }
    }
}

/// When and why customers leave. An excess of 2 means: three times the base hazard while it lasts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeavingParams {
    /// Mean hazard per calendar day; default 0.001.
    pub per_day_mean: f64,
    /// Shape of its gamma distribution between customers; default 0.8.
    pub per_day_shape: f64,
    /// Mean probability of leaving right after an order; default 0.035.
    pub per_order_mean: f64,
    /// Sum of the two parameters of its beta distribution between customers; default 8.
    pub per_order_concentration: f64,
    /// Excess hazard after a badly handled complaint of severity 2, in proportion to severity; default 8.
    pub complaint_excess: f64,
    /// How long that lasts, in days from when the handling has gone wrong; default 56.
    pub complaint_days: f64,
    /// Excess hazard after a returned line; default 0.5.
    pub return_excess: f64,
    /// How long that lasts, in days; default 30.
    pub return_days: f64,
    /// Excess hazard of a customer who is slowing down; default 1.
    pub fading_excess: f64,
}

impl Default for LeavingParams {
    fn default() -> Self {
        Self {
            per_day_mean: 0.001,
            per_day_shape: 0.8,
            per_order_mean: 0.035,
            per_order_concentration: 8.0,
            complaint_excess: 8.0,
            complaint_days: 56.0,
            return_excess: 0.5,
            return_days: 30.0,
            fading_excess: 1.0,
        }
    }
}
