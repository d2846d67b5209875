//! The list as a spreadsheet: what stands in a cell is a number, a day or a text, never a formula. The columns with which a list is
//! worked are open, the others folded away behind the plus sign above them.

use std::path::PathBuf;

use jiff::civil::Date;
use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, DocProperties, ExcelDateTime, Format, FormatAlign,
    Workbook, Worksheet, XlsxError,
};

use super::error::OutputError;
use super::formula::harmless;
use crate::error::Failure;
use crate::files::Staged;
use crate::table::{Column, Table};

/// What a column of the list is, for its format and for the sheet of meanings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetColumn<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is measured in.
    pub unit: &'a str,
    /// What it says.
    pub meaning: &'a str,
}

/// A spreadsheet of a list.
pub struct Sheet<'a> {
    /// Its name as a file.
    pub file: &'a str,
    /// The day of the list; the file says that it was made then, so that the same run leaves the same bytes.
    pub as_of: Date,
    /// Rows at most, the header aside.
    pub n_rows: usize,
    /// The columns that are ours; others are the shop's own.
    pub columns: &'a [SheetColumn<'a>],
    /// Facts about the run: what each is called, and what it is.
    pub summary: &'a [(&'a str, String)],
}

impl Sheet<'_> {
    /// The unit of a column of ours; nothing for one of the shop's own.
    fn unit(&self, name: &str) -> &str {
        self.columns.iter().find(|known| known.name == name).map_or("", |known| known.unit)
    }
}

/// Stages a spreadsheet of the first rows of the two lists, each in pieces, and of further tables by name, and tells the path that it will have.
///
/// # Errors
/// What the operating system or the spreadsheet library says.
pub fn stage_sheet<'t>(
    sheet: &Sheet<'_>,
    lists: [impl Iterator<Item = Table<'t>>; 2],
    more: &[(&str, &Table<'_>)],
    staged: &Staged,
) -> Result<PathBuf, Failure> {
    let refused = |error: XlsxError| OutputError::Table { table: sheet.file.to_owned(), message: error.to_string() };
    let bytes = workbook(sheet, lists, more).and_then(|mut workbook| workbook.save_to_buffer()).map_err(refused)?;
    Ok(staged.add(sheet.file, |writer| std::io::Write::write_all(writer, &bytes))?)
}

fn workbook<'t>(
    sheet: &Sheet<'_>,
    lists: [impl Iterator<Item = Table<'t>>; 2],
    more: &[(&str, &Table<'_>)],
) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&excel_day(sheet.as_of)?));
    let formats = Formats::new();
    for (name, pieces) in ["List", "Win back"].into_iter().zip(lists) {
        let worksheet = workbook.add_worksheet().set_name(name)?;
        let names = list(worksheet, sheet, pieces, &formats)?;
        fold(worksheet, sheet, &names)?;
    }
    for (name, table) in more {
        list(workbook.add_worksheet().set_name(title(name))?, sheet, std::iter::once((*table).clone()), &formats)?;
    }
    meanings(workbook.add_worksheet().set_name("Columns")?, sheet, &formats)?;
    let summary = workbook.add_worksheet().set_name("Summary")?;
    for_paper(summary, sheet);
    summary.set_column_width(0, 32)?.set_column_width(1, 90)?;
    for (row, (name, fact)) in (0..).zip(sheet.summary) {
        summary.write_string_with_format(row, 0, *name, &formats.head)?;
        summary.write_string_with_format(row, 1, fact, &formats.wrapped)?;
    }
    Ok(workbook)
}

/// A name with a capital letter.
fn title(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// How cells look.
struct Formats {
    head: Format,
    text: Format,
    /// A text that would be a formula if somebody edited the cell.
    marked: Format,
    wrapped: Format,
    day: Format,
    whole: Format,
    number: Format,
    share: Format,
    /// Amounts by the decimals of the currency.
    money: [Format; 4],
}

impl Formats {
    fn new() -> Self {
        let number = |form: &str| Format::new().set_num_format(form).set_align(FormatAlign::Top);
        Self {
            head: Format::new().set_bold().set_background_color(Color::RGB(0x00F1_F4F5)).set_align(FormatAlign::Top),
            text: Format::new().set_indent(1).set_align(FormatAlign::Top),
            marked: Format::new().set_quote_prefix().set_align(FormatAlign::Top),
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            day: number("yyyy-mm-dd"),
            whole: number("#,##0"),
            number: number("General"),
            share: number("0.0%"),
            money: ["#,##0", "#,##0.0", "#,##0.00", "#,##0.000"].map(number),
        }
    }

    fn money(&self, decimals: u32) -> &Format {
        self.money.get(decimals as usize).unwrap_or(&self.number)
    }
}

fn list<'t>(
    worksheet: &mut Worksheet,
    sheet: &Sheet<'_>,
    pieces: impl Iterator<Item = Table<'t>>,
    formats: &Formats,
) -> Result<Vec<String>, XlsxError> {
    let mut done = 0;
    let mut names: Vec<String> = Vec::new();
    for piece in pieces {
        if names.is_empty() {
            names = piece.columns.iter().map(|(name, _)| name.clone()).collect();
            header(worksheet, sheet, &piece, formats)?;
        }
        let n_rows = piece.n_rows().min(sheet.n_rows - done);
        for (at, (name, column)) in (0..).zip(&piece.columns) {
            let unit = sheet.unit(name);
            for row in 0..n_rows {
                write(worksheet, row_number(done + row), at, &cell(column, row, unit, formats))?;
            }
        }
        done += n_rows;
        if done == sheet.n_rows {
            break;
        }
    }
    let last = u16::try_from(names.len().saturating_sub(1)).unwrap_or(u16::MAX);
    worksheet.autofilter(0, 0, row_number(done.saturating_sub(1)), last)?;
    worksheet.set_freeze_panes(1, 2)?;
    for_paper(worksheet, sheet);
    worksheet.set_repeat_rows(0, 0)?;
    colours(worksheet, &names, row_number(done.saturating_sub(1)))?;
    Ok(names)
}

/// A4 across, one page wide; each page says what it is, of which day, and its number.
fn for_paper(worksheet: &mut Worksheet, sheet: &Sheet<'_>) {
    worksheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0).set_margins(0.4, 0.4, 0.5, 0.5, 0.2, 0.2);
    worksheet.set_footer(format!("&L&A, {}&RPage &P of &N", sheet.as_of));
}

