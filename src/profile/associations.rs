//! What customers buy together: rules "who buys A and B often buys C" from the categories that each bought in a year.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::Serialize;

use crate::maths::exact_tests::{false_discovery_adjusted, hypergeometric_p_value};
use crate::maths::hash::stable_hash;
use crate::timeline::{Cutoff, EventLog};
use crate::units::Days;

/// Days back in which categories count as bought.
const BASKET_DAYS: u32 = 365;
/// Customers whose baskets are looked at, at most about so many.
const MOST_CUSTOMERS: u64 = 20_000;
/// Categories among which rules are looked for: those with most buyers.
const MOST_CATEGORIES: usize = 30;
/// Share of the customers who bought all of a rule, at least.
const LEAST_SUPPORT: f64 = 1.0 / LEAST_ONE_IN as f64;
/// The same as one in so many.
const LEAST_ONE_IN: u64 = 100;
/// The same as a number.
const LEAST_CUSTOMERS: u64 = 30;
/// How many times as often as by everyone the category of a rule is bought, at least.
const LEAST_LIFT: f64 = 1.2;
/// Share of the rules that may be chance.
const FALSE_SHARE: f64 = 0.05;
/// Rules that a report shows.
const REPORTED: usize = 20;

/// A rule: who bought these also bought that.
///
/// # Source
/// Agrawal, Imielinski and Swami (1993), SIGMOD, support and confidence; Brin, Motwani, Ullman and Tsur (1997), SIGMOD, lift.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct AssociationRule {
    /// One category or two.
    pub bought: Vec<String>,
    /// Another one.
    pub then: String,
    /// Customers who bought all of them.
    pub n: u64,
    /// These as a share of all customers.
    pub support: f64,
    /// These as a share of those who bought the first.
    pub confidence: f64,
    /// The confidence over the share of all customers who bought the other one.
    pub lift: f64,
    /// Of Fisher's exact test, two-sided.
    pub p_value: f64,
    /// The same after Benjamini and Hochberg, over all rules that were tested.
    pub adjusted_p_value: f64,
    #[serde(skip)]
    codes: (Vec<u32>, u32),
}

/// The rules of a shop.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Associations {
    n_customers: u64,
    n_tested: usize,
    /// The largest lift first.
    rules: Vec<AssociationRule>,
}

/// Rules as a report shows them.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct AssociationReport {
    /// Whose baskets were looked at.
    pub population: String,
    /// How many they are.
    pub n_customers: u64,
    /// Rules with enough customers, which were tested.
    pub n_tested: usize,
    /// Least support, least lift, and the share of the rules that may be chance.
    pub least_support: f64,
    /// See `least_support`.
    pub least_lift: f64,
    /// See `least_support`.
    pub false_discovery_rate: f64,
    /// Rules that are no chance.
    pub n_rules: usize,
    /// The first of them, the largest lift first.
    pub rules: Vec<AssociationRule>,
}

impl Associations {
    /// The rules of what was known at a day; none where the shop maps no category.
    #[must_use]
    pub fn of(log: &EventLog, as_of: Cutoff) -> Self {
        if log.categories().is_empty() {
            return Self::default();
        }
        let every = (log.customer_ids().len() as u64).div_ceil(MOST_CUSTOMERS).max(1);
        let is_seen = |id: &String| stable_hash(&[id.as_bytes()]).is_multiple_of(every);
        let seen = log.customer_ids().par_iter().enumerate().filter(|(_, id)| is_seen(id));
        let baskets: Vec<Vec<u32>> = seen
            .map(|(customer, _)| baskets(log, customer, as_of)[0].clone())
            .filter(|basket| !basket.is_empty())
            .collect();
        Self::of_baskets(&baskets, log.categories())
    }

