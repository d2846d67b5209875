//! Owns what is expected of many customers: given that a customer is active and at what stage, purchases to come depend on
//! frequency and age alone, so that they are summed at a few ages of each frequency and read off a polynomial in between.

use std::collections::BTreeMap;
use std::f64::consts::PI;

use rayon::prelude::*;

use super::bg_nbd::BgNbd;
use super::likelihood::ValueModel;
use super::model::PurchaseModel;
use super::summary::CustomerSummary;

/// Ages at which the sums of a frequency are taken. In the logarithm of `alpha + T` the nearest singularity is at least pi
/// away; so many leave less than 1e-9 of them over the widest range that is taken (test).
const AGES: usize = 48;

/// Coefficients that together are less than this share of the largest are not read.
const NEGLIGIBLE: f64 = 1e-13;

/// The widest range of `ln(alpha + T)`, `e^5` to 1; customers of wider ranges are asked one by one.
const WIDEST: f64 = 5.0;

/// Expected purchases at spans, from whatever is known of a customer.
pub(super) type Expected<'a> = &'a dyn Fn(&[f64]) -> Vec<f64>;

/// What is made of figures that are sums of expected purchases, for every customer in turn: `figures` is given expected
/// purchases at spans of its choice and the scale `alpha + T` of their growth; `make` is given the customer's place and
/// figures.
pub(super) fn figures_of_all<F, R>(
    model: &PurchaseModel,
    histories: &[CustomerSummary],
    figures: F,
    make: impl Fn(usize, &[f64]) -> R + Sync,
) -> Vec<R>
where
    F: Fn(Expected<'_>, f64) -> Vec<f64> + Sync,
    R: Send,
{
    let curves = match model {
        PurchaseModel::BgNbd(model) => curves(model, histories, &figures),
        _ => BTreeMap::new(),
    };
    let of_one = |sums: &mut Vec<f64>, (place, history): (usize, &CustomerSummary)| {
        match (model, curves.get(&history.frequency())) {
            (PurchaseModel::BgNbd(model), Some(curves)) => curves.put(model, history, sums),
            _ => *sums = figures_of_one(model, history, &figures),
        }
        make(place, sums)
    };
    histories.par_iter().enumerate().with_min_len(256).map_init(Vec::new, of_one).collect()
}

/// The same of one customer, without a curve.
pub(super) fn figures_of_one<F>(model: &PurchaseModel, history: &CustomerSummary, figures: F) -> Vec<f64>
where
    F: Fn(Expected<'_>, f64) -> Vec<f64>,
{
    let scale = model.parameters().get(1).copied().unwrap_or(1.0) + history.age();
    figures(&|spans| model.expected_purchases_at(history, spans), scale)
}

/// Curves of the frequencies that enough customers have for them to pay.
fn curves<F>(model: &BgNbd, histories: &[CustomerSummary], figures: &F) -> BTreeMap<u32, StageCurves>
where
    F: Fn(Expected<'_>, f64) -> Vec<f64> + Sync,
{
    let mut seen: BTreeMap<u32, (usize, [f64; 2])> = BTreeMap::new();
    for history in histories {
        let (n, [youngest, oldest]) = seen.entry(history.frequency()).or_insert((0, [f64::INFINITY, 0.0]));
        *n += 1;
        *youngest = youngest.min(history.age());
        *oldest = oldest.max(history.age());
    }
    let pays = |(frequency, (n, ages)): (u32, (usize, [f64; 2]))| {
        let ends = ages.map(|age| (model.alpha + age).ln());
        (n > 2 * AGES && ends[1] - ends[0] <= WIDEST).then_some((frequency, ends))
    };
    let wanted: Vec<(u32, [f64; 2])> = seen.into_iter().filter_map(pays).collect();
    let curve = |(frequency, ends): (u32, [f64; 2])| (frequency, StageCurves::through(model, frequency, ends, figures));
    wanted.into_par_iter().map(curve).collect()
}

/// The figures of active customers of one frequency, as polynomials in the logarithm of their scale.
struct StageCurves {
    low: f64,
    high: f64,
    n_figures: usize,
    /// Chebyshev coefficients `(degrees, figures)` of each stage.
    stages: Vec<Vec<f64>>,
}

impl StageCurves {
    fn through<F>(model: &BgNbd, frequency: u32, [low, high]: [f64; 2], figures: &F) -> Self
    where
        F: Fn(Expected<'_>, f64) -> Vec<f64>,
    {
        let angle = |age: usize| PI * (age as f64 + 0.5) / AGES as f64;
        let (mut stages, mut n_figures) = (Vec::new(), 0);
        for stage in 0..model.regularity {
            let at = |age: usize| {
                let scale = (f64::midpoint(low, high) + (high - low) / 2.0 * angle(age).cos()).exp();
                let expected = |span: &f64| model.expected_from_stage(frequency, stage, scale, *span);
                figures(&|spans| spans.iter().map(expected).collect(), scale)
            };
            let values: Vec<Vec<f64>> = (0..AGES).map(at).collect();
            n_figures = values.first().map_or(0, Vec::len);
            let mut coefficients = Vec::with_capacity(AGES * n_figures);
            for degree in 0..AGES {
                let share = if degree == 0 { 1.0 } else { 2.0 } / AGES as f64;
                let part = |age: usize, figure: usize| values[age][figure] * (degree as f64 * angle(age)).cos();
                let coefficient = |figure: usize| share * (0..AGES).map(|age| part(age, figure)).sum::<f64>();
                coefficients.extend((0..n_figures).map(coefficient));
            }
            coefficients.truncate(n_read(&coefficients, n_figures) * n_figures);
            stages.push(coefficients);
        }
        Self { low, high, n_figures, stages }
    }

    /// The figures of a customer: those of the stages by their chances, if active.
    fn put(&self, model: &BgNbd, history: &CustomerSummary, sums: &mut Vec<f64>) {
        let alive = model.probability_alive(history);
        let width = (self.high - self.low) / 2.0;
        let place = (model.alpha + history.age()).ln() - f64::midpoint(self.low, self.high);
        let place = if width > 0.0 { (place / width).clamp(-1.0, 1.0) } else { 0.0 };
        sums.clear();
        sums.resize(self.n_figures, 0.0);
        for (chance, coefficients) in model.stage_chances(history).zip(&self.stages) {
            let (mut before, mut now) = (place, 1.0);
            for coefficients in coefficients.chunks(self.n_figures.max(1)) {
                let weight = alive * chance * now;
                sums.iter_mut().zip(coefficients).for_each(|(sum, coefficient)| *sum += weight * coefficient);
                (before, now) = (now, 2.0 * place * now - before);
            }
        }
        for sum in sums {
            *sum = sum.max(0.0);
        }
    }
}

/// Degrees to be read of coefficients `(degrees, figures)`: what follows is negligible in every figure.
fn n_read(coefficients: &[f64], n_figures: usize) -> usize {
    let of_figure = |figure: usize| {
        let sizes = || coefficients.iter().skip(figure).step_by(n_figures).map(|coefficient| coefficient.abs());
        let allowed = NEGLIGIBLE * sizes().fold(0.0, f64::max);
        let mut left_out = 0.0;
        let negligible = sizes().rev().take_while(|size| {
            left_out += size;
            left_out <= allowed
        });
        AGES - negligible.count()
    };
    (0..n_figures).map(of_figure).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clv::model::ModelKind;

    fn histories() -> Vec<CustomerSummary> {
        let history = |i: u32| {
            let age = 1.0 + f64::from(i * 37 % 997) * 1.1;
            let x = [0, 1, 2, 7, 40, 300][i as usize % 6];
            let recency = if x == 0 { 0.0 } else { age * (0.1 + 0.9 * f64::from(i % 13) / 13.0) };
            CustomerSummary::new(x, recency, age).unwrap()
        };
        (0..1_200).map(history).collect()
    }

    #[test]
    fn curves_agree_with_sums_one_by_one() {
        let histories = histories();
        let kinds = [ModelKind::BG_NBD, ModelKind::MBG_NBD, ModelKind::MbgCnbd { regularity: 3 }];
        for (kind, parameters) in
            kinds.into_iter().zip([[0.24, 30.9, 0.79, 2.43], [0.9, 12.0, 0.3, 1.0], [2.0, 9.0, 0.5, 3.0]])
        {
            let model = kind.with_parameters(&parameters).unwrap();
            let spans = [30.0, 365.0, 1_800.0];
            let all = figures_of_all(&model, &histories, |expected, _| expected(&spans), |_, figures| figures.to_vec());
            for (history, figures) in histories.iter().zip(&all) {
                for (figure, exact) in figures.iter().zip(model.expected_purchases_at(history, &spans)) {
                    assert!((figure - exact).abs() < 1e-9 * (1e-3 + exact), "{kind:?} {history:?}: {figure} {exact}");
                }
            }
        }
    }

    #[test]
    fn customers_of_one_age_and_rare_ones_are_asked_too() {
        let model = ModelKind::MBG_NBD.with_parameters(&[0.9, 12.0, 0.3, 1.0]).unwrap();
        let mut histories = vec![CustomerSummary::new(2, 20.0, 90.0).unwrap(); 100];
        histories.push(CustomerSummary::new(5, 20.0, 30.0).unwrap());
        let all = figures_of_all(&model, &histories, |expected, _| expected(&[60.0]), |_, figures| figures.to_vec());
        for (history, figures) in histories.iter().zip(&all) {
            assert!((figures[0] / model.expected_purchases(history, 60.0) - 1.0).abs() < 1e-10);
        }
    }
}
