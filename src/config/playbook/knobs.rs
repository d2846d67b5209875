//! The keys of a playbook, section by section.

use super::super::allowed::Allowed;
use super::super::catalogue::{Key, Preset, Section};
use super::super::knobs::{above, key, number, whole};
use super::actions::{CAUSE_WORDS, QUADRANT_WORDS, SEGMENT_WORDS, STAGE_WORDS};

pub(super) const ACTION: &str = "action";
pub(super) const CHANNELS: &str = "channels";
const RATE: &str = "rate";

pub(super) const PLAYBOOK_CURRENCY: Key = key("currency", Allowed::Currency, Preset::Absent("\"EUR\"")).means(
    "The currency that costs, incentives and conditions are written in, if it is not the shop's: they are then taken at a rough, \
     rounded size of the shop's, such as 200 yen for a euro; SQL of `where` is read as written",
);
pub(super) const ACTIONS: Key =
    key(ACTION, Allowed::Entries(ACTION), Preset::Required).means("What can be done for a customer");
pub(super) const CHANNEL_TABLES: Key = key(CHANNELS, Allowed::Channels, Preset::Absent("{}"))
    .means("Ways on which customers are reached whose capacity is limited");
pub(super) const CHANNEL_CAPACITY: Key = key("capacity", whole(0, 1_000_000_000, "customers"), Preset::Required)
    .means("Customers that can be reached on it in one run");

pub(super) const ACTION_NAME: Key =
    key("name", Allowed::FeatureName, Preset::Required).means("Name of the action in lists, unlike any other");
pub(super) const LEVEL: Key = key("level", Allowed::Word(&["financial", "social", "structural"]), Preset::Required)
    .means("Whether it is an offer, a personal contact or recognition, or solves a problem");
pub(super) const CHANNEL: Key =
    key("channel", Allowed::Name, Preset::Absent("\"phone\"")).means("The way on which the customer is reached");
pub(super) const COMPLAINTS: Key = key("complaints", Allowed::Word(&["none", "resolve"]), Preset::Text("none")).means(
    "`resolve` for actions that settle complaints, which are for customers with one that is open or was closed badly; \
            these get no others",
);
pub(super) const STAGES: Key = key("stages", Allowed::Words(STAGE_WORDS), Preset::EmptyList)
    .means("Life-cycle stages of the customers it is for; all if empty");
pub(super) const SEGMENTS: Key = key("segments", Allowed::Words(SEGMENT_WORDS), Preset::EmptyList)
    .means("Segments by recency and frequency of the customers it is for; all if empty");
pub(super) const QUADRANTS: Key = key("quadrants", Allowed::Words(QUADRANT_WORDS), Preset::EmptyList)
    .means("Quadrants of the value matrix of the customers it is for; all if empty");
pub(super) const CAUSES: Key = key("causes", Allowed::Words(CAUSE_WORDS), Preset::EmptyList)
    .means("Causes of the customers it is for, `none` for those of whom no cause stands out; all if empty");
pub(super) const CONDITIONS: Key = key("conditions", Allowed::Conditions, Preset::EmptyList)
    .means("What must hold of the customer's row in the list, all of it");
pub(super) const WHERE: Key = key(
    "where",
    Allowed::Condition,
    Preset::Absent("\"value_at_stake >= 50 AND life_cycle_stage <> 'new'\""),
)
.means("What else must hold of the row, in SQL over these columns: `churn_probability`, `gone_probability`, `leaving_probability`, `quiet_probability`, `value_at_stake`, `clv_historic`, `days_since_last_order`, `open_complaints`, `life_cycle_stage`, `rfm_segment`, `value_quadrant`, `risk_band`");
pub(super) const SUGGESTS_CATEGORY: Key = key("suggests_category", Allowed::Flag, Preset::Flag(false)).means(
    "Whether it suggests the category that the list has as `next_category`; it is only for customers with one, and for nobody where \
     `purchases.columns.category` is not mapped",
);
pub(super) const CONTACT_COST: Key = key("contact_cost", number(0.0, f64::INFINITY), Preset::Required)
    .means("Cost of one contact, in major units of the currency");
