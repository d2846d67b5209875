//! The paths that a file names: those of its `use`s, grouped and nested ones taken apart, and those within its code.

use super::tokens::tokens;

/// A path as it is written, such as `super::table::Table`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedPath {
    pub parts: Vec<String>,
    /// The name by which a `use` brings it into the file.
    pub alias: Option<String>,
    /// A `pub use` of any width.
    pub is_reexport: bool,
}

/// What a file names.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub paths: Vec<NamedPath>,
    /// Single words in the code, outside `use` and `mod` lines.
    pub words: Vec<String>,
}

pub(crate) fn names(text: &str) -> Names {
    let tokens = tokens(text);
    let mut names = Names::default();
    let mut at = 0;
    while at < tokens.len() {
        let before = at.checked_sub(1).map_or("", |before| tokens[before]);
        at = match tokens[at] {
            "use" if tokens.get(at + 1) != Some(&"<") => {
                let mut tree = UseTree { tokens: &tokens, at: at + 1, is_reexport: before == "pub" || before == ")" };
                tree.read(&[], &mut names.paths);
                tree.at + 1
            }
            "mod" => at + 2,
            // The path in `pub(in crate::room)` says who may use, not what is used.
            word if is_identifier(word)
                && !["::", "."].contains(&before)
                && !tokens[..at].ends_with(&["pub", "(", "in"]) =>
            {
                path(&tokens, at, &mut names)
            }
            _ => at + 1,
        };
    }
    names
}

fn is_identifier(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Reads the path that begins at `at`, and gives back where it ends.
fn path(tokens: &[&str], at: usize, names: &mut Names) -> usize {
    let mut parts = vec![tokens[at].to_owned()];
    let mut end = at + 1;
    while tokens.get(end) == Some(&"::") && tokens.get(end + 1).is_some_and(|next| is_identifier(next)) {
        parts.push(tokens[end + 1].to_owned());
        end += 2;
    }
    names.words.push(parts[0].clone());
    if parts.len() > 1 {
        names.paths.push(NamedPath { parts, alias: None, is_reexport: false });
    }
    end
}

/// The reader of what stands after `use`.
struct UseTree<'a> {
    tokens: &'a [&'a str],
    at: usize,
    is_reexport: bool,
}

impl UseTree<'_> {
    fn next(&mut self) -> &str {
        let token = self.tokens.get(self.at).copied().unwrap_or(";");
        self.at += 1;
        token
    }

    fn is_next(&self, token: &str) -> bool {
        self.tokens.get(self.at) == Some(&token)
    }

    /// Reads one tree below `prefix` and stops at the sign behind it.
    fn read(&mut self, prefix: &[String], found: &mut Vec<NamedPath>) {
        let mut parts = prefix.to_vec();
        loop {
            match self.next() {
                "{" => {
                    while !self.is_next("}") && self.at < self.tokens.len() {
                        self.read(&parts, found);
                        self.at += usize::from(self.is_next(","));
                    }
                    self.at += 1;
                    return;
                }
                // `table::{self}` is the path of the table itself.
                "self" if !parts.is_empty() => {}
                part => parts.push(part.to_owned()),
            }
            if !self.is_next("::") {
                break;
            }
            self.at += 1;
        }
        let mut alias = parts.last().cloned();
        if self.is_next("as") {
            self.at += 1;
            alias = Some(self.next().to_owned());
        }
        found.push(NamedPath { parts, alias, is_reexport: self.is_reexport });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        names(text).paths.iter().map(|path| path.parts.join("::")).collect()
    }

    #[test]
    fn grouped_and_nested_uses_are_taken_apart() {
        let text = "pub(crate) use crate::{a, b::{self, c as d,\n e::*}};\nuse super::f;";
        assert_eq!(paths(text), ["crate::a", "crate::b", "crate::b::c", "crate::b::e::*", "super::f"]);
        let all = names(text).paths;
        assert_eq!(all[2].alias.as_deref(), Some("d"));
        assert!(all[0].is_reexport && !all[4].is_reexport);
    }

    #[test]
    fn paths_in_code_count_but_not_those_in_comments_text_and_tests() {
        let text = "// crate::a\nfn f<'a>(x: &'a crate::b::C) -> u8 { let _ = (\"crate::d\", '\"', r#\"crate::e\"#); \
                    vec![super::g::<u8>(x)] }\npub(in crate::j) struct K;\n#[cfg(test)]\nmod tests { use crate::h; }\nuse self::i;";
        assert_eq!(paths(text), ["crate::b::C", "super::g", "self::i"]);
    }
}
