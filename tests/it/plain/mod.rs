//! Random shops as plain structs: the events of all tables, as they happened and as they became known.

pub(crate) mod custom;
mod random;
pub(crate) mod reference;

use std::collections::BTreeSet;

use jiff::civil::date;
use jiff::tz::TimeZone;
use ndarray::Array2;
use retain::config::{CustomFeature, CustomTable};
use retain::dataset::{Block, BlockWork, Dataset, DatasetError, DatasetSettings, StreamPlan, census, stream};
use retain::features::FeatureSchema;
use retain::label::ChurnRule;
use retain::timeline::columns::{ComplaintColumns, CustomerColumns, NEVER, PurchaseColumns, SurveyColumns, Tables};
use retain::timeline::{Available, Cutoff, EventLog, Margins};
use retain::units::{Days, Money, Timestamp};

use custom::Own;
pub(crate) use random::shop;

/// Customers of whom the random shops tell everything.
pub(crate) const KNOWN: u32 = 4;
/// All customers: the others form a crowd that bought long ago, on whom a purchase model can be fitted.
pub(crate) const CUSTOMERS: u32 = 28;
/// The churn horizon.
pub(crate) const HORIZON: u32 = 60;
/// Days between a cutoff and its label window.
pub(crate) const GAP: u32 = 20;
/// Days behind the label window in which customers are watched for a return.
pub(crate) const FOLLOW_UP: u32 = 45;

/// A purchase line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) customer: u32,
    pub(crate) order: u64,
    pub(crate) at: i64,
    pub(crate) recorded: i64,
    pub(crate) amount: i64,
    pub(crate) is_return: bool,
    pub(crate) quantity: u8,
    /// Product, category, channel, region.
    pub(crate) codes: [u32; 4],
}

/// A row of the complaints table.
#[derive(Debug, Clone)]
pub(crate) struct Complaint {
    pub(crate) customer: u32,
    pub(crate) key: u64,
    pub(crate) opened: i64,
    pub(crate) recorded: i64,
    /// First answer, resolution, reopening.
    pub(crate) states: [i64; 3],
    pub(crate) order: u64,
    pub(crate) cause: u32,
    pub(crate) severity: f32,
    pub(crate) satisfaction: f32,
    pub(crate) amount: i64,
    pub(crate) compensation: i64,
}

/// A version of a customer's row.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) customer: u32,
    pub(crate) valid_from: i64,
    pub(crate) recorded: i64,
    pub(crate) signed_up: i64,
    pub(crate) born: i64,
    pub(crate) region: u32,
    pub(crate) acquisition: u32,
}

/// An answer to a survey.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) customer: u32,
    pub(crate) at: i64,
    pub(crate) recorded: i64,
    pub(crate) nps: f32,
    pub(crate) csat: f32,
}

/// All that ever happened.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlainShop {
    pub(crate) lines: Vec<Line>,
    pub(crate) complaints: Vec<Complaint>,
    pub(crate) versions: Vec<Version>,
    pub(crate) answers: Vec<Answer>,
    /// Features that the shop has defined itself.
    pub(crate) own: Vec<custom::Own>,
}

/// A time that may be absent.
pub(crate) fn known(at: i64) -> Option<i64> {
    (at != NEVER.0).then_some(at)
}

/// The discount on a line.
pub(crate) fn discount(line: &Line) -> i64 {
    line.amount.abs() / 5
}

/// A zone so far from UTC that a third of the day has another date there.
pub(crate) fn zone() -> TimeZone {
    TimeZone::get("America/Los_Angeles").unwrap()
}

/// The latest cutoff, the first midnight of summer time.
pub(crate) fn latest() -> Cutoff {
    Cutoff::at_start_of(date(2024, 3, 11), &zone())
}

/// Cutoffs around a leap day and both changes of the clocks.
pub(crate) fn cutoffs() -> Vec<Cutoff> {
    let days = [date(2023, 11, 5), date(2023, 11, 6), date(2024, 2, 29), date(2024, 3, 1), date(2024, 3, 10)];
    days.iter().map(|day| Cutoff::at_start_of(*day, &zone())).chain([latest()]).collect()
}

