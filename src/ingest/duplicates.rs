//! Rows that repeat an earlier one.
//!
//! Grouping ten million rows by all their columns took 5 s; hashing each row once and comparing only rows whose hashes
//! meet takes a fifth of that.

use polars::prelude::*;
use rayon::prelude::*;

use crate::maths::hash::{key, with_value};

/// Rows equal in every column to an earlier row; ascending. Absent equals absent.
///
/// # Errors
/// An error of the table engine.
pub(crate) fn repeated_rows(frame: &DataFrame) -> PolarsResult<Vec<usize>> {
    let mut repeated: Vec<usize> = equal_rows(frame)?.into_iter().flat_map(|rows| rows.into_iter().skip(1)).collect();
    repeated.sort_unstable();
    Ok(repeated)
}

/// The rows that are equal in every column to others, ascending in each group. Absent equals absent.
///
/// # Errors
/// An error of the table engine.
pub(super) fn equal_rows(frame: &DataFrame) -> PolarsResult<Vec<Vec<usize>>> {
    if frame.height() < 2 || frame.width() == 0 {
        return Ok(Vec::new());
    }
    let candidates = of_equal_keys(&hashes(frame)?);
    let same_hash: Vec<&[(u64, usize)]> = candidates.chunk_by(|one, other| one.0 == other.0).collect();
    let mut groups: Vec<Vec<usize>> =
        same_hash.into_par_iter().flat_map_iter(|rows| equal_among(frame, rows)).collect();
    groups.par_sort_unstable();
    Ok(groups)
}

/// The groups of equal rows among some of one hash, ascending; not those of one row.
fn equal_among(frame: &DataFrame, rows: &[(u64, usize)]) -> impl Iterator<Item = Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (_, row) in rows {
        let is_equal = |group: &&mut Vec<usize>| group.first().is_some_and(|first| are_equal(frame, *first, *row));
        match groups.iter_mut().find(is_equal) {
            Some(group) => group.push(*row),
            None => groups.push(vec![*row]),
        }
    }
    groups.into_iter().filter(|group| group.len() > 1)
}

/// A hash of each row of some columns.
///
/// # Errors
/// An error of the table engine.
pub(super) fn hashes(frame: &DataFrame) -> PolarsResult<Vec<u64>> {
    let mut hashes = vec![0; frame.height()];
    for column in frame.columns() {
        mix_in(&mut hashes, column)?;
    }
    Ok(hashes)
}

/// Mixes the values of a column into the hashes of their rows. Equal values have equal hashes; what a cast cannot hold
/// counts as absent here and is distinguished when rows are compared.
fn mix_in(hashes: &mut [u64], column: &Column) -> PolarsResult<()> {
    let column = column.to_physical_repr();
    if column.dtype().is_primitive_numeric() && !column.dtype().is_float() {
        let values = column.cast(&DataType::Int64)?;
        let values = values.i64()?.rechunk();
        mix_each(hashes, |row| values.get(row).map(i64::cast_unsigned));
    } else if column.dtype().is_float() {
        let values = column.cast(&DataType::Float64)?;
        let values = values.f64()?.rechunk();
        // Both zeros are equal, and adding 0 makes them the same.
        mix_each(hashes, |row| values.get(row).map(|value| if value.is_nan() { 1 } else { (value + 0.0).to_bits() }));
    } else {
        let values = column.cast(&DataType::String)?;
        let values = values.str()?.rechunk();
        mix_each(hashes, |row| values.get(row).map(|text| key(text.as_bytes())));
    }
    Ok(())
}

fn mix_each(hashes: &mut [u64], value: impl Fn(usize) -> Option<u64> + Sync) {
    let mix = |(row, hash): (usize, &mut u64)| {
        *hash = with_value(*hash, value(row).unwrap_or(0x5eed));
    };
    hashes.par_iter_mut().enumerate().with_min_len(1 << 14).for_each(mix);
}

fn are_equal(frame: &DataFrame, left: usize, right: usize) -> bool {
    frame.columns().iter().all(|column| match (column.get(left), column.get(right)) {
        (Ok(left), Ok(right)) => left.eq_missing(&right, true),
        _ => false,
    })
}

