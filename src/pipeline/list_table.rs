//! A list as tables: its columns in their stable order, piece by piece, then those of the shop's own.

use std::ops::Range;

use super::list::RankedList;
use super::list_columns::LIST_COLUMNS;
use super::list_piece::Piece;
use crate::table::{Column, Table};

/// Rows of a list that are held as columns at one time.
const PIECE_ROWS: usize = 1 << 17;

impl RankedList {
    /// The list in its stable column order, in pieces one after the other; at least one.
    pub fn pieces(&self) -> impl Iterator<Item = Table<'_>> {
        let n = self.rows.len();
        (0..n.max(1)).step_by(PIECE_ROWS).map(move |start| self.table_of(start..(start + PIECE_ROWS).min(n)))
    }

    fn table_of(&self, places: Range<usize>) -> Table<'_> {
        let piece = Piece { list: self, rows: &self.rows[places.clone()], first: places.start };
        let own = LIST_COLUMNS.iter().map(|column| (column.name.to_owned(), column.of(piece)));
        let carried = self.carried.iter().map(|(name, texts)| {
            let texts = texts.iter().skip(places.start).take(places.len());
            (carried_name(name), Column::optional_text(texts.map(Option::as_deref)))
        });
        Table::new("list", own.chain(carried))
    }
}

/// A column of the shop's own that is called like one of ours says whose it is.
fn carried_name(name: &str) -> String {
    let is_ours = LIST_COLUMNS.iter().any(|column| column.name == name);
    if is_ours { format!("customers.{name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::list::{DecisionBasis, ListDecisions, ListRow};
    use super::*;
    use crate::config::{DecideConfig, Playbook};
    use crate::decide::{
        Chances, Decision, Group, OutcomeProbabilities, Planner, Prospect, Quadrant, RfmSegment, Segments, Stage,
        Stakes, Suppression,
    };
    use crate::explain::{Facts, Reason};
    use crate::features::{Fact, Family};
    use crate::units::Currency;

    fn decide_config() -> DecideConfig {
        DecideConfig {
            playbook_path: None,
            playbook: Playbook::default_one().unwrap(),
            budget: None,
            control_share: 0.1,
            campaign: "retention".to_owned(),
            salt: "1".to_owned(),
            cool_down: crate::units::Days(14),
            min_gain: 0.0,
            measured_rates: false,
            owners: None,
            high_value_share: 0.2,
            high_growth_share: 0.5,
        }
    }

    fn row() -> ListRow {
        let reason = Reason {
            fact: Fact::Silence,
            facts: Facts::of(Fact::Silence),
            family: Family::Cadence,
            column: 0,
            sentence: "silent for 71 days".into(),
            log_odds: 0.4,
        };
        let prospect = Prospect {
            customer: 0,
            churn_probability: 0.123_456,
            outcome: OutcomeProbabilities { gone: 0.02, leaving: 0.123_456, quiet: None },
            value_at_stake: 10.0,
            value_after_return: 10.0,
            suppressed: Some(Suppression::OptedOut),
        };
        ListRow {
            customer_id: "007".to_owned(),
            prospect,
            churn_interval: Some([0.1, 0.150_04]),
            rank_interval: None,
            clv_historic: -0.001,
            customer_value: None,
            expected_next_order: None,
            past_year_spend: 240.0,
            days_since_last_order: 71,
            stage: Stage::AtRisk,
            segments: Segments { rfm: RfmSegment::AtRisk, quadrant: Quadrant::I },
            open_complaints: None,
            cause: None,
            reasons: vec![reason],
            decision: Decision {
                group: Group::Suppressed,
                action: None,
                suppressed: Some(Suppression::OptedOut),
                pause: None,
                wanted: None,
            },
            basis: DecisionBasis {
                chances: Chances { churn: prospect.churn_probability, heads: None, gone_share: 0.0 },
                log_odds_sd: 0.0,
                stakes: Stakes { value_at_stake: 10.0, value_after_return: 10.0, usual_order: 5.0 },
                owner: None,
            },
            contacts: Vec::new(),
            holds: Box::default(),
            next_category: None,
            grievance: None,
            change: None,
        }
    }

    #[test]
    fn the_columns_keep_their_order_and_absent_values_stay_absent() {
        let row = row();
        let config = decide_config();
        let summary = Planner::new(&config, 1).plan(&[row.candidate()]).summary;
        let list = RankedList {
            as_of: date(2024, 6, 1),
            model_version: "v".to_owned(),
            currency: Currency::from_code("EUR").unwrap(),
            has_money: true,
            population: String::new(),
            rows: vec![row],
            decisions: ListDecisions { playbook: config.playbook, summary, evidence: None },
            carried: vec![("phone".to_owned(), vec![Some("+31 6".to_owned())]), ("rank".to_owned(), vec![None])],
        };
        let mut pieces = list.pieces();
        let table = pieces.next().unwrap();
        assert!(pieces.next().is_none());
        let names: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names.join(" "),
            "rank customer_id expected_net_gain expected_loss churn_probability gone_probability leaving_probability quiet_probability \
             churn_probability_low churn_probability_high rank_low rank_high risk_band value_at_stake value_after_return clv_historic \
             clv_predicted clv_predicted_low clv_predicted_high clv_total confidence expected_next_order_date days_since_last_order life_cycle_stage rfm_segment value_quadrant open_complaints reason_1 reason_2 reason_3 \
             reason_code_1 reason_code_2 reason_code_3 cause cause_why cause_controllable recommended_action next_category action_why contact_cost group group_probability suppressed_because suppressed_code model_version as_of change_since_last change_why stage_since stage_before segment_since segment_before rank_before churn_probability_before phone customers.rank"
        );
        let column = |name: &str| table.column(name).unwrap().clone();
        assert_eq!(column("churn_probability"), Column::Number(vec![0.1235]));
        assert_eq!(column("churn_probability_high"), Column::OptionalNumber(vec![Some(0.15)]));
        assert_eq!(column("rank_low"), Column::OptionalInteger(vec![None]));
        assert_eq!(column("expected_net_gain"), Column::OptionalMoney { amounts: vec![None], decimals: 2 });
        assert_eq!(
            (column("action_why"), column("group")),
            (Column::optional_text([None::<&str>]), Column::text(["suppressed"]))
        );
        assert_eq!(column("expected_loss"), Column::Money { amounts: vec![1.23], decimals: 2 });
        assert_eq!(format!("{:?}", column("clv_historic")), "Money { amounts: [0.0], decimals: 2 }");
        assert_eq!(column("reason_2"), Column::OptionalText(vec![None]));
        assert_eq!(column("cause"), Column::OptionalText(vec![None]));
        assert_eq!(column("cause_why"), Column::text(["no cause stands out"]));
        assert_eq!(column("phone"), Column::optional_text([Some("+31 6")]));
        assert_eq!(column("suppressed_because"), Column::optional_text([Some("Asked not to be contacted.")]));
        assert_eq!(column("suppressed_code"), Column::optional_text([Some("opted_out")]));
    }
}
