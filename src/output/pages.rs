//! Columns of numbers as Parquet pages, written so that encoding costs less than making the numbers: counts as packed
//! codes of a dictionary that is the same for every page, all else as it is.

use polars_parquet::parquet::CowBuffer;
use polars_parquet::parquet::encoding::Encoding;
use polars_parquet::parquet::page::{DataPage, DataPageHeader, DataPageHeaderV1, DictPage, Page};
use polars_parquet::write::Descriptor;

use crate::dataset::single;

/// Values of the dictionary: the whole numbers below it, each its own code.
const CODES: u16 = 256;

/// A page under construction: its values without the absent ones, and which are absent.
struct Body {
    buffer: Vec<u8>,
    encoding: Encoding,
}

/// The numbers of a column in single precision, NaN where there is none.
///
/// Counts mostly are small whole numbers, and take a few bits each; a page with any other value holds it in full.
pub(super) fn of_numbers(values: &[f64], narrow: &mut Vec<f32>, descriptor: &Descriptor) -> Page {
    narrow.clear();
    narrow.extend(values.iter().map(|value| single(*value)));
    let n_absent: u32 = narrow.iter().map(|value| u32::from(value.is_nan())).sum();
    let mut buffer = if n_absent == 0 { all_present(narrow.len()) } else { levels(narrow) };
    if n_absent > 0 {
        narrow.retain(|value| !value.is_nan());
    }
    let encoding = if let Some(highest) = highest_code(narrow) {
        push_codes(&mut buffer, narrow, highest);
        Encoding::RleDictionary
    } else {
        push_plain(&mut buffer, narrow);
        Encoding::Plain
    };
    page(Body { buffer, encoding }, values.len(), descriptor)
}

/// The dictionary to which the codes of [`of_numbers`] belong.
pub(super) fn dictionary() -> DictPage {
    let buffer: Vec<u8> = (0..CODES).flat_map(|code| f32::from(code).to_le_bytes()).collect();
    DictPage::new(CowBuffer::Owned(buffer), usize::from(CODES), true)
}

/// Days since 1970.
pub(super) fn of_days(days: impl ExactSizeIterator<Item = i32>, descriptor: &Descriptor) -> Page {
    let n_rows = days.len();
    let mut buffer = all_present(n_rows);
    days.for_each(|day| buffer.extend(day.to_le_bytes()));
    page(Body { buffer, encoding: Encoding::Plain }, n_rows, descriptor)
}

/// Words.
pub(super) fn of_words<'w>(words: impl ExactSizeIterator<Item = &'w str>, descriptor: &Descriptor) -> Page {
    let n_rows = words.len();
    let mut buffer = all_present(n_rows);
    for word in words {
        buffer.extend(length(word.len()));
        buffer.extend(word.as_bytes());
    }
    page(Body { buffer, encoding: Encoding::Plain }, n_rows, descriptor)
}

fn page(body: Body, n_rows: usize, descriptor: &Descriptor) -> Page {
    let header = DataPageHeaderV1 {
        num_values: i32::try_from(n_rows).unwrap_or(i32::MAX),
        encoding: body.encoding.into(),
        definition_level_encoding: Encoding::Rle.into(),
        repetition_level_encoding: Encoding::Rle.into(),
        statistics: None,
    };
    Page::Data(DataPage::new(DataPageHeader::V1(header), CowBuffer::Owned(body.buffer), descriptor.clone(), n_rows))
}

/// A length in the four bytes that Parquet gives it; a page is far smaller than that allows.
fn length(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes()
}

/// The start of a page: one bit for each row, set where there is a value, in one run of the hybrid encoding.
fn levels(values: &[f32]) -> Vec<u8> {
    let mut run = run_of_groups(values.len());
    run.extend(
        values.chunks(8).map(|group| {
            group.iter().enumerate().fold(0, |byte, (bit, value)| byte | (u8::from(!value.is_nan()) << bit))
        }),
    );
    let mut buffer = length(run.len()).to_vec();
    buffer.append(&mut run);
    buffer
}

