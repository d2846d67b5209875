//! The keys themselves, section by section. A new knob is one `Key` here, its name in `sections.rs`, its field in `raw.rs`
//! or `raw_lists.rs` and in the checked struct, and one line in `check.rs`; tests fail until all of them agree.

use super::allowed::Allowed;
use super::catalogue::{Key, Preset};
use super::tables::Table;

/// The section of custom features; each has a table of its own under it.
pub(super) const CUSTOM_SECTION: &str = "features.custom";

pub(super) const NAME: Key =
    key("name", Allowed::Name, Preset::Required).means("Name of the shop or job; names the folders of models and runs");
pub(super) const CURRENCY: Key =
    key("currency", Allowed::Currency, Preset::Required).means("The one currency of all amounts");
pub(super) const TIMEZONE: Key = key("timezone", Allowed::Timezone, Preset::Text("UTC"))
    .means("Zone of local times and of the midnights at which days start");
pub(super) const SEED: Key = key("seed", whole(0, i64::MAX, ""), Preset::Whole(1)).means(
    "Seed of the resamples behind intervals, of the lists drawn for places, and of the customers that a capped panel keeps; \
     learning has fixed seeds",
);
pub(super) const AS_OF: Key = key("as_of", Allowed::Day, Preset::Absent("2011-12-10"))
    .means("Day the run pretends it is, unless the command line says otherwise");

pub(super) const PATH: Key = key("path", Allowed::Paths, Preset::Required).means("Where the rows are");
pub(super) const TABLE_PATH: Key = key("path", Allowed::Paths, Preset::Absent("\"purchases.csv\""))
    .means("Where the rows are; required where there is no `postgres`");
pub(super) const POSTGRES: Key = key("postgres", Allowed::Query, Preset::Absent("\"SELECT * FROM orders\""))
    .means("Query that gives the rows, instead of `path`");
pub(super) const URL_ENV: Key = key("url_env", Allowed::Variable, Preset::Text("RETAIN_DATABASE_URL")).means(
    "Environment variable that holds the address of the database, such as `postgresql://user:password@host:5432/database?sslmode=require`",
);
pub(super) const OUTPUT_SCHEMA: Key = key("schema", Allowed::FeatureName, Preset::Text("retain"))
    .means("Schema of the tables `list`, `winback` and `runs`; it and they are made if they are not there");
pub(super) const ENCODING: Key = key("encoding", Allowed::Encoding, Preset::Absent("\"windows-1252\""))
    .means("Encoding of text files; detected in each file if not given");
pub(super) const DELIMITER: Key = key("delimiter", Allowed::Delimiter, Preset::Absent("\";\""))
    .means("What stands between the fields of text files; detected in each file if not given");
pub(super) const QUOTE: Key = key("quote", Allowed::Quote, Preset::Absent("\"none\""))
    .means("What stands around fields of text files; detected in each file if not given");
pub(super) const SKIP_ROWS: Key = key("skip_rows", whole(0, 10_000, "lines"), Preset::Absent("0"))
    .means("Lines above the line with the names of the columns; detected in each file if not given");
pub(super) const SHEET: Key = key("sheet", Allowed::Sheet, Preset::Absent("\"Sheet1\"")).means(
    "Sheets of a spreadsheet that are read as one table; if not given, the first one that has rows and, except of customers and \
     lookups, all others with its columns",
);
pub(super) const FILTER: Key = key("filter", Allowed::Condition, Preset::Absent("\"Quantity > 0\""))
    .means("Which rows belong to the table; the others are set aside and counted");
