//! A backtest: before each test cutoff, every learner is trained on what was known then.

use jiff::civil::Date;
use serde::Serialize;

use super::error::PipelineError;
use super::frame::Frame;
use super::heads::{DayHeads, Expected};
use super::learnt::{LearntModel, Trainings};
use super::past_lists::{DayLeftOut, PastDay, PastLists, PastListsReport};
use super::progress::Progress;
use super::reason_tests::{DayReasons, test_reasons};
use crate::calibrate::Calibration;
use crate::config::Config;
use crate::dataset::{Dataset, SampleRecord};
use crate::error::Failure;
use crate::evaluate::{self, AuditDay, Evaluation, LearnerScores, ProfitReport, Settings, Slice, TestCutoff};
use crate::guard::{GuardRecord, look_for_leaks};
use crate::label::Outcome;
use crate::learn::{Choice, LEARNERS, MAIN_LEARNER, NestedLoss};
use crate::table::{Column, Table};
use crate::timeline::{Cutoff, EventLog};
use crate::value::{ValueRanking, rank_by_value};

/// What a backtest leaves.
#[derive(Debug, Clone)]
pub struct Backtest {
    /// Every figure.
    pub evaluation: Evaluation,
    /// The predictions behind them, a row for each customer and test cutoff.
    pub predictions: Table<'static>,
    /// What was looked at for leaks.
    pub leak_guard: GuardRecord,
    /// What a cap on the rows of the panel left; `None` where training learnt from everyone.
    pub sampled: Option<SampleRecord>,
    /// What a campaign among the customers ranked first would earn; `None` where nobody left or is worth anything.
    pub profit: Option<ProfitReport>,
    /// Whether a ranking by predicted value finds those who will spend.
    pub value: ValueRanking,
    /// What the lists of these days were worth.
    pub past_lists: PastListsReport,
    /// What the main learner chose before each test cutoff.
    pub choices: Vec<TestChoice>,
    /// The customers of each test cutoff, to be looked at by groups.
    pub audit_days: Vec<(Cutoff, AuditDay)>,
}

/// What the main learner chose from what was known at a test cutoff.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TestChoice {
    /// The cutoff.
    #[schemars(with = "String", extend("format" = "date"))]
    pub cutoff: Date,
    /// Its calibrator, and the kinds that were compared.
    pub calibration: Calibration,
    /// The setting that the folds decided: of a blend, the weights of its members.
    pub setting: Choice,
    /// What choices of all learners are worth on earlier cutoffs that had no say in them, as far as there are such.
    pub nested: Vec<NestedChoice>,
}

/// A choice of a learner beside the same choice made without the cutoffs on which it is measured.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct NestedChoice {
    /// The learner.
    pub learner: &'static str,
    /// What it chose: `setting` or `calibration`.
    pub choice: &'static str,
    /// The losses.
    #[serde(flatten)]
    pub loss: NestedLoss,
}

