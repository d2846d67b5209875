//! How the CSV file of a list is written: for programs, or for the Excel of a country. In each, amounts have all the
//! decimals of the currency.

use std::collections::BTreeMap;
use std::io::Write;

use polars::prelude::{
    Column as PolarsColumn, CsvWriter, DataFrame, DataType, IntoColumn, PolarsResult, SerWriter, StringChunked,
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
        let digits = |amount: f64| {
            let digits = format!("{amount:.*}", decimals as usize);
            if self.flavour == CsvFlavour::ExcelDe { digits.replace('.', ",") } else { digits }
        };
        let amounts = column.cast(&DataType::Float64)?;
        let texts: StringChunked = amounts.f64()?.iter().map(|amount| amount.map(digits)).collect();
        Ok(texts.with_name(column.name().clone()).into_column())
    }
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
}
