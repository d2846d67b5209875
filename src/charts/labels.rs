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

/// How large names are set.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Size {
    /// Width of a letter.
    letter: f64,
    /// From the base line up, and down.
    above: f64,
    below: f64,
}

/// On a phone, and on a large screen: a name stands where the larger fits, else where the smaller does.
const SIZES: [Size; 2] = [Size { letter: 9.0, above: 16.0, below: 5.0 }, Size { letter: 7.4, above: 12.0, below: 4.0 }];
/// Shares of the way along a curve at which its name may stand, the best first.
const ALONG: [f64; 9] = [0.55, 0.7, 0.4, 0.85, 0.25, 0.62, 0.48, 0.95, 0.1];
/// From the curve to the base line of its name, the best first: above it, below it, and further away.
const AWAY: [f64; 8] = [-9.0, 22.0, -16.0, 30.0, -26.0, 40.0, -40.0, 56.0];
/// Steps in which a line is followed.
const STEP: f64 = 3.0;

/// The names, that of the last and most important line first. One that fits nowhere stands where it covers least of the curves; it
/// never covers another name as long as there is a place beside it.
pub(super) fn placed(lines: &[Line<'_>], [across, up]: [[f64; 2]; 2]) -> Vec<Label> {
    let marks: Vec<[f64; 2]> = lines.iter().flat_map(marks).collect();
    let mut taken: Vec<Room> = Vec::new();
    let mut labels = Vec::new();
    for (nth, line) in lines.iter().enumerate().rev().filter(|(_, line)| !line.name.is_empty()) {
        let rooms: Vec<Room> = SIZES.iter().flat_map(|size| rooms(line, *size, across)).collect();
        let is_inside = |room: &Room| room.top >= up[1] - room.size.above && room.bottom <= up[0];
        let is_beside = |room: &&Room| is_inside(room) && !taken.iter().any(|other| room.meets(other));
        let n_covered = |room: &&Room| marks.iter().filter(|mark| room.holds(**mark)).count();
        // Of places that cover as little, the first is the best.
        if let Some(room) = rooms.iter().filter(is_beside).min_by_key(n_covered).or_else(|| rooms.first()).copied() {
            taken.push(room);
            labels.push(Label { place: room.place, nth });
        }
    }
    labels
}

/// Where a name may stand in this size, the best first.
fn rooms(line: &Line<'_>, size: Size, across: [f64; 2]) -> Vec<Room> {
    let half = size.letter * line.name.chars().count() as f64 / 2.0;
    let within = |x: f64| x.max(across[0] + half).min(across[1] - half);
    let beside =
        |away: f64| ALONG.iter().filter_map(move |share| at(line, *share)).map(move |[x, y]| [within(x), y + away]);
    AWAY.iter().flat_map(|away| beside(*away)).map(|place| Room::of(place, half, size)).collect()
}

/// The room of a name.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Room {
    place: [f64; 2],
    size: Size,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Room {
    /// Around the middle of the base line; `half` of the width on each side.
    fn of([x, y]: [f64; 2], half: f64, size: Size) -> Self {
        Self { place: [x, y], size, left: x - half, right: x + half, top: y - size.above, bottom: y + size.below }
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
            .map(|label| {
                let half = SIZES[1].letter * lines[label.nth].name.chars().count() as f64 / 2.0;
                Room::of(label.place, half, SIZES[1])
            })
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

    #[test]
    fn a_name_that_fits_only_between_curves_on_a_large_screen_still_covers_none() {
        // A gain curve between that of the margin and chance, which are 36 apart where the name is to stand.
        let lines = [
            line("chance", &[[62.0, 240.0], [544.0, 176.0]]),
            line(
                "margin of those who left",
                &[[78.0, 225.0], [143.0, 194.0], [223.0, 164.0], [383.0, 128.0], [544.0, 103.0]],
            ),
            line(
                "customers who left",
                &[[78.0, 236.0], [143.0, 219.0], [223.0, 198.0], [383.0, 161.0], [544.0, 131.0]],
            ),
        ];
        let all: Vec<[f64; 2]> = lines.iter().flat_map(marks).collect();
        for label in placed(&lines, ROOM) {
            let half = SIZES[1].letter * lines[label.nth].name.chars().count() as f64 / 2.0;
            let room = Room::of(label.place, half, SIZES[1]);
            assert!(!all.iter().any(|mark| room.holds(*mark)), "{label:?}");
        }
    }

    #[test]
    fn a_name_that_fits_nowhere_covers_no_other_name() {
        // Two curves of a test that lie on each other, over chance: the long name finds no room of its own.
        let roc = |power: f64| -> Vec<[f64; 2]> {
            let place = |step: u8| f64::from(step) / 20.0;
            (0..=20).map(place).map(|x| [62.0 + 482.0 * x, 240.0 - 214.0 * x.powf(power)]).collect()
        };
        let lines = [
            line("chance", &[[62.0, 240.0], [544.0, 26.0]]),
            line("a purchase model of a very long name indeed", &roc(0.31)),
            line("the model", &roc(0.28)),
        ];
        let rooms: Vec<Room> = placed(&lines, ROOM)
            .iter()
            .map(|label| {
                let half = SIZES[1].letter * lines[label.nth].name.chars().count() as f64 / 2.0;
                Room::of(label.place, half, SIZES[1])
            })
            .collect();
        assert_eq!(rooms.len(), 3);
        for (nth, room) in rooms.iter().enumerate() {
            assert!(!rooms[nth + 1..].iter().any(|other| room.meets(other)), "{rooms:?}");
        }
    }
}
