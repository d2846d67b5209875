//! The columns of the list: what each is called, in which unit it is, what it means, and how it is filled. A column stands in
//! the files because it stands here, so that there is none without a sentence.

use rayon::prelude::*;

use super::list::ListRow;
use super::list_piece::{
    PROBABILITY_DECIMALS, Piece, before, cause, churn_bound, first_reason, money, optional_money, place_bound,
    probabilities, ranks, reason, recommended_action, rounded, since, text, told, total, value,
};
use crate::decide::{Group, RiskBand};
use crate::table::Column;

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
    column(
        "churn_probability_high",
        PROBABILITY,
        "Upper end of that range; the prediction is a mean, which a few large outcomes can lift above it",
        |piece| churn_bound(piece, 1),
    ),
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
    column("clv_historic", MONEY, "Margin of the customer so far, net of all returns", |piece| {
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
        "Lower end of the range that holds that margin in four of five cases if the value models are right, and in more where \
         it must reach as far as the margin expected; for the first thousand",
        |piece| value(piece, |value| Some(value.interval?.low)),
    ),
    column("clv_predicted_high", MONEY, "Upper end of that range", |piece| {
        value(piece, |value| Some(value.interval?.high))
    }),
    column("clv_total", MONEY, "The margin so far and the margin to come", total),
    column(
        "confidence",
        WORD,
        "`low` where the value model and the churn model disagree about the customer, so \
        look before you act; else `normal`",
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
        "Quadrant of the value matrix, margin of the past year by what more is expected: `I` low and low (let go, but for what pays by itself), `II` low and \
         high (rebuild), `III` high and low (keep), `IV` high and high (keep and develop)",
        |piece| text(piece, |row| row.segments.quadrant.name()),
    ),
    column(
        "open_complaints",
        "complaints",
        "Complaints that wait for a resolution: settle these before any offer; empty if the \
        shop does not record resolutions",
        |piece| Column::OptionalInteger(piece.rows.par_iter().map(|row| row.open_complaints).collect()),
    ),
    column(
        "reason_1",
        SENTENCE,
        "The fact about this customer that most raises the risk of not coming back (in the win-back list, of having left), in \
         the customer's own numbers; `no single reason stands out` where none of those that can be told adds a tenth of the \
         whole, or `no reason to leave stands out` where the risk is below that of the middle of the list; with the spend of the past year \
         where more is at stake than with most",
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
        "What the cause is read from: a complaint with its day, or one of the reasons; `no \
        cause stands out` where there is none",
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
        "`treat`: contact; `control`: leave alone, so that next month shows what contacts \
        bring; `suppressed`: do not contact",
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
        "The fact that moved the customer: an order, a complaint opened or settled, usual \
        gaps of silence, an opt-out, a contact",
        |piece| told(piece, |_, why| why.into()),
    ),
    column(
        "stage_since",
        DAY,
        "The day of the list on which the customer was first seen in the present `life_cycle_stage` after another one; empty where no \
         list in a row has seen the customer change it, so that since when is not known",
        |piece| since(piece, |change| change.stage.map(|moved| moved.since)),
    ),
    column("stage_before", WORD, "The `life_cycle_stage` on the list before that day", |piece| {
        before(piece, |change| change.stage.map(|moved| moved.before.name()))
    }),
    column("segment_since", DAY, "The same of `rfm_segment`", |piece| {
        since(piece, |change| change.rfm.map(|moved| moved.since))
    }),
    column("segment_before", WORD, "The `rfm_segment` on the list before that day", |piece| {
        before(piece, |change| change.rfm.map(|moved| moved.before.name()))
    }),
    column("rank_before", PLACE, "Place on that earlier list; empty for who was not on it", |piece| {
        let rank = |row: &ListRow| Some(row.change.as_ref()?.before?.rank);
        Column::OptionalInteger(piece.rows.par_iter().map(rank).collect())
    }),
    column("churn_probability_before", PROBABILITY, "`churn_probability` on that earlier list", |piece| {
        let probability = |row: &ListRow| Some(row.change.as_ref()?.before?.churn_probability);
        Column::OptionalNumber(piece.rows.par_iter().map(probability).collect())
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::explain::REASONS;

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
}
