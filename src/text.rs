//! Owns how numbers and sentences are set for people: thousands, plurals, lines of a given width; and that nothing which
//! came from outside steers the terminal or forges a line.

use std::borrow::Cow;

use crate::units::Currency;

/// A text from outside as it may stand within a line: characters that steer a terminal, end a line or turn the direction of
/// writing are written out, as JSON writes them.
///
/// ```
/// use retain::text::printable;
/// assert_eq!(printable("caf\u{e9}"), "caf\u{e9}");
/// assert_eq!(printable("a\u{1b}[31m\nb\u{9b}\u{202e}"), "a\\u001b[31m\\u000ab\\u009b\\u202e");
/// ```
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    written_out(text, steers)
}

/// A text of several lines as it may be printed: lines and tabs stay.
///
/// ```
/// assert_eq!(retain::text::printable_lines("a\n\tb\r\u{7f}"), "a\n\tb\\u000d\\u007f");
/// ```
#[must_use]
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    written_out(text, |letter| steers(letter) && !matches!(letter, '\n' | '\t'))
}

/// A message of several lines in which no line but the first begins at the margin, where another message would.
///
/// ```
/// assert_eq!(retain::text::indented("a\nerror: b\n  c"), "a\n  error: b\n  c");
/// ```
#[must_use]
pub fn indented(message: &str) -> String {
    let lines: Vec<Cow<'_, str>> = message.split('\n').map(printable).collect();
    let indented = lines.iter().enumerate().map(|(place, line)| {
        let margin = if place > 0 && !line.starts_with("  ") { "  " } else { "" };
        format!("{margin}{line}")
    });
    indented.collect::<Vec<_>>().join("\n")
}

fn written_out(text: &str, is_meant: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_meant) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_meant(letter) {
            safe.push_str(&format!("\\u{:04x}", u32::from(letter)));
        } else {
            safe.push(letter);
        }
    }
    Cow::Owned(safe)
}

/// Whether a character does something to the terminal or to the text around it: C0, C1 and DEL, marks of direction, ends of
/// lines and paragraphs.
fn steers(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// A sentence with a capital letter at its start.
///
/// ```
/// assert_eq!(retain::text::capital("less than 1 % of all"), "Less than 1 % of all");
/// ```
#[must_use]
pub fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// A count with thousands separators.
///
/// ```
/// assert_eq!([0, 999, 1_067_370].map(retain::text::grouped), ["0", "999", "1,067,370"]);
/// ```
#[must_use]
pub fn grouped(count: u64) -> String {
    grouped_digits(&count.to_string())
}

/// Digits with thousands separators.
#[must_use]
pub fn grouped_digits(digits: &str) -> String {
    let comma = |place: usize| place > 0 && (digits.len() - place).is_multiple_of(3);
    digits
        .chars()
        .enumerate()
        .flat_map(|(place, digit)| comma(place).then_some(',').into_iter().chain([digit]))
        .collect()
}

/// An amount as people write it: the code, thousands in groups, and the decimals of the currency.
///
/// * `major` - the amount in major units.
/// * `whole_from` - the size in major units from which on there are no decimals.
///
/// ```
/// use retain::text::amount;
/// use retain::units::Currency;
/// let in_pounds = |major| amount(major, 100.0, &Currency::from_code("GBP").unwrap());
/// assert_eq!([2.5, -12.5, 1234.56].map(in_pounds), ["GBP 2.50", "GBP -12.50", "GBP 1,235"]);
/// ```
#[must_use]
pub fn amount(major: f64, whole_from: f64, currency: &Currency) -> String {
    let decimals = if major.abs() >= whole_from { 0 } else { currency.decimals() as usize };
    let digits = format!("{:.decimals$}", major.abs());
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let sign = if major < 0.0 && digits.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) { "-" } else { "" };
    format!("{} {sign}{}{rest}", currency.code(), grouped_digits(whole))
}

/// The count and its noun in the right number.
///
/// ```
/// use retain::text::counted;
/// assert_eq!([counted(1, "row"), counted(1_200, "row")], ["1 row", "1,200 rows"]);
/// ```
#[must_use]
pub fn counted(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// The verb in the number of its subject.
///
/// ```
/// assert_eq!([1, 2].map(|count| retain::text::verb(count, "has", "have")), ["has", "have"]);
/// ```
#[must_use]
pub const fn verb(count: u64, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

/// The words of a sentence in lines of at most `width` characters; a longer word has a line of its own.
///
/// ```
/// assert_eq!(retain::text::wrapped("one two three", 8), ["one two", "three"]);
/// ```
#[must_use]
pub fn wrapped(sentence: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in sentence.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The text cut to `width` characters, with an ellipsis where something is missing.
///
/// ```
/// assert_eq!(["short", "much too long"].map(|text| retain::text::shortened(text, 8)), ["short", "much to…"]);
/// ```
#[must_use]
pub fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// A name for what has this digest, as a UUID: the same content has the same name everywhere.
///
/// ```
/// assert_eq!(retain::text::uuid(&[0xff; 32]), "ffffffff-ffff-8fff-bfff-ffffffffffff");
/// ```
///
/// # Source
/// RFC 9562 (2024), section 5.8: version 8, whose other bits are the maker's own.
#[must_use]
pub fn uuid(digest: &[u8; 32]) -> String {
    let bytes = digest.iter().take(16).enumerate().map(|(place, byte)| match place {
        6 => (byte & 0x0f) | 0x80,
        8 => (byte & 0x3f) | 0x80,
        _ => *byte,
    });
    let hex = format!("{:032x}", bytes.fold(0_u128, |number, byte| (number << 8) | u128::from(byte)));
    let group = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [group(0, 8), group(8, 12), group(12, 16), group(16, 20), group(20, 32)].join("-")
}
