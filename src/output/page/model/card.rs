//! The model card.

use serde_json::Value;

use super::super::document::{count, items, number, text};
use super::super::figure::{Entry, percent};
use super::super::input::PageInput;
use super::test_words::spoken;
use crate::text::counted;

/// The model card.
pub(super) fn card(input: &PageInput<'_>) -> Vec<Entry> {
    let model = input.model.unwrap_or(&Value::Null);
    let entry = |name: &str, text: String| Entry { name: name.to_owned(), text };
    let cutoffs = items(model, "/training/cutoffs");
    let day = |cutoff: Option<&Value>| cutoff.and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut card = vec![
        entry("Made for", format!("Ordering the customers of one shop for contact: {}. People decide what is done.", input.population())),
        entry(
            "Not made for",
            "Prices, credit, refusing service or complaints, or any decision about a person without a person. It says who is likely \
             to leave, not what a contact changes: that needs a control group."
                .to_owned(),
        ),
    ];
    if let Some(n) = count(model, "/training/n_rows") {
        card.push(entry(
            "Learnt from",
            format!(
                "{} at {} cutoffs from {} to {}, {} of them churned; only label windows that had ended. Version {} of {}.",
                counted(n, "row"),
                cutoffs.len(),
                day(cutoffs.first()),
                day(cutoffs.last()),
                number(model, "/training/churn_rate").map_or_else(String::new, percent),
                text(model, "/version").unwrap_or_default(),
                text(model, "/as_of").unwrap_or_default()
            ),
        ));
    }
    let unstable: Vec<&str> =
        items(model, "/notes/selection/flagged").iter().filter_map(|flag| text(flag, "/feature")).collect();
    let mut limits = vec![
        "A list is about buying or not buying in the horizon; a customer who only pauses counts as one who left."
            .to_owned(),
        "Intervals hold fixed: ".to_owned()
            + input.evaluation.and_then(|evaluation| text(evaluation, "/intervals_hold_fixed")).unwrap_or("the model")
            + ".",
    ];
    if !unstable.is_empty() {
        limits.push(format!(
            "Features whose values drift over time: {}.",
            unstable.iter().map(|name| spoken(name)).collect::<Vec<_>>().join(", ")
        ));
    }
    card.push(entry("Known limits", limits.join(" ")));
    if let Some(sentence) = text(model, "/challenge/sentence") {
        card.push(entry("Against the champion", format!("{sentence}.")));
    }
    card
}