impl PlainShop {
    /// What had been recorded before `cutoff`: states that had not happened are absent, with all that came with them.
    pub(crate) fn as_recorded_by(&self, cutoff: i64) -> Self {
        let seen = |at: i64, recorded: i64| at.max(recorded) < cutoff;
        let state = |at: i64| if at < cutoff { at } else { NEVER.0 };
        let complaint = |row: &Complaint| {
            let is_resolved = row.states[1] < cutoff;
            Complaint {
                states: row.states.map(state),
                satisfaction: if is_resolved { row.satisfaction } else { f32::NAN },
                compensation: if is_resolved { row.compensation } else { 0 },
                ..row.clone()
            }
        };
        Self {
            lines: self.lines.iter().filter(|row| seen(row.at, row.recorded)).copied().collect(),
            complaints: self.complaints.iter().filter(|row| seen(row.opened, row.recorded)).map(complaint).collect(),
            versions: self.versions.iter().filter(|row| seen(row.valid_from, row.recorded)).cloned().collect(),
            answers: self.answers.iter().filter(|row| seen(row.at, row.recorded)).cloned().collect(),
            own: self.own.clone(),
        }
    }

    /// Every table with its rows the other way round.
    pub(crate) fn reversed(&self) -> Self {
        let mut shop = self.clone();
        shop.lines.reverse();
        shop.complaints.reverse();
        shop.versions.reverse();
        shop.answers.reverse();
        shop
    }

    pub(crate) fn tables(&self) -> Tables {
        Tables {
            customer_ids: (0..CUSTOMERS).map(|i| format!("c{i:02}")).collect(),
            purchases: self.purchases(),
            complaints: self.complaints(),
            customers: self.customers(),
            surveys: self.surveys(),
        }
    }

    fn purchases(&self) -> PurchaseColumns {
        let codes = |kind: usize| Some(column(&self.lines, |line| line.codes[kind]));
        PurchaseColumns {
            customer: column(&self.lines, |line| line.customer),
            purchased_at: column(&self.lines, |line| Timestamp(line.at)),
            recorded_at: Some(column(&self.lines, |line| Timestamp(line.recorded))),
            order: Some(column(&self.lines, |line| line.order)),
            amount: column(&self.lines, |line| Money(line.amount)),
            is_return: column(&self.lines, |line| line.is_return),
            records_returns: true,
            quantity: Some(column(&self.lines, |line| f32::from(line.quantity))),
            discount: Some(column(&self.lines, |line| Money(discount(line)))),
            cost: None,
            product: codes(0),
            category: codes(1),
            channel: codes(2),
            region: codes(3),
            custom: self.own_columns(CustomTable::Purchases, &self.lines, Own::of_line),
        }
    }

    fn complaints(&self) -> ComplaintColumns {
        let state = |kind: usize| Some(column(&self.complaints, |row| Timestamp(row.states[kind])));
        ComplaintColumns {
            category_names: Vec::new(),
            are_recorded: true,
            customer: column(&self.complaints, |row| row.customer),
            complaint: column(&self.complaints, |row| row.key),
            opened_at: column(&self.complaints, |row| Timestamp(row.opened)),
            recorded_at: Some(column(&self.complaints, |row| Timestamp(row.recorded))),
            first_response_at: state(0),
            resolved_at: state(1),
            reopened_at: state(2),
            order: Some(column(&self.complaints, |row| row.order)),
            category: Some(column(&self.complaints, |row| row.cause)),
            severity: Some(column(&self.complaints, |row| row.severity)),
            satisfaction: Some(column(&self.complaints, |row| row.satisfaction)),
            amount: Some(column(&self.complaints, |row| Money(row.amount))),
            compensation: Some(column(&self.complaints, |row| Money(row.compensation))),
            custom: self.own_columns(CustomTable::Complaints, &self.complaints, Own::of_complaint),
        }
    }

    fn customers(&self) -> CustomerColumns {
        CustomerColumns {
            customer: column(&self.versions, |row| row.customer),
            signed_up_at: Some(column(&self.versions, |row| Timestamp(row.signed_up))),
            opted_out: None,
            valid_from: Some(column(&self.versions, |row| Timestamp(row.valid_from))),
            recorded_at: Some(column(&self.versions, |row| Timestamp(row.recorded))),
            birth_date: Some(column(&self.versions, |row| Timestamp(row.born))),
            region: Some(column(&self.versions, |row| row.region)),
            acquisition: Some(column(&self.versions, |row| row.acquisition)),
            region_places: Vec::new(),
            acquisition_places: Vec::new(),
            custom: self.own_columns(CustomTable::Customers, &self.versions, Own::of_version),
        }
    }