fn all_present(n_rows: usize) -> Vec<u8> {
    let run = run_of_one(n_rows, 1);
    let mut buffer = length(run.len()).to_vec();
    buffer.extend(run);
    buffer
}

/// The highest value if all are whole numbers of the dictionary.
fn highest_code(values: &[f32]) -> Option<u8> {
    let mut highest = 0;
    // By blocks, so that a column of other numbers is reported by its first ones.
    for block in values.chunks(1024) {
        if !block.iter().fold(true, |all, value| all & is_code(*value)) {
            return None;
        }
        highest = block.iter().fold(highest, |highest, value| highest.max(code(*value)));
    }
    u8::try_from(highest).ok()
}

/// Whether a value is one of the dictionary.
#[expect(clippy::float_cmp, reason = "whole numbers are exact")]
fn is_code(value: f32) -> bool {
    let code = code(value);
    code as f32 == value && (0..i32::from(CODES)).contains(&code)
}

/// The whole number nearest to zero.
#[expect(clippy::cast_possible_truncation, reason = "compared with the value by whoever asks")]
fn code(value: f32) -> i32 {
    value as i32
}

/// The code of a value of the dictionary.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 256, as `is_code` said")]
fn byte(value: f32) -> u8 {
    code(value) as u8
}

/// The width of the codes, then all of them: as one run where they are the same, otherwise packed into 1, 2, 4 or 8 bits.
fn push_codes(buffer: &mut Vec<u8>, values: &[f32], highest: u8) {
    let width = match highest {
        0..=1 => 1,
        2..=3 => 2,
        4..=15 => 4,
        _ => 8_u8,
    };
    buffer.push(width);
    match values.split_first() {
        Some((first, others)) if others.iter().all(|value| value.to_bits() == first.to_bits()) => {
            buffer.extend(run_of_one(values.len(), byte(*first)));
        }
        _ => {
            buffer.extend(run_of_groups(values.len()));
            let end = buffer.len() + values.len().div_ceil(8) * usize::from(width);
            match width {
                1 => pack::<8>(buffer, values),
                2 => pack::<4>(buffer, values),
                4 => pack::<2>(buffer, values),
                _ => pack::<1>(buffer, values),
            }
            // A run holds whole groups of eight values.
            buffer.resize(end, 0);
        }
    }
}

/// Codes, so many to a byte, the first in the lowest bits.
fn pack<const PER_BYTE: usize>(buffer: &mut Vec<u8>, values: &[f32]) {
    let packed = |codes: &[f32]| {
        codes.iter().enumerate().fold(0, |packed, (place, value)| packed | (byte(*value) << (place * 8 / PER_BYTE)))
    };
    let (whole, rest) = values.as_chunks::<PER_BYTE>();
    buffer.extend(whole.iter().map(|codes| packed(codes)));
    if !rest.is_empty() {
        buffer.push(packed(rest));
    }
}

fn push_plain(buffer: &mut Vec<u8>, values: &[f32]) {
    let start = buffer.len();
    buffer.resize(start + size_of_val(values), 0);
    for (bytes, value) in buffer[start..].chunks_exact_mut(size_of::<f32>()).zip(values) {
        bytes.copy_from_slice(&value.to_le_bytes());
    }
}

/// The head of a run of packed values, which are counted in groups of eight.
fn run_of_groups(n_values: usize) -> Vec<u8> {
    varint(n_values.div_ceil(8) << 1 | 1)
}

/// A run of one value, at most eight bits wide.
fn run_of_one(n_values: usize, value: u8) -> Vec<u8> {
    let mut run = varint(n_values << 1);
    run.push(value);
    run
}

fn varint(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).unwrap_or_default() | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap_or_default());
    bytes
}
