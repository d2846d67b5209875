//! Spreadsheets: `*.xlsx`, `*.xlsm`, `*.xlsb`, `*.xls` and `*.ods`; the sheets of one table.
//!
//! Every cell is read as a person means it, as text: ids without `.0`, times in the forms of ISO 8601, numbers as the
//! spreadsheet shows them. What a sheet unpacks to is bounded as for compressed text.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use std::path::Path;

use ::zip::read::ZipArchive;
use calamine::{Data, DataType, ExcelDateTime, Ods, Reader, Sheet, SheetVisible, Xls, Xlsb, Xlsx};
use polars::prelude::*;

use super::error::IngestError;
use super::facts::{Fact, FactRule};
use super::grid::{self, Grid, SheetTable};
use super::limits::MOST_COLUMNS;
use super::sheets::{Choice, Glimpse};
use super::source::{InputFile, Opened, Source};
use super::text_file::{most_unpacked, refuse_bomb};
use super::{digits, engine, file_facts, sheets};
use crate::config::{FoundKey, Sheets};

/// Reads spreadsheets.
pub(crate) struct Spreadsheet;

impl Source for Spreadsheet {
    fn endings(&self) -> &'static [&'static str] {
        &[".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"]
    }

    fn open(&self, file: &InputFile) -> Result<Opened, IngestError> {
        let bytes = std::fs::read(&file.path).map_err(IngestError::io(&file.path))?;
        let form = form_of(&file.path, &bytes)?;
        let read = engine::caught(|| read(file, bytes, form));
        read.unwrap_or_else(|panic| Err(unreadable(&file.path, &panic)))
    }

    fn bytes_per_row(&self) -> u64 {
        400
    }
}

/// What kind of spreadsheet a file is, whatever its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

/// Tells the kind, and refuses what unpacks to far more than its size.
fn form_of(path: &Path, bytes: &[u8]) -> Result<Form, IngestError> {
    let shown = || path.display().to_string();
    let wrong = |detail: &str| {
        Err(IngestError::WrongFormat { path: shown(), format: "spreadsheet", detail: detail.to_owned() })
    };
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        let is_locked = |name: &str| {
            let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            bytes.windows(name.len()).any(|window| window == name)
        };
        return if is_locked("EncryptedPackage") {
            wrong("it is protected by a password; save it without one")
        } else {
            Ok(Form::Xls)
        };
    }
    if !bytes.starts_with(b"PK") {
        return wrong(if bytes.trim_ascii_start().starts_with(b"<") {
            "it is a web page; open it in a spreadsheet program and save it as `.xlsx` or `.csv`"
        } else if bytes.is_empty() {
            "it is empty"
        } else {
            "it does not begin like one; a text table is named `.csv`"
        });
    }
    let damaged = |error: &dyn std::fmt::Display| unreadable(path, &error.to_string());
    let mut archive = engine::caught(|| ZipArchive::new(Cursor::new(bytes)))
        .map_err(|panic| damaged(&panic))?
        .map_err(|error| damaged(&error))?;
    let (size, mut unpacked) = (bytes.len() as u64, 0);
    for place in 0..archive.len() {
        let entry = archive.by_index(place).map_err(|error| damaged(&error))?;
        // What an entry says of its size need not be true.
        let left = most_unpacked(size) - unpacked;
        let n_bytes = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink());
        unpacked += n_bytes.map_err(|error| damaged(&error))?;
        refuse_bomb(&shown(), unpacked, size)?;
    }
    let has = |name: &str| archive.index_for_name(name).is_some();
    match () {
        () if has("xl/workbook.bin") => Ok(Form::Xlsb),
        () if has("content.xml") => Ok(Form::Ods),
        () if has("[Content_Types].xml") => Ok(Form::Xlsx),
        () => wrong("it is a zip archive without a sheet in it"),
    }
}

fn unreadable(path: &Path, detail: &str) -> IngestError {
    let (path, detail) = (path.display().to_string(), detail.to_owned());
    IngestError::WrongFormat { path, format: "readable spreadsheet", detail }
}

/// Rows of a sheet that tell whether it has a table, and its columns.
const FIRST_ROWS: usize = 200;

