//! The sections of the config: one line for each, with the keys that stand in it.

use super::catalogue::{Key, Section};
use super::knobs::{
    ABSURD_AMOUNT_FACTOR, ACCEPT, ACTIVE_DAYS, AGGREGATE, ALLOW, AMOUNT_IS, AS_OF, BACKTEST_STEP_DAYS, BOOTSTRAP,
    BUDGET, CAMPAIGN, CATEGORY_MARGINS, COLUMN, CONTROL_SHARE, COOL_DOWN_DAYS, CURRENCY, CUSTOM_FILTER, CUSTOM_NAME,
    CUSTOM_SECTION, CUSTOM_TABLE, CUTOFFS, DECIMAL, DELIMITER, DISCOUNT_IS, DISCOUNT_RATE, DUPLICATES, ENCODING,
    EXAMPLES, FILL_DOWN, FILTER, FOLLOW_UP_DAYS, GAP_DAYS, HIGH_GROWTH_SHARE, HIGH_VALUE_SHARE, HORIZON_DAYS, ID_CASE,
    ID_TRIM, KNOWN_VALUES, LAST, LATEST_BY, LEAVE_OUT, LOOKUP_COLUMNS, LOOKUP_KEY, LOOKUPS, LOYAL_VISITS, MARGIN_SHARE,
    MAX_AGE_DAYS, MAX_AUC, MAX_CUTOFFS, MAX_EXIT_RATE, MAX_FEED_GAP_DAYS, MAX_GUEST_SHARE, MAX_PSI, MAX_REJECTED_SHARE,
    MAX_ROWS, MAX_SINGLE_AUC, MEASURED_RATES, MIN_CUSTOMERS, MIN_GAIN, MIN_GRADE, MIN_PURCHASES, MIN_RECENT_SHARE,
    MIN_SPAN_HORIZONS, MODELS_DIR, NAME, NEGATIVE_AMOUNTS, OUTPUT_CARRY, OUTPUT_CSV, OUTPUT_DIR, OUTPUT_INTERVIEW_ROWS,
    OUTPUT_JSONL, OUTPUT_LINEAGE, OUTPUT_LINEAGE_URL_ENV, OUTPUT_PAGE_ROWS, OUTPUT_SCHEMA, OUTPUT_SHEET_ROWS, OWNER,
    PANEL_STEP_DAYS, PATH, PER_OWNER, PLACEHOLDER_IDS, PLAYBOOK, POSTGRES, QUOTE, RATES, READABLE, REASON, SALT,
    SALT_ENV, SATISFIED_CSAT, SATISFIED_NPS, SEED, SENSITIVE, SHEET, SILENT_OPT_OUTS, SKIP_ROWS, TABLE_PATH, THEIR_KEY,
    THOUSANDS, TIMEZONE, TRIALS, UNIT, UNSTABLE, URL_ENV, VALUE_HORIZON_DAYS, WEIGHTS, WHOLE_AMOUNTS, WINDOW_DAYS,
    columns, time_format,
};
use super::tables::Table;

/// The keys of a table: where its rows are and how they are written, then its own.
macro_rules! of_table {
    ($($own:expr),* $(,)?) => {
        &[TABLE_PATH, POSTGRES, URL_ENV, ENCODING, DELIMITER, QUOTE, SKIP_ROWS, SHEET, $($own),*]
    };
}

