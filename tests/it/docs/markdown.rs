//! As much of Markdown as the pages use: prose, code, headings, links.

/// A block of code between fences.
pub(super) struct Fence {
    pub(super) language: String,
    pub(super) text: String,
}

/// A page taken apart.
pub(super) struct Parsed {
    /// Lines outside of code, as they stand.
    pub(super) prose: Vec<String>,
    /// Lines of code that are set in by four blanks.
    pub(super) indented: Vec<String>,
    pub(super) fences: Vec<Fence>,
}

pub(super) fn parse(page: &str) -> Parsed {
    let mut parsed = Parsed { prose: Vec::new(), indented: Vec::new(), fences: Vec::new() };
    let mut inside = false;
    for line in page.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            if !inside {
                parsed.fences.push(Fence { language: language.to_owned(), text: String::new() });
            }
            inside = !inside;
        } else if inside {
            let fence = parsed.fences.last_mut().unwrap();
            fence.text += line;
            fence.text.push('\n');
        } else if let Some(code) = line.strip_prefix("    ") {
            parsed.indented.push(code.to_owned());
        } else {
            parsed.prose.push(line.to_owned());
        }
    }
    assert!(!inside, "a fence of code does not end");
    parsed
}

impl Parsed {
    /// The code within lines of prose, and the prose without it.
    fn parted(&self) -> (Vec<String>, String) {
        let whole = self.prose.join("\n");
        let (mut code, mut prose) = (Vec::new(), String::new());
        for (n, piece) in whole.split('`').enumerate() {
            if n % 2 == 1 {
                code.push(piece.split_whitespace().collect::<Vec<_>>().join(" "));
                prose.push('`');
            } else {
                prose.push_str(piece);
            }
        }
        assert!(whole.matches('`').count().is_multiple_of(2), "code within a line does not end");
        (code, prose)
    }

    /// The pieces of code within lines of prose.
    pub(super) fn spans(&self) -> Vec<String> {
        self.parted().0
    }

    /// Where its links lead.
    pub(super) fn links(&self) -> Vec<String> {
        let prose = self.parted().1;
        prose.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.to_owned()).collect()
    }

    /// The anchors of its headings, as GitHub makes them.
    pub(super) fn anchors(&self) -> Vec<String> {
        let headings = self.prose.iter().filter(|line| line.starts_with('#'));
        let mut anchors: Vec<String> = Vec::new();
        for heading in headings {
            let anchor = anchor(heading.trim_start_matches('#').trim());
            let n = anchors.iter().filter(|other| **other == anchor).count();
            anchors.push(if n == 0 { anchor } else { format!("{anchor}-{n}") });
        }
        anchors
    }
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn anchors_are_those_of_github() {
    let page = parse("# What is promised, of `every` figure\n\n```text\n# no heading\n```\n## E101\n## E101\n");
    assert_eq!(page.anchors(), ["what-is-promised-of-every-figure", "e101", "e101-1"]);
    let page = parse("See [a](b.md#c) and `[no](link)`, `retain\nrun`.\n\n    retain score\n");
    assert_eq!((page.links(), page.spans()), (vec!["b.md#c".into()], vec!["[no](link)".into(), "retain run".into()]));
    assert_eq!(page.indented, ["retain score"]);
}
