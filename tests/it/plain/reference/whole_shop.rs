//! Who the customer is among all of them, and what the whole shop does.

use super::super::{GAP, HORIZON, Line, Version, known};
use super::{Order, Reference, date_of, distinct, mean, over, version_of};

const PRODUCT: usize = 0;
const CATEGORY: usize = 1;

impl Reference {
    /// Share of the customers with an order and a known level who have this one, and its place among the levels.
    fn standing(&self, level: fn(&Version) -> u32) -> [f64; 2] {
        let present = self.everyone.iter().filter(|(orders, _)| !orders.is_empty());
        let levels: Vec<u32> =
            present.filter_map(|(_, version)| version.as_ref().map(level)).filter(|l| *l != u32::MAX).collect();
        let size = |level: u32| levels.iter().filter(|other| **other == level).count();
        let own = version_of(&self.versions, self.versions.first().map_or(0, |version| version.customer));
        match own.map(|version| level(&version)).filter(|level| *level != u32::MAX) {
            None => [f64::NAN; 2],
            Some(own) => {
                let larger =
                    distinct(levels.iter().copied()).into_iter().filter(|other| size(*other) > size(own)).count();
                [size(own) as f64 / levels.len() as f64, 1.0 + larger as f64]
            }
        }
    }

    pub(super) fn attributes(&self, name: &str) -> Option<f64> {
        let now = self.cutoff.at().0;
        let own = version_of(&self.versions, self.versions.first().map_or(0, |version| version.customer));
        let born = own.and_then(|version| known(version.born)).filter(|born| *born < now);
        let signed_up =
            self.versions.iter().filter_map(|version| known(version.signed_up)).min().filter(|at| *at < now);
        Some(match name {
            "signup_tenure_days" => signed_up.map_or(f64::NAN, |at| self.ago(at)),
            "age_years" => born.map_or(f64::NAN, |born| self.ago(born) / 365.25),
            "home_region_customers_share" => self.standing(|version| version.region)[0],
            "home_region_rank_level" => self.standing(|version| version.region)[1],
            "acquisition_customers_share" => self.standing(|version| version.acquisition)[0],
            "acquisition_rank_level" => self.standing(|version| version.acquisition)[1],
            _ => return None,
        })
    }

    /// Ages in days of the calendar of all orders of the shop: 1 for one of the day before the cutoff.
    fn trade(&self) -> Vec<f64> {
        self.everyone.iter().flat_map(|(orders, _)| orders).map(|order| self.days_since(date_of(order.at))).collect()
    }

    fn season_index(&self) -> f64 {
        let trade = self.trade();
        let within = |from: f64, to: f64| trade.iter().filter(|age| from < **age && **age <= to).count() as f64;
        let (gap, horizon, year) = (f64::from(GAP), f64::from(HORIZON), within(0.0, 365.0));
        if within(365.0, f64::INFINITY) > 0.0 && year > 0.0 {
            (within(365.0 - gap - horizon, 365.0 - gap) / horizon) / (year / 365.0)
        } else {
            1.0
        }
    }

    fn days_of_trade(&self) -> f64 {
        let trade = self.trade();
        let within = |days: f64| trade.iter().filter(|age| **age <= days).count() as f64;
        let oldest = trade.iter().copied().fold(0.0, f64::max);
        let average = within(365.0) / if oldest > 365.0 { 365.0 } else { oldest };
        over(within(self.recency().min(1_100.0)), average)
    }

    /// Orders of each customer who bought the thing.
    fn orders_with(&self, kind: usize, code: u32) -> Vec<usize> {
        let has = |order: &&Order| order.lines.iter().any(|line| line.codes[kind] == code);
        self.everyone.iter().map(|(orders, _)| orders.iter().filter(has).count()).filter(|n| *n > 0).collect()
    }

    fn all_lines(&self) -> Vec<&Line> {
        self.everyone.iter().flat_map(|(orders, _)| orders).flat_map(|order| &order.lines).collect()
    }

    fn is_seasonal(&self, kind: usize, code: u32) -> bool {
        let lines: Vec<f64> =
            self.all_lines().iter().filter(|line| line.codes[kind] == code).map(|line| self.ago(line.at)).collect();
        let within = |from: f64, to: f64| lines.iter().filter(|age| from < **age && **age <= to).count() as f64;
        let (gap, horizon) = (f64::from(GAP), f64::from(HORIZON));
        let (season, year) = (within(365.0 - gap - horizon, 365.0 - gap), within(0.0, 365.0));
        season > 0.0 && season * 365.0 * 4.0 >= year * horizon * 5.0
    }

    /// Mean of a figure over the distinct things of the last 365 days.
    fn mean_of_things(&self, kind: usize, figure: impl Fn(u32) -> f64) -> f64 {
        let things = distinct(self.lines_within(365).iter().map(|line| line.codes[kind]));
        mean(&things.into_iter().map(figure).collect::<Vec<f64>>())
    }

    fn repeat(&self, kind: usize, code: u32) -> f64 {
        let orders = self.orders_with(kind, code);
        orders.iter().filter(|n| **n >= 2).count() as f64 / orders.len() as f64
    }

    pub(super) fn whole_shop(&self, name: &str) -> Option<f64> {
        let customers = self.everyone.iter().filter(|(orders, _)| !orders.is_empty()).count() as f64;
        let buyers = |code: u32| self.orders_with(PRODUCT, code).len() as f64;
        let products = distinct(self.all_lines().iter().map(|line| line.codes[PRODUCT]));
        let mean_buyers = mean(&products.iter().map(|code| buyers(*code)).collect::<Vec<f64>>());
        let expected = self.orders_within(365) / 365.0 * f64::from(HORIZON) * self.season_index();
        Some(match name {
            "season_index_ratio" => self.season_index(),
            "recency_season_adjusted_days" => self.recency() * self.season_index(),
            "recency_trade_days" => self.days_of_trade(),
            "expected_season_orders_count" => expected,
            "product_buyers_mean_share" => self.mean_of_things(PRODUCT, |code| buyers(code) / customers),
            "product_repeat_mean_share" => self.mean_of_things(PRODUCT, |code| self.repeat(PRODUCT, code)),
            "popular_products_share" => {
                self.mean_of_things(PRODUCT, |code| f64::from(u8::from(buyers(code) > mean_buyers + 1e-9)))
            }
            "seasonal_products_share" => {
                self.mean_of_things(PRODUCT, |code| f64::from(u8::from(self.is_seasonal(PRODUCT, code))))
            }
            "category_repeat_mean_share" => self.mean_of_things(CATEGORY, |code| self.repeat(CATEGORY, code)),
            _ => return None,
        })
    }
}