/// Every section, in the order in which they are drafted.
pub(super) const SECTIONS: &[Section] = &[
    section("", "The run", &[NAME, CURRENCY, TIMEZONE, SEED, AS_OF]),
    table(
        Table::Purchases,
        "The purchases; required",
        of_table![
            FILTER,
            KNOWN_VALUES,
            FILL_DOWN,
            DUPLICATES,
            LATEST_BY,
            ID_CASE,
            ID_TRIM,
            time_format(Table::Purchases),
            DECIMAL,
            THOUSANDS,
            NEGATIVE_AMOUNTS,
            AMOUNT_IS,
            DISCOUNT_IS,
            RATES,
            columns(Table::Purchases),
            LOOKUPS,
        ],
    ),
    table(
        Table::Complaints,
        "The complaints, if the shop has any",
        of_table![
            FILTER,
            FILL_DOWN,
            DUPLICATES,
            ID_CASE,
            ID_TRIM,
            time_format(Table::Complaints),
            DECIMAL,
            THOUSANDS,
            RATES,
            columns(Table::Complaints),
            LOOKUPS,
        ],
    ),
    table(
        Table::Customers,
        "Facts about customers, if there are any",
        of_table![
            FILTER,
            DUPLICATES,
            ID_CASE,
            ID_TRIM,
            time_format(Table::Customers),
            DECIMAL,
            THOUSANDS,
            columns(Table::Customers),
            LOOKUPS,
        ],
    ),
    table(
        Table::Surveys,
        "Answers to surveys, if there are any",
        of_table![
            FILTER,
            DUPLICATES,
            ID_CASE,
            ID_TRIM,
            time_format(Table::Surveys),
            DECIMAL,
            THOUSANDS,
            columns(Table::Surveys),
            LOOKUPS,
        ],
    ),
    table(
        Table::Contacts,
        "Contacts with customers, if they are recorded; never a feature",
        of_table![
            FILTER,
            DUPLICATES,
            ID_CASE,
            ID_TRIM,
            time_format(Table::Contacts),
            DECIMAL,
            THOUSANDS,
            columns(Table::Contacts),
            LOOKUPS,
        ],
    ),
    lookup("purchases.lookup"),
    lookup("complaints.lookup"),
    lookup("customers.lookup"),
    lookup("surveys.lookup"),
    lookup("contacts.lookup"),
    Section {
        name: CUSTOM_SECTION,
        is_list: true,
        is_named: false,
        table: None,
        meaning: "A custom feature, beside ours; the section may stand several times. Where no row counts or \
                  has a value, `sum`, `count` and `distinct` are 0 and the others missing; `last` takes the latest row, \
                  of several at one instant the smallest value. Of the table `customers` the row in force at the cutoff \
                  counts alone: `last` is its value, `count` is 1 where it satisfies the filter and else 0, \
                  `days_since` tells how long it has held",
        keys: &[CUSTOM_NAME, CUSTOM_TABLE, AGGREGATE, COLUMN, CUSTOM_FILTER, WINDOW_DAYS, UNIT, REASON],
    },
    section(
        "churn",
        "What churn means: no purchase in [cutoff + gap, cutoff + gap + horizon) among the eligible",
        &[HORIZON_DAYS, GAP_DAYS, ACTIVE_DAYS, MIN_PURCHASES, FOLLOW_UP_DAYS],
    ),
    section("panel", "The training cutoffs", &[PANEL_STEP_DAYS, MAX_CUTOFFS, MAX_ROWS, WEIGHTS]),
    section("backtest", "The test cutoffs", &[CUTOFFS, LAST, BACKTEST_STEP_DAYS, BOOTSTRAP]),
    section(
        "validate",
        "What data must satisfy to be used",
        &[
            MIN_CUSTOMERS,
            MIN_SPAN_HORIZONS,
            MAX_FEED_GAP_DAYS,
            ABSURD_AMOUNT_FACTOR,
            MAX_REJECTED_SHARE,
            MAX_GUEST_SHARE,
            PLACEHOLDER_IDS,
            WHOLE_AMOUNTS,
            MAX_AGE_DAYS,
            SILENT_OPT_OUTS,
            MIN_RECENT_SHARE,
        ],
    ),
    section("value", "What a customer is worth", &[MARGIN_SHARE, CATEGORY_MARGINS, VALUE_HORIZON_DAYS, DISCOUNT_RATE]),
    section("leak_guard", "What data must satisfy to be learnt from", &[MAX_SINGLE_AUC, MAX_EXIT_RATE, ACCEPT]),
    section(
        "privacy",
        "What must not decide who is contacted, and what messages show of rows",
        &[SENSITIVE, ALLOW, EXAMPLES, SALT_ENV],
    ),
    section("selection", "Which features are used", &[MAX_PSI, UNSTABLE, LEAVE_OUT]),
    section("learners", "What is learnt beside the default", &[READABLE]),
    section("tuning", "The search for better settings of the learners", &[TRIALS]),
    section("gate", "What a model must satisfy to be promoted", &[MAX_AUC, MIN_GRADE]),
    section(
        "decide",
        "Whom to contact, with what, for how much",
        &[
            PLAYBOOK,
            BUDGET,
            MIN_GAIN,
            MEASURED_RATES,
            COOL_DOWN_DAYS,
            OWNER,
            PER_OWNER,
            CONTROL_SHARE,
            CAMPAIGN,
            SALT,
            HIGH_VALUE_SHARE,
            HIGH_GROWTH_SHARE,
        ],
    ),
    section(
        "segments",
        "From where on customers are satisfied and loyal, where there are surveys",
        &[SATISFIED_CSAT, SATISFIED_NPS, LOYAL_VISITS],
    ),
    section("models", "The registry of models", &[MODELS_DIR]),
    section(
        "output",
        "Where runs are written",
        &[
            OUTPUT_DIR,
            OUTPUT_CSV,
            OUTPUT_JSONL,
            OUTPUT_CARRY,
            OUTPUT_PAGE_ROWS,
            OUTPUT_SHEET_ROWS,
            OUTPUT_INTERVIEW_ROWS,
            OUTPUT_LINEAGE,
            OUTPUT_LINEAGE_URL_ENV,
        ],
    ),
    section(
        "output.postgres",
        "A database that gets each list too: with this section, `run` and `score` write the tables `list`, `winback` and \
         `runs` in one transaction, and a run of a day replaces the rows of that shop and day alone",
        &[OUTPUT_SCHEMA, URL_ENV],
    ),
];

const fn section(name: &'static str, meaning: &'static str, keys: &'static [Key]) -> Section {
    Section { name, is_list: false, is_named: false, table: None, meaning, keys }
}

const fn table(table: Table, meaning: &'static str, keys: &'static [Key]) -> Section {
    Section { name: table.name(), is_list: false, is_named: false, table: Some(table), meaning, keys }
}

const fn lookup(name: &'static str) -> Section {
    let meaning = "A file that has more about the rows of a table, by a key that both have; the section may stand several \
                   times, for each of the tables, and a later lookup may use columns of those before it. A key may stand \
                   in several rows of the lookup only if they agree";
    Section {
        name,
        is_list: false,
        is_named: true,
        table: None,
        meaning,
        keys: &[PATH, ENCODING, DELIMITER, QUOTE, SKIP_ROWS, SHEET, LOOKUP_KEY, THEIR_KEY, LOOKUP_COLUMNS],
    }
}
