//! What a choice on the folds is worth: beside the loss of what was chosen, on the folds that chose it, the loss of what
//! the same rule would have chosen from earlier folds alone.

use serde::{Deserialize, Serialize};

use super::folds::Fold;

/// What figures about choices were measured on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeasuredOn {
    /// The cutoffs on which the choice was made, so that what was chosen looks better than it is. Figures of what was
    /// chosen, on cutoffs after it, are those of the evaluation.
    #[default]
    DecidingCutoffs,
}

/// A choice beside the same choice made from earlier cutoffs alone, on the same rows: mean log-losses in nats.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NestedLoss {
    /// Cutoffs before which the outcomes of others were known.
    pub n_cutoffs: usize,
    /// What was chosen, these cutoffs having had a say.
    pub in_selection: f64,
    /// What the rule would have chosen before each of them.
    pub nested: f64,
}

impl NestedLoss {
    /// Chooses anew before each cutoff from those `known` then. `choose` picks a setting from some of the cutoffs, given in
    /// ascending time, and `loss` is that of a cutoff under a setting, with its weight. `None` where no cutoff knew another.
    pub fn of(
        n_cutoffs: usize,
        known: impl Fn(usize, usize) -> bool,
        choose: impl Fn(&[usize]) -> usize,
        loss: impl Fn(usize, usize) -> (f64, f64),
    ) -> Option<Self> {
        let chosen = choose(&(0..n_cutoffs).collect::<Vec<_>>());
        let (mut found, mut total) = (Self { n_cutoffs: 0, in_selection: 0.0, nested: 0.0 }, 0.0);
        for now in 0..n_cutoffs {
            let before: Vec<usize> = (0..now).filter(|earlier| known(now, *earlier)).collect();
            if before.is_empty() {
                continue;
            }
            let (in_selection, weight) = loss(now, chosen);
            found.n_cutoffs += 1;
            found.in_selection += weight * in_selection;
            found.nested += weight * loss(now, choose(&before)).0;
            total += weight;
        }
        (total > 0.0).then(|| Self { in_selection: found.in_selection / total, nested: found.nested / total, ..found })
    }

    /// The same over folds, each with its weight.
    pub(super) fn on_folds(
        folds: &[Fold],
        choose: impl Fn(&[usize]) -> usize,
        loss: impl Fn(usize, usize) -> f64,
    ) -> Option<Self> {
        let known = |now: usize, earlier: usize| folds[now].knows(&folds[earlier]);
        Self::of(folds.len(), known, choose, |fold, setting| (loss(fold, setting), folds[fold].weight()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Losses of three cutoffs under two settings. All together choose the first setting (.5 + .9 + .1 against 2.1); before
    /// the second only the first is known, which speaks for the first setting; before the third the first two are, .5 + .9
    /// against .6 + .7, which speaks for the second.
    #[test]
    fn each_cutoff_is_predicted_from_those_before_it() {
        let losses = [[0.5, 0.6], [0.9, 0.7], [0.1, 0.8]];
        let choose = |cutoffs: &[usize]| {
            let sum = |setting: usize| cutoffs.iter().map(|cutoff| losses[*cutoff][setting]).sum::<f64>();
            usize::from(sum(1) < sum(0))
        };
        let loss = |cutoff: usize, setting: usize| (losses[cutoff][setting], 1.0);
        let found = NestedLoss::of(3, |_, _| true, choose, loss).unwrap();
        assert_eq!(found.n_cutoffs, 2);
        assert!((found.in_selection - 0.5).abs() < 1e-12 && (found.nested - 0.85).abs() < 1e-12, "{found:?}");
        assert_eq!(NestedLoss::of(3, |_, _| false, choose, loss), None, "no label window had ended");
        let one = NestedLoss::of(3, |now, earlier| (now, earlier) == (2, 0), choose, loss).unwrap();
        assert_eq!((one.n_cutoffs, one.in_selection.to_bits()), (1, one.nested.to_bits()));
    }
}