    /// The rules of baskets: the categories of each customer, ascending and each once.
    fn of_baskets(baskets: &[Vec<u32>], names: &[String]) -> Self {
        let counts = Counts::of(baskets);
        let candidates: Vec<(Vec<u32>, u32, u64)> = counts.candidates();
        let all = baskets.len() as u64;
        let p_values: Vec<f64> = candidates
            .par_iter()
            .map(|(bought, then, n)| hypergeometric_p_value(*n, counts.n(bought), counts.n(&[*then]), all))
            .collect();
        let adjusted = false_discovery_adjusted(&p_values);
        let name = |code: u32| names.get(code as usize).cloned().unwrap_or_else(|| code.to_string());
        let pairs = candidates.iter().zip(p_values.iter().zip(&adjusted));
        let tested = pairs.map(|((bought, then, n), (p_value, adjusted))| {
            let confidence = *n as f64 / counts.n(bought) as f64;
            AssociationRule {
                bought: bought.iter().map(|code| name(*code)).collect(),
                then: name(*then),
                n: *n,
                support: *n as f64 / all as f64,
                confidence,
                lift: confidence * all as f64 / counts.n(&[*then]) as f64,
                p_value: *p_value,
                adjusted_p_value: *adjusted,
                codes: (bought.clone(), *then),
            }
        });
        let is_no_chance = |rule: &AssociationRule| rule.lift >= LEAST_LIFT && rule.adjusted_p_value <= FALSE_SHARE;
        let mut rules: Vec<AssociationRule> = tested.filter(is_no_chance).collect();
        // A second category has a say only if it makes the third one more likely.
        let alone: BTreeMap<(u32, u32), f64> =
            rules.iter().filter_map(|rule| Some(((*single(&rule.codes.0)?, rule.codes.1), rule.confidence))).collect();
        let adds = |rule: &AssociationRule| {
            let of_part = |code: &u32| alone.get(&(*code, rule.codes.1)).copied().unwrap_or(0.0);
            rule.codes.0.len() == 1 || rule.codes.0.iter().all(|code| rule.confidence > of_part(code))
        };
        rules.retain(adds);
        rules.sort_by(|a, b| b.lift.total_cmp(&a.lift).then_with(|| (&a.bought, &a.then).cmp(&(&b.bought, &b.then))));
        Self { n_customers: all, n_tested: candidates.len(), rules }
    }

    /// The rule with the largest lift for a customer whose category the customer never bought.
    #[must_use]
    pub fn next(&self, log: &EventLog, customer: u32, as_of: Cutoff) -> Option<&AssociationRule> {
        if self.rules.is_empty() {
            return None;
        }
        let [recent, ever] = baskets(log, customer as usize, as_of);
        self.next_of(&recent, &ever)
    }

    fn next_of(&self, recent: &[u32], ever: &[u32]) -> Option<&AssociationRule> {
        let holds = |codes: &[u32], code: &u32| codes.binary_search(code).is_ok();
        self.rules.iter().find(|rule| {
            let (bought, then) = &rule.codes;
            !holds(ever, then) && bought.iter().all(|code| holds(recent, code))
        })
    }

    /// The first rules with what was asked of them; `None` without any basket.
    #[must_use]
    pub fn report(&self) -> Option<AssociationReport> {
        (self.n_customers > 0).then(|| AssociationReport {
            population: format!("customers with an order of a known category in the last {BASKET_DAYS} days"),
            n_customers: self.n_customers,
            n_tested: self.n_tested,
            least_support: LEAST_SUPPORT,
            least_lift: LEAST_LIFT,
            false_discovery_rate: FALSE_SHARE,
            n_rules: self.rules.len(),
            rules: self.rules.iter().take(REPORTED).cloned().collect(),
        })
    }
}

/// The categories that a customer bought in the last year, and ever, as known at a day: ascending and each once.
fn baskets(log: &EventLog, customer: usize, as_of: Cutoff) -> [Vec<u32>; 2] {
    let mut found = [Vec::new(), Vec::new()];
    let from = as_of.at().minus(Days(BASKET_DAYS));
    log.visit(u32::try_from(customer).unwrap_or(u32::MAX), as_of, 1.0, |history| {
        let first = history.orders().next().map_or(from, |(at, _)| at);
        let set = |from| history.categories_since(from).collect::<BTreeSet<u32>>().into_iter().collect();
        found = [set(from), set(first)];
    });
    found
}

fn single<T>(values: &[T]) -> Option<&T> {
    match values {
        [one] => Some(one),
        _ => None,
    }
}

/// How many customers bought each category, each two and each three of the most bought ones.
struct Counts(BTreeMap<Vec<u32>, u64>, usize);

impl Counts {
    fn of(baskets: &[Vec<u32>]) -> Self {
        let mut buyers: BTreeMap<u32, u64> = BTreeMap::new();
        baskets.iter().flatten().for_each(|code| *buyers.entry(*code).or_default() += 1);
        let mut most: Vec<(u32, u64)> = buyers.into_iter().collect();
        most.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let kept: BTreeSet<u32> = most.into_iter().take(MOST_CATEGORIES).map(|(code, _)| code).collect();
        let mut counts: BTreeMap<Vec<u32>, u64> = BTreeMap::new();
        for basket in baskets {
            let own: Vec<u32> = basket.iter().copied().filter(|code| kept.contains(code)).collect();
            for (first, a) in own.iter().enumerate() {
                *counts.entry(vec![*a]).or_default() += 1;
                for (second, b) in own.iter().enumerate().skip(first + 1) {
                    *counts.entry(vec![*a, *b]).or_default() += 1;
                    for c in own.iter().skip(second + 1) {
                        *counts.entry(vec![*a, *b, *c]).or_default() += 1;
                    }
                }
            }
        }
        Self(counts, baskets.len())
    }

