//! Exports of help desks: tickets that are no complaints, tickets that name an order or an address instead of the customer, and
//! names of other languages.

use super::drafted_exports::{Order, check, drafted, euros};

fn orders() -> String {
    let row = |order: Order| {
        let (number, day, cents) = (order.number, order.day(), euros(order.cents()));
        format!("W{number},cus_{},{day},{cents}\n", order.customer)
    };
    "order_no,customer_id,order_date,total\n".to_owned() + &Order::all().map(row).collect::<String>()
}

/// A ticket of every fifth order, in rows that `row` makes of its place and order.
fn tickets(header: &str, row: impl Fn(usize, Order) -> String) -> String {
    let some = Order::all().filter(|order| order.number.is_multiple_of(5)).enumerate();
    header.to_owned() + "\n" + &some.map(|(place, order)| row(place, order) + "\n").collect::<String>()
}

/// The files drafted and checked, and what is said without the filter.
fn judged(tickets: (&str, &str), filter: &str, used: &str) {
    let orders = orders();
    let files: [(&str, &[u8]); 2] = [("orders.csv", orders.as_bytes()), (tickets.0, tickets.1.as_bytes())];
    let (folder, config) = drafted(&files, &[]);
    assert!(config.contains(&format!("\nfilter = {filter}")), "{filter}:\n{config}");
    check(folder.path(), 0, &[used, "0 findings"]);
    let without: Vec<&str> = config.lines().filter(|line| !line.starts_with("filter")).collect();
    std::fs::write(folder.path().join("retain.toml"), without.join("\n")).unwrap();
    let mend = format!("write `filter = {filter}` in `[complaints]`");
    check(folder.path(), 0, &["warning[tickets_not_looked_at]: some of 552 rows are no complaints", &mend]);
}

#[test]
fn spam_merged_tickets_and_tests_are_set_aside_and_told_without_a_filter() {
    let states = ["closed", "pending", "solved", "spam", "open", "merged", "Test", "solved"];
    let text = tickets("ticket_id,customer_id,created_at,status", |place, order| {
        format!("{place},cus_{},{}T12:00:00Z,{}", order.customer, order.day(), states[place % 8])
    });
    judged(("tickets.csv", &text), "\"\\\"status\\\" NOT IN ('Test', 'merged', 'spam')\"", "345 complaints");
}

#[test]
fn flags_and_merges_of_two_columns_make_one_filter() {
    let text = tickets("Chamado;customer_id;Aberto em;Mesclado em;É spam", |place, order| {
        let merged = if place % 4 == 1 { "80012" } else { "" };
        let spam = if place % 3 == 1 { "sim" } else { "não" };
        format!("{};cus_{};{} 12:00;{merged};{spam}", 80_000 + place, order.customer, order.day())
    });
    let filter = "\"COALESCE(\\\"Mesclado em\\\", '') = '' AND \\\"É spam\\\" NOT IN ('sim')\"";
    judged(("chamados.csv", &text), filter, "276 complaints");
}

#[test]
fn praise_and_what_is_no_complaint_by_its_own_word_are_set_aside() {
    let text = tickets("Issue key,customer_id,Created,Art,is_complaint", |place, order| {
        let kind = ["Lob", "Reklamation", "Rückfrage"][place % 3];
        let is = if place % 6 == 1 { "no" } else { "yes" };
        format!("SUP-{place},cus_{},{} 12:00,{kind},{is}", order.customer, order.day())
    });
    let filter = "\"\\\"Art\\\" NOT IN ('Lob') AND \\\"is_complaint\\\" NOT IN ('no')\"";
    judged(("jira.csv", &text), filter, "276 complaints");
}

#[test]
fn states_of_complaints_ask_for_no_filter() {
    let states = ["closed", "pending", "solved", "open", "on-hold", "rejected"];
    let text = tickets("ticket_id,customer_id,created_at,status,category", |place, order| {
        let kind = ["Duplicate charge", "Question"][place % 2];
        format!("{place},cus_{},{}T12:00:00Z,{},{kind}", order.customer, order.day(), states[place % 6])
    });
    let orders = orders();
    let (folder, config) = drafted(&[("orders.csv", orders.as_bytes()), ("tickets.csv", text.as_bytes())], &[]);
    assert!(!config.contains("\nfilter"), "{config}");
    // Which questions count is asked.
    assert!(config.contains("\n# Are these complaints: `Question` (276 rows)? If not, the filter needs"), "{config}");
    check(folder.path(), 0, &["552 complaints", "0 findings"]);
}

