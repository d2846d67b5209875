//! Paths with `*` and `?`, folder by folder: `*` is any text within one name, `?` one character, `**` any number of
//! folders.

use std::path::{Component, Path, PathBuf};

use super::error::IngestError;
use super::walk::{Kind, Walk, kind_of, name_of};

/// Whether a path is a pattern where it is not the name of something.
pub(super) fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?'])
}

/// Existing paths that match a pattern, each once.
///
/// # Errors
/// Those of walking through folders.
pub(super) fn matches(pattern: &Path, walk: &mut Walk<'_>) -> Result<Vec<PathBuf>, IngestError> {
    let mut reached = vec![PathBuf::new()];
    for component in pattern.components() {
        let name = component.as_os_str().to_string_lossy();
        let is_pattern = matches!(component, Component::Normal(_)) && name.contains(['*', '?']);
        let mut next = Vec::new();
        for mut path in reached {
            if !is_pattern {
                path.push(component);
                if kind_of(&path)? != Kind::Nothing {
                    next.push(path);
                }
                continue;
            }
            let folder = if path.as_os_str().is_empty() { Path::new(".") } else { path.as_path() };
            if kind_of(folder)? != Kind::Folder {
                continue;
            }
            if name == "**" {
                walk.folders_below(folder, &mut next)?;
            } else {
                let entries = walk.entries(folder)?;
                next.extend(entries.into_iter().filter(|path| name_matches(&name, &name_of(path))));
            }
        }
        // Two `**` lead to the same folder on several ways.
        next.sort();
        next.dedup();
        reached = next;
    }
    Ok(reached)
}

/// Whether a name matches a pattern of `*` and `?`. Only the last star is tried again: what an earlier one takes more, the
/// later one could take as well.
pub(super) fn name_matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut place) = (0, 0);
    // After the last star, and the first letter that it does not take.
    let mut star: Option<(usize, usize)> = None;
    while place < name.len() {
        match pattern.get(at) {
            Some('*') => {
                at += 1;
                star = Some((at, place));
            }
            Some(letter) if *letter == '?' || name.get(place) == Some(letter) => {
                at += 1;
                place += 1;
            }
            _ => {
                let Some((after, taken)) = star else { return false };
                (at, place) = (after, taken + 1);
                star = Some((after, taken + 1));
            }
        }
    }
    pattern.iter().skip(at).all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_match_within_a_name() {
        for (pattern, name, expected) in [
            ("*.csv", "a.csv", true),
            ("*.csv", "a.csv.gz", false),
            ("2011-??.parquet", "2011-07.parquet", true),
            ("2011-??.parquet", "2011-7.parquet", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "xxbxxaxx", false),
            ("*", "é", true),
            ("a*", "", false),
            ("**", "", true),
            ("*ab", "aab", true),
        ] {
            assert_eq!(name_matches(pattern, name), expected, "{pattern} {name}");
        }
        // Trying every star anew would not end within a lifetime.
        assert!(!name_matches(&("*a".repeat(100) + "*c"), &"a".repeat(200)));
    }
}
