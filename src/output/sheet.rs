//! The list as a spreadsheet: what stands in a cell is a number, a day or a text, never a formula. The columns with which a list is
//! worked are open and printed, the others folded away behind the plus sign above them.

use std::path::PathBuf;

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::error::OutputError;
use super::sheet_form::{
    ASKED, Formats, INTERVIEWS, MEANING_WIDTH, NARROW, PRINTED_ROWS, REASONS, SENTENCE, SENTENCE_WIDTH, SUMMARY_WIDTH,
    SheetColumn, WIDE, WORKED, beside_words, colours, fold, for_paper, height, higher, in_currency, is_wrapped,
    print_rows,
};
use crate::error::Failure;
use crate::files::Staged;
use crate::table::{Column, Table};
use crate::text::shortened;
use crate::units::Currency;

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
    pub summary: &'a [(&'a str, Stated)],
}

/// What a fact about a run is: numbers stay numbers, so that a spreadsheet can reckon with them.
#[derive(Debug, Clone, PartialEq)]
pub enum Stated {
    /// Words.
    Text(String),
    /// How many.
    Count(u64),
    /// An amount in major units of a currency.
    Money(f64, Currency),
}

impl Sheet<'_> {
    /// The unit of a column of ours; nothing for one of the shop's own.
    fn unit(&self, name: &str) -> &str {
        if name == REASONS {
            return SENTENCE;
        }
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
    let ranked_by = [("List", "leaving_probability"), ("Win back", "gone_probability")];
    for ((name, probability), pieces) in ranked_by.into_iter().zip(lists) {
        let worksheet = workbook.add_worksheet().set_name(name)?;
        let is_ours = |name: &str| sheet.columns.iter().any(|known| known.name == name);
        let is_folded = |name: &str| is_ours(name) && name != probability && !WORKED.contains(&name);
        let names = list(worksheet, sheet, pieces, &formats, is_folded)?;
        fold(worksheet, &names, is_folded)?;
    }
    for (name, table) in more {
        let worksheet = workbook.add_worksheet().set_name(title(name))?;
        let is_folded = |column: &str| *name == INTERVIEWS && !ASKED.contains(&column);
        let names = list(worksheet, sheet, std::iter::once((*table).clone()), &formats, is_folded)?;
        fold(worksheet, &names, is_folded)?;
    }
    meanings(workbook.add_worksheet().set_name("Columns")?, sheet, &formats)?;
    let summary = workbook.add_worksheet().set_name("Summary")?;
    facts(summary, sheet, &formats)?;
    Ok(workbook)
}

/// The facts about the run, one a row.
fn facts(worksheet: &mut Worksheet, sheet: &Sheet<'_>, formats: &Formats) -> Result<(), XlsxError> {
    for_paper(worksheet, sheet.as_of);
    worksheet.set_column_width(0, 32)?.set_column_width(1, SUMMARY_WIDTH as f64)?;
    for (row, (name, fact)) in (0..).zip(sheet.summary) {
        worksheet.write_string_with_format(row, 0, *name, &formats.head)?;
        match fact {
            Stated::Text(words) => {
                worksheet.write_string_with_format(row, 1, words, &formats.wrapped)?;
                worksheet.set_row_height(row, height(words, SUMMARY_WIDTH))?;
            }
            Stated::Count(n) => {
                worksheet.write_number_with_format(row, 1, *n as f64, &beside_words("#,##0"))?;
            }
            Stated::Money(major, currency) => {
                worksheet.write_number_with_format(row, 1, *major, &beside_words(&in_currency(currency)))?;
            }
        }
    }
    Ok(())
}

/// A name with a capital letter.
fn title(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn list<'t>(
    worksheet: &mut Worksheet,
    sheet: &Sheet<'_>,
    pieces: impl Iterator<Item = Table<'t>>,
    formats: &Formats,
    is_folded: impl Fn(&str) -> bool,
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
            let is_wrapped = is_wrapped(unit, is_folded(name));
            for row in 0..n_rows {
                write(worksheet, row_number(done + row), at, &cell(column, row, (unit, is_wrapped), formats))?;
            }
        }
        let wrapped = piece.columns.iter().filter(|(name, _)| is_wrapped(sheet.unit(name), is_folded(name)));
        let wrapped: Vec<&Column<'_>> = wrapped.map(|(_, column)| column).collect();
        for row in 0..n_rows {
            higher(worksheet, row_number(done + row), wrapped.iter().filter_map(|column| text_of(column, row)))?;
        }
        done += n_rows;
        if done == sheet.n_rows {
            break;
        }
    }
    let last = u16::try_from(names.len().saturating_sub(1)).unwrap_or(u16::MAX);
    worksheet.autofilter(0, 0, row_number(done.saturating_sub(1)), last)?;
    worksheet.set_freeze_panes(1, 2)?;
    for_paper(worksheet, sheet.as_of);
    worksheet.set_repeat_rows(0, 0)?;
    if done > PRINTED_ROWS {
        print_rows(worksheet, sheet.as_of, done, last)?;
    }
    colours(worksheet, &names, row_number(done.saturating_sub(1)))?;
    Ok(names)
}

