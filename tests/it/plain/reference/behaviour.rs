//! When and how often: recency, frequency, cadence, trend, season.

use jiff::civil::Date;

use super::super::{GAP, HORIZON};
use super::{EVER, Reference, between, contrast, date_of, largest, mean, over, quantile, sd};

/// Least squares through `n` months of 30 days.
fn slope(n: i64, figure: impl Fn(i64, i64) -> f64) -> f64 {
    let points: Vec<(f64, f64)> =
        (0..n).map(|back| ((n - 1 - back) as f64, figure(30 * back, 30 * (back + 1)))).collect();
    let (x_mean, y_mean) =
        (points.iter().map(|p| p.0).sum::<f64>() / n as f64, points.iter().map(|p| p.1).sum::<f64>() / n as f64);
    let products: f64 = points.iter().map(|(x, y)| (x - x_mean) * (y - y_mean)).sum();
    products / points.iter().map(|(x, _)| (x - x_mean).powi(2)).sum::<f64>()
}

impl Reference {
    pub(super) fn frequency(&self, name: &str) -> Option<f64> {
        let all = self.orders.len() as f64;
        let mut months: Vec<Date> = self.visits().iter().map(|date| date.first_of_month()).collect();
        months.dedup();
        Some(match name {
            "recency_days" => self.recency(),
            "tenure_days" => self.tenure(),
            "recency_of_tenure_share" => over(self.recency(), self.tenure()),
            "orders_7d_count" => self.orders_within(7),
            "orders_30d_count" => self.orders_within(30),
            "orders_60d_count" => self.orders_within(60),
            "orders_90d_count" => self.orders_within(90),
            "orders_180d_count" => self.orders_within(180),
            "orders_365d_count" => self.orders_within(365),
            "orders_all_count" => all,
            "orders_per_month" => all / (self.tenure().max(30.0) / 30.0),
            "order_days_all_count" => self.visits().len() as f64,
            "order_months_all_count" => months.len() as f64,
            "orders_at_first_count" => {
                let since_first = |at: i64| between(self.visits()[0], date_of(at));
                self.orders.iter().filter(|order| since_first(order.at) < 90.0).count() as f64
            }
            _ => return None,
        })
    }

    pub(super) fn rhythm(&self, name: &str) -> Option<f64> {
        let (gaps, silence) = (self.gaps(), self.recency());
        let last = gaps.last().copied().unwrap_or(f64::NAN);
        let recent = mean(&gaps[gaps.len().saturating_sub(3)..]);
        let (median, ninth) = (quantile(&gaps, 0.5), quantile(&gaps, 0.9));
        Some(match name {
            "gap_mean_days" => mean(&gaps),
            "gap_median_days" => median,
            "gap_sd_days" => sd(&gaps),
            "gap_max_days" => largest(gaps),
            "gap_last_days" => last,
            "gap_min_days" => quantile(&gaps, 0.0),
            "gap_lower_quartile_days" => quantile(&gaps, 0.25),
            "gap_upper_quartile_days" => quantile(&gaps, 0.75),
            "gap_ninth_decile_days" => ninth,
            "recent_gaps_mean_days" => recent,
            "recent_to_mean_gap_ratio" => over(recent, mean(&gaps)),
            "overdue_ratio" => silence / median,
            "overdue_to_mean_ratio" => silence / mean(&gaps),
            "overdue_to_longest_ratio" => silence / largest(gaps),
            "overdue_to_ninth_decile_ratio" => silence / ninth,
            "overdue_sd" if gaps.len() < 2 => f64::NAN,
            "overdue_sd" => (silence - mean(&gaps)) / sd(&gaps).max(1.0),
            "overdue_percentile_share" => {
                over(gaps.iter().filter(|gap| **gap < silence).count() as f64, gaps.len() as f64)
            }
            "gap_variation_ratio" => over(sd(&gaps), mean(&gaps)),
            "overdue_days" => silence - median,
            "last_gap_to_median_ratio" => over(last, median),
            _ => return None,
        })
    }

