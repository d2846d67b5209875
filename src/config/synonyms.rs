//! How shops call the columns we need, most telling names first. Names are compared in lower case with words joined
//! by `_`, so that `CustomerID`, `Customer ID` and `customer-id` are one.

use super::tables::Table;

#[rustfmt::skip]
const CUSTOMER_ID: &[&str] = &["customer_id", "cust_id", "customer", "cust", "client_id", "client", "user_id",
    "member_id", "account_id", "shopper_id", "buyer_id", "customer_unique_id", "household_id", "household_key",
    "loyalty_id", "card_id", "sold_to", "sold_to_party", "kundennummer", "kunden_nummer",
    "kunde", "kunden", "kdnr", "kd", "auftraggeber", "debitor", "debitorennr", "debitorennummer", "guest_id", "kundenkarte", "karten_nr", "kartennummer", "klant", "klantnummer",
    "cliente", "numero_client", "numéro_client", "n_client", "kund", "kundnummer", "buyer", "buyer_username", "buyer_user_id",
    "username", "user_name", "login", "customer_email", "customer_phone", "customer_mobile", "billing_email", "billing_phone",
    "email", "e_mail", "email_address", "buyer_email", "mail", "courriel",
    "user", "member", "account", "phone", "phone_number", "telefon", "telefonnummer", "telephone", "téléphone", "telefono", "mobile"];
const CURRENCY: &[&str] = &["currency", "currency_code", "order_currency", "curr", "valuta", "devise", "moneda"];
#[rustfmt::skip]
const RECORDED_AT: &[&str] =
    &["recorded_at", "known_at", "loaded_at", "ingested_at", "inserted_at", "load_date", "loaded", "recorded"];

