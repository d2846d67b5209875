//! How much and what: money, baskets, variety, returns, categories.

use super::super::{Line, discount};
use super::{EVER, Reference, date_of, distinct, largest, mean, over, sd};

const PRODUCT: usize = 0;
const CATEGORY: usize = 1;
const CHANNEL: usize = 2;
const REGION: usize = 3;

fn codes(lines: &[&Line], kind: usize) -> Vec<u32> {
    distinct(lines.iter().map(|line| line.codes[kind]))
}

fn n_codes(lines: &[&Line], kind: usize) -> f64 {
    codes(lines, kind).len() as f64
}

/// Lines with each code.
fn counts(lines: &[&Line], kind: usize) -> Vec<f64> {
    let count = |code: u32| lines.iter().filter(|line| line.codes[kind] == code).count() as f64;
    codes(lines, kind).into_iter().map(count).collect()
}

fn entropy(counts: &[f64]) -> f64 {
    let all: f64 = counts.iter().sum();
    let entropy: f64 = counts.iter().map(|count| -count / all * (count / all).ln()).sum();
    if counts.is_empty() { f64::NAN } else { entropy }
}

fn top_share(counts: &[f64]) -> f64 {
    over(largest(counts.iter().copied()), counts.iter().sum())
}

impl Reference {
    fn gross(&self, days: i64) -> f64 {
        self.spend(0, days)
    }

    fn returned(&self, days: i64) -> Vec<&Line> {
        self.returns.iter().filter(|line| self.ago(line.at) <= days as f64).collect()
    }

    fn given_back(&self, days: i64) -> f64 {
        self.returned(days).iter().map(|line| line.amount.abs()).sum::<i64>() as f64 / 100.0
    }

    pub(super) fn money(&self, name: &str) -> Option<f64> {
        let amounts: Vec<f64> = self.orders.iter().map(|order| order.amount()).collect();
        let net = |days: i64| self.gross(days) - self.given_back(days);
        let of_orders = |days: i64| over(self.gross(days), self.orders_within(days));
        let last_day = *self.visits().last()?;
        let last: f64 =
            self.orders.iter().filter(|order| date_of(order.at) == last_day).map(|order| order.amount()).sum();
        Some(match name {
            "net_spend_7d_amount" => net(7),
            "net_spend_30d_amount" => net(30),
            "net_spend_60d_amount" => net(60),
            "net_spend_90d_amount" => net(90),
            "net_spend_180d_amount" => net(180),
            "net_spend_365d_amount" => net(365),
            "net_spend_all_amount" => net(EVER),
            "net_spend_monthly_amount" => net(EVER) / (self.tenure().max(30.0) / 30.0),
            "order_mean_amount" => mean(&amounts),
            "order_mean_90d_amount" => of_orders(90),
            "order_mean_365d_amount" => of_orders(365),
            "order_mean_90d_to_all_ratio" => over(of_orders(90), mean(&amounts)),
            "order_sd_amount" => sd(&amounts),
            "order_variation_ratio" => over(sd(&amounts), mean(&amounts)),
            "order_max_amount" => largest(amounts),
            "first_order_amount" => amounts[0],
            "last_visit_amount" => last,
            "last_visit_to_mean_share" => over(last, amounts.iter().sum::<f64>() / self.visits().len() as f64),
            "spend_90d_of_365d_share" => over(self.gross(90), self.gross(365)),
            _ => return None,
        })
    }

    pub(super) fn returns(&self, name: &str) -> Option<f64> {
        let lines = |days: i64| self.returned(days).len() as f64;
        let undone = |days: i64| {
            let lines = self.undoing.iter().filter(|line| self.ago(line.at) <= days as f64);
            lines.map(|line| line.amount).sum::<i64>() as f64 / 100.0
        };
        let back = |days: i64| self.given_back(days) + undone(days);
        let share = |days: i64| over(back(days), self.gross(days) + undone(days)).clamp(0.0, 1.0);
        Some(match name {
            "returns_30d_count" => lines(30),
            "returns_90d_count" => lines(90),
            "returns_180d_count" => lines(180),
            "returns_365d_count" => lines(365),
            "returns_all_count" => lines(EVER),
            "returned_all_amount" => back(EVER),
            "returned_365d_share" => share(365),
            "returned_share" => share(EVER),
            "return_recency_days" => self.returns.iter().map(|line| self.ago(line.at)).fold(f64::NAN, f64::min),
            _ => return None,
        })
    }

