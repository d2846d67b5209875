//! How the probabilities of today's list are spread.

use super::super::figure::{DataTable, Figure};
use super::super::input::PageInput;
use crate::charts::{ColumnBar, ColumnChart, Frame, columns};
use crate::text::{counted, grouped};

/// Groups of probabilities.
const BINS: usize = 20;

pub(super) fn scores(input: &PageInput<'_>) -> Option<Figure> {
    let scores: Vec<f64> = input.list.numbers("churn_probability").iter().flatten().copied().collect();
    let mut counts = [0_u32; BINS];
    for score in &scores {
        let bin = (0..BINS).rfind(|bin| *score >= *bin as f64 / BINS as f64).unwrap_or(0);
        counts.iter_mut().skip(bin).take(1).for_each(|count| *count += 1);
    }
    let high = scores.iter().filter(|score| **score >= 2.0 / 3.0).count();
    if scores.is_empty() {
        return None;
    }
    let heading = format!(
        "{} of {} customers have a churn probability of two thirds or more",
        grouped(high as u64),
        grouped(scores.len() as u64)
    );
    let edge = |bin: usize| (100 * bin / BINS).to_string();
    let bars = counts.iter().enumerate().map(|(bin, count)| {
        let name = if bin % 2 == 0 { edge(bin) } else { String::new() };
        let says = format!("{} to {} %: {}", edge(bin), edge(bin + 1), counted(u64::from(*count), "customer"));
        ColumnBar::new(name, f64::from(*count), says)
    });
    let frame = Frame::of_numbers("churn probability from .. %", "customers");
    let title = format!("{heading}. Bars of customers by probability.");
    let chart = ColumnChart { title: &title, frame, bars: bars.collect(), has_numbers: false };
    let table = counts
        .iter()
        .enumerate()
        .map(|(bin, count)| [format!("{} to {} %", edge(bin), edge(bin + 1)), grouped(u64::from(*count))]);
    Some(Figure {
        id: "f-scores".into(),
        sentence:
            "How the probabilities of today's list are spread. A model that says the same of everyone has one high bar."
                .to_owned(),
        population: input.of_whom(),
        svg: columns(&chart),
        table: DataTable::new(&heading, ["Churn probability", "Customers"], table),
        heading,
    })
}
