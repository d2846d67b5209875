//! Owns how numbers and sentences are set for people: thousands, plurals, lines of a given width.

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
