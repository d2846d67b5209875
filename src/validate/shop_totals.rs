//! What the checks of a shop as a whole look at, counted so that parts of the customers add up to the shop.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::bundles::Bundles;
use super::categories;
use super::cents::Cents;
use super::consent::Consents;
use super::counted_pieces::CountedPieces;
use super::counted_twice::CountedTwice;
use super::currencies::Currencies;
use super::customer_ids;
use super::discounts_left::DiscountsLeft;
use super::feed::{self, PurchaseDays};
use super::finding::{Finding, Severity};
use super::id_groups::Ids;
use super::instalments::Instalments;
use super::joined_lines::JoinedLines;
use super::lines_as_orders::LinesAsOrders;
use super::lone_returns::LoneReturns;
use super::losses::Losses;
use super::no_goods::NoGoods;
use super::opt_outs::{self, Statements};
use super::order_amounts::OrderAmounts;
use super::order_numbers::OrderNumbers;
use super::order_parts::OrderParts;
use super::order_signs::OrderSigns;
use super::order_totals::OrderTotals;
use super::other_ids::{self, Looks};
use super::pace::Pace;
use super::pieces_back::PiecesBack;
use super::placeholders::Heaviest;
use super::rejected_states::RejectedStates;
use super::scales::Scales;
use super::sizes::Sizes;
use super::sold_twice::SoldTwice;
use super::suborders::Suborders;
use super::thin_weeks::ThinWeeks;
use super::ticket_states::TicketStates;
use super::turnover_share::TurnoverShare;
use super::unknown_states::UnknownStates;
use super::unpaid::UnpaidOrders;
use super::volume::{self, Presence, Volume};
use super::{loose_ids, phone_ids};
use crate::config::{Config, Table};
use crate::ingest::{Account, Reason, TypedTable};
use crate::text::counted;
use crate::units::Timestamp;

/// One customer in so many who bought once makes it worth a look whether ids are new with each order.
const ONCE_IN: u64 = 10;

/// Days, customers and tables of a shop or a part of it.
#[derive(Debug, Clone, Default)]
pub(super) struct ShopTotals {
    pub(super) days: PurchaseDays,
    /// Customers with a purchase.
    pub(super) n_customers: u64,
    /// Customers who bought more than a day after their first purchase.
    pub(super) n_returning: u64,
    /// How much was sold when.
    pub(super) pace: Pace,
    pub(super) complaints: Presence,
    /// Who asked not to be contacted.
    pub(super) statements: Statements,
    consents: Consents,
    /// The ids of customers in each table.
    ids: BTreeMap<Table, Ids>,
    heaviest: Heaviest,
    turnover: TurnoverShare,
    losses: Losses,
    signs: OrderSigns,
    order_totals: OrderTotals,
    counted_pieces: CountedPieces,
    counted_twice: CountedTwice,
    joined_lines: JoinedLines,
    sold_twice: SoldTwice,
    instalments: Instalments,
    rejected_states: RejectedStates,
    lines_as_orders: LinesAsOrders,
    lone_returns: LoneReturns,
    no_goods: NoGoods,
    no_good_categories: NoGoods,
    sizes: Sizes,
    scales: Scales,
    cents: Cents,
    thin_weeks: ThinWeeks,
    order_numbers: OrderNumbers,
    order_parts: OrderParts,
    unknown_states: UnknownStates,
    unpaid: UnpaidOrders,
    pieces_back: PiecesBack,
    suborders: Suborders,
    bundles: Bundles,
    currencies: Currencies,
    order_amounts: OrderAmounts,
    discounts_left: DiscountsLeft,
    tickets: TicketStates,
    /// Categories of purchases that have a margin of their own.
    with_margins: BTreeSet<String>,
    /// Used rows of each table, and whether any of them has a value, for each optional column that is mapped.
    filled: BTreeMap<MappedColumn, (u64, bool)>,
}

