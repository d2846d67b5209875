//! How long a customer is left in peace after a contact.

use crate::config::playbook::Action;
use crate::units::Days;

/// A contact with a customer before the day of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastContact {
    /// Days of the calendar since then.
    pub days_ago: i32,
    /// The action, if the table of contacts states it.
    pub action: Option<String>,
}

/// What keeps a customer from being contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// Place of the contact among those of the customer.
    pub contact: usize,
    /// Days of the calendar until the customer may be contacted again; above 0.
    pub days_left: i32,
}

/// What keeps a customer from an action for longest; `None` if nothing does. The time after any contact does not keep a
/// complaint waiting: only the same action, done lately, does.
///
/// * `general` - how long a customer is left in peace after any contact.
pub(super) fn pause(contacts: &[PastContact], action: &Action, general: Days) -> Option<Pause> {
    let days = |days: Days| i32::try_from(days.0).unwrap_or(i32::MAX);
    let general = if action.resolves() { 0 } else { days(general) };
    let pauses = contacts.iter().enumerate().map(|(place, contact)| {
        let is_same = contact.action.as_deref() == Some(action.name.as_str());
        let own = action.cool_down.filter(|_| is_same).map_or(0, days);
        Pause { contact: place, days_left: general.max(own).saturating_sub(contact.days_ago) }
    });
    let longest = |a: Pause, b: Pause| if b.days_left > a.days_left { b } else { a };
    pauses.filter(|pause| pause.days_left > 0).reduce(longest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Playbook;

    #[test]
    fn the_longer_of_both_times_counts_and_a_complaint_waits_for_its_own_alone() {
        let mut actions = Playbook::default_one().unwrap().actions;
        for action in &mut actions {
            action.cool_down = Some(Days(60));
        }
        let action = |name: &str| actions.iter().find(|action| action.name == name).unwrap();
        let ago = |days_ago, action: &str| PastContact { days_ago, action: Some(action.to_owned()) };
        let contacts = [ago(5, "offer"), ago(13, "personal_call"), ago(70, "personal_message")];
        let left = |name, general| pause(&contacts, action(name), Days(general)).map(|pause| pause.days_left);
        assert_eq!(left("offer", 14), Some(55));
        assert_eq!(left("personal_message", 14), Some(9), "the last contact of any kind");
        assert_eq!(left("personal_message", 5), None, "on the fifth day the customer may be contacted again");
        assert_eq!(left("personal_call", 0), Some(47));
        assert_eq!(left("resolve_complaint", 14), None);
        assert_eq!(pause(&[ago(2, "resolve_complaint")], action("resolve_complaint"), Days(0)).unwrap().days_left, 58);
        assert_eq!(pause(&[PastContact { days_ago: 1, action: None }], action("offer"), Days(3)).unwrap().days_left, 2);
        assert_eq!(pause(&[], action("offer"), Days(3)), None);
    }
}