pub(super) const DUPLICATES: Key = key(
    "duplicates",
    Allowed::Word(&["overlap", "latest", "drop", "keep", "refuse"]),
    Preset::Text("overlap"),
)
.means(
    "What happens to rows that repeat others: `overlap` counts rows equal in all columns of their files as often as the one \
     file that has them most often; `latest` takes of an order or complaint that stands in several files its rows in the last of \
     them, in the order of `path`; `drop` and `refuse` compare the columns that the mapping, the filter and own features read",
);
pub(super) const LATEST_BY: Key = key("latest_by", Allowed::Source, Preset::Absent("\"updated_at\"")).means(
    "What grows with each version of an order where its rows stand once for each state: of its rows those with the greatest \
     number or time count, and the filter looks at them alone",
);
pub(super) const ID_CASE: Key =
    key("id_case", Allowed::Word(&["keep", "lower", "fold"]), Preset::Absent("\"lower\"")).means(
        "Letters of customer ids: `keep` as written, `lower` in small letters, `fold` in small letters without accents; other \
         tables follow the purchases unless they say otherwise",
    );
pub(super) const ID_TRIM: Key = key("id_trim", Allowed::Word(&["keep", "all"]), Preset::Absent("\"all\"")).means(
    "Blanks in customer ids: `keep` those inside, or remove `all`, and a `.0` at the end; other tables follow the purchases \
     unless they say otherwise",
);
pub(super) const FILL_DOWN: Key =
    key("fill_down", Allowed::Names("Financial Status"), Preset::Absent("[\"Financial Status\", \"Email\"]")).means(
        "Source columns that are written on the first line of an order alone: on the lines of the same order that follow it in \
         the file, an empty value takes the first one given, before filter and mapping are evaluated; with the column of the order's number \
         among them, lines without one belong to the order above",
    );
pub(super) const KNOWN_VALUES: Key = key("known_values", Allowed::Names("ready"), Preset::EmptyList).means(
    "Values of columns of states that count as known beside those that filter and mapping name and those that are usual, such \
     as `paid`: any other value is reported",
);
pub(super) const DECIMAL: Key = key("decimal", Allowed::Word(&[".", ","]), Preset::Absent("\",\""))
    .means("The mark before the decimals of numbers and amounts; settled from all values of a column without it");
pub(super) const THOUSANDS: Key = key("thousands", Allowed::Word(&["", ".", ",", " ", "'"]), Preset::Absent("\".\""))
    .means("The mark between thousands, empty for none; settled from all values of a column without it");
pub(super) const AMOUNT_IS: Key = key("amount_is", Allowed::Word(&["line", "order"]), Preset::Text("line")).means(
    "What `amount` is of: its line, or its order; the amount of an order stands on each of its lines and is shared out \
     evenly among them; `line` written out says that lines of one order with one amount are counted each",
);
pub(super) const DISCOUNT_IS: Key = key("discount_is", Allowed::Word(&["line", "order"]), Preset::Absent("\"order\"")).means(
    "What `discount` is of: its line, whose amount has it off; or its order, on one of its lines or on each, while amounts are those \
     before it: then it is taken off once for each order, shared out among its lines; `line` written out says too that a discount \
     that nothing reads is rightly left",
);
pub(super) const RATES: Key = key("rates", Allowed::Rates, Preset::Absent("{ USD = 0.92 }")).means(
    "How many units of the config's currency one unit of another currency is worth; needs the column `currency`",
);
pub(super) const NEGATIVE_AMOUNTS: Key =
    key("negative_amounts", Allowed::Word(&["return", "reject"]), Preset::Text("return"))
        .means("What a line with a negative amount is: a return, or a row to reject");

pub(super) const CUSTOM_NAME: Key = key("name", Allowed::FeatureName, Preset::Required)
    .means("Name of the feature in every table and list, unlike any other");
pub(super) const CUSTOM_TABLE: Key =
    key("table", Allowed::Word(&["purchases", "complaints", "surveys", "customers"]), Preset::Required)
        .means("The table whose rows it reads, each row from when it is known; of `customers` only the row that is in force at the cutoff");
