//! Signs and codes of currencies that stand beside amounts, and which currencies each can be.

use super::currencies::is_currency_code;

/// A sign and the currencies that are written with it; without any, of many countries.
const SIGNS: &[(&str, &[&str])] = &[
    (
        "$",
        &[
            "USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP", "TWD", "UYU", "BRL", "BSD", "BBD",
            "BMD", "BZD", "DOP", "FJD", "GYD", "JMD", "KYD", "LRD", "NAD", "SBD", "SRD", "TTD", "XCD",
        ],
    ),
    ("\u{20ac}", &["EUR"]),
    ("\u{a3}", &["GBP", "EGP", "FKP", "GIP", "SHP", "LBP", "SYP"]),
    ("\u{a5}", &["JPY", "CNY"]),
    ("\u{ffe5}", &["JPY", "CNY"]),
    // The yen sign stands where others have the backslash in Shift_JIS, and is read as that.
    ("\\", &["JPY"]),
    ("\u{5186}", &["JPY"]),
    ("\u{5143}", &["CNY", "TWD", "HKD"]),
    ("R$", &["BRL"]),
    ("US$", &["USD"]),
    ("C$", &["CAD"]),
    ("CA$", &["CAD"]),
    ("A$", &["AUD"]),
    ("AU$", &["AUD"]),
    ("NZ$", &["NZD"]),
    ("S$", &["SGD"]),
    ("HK$", &["HKD"]),
    ("NT$", &["TWD"]),
    ("MX$", &["MXN"]),
    ("kr", &["SEK", "NOK", "DKK", "ISK"]),
    ("kr.", &["SEK", "NOK", "DKK", "ISK"]),
    ("Kr", &["SEK", "NOK", "DKK", "ISK"]),
    ("z\u{142}", &["PLN"]),
    ("K\u{10d}", &["CZK"]),
    ("Ft", &["HUF"]),
    ("lei", &["RON", "MDL"]),
    ("\u{43b}\u{432}", &["BGN"]),
    ("\u{43b}\u{432}.", &["BGN"]),
    ("\u{20bd}", &["RUB"]),
    ("\u{440}\u{443}\u{431}.", &["RUB", "BYN"]),
    ("\u{20b4}", &["UAH"]),
    ("\u{20ba}", &["TRY"]),
    ("TL", &["TRY"]),
    ("\u{20b9}", &["INR"]),
    ("Rs", &["INR", "PKR", "LKR", "NPR", "MUR", "SCR"]),
    ("Rs.", &["INR", "PKR", "LKR", "NPR", "MUR", "SCR"]),
    ("Fr.", &["CHF"]),
    ("Fr", &["CHF"]),
    ("SFr.", &["CHF"]),
    ("\u{20a9}", &["KRW", "KPW"]),
    ("\u{20ab}", &["VND"]),
    ("\u{20aa}", &["ILS"]),
    ("\u{20b1}", &["PHP"]),
    ("\u{e3f}", &["THB"]),
    ("\u{20a6}", &["NGN"]),
    ("\u{20b5}", &["GHS"]),
    ("RM", &["MYR"]),
    ("Rp", &["IDR"]),
    ("R", &["ZAR"]),
    ("S/", &["PEN"]),
    ("S/.", &["PEN"]),
    ("Euro", &["EUR"]),
    ("euro", &["EUR"]),
];

/// Whether a text beside a number is a sign or code of a currency.
pub(crate) fn is_currency_mark(text: &str) -> bool {
    SIGNS.iter().any(|(sign, _)| *sign == text) || is_currency_code(text)
}

/// Whether a sign or code can be that of a currency.
#[cfg(feature = "tables")]
pub(crate) fn mark_can_be(mark: &str, code: &str) -> bool {
    match SIGNS.iter().find(|(sign, _)| *sign == mark) {
        Some((_, codes)) => codes.contains(&code),
        None => mark.eq_ignore_ascii_case(code),
    }
}

/// The one currency that a sign can be of; `None` if it is of several or no sign.
pub(super) fn only_currency(mark: &str) -> Option<&'static str> {
    match SIGNS.iter().find(|(sign, _)| *sign == mark)?.1 {
        [code] => Some(code),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_codes_say_which_currency_they_can_be() {
        assert!(is_currency_mark("$") && is_currency_mark("EUR") && is_currency_mark("usd") && !is_currency_mark("x"));
        assert!(
            mark_can_be("$", "CAD")
                && mark_can_be("eur", "EUR")
                && !mark_can_be("$", "EUR")
                && !mark_can_be("USD", "CAD")
        );
        assert!(SIGNS.iter().flat_map(|(_, codes)| *codes).all(|code| is_currency_code(code)));
    }
}