/// Its number in the format of spreadsheets.
const A4: u8 = 9;

/// Columns with which a list is worked, beside those of the shop's own.
const WORKED: [&str; 14] = [
    "rank",
    "customer_id",
    "expected_net_gain",
    "gone_probability",
    "leaving_probability",
    "value_at_stake",
    "days_since_last_order",
    "life_cycle_stage",
    "open_complaints",
    "reason_1",
    "recommended_action",
    "action_why",
    "suppressed_because",
    "change_since_last",
];

/// Folds away each run of the other columns. They stay in the file, for filters and formulas.
fn fold(worksheet: &mut Worksheet, sheet: &Sheet<'_>, names: &[String]) -> Result<(), XlsxError> {
    let is_folded =
        |name: &String| sheet.columns.iter().any(|known| known.name == name) && !WORKED.contains(&name.as_str());
    let mut first = 0;
    for run in names.chunk_by(|one, next| is_folded(one) == is_folded(next)) {
        let last = first + run.len();
        if run.first().is_some_and(is_folded) {
            let column = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
            worksheet.group_columns_collapsed(column(first), column(last - 1))?;
        }
        first = last;
    }
    Ok(())
}

/// The row of the sheet below its header.
fn row_number(row: usize) -> u32 {
    u32::try_from(row + 1).unwrap_or(u32::MAX)
}

fn header(worksheet: &mut Worksheet, sheet: &Sheet<'_>, piece: &Table<'_>, formats: &Formats) -> Result<(), XlsxError> {
    for (at, (name, column)) in (0..).zip(&piece.columns) {
        worksheet.write_string_with_format(0, at, name, &formats.head)?;
        let width = match column {
            _ if is_sentence(sheet.unit(name)) => 44,
            Column::Text(_) | Column::OptionalText(_) => 16,
            _ => 12,
        };
        worksheet.set_column_width(at, width.max(name.len().min(24)) as f64)?;
    }
    Ok(())
}

/// Whether a column has sentences, which are set in several lines.
fn is_sentence(unit: &str) -> bool {
    unit == "sentence"
}

