//! The new model against the one that scores: on which cutoffs that is honest, what follows where it is not, and the
//! sentence that says so.

use super::backtest::Tested;
use super::frame::Frame;
use crate::calibrate::probabilities;
use crate::config::Config;
use crate::dataset::Dataset;
use crate::error::Failure;
use crate::evaluate::challenge::{CHALLENGER, CHAMPION};
use crate::evaluate::grade::{decimal, with_bounds};
use crate::evaluate::{Challenge, EvaluateError, Finding, Interval, LearnerScores, Settings, TestCutoff, Verdict};
use crate::learn::MAIN_LEARNER;
use crate::registry::{ChallengeRecord, Outcome, Version};
use crate::timeline::Cutoff;

/// The model that a new one would replace.
#[derive(Debug, Clone)]
pub enum CurrentChampion {
    /// There is none.
    Nobody,
    /// It cannot be read, and so cannot score either.
    Unreadable {
        /// Its version.
        version: String,
        /// Why.
        why: String,
    },
    /// This one.
    Champion(Box<Version>),
}

/// What a challenge is held with.
pub(super) struct TestSet<'a> {
    pub(super) config: &'a Config,
    pub(super) frame: &'a Frame,
    pub(super) dataset: &'a Dataset,
    pub(super) as_of: Cutoff,
    /// What the challenger's learner, retrained before each test cutoff, said there, and what came.
    pub(super) tested: &'a [Tested],
    /// The grade of the challenger.
    pub(super) verdict: &'a Verdict,
}

