//! Exports of shop systems, marketplaces and tills.

use super::template::{BLANK, Template, TemplateLookup};
use crate::config::tables::Table;

const OLIST_ORDERS: TemplateLookup = TemplateLookup {
    name: "orders",
    tells: &["order_id", "customer_id", "order_status", "order_purchase_timestamp"],
    key: "order_id",
    columns: &["customer_id", "order_status", "order_purchase_timestamp"],
};

const OLIST_CUSTOMERS: TemplateLookup = TemplateLookup {
    name: "customers",
    tells: &["customer_id", "customer_unique_id"],
    key: "customer_id",
    columns: &["customer_unique_id", "customer_state"],
};

pub(super) const ALL: &[Template] = &[
    Template {
        product: "shopify",
        looks_like: "a Shopify orders export",
        tells: &["Name", "Email", "Financial Status", "Lineitem quantity", "Lineitem price"],
        mapping: &[
            ("customer_id", &["LOWER(\"Email\")", "\"Customer ID\""]),
            ("purchased_at", &["\"Created at\"", "\"Paid at\""]),
            (
                "amount",
                &[
                    "\"Lineitem quantity\" * \"Lineitem price\" - COALESCE(\"Lineitem discount\", 0)",
                    "\"Lineitem quantity\" * \"Lineitem price\"",
                ],
            ),
            ("order_id", &["\"Name\"", "\"Id\""]),
            ("product_id", &["COALESCE(\"Lineitem sku\", \"Lineitem name\")", "\"Lineitem name\""]),
            ("quantity", &["\"Lineitem quantity\""]),
            ("channel", &["\"Source\""]),
            ("region", &["COALESCE(\"Shipping Country\", \"Billing Country\")", "\"Billing Country\""]),
        ],
        filter: &[
            "\"Financial Status\" NOT IN ('voided', 'refunded', 'expired')",
            "\"Cancelled at\" IS NULL",
            "(\"Email\" IS NULL OR LOWER(\"Email\") NOT LIKE 'test@%')",
        ],
        known: &["pending"],
        fill_down: &["Financial Status", "Cancelled at", "Email", "Source", "Shipping Country", "Billing Country"],
        notes: &[
            "Discount codes, shipping and partial refunds are amounts of whole orders and stay out: `amount` is that of the \
             lines.",
        ],
        ..BLANK
    },
    Template {
        product: "shopify",
        looks_like: "a Shopify customers export",
        table: Table::Customers,
        tells: &["First Name", "Last Name", "Email", "Accepts Email Marketing", "Total Spent", "Total Orders"],
        mapping: &[
            ("customer_id", &["LOWER(\"Email\")"]),
            ("opted_out", &["\"Accepts Email Marketing\" = 'no'"]),
            ("region", &["\"Default Address Country Code\"", "\"Country Code\"", "\"Country\""]),
        ],
        ..BLANK
    },
    Template {
        product: "woocommerce",
        looks_like: "a WooCommerce order export",
        tells: &["order_id", "order_date", "status", "order_total", "billing_email"],
        mapping: &[
            ("customer_id", &["LOWER(\"billing_email\")", "LOWER(\"customer_email\")"]),
            ("purchased_at", &["\"order_date\"", "\"paid_date\""]),
            ("amount", &["\"order_total\" - COALESCE(\"refunded_total\", 0)", "\"order_total\""]),
            ("order_id", &["\"order_id\""]),
            ("region", &["\"billing_country\"", "\"shipping_country\""]),
        ],
        filter: &[
            "REPLACE(LOWER(\"status\"), 'wc-', '') NOT IN ('cancelled', 'failed', 'refunded', 'pending', 'trash', \
             'checkout-draft')",
        ],
        known: &["on-hold", "wc-on-hold"],
        notes: &["`customer_id` of the export is 0 for every guest: the e-mail tells people apart."],
        ..BLANK
    },
    Template {
        product: "woocommerce",
        looks_like: "a WooCommerce export of order lines (Advanced Order Export)",
        tells: &["Order Number", "Order Status", "Order Date", "Email (Billing)"],
        mapping: &[
            ("customer_id", &["LOWER(\"Email (Billing)\")"]),
            ("purchased_at", &["\"Order Date\""]),
            (
                "amount",
                &["\"Quantity (- Refund)\" * \"Item Cost\"", "\"Quantity\" * \"Item Cost\"", "\"Order Total Amount\""],
            ),
            ("order_id", &["\"Order Number\""]),
            ("product_id", &["COALESCE(\"SKU\", \"Item Name\")", "\"Item Name\"", "\"SKU\""]),
            ("quantity", &["\"Quantity (- Refund)\"", "\"Quantity\""]),
            ("region", &["\"Country Code (Billing)\"", "\"Country Code (Shipping)\""]),
        ],
        filter: &["LOWER(\"Order Status\") NOT IN ('cancelled', 'failed', 'refunded', 'pending payment', 'draft')"],
        ..BLANK
    },
    Template {
        product: "woocommerce",
        looks_like: "the orders report of WooCommerce Analytics",
        tells: &["Order #", "Date", "Status", "Customer", "N. Revenue"],
        mapping: &[
            ("customer_id", &["\"Customer\""]),
            ("purchased_at", &["\"Date\""]),
            ("amount", &["\"N. Revenue\""]),
            ("order_id", &["\"Order #\""]),
        ],
        filter: &["LOWER(\"Status\") NOT IN ('cancelled', 'failed', 'refunded', 'pending')"],
        notes: &[
            "The report names customers without their numbers: people of one name are one. An order export tells more.",
        ],
        ..BLANK
    },
    Template {
        product: "magento",
        looks_like: "the order grid of Magento (Adobe Commerce)",
        tells: &["ID", "Purchase Date", "Grand Total (Base)", "Status"],
        mapping: &[
            ("customer_id", &["LOWER(\"Customer Email\")"]),
            ("purchased_at", &["\"Purchase Date\""]),
            ("amount", &["\"Grand Total (Base)\" - COALESCE(\"Total Refunded\", 0)", "\"Grand Total (Base)\""]),
            ("order_id", &["\"ID\""]),
        ],
        filter: &[
            "\"Status\" NOT IN ('Canceled', 'Closed', 'Suspected Fraud', 'Pending', 'Pending Payment', 'Payment Review', \
             'On Hold')",
        ],
        ..BLANK
    },
    Template {
        product: "magento",
        looks_like: "the table `sales_order` of Magento (Adobe Commerce)",
        tells: &["increment_id", "created_at", "customer_email", "status", "base_grand_total"],
        mapping: &[
            ("customer_id", &["LOWER(\"customer_email\")"]),
            ("purchased_at", &["\"created_at\""]),
            ("amount", &["\"base_grand_total\" - COALESCE(\"base_total_refunded\", 0)", "\"base_grand_total\""]),
            ("order_id", &["\"increment_id\""]),
        ],
        filter: &[
            "\"status\" NOT IN ('canceled', 'closed', 'fraud', 'pending', 'pending_payment', 'payment_review', 'holded')",
        ],
        ..BLANK
    },
    Template {
        product: "stripe",
        looks_like: "a Stripe payments export",
        tells: &["id", "Amount", "Amount Refunded", "Currency", "Status", "Customer ID"],
        mapping: &[
            ("customer_id", &["\"Customer ID\"", "LOWER(\"Customer Email\")"]),
            ("purchased_at", &["\"Created date (UTC)\" || 'Z'", "\"Created (UTC)\" || 'Z'"]),
            ("amount", &["\"Amount\" - COALESCE(\"Amount Refunded\", 0)", "\"Amount\""]),
            ("order_id", &["\"id\""]),
        ],
        filter: &[
            "LOWER(\"Status\") NOT IN ('failed', 'refunded', 'canceled', 'blocked', 'uncaptured', 'incomplete', \
             'requires payment method', 'requires_payment_method')",
            "COALESCE(\"Mode\", 'Live') <> 'Test'",
            "LOWER(COALESCE(\"Captured\", 'true')) <> 'false'",
        ],
        ..BLANK
    },
    Template {
        product: "square",
        looks_like: "a Square item sales export",
        tells: &["Date", "Time", "Item", "Qty", "Gross Sales", "Net Sales", "Transaction ID", "Event Type"],
        mapping: &[
            ("customer_id", &["\"Customer ID\"", "\"Customer Reference ID\""]),
            ("purchased_at", &["\"Date\" || ' ' || \"Time\""]),
            ("amount", &["\"Net Sales\""]),
            ("order_id", &["\"Transaction ID\""]),
            ("product_id", &["COALESCE(\"SKU\", \"Item\")", "\"Item\""]),
            ("category", &["\"Category\""]),
            ("quantity", &["\"Qty\""]),
            ("channel", &["\"Channel\"", "\"Location\""]),
            ("is_return", &["\"Event Type\" = 'Refund'"]),
        ],
        ..BLANK
    },
    Template {
        product: "square",
        looks_like: "a Square transactions export",
        tells: &["Date", "Time", "Gross Sales", "Net Sales", "Total Collected", "Transaction ID"],
        mapping: &[
            ("customer_id", &["\"Customer ID\"", "\"Customer Reference ID\""]),
            ("purchased_at", &["\"Date\" || ' ' || \"Time\""]),
            ("amount", &["\"Net Sales\""]),
            ("order_id", &["\"Transaction ID\""]),
            ("channel", &["\"Source\"", "\"Location\""]),
            ("is_return", &["\"Event Type\" = 'Refund'"]),
        ],
        ..BLANK
    },
    Template {
        product: "amazon",
        looks_like: "a report of shipments fulfilled by Amazon",
        tells: &["amazon-order-id", "purchase-date", "buyer-email", "item-price"],
        mapping: &[
            ("customer_id", &["LOWER(\"buyer-email\")"]),
            ("purchased_at", &["\"purchase-date\""]),
            ("amount", &["\"item-price\""]),
            ("order_id", &["\"amazon-order-id\""]),
            ("product_id", &["\"sku\"", "\"asin\""]),
            ("quantity", &["\"quantity-shipped\"", "\"quantity\""]),
            ("channel", &["\"sales-channel\""]),
            ("region", &["\"ship-country\"", "\"bill-country\""]),
        ],
        filter: &["\"order-status\" NOT IN ('Cancelled', 'Pending')"],
        notes: &[
            "`item-price` is the price of the line without tax; tax, shipping and promotions stand in columns of their own.",
        ],
        ..BLANK
    },
    Template {
        product: "amazon",
        looks_like: "an order report of Amazon",
        tells: &["order-id", "purchase-date", "buyer-email", "quantity-purchased", "item-price"],
        mapping: &[
            ("customer_id", &["LOWER(\"buyer-email\")"]),
            ("purchased_at", &["\"purchase-date\""]),
            ("amount", &["\"item-price\""]),
            ("order_id", &["\"order-id\""]),
            ("product_id", &["\"sku\""]),
            ("quantity", &["\"quantity-purchased\""]),
            ("region", &["\"ship-country\""]),
        ],
        ..BLANK
    },
    Template {
        product: "amazon",
        looks_like: "an all-orders report of Amazon, which does not say who bought",
        tells: &["amazon-order-id", "purchase-date", "order-status", "item-price"],
        mapping: &[
            ("purchased_at", &["\"purchase-date\""]),
            ("amount", &["\"item-price\""]),
            ("order_id", &["\"amazon-order-id\""]),
            ("product_id", &["\"sku\"", "\"asin\""]),
            ("quantity", &["\"quantity\""]),
            ("channel", &["\"sales-channel\""]),
            ("region", &["\"ship-country\""]),
        ],
        filter: &["\"order-status\" NOT IN ('Cancelled', 'Pending')"],
        ..BLANK
    },
    Template {
        product: "olist",
        looks_like: "the order items of Olist",
        tells: &["order_id", "order_item_id", "product_id", "price", "freight_value"],
        mapping: &[
            ("customer_id", &["\"customer_unique_id\"", "\"customer_id\""]),
            ("purchased_at", &["\"order_purchase_timestamp\""]),
            ("amount", &["\"price\""]),
            ("order_id", &["\"order_id\""]),
            ("product_id", &["\"product_id\""]),
            ("category", &["\"product_category_name\""]),
            ("region", &["\"customer_state\""]),
        ],
        filter: &["\"order_status\" NOT IN ('canceled', 'unavailable')"],
        lookups: &[
            OLIST_ORDERS,
            OLIST_CUSTOMERS,
            TemplateLookup {
                name: "products",
                tells: &["product_id", "product_category_name"],
                key: "product_id",
                columns: &["product_category_name"],
            },
        ],
        notes: &["`customer_id` of the orders is new with each order: `customer_unique_id` is the person."],
        ..BLANK
    },
    Template {
        product: "olist",
        looks_like: "the reviews of Olist; those of one or two stars are taken for complaints",
        table: Table::Complaints,
        tells: &["review_id", "order_id", "review_score", "review_creation_date"],
        mapping: &[
            ("complaint_id", &["\"review_id\""]),
            ("customer_id", &["\"customer_unique_id\"", "\"customer_id\""]),
            ("opened_at", &["\"review_creation_date\""]),
            ("order_id", &["\"order_id\""]),
            ("first_response_at", &["\"review_answer_timestamp\""]),
            ("text", &["\"review_comment_message\""]),
        ],
        filter: &["\"review_score\" <= 2"],
        lookups: &[OLIST_ORDERS, OLIST_CUSTOMERS],
        ..BLANK
    },
];
