//! In which encoding a text is written, and its way to UTF-8.
//!
//! A mark at the beginning, or every second byte being zero, tells at once. Otherwise ASCII is passed on until a letter
//! comes that is none; so many bytes from there on decide, once for the file, however much of it is read at a time.

use std::collections::BTreeSet;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Decoder, DecoderResult, Encoding, IBM866, ISO_8859_2, ISO_8859_15, KOI8_U, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE,
    WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257,
};

use super::state_words::{is_no_purchase, is_purchase};
use crate::config::{is_currency_mark, means};

/// Bytes from the first letter outside ASCII on that decide.
pub(super) const LOOKED_AT: usize = 1 << 20;

/// First bytes of a file that show whether it is UTF-16.
pub(super) const FIRST_BYTES: usize = 1 << 12;

/// How the bytes of a text become UTF-8.
pub(super) enum Transcoder {
    /// There was nothing but ASCII so far.
    Undecided,
    /// They are.
    Utf8,
    /// From another encoding.
    From {
        decoder: Box<Decoder>,
        encoding: &'static Encoding,
        /// Whether the config did not say so.
        is_detected: bool,
    },
}

impl Transcoder {
    /// What the first bytes of a file tell, and the config.
    pub(super) fn new(bytes: &[u8], label: Option<&str>) -> Self {
        let given = label.and_then(named);
        if let Some((encoding, _)) = Encoding::for_bom(bytes) {
            return Self::from(encoding, given != Some(encoding));
        }
        let utf16 = without_mark(bytes);
        match given {
            // `utf-16` alone does not say which of the two.
            Some(given) if given == UTF_16LE => Self::from(utf16.unwrap_or(UTF_16LE), false),
            Some(given) => Self::from(given, false),
            None => utf16.map_or(Self::Undecided, |encoding| Self::from(encoding, true)),
        }
    }

    /// Decides by the first bytes from a letter on that is no ASCII.
    pub(super) fn decide(bytes: &[u8]) -> Self {
        Self::from(detected(bytes), true)
    }

    fn from(encoding: &'static Encoding, is_detected: bool) -> Self {
        if encoding == UTF_8 {
            return Self::Utf8;
        }
        Self::From { decoder: Box::new(encoding.new_decoder_with_bom_removal()), encoding, is_detected }
    }

    /// Adds bytes to a text as UTF-8; returns how many characters could not be read.
    pub(super) fn add(&mut self, bytes: &[u8], is_last: bool, text: &mut Vec<u8>) -> u64 {
        let Self::From { decoder, .. } = self else {
            text.extend_from_slice(bytes);
            return 0;
        };
        let (mut rest, mut n_replaced) = (bytes, 0);
        loop {
            let start = text.len();
            let room = decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(rest.len());
            text.resize(start + room, 0);
            let free = text.get_mut(start..).unwrap_or_default();
            let (result, n_read, n_written) = decoder.decode_to_utf8_without_replacement(rest, free, is_last);
            text.truncate(start + n_written);
            rest = rest.get(n_read..).unwrap_or_default();
            match result {
                DecoderResult::InputEmpty => return n_replaced,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    text.extend_from_slice("\u{FFFD}".as_bytes());
                    n_replaced += 1;
                }
            }
        }
    }
}

/// Whether bytes are not in the encoding of the config, whatever the letters: line ends of UTF-16 have zeros.
pub(super) fn cannot_be(bytes: &[u8], label: Option<&str>) -> bool {
    let is_utf16 = label.and_then(named).is_some_and(|given| given == UTF_16LE || given == UTF_16BE);
    is_utf16 && !bytes.is_empty() && Encoding::for_bom(bytes).is_none() && !bytes.contains(&0)
}

/// The first position of a byte that is no ASCII.
pub(super) fn first_foreign(bytes: &[u8]) -> Option<usize> {
    let n_ascii = Encoding::ascii_valid_up_to(bytes);
    (n_ascii < bytes.len()).then_some(n_ascii)
}

/// Whether bytes hold letters that are written in UTF-8, which in another encoding are two odd characters each.
pub(super) fn holds_utf8(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| matches!(pair, [0xC3, 0x80..=0xBF] | [0xC2, 0xA0..=0xBF]))
}

/// Whether a text begins with the mark of UTF-32, which nobody reads.
pub(super) fn is_utf32(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xFF\xFE\0\0") || bytes.starts_with(b"\0\0\xFE\xFF")
}

fn named(label: &str) -> Option<&'static Encoding> {
    if label == "latin-1" { Some(WINDOWS_1252) } else { Encoding::for_label(label.as_bytes()) }
}

/// UTF-16 without a mark: digits, delimiters and line ends have a zero in one of their two bytes, and none in the other.
fn without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let bytes = bytes.get(..FIRST_BYTES).unwrap_or(bytes);
    let pairs = bytes.as_chunks::<2>().0;
    let n_zero = |place: usize| pairs.iter().filter(|pair| pair.get(place) == Some(&0)).count();
    let (first, second) = (n_zero(0), n_zero(1));
    if first * 100 <= pairs.len() && second * 10 > pairs.len() {
        Some(UTF_16LE)
    } else if second * 100 <= pairs.len() && first * 10 > pairs.len() {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// UTF-8 if that is what most letters outside ASCII are; else what their company speaks for.
fn detected(bytes: &[u8]) -> &'static Encoding {
    let (mut n_valid, mut n_invalid) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        n_valid += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        n_invalid += usize::from(!chunk.invalid().is_empty());
    }
    if n_valid >= n_invalid {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    if guess.is_single_byte() { by_known_words(bytes, guess) } else { guess }
}

