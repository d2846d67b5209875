//! Exports of help desks. Every ticket counts as a complaint until a filter says which do.

use super::template::{BLANK, Template};
use crate::config::tables::Table;

const COMPLAINTS: Template = Template { table: Table::Complaints, ..BLANK };

/// Larger is graver.
const PRIORITY: &str = "CASE LOWER(\"Priority\") WHEN 'low' THEN 1 WHEN 'normal' THEN 2 WHEN 'medium' THEN 2 WHEN 'high' \
                        THEN 3 WHEN 'urgent' THEN 4 END";

pub(super) const ALL: &[Template] = &[
    Template {
        product: "zendesk",
        looks_like: "a Zendesk tickets export",
        tells: &["Id", "Requester", "Requester email", "Status", "Created at", "Solved at"],
        mapping: &[
            ("complaint_id", &["\"Id\""]),
            ("customer_id", &["LOWER(\"Requester email\")", "\"Requester external id\"", "\"Requester id\""]),
            ("opened_at", &["\"Created at\""]),
            ("category", &["\"Ticket type\"", "\"Group\""]),
            ("severity", &[PRIORITY]),
            ("channel", &["\"Via\""]),
            ("resolved_at", &["\"Solved at\""]),
            ("satisfaction", &["CASE LOWER(\"Satisfaction Score\") WHEN 'good' THEN 5 WHEN 'bad' THEN 1 END"]),
            ("text", &["\"Subject\""]),
        ],
        ..COMPLAINTS
    },
    Template {
        product: "freshdesk",
        looks_like: "a Freshdesk tickets export",
        tells: &["Ticket ID", "Created time", "Resolved time", "Status", "Priority"],
        mapping: &[
            ("complaint_id", &["\"Ticket ID\""]),
            ("customer_id", &["LOWER(\"Email\")", "LOWER(\"Contact email\")", "\"Contact ID\""]),
            ("opened_at", &["\"Created time\""]),
            ("category", &["\"Type\"", "\"Group\""]),
            ("severity", &[PRIORITY]),
            ("channel", &["\"Source\""]),
            ("first_response_at", &["\"Initial response time\""]),
            ("resolved_at", &["\"Resolved time\"", "\"Closed time\""]),
            (
                "satisfaction",
                &[
                    "CASE LOWER(\"Survey results\") WHEN 'extremely happy' THEN 7 WHEN 'very happy' THEN 6 WHEN 'happy' THEN 5 \
                   WHEN 'neutral' THEN 4 WHEN 'unhappy' THEN 3 WHEN 'very unhappy' THEN 2 WHEN 'extremely unhappy' THEN 1 END",
                ],
            ),
            ("text", &["\"Subject\""]),
        ],
        ..COMPLAINTS
    },
    Template {
        product: "gorgias",
        looks_like: "a Gorgias tickets export",
        tells: &["Ticket id", "Customer email", "Created datetime", "Closed datetime"],
        mapping: &[
            ("complaint_id", &["\"Ticket id\""]),
            ("customer_id", &["LOWER(\"Customer email\")"]),
            ("opened_at", &["\"Created datetime\""]),
            ("category", &["\"Contact reason\""]),
            ("severity", &[PRIORITY]),
            ("channel", &["\"Channel\""]),
            ("first_response_at", &["\"First response datetime\""]),
            ("resolved_at", &["\"Closed datetime\""]),
            ("satisfaction", &["\"Survey score\"", "\"Satisfaction survey score\""]),
            ("text", &["\"Subject\""]),
        ],
        filter: &["LOWER(COALESCE(\"Spam\", 'false')) <> 'true'"],
        ..COMPLAINTS
    },
    Template {
        product: "hubspot",
        looks_like: "a HubSpot tickets export",
        tells: &["Ticket ID", "Ticket name", "Ticket status", "Create date"],
        mapping: &[
            ("complaint_id", &["\"Ticket ID\""]),
            (
                "customer_id",
                &[
                    "LOWER(SPLIT_PART(SPLIT_PART(\"Associated Contact\", '(', 2), ')', 1))",
                    "\"Associated Contact IDs\"",
                ],
            ),
            ("opened_at", &["\"Create date\""]),
            ("category", &["\"Category\""]),
            ("severity", &[PRIORITY]),
            ("channel", &["\"Source\""]),
            ("first_response_at", &["\"First agent email response date\""]),
            ("resolved_at", &["\"Close date\""]),
            ("text", &["\"Ticket name\""]),
        ],
        ..COMPLAINTS
    },
    Template {
        product: "trustpilot",
        looks_like: "the reviews of Trustpilot; those of one or two stars are taken for complaints",
        tells: &["Review Id", "Review Created (UTC)", "Review Stars", "Consumer Email"],
        mapping: &[
            ("complaint_id", &["\"Review Id\""]),
            ("customer_id", &["LOWER(\"Consumer Email\")"]),
            ("opened_at", &["\"Review Created (UTC)\""]),
            ("order_id", &["\"Reference Number\""]),
            ("first_response_at", &["\"Company Reply Date (UTC)\""]),
            ("text", &["\"Review Title\""]),
        ],
        filter: &["\"Review Stars\" <= 2"],
        ..COMPLAINTS
    },
];
