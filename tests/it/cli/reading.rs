//! Files as programs write them: encodings, delimiters, titles, totals, doubled names, spreadsheets.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;

use predicates::prelude::*;
use predicates::str::contains;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use crate::shop::{Shop, retain};

/// Rows of the table: 300 customers with four orders each.
const ROWS: usize = 1_200;

/// A row of the table: customer, town, day, amount.
fn row(number: usize) -> [String; 4] {
    let (customer, order) = (number % 300, number / 300);
    let town = ["Köln", "München"][customer % 2];
    let day = format!("2024-{:02}-{:02}", 1 + order * 3 + customer % 3, 1 + customer % 28);
    [format!("C{customer:04}"), town.to_owned(), day, format!("{}.50", 10 + number % 7)]
}

fn line(cells: &[String], delimiter: char) -> String {
    cells.join(&delimiter.to_string()) + "\r\n"
}

const NAMES: [&str; 4] = ["Kunde", "Ort", "Datum", "Betrag"];

/// The table as text.
fn text(delimiter: char) -> String {
    let rows = std::iter::once(NAMES.map(str::to_owned)).chain((0..ROWS).map(row));
    rows.map(|cells| line(&cells, delimiter)).collect()
}

/// A shop with a file, from whose rows those of one town are taken.
fn shop(file: &str, bytes: &[u8], keys: &str) -> Shop {
    let config = format!(
        "name = \"x\"\ncurrency = \"EUR\"\n[purchases]\npath = \"{file}\"\nfilter = \"Ort = 'Köln'\"\n{keys}\n\
         [purchases.columns]\ncustomer_id = \"Kunde\"\npurchased_at = \"Datum\"\namount = \"Betrag\"\n\
         [churn]\nhorizon_days = 60\n[validate]\nmin_customers = 10\n"
    );
    let shop = Shop::of("", &config);
    std::fs::write(shop.path(file), bytes).unwrap();
    shop
}

/// What `retain check` says of data that it accepts.
fn accepted(shop: &Shop) -> String {
    let output = shop.command("check").output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    assert!(output.status.success(), "{said}");
    said
}

/// The same, where half of the rows must be of the town.
fn read_whole(shop: &Shop, n_rejected: usize) -> String {
    let said = accepted(shop);
    let rows = ROWS + n_rejected;
    let rows = format!("purchases: {},{:03} rows = 600 used (150 customers", rows / 1_000, rows % 1_000);
    assert!(said.contains(&rows), "{rows}: {said}");
    said
}

fn utf16(text: &str, is_big: bool, has_mark: bool) -> Vec<u8> {
    let mark = has_mark.then_some(0xFEFF_u16);
    let units = mark.into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

/// Letters of western Europe in one byte each.
fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect()
}

#[test]
fn encodings_are_detected_and_told() {
    let text = text(';');
    read_whole(&shop("p.csv", text.as_bytes(), ""), 0);
    let said = read_whole(&shop("p.csv", &latin1(&text), ""), 0);
    assert!(said.contains("recommendation[encoding]: 1 file was read as windows-1252, which was detected"), "{said}");
    let told = read_whole(&shop("p.csv", &latin1(&text), "encoding = \"latin-1\""), 0);
    assert!(!told.contains("encoding]"), "{told}");
    for (is_big, has_mark) in [(false, true), (true, true), (false, false), (true, false)] {
        let said = read_whole(&shop("p.txt", &utf16(&text, is_big, has_mark), ""), 0);
        assert!(said.contains(if is_big { "read as UTF-16BE" } else { "read as UTF-16LE" }), "{said}");
    }
}

#[test]
fn files_of_one_table_may_differ_in_everything_but_their_columns() {
    let shop = shop("all*", b"", "");
    std::fs::remove_file(shop.path("all*")).unwrap();
    let rows = |range: std::ops::Range<usize>| range.map(row);
    let header = NAMES.map(str::to_owned);
    let first: String = std::iter::once(header).chain(rows(0..500)).map(|cells| line(&cells, ';')).collect();
    std::fs::write(shop.path("all1.csv"), latin1(&first)).unwrap();
    let mut second = "Betrag\tKunde\tDatum\tOrt\tNeu\n".to_owned();
    for [customer, town, day, amount] in rows(500..900) {
        writeln!(second, "{amount}\t{customer}\t{day}\t{town}\tx").unwrap();
    }
    std::fs::write(shop.path("all2.txt"), utf16(&second, false, true)).unwrap();
    spreadsheet(&shop.path("all3.xlsx"), &[("Blatt", 900..ROWS)]);
    let said = read_whole(&shop, 0);
    assert!(said.contains("UTF-16LE") && said.contains("windows-1252"), "{said}");
}

