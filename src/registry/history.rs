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
    /// It was removed from the registry.
    Pruned,
    /// It became the one that scores again, because the one after it was taken back.
    RolledBack,
}

/// The history as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Its lines, the oldest first.
    pub lines: Vec<HistoryLine>,
    /// What stands in the file and is no line, as of a write that a full disk or a loss of power tore: its number, counted
    /// from 1, and its text.
    pub damaged: Vec<(usize, String)>,
    /// Whether the last line has no end.
    pub(super) is_open: bool,
}

impl History {
    /// Reads what is whole in the bytes of the file.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut history = Self { is_open: !text.is_empty() && !text.ends_with('\n'), ..Self::default() };
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            match whole_end(line) {
                Some((0, line)) => history.lines.push(line),
                Some((start, whole)) => {
                    history.damaged.push((number, line[..start].to_owned()));
                    history.lines.push(whole);
                }
                None => history.damaged.push((number, line.to_owned())),
            }
        }
        history
    }

    /// The file without what is damaged.
    pub(super) fn text(&self) -> String {
        // A line of plain texts can always be written as JSON.
        let lines = self.lines.iter().map(|line| serde_json::to_string(line).unwrap_or_default() + "\n");
        lines.collect()
    }
}

/// The line that ends a line of the file, and where it begins: an earlier writer may have gone on behind a torn one.
fn whole_end(line: &str) -> Option<(usize, HistoryLine)> {
    let mut starts = line.match_indices('{').map(|(start, _)| start);
    starts.find_map(|start| Some((start, serde_json::from_str(&line[start..]).ok()?)))
}

/// The version that scores by what the history says.
pub(super) fn champion(history: &[HistoryLine]) -> Option<&str> {
    champions(history).pop()
}

/// The version that scored before the one that scores now.
pub(super) fn predecessor(history: &[HistoryLine]) -> Option<&str> {
    let mut champions = champions(history);
    champions.pop()?;
    champions.pop()
}

/// The champions of which each followed the one before it: promotions pile up, a rollback takes the topmost away.
fn champions(history: &[HistoryLine]) -> Vec<&str> {
    let mut champions: Vec<&str> = Vec::new();
    for line in history {
        match line.event {
            Event::Promoted if champions.last() != Some(&line.version.as_str()) => champions.push(&line.version),
            Event::RolledBack => {
                champions.pop();
            }
            _ => {}
        }
    }
    champions
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
        assert_eq!(champion(&history(&events)), Some("c"));
    }

    #[test]
    fn a_torn_line_costs_that_line_alone() {
        let lines = history(&[(Event::Promoted, "a"), (Event::Promoted, "b")]);
        let whole = History { lines: lines.clone(), ..History::default() };
        let text = whole.text();
        assert_eq!(History::read(text.as_bytes()), whole);
        let end_of_first = text.find('\n').unwrap();
        for length in end_of_first + 2..text.len() - 1 {
            let torn = History::read(&text.as_bytes()[..length]);
            assert_eq!((&torn.lines[..], torn.damaged.len(), torn.is_open), (&lines[..1], 1, true), "{length} bytes");
            assert_eq!(torn.damaged[0], (2, text[end_of_first + 1..length].to_owned()));
        }
        let open = History::read(&text.as_bytes()[..text.len() - 1]);
        assert_eq!((&open.lines[..], open.damaged.len(), open.is_open), (&lines[..], 0, true), "only its end is lost");
        let glued = History::read(format!("{}{text}", &text[..20]).as_bytes());
        assert_eq!((&glued.lines[..], &glued.damaged[..]), (&lines[..], &[(1, text[..20].to_owned())][..]));
        let zeros = History::read(&[text.as_bytes(), &[0; 40]].concat());
        assert_eq!((&zeros.lines[..], zeros.damaged.len()), (&lines[..], 1));
    }
}
