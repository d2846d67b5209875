//! Sizes of memory as people write them.

use std::str::FromStr;

/// A size of memory, not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemorySize(u64);

impl MemorySize {
    /// In bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

/// The units, each with its bytes; longer words before those they end with.
const UNITS: &[(&str, u64)] = &[
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
];

impl FromStr for MemorySize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let lower = text.trim().to_lowercase();
        let unit = UNITS.iter().find(|(unit, _)| lower.ends_with(unit));
        let size = unit.and_then(|(unit, bytes)| {
            let number: u64 = lower.strip_suffix(unit)?.trim().parse().ok()?;
            number.checked_mul(*bytes)
        });
        let wanted = || format!("`{text}` is no size of memory; write a whole number and a unit, as 500MiB or 6GiB");
        size.filter(|bytes| *bytes > 0).map(Self).ok_or_else(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_number_and_a_unit() {
        let bytes = |text: &str| text.parse().map(MemorySize::bytes);
        assert_eq!(bytes("6GiB"), Ok(6 << 30));
        assert_eq!(bytes(" 500 mib "), Ok(500 << 20));
        assert_eq!(bytes("2GB"), Ok(2_000_000_000));
        for wrong in ["", "6", "GiB", "-1GiB", "1.5GiB", "0MiB", "6 pib", "99999999999TiB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}