#[test]
fn a_wrong_encoding_is_noticed_and_an_unknown_one_refused() {
    let said = accepted(&shop("p.csv", text(';').as_bytes(), "encoding = \"utf-8\""));
    assert!(!said.contains("mixed"), "{said}");
    let mixed = shop("p.csv", text(';').as_bytes(), "encoding = \"windows-1252\"");
    mixed.edit_config(|text| text.replace("Ort = 'Köln'", "Ort LIKE 'K%'"));
    assert!(accepted(&mixed).contains("warning[mixed_encodings]"));
    let unknown =
        shop("p.csv", b"", "encoding = \"windows-1253x\"\ndelimiter = \";;\"\nquote = \"ab\"\nskip_rows = -1");
    let refused = unknown.command("check").assert().code(2);
    refused.stderr(
        contains("`purchases.encoding` must be the name of an encoding")
            .and(contains("the nearest known is `windows-1253`"))
            .and(contains("`purchases.delimiter` must be one character"))
            .and(contains("`purchases.quote` must be one character"))
            .and(contains("`purchases.skip_rows` must be a whole number")),
    );
}

#[test]
fn lines_above_the_header_are_skipped_and_told() {
    let titles = "sep=;\r\nUmsatzliste;Januar bis Dezember\r\n\r\nStand: 2024-12-31;;;\r\n";
    let text = format!("{titles}{}", text(';'));
    let said = read_whole(&shop("p.csv", text.as_bytes(), ""), 0);
    assert!(said.contains("recommendation[skipped_lines]: lines above the header were skipped in 1 file"), "{said}");
    assert!(said.contains("e.g. `4 of p.csv`"), "{said}");
    read_whole(&shop("p.csv", text.as_bytes(), "skip_rows = 4"), 0);
    let wrong = shop("p.csv", text.as_bytes(), "skip_rows = 0");
    wrong.command("check").assert().code(2).stderr(contains("E208"));
}

#[test]
fn delimiters_and_quotes_are_told_from_many_lines() {
    for delimiter in [',', ';', '\t', '|'] {
        let text = text(delimiter).replace("Kunde", "\"Kunde\"").replace("Köln", "\"Köln\"");
        read_whole(&shop("p.csv", text.as_bytes(), ""), 0);
    }
    let single =
        (0..ROWS).map(row).fold("'Kunde';'Ort';'Datum';'Betrag'\n".to_owned(), |text, [id, town, day, amount]| {
            text + &format!("'{id}';'{town}';'{day}';'{amount}'\n")
        });
    read_whole(&shop("p.csv", single.as_bytes(), ""), 0);
    let odd = text(';').replace(';', "^");
    read_whole(&shop("p.csv", odd.as_bytes(), "delimiter = \"^\""), 0);
    let inches = text('\t').replace("München", "\"5 inch");
    let said = read_whole(&shop("p.txt", inches.as_bytes(), ""), 0);
    assert!(!said.contains("broken"), "{said}");
}