#[rustfmt::skip]
const PURCHASES: &[(&str, &[&str])] = &[
    ("customer_id", CUSTOMER_ID),
    ("purchased_at", &["purchased_at", "purchase_date", "ordered_at", "order_date", "invoice_date",
        "transaction_date", "sale_date", "sales_date", "order_purchase_timestamp", "order_timestamp",
        "order_time", "purchase_time", "purchased", "created_at", "order_created_at", "booking_date",
        "receipt_date", "trans_date", "t_dat", "datetime", "timestamp", "date", "time", "day", "event_time",
        "paid_at", "processed_at", "billing_date", "document_date", "posting_date", "datum", "bestelldatum", "auftragsdatum",
        "rechnungsdatum", "fakturadatum", "belegdatum", "buchungsdatum", "kaufdatum", "verkaufsdatum", "besteldatum", "factuurdatum",
        "verkoopdatum", "orderdatum", "köpdatum", "bestellzeit", "bestellzeitpunkt", "kaufzeitpunkt", "verkaufszeit", "zeitpunkt",
        "zeitstempel", "datum_uhrzeit", "placed_at", "order_placed", "bought_at", "booked_on", "booked_at", "reserved_on", "reserved_at", "gebucht_am", "réservé_le", "reservado_el", "prenotato_il", "geboekt_op", "donated_at", "donated_on", "sold_at", "sold_on", "completed_at",
        "date_purchased", "date_created", "created", "created_on", "ordered_on", "placed_on", "creation_date", "date_added", "checkout_at", "date_paid", "paid_on_date",
        "date_commande", "date_facture", "date_de_commande", "date_achat", "date_vente", "fecha", "fecha_pedido",
        "fecha_compra", "fecha_venta", "data", "data_ordine", "data_acquisto", "data_vendita", "data_pedido", "data_compra",
        "data_da_compra", "heure", "zeit"]),
    ("amount", &["amount", "line_total", "lineitem_total", "line_amount", "sales_value", "revenue", "sales",
        "turnover", "dollar_value", "value", "spend", "payment_value", "net_amount", "net_sales", "gross_amount",
        "purchase_amount", "net_value", "nettowert", "umsatz", "positionswert", "zeilenbetrag", "nettobetrag", "betrag",
        "wert", "gesamtpreis", "positionssumme", "zeilensumme", "bruttoumsatz", "nettoumsatz", "warenwert", "item_total",
        "item_subtotal", "row_total", "line_price", "line_subtotal", "extended_price", "extended_amount", "gross_sales",
        "montant", "montant_ligne", "total_ligne", "importe", "importo", "valor", "bedrag", "regelbedrag", "belopp", "summe", "summa", "total", "total_amount", "order_total", "order_amount", "order_value", "grand_total",
        "total_price", "subtotal", "invoice_total", "invoice_amount", "receipt_total", "gesamtbetrag", "gesamtsumme", "gesamt",
        "rechnungsbetrag", "rechnungssumme", "bestellsumme", "bestellwert", "auftragswert", "endbetrag", "endsumme", "bonsumme",
        "montant_total", "total_ttc", "total_ht", "prix_total", "importe_total", "valor_total", "precio_total", "totale",
        "prezzo_totale", "importo_totale", "totaal", "totaalbedrag", "totalt"]),
    ("order_id", &["order_id", "order", "order_no", "increment_id", "order_number", "invoice", "invoice_id", "invoice_no",
        "transaction_id", "transaction", "trans_id", "basket_id", "basket", "receipt_id", "receipt", "bill_id",
        "bill_no", "billing_document", "sales_document", "document_no", "faktura", "rechnung", "rechnungsnummer",
        "bestellung", "bestellnummer", "auftrag", "auftragsnummer", "beleg", "belegnummer", "bon", "bonnummer", "bonnr",
        "kassenbon", "vorgang", "commande", "numero_commande", "numéro_commande", "facture", "ticket", "pedido", "numero_pedido",
        "ordine", "numero_ordine", "scontrino", "bestelling", "bestelnummer", "factuur", "ordernummer", "sale", "sales_order",
        "purchase", "purchase_id", "check", "order_reference", "order_ref", "reference", "référence"]),
    ("product_id", &["product_id", "product", "stock_code", "sku", "lineitem_sku", "line_item_sku", "item_id",
        "item", "article_id", "article", "asin", "ean", "upc", "product_sku", "material",
        "artikel", "artikelnummer", "art", "produkt", "produktnummer", "produit", "producto", "prodotto", "item_number", "item_title",
        "item_name", "menu_item", "product_name", "product_title", "artikelbezeichnung", "bezeichnung", "lineitem_name", "désignation", "listing"]),
    ("category", &["category", "product_category", "category_name", "department", "product_type", "product_group",
        "item_category", "commodity_desc", "lineitem_category", "warengruppe", "produktgruppe", "artikelgruppe", "wgr", "kategorie",
        "categorie", "catégorie", "famille", "rayon", "categoria", "kategori"]),
    ("quantity", &["quantity", "qty", "units", "pieces", "lineitem_quantity", "line_quantity", "item_count",
        "n_items", "quantity_ordered", "menge", "anzahl", "stueck", "stück", "quantite", "quantité", "cantidad", "aantal"]),
    ("discount", &["discount", "discount_amount", "lineitem_discount", "line_discount", "total_discount", "rebate", "discounts",
        "rabatt", "nachlass", "remise", "descuento", "korting"]),
    ("cost", &["line_cost", "cost_of_goods", "cost_of_goods_sold", "cogs", "wareneinsatz", "einstandswert"]),
    ("channel", &["channel", "sales_channel", "sales_channel_id", "order_channel", "source_name", "store_type", "vertriebsweg",
        "kanal"]),
    ("region", &["region", "country", "customer_country", "billing_country", "shipping_country", "state",
        "customer_state", "country_code", "city", "market"]),
    ("is_return", &["is_return", "is_returned", "returned", "return_flag", "is_refund", "refunded"]),
    ("currency", CURRENCY),
    ("recorded_at", RECORDED_AT),
];

