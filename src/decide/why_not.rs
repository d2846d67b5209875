//! Why a customer is not contacted, as a sentence for the people who work the list.

use jiff::Span;
use jiff::civil::Date;

use super::contact_evidence::{ALL, ContactComparison, ContactEvidence};
use super::cool_down::{PastContact, Pause};
use super::decision::Decision;
use super::grievance::{Grievance, day_in_words};
use super::ranking::Suppression;
use super::stage::Stage;
use super::why::{money, money_below};
use crate::config::playbook::Action;
use crate::text::grouped;
use crate::units::Currency;

/// A customer who is not contacted.
#[derive(Debug, Clone, Copy)]
pub struct Untouched<'a> {
    /// What was decided.
    pub decision: &'a Decision,
    /// The contacts of late.
    pub contacts: &'a [PastContact],
    /// The life-cycle stage.
    pub stage: Stage,
    /// The complaint that has to be settled, if there is one.
    pub grievance: Option<&'a Grievance>,
    /// What the shop's own contacts say, if there are any.
    pub evidence: Option<&'a ContactEvidence>,
    /// The day of the list.
    pub as_of: Date,
    /// The actions of the playbook.
    pub actions: &'a [Action],
    /// Least that a contact must be expected to bring, in major units.
    pub min_gain: f64,
    /// The currency of all amounts.
    pub currency: &'a Currency,
}

/// The sentence of `suppressed_because`; `None` for those who are contacted and for the control group.
#[must_use]
pub fn suppressed_because(customer: &Untouched<'_>) -> Option<String> {
    let Untouched { decision, contacts, as_of, actions, min_gain, currency, .. } = customer;
    let wanted = decision.wanted.as_ref().and_then(|wanted| Some((actions.get(wanted.place)?, wanted.net_gain)));
    let would = |others: &str| {
        let best =
            wanted.map(|(action, gain)| format!("`{}` would bring {}, but ", action.name, money(gain, currency)));
        sentence(&(best.unwrap_or_default() + others))
    };
    Some(match decision.suppressed? {
        Suppression::OptedOut => "Asked not to be contacted.".to_owned(),
        Suppression::NoActionFits => "The playbook has no action for such a customer.".to_owned(),
        Suppression::SleepingDog => harm_why(customer)?,
        Suppression::CoolDown => decision.pause.and_then(|pause| pause_why(&pause, contacts, *as_of))?,
        Suppression::NoGain => {
            let least =
                if *min_gain > 0.0 { format!("{} or more", money(*min_gain, currency)) } else { "a gain".to_owned() };
            let best = wanted.map(|(action, gain)| {
                format!(": the best one, `{}`, would {}", action.name, bring(gain, *min_gain, currency))
            });
            let owed = customer.grievance.map(|one| format!("Settle the complaint all the same: {}. ", one.named()));
            format!("{}No action is expected to bring {least}{}.", owed.unwrap_or_default(), best.unwrap_or_default())
        }
        Suppression::Budget => would("others bring more for the same money."),
        Suppression::Capacity => would("others bring more in the same places."),
        Suppression::OwnerFull => would("others of the same account manager bring more."),
    })
}

/// What an action would do that is not taken: bring an amount below a bound, or cost one.
#[must_use]
pub fn bring(gain: f64, bound: f64, currency: &Currency) -> String {
    let loss = money(-gain, currency);
    if gain < 0.0 && loss != money(0.0, currency) {
        format!("cost {loss} more than it brings")
    } else {
        format!("bring {}", money_below(gain, bound, currency))
    }
}

/// Why customers who were to be contacted are not any more, in words.
///
/// * `code` - as the manifest counts them: a [`Suppression`], a change of lists, or what took them off the lists.
#[must_use]
pub fn no_longer_because(code: &str) -> String {
    match code {
        "no_gain" => "would not bring enough now".to_owned(),
        "no_longer_a_customer" => "bought too long ago".to_owned(),
        "cool_down" => "contacted of late".to_owned(),
        "to_winback" => "probably lost, and not worth winning back".to_owned(),
        "from_winback" => "back, and safe".to_owned(),
        other => other.replace('_', " "),
    }
}

/// Why a customer is left in peace whom a contact would more likely drive away.
fn harm_why(customer: &Untouched<'_>) -> Option<String> {
    let place = customer.decision.wanted?.place;
    let action = customer.actions.get(place)?;
    let evidence = customer.evidence?;
    let ContactComparison { group, arms, .. } = evidence.harm(place, action, customer.stage)?;
    let which = if *group == ALL { String::new() } else { format!(" with the stage `{group}`") };
    Some(format!(
        "Leave in peace: after `{}`, customers{which} buy less. {:.0} % of {} contacted bought within {} days, and {:.0} % of {} left \
         alone.",
        action.name,
        100.0 * arms.contacted.share(),
        grouped(arms.contacted.n_customers),
        evidence.horizon_days,
        100.0 * arms.control.share(),
        grouped(arms.control.n_customers),
    ))
}

/// Why a customer who was contacted lately is left in peace, and until when.
///
/// * `as_of` - the day of the list.
#[must_use]
pub fn pause_why(pause: &Pause, contacts: &[PastContact], as_of: Date) -> Option<String> {
    let contact = contacts.get(pause.contact)?;
    let ago = match contact.days_ago {
        ..=0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days => format!("{days} days ago"),
    };
    let with = contact.action.as_deref().map_or_else(String::new, |action| format!(" with `{action}`"));
    let again = as_of.checked_add(Span::new().try_days(pause.days_left).ok()?).ok()?;
    Some(format!("Contacted {ago}{with}; again from {}.", day_in_words(again)))
}