#[test]
fn headers_totals_and_empty_lines_among_the_rows_are_no_rows() {
    let text = text(';');
    let (header, rows) = text.split_at(text.find('\n').unwrap() + 1);
    let twice = format!("{header}{rows}\u{FEFF}{header};;;\r\n;;;\r\nSumme;;;16.200,00\r\nGesamt:;;;\r\n");
    let shop = shop("p.csv", twice.as_bytes(), "");
    let said = read_whole(&shop, 3);
    assert!(said.contains("repeated header 1, total line 2"), "{said}");
    for rule in ["warning[repeated_headers]: `p.csv` has 1 line", "warning[total_lines]: `p.csv` has 2 lines"] {
        assert!(said.contains(rule), "{said}");
    }
    assert!(said.contains("recommendation[blank_lines]: `p.csv` has 2 lines without any value"), "{said}");
    let output = shop.command("check").args(["--out", "found"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_doubled_name_is_told_where_it_is_mapped() {
    let doubled = text(';').replace("Kunde;Ort", "Ort;Ort").replace("Ort;Ort", "Kunde;Ort;Ort ");
    let doubled = doubled.replace("Köln;", "Köln;x;").replace("München;", "München;y;");
    let said = read_whole(&shop("p.csv", doubled.as_bytes(), ""), 0);
    assert!(said.contains("warning[doubled_columns]: the mapping reads column `Ort`, and 1 other column"), "{said}");
    assert!(said.contains("`Ort, column 2`, `Ort_2, column 3`"), "{said}");
    let second = shop("p.csv", doubled.as_bytes(), "");
    second.edit_config(|text| text.replace("Ort = 'Köln'", "Ort_2 = 'x'"));
    assert!(!read_whole(&second, 0).contains("doubled_columns"));
}

#[test]
fn a_header_that_is_none_is_doubted_aloud() {
    let text = text(';');
    let rows = &text[text.find('\n').unwrap() + 1..];
    let shop = shop("p.csv", rows.as_bytes(), "");
    let [customer, town, day, amount] = row(0);
    shop.edit_config(|text| {
        let text = text.replace("\"Kunde\"", &format!("\"{customer}\"")).replace("\"Datum\"", &format!("'\"{day}\"'"));
        text.replace("Ort = 'Köln'", &format!("{town} = 'Köln'")).replace("\"Betrag\"", &format!("'\"{amount}\"'"))
    });
    let said = accepted(&shop);
    assert!(said.contains("warning[doubtful_header]: `p.csv` seems to have no header: 3 column names look"), "{said}");
}

/// Writes a spreadsheet with some rows of the table in each of its sheets.
fn spreadsheet(path: &std::path::Path, sheets: &[(&str, std::ops::Range<usize>)]) {
    let mut book = Workbook::new();
    let days = Format::new().set_num_format("dd/mm/yyyy");
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (column, name) in (0..).zip(NAMES) {
            sheet.write(0, column, name).unwrap();
        }
        for (at, [customer, town, day, amount]) in (1..).zip(rows.clone().map(row)) {
            sheet.write(at, 0, customer).unwrap();
            sheet.write(at, 1, town).unwrap();
            sheet.write_with_format(at, 2, ExcelDateTime::parse_from_str(&day).unwrap(), &days).unwrap();
            sheet.write(at, 3, amount.parse::<f64>().unwrap()).unwrap();
        }
    }
    book.save(path).unwrap();
}

#[test]
fn a_spreadsheet_is_read_and_its_sheet_told() {
    let shop = shop("p.xlsx", b"", "");
    spreadsheet(&shop.path("p.xlsx"), &[("Umsatz", 0..ROWS)]);
    let said = read_whole(&shop, 0);
    assert!(!said.contains("other_sheets"), "{said}");
    spreadsheet(&shop.path("p.xlsx"), &[("Leer", 0..0), ("Umsatz", 0..ROWS), ("Alt", 0..70)]);
    let said = read_whole(&shop, 0);
    // Most of its rows stand in the first: it is a copy.
    assert!(
        said.contains("warning[other_sheets]: `p.xlsx` has 1 other sheet with rows, which was not read, e.g. `Alt`"),
        "{said}"
    );
    shop.edit_config(|text| text.replace("[purchases]\n", "[purchases]\nsheet = \"umsatz\"\n"));
    assert!(!read_whole(&shop, 0).contains("other_sheets"));
    shop.edit_config(|text| text.replace("umsatz", "Umsaetze"));
    let refused = shop.command("check").assert().code(2);
    refused.stderr(contains("E219").and(contains("its sheets: `Leer`, `Umsatz`, `Alt`")));
}

#[test]
fn sheets_of_the_same_columns_are_one_table() {
    let shop = shop("p.xlsx", b"", "");
    let years = [("2022", 0..200), ("2023", 200..450), ("2024", 450..ROWS)];
    spreadsheet(&shop.path("p.xlsx"), &years);
    let said = read_whole(&shop, 0);
    assert!(
        said.contains("recommendation[joined_sheets]: `p.xlsx` has 3 sheets with the same columns; they were read as"),
        "{said}"
    );
    shop.edit_config(|text| text.replace("[purchases]\n", "[purchases]\nsheet = \"*\"\n"));
    assert!(!read_whole(&shop, 0).contains("_sheets]"));
    shop.edit_config(|text| text.replace("sheet = \"*\"", "sheet = [\"2022\", \"2023\", \"2024\"]"));
    assert!(!read_whole(&shop, 0).contains("_sheets]"));
    // Who names one is told of the others.
    shop.edit_config(|text| text.replace("sheet = [\"2022\", \"2023\", \"2024\"]", "sheet = [\"2023\", \"2024\"]"));
    let said = accepted(&shop);
    assert!(said.contains("purchases: 1,000 rows"), "{said}");
    let left =
        "warning[other_sheets]: `p.xlsx` has 1 sheet with the columns of those that `sheet` names, which was not";
    assert!(said.contains(left) && said.contains("`2022`") && said.contains("write `sheet = \"*\"`"), "{said}");
    // Returns are no more of the same.
    spreadsheet(&shop.path("p.xlsx"), &[("2022", 0..200), ("Returns", 200..250), ("2023", 200..ROWS)]);
    shop.edit_config(|text| text.replace("sheet = [\"2023\", \"2024\"]\n", ""));
    let said = read_whole(&shop, 0);
    assert!(said.contains("joined_sheets") && said.contains("which was not read, e.g. `Returns`"), "{said}");
}

#[test]
fn a_draft_reads_all_sheets_of_the_same_columns() {
    let folder = tempfile::tempdir().unwrap();
    spreadsheet(&folder.path().join("p.xlsx"), &[("2023", 0..250), ("2024", 250..ROWS)]);
    retain().current_dir(folder.path()).args(["init", "p.xlsx"]).assert().success();
    let draft = std::fs::read_to_string(folder.path().join("retain.toml")).unwrap();
    assert!(draft.contains("sheet = \"*\"  # the same columns, read as one table: `2023`, `2024`\n"), "{draft}");
}

/// A sheet of `OpenDocument` with titles above and a total below.
fn open_document(rows: &str) -> Vec<u8> {
    let mut archive = zip::write::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default();
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"Blatt\">{rows}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", "<manifest:manifest/>"),
        ("content.xml", &content),
    ] {
        archive.start_file(name, stored).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn text_cell(text: &str) -> String {
    format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
}

#[test]
fn an_open_document_is_read() {
    let mut rows = format!("<table:table-row>{}</table:table-row><table:table-row/>", text_cell("Umsatzliste"));
    let header: String = NAMES.iter().map(|name| text_cell(name)).collect();
    writeln!(rows, "<table:table-row>{header}</table:table-row>").unwrap();
    for [customer, town, day, amount] in (0..ROWS).map(row) {
        writeln!(
            rows,
            "<table:table-row>{}{}<table:table-cell office:value-type=\"date\" office:date-value=\"{day}\"/>\
             <table:table-cell office:value-type=\"float\" office:value=\"{amount}\"/></table:table-row>",
            text_cell(&customer),
            text_cell(&town)
        )
        .unwrap();
    }
    writeln!(rows, "<table:table-row>{}</table:table-row>", text_cell("Summe")).unwrap();
    let said = read_whole(&shop("p.ods", &open_document(&rows), ""), 1);
    assert!(said.contains("total line 1") && said.contains("`2 of p.ods`"), "{said}");
}

#[test]
fn spreadsheets_that_are_damaged_or_none_end_with_an_error_of_ours() {
    let shop = shop("p.xlsx", b"", "");
    spreadsheet(&shop.path("p.xlsx"), &[("Umsatz", 0..ROWS)]);
    let sound = std::fs::read(shop.path("p.xlsx")).unwrap();
    for trial in 0..40 {
        let mut bytes = sound.clone();
        let place = trial * 7_919 % bytes.len();
        bytes[place] ^= 0x55;
        bytes.truncate(if trial % 4 == 0 { place } else { bytes.len() });
        std::fs::write(shop.path("p.xlsx"), bytes).unwrap();
        let output = shop.command("check").arg("--quiet").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 2 | 3)) && !said.contains("panick"), "{trial}: {said}");
    }
    for (bytes, reason) in [
        (&b"a,b\n1,2\n"[..], "a text table is named `.csv`"),
        (b"<html><table>", "it is a web page"),
        (b"PK\x03\x04", "not a readable spreadsheet"),
        (b"", "it is empty"),
    ] {
        std::fs::write(shop.path("p.xlsx"), bytes).unwrap();
        shop.command("check").assert().code(3).stderr(contains(reason).and(contains("E205")));
    }
    std::fs::write(shop.path("p.csv"), &sound).unwrap();
    shop.edit_config(|text| text.replace("p.xlsx", "p.csv"));
    shop.command("check").assert().code(3).stderr(contains("a spreadsheet is named `.xlsx` or `.ods`"));
}