fn read(file: &InputFile, bytes: Vec<u8>, form: Form) -> Result<Opened, IngestError> {
    let mut book = Book::open(&file.path, bytes, form)?;
    let choice = book.choice(file)?;
    let are_named = matches!(file.layout.sheet, Some(Sheets::Named(_)));
    let mut grids = Vec::new();
    for name in choice.read.iter().chain(&choice.alike) {
        match book.grid(&file.path, name, usize::MAX) {
            Ok(grid) => grids.push((name, grid)),
            // A sheet that nobody asked for may be damaged.
            Err(_) if are_named && !choice.read.contains(name) => {}
            Err(error) => return Err(error),
        }
    }
    let table = |(name, grid)| Some((name, grid::table(grid, file.layout.skip_rows)?));
    let (names, tables): (Vec<&String>, Vec<SheetTable<'_>>) =
        grids.iter().map(|(name, grid)| (*name, grid)).filter_map(table).unzip();
    let (mut chosen, mut read) = (Choice { others: choice.others.clone(), ..Choice::default() }, Vec::new());
    for ((name, is_copy), table) in names.into_iter().zip(sheets::are_copies(&tables)).zip(tables) {
        if choice.read.contains(name) || (!are_named && !is_copy) {
            chosen.read.push(name.clone());
            read.push(table);
        } else if is_copy {
            chosen.others.push(name.clone());
        } else {
            chosen.alike.push(name.clone());
        }
    }
    let read_grids = grids.iter().filter(|(name, _)| chosen.read.contains(name));
    let n_errors = read_grids.map(|(_, grid)| grid.n_errors).sum();
    opened(file, (&chosen, n_errors), &read)
}

/// The sheet of that name; case does not matter where nothing else does.
fn named(sheets: &[Sheet], wanted: &str, path: &Path) -> Result<String, IngestError> {
    let alike = |name: &str| name.trim().to_lowercase() == wanted.trim().to_lowercase();
    let exact = sheets.iter().find(|sheet| sheet.name == wanted);
    let found = exact.or_else(|| sheets.iter().find(|sheet| alike(&sheet.name)));
    let names: Vec<String> = sheets.iter().map(|sheet| format!("`{}`", sheet.name)).collect();
    found.map(|sheet| sheet.name.clone()).ok_or_else(|| IngestError::UnknownSheet {
        key: "sheet",
        sheet: wanted.to_owned(),
        path: path.display().to_string(),
        available: names.join(", "),
    })
}

/// A spreadsheet that is open.
enum Book {
    Xlsx(Box<Xlsx<Cursor<Vec<u8>>>>),
    Xlsb(Box<Xlsb<Cursor<Vec<u8>>>>),
    Xls(Box<Xls<Cursor<Vec<u8>>>>),
    Ods(Box<Ods<Cursor<Vec<u8>>>>),
}

impl Book {
    fn open(path: &Path, bytes: Vec<u8>, form: Form) -> Result<Self, IngestError> {
        let bytes = Cursor::new(bytes);
        let failed = |error: &dyn std::fmt::Display| unreadable(path, &error.to_string());
        Ok(match form {
            Form::Xlsx => Self::Xlsx(Box::new(Xlsx::new(bytes).map_err(|error| failed(&error))?)),
            Form::Xlsb => Self::Xlsb(Box::new(Xlsb::new(bytes).map_err(|error| failed(&error))?)),
            Form::Xls => Self::Xls(Box::new(Xls::new(bytes).map_err(|error| failed(&error))?)),
            Form::Ods => Self::Ods(Box::new(Ods::new(bytes).map_err(|error| failed(&error))?)),
        })
    }

    fn sheets(&self) -> Vec<Sheet> {
        match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xlsb(book) => book.sheets_metadata(),
            Self::Xls(book) => book.sheets_metadata(),
            Self::Ods(book) => book.sheets_metadata(),
        }
        .to_vec()
    }

    /// The sheets of the table as far as names and first rows tell.
    fn choice(&mut self, file: &InputFile) -> Result<Choice, IngestError> {
        let (sheets, path) = (self.sheets(), file.path.as_path());
        let named = match &file.layout.sheet {
            Some(Sheets::Named(wanted)) => {
                let mut found = wanted.iter().map(|name| named(&sheets, name, path)).collect::<Result<Vec<_>, _>>()?;
                let mut seen = BTreeSet::new();
                found.retain(|name| seen.insert(name.clone()));
                Some(found)
            }
            _ => None,
        };
        let mut glimpses = Vec::new();
        let is_meant = |sheet: &&Sheet| {
            sheet.visible == SheetVisible::Visible || named.as_ref().is_some_and(|named| named.contains(&sheet.name))
        };
        // Hidden sheets are not meant.
        for sheet in sheets.iter().filter(is_meant) {
            let grid = match self.grid(path, &sheet.name, FIRST_ROWS) {
                Ok(grid) => grid,
                Err(_) if named.as_ref().is_some_and(|named| !named.contains(&sheet.name)) => continue,
                Err(error) => return Err(error),
            };
            if let Some(table) = grid::table(&grid, file.layout.skip_rows) {
                let width = if grid.n_rows() > 1 { grid.n_columns().min(3) } else { 0 };
                glimpses.push(Glimpse { name: sheet.name.clone(), columns: sheets::names_of(&table), width });
            }
        }
        if let Some(named) = named {
            return Ok(Choice::of_named(named, &glimpses));
        }
        let choice = Choice::of_first(&glimpses);
        let choice = choice.ok_or_else(|| IngestError::Empty { path: path.display().to_string() })?;
        Ok(if file.layout.sheet == Some(Sheets::First) { choice.of_one() } else { choice })
    }

    /// The cells of a sheet, up to so many rows with something in them.
    fn grid(&mut self, path: &Path, name: &str, most_rows: usize) -> Result<Grid, IngestError> {
        let failed = |error: &dyn std::fmt::Display| unreadable(path, &error.to_string());
        let mut grid = Grid::default();
        let range = match self {
            // Cell by cell: two of them at the ends of a sheet would be a range of billions.
            Self::Xlsx(book) => {
                let mut cells = book.worksheet_cells_reader(name).map_err(|error| failed(&error))?;
                while let Some(cell) = cells.next_cell().map_err(|error| failed(&error))? {
                    add(&mut grid, cell.get_position(), cell.get_value(), path)?;
                    if grid.n_rows() > most_rows {
                        break;
                    }
                }
                return Ok(grid);
            }
            Self::Xlsb(book) => book.worksheet_range(name).map_err(|error| failed(&error))?,
            Self::Xls(book) => book.worksheet_range(name).map_err(|error| failed(&error))?,
            Self::Ods(book) => book.worksheet_range(name).map_err(|error| failed(&error))?,
        };
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (row, column, cell) in range.used_cells() {
            let place = (first_row + narrow(row), first_column + narrow(column));
            add::<Data>(&mut grid, place, cell, path)?;
            if grid.n_rows() > most_rows {
                break;
            }
        }
        Ok(grid)
    }
}

fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX >> 1)
}

fn add<C: DataType>(grid: &mut Grid, place: (u32, u32), cell: &C, path: &Path) -> Result<(), IngestError> {
    if cell.is_error() {
        grid.n_errors += 1;
    }
    if grid.add(place, &text_of(cell)) {
        return Ok(());
    }
    Err(unreadable(path, &format!("it has a cell in row {}, where no sheet has one", u64::from(place.0) + 1)))
}

/// A cell as text; an error is nothing.
fn text_of<C: DataType>(cell: &C) -> String {
    if let Some(text) = cell.get_string() {
        return text.to_owned();
    }
    if let Some(time) = cell.get_datetime() {
        return time_as_text(time);
    }
    if let Some(text) = cell.get_datetime_iso() {
        return text.to_owned();
    }
    if let Some(text) = cell.get_duration_iso() {
        return duration_as_text(text).unwrap_or_else(|| text.to_owned());
    }
    if let Some(number) = cell.get_float() {
        return number_as_text(number);
    }
    let whole = cell.get_int().map(|number| number.to_string());
    whole.or_else(|| cell.get_bool().map(|flag| flag.to_string())).unwrap_or_default()
}

/// A number to fifteen digits, which is what spreadsheets keep and show: `1167.0` is `1167`, `0.1 + 0.2` is `0.3`.
fn number_as_text(number: f64) -> String {
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    // A negative zero is zero.
    (rounded + 0.0).to_string()
}

/// A day, a day and a time, or a time alone, as ISO 8601 writes it.
fn time_as_text(time: ExcelDateTime) -> String {
    let days = time.as_f64();
    if !(0.0..2_958_466.0).contains(&days) {
        return number_as_text(days);
    }
    if time.is_duration() || days < 1.0 {
        let seconds = (days * 86_400.0).round();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to some 3 million days")]
        return clock(seconds as u64);
    }
    // To the nearest second, as they are typed and shown; in floats half a second may be missing.
    let seconds = (days * 86_400.0).round() / 86_400.0 + 1.0e-9;
    let kind = calamine::ExcelDateTimeType::DateTime;
    let is_1904 = time.to_ymd_hms_milli() != ExcelDateTime::new(days, kind, false).to_ymd_hms_milli();
    let (year, month, day, hour, minute, second, _) = ExcelDateTime::new(seconds, kind, is_1904).to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date}T{hour:02}:{minute:02}:{second:02}") }
}

fn clock(seconds: u64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// `PT12H44M05S` as `12:44:05`.
fn duration_as_text(text: &str) -> Option<String> {
    let (hours, rest) = text.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?.split(['.', ',']).next()?;
    let number = |text: &str| text.parse::<u64>().ok();
    Some(clock(number(hours)? * 3_600 + number(minutes)? * 60 + number(seconds)?))
}

/// A cell with the digits of other scripts as those of ASCII.
fn with_plain_digits(cell: &str) -> Cow<'_, str> {
    digits::of_cell(cell).map_or(Cow::Borrowed(cell), Cow::Owned)
}

