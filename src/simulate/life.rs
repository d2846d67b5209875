//! Owns the life of one customer in the shop: order after order, with returns, complaints, and at last leaving.

use super::complaint::{Complaint, Grievance, complain};
use super::contact::{Contact, Contacts, Response};
use super::order::{self, Line, Placed};
use super::person::{Beginning, Person};
use super::strain::{Cause, Leaving, Strain, Strains};
use super::world::World;
use crate::maths::random::Random;

/// What one customer leaves behind.
#[derive(Debug, Clone)]
pub(super) struct Life {
    pub(super) person: Person,
    /// Calendar days since the start at which the customer signed up; negative for established customers.
    pub(super) signed_up_days: f64,
    /// Orders with rows in the tables.
    pub(super) n_orders: u32,
    /// Lines by time.
    pub(super) lines: Vec<Line>,
    /// Complaints by time.
    pub(super) complaints: Vec<Complaint>,
    /// Contacts by time.
    pub(super) contacts: Vec<Contact>,
    /// What a contact does to the customer; `None` in a shop that contacts nobody.
    pub(super) response: Option<Response>,
    /// When and why the customer left, unless still there at the end.
    pub(super) leaving: Option<Leaving>,
}

/// The life of the customer with that number, counted from 1. It depends on the seed and the number alone.
pub(super) fn live(world: &World, number: u64) -> Life {
    let mut random = Random::new(world.params.seed, number);
    let person = Person::draw(world, &mut random);
    Living { contacts: Contacts::draw(world, number), ..Living::new(world, person, random) }.run()
}

struct Living<'a> {
    world: &'a World<'a>,
    random: Random,
    strains: Strains,
    contacts: Option<Contacts<'a>>,
    life: Life,
}

impl<'a> Living<'a> {
    fn new(world: &'a World<'a>, person: Person, random: Random) -> Self {
        let first_days = if let Beginning::At(season) = person.begins { world.clock.calendar(season) } else { 0.0 };
        let mut strains = Strains::default();
        if let Some(fading) = person.fading {
            let from_days = world.clock.calendar(fading.from_season);
            let excess = world.params.leaving.fading_excess;
            strains.add(Strain { from_days, until_days: f64::INFINITY, excess, cause: Cause::Faded });
        }
        let signed_up_days = first_days - person.signed_up_days_before;
        let life = Life {
            person,
            signed_up_days,
            n_orders: 0,
            lines: vec![],
            complaints: vec![],
            contacts: vec![],
            response: None,
            leaving: None,
        };
        Self { world, random, strains, contacts: None, life }
    }

    fn run(mut self) -> Life {
        let mut season = self.first_order_season();
        let mut since_days = self.first_possible_days();
        loop {
            let at_days = self.world.clock.calendar(season);
            self.life.leaving = self.leaves_between(since_days, at_days.min(self.world.clock.end_days()));
            if self.life.leaving.is_some() || at_days.is_infinite() {
                break;
            }
            self.place_order(at_days);
            self.life.leaving = self.leaves_after_order(at_days);
            if self.life.leaving.is_some() {
                break;
            }
            season += self.gap_season(season);
            since_days = at_days;
        }
        self.finish()
    }

    /// An established customer is met in the middle of a gap. Such gaps are longer than others: the gap around a given
    /// time has shape k + 1 and scale 1 / k, and the given time lies anywhere in it.
    ///
    /// # Source
    /// Cox (1962), Renewal Theory, section 5.2.
    fn first_order_season(&mut self) -> f64 {
        if let Beginning::At(season) = self.life.person.begins {
            return season;
        }
        let regularity = self.life.person.regularity;
        let gap = self.random.gamma(regularity + 1.0, (regularity + 1.0) / regularity) / self.life.person.rate_per_day;
        let rest = gap * self.random.uniform();
        self.stretched(0.0, rest)
    }

