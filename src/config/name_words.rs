//! The words of which names of columns and files are made.

/// The words of a name in lower case: `InvoiceDate`, `invoice-date` and `INVOICE DATE` are `invoice`, `date`.
pub(crate) fn in_words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        let starts_word = letter.is_uppercase() && (before.is_lowercase() || before.is_numeric());
        let is_part = letter.is_alphanumeric() || is_mark(letter);
        if (starts_word || !is_part) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| is_part) {
            // A Turkish `İ` is a small i with its dot apart.
            word.extend(letter.to_lowercase().filter(|letter| *letter != '\u{307}'));
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a sign belongs to the letter before it: an accent, a vowel of Hindi, a tone of Thai.
const fn is_mark(letter: char) -> bool {
    matches!(
        letter,
        '\u{300}'..='\u{36F}'
            | '\u{591}'..='\u{5C7}'
            | '\u{64B}'..='\u{65F}'
            | '\u{900}'..='\u{903}'
            | '\u{93A}'..='\u{94F}'
            | '\u{981}'..='\u{DFF}'
            | '\u{E31}'
            | '\u{E34}'..='\u{E3A}'
            | '\u{E47}'..='\u{E4E}'
    )
}

/// The names in a SQL expression, or the name that it is; texts in single quotes are no names.
pub(super) fn names(source: &str) -> Vec<String> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    // A name without quotes may have blanks where it is all there is.
    if source.chars().all(|letter| is_part(letter) || matches!(letter, ' ' | '-' | '.')) {
        return vec![source.to_owned()];
    }
    let mut names = Vec::new();
    for part in source.split('\'').step_by(2) {
        for (place, text) in part.split('"').enumerate() {
            if place % 2 == 1 {
                names.push(text.to_owned());
            } else {
                names.extend(text.split(|letter| !is_part(letter)).map(str::to_owned));
            }
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        let cases = [
            ("InvoiceDate", "invoice date"),
            ("CustomerID", "customer id"),
            ("ORDER_NO", "order no"),
            ("Price per Unit", "price per unit"),
            ("ลูกค้า รหัส", "ลูกค้า รหัส"),
            ("स्थिति", "स्थिति"),
            ("", ""),
            ("__", ""),
        ];
        for (name, words) in cases {
            assert_eq!(in_words(name).join(" "), words);
        }
    }
}
