//! What every learner asks of its rows and folds.

use ndarray::Array2;
use rayon::prelude::*;

use super::error::LearnError;
use crate::dataset::Dataset;

/// Those of the rows that are at the latest cutoff among them.
pub(super) fn latest(dataset: &Dataset, rows: &[usize]) -> Vec<usize> {
    let cutoff = |row: &usize| dataset.cutoff_idx[*row];
    let last = rows.iter().map(cutoff).max();
    rows.iter().copied().filter(|row| Some(cutoff(row)) == last).collect()
}

/// The mean; 0 of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / (values.len() as f64).max(1.0)
}

/// The matrix that rows of numbers one after the other fill.
///
/// # Errors
/// `LearnError::Shape` for too few numbers or too many: an empty matrix in their place would be a wrong answer.
pub(super) fn matrix<T>((n_rows, n_columns): (usize, usize), values: Vec<T>) -> Result<Array2<T>, LearnError> {
    let found = values.len();
    Array2::from_shape_vec((n_rows, n_columns), values).map_err(|_| LearnError::Shape { n_rows, n_columns, found })
}

/// Refuses rows from which nothing can be learnt.
///
/// # Errors
/// No rows, or one outcome only.
pub(super) fn check_classes(learner: &'static str, churned: &[bool]) -> Result<(), LearnError> {
    let Some(first) = churned.first() else { return Err(LearnError::NoRows { learner }) };
    if churned.iter().all(|other| other == first) {
        return Err(LearnError::SingleClass { learner, n_rows: churned.len(), churned: *first });
    }
    Ok(())
}

/// Rows for each customer on average; rows come customer after customer. Rows of one customer repeat each other, so what
/// counts evidence counts each row as one part in so many.
pub(super) fn rows_per_customer(dataset: &Dataset, rows: &[usize]) -> f64 {
    let n_customers = rows.chunk_by(|a, b| dataset.customers[*a] == dataset.customers[*b]).count();
    rows.len() as f64 / (n_customers as f64).max(1.0)
}

/// Cells (rows times features) to learn from up to which pieces of work are done side by side. Beyond, each keeps all cores
/// busy by itself, and together they would need the memory of all at once.
const SIDE_BY_SIDE_CELLS: usize = 1 << 24;

/// The results of pieces of work on so many cells; the same side by side and one after the other.
pub(super) fn results_of<A: Sync, T: Send>(
    pieces: &[A],
    n_cells: usize,
    work: impl Fn(&A) -> Result<T, LearnError> + Sync,
) -> Result<Vec<T>, LearnError> {
    if n_cells > SIDE_BY_SIDE_CELLS {
        pieces.iter().map(&work).collect()
    } else {
        pieces.par_iter().map(&work).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Report;

    #[test]
    fn numbers_that_do_not_fill_their_matrix_are_an_error() {
        assert_eq!(matrix((2, 2), vec![1, 2, 3, 4]).unwrap()[[1, 0]], 3);
        assert_eq!(matrix((2, 2), vec![1, 2, 3]).unwrap_err().code(), "E428");
    }
}
