//! Rejected rows that are no accident: they carry turnover, whole customers or a month with them, or look alike.

use std::collections::BTreeMap;

use super::after_now::FUTURE;
use super::finding::{Finding, Severity};
use super::unusual_dates;
use crate::config::{Config, Table};
use crate::ingest::{ABSENT, Account, Example, Reason, TypedTable};
use crate::text::{counted, grouped, verb};
use crate::timeline::{Calendar, date_of};
use crate::units::Timestamp;

/// Fewer rows are an accident.
const LEAST_ROWS: u64 = 20;

/// Fewer customers are an accident.
const LEAST_CUSTOMERS: u64 = 10;

/// Share of a month that is lost, at least, and how many times that of the others.
const MONTH_SHARE: f64 = 0.25;
const TIMES_OTHERS: f64 = 5.0;

/// Of the rejected values of a column, the share that has one form.
const ONE_FORM: f64 = 0.9;

/// Forms of values that are kept apart for a column.
const MOST_FORMS: usize = 200;

/// Rows of a month: used, rejected, and without a customer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Month {
    used: u64,
    lost: u64,
    guests: u64,
}

impl Month {
    const fn add(&mut self, other: Self) {
        self.used += other.used;
        self.lost += other.lost;
        self.guests += other.guests;
    }
}

/// Rows by day; those of one day mostly stand together.
#[derive(Debug, Default)]
struct Days {
    days: BTreeMap<i32, Month>,
    run: Option<(i32, Month)>,
}

impl Days {
    fn add(&mut self, day: i32, own: Month) {
        match &mut self.run {
            Some((of, rows)) if *of == day => rows.add(own),
            run => {
                if let Some((day, rows)) = run.replace((day, own)) {
                    self.days.entry(day).or_default().add(rows);
                }
            }
        }
    }

    fn finish(mut self) -> BTreeMap<i32, Month> {
        if let Some((day, rows)) = self.run {
            self.days.entry(day).or_default().add(rows);
        }
        self.days
    }
}

/// How many values have each form, and the first of them.
type Forms = BTreeMap<String, (u64, Vec<Example>)>;

/// What is lost with rejected rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Losses {
    /// Sizes of the amounts of purchases, in minor units.
    used_minor: u128,
    lost_minor: u128,
    /// Purchases that are rejected and no guest's.
    lost_rows: u64,
    customers: u64,
    /// Customers who lose all their rows.
    lost_customers: u64,
    months: BTreeMap<(i16, i8), Month>,
    /// The forms of values that cannot be read, by table and column.
    forms: BTreeMap<(Table, &'static str), Forms>,
}

impl Losses {
    pub(super) fn of(tables: &[TypedTable], config: &Config) -> Self {
        let mut losses = Self::default();
        for table in tables {
            losses.count_forms(table);
            if table.table() == Table::Purchases && !table.rejections().is_empty() {
                losses.count_purchases(table, config);
            }
        }
        losses
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        self.used_minor += other.used_minor;
        self.lost_minor += other.lost_minor;
        self.lost_rows += other.lost_rows;
        self.customers += other.customers;
        self.lost_customers += other.lost_customers;
        for (month, own) in other.months {
            self.months.entry(month).or_default().add(own);
        }
        for (column, forms) in other.forms {
            let known = self.forms.entry(column).or_default();
            for (form, (count, examples)) in forms {
                add_form(known, form, count, examples);
            }
        }
    }

    fn count_purchases(&mut self, table: &TypedTable, config: &Config) {
        let calendar = Calendar::new(&config.timezone);
        let (codes, amounts, times) = (table.codes("customer_id"), table.money("amount"), table.times("purchased_at"));
        // 1: has a row that is used, 2: has one that is lost.
        let mut fates = vec![0_u8; table.names("customer_id").len()];
        let mut days = Days::default();
        for row in 0..table.n_rows() {
            let reason = table.reason(row);
            let lost = reason.is_some_and(Reason::is_loss);
            if reason.is_some() && !lost && reason != Some(Reason::NO_CUSTOMER) {
                continue;
            }
            let size = amounts
                .get(row)
                .filter(|amount| **amount != ABSENT)
                .map_or(0, |amount| u128::from(amount.unsigned_abs()));
            let fate = codes.get(row).and_then(|code| fates.get_mut(usize::try_from(*code).ok()?));
            if lost {
                self.lost_rows += 1;
                self.lost_minor += size;
                if let Some(fate) = fate {
                    *fate |= 2;
                }
            } else if reason.is_none() {
                self.used_minor += size;
                if let Some(fate) = fate {
                    *fate |= 1;
                }
            }
            let is_future = reason.is_some_and(|reason| reason.rule == FUTURE);
            let Some(time) = times.get(row).filter(|time| **time != ABSENT && !is_future) else { continue };
            let day = calendar.day(Timestamp(*time));
            let own = Month {
                used: u64::from(reason.is_none()),
                lost: u64::from(lost),
                guests: u64::from(reason == Some(Reason::NO_CUSTOMER)),
            };
            days.add(day, own);
        }
        self.customers += fates.iter().filter(|fate| **fate > 0).count() as u64;
        self.lost_customers += fates.iter().filter(|fate| **fate == 2).count() as u64;
        for (day, own) in days.finish() {
            let Some(date) = date_of(day) else { continue };
            self.months.entry((date.year(), date.month())).or_default().add(own);
        }
    }