/// Retrains before each test cutoff of the config and evaluates out of time; labels are read as known at `as_of`.
///
/// # Errors
/// Test cutoffs without labels, too little to learn from, or whatever a room could not do.
pub fn backtest(config: &Config, log: &EventLog, as_of: Cutoff, progress: &dyn Progress) -> Result<Backtest, Failure> {
    let tests = test_cutoffs(config, &Frame::new(config, log), as_of)?;
    // One follow-up for all tests, by what was known at the first of them.
    let frame = Frame::with_outcomes(config, log, tests.first().copied().unwrap_or(as_of));
    progress.begin("features", 1);
    let dataset = frame.panel(log, &Frame::schema(config, log)?, &tests, &tests)?;
    progress.begin("looking for leaks", 1);
    let leak_guard = look_for_leaks(config, log, &dataset, as_of)?;
    let everyone: Vec<&str> = LEARNERS.iter().map(|learner| learner.name()).collect();
    let trainings = Trainings::on(&dataset, &frame);
    let mut tested = test_at(&trainings, (&tests, &everyone), as_of, progress)?;
    progress.begin("learning who comes back", 1);
    let mut reasons = Vec::with_capacity(tested.len());
    for tested in &mut tested {
        let day = tested.forecast(&trainings)?;
        if let Some((day, main)) = day.zip(tested.main.as_ref()) {
            reasons.push(test_reasons((config, log), &trainings, tested.cutoff, main, &day)?);
        }
    }
    progress.begin("evaluation", 1);
    let evaluation = evaluate(config, &frame, &tested)?;
    progress.begin("value models at test cutoffs", 1);
    let customers = |tested: &Tested| (tested.cutoff, tested.test.customer.clone());
    let value = rank_by_value(config, log, &tested.iter().map(customers).collect::<Vec<_>>());
    let past_lists = past_lists((config, log), (&frame, &tested, &reasons), as_of, progress);
    let profit = ProfitReport::of(&tested.iter().map(|tested| &tested.test).collect::<Vec<_>>());
    let predictions = predictions(&tested, log);
    let audit_days = tested.iter().filter_map(|tested| tested.audit_day(&past_lists)).collect();
    let choices = tested.into_iter().filter_map(|tested| tested.choice).collect();
    let sampled = dataset.sampled();
    Ok(Backtest { evaluation, predictions, leak_guard, sampled, profit, value, past_lists, choices, audit_days })
}

/// Looks at the lists of the test cutoffs by what came; where none lies as far back as values look ahead, also at that of
/// the latest day that does.
fn past_lists(
    (config, log): (&Config, &EventLog),
    (frame, tested, reasons): (&Frame, &[Tested], &[DayReasons]),
    as_of: Cutoff,
    progress: &dyn Progress,
) -> PastListsReport {
    progress.begin("learning at the day for values", 1);
    let lists = PastLists { config, log, settings: &frame.settings, as_of };
    let earlier = lists.day_for_value(tested.iter().map(|tested| tested.cutoff));
    let (mut left_out, mut tested_earlier) = (None, None);
    if let Some(cutoff) = earlier {
        match test_earlier((config, log, frame), cutoff, as_of) {
            Ok(tested) => tested_earlier = Some(tested),
            Err(why) => left_out = Some(DayLeftOut { cutoff: cutoff.to_string(), why: why.to_string() }),
        }
    }
    progress.begin("values of past lists", 1);
    let days: Vec<PastDay<'_>> = tested_earlier.iter().chain(tested).filter_map(Tested::past_day).collect();
    let mut report = lists.report(&days, reasons);
    report.value_calibration.left_out.extend(left_out);
    report
}

/// The main learner tested at a day before the test cutoffs.
fn test_earlier(
    (config, log, frame): (&Config, &EventLog, &Frame),
    cutoff: Cutoff,
    as_of: Cutoff,
) -> Result<Tested, Failure> {
    let dataset = frame.panel(log, &Frame::schema(config, log)?, &[cutoff], &[cutoff])?;
    let trainings = Trainings::on(&dataset, frame);
    let mut tested = test_one(&trainings, cutoff, &[MAIN_LEARNER], as_of)?;
    tested.forecast(&trainings)?;
    Ok(tested)
}

/// The test cutoffs of the config, or the last matured ones.
fn test_cutoffs(config: &Config, frame: &Frame, as_of: Cutoff) -> Result<Vec<Cutoff>, PipelineError> {
    let backtest = &config.backtest;
    if backtest.cutoffs.is_empty() {
        return frame.latest_tests(as_of, backtest.step_days, backtest.last);
    }
    let tests: Vec<Cutoff> = backtest.cutoffs.iter().map(|date| Cutoff::at_start_of(*date, frame.zone())).collect();
    let matures_after = frame.matures_after();
    match tests.iter().find(|test| test.after(matures_after, frame.zone()) > as_of) {
        Some(early) => {
            Err(PipelineError::NotMatured { cutoff: early.to_string(), as_of: as_of.to_string(), matures_after })
        }
        None => Ok(tests),
    }
}