pub(super) const AGGREGATE: Key = key(
    "aggregate",
    Allowed::Word(&["sum", "count", "mean", "min", "max", "last", "distinct", "days_since"]),
    Preset::Required,
)
.means("What is made of the rows");
pub(super) const COLUMN: Key = key("column", Allowed::Source, Preset::Absent("\"Quantity * Price\""))
    .means("The value of a row, which must have been known with the row; not for `count` and `days_since`");
pub(super) const CUSTOM_FILTER: Key = key("filter", Allowed::Condition, Preset::Absent("\"Category = 'premium'\""))
    .means("Which rows of the table count; all if not given");
pub(super) const WINDOW_DAYS: Key = key("window_days", whole(1, 3650, "days"), Preset::Absent("90"))
    .means("How far back from the cutoff rows count; all of the history if not given; not for `customers`");
pub(super) const UNIT: Key = key("unit", Allowed::Word(&["number", "amount", "share", "days"]), Preset::Text("number"))
    .means(
        "What the value is measured in; an `amount` is read like those of the tables and summed exactly; not for \
         `count`, `distinct` and `days_since`",
    );
pub(super) const REASON: Key =
    key("reason", Allowed::Sentence, Preset::Absent("\"spent {value} on premium goods in 90 days\""))
        .means("What the list says where the feature raises the risk; a plain sentence if not given");

pub(super) const HORIZON_DAYS: Key = key("horizon_days", whole(1, 1825, "days"), Preset::Required)
    .means("Length of the label window: who buys nothing in it has churned");
pub(super) const GAP_DAYS: Key = key("gap_days", whole(0, 365, "days"), Preset::Whole(0))
    .means("Time between the cutoff and the label window, in which actions are prepared");
pub(super) const ACTIVE_DAYS: Key = key("active_days", whole(1, 3650, "days"), Preset::TwiceHorizon)
    .means("The last purchase of an eligible customer is at most this long before the cutoff");
pub(super) const MIN_PURCHASES: Key = key("min_purchases", whole(1, 10_000, "orders"), Preset::Whole(1))
    .means("Orders an eligible customer has at least");

pub(super) const FOLLOW_UP_DAYS: Key = key(
    "follow_up_days",
    whole(1, 1825, "days"),
    Preset::Absent("120"),
)
.means(
    "Time behind the label window in which customers are watched for a return: who bought nothing in either never came back. \
     Chosen from the re-purchase curve of the shop if not given",
);

pub(super) const PANEL_STEP_DAYS: Key =
    key("step_days", whole(1, 365, "days"), Preset::Whole(30)).means("Time between training cutoffs");
pub(super) const MAX_CUTOFFS: Key = key("max_cutoffs", whole(1, 10_000, "cutoffs"), Preset::Absent("12"))
    .means("At most this many training cutoffs, the most recent ones; all of them if not given");
pub(super) const MAX_ROWS: Key = key("max_rows", whole(1_000, 1_000_000_000, "rows"), Preset::Whole(2_000_000)).means(
    "Training learns from at most so many rows; where there are more, from fewer customers, chosen by their ids",
);
pub(super) const WEIGHTS: Key = key("weights", Allowed::Word(&["equal", "choose"]), Preset::Text("equal")).means(
    "Whether training cutoffs count alike, or may count more the nearer they are in time or season, if the folds speak for it",
);

pub(super) const TRIALS: Key = key("trials", whole(0, 200, "trials"), Preset::Whole(0)).means(
    "Settings of the learners that are tried beside the usual ones; each takes about as long as learning once more",
);

pub(super) const CUTOFFS: Key = key("cutoffs", Allowed::Days, Preset::EmptyList)
    .means("Days whose local midnight is a test cutoff; if empty, the last matured ones are taken");
pub(super) const LAST: Key = key("last", whole(1, 60, "cutoffs"), Preset::Whole(4))
    .means("How many of the last matured cutoffs are taken when none are given");
