//! What was bought in recent windows, and how the shop as a whole buys those things.

use super::context::{Popularity, SHARE, ShopContext};
use super::ledger::Orders;
use super::walk::Stamps;

/// Distinct things bought in recent windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Basket {
    /// Products in the last 90 and 365 days.
    pub products: [u32; 2],
    /// Categories in the last 90 and 365 days.
    pub categories: [u32; 2],
    /// How the shop buys the products of the last 365 days.
    pub product_popularity: ShopMix,
    /// How the shop buys the categories of the last 365 days.
    pub category_popularity: ShopMix,
}

/// How the shop as a whole buys a customer's distinct things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShopMix {
    things: u32,
    buyers: u64,
    repeat: u64,
    popular: u32,
    in_season: u32,
    customers: u32,
}

impl ShopMix {
    fn add(&mut self, popularity: &Popularity, code: u32) {
        let code = code as usize;
        if code >= popularity.buyers.len() {
            return;
        }
        self.things += 1;
        self.buyers += u64::from(popularity.buyers[code]);
        self.repeat += popularity.repeat(code);
        self.popular += u32::from(popularity.is_popular(code));
        self.in_season += u32::from(popularity.in_season[code]);
    }

    fn mean(&self, sum: f64) -> f64 {
        if self.things == 0 { f64::NAN } else { sum / f64::from(self.things) }
    }

    /// Mean share of the shop's customers who bought the thing too; NaN without things.
    #[must_use]
    pub fn mean_buyers_share(&self) -> f64 {
        self.mean(self.buyers as f64 / f64::from(self.customers))
    }

    /// Mean share of the buyers of the thing who bought it on at least two orders; NaN without things.
    #[must_use]
    pub fn mean_repeat_share(&self) -> f64 {
        self.mean(self.repeat as f64 / SHARE)
    }

    /// Share of the things with more buyers than the shop's mean; NaN without things.
    #[must_use]
    pub fn popular_share(&self) -> f64 {
        self.mean(f64::from(self.popular))
    }

    /// Share of the things whose season is coming; NaN without things.
    #[must_use]
    pub fn in_season_share(&self) -> f64 {
        self.mean(f64::from(self.in_season))
    }
}

/// Memory for counting distinct things.
#[derive(Debug, Default)]
pub(super) struct Mixer {
    products: Stamps,
    categories: Stamps,
}

impl Mixer {
    /// Counts distinct codes backwards in time, so that one pass serves the nested windows.
    pub(super) fn basket(&mut self, orders: &Orders<'_>, starts: [u32; 6], context: &ShopContext) -> Basket {
        let lines_before =
            |start: u32| start.checked_sub(1).map_or(0, |last| orders.lines_so_far[last as usize] as usize);
        let end = orders.lines_so_far.last().map_or(0, |lines| *lines as usize);
        let (year, quarter) = (lines_before(starts[5]), lines_before(starts[3]));
        let distinct = |codes: &[u32], stamps: &mut Stamps, popularity: &Popularity| -> ([u32; 2], ShopMix) {
            let mut standing = ShopMix { customers: context.customers, ..ShopMix::default() };
            let Some(codes) = codes.get(year..end) else { return ([0; 2], standing) };
            stamps.begin();
            let mut count = |codes: &[u32]| -> u32 {
                let mut new = 0;
                for code in codes {
                    if stamps.is_new(*code) {
                        new += 1;
                        standing.add(popularity, *code);
                    }
                }
                new
            };
            let (older, recent) = codes.split_at(quarter - year);
            let in_quarter = count(recent);
            let in_year = in_quarter + count(older);
            ([in_quarter, in_year], standing)
        };
        let (products, product_popularity) = distinct(orders.lines.product(), &mut self.products, &context.products);
        let (categories, category_popularity) =
            distinct(orders.lines.category(), &mut self.categories, &context.categories);
        Basket { products, categories, product_popularity, category_popularity }
    }
}
