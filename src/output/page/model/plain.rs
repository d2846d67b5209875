//! What the test at past days found, for those who know no statistics.

use serde_json::Value;

use super::super::document::{items, number, text};
use super::super::figure::day;
use super::test_words::{learner_name, main_learner};
use crate::text::counted;

/// The first customers of each past day that are looked at, as a share of all.
const FIRST: f64 = 0.1;

/// Customers of all test cutoffs together, and how many of them bought nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Came {
    n: f64,
    left: f64,
}

impl Came {
    fn of_hundred(self) -> String {
        format!("{:.0}", 100.0 * self.left / self.n)
    }

    fn and(self, n: f64, left: f64) -> Self {
        Self { n: self.n + n, left: self.left + left }
    }
}

/// What came of the customers whom the model named first at past days, beside the best simple rule and all customers.
pub(super) fn first_tenth(evaluation: &Value) -> Option<String> {
    let main = main_learner(evaluation)?;
    let (model, all) = came(main)?;
    let baseline = text(evaluation, "/verdict/best_baseline");
    let rule = baseline.and_then(|name| {
        let learner = items(evaluation, "/learners").iter().find(|learner| learner["name"] == name)?;
        // Only of the same customers of the same days.
        came(learner).filter(|(_, others)| *others == all).map(|(rule, _)| (learner_name(name), rule.of_hundred()))
    });
    let of_model = model.of_hundred();
    let rule = rule.map_or_else(String::new, |(name, of_rule)| {
        let many = if of_rule == of_model { "as many".to_owned() } else { of_rule };
        // A name may have brackets of its own.
        format!("; by the best simple rule ({}) {many}", name.split(" (").next().unwrap_or(name))
    });
    let cutoffs = items(evaluation, "/population/cutoffs");
    let n_days = cutoffs.len() as u64;
    let at = |cutoff: Option<&Value>| cutoff.and_then(|cutoff| text(cutoff, "/cutoff")).map(day);
    let days = match (at(cutoffs.first())?, at(cutoffs.last())?) {
        (first, last) if first == last => format!("On {first}"),
        (first, last) => format!("On {} from {first} to {last}", counted(n_days, "past day")),
    };
    let anew = if n_days > 1 { ", where a customer named on several days counts on each" } else { "" };
    Some(format!(
        "{days} the model was asked for the tenth most likely to leave, then held against what came. Of 100 whom it named, {of_model} \
         bought nothing in the time that was asked about{rule}; of 100 of all customers {}. ({} in {}{}; {}.)",
        all.of_hundred(),
        counted(whole(model.n.round()), "name"),
        counted(n_days, "list"),
        anew,
        text(evaluation, "/population/eligibility").unwrap_or_default()
    ))
}

/// Those whom a learner ranks first at each cutoff, and everyone; `None` where a cutoff does not tell.
fn came(learner: &Value) -> Option<(Came, Came)> {
    let cutoffs = items(learner, "/by_cutoff");
    let sums = cutoffs.iter().try_fold((Came::default(), Came::default()), |(first, all), cutoff| {
        let (n, left) = (number(cutoff, "/population/n")?, number(cutoff, "/population/n_churned")?);
        let lifts = items(cutoff, "/metrics/lift").iter();
        let mut of_first = lifts.filter(|lift| number(lift, "/fraction").is_some_and(|at| (at - FIRST).abs() < 1e-9));
        let times = of_first.next_back().and_then(|lift| number(lift, "/value"))?;
        // Lift is the share that left among the first, in shares that left of all.
        let n_first = (FIRST * n).ceil();
        Some((first.and(n_first, times * left / n * n_first), all.and(n, left)))
    });
    sums.filter(|(first, all)| first.n > 0.0 && all.n > 0.0)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
const fn whole(number: f64) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn learner(name: &str, lifts: [f64; 2]) -> Value {
        let cutoff = |lift: f64, n: u64| {
            json!({
                "population": { "n": n, "n_churned": n / 2 },
                "metrics": { "lift": [{ "fraction": 0.05, "value": 9.0 }, { "fraction": 0.1, "value": lift }] },
            })
        };
        json!({ "name": name, "by_cutoff": [cutoff(lifts[0], 1_000), cutoff(lifts[1], 3_000)] })
    }

    fn evaluation(learners: &[Value]) -> Value {
        json!({
            "main": "blend",
            "verdict": { "best_baseline": "recency" },
            "population": {
                "cutoffs": [{ "cutoff": "2025-01-01" }, { "cutoff": "2025-03-01" }],
                "eligibility": "customers with an order",
            },
            "learners": learners,
        })
    }

    #[test]
    fn customers_named_first_are_counted_over_all_past_days() {
        let said = first_tenth(&evaluation(&[learner("blend", [1.6, 1.8]), learner("recency", [1.2, 1.2])])).unwrap();
        // 80 of the first 100 and 270 of the first 300.
        assert!(said.starts_with("On 2 past days from 1 January 2025 to 1 March 2025 the model"), "{said}");
        assert!(
            said.contains("88 bought nothing") && said.contains("longest silence first) 60; of 100 of all"),
            "{said}"
        );
        let end = "customers 50. (400 names in 2 lists, where a customer named on several days counts on each; customers with an order.)";
        assert!(said.ends_with(end), "{said}");
        let same = first_tenth(&evaluation(&[learner("blend", [1.6, 1.8]), learner("recency", [1.6, 1.8])])).unwrap();
        assert!(same.contains("longest silence first) as many;"), "{same}");
    }

    #[test]
    fn nothing_is_said_where_the_documents_have_no_such_figures() {
        assert_eq!(first_tenth(&json!({})), None);
        let bare =
            json!({ "name": "blend", "by_cutoff": [{ "population": { "n": 10, "n_churned": 5 }, "metrics": {} }] });
        assert_eq!(first_tenth(&evaluation(&[bare])), None);
    }
}
