//! The columns of the list: what each is called, in which unit it is, what it means, and how it is filled. A column stands in
//! the files because it stands here, so that there is none without a sentence.

use std::borrow::Cow;
use std::ops::Range;

use rayon::prelude::*;

use super::earlier::Change;
use super::list::{ListRow, ListedValue, RankedList};
use crate::decide::{FoundCause, Group, RiskBand};
use crate::explain::Reason;
use crate::table::{Column, Table};

/// One column of the list.
pub struct ListColumn {
    /// Its name in every file.
    pub name: &'static str,
    /// What it is measured in, or what kind of text it is.
    pub unit: &'static str,
    /// What it says, for the people who work the list.
    pub meaning: &'static str,
    fill: for<'l> fn(Piece<'l>) -> Column<'l>,
}

impl ListColumn {
    /// The values of some rows.
    pub(super) fn of<'l>(&self, piece: Piece<'l>) -> Column<'l> {
        (self.fill)(piece)
    }
}

/// Some rows of a list, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Piece<'l> {
    pub(super) list: &'l RankedList,
    pub(super) rows: &'l [ListRow],
    /// Rows of the list before them.
    pub(super) first: usize,
}

const MONEY: &str = "major units of the currency";
const PROBABILITY: &str = "probability, 0 to 1";
const PLACE: &str = "place, from 1";
const DAYS: &str = "days";
const DAY: &str = "day";
const WORD: &str = "word";
const SENTENCE: &str = "sentence";

