//! The words of which names of columns and files are made.

/// The words of a name in lower case: `InvoiceDate`, `invoice-date` and `INVOICE DATE` are `invoice`, `date`.
pub(crate) fn in_words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        let starts_word = letter.is_uppercase() && (before.is_lowercase() || before.is_numeric());
        if (starts_word || !letter.is_alphanumeric()) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
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
            ("", ""),
            ("__", ""),
        ];
        for (name, words) in cases {
            assert_eq!(in_words(name).join(" "), words);
        }
    }
}
