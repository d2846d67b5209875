//! Why a customer is not on a list, from the orders that were known at its day.

use std::fmt;

use super::customer::Subject;
use crate::text::counted;
use crate::timeline::{VoidOrder, date_of};
use crate::units::{Currency, Days, Money};

/// What keeps a customer off a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absence {
    /// No table has such a customer.
    Unknown,
    /// No order that counts.
    NoOrder {
        /// The orders that were given back as a whole.
        void: VoidNote,
    },
    /// Fewer orders than the list asks for.
    TooFewOrders {
        /// How many count.
        n_orders: u32,
        /// How many it asks for.
        least: u32,
        /// The orders that were given back as a whole.
        void: VoidNote,
    },
    /// The last order lies too long ago.
    Silent {
        /// Its day.
        last_day: String,
        /// What it cost.
        amount: String,
        /// Days of the calendar since then.
        silence: Days,
        /// How many are allowed.
        active: Days,
        /// The orders given back as a whole that were placed after it.
        void: VoidNote,
    },
}

/// Orders that were given back as a whole, the last of them in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VoidNote {
    /// How many.
    pub n_orders: usize,
    /// The last one: day and amount, and when it was given back.
    pub last: Option<String>,
}

/// An amount in full, such as `GBP 168,469.60`.
fn amount(minor: i64, currency: &Currency) -> String {
    crate::text::amount(currency.major(Money(minor)), f64::INFINITY, currency)
}

fn day_in_words(day: i32) -> String {
    date_of(day).unwrap_or_default().to_string()
}

impl Subject<'_> {
    /// Why the customer is not on the list of the day.
    pub(crate) fn absence(&self, currency: &Currency) -> Absence {
        let rule = &self.settings.rule;
        let orders = self.orders();
        let void = self.log.void_orders_at(self.customer, self.as_of);
        let Some((last_at, last_amount)) = orders.last().copied() else {
            return Absence::NoOrder { void: self.note(&void, currency) };
        };
        let n_orders = u32::try_from(orders.len()).unwrap_or(u32::MAX);
        if n_orders < rule.min_purchases {
            return Absence::TooFewOrders { n_orders, least: rule.min_purchases, void: self.note(&void, currency) };
        }
        let last_day = self.log.calendar().day(last_at);
        let later: Vec<VoidOrder> = void.into_iter().filter(|order| order.at > last_at).collect();
        Absence::Silent {
            last_day: day_in_words(last_day),
            amount: amount(last_amount, currency),
            silence: Days(u32::try_from(self.as_of.day() - last_day).unwrap_or(0)),
            active: rule.active,
            void: self.note(&later, currency),
        }
    }

    fn note(&self, orders: &[VoidOrder], currency: &Currency) -> VoidNote {
        let calendar = self.log.calendar();
        let in_words = |order: &VoidOrder| {
            let (placed, back) = (calendar.day(order.at), calendar.day(order.void_at));
            let when = if placed == back { "the same day".to_owned() } else { day_in_words(back) };
            format!("{} of {}, given back on {when}", amount(order.amount, currency), day_in_words(placed))
        };
        VoidNote { n_orders: orders.len(), last: orders.iter().max_by_key(|order| order.at).map(in_words) }
    }
}

impl fmt::Display for VoidNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(last) = &self.last else { return Ok(()) };
        match self.n_orders {
            1 => write!(f, "; the order of {last}, counts as none"),
            n => {
                write!(f, "; {}, the last of {last}, count as none", counted(n as u64, "order"))
            }
        }
    }
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => write!(f, "no such customer in the tables"),
            Self::NoOrder { void } => write!(f, "there is no order that counts before this day{void}"),
            Self::TooFewOrders { n_orders, least, void } => {
                write!(f, "{} so far, at least {least} are asked for{void}", counted(u64::from(*n_orders), "order"))
            }
            Self::Silent { last_day, amount, silence, active, void } => {
                write!(
                    f,
                    "the last order, {amount} on {last_day}, was {silence} before, at most {active} are allowed{void}"
                )
            }
        }
    }
}

impl Absence {
    /// What to try instead.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Unknown => "write the id as in the tables".to_owned(),
            Self::NoOrder { .. } => "choose a day after the first order with `--as-of`".to_owned(),
            Self::TooFewOrders { .. } => {
                "choose a later day with `--as-of`, or a lower `churn.min_purchases` in the config".to_owned()
            }
            Self::Silent { last_day, .. } => format!(
                "choose a day soon after {last_day} with `--as-of`, or a longer `churn.active_days` in the config"
            ),
        }
    }
}
