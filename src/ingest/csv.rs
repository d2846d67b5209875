//! Text tables: `*.csv`, `*.tsv` and `*.txt`, plain or compressed.
//!
//! Every column is read as text, so that `007` stays `007`; types are the business of the mapping. Absent are empty
//! fields.

use super::error::IngestError;
use super::source::{InputFile, Opened, Pieces, Source};
use super::text_pieces::TextPieces;

/// Reads text tables.
pub(crate) struct Csv;

impl Source for Csv {
    fn endings(&self) -> &'static [&'static str] {
        &[".csv", ".csv.gz", ".csv.zst", ".tsv", ".tsv.gz", ".tsv.zst", ".txt", ".txt.gz", ".txt.zst"]
    }

    fn open(&self, file: &InputFile) -> Result<Opened, IngestError> {
        let whole = TextPieces::new(file, usize::MAX)?.next();
        whole.unwrap_or_else(|| Err(IngestError::Empty { path: file.path.display().to_string() }))
    }

    fn bytes_per_row(&self) -> u64 {
        260
    }

    fn pieces(&self, file: &InputFile, n_bytes: usize) -> Result<Pieces, IngestError> {
        Ok(Box::new(TextPieces::new(file, n_bytes)?))
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::super::absent::without_absent_words;
    use super::super::account::Reason;
    use super::super::facts::FactRule;
    use super::super::source::CutLine;
    use super::*;

    fn open(name: &str, bytes: &[u8]) -> Result<Opened, IngestError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Csv.open(&InputFile::new(path, None))
    }

    fn rows(opened: Opened) -> Vec<String> {
        let frame = without_absent_words(&opened.frame.collect().unwrap()).unwrap();
        assert_eq!(Some(frame.height()), opened.expected_rows);
        let text = |column: &Column, row| column.str().unwrap().get(row).unwrap_or("-").to_owned();
        let line = |row| frame.columns().iter().map(|c| text(c, row)).collect::<Vec<_>>().join("|");
        (0..frame.height()).map(line).collect()
    }

    #[test]
    fn text_stays_text_and_absent_words_are_absent() {
        let opened =
            open("a.csv", b"\xEF\xBB\xBFid,name,n\r\n007,\"a, \"\"b\"\"\nc\",1.50\r\nNA,,NULL\r\n\"\",x,1\r\n");
        assert_eq!(rows(opened.unwrap()), ["007|a, \"b\"\nc|1.50", "-|-|-", "|x|1"]);
    }

    #[test]
    fn broken_and_short_lines_are_reported() {
        let opened = open("a.csv", b"a,b,c\n1,2,3\n1,2,3,4\n5\n\n6,7\" x,8\n9,10,11,\n").unwrap();
        assert_eq!(opened.cut, [CutLine { row: 1, reason: Reason::BROKEN_LINE }]);
        let rules: Vec<_> = opened.facts.iter().map(|fact| (fact.rule, fact.count)).collect();
        assert_eq!(rules, [(FactRule::ShortLines, 1), (FactRule::StrayQuotes, 1), (FactRule::BrokenLines, 1)]);
        assert_eq!(opened.facts[2].examples[0].text, "row 2");
        assert_eq!(rows(opened), ["1|2|3", "5|-|-", "6|7\" x|8", "9|10|11"]);
    }

    #[test]
    fn a_selection_of_columns_reads_the_same_lines() {
        let opened = open("a.csv", b"a,b,c\n1,\"x\ny\",3\n4,5\n6,7,8,\n").unwrap();
        let frame = opened.frame.select([col("b")]).collect().unwrap();
        let values: Vec<_> = frame.column("b").unwrap().str().unwrap().iter().collect();
        assert_eq!(values, [Some("x\ny"), Some("5"), Some("7")]);
    }

    #[test]
    fn other_encodings_are_read_and_other_formats_refused() {
        let opened = open("a.csv", b"a;b\ncaf\xE9;1\n").unwrap();
        assert_eq!((opened.facts[0].rule, opened.facts[0].place.as_str()), (FactRule::Encoding, "windows-1252"));
        assert_eq!(rows(opened), ["caf\u{E9}|1"]);
        let damaged = open("a.csv", b"a;b\ncaf\xC3\xA9;1\ncaf\xE9;2\n").unwrap();
        assert_eq!((damaged.facts[0].rule, damaged.facts[0].count), (FactRule::NotUtf8, 1));
        let wide = open("a.csv", b"\xFF\xFEa\0\t\0b\0\n\x001\0\t\0\xE9\0").unwrap();
        assert_eq!(rows(wide), ["1|\u{E9}"]);
        let refused = |bytes| open("a.csv", bytes).map(|_| ()).unwrap_err();
        assert!(refused(b"\xFF\xFE\0\0a\0\0\0").to_string().contains("UTF-32"));
        assert!(refused(b"PAR1...").to_string().contains("Parquet"));
        assert!(matches!(refused(b""), IngestError::Empty { .. }));
        assert!(matches!(refused(b"\n\n"), IngestError::Empty { .. }));
    }

    #[test]
    fn what_was_found_out_is_told_for_drafts() {
        let keys = |bytes: &[u8]| -> Vec<String> {
            let found = open("a.csv", bytes).unwrap().found;
            found.into_iter().map(|key| format!("{} = {}", key.key, key.readings[0].toml)).collect()
        };
        assert!(keys(b"id,day\n1,2024-01-01\n").is_empty());
        let text = b"Umsatz\r\n\r\nid;W\xE4hrung\r\n1;EUR\r\n2;EUR\r\n";
        assert_eq!(keys(text), ["encoding = \"windows-1252\"", "delimiter = \";\"", "skip_rows = 2"]);
        assert_eq!(keys(b"id\tsize\n1\t\"5 inch\n"), ["delimiter = \"tab\"", "quote = \"none\""]);
        assert_eq!(keys(b"C1,2024-01-01,5\nC2,2024-01-02,6\n"), ["skip_rows = 0"]);
    }

    #[test]
    fn a_header_alone_is_a_table_without_rows() {
        let frame = open("a.csv", b"a,b\n").unwrap().frame.collect().unwrap();
        assert_eq!(frame.shape(), (0, 2));
    }

    #[test]
    fn compressed_files_are_read() {
        let gz = [
            31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 75, 212, 73, 226, 50, 48, 48, 215, 49, 228, 2, 0, 28, 160, 172, 80, 10, 0,
            0, 0,
        ];
        assert_eq!(rows(open("a.csv.gz", &gz).unwrap()), ["007|1"]);
        assert!(open("a.csv.gz", &gz[..15]).is_err());
        let zst = [40, 181, 47, 253, 36, 10, 81, 0, 0, 97, 44, 98, 10, 48, 48, 55, 44, 49, 10, 19, 50, 81, 184];
        assert_eq!(rows(open("a.csv.zst", &zst).unwrap()), ["007|1"]);
    }

    /// Quoted fields over several lines, open quotes, broken, short and blank lines, letters of several bytes and none of
    /// UTF-8: whatever the size of the pieces, together they are the file.
    #[test]
    fn pieces_are_the_file() {
        let text = b"\xEF\xBB\xBFid,\"a\nname\",n\r\n1,\"x\n,y\",2\n\n2,\"open,3\n3,caf\xC3\xA9,4\n4,caf\xE9,5\n5,6\n6,7,8,9\n\
            7,5\" nail,8\r\n8,\"two \"\"quotes\"\"\r\n\",9\n9,\"x\"y,1\n10,,\n11,\"end\nof it\",12";
        // The head is told from the first lines together: behind them pieces may be small.
        let (header, rest) = text.split_at(text.iter().position(|byte| *byte == b'1').unwrap());
        let text = [header, "0,,1\n".repeat(16_000).as_bytes(), rest].concat();
        let folder = tempfile::tempdir().unwrap();
        let file = InputFile::new(folder.path().join("a.csv"), None);
        std::fs::write(&file.path, &text).unwrap();
        let read = |n_bytes: usize| {
            let (mut lines, mut broken, mut counts) =
                (Vec::new(), Vec::<u64>::new(), std::collections::BTreeMap::new());
            for piece in TextPieces::new(&file, n_bytes).unwrap() {
                let piece = piece.unwrap();
                assert_eq!(piece.first_row, (lines.len() + broken.len()) as u64, "{n_bytes}");
                broken.extend(piece.cut.iter().map(|line| line.row));
                for fact in &piece.facts {
                    *counts.entry(fact.rule).or_insert(0) += fact.count;
                }
                lines.extend(rows(piece));
            }
            (lines, broken, counts)
        };
        let whole = read(usize::MAX);
        assert_eq!((whole.0.len(), whole.1.len()), (16_008, 3));
        for n_bytes in [1, 7, 65_000, 80_000].into_iter().chain(text.len() - 250..=text.len() + 1) {
            assert!(read(n_bytes) == whole, "{n_bytes}");
        }
    }
}
