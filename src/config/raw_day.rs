//! A day as it may stand in the file.

use std::fmt;

use jiff::civil::Date;
use serde::Deserialize;
use toml::value::Datetime;

/// A day as written: a TOML date or a text.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum RawDay {
    /// `2011-06-12`
    Toml(Datetime),
    /// `"2011-06-12"`
    Text(String),
}

impl RawDay {
    /// The day, if it is one and carries no time of day.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        let text = self.to_string();
        let has_ten_characters = text.len() == "2011-06-12".len();
        Date::strptime("%Y-%m-%d", &text).ok().filter(|_| has_ten_characters)
    }
}

impl fmt::Display for RawDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Toml(datetime) => datetime.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Days {
        days: Vec<RawDay>,
    }

    #[test]
    fn a_day_is_a_toml_date_or_a_text_and_has_no_time() {
        let days = |text: &str| {
            let read: Days = toml::from_str(&format!("days = [{text}]")).unwrap();
            read.days.iter().map(RawDay::day).collect::<Vec<_>>()
        };
        assert_eq!(days("2011-06-12, '2011-06-12'"), [Some(jiff::civil::date(2011, 6, 12)); 2]);
        for wrong in ["2011-06-12T10:00:00", "10:00:00", "'2011-6-1'", "'2011-13-01'", "'12/06/2011'", "''"] {
            assert_eq!(days(wrong), [None], "{wrong}");
        }
    }
}
