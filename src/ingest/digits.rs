//! Digits of other scripts: Arabic, Persian, Indian and Thai exports write numbers, days and ids with them, and they mean the same.

/// The bytes that begin such digits in UTF-8; letters of the same scripts begin with them too.
const LEADS: [u8; 3] = [0xD9, 0xDB, 0xE0];

/// Marks of Arabic numbers: before decimals, and between thousands. A comma would end the field in many a file.
const DECIMALS: &[u8] = "\u{66B}".as_bytes();
const THOUSANDS: &[u8] = "\u{66C}".as_bytes();

/// A text with the digits of other scripts behind a position as those of ASCII. Names of columns stand before it and stay.
pub(super) fn as_ascii(mut text: Vec<u8>, start: usize) -> Vec<u8> {
    let rows = text.get(start..).unwrap_or_default();
    let [one, two, three] = LEADS;
    if memchr::memchr3(one, two, three, rows).is_none() {
        return text;
    }
    let rows = text.split_off(start);
    let mut rest = rows.as_slice();
    while let Some(first) = rest.first() {
        let (n_bytes, written) = digit(rest).unwrap_or((1, *first));
        text.push(written);
        rest = rest.get(n_bytes..).unwrap_or_default();
    }
    text
}

/// The same of a cell; `None` where it has none of them.
pub(super) fn of_cell(text: &str) -> Option<String> {
    let [one, two, three] = LEADS;
    let _ = memchr::memchr3(one, two, three, text.as_bytes())?;
    String::from_utf8(as_ascii(text.as_bytes().to_vec(), 0)).ok()
}

/// How many bytes the digit or mark at the beginning of a text has, and the one that means the same.
fn digit(text: &[u8]) -> Option<(usize, u8)> {
    let of = |low: u8, own: u8| Some(b'0' + (own - low));
    if text.starts_with(DECIMALS) {
        return Some((2, b'.'));
    }
    if text.starts_with(THOUSANDS) {
        return Some((2, b'\''));
    }
    let (n_bytes, digit) = match text {
        [0xD9, own @ 0xA0..=0xA9, ..] => (2, of(0xA0, *own)),
        [0xDB, own @ 0xB0..=0xB9, ..] => (2, of(0xB0, *own)),
        // Devanagari, Bengali and Thai.
        [0xE0, 0xA5 | 0xA7, own @ 0xA6..=0xAF, ..] => (3, of(0xA6, *own)),
        [0xE0, 0xB9, own @ 0x90..=0x99, ..] => (3, of(0x90, *own)),
        _ => (0, None),
    };
    Some((n_bytes, digit?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, start: usize) -> String {
        String::from_utf8(as_ascii(text.as_bytes().to_vec(), start)).unwrap()
    }

    #[test]
    fn digits_mean_the_same_in_every_script() {
        assert_eq!(read("٢٠٢٥-٠٣-١٩,١٬٢٣٤٫٥٠", 0), "2025-03-19,1'234.50");
        assert_eq!(read("۱۲۳۴۵۶۷۸۹۰ ०१२३४५६७८९ ০১৯ ๐๑๒๙", 0), "1234567890 0123456789 019 0129");
        for as_it_stands in ["مشتری,قیمت", "Größe 5 €", "राशि", "ราคา", "12.5"] {
            assert_eq!(read(as_it_stands, 0), as_it_stands);
        }
        let with_head = "قیمت ۱\n۲";
        assert_eq!(read(with_head, with_head.len() - 2), "قیمت ۱\n2", "names of columns stay");
        assert_eq!((of_cell("١٢٫٥"), of_cell("12.5")), (Some("12.5".to_owned()), None));
    }
}
