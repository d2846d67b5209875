//! What a person can read in a model, and what drives it on the customers of the latest day that it learnt from.

use crate::dataset::Dataset;
use crate::learn::{Curve, Drivers, LearnError, Model, ModelCard};
use crate::maths::hash::stable_hash;
use crate::timeline::{Cutoff, EventLog};

/// Customers whose contributions are taken at most: the mean of a tenth of them is known to a twentieth of their spread.
const SAMPLE: usize = 5_000;

/// What a person can read in a model: its weights, the curves beside it, and the course of what the strongest features add, on
/// at most [`SAMPLE`] customers of the latest training cutoff, those with the lowest hashes of their ids.
///
/// # Errors
/// Whatever the model could not explain.
pub(super) fn card(
    model: &Model,
    curves: Vec<Curve>,
    (dataset, log): (&Dataset, &EventLog),
    (latest, as_of): (Option<jiff::civil::Date>, Cutoff),
) -> Result<ModelCard, LearnError> {
    let on = |cutoff| {
        let all = dataset.panel_rows_at(|at| at.date() == cutoff);
        let id = |row: usize| log.customer_ids().get(dataset.customers[row] as usize).map_or("", String::as_str);
        let rows = chosen(all.iter().map(|row| (id(*row), *row)));
        let shapes = model.shapes(dataset, &rows, as_of)?;
        Ok(Drivers { cutoff, n_customers: rows.len(), of_customers: all.len(), shapes })
    };
    Ok(ModelCard { curves, drivers: latest.map(on).transpose()?, ..model.card() })
}

/// Rows of the customers with the lowest hashes, in the order of these, so that neither the order of the rows nor that of the
/// customers decides in which order anything is summed.
fn chosen<'i>(rows: impl Iterator<Item = (&'i str, usize)>) -> Vec<usize> {
    let mut places: Vec<(u64, &str, usize)> =
        rows.map(|(id, row)| (stable_hash(&[b"drivers", id.as_bytes()]), id, row)).collect();
    places.sort_unstable();
    places.into_iter().take(SAMPLE).map(|(_, _, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_customers_are_chosen_in_the_same_order_whatever_that_of_the_rows() {
        let ids: Vec<String> = (0..6_000).map(|number| format!("c{number}")).collect();
        let forth = chosen(ids.iter().map(String::as_str).zip(0..));
        let back = chosen(ids.iter().rev().map(String::as_str).zip(0..));
        assert_eq!(forth.len(), SAMPLE);
        assert!(forth.iter().map(|row| &ids[*row]).eq(back.iter().map(|row| &ids[ids.len() - 1 - row])));
    }
}
