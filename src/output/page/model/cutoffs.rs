//! How well the model ranks at each test cutoff.

use serde_json::Value;

use super::super::document::{Estimate, count, items, text};
use super::super::figure::{DataTable, Figure, day};
use super::test_words::{learner_name, main_learner, population};
use crate::charts::{Row, RowChart, Unit, rows};
use crate::evaluate::grade::decimal;
use crate::text::{counted, grouped};

pub(super) fn by_cutoff(evaluation: &Value) -> Option<Figure> {
    let main = main_learner(evaluation)?;
    let baseline = text(evaluation, "/verdict/best_baseline").unwrap_or_default();
    let other = items(evaluation, "/learners").iter().find(|learner| learner["name"] == baseline);
    let of = |learner: &Value| -> Vec<(String, u64, f64)> {
        let figures = items(learner, "/by_cutoff").iter();
        let figure = |figure: &Value| {
            let (cutoff, n) = (text(figure, "/population/cutoff")?, count(figure, "/population/n")?);
            Some((cutoff.to_owned(), n, Estimate::at(figure, "/metrics/auc")?.estimate))
        };
        figures.filter_map(figure).collect()
    };
    let (own, others) = (of(main), other.map(of).unwrap_or_default());
    if own.len() < 2 {
        return None;
    }
    let (low, high) = own.iter().fold((f64::MAX, f64::MIN), |(low, high), found| (low.min(found.2), high.max(found.2)));
    let heading = format!("From cutoff to cutoff the AUC lies between {} and {}", decimal(low), decimal(high));
    let row = |(cutoff, n, auc): &(String, u64, f64), is_main: bool| Row {
        name: if is_main {
            format!("{}, {}", day(cutoff), counted(*n, "customer"))
        } else {
            format!("{}, {}", day(cutoff), learner_name(baseline))
        },
        value: *auc,
        interval: None,
        note: decimal(*auc),
        is_main,
    };
    let pairs = own.iter().enumerate().flat_map(|(place, found)| {
        std::iter::once(row(found, true)).chain(others.get(place).map(|found| row(found, false)))
    });
    let chart = RowChart {
        title: &format!("{heading}. AUC by test cutoff, of the model and of the best simple rule."),
        axis: "AUC at one cutoff; .5 is chance",
        unit: Unit::Number,
        range: Some([0.4, 1.0]),
        has_bars: false,
        reference: Some(0.5),
        rows: pairs.collect(),
    };
    let table = own.iter().enumerate().map(|(place, (cutoff, n, auc))| {
        let other = others.get(place).map_or_else(String::new, |found| format!("{:.3}", found.2));
        [cutoff.clone(), grouped(*n), format!("{auc:.3}"), other]
    });
    Some(Figure {
        id: "f-cutoffs".into(),
        sentence:
            "At each test cutoff the model was trained anew on what was known before it. Grey is the best simple rule."
                .to_owned(),
        population: population(evaluation),
        svg: rows(&chart),
        table: DataTable::new(&heading, ["Cutoff", "Customers", "AUC of the model", "AUC of the best rule"], table),
        heading,
    })
}
