//! Contacts of the shop with its customers, and which of them were known at a cutoff. They stand beside the event log, not in
//! it, so that no `History` shows them and no feature can be made of them.

use super::cutoff::Cutoff;
use crate::units::Timestamp;

/// What the table of contacts says was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContactArm {
    /// The customer was contacted.
    Treated,
    /// The customer was left alone to measure by.
    Control,
    /// Not stated: taken as contacted wherever that spares the customer, and measured by nowhere.
    Unknown,
}

/// A row of the table of contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactRow<'a> {
    /// The customer, as in the purchases.
    pub customer_id: &'a str,
    /// When the customer was contacted.
    pub contacted_at: Timestamp,
    /// When the row became known; `None` if it was known when it happened.
    pub recorded_at: Option<Timestamp>,
    /// The action, if it is stated.
    pub action: Option<&'a str>,
    /// What was done.
    pub arm: ContactArm,
}

/// The first time that an action is recorded of a customer, done or left undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstContact<'a> {
    /// The customer.
    pub customer_id: &'a str,
    /// The action.
    pub action: &'a str,
    /// When it was done or left undone.
    pub contacted_at: Timestamp,
    /// Which of both.
    pub arm: ContactArm,
}

/// One contact that was known at a cutoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownContact<'a> {
    /// When the customer was contacted.
    pub contacted_at: Timestamp,
    /// The action, if it is stated.
    pub action: Option<&'a str>,
}

/// A contact; the fields stand in the order in which those of a customer are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Contact {
    /// Place of the customer.
    customer: u32,
    contacted_at: Timestamp,
    /// The instant after which it is known.
    known: Timestamp,
    /// Place of the action's name, from 1; 0 for none.
    action: u32,
    arm: ContactArm,
}

/// The contacts of a shop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactLog {
    are_recorded: bool,
    /// Customers with a contact, sorted by bytes.
    customers: Vec<String>,
    /// Names of actions, sorted by bytes.
    actions: Vec<String>,
    /// In the order of customers, then of time.
    contacts: Vec<Contact>,
}

impl ContactLog {
    /// The log of rows in any order.
    #[must_use]
    pub fn of(rows: &[ContactRow<'_>]) -> Self {
        let sorted = |mut names: Vec<&str>| {
            names.sort_unstable();
            names.dedup();
            names.into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let customers = sorted(rows.iter().map(|row| row.customer_id).collect());
        let actions = sorted(rows.iter().filter_map(|row| row.action).collect());
        let contact = |row: &ContactRow<'_>| Contact {
            customer: place_of(&customers, row.customer_id).unwrap_or(u32::MAX),
            contacted_at: row.contacted_at,
            known: row.recorded_at.map_or(row.contacted_at, |recorded| recorded.max(row.contacted_at)),
            action: row.action.and_then(|action| place_of(&actions, action)).map_or(0, |place| place + 1),
            arm: row.arm,
        };
        let mut contacts: Vec<Contact> = rows.iter().map(contact).collect();
        contacts.sort_unstable();
        Self { are_recorded: true, customers, actions, contacts }
    }

    /// Whether the shop has a table of contacts, be there any or not.
    #[must_use]
    pub const fn are_recorded(&self) -> bool {
        self.are_recorded
    }

    /// The names of all actions that stand in the table, sorted.
    #[must_use]
    pub fn actions(&self) -> &[String] {
        &self.actions
    }

    /// The contacts of a customer that were known before a cutoff, in ascending time; to be left alone is none.
    pub fn known_at(&self, customer_id: &str, cutoff: Cutoff) -> impl Iterator<Item = KnownContact<'_>> {
        let own = place_of(&self.customers, customer_id).map_or(&[][..], |customer| {
            let from = self.contacts.partition_point(|contact| contact.customer < customer);
            let until = self.contacts.partition_point(|contact| contact.customer <= customer);
            self.contacts.get(from..until).unwrap_or_default()
        });
        let is_contact = move |contact: &&Contact| contact.known < cutoff.at() && contact.arm != ContactArm::Control;
        own.iter()
            .filter(is_contact)
            .map(|contact| KnownContact { contacted_at: contact.contacted_at, action: self.action_of(contact) })
    }