#[test]
fn tickets_that_name_the_order_find_the_customer_in_the_orders() {
    let text = tickets("ticket_id,order_ref,created_at,state", |place, order| {
        format!("{place},W{},{}T12:00:00Z,{}", order.number, order.day(), ["open", "closed"][place % 2])
    });
    let orders = orders();
    let (folder, config) = drafted(&[("orders.csv", orders.as_bytes()), ("tickets.csv", text.as_bytes())], &[]);
    let lookup = "[complaints.lookup.customer]\npath = \"orders.csv\"\nkey = \"order_ref\"\ntheir_key = \"order_no\"\n\
                  columns = [\"customer_id\"]\n";
    assert!(config.contains(lookup), "{config}");
    check(folder.path(), 0, &["552 complaints", "0 findings"]);
    // With the order taken for the customer, the same lines are proposed.
    let (before, rest) = config.split_once("[complaints.columns]\n").unwrap();
    let wrong = rest.replacen("customer_id = \"customer_id\"", "customer_id = \"order_ref\"", 1).replace(lookup, "");
    std::fs::write(folder.path().join("retain.toml"), format!("{before}[complaints.columns]\n{wrong}")).unwrap();
    let mend = "`orders.csv` has both keys: write `[complaints.lookup.customer]` with `path = \"orders.csv\"`, `key = \"order_ref\"`, \
                `their_key = \"order_no\"`, `columns = { buyer = \"customer_id\" }`";
    check(folder.path(), 3, &["error[ids_do_not_meet]", mend]);
}

#[test]
fn tickets_with_an_address_find_the_customer_beside_it() {
    let text = tickets("N° ticket;Créé le;Email du demandeur;Statut", |place, order| {
        let state = ["Fermé", "En cours", "Indésirable"][place % 3];
        format!("{place};{} 12:00;P{}@x.example;{state}", order.day(), order.customer)
    });
    let clients = (0..230).map(|n| format!("cus_{n};p{n}@x.example;Paris\n"));
    let clients = "Code client;E-mail;Ville\n".to_owned() + &clients.collect::<String>();
    let orders = orders().replace("customer_id", "Code client");
    let files: [(&str, &[u8]); 3] =
        [("orders.csv", orders.as_bytes()), ("reclamations.csv", text.as_bytes()), ("clients.csv", clients.as_bytes())];
    let (folder, config) = drafted(&files, &[]);
    let lookup =
        "key = 'LOWER(\"Email du demandeur\")'\ntheir_key = 'LOWER(\"E-mail\")'\ncolumns = [\"Code client\"]\n";
    assert!(config.contains(lookup), "{config}");
    check(folder.path(), 0, &["368 complaints"]);
}

#[test]
fn tables_of_tickets_are_known_by_their_names_in_other_languages() {
    let orders = orders();
    for (file, header) in [
        ("incidencias.csv", "ID del ticket;customer_id;Hora de creación"),
        ("conversations.csv", "conversation_id;customer_id;conversation_created_at"),
        ("reclamaciones.csv", "Número de reclamación;customer_id;Fecha de creación"),
        ("Beschwerden.csv", "Beschwerdenummer;customer_id;Eingangsdatum"),
        ("klachten.csv", "Klachtnummer;customer_id;Aangemaakt op"),
        ("reklamacje.csv", "Numer reklamacji;customer_id;Data zgłoszenia"),
    ] {
        let text =
            tickets(header, |place, order| format!("{};cus_{};{} 12:00", 80_000 + place, order.customer, order.day()));
        let (folder, _) = drafted(&[("orders.csv", orders.as_bytes()), (file, text.as_bytes())], &[]);
        check(folder.path(), 0, &["552 complaints", "0 findings"]);
    }
}
