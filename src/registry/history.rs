//! What `history.jsonl` tells: what became of each version, when and why.

use serde::{Deserialize, Serialize};

/// A line of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryLine {
    /// When, in UTC.
    pub at: String,
    /// What happened.
    pub event: Event,
    /// To which version.
    pub version: String,
    /// Why.
    pub why: String,
    /// The hash of the version's `hashes.json`, where it was registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hashes: Option<String>,
}

/// What can happen to a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It was stored.
    Registered,
    /// It became the one that scores.
    Promoted,
    /// It did not become the one that scores.
    Refused,
    /// It became the one that scores again, because the one after it was taken back.
    RolledBack,
}

/// The version that scored before the one that scores now: promotions pile up, a rollback takes the topmost away.
pub(super) fn predecessor(history: &[HistoryLine]) -> Option<&str> {
    let mut reigns: Vec<&str> = Vec::new();
    for line in history {
        match line.event {
            Event::Promoted if reigns.last() != Some(&line.version.as_str()) => reigns.push(&line.version),
            Event::RolledBack => {
                reigns.pop();
            }
            _ => {}
        }
    }
    reigns.pop()?;
    reigns.pop()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(events: &[(Event, &str)]) -> Vec<HistoryLine> {
        let line = |(event, version): &(Event, &str)| HistoryLine {
            at: String::new(),
            event: *event,
            version: (*version).to_owned(),
            why: String::new(),
            hashes: None,
        };
        events.iter().map(line).collect()
    }

    #[test]
    fn rollbacks_go_further_and_further_back() {
        use Event::{Promoted, Refused, Registered, RolledBack};
        let mut events = vec![(Promoted, "a"), (Registered, "b"), (Promoted, "b"), (Refused, "x"), (Promoted, "c")];
        assert_eq!(predecessor(&history(&events)), Some("b"));
        events.push((RolledBack, "b"));
        assert_eq!(predecessor(&history(&events)), Some("a"));
        events.push((RolledBack, "a"));
        assert_eq!(predecessor(&history(&events)), None);
        events.extend([(Promoted, "c"), (Promoted, "c")]);
        assert_eq!(predecessor(&history(&events)), Some("a"), "promoted twice is promoted once");
    }
}