/// With a capital, unless it begins with a name.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::contact_evidence::ContactTrial;
    use super::super::decision::Wanted;
    use super::*;
    use crate::config::Playbook;

    fn because(decision: &Decision, min_gain: f64) -> String {
        let actions = Playbook::default_one().unwrap().actions;
        let contacts = [PastContact { days_ago: 5, action: Some("offer".to_owned()) }];
        let currency = Currency::from_code("GBP").unwrap();
        let as_of = jiff::civil::date(2026, 6, 3);
        let customer = Untouched {
            decision,
            contacts: &contacts,
            stage: Stage::AtRisk,
            grievance: None,
            evidence: None,
            as_of,
            actions: &actions,
            min_gain,
            currency: &currency,
        };
        suppressed_because(&customer).unwrap()
    }

    #[test]
    fn each_reason_reads_as_a_person_would_say_it() {
        let wanted = Some(Wanted { place: 1, net_gain: 3.1 });
        let pause = Some(Pause { contact: 0, days_left: 9 });
        let none = Decision::none;
        let told = |why, wanted| because(&none(why, wanted), 1.0);
        let cooling = Decision { pause, ..none(Suppression::CoolDown, None) };
        assert_eq!(because(&cooling, 1.0), "Contacted 5 days ago with `offer`; again from 12 June 2026.");
        assert_eq!(told(Suppression::OptedOut, None), "Asked not to be contacted.");
        assert_eq!(told(Suppression::NoActionFits, None), "The playbook has no action for such a customer.");
        assert_eq!(told(Suppression::NoGain, None), "No action is expected to bring GBP 1.00 or more.");
        let small = Some(Wanted { place: 1, net_gain: 0.4 });
        assert_eq!(
            told(Suppression::NoGain, small),
            "No action is expected to bring GBP 1.00 or more: the best one, `personal_call`, would bring GBP 0.40."
        );
        let loss = none(Suppression::NoGain, Some(Wanted { place: 1, net_gain: -0.4 }));
        assert_eq!(
            because(&loss, 0.0),
            "No action is expected to bring a gain: the best one, `personal_call`, would cost GBP 0.40 more than it brings."
        );
        assert_eq!(
            told(Suppression::Budget, wanted),
            "`personal_call` would bring GBP 3.10, but others bring more for the same money."
        );
        assert_eq!(told(Suppression::Capacity, None), "Others bring more in the same places.");
        assert_eq!(
            told(Suppression::OwnerFull, wanted),
            "`personal_call` would bring GBP 3.10, but others of the same account manager bring more."
        );
    }

    #[test]
    fn who_is_driven_away_by_contacts_is_told_with_the_figures() {
        let playbook = Playbook::default_one().unwrap();
        let actions = &playbook.actions;
        let place = actions.iter().position(|action| action.name == "offer").unwrap();
        let trial = |is_control, n: usize, n_bought: usize| {
            (0..n).map(move |at| ContactTrial {
                action: place,
                stage: Stage::AtRisk,
                is_control,
                bought: at < n_bought,
                bought_before: at % 2 == 0,
            })
        };
        let mut trials: Vec<ContactTrial> = trial(false, 1_200, 360).chain(trial(true, 400, 180)).collect();
        let told = |trials: &[ContactTrial]| {
            let evidence = ContactEvidence::of(trials, &playbook, (60, String::new()), BTreeMap::new());
            let decision = Decision::none(Suppression::SleepingDog, Some(Wanted { place, net_gain: 2.0 }));
            let currency = Currency::from_code("GBP").unwrap();
            let customer = Untouched {
                decision: &decision,
                contacts: &[],
                stage: Stage::AtRisk,
                grievance: None,
                evidence: Some(&evidence),
                as_of: jiff::civil::date(2026, 6, 3),
                actions,
                min_gain: 1.0,
                currency: &currency,
            };
            suppressed_because(&customer)
        };
        let figures = "30 % of 1,200 contacted bought within 60 days, and 45 % of 400 left alone.";
        assert_eq!(told(&trials).unwrap(), format!("Leave in peace: after `offer`, customers buy less. {figures}"));
        // Where others are helped, the stage alone is told.
        let helped =
            trials.iter().map(|trial| ContactTrial { stage: Stage::Loyal, is_control: !trial.is_control, ..*trial });
        trials.extend(helped.collect::<Vec<_>>());
        let said = told(&trials).unwrap();
        let of_stage = format!("Leave in peace: after `offer`, customers with the stage `at_risk` buy less. {figures}");
        assert_eq!(said, of_stage);
    }

    #[test]
    fn a_pause_is_told_with_its_days() {
        let contacts =
            [PastContact { days_ago: 5, action: Some("offer".to_owned()) }, PastContact { days_ago: 1, action: None }];
        let why = |contact, days_left| {
            pause_why(&Pause { contact, days_left }, &contacts, jiff::civil::date(2026, 6, 3)).unwrap()
        };
        assert_eq!(why(0, 9), "Contacted 5 days ago with `offer`; again from 12 June 2026.");
        assert_eq!(why(1, 1), "Contacted yesterday; again from 4 June 2026.");
    }
}
