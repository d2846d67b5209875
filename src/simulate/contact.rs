//! Owns what the shop does about its customers: contacts, some of which help, most of which move nobody, and some of which
//! wake customers who then leave.

use super::params::{ContactAction, ContactParams};
use super::strain::{Cause, Relief, Strain, Strains};
use super::world::World;
use crate::maths::random::{Random, Weights};
use crate::units::Timestamp;

/// Mixed into the seed: contacts have random streams of their own, so that a shop without them stays as it is.
const STREAMS: u64 = 0x636f_6e74_6163_7473;

/// What a contact does to a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Response {
    /// Lowers the hazard for a while.
    Helped,
    /// Changes nothing.
    Unmoved,
    /// Raises it for a while.
    Woken,
}

impl Response {
    /// The word in the table of truth.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Helped => "helped",
            Self::Unmoved => "unmoved",
            Self::Woken => "woken",
        }
    }

    /// The factor on the hazard of leaving in the time after a contact.
    pub(super) fn hazard_factor(self, action: &ContactAction, params: &ContactParams) -> f64 {
        match self {
            Self::Helped => action.helped_factor,
            Self::Unmoved => 1.0,
            Self::Woken => 1.0 + params.woken_excess,
        }
    }
}

/// One row of the table of contacts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Contact {
    pub(super) at: Timestamp,
    /// Place of the action.
    pub(super) action: usize,
    pub(super) is_control: bool,
}

/// The contacts that are planned for one customer, and what came of them.
#[derive(Debug, Clone)]
pub(super) struct Contacts<'a> {
    params: &'a ContactParams,
    pub(super) response: Response,
    /// Days and actions of contacts to come, the last one first.
    planned: Vec<(f64, usize, bool)>,
    /// Those that took place.
    pub(super) done: Vec<Contact>,
}

impl<'a> Contacts<'a> {
    /// The plan for a customer; `None` in a shop that contacts nobody.
    pub(super) fn draw(world: &World<'a>, number: u64) -> Option<Self> {
        let params = world.params.contacts.as_ref()?;
        let mut random = Random::new(world.params.seed ^ STREAMS, number);
        let responses =
            Weights::new([params.helped_share, 1.0 - params.helped_share - params.woken_share, params.woken_share]);
        let response = match responses.draw(&mut random) {
            0 => Response::Helped,
            1 => Response::Unmoved,
            _ => Response::Woken,
        };
        let actions = Weights::new(params.actions.iter().map(|action| action.weight));
        let mut planned = Vec::new();
        let mut at_days = random.exponential(params.gap_days_mean);
        while at_days < world.clock.end_days() {
            planned.push((at_days, actions.draw(&mut random), random.chance(params.control_share)));
            at_days += params.gap_days_least + random.exponential(params.gap_days_mean);
        }
        planned.reverse();
        Some(Self { params, response, planned, done: Vec::new() })
    }

    /// An order: the shop contacts whoever ordered lately, until the next order or for so many days.
    pub(super) fn after_order(&mut self, world: &World, ordered_days: f64, strains: &mut Strains) {
        let until_days = ordered_days + self.params.active_days;
        while let Some((at_days, action, is_control)) = self.planned.pop_if(|planned| planned.0 < until_days) {
            let (Some(at), true) = (world.clock.instant_before_end(at_days), at_days >= ordered_days) else { continue };
            self.done.push(Contact { at, action, is_control });
            let Some(known) = self.params.actions.get(action).filter(|_| !is_control) else { continue };
            let until_days = at_days + self.params.effect_days;
            match self.response {
                Response::Helped => {
                    strains.relieve(Relief { from_days: at_days, until_days, factor: known.helped_factor });
                }
                Response::Unmoved => {}
                Response::Woken => {
                    let excess = self.params.woken_excess;
                    strains.add(Strain { from_days: at_days, until_days, excess, cause: Cause::Contact });
                }
            }
        }
    }
}