#[rustfmt::skip]
const COMPLAINTS: &[(&str, &[&str])] = &[
    ("complaint_id", &["complaint_id", "complaint", "ticket_id", "ticket", "case_id", "case", "claim_id",
        "issue_id", "review_id", "reklamation", "meldung", "vorgang",
        "n_ticket", "id_ticket", "id_del_ticket", "id_de_ticket", "numero_ticket", "número_ticket", "numéro_ticket",
        "numero_de_ticket", "numéro_de_ticket", "ticketnummer", "ticket_nummer", "issue_key", "conversation_id",
        "conversation", "chamado", "id_do_chamado", "número_do_chamado", "numero_do_chamado", "protocolo",
        "incidencia", "id_incidencia", "id_de_incidencia", "incident_id", "incident", "fallnummer", "beschwerde",
        "beschwerdenummer", "reklamationsnummer", "numero_de_reclamación", "número_de_reclamación",
        "número_da_reclamação", "numéro_de_réclamation", "réclamation", "n_réclamation", "reclamación", "reclamo",
        "reclamação", "klacht", "klachtnummer", "reklamacja", "numer_reklamacji", "zgłoszenie", "numer_zgłoszenia",
        "ärende", "ärendenummer", "sagsnummer", "şikayet_no", "talep_no", "問い合わせ番号", "チケット番号", "номер_обращения",
        "обращение", "id"]),
    ("customer_id", CUSTOMER_ID),
    ("opened_at", &["opened_at", "opened", "open_date", "complaint_date", "date_received", "received_at",
        "submitted_at", "reported_at", "raised_at", "created_at", "created", "review_creation_date", "create_date",
        "created_time", "angelegt_am", "erstellt_am", "eingangsdatum", "eingang", "date", "datum", "timestamp",
        "ticket_created_at", "conversation_created_at", "started_at", "review_created", "créé_le", "cree_le",
        "date_de_création", "date_création", "date_de_creation", "ouvert_le", "date_d_ouverture", "hora_de_creación",
        "fecha_de_creación", "fecha_creación", "creado", "creado_el", "fecha_de_apertura", "abierto_el", "aberto_em",
        "data_de_abertura", "data_abertura", "criado_em", "data_de_criação", "data_criação", "aperto_il",
        "creato_il", "data_di_apertura", "data_apertura", "data_creazione", "eröffnet_am", "erstellt", "angelegt",
        "eingegangen_am", "beschwerdedatum", "reklamationsdatum", "aangemaakt_op", "aangemaakt", "geopend_op",
        "klachtdatum", "utworzono", "data_utworzenia", "data_zgłoszenia", "skapad", "skapad_den", "öppnad",
        "oprettet", "opprettet", "oluşturulma_tarihi", "açılış_tarihi", "作成日", "作成日時", "受付日", "受付日時", "создано",
        "создан", "дата_создания", "дата_обращения", "fecha", "data"]),
    ("order_id", &["order_id", "order", "invoice", "invoice_id", "transaction_id",
        "n_commande", "numéro_de_commande", "numero_de_commande", "commande", "bestellnummer", "auftragsnummer",
        "rechnungsnummer", "pedido", "n_pedido", "número_de_pedido", "numero_de_pedido", "número_do_pedido",
        "ordine", "numero_ordine", "bestelnummer", "numer_zamówienia", "zamówienie", "ordernummer", "sipariş_no",
        "注文番号", "номер_заказа", "reference_number"]),
    ("category", &["category", "complaint_category", "complaint_type", "cause", "reason", "issue", "issue_type",
        "ticket_type", "topic", "type", "grund", "ursache", "kategorie",
        "issue_category", "motif", "motivo", "tipo", "catégorie", "categoría", "categoria", "categorie", "kategoria",
        "type_de_demande", "beschwerdegrund", "reklamationsgrund", "anliegen", "reden", "powód", "orsak", "neden",
        "分類", "カテゴリ", "причина", "категория"]),
    ("severity", &["severity", "priority", "urgency", "level",
        "priorität", "priorité", "prioridad", "prioridade", "priorità", "prioriteit", "priorytet", "prioritet",
        "öncelik", "dringlichkeit"]),
    ("channel", &["channel", "ticket_channel", "submitted_via", "source", "medium"]),
    ("first_response_at", &["first_response_at", "first_response_time", "first_reply_at", "responded_at",
        "answered_at", "first_answer_at"]),
    ("resolved_at", &["resolved_at", "resolution_date", "closed_at", "solved_at", "close_date", "closed",
        "resolved",
        "ticket_closed_at", "ticket_solved_at", "ticket_resolved_at", "resolved_time", "closed_time", "résolu_le",
        "fermé_le", "clos_le", "date_de_résolution", "hora_de_resolución", "fecha_de_resolución", "resuelto_el",
        "hora_de_cierre", "fecha_de_cierre", "cerrado_el", "fechado_em", "data_de_fechamento", "resolvido_em",
        "data_de_resolução", "encerrado_em", "chiuso_il", "risolto_il", "data_di_chiusura", "data_chiusura",
        "gelöst_am", "geschlossen_am", "erledigt_am", "abschlussdatum", "opgelost_op", "gesloten_op", "rozwiązano",
        "zamknięto", "data_zamknięcia", "data_rozwiązania", "löst", "stängd", "lukket", "løst", "çözüm_tarihi",
        "kapanış_tarihi", "解決日", "解決日時", "完了日", "решено", "закрыто", "дата_закрытия"]),
    ("reopened_at", &["reopened_at", "reopened", "reopen_date",
        "rouvert_le", "reabierto_el", "reaberto_em", "wiedereröffnet_am", "riaperto_il", "heropend_op"]),
    ("resolution", &["resolution", "outcome", "company_response", "resolution_code"]),
    ("compensation", &["compensation", "compensation_amount", "refund", "refund_amount", "goodwill", "credit"]),
    ("satisfaction", &["satisfaction", "csat", "customer_satisfaction_rating", "satisfaction_score", "rating",
        "review_score", "score"]),
    ("amount", &["amount", "disputed_amount", "claim_amount", "value"]),
    ("currency", CURRENCY),
    ("text", &["text", "description", "message", "comment", "body", "complaint_text", "narrative",
        "ticket_description", "review_comment_message"]),
    ("recorded_at", RECORDED_AT),
];

