//! What stops the publication of a list.

use super::alarm::Alarm;
use crate::error::{Exit, Report};
use crate::text::counted;

/// A list that is not published.
#[derive(Debug, thiserror::Error)]
pub enum MonitorError {
    /// Checks found what must be looked at first.
    #[error("no list is published: {} {} it\n{}", counted(alarms.len() as u64, "check"), if alarms.len() == 1 { "stops" } else { "stop" }, listed(alarms))]
    Stopped {
        /// What they found.
        alarms: Vec<Alarm>,
    },
}

fn listed(alarms: &[Alarm]) -> String {
    let line = |alarm: &Alarm| format!("[{}] {}; {}", alarm.check, alarm.message, alarm.hint);
    alarms.iter().map(line).collect::<Vec<_>>().join("\n")
}

impl Report for MonitorError {
    fn code(&self) -> &'static str {
        "E432"
    }

    fn exit(&self) -> Exit {
        Exit::GateFailed
    }

    fn hint(&self) -> Option<String> {
        let Self::Stopped { alarms } = self;
        let accepted: Vec<String> = alarms.iter().map(|alarm| format!("--accept {}", alarm.check)).collect();
        let mut accepted: Vec<&str> = accepted.iter().map(String::as_str).collect();
        accepted.dedup();
        Some(format!(
            "the earlier list stands; mend the data and run again. If they are right, publish tonight's list with `{}`",
            accepted.join(" ")
        ))
    }
}
