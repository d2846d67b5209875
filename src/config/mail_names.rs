//! Names of columns that have the e-mail addresses of customers.

use super::name_words::in_words;

/// Whether a column of that name has the e-mail address of a customer.
pub(crate) fn is_mail_of_persons(name: &str) -> bool {
    const MAIL: &[&str] = &["mail", "email", "emails", "correo", "courriel", "eposta", "epost", "メール", "почта"];
    const OTHERS: &[&str] = &[
        "agent",
        "rep",
        "seller",
        "staff",
        "store",
        "shop",
        "sender",
        "employee",
        "owner",
        "vendor",
        "supplier",
        "subject",
        "sent",
        "opt",
        "consent",
        "status",
        "marketing",
        "type",
        "template",
        "account",
        "manager",
        "filiale",
        "verkäufer",
        "vendeur",
        "vendedor",
    ];
    let words = in_words(name);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    has(MAIL) && !has(OTHERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_a_shop_are_none_of_customers() {
        assert!(is_mail_of_persons("E-Mail") && is_mail_of_persons("Correo electrónico"));
        assert!(!is_mail_of_persons("Store email") && !is_mail_of_persons("Email opt-in"));
    }
}
