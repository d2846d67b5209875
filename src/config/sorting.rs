//! Which of some files are purchases, complaints, customers and answers to surveys.

use super::books;
use super::found::{DraftColumn, DraftFile};
use super::guess::{self, reads};
use super::headers::header_of;
use super::lexicon;
use super::looks;
use super::name_words::in_words;
use super::proposal::{DraftInput, DraftTable};
use super::renamed::{are_of_a_series, other_names, why_other};
use super::returned;
use super::tables::{Kind, Table};
use super::templates;

/// A file that was put to no table, or another reason to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsorted {
    /// The file.
    pub path: String,
    /// Why it is no table of purchases, as a sentence that begins with a verb.
    pub why: String,
}

/// Puts files to tables by their columns, else by their names; those that stay over are kept beside the tables.
///
/// # Errors
/// Why none of them can be the purchases, file by file.
pub fn sorted(mut input: DraftInput, files: Vec<DraftFile>) -> Result<DraftInput, Vec<Unsorted>> {
    let mut reasons = Vec::new();
    let split = lines_and_header(&files, &input.products);
    for (place, file) in files.into_iter().enumerate() {
        let table = match split {
            Some((lines, _)) if lines == place => Some(Table::Purchases),
            Some((_, header)) if header == place => None,
            _ => table_of(&file, &input.products),
        };
        // Books would make a shop whose customers are its accounts: only who says so takes them for purchases.
        let table = table.filter(|table| *table != Table::Purchases || !are_books(&file));
        let fits = table
            .is_some_and(|table| input.tables.iter().all(|known| known.table != table || known.has_columns_of(&file)));
        if let Some(table) = table.filter(|_| fits) {
            input.add(table, file);
        } else {
            reasons.push(Unsorted { path: file.path.clone(), why: why_no_purchases(&file.peek.columns) });
            input.beside.push(file);
        }
    }
    if !input.tables.iter().any(|table| table.table == Table::Purchases)
        && let Some(place) = input.tables.iter().position(is_of_purchases)
        && let Some(table) = input.tables.get_mut(place)
    {
        // Tickets of a till are no tickets of complaints.
        table.table = Table::Purchases;
    }
    if !input.tables.iter().any(|table| table.table == Table::Purchases)
        && let Some(place) = likeliest(&input)
    {
        let file = input.beside.remove(place);
        input.add(Table::Purchases, file);
    }
    if input.tables.iter().any(|table| table.table == Table::Purchases) {
        return Ok(input);
    }
    let others = input.tables.iter().flat_map(|table| table.files.iter().map(|file| (table.table, file)));
    let others = others.map(|(table, file)| Unsorted {
        path: file.path.clone(),
        why: format!("looks like `{}`; as purchases it {}", table.name(), why_no_purchases(&file.peek.columns)),
    });
    Err(others.chain(reasons).collect())
}

/// Whether the files of another table have all that purchases need, and what was bought.
fn is_of_purchases(table: &DraftTable) -> bool {
    let columns = table.files.first().map_or(&[][..], |file| &file.peek.columns);
    let has_goods =
        ["quantity", "product_id"].iter().any(|ours| columns.iter().any(|own| lexicon::means(ours, &own.name)));
    has_goods && maps(Table::Purchases, columns, &[])
}

/// The places of a file of lines and of one of their headers, where no file has all that purchases need.
fn lines_and_header(files: &[DraftFile], products: &[String]) -> Option<(usize, usize)> {
    let is_known = |file: &DraftFile| {
        let columns = &file.peek.columns;
        maps(Table::Purchases, columns, &[])
            || templates::recognised(columns).is_some_and(|template| template.table == Table::Purchases)
            || is_looked_into(columns, products)
    };
    if files.iter().any(is_known) {
        return None;
    }
    files.iter().enumerate().find_map(|(lines, file)| {
        let (header, ..) = header_of(&file.peek.columns, files)?;
        let place = files.iter().position(|file| file.path == header.path)?;
        (place != lines).then_some((lines, place))
    })
}