    pub(super) fn trend(&self, name: &str) -> Option<f64> {
        let orders = |days: i64| contrast(self.aged(0, days).len() as f64, self.aged(days, 2 * days).len() as f64);
        let spend = |days: i64| contrast(self.spend(0, days), self.spend(days, 2 * days));
        Some(match name {
            "orders_before_90d_count" => self.aged(90, 180).len() as f64,
            "orders_30d_change_ratio" => orders(30),
            "orders_60d_change_ratio" => orders(60),
            "orders_90d_change_ratio" => orders(90),
            "orders_180d_change_ratio" => orders(180),
            "spend_30d_change_ratio" => spend(30),
            "spend_90d_change_ratio" => spend(90),
            "spend_180d_change_ratio" => spend(180),
            "orders_slope_180d_per_month" => slope(6, |from, to| self.aged(from, to).len() as f64),
            "orders_slope_year_per_month" => slope(12, |from, to| self.aged(from, to).len() as f64),
            "spend_slope_180d_amount" => slope(6, |from, to| self.spend(from, to)),
            "orders_90d_to_usual_ratio" => {
                over(self.orders_within(90), self.orders.len() as f64 / (self.tenure().max(90.0) / 90.0))
            }
            _ => return None,
        })
    }

    pub(super) fn decay(&self, name: &str) -> Option<f64> {
        let weight = |date: Date, half_life: f64| 0.5_f64.powf(self.days_since(date) / half_life);
        let of_order = |at: i64, half_life: f64| weight(date_of(at), half_life);
        let orders = |half_life: f64| self.orders.iter().map(|order| of_order(order.at, half_life)).sum::<f64>();
        let spend = |half_life: f64| {
            self.orders.iter().map(|order| order.amount() * of_order(order.at, half_life)).sum::<f64>()
        };
        let visits = |half_life: f64| self.visits().into_iter().map(|date| weight(date, half_life)).sum::<f64>();
        Some(match name {
            "orders_decayed_15_count" => orders(15.0),
            "orders_decayed_30_count" => orders(30.0),
            "orders_decayed_60_count" => orders(60.0),
            "orders_decayed_90_count" => orders(90.0),
            "orders_decayed_180_count" => orders(180.0),
            "spend_decayed_30_amount" => spend(30.0),
            "spend_decayed_90_amount" => spend(90.0),
            "spend_decayed_180_amount" => spend(180.0),
            // A rate is the decayed number over the half-life, a constant aside.
            "orders_momentum_ratio" => (visits(30.0) / 30.0) / (visits(180.0) / 180.0),
            _ => return None,
        })
    }

    pub(super) fn season(&self, name: &str) -> Option<f64> {
        // The label window, a year of 365 days earlier.
        let (gap, horizon) = (i64::from(GAP), i64::from(HORIZON));
        let same = self.aged(365 - gap - horizon, 365 - gap);
        let date = self.cutoff.date();
        let angle = f64::from(date.day_of_year()) / 365.25 * 2.0 * std::f64::consts::PI;
        let new_year = jiff::civil::date(date.year() + 1, 1, 1);
        Some(match name {
            "orders_same_season_count" => same.len() as f64,
            "spend_same_season_amount" => same.iter().map(|order| order.amount()).sum(),
            "season_cosine_level" => angle.cos(),
            "season_sine_level" => angle.sin(),
            "orders_same_season_share" => over(same.len() as f64, self.orders_within(365)),
            "cutoff_month_level" => f64::from(date.month()),
            "year_end_days" => f64::from(date.until(new_year).unwrap().get_days()),
            _ => return None,
        })
    }

    pub(super) fn silence(&self, name: &str) -> Option<f64> {
        let is_silent = !self.cases.iter().any(|case| self.ago(case.opened) <= 180.0);
        let unless_complained = |figure: f64| if is_silent { figure } else { 0.0 };
        let median = quantile(&self.gaps(), 0.5);
        let since = self.cases.last().map_or(self.tenure(), |case| self.ago(case.opened));
        let half_year_before = self.spend(180, 360);
        Some(match name {
            "silent_decline_ratio" => {
                unless_complained(-contrast(self.orders_within(90), self.aged(90, 180).len() as f64)).max(0.0)
            }
            "silent_overdue_ratio" if median.is_nan() => f64::NAN,
            "silent_overdue_ratio" => unless_complained((self.recency() / median - 1.0).max(0.0)),
            "silent_spend_drop_share" if half_year_before <= 0.0 => 0.0,
            "silent_spend_drop_share" => unless_complained((1.0 - self.spend(0, 180) / half_year_before).max(0.0)),
            "orders_per_complaint_ratio" => self.aged(0, EVER).len() as f64 / (1 + self.cases.len()) as f64,
            "silent_months_count" => since / 30.0,
            _ => return None,
        })
    }
}
