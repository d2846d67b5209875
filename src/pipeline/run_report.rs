//! `report.json`: the shop as a whole, what its segments are like, how customers moved between them since the last list, and
//! what is out of line.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::cause_report::{CausesReport, causes_report};
use super::changes::Changes;
use super::list::{ListRow, Lists};
use super::list_stop::ListStop;
use crate::config::{Config, SegmentsConfig};
use crate::decide::{ContactEvidence, Quadrant, RfmSegment, Stage};
use crate::label::ChurnRule;
use crate::profile::{
    AssociationReport, Associations, DeviationQuestion, Deviations, SegmentKind, SegmentMember, SegmentProfile,
    ShopReport, deviations, segment_profiles, shop_report,
};
use crate::timeline::{Cutoff, EventLog};

/// `report.json`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[schemars(title = "`report.json`: the shop as a whole, its segments, and what is out of line")]
pub struct RunReport {
    /// The shop as it is known at the day.
    #[serde(flatten)]
    pub shop: ShopReport,
    /// Why customers leave, by what is lost with them; absent without a row.
    pub causes: Option<CausesReport>,
    /// Where the list of customers to keep stops, and why.
    pub list_stop: ListStop,
    /// Where the win-back list stops, and why.
    pub winback_stop: ListStop,
    /// What the customers of each segment are like.
    pub segments: SegmentReport,
    /// What contacts and the control group say of each action; absent where no contacts are recorded.
    pub contact_evidence: Option<ContactEvidence>,
    /// How customers moved between segments since the last list; empty without one.
    pub transitions: Vec<Transitions>,
    /// What is out of line; absent where history is too short.
    pub deviations: Option<Deviations>,
    /// What customers buy together; absent where no category is mapped.
    pub association_rules: Option<AssociationReport>,
}

/// What the customers of each segment are like.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SegmentReport {
    /// Of whom all figures are.
    pub population: String,
    /// From where on a customer is satisfied or loyal.
    pub cut_points: SegmentsConfig,
    /// Kind after kind.
    pub profiles: Vec<SegmentProfile>,
}

/// Customers who moved between the segments of a kind.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Transitions {
    /// `life_cycle_stage` or `rfm_segment`.
    pub kind: &'static str,
    /// The day of the earlier list.
    #[schemars(with = "String", extend("format" = "date"))]
    pub since: Date,
    /// Every pair of segments with customers, those who stayed included.
    pub moves: Vec<Transition>,
}

/// Customers of one pair of segments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Transition {
    /// Then; `None` for those who were on neither list.
    pub from: Option<&'static str>,
    /// Now; `None` for those who are on neither list any more.
    pub to: Option<&'static str>,
    /// How many.
    pub n_customers: u64,
}

/// The schema of `report.json`.
#[must_use]
pub fn run_report_schema() -> serde_json::Value {
    schemars::schema_for!(RunReport).to_value()
}

/// Reports on the shop before the day of the lists; `None` without any order.
#[must_use]
pub fn run_report(
    config: &Config,
    log: &EventLog,
    (as_of, rule): (Cutoff, &ChurnRule),
    (lists, changes, associations): (&Lists, Option<&Changes>, &Associations),
) -> Option<RunReport> {
    let zone: &TimeZone = &config.timezone;
    let shop = shop_report(log, (as_of, rule.horizon), zone, config.currency.minor_per_major())?;
    let members: Vec<SegmentMember> = lists.rows().map(member).collect();
    let profiles = segment_profiles(log, (as_of, zone), (&kinds(), &config.segments), &members);
    let population = format!("everyone on both lists of {}: {}", as_of.date(), lists.list.population);
    Some(RunReport {
        shop,
        causes: causes_report(lists),
        list_stop: lists.list.stop(),
        winback_stop: lists.winback.stop(),
        segments: SegmentReport { population, cut_points: config.segments, profiles },
        contact_evidence: lists.list.decisions.evidence.as_deref().cloned(),
        transitions: changes.map_or_else(Vec::new, |changes| transitions(lists, changes)),
        deviations: deviations(log, DeviationQuestion { rule, as_of, zone }),
        association_rules: associations.report(),
    })
}

/// The ways to divide customers that the lists have.
fn kinds() -> [SegmentKind; 3] {
    [
        SegmentKind { name: "life_cycle_stage", segments: Stage::ALL.map(Stage::name).to_vec() },
        SegmentKind { name: "rfm_segment", segments: RfmSegment::ALL.map(RfmSegment::name).to_vec() },
        SegmentKind { name: "value_quadrant", segments: Quadrant::ALL.map(Quadrant::name).to_vec() },
    ]
}

fn member(row: &ListRow) -> SegmentMember {
    SegmentMember {
        customer: row.prospect.customer,
        churn_probability: row.prospect.churn_probability,
        past_year_spend: row.past_year_spend,
        value_at_stake: row.prospect.value_at_stake,
        segments: vec![row.stage.name(), row.segments.rfm.name(), row.segments.quadrant.name()],
    }
}

/// How customers moved, by stage and by RFM segment.
fn transitions(lists: &Lists, changes: &Changes) -> Vec<Transitions> {
    let before = |row: &ListRow| row.change.as_ref().and_then(|change| change.before);
    let of_kind = |kind: &'static str, pairs: Vec<(Option<&'static str>, Option<&'static str>)>| {
        let mut counts: BTreeMap<(Option<&'static str>, Option<&'static str>), u64> = BTreeMap::new();
        for pair in pairs {
            *counts.entry(pair).or_default() += 1;
        }
        let moves = counts.into_iter().map(|((from, to), n_customers)| Transition { from, to, n_customers });
        Transitions { kind, since: changes.since, moves: moves.collect() }
    };
    let by_stage =
        lists.rows().map(|row| (before(row).and_then(|before| before.stage).map(Stage::name), Some(row.stage.name())));
    let by_rfm = lists
        .rows()
        .map(|row| (before(row).and_then(|before| before.rfm).map(RfmSegment::name), Some(row.segments.rfm.name())));
    let gone = || changes.gone.iter().map(|gone| gone.before);
    vec![
        of_kind("life_cycle_stage", by_stage.chain(gone().map(|row| (row.stage.map(Stage::name), None))).collect()),
        of_kind("rfm_segment", by_rfm.chain(gone().map(|row| (row.rfm.map(RfmSegment::name), None))).collect()),
    ]
}
