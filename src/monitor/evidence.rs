//! Evidence against a model: by how much its probabilities were beaten, list by list, by ones that are shifted or flatter.
//! The product is an e-process: under a model as good as in its tests it exceeds 20 with probability .05 at most over all
//! nights together, so that looking every night raises no false alarm.

use crate::maths::special::probability;

use super::expected::CLIP;

/// From here on the evidence says that the model has decayed.
pub(super) const DECAYED: f64 = 20.0;
/// Slopes that a decayed model may have: its log-odds are too far apart.
const SLOPES: [f64; 3] = [1.0, 0.75, 0.5];
/// Decay moves the level by this much beyond what the tests showed, in log-odds.
const SHIFT: f64 = 0.5;
/// Log-odds nearer than this are taken together.
const WIDTH: f64 = 0.02;
/// Nodes of the integral over the level, and how far they reach in standard deviations of the integrand.
const NODES: i32 = 96;
const REACH: f64 = 9.0;
const NEWTON_STEPS: usize = 60;

/// Customers of about the same log-odds.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    log_odds: f64,
    n: f64,
    churned: f64,
}

/// A list and what came of it, by log-odds.
struct List(Vec<Group>);

impl List {
    fn of(probabilities: &[f64], churned: &[bool]) -> Self {
        let log_odds = |p: &f64| {
            let p = p.clamp(CLIP, 1.0 - CLIP);
            (p / (1.0 - p)).ln()
        };
        let mut rows: Vec<(f64, bool)> = probabilities.iter().map(log_odds).zip(churned.iter().copied()).collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let same = |a: &(f64, bool), b: &(f64, bool)| (a.0 / WIDTH).floor().total_cmp(&(b.0 / WIDTH).floor()).is_eq();
        let group = |rows: &[(f64, bool)]| {
            let n = rows.len() as f64;
            let churned = rows.iter().filter(|(_, churned)| *churned).count() as f64;
            Group { log_odds: rows.iter().map(|(log_odds, _)| log_odds).sum::<f64>() / n, n, churned }
        };
        Self(rows.chunk_by(same).map(group).collect())
    }

    fn mean(&self) -> f64 {
        let (sum, n) = self.0.iter().fold((0.0, 0.0), |(sum, n), group| (sum + group.n * group.log_odds, n + group.n));
        sum / f64::max(n, 1.0)
    }

    /// The log-likelihood of a shifted level and a slope, its slope in the shift, and the curvature.
    fn likelihood(&self, shift: f64, slope: f64, mean: f64) -> [f64; 3] {
        let of_group = |[value, first, second]: [f64; 3], group: &Group| {
            let z = mean + slope * (group.log_odds - mean) + shift;
            let p = probability(z);
            // ln(1 + e^z), without overflow.
            let softplus = z.max(0.0) + (-z.abs()).exp().ln_1p();
            [
                value + group.churned * z - group.n * softplus,
                first + group.churned - group.n * p,
                second + group.n * p * (1.0 - p),
            ]
        };
        self.0.iter().fold([0.0; 3], of_group)
    }

    /// The logarithm of the mean likelihood over normal shifts of the level with this standard deviation.
    fn marginal(&self, sd: f64, slope: f64) -> f64 {
        let mean = self.mean();
        let penalised = |shift: f64| {
            let [value, first, second] = self.likelihood(shift, slope, mean);
            let (z, precision) = (shift / sd, 1.0 / (sd * sd));
            [value - 0.5 * z * z, first - shift * precision, second + precision]
        };
        let mut mode = 0.0;
        for _ in 0..NEWTON_STEPS {
            let [_, first, second] = penalised(mode);
            // The target is concave, and its curvature never below the prior's.
            let step = (first / second).clamp(-1.0, 1.0);
            mode += step;
            if step.abs() < 1e-10 {
                break;
            }
        }
        let [top, _, curvature] = penalised(mode);
        let width = 1.0 / curvature.sqrt();
        let step = 2.0 * REACH / f64::from(NODES);
        let node = |place: i32| (penalised(mode + width * (f64::from(place) * step - REACH))[0] - top).exp();
        let integral: f64 = (0..=NODES).map(node).sum::<f64>() * step * width;
        top + integral.ln() - (sd * std::f64::consts::TAU.sqrt()).ln()
    }
}