#[test]
fn a_spreadsheet_that_unpacks_without_end_is_refused() {
    let shop = shop("p.xlsx", b"", "");
    let mut archive = zip::write::ZipWriter::new(File::create(shop.path("p.xlsx")).unwrap());
    let packed = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    archive.start_file("xl/worksheets/sheet1.xml", packed).unwrap();
    for _ in 0..80 {
        archive.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    archive.finish().unwrap();
    shop.command("check").assert().code(3).stderr(contains("E225"));
}

#[test]
fn parts_are_read_as_the_whole_is() {
    let text = text(';');
    let (header, rows) = text.split_at(text.find('\n').unwrap() + 1);
    let rows = rows.repeat(40);
    let text = format!("Umsatzliste\r\n{header}{rows}{header}{}Summe;;;1\r\n", rows.replace('ö', "o"));
    let shop = shop("p.csv", &latin1(&text), "duplicates = \"keep\"");
    let features = |more: &[&str]| {
        let mut command = shop.command("features");
        let output = command.args(["--as-of", "2024-11-01", "--out", "runs"]).args(more).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        let said = said.lines().filter(|line| line.contains('[') || line.starts_with("purchases:"));
        said.map(str::to_owned).collect::<Vec<_>>()
    };
    let whole = features(&[]);
    assert!(whole.iter().any(|line| line.contains("repeated header 1, total line 1")), "{whole:?}");
    assert_eq!(whole, features(&["--memory", "2MiB"]));
}
