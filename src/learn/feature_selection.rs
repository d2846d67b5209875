//! Which features a learner may use: not those that tell no customers of a cutoff apart, nor a second copy of another.
//! A feature whose customers have moved is flagged; a shop may have it left out. Learnt from training rows alone, anew for
//! each training.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::LearnError;
use super::stability::{Stability, stability_index};
use crate::dataset::Dataset;
use crate::features::FeatureSchema;
use crate::maths::hash::fingerprint;

/// What is done about features that have moved, and which nobody shall learn from.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectionPolicy {
    /// Population stability index above which, by more than chance explains, a feature has moved.
    pub max_psi: f64,
    /// Whether it is then left out.
    pub drop_unstable: bool,
    /// Features, or codes of families, that learners of everything do not use.
    pub leave_out: Vec<String>,
}

impl Default for SelectionPolicy {
    fn default() -> Self {
        Self { max_psi: 0.25, drop_unstable: false, leave_out: Vec::new() }
    }
}

/// The features of some training rows.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureSelection {
    /// Those that tell customers of a cutoff apart, in column order.
    pub varying: Vec<String>,
    /// Those of them that learners of everything use.
    pub used: Vec<String>,
    /// What there is to say of the others and of those used.
    pub record: SelectionRecord,
}

/// What became of the features at a training, as it is stored.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SelectionRecord {
    /// Features of the data.
    pub n_features: usize,
    /// Features that learners of everything used.
    pub n_used: usize,
    /// Features that were left out, with the reason, in column order.
    pub dropped: Vec<FeatureNote>,
    /// Features that were used and have moved, in column order. With the seasons many do.
    pub flagged: Vec<FeatureNote>,
}

/// What is said of one feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeatureNote {
    /// The feature.
    pub feature: String,
    /// What is said of it.
    #[serde(flatten)]
    pub why: Why,
}

/// Why a feature was left out or flagged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Why {
    /// One value, or always missing.
    Constant,
    /// The same for everyone at each cutoff: it tells nothing about who leaves.
    SameForEveryoneAtACutoff,
    /// Equal on all training rows to a feature that is used.
    Duplicate {
        /// That feature.
        of: String,
    },
    /// The config leaves it out.
    LeftOut,
    /// The customers of the newest training cutoff differ in it from those of the earlier ones.
    Unstable {
        /// Population stability index, above the threshold by more than chance explains.
        psi: f64,
    },
}

impl FeatureSelection {
    /// Looks at the features of some rows.
    ///
    /// # Errors
    /// `LearnError::NotFinite` for an infinite value.
    pub fn learn(dataset: &Dataset, rows: &[usize], policy: &SelectionPolicy) -> Result<Self, LearnError> {
        let names: Vec<&str> = dataset.schema.names().collect();
        let newest = rows.iter().map(|row| dataset.cutoff_idx[*row]).max();
        let is_newest: Vec<bool> = rows.iter().map(|row| Some(dataset.cutoff_idx[*row]) == newest).collect();
        let parts = Parts { n_earlier: customers_outside(dataset, rows, &is_newest), rows, is_newest: &is_newest };
        let look = |(column, name): (usize, &&str)| Look::at(dataset, parts, name, column);
        let looks = names.par_iter().enumerate().map(look).collect::<Result<Vec<_>, LearnError>>()?;
        let of_use = |(column, look): &(usize, &Look)| {
            look.silent.is_none() && !is_left_out(&dataset.schema, names[*column], policy)
        };
        let copies = duplicates(dataset, rows, looks.iter().enumerate().filter(of_use));
        let mut selection = Self { varying: Vec::new(), used: Vec::new(), record: SelectionRecord::default() };
        selection.record.n_features = names.len();
        for (column, (name, look)) in names.iter().zip(&looks).enumerate() {
            if is_left_out(&dataset.schema, name, policy) {
                selection.leave_out(name, look);
            } else {
                selection.note(name, look, copies.get(&column).map(|of| names[*of]), policy);
            }
        }
        selection.record.n_used = selection.used.len();
        Ok(selection)
    }

    /// Notes a feature that the config leaves out; rules that name it may use it.
    fn leave_out(&mut self, name: &str, look: &Look) {
        if look.silent.is_none() {
            self.varying.push(name.to_owned());
        }
        self.record.dropped.push(FeatureNote { feature: name.to_owned(), why: Why::LeftOut });
    }

    fn note(&mut self, name: &str, look: &Look, copy_of: Option<&str>, policy: &SelectionPolicy) {
        let note = |why: Why| FeatureNote { feature: name.to_owned(), why };
        if let Some(why) = &look.silent {
            self.record.dropped.push(note(why.clone()));
            return;
        }
        self.varying.push(name.to_owned());
        if let Some(of) = copy_of {
            self.record.dropped.push(note(Why::Duplicate { of: of.to_owned() }));
            return;
        }
        let moved = look.stability.filter(|stability| stability.has_moved(policy.max_psi));
        let unstable = moved.map(|stability| note(Why::Unstable { psi: stability.psi }));
        match unstable {
            Some(note) if policy.drop_unstable => self.record.dropped.push(note),
            other => {
                self.record.flagged.extend(other);
                self.used.push(name.to_owned());
            }
        }
    }
}

