//! How large a unit of a currency is, roughly: enough to tell a cost of five euros from one of five yen.

/// Units that are worth a euro, roughly, rounded to 1, 2 or 5 times a power of ten so that the drift of a few years changes
/// nothing; currencies of the euro's size are left out. As of 2025.
#[rustfmt::skip]
const UNITS_PER_EURO: &[(&str, f64)] = &[
    ("AED", 5.0), ("ALL", 100.0), ("AMD", 500.0), ("AOA", 1_000.0), ("ARS", 2_000.0), ("AUD", 2.0), ("AZN", 2.0), ("BAM", 2.0),
    ("BBD", 2.0), ("BDT", 100.0), ("BGN", 2.0), ("BHD", 0.5), ("BIF", 5_000.0), ("BOB", 10.0), ("BRL", 5.0), ("BWP", 20.0),
    ("BYN", 5.0), ("CAD", 2.0), ("CDF", 2_000.0), ("CLP", 1_000.0), ("CNY", 10.0), ("COP", 5_000.0), ("CRC", 500.0),
    ("CVE", 100.0), ("CZK", 20.0), ("DJF", 200.0), ("DKK", 10.0), ("DOP", 50.0), ("DZD", 200.0), ("EGP", 50.0), ("ETB", 200.0),
    ("FJD", 2.0), ("GEL", 2.0), ("GHS", 10.0), ("GTQ", 10.0), ("HKD", 10.0), ("HNL", 20.0), ("HUF", 500.0), ("IDR", 20_000.0),
    ("ILS", 5.0), ("INR", 100.0), ("IQD", 2_000.0), ("ISK", 200.0), ("JMD", 200.0), ("JPY", 200.0), ("KES", 200.0),
    ("KGS", 100.0), ("KHR", 5_000.0), ("KMF", 500.0), ("KRW", 2_000.0), ("KWD", 0.5), ("KZT", 500.0), ("LAK", 20_000.0),
    ("LKR", 500.0), ("LYD", 5.0), ("MAD", 10.0), ("MDL", 20.0), ("MGA", 5_000.0), ("MKD", 50.0), ("MNT", 5_000.0), ("MOP", 10.0),
    ("MUR", 50.0), ("MWK", 2_000.0), ("MXN", 20.0), ("MYR", 5.0), ("MZN", 50.0), ("NAD", 20.0), ("NGN", 2_000.0), ("NIO", 50.0),
    ("NOK", 10.0), ("NPR", 200.0), ("NZD", 2.0), ("OMR", 0.5), ("PEN", 5.0), ("PHP", 50.0), ("PKR", 500.0), ("PLN", 5.0),
    ("PYG", 10_000.0), ("QAR", 5.0), ("RON", 5.0), ("RSD", 100.0), ("RUB", 100.0), ("RWF", 2_000.0), ("SAR", 5.0), ("SEK", 10.0),
    ("SGD", 2.0), ("THB", 50.0), ("TND", 5.0), ("TRY", 50.0), ("TTD", 10.0), ("TWD", 50.0), ("TZS", 2_000.0), ("UAH", 50.0),
    ("UGX", 5_000.0), ("UYU", 50.0), ("UZS", 10_000.0), ("VND", 20_000.0), ("XAF", 500.0), ("XCD", 2.0), ("XOF", 500.0),
    ("XPF", 100.0), ("ZAR", 20.0), ("ZMW", 20.0),
];

/// Units of one currency that are worth a unit of another, roughly.
pub(super) fn units_per(one: &str, other: &str) -> f64 {
    per_euro(one) / per_euro(other)
}

fn per_euro(code: &str) -> f64 {
    UNITS_PER_EURO.iter().find(|(known, _)| *known == code).map_or(1.0, |(_, units)| *units)
}

#[cfg(test)]
mod tests {
    use super::super::currencies::CODES;
    use super::*;

    #[test]
    fn sizes_are_round_sorted_and_of_currencies_that_there_are() {
        assert!(UNITS_PER_EURO.is_sorted_by(|a, b| a.0 < b.0));
        for (code, units) in UNITS_PER_EURO {
            let digit = units / 10_f64.powf(units.log10().floor());
            assert!(CODES.contains(code) && [1.0, 2.0, 5.0].iter().any(|round| (digit - round).abs() < 1e-9), "{code}");
        }
    }

    #[test]
    fn one_size_is_held_against_another() {
        let found =
            [("JPY", "EUR"), ("EUR", "JPY"), ("USD", "EUR"), ("KRW", "JPY")].map(|(one, other)| units_per(one, other));
        assert!(
            found.iter().zip([200.0, 0.005, 1.0, 10.0]).all(|(found, right)| (found / right - 1.0).abs() < 1e-9),
            "{found:?}"
        );
    }
}
