//! Why an action is recommended, as a sentence for the people who work the list.

use super::causes::Cause;
use super::chances::Chances;
use super::decision::{Group, PlannedAction};
use super::gain::Stakes;
use super::grievance::Grievance;
use super::next_category::NextCategory;
use crate::config::playbook::{Action, Evidence};
use crate::text::{amount, capital, grouped_digits};
use crate::units::Currency;

/// What a sentence is about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The action as the playbook has it.
    pub action: &'a Action,
    /// What it means for the customer.
    pub planned: &'a PlannedAction,
    /// What may become of the customer.
    pub chances: &'a Chances,
    /// What is won or lost.
    pub stakes: &'a Stakes,
    /// Why the customer is probably lost or about to be, if a cause stands out.
    pub cause: Option<Cause>,
    /// The complaint that has to be settled, if it is known.
    pub grievance: Option<&'a Grievance>,
    /// The category that the customer is likely to want next, if there is one.
    pub next_category: Option<&'a NextCategory>,
    /// The currency of all amounts.
    pub currency: &'a Currency,
}

/// The sentence of `action_why`.
#[must_use]
pub fn action_why(group: Group, subject: &Subject<'_>) -> String {
    let action = subject.action;
    if group == Group::Control {
        return format!(
            "Control group: do not contact, so that you can measure what contacts bring. Without it the action would be \
             `{}`.",
            action.name
        );
    }
    let which = || subject.grievance.map_or_else(String::new, |complaint| format!(": {}", complaint.named()));
    let first = if action.resolves() {
        format!("Settle the complaint first, and offer no discount{}. ", which())
    } else {
        String::new()
    };
    let cause = subject.cause.filter(|_| !action.resolves());
    let cause = cause.map_or_else(String::new, |cause| format!("; the likely cause is {}", cause.in_words()));
    let next = subject.next_category.filter(|_| action.suggests_category);
    let next = next.map_or_else(String::new, |next| format!("{} ", next.sentence()));
    capital(&format!("{first}{next}{}{cause}. {}", situation(subject), reckoning(subject)))
}

/// What is at stake, by the probability that ranks the list of the customer.
fn situation(subject: &Subject<'_>) -> String {
    let Subject { chances, stakes, currency, .. } = subject;
    let outcome = chances.outcome();
    if outcome.is_gone() {
        let value = money(stakes.value_after_return, currency);
        return format!("{} likely to have left already; a return is worth {value}", percent(outcome.gone));
    }
    // Beside a small one, the larger one that the customer is dormant for must not be missed.
    let gone = if outcome.gone > outcome.leaving {
        format!(" and {} to have left already", percent(outcome.gone))
    } else {
        String::new()
    };
    format!(
        "{} likely to leave{gone}, with {} at stake",
        percent(outcome.leaving),
        money(stakes.value_at_stake, currency)
    )
}

/// What the action is expected to do, and what it gains.
fn reckoning(subject: &Subject<'_>) -> String {
    let Subject { action, planned, currency, .. } = subject;
    let rate = if is_win_back(subject) { action.winback_rate } else { action.save_rate };
    let source = match rate.evidence {
        Evidence::Assumed => "as the playbook assumes",
        Evidence::Benchmark => "as a test in another firm found",
        Evidence::Measured => "as measured in your shop",
    };
    let incentive = match planned.spending.incentive {
        incentive if incentive > 0.0 => {
            format!(" and {} for each incentive that is taken", money(incentive, currency))
        }
        _ => String::new(),
    };
    let pays = match rate.evidence {
        Evidence::Assumed => "If these assumed rates hold, that average is above zero with a probability of",
        Evidence::Benchmark => "If your customers are like theirs, that average is above zero with a probability of",
        Evidence::Measured => "That average is above zero with a probability of",
    };
    format!(
        "If the action {} ({source}), it brings {} on average, after {} for the contact{incentive}: {}. {pays} {}.",
        effects(subject),
        money(planned.net_gain, currency),
        money(planned.spending.contact_cost, currency),
        one_in(subject),
        percent(planned.gain_probability)
    )
}

/// How many such contacts it takes for one customer.
fn one_in(subject: &Subject<'_>) -> String {
    let Subject { action, chances, .. } = subject;
    let outcome = chances.outcome();
    let won = outcome.leaving * action.save_rate.mean + outcome.gone * action.winback_rate.mean;
    let what = if is_win_back(subject) { "brings a customer back" } else { "keeps a customer" };
    match (1.0 / won).round() {
        n if n <= 1.0 => format!("nearly each such contact {what}"),
        n => format!("one such contact in {} {what}", grouped_digits(&format!("{n:.0}"))),
    }
}

