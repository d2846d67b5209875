//! Words and signs of Rust code, without comments, text in quotes and what is compiled for tests alone.

/// The tokens of `text`: an identifier, `::`, or one sign each. Comments, strings, characters and lifetimes are left out.
pub(crate) fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest).unwrap_or_else(|| {
            let length = token_length(rest, first);
            if !first.is_whitespace() {
                found.push(&rest[..length]);
            }
            length
        });
        rest = &rest[length..];
    }
    without_tests(&found)
}

fn token_length(rest: &str, first: char) -> usize {
    if is_word(first) {
        return rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    }
    if rest.starts_with("::") { 2 } else { first.len_utf8() }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a comment, a string, a character or a lifetime at the start of `rest`.
fn skipped(rest: &str) -> Option<usize> {
    let until = |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    if rest.starts_with("//") {
        return Some(until("\n", 0));
    }
    if rest.starts_with("/*") {
        return Some(until("*/", 0));
    }
    let plain = rest.strip_prefix('b').unwrap_or(rest);
    let prefix = rest.len() - plain.len();
    if let Some(raw) = plain.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            return Some(until(&format!("\"{}", "#".repeat(hashes)), prefix + hashes + 2));
        }
    }
    if plain.starts_with('"') {
        return Some(prefix + quoted(plain, '"'));
    }
    let after = plain.strip_prefix('\'')?;
    let second = after.chars().nth(1);
    if after.starts_with('\\') || second == Some('\'') {
        return Some(prefix + quoted(plain, '\''));
    }
    Some(prefix + 1 + after.find(|c| !is_word(c)).unwrap_or(after.len()))
}

/// The length of what stands between two `quote`s at the start of `text`, both included.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if !is_escaped && c == quote {
            return at + c.len_utf8();
        }
        is_escaped = !is_escaped && c == '\\';
    }
    text.len()
}

/// The tokens but items marked `#[cfg(test)]`.
fn without_tests<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at..].starts_with(&MARK) {
            at = end_of_item(tokens, at + MARK.len());
        } else {
            kept.push(tokens[at]);
            at += 1;
        }
    }
    kept
}

/// Where the item that begins at `at` ends: after its `;`, or after the brace that closes its body.
fn end_of_item(tokens: &[&str], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while at < tokens.len() {
        match tokens[at] {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
        if depth == 0 && ["}", ";"].contains(&tokens[at - 1]) {
            break;
        }
    }
    at
}
