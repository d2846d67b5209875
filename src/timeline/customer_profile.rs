//! Who the customer is, what was said in surveys, and the shop around.

use super::attributes::Attributes;
use super::context::ShopContext;
use super::history::History;
use super::surveys::KnownAnswer;
use super::tally::CategoryCadence;

impl<'a> History<'a> {
    /// The answers to surveys in ascending time, as known before the cutoff.
    #[must_use]
    pub const fn answers(&self) -> &'a [KnownAnswer] {
        self.answers
    }

    /// What was known about the customer, orders and complaints aside.
    #[must_use]
    pub const fn attributes(&self) -> Attributes {
        self.attributes
    }

    /// How regularly categories are bought, and which have stopped.
    #[must_use]
    pub fn category_cadence(&self) -> CategoryCadence {
        let walk = self.walk;
        *self.category_cadence.get_or_init(|| walk.rhythms.cadence(walk.categories.counts(), self.today))
    }

    /// The whole shop as known before the cutoff.
    #[must_use]
    pub const fn shop(&self) -> &'a ShopContext {
        self.context
    }

    /// Share of the shop's customers who live where the customer does, and the place of that region by customers; NaN
    /// where the region is not known.
    #[must_use]
    pub fn home_region(&self) -> [f64; 2] {
        let regions = &self.context.regions;
        self.attributes.region.map_or([f64::NAN; 2], |code| [regions.share(code), regions.rank(code)])
    }

    /// The same for the channel that brought the customer.
    #[must_use]
    pub fn acquisition(&self) -> [f64; 2] {
        let channels = &self.context.acquisitions;
        self.attributes.acquisition.map_or([f64::NAN; 2], |code| [channels.share(code), channels.rank(code)])
    }
}