impl ShopTotals {
    pub(super) fn of(tables: &[TypedTable], config: &Config, now: Timestamp) -> Self {
        let table = |wanted| tables.iter().find(|table| table.table() == wanted);
        let has_rows = |table: &TypedTable| {
            if table.used_rows().next().is_some() { Presence::Rows } else { Presence::Empty }
        };
        let mut totals = Self::default();
        if let Some(purchases) = table(Table::Purchases) {
            // Counted beforehand: a task that waits for orders to be counted must not be handed one that asks for them too.
            let _ = purchases.events();
            totals.count_purchases(purchases, config);
        }
        Self {
            complaints: table(Table::Complaints).map_or(Presence::NoTable, has_rows),
            filled: tables.iter().flat_map(filled).collect(),
            ids: tables.par_iter().map(|table| (table.table(), Ids::of(table))).collect(),
            losses: Losses::of(tables, config),
            consents: Consents::of(tables),
            currencies: Currencies::of(tables),
            tickets: table(Table::Complaints).map_or_else(TicketStates::default, TicketStates::of),
            statements: table(Table::Customers)
                .map_or_else(Statements::default, |customers| Statements::of(customers, config, now)),
            ..totals
        }
    }

    /// Each count looks at all rows and at no other count, so that they are made side by side.
    fn count_purchases(&mut self, purchases: &TypedTable, config: &Config) {
        let zone = &config.timezone;
        rayon::scope(|side| {
            side.spawn(|_| (self.days, self.pace) = PurchaseDays::counted(purchases, zone));
            side.spawn(|_| (self.n_customers, self.n_returning) = volume::customers_and_returning(purchases));
            side.spawn(|_| self.order_amounts = OrderAmounts::of(purchases, config));
            side.spawn(|_| self.discounts_left = DiscountsLeft::of(purchases, config));
            side.spawn(|_| (self.sizes, self.scales) = Sizes::of(purchases, &config.currency));
            side.spawn(|_| self.cents = Cents::of(purchases, config));
            side.spawn(|_| self.thin_weeks = ThinWeeks::of(purchases, config));
            side.spawn(|_| self.order_parts = OrderParts::of(purchases, config));
            side.spawn(|_| self.order_numbers = OrderNumbers::of(purchases));
            side.spawn(|_| self.unknown_states = UnknownStates::of(purchases));
            side.spawn(|_| self.unpaid = UnpaidOrders::of(purchases));
            side.spawn(|_| self.bundles = Bundles::of(purchases));
            side.spawn(|_| self.suborders = Suborders::of(purchases));
            side.spawn(|_| self.pieces_back = PiecesBack::of(purchases));
            side.spawn(|_| self.with_margins = categories::with_margins(purchases, config));
            side.spawn(|_| self.heaviest = Heaviest::of(purchases));
            side.spawn(|_| self.turnover = TurnoverShare::of(purchases));
            side.spawn(|_| self.signs = OrderSigns::of(purchases));
            side.spawn(|_| self.order_totals = OrderTotals::of(purchases));
            side.spawn(|_| self.counted_pieces = CountedPieces::of(purchases, config));
            side.spawn(|_| self.counted_twice = CountedTwice::of(purchases));
            side.spawn(|_| self.joined_lines = JoinedLines::of(purchases));
            side.spawn(|_| self.instalments = Instalments::of(purchases));
            side.spawn(|_| self.sold_twice = SoldTwice::of(purchases));
            side.spawn(|_| self.rejected_states = RejectedStates::of(purchases));
            side.spawn(|_| self.lines_as_orders = LinesAsOrders::of(purchases));
            side.spawn(|_| self.lone_returns = LoneReturns::of(purchases));
            side.spawn(|_| self.no_goods = NoGoods::of(purchases, "product_id"));
            side.spawn(|_| self.no_good_categories = NoGoods::of(purchases, "category"));
        });
        self.thin_weeks.count_purchases(&self.pace);
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        self.days.add(&other.days);
        self.n_customers += other.n_customers;
        self.n_returning += other.n_returning;
        self.pace.add(&other.pace);
        self.complaints = self.complaints.max(other.complaints);
        self.statements.add(&other.statements);
        self.sizes.add(&other.sizes);
        self.scales.add(&other.scales);
        self.cents.add(other.cents);
        self.thin_weeks.add(&other.thin_weeks);
        self.order_numbers.add(other.order_numbers);
        self.order_parts.add(other.order_parts);
        self.unknown_states.add(other.unknown_states);
        self.unpaid.add(other.unpaid);
        self.pieces_back.add(other.pieces_back);
        self.suborders.add(other.suborders);
        self.bundles.add(other.bundles);
        for (table, own) in other.ids {
            self.ids.entry(table).or_default().add(own);
        }
        self.heaviest.add(other.heaviest);
        self.turnover.add(other.turnover);
        self.losses.add(other.losses);
        self.consents.add(other.consents);
        self.signs.add(other.signs);
        self.order_totals.add(other.order_totals);
        self.counted_pieces.add(&other.counted_pieces);
        self.counted_twice.add(other.counted_twice);
        self.joined_lines.add(other.joined_lines);
        self.instalments.add(other.instalments);
        self.sold_twice.add(other.sold_twice);
        self.rejected_states.add(other.rejected_states);
        self.lines_as_orders.add(other.lines_as_orders);
        self.lone_returns.add(other.lone_returns);
        self.no_goods.add(other.no_goods);
        self.no_good_categories.add(other.no_good_categories);
        self.currencies.add(other.currencies);
        self.order_amounts.add(other.order_amounts);
        self.discounts_left.add(other.discounts_left);
        self.tickets.add(other.tickets);
        self.with_margins.extend(other.with_margins);
        for (column, (rows, is_filled)) in other.filled {
            let sum = self.filled.entry(column).or_default();
            *sum = (sum.0 + rows, sum.1 || is_filled);
        }
    }

