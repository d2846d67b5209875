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