/// The file to draft purchases from where the names of none tell all that they need: the one in which values may fill what is
/// missing, and of several the one with the most of it. What is missing stays to be filled in.
fn likeliest(input: &DraftInput) -> Option<usize> {
    let n_found = |file: &DraftFile| {
        if are_books(file) {
            return None;
        }
        let columns = &file.peek.columns;
        let mapping = guess::mapping(Table::Purchases, columns);
        let required = || Table::Purchases.columns().iter().filter(|column| column.required);
        let may_be = |kind: Kind| !looks::by_values(kind, columns).is_empty();
        let n_found = required().filter(|column| mapping.contains_key(column.name)).count();
        required().all(|column| mapping.contains_key(column.name) || may_be(column.kind)).then_some(n_found)
    };
    let found: Vec<Option<usize>> = input.beside.iter().map(n_found).collect();
    let most = found.iter().flatten().max()?;
    let mut places = found.iter().enumerate().filter(|(_, n)| n.as_ref() == Some(most)).map(|(place, _)| place);
    let place = places.next()?;
    places.next().is_none().then_some(place)
}

impl DraftInput {
    /// Adds a file to a table.
    pub fn add(&mut self, table: Table, file: DraftFile) {
        match self.tables.iter_mut().find(|known| known.table == table) {
            Some(known) => known.files.push(file),
            None => self.tables.push(DraftTable { table, files: vec![file] }),
        }
    }

    /// The files that belong to no table and are looked into by none, each with why it is no table of purchases.
    #[must_use]
    pub fn not_used(&self) -> Vec<Unsorted> {
        let used: Vec<String> = self
            .proposals()
            .iter()
            .flat_map(|proposal| &proposal.lookups)
            .flat_map(|lookup| lookup.paths.clone())
            .collect();
        let unused = self.beside.iter().filter(|file| !used.contains(&file.path));
        let purchases = self.tables.iter().find(|table| table.table == Table::Purchases);
        let first = purchases.and_then(|table| table.files.first());
        let why = |file: &DraftFile| {
            let other = first.filter(|_| maps(Table::Purchases, &file.peek.columns, &[]));
            let other = other.and_then(|first| why_other(Table::Purchases, first, file));
            let returned = || first.and_then(|first| returned::way_in(first, file)).unwrap_or_default();
            other.unwrap_or_else(|| why_no_purchases(&file.peek.columns) + &returned())
        };
        unused.map(|file| Unsorted { path: file.path.clone(), why: why(file) }).collect()
    }
}

impl DraftTable {
    /// Whether a file has the columns of the first one, or at least all that are read of it, and is proposed the same; some may
    /// be called otherwise.
    fn has_columns_of(&self, file: &DraftFile) -> bool {
        let mapping = |file: &DraftFile| guess::mapping_of_all(self.table, &file.peek.columns);
        let is_read_alike = |first: &DraftFile| !mapping(first).is_empty() && mapping(first) == mapping(file);
        let names = |file: &DraftFile| -> Vec<String> {
            let mut names: Vec<_> = file.peek.columns.iter().map(|column| column.name.trim().to_lowercase()).collect();
            names.sort_unstable();
            names
        };
        let is_renamed = |first: &DraftFile| {
            templates::recognised(&first.peek.columns).is_none()
                && are_of_a_series(&first.path, &file.path)
                && !other_names(self.table, first, file).is_empty()
        };
        let is_like = |known: &DraftFile| names(known) == names(file) || is_read_alike(known);
        // The last one may have the names that this one has, where the first has the older ones.
        self.files.first().is_none_or(|first| is_like(first) || is_renamed(first))
            || self.files.last().is_some_and(is_like)
    }
}

