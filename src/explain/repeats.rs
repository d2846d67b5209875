//! Which of two reasons says all that the other says, so that nothing is told twice.

use super::passing::Teller;
use super::reason::Reason;
use super::sentence::Sentence;
use crate::features::Fact;

/// A reason with what it was told by.
pub(super) struct Told<'p> {
    pub(super) reason: Reason,
    pub(super) teller: &'p Teller,
    pub(super) said: &'p Sentence<usize>,
}

impl Told<'_> {
    /// Whether nothing is missed if the other one is not told.
    fn says_all_of(&self, other: &Self, value: &impl Fn(usize) -> f64) -> bool {
        // How long somebody has been a customer stands in sentences about other things too.
        let has_its_numbers = (other.said.tells_more_than_spans() || self.is_of_orders() && other.is_of_orders())
            && other.said.columns().all(|column| self.said.columns().any(|own| own == column));
        has_its_numbers || self.is_open_complaint_of(other, value)
    }

    /// Whether it tells how many orders there were, so that how long is a part of that.
    const fn is_of_orders(&self) -> bool {
        matches!(self.teller.fact, Fact::FewOrders | Fact::FewerOrders)
    }

    /// Whether the other one only mentions the complaint that this one says is open.
    fn is_open_complaint_of(&self, other: &Self, value: &impl Fn(usize) -> f64) -> bool {
        let open_days = self.said.since().filter(|_| self.teller.fact == Fact::OpenComplaint).map(value);
        let mentioned = other.teller.mention.zip(open_days);
        mentioned.is_some_and(|(mention, days)| mention.is_of(value(other.teller.column), days))
    }
}

/// Takes in a further reason, the strongest first: of two of which one says all that the other says, that one stays, with what
/// both add.
pub(super) fn take_in<'p>(told: &mut Vec<Told<'p>>, mut further: Told<'p>, value: &impl Fn(usize) -> f64) {
    if let Some(one) = told.iter_mut().find(|one| one.says_all_of(&further, value)) {
        one.reason.take_over(&further.reason);
    } else {
        let (said, others): (Vec<_>, Vec<_>) = told.drain(..).partition(|one| further.says_all_of(one, value));
        for one in said {
            further.reason.take_over(&one.reason);
        }
        told.extend(others.into_iter().chain([further]));
    }
    told.sort_by(|a, b| b.reason.log_odds.total_cmp(&a.reason.log_odds));
}