    /// The first row of each customer with each action that was known before a cutoff, customer by customer. Later ones may
    /// follow from what the first one did.
    #[must_use]
    pub fn first_contacts_at(&self, cutoff: Cutoff) -> Vec<FirstContact<'_>> {
        let mut first: Vec<FirstContact<'_>> = Vec::new();
        for own in self.contacts.chunk_by(|a, b| a.customer == b.customer) {
            let from = first.len();
            for contact in own.iter().filter(|contact| contact.known < cutoff.at()) {
                let customer = self.customers.get(contact.customer as usize);
                let (Some(customer), Some(action)) = (customer, self.action_of(contact)) else { continue };
                if first.iter().skip(from).all(|earlier| earlier.action != action) {
                    let (contacted_at, arm) = (contact.contacted_at, contact.arm);
                    first.push(FirstContact { customer_id: customer, action, contacted_at, arm });
                }
            }
        }
        first
    }

    fn action_of(&self, contact: &Contact) -> Option<&str> {
        (contact.action as usize).checked_sub(1).and_then(|place| Some(self.actions.get(place)?.as_str()))
    }
}

fn place_of(names: &[String], name: &str) -> Option<u32> {
    let place = names.binary_search_by(|known| known.as_str().cmp(name)).ok()?;
    u32::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use jiff::{civil::date, tz::TimeZone};

    use super::*;
    use crate::units::MICROS_PER_DAY;

    #[test]
    fn a_contact_is_known_once_it_happened_and_was_recorded() {
        let day = |day: i64| Timestamp(day * MICROS_PER_DAY);
        let row = |customer_id, contacted: i64, recorded: Option<i64>, action| ContactRow {
            customer_id,
            contacted_at: day(contacted),
            recorded_at: recorded.map(day),
            action,
            arm: ContactArm::Treated,
        };
        let rows = [
            row("b", 3, None, Some("offer")),
            row("a", 5, Some(9), Some("call")),
            row("b", 1, Some(0), None),
            row("b", 6, None, Some("call")),
        ];
        let log = ContactLog::of(&rows);
        let known = |customer, on: i8| {
            let cutoff = Cutoff::at_start_of(date(1970, 1, on), &TimeZone::UTC);
            let shown = log
                .known_at(customer, cutoff)
                .map(|known| format!("{} {}", known.contacted_at.0 / MICROS_PER_DAY, known.action.unwrap_or("-")));
            shown.collect::<Vec<_>>().join(", ")
        };
        // The second of January starts a day after the first, which is day 0.
        assert_eq!(
            [2, 3, 4, 5, 7, 8].map(|on| known("b", on)),
            ["", "1 -", "1 -", "1 -, 3 offer", "1 -, 3 offer", "1 -, 3 offer, 6 call"]
        );
        assert_eq!([6, 10, 11].map(|on| known("a", on)), ["", "", "5 call"]);
        assert_eq!(known("c", 20), "");
        let mut backwards = rows;
        backwards.reverse();
        assert_eq!(ContactLog::of(&backwards), log);
        assert!(log.are_recorded() && !ContactLog::default().are_recorded());
    }

    #[test]
    fn who_was_left_alone_was_not_contacted_and_is_known_to_measure_by() {
        let row = |on: i64, action, arm| ContactRow {
            customer_id: "a",
            contacted_at: Timestamp(on * MICROS_PER_DAY),
            recorded_at: None,
            action: Some(action),
            arm,
        };
        let rows = [
            row(1, "offer", ContactArm::Control),
            row(4, "offer", ContactArm::Treated),
            row(2, "call", ContactArm::Unknown),
        ];
        let log = ContactLog::of(&rows);
        let on = |day: i8| Cutoff::at_start_of(date(1970, 1, day), &TimeZone::UTC);
        let n_known = [2, 3, 4, 6].map(|day| log.known_at("a", on(day)).count());
        assert_eq!(n_known, [0, 0, 1, 2]);
        let first = |day| {
            let all = log.first_contacts_at(on(day));
            all.iter().map(|first| (first.action.to_owned(), first.arm)).collect::<Vec<_>>()
        };
        assert!(first(2).is_empty(), "a row of the day itself is not known");
        let [offer, call] = [("offer".to_owned(), ContactArm::Control), ("call".to_owned(), ContactArm::Unknown)];
        assert_eq!((first(3), first(9)), (vec![offer.clone()], vec![offer, call]));
    }
}
