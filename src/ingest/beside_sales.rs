//! Kinds of rows that are no purchase beside those that are: points of a loyalty scheme, gift cards, tips, payments.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Kinds of rows that are what a shop sells, in small letters, in the languages of exports.
const SALES: &str = "sale, sales, purchase, purchases, sales order, order, regular sale, pos sale, store purchase, online purchase, spend, buy, goods, \
    product, products, merchandise, item, items, inventory item, kauf, verkauf, einkauf, ware, waren, artikel, umsatz, achat, achats, vente, \
    article, produit, produits, compra, venta, venda, producto, produto, acquisto, vendita, prodotto, aankoop, verkoop, zakup, sprzedaż, towar, \
    köp, försäljning, kjøp, køb, salg, vare, nákup, prodej, satış, alışveriş, покупка, продажа, товар, 購入, 販売, 売上, 商品, 购买, 销售, 구매, 판매, 상품";

/// Goods as the kind of a line.
const GOODS: &str = "goods, product, products, merchandise, item, items, line item, inventory item, ware, waren, artikel, article, produit, produits, \
    producto, produto, prodotto, vare, varer, towar, товар, 商品, 상품";

/// What is billed on lines of its own beside goods.
const BESIDE_GOODS: &str = "tax, taxes, sales tax, vat, gst, shipping, shipping line, shipping fee, postage, postage & packing, freight, delivery, \
    delivery fee, delivery charge, handling, packaging, fee, fees, surcharge, insurance, versand, versandkosten, porto, fracht, verpackung, steuer, \
    mwst, ust, livraison, frais de port, frais, tva, taxe, envío, envio, gastos de envío, iva, impuesto, frete, spedizione, spese di spedizione, \
    verzending, verzendkosten, btw, frakt, moms, fragt, dostawa, przesyłka, doprava, kargo, доставка, 送料, 消費税, 运费, 배송비";

/// Purchases as a loyalty scheme books them, where nothing else is called one.
const EARNED: &str = "earn, earned, earning, accrual, accrue, points earned, earn points, points accrual, gutschrift punkte, punkte gesammelt, \
    gesammelt, sammeln, gagné, gagnés, acumulación, acumulo, acúmulo, accredito, accumulo, sparen, gespaard, naliczenie";

/// Beginnings of words with which a loyalty scheme books what is no purchase.
const LOYALTY: &[&str] = &[
    "bonus",
    "expir",
    "points",
    "punkte",
    "verfall",
    "redeem",
    "redempt",
    "einlös",
    "prämie",
    "reward",
    "referral",
    "signup",
    "birthday",
    "geburtstag",
    "welcome",
    "enrol",
    "tier",
    "fidélité",
    "parrainage",
    "puntos",
    "caduc",
    "canje",
    "vencim",
    "pontos",
    "resgate",
    "punti",
    "scaden",
    "riscatto",
    "punten",
    "ingewisseld",
    "punkty",
    "wymiana",
    "poäng",
    "ポイント",
    "积分",
    "포인트",
    "балл",
    "бонус",
];

/// Kinds of rows that are taken in beside sales, and are none.
const TAKEN_IN: &str = "payment, payments, gift card sale, giftcard sale, deposit, deposits, account payment, account deposit, cash in, cash out, \
    pay in, pay out, payin, payout, transfer, float, donation, donations, service charge, rounding, payouts, withdrawal, fee, fees, selling fee, \
    selling fees, advertising fee, advertising fees, ad fee, marketplace fee, seller fee, service fee, subscription fee, listing fee, commission, provision, zahlung, einzahlung, auszahlung, anzahlung, \
    spende, paiement, acompte, pago, depósito, pagamento, betaling, wpłata, betalning, platba, ödeme, оплата, 入金";

static SALES_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| SALES.split(", ").collect());
static GOODS_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| GOODS.split(", ").collect());
static BESIDE_GOODS_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| BESIDE_GOODS.split(", ").collect());
static EARNED_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| EARNED.split(", ").collect());
static TAKEN_IN_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| TAKEN_IN.split(", ").collect());

/// What the words of a column make of each other.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sales {
    has_sold: bool,
    has_goods: bool,
    has_earned: bool,
}

/// Whether a word, in small letters, is a kind of row that is what a shop sells.
pub(super) fn is_sale(plain: &str) -> bool {
    SALES_WORDS.contains(plain)
}

impl Sales {
    /// The same with another word, in small letters.
    pub(super) fn and(self, plain: &str) -> Self {
        Self {
            has_sold: self.has_sold || SALES_WORDS.contains(plain),
            has_goods: self.has_goods || GOODS_WORDS.contains(plain),
            has_earned: self.has_earned || EARNED_WORDS.contains(plain),
        }
    }

    /// Whether a word, in small letters, is no purchase beside the others.
    pub(super) fn rule_out(self, plain: &str) -> bool {
        if EARNED_WORDS.contains(plain) {
            return self.has_sold;
        }
        let is_of_loyalty = || {
            let mut words = plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
            words.any(|word| LOYALTY.iter().any(|start| word.starts_with(start)))
        };
        !SALES_WORDS.contains(plain)
            && ((self.has_sold && TAKEN_IN_WORDS.contains(plain))
                || (self.has_goods && BESIDE_GOODS_WORDS.contains(plain))
                || ((self.has_sold || self.has_earned) && plain.len() <= 40 && is_of_loyalty()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ruled_out<'w>(words: &[&'w str]) -> Vec<&'w str> {
        let sales = words.iter().fold(Sales::default(), |sum, word| sum.and(word));
        words.iter().copied().filter(|word| sales.rule_out(word)).collect()
    }

    #[test]
    fn what_is_no_sale_is_told_beside_sales_alone() {
        assert_eq!(ruled_out(&["purchase", "bonus", "points expired"]), ["bonus", "points expired"]);
        assert_eq!(ruled_out(&["earn", "redeem", "expire", "bonus"]), ["redeem", "expire", "bonus"]);
        assert_eq!(ruled_out(&["purchase", "earn"]), ["earn"]);
        assert_eq!(ruled_out(&["kauf", "punkteverfall", "einzahlung"]), ["punkteverfall", "einzahlung"]);
        assert_eq!(ruled_out(&["product", "tax", "shipping"]), ["tax", "shipping"]);
        assert!(ruled_out(&["order", "shipping", "delivery"]).is_empty(), "states");
        assert!(ruled_out(&["bonus packs", "points of sale", "payment"]).is_empty());
    }
}