    pub(super) fn basket(&self, name: &str) -> Option<f64> {
        let lines = |days: i64| self.lines_within(days).len() as f64;
        let items = |days: i64| self.lines_within(days).iter().map(|line| f64::from(line.quantity)).sum::<f64>();
        let discounted = |days: i64| {
            let discounts = self.lines_within(days).iter().map(|line| discount(line)).sum::<i64>() as f64 / 100.0;
            over(discounts, discounts + self.gross(days))
        };
        let orders = self.orders.len() as f64;
        Some(match name {
            "lines_30d_count" => lines(30),
            "lines_90d_count" => lines(90),
            "lines_365d_count" => lines(365),
            "lines_per_order_ratio" => lines(EVER) / orders,
            "items_90d_count" => items(90),
            "items_365d_count" => items(365),
            "items_per_order_ratio" => items(EVER) / orders,
            "discount_share" => discounted(EVER),
            "discount_90d_share" => discounted(90),
            "discount_365d_share" => discounted(365),
            _ => return None,
        })
    }

    pub(super) fn variety(&self, name: &str) -> Option<f64> {
        let (quarter, year, all) = (self.lines_within(90), self.lines_within(365), self.lines());
        let earlier: Vec<&Line> = self.aged(90, EVER).into_iter().flat_map(|order| &order.lines).collect();
        let new_share = |kind: usize| {
            let before = codes(&earlier, kind);
            let recent = codes(&quarter, kind);
            over(recent.iter().filter(|code| !before.contains(code)).count() as f64, recent.len() as f64)
        };
        Some(match name {
            "products_90d_count" => n_codes(&quarter, PRODUCT),
            "products_365d_count" => n_codes(&year, PRODUCT),
            "products_all_count" => n_codes(&all, PRODUCT),
            "products_new_90d_share" => new_share(PRODUCT),
            "repeat_lines_share" => 1.0 - over(n_codes(&all, PRODUCT), counts(&all, PRODUCT).iter().sum()),
            "categories_90d_count" => n_codes(&quarter, CATEGORY),
            "categories_365d_count" => n_codes(&year, CATEGORY),
            "categories_all_count" => n_codes(&all, CATEGORY),
            "categories_new_90d_share" => new_share(CATEGORY),
            "channels_all_count" => n_codes(&all, CHANNEL),
            "regions_all_count" => n_codes(&all, REGION),
            "ties_all_count" => n_codes(&all, CHANNEL) + n_codes(&all, REGION) + n_codes(&all, CATEGORY),
            "product_entropy_nats" => entropy(&counts(&all, PRODUCT)),
            "category_entropy_nats" => entropy(&counts(&all, CATEGORY)),
            "product_top_share" => top_share(&counts(&all, PRODUCT)),
            "category_top_share" => top_share(&counts(&all, CATEGORY)),
            "channel_top_share" => top_share(&counts(&all, CHANNEL)),
            _ => return None,
        })
    }

    pub(super) fn categories(&self, name: &str) -> Option<f64> {
        // Days since each date with the category, the longest ago first.
        let of = |code: u32| -> Vec<f64> {
            let with = |order: &&super::Order| order.lines.iter().any(|line| line.codes[CATEGORY] == code);
            super::dates(self.orders.iter().filter(with)).into_iter().map(|date| self.days_since(date)).collect()
        };
        let all = codes(&self.lines(), CATEGORY);
        // Silence over the mean gap of each category bought on three days or more.
        let regular: Vec<f64> = all
            .iter()
            .map(|code| of(*code))
            .filter(|ages| ages.len() >= 3)
            .map(|ages| {
                let (first, last) = (ages[0], ages[ages.len() - 1]);
                last / ((first - last) / (ages.len() - 1) as f64)
            })
            .collect();
        let overdue = regular.iter().filter(|ratio| **ratio > 2.0).count() as f64;
        let lines = |code: u32| self.lines().iter().filter(|line| line.codes[CATEGORY] == code).count();
        let most = all.iter().map(|code| lines(*code)).max().unwrap_or(0);
        let main = all.iter().filter(|code| lines(**code) == most).map(|code| *of(*code).last().unwrap());
        let quarter = codes(&self.lines_within(90), CATEGORY);
        let year = codes(&self.lines_within(365), CATEGORY);
        Some(match name {
            "regular_categories_count" => regular.len() as f64,
            "overdue_categories_count" => overdue,
            "overdue_categories_share" => over(overdue, regular.len() as f64),
            "category_overdue_max_ratio" => largest(regular),
            "main_category_recency_days" => main.fold(f64::NAN, f64::min),
            "categories_lost_share" => {
                over(year.iter().filter(|code| !quarter.contains(code)).count() as f64, year.len() as f64)
            }
            _ => return None,
        })
    }
}