#[rustfmt::skip]
const CUSTOMERS: &[(&str, &[&str])] = &[
    ("customer_id", &["customer_id", "cust_id", "customer", "cust", "client_id", "client", "user_id", "member_id",
        "account_id", "customer_unique_id", "household_key", "customer_email", "email", "id", "key"]),
    ("signed_up_at", &["signed_up_at", "signup_date", "sign_up_date", "registered_at", "registration_date",
        "joined_at", "join_date", "member_since", "customer_since", "enrolled_at", "created_at", "created"]),
    ("opted_out", &["opted_out", "opt_out", "unsubscribed", "do_not_contact", "marketing_opt_out", "no_marketing"]),
    ("birth_date", &["birth_date", "date_of_birth", "birthdate", "birthday", "dob", "born"]),
    ("region", &["region", "country", "customer_country", "state", "customer_state", "country_code", "city", "market"]),
    ("acquisition_channel", &["acquisition_channel", "acquisition", "signup_channel", "utm_source", "referrer",
        "acquired_by"]),
    ("valid_from", &["valid_from", "effective_from", "updated_at", "as_of"]),
    ("recorded_at", RECORDED_AT),
];

#[rustfmt::skip]
const SURVEYS: &[(&str, &[&str])] = &[
    ("customer_id", CUSTOMER_ID),
    ("answered_at", &["answered_at", "responded_at", "response_date", "submitted_at", "survey_date", "completed_at",
        "date", "timestamp"]),
    ("nps", &["nps", "nps_score", "recommend", "likelihood_to_recommend"]),
    ("csat", &["csat", "satisfaction", "satisfaction_score", "csat_score", "rating"]),
    ("recorded_at", RECORDED_AT),
];

#[rustfmt::skip]
const CONTACTS: &[(&str, &[&str])] = &[
    ("customer_id", CUSTOMER_ID),
    ("contacted_at", &["contacted_at", "contact_date", "contacted_on", "sent_at", "mailed_at", "called_at"]),
    ("action", &["action", "contact_type", "treatment", "offer"]),
    ("campaign_id", &["campaign_id", "campaign", "campaign_name"]),
    ("arm", &["arm", "group", "test_group"]),
    ("cost", &["cost", "contact_cost"]),
    ("recorded_at", RECORDED_AT),
];

/// What one piece costs; with a quantity it makes an amount.
#[rustfmt::skip]
pub(super) const UNIT_PRICES: &[&str] = &["unit_price", "price", "item_price", "lineitem_price", "line_item_price",
    "price_per_unit", "price_each", "selling_price", "sales_price", "sale_price", "retail_price", "sold_for", "einzelpreis", "stückpreis",
    "stueckpreis", "artikelpreis", "verkaufspreis", "vk_preis", "preis", "prix_unitaire", "prix", "precio_unitario", "precio",
    "preço", "preco", "preço_unitário", "prezzo_unitario", "prezzo", "stukprijs", "prijs", "styckpris", "pris", "retail", "base_price"];

/// Amounts that shops repeat on every line of an order, or write on its first line alone.
#[rustfmt::skip]
pub(super) const ORDER_LEVEL: &[&str] =
    &["total", "total_amount", "order_total", "order_amount", "order_value", "grand_total", "total_price",
        "subtotal", "invoice_total", "invoice_amount", "receipt_total", "gesamtbetrag", "gesamtsumme", "gesamt", "summe",
        "rechnungsbetrag", "rechnungssumme", "bestellsumme", "bestellwert", "auftragswert", "endbetrag", "endsumme", "bonsumme",
        "montant_total", "total_ttc", "total_ht", "prix_total", "importe_total", "valor_total", "precio_total", "totale",
        "prezzo_totale", "importo_totale", "totaal", "totaalbedrag", "totalt"];

/// Our columns of a table with their names elsewhere.
pub(super) const fn of(table: Table) -> &'static [(&'static str, &'static [&'static str])] {
    match table {
        Table::Purchases => PURCHASES,
        Table::Complaints => COMPLAINTS,
        Table::Customers => CUSTOMERS,
        Table::Surveys => SURVEYS,
        Table::Contacts => CONTACTS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_names_and_every_name_is_in_the_form_compared() {
        for table in Table::ALL {
            for column in table.columns() {
                assert!(of(table).iter().any(|(name, _)| *name == column.name), "{} {}", table.name(), column.name);
            }
            for (column, names) in of(table) {
                assert!(table.column(column).is_some(), "{column}");
                assert!(names.iter().all(|name| crate::config::in_words(name).join("_") == *name), "{column}");
            }
        }
    }
}
