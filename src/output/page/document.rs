//! Figures read from the JSON documents of a run: an absent one is absent on the page, never zero.

use serde_json::Value;

use crate::evaluate::grade::decimal;

/// A figure with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Estimate {
    pub(super) estimate: f64,
    pub(super) interval: Option<[f64; 2]>,
}

impl Estimate {
    /// The figure at a place of a document, with or without an interval.
    pub(super) fn at(document: &Value, pointer: &str) -> Option<Self> {
        let found = document.pointer(pointer)?;
        if let Some(estimate) = found.as_f64() {
            return Some(Self { estimate, interval: None });
        }
        let bound = |name: &str| found[name].as_f64();
        let interval = bound("low").zip(bound("high")).map(|(low, high)| [low, high]);
        Some(Self { estimate: bound("estimate")?, interval })
    }

    /// As figures of evaluation are set: three decimals and no zero in front, with the interval in brackets.
    pub(super) fn text(&self) -> String {
        let interval = self.interval.map(|[low, high]| format!(" [{}, {}]", decimal(low), decimal(high)));
        decimal(self.estimate) + &interval.unwrap_or_default()
    }
}

pub(super) fn number(document: &Value, pointer: &str) -> Option<f64> {
    document.pointer(pointer)?.as_f64()
}

/// A count; some documents write it as a number with decimals.
pub(super) fn count(document: &Value, pointer: &str) -> Option<u64> {
    let found = document.pointer(pointer)?;
    found.as_u64().or_else(|| found.as_f64().filter(|number| *number >= 0.0).map(whole))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and far below 2^63")]
const fn whole(number: f64) -> u64 {
    number as u64
}

pub(super) fn text<'d>(document: &'d Value, pointer: &str) -> Option<&'d str> {
    document.pointer(pointer)?.as_str()
}

pub(super) fn items<'d>(document: &'d Value, pointer: &str) -> &'d [Value] {
    document.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_figure_is_read_with_its_interval_and_an_absent_one_is_absent() {
        let document = json!({ "a": { "estimate": 0.77549, "low": -0.05, "high": 1.0 }, "b": 2.5, "c": {} });
        assert_eq!(Estimate::at(&document, "/a").unwrap().text(), ".775 [-.050, 1.000]");
        assert_eq!(Estimate::at(&document, "/b").unwrap().text(), "2.500");
        let large = json!({ "estimate": 10.5, "low": 0.5, "high": 20.0 });
        assert_eq!(Estimate::at(&large, "").unwrap().text(), "10.500 [.500, 20.000]");
        assert_eq!([Estimate::at(&document, "/c"), Estimate::at(&document, "/d")], [None, None]);
        assert_eq!(["/b", "/c", "/d"].map(|place| count(&document, place)), [Some(2), None, None]);
    }
}
