//! Words as codes: each distinct text is kept once, a row keeps its position.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};

use polars::prelude::*;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::gather::{Cell, gather};
use crate::timeline::columns::NO_CODE;

/// The distinct texts of a column and each row's position among them; [`NO_CODE`] where there is none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    /// Distinct texts, in order of first appearance or of value.
    pub(crate) names: Vec<String>,
    /// One position per row.
    pub(crate) codes: Vec<u32>,
}

impl Words {
    /// The words of a column of any type, as its values are written; `None` if they cannot be.
    pub(crate) fn of_column(column: &Column) -> Option<Self> {
        let text = column.cast(&DataType::String).ok()?;
        Some(Self::from_text(text.str().ok()?))
    }

    /// The words of a text column, as written.
    pub(crate) fn from_text(column: &StringChunked) -> Self {
        let n_rows = column.len().div_ceil(rayon::current_num_threads()).max(LEAST_ROWS);
        let starts = (0..column.len()).step_by(n_rows);
        let pieces: Vec<StringChunked> =
            starts.map(|start| column.slice(i64::try_from(start).unwrap_or(i64::MAX), n_rows)).collect();
        let mut codes = vec![0; column.len()];
        let read = |(piece, codes): (_, &mut [u32])| Vocabulary::read(piece, codes);
        let vocabularies: Vec<Vocabulary<'_>> = pieces.par_iter().zip(codes.par_chunks_mut(n_rows)).map(read).collect();
        let mut vocabularies = vocabularies.into_iter();
        let mut first = vocabularies.next().unwrap_or_default();
        // Words keep the order in which the rows have them, however many pieces there are.
        for (own, codes) in vocabularies.zip(codes.chunks_mut(n_rows).skip(1)) {
            let new_codes: Vec<u32> = own.distinct.into_iter().map(|text| first.code(text)).collect();
            codes.par_iter_mut().for_each(|code| *code = translate(&new_codes, *code));
        }
        Self { names: first.distinct.par_iter().map(|text| (*text).to_owned()).collect(), codes }
    }

    /// The words of a column of whole numbers: their decimal digits.
    pub(crate) fn from_integers<D>(column: &ChunkedArray<D>) -> Self
    where
        D: PolarsNumericType,
        D::Native: Into<i64>,
        ChunkedArray<D>: ChunkAgg<D::Native>,
    {
        match (column.min(), column.max()) {
            (Some(lowest), Some(highest)) => {
                let (lowest, highest): (i64, i64) = (lowest.into(), highest.into());
                let span = highest.abs_diff(lowest);
                let roomy = 4 * column.len() as u64 + 1024;
                if span < roomy { Self::from_narrow(column, lowest, span) } else { Self::from_wide(column) }
            }
            _ => Self { names: Vec::new(), codes: vec![NO_CODE; column.len()] },
        }
    }

    /// Numbers of a narrow range are looked up by position: no hashing.
    fn from_narrow<D>(column: &ChunkedArray<D>, lowest: i64, span: u64) -> Self
    where
        D: PolarsNumericType,
        D::Native: Into<i64>,
    {
        let slot = |value: i64| usize::try_from(value.abs_diff(lowest)).unwrap_or(usize::MAX);
        let mut table: Vec<AtomicU32> = Vec::new();
        table.resize_with(usize::try_from(span).unwrap_or(0) + 1, || AtomicU32::new(NO_CODE));
        // Threads only ever write the same mark, so it does not matter which comes first.
        column.downcast_iter().collect::<Vec<_>>().into_par_iter().for_each(|array| {
            for place in array.iter().flatten().filter_map(|value| table.get(slot((*value).into()))) {
                place.store(0, Ordering::Relaxed);
            }
        });
        let mut table: Vec<u32> = table.into_iter().map(AtomicU32::into_inner).collect();
        let mut values = Vec::new();
        for (place, value) in table.iter_mut().zip(lowest..).filter(|(place, _)| **place == 0) {
            *place = position(values.len());
            values.push(value);
        }
        let code = |value: D::Native| table.get(slot(value.into())).copied().map_or(Cell::Absent, Cell::Value);
        let (codes, _) = gather(column, NO_CODE, code);
        Self { names: values.par_iter().map(i64::to_string).collect(), codes }
    }

    fn from_wide<D>(column: &ChunkedArray<D>) -> Self
    where
        D: PolarsNumericType,
        D::Native: Into<i64>,
    {
        let mut known: FxHashMap<i64, u32> = FxHashMap::default();
        let mut names = Vec::new();
        let codes = column
            .iter()
            .map(|value| {
                let Some(value) = value.map(Into::<i64>::into) else { return NO_CODE };
                *known.entry(value).or_insert_with(|| {
                    names.push(value.to_string());
                    position(names.len() - 1)
                })
            })
            .collect();
        Self { names, codes }
    }