fn opened(
    file: &InputFile,
    (choice, n_errors): (&Choice, u64),
    tables: &[SheetTable<'_>],
) -> Result<Opened, IngestError> {
    let path = file.path.display().to_string();
    let columns = sheets::columns(&file.path, (&choice.read, tables))?;
    if columns.len() > MOST_COLUMNS {
        return Err(IngestError::TooManyColumns { path, found: columns.len(), limit: MOST_COLUMNS });
    }
    let cut = sheets::cut(tables);
    let n_blank: u64 = tables.iter().map(|table| table.n_blank).sum();
    let Some(first) = tables.first() else { return Err(IngestError::Empty { path }) };
    let mut facts = file_facts::of_header(&file.path, (&first.names, &first.doubted), first.n_skipped);
    facts.extend(file_facts::of_cut_lines(&file.path, &cut));
    let counted = [(FactRule::BlankLines, n_blank), (FactRule::ErrorCells, n_errors)];
    let noticed = counted.into_iter().filter(|(_, count)| *count > 0);
    facts.extend(noticed.map(|(rule, count)| Fact { rule, place: path.clone(), count, examples: Vec::new() }));
    facts.extend(choice.facts(&file.path, file.layout.sheet.as_ref()));
    // Where sheets differ, each is looked at for itself.
    let are_alike = tables.iter().all(|table| table.n_skipped == first.n_skipped);
    let skipped = file_facts::key_of_skipped(first.n_skipped, &file.layout).filter(|_| are_alike);
    let skipped = skipped.or_else(|| file_facts::key_of_doubt(&first.doubted, &file.layout));
    let mut found: Vec<FoundKey> = skipped.into_iter().collect();
    found.extend(choice.key().filter(|_| file.layout.sheet.is_none()));
    let n_rows = columns.first().map_or(0, |(_, cells)| cells.len());
    let column = |(name, cells): (String, Vec<Option<&str>>)| {
        let texts: StringChunked = cells.into_iter().map(|cell| cell.map(with_plain_digits)).collect();
        texts.with_name(name.into()).into_column()
    };
    let frame = DataFrame::new(n_rows, columns.into_iter().map(column).collect());
    let frame = frame.map_err(IngestError::engine(format!("opening `{path}`")))?.lazy();
    Ok(Opened { frame, expected_rows: Some(n_rows), first_row: 0, cut, facts, found })
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType;

    #[test]
    fn cells_are_read_as_a_person_means_them() {
        let time = |days, kind| text_of(&Data::DateTime(ExcelDateTime::new(days, kind, false)));
        for (cell, expected) in [
            (Data::Float(1_167.0), "1167"),
            (Data::Float(0.1 + 0.2), "0.3"),
            (Data::Float(-12.5), "-12.5"),
            (Data::Float(1.0e15), "1000000000000000"),
            (Data::Float(-0.0), "0"),
            (Data::Int(7), "7"),
            (Data::String("007".into()), "007"),
            (Data::Bool(true), "true"),
            (Data::DateTimeIso("2024-05-01T12:44:00".into()), "2024-05-01T12:44:00"),
            (Data::DurationIso("PT12H04M05S".into()), "12:04:05"),
            (Data::Error(calamine::CellErrorType::NA), ""),
            (Data::Empty, ""),
        ] {
            assert_eq!(text_of(&cell), expected);
        }
        assert_eq!(time(45_413.0, ExcelDateTimeType::DateTime), "2024-05-01");
        assert_eq!(time(45_413.530_555_56, ExcelDateTimeType::DateTime), "2024-05-01T12:44:00");
        assert_eq!(time(45_413.999_988_426, ExcelDateTimeType::DateTime), "2024-05-01T23:59:59");
        assert_eq!(time(0.75, ExcelDateTimeType::DateTime), "18:00:00");
        assert_eq!(time(1.5, ExcelDateTimeType::TimeDelta), "36:00:00");
        assert_eq!(time(-3.0, ExcelDateTimeType::DateTime), "-3");
        let macintosh = ExcelDateTime::new(43_951.0, ExcelDateTimeType::DateTime, true);
        assert_eq!(text_of(&Data::DateTime(macintosh)), "2024-05-01");
    }

    #[test]
    fn what_is_no_spreadsheet_is_refused_by_name() {
        let refused = |bytes: &[u8]| form_of(Path::new("a.xlsx"), bytes).unwrap_err().to_string();
        assert!(refused(b"a,b\n1,2\n").contains("a text table is named `.csv`"));
        assert!(refused(b"<html>").contains("web page"));
        assert!(refused(b"").contains("empty"));
        assert!(refused(b"PK\x03\x04 nothing").contains("not a readable spreadsheet"));
    }
}
