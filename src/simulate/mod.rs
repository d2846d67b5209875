//! Owns a shop with known truth: purchases, complaints and customers of any size from one seed, without files or clock.
//!
//! What is true in such a shop (every figure is a field of [`ShopParams`]):
//!
//! * **Arrival.** Some customers were there before the start; their earlier history is cut off, their `signed_up_at`
//!   is not, and those likely to leave are rarer among them. The others arrive over the whole span.
//! * **Buying.** Each customer has an own rate (gamma), an own regularity (gaps are gamma with shape 1 to 4, so that
//!   silence means more for some than for others), an own spend level (lognormal), favourite categories and products
//!   out of popular ones (Zipf), an own channel and region. Gaps run in season time: fast before Christmas and in the
//!   evening, slow in the night.
//! * **Fading.** Some customers slow down, exponentially, before they are gone.
//! * **Leaving.** After each order with a probability of the customer's own (beta), and at any time with a hazard of
//!   the customer's own (gamma). For some weeks both are multiplied by a badly handled complaint (slow first response,
//!   unresolved, reopened; graver ones more), by a returned line (a little) and by fading. A well handled complaint
//!   changes nothing (service recovery). The cause in the truth is the part of the hazard that struck.
//! * **Contacts**, if asked for: customers who ordered lately are contacted now and then, a share of them left alone instead. Some
//!   customers are helped (the hazard falls for a while, by a factor of the action), most are not moved, a few are woken (it rises).
//!   The truth has each customer's factor for each action. Who has left is still contacted for a while: the shop does not know.
//! * **After leaving** a customer buys nothing and complains about nothing; goods may still come back.
//! * **The end.** Nothing is emitted at or after it: later states of complaints are absent, and rows that would become
//!   known after it do not exist. Customers who sign up before the end but whose first order would come later have a
//!   row in `customers` and no purchases.
//!
//! How hard it is: among customers active in the last 180 days of a default shop, 44-47 % buy nothing in the next 60
//! days and 36-38 % nothing in the next 90. Recency alone ranks them with an AUC of about 0.70-0.76, a boosted model
//! with 0.76-0.82; more is hardly in the data, since many leave without a sign.
//!
//! Returned lines carry the order they belong to, a negative amount, and the pieces given back as a positive number.
//! Each customer has a random stream of the seed and the customer's number alone, so that neither threads nor the
//! number of other customers change a life; only the numbers of orders and complaints depend on those before.

mod assemble;
mod complaint;
mod contact;
mod error;
mod life;
mod order;
mod params;
mod person;
mod season;
mod shop;
mod strain;
#[cfg(test)]
mod tests;
mod world;

use rayon::prelude::*;

pub use error::{BadParam, SimulateError};
pub use params::{
    Acquisition, ArrivalParams, BasketParams, BuyingParams, ComplaintParams, ContactAction, ContactParams,
    LeavingParams, RecordingParams, ReturnParams, SeasonParams, ShopParams, Weighted,
};
pub use shop::{CONTACTS, Shop, TABLES};

use life::Life;
use world::World;

/// Simulates a shop; the same parameters give the same shop with any number of threads.
///
/// ```
/// use retain::simulate::{ShopParams, simulate};
/// let shop = simulate(&ShopParams { n_customers: 10, ..ShopParams::default() })?;
/// assert_eq!(shop.customers.n_rows(), 10);
/// # Ok::<(), retain::simulate::SimulateError>(())
/// ```
///
/// # Errors
/// [`SimulateError::BadParams`] with every parameter that cannot be used.
pub fn simulate(params: &ShopParams) -> Result<Shop, SimulateError> {
    params::check(params)?;
    let world = World::new(params);
    let lives: Vec<Life> =
        (0..params.n_customers).into_par_iter().map(|idx| life::live(&world, idx as u64 + 1)).collect();
    Ok(assemble::assemble(&world, &lives))
}