    /// What the checks of the whole find.
    pub(super) fn findings(&self, config: &Config, as_of: Timestamp) -> Vec<Finding> {
        let mut findings = feed::check(&self.days, config, as_of);
        findings.extend(volume::check(&self.volume(), config));
        findings.extend(self.sizes.absurd(config));
        findings.extend(self.thin_weeks.finding());
        findings.extend(self.units(config));
        findings.extend(self.counted_pieces.finding(config));
        let of_products = self.no_goods.finding(config, "product_id");
        findings.extend(of_products.or_else(|| self.no_good_categories.finding(config, "category")));
        findings.extend(self.currencies.findings(config));
        findings.extend(self.order_amounts.finding());
        findings.extend(self.discounts_left.finding(config));
        findings.extend(categories::unknown(&self.with_margins, config));
        findings.extend(self.statements.stopped(config));
        findings.extend(self.consents.findings(config));
        findings.extend(self.empty_columns());
        findings
    }

    /// What is found of the unit of amounts. What is in cents in part is not mended by the line that mends the whole.
    fn units(&self, config: &Config) -> Vec<Finding> {
        let of_files = self.scales.findings(config);
        let of_rows = self.cents.finding(config).filter(|_| of_files.iter().all(|own| own.rule == "whole_amounts"));
        of_rows.map_or(of_files, |own| vec![own])
    }