/// What the action does: the larger part of what it brings, and the other one if the sums would not add up without it.
fn effects(subject: &Subject<'_>) -> String {
    let Subject { action, chances, .. } = subject;
    let ([kept, back], outcome) = (won(subject), chances.outcome());
    let (save, winback) = (percent(action.save_rate.mean), percent(action.winback_rate.mean));
    let is_small = kept.min(back) < SMALL_PART * (kept + back);
    match (is_win_back(subject), is_small) {
        (true, true) => format!("brings back {winback} of those who have left"),
        // After how likely the customer has left, "those who would leave" are the few others.
        (false, true) if outcome.is_gone() => {
            format!("keeps {save} of the {} who are only about to leave", percent(outcome.leaving))
        }
        (false, true) => format!("keeps {save} of those who would leave"),
        (true, false) => format!(
            "brings back {winback} of those who have left and keeps {save} of the {} who are only about to leave",
            percent(outcome.leaving)
        ),
        (false, false) if outcome.is_gone() => format!(
            "keeps {save} of the {} who are only about to leave and brings back {winback} of those who have left",
            percent(outcome.leaving)
        ),
        (false, false) => format!(
            "keeps {save} of those who would leave and brings back {winback} of the {} who have left already",
            percent(outcome.gone)
        ),
    }
}

/// A part of what an action brings that need not be told.
const SMALL_PART: f64 = 0.05;

/// Whether more is expected of bringing the customer back than of keeping the customer.
fn is_win_back(subject: &Subject<'_>) -> bool {
    let [kept, back] = won(subject);
    back > kept
}

/// What is expected of keeping the customer, and of bringing the customer back.
fn won(subject: &Subject<'_>) -> [f64; 2] {
    let Subject { action, chances, stakes, .. } = subject;
    let outcome = chances.outcome();
    let kept = outcome.leaving * action.save_rate.mean * stakes.value_at_stake;
    [kept, outcome.gone * action.winback_rate.mean * stakes.value_after_return]
}

/// A share as a person would say it; what is nearly nothing or nearly all is not rounded to it.
#[must_use]
pub fn percent(share: f64) -> String {
    match 100.0 * share {
        low if low < 1.0 => "less than 1 %".to_owned(),
        high if high > 99.0 => "more than 99 %".to_owned(),
        other => format!("{other:.0} %"),
    }
}

/// An amount below a bound, which rounding must not make equal to it.
#[must_use]
pub(super) fn money_below(major: f64, bound: f64, currency: &Currency) -> String {
    let scale = if major.abs() >= 100.0 { 1.0 } else { currency.minor_per_major() };
    let is_below = major < bound && (major * scale).round() >= (bound * scale).round();
    money(if is_below { (major * scale).floor() / scale } else { major }, currency)
}

/// An amount, from a hundred on without its small change.
#[must_use]
pub fn money(major: f64, currency: &Currency) -> String {
    amount(major, 100.0, currency)
}

#[cfg(test)]
mod tests {
    use super::super::gain::Spending;
    use super::super::grievance::GrievanceState;
    use super::super::outcomes::Conditionals;
    use super::*;
    use crate::config::Playbook;

    #[test]
    fn each_variant_reads_as_a_person_would_say_it() {
        let mut actions = Playbook::default_one().unwrap().actions;
        actions.iter_mut().find(|action| action.name == "welcome").unwrap().save_rate.evidence = Evidence::Benchmark;
        actions.iter_mut().find(|action| action.name == "thank_you").unwrap().save_rate.evidence = Evidence::Measured;
        let currency = Currency::from_code("GBP").unwrap();
        let stakes = Stakes { value_at_stake: 1_240.4, value_after_return: 310.0, usual_order: 62.5 };
        let heads = |never, last| Some(Conditionals { never, last });
        let leaving = Chances { churn: 0.62, heads: heads(0.7, 0.05), gone_share: 0.1 };
        let gone = Chances { churn: 0.95, heads: heads(1.0, 0.0), gone_share: 0.95 };
        let bought = ["garden", "kitchen"].map(str::to_owned).to_vec();
        let next = NextCategory { category: "decor".to_owned(), bought, lift: 2.14 };
        let mut told = Vec::new();
        for (place, action) in actions.iter().enumerate() {
            for (chances, group) in [(leaving, Group::Treat), (gone, Group::Treat), (leaving, Group::Control)] {
                let spending = Spending::of(action, &stakes);
                let planned = PlannedAction {
                    place,
                    net_gain: 41.5,
                    gain_probability: 0.874,
                    spending,
                    expected_cost: 3.0,
                    group_probability: 0.9,
                };
                let grievance = Grievance {
                    opened: jiff::civil::date(2026, 5, 3),
                    category: (place == 0).then(|| "delivery".to_owned()),
                    state: GrievanceState::Open,
                    also_open: Vec::new(),
                };
                let subject = Subject {
                    action,
                    planned: &planned,
                    chances: &chances,
                    stakes: &stakes,
                    cause: Cause::ALL.get(place).copied(),
                    grievance: action.resolves().then_some(&grievance),
                    next_category: Some(&next),
                    currency: &currency,
                };
                told.push(format!("{} {}: {}", action.name, group.name(), action_why(group, &subject)));
            }
        }
        insta::assert_snapshot!(told.join("\n"));
    }

