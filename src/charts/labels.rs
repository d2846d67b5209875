//! Where the names of curves stand: beside their curve, where they cover neither a curve nor each other.

/// What is drawn of a curve, in user units.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line<'a> {
    /// Its name; one without a name is only kept free.
    pub(super) name: &'a str,
    /// Whether its points are joined.
    pub(super) is_joined: bool,
    pub(super) points: Vec<[f64; 2]>,
    /// Ends of the vertical lines at its points.
    pub(super) whiskers: Vec<[[f64; 2]; 2]>,
}

/// The middle of a name's base line, and of which line it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Label {
    pub(super) place: [f64; 2],
    pub(super) nth: usize,
}

/// Width of a letter and height of a name; on a phone they are set larger.
const LETTER: f64 = 9.0;
const ABOVE: f64 = 16.0;
const BELOW: f64 = 5.0;
/// Shares of the way along a curve at which its name may stand, the best first.
const ALONG: [f64; 9] = [0.55, 0.7, 0.4, 0.85, 0.25, 0.62, 0.48, 0.95, 0.1];
/// From the curve to the base line of its name, the best first: above it, below it, and further away.
const AWAY: [f64; 8] = [-9.0, 22.0, -16.0, 30.0, -26.0, 40.0, -40.0, 56.0];
/// Steps in which a line is followed.
const STEP: f64 = 3.0;

/// The names in the order of the lines; one that fits nowhere stands where it would stand alone.
pub(super) fn placed(lines: &[Line<'_>], [across, up]: [[f64; 2]; 2]) -> Vec<Label> {
    let marks: Vec<[f64; 2]> = lines.iter().flat_map(marks).collect();
    let mut taken: Vec<Room> = Vec::new();
    let mut labels = Vec::new();
    for (nth, line) in lines.iter().enumerate().filter(|(_, line)| !line.name.is_empty()) {
        let width = LETTER * line.name.chars().count() as f64;
        let places: Vec<[f64; 2]> = AWAY
            .iter()
            .flat_map(|away| ALONG.iter().filter_map(move |share| Some((at(line, *share)?, *away))))
            .map(|([x, y], away)| [x.clamp(across[0] + width / 2.0, across[1] - width / 2.0), y + away])
            .collect();
        let is_free = |place: &&[f64; 2]| {
            let name = Room::of(**place, width);
            name.top >= up[1] - ABOVE
                && name.bottom <= up[0]
                && !marks.iter().any(|mark| name.holds(*mark))
                && !taken.iter().any(|other| name.meets(other))
        };
        if let Some(place) = places.iter().find(is_free).or_else(|| places.first()).copied() {
            taken.push(Room::of(place, width));
            labels.push(Label { place, nth });
        }
    }
    labels
}

/// The room of a name.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Room {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Room {
    fn of([x, y]: [f64; 2], width: f64) -> Self {
        Self { left: x - width / 2.0, right: x + width / 2.0, top: y - ABOVE, bottom: y + BELOW }
    }

    fn holds(&self, [x, y]: [f64; 2]) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    fn meets(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// A place on a line, by the share of its width.
fn at(line: &Line<'_>, share: f64) -> Option<[f64; 2]> {
    let (first, last) = (line.points.first()?, line.points.last()?);
    let x = first[0] + share * (last[0] - first[0]);
    let next = line.points.iter().position(|point| point[0] >= x)?;
    let (before, after) = (line.points.get(next.saturating_sub(1))?, line.points.get(next)?);
    let width = after[0] - before[0];
    let way = if width > 0.0 { (x - before[0]) / width } else { 0.0 };
    Some([x, before[1] + way * (after[1] - before[1])])
}

/// Places that a line covers, close to each other.
fn marks(line: &Line<'_>) -> Vec<[f64; 2]> {
    let joined = line.points.windows(2).filter_map(|pair| Some([*pair.first()?, *pair.last()?]));
    let strokes = joined.filter(|_| line.is_joined).chain(line.whiskers.iter().copied());
    line.points.iter().copied().chain(strokes.flat_map(|[from, to]| along(from, to))).collect()
}

fn along(from: [f64; 2], to: [f64; 2]) -> impl Iterator<Item = [f64; 2]> {
    let way = [to[0] - from[0], to[1] - from[1]];
    let n = (way[0].hypot(way[1]) / STEP).ceil().clamp(1.0, 1_000.0);
    let steps = (0_u16..=1_000).map(f64::from).take_while(move |step| *step <= n);
    steps.map(move |step| [from[0] + way[0] * step / n, from[1] + way[1] * step / n])
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: [[f64; 2]; 2] = [[62.0, 544.0], [240.0, 26.0]];

    fn line(name: &'static str, points: &[[f64; 2]]) -> Line<'static> {
        Line { name, is_joined: true, points: points.to_vec(), whiskers: Vec::new() }
    }

    #[test]
    fn a_name_covers_no_curve_and_no_other_name() {
        // Two curves that cross twice, as a forecast and what came do, and a steep one.
        let lines = [
            line("came", &[[80.0, 120.0], [200.0, 150.0], [320.0, 90.0], [440.0, 130.0]]),
            line("expected", &[[80.0, 140.0], [200.0, 110.0], [320.0, 120.0], [440.0, 85.0], [520.0, 100.0]]),
            line("steep", &[[62.0, 240.0], [70.0, 60.0], [540.0, 30.0]]),
        ];
        let labels = placed(&lines, ROOM);
        assert_eq!(labels.len(), 3);
        let rooms: Vec<Room> = labels
            .iter()
            .map(|label| Room::of(label.place, LETTER * lines[label.nth].name.chars().count() as f64))
            .collect();
        for (nth, room) in rooms.iter().enumerate() {
            assert!(!lines.iter().flat_map(marks).any(|mark| room.holds(mark)), "{labels:?}");
            assert!(!rooms[nth + 1..].iter().any(|other| room.meets(other)), "{labels:?}");
            assert!(room.left >= ROOM[0][0] && room.right <= ROOM[0][1] && room.bottom <= ROOM[1][0], "{labels:?}");
        }
    }

    #[test]
    fn a_name_stays_clear_of_whiskers_and_one_without_points_has_no_place() {
        let mut dots = line("", &[[300.0, 100.0]]);
        dots.whiskers = vec![[[300.0, 60.0], [300.0, 180.0]]];
        let lines = [line("flat", &[[62.0, 100.0], [544.0, 100.0]]), dots, line("none", &[])];
        let labels = placed(&lines, ROOM);
        assert_eq!(labels.iter().map(|label| label.nth).collect::<Vec<_>>(), [0]);
        assert!((labels[0].place[0] - 300.0).abs() > 18.0, "{labels:?}");
    }
}