    /// These rows, and then those of other words.
    pub(crate) fn followed_by(mut self, mut other: Self) -> Self {
        let mut known = Vocabulary::default();
        let own: Vec<u32> = self.names.iter().map(|name| known.code(name)).collect();
        debug_assert!(own.iter().zip(0..).all(|(code, place)| *code == place), "names are distinct");
        let new_codes: Vec<u32> = other.names.iter().map(|name| known.code(name)).collect();
        let more: Vec<String> = known.distinct.iter().skip(own.len()).map(|text| (*text).to_owned()).collect();
        other.recode(&new_codes);
        self.names.extend(more);
        self.codes.append(&mut other.codes);
        self
    }

    /// Whether rewriting would leave every name as it is.
    pub(crate) fn are_tidy(&self, tidy: impl Fn(&str) -> Option<&str> + Sync) -> bool {
        self.names.par_iter().all(|name| tidy(name) == Some(name))
    }

    /// The text of a row.
    pub(crate) fn get(&self, row: usize) -> Option<&str> {
        let code = usize::try_from(*self.codes.get(row)?).ok()?;
        self.names.get(code).map(String::as_str)
    }

    /// Rewrites every name; names that become equal are joined, and `None` makes the rows absent.
    pub(crate) fn rewritten(self, tidy: impl Fn(&str) -> Option<&str> + Sync) -> Self {
        // The usual case: distinct names that stay as they are.
        if self.are_tidy(&tidy) {
            return self;
        }
        let mut known: HashMap<String, u32> = HashMap::new();
        let mut names = Vec::with_capacity(self.names.len());
        let new_codes: Vec<u32> = self
            .names
            .iter()
            .map(|name| {
                let Some(name) = tidy(name) else { return NO_CODE };
                *known.entry(name.to_owned()).or_insert_with_key(|name| {
                    names.push(name.clone());
                    position(names.len() - 1)
                })
            })
            .collect();
        let mut words = Self { names, codes: self.codes };
        words.recode(&new_codes);
        words
    }

    /// Writes every name anew; names that become equal are joined.
    pub(crate) fn renamed<'n>(&'n self, name: impl Fn(&'n str) -> Cow<'n, str>) -> Self {
        let mut known: HashMap<Cow<'n, str>, u32> = HashMap::new();
        let mut names = Vec::with_capacity(self.names.len());
        let new_codes: Vec<u32> = self
            .names
            .iter()
            .map(|old| {
                let name = name(old);
                *known.entry(name).or_insert_with_key(|name| {
                    names.push(name.clone().into_owned());
                    position(names.len() - 1)
                })
            })
            .collect();
        let mut words = Self { names, codes: self.codes.clone() };
        words.recode(&new_codes);
        words
    }

    /// Replaces each code by what stands at its position.
    pub(crate) fn recode(&mut self, new_codes: &[u32]) {
        self.codes.par_iter_mut().for_each(|code| *code = translate(new_codes, *code));
    }
}

/// Rows that a thread reads at least.
const LEAST_ROWS: usize = 1 << 16;

/// The longest text, in bytes, that stands in its column itself and not behind a reference.
const IN_PLACE: u32 = 12;

/// A text that stands in its column, as it stands there: its length, its bytes, and zeros. Equal texts are equal numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Short([u32; 4]);

impl Short {
    fn of(text: &str) -> Option<Self> {
        let length = u32::try_from(text.len()).ok().filter(|length| *length <= IN_PLACE)?;
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&length.to_ne_bytes());
        bytes[4..4 + text.len()].copy_from_slice(text.as_bytes());
        Some(Self::of_view(u128::from_ne_bytes(bytes)))
    }

    fn of_view(view: u128) -> Self {
        let bytes = view.to_ne_bytes();
        Self(std::array::from_fn(|part| u32::from_ne_bytes(std::array::from_fn(|byte| bytes[4 * part + byte]))))
    }
}

impl Hash for Short {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [a, b, c, d] = self.0.map(u64::from);
        state.write_u64(a << 32 | b);
        state.write_u64(c << 32 | d);
    }
}

/// Distinct texts and where each stands.
#[derive(Default)]
struct Vocabulary<'t> {
    long: FxHashMap<&'t str, u32>,
    /// Short ones are compared as numbers, without a look at the text.
    short: FxHashMap<Short, u32>,
    distinct: Vec<&'t str>,
}

impl<'t> Vocabulary<'t> {
    /// Reads the texts of some rows and writes the code of each.
    fn read(texts: &'t StringChunked, codes: &mut [u32]) -> Self {
        let mut own = Self::default();
        let views = texts.downcast_iter().flat_map(|array| array.views().iter());
        for ((code, text), view) in codes.iter_mut().zip(texts.iter()).zip(views) {
            let short = (view.length <= IN_PLACE).then(|| Short::of_view(view.as_u128()));
            *code = text.map_or(NO_CODE, |text| own.place(text, short));
        }
        own
    }

