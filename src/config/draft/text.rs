//! Lines, comments and values of a draft.

use crate::text::printable;

/// Longest line of a comment, in bytes.
const WIDTH: usize = 110;

pub(super) fn paths(paths: &[String]) -> String {
    match paths {
        [] => "\"\"  # fill in: file, glob or folder".to_owned(),
        [path] => text(path),
        several => {
            let all: Vec<String> = several.iter().map(|path| format!("    {},\n", text(path))).collect();
            format!("[\n{}]", all.concat())
        }
    }
}

/// The name with what a folder cannot have replaced.
pub(super) fn folder_name(name: &str) -> String {
    let fitting = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
    let letters = name.trim().chars().map(|letter| if fitting(letter) { letter } else { '-' });
    let cleaned: String = letters.take(100).collect();
    let cleaned = cleaned.trim_start_matches(['.', '-']);
    if cleaned.is_empty() { "shop".to_owned() } else { cleaned.to_owned() }
}

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The text as a TOML string.
pub(super) fn text(value: &str) -> String {
    // SQL has quotes of both kinds, and reads best as it is.
    let is_plain = !value.contains("'''") && !value.chars().any(char::is_control);
    if is_plain && value.contains('"') && value.contains('\'') {
        return format!("'''{value}'''");
    }
    toml::Value::String(value.to_owned()).to_string()
}

/// The text on one line, for a comment.
pub(super) fn one_line(value: &str) -> String {
    let value = value.replace(['\n', '\r', '\t'], " ");
    printable(&value).chars().take(40).collect()
}

pub(super) fn line(draft: &mut String, written: &str) {
    draft.push_str(written);
    draft.push('\n');
}

/// The sentence as a comment, wrapped between words.
pub(super) fn comment(draft: &mut String, sentence: &str) {
    let mut written = "#".to_owned();
    for word in sentence.split(' ') {
        if written.len() + word.len() >= WIDTH {
            line(draft, &written);
            "#".clone_into(&mut written);
        }
        written.push(' ');
        written.push_str(word);
    }
    line(draft, &written);
}
