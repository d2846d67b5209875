//! Which features raise the risk and which lower it.

use serde_json::Value;

use super::super::document::{count, items, number, text};
use super::super::figure::{DataTable, Figure, capital};
use super::super::input::PageInput;
use super::test_words::spoken;
use crate::charts::{Row, RowChart, Unit, rows};
use crate::features;
use crate::text::counted;

/// Drivers that are shown.
const DRIVERS: usize = 12;

pub(super) fn drivers<'m>(input: &PageInput<'m>) -> Option<Figure> {
    let model: &'m Value = input.model?;
    let driver = |entry: &'m Value| {
        let effect = number(entry, "/log_odds_per_sd")?;
        let error = number(entry, "/standard_error");
        Some((text(entry, "/feature")?, text(entry, "/column").unwrap_or_default(), effect, error))
    };
    let all = items(model, "/card/coefficients").iter().filter_map(driver);
    let mut found: Vec<(&str, &str, f64, Option<f64>)> = all.filter(|driver| driver.2 != 0.0).collect();
    // By how sure the sign is, so that an unsure large effect does not lead.
    let size = |driver: &(&str, &str, f64, Option<f64>)| driver.3.map_or(driver.2, |error| driver.2 / error).abs();
    found.sort_by(|a, b| size(b).total_cmp(&size(a)));
    found.truncate(DRIVERS);
    let first = found.first()?;
    let direction = if first.2 > 0.0 { "raises" } else { "lowers" };
    let heading = format!("What speaks most clearly: {} {direction} the risk", spoken(first.0));
    let row = |(name, column, effect, error): &(&str, &str, f64, Option<f64>)| Row {
        name: format!("{}{}", spoken(name), if *column == "signed_logarithm" { " (logarithm)" } else { "" }),
        value: *effect,
        interval: error.map(|error| [effect - 1.96 * error, effect + 1.96 * error]),
        note: format!("{} risk", if *effect > 0.0 { "raises" } else { "lowers" }),
        is_main: *effect > 0.0,
    };
    let chart = RowChart {
        title: &format!("{heading}. Effects on the log-odds with intervals."),
        axis: "change of the log-odds for one standard deviation more",
        unit: Unit::Number,
        range: None,
        has_bars: false,
        reference: Some(0.0),
        rows: found.iter().map(row).collect(),
    };
    let table = found.iter().map(|(name, column, effect, error)| {
        [
            (*name).to_owned(),
            (*column).to_owned(),
            format!("{effect:+.3}"),
            error.map_or_else(String::new, |error| format!("{error:.3}")),
        ]
    });
    let n = count(model, "/training/n_rows").map_or_else(String::new, |n| counted(n, "row"));
    Some(Figure {
        id: "f-drivers".into(),
        sentence: meaning(first.0)
            + "Right of the line raises the risk, left lowers it, all others held equal. From the logistic regression, one part of the \
                   model: features that say the same share an effect, so read groups, not single lines. Lines are 95 % intervals.",
        population: format!("Training: {n}; {}", text(model, "/training/population").unwrap_or_default()),
        svg: rows(&chart),
        table: DataTable::new(
            &heading,
            ["Feature", "Form", "Log-odds per standard deviation", "Standard error"],
            table,
        ),
        heading,
    })
}

/// What a feature is, as a sentence; nothing for one that the shop has defined.
fn meaning(feature: &str) -> String {
    features::find(feature).map_or_else(String::new, |known| {
        format!("{}: {}. ", capital(&spoken(feature)), known.meaning.trim_end_matches('.'))
    })
}