    fn count_forms(&mut self, table: &TypedTable) {
        for (reason, ..) in table.rejections() {
            let Some(column) = reason.column.filter(|_| reason.rule.starts_with("unreadable")) else { continue };
            let forms = self.forms.entry((table.table(), column)).or_default();
            for row in (0..table.n_rows()).filter(|row| table.reason(*row) == Some(reason)) {
                let cell = table.cell(column, row);
                let form = form(&cell);
                add_form(forms, form, 1, vec![table.shown(column, row)]);
            }
        }
    }

    /// What is lost that may not be lost.
    pub(super) fn findings(&self, config: &Config, accounts: &[Account]) -> Vec<Finding> {
        let mut findings = self.one_form(config, accounts);
        findings.extend(self.turnover(config));
        findings.extend(self.lost_customers(config));
        findings.extend(self.period());
        findings.extend(self.guests_of_a_period());
        findings
    }

    /// Values that cannot be read and all look alike: they were written by a rule, and are lost by one.
    fn one_form(&self, config: &Config, accounts: &[Account]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for ((table, column), forms) in &self.forms {
            let total: u64 = forms.values().map(|(count, _)| count).sum();
            let Some((form, (count, examples))) = forms.iter().max_by_key(|(_, (count, _))| *count) else { continue };
            let belonging = accounts.iter().find(|own| own.table == table.name()).map_or(0, Account::n_belonging);
            let is_rule = *count as f64 >= ONE_FORM * total as f64;
            if *count < LEAST_ROWS || !is_rule || count * 200 < belonging {
                continue;
            }
            let (rows, have) = (counted(*count, table.one()), verb(*count, "has", "have"));
            let message = format!(
                "{rows} of {} {have} a value in `{column}` that cannot be read, and {} look like `{form}`: they are lost by a rule, not by \
                 accident",
                grouped(belonging),
                if *count == total { "all" } else { "nearly all" },
            );
            let shown = examples.iter().map(|example| example.text.trim_matches('`'));
            let source = config.table(*table).and_then(|section| section.columns.get(*column)).map(String::as_str);
            let hint = unusual_dates::mending(*table, (column, source), shown).unwrap_or_else(|| {
                format!(
                    "say how `{}.columns.{column}` is written (`time_format`, `decimal`, `thousands`, or SQL that yields the usual \
                     form), or set these rows aside with `filter`",
                    table.name()
                )
            });
            // Who allows every row to be lost has said so.
            let severity = if config.validate.max_rejected_share >= 1.0 { Severity::Warning } else { Severity::Error };
            let finding = Finding::new("rejected_form", table.name(), severity, message).of_column(*column);
            let examples = examples.iter().map(|example| example.text.clone());
            findings.push(finding.counting(*count).with_examples(examples).with_hint(hint));
        }
        findings
    }

    fn turnover(&self, config: &Config) -> Option<Finding> {
        let share = self.lost_minor as f64 / (self.lost_minor + self.used_minor).max(1) as f64;
        if self.lost_rows < LEAST_ROWS || share <= config.validate.max_rejected_share {
            return None;
        }
        let message = format!(
            "{} rejected carry {:.1} % of the turnover; `validate.max_rejected_share` allows {:.1} %",
            counted(self.lost_rows, "purchase"),
            100.0 * share,
            100.0 * config.validate.max_rejected_share
        );
        Some(refusal("lost_turnover", message).of_column("amount").counting(self.lost_rows))
    }

    fn lost_customers(&self, config: &Config) -> Option<Finding> {
        let share = self.lost_customers as f64 / self.customers.max(1) as f64;
        if self.lost_customers < LEAST_CUSTOMERS || share <= config.validate.max_rejected_share {
            return None;
        }
        let message = format!(
            "{} of {} lose all their purchases, because every one is rejected; `validate.max_rejected_share` allows {:.1} %",
            grouped(self.lost_customers),
            counted(self.customers, "customer"),
            100.0 * config.validate.max_rejected_share
        );
        Some(refusal("lost_customers", message).of_column("customer_id").counting(self.lost_customers))
    }

