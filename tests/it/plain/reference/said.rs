//! What the customer said: complaints from the order to the last resolution, and answers to surveys.

use super::{Answer, Case, EVER, Reference, distinct, largest, mean, over};

fn response(case: &Case) -> Option<f64> {
    case.answered.map(|at| super::days(at - case.opened))
}

fn resolution(case: &Case) -> Option<f64> {
    case.resolved.map(|at| super::days(at - case.opened))
}

fn is_open(case: &Case) -> bool {
    match case.resolved {
        None => true,
        Some(resolved) => case.reopened.is_some_and(|reopened| reopened > resolved),
    }
}

fn is_badly_closed(case: &Case) -> bool {
    case.reopened.is_some() || case.satisfaction.is_some_and(|mark| mark <= 2.0)
}

impl Reference {
    fn opened_within(&self, days: i64) -> f64 {
        self.cases.iter().filter(|case| self.ago(case.opened) <= days as f64).count() as f64
    }

    fn cases_that(&self, is_meant: impl Fn(&Case) -> bool) -> f64 {
        self.cases.iter().filter(|case| is_meant(case)).count() as f64
    }

    fn share_that(&self, is_meant: impl Fn(&Case) -> bool) -> f64 {
        over(self.cases_that(is_meant), self.cases.len() as f64)
    }

    fn figures(&self, figure: impl Fn(&Case) -> Option<f64>) -> Vec<f64> {
        self.cases.iter().filter_map(figure).collect()
    }

    fn latest(&self, figure: impl Fn(&Case) -> Option<f64>) -> f64 {
        self.figures(figure).last().copied().unwrap_or(f64::NAN)
    }

    fn oldest(&self, is_meant: impl Fn(&Case) -> bool) -> f64 {
        let ages = self.cases.iter().filter(|case| is_meant(case)).map(|case| self.ago(case.opened));
        ages.fold(0.0, f64::max)
    }

    /// Days from the order named, if it was placed by then, else the last one placed by then.
    fn days_after_order(&self, case: &Case) -> Option<f64> {
        let mut before = self.orders.iter().filter(|order| order.at <= case.opened);
        let named = before.clone().rfind(|order| Some(order.key) == case.order);
        named.or_else(|| before.next_back()).map(|order| super::days(case.opened - order.at))
    }

    pub(super) fn complaints(&self, name: &str) -> Option<f64> {
        let n = self.cases.len() as f64;
        let last = self.cases.last();
        let amount: f64 = self.cases.iter().map(|case| case.amount).sum();
        let absolute: f64 = self.cases.iter().map(|case| case.amount.abs()).sum();
        let paid: f64 = self.cases.iter().map(|case| case.compensation).sum();
        let after = |case: &Case| self.orders.iter().filter(|order| order.at > case.opened).count() as f64;
        Some(match name {
            "complaints_7d_count" => self.opened_within(7),
            "complaints_30d_count" => self.opened_within(30),
            "complaints_60d_count" => self.opened_within(60),
            "complaints_90d_count" => self.opened_within(90),
            "complaints_180d_count" => self.opened_within(180),
            "complaints_365d_count" => self.opened_within(365),
            "complaints_all_count" => n,
            "complaints_per_order_ratio" => n / self.orders.len() as f64,
            "complaint_recency_days" => last.map_or(f64::NAN, |case| self.ago(case.opened)),
            "orders_since_complaint_count" => last.map_or(f64::NAN, after),
            "complaints_followed_by_order_share" => self.share_that(|case| after(case) > 0.0),
            "complaint_amount" => amount,
            "complaint_of_spend_ratio" => over(amount, self.spend(0, EVER)),
            "compensation_of_complaint_share" => over(paid, absolute).clamp(0.0, 1.0),
            "compensation_all_amount" => paid,
            "compensated_complaints_share" => self.share_that(|case| case.compensation > 0.0),
            "open_complaints_count" => self.cases_that(is_open),
            "oldest_open_complaint_days" => self.oldest(is_open),
            "unanswered_complaints_count" => self.cases_that(|case| case.answered.is_none()),
            "oldest_unanswered_complaint_days" => self.oldest(|case| case.answered.is_none()),
            "reopened_complaints_count" => self.cases_that(|case| case.reopened.is_some()),
            "reopened_complaints_share" => self.share_that(|case| case.reopened.is_some()),
            "badly_closed_complaints_count" => self.cases_that(is_badly_closed),
            "badly_closed_complaints_share" => self.share_that(is_badly_closed),
            _ => return None,
        })
    }