    fn first_possible_days(&self) -> f64 {
        match self.life.person.begins {
            Beginning::Established => 0.0,
            // Who begins with an order cannot leave before it.
            Beginning::At(season) => self.world.clock.calendar(season),
        }
    }

    fn gap_season(&mut self, season: f64) -> f64 {
        let gap = self.random.gamma(self.life.person.regularity, 1.0) / self.life.person.rate_per_day;
        self.stretched(season, gap)
    }

    fn stretched(&self, season: f64, gap: f64) -> f64 {
        self.life.person.fading.map_or(gap, |fading| fading.stretched(season, gap))
    }

    fn leaves_between(&mut self, from_days: f64, until_days: f64) -> Option<Leaving> {
        self.strains.forget_before(from_days);
        let gone_days = self
            .life
            .person
            .fading
            .map_or(f64::INFINITY, |fading| self.world.clock.calendar(fading.gone_season).max(from_days));
        let span = from_days..until_days.min(gone_days);
        let gone = Leaving { at_days: gone_days, cause: Cause::Faded };
        self.strains
            .leaving_between(span, self.life.person.leaving_per_day, &mut self.random)
            .or((gone_days < until_days).then_some(gone))
    }

    fn leaves_after_order(&mut self, at_days: f64) -> Option<Leaving> {
        let probability = self.life.person.leaving_per_order * self.strains.factor(at_days);
        let leaves = self.random.chance(probability.min(1.0));
        leaves.then(|| Leaving { at_days, cause: self.strains.cause(at_days, &mut self.random) })
    }

    /// An order that would become known only after the end leaves no rows.
    fn place_order(&mut self, at_days: f64) {
        let recorded_days = order::recorded_days(self.world, at_days, &mut self.random);
        let Some(recorded_at) = self.world.clock.instant_before_end(recorded_days) else { return };
        let placed = Placed { order: self.life.n_orders, at_days, recorded_at };
        let lines = order::lines(self.world, &self.life.person, placed, &mut self.random);
        self.give_back(&lines, at_days);
        if self.random.chance(self.life.person.complaint_share) {
            let amount_cents = lines.first().map_or(0, |line| line.amount_cents);
            self.complain(Grievance { order: placed.order, ordered_days: at_days, amount_cents });
        }
        self.life.lines.extend(lines);
        self.life.n_orders += 1;
        if let Some(contacts) = &mut self.contacts {
            contacts.after_order(self.world, at_days, &mut self.strains);
        }
    }

    fn give_back(&mut self, lines: &[Line], at_days: f64) {
        let leaving = &self.world.params.leaving;
        for line in lines {
            let back = order::comes_back(self.world, &self.life.person, at_days, &mut self.random);
            let Some(from_days) = back else { continue };
            let until_days = from_days + leaving.return_days;
            self.strains.add(Strain { from_days, until_days, excess: leaving.return_excess, cause: Cause::Returns });
            let recorded_days = order::recorded_days(self.world, from_days, &mut self.random);
            if let Some(recorded_at) = self.world.clock.instant_before_end(recorded_days) {
                self.life.lines.push(order::given_back(line, self.world.clock.instant(from_days), recorded_at));
            }
        }
    }

    fn complain(&mut self, grievance: Grievance) {
        let (complaint, strain) = complain(self.world, grievance, &mut self.random);
        self.life.complaints.extend(complaint);
        if let Some(strain) = strain {
            self.strains.add(strain);
        }
    }

    /// Who has left sends back goods, but complains no more.
    fn finish(mut self) -> Life {
        let left_days = self.life.leaving.map_or(f64::INFINITY, |leaving| leaving.at_days);
        self.life.complaints.retain(|complaint| complaint.opened_days < left_days);
        self.life.complaints.sort_by_key(|complaint| (complaint.opened_at, complaint.order));
        self.life.lines.sort_by_key(|line| (line.at, line.order));
        self.life.response = self.contacts.as_ref().map(|contacts| contacts.response);
        self.life.contacts = self.contacts.map(|contacts| contacts.done).unwrap_or_default();
        self.life
    }
}
