//! The customer's own rhythm: silence means little for one who orders twice a year and much for one who orders weekly.
//! A visit is a day of the shop's calendar with an order, however many there are; gaps are the days between visits.

use super::sentences::{BREAK, LONGEST, RHYTHM};
use super::spec::{Family, Feature, Unit, ratio};
use super::telling::{Fact, Side};
use crate::timeline::{Gaps, History};

const fn gap(name: &'static str, unit: Unit, meaning: &'static str) -> Feature {
    Feature::new(name, Family::Cadence, unit).meaning(meaning).or_missing().revised(2)
}

fn of_gaps(history: &History<'_>, figure: fn(&Gaps) -> f64) -> f64 {
    history.gaps().as_ref().map_or(f64::NAN, figure)
}

pub(super) const FEATURES: &[Feature] = &[
    gap("gap_mean_days", Unit::Days, "Mean of the days between successive visits (days with an order).")
        .adds_to(Fact::FewOrders)
        .is(|h, _| of_gaps(h, |g| g.mean_days)),
    gap("gap_median_days", Unit::Days, "Median of the days between successive visits.")
        .adds_to(Fact::FewOrders)
        .is(|h, _| of_gaps(h, |g| g.median_days)),
    gap("gap_sd_days", Unit::Days, "Standard deviation of the days between visits: irregularity.")
        .adds_to(Fact::FewOrders)
        .is(|h, _| of_gaps(h, |g| g.sd_days.unwrap_or(f64::NAN))),
    gap("gap_max_days", Unit::Days, "Most days between successive visits so far.")
        .tells(Fact::FewOrders, Side::High, BREAK)
        .is(|h, _| of_gaps(h, |g| g.max_days)),
    gap("gap_last_days", Unit::Days, "Days between the last two visits.")
        .adds_to(Fact::FewOrders)
        .is(|h, _| of_gaps(h, |g| g.last_days)),
    gap("overdue_ratio", Unit::Ratio, "Present silence over the customer's median gap.")
        .tells_first(Fact::Silence, Side::High, RHYTHM)
        .is(|h, _| of_gaps(h, |g| g.median_days.recip()) * h.recency_days()),
    gap("overdue_to_mean_ratio", Unit::Ratio, "Present silence over the customer's mean gap.")
        .tells_first(Fact::Silence, Side::High, RHYTHM)
        .is(|h, _| of_gaps(h, |g| g.mean_days.recip()) * h.recency_days()),
    gap("overdue_to_longest_ratio", Unit::Ratio, "Present silence over the customer's longest gap.")
        .tells_first(Fact::Silence, Side::High, LONGEST)
        .is(|h, _| of_gaps(h, |g| g.max_days.recip()) * h.recency_days()),
    gap(
        "overdue_sd",
        Unit::Sd,
        "Present silence less the mean gap, in standard deviations of the gaps (at least a day).",
    )
    .tells_first(Fact::Silence, Side::High, RHYTHM)
    .is(|h, _| {
        let silence = h.recency_days();
        h.gaps().and_then(|g| Some((silence - g.mean_days) / g.sd_days?.max(1.0))).unwrap_or(f64::NAN)
    }),
    gap("overdue_percentile_share", Unit::Share, "Share of the customer's own gaps shorter than the present silence.")
        .tells_first(Fact::Silence, Side::High, RHYTHM)
        .is(|h, _| of_gaps(h, |g| g.share_below_silence)),
    gap("gap_variation_ratio", Unit::Ratio, "Standard deviation over mean of the gaps: 1 is random, 0 is clockwork.")
        .adds_to(Fact::FewOrders)
        .is(|h, _| h.gaps().and_then(|g| Some(ratio(g.sd_days?, g.mean_days))).unwrap_or(f64::NAN)),
    gap(
        "overdue_days",
        Unit::Days,
        "Days past the expected next visit (last visit plus median gap); negative before it.",
    )
    .tells_first(Fact::Silence, Side::High, RHYTHM)
    .is(|h, _| h.recency_days() - of_gaps(h, |g| g.median_days)),
    gap("gap_min_days", Unit::Days, "Fewest days between successive visits.")
        .adds_to(Fact::FewOrders)
        .is(|h, _| h.gap_quantile(0.0).unwrap_or(f64::NAN)),
    gap("gap_lower_quartile_days", Unit::Days, "Days between visits that a quarter of the gaps do not reach.")
        .adds_to(Fact::FewOrders)
        .is(|h, _| h.gap_quantile(0.25).unwrap_or(f64::NAN)),
    gap("gap_upper_quartile_days", Unit::Days, "Days between visits that a quarter of the gaps exceed.")
        .adds_to(Fact::FewOrders)
        .is(|h, _| h.gap_quantile(0.75).unwrap_or(f64::NAN)),
    gap("gap_ninth_decile_days", Unit::Days, "Days between visits that a tenth of the gaps exceed.")
        .adds_to(Fact::FewOrders)
        .is(|h, _| h.gap_quantile(0.9).unwrap_or(f64::NAN)),
    gap("overdue_to_ninth_decile_ratio", Unit::Ratio, "Present silence over the ninth decile of the gaps.")
        .tells_first(Fact::Silence, Side::High, RHYTHM)
        .is(|h, _| h.gap_quantile(0.9).map_or(f64::NAN, |gap| h.recency_days() / gap)),
    gap("recent_gaps_mean_days", Unit::Days, "Mean of the last three gaps, or of all if there are fewer.")
        .adds_to(Fact::FewOrders)
        .is(|h, _| h.recent_gaps_mean_days().unwrap_or(f64::NAN)),
    gap(
        "recent_to_mean_gap_ratio",
        Unit::Ratio,
        "Mean of the last three gaps over that of all: above 1 it slows down.",
    )
    .tells(
        Fact::FewerOrders,
        Side::High,
        // One break makes no habit: where the longest may be most of the last three, their mean is that of no gap.
        "[4<order_days_all_count, gap_median_days<recent_gaps_mean_days, gap_max_days<2.5*recent_gaps_mean_days, \
         gap_median_days<recency_days]bought \
         {recent_gaps_mean_days every} lately, usually {gap_median_days every}",
    )
    .is(|h, _| ratio(h.recent_gaps_mean_days().unwrap_or(f64::NAN), of_gaps(h, |g| g.mean_days))),
];