pub(super) const BACKTEST_STEP_DAYS: Key =
    key("step_days", whole(1, 365, "days"), Preset::Whole(30)).means("Time between test cutoffs when none are given");
pub(super) const BOOTSTRAP: Key = key("bootstrap", whole(40, 10_000, "resamples"), Preset::Whole(200))
    .means("Resamples of customers behind each interval of a figure of quality");

pub(super) const MIN_CUSTOMERS: Key = key("min_customers", whole(1, 1_000_000_000, "customers"), Preset::Whole(200))
    .means("Fewest customers with a purchase");
pub(super) const MIN_SPAN_HORIZONS: Key = key("min_span_horizons", number(2.0, f64::INFINITY), Preset::Number(3.0))
    .means("Shortest span of purchases as a multiple of the horizon");
pub(super) const MAX_FEED_GAP_DAYS: Key = key("max_feed_gap_days", whole(1, 365, "days"), Preset::Whole(14))
    .means(
        "A longer time without any purchase in the whole shop is reported as a gap in the feed; one that lasts up to the as-of \
         day, and is longer than any before, stops a run",
    );
pub(super) const ABSURD_AMOUNT_FACTOR: Key =
    key("absurd_amount_factor", number(1.0, f64::INFINITY), Preset::Number(100.0))
        .means("A line above this many times the 99.9th percentile is reported as absurd");
pub(super) const MAX_REJECTED_SHARE: Key = key("max_rejected_share", number(0.0, 1.0), Preset::Number(0.05)).means(
    "Largest share of rejected rows (filtered rows, duplicates and purchases without a customer aside), and of the turnover and \
     the customers that are lost with them, with which the data are still used",
);
pub(super) const MAX_GUEST_SHARE: Key = key("max_guest_share", number(0.0, 1.0), Preset::Number(0.8)).means(
    "Largest share of purchases without a customer, such as those of guests, with which the data are still used",
);
pub(super) const PLACEHOLDER_IDS: Key =
    key("placeholder_ids", Allowed::Word(&["refuse", "accept"]), Preset::Text("refuse")).means(
        "What happens where one customer id stands for many people, such as `guest`, or an id with a tenth of all orders and \
         many times those of the next",
    );
pub(super) const WHOLE_AMOUNTS: Key =
    key("whole_amounts", Allowed::Word(&["doubt", "accept"]), Preset::Text("doubt")).means(
        "What happens where amounts look like cents or like numbers of documents: whole numbers in a currency that has cents, \
         large beside other columns or files",
    );
pub(super) const MAX_AGE_DAYS: Key = key("max_age_days", whole(0, 3650, "days"), Preset::Whole(45))
    .means("Oldest last purchase before the as-of day with which scoring is still allowed");
pub(super) const SILENT_OPT_OUTS: Key = key(
    "silent_opt_outs",
    Allowed::Word(&["refuse", "accept"]),
    Preset::Text("refuse"),
)
.means(
    "What happens where `customers.opted_out` is mapped and says nothing in any row, or nothing any more: everyone who \
         opted out would be contacted",
);

pub(super) const MIN_RECENT_SHARE: Key = key("min_recent_share", number(0.0, 1.0), Preset::Number(0.05)).means(
    "Smallest share of the usual purchases in the days before the as-of day, twice `max_feed_gap_days`, with which a run \
     goes on; 0 for any",
);

pub(super) const MARGIN_SHARE: Key =
    key("margin_share", above(0.0, 1.0), Preset::Number(1.0)).means("Margin as a share of revenue");
pub(super) const CATEGORY_MARGINS: Key =
    key("category_margins", Allowed::Shares, Preset::Absent("{ \"Shoes\" = 0.35, \"Books\" = 0.2 }"))
        .means("Margins of product categories where they differ from `margin_share`");
pub(super) const VALUE_HORIZON_DAYS: Key = key("horizon_days", whole(30, 3650, "days"), Preset::Whole(365))
    .means("How far ahead a customer's value is counted");