/// What stands in a cell.
enum Cell<'c> {
    Text(&'c str, &'c Format),
    Number(f64, &'c Format),
    Day(Date, &'c Format),
    Nothing,
}

/// The cell of a row of a column.
fn cell<'c>(column: &'c Column<'_>, row: usize, unit: &str, formats: &'c Formats) -> Cell<'c> {
    let of_text = |text: &str| match text {
        text if harmless(text) != text => &formats.marked,
        _ if is_sentence(unit) => &formats.wrapped,
        _ => &formats.text,
    };
    let text = |text: Option<&'c str>| text.map_or(Cell::Nothing, |text| Cell::Text(text, of_text(text)));
    let number =
        |number: Option<f64>, format: &'c Format| number.map_or(Cell::Nothing, |number| Cell::Number(number, format));
    let plain = if unit.starts_with("probability") { &formats.share } else { &formats.number };
    match column {
        Column::Text(values) => text(values.get(row).map(AsRef::as_ref)),
        Column::OptionalText(values) => text(values.get(row).and_then(Option::as_deref)),
        Column::Flag(values) => text(values.get(row).map(|is| if *is { "true" } else { "false" })),
        Column::Number(values) => number(values.get(row).copied(), plain),
        Column::OptionalNumber(values) => number(values.get(row).copied().flatten(), plain),
        Column::Money { amounts, decimals } => number(amounts.get(row).copied(), formats.money(*decimals)),
        Column::OptionalMoney { amounts, decimals } => {
            number(amounts.get(row).copied().flatten(), formats.money(*decimals))
        }
        Column::Integer(values) => number(values.get(row).map(|n| *n as f64), &formats.whole),
        Column::OptionalInteger(values) => number(values.get(row).copied().flatten().map(|n| n as f64), &formats.whole),
        Column::OptionalDate(values) => {
            values.get(row).copied().flatten().map_or(Cell::Nothing, |day| Cell::Day(day, &formats.day))
        }
        // No list has instants; as numbers of days they would lose their zone.
        Column::Time(_) | Column::OptionalTime(_) => Cell::Nothing,
    }
}

/// Characters of a cell at most; Excel reads no more.
const LONGEST_TEXT: usize = 32_767;

fn write(worksheet: &mut Worksheet, row: u32, at: u16, cell: &Cell<'_>) -> Result<(), XlsxError> {
    match *cell {
        Cell::Text(text, format) if !text.is_empty() => {
            let cut: String;
            let text = if text.len() > LONGEST_TEXT {
                cut = text.chars().take(LONGEST_TEXT / 2).collect();
                &cut
            } else {
                text
            };
            worksheet.write_string_with_format(row, at, text, format)?;
        }
        Cell::Number(number, format) if number.is_finite() => {
            worksheet.write_number_with_format(row, at, number, format)?;
        }
        Cell::Day(day, format) => {
            worksheet.write_datetime_with_format(row, at, excel_day(day)?, format)?;
        }
        Cell::Text(..) | Cell::Number(..) | Cell::Nothing => {}
    }
    Ok(())
}

/// A day as spreadsheets know it.
fn excel_day(day: Date) -> Result<ExcelDateTime, XlsxError> {
    let [month, of_month] = [day.month(), day.day()].map(|part| u8::try_from(part).unwrap_or(1));
    ExcelDateTime::from_ymd(u16::try_from(day.year()).unwrap_or(1_900), month, of_month)
}

/// Colours beside the words that ask for attention; the words stand in the cells.
fn colours(worksheet: &mut Worksheet, names: &[String], last: u32) -> Result<(), XlsxError> {
    let fill = |colour: u32| Format::new().set_background_color(Color::RGB(colour));
    let (high, medium, stop) = (fill(0x00F8_CBAD), fill(0x00FF_E9C2), fill(0x00D9_DDE1));
    for (at, name) in (0..).zip(names) {
        let rules: &[(&str, &Format)] = match name.as_str() {
            "risk_band" => &[("high", &high), ("medium", &medium)],
            "confidence" => &[("low", &medium)],
            "suppressed_code" => &[("opted_out", &stop)],
            "group" => &[("control", &stop), ("suppressed", &stop)],
            _ => continue,
        };
        for (word, format) in rules {
            let rule = ConditionalFormatCellRule::EqualTo((*word).to_owned());
            let rule = ConditionalFormatCell::new().set_rule(rule).set_format(*format);
            worksheet.add_conditional_format(1, at, last, at, &rule)?;
        }
    }
    Ok(())
}

fn meanings(worksheet: &mut Worksheet, sheet: &Sheet<'_>, formats: &Formats) -> Result<(), XlsxError> {
    for_paper(worksheet, sheet);
    worksheet.set_repeat_rows(0, 0)?;
    for (at, (name, width)) in (0..).zip([("column", 28), ("unit", 28), ("meaning", 100)]) {
        worksheet.write_string_with_format(0, at, name, &formats.head)?;
        worksheet.set_column_width(at, width)?;
    }
    for (row, column) in (1..).zip(sheet.columns) {
        for (at, text) in (0..).zip([column.name, column.unit, column.meaning]) {
            worksheet.write_string_with_format(row, at, text, &formats.wrapped)?;
        }
    }
    worksheet.set_freeze_panes(1, 0).map(|_| ())
}