    /// Months that lose far more than the others.
    fn period(&self) -> Option<Finding> {
        let months = self.unlike_others(|month| month.lost);
        let count = months.iter().map(|(_, lost, _)| lost).sum();
        let (one, are) = (counted(months.len() as u64, "month"), verb(months.len() as u64, "loses", "lose"));
        let message = format!(
            "{one} {are} a far larger share of purchases to rejections than the others: what is missing looks like churn"
        );
        let finding = refusal("lost_period", message).of_column("purchased_at").counting(count);
        (!months.is_empty()).then(|| finding.with_examples(months.iter().map(shown)))
    }

    fn guests_of_a_period(&self) -> Option<Finding> {
        let months = self.unlike_others(|month| month.guests);
        let count = months.iter().map(|(_, lost, _)| lost).sum();
        let (one, have) = (counted(months.len() as u64, "month"), verb(months.len() as u64, "has", "have"));
        let message = format!(
            "{one} {have} a far larger share of purchases without a customer than the others: what is missing looks like churn"
        );
        let finding = Finding::new("guest_period", Table::Purchases.name(), Severity::Warning, message);
        let finding = finding.of_column("customer_id").counting(count).with_examples(months.iter().map(shown));
        let hint =
            "check whether the source has stopped to deliver ids, or has begun to, and leave the months before out";
        (!months.is_empty()).then(|| finding.with_hint(hint))
    }

    /// Months of which a far larger share of rows is lost than of the others: the month, rows that are lost, all rows.
    fn unlike_others(&self, lost: fn(&Month) -> u64) -> Vec<((i16, i8), u64, u64)> {
        let all = |month: &Month| month.used + lost(month);
        let (sum_lost, sum_all) = self.months.values().fold((0, 0), |sum, own| (sum.0 + lost(own), sum.1 + all(own)));
        let is_unlike = |(own, n): &(u64, u64)| {
            let others = (sum_lost - own) as f64 / (sum_all - n).max(1) as f64;
            let share = *own as f64 / (*n).max(1) as f64;
            *own >= LEAST_ROWS && share > MONTH_SHARE && share > TIMES_OTHERS * others
        };
        let months = self.months.iter().map(|(month, own)| (*month, (lost(own), all(own))));
        months.filter(|(_, own)| is_unlike(own)).map(|(month, (own, n))| (month, own, n)).collect()
    }
}

fn shown(((year, month), lost, all): &((i16, i8), u64, u64)) -> String {
    format!("{year}-{month:02} ({} of {})", grouped(*lost), grouped(*all))
}

fn refusal(rule: &'static str, message: String) -> Finding {
    let hint = "the reject file lists the rows and reasons; correct the mapping, or set the rows aside with `filter` if they are to be \
                left out";
    Finding::new(rule, Table::Purchases.name(), Severity::Error, message).with_hint(hint)
}

fn add_form(forms: &mut Forms, form: String, count: u64, examples: Vec<Example>) {
    // Where there are so many, none of them is that of nearly all.
    let form = if forms.len() >= MOST_FORMS && !forms.contains_key(&form) { "...".to_owned() } else { form };
    let (sum, first) = forms.entry(form).or_default();
    *sum += count;
    if first.len() < Example::SHOWN || examples.first() < first.last() {
        first.extend(examples);
        first.sort();
        first.truncate(Example::SHOWN);
    }
}

/// How a value is written: digits as `9`, letters as `a`, each as often as once.
fn form(cell: &str) -> String {
    let mut form = String::new();
    for letter in cell.chars().take(60) {
        let sign = if letter.is_ascii_digit() {
            '9'
        } else if letter.is_alphabetic() {
            'a'
        } else {
            letter
        };
        if !(matches!(sign, '9' | 'a') && form.ends_with(sign)) {
            form.push(sign);
        }
    }
    form
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_one_form_are_alike() {
        assert_eq!(form("13/11/2023 08:05"), "9/9/9 9:9");
        assert_eq!(form("$1,299.00"), "$9,9.9");
        assert_eq!(form("18-Dec-24"), "9-a-9");
    }

    #[test]
    fn a_month_that_loses_far_more_than_the_others_is_told() {
        let month = |used, lost| Month { used, lost, guests: 0 };
        let of = |own: Month| {
            let months: BTreeMap<_, _> =
                (1..=11).map(|n| ((2024, n), month(100, 1))).chain([((2024, 12), own)]).collect();
            Losses { months, ..Losses::default() }.period().map(|finding| finding.examples)
        };
        assert_eq!(of(month(60, 40)), Some(vec!["2024-12 (40 of 100)".to_owned()]));
        assert_eq!(of(month(90, 10)), None);
        assert_eq!(of(month(10, 15)), None, "too few");
    }
}
