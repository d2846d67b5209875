//! How well the model ranks within groups of customers.

use serde_json::Value;

use super::super::document::{Estimate, count, items, text};
use super::super::figure::{DataTable, Figure, percent};
use super::test_words::{INTERVAL, population};
use crate::charts::{Row, RowChart, Unit, rows};
use crate::text::{counted, grouped};

pub(super) fn slices<'e>(evaluation: &'e Value) -> Option<Figure> {
    let slice = |slice: &'e Value| {
        let rates = [Estimate::at(slice, "/churn_rate")?, Estimate::at(slice, "/mean_probability")?];
        Some((text(slice, "/name")?, count(slice, "/n")?, Estimate::at(slice, "/auc")?, rates))
    };
    let found: Vec<(&str, u64, Estimate, [Estimate; 2])> =
        items(evaluation, "/slices").iter().filter_map(slice).collect();
    let weakest = found.iter().min_by(|a, b| a.2.estimate.total_cmp(&b.2.estimate))?;
    let heading = format!("The model is weakest on customers with {}: AUC {}", weakest.0, weakest.2.text());
    let row = |(name, n, auc, _): &(&str, u64, Estimate, [Estimate; 2])| Row {
        name: format!("{name}, {}", counted(*n, "row")),
        value: auc.estimate,
        interval: auc.interval,
        note: auc.text(),
        is_main: *name != weakest.0,
    };
    let chart = RowChart {
        title: &format!("{heading}. AUC with intervals by group of customers."),
        axis: "AUC within the group; .5 is chance",
        unit: Unit::Number,
        range: Some([0.4, 1.0]),
        has_bars: false,
        reference: Some(0.5),
        rows: found.iter().map(row).collect(),
    };
    let table = found.iter().map(|(name, n, auc, [rate, mean])| {
        [(*name).to_owned(), grouped(*n), auc.text(), percent(rate.estimate), percent(mean.estimate)]
    });
    Some(Figure {
        id: "f-slices".into(),
        sentence: format!(
            "The same test within groups. Grey marks the weakest: look twice at these customers. {INTERVAL}"
        ),
        population: population(evaluation),
        svg: rows(&chart),
        table: DataTable::new(&heading, ["Group", "Rows", "AUC", "Churned", "Said"], table),
        heading,
    })
}
