//! How well each learner ranks.

use serde_json::Value;

use super::super::document::{Estimate, items, text};
use super::super::figure::{DataTable, Figure};
use super::test_words::{INTERVAL, learner_name, population};
use crate::charts::{Row, RowChart, Unit, rows};

pub(super) fn by_learner(evaluation: &Value) -> Option<Figure> {
    let main = text(evaluation, "/main")?;
    let found: Vec<(&str, Estimate, Option<Estimate>)> = items(evaluation, "/learners")
        .iter()
        .filter_map(|learner| {
            Some((
                text(learner, "/name")?,
                Estimate::at(learner, "/mean/auc")?,
                Estimate::at(learner, "/mean/average_precision"),
            ))
        })
        .collect();
    let ahead = Estimate::at(evaluation, "/verdict/difference")?;
    let baseline = learner_name(text(evaluation, "/verdict/best_baseline")?);
    let is_ahead = ahead.interval.is_some_and(|[low, _]| low > 0.0);
    let heading = if is_ahead {
        format!("The model ranks better than the best simple rule, by {} of AUC", ahead.text())
    } else {
        format!("It is not shown that the model ranks better than the best simple rule: {} of AUC", ahead.text())
    };
    let row = |(name, auc, _): &(&str, Estimate, Option<Estimate>)| Row {
        name: learner_name(name).to_owned(),
        value: auc.estimate,
        interval: auc.interval,
        note: auc.text(),
        is_main: *name == main,
    };
    let chart = RowChart {
        title: &format!("{heading}. AUC with intervals by learner."),
        axis: "AUC, mean over test cutoffs; .5 is chance",
        unit: Unit::Number,
        range: Some([0.4, 1.0]),
        has_bars: false,
        reference: Some(0.5),
        rows: found.iter().map(row).collect(),
    };
    let table = found.iter().map(|(name, auc, precision)| {
        [learner_name(name).to_owned(), auc.text(), precision.map_or_else(String::new, |figure| figure.text())]
    });
    Some(Figure {
        id: "f-learners".into(),
        sentence: format!(
            "The best simple rule is: {baseline}. The model mixes logistic regression, boosting and the purchase model. {INTERVAL}"
        ),
        population: population(evaluation),
        svg: rows(&chart),
        table: DataTable::new(&heading, ["Learner", "AUC", "Average precision"], table),
        heading,
    })
}