/// The row of the sheet below its header.
fn row_number(row: usize) -> u32 {
    u32::try_from(row + 1).unwrap_or(u32::MAX)
}

fn header(worksheet: &mut Worksheet, sheet: &Sheet<'_>, piece: &Table<'_>, formats: &Formats) -> Result<(), XlsxError> {
    for (at, (name, column)) in (0..).zip(&piece.columns) {
        worksheet.write_string_with_format(0, at, name, &formats.head)?;
        let width = match column {
            _ if sheet.unit(name) == SENTENCE => SENTENCE_WIDTH,
            Column::Text(_) | Column::OptionalText(_) => longest(column).clamp(NARROW, WIDE),
            _ => NARROW,
        };
        // Room for the sign of the filter, beside a name in bold.
        worksheet.set_column_width(at, width.max(name.len() + 4) as f64)?;
    }
    Ok(())
}

/// Letters of the longest text of a column.
fn longest(column: &Column<'_>) -> usize {
    let letters = |row: usize| text_of(column, row).map_or(0, |text| text.chars().count());
    (0..column.len()).map(letters).max().unwrap_or(0)
}

/// The text of a row of a column of texts.
fn text_of<'c>(column: &'c Column<'_>, row: usize) -> Option<&'c str> {
    match column {
        Column::Text(values) => values.get(row).map(AsRef::as_ref),
        Column::OptionalText(values) => values.get(row).and_then(Option::as_deref),
        _ => None,
    }
}