impl TestSet<'_> {
    /// Compares at the test cutoffs that lie at or after the champion's day: of what came then it knew nothing.
    ///
    /// # Errors
    /// `LearnError::MissingFeature`, which a schema that fits rules out.
    pub(super) fn challenge(&self, current: &CurrentChampion) -> Result<ChallengeRecord, Failure> {
        let champion = match current {
            CurrentChampion::Nobody => {
                let sentence = "there is no champion to compare it with".to_owned();
                return Ok(ChallengeRecord { champion: None, outcome: Outcome::First, sentence, figures: None });
            }
            CurrentChampion::Unreadable { version, why } => {
                let sentence =
                    format!("takes over from champion {version}, which cannot be read and so cannot score: {why}");
                return Ok(without_figures(version, Outcome::Incomparable, sentence));
            }
            CurrentChampion::Champion(champion) => champion,
        };
        let name = &champion.manifest.version;
        if let Some(why) = self.misfit(champion) {
            let sentence = format!("takes over from champion {name}, with which it cannot be compared: {why}");
            return Ok(without_figures(name, Outcome::Incomparable, sentence));
        }
        let learnt_until = Cutoff::at_start_of(champion.manifest.as_of, self.frame.zone());
        if self.as_of < learnt_until {
            let sentence = format!(
                "it knows what happened before {}, champion {name} what happened before {learnt_until}",
                self.as_of
            );
            return Ok(without_figures(name, Outcome::Older, sentence));
        }
        let untouched: Vec<&Tested> = self.tested.iter().filter(|tested| tested.cutoff >= learnt_until).collect();
        Ok(match self.compare(champion, &untouched)? {
            Ok(Some(figures)) => self.judged(name, figures),
            Ok(None) => self.too_soon(champion, learnt_until),
            // The challenger's probabilities have passed the evaluation, so that those of the champion are meant.
            Err(unusable) => {
                let sentence = format!("takes over from champion {name}, with which it cannot be compared: {unusable}");
                without_figures(name, Outcome::Incomparable, sentence)
            }
        })
    }

    /// Why the champion could not score this shop as it is configured now.
    fn misfit(&self, champion: &Version) -> Option<String> {
        if champion.model.rule != self.frame.settings.rule {
            return Some(format!("it answers another question, {}", champion.manifest.training.question));
        }
        if let Err(refused) = champion.accept_config(self.config) {
            return Some(refused.to_string());
        }
        champion.columns_of(&self.dataset.schema, &[]).err().map(|refused| refused.to_string())
    }

    /// Both at some test cutoffs; `None` without a customer there, an inner error where the champion says no probabilities.
    fn compare(
        &self,
        champion: &Version,
        tested: &[&Tested],
    ) -> Result<Result<Option<Challenge>, EvaluateError>, Failure> {
        let both = |tested: &&Tested| {
            let rows = self.dataset.rows_at(|cutoff| cutoff == tested.cutoff);
            let predicted = probabilities(&champion.model.model, &champion.model.calibrator, self.dataset, &rows)?;
            let ours = tested.test.scores.iter().find(|scores| scores.name == MAIN_LEARNER);
            let ours = ours.map_or_else(Vec::new, |scores| scores.values.clone());
            let scores = |name: &str, values| LearnerScores { name: name.to_owned(), is_probability: true, values };
            let scores = vec![scores(CHALLENGER, ours), scores(CHAMPION, predicted)];
            Ok(TestCutoff { scores, slices: Vec::new(), ..tested.test.clone() })
        };
        let tests = tested.iter().map(both).collect::<Result<Vec<_>, Failure>>()?;
        let settings = Settings {
            seed: self.config.seed,
            n_bootstrap: self.config.backtest.bootstrap,
            population: self.frame.settings.rule.population(),
        };
        Ok(Challenge::new(&tests, &settings))
    }

    fn judged(&self, champion: &str, figures: Challenge) -> ChallengeRecord {
        let finding = figures.finding();
        let verdict = match finding {
            Finding::Better => format!("better than champion {champion}"),
            Finding::Level => format!("not worse than champion {champion}, and newer"),
            Finding::Worse => format!("worse than champion {champion}"),
            Finding::Unclear => {
                format!("too few customers to show that it is not worse than champion {champion}")
            }
            Finding::Miscalibrated => {
                format!("its probabilities are off by more than those of champion {champion}")
            }
        };
        let sentence = format!("{verdict}: {}; on {}", self.in_words(&figures), figures.population);
        let champion = Some(champion.to_owned());
        ChallengeRecord { champion, outcome: Outcome::Compared(finding), sentence, figures: Some(figures) }
    }

    fn in_words(&self, figures: &Challenge) -> String {
        let (decimals, currency) = (self.config.currency.decimals() as usize, self.config.currency.code());
        let plain = |figure: Option<Interval>| figure.map_or_else(|| "-".to_owned(), with_bounds);
        let money = |figure: Option<Interval>| {
            figure.map_or_else(
                || "-".to_owned(),
                |money| {
                    format!("{:+.decimals$} [{:+.decimals$}, {:+.decimals$}]", money.estimate, money.low, money.high)
                },
            )
        };
        format!(
            "AUC {}, log-loss {}, {currency} {} found for each customer among the tenth ranked first, its calibration \
             slope {}",
            signed(figures.auc.difference),
            signed(figures.log_loss.difference),
            money(figures.value_found.difference),
            plain(figures.calibration_slope.challenger)
        )
    }

    /// Until a horizon has passed, nothing the champion predicted has come or not. The newer model then takes over: it is
    /// made by a procedure that the gate has judged, and it knows more months. A fall in AUC that even the unpaired
    /// intervals of the two models' own tests show stops it, because something else than time has changed then.
    fn too_soon(&self, champion: &Version, learnt_until: Cutoff) -> ChallengeRecord {
        let name = &champion.manifest.version;
        let waits = format!(
            "champion {name} has seen what came of every test cutoff: it learnt until {learnt_until}, and {} must pass",
            self.frame.matures_after()
        );
        let (ours, theirs) = (self.verdict.auc, champion.manifest.verdict.auc);
        if let Some((ours, theirs)) = ours.zip(theirs).filter(|(ours, theirs)| ours.high < theirs.low) {
            let (ours, theirs) = (with_bounds(ours), with_bounds(theirs));
            let sentence =
                format!("its AUC in tests of its own is {ours}, that of the champion in its own was {theirs}; {waits}");
            without_figures(name, Outcome::Fallen, sentence)
        } else {
            let sentence = format!("takes over because it is newer and passed the gate; {waits}");
            without_figures(name, Outcome::TooSoon, sentence)
        }
    }
}

fn without_figures(champion: &str, outcome: Outcome, sentence: String) -> ChallengeRecord {
    ChallengeRecord { champion: Some(champion.to_owned()), outcome, sentence, figures: None }
}

/// A difference with its bounds, each with its sign.
fn signed(difference: Option<Interval>) -> String {
    let sign = |figure: f64| {
        let text = decimal(figure);
        if text.starts_with('-') { text } else { format!("+{text}") }
    };
    difference.map_or_else(
        || "-".to_owned(),
        |found| format!("{} [{}, {}]", sign(found.estimate), sign(found.low), sign(found.high)),
    )
}