/// The logarithm of the evidence of one list: the likelihood of probabilities that are shifted or flatter beside that of the
/// model's own, whose level may move with `level_sd`, a standard deviation in log-odds, as it did in its tests.
///
/// Its expectation under the model is 1, so that the product over lists whose label windows do not overlap is a
/// nonnegative martingale.
///
/// # Source
/// Ville (1939), Étude critique de la notion de collectif, for the bound; Grünwald, de Heide and Koolen (2024), JRSS B 86,
/// 1091-1128, section 2, for likelihood ratios of mixtures as e-values.
pub(super) fn log_evidence(probabilities: &[f64], churned: &[bool], level_sd: f64) -> f64 {
    let list = List::of(probabilities, churned);
    if list.0.is_empty() {
        return 0.0;
    }
    let marginals: Vec<f64> = SLOPES.iter().map(|slope| list.marginal(level_sd + SHIFT, *slope)).collect();
    let largest = marginals.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = marginals.iter().map(|marginal| (marginal - largest).exp()).sum();
    largest + (sum / SLOPES.len() as f64).ln() - list.marginal(level_sd, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maths::random::Random;

    /// The evidence after each of some lists of customers whose true log-odds have a slope and a shift beside the model's.
    fn path(random: &mut Random, n_lists: usize, (slope, shift): (f64, f64), level_sd: f64) -> Vec<f64> {
        let mut total = 0.0;
        let list = |_| {
            let level = shift + level_sd * random.normal();
            let z: Vec<f64> = (0..600).map(|_| random.normal() - 0.8).collect();
            let p: Vec<f64> = z.iter().map(|z| probability(*z)).collect();
            let churned: Vec<bool> =
                z.iter().map(|z| random.uniform() < probability(slope * (z + 0.8) - 0.8 + level)).collect();
            total += log_evidence(&p, &churned, level_sd);
            total
        };
        (0..n_lists).map(list).collect()
    }

    fn is_decayed(path: &[f64]) -> bool {
        path.iter().any(|log| *log >= DECAYED.ln())
    }

    #[test]
    fn a_model_as_good_as_in_its_tests_is_rarely_called_decayed_however_often_one_looks() {
        let mut random = Random::new(3, 1);
        let n_wrong = (0..200).filter(|_| is_decayed(&path(&mut random, 8, (1.0, 0.0), 0.15))).count();
        // At most one in twenty; three standard deviations more are chance.
        assert!(n_wrong <= 19, "{n_wrong} of 200");
    }

    #[test]
    fn a_model_that_decays_is_found() {
        let mut random = Random::new(5, 1);
        let flat = (0..20).filter(|_| is_decayed(&path(&mut random, 6, (0.3, 0.0), 0.15))).count();
        let shifted = (0..20).filter(|_| is_decayed(&path(&mut random, 6, (1.0, 0.8), 0.15))).count();
        assert!(flat >= 19 && shifted >= 19, "{flat} and {shifted} of 20");
    }

    #[test]
    fn the_integral_is_that_of_a_fine_grid() {
        let list = List::of(&[0.2, 0.4, 0.7, 0.7], &[false, true, true, false]);
        let mean = list.mean();
        let (sd, step) = (0.5, 1e-3);
        let density = |u: f64| (-0.5 * (u / sd) * (u / sd)).exp() / (sd * std::f64::consts::TAU.sqrt());
        let grid = (-6_000..=6_000).map(|place| f64::from(place) * step);
        let fine: f64 = grid.map(|u| list.likelihood(u, 0.75, mean)[0].exp() * density(u) * step).sum();
        assert!((list.marginal(sd, 0.75) - fine.ln()).abs() < 1e-8);
    }
}