    /// What is found of who is a customer, what is an order, and what is lost with rejected rows.
    pub(super) fn of_customers(&self, config: &Config, accounts: &[Account]) -> Vec<Finding> {
        let account = accounts.iter().find(|account| account.table == Table::Purchases.name());
        let mut findings = self.losses.findings(config, accounts);
        let of_nobody = self.heaviest.findings(config, accounts);
        // An id with most orders has most turnover too.
        let of_one = self.turnover.finding(config, self.n_customers).filter(|_| of_nobody.is_empty());
        findings.extend(of_nobody.into_iter().chain(of_one));
        if let Some(purchases) = self.ids.get(&Table::Purchases) {
            findings.extend(customer_ids::scientific(purchases));
            findings.extend(customer_ids::merging(purchases, &config.purchases));
            findings.extend(loose_ids::loosely_alike(purchases, &config.purchases));
            findings.extend(phone_ids::with_country_codes(purchases, &config.purchases));
            let others = self.ids.iter().filter(|(table, _)| **table != Table::Purchases);
            findings.extend(others.filter_map(|(table, own)| customer_ids::meeting(*table, own, purchases, config)));
        }
        findings.extend(self.signs.findings(config, account.map_or(0, |account| account.used)));
        let twice = self.counted_twice.finding(config);
        // Where orders are counted twice, their lines cannot add up.
        findings.extend(twice.or_else(|| self.order_totals.disagreement(config)));
        findings.extend(self.rejected_states.finding(config, account));
        findings.extend(self.joined_lines.finding());
        findings.extend(self.sold_twice.finding(config));
        findings.extend(self.instalments.finding().or_else(|| self.order_parts.finding(config)));
        findings.extend(self.lines_as_orders.finding(config));
        // Payments with a minus are told as such.
        findings.extend(self.lone_returns.finding(config).filter(|_| !self.signs.pays_back()));
        findings.extend(self.order_numbers.findings(config, account));
        findings.extend(self.unknown_states.findings(config, account));
        findings.extend(self.unpaid.finding(config));
        findings.extend(self.pieces_back.finding(config));
        let in_parts = self.suborders.finding(config);
        findings.extend(in_parts.or_else(|| self.bundles.finding(config)));
        findings.extend(self.tickets.finding(config));
        findings
    }

    /// What the ids of customers look like.
    pub(super) fn looks_of_ids(&self, accounts: &[Account]) -> Looks {
        let ids = self.ids.get(&Table::Purchases);
        let account = accounts.iter().find(|account| account.table == Table::Purchases.name());
        let without =
            account.into_iter().flat_map(|own| &own.rejected).filter(|(reason, _)| *reason == Reason::NO_CUSTOMER);
        Looks {
            rows: (account.map_or(0, Account::n_belonging), without.map(|(_, count)| count).sum()),
            are_names: ids.is_some_and(|ids| other_ids::are_names(ids.names())),
            may_be_guests: self.n_customers.saturating_sub(self.n_returning) * ONCE_IN >= self.n_customers,
        }
    }

    fn volume(&self) -> Volume {
        let (n_customers, n_returning, complaints) = (self.n_customers, self.n_returning, self.complaints);
        Volume { n_customers, n_returning, complaints, span: self.days.span() }
    }

    /// Columns that are mapped and have no value in any row: what they tell of is taken as absent everywhere.
    fn empty_columns(&self) -> impl Iterator<Item = Finding> {
        let empty = self.filled.iter().filter(|((_, column), (rows, filled))| {
            // Opt-outs have a rule of their own.
            *rows > 0 && !filled && *column != opt_outs::COLUMN
        });
        empty.map(|((table, column), (rows, _))| {
            let name = table.name();
            let message = format!("`{name}.{column}` is mapped and empty in all of {}", counted(*rows, "row"));
            let finding = Finding::new("empty_column", name, Severity::Warning, message).of_column(*column);
            finding
                .counting(*rows)
                .with_hint("check whether the source has stopped to deliver it; if so, do not map it")
        })
    }
}

/// A table and one of its columns.
type MappedColumn = (Table, &'static str);

/// The optional columns that a table maps: its used rows, and whether any of them has a value.
fn filled(table: &TypedTable) -> Vec<(MappedColumn, (u64, bool))> {
    let n_used = table.used_rows().count() as u64;
    let optional = table.table().columns().iter().filter(|spec| !spec.required && table.has(spec.name));
    optional.map(|spec| ((table.table(), spec.name), (n_used, table.is_filled(spec.name)))).collect()
}
