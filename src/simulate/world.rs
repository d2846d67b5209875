//! Owns what all customers of a shop share: its clock, its products, and the weights of its words.

use super::params::{ShopParams, Weighted};
use super::season::Clock;
use crate::maths::random::{Random, Weights};

/// The stream of the shop itself; customers have the streams from 1 on.
const SHOP_STREAM: u64 = 0;

/// A shop before its first customer.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) params: &'a ShopParams,
    pub(super) clock: Clock,
    pub(super) products: Products,
    pub(super) acquisition: Weights,
    pub(super) regions: Weights,
    pub(super) channels: Weights,
    pub(super) complaint_categories: Weights,
    pub(super) complaint_channels: Weights,
    pub(super) severities: Weights,
    pub(super) resolutions: Weights,
}

impl<'a> World<'a> {
    /// The shop of checked parameters.
    pub(super) fn new(params: &'a ShopParams) -> Self {
        let complaints = &params.complaints;
        Self {
            params,
            clock: Clock::new(params),
            products: Products::new(params),
            acquisition: Weights::new(params.arrival.acquisition.iter().map(|way| way.weight)),
            regions: weights(&params.arrival.regions),
            channels: weights(&params.basket.channels),
            complaint_categories: weights(&complaints.categories),
            complaint_channels: weights(&complaints.channels),
            severities: Weights::new(complaints.severity_weights),
            resolutions: weights(&complaints.resolutions),
        }
    }
}

fn weights(words: &[Weighted]) -> Weights {
    Weights::new(words.iter().map(|word| word.weight))
}

/// What can be bought. Product `i` belongs to category `i % n_categories` and has the popularity rank
/// `i / n_categories` in it.
#[derive(Debug)]
pub(super) struct Products {
    n_categories: usize,
    /// Price relative to the average product, by product.
    relative_price: Vec<f64>,
    category: Weights,
    rank: Weights,
}

impl Products {
    fn new(params: &ShopParams) -> Self {
        let basket = &params.basket;
        let mut random = Random::new(params.seed, SHOP_STREAM);
        let n_categories = basket.categories.len().max(1);
        let price = |_| random.lognormal(1.0, basket.price_sigma);
        Self {
            n_categories,
            relative_price: (0..basket.n_products).map(price).collect(),
            category: Weights::zipf(n_categories, basket.popularity_exponent),
            rank: Weights::zipf(basket.n_products / n_categories, basket.popularity_exponent),
        }
    }

    /// A category by popularity.
    pub(super) fn draw_category(&self, random: &mut Random) -> usize {
        self.category.draw(random)
    }

    /// A product of a category by popularity.
    pub(super) fn draw_product(&self, random: &mut Random, category: usize) -> usize {
        self.rank.draw(random) * self.n_categories + category
    }

    /// The category of a product.
    pub(super) fn category_of(&self, product: usize) -> usize {
        product % self.n_categories
    }

    /// The price of a product relative to the average one.
    pub(super) fn relative_price(&self, product: usize) -> f64 {
        self.relative_price.get(product).copied().unwrap_or(1.0)
    }
}