/// What was predicted at a test cutoff, and what came of it.
pub(super) struct Tested {
    pub(super) cutoff: Cutoff,
    pub(super) test: TestCutoff,
    /// What the main learner chose, if it is among the learners.
    choice: Option<TestChoice>,
    main: Option<LearntModel>,
    /// What was to come of the customers, where a list of the day is asked for; else empty.
    outcomes_expected: Vec<Expected>,
    /// What came of each customer; `None` where the follow-up has not ended.
    outcomes: Option<Vec<Outcome>>,
}

impl Tested {
    /// Adds what was to come of the customers, by the heads of the day, which it gives.
    fn forecast(&mut self, trainings: &Trainings<'_>) -> Result<Option<DayHeads>, Failure> {
        let Some(main) = self.test.scores.iter().find(|scores| scores.name == MAIN_LEARNER) else { return Ok(None) };
        let day = trainings.day_heads(self.cutoff)?;
        self.outcomes_expected = trainings.outcomes_at(self.cutoff, &day, &main.values)?;
        Ok(Some(day))
    }

    /// What came of groups is looked at in these customers, if there was a list of the cutoff.
    fn audit_day(&self, lists: &PastListsReport) -> Option<(Cutoff, AuditDay)> {
        let main = self.test.scores.iter().find(|scores| scores.name == MAIN_LEARNER)?;
        let (_, is_first) = lists.first_tenths.iter().find(|(cutoff, _)| *cutoff == self.cutoff)?;
        let day = AuditDay {
            customers: self.test.customer.clone(),
            churn_probability: main.values.clone(),
            churned: self.test.churned.clone(),
            is_first: is_first.clone(),
        };
        Some((self.cutoff, day))
    }

    /// What the list of the cutoff is made of, if the main learner was tested.
    fn past_day(&self) -> Option<PastDay<'_>> {
        let main = self.test.scores.iter().find(|scores| scores.name == MAIN_LEARNER)?;
        Some(PastDay {
            cutoff: self.cutoff,
            customers: &self.test.customer,
            churn_probability: &main.values,
            outcomes_expected: &self.outcomes_expected,
            past_year_margin: &self.test.value,
            outcomes: self.outcomes.as_deref(),
        })
    }
}

/// Trains learners on what was known at each test cutoff and predicts the customers there.
pub(super) fn test_at(
    trainings: &Trainings<'_>,
    (tests, learners): (&[Cutoff], &[&str]),
    as_of: Cutoff,
    progress: &dyn Progress,
) -> Result<Vec<Tested>, Failure> {
    progress.begin("learning at test cutoffs", tests.len());
    let one = |cutoff: &Cutoff| {
        let tested = test_one(trainings, *cutoff, learners, as_of);
        progress.step();
        tested
    };
    tests.iter().map(one).collect()
}

fn test_one(trainings: &Trainings<'_>, cutoff: Cutoff, learners: &[&str], as_of: Cutoff) -> Result<Tested, Failure> {
    let (dataset, learnt) = (trainings.dataset, trainings.learn_at(cutoff, learners)?);
    let rows = dataset.rows_at(|other| other == cutoff);
    let mut scores = Vec::with_capacity(learners.len());
    for model in &learnt.learners {
        let values = model.probabilities(dataset, &rows)?;
        scores.push(LearnerScores { name: model.name.to_owned(), is_probability: true, values });
    }
    let test = TestCutoff {
        cutoff: cutoff.to_string(),
        customer: rows.iter().map(|row| dataset.customers[*row]).collect(),
        churned: rows.iter().map(|row| dataset.churned(*row, as_of)).collect(),
        value: rows.iter().map(|row| dataset.margin_share[*row] * dataset.past_year_spend[*row]).collect(),
        slices: slices(dataset, &rows),
        scores,
    };
    let nested = learnt.learners.iter().flat_map(nested_choices).collect();
    let main = learnt.learners.into_iter().find(|model| model.name == MAIN_LEARNER);
    let choice = main.as_ref().map(|model| TestChoice {
        cutoff: cutoff.date(),
        calibration: model.calibration.clone(),
        setting: model.trained.notes.choice.clone(),
        nested,
    });
    let outcomes = rows.iter().map(|row| dataset.outcome(*row, as_of)).collect();
    Ok(Tested { cutoff, test, choice, main, outcomes_expected: Vec::new(), outcomes })
}

