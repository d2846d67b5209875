//! Small plots in text: a row of bars, and the area under a curve. Block characters, no colour, never wider than asked.

/// Bars from an eighth of a line to a whole one.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Counts as a row of at most `width` bars, the largest as high as a line, and how many counts one bar sums. A bar of
/// nothing is a dot.
pub(super) fn bars(counts: &[u64], width: usize) -> (String, usize) {
    let per_bar = counts.len().div_ceil(width.max(1)).max(1);
    let sums: Vec<u64> = counts.chunks(per_bar).map(|part| part.iter().sum()).collect();
    let most = sums.iter().copied().max().unwrap_or(0).max(1);
    let bar = |sum: &u64| match sum {
        0 => '.',
        sum => eighths(*sum as f64 / most as f64, 8)
            .max(1)
            .checked_sub(1)
            .and_then(|i| BARS.get(i))
            .copied()
            .unwrap_or('█'),
    };
    (sums.iter().map(bar).collect(), per_bar)
}

/// A share in [0, 1] as a number of eighths out of `all`, rounded.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a few hundred")]
fn eighths(share: f64, all: usize) -> usize {
    (share.clamp(0.0, 1.0) * all as f64).round() as usize
}

/// A rising share over the days from 0 to `end` as an area of `height` lines, with a scale in percent and one in days.
/// `marks` are days to be marked below it, each with one letter.
pub(super) fn area(share: impl Fn(u32) -> f64, end: u32, marks: &[(u32, char)]) -> Vec<String> {
    const WIDTH: usize = 64;
    const HEIGHT: usize = 8;
    let day_of = |column: usize| (column as u64 + 1) * u64::from(end) / WIDTH as u64;
    let shares: Vec<f64> = (0..WIDTH).map(|column| share(u32::try_from(day_of(column)).unwrap_or(end))).collect();
    let highest = shares.iter().copied().fold(0.0, f64::max);
    // The scale ends at the next full fifth, so that its quarters are whole percents.
    let top = ((5.0 * highest).ceil() / 5.0).max(0.2);
    let heights: Vec<usize> = shares.iter().map(|share| eighths(share / top, 8 * HEIGHT)).collect();
    let cell = |height: usize, line: usize| match height.saturating_sub(8 * line) {
        0 => ' ',
        eighths => BARS.get(eighths.min(8) - 1).copied().unwrap_or('█'),
    };
    let mut lines: Vec<String> = (0..HEIGHT)
        .rev()
        .map(|line| {
            let scale = 100.0 * top * (line + 1) as f64 / HEIGHT as f64;
            let label = if (line + 1).is_multiple_of(2) { format!("{scale:>5.0} %") } else { String::new() };
            let cells: String = heights.iter().map(|height| cell(*height, line)).collect();
            format!("{label:>7} |{cells}").trim_end().to_owned()
        })
        .collect();
    lines.push(format!("{:>7} +{}", "0 %", "-".repeat(WIDTH)));
    lines.push(format!("{:8} {}", "", days_scale(end, WIDTH)).trim_end().to_owned());
    if !marks.is_empty() {
        lines.push(format!("{:8} {}", "", marks_line((end, WIDTH), marks)).trim_end().to_owned());
    }
    lines
}

/// Days at the quarters of the width, each ending where it belongs.
fn days_scale(end: u32, width: usize) -> String {
    let mut scale = String::new();
    for quarter in 1..=4_usize {
        let text = (u64::from(end) * quarter as u64 / 4).to_string();
        let until = width * quarter / 4;
        let gap = until.saturating_sub(scale.chars().count() + text.len());
        scale.push_str(&" ".repeat(gap));
        scale.push_str(&text);
    }
    scale + " days"
}

/// One letter below the column of each day; of two days in one column the first is marked.
fn marks_line((end, width): (u32, usize), marks: &[(u32, char)]) -> String {
    let mut line = vec![' '; width];
    for (day, letter) in marks.iter().filter(|(day, _)| *day <= end) {
        let column = (u64::from(*day) * width as u64).div_ceil(u64::from(end.max(1))).saturating_sub(1);
        if let Some(place) = usize::try_from(column).ok().and_then(|column| line.get_mut(column))
            && *place == ' '
        {
            *place = *letter;
        }
    }
    line.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_high_as_their_share_of_the_highest() {
        assert_eq!(bars(&[8, 0, 4, 1], 10), ("█.▄▁".to_owned(), 1));
        assert_eq!(bars(&[1, 3, 2, 2, 0], 3), ("██.".to_owned(), 2));
        assert_eq!(bars(&[], 10), (String::new(), 1));
    }

    #[test]
    fn an_area_keeps_to_its_width_and_marks_days() {
        let lines = area(|day| f64::from(day) / 80.0, 64, &[(32, 'H'), (64, 'A'), (99, 'X')]);
        assert_eq!(lines.len(), 11);
        assert!(lines.iter().all(|line| line.chars().count() <= 80), "{lines:#?}");
        assert_eq!(lines[0].chars().filter(|letter| *letter == '█').count(), 1, "the top is reached at the end alone");
        assert!(lines[0].starts_with("   80 % |") && lines[7].ends_with('█'));
        assert_eq!(lines[10].find('H'), Some(9 + 31));
        assert_eq!(lines[10].find('A'), Some(9 + 63));
        assert!(!lines[10].contains('X'));
        assert!(lines[9].ends_with("64 days"));
    }
}
