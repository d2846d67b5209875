//! The evidence of a cause as a sentence for the people who work the list.

use super::cause::Cause;
use super::records::{ComplaintRecord, SlowFrom};
use super::rules::{Evidence, FoundCause};
use crate::decide::grievance::day_in_words;
use crate::text::counted;

/// What stands in the place of a cause where none stands out.
pub const NO_CAUSE: &str = "no cause stands out";

/// The evidence of a cause.
///
/// * `reasons` - the sentences of the reasons that the list tells, in their order.
#[must_use]
pub fn cause_why<'r>(found: Option<&FoundCause>, mut reasons: impl Iterator<Item = &'r str>) -> String {
    match found {
        None => NO_CAUSE.to_owned(),
        Some(FoundCause { evidence: Evidence::Complaint(seen, rule), .. }) => filled(rule.0.sentence, &seen.0, seen.1),
        Some(FoundCause { cause, evidence: Evidence::Slowing { recent_days, usual_days } }) => {
            let [recent, usual] = [*recent_days, *usual_days].map(|days| whole(days, "day"));
            format!("{}: bought every {recent} lately, usually every {usual}", opening(*cause))
        }
        Some(FoundCause { cause, evidence: Evidence::Reason(place) }) => {
            format!("{}: {}", opening(*cause), reasons.nth(*place).unwrap_or_default())
        }
    }
}

/// How the evidence of a reason begins.
const fn opening(cause: Cause) -> &'static str {
    match cause {
        Cause::Price => "looks at the price",
        Cause::Quality => "was not content with the goods",
        Cause::ServiceResponse => "was not content with the service",
        Cause::UnresolvedComplaint => "waits for an answer",
        Cause::FadedNeed => "buys less and less",
        Cause::BrokenRhythm => "stopped, and nothing tells why",
        Cause::Uncontrollable => "left for a reason of their own",
    }
}

/// A rule's sentence about one complaint.
fn filled(sentence: &str, one: &ComplaintRecord, slow: SlowFrom) -> String {
    let category = one.category.as_deref().unwrap_or("not said");
    let about = one.category.as_deref().map_or_else(String::new, |category| format!(" ({category})"));
    let rating = one.rating.map_or_else(String::new, |rating| rating.to_string());
    [
        ("{day}", day_in_words(one.opened)),
        ("{rating}", rating),
        ("{same}", if one.of_same_kind == 2 { "twice".to_owned() } else { format!("{} times", one.of_same_kind) }),
        ("{answer}", span(one.response_days)),
        ("{usual_answer}", span(slow.response_days)),
        ("{solution}", span(one.resolution_days)),
        ("{usual_solution}", span(slow.resolution_days)),
        // The shop's own words come last, so that nothing in them is filled in.
        ("{about}", about),
        ("{category}", category.to_owned()),
    ]
    .into_iter()
    .fold(sentence.to_owned(), |text, (hole, filling)| text.replace(hole, &filling))
}

/// Days as a person says them; hours below two days.
fn span(days: Option<f64>) -> String {
    let Some(days) = days else { return "no time".to_owned() };
    if days < 2.0 { whole((24.0 * days).max(1.0), "hour") } else { whole(days, "day") }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "days of a complaint are few and not negative"
)]
fn whole(number: f64, noun: &str) -> String {
    counted(number.round().max(0.0) as u64, noun)
}
