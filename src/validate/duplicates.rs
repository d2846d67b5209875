//! Rows that repeat earlier ones: rejected with a warning, or refused, as the config says.

use super::Checked;
use super::finding::{Finding, Severity};
use crate::config::Duplicates;
use crate::ingest::Reason;
use crate::text::{counted, grouped, verb};

/// A finding for each table with repeated rows.
pub(super) fn check(checked: &mut Checked<'_>) {
    let mut findings = Vec::new();
    for table in &checked.tables {
        let Some((_, count, rows)) = table.rejections().into_iter().find(|(reason, ..)| *reason == Reason::DUPLICATE)
        else {
            continue;
        };
        let name = table.table().name();
        let refuses = checked.section(table.table()).is_some_and(|section| section.duplicates == Duplicates::Refuse);
        let (severity, outcome) = if refuses { (Severity::Error, "refused") } else { (Severity::Warning, "dropped") };
        let message = format!(
            "{} of {} {} an earlier row in every mapped column; {outcome}",
            grouped(count),
            counted(table.n_belonging(), table.table().one()),
            verb(count, "repeats", "repeat")
        );
        let hint = format!("set `{name}.duplicates` to \"keep\" if repetitions are real, or \"drop\" to use each once");
        findings.push(
            Finding::new("duplicate", name, severity, message)
                .counting(count)
                .with_examples(rows.iter().map(|row| table.mention(*row)))
                .with_hint(hint),
        );
    }
    checked.findings.extend(findings);
}
