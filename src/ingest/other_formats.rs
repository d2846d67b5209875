//! Files that no source reads, or not under their name: what they are, and how what is in them gets in.

use std::path::Path;

use super::encoding;
use super::error::IngestError;

/// How the table in a file gets in whose name no source reads, if its ending tells what it is.
pub(super) fn way_in(path: &str) -> Option<&'static str> {
    let ending = Path::new(path).extension().map(|ending| ending.to_string_lossy().to_lowercase());
    Some(match ending.as_deref() {
        Some("zip" | "7z" | "rar" | "tar" | "tgz" | "bz2" | "xz") => "unpack it, and give the path of the table in it",
        Some("numbers" | "pages" | "gsheet") => "open it in its program and export the table as `.xlsx` or `.csv`",
        Some("pdf" | "doc" | "docx" | "htm" | "html" | "xml" | "mht" | "rtf") => {
            "a document is no table: export the table itself as `.csv` or `.xlsx`"
        }
        Some("mdb" | "accdb" | "sqlite" | "sqlite3" | "db" | "sql" | "bak" | "dump" | "fdb") => {
            "export the table from the database as `.csv`; one that runs is read with `query` (docs/operations.md)"
        }
        Some("sav" | "dta" | "sas7bdat" | "rds" | "rdata" | "pkl" | "pickle" | "feather" | "avro" | "orc") => {
            "write it as `.parquet` or `.csv` with the program that made it"
        }
        None | Some("dat" | "asc" | "prn" | "log" | "out" | "export" | "data" | "unl" | "del" | "dsv") => {
            "if it is a text table, give it a name that ends in `.csv`"
        }
        Some(_) => return None,
    })
}

/// Refuses what is no text table, whatever its name says.
///
/// # Errors
/// `IngestError::WrongFormat` with what the file is.
pub(super) fn refuse(path: &Path, bytes: &[u8]) -> Result<(), IngestError> {
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let detail = if bytes.starts_with(b"PAR1") {
        "it begins like a Parquet file; name it `.parquet`"
    } else if encoding::is_utf32(bytes) {
        "it is written in UTF-32; save it as UTF-8"
    } else if bytes.starts_with(b"PK\x03\x04") {
        "it begins like a spreadsheet or another zip archive; a spreadsheet is named `.xlsx` or `.ods`"
    } else if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        "it begins like a spreadsheet of former versions of Excel; name it `.xls`"
    } else if bytes.starts_with(b"%PDF") {
        "it begins like a PDF file; export the table itself"
    } else if is_markup(start) {
        "it begins like a web page or XML; export the table itself as text"
    } else if start.starts_with(b"{\"") || is_list_of_objects(start) {
        "it begins like JSON; name it `.jsonl`, or `.json` if it is one list"
    } else {
        return Ok(());
    };
    Err(IngestError::WrongFormat { path: path.display().to_string(), format: "CSV", detail: detail.to_owned() })
}

fn is_markup(start: &[u8]) -> bool {
    let start = start.get(..9).unwrap_or(start).to_ascii_lowercase();
    [&b"<!doctype"[..], b"<html", b"<?xml", b"<table"].iter().any(|tag| start.starts_with(tag))
}

fn is_list_of_objects(start: &[u8]) -> bool {
    start.strip_prefix(b"[").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_way_in() {
        assert!(way_in("a/orders.csv.ZIP").unwrap().contains("unpack"));
        assert!(way_in("a.dir/orders").unwrap().contains("`.csv`"));
        assert!(way_in("shop.accdb").unwrap().contains("query"));
        assert_eq!(way_in("a.strange"), None);
    }

    #[test]
    fn what_is_no_text_table_is_told() {
        let told = |bytes: &[u8]| refuse(Path::new("a.csv"), bytes).map_err(|error| error.to_string());
        for (bytes, word) in [
            (&b"PAR1..."[..], "Parquet"),
            (b"\xEF\xBB\xBF<!DOCTYPE html>", "web page"),
            (b"\n<table>", "web page"),
            (b"{\"id\": 1}", "JSON"),
            (b"[ {\"id\"", "JSON"),
        ] {
            assert!(told(bytes).unwrap_err().contains(word), "{word}");
        }
        for bytes in [&b"{id},{name}\n"[..], b"[id],[name]\n", b"<id>;<name>\n"] {
            assert_eq!(told(bytes), Ok(()));
        }
    }
}