fn nested_choices(model: &LearntModel) -> impl Iterator<Item = NestedChoice> {
    let learner = model.name;
    let of = move |(choice, loss): (&'static str, Option<NestedLoss>)| {
        loss.map(|loss| NestedChoice { learner, choice, loss })
    };
    [("setting", model.trained.notes.nested), ("calibration", model.calibration.nested)].into_iter().filter_map(of)
}

/// Every figure about the tests.
pub(super) fn evaluate(config: &Config, frame: &Frame, tested: &[Tested]) -> Result<Evaluation, Failure> {
    let settings = Settings {
        seed: config.seed,
        n_bootstrap: config.backtest.bootstrap,
        population: frame.settings.rule.population(),
    };
    let baselines: Vec<&str> =
        LEARNERS.iter().filter(|learner| learner.is_baseline()).map(|learner| learner.name()).collect();
    let tests: Vec<TestCutoff> = tested.iter().map(|tested| tested.test.clone()).collect();
    Ok(evaluate::evaluate(&tests, MAIN_LEARNER, &baselines, &settings)?)
}

/// A row for each customer and test cutoff, with the probability of every learner.
fn predictions(tested: &[Tested], log: &EventLog) -> Table<'static> {
    let rows = || tested.iter().flat_map(|tested| (0..tested.test.customer.len()).map(move |row| (tested, row)));
    let ids = log.customer_ids();
    let id = |(tested, row): (&Tested, usize)| ids[tested.test.customer[row] as usize].clone();
    let of_learner = |name: &str| {
        let scores = tested.iter().filter_map(|tested| tested.test.scores.iter().find(|scores| scores.name == name));
        Column::Number(scores.flat_map(|scores| scores.values.iter().copied()).collect())
    };
    let mut columns = vec![
        ("cutoff".to_owned(), Column::OptionalDate(rows().map(|(tested, _)| Some(tested.cutoff.date())).collect())),
        ("customer_id".to_owned(), Column::text(rows().map(id))),
        ("churned".to_owned(), Column::Flag(rows().map(|(tested, row)| tested.test.churned[row]).collect())),
        ("churn_probability".to_owned(), of_learner(MAIN_LEARNER)),
    ];
    columns.extend(LEARNERS.iter().map(|learner| (format!("p_{}", learner.name()), of_learner(learner.name()))));
    let value = rows().map(|(tested, row)| tested.test.value[row]).collect();
    columns.push(("value_12m".to_owned(), Column::Number(value)));
    Table::new("predictions", columns)
}

/// Groups of customers that are reported on their own: complainers, newcomers, thirds by value.
fn slices(dataset: &Dataset, rows: &[usize]) -> Vec<Slice> {
    let mut slices = Vec::new();
    if let Some(complaints) = dataset.column("complaints_180d_count", rows) {
        let complained = complaints.iter().map(|n| *n > 0.0).collect();
        slices.push(Slice { name: "complained in 180 days".to_owned(), rows: complained });
    }
    if let Some(orders) = dataset.column("orders_all_count", rows) {
        slices.push(Slice { name: "one order".to_owned(), rows: orders.iter().map(|n| *n < 1.5).collect() });
        slices.push(Slice { name: "several orders".to_owned(), rows: orders.iter().map(|n| *n > 1.5).collect() });
    }
    let mut spend: Vec<f64> = rows.iter().map(|row| dataset.past_year_spend[*row]).collect();
    spend.sort_by(f64::total_cmp);
    let bound = |third: usize| spend.get(spend.len() * third / 3).copied().unwrap_or(f64::INFINITY);
    for (name, low, high) in [
        ("low value", f64::NEG_INFINITY, bound(1)),
        ("middle value", bound(1), bound(2)),
        ("high value", bound(2), f64::INFINITY),
    ] {
        let inside = rows.iter().map(|row| (low..high).contains(&dataset.past_year_spend[*row])).collect();
        slices.push(Slice { name: name.to_owned(), rows: inside });
    }
    slices
}
