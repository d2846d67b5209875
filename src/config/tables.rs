//! The input tables and their columns: names, kinds and meanings that a mapping may use.

/// How a column is read and checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text that names something: kept as written, blanks at both ends removed.
    Id,
    /// An instant or a date.
    Time,
    /// An amount in major units of the currency.
    Money,
    /// A number.
    Number,
    /// A word out of few.
    Text,
    /// True or false.
    Flag,
}

/// One column of an input table.
#[derive(Debug, Clone, Copy)]
pub struct ColumnSpec {
    /// The name in our schema.
    pub name: &'static str,
    /// How it is read.
    pub kind: Kind,
    /// Whether the table is useless without it.
    pub required: bool,
    /// What it holds.
    pub meaning: &'static str,
}

/// One input table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Purchase lines.
    Purchases,
    /// Complaint records.
    Complaints,
    /// Facts about customers.
    Customers,
    /// Answers to surveys.
    Surveys,
    /// What the shop did about customers; never a feature.
    Contacts,
}

impl Table {
    /// All of them, purchases first.
    pub const ALL: [Self; 5] = [Self::Purchases, Self::Complaints, Self::Customers, Self::Surveys, Self::Contacts];

    /// The name in the config and in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Purchases => "purchases",
            Self::Complaints => "complaints",
            Self::Customers => "customers",
            Self::Surveys => "surveys",
            Self::Contacts => "contacts",
        }
    }

    /// What a row of it is called in messages.
    #[must_use]
    pub const fn one(self) -> &'static str {
        match self {
            Self::Purchases => "purchase",
            Self::Complaints => "complaint",
            Self::Customers => "customer",
            Self::Surveys => "survey",
            Self::Contacts => "contact",
        }
    }

    /// The columns a mapping may name, the required ones first.
    #[must_use]
    pub const fn columns(self) -> &'static [ColumnSpec] {
        match self {
            Self::Purchases => PURCHASES,
            Self::Complaints => COMPLAINTS,
            Self::Customers => CUSTOMERS,
            Self::Surveys => SURVEYS,
            Self::Contacts => CONTACTS,
        }
    }

    /// The column of that name.
    #[must_use]
    pub fn column(self, name: &str) -> Option<&'static ColumnSpec> {
        self.columns().iter().find(|column| column.name == name)
    }
}

const fn required(name: &'static str, kind: Kind, meaning: &'static str) -> ColumnSpec {
    ColumnSpec { name, kind, required: true, meaning }
}

const fn optional(name: &'static str, kind: Kind, meaning: &'static str) -> ColumnSpec {
    ColumnSpec { name, kind, required: false, meaning }
}

const RECORDED_AT: ColumnSpec =
    optional("recorded_at", Kind::Time, "when the row became known; a row is used only for cutoffs after it");

const PURCHASES: &[ColumnSpec] = &[
    required("customer_id", Kind::Id, "who bought"),
    required("purchased_at", Kind::Time, "when"),
    required("amount", Kind::Money, "what the line cost, in major units; negative for a return"),
    optional("order_id", Kind::Id, "lines with the same order are one order"),
    optional("product_id", Kind::Id, "what was bought"),
    optional("category", Kind::Text, "the product's category"),
    optional("quantity", Kind::Number, "pieces"),
    optional("discount", Kind::Money, "discount given on the line, in major units"),
    optional(
        "cost",
        Kind::Money,
        "what the line cost the shop, all its pieces, in major units; margins are then by line",
    ),
    optional("channel", Kind::Text, "where it was bought: web, shop, app"),
    optional("region", Kind::Text, "the customer's region or country"),
    optional("is_return", Kind::Flag, "whether the line gives goods back"),
    optional("currency", Kind::Text, "the currency of the amounts of the line, as a code such as `EUR`"),
    RECORDED_AT,
];

const COMPLAINTS: &[ColumnSpec] = &[
    required("complaint_id", Kind::Id, "rows with the same complaint are one complaint"),
    required("customer_id", Kind::Id, "who complained"),
    required("opened_at", Kind::Time, "when"),
    optional("order_id", Kind::Id, "the order complained about"),
    optional("category", Kind::Text, "the cause"),
    optional("severity", Kind::Number, "how grave, larger is graver"),
    optional("channel", Kind::Text, "how it came in"),
    optional("first_response_at", Kind::Time, "when the shop first answered"),
    optional(
        "resolved_at",
        Kind::Time,
        "when it was resolved; a date without a time is on its day, not before the complaint",
    ),
    optional("reopened_at", Kind::Time, "when it was opened again"),
    optional("resolution", Kind::Text, "how it was resolved"),
    optional("compensation", Kind::Money, "what was paid, in major units"),
    optional("satisfaction", Kind::Number, "satisfaction with the handling"),
    optional("amount", Kind::Money, "what it is about, in major units"),
    optional("currency", Kind::Text, "the currency of its amounts, as a code such as `EUR`"),
    optional("text", Kind::Text, "the customer's words; never read into a feature or a log"),
    RECORDED_AT,
];

const CUSTOMERS: &[ColumnSpec] = &[
    required("customer_id", Kind::Id, "who"),
    optional("signed_up_at", Kind::Time, "when the customer signed up"),
    optional("opted_out", Kind::Flag, "whether the customer asked not to be contacted"),
    optional("birth_date", Kind::Time, "when the customer was born"),
    optional("region", Kind::Text, "where the customer lives"),
    optional("acquisition_channel", Kind::Text, "what brought the customer: search, friend, advertisement"),
    optional("valid_from", Kind::Time, "from when this version of the row holds"),
    RECORDED_AT,
];

const SURVEYS: &[ColumnSpec] = &[
    required("customer_id", Kind::Id, "who answered"),
    required("answered_at", Kind::Time, "when"),
    optional("nps", Kind::Number, "how likely to recommend the shop, 0 to 10"),
    optional("csat", Kind::Number, "how satisfied, 1 to 5"),
    RECORDED_AT,
];

const CONTACTS: &[ColumnSpec] = &[
    required("customer_id", Kind::Id, "who was contacted, or left alone to measure by"),
    required("contacted_at", Kind::Time, "when"),
    optional("action", Kind::Text, "the action of the playbook"),
    optional("campaign_id", Kind::Text, "the campaign"),
    optional("arm", Kind::Text, "`treated`, or `control` for a customer who was left alone"),
    optional("cost", Kind::Money, "what the contact cost, in major units"),
    RECORDED_AT,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_names_are_unique_and_required_ones_come_first() {
        for table in Table::ALL {
            let columns = table.columns();
            let mut names: Vec<_> = columns.iter().map(|column| column.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), columns.len(), "{}", table.name());
            assert!(columns.is_sorted_by_key(|column| !column.required), "{}", table.name());
        }
    }
}