    /// Rates of an action say what it can do, and nothing of the customer.
    #[test]
    fn the_probability_that_is_told_is_that_of_the_list() {
        let playbook = Playbook::default_one().unwrap();
        let currency = Currency::from_code("GBP").unwrap();
        let stakes = Stakes { value_at_stake: 100.0, value_after_return: 80.0, usual_order: 20.0 };
        let said = |name: &str, gone_share| {
            let chances = Chances { churn: 0.8, heads: Some(Conditionals { never: 0.9, last: 0.0 }), gone_share };
            let action = playbook.actions.iter().find(|action| action.name == name).unwrap();
            let spending = Spending::of(action, &stakes);
            let planned = PlannedAction {
                place: 0,
                net_gain: 1.0,
                gain_probability: 0.5,
                spending,
                expected_cost: 1.0,
                group_probability: 0.9,
            };
            let (chances, planned) = (&chances, &planned);
            let (stakes, currency) = (&stakes, &currency);
            let subject = Subject {
                action,
                planned,
                chances,
                stakes,
                cause: None,
                grievance: None,
                next_category: None,
                currency,
            };
            situation(&subject)
        };
        assert_eq!(said("personal_message", 0.25), "54 % likely to leave, with GBP 100 at stake");
        let dormant = "29 % likely to leave and 43 % to have left already, with GBP 100 at stake";
        assert_eq!(said("personal_message", 0.6), dormant);
        assert_eq!(said("winback_message", 0.6), dormant, "the customer stands on the list to keep");
        for action in ["personal_message", "winback_message"] {
            assert_eq!(said(action, 0.9), "65 % likely to have left already; a return is worth GBP 80.00");
        }
    }

    #[test]
    fn a_complaint_is_told_with_its_day() {
        let complaint =
            |state| Grievance { opened: jiff::civil::date(2026, 5, 3), category: None, state, also_open: Vec::new() };
        let open = complaint(GrievanceState::Open);
        assert_eq!(open.named(), "the one of 3 May 2026, which is open");
        let older = (jiff::civil::date(2025, 11, 2), Some("quality".to_owned()));
        let two = Grievance { also_open: vec![older.clone()], ..open.clone() };
        assert_eq!(two.named(), "the one of 3 May 2026, which is open, as is that of 2 November 2025 (quality)");
        let four = Grievance { also_open: vec![older; 3], ..open };
        assert_eq!(
            four.named(),
            "the one of 3 May 2026, which is open, as are 3 others, the oldest of 2 November 2025 (quality)"
        );
        let rated =
            Grievance { category: Some("quality".to_owned()), ..complaint(GrievanceState::BadlyRated { rating: 1.0 }) };
        assert_eq!(rated.named(), "the one of 3 May 2026 (quality), which is closed and whose handling was rated 1");
    }

    #[test]
    fn amounts_and_shares_are_rounded_for_people() {
        let pounds = Currency::from_code("GBP").unwrap();
        let said = |major| money(major, &pounds);
        assert_eq!(
            [0.5, 99.99, 1_240.4, -3.0, -0.001].map(said),
            ["GBP 0.50", "GBP 99.99", "GBP 1,240", "GBP -3.00", "GBP 0.00"]
        );
        assert_eq!(money(12.4, &Currency::from_code("JPY").unwrap()), "JPY 12");
        let euro = Currency::from_code("EUR").unwrap();
        let below = |major| money_below(major, 1.0, &euro);
        assert_eq!([0.998, 0.5, 1.004].map(below), ["EUR 0.99", "EUR 0.50", "EUR 1.00"]);
        assert_eq!([0.001, 0.034, 0.999].map(percent), ["less than 1 %", "3 %", "more than 99 %"]);
    }
}
