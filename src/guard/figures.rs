//! What each feature tells alone of who leaves, at each cutoff.

use jiff::civil::Date;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::attributes::Rise;
use super::separation::{CutoffRows, Separation, by_presence, by_value};
use crate::dataset::Dataset;

/// Features that are kept with their figures.
const SHOWN: usize = 10;

/// What one feature tells alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SingleFeature {
    /// The feature.
    pub feature: String,
    /// AUC in the direction in which it is above one half.
    pub auc: f64,
    /// The cutoff.
    pub cutoff: Date,
    /// Whether the value tells, or whether there is one.
    pub by: Side,
}

/// What of a feature tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Its value.
    Value,
    /// Whether it has one.
    Presence,
}

/// What a feature tells at each cutoff.
pub(super) struct Figures {
    pub(super) feature: String,
    by_value: Vec<Option<Separation>>,
    by_presence: Vec<Option<Separation>>,
}

impl Figures {
    /// The figures that are large enough samples: side, position of the cutoff, AUC above one half.
    pub(super) fn all(&self) -> impl Iterator<Item = (Side, usize, f64)> {
        let of = |side: Side, figures: &[Option<Separation>]| {
            let figures: Vec<_> = figures.iter().copied().enumerate().collect();
            figures.into_iter().filter_map(move |(position, separation)| {
                let separation = separation.filter(Separation::is_enough)?;
                Some((side, position, separation.either_way()))
            })
        };
        of(Side::Value, &self.by_value).chain(of(Side::Presence, &self.by_presence))
    }

    /// The largest figure.
    pub(super) fn largest(&self) -> Option<(Side, usize, f64)> {
        self.all().reduce(|best, other| if other.2 > best.2 { other } else { best })
    }

    /// How much more it tells at the newest cutoff than before.
    pub(super) fn rise(&self) -> Option<Rise> {
        let rises = [Rise::of(&self.by_value), Rise::of(&self.by_presence)];
        rises.into_iter().flatten().max_by(|a, b| a.size().total_cmp(&b.size()))
    }
}

/// What every feature of a dataset tells at each cutoff.
pub(super) fn figures(dataset: &Dataset, at_cutoffs: &[CutoffRows]) -> Vec<Figures> {
    let names: Vec<&str> = dataset.schema.names().collect();
    let of_feature = |(column, name): (usize, &&str)| {
        let mut keys = Vec::new();
        let mut figures = Figures { feature: (*name).to_owned(), by_value: Vec::new(), by_presence: Vec::new() };
        for at in at_cutoffs {
            let values = values(dataset, at, column);
            figures.by_value.push(by_value(&values, &at.churned, &mut keys));
            figures.by_presence.push(by_presence(&values, &at.churned));
        }
        figures
    };
    names.par_iter().enumerate().map(of_feature).collect()
}

/// A feature's values at a cutoff.
pub(super) fn values(dataset: &Dataset, at: &CutoffRows, column: usize) -> Vec<f32> {
    at.rows.iter().map(|row| dataset.features[[*row, column]]).collect()
}

/// The features that tell most alone, each at the cutoff where it does.
pub(super) fn largest(figures: &[Figures], at_cutoffs: &[CutoffRows]) -> Vec<SingleFeature> {
    let of = |figures: &Figures| {
        let (by, position, auc) = figures.largest()?;
        let cutoff = at_cutoffs.get(position)?.cutoff.date();
        Some(SingleFeature { feature: figures.feature.clone(), auc, cutoff, by })
    };
    let mut largest: Vec<SingleFeature> = figures.iter().filter_map(of).collect();
    largest.sort_by(|a, b| b.auc.total_cmp(&a.auc));
    largest.truncate(SHOWN);
    largest
}
