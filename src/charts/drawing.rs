//! The `svg` element: elements are added one after the other, and text is always escaped.

use std::fmt::Write;

/// An `svg` element that is being drawn.
#[derive(Debug, Clone)]
pub struct Drawing {
    body: String,
    title: String,
    size: [f64; 2],
}

impl Drawing {
    /// An empty drawing of a size in user units; the title is what screen readers say.
    #[must_use]
    pub fn new(title: &str, size: [f64; 2]) -> Self {
        Self { body: String::new(), title: title.to_owned(), size }
    }

    /// A straight line.
    pub fn line(&mut self, class: &str, from: [f64; 2], to: [f64; 2]) {
        let ([x1, y1], [x2, y2]) = (from.map(unit), to.map(unit));
        let _ = write!(self.body, r#"<line class="{class}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#);
    }

    /// A rectangle by its corner and size; no side is negative. What it stands for is shown when it is pointed at.
    pub fn bar(&mut self, class: &str, corner: [f64; 2], size: [f64; 2], says: &str) {
        let ([x, y], [width, height]) = (corner.map(unit), size.map(|side| unit(side.max(0.0))));
        let _ = write!(self.body, r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}">"#);
        let _ = write!(self.body, "<title>{}</title></rect>", escaped(says));
    }

    /// A dot. What it stands for is shown when it is pointed at.
    pub fn dot(&mut self, class: &str, centre: [f64; 2], says: &str) {
        let [x, y] = centre.map(unit);
        let _ = write!(self.body, r#"<circle class="{class}" cx="{x}" cy="{y}" r="4">"#);
        if !says.is_empty() {
            let _ = write!(self.body, "<title>{}</title>", escaped(says));
        }
        self.body.push_str("</circle>");
    }

    /// A line through points, or an area around them if it is closed.
    pub fn path(&mut self, class: &str, points: impl IntoIterator<Item = [f64; 2]>, is_closed: bool) {
        let points = points.into_iter().map(|point| {
            let [x, y] = point.map(unit);
            format!("{x} {y}")
        });
        let points: Vec<String> = points.collect();
        let end = if is_closed { "Z" } else { "" };
        let _ = write!(self.body, r#"<path class="{class}" d="M{}{end}"/>"#, points.join("L"));
    }

    /// A text at a place.
    pub fn text(&mut self, class: &str, place: [f64; 2], text: &str) {
        let [x, y] = place.map(unit);
        let _ = write!(self.body, r#"<text class="{class}" x="{x}" y="{y}">{}</text>"#, escaped(text));
    }

    /// The whole element.
    #[must_use]
    pub fn finish(self) -> String {
        self.finish_as("chart")
    }

    /// The same with a class of its own.
    #[must_use]
    pub fn finish_as(self, class: &str) -> String {
        let [width, height] = self.size.map(unit);
        format!(
            r#"<svg class="{class}" viewBox="0 0 {width} {height}" role="img" aria-label="{}">{}</svg>"#,
            escaped(&self.title),
            self.body
        )
    }
}

/// A place with one decimal: less than anyone can see.
fn unit(place: f64) -> f64 {
    (place * 10.0).round() / 10.0 + 0.0
}

/// A text as it may stand in an element or a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // XML has no other control characters.
            letter if letter.is_control() && !matches!(letter, '\n' | '\t') => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_place() {
        let mut drawing = Drawing::new(r#"" onload="x"#, [10.0, 5.0]);
        drawing.text("label", [1.04, -0.01], "<script>&'\u{1}");
        drawing.bar("bar", [0.0, 0.0], [-1.0, 2.0], "</title><x>");
        let svg = drawing.finish();
        assert!(svg.contains(r#"aria-label="&quot; onload=&quot;x""#), "{svg}");
        assert!(svg.contains(r#"x="1" y="0">&lt;script&gt;&amp;&#39; <"#), "{svg}");
        assert!(svg.contains(r#"width="0" height="2"><title>&lt;/title&gt;&lt;x&gt;<"#), "{svg}");
    }
}