/// Bytes in which words are looked for.
const WORDS_IN: usize = 1 << 14;

/// The encoding of another alphabet of one byte a letter in which more words are known: names of columns, states, signs of
/// currencies. A table has few letters that are no ASCII, and the same ones again and again.
fn by_known_words(bytes: &[u8], guess: &'static Encoding) -> &'static Encoding {
    let bytes = bytes.get(..WORDS_IN).unwrap_or(bytes);
    let n_known = |encoding: &'static Encoding| {
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        let cells = text.split([';', ',', '\t', '|', '\n', '\r', '"']);
        let cells: BTreeSet<&str> = cells.map(str::trim).filter(|cell| !cell.is_ascii()).collect();
        cells.into_iter().filter(|cell| is_known(cell)).count()
    };
    let others = [
        WINDOWS_1252,
        WINDOWS_1250,
        WINDOWS_1254,
        WINDOWS_1257,
        ISO_8859_2,
        ISO_8859_15,
        MACINTOSH,
        WINDOWS_1251,
        IBM866,
        KOI8_U,
        WINDOWS_1253,
        WINDOWS_1255,
        WINDOWS_1256,
    ];
    let mut best = (n_known(guess), guess);
    for encoding in others {
        let n_known = n_known(encoding);
        if n_known > best.0 {
            best = (n_known, encoding);
        }
    }
    best.1
}

/// Whether a cell is the name of a column, a state, or an amount in a currency.
fn is_known(cell: &str) -> bool {
    let names = ["customer_id", "order_id", "purchased_at", "amount", "product_id", "quantity"];
    let sign = cell.trim_start_matches(|letter: char| !letter.is_alphabetic());
    // The text begins at its first letter that is no ASCII: the `N` of `Nº` stands before it.
    let whole = if cell.starts_with(['º', '°']) { format!("N{cell}") } else { cell.to_owned() };
    names.iter().any(|name| means(name, &whole)) || is_no_purchase(cell) || is_purchase(cell) || is_currency_mark(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], label: Option<&str>) -> (String, &'static str) {
        let mut transcoder = Transcoder::new(bytes, label);
        if matches!(transcoder, Transcoder::Undecided) {
            transcoder = first_foreign(bytes).map_or(Transcoder::Utf8, |at| Transcoder::decide(&bytes[at..]));
        }
        let name = if let Transcoder::From { encoding, .. } = &transcoder { encoding.name() } else { "UTF-8" };
        let mut text = Vec::new();
        for byte in bytes.chunks(3) {
            transcoder.add(byte, false, &mut text);
        }
        transcoder.add(b"", true, &mut text);
        (String::from_utf8_lossy(&text).into_owned(), name)
    }

    #[test]
    fn encodings_are_detected_and_may_be_given() {
        let text = "Kunde;Währung\n1;Jörg Müller & Söhne, Gießen\n2;5 €\n";
        let bytes = |encoding: &'static Encoding| encoding.encode(text).0.into_owned();
        assert_eq!(decoded(text.as_bytes(), None), (text.to_owned(), "UTF-8"));
        assert_eq!(decoded(&bytes(WINDOWS_1252), None), (text.to_owned(), "windows-1252"));
        let utf16 = |swap: bool, mark: bool| -> Vec<u8> {
            let mark = mark.then_some(0xFEFF);
            let units = mark.into_iter().chain(text.encode_utf16());
            units.flat_map(|unit| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        };
        for mark in [false, true] {
            assert_eq!(decoded(&utf16(false, mark), None), (text.to_owned(), "UTF-16LE"));
            assert_eq!(decoded(&utf16(true, mark), None), (text.to_owned(), "UTF-16BE"));
            assert_eq!(decoded(&utf16(true, mark), Some("utf-16")), (text.to_owned(), "UTF-16BE"));
        }
        let polish = "nazwa;miasto\nŁukasz Wiśniewski;Łódź\nGrażyna Brzęczyszczykiewicz;Częstochowa\n";
        let bytes = encoding_rs::WINDOWS_1250.encode(polish).0;
        assert_eq!(decoded(&bytes, None), (polish.to_owned(), "windows-1250"));
        let czech = "Kód objednávky;Datum;Stav;Celkem s DPH\n1;1. 5. 2024;Vyřízeno;1 250,50 Kč\n2;2. 5. 2024;Stornováno;99,00 Kč\n";
        let bytes = WINDOWS_1250.encode(czech).0;
        assert_eq!(decoded(&bytes, None), (czech.to_owned(), "windows-1250"));
        let spanish = "N\u{ba} Factura;Fecha Factura;C\u{f3}d. Cliente;Importe\n1;02-ene-2024;7;1,50\n";
        let bytes = WINDOWS_1252.encode(spanish).0;
        assert_eq!(decoded(&bytes, None), (spanish.to_owned(), "windows-1252"));
        assert_eq!(decoded(b"caf\xE9", Some("latin-1")), ("café".to_owned(), "windows-1252"));
        assert_eq!(decoded(b"caf\xE9", None), ("café".to_owned(), "windows-1252"));
    }

    #[test]
    fn damaged_utf8_stays_utf8() {
        assert!(matches!(Transcoder::decide(b"\xC3\xA9 \xE9 \xC3\xA9"), Transcoder::Utf8));
        assert!(holds_utf8("x é".as_bytes()) && !holds_utf8(b"x \xE9 Spa\xDF\x93"));
        assert!(is_utf32(b"\xFF\xFE\0\0a") && !is_utf32(b"\xFF\xFEa\0"));
    }
}