    pub(super) fn steps(&self, name: &str) -> Option<f64> {
        Some(match name {
            "complaint_resolution_mean_days" => mean(&self.figures(resolution)),
            "complaint_resolution_max_days" => largest(self.figures(resolution)),
            "complaint_resolution_last_days" => self.latest(resolution),
            "complaint_response_mean_days" => mean(&self.figures(response)),
            "complaint_response_max_days" => largest(self.figures(response)),
            "complaint_response_last_days" => self.latest(response),
            "order_to_complaint_mean_days" => mean(&self.figures(|case| self.days_after_order(case))),
            "order_to_complaint_last_days" => self.latest(|case| self.days_after_order(case)),
            "complaint_severity_max_level" => largest(self.figures(|case| case.severity)),
            "complaint_severity_mean_level" => mean(&self.figures(|case| case.severity)),
            "complaint_satisfaction_mean_level" => mean(&self.figures(|case| case.satisfaction)),
            "complaint_satisfaction_last_level" => self.latest(|case| case.satisfaction),
            _ => return None,
        })
    }

    pub(super) fn prior(&self, name: &str) -> Option<f64> {
        let causes: Vec<Option<u32>> = self.cases.iter().map(|case| case.cause).collect();
        let repeated = (0..causes.len()).filter(|i| causes[*i].is_some() && causes[..*i].contains(&causes[*i]));
        let last_cause = causes.iter().flatten().last();
        let prior =
            self.cases.last().map_or(0, |last| self.orders.iter().filter(|o| o.at <= last.opened).count()) as f64;
        let recent = |figure: f64| if self.opened_within(90) > 0.0 { figure } else { 0.0 };
        Some(match name {
            "repeated_cause_complaints_count" => repeated.count() as f64,
            "complaint_causes_count" => distinct(causes.iter().flatten().copied()).len() as f64,
            "last_cause_complaints_count" => {
                causes.iter().flatten().filter(|cause| Some(*cause) == last_cause).count() as f64
            }
            "complaint_prior_orders_count" => prior,
            "complaint_90d_prior_orders_count" => recent(prior),
            "complaint_90d_prior_complaints_count" => recent(self.cases.len() as f64 - 1.0),
            _ => return None,
        })
    }

    pub(super) fn surveys(&self, name: &str) -> Option<f64> {
        let marks = |mark: fn(&Answer) -> f32| -> Vec<(i64, f64)> {
            let all = self.answers.iter().map(|answer| (answer.at, f64::from(mark(answer))));
            all.filter(|(_, mark)| !mark.is_nan()).collect()
        };
        let last = |marks: &[(i64, f64)]| {
            let latest = marks.iter().map(|(at, _)| *at).max();
            marks.iter().filter(|(at, _)| Some(*at) == latest).map(|(_, mark)| *mark).fold(f64::NAN, f64::min)
        };
        let mean_of = |marks: &[(i64, f64)]| mean(&marks.iter().map(|(_, mark)| *mark).collect::<Vec<_>>());
        let change = |marks: &[(i64, f64)]| if marks.len() < 2 { f64::NAN } else { last(marks) - mean_of(marks) };
        let (nps, csat) = (marks(|answer| answer.nps), marks(|answer| answer.csat));
        Some(match name {
            "surveys_all_count" => self.answers.len() as f64,
            "surveys_365d_count" => self.answers.iter().filter(|answer| self.ago(answer.at) <= 365.0).count() as f64,
            "survey_recency_days" => self.answers.last().map_or(f64::NAN, |answer| self.ago(answer.at)),
            "nps_last_level" => last(&nps),
            "nps_mean_level" => mean_of(&nps),
            "nps_change_level" => change(&nps),
            "nps_detractor_share" => over(nps.iter().filter(|(_, mark)| *mark <= 6.0).count() as f64, nps.len() as f64),
            "csat_last_level" => last(&csat),
            "csat_mean_level" => mean_of(&csat),
            "csat_change_level" => change(&csat),
            _ => return None,
        })
    }
}