/// Every column, in the stable order in which they are written.
pub const LIST_COLUMNS: &[ListColumn] = &[
    column(
        "rank",
        PLACE,
        "Place on the list: first those to contact, by `expected_net_gain`, then the others, by `expected_loss`",
        ranks,
    ),
    column("customer_id", "id", "The customer, as in your own systems", |piece| text(piece, |row| &row.customer_id)),
    column(
        "expected_net_gain",
        MONEY,
        "What the recommended action is expected to bring, all costs taken off: margin that is kept or won back, less the \
         contact, and less the incentives of those who would have bought anyway; empty where no action is recommended",
        |piece| optional_money(piece, |row| Some(row.decision.action?.net_gain)),
    ),
    column(
        "expected_loss",
        MONEY,
        "Leaving probability x value at stake: what you lose on average if you do nothing. In the win-back list, gone probability x \
         value after return: what a return is worth",
        |piece| money(piece, |row| row.prospect.expected_loss()),
    ),
    column(
        "churn_probability",
        PROBABILITY,
        "How likely it is that the customer buys nothing in the horizon of the config: 0.75 means three in four",
        |piece| probabilities(piece, |row| row.prospect.churn_probability),
    ),
    column(
        "gone_probability",
        PROBABILITY,
        "How likely it is that the customer has left already and will not come back by itself; above one half, the customer \
         stands in the win-back list instead of this one",
        |piece| probabilities(piece, |row| row.prospect.outcome.gone),
    ),
    column(
        "leaving_probability",
        PROBABILITY,
        "How likely it is that the customer leaves from now on: buys once more at most in the horizon and then stays away, \
         which a contact can still change",
        |piece| probabilities(piece, |row| row.prospect.outcome.leaving),
    ),
    column(
        "quiet_probability",
        PROBABILITY,
        "How likely it is that the customer buys nothing in the horizon and comes back by itself in the time behind it; empty \
         where history is too short to tell. Gone, leaving and quiet leave the rest to those who stay",
        |piece| {
            let quiet = |row: &ListRow| Some(rounded(row.prospect.outcome.quiet?, PROBABILITY_DECIMALS));
            Column::OptionalNumber(piece.rows.par_iter().map(quiet).collect())
        },
    ),
    column(
        "churn_probability_low",
        PROBABILITY,
        "Lower end of the range in which the probability of customers like this one lies in at least four of five cases: how \
         sure the model is of it, not what the customer will do; empty from a model that does not say how sure it is",
        |piece| churn_bound(piece, 0),
    ),
    column("churn_probability_high", PROBABILITY, "Upper end of that range", |piece| churn_bound(piece, 1)),
    column(
        "rank_low",
        PLACE,
        "Best place of the customer in at least four of five lists that are as likely as this one, for the first thousand of \
         those to contact; where it is far from `rank_high`, the exact order means little",
        |piece| place_bound(piece, 0),
    ),
    column("rank_high", PLACE, "Worst place in these lists", |piece| place_bound(piece, 1)),
    column(
        "risk_band",
        WORD,
        "The probability in a word: `low` below one third, `medium`, `high` from two thirds",
        |piece| text(piece, |row| RiskBand::of(row.prospect.churn_probability).name()),
    ),
    column(
        "value_at_stake",
        MONEY,
        "Margin of the coming time (`value.horizon_days`, twelve months by default) that is lost if the customer leaves, and \
         gained if a customer who has left comes back: what value models expect of a customer with this history who is still active, later money counting a little less",
        |piece| money(piece, |row| row.prospect.value_at_stake),
    ),
    column(
        "value_after_return",
        MONEY,
        "Margin that a customer who has left brings in the twelve months after a return: what others brought who came back after such a \
         silence, in usual orders of this customer, and never more than `value_at_stake`; equal to it where too few ever came back",
        |piece| money(piece, |row| row.basis.stakes.value_after_return),
    ),
    column("clv_historic", MONEY, "Margin of the customer so far, net of returns", |piece| {
        money(piece, |row| row.clv_historic)
    }),
    column(
        "clv_predicted",
        MONEY,
        "Margin expected in that coming time, the chance of leaving included; empty if no value model could be fitted",
        |piece| value(piece, |value| Some(value.predicted)),
    ),
    column(
        "clv_predicted_low",
        MONEY,
        "Lower end of the range that holds that margin in four of five cases if the value models are right, for the first \
         thousand",
        |piece| value(piece, |value| Some(value.interval?.low)),
    ),
    column("clv_predicted_high", MONEY, "Upper end of that range", |piece| {
        value(piece, |value| Some(value.interval?.high))
    }),
    column("clv_total", MONEY, "The margin so far and the margin to come", total),
    column(
        "confidence",
        WORD,
        "`low` where the value model and the churn model disagree about the customer, so look before you act; else `normal`",
        |piece| text(piece, ListRow::confidence),
    ),
    column(
        "expected_next_order_date",
        DAY,
        "Day of the last order plus the customer's usual gap between days with an order; in the past it means overdue; empty \
         with fewer than four such days, which are no rhythm yet",
        |piece| Column::OptionalDate(piece.rows.par_iter().map(|row| row.expected_next_order).collect()),
    ),
    column(
        "days_since_last_order",
        DAYS,
        "Days from that of the last order to `as_of`, as the calendar counts them",
        |piece| Column::Integer(piece.rows.par_iter().map(|row| row.days_since_last_order).collect()),
    ),
    column(
        "life_cycle_stage",
        WORD,
        "`new`, `repeat`, `loyal`, `won_back`, `at_risk` (silent for more than twice the usual gap) or `dormant` (more than \
         four times, or one order long ago); several orders on a day count as one here, and with fewer than four such days the \
         usual gap counts as at least half the horizon",
        |piece| text(piece, |row| row.stage.name()),
    ),
    column(
        "rfm_segment",
        WORD,
        "Segment by how lately and how often the customer buys, in fifths of the list: `champions`, `loyal_customers`, \
         `potential_loyalists`, `new_customers`, `promising`, `need_attention`, `about_to_sleep`, `at_risk`, \
         `cannot_lose_them`, `hibernating`",
        |piece| text(piece, |row| row.segments.rfm.name()),
    ),
    column(
        "value_quadrant",
        WORD,
        "Quadrant of the value matrix, margin of the past year by what more is expected: `I` low and low (let go), `II` low and \
         high (rebuild), `III` high and low (keep), `IV` high and high (keep and develop)",
        |piece| text(piece, |row| row.segments.quadrant.name()),
    ),
    column(
        "open_complaints",
        "complaints",
        "Complaints that wait for a resolution: settle these before any offer; empty if the shop does not record resolutions",
        |piece| Column::OptionalInteger(piece.rows.par_iter().map(|row| row.open_complaints).collect()),
    ),
    column(
        "reason_1",
        SENTENCE,
        "The fact about this customer that most raises the risk of not coming back (in the win-back list, of having left), in \
         the customer's own numbers; `no single reason stands out` where none of those that can be told adds a tenth of the \
         whole, `less at risk than most` where the risk is below the usual one; with the spend of the past year where more is \
         at stake than with most",
        first_reason,
    ),
    column("reason_2", SENTENCE, "The fact that raises it second most; empty if it adds less than a tenth", |piece| {
        reason(piece, 1, |reason| &reason.sentence)
    }),
    column("reason_3", SENTENCE, "The fact that raises it third most; likewise", |piece| {
        reason(piece, 2, |reason| &reason.sentence)
    }),
    column(
        "reason_code_1",
        WORD,
        "Family of the feature that tells `reason_1`, for other systems: `cadence`, `complaints`, `trend` and so on; empty \
         where no reason stands out",
        |piece| reason(piece, 0, |reason| reason.family.code()),
    ),
    column("reason_code_2", WORD, "The same of `reason_2`", |piece| reason(piece, 1, |reason| reason.family.code())),
    column("reason_code_3", WORD, "The same of `reason_3`", |piece| reason(piece, 2, |reason| reason.family.code())),
    column(
        "cause",
        WORD,
        "Why the customer is probably lost or about to be: `price`, `quality`, `service_response`, `unresolved_complaint`, \
         `faded_need`, `broken_rhythm`, `uncontrollable`; by complaint records first, else by the reasons; empty where no cause \
         stands out",
        |piece| cause(piece, |found| found.cause.name()),
    ),
    column(
        "cause_why",
        SENTENCE,
        "What the cause is read from: a complaint with its day, or one of the reasons; `no cause stands out` where there is none",
        |piece| Column::Text(piece.rows.par_iter().map(|row| row.cause_why().into()).collect()),
    ),
    column(
        "cause_controllable",
        WORD,
        "`yes` where you can do something about the cause: mend a fault of yours, or ask a customer who only stopped; `no` for \
         `faded_need` and `uncontrollable`; empty without a cause",
        |piece| cause(piece, |found| if found.cause.is_controllable() { "yes" } else { "no" }),
    ),
    column(
        "recommended_action",
        WORD,
        "The action of the playbook that brings most for this customer within budget and capacities; in the control group the \
         one that the customer would get",
        recommended_action,
    ),
    column(
        "next_category",
        WORD,
        "Category that customers with such baskets often buy and this one never did, by the rule with the largest lift among those of \
         the shop that are no chance; empty where no rule fits, and where no category of purchases is mapped",
        |piece| {
            let next = |row: &ListRow| Some(row.next_category.as_ref()?.category.clone().into());
            Column::OptionalText(piece.rows.par_iter().map(next).collect())
        },
    ),
    column(
        "action_why",
        SENTENCE,
        "Why this action: what is at stake, what the playbook expects of it, what it brings, how sure that is; in the control \
         group why you leave the customer alone; empty for those who are suppressed",
        |piece| {
            let why = |row: &ListRow| piece.list.action_why(row).map(Into::into);
            Column::OptionalText(piece.rows.par_iter().map(why).collect())
        },
    ),
    column(
        "contact_cost",
        MONEY,
        "Cost of the contact, without an incentive; empty for those who are not contacted",
        |piece| {
            let is_contacted = |row: &ListRow| row.decision.group == Group::Treat;
            optional_money(piece, move |row| {
                Some(row.decision.action.filter(|_| is_contacted(row))?.spending.contact_cost)
            })
        },
    ),
    column(
        "group",
        WORD,
        "`treat`: contact; `control`: leave alone, so that next month shows what contacts bring; `suppressed`: do not contact",
        |piece| text(piece, |row| row.decision.group.name()),
    ),
    column(
        "group_probability",
        PROBABILITY,
        "Probability with which the draw put the customer into this group, which an analysis of the experiment needs; empty for \
         suppressed ones",
        |piece| {
            let probability =
                |row: &ListRow| Some(rounded(row.decision.action?.group_probability, PROBABILITY_DECIMALS));
            Column::OptionalNumber(piece.rows.par_iter().map(probability).collect())
        },
    ),
    column(
        "suppressed_because",
        SENTENCE,
        "Why the customer is not to be contacted, for those with the group `suppressed`; after a contact of late, when it was, with \
         what, and when you may ask again. Who opted out stands at the end",
        |piece| {
            let why = |row: &ListRow| piece.list.suppressed_because(row).map(Into::into);
            Column::OptionalText(piece.rows.par_iter().map(why).collect())
        },
    ),
    column(
        "suppressed_code",
        WORD,
        "The same as a word, for filters and other systems: `opted_out`, by the latest statement known on the day; \
         `no_action_fits`: the playbook has no action for such a customer; `sleeping_dog`: contacts drive such customers away, by \
         the shop's own control group; `cool_down`: contacted lately; `no_gain`: no action is \
         expected to bring `decide.min_gain`; `budget`, `capacity`: others bring more for the same money, or in the same places; \
         `owner_full`: others of the same `decide.owner` bring more. Empty for all others",
        |piece| {
            let why = |row: &ListRow| row.decision.suppressed.map(|why| why.name().into());
            Column::OptionalText(piece.rows.par_iter().map(why).collect())
        },
    ),
    column("model_version", "name of a version", "The model that made the list", |piece| {
        Column::text(vec![piece.list.model_version.as_str(); piece.rows.len()])
    }),
    column("as_of", DAY, "The day for which the list was made; nothing from that day on is in it", |piece| {
        Column::OptionalDate(vec![Some(piece.list.as_of); piece.rows.len()])
    }),
    column(
        "change_since_last",
        WORD,
        "What changed since the newest earlier list in the folder of runs: `new` (on neither list before), `to_winback`, \
         `from_winback`, `to_contact` (to be contacted now and not then), `no_longer` (the other way round), `riskier` or `safer` \
         (the probability moved by ten points or more); empty where nothing did, and without an earlier list",
        |piece| told(piece, |change, _| change.name().into()),
    ),
    column(
        "change_why",
        SENTENCE,
        "The fact that moved the customer: an order, a complaint opened or settled, usual gaps of silence, an opt-out, a contact",
        |piece| told(piece, |_, why| why.into()),
    ),
    column("rank_before", PLACE, "Place on that earlier list; empty for who was not on it", |piece| {
        let rank = |row: &ListRow| Some(row.change.as_ref()?.before?.rank);
        Column::OptionalInteger(piece.rows.par_iter().map(rank).collect())
    }),
    column("churn_probability_before", PROBABILITY, "`churn_probability` on that earlier list", |piece| {
        let before = |row: &ListRow| Some(row.change.as_ref()?.before?.churn_probability);
        Column::OptionalNumber(piece.rows.par_iter().map(before).collect())
    }),
];

