//! The part for the data scientist: how good the model is, on whom that was measured, what drives it, and where it is weak.

mod card;
mod course;
mod curves;
mod cutoffs;
mod dictionary;
mod drift;
mod drivers;
mod gain;
mod learners;
mod past_lists;
mod plain;
mod reliability;
mod scores;
mod shapes;
mod slices;
mod tables;
mod test_words;

use serde_json::Value;

use super::document::{Estimate, text};
use super::figure::{DataTable, Figure, Part, Small, Tile};
use super::input::PageInput;
use card::card;
use curves::{precision_recall, roc};
use cutoffs::by_cutoff;
use dictionary::dictionary;
use drift::drift;
use drivers::drivers;
use gain::gain;
use learners::by_learner;
use past_lists::past_lists;
use plain::first_tenth;
use reliability::reliability;
use scores::scores;
use shapes::shapes;
use slices::slices;
use tables::tables;
use test_words::{main_learner, population};

pub(in crate::output::page) use reliability::{Bin, chart_of, points_off, table_of};
pub(in crate::output::page) use test_words::{INTERVAL, learner_name};

/// The part of the model.
pub(super) fn part(input: &PageInput<'_>) -> Part {
    Part {
        id: "model",
        title: "The model",
        words: words(input),
        tiles: input.evaluation.map(tiles).unwrap_or_default(),
        summary: None,
        figures: figures(input),
        small: shapes(input),
        sections: dictionary(input).into_iter().collect(),
        what_if: None,
        card: card(input),
        tables: tables(input),
    }
}

/// The part of a test alone, without a list and the model that made it.
pub(super) fn test_part(evaluation: &Value) -> Part {
    Part {
        id: "model",
        title: "The test",
        words: first_tenth(evaluation).into_iter().chain(words_of_test(evaluation)).collect(),
        tiles: tiles(evaluation),
        summary: None,
        figures: figures_of_test(evaluation),
        small: Small::default(),
        sections: Vec::new(),
        what_if: None,
        card: Vec::new(),
        tables: Vec::new(),
    }
}

/// The population and the grade in words.
fn words(input: &PageInput<'_>) -> Vec<String> {
    let Some(evaluation) = input.evaluation else {
        return vec![
            "The files of the model that made this list are not at hand, so its figures are not shown.".to_owned(),
        ];
    };
    let question = format!("The model answers one question: {}.", input.question());
    first_tenth(evaluation).into_iter().chain([question]).chain(words_of_test(evaluation)).collect()
}

fn words_of_test(evaluation: &Value) -> [String; 2] {
    let rule = text(evaluation, "/verdict/best_baseline").unwrap_or_default();
    let sentence = text(evaluation, "/verdict/sentence").unwrap_or_default();
    let grade = format!(
        "Grade {}.",
        sentence.replace(&format!("({rule})"), &format!("({})", learner_name(rule).split(" (").next().unwrap_or(rule)))
    );
    [format!("{}.", population(evaluation)), grade]
}

/// The large numbers.
fn tiles(evaluation: &Value) -> Vec<Tile> {
    let Some(main) = main_learner(evaluation) else { return Vec::new() };
    let tile = |(path, name, note): (&str, &str, &str)| {
        let figure = Estimate::at(main, path)?;
        Some(Tile::new(figure.text(), name, note.to_owned()))
    };
    let wanted = [
        ("/mean/auc", "AUC", "how often a customer who left stands above one who stayed; .5 is chance"),
        ("/mean/average_precision", "average precision", "mean precision over all lengths of the list"),
        ("/mean/brier", "Brier score", "squared error of the probability; lower is better"),
        ("/mean/calibration_slope", "calibration slope", "1 is right; below 1 the model is too sure of itself"),
    ];
    wanted.into_iter().filter_map(tile).collect()
}

/// The figures of the part, as far as the model's files have them.
fn figures(input: &PageInput<'_>) -> Vec<Figure> {
    let of_test = input.evaluation.map(figures_of_test).unwrap_or_default();
    let others = [past_lists(input), Some(by_backtest()), drift(input), scores(input), drivers(input)];
    let mut figures: Vec<Figure> = of_test.into_iter().chain(others.into_iter().flatten()).collect();
    // What is told in words alone would leave a hole beside a chart.
    figures.sort_by_key(|figure| figure.svg.is_empty());
    figures
}

/// Where to look for what a run does not measure.
fn by_backtest() -> Figure {
    Figure {
        id: "f-backtest".into(),
        heading: "Whether values and the four outcomes come true is measured by \u{201c}retain backtest\u{201d}".to_owned(),
        sentence: "Run it with the same config: it learns anew before each test cutoff, as a list of that day would have been made, and \
                   holds against what came how many were said to be never back, quiet, buying a last time and staying, and the margin \
                   that was predicted, by tenth and for the first 10, 50 and 100 of the list. Its page is backtest.html."
            .to_owned(),
        population: "No figure of a run alone: the values and outcomes of today's list are known only when their time has passed"
            .to_owned(),
        svg: String::new(),
        table: DataTable::default(),
    }
}

/// The figures of the test at past cutoffs.
fn figures_of_test(evaluation: &Value) -> Vec<Figure> {
    let found = [
        by_learner(evaluation),
        by_cutoff(evaluation),
        roc(evaluation),
        precision_recall(evaluation),
        reliability(evaluation),
        gain(evaluation),
        slices(evaluation),
    ];
    found.into_iter().flatten().collect()
}