/// What stands in a cell.
enum Cell<'c> {
    Text(&'c str, &'c Format),
    Number(f64, &'c Format),
    Day(Date, &'c Format),
    Nothing,
}

/// The cell of a row of a column of a unit, whose texts may go on in the next line.
fn cell<'c>(column: &'c Column<'_>, row: usize, (unit, is_wrapped): (&str, bool), formats: &'c Formats) -> Cell<'c> {
    let text =
        |text: Option<&'c str>| text.map_or(Cell::Nothing, |text| Cell::Text(text, formats.of_text(text, is_wrapped)));
    let number =
        |number: Option<f64>, format: &'c Format| number.map_or(Cell::Nothing, |number| Cell::Number(number, format));
    let plain = if unit.starts_with("probability") { &formats.share } else { &formats.number };
    match column {
        Column::Text(_) | Column::OptionalText(_) => text(text_of(column, row)),
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
            // Most texts are far shorter.
            let cut = (text.len() > LONGEST_TEXT).then(|| shortened(text, LONGEST_TEXT));
            worksheet.write_string_with_format(row, at, cut.as_deref().unwrap_or(text), format)?;
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

fn meanings(worksheet: &mut Worksheet, sheet: &Sheet<'_>, formats: &Formats) -> Result<(), XlsxError> {
    for_paper(worksheet, sheet.as_of);
    worksheet.set_repeat_rows(0, 0)?;
    for (at, (name, width)) in (0..).zip([("column", 28), ("unit", 28), ("meaning", MEANING_WIDTH)]) {
        worksheet.write_string_with_format(0, at, name, &formats.head)?;
        worksheet.set_column_width(at, width as f64)?;
    }
    for (row, column) in (1..).zip(sheet.columns) {
        worksheet.set_row_height(row, height(column.meaning, MEANING_WIDTH))?;
        for (at, text) in (0..).zip([column.name, column.unit, column.meaning]) {
            worksheet.write_string_with_format(row, at, text, &formats.wrapped)?;
        }
    }
    worksheet.set_freeze_panes(1, 0).map(|_| ())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use jiff::civil::date;

    use super::*;

    /// The description of the first sheet of a list with these columns and so many rows of this text, then that of the workbook.
    fn first_sheet(names: &[&str], n_rows: usize, text: &str) -> String {
        let columns = names.iter().map(|name| ((*name).to_owned(), Column::text(vec![text; n_rows])));
        let list = Table::new("list", columns);
        let unit = |name: &str| if name.starts_with("reason") || name == "action_why" { SENTENCE } else { "word" };
        let known = |name| SheetColumn { name, unit: unit(name), meaning: "m" };
        let columns: Vec<SheetColumn<'_>> =
            names.iter().filter(|name| **name != "own").map(|name| known(name)).collect();
        parts(&columns, [list, nothing()], &[], &["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
    }

    fn nothing() -> Table<'static> {
        Table::new("nothing", Vec::<(String, Column<'_>)>::new())
    }

    /// These descriptions of a workbook, one after the other.
    fn parts(
        columns: &[SheetColumn<'_>],
        lists: [Table<'_>; 2],
        more: &[(&str, &Table<'_>)],
        named: &[&str],
    ) -> String {
        let euros = Currency::from_code("EUR").unwrap();
        let summary = [
            ("Shop", Stated::Text("s".to_owned())),
            ("Rows", Stated::Count(1_826)),
            ("Value", Stated::Money(70_566.754, euros)),
        ];
        let sheet = Sheet { file: "f", as_of: date(2025, 7, 2), n_rows: 900, columns, summary: &summary };
        let bytes = workbook(&sheet, lists.map(std::iter::once), more).unwrap().save_to_buffer().unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        for part in named {
            archive.by_name(part).unwrap().read_to_string(&mut text).unwrap();
        }
        text
    }

    #[test]
    fn printed_sentences_go_on_in_the_next_line_and_a_print_has_the_first_rows() {
        let long = "usually orders every 24 days and has been silent for 71 days now, longer than ever before";
        let printed = first_sheet(&["rank", "reason_1"], 3, long);
        assert_eq!(printed.matches(" ht=\"30\"").count(), 3, "{printed}");
        assert!(!printed.contains("Print_Area"), "{printed}");
        let folded = first_sheet(&["rank", "action_why"], 3, long);
        assert_eq!(folded.matches(" ht=").count(), 0, "{folded}");
        let many = first_sheet(&["rank", "reason_1"], 500, "x");
        assert!(many.contains("$A$1:$B$201") && many.contains("the first 200 of 500 rows"), "{many}");
    }

    #[test]
    fn numbers_of_the_summary_are_numbers() {
        let text = parts(&[], [nothing(), nothing()], &[], &["xl/worksheets/sheet4.xml"]);
        assert!(text.contains("<v>1826</v>") && text.contains("<v>70566.754</v>"), "{text}");
        assert_eq!(text.matches("t=\"s\"").count(), 4, "three names and one text: {text}");
        let styles = parts(&[], [nothing(), nothing()], &[], &["xl/styles.xml"]);
        assert!(styles.contains("&quot;EUR&quot; #,##0.00"), "{styles}");
    }

    #[test]
    fn whom_to_interview_is_read_from_a_page_and_words_are_not_cut_off() {
        let long = "usually buys every 24 days, silent for 171 days; complained about the price of EUR 20";
        let columns = [("cause", "unresolved_complaint"), ("value_tier", "other"), ("reasons", long)];
        let asked = Table::new("i", columns.map(|(name, text)| (name.to_owned(), Column::text(vec![text; 2]))));
        let text = parts(&[], [nothing(), nothing()], &[(INTERVIEWS, &asked)], &["xl/worksheets/sheet3.xml"]);
        let columns: Vec<&str> = text.split("</cols>").next().unwrap().split("<col ").skip(1).collect();
        let hidden: Vec<bool> = columns.iter().map(|column| column.contains("hidden=\"1\"")).collect();
        assert_eq!(hidden, [false, true, false], "{text}");
        assert!(columns[0].contains("width=\"20."), "as wide as its longest word: {text}");
        assert_eq!(text.matches(" ht=\"30\"").count(), 2, "{text}");
    }

    #[test]
    fn what_is_not_worked_with_is_folded_and_a_page_is_one_sheet_wide() {
        let text = first_sheet(&["rank", "expected_loss", "clv_total", "reason_1", "risk_band", "own"], 1, "x");
        let columns: Vec<&str> = text.split("</cols>").next().unwrap().split("<col ").skip(1).collect();
        let folded: Vec<bool> = columns.iter().map(|column| column.contains("hidden=\"1\"")).collect();
        let is_run = |column: &str| column.contains("min=\"2\" max=\"3\"") || column.contains("min=\"5\" max=\"5\"");
        let hidden = columns.iter().zip(&folded).filter(|(_, is)| **is);
        let n: usize = hidden.clone().count();
        assert!(n >= 2 && columns.iter().zip(&folded).all(|(column, is)| !is_run(column) || *is), "{text}");
        for open in ["min=\"1\" max=\"1\"", "min=\"4\" max=\"4\"", "min=\"6\" max=\"6\""] {
            assert!(columns.iter().any(|column| column.contains(open) && !column.contains("hidden")), "{open} {text}");
        }
        assert!(text.contains("orientation=\"landscape\"") && text.contains("fitToHeight=\"0\""), "{text}");
    }
}