pub(super) const DISCOUNT_RATE: Key =
    key("discount_rate", number(0.0, 1.0), Preset::Number(0.1)).means("Yearly rate by which later margin counts less");
pub(super) const MAX_AUC: Key = key("max_auc", above(0.5, 1.0), Preset::Number(0.95)).means(
    "AUC in the tests above which a model is not promoted, because a feature probably knows what came after the cutoff",
);
pub(super) const MIN_GRADE: Key = key("min_grade", Allowed::Word(&["A", "B", "C"]), Preset::Text("C"))
    .means("Lowest grade with which a model is promoted; with C, whatever is not shown to be worse than the best baseline or the \
         champion");

pub(super) const MAX_SINGLE_AUC: Key = key("max_auc", above(0.5, 1.0), Preset::Number(0.95))
    .means("AUC of a feature alone, at a cutoff, above which the data are refused");
pub(super) const MAX_EXIT_RATE: Key = key("max_exit_rate", above(0.5, 1.0), Preset::Number(0.95)).means(
    "Share of leavers from which a category of complaints, or a fact about customers without versions, is taken for the \
     exit itself",
);
pub(super) const ACCEPT: Key = key("accept", Allowed::Names("customers.region"), Preset::EmptyList)
    .means("Features, columns and complaints (`complaints.CATEGORY`) that were looked at and are no leak");

pub(super) const MAX_PSI: Key = key("max_psi", above(0.0, f64::INFINITY), Preset::Number(0.25)).means(
    "Population stability index, newest training cutoff against the earlier ones, above which a feature has moved, \
     beyond what chance explains with so many customers",
);
pub(super) const UNSTABLE: Key = key("unstable", Allowed::Word(&["flag", "drop"]), Preset::Text("flag"))
    .means("What happens to a feature that has moved; with the seasons many do, so that dropping them costs accuracy");
pub(super) const LEAVE_OUT: Key = key("leave_out", Allowed::Names("season"), Preset::EmptyList).means(
    "Features, or whole families such as `cadence`, from which the learners do not learn; simple rules, which a model \
     has to beat, may use them nevertheless",
);

pub(super) const READABLE: Key = key("readable", Allowed::Word(&["none", "ebm"]), Preset::Text("none")).means(
    "A model that is trained beside the main one, to be read: `ebm` puts the strongest curves of explainable boosting into \
     the manifest of a version, and makes training about two thirds longer",
);

pub(super) const PLAYBOOK: Key = key("playbook", Allowed::File, Preset::Absent("\"playbook.toml\"")).means(
    "The playbook: what can be done for a customer, for whom, at what cost; the one that comes with `retain` if not given",
);
pub(super) const BUDGET: Key = key("budget", number(0.0, f64::INFINITY), Preset::Absent("500.0")).means(
    "Most that the contacts of one run may cost, incentives as far as they are expected to be taken included, in major units; \
     no limit if not given",
);
pub(super) const CONTROL_SHARE: Key = key("control_share", number(0.0, 0.5), Preset::Number(0.1)).means(
    "Share of those worth a contact who are left alone as a control group, so that it can be measured what contacts bring",
);
pub(super) const CAMPAIGN: Key = key("campaign", Allowed::Name, Preset::Text("retention"))
    .means("Name of the campaign: as long as it stays, customers stay in their group from night to night");
pub(super) const SALT: Key =
    key("salt", Allowed::Text, Preset::Text("1")).means("Another one draws the control group of a campaign anew");
