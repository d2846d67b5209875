//! Exports whose columns are named in other languages, or by words that nobody knows, are drafted.

use predicates::str::contains;

use crate::shop::{Shop, retain};

/// Orders of 250 customers, one in each of twelve months, written by `row`: the customer, the month and the number of the order.
fn orders(head: &str, row: impl Fn(usize, usize, usize) -> String) -> String {
    let rows = (0..3_000).map(|n| row(n % 250, n / 250 + 1, n) + "\n");
    head.to_owned() + "\n" + &rows.collect::<String>()
}

/// The config that `inspect` drafts from a file, with what it leaves to a person filled in.
fn drafted(name: &str, content: &str, edits: &[(&str, &str)]) -> (Shop, String) {
    let shop = Shop::of(content, "");
    std::fs::rename(shop.path("purchases.csv"), shop.path(name)).unwrap();
    let inspect = ["inspect", name, "--out", "retain.toml", "--force"];
    retain().current_dir(shop.path(".")).args(inspect).assert().success();
    let draft = std::fs::read_to_string(shop.path("retain.toml")).unwrap();
    let mut config = draft.clone();
    for (from, to) in edits {
        assert!(config.contains(from), "{from} in {config}");
        config = config.replace(from, to);
    }
    std::fs::write(shop.path("retain.toml"), config + "\n[output]\ndir = 'runs'\n").unwrap();
    (shop, draft)
}

fn bought(shop: &Shop, words: &str) {
    shop.command("check").assert().success().stdout(contains(words.to_owned()));
}

#[test]
fn portuguese_columns_are_drafted_whole() {
    let head =
        "Número do pedido;Data de criação;CPF do cliente;SKU;Quantidade;Preço unitário;Valor do item;Valor total";
    let content = orders(head, |customer, month, n| {
        let day = customer % 28 + 1;
        format!(
            "{n}-01;{day:02}/{month:02}/2024 10:15;{customer:03}.456.789-10;S{};2;R$ 5,75;R$ 11,50;R$ 11,50",
            n % 40
        )
    });
    let (shop, draft) = drafted("pedidos.csv", &content, &[("horizon_days = 0", "horizon_days = 30")]);
    for line in [
        "currency = \"BRL\"  # the sign `R$`",
        "customer_id = \"CPF do cliente\"",
        "purchased_at = \"Data de criação\"",
        "amount = \"Valor do item\"",
        "order_id = \"Número do pedido\"",
        "quantity = \"Quantidade\"",
    ] {
        assert!(draft.contains(line), "{line} in {draft}");
    }
    bought(&shop, "bought by 250 customers in 3,000 orders: BRL 34,500.00");
}

#[test]
fn japanese_columns_are_drafted_with_the_states_that_are_no_purchases() {
    let content = orders("注文番号,注文日時,会員ID,ステータス,合計金額", |customer, month, n| {
        let state = if n % 20 == 0 { "キャンセル" } else { "発送済" };
        format!("{n},2024/{month:02}/{:02} 10:15:00,m{customer},{state},1150", customer % 28 + 1)
    });
    let filter = "# filter = \"\\\"ステータス\\\" NOT IN ('キャンセル')\"";
    let edits =
        [("currency = \"\"", "currency = \"JPY\""), (filter, &filter[2..]), ("horizon_days = 0", "horizon_days = 30")];
    let (shop, _) = drafted("orders.csv", &content, &edits);
    bought(&shop, "bought by 250 customers in 2,850 orders: JPY 3,277,500");
}

#[test]
fn columns_that_no_word_tells_are_proposed_by_their_values() {
    let content = orders("Zilk,Vren,Quox,Plim", |customer, month, n| {
        format!("{n},2024-{month:02}-{:02},k{customer},{}.50", customer % 28 + 1, n % 90 + 3)
    });
    let edits = [
        ("currency = \"\"", "currency = \"EUR\""),
        ("# customer_id = \"Quox\"", "customer_id = \"Quox\""),
        ("horizon_days = 0", "horizon_days = 30"),
    ];
    let (shop, draft) = drafted("zilk.csv", &content, &edits);
    assert!(draft.contains("by its values this one"), "{draft}");
    for line in ["\npurchased_at = \"Vren\"  # by its values", "\namount = \"Plim\"  # by its values"] {
        assert!(draft.contains(line), "{draft}");
    }
    bought(&shop, "bought by 250 customers");
}