/// Positions of well-mixed keys that are not alone in their slot of a large table; ascending. Every key that occurs
/// twice is among them, and about one in eight of the others. 0 is no key and meets nothing.
pub(crate) fn meeting(keys: &[u64]) -> Vec<usize> {
    let n_keys = keys.par_iter().filter(|key| **key != 0).count();
    let slots = (n_keys.max(64) * 4).next_power_of_two();
    let shift = 64 - slots.trailing_zeros();
    // Two bits for each slot, side by side so that a key touches one place in memory: hit, and hit again.
    let place = |key: u64| {
        let slot = key >> shift;
        (usize::try_from(slot / 32).unwrap_or(usize::MAX), 1_u64 << (2 * (slot % 32)))
    };
    // Each task goes through all keys for its own part of the table, which is as much of it as a cache can hold.
    let n_words = slots / 32;
    let n_parts = (n_words / WORDS_IN_CACHE).clamp(rayon::current_num_threads(), 8 * rayon::current_num_threads());
    let part_words = n_words.div_ceil(n_parts.max(1));
    let of_part = |part: usize| {
        let first = part * part_words;
        let mut table = vec![0_u64; part_words];
        let mut own = Vec::new();
        for (position, key) in keys.iter().enumerate().filter(|(_, key)| **key != 0) {
            let (word, once) = place(*key);
            if let Some(word) = table.get_mut(word.wrapping_sub(first)) {
                *word |= ((*word & once) << 1) | once;
                own.push(u32::try_from(position).unwrap_or(u32::MAX));
            }
        }
        let meets = |position: &usize| {
            let (word, once) = keys.get(*position).copied().map(place).unwrap_or_default();
            table.get(word.wrapping_sub(first)).is_some_and(|word| word & (once << 1) != 0)
        };
        own.into_iter().map(|position| position as usize).filter(meets).collect()
    };
    let parts: Vec<Vec<usize>> = (0..n_parts).into_par_iter().map(of_part).collect();
    let mut meeting = parts.concat();
    meeting.par_sort_unstable();
    meeting
}

/// Positions of well-mixed keys that occur more than once; ascending. 0 is no key.
pub(crate) fn repeated(keys: &[u64]) -> Vec<usize> {
    let mut positions: Vec<usize> = of_equal_keys(keys).into_iter().map(|(_, position)| position).collect();
    positions.par_sort_unstable();
    positions
}

/// The keys that occur more than once with their positions, ascending. 0 is no key.
fn of_equal_keys(keys: &[u64]) -> Vec<(u64, usize)> {
    let with_key = |position: usize| keys.get(position).map(|key| (*key, position));
    let mut candidates: Vec<(u64, usize)> = meeting(keys).into_iter().filter_map(with_key).collect();
    candidates.par_sort_unstable();
    candidates.chunk_by(|one, other| one.0 == other.0).filter(|equal| equal.len() > 1).flatten().copied().collect()
}

/// The key of each row; 0 for a row without one.
pub(super) fn keyed(n_rows: usize, key: impl Fn(usize) -> Option<u64> + Sync) -> Vec<u64> {
    (0..n_rows).into_par_iter().map(|row| key(row).unwrap_or(0)).collect()
}

/// Eight-byte words of the table that a core keeps close.
const WORDS_IN_CACHE: usize = 1 << 18;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_rows_is_kept_and_absent_equals_absent() {
        let frame = df!(
            "a" => [Some("x"), Some("y"), Some("x"), None, None, Some("x")],
            "b" => [Some(1.0), Some(1.0), Some(1.0), None, None, Some(2.0)],
        );
        assert_eq!(repeated_rows(&frame.unwrap()).unwrap(), [2, 4]);
    }

    #[test]
    fn many_rows_in_any_order_give_every_repetition_once() {
        let values: Vec<i64> = (0..200_000).map(|row| (row * 7_919) % 150_000).collect();
        let frame = df!("a" => &values).unwrap();
        let mut seen = std::collections::HashSet::new();
        let expected: Vec<usize> = (0..values.len()).filter(|row| !seen.insert(values[*row])).collect();
        assert_eq!(repeated_rows(&frame).unwrap(), expected);
    }

    #[test]
    fn keys_that_occur_twice_meet_and_few_others_do() {
        let mixed = |n: u64| super::key(n.to_string().as_bytes());
        let mut keys: Vec<u64> = (0..10_000).map(mixed).collect();
        keys.push(mixed(77));
        let meeting = meeting(&keys);
        assert!(meeting.contains(&77) && meeting.contains(&10_000));
        assert!(meeting.is_sorted() && meeting.len() < 2_500, "{}", meeting.len());
        assert_eq!(repeated(&keys), [77, 10_000]);
        assert!(super::meeting(&[]).is_empty() && super::meeting(&[0; 3]).is_empty(), "0 is no key");
    }
}