    fn surveys(&self) -> SurveyColumns {
        SurveyColumns {
            are_recorded: true,
            customer: column(&self.answers, |row| row.customer),
            answered_at: column(&self.answers, |row| Timestamp(row.at)),
            recorded_at: Some(column(&self.answers, |row| Timestamp(row.recorded))),
            nps: Some(column(&self.answers, |row| row.nps)),
            csat: Some(column(&self.answers, |row| row.csat)),
            custom: self.own_columns(CustomTable::Surveys, &self.answers, Own::of_answer),
        }
    }
}

fn column<R, T>(rows: &[R], value: impl Fn(&R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

/// What the tables of a plain shop provide: everything there is.
pub(crate) fn every_input() -> BTreeSet<Available> {
    PlainShop::default().tables().available()
}

/// Every feature of some rows, to the last bit.
pub(crate) struct ExactRows {
    pub(crate) schema: FeatureSchema,
    pub(crate) cutoffs: Vec<Cutoff>,
    pub(crate) customers: Vec<u32>,
    pub(crate) cutoff_idx: Vec<u16>,
    /// `(n_rows, n_features)`.
    pub(crate) features: Array2<f64>,
}

impl ExactRows {
    pub(crate) fn len(&self) -> usize {
        self.customers.len()
    }

    /// The rows of the cutoffs that `wanted` accepts.
    pub(crate) fn rows_at(&self, wanted: impl Fn(Cutoff) -> bool) -> Vec<usize> {
        (0..self.len()).filter(|row| wanted(self.cutoffs[usize::from(self.cutoff_idx[*row])])).collect()
    }
}

/// Every feature of everyone who bought in the 400 days before a cutoff: ours, then custom ones.
pub(crate) fn features(own: &[CustomFeature], tables: Tables, cutoffs: &[Cutoff]) -> ExactRows {
    let mut cutoffs = cutoffs.to_vec();
    cutoffs.sort_unstable();
    let (settings, schema) = settings(own);
    let log = EventLog::build(tables, &zone()).unwrap();
    let (mut customers, mut cutoff_idx) = (Vec::new(), Vec::new());
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); schema.len()];
    let take = |block: Block| {
        customers.extend(block.customers);
        cutoff_idx.extend(block.cutoff_idx);
        columns.iter_mut().zip(block.features).for_each(|(column, values)| column.extend(values));
        Ok(())
    };
    let whole = |block: &Block| Ok::<_, DatasetError>(block.clone());
    let contexts = census(&log, &schema, &cutoffs, &settings).unwrap().contexts(&cutoffs);
    let plan = StreamPlan { schema: &schema, cutoffs: &cutoffs, settings: &settings, contexts: &contexts };
    stream(&log, &plan, &BlockWork { around: |work: &mut dyn FnMut()| work(), pack: whole }, take).unwrap();
    let features = Array2::from_shape_fn((customers.len(), columns.len()), |(row, column)| columns[column][row]);
    ExactRows { schema, cutoffs, customers, cutoff_idx, features }
}

/// The same rows as learners see them.
pub(crate) fn dataset(own: &[CustomFeature], tables: Tables, cutoffs: &[Cutoff]) -> Dataset {
    let (settings, schema) = settings(own);
    Dataset::build(&EventLog::build(tables, &zone()).unwrap(), &schema, cutoffs, &settings).unwrap()
}

fn settings(own: &[CustomFeature]) -> (DatasetSettings, FeatureSchema) {
    let settings = DatasetSettings {
        rule: ChurnRule { horizon: Days(HORIZON), gap: Days(GAP), active: Days(400), min_purchases: 1 },
        zone: zone(),
        minor_per_major: 100.0,
        margins: Margins::alike(1.0),
        follow_up: Some(Days(FOLLOW_UP)),
    };
    (settings, FeatureSchema::for_inputs(&every_input()).with_custom(own).unwrap())
}

/// Customer, cutoff, and every value as bits.
pub(crate) fn bits(data: &ExactRows) -> Vec<(u32, Cutoff, Vec<u64>)> {
    let rows = data.features.outer_iter().enumerate();
    rows.map(|(row, values)| {
        let cutoff = data.cutoffs[usize::from(data.cutoff_idx[row])];
        (data.customers[row], cutoff, values.iter().map(|value| value.to_bits()).collect())
    })
    .collect()
}
