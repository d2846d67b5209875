//! Lists of business systems.

use super::template::{BLANK, Template};
use crate::config::tables::Table;

const SAP: Template = Template { product: "sap", ..BLANK };

pub(super) const ALL: &[Template] = &[
    Template {
        looks_like: "a list of billing documents of SAP (VF05)",
        tells: &["Faktura", "Fakturadatum", "Auftraggeber", "Nettowert"],
        mapping: &[
            ("customer_id", &["\"Auftraggeber\""]),
            ("purchased_at", &["\"Fakturadatum\""]),
            ("amount", &["\"Nettowert\""]),
            ("order_id", &["\"Faktura\""]),
            ("product_id", &["\"Material\""]),
            ("category", &["\"Warengruppe\"", "\"MatGruppe\""]),
            ("quantity", &["\"Menge\"", "\"Fakturierte Menge\""]),
            ("region", &["\"Land\""]),
            ("is_return", &["\"FkArt\" IN ('G2', 'RE')"]),
        ],
        filter: &["\"Storniert\" IS NULL", "(\"FkArt\" IS NULL OR \"FkArt\" NOT IN ('S1', 'S2', 'F5', 'F8'))"],
        notes: &["Credit notes (G2, RE) are returns, whether or not their value has a minus."],
        ..SAP
    },
    Template {
        looks_like: "a list of billing documents of SAP (VF05)",
        tells: &["Billing Document", "Billing Date", "Sold-to Party", "Net Value"],
        mapping: &[
            ("customer_id", &["\"Sold-to Party\""]),
            ("purchased_at", &["\"Billing Date\""]),
            ("amount", &["\"Net Value\""]),
            ("order_id", &["\"Billing Document\""]),
            ("product_id", &["\"Material\""]),
            ("quantity", &["\"Billed Quantity\"", "\"Billing Qty\"", "\"Quantity\""]),
            ("region", &["\"Country\""]),
            ("is_return", &["\"Billing Type\" IN ('G2', 'RE')"]),
        ],
        filter: &[
            "\"Cancelled\" IS NULL",
            "(\"Billing Type\" IS NULL OR \"Billing Type\" NOT IN ('S1', 'S2', 'F5', 'F8'))",
        ],
        ..SAP
    },
    Template {
        looks_like: "a list of sales orders of SAP (VA05)",
        tells: &["Verkaufsbeleg", "Belegdatum", "Auftraggeber", "Nettowert"],
        mapping: &[
            ("customer_id", &["\"Auftraggeber\""]),
            ("purchased_at", &["\"Belegdatum\"", "\"Angelegt am\""]),
            ("amount", &["\"Nettowert\""]),
            ("order_id", &["\"Verkaufsbeleg\""]),
            ("product_id", &["\"Material\""]),
            ("quantity", &["\"Auftragsmenge\"", "\"Menge\""]),
        ],
        filter: &["\"Absagegrund\" IS NULL", "\"Abgrd\" IS NULL"],
        ..SAP
    },
    Template {
        looks_like: "a list of sales orders of SAP (VA05)",
        tells: &["Sales Document", "Document Date", "Sold-to Party", "Net Value"],
        mapping: &[
            ("customer_id", &["\"Sold-to Party\""]),
            ("purchased_at", &["\"Document Date\""]),
            ("amount", &["\"Net Value\""]),
            ("order_id", &["\"Sales Document\""]),
            ("product_id", &["\"Material\""]),
            ("quantity", &["\"Order Quantity\""]),
        ],
        filter: &["\"Reason for Rejection\" IS NULL"],
        ..SAP
    },
    Template {
        looks_like: "a list of notifications of SAP (quality management)",
        table: Table::Complaints,
        tells: &["Meldung", "Meldungsart", "Kunde", "Angelegt am"],
        mapping: &[
            ("complaint_id", &["\"Meldung\""]),
            ("customer_id", &["\"Kunde\""]),
            ("opened_at", &["\"Angelegt am\" || ' ' || \"Uhrzeit\"", "\"Angelegt am\""]),
            ("order_id", &["\"Faktura\"", "\"Verkaufsbeleg\""]),
            ("category", &["\"Codegruppe\"", "\"Meldungsart\""]),
            ("severity", &["5 - \"Priorität\""]),
            ("resolved_at", &["NULLIF(\"Abschlussdatum\", '00.00.0000')"]),
            ("amount", &["\"Kosten\""]),
            ("text", &["\"Kurztext\""]),
        ],
        ..SAP
    },
];