pub(super) const INCENTIVE: Key = key("incentive", above(0.0, f64::INFINITY), Preset::Absent("10.0"))
    .means("What the customer is given, in major units of the currency");
pub(super) const INCENTIVE_SHARE: Key = key("incentive_share", above(0.0, 1.0), Preset::Absent("0.1"))
    .means("The same as a share of the customer's usual order");
pub(super) const INCENTIVE_CEILING: Key = key("incentive_ceiling", above(0.0, f64::INFINITY), Preset::Absent("15.0"))
    .means("Most that a share of an order may come to, in major units of the currency");
pub(super) const SAVE_RATE: Key = key("save_rate", Allowed::Rate, Preset::Absent("{ mean = 0.1 }"))
    .means("Probability that a customer who is leaving stays because of it");
pub(super) const TAKE_RATE: Key = key("take_rate", Allowed::Rate, Preset::Absent("{ mean = 0.4 }"))
    .means("Probability that a customer who would have bought anyway takes the incentive");
pub(super) const WINBACK_RATE: Key = key("winback_rate", Allowed::Rate, Preset::Absent("{ mean = 0.03 }"))
    .means("Probability that a customer who is gone comes back because of it");
pub(super) const WAKE_RATE: Key = key("wake_rate", Allowed::Rate, Preset::Absent("{ mean = 0.01 }")).means(
    "Probability that a customer who would have stayed leaves because of it; none unless something speaks for it",
);
pub(super) const CAPACITY: Key = key("capacity", whole(0, 1_000_000_000, "customers"), Preset::Absent("200"))
    .means("Customers that it can be done for in one run; any number if not given");
pub(super) const ACTION_CONTROL_SHARE: Key = key("control_share", number(0.0, 0.5), Preset::Absent("0.1"))
    .means("Share of its customers who are left alone to measure by; that of the config if not given");
pub(super) const COOL_DOWN_DAYS: Key = key("cool_down_days", whole(0, 3_650, "days"), Preset::Absent("60")).means(
    "Days for which it is not done again for the same customer; those of the config if not given, which hold anyway",
);
pub(super) const HINT: Key = key("hint", Allowed::Text, Preset::Absent("\"ask what was missing\""))
    .means("What to say, for the person who does it");

pub(super) const MEAN: Key =
    key("mean", Allowed::Number { min: 0.0, above_min: true, max: 0.999 }, Preset::Required).means("The rate itself");
pub(super) const WEIGHT: Key =
    key("weight", number(1.0, 1e7), Preset::Number(20.0)).means("Customers that the knowledge of it weighs as much as");
pub(super) const EVIDENCE: Key =
    key("evidence", Allowed::Word(&["assumed", "benchmark", "measured"]), Preset::Text("assumed"))
        .means("Whether somebody thinks so, another firm published it, or this shop measured it");

/// Every section of a playbook.
pub(in crate::config) const PLAYBOOK_SECTIONS: &[Section] = &[
    section("", "The playbook", &[PLAYBOOK_CURRENCY, CHANNEL_TABLES, ACTIONS]),
    Section { is_named: true, ..section(CHANNELS, "A way on which customers are reached", &[CHANNEL_CAPACITY]) },
    Section {
        is_list: true,
        ..section(
            ACTION,
            "One thing to do for a customer",
            &[
                ACTION_NAME,
                LEVEL,
                CHANNEL,
                COMPLAINTS,
                STAGES,
                SEGMENTS,
                QUADRANTS,
                CAUSES,
                CONDITIONS,
                WHERE,
                SUGGESTS_CATEGORY,
                CONTACT_COST,
                INCENTIVE,
                INCENTIVE_SHARE,
                INCENTIVE_CEILING,
                SAVE_RATE,
                TAKE_RATE,
                WINBACK_RATE,
                WAKE_RATE,
                CAPACITY,
                ACTION_CONTROL_SHARE,
                COOL_DOWN_DAYS,
                HINT,
            ],
        )
    },
    section(RATE, "A probability that is not known exactly", &[MEAN, WEIGHT, EVIDENCE]),
];

const fn section(name: &'static str, meaning: &'static str, keys: &'static [Key]) -> Section {
    Section { name, is_list: false, is_named: false, table: None, meaning, keys }
}
