//! The category that a customer is likely to want next.

/// A category that the customer never bought, by what customers with such baskets buy.
#[derive(Debug, Clone, PartialEq)]
pub struct NextCategory {
    /// Its name.
    pub category: String,
    /// What the customer bought that speaks for it.
    pub bought: Vec<String>,
    /// How many times as often as everyone customers who bought these buy it.
    pub lift: f64,
}

impl NextCategory {
    /// What to suggest and why.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self { category, bought, lift } = self;
        format!("Suggest {category}: customers who buy {} often buy it (lift {lift:.1}).", bought.join(" and "))
    }
}
