//! How the CSV file of a list is written: for programs, or for the Excel of a country. In each, amounts have all the
//! decimals of the currency.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use polars::prelude::{
    Column as PolarsColumn, CsvWriter, DataFrame, DataType, IntoColumn, PolarsResult, SerWriter, StringChunkedBuilder,
};
use rayon::prelude::*;

use super::formula::without_formulas;
use super::tables::INSTANT;
use crate::config::CsvFlavour;
use crate::table::{Column, Table};

/// A flavour, and which columns are amounts with how many decimals.
pub(super) struct CsvForm {
    flavour: CsvFlavour,
    amounts: BTreeMap<String, u32>,
}

impl CsvForm {
    /// The form of a table of which this is a piece.
    pub(super) fn of(flavour: CsvFlavour, table: &Table<'_>) -> Self {
        let amount = |(name, column): &(String, Column<'_>)| match column {
            Column::Money { decimals, .. } | Column::OptionalMoney { decimals, .. } => Some((name.clone(), *decimals)),
            _ => None,
        };
        Self { flavour, amounts: table.columns.iter().filter_map(amount).collect() }
    }

    /// A writer of rows that are [`shown`](Self::shown).
    pub(super) fn writer<W: Write>(&self, writer: W) -> CsvWriter<W> {
        let writer = CsvWriter::new(writer).with_datetime_format(Some(INSTANT.into()));
        match self.flavour {
            CsvFlavour::Plain => writer,
            CsvFlavour::Excel => writer.include_bom(true),
            CsvFlavour::ExcelDe => writer.include_bom(true).with_separator(b';').with_decimal_comma(true),
        }
    }

    /// The rows as they stand in the file: no text that a spreadsheet would run, amounts with their decimals.
    pub(super) fn shown(&self, rows: &DataFrame) -> PolarsResult<DataFrame> {
        let rows = without_formulas(rows)?;
        let of_column = |column: &PolarsColumn| match self.amounts.get(column.name().as_str()) {
            Some(decimals) => self.digits(column, *decimals),
            None => Ok(column.clone()),
        };
        DataFrame::new(rows.height(), rows.columns().par_iter().map(of_column).collect::<PolarsResult<_>>()?)
    }

    fn digits(&self, column: &PolarsColumn, decimals: u32) -> PolarsResult<PolarsColumn> {
        let amounts = column.cast(&DataType::Float64)?;
        let mut texts = StringChunkedBuilder::new(column.name().clone(), amounts.len());
        let mut text = String::new();
        for amount in amounts.f64()?.iter() {
            text.clear();
            amount.inspect(|amount| put_amount(&mut text, *amount, (decimals, self.decimal_mark())));
            texts.append_option(amount.map(|_| text.as_str()));
        }
        Ok(texts.finish().into_column())
    }

    const fn decimal_mark(&self) -> char {
        match self.flavour {
            CsvFlavour::ExcelDe => ',',
            CsvFlavour::Plain | CsvFlavour::Excel => '.',
        }
    }
}

/// Below it every whole number has a double of its own: 2^53.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

/// Writes an amount with its decimals: by whole numbers where it is one of cents, which takes a fraction of the time.
fn put_amount(text: &mut String, amount: f64, (decimals, mark): (u32, char)) {
    let scale = 10_u64.pow(decimals);
    let cents = (amount * scale as f64).round();
    let is_of_cents = cents.abs() < MOST_EXACT && cents != 0.0 && (cents / scale as f64).total_cmp(&amount).is_eq();
    #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
    let cents = is_of_cents.then_some(cents as i64);
    let outcome = match cents {
        Some(cents) => {
            let (sign, cents) = (if cents < 0 { "-" } else { "" }, cents.unsigned_abs());
            let (whole, rest, width) = (cents / scale, cents % scale, decimals as usize);
            if width == 0 { write!(text, "{sign}{whole}") } else { write!(text, "{sign}{whole}{mark}{rest:0width$}") }
        }
        None => {
            write!(text, "{}", format!("{amount:.*}", decimals as usize).replace('.', mark.encode_utf8(&mut [0; 4])))
        }
    };
    debug_assert!(outcome.is_ok(), "a text takes all that is written");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::tables::to_frame;

    fn written(flavour: CsvFlavour) -> String {
        let table = Table::new(
            "list",
            [
                ("loss", Column::OptionalMoney { amounts: vec![Some(1_201.8), Some(-3.0), None], decimals: 2 }),
                ("share", Column::Number(vec![0.25, 1.0, 0.5])),
                ("why", Column::text(["a;b", "c,d", "=1+1"])),
            ],
        );
        let (form, frame) = (CsvForm::of(flavour, &table), to_frame(&table).unwrap());
        let mut bytes = Vec::new();
        let shown = form.shown(&frame).unwrap();
        let mut writer = form.writer(&mut bytes).batched(shown.schema()).unwrap();
        writer.write_batch(&shown).unwrap();
        writer.finish().unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn amounts_have_their_decimals_and_excel_what_it_needs() {
        let plain = "loss,share,why\n1201.80,0.25,a;b\n-3.00,1.0,\"c,d\"\n,0.5,'=1+1\n";
        assert_eq!(written(CsvFlavour::Plain), plain);
        assert_eq!(written(CsvFlavour::Excel), format!("\u{FEFF}{plain}"));
        let german = "\u{FEFF}loss;share;why\n1201,80;0,25;\"a;b\"\n-3,00;1,0;c,d\n;0,5;'=1+1\n";
        assert_eq!(written(CsvFlavour::ExcelDe), german);
    }
    #[test]
    fn amounts_are_written_as_the_exact_digits_of_their_doubles() {
        let mut random = crate::maths::random::SplitMix64::new(3);
        let odd =
            [0.0, -0.0, 0.125, 2.675, -0.004, 1e15 + 0.5, 1e300, -1e17, f64::NAN, f64::INFINITY, 0.07, -0.07, 99.995];
        let drawn: Vec<f64> = (0..5_000).map(|_| (random.normal() * 1e6).round() / 100.0).collect();
        for amount in odd.into_iter().chain(drawn) {
            for decimals in [0, 2, 3] {
                let mut text = String::new();
                put_amount(&mut text, amount, (decimals, '.'));
                assert_eq!(text, format!("{amount:.*}", decimals as usize));
            }
        }
    }
}
