//! Owns how values that were read from a file are checked before they are used: what a flaw is, and where it lies.

use std::fmt;
use std::ops::RangeInclusive;

/// A value that was read and may be damaged.
pub trait Checked {
    /// Looks at all that its type does not guarantee.
    ///
    /// # Errors
    /// The first flaw.
    fn check(&self) -> Result<(), Flaw>;
}

/// What is wrong with a value, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    place: String,
    what: String,
}

impl Flaw {
    /// Something wrong with the field `place`.
    #[must_use]
    pub fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }

    /// The same flaw, seen from a value whose field `place` has it.
    #[must_use]
    pub fn within(self, place: &str) -> Self {
        Self { place: format!("{place}.{}", self.place), what: self.what }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.place, self.what)
    }
}

/// Checks a field.
///
/// # Errors
/// Its first flaw.
pub fn within(place: &str, value: &impl Checked) -> Result<(), Flaw> {
    value.check().map_err(|flaw| flaw.within(place))
}

/// Checks that something is so; `what` says of `place` what is wrong if not.
///
/// # Errors
/// The flaw.
pub fn holds(place: &str, is_so: bool, what: &str) -> Result<(), Flaw> {
    if is_so { Ok(()) } else { Err(Flaw::new(place, what)) }
}

/// Checks that a number lies in a range; one that is not a number lies in none.
///
/// # Errors
/// The flaw.
pub fn number(place: &str, value: f64, range: &RangeInclusive<f64>) -> Result<(), Flaw> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(Flaw::new(place, format!("is {value}; allowed: from {} to {}", range.start(), range.end())))
}

/// Checks that every number lies in a range.
///
/// # Errors
/// The first that does not.
pub fn numbers(place: &str, values: impl IntoIterator<Item = f64>, range: &RangeInclusive<f64>) -> Result<(), Flaw> {
    match values.into_iter().enumerate().find(|(_, value)| !range.contains(value)) {
        Some((at, value)) => number(&format!("{place}[{at}]"), value, range),
        None => Ok(()),
    }
}

/// Checks that a list has as many entries as another.
///
/// # Errors
/// The flaw.
pub fn length(place: &str, found: usize, expected: usize) -> Result<(), Flaw> {
    if found == expected {
        return Ok(());
    }
    Err(Flaw::new(place, format!("has {found} entries; allowed: {expected}")))
}

/// Checks that a list has at most so many entries.
///
/// # Errors
/// The flaw.
pub fn at_most(place: &str, found: usize, most: usize) -> Result<(), Flaw> {
    holds(place, found <= most, &format!("has {found} entries; allowed: at most {most}"))
}

/// Checks that values ascend, each above the one before.
///
/// # Errors
/// The flaw.
pub fn ascending<T: PartialOrd>(place: &str, values: &[T]) -> Result<(), Flaw> {
    holds(place, values.windows(2).all(|pair| pair[0] < pair[1]), "does not ascend")
}

/// Checks that names are not empty and stand once each.
///
/// # Errors
/// The first that is or does not.
pub fn names<'n>(place: &str, names: impl IntoIterator<Item = &'n str>) -> Result<(), Flaw> {
    let mut seen = std::collections::BTreeSet::new();
    match names.into_iter().find(|name| name.is_empty() || !seen.insert(*name)) {
        Some("") => Err(Flaw::new(place, "has an empty name")),
        Some(name) => Err(Flaw::new(place, format!("has `{name}` twice"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Pair(f64, Vec<f64>);

    impl Checked for Pair {
        fn check(&self) -> Result<(), Flaw> {
            number("first", self.0, &(0.0..=1.0))?;
            numbers("rest", self.1.iter().copied(), &(0.0..=1.0))?;
            ascending("rest", &self.1)
        }
    }

    #[test]
    fn a_flaw_says_where_it_lies_and_what_is_allowed() {
        let message = |pair: Pair| within("pair", &pair).map_err(|flaw| flaw.to_string());
        assert_eq!(message(Pair(0.5, vec![0.1, 0.2])), Ok(()));
        assert_eq!(message(Pair(f64::NAN, vec![])), Err("`pair.first` is NaN; allowed: from 0 to 1".to_owned()));
        assert_eq!(message(Pair(0.5, vec![0.1, 7.0])), Err("`pair.rest[1]` is 7; allowed: from 0 to 1".to_owned()));
        assert_eq!(message(Pair(0.5, vec![0.1, 0.1])), Err("`pair.rest` does not ascend".to_owned()));
    }

    #[test]
    fn lists_have_their_length_and_names_stand_once() {
        assert!(length("a", 2, 2).is_ok() && at_most("a", 2, 2).is_ok() && names("a", ["x", "y"]).is_ok());
        assert_eq!(length("a", 1, 2).unwrap_err().to_string(), "`a` has 1 entries; allowed: 2");
        assert_eq!(at_most("a", 3, 2).unwrap_err().to_string(), "`a` has 3 entries; allowed: at most 2");
        assert_eq!(names("a", ["x", "x"]).unwrap_err().to_string(), "`a` has `x` twice");
        assert_eq!(names("a", [""]).unwrap_err().to_string(), "`a` has an empty name");
    }
}