/// Words of file names and columns that tell what the rows are.
const WORDS: &[(Table, &[&str])] = &[
    (
        Table::Complaints,
        &[
            "complaint",
            "complaints",
            "ticket",
            "tickets",
            "case",
            "cases",
            "claim",
            "claims",
            "reklamation",
            "reklamationen",
            "beschwerden",
            "support",
            "issues",
            "reclamations",
            "klachten",
            "klacht",
            "issue",
            "incident",
            "incidents",
            "incidencia",
            "incidencias",
            "conversation",
            "conversations",
            "chamado",
            "chamados",
            "jira",
            "zendesk",
            "freshdesk",
            "intercom",
            "helpdesk",
            "reclamación",
            "reclamacion",
            "reclamaciones",
            "reclamo",
            "reclamos",
            "quejas",
            "reclamação",
            "reclamações",
            "reclamacoes",
            "réclamation",
            "réclamations",
            "plaintes",
            "reclami",
            "beschwerde",
            "reklamacja",
            "reklamacje",
            "reklamacji",
            "zgłoszenia",
            "klagomål",
            "ärenden",
            "klager",
            "şikayet",
            "şikayetler",
            "クレーム",
            "жалобы",
            "обращения",
        ],
    ),
    (Table::Surveys, &["survey", "surveys", "nps", "csat", "umfrage", "feedback"]),
    (
        Table::Purchases,
        &[
            "order",
            "orders",
            "purchase",
            "purchases",
            "invoice",
            "invoices",
            "sale",
            "sales",
            "transactions",
            "payments",
            "charges",
            "rechnungen",
            "bestellungen",
            "umsatz",
            "bon",
            "receipts",
            "lines",
            "commandes",
            "pedidos",
        ],
    ),
    (
        Table::Customers,
        &["customer", "customers", "client", "clients", "kunden", "members", "accounts", "contacts", "klanten"],
    ),
];

fn table_of(file: &DraftFile, products: &[String]) -> Option<Table> {
    let columns = &file.peek.columns;
    let asked = products.iter().find_map(|product| templates::of_product(product, None, columns));
    if let Some(template) = asked.or_else(|| templates::recognised(columns)) {
        return Some(template.table);
    }
    if is_looked_into(columns, products) {
        return None;
    }
    let name = file.path.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = in_words(name);
    let tells = |words: &[String], table: Table| {
        let known = WORDS.iter().find(|(known, _)| *known == table).map_or(&[][..], |(_, known)| known);
        words.iter().any(|word| known.contains(&word.as_str()))
    };
    let columns_say = |table: Table| match table {
        Table::Surveys => maps(table, columns, &["nps"]) || (tells(&name, table) && maps(table, columns, &["csat"])),
        Table::Complaints => {
            let first = columns.first().map(|column| in_words(&column.name)).unwrap_or_default();
            maps(table, columns, &[]) && (tells(&name, table) || tells(&first, table))
        }
        // Customers of a CRM are called contacts too: those have no action.
        Table::Contacts => {
            let is_time = |column: &DraftColumn| CONTACT_TIMES.contains(&in_words(&column.name).join("_").as_str());
            columns.iter().any(is_time) && ["action", "campaign_id"].iter().any(|own| maps(table, columns, &[own]))
        }
        Table::Purchases => maps(table, columns, &[]),
        Table::Customers => is_one_a_customer(columns),
    };
    let order = [Table::Surveys, Table::Complaints, Table::Contacts, Table::Purchases, Table::Customers];
    order.into_iter().find(|table| columns_say(*table)).or_else(|| order.into_iter().find(|table| tells(&name, *table)))
}

/// Whether a template looks into a file of such columns from another one.
fn is_looked_into(columns: &[DraftColumn], products: &[String]) -> bool {
    templates::all()
        .filter(|template| products.is_empty() || products.iter().any(|product| product == template.product))
        .flat_map(|template| template.lookups)
        .any(|lookup| templates::has_all(columns, lookup.tells))
}

/// Names of columns that only a table of contacts has: orders have campaigns and days too.
const CONTACT_TIMES: &[&str] = &["contacted_at", "contacted_on", "contact_date", "mailed_at", "called_at"];

/// Whether all required columns of a table are found, and these too.
fn maps(table: Table, columns: &[DraftColumn], more: &[&str]) -> bool {
    let mapping = guess::mapping(table, columns);
    let required = table.columns().iter().filter(|column| column.required).map(|column| column.name);
    required.chain(more.iter().copied()).all(|name| mapping.contains_key(name))
}