const fn column(
    name: &'static str,
    unit: &'static str,
    meaning: &'static str,
    fill: for<'l> fn(Piece<'l>) -> Column<'l>,
) -> ListColumn {
    ListColumn { name, unit, meaning, fill }
}

/// Decimals of a probability in files: more would pretend to be known.
const PROBABILITY_DECIMALS: u32 = 4;

fn ranks(piece: Piece<'_>) -> Column<'_> {
    let ranks = i64::try_from(piece.first).unwrap_or(i64::MAX).saturating_add(1)..;
    Column::Integer(ranks.take(piece.rows.len()).collect())
}

fn text<'l>(piece: Piece<'l>, of: fn(&'l ListRow) -> &'l str) -> Column<'l> {
    Column::Text(piece.rows.par_iter().map(|row| of(row).into()).collect())
}

fn money(piece: Piece<'_>, of: fn(&ListRow) -> f64) -> Column<'_> {
    let decimals = piece.list.currency.decimals();
    Column::Money { amounts: piece.rows.par_iter().map(|row| rounded(of(row), decimals)).collect(), decimals }
}

fn value(piece: Piece<'_>, of: fn(&ListedValue) -> Option<f64>) -> Column<'_> {
    optional_money(piece, |row| of(row.customer_value.as_ref()?))
}

fn total(piece: Piece<'_>) -> Column<'_> {
    optional_money(piece, |row| Some(row.clv_historic + row.customer_value.as_ref()?.predicted))
}

fn optional_money(piece: Piece<'_>, of: impl Fn(&ListRow) -> Option<f64> + Sync) -> Column<'_> {
    let decimals = piece.list.currency.decimals();
    let amount = |row: &ListRow| Some(rounded(of(row)?, decimals));
    Column::OptionalMoney { amounts: piece.rows.par_iter().map(amount).collect(), decimals }
}

fn probabilities(piece: Piece<'_>, of: fn(&ListRow) -> f64) -> Column<'_> {
    Column::Number(piece.rows.par_iter().map(|row| rounded(of(row), PROBABILITY_DECIMALS)).collect())
}

fn churn_bound(piece: Piece<'_>, side: usize) -> Column<'_> {
    let bound = |row: &ListRow| Some(rounded(row.churn_interval?[side], PROBABILITY_DECIMALS));
    Column::OptionalNumber(piece.rows.par_iter().map(bound).collect())
}

fn place_bound(piece: Piece<'_>, side: usize) -> Column<'_> {
    let bound = |row: &ListRow| Some(i64::from(row.rank_interval?[side]));
    Column::OptionalInteger(piece.rows.par_iter().map(bound).collect())
}

fn told<'l>(piece: Piece<'l>, of: fn(Change, &'l str) -> Cow<'l, str>) -> Column<'l> {
    let told = |row: &'l ListRow| {
        let (change, why) = row.change.as_ref()?.told.as_ref()?;
        Some(of(*change, why))
    };
    Column::OptionalText(piece.rows.par_iter().map(told).collect())
}

fn recommended_action(piece: Piece<'_>) -> Column<'_> {
    let action = |row| piece.list.action_name(row).map(Into::into);
    Column::OptionalText(piece.rows.par_iter().map(action).collect())
}

fn first_reason(piece: Piece<'_>) -> Column<'_> {
    let usual = piece.list.usual();
    Column::Text(piece.rows.par_iter().map(|row| piece.list.first_reason(&usual, row)).collect())
}

fn reason<'l>(piece: Piece<'l>, nth: usize, of: fn(&'l Reason) -> &'l str) -> Column<'l> {
    let reason = |row: &'l ListRow| row.reasons.get(nth).map(|reason| of(reason).into());
    Column::OptionalText(piece.rows.par_iter().map(reason).collect())
}

fn cause<'l>(piece: Piece<'l>, of: fn(&'l FoundCause) -> &'l str) -> Column<'l> {
    Column::OptionalText(piece.rows.par_iter().map(|row| row.cause.as_ref().map(|found| of(found).into())).collect())
}

fn rounded(value: f64, decimals: u32) -> f64 {
    let scale = f64::from(10_u32.pow(decimals));
    // Adding zero turns a negative zero into a positive one.
    (value * scale).round() / scale + 0.0
}

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
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::super::list::{DecisionBasis, ListDecisions};
    use super::*;
    use crate::config::{DecideConfig, Playbook};
    use crate::decide::{
        Chances, Decision, OutcomeProbabilities, Planner, Prospect, Quadrant, RfmSegment, Segments, Stage, Stakes,
        Suppression,
    };
    use crate::explain::REASONS;
    use crate::features::{Fact, Family};
    use crate::units::Currency;

    #[test]
    fn every_column_has_a_name_of_its_own_a_unit_and_a_sentence() {
        let names: BTreeSet<&str> = LIST_COLUMNS.iter().map(|column| column.name).collect();
        assert_eq!(names.len(), LIST_COLUMNS.len());
        for ListColumn { name, unit, meaning, .. } in LIST_COLUMNS {
            assert!(!unit.is_empty() && meaning.len() > 10 && !meaning.ends_with('.'), "{name}");
        }
        let reasons = |prefix: &str| names.iter().filter(|name| name.starts_with(prefix)).count();
        assert_eq!((reasons("reason_"), reasons("reason_code_")), (2 * REASONS, REASONS));
    }

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
             reason_code_1 reason_code_2 reason_code_3 cause cause_why cause_controllable recommended_action next_category action_why contact_cost group group_probability suppressed_because suppressed_code model_version as_of change_since_last change_why rank_before churn_probability_before phone customers.rank"
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