pub(super) const COOL_DOWN_DAYS: Key = key("cool_down_days", whole(0, 3_650, "days"), Preset::Whole(14)).means(
    "Days for which a customer is left in peace after any contact of the table of contacts; a complaint does not wait for it",
);
pub(super) const MIN_GAIN: Key = key("min_gain", number(0.0, f64::INFINITY), Preset::Number(1.0)).means(
    "Least net gain that a contact must be expected to bring, in major units of the currency; who brings less is left in peace. The \
     default is of the euro's size, and in a currency of another size as much as it is there, roughly: 200 yen",
);
pub(super) const MEASURED_RATES: Key = key("measured_rates", Allowed::Flag, Preset::Flag(false)).means(
    "Whether the rates of the playbook are drawn towards what your own contacts and the control group say, as far as these are \
     known; what they say is told in any case",
);
pub(super) const OWNER: Key = key("owner", Allowed::Source, Preset::Absent("\"account_manager\""))
    .means("Column that says who looks after a customer, one of those in `output.carry`");
pub(super) const PER_OWNER: Key = key("per_owner", whole(1, 1_000_000_000, "customers"), Preset::Whole(20))
    .means("Customers whom each of them can contact in one run");
pub(super) const HIGH_VALUE_SHARE: Key = key("high_value_share", above(0.0, 1.0), Preset::Number(0.2))
    .means("Share of the customers of a list, by margin of the past year, who are of high value in the value matrix");
pub(super) const HIGH_GROWTH_SHARE: Key = key("high_growth_share", above(0.0, 1.0), Preset::Number(0.5)).means(
    "Share of them, by what is expected beyond that margin in the coming year if they stay, who are of high growth potential",
);
pub(super) const SATISFIED_CSAT: Key = key("satisfied_csat", number(1.0, 5.0), Preset::Number(4.0))
    .means("Answer to how satisfied a customer is, from 1 to 5, from which on the customer counts as satisfied");
pub(super) const SATISFIED_NPS: Key = key("satisfied_nps", number(0.0, 10.0), Preset::Number(7.0)).means(
    "Answer to whether a customer would recommend the shop, from 0 to 10, from which on the customer counts as satisfied where \
     satisfaction was not asked",
);
pub(super) const LOYAL_VISITS: Key = key("loyal_visits", whole(1, 365, "days"), Preset::Whole(3))
    .means("Days with an order in the past year from which on a customer counts as loyal beside satisfaction");
pub(super) const MODELS_DIR: Key =
    key("dir", Allowed::Folder, Preset::Text("models")).means("Folder of the registry of models");
pub(super) const OUTPUT_DIR: Key =
    key("dir", Allowed::Folder, Preset::Text("data/runs")).means("Folder in which every run gets its own");
pub(super) const OUTPUT_CSV: Key =
    key("csv", Allowed::Word(&["plain", "excel", "excel-de"]), Preset::Text("plain")).means(
        "How `list.csv` is written: for programs, for Excel where the decimal mark is a point, or, with semicolons, for Excel \
         where it is a comma as in Germany, France, Italy, Spain and the Netherlands",
    );
pub(super) const OUTPUT_JSONL: Key = key("jsonl", Allowed::Flag, Preset::Flag(false)).means(
    "Whether both lists are written as JSON lines too, one object for each customer: `list.jsonl` and `winback.jsonl`",
);
pub(super) const OUTPUT_CARRY: Key = key("carry", Allowed::Names("phone"), Preset::EmptyList).means(
    "Columns of the source of customers that the list has behind its own, as known on its day; personal data go nowhere else",
);

pub(super) const SENSITIVE: Key = key("sensitive", Allowed::Names("gender"), Preset::EmptyList).means(
    "Columns of the source of customers, or SQL expressions over them, that no feature reads; `backtest` tells for the groups of \
     each how right the model is and how often they stand first",
);
pub(super) const ALLOW: Key = key("allow", Allowed::Names("birth_date"), Preset::EmptyList)
    .means("Columns that features read although their names, or `sensitive`, say that they are sensitive");
