//! Labelled paragraphs, as summaries of commands have them.

use crate::text::wrapped;

/// Columns of a terminal.
pub(super) const WIDTH: usize = 80;
const LABEL: usize = 12;

/// A labelled paragraph.
pub(super) fn item(page: &mut String, label: &str, text: &str) {
    for (position, line) in wrapped(text, WIDTH - LABEL).iter().enumerate() {
        page.push_str(&format!("{:LABEL$}{line}\n", if position == 0 { label } else { "" }));
    }
}