    /// Buyers of categories, which ascend.
    fn n(&self, codes: &[u32]) -> u64 {
        self.0.get(codes).copied().unwrap_or(0)
    }

    /// Rules with enough customers, before anything is tested: the first, the other, and how many bought all.
    fn candidates(&self) -> Vec<(Vec<u32>, u32, u64)> {
        let least = LEAST_CUSTOMERS.max((self.1 as u64).div_ceil(LEAST_ONE_IN));
        let together = self.0.iter().filter(|(codes, n)| codes.len() > 1 && **n >= least);
        let rules = together.flat_map(|(codes, n)| {
            codes.iter().map(|then| {
                let bought = codes.iter().copied().filter(|code| code != then).collect();
                (bought, *then, *n)
            })
        });
        rules.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maths::random::noise::draw;

    fn names() -> Vec<String> {
        ["garden", "kitchen", "decor", "toys"].map(str::to_owned).to_vec()
    }

    /// A thousand customers who buy each category with these probabilities, decor by another one after garden and kitchen.
    fn shop(seed: u64, decor: f64, decor_of_both: f64) -> Associations {
        let basket = |customer: u64| {
            let number = |what: u64| draw(seed * 100_003 + customer * 7 + what);
            let both = number(0) < 0.5 && number(1) < 0.4;
            let bought = [
                number(0) < 0.5,
                number(1) < 0.4,
                number(2) < if both { decor_of_both } else { decor },
                number(3) < 0.3,
            ];
            (0_u32..).zip(bought).filter_map(|(code, is_bought)| is_bought.then_some(code)).collect::<Vec<u32>>()
        };
        let baskets: Vec<Vec<u32>> = (0..1_000).map(basket).filter(|basket| !basket.is_empty()).collect();
        Associations::of_baskets(&baskets, &names())
    }

    #[test]
    fn a_planted_rule_is_found_and_told_to_those_who_lack_the_category() {
        let found = shop(1, 0.2, 0.7);
        let rule = &found.rules[0];
        assert_eq!((rule.bought.join(" "), rule.then.as_str()), ("garden kitchen".to_owned(), "decor"), "{rule:?}");
        assert!(rule.lift > 1.8 && rule.confidence > 0.6 && rule.adjusted_p_value < 1e-6, "{rule:?}");
        let next = |recent: &[u32], ever: &[u32]| found.next_of(recent, ever).map(|rule| rule.then.clone());
        assert_eq!(next(&[0, 1], &[0, 1]), Some("decor".to_owned()));
        assert_ne!(next(&[0, 1], &[0, 1, 2]), Some("decor".to_owned()), "bought it before, be it years ago");
        assert_eq!(next(&[], &[0, 1]), None, "bought nothing in a year");
        let report = found.report().unwrap();
        assert!(report.n_rules <= report.n_tested && report.rules.len() <= 20);
        assert!(found.rules.iter().all(|rule| rule.n >= 30 && rule.support >= 0.01 && rule.lift >= 1.2));
        assert_eq!(Associations::default().report(), None);
    }

    #[test]
    fn where_nothing_goes_together_hardly_any_shop_has_a_rule() {
        let with_rules = (0..60).filter(|seed| !shop(*seed, 0.4, 0.4).rules.is_empty()).count();
        assert!(with_rules <= 6, "{with_rules} of 60 shops at a level of one in twenty");
    }

    #[test]
    fn figures_are_those_of_a_count_by_hand() {
        // 100 customers: 40 of garden and kitchen, 20 of garden, 40 of toys.
        let mut baskets = vec![vec![0, 1]; 40];
        baskets.extend(vec![vec![0]; 20]);
        baskets.extend(vec![vec![3]; 40]);
        let found = Associations::of_baskets(&baskets, &names());
        let rule = found.rules.iter().find(|rule| rule.then == "kitchen").unwrap();
        assert_eq!(rule.bought, ["garden"]);
        assert!((rule.support - 0.4).abs() < 1e-12 && (rule.confidence - 40.0 / 60.0).abs() < 1e-12);
        assert!((rule.lift - (40.0 / 60.0) / 0.4).abs() < 1e-12);
        assert_eq!(rule.n, 40);
    }
}