fn is_left_out(schema: &FeatureSchema, feature: &str, policy: &SelectionPolicy) -> bool {
    let family = || schema.entry(feature).map(|entry| entry.family.code());
    policy.leave_out.iter().any(|name| name == feature || family() == Some(name.as_str()))
}

/// The rows of a training, and which of them are of the newest cutoff.
#[derive(Clone, Copy)]
struct Parts<'r> {
    rows: &'r [usize],
    is_newest: &'r [bool],
    /// Customers of the other rows.
    n_earlier: usize,
}

fn customers_outside(dataset: &Dataset, rows: &[usize], is_newest: &[bool]) -> usize {
    let outside = rows.iter().zip(is_newest).filter(|(_, is_newest)| !**is_newest);
    let mut customers: Vec<u32> = outside.map(|(row, _)| dataset.customers[*row]).collect();
    customers.sort_unstable();
    customers.dedup();
    customers.len()
}

/// What is seen of one feature.
struct Look {
    /// Why it tells no customers apart, if it does not.
    silent: Option<Why>,
    fingerprint: u64,
    stability: Option<Stability>,
}

impl Look {
    fn at(
        dataset: &Dataset,
        Parts { rows, is_newest, n_earlier }: Parts<'_>,
        name: &str,
        column: usize,
    ) -> Result<Self, LearnError> {
        let values = finite_values(dataset, rows, name, column)?;
        let silent = why_silent(dataset, rows, &values);
        let part = |newest: bool| -> Vec<f32> {
            let chosen = values.iter().zip(is_newest).filter(|(_, is_newest)| **is_newest == newest);
            chosen.map(|(value, _)| *value).collect()
        };
        let index = || stability_index(&part(false), &part(true), n_earlier);
        let stability = if silent.is_some() { None } else { index() };
        Ok(Self { silent, fingerprint: fingerprint(values.iter().map(|value| u64::from(value.to_bits()))), stability })
    }
}

/// A column of some rows.
///
/// # Errors
/// `LearnError::NotFinite` for an infinite value.
pub(super) fn finite_values(
    dataset: &Dataset,
    rows: &[usize],
    name: &str,
    column: usize,
) -> Result<Vec<f32>, LearnError> {
    let values: Vec<f32> = rows.iter().map(|row| dataset.features[[*row, column]]).collect();
    match values.iter().position(|value| value.is_infinite()) {
        Some(i) => Err(LearnError::NotFinite { feature: name.to_owned(), row: rows[i] }),
        None => Ok(values),
    }
}

fn why_silent(dataset: &Dataset, rows: &[usize], values: &[f32]) -> Option<Why> {
    let mut first = vec![None; dataset.cutoffs.len()];
    let differs = rows.iter().zip(values).any(|(row, value)| {
        let known = first[usize::from(dataset.cutoff_idx[*row])].get_or_insert(value.to_bits());
        *known != value.to_bits()
    });
    let mut of_cutoffs = first.into_iter().flatten();
    let one = of_cutoffs.next();
    let is_constant = of_cutoffs.all(|bits| Some(bits) == one);
    (!differs).then_some(if is_constant { Why::Constant } else { Why::SameForEveryoneAtACutoff })
}

/// Which of some columns repeat another one, and which: the first of its kind, but one whose rise may never lower the risk
/// before all others, so that this is not forgotten.
fn duplicates<'l>(
    dataset: &Dataset,
    rows: &[usize],
    columns: impl Iterator<Item = (usize, &'l Look)>,
) -> BTreeMap<usize, usize> {
    let mut alike: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (column, look) in columns {
        alike.entry(look.fingerprint).or_default().push(column);
    }
    let rising: Vec<bool> = dataset.schema.names().map(|name| RISING.contains(&name)).collect();
    let mut copies = BTreeMap::new();
    for mut columns in alike.into_values().filter(|columns| columns.len() > 1) {
        columns.sort_by_key(|column| (!rising[*column], *column));
        // A fingerprint may be shared by chance, so values are compared.
        while let Some((first, others)) = columns.split_first() {
            let (same, different): (Vec<usize>, Vec<usize>) =
                others.iter().partition(|other| are_equal(dataset, rows, [*first, **other]));
            copies.extend(same.into_iter().map(|other| (other, *first)));
            columns = different;
        }
    }
    copies
}

fn are_equal(dataset: &Dataset, rows: &[usize], [a, b]: [usize; 2]) -> bool {
    rows.iter().all(|row| dataset.features[[*row, a]].to_bits() == dataset.features[[*row, b]].to_bits())
}

/// The selections of a training and of each of its folds.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureSelections {
    /// For the rows of the training.
    pub whole: FeatureSelection,
    /// For the training rows of each fold.
    pub folds: Vec<FeatureSelection>,
}

/// More of these never lowers the risk, whatever a few customers did: a complaint that is still open, and its age.
pub const RISING: &[&str] = &["open_complaints_count", "oldest_open_complaint_days", "unanswered_complaints_count"];
