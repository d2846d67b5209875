//! What `retain train` says of choices that the folds made away from the usual: weights of cutoffs, settings of learners.

use crate::cli::StageTime;
use crate::learn::{CutoffWeights, CutoffWeightsRecord, TrainingNotes, TuningRecord};
use crate::text::wrapped;

const WIDTH: usize = 80;

/// What is to be known of a gain that was the reason for a choice.
const LUCKY: &str = "what was chosen for its gain looks better there than it is";

/// Lines of at most 80 columns; nothing where all is as usual and nothing was tried.
pub(super) fn page(notes: &TrainingNotes, stages: &[StageTime]) -> String {
    let sentences = [of_cutoff_weights(&notes.cutoff_weights), of_tuning(&notes.tuning, stages)];
    let lines = sentences.into_iter().flatten().flat_map(|sentence| wrapped(&sentence, WIDTH));
    lines.map(|line| line + "\n").collect()
}

fn of_cutoff_weights(record: &CutoffWeightsRecord) -> Option<String> {
    if record.used.is_equal() {
        return None;
    }
    let CutoffWeights { half_life_days, in_season } = record.used;
    let fading = half_life_days.map(|days| format!("half with every {days:.0} days of age"));
    let season = (in_season > 1.0).then(|| format!("{in_season:.0} times as much in the same season"));
    let how = [fading, season].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let trial = record.tried.iter().find(|trial| trial.cutoff_weights == record.used)?;
    Some(format!(
        "Training cutoffs do not count alike: {how}. On the folds that chose this it lowers log-loss by {:.4}, with a \
         standard error of {:.4}; {LUCKY}.",
        trial.gain, trial.standard_error
    ))
}

fn of_tuning(record: &TuningRecord, stages: &[StageTime]) -> Option<String> {
    let n_trials = record.trials.len().checked_sub(1)?;
    let seconds: f64 =
        stages.iter().filter(|stage| stage.stage.starts_with("learning")).map(|stage| stage.seconds).sum();
    let used = record.used;
    let verdict = if record.trials.first().is_some_and(|usual| usual.settings == used) {
        "the usual settings stand".to_owned()
    } else {
        let trial = record.trials.iter().find(|trial| trial.settings == used)?;
        format!(
            "trees {} deep at a rate of {:.3}, penalty {:.1}, least information {:.1} lower log-loss on the folds that \
             chose them by {:.4}, with a standard error of {:.4}; {LUCKY}",
            used.depth, used.learning_rate, used.penalty, used.leaf_information, trial.gain, trial.standard_error
        )
    };
    Some(format!(
        "Tuning: {n_trials} settings of boosting and as many more penalties of the logistic regression were tried for the \
         model and at each test cutoff; learning took {seconds:.0} s in all. For the model, {verdict}."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::{BoostingSettings, CutoffWeightsTrial, TuningTrial};

    #[test]
    fn what_is_not_usual_is_reported() {
        assert_eq!(of_cutoff_weights(&CutoffWeightsRecord::default()), None);
        assert_eq!(of_tuning(&TuningRecord::default(), &[]), None);
        let used = CutoffWeights { half_life_days: Some(150.0), in_season: 2.0 };
        let trial = CutoffWeightsTrial { cutoff_weights: used, log_loss: 0.5, gain: 0.0123, standard_error: 0.004 };
        let sentences =
            of_cutoff_weights(&CutoffWeightsRecord { used, tried: vec![trial], ..CutoffWeightsRecord::default() })
                .unwrap();
        assert!(
            sentences.contains("half with every 150 days of age, 2 times as much in the same season"),
            "{sentences}"
        );
        assert!(sentences.contains(".0123") && sentences.contains(".0040"), "{sentences}");
        let trial = |settings, gain| TuningTrial { settings, trees: 100, log_loss: 0.5, gain, standard_error: 0.001 };
        let other = BoostingSettings { depth: 3, ..BoostingSettings::USUAL };
        let trials = vec![trial(BoostingSettings::USUAL, 0.0), trial(other, 0.01)];
        let stands = of_tuning(&TuningRecord { trials: trials.clone(), ..TuningRecord::default() }, &[]).unwrap();
        assert!(stands.starts_with("Tuning: 1 settings") && stands.ends_with("the usual settings stand."), "{stands}");
        let better = of_tuning(&TuningRecord { used: other, trials, ..TuningRecord::default() }, &[]).unwrap();
        assert!(better.contains("trees 3 deep") && better.contains(".0100"), "{better}");
    }
}