    fn code(&mut self, text: &'t str) -> u32 {
        self.place(text, Short::of(text))
    }

    fn place(&mut self, text: &'t str, short: Option<Short>) -> u32 {
        let distinct = &mut self.distinct;
        let new = || {
            distinct.push(text);
            position(distinct.len() - 1)
        };
        match short {
            Some(short) => *self.short.entry(short).or_insert_with(new),
            None => *self.long.entry(text).or_insert_with(new),
        }
    }
}

/// A word without blanks at both ends; `None` if there is nothing else.
pub(crate) fn trimmed(word: &str) -> Option<&str> {
    Some(word.trim()).filter(|word| !word.is_empty())
}

/// The code that stands at the position of an old one.
pub(crate) fn translate(new_codes: &[u32], old: u32) -> u32 {
    usize::try_from(old).ok().and_then(|old| new_codes.get(old)).copied().unwrap_or(NO_CODE)
}

/// A position as a code. A table has no more rows, and so no more words, than there are codes: more are refused when its
/// files are put together, and more customers of all tables when the log is built.
pub(crate) fn position(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NO_CODE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(words: &Words) -> Vec<Option<&str>> {
        (0..words.codes.len()).map(|row| words.get(row)).collect()
    }

    #[test]
    fn rows_keep_their_text() {
        let column = StringChunked::from_iter([Some("b"), None, Some("a"), Some("b")]);
        let words = Words::from_text(&column);
        assert_eq!(words.names, ["b", "a"]);
        assert_eq!(texts(&words), [Some("b"), None, Some("a"), Some("b")]);
    }

    /// Short texts are compared as numbers, so that those that differ in an end, a length or a zero must stay apart.
    #[test]
    fn texts_of_all_lengths_are_reported_apart() {
        let texts: Vec<String> = (0..40).flat_map(|n| ["a", "\0", "é"].map(|letter| letter.repeat(n))).collect();
        let rows = || texts.iter().chain(texts.iter().rev());
        let words = Words::from_text(&rows().map(|text| Some(text.as_str())).collect());
        assert_eq!(words.names.len(), texts.len() - 2, "the empty one is there three times");
        assert!(rows().enumerate().all(|(row, text)| words.get(row) == Some(text)));
    }

    /// More rows than one thread reads alone: the words of later rows are those of the first and some of their own.
    #[test]
    fn words_keep_their_order_over_many_rows() {
        let n = 2 * LEAST_ROWS + 3;
        let text = |row: usize| (row % 7 != 3).then(|| format!("w{}", row / 1_000 % 150));
        let words = Words::from_text(&(0..n).map(text).collect());
        assert!((0..n).all(|row| words.get(row) == text(row).as_deref()));
        let numbers: Vec<usize> = words.names.iter().map(|name| name[1..].parse().unwrap()).collect();
        assert_eq!(numbers, (0..=(n - 1) / 1_000).collect::<Vec<_>>(), "in the order in which they appear");
    }

    #[test]
    fn words_of_two_files_are_put_together() {
        let words = |texts: &[Option<&str>]| Words::from_text(&texts.iter().copied().collect());
        let both = words(&[Some("b"), None, Some("a")]).followed_by(words(&[Some("c"), Some("b"), None]));
        assert_eq!(both.names, ["b", "a", "c"]);
        assert_eq!(texts(&both), [Some("b"), None, Some("a"), Some("c"), Some("b"), None]);
    }

    #[test]
    fn numbers_become_digits_in_a_narrow_and_in_a_wide_range() {
        for far in [12_i64, i64::MAX] {
            let column = Int64Chunked::from_iter([Some(7), None, Some(-3), Some(far), Some(7)]);
            let words = Words::from_integers(&column);
            let digits = far.to_string();
            assert_eq!(texts(&words), [Some("7"), None, Some("-3"), Some(digits.as_str()), Some("7")]);
            assert_eq!(words.names.len(), 3);
        }
        let nothing = Int64Chunked::from_iter([None::<i64>, None]);
        assert_eq!(Words::from_integers(&nothing).codes, [NO_CODE; 2]);
    }

    #[test]
    fn names_that_become_equal_are_joined_and_refused_ones_are_absent() {
        let column = StringChunked::from_iter([Some("a "), Some("a"), Some(" "), Some("b")]);
        let words = Words::from_text(&column).rewritten(trimmed);
        assert_eq!(words.names, ["a", "b"]);
        assert_eq!(texts(&words), [Some("a"), Some("a"), None, Some("b")]);
    }
}
