//! What each feature of the model means, and to which side it speaks.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::document::{items, number, text};
use super::super::figure::{DataTable, Section};
use super::super::input::PageInput;
use crate::features;
use crate::text::counted;

/// From so many standard errors on an effect has a sure sign.
const SURE: f64 = 1.96;

/// The features of the model; absent for a model without a card.
pub(super) fn dictionary(input: &PageInput<'_>) -> Option<Section> {
    let coefficients = items(input.model?, "/card/coefficients").iter();
    let mut found: BTreeMap<&str, f64> = BTreeMap::new();
    for (feature, z) in coefficients.filter_map(|entry| Some((text(entry, "/feature")?, standard_errors(entry)))) {
        // A feature may stand in several columns: its surest speaks.
        let surest = found.entry(feature).or_insert(z);
        *surest = if z.abs() > surest.abs() { z } else { *surest };
    }
    if found.is_empty() {
        return None;
    }
    let title = format!("The model reads {} of each customer", counted(found.len() as u64, "feature"));
    let head = ["Feature", "Meaning", "Window", "A larger value"];
    Some(Section {
        id: "features",
        sentence: "In the order of the alphabet. The last column is from the logistic regression, one part of the model, all other \
                   features held equal; unclear is an effect whose 95 % interval has zero in it."
            .to_owned(),
        entries: Vec::new(),
        table: DataTable::new(&title, head, found.iter().map(row)),
        is_table: false,
        title,
    })
}

fn standard_errors(entry: &Value) -> f64 {
    let effect = number(entry, "/log_odds_per_sd").unwrap_or(0.0);
    number(entry, "/standard_error").filter(|error| *error > 0.0).map_or(0.0, |error| effect / error)
}

fn row((name, z): (&&str, &f64)) -> [String; 4] {
    let known = features::find(name);
    let meaning =
        known.map_or_else(|| "defined in the config of the shop".to_owned(), |known| known.meaning.to_owned());
    let window = known.map_or_else(String::new, |known| {
        known.window.days().map_or_else(|| "all of history".to_owned(), |days| counted(u64::from(days.0), "day"))
    });
    let side = match z {
        z if *z >= SURE => "raises the risk",
        z if *z <= -SURE => "lowers the risk",
        _ => "unclear",
    };
    [(*name).to_owned(), meaning, window, side.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_is_told_with_its_meaning_and_a_sure_side_alone() {
        let [name, meaning, window, side] = row((&"recency_days", &3.0));
        assert_eq!((name.as_str(), side.as_str()), ("recency_days", "raises the risk"));
        assert!(meaning.len() > 10 && !window.is_empty(), "{meaning} {window}");
        assert_eq!(row((&"own_spend", &-1.0))[1..], ["defined in the config of the shop", "", "unclear"]);
    }
}