pub(super) const EXAMPLES: Key = key("examples", Allowed::Word(&["shown", "hashed", "hidden"]), Preset::Text("shown")).means(
    "How findings show values of rows, ids among them, in messages, logs and the manifest: as they are, as hashes that are the same \
     every night, or not at all",
);
pub(super) const SALT_ENV: Key = key("salt_env", Allowed::Variable, Preset::Absent("\"RETAIN_SALT\"")).means(
    "The environment variable that holds what is mixed into hashes of examples, so that nobody finds ids by trying them; needed with \
     `examples = \"hashed\"`",
);

pub(super) const OUTPUT_PAGE_ROWS: Key = key("page_rows", whole(0, 50_000, "customers"), Preset::Whole(50_000))
    .means("The page `report.html` has at most so many customers, the first of the list; 0 for no page");
pub(super) const OUTPUT_INTERVIEW_ROWS: Key =
    key("interview_rows", whole(0, 1_000_000, "customers"), Preset::Whole(30)).means(
        "The list `interviews.csv` has at most so many lost customers to ask why they left, of each cause and value; 0 for none",
    );
pub(super) const OUTPUT_SHEET_ROWS: Key = key("sheet_rows", whole(0, 1_048_575, "rows"), Preset::Whole(10_000)).means(
    "The spreadsheet `list.xlsx` has at most so many rows of the list, the first ones; Excel holds no more than 1048575 below \
     a header; 0 for no spreadsheet",
);
pub(super) const OUTPUT_LINEAGE: Key = key("lineage", Allowed::Folder, Preset::Absent("\"lineage\"")).means(
    "Folder for events of lineage, a file each, when `run`, `score`, `train` or `backtest` begins, ends or fails; none if \
     not given",
);

pub(super) const OUTPUT_LINEAGE_URL_ENV: Key =
    key("lineage_url_env", Allowed::Variable, Preset::Absent("\"OPENLINEAGE_URL\"")).means(
        "The environment variable that holds the address of a server of `OpenLineage`, such as `http://localhost:5000`, which gets the \
         same events; a key for it in `OPENLINEAGE_API_KEY`; no server if not given",
    );

/// The format of the times of a table.
pub(super) const fn time_format(table: Table) -> Key {
    key(TIME_FORMAT, Allowed::TimeFormats(table), Preset::Absent("\"%d/%m/%Y %H:%M\""))
        .means("Format of times written as text or numbers; settled from all values of a column without it")
}

/// The key of formats of times.
pub(super) const TIME_FORMAT: &str = "time_format";

/// The mapping of a table.
pub(super) const fn columns(table: Table) -> Key {
    key("columns", Allowed::Columns(table), Preset::Required).means("How our columns are called in the source")
}

pub(super) const fn key(name: &'static str, allowed: Allowed, preset: Preset) -> Key {
    Key { name, allowed, preset, meaning: "" }
}

pub(super) const fn whole(min: i64, max: i64, unit: &'static str) -> Allowed {
    Allowed::Whole { min, max, unit }
}

pub(super) const fn number(min: f64, max: f64) -> Allowed {
    Allowed::Number { min, above_min: false, max }
}

pub(super) const fn above(min: f64, max: f64) -> Allowed {
    Allowed::Number { min, above_min: true, max }
}

/// The key under which the lookups of a table stand.
pub(super) const LOOKUP: &str = "lookup";
pub(super) const LOOKUPS: Key = key(LOOKUP, Allowed::Named, Preset::Absent("{}"))
    .means("Files that have more about the rows, such as the customers of orders");
pub(super) const LOOKUP_KEY: Key =
    key("key", Allowed::Source, Preset::Required).means("What a row of the table is looked up by");
pub(super) const THEIR_KEY: Key = key("their_key", Allowed::Source, Preset::Absent("\"order_id\""))
    .means("The same in the lookup, if it is called otherwise there");
pub(super) const LOOKUP_COLUMNS: Key = key("columns", Allowed::ColumnNames, Preset::Required)
    .means("Columns of the lookup that the mapping, the filter and custom features may read");