/// Whether each row is another customer.
fn is_one_a_customer(columns: &[DraftColumn]) -> bool {
    let mapping = guess::mapping(Table::Customers, columns);
    let Some(from) = mapping.get("customer_id") else { return false };
    let read = reads(from, columns);
    columns.iter().any(|column| {
        read.contains(&column.name) && column.n_rows > 0 && column.n_distinct == column.n_rows - column.n_empty
    })
}

/// Whether a file of no known product is one of accounting.
fn are_books(file: &DraftFile) -> bool {
    let columns = &file.peek.columns;
    templates::recognised(columns).is_none() && books::why(columns).is_some()
}

fn why_no_purchases(columns: &[DraftColumn]) -> String {
    if let Some(why) = books::why(columns) {
        return why;
    }
    let mapping = guess::mapping(Table::Purchases, columns);
    let missing =
        Table::Purchases.columns().iter().filter(|column| column.required && !mapping.contains_key(column.name));
    let missing: Vec<String> = missing.map(|column| format!("`{}` ({})", column.name, column.meaning)).collect();
    if missing.is_empty() {
        return "has other columns than the files before it".to_owned();
    }
    let lost = columns.iter().find(|column| looks::has_lost_digits(&column.example)).map(|column| {
        let (name, example) = (&column.name, &column.example);
        format!("; the ids in `{name}` have lost their digits (`{example}`): export that column as text")
    });
    let more = lost.or_else(|| summed_up(columns)).unwrap_or_default();
    format!("has no column for {}{more}", missing.join(", "))
}

/// What tells that a table has one row for each customer and sums up the purchases: months side by side, or how often and how
/// long ago.
fn summed_up(columns: &[DraftColumn]) -> Option<String> {
    let named = |is: fn(&str) -> bool| -> Vec<String> {
        columns.iter().filter(|column| is(&column.name)).map(|column| format!("`{}`", column.name)).collect()
    };
    let (months, sums) = (named(is_month), named(is_sum));
    let found = [(months, 3, "months side by side"), (sums, 2, "sums over many purchases")]
        .into_iter()
        .find(|(found, least, _)| found.len() >= *least)?;
    let shown: Vec<String> = found.0.into_iter().take(3).collect();
    Some(format!(
        "; {} are {}: what is needed is one row for each order or each of its lines, with its day",
        shown.join(", "),
        found.2
    ))
}

/// `2024-01`, `01/2024`, `Jan 2024` or `202401`.
fn is_month(name: &str) -> bool {
    const MONTHS: &[&str] = &[
        "jan", "feb", "mar", "mär", "apr", "may", "mai", "jun", "jul", "aug", "sep", "oct", "okt", "nov", "dec", "dez",
    ];
    let is_year = |word: &str| {
        word.len() == 4 && (word.starts_with("19") || word.starts_with("20")) && word.parse::<u16>().is_ok()
    };
    let is_number = |word: &str| word.parse::<u8>().is_ok_and(|month| (1..=12).contains(&month));
    let is_of_year = |word: &str| is_number(word) || MONTHS.iter().any(|month| word.starts_with(month));
    let words = in_words(name);
    match words.as_slice() {
        [one, other] => (is_year(one) && is_of_year(other)) || (is_of_year(one) && is_year(other)),
        [one] => {
            one.get(..4).is_some_and(is_year) && one.get(4..).is_some_and(|rest| rest.len() == 2 && is_number(rest))
        }
        _ => false,
    }
}

fn is_sum(name: &str) -> bool {
    const SUMS: &[&str] = &[
        "frequency",
        "recency",
        "monetary",
        "monetary_value",
        "tenure",
        "total_orders",
        "orders_count",
        "number_of_orders",
        "order_count",
        "total_spent",
        "total_spend",
        "lifetime_value",
        "ltv",
        "clv",
        "average_order_value",
        "aov",
    ];
    SUMS.contains(&in_words(name).join("_").as_str())
}
