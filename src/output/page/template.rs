//! How the pages are set: every text is escaped, and a number is never parted from its unit at the end of a line.

use minijinja::{AutoEscape, Environment, escape_formatter};
use serde::Serialize;

use super::figure::capital;

/// A template with its values, as HTML.
///
/// # Errors
/// What the template engine says.
pub(super) fn render(template: &str, values: &impl Serialize) -> Result<String, minijinja::Error> {
    let mut engine = Environment::new();
    engine.set_auto_escape_callback(|_| AutoEscape::Html);
    engine.set_formatter(|out, state, value| match value.as_str().filter(|_| !value.is_safe()) {
        Some(text) => escape_formatter(out, state, &unbroken(&dated(&quoted(text))).into()),
        None => escape_formatter(out, state, value),
    });
    engine.add_filter("capital", |text: String| capital(&text));
    engine.add_template("page.html", template)?;
    engine.get_template("page.html")?.render(minijinja::value::Serde(values))
}

/// A text whose names in the marks of a terminal stand in those of print; one mark alone stays.
fn quoted(text: &str) -> String {
    let mut parts: Vec<&str> = text.split('`').collect();
    let last = if parts.len().is_multiple_of(2) { parts.pop() } else { None };
    let marks = (1..parts.len()).map(|nth| if nth.is_multiple_of(2) { '\u{201d}' } else { '\u{201c}' });
    let mut said = parts.first().copied().unwrap_or_default().to_owned();
    for (mark, part) in marks.zip(parts.iter().skip(1)) {
        said.push(mark);
        said.push_str(part);
    }
    if let Some(last) = last {
        said.push('`');
        said.push_str(last);
    }
    said
}

/// Letters of a day in files, `2024-07-02`.
const ISO_DAY: usize = 10;

/// A text with days as people write them: `2 July 2024`. A day with a time, or within a name, stays as it is.
fn dated(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let is_start = said.chars().last().is_none_or(|before| before.is_whitespace() || before == '(');
        let found = rest.get(..ISO_DAY).filter(|_| is_start && letter.is_ascii_digit());
        let day = found.and_then(|iso| iso.parse::<jiff::civil::Date>().ok()).filter(|_| ends(rest));
        let (words, length) = match day {
            Some(day) => (day.strftime("%-d %B %Y").to_string(), ISO_DAY),
            None => (letter.to_string(), letter.len_utf8()),
        };
        said.push_str(&words);
        rest = rest.get(length..).unwrap_or_default();
    }
    said
}

/// Whether a day at the start of a text ends there: it is followed by nothing, a mark, or another word than a time.
fn ends(text: &str) -> bool {
    let mut after = text.chars().skip(ISO_DAY);
    match (after.next(), after.next()) {
        (None, _) => true,
        (Some(' '), next) => next.is_none_or(|next| !next.is_ascii_digit()),
        (Some(mark), next) => {
            matches!(mark, ',' | ';' | ':' | '.' | ')') && next.is_none_or(|next| !next.is_alphanumeric())
        }
    }
}

/// A text whose amounts (`EUR 46`) and percentages (`17 %`) do not break.
fn unbroken(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let is_code = |from: usize, to: usize| {
        letters.get(from..to).is_some_and(|code| code.iter().all(char::is_ascii_uppercase))
            && from.checked_sub(1).and_then(|before| letters.get(before)).is_none_or(|before| !before.is_alphanumeric())
    };
    let is_held = |at: usize| {
        let (before, after) = (at.checked_sub(1).and_then(|before| letters.get(before)), letters.get(at + 1));
        let is_percent = before.is_some_and(char::is_ascii_digit) && after == Some(&'%');
        let is_amount =
            at >= 3 && is_code(at - 3, at) && after.is_some_and(|after| after.is_ascii_digit() || *after == '\u{2212}');
        is_percent || is_amount
    };
    let held = |(at, letter): (usize, &char)| if *letter == ' ' && is_held(at) { '\u{a0}' } else { *letter };
    letters.iter().enumerate().map(held).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Values {
        text: &'static str,
        svg: &'static str,
    }

    #[test]
    fn amounts_and_percentages_hold_together_and_markup_is_text() {
        assert_eq!(
            unbroken("EUR 46 to EUR 570, 17 % of all; the KEUR 5, a % b, XEUR"),
            "EUR\u{a0}46 to EUR\u{a0}570, 17\u{a0}% of all; the KEUR 5, a % b, XEUR"
        );
        assert_eq!(
            dated(
                "before 2025-07-02, (2025-02-02 to 2025-05-03); at 2025-01-04 08:00, 2026-11-30T01:13Z, x-2025-07-02, 2025-13-40"
            ),
            "before 2 July 2025, (2 February 2025 to 3 May 2025); at 2025-01-04 08:00, 2026-11-30T01:13Z, x-2025-07-02, 2025-13-40"
        );
        assert_eq!(
            quoted("map `complaints.resolved_at` or `a`; 5` long"),
            "map \u{201c}complaints.resolved_at\u{201d} or \u{201c}a\u{201d}; 5` long"
        );
        let values = Values { text: "<b>EUR 5", svg: "<svg>EUR 5</svg>" };
        let html = render("{{ text }} {{ svg|safe }}", &values).unwrap();
        assert_eq!(html, "&lt;b&gt;EUR\u{a0}5 <svg>EUR 5</svg>");
    }
}
