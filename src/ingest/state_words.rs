//! Words with which shops say that a row is no purchase, or no longer one, in the languages of their exports.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::beside_sales::Sales;
use super::return_words::{is_granted, is_of_returns};
use super::undone_words::{denies_undone, says_undone, says_unpaid};
use crate::config::{NO, is_day_of_nothing};

/// A source column that is looked at, and what it may say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// Its name.
    pub name: String,
    /// What it may say.
    pub says: Says,
}

/// What a column may say of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// In words, what became of it or what kind it is.
    State,
    /// In words, how far its delivery is: that it waits says nothing against it.
    Delivery,
    /// Whether or when it was undone, or that it was a test: any value but a no.
    Undone,
    /// With a yes or a no, whether it was paid, completed or real.
    Done,
    /// In words, what became of the request to give it back.
    TakenBack,
    /// How much was given back.
    GivenBack,
    /// How many pieces came back.
    PiecesBack,
    /// How much was taken off, as a discount.
    TakenOff,
    /// What it came to as a whole.
    Total,
    /// Whether the customer may be contacted.
    Consent,
    /// Which of several payments of an order it is.
    Instalment,
    /// Which order it is a part of.
    PartOf,
    /// Which order it is of, where what is mapped numbers invoices.
    OrderOf,
    /// On which day it was paid.
    PaidOn,
}

impl Says {
    /// Whether it tells what became of an order or what kind it is.
    #[must_use]
    pub const fn is_of_order(self) -> bool {
        matches!(self, Self::State | Self::Delivery | Self::Undone | Self::Done | Self::TakenBack)
    }

    /// Whether a word of such a column speaks against a purchase, beside the others of it.
    pub(crate) fn speaks(self, word: &str, beside: &NoPurchases) -> bool {
        match self {
            Self::Undone => word.chars().any(char::is_alphanumeric) && !is_no(word),
            Self::Done => NO.contains(&plain(word).as_str()),
            Self::TakenBack => is_granted(&plain(word)).unwrap_or_else(|| is_no_purchase(word)),
            Self::Delivery => beside.contains(word) && !WAITS.contains(&plain(word).as_str()),
            _ => beside.contains(word),
        }
    }
}

/// States that tell of an order that it was not paid or not placed, and of a delivery that it is to come.
const WAITS: &[&str] = &[
    "pending",
    "on hold",
    "queued",
    "incomplete",
    "unavailable",
    "draft",
    "offen",
    "ausstehend",
    "en attente",
    "pendiente",
    "pendente",
    "in attesa",
    "in sospeso",
];

/// States of an order that count for no purchase, in small letters, `_` and `-` as blanks, by language.
const NO_PURCHASE: &[(&str, &str)] = &[
    (
        "Vouchers and tips: money that is taken in for no goods",
        "gift card, gift cards, giftcard, giftcards, gift certificate, gift certificates, gift voucher, gift vouchers, e gift card, \
        tip, tips, gratuity, gratuities, geschenkgutschein, geschenkgutscheine, geschenkkarte, gutscheinverkauf, trinkgeld, carte \
        cadeau, cartes cadeaux, carte cadeaux, bon cadeau, pourboire, pourboires, tarjeta regalo, tarjetas regalo, cheque regalo, \
        propina, propinas, carta regalo, carte regalo, buono regalo, mancia, mance, vale presente, cartão presente, gorjeta, \
        cadeaubon, cadeaubonnen, cadeaukaart, fooi, karta podarunkowa, napiwek, presentkort, dricks, gavekort, drikkepenge, \
        dárkový poukaz, spropitné, hediye kartı, bahşiş, подарочная карта, подарочный сертификат, чаевые, ギフトカード, ギフト券, チップ, 礼品卡, 小费",
    ),
    (
        "English",
        "abandoned, auth, auth only, bounced, authorisation, authorization, auto canceled, auto cancelled, awaiting payment, cancel, cancelation, canceled, cancellation, \
        cancelled, chargeback, closed lost, credit, credit memo, credit note, creditnote, declined, deleted, denied, \
        disputed, draft, expired, fail, failed, failure, fraud, fully refunded, incomplete, lost, no show, not paid, on \
        hold, payment declined, payment failed, pending, pending payment, proforma invoice, reminder, opening balance, refund, refunded, rejected, return, \
        replaced, returned, reversed, sample, samples, sample order, free sample, superseded, suspected fraud, test, test order, testing, unavailable, unsuccessful, not successful, uncaptured, uncollectible, unpaid, void, \
        void sale, voided, test account, test accounts, test customer, test customers, test user, test client, test purchase, \
        test sale, test data, internal test, tests, not paid, on backorder (not paid), write off, written off, error, errored, estimate, proforma, pro forma, queued, quotation, \
        quotation sent, quote, skipped, add payment info, add shipping info, add to cart, add to wishlist, begin \
        checkout, cart, first visit, page view, remove from cart, session start, user engagement, view, view cart, \
        view item, view item list",
    ),
    (
        "German",
        "abgebrochen, abgelehnt, angebot, mahnung, proformarechnung, proforma rechnung, saldovortrag, annulliert, ausstehend, erstattet, erstattung, fehlgeschlagen, gutschrift, offen, \
        ersetzt, fehler, muster, mustersendung, musterbestellung, warenmuster, testkunde, testkunden, testkonto, testbestellung, testauftrag, testkauf, interner test, misslungen, nicht erfolgreich, rechnungskorrektur, retoure, retourniert, rückerstattet, storniert, stornierung, storno, unbezahlt, \
        zurückerstattet",
    ),
    (
        "French",
        "annulation, annule, annulee, annulé, annulée, avoir, echoue, en attente, essai, impayé, refusé, refusée, \
        rembourse, remboursement, remboursé, remboursée, remplacé, remplacée, retourné, échec, échoué, échouée, client test, compte test, commande test, commande de test, devis",
    ),
    (
        "Spanish and Portuguese",
        "aguardando pagamento, anulada, anulado, cancelada, cancelado, cancelado pelo cliente, devolución, devolvido, \
        devuelto, estornado, erro, falha, falhou, fallida, fallido, fallo, reemplazado, substituído, pagamento pendente, pago pendiente, pago rechazado, pendente, \
        pendiente, pendiente de pago, prueba, rechazado, recusado, reembolsado, venta no concretada, venda não concretizada, cliente de prueba, \
        pedido de prueba, cuenta de prueba, cliente teste, pedido teste, pedido de teste, conta teste, teste",
    ),
    (
        "Italian",
        "annullata, annullato, errore, fallita, fallito, in attesa, sostituito, in sospeso, reso, rifiutato, rimborsato, stornato, ordine di prova, cliente di prova",
    ),
    (
        "Dutch",
        "fout, testklant, testbestelling, testorder, vervangen, geannuleerd, geretourneerd, mislukt, onbetaald, retour, retour gezonden, terugbetaald",
    ),
    (
        "Polish, Danish, Swedish",
        "annullerad, annulleret, anulowana, anulowane, anulowano, anulowany, avbeställd, avbruten, krediterad, \
        krediteret, kreditnota, makulerad, nieopłacone, nieopłacony, oczekuje na płatność, mislykkedes, misslyckad, misslyckades, nieudana, nieudane, refunderet, zwrot, \
        zwrócone, zwrócony, återbetald",
    ),
    (
        "Czech, Turkish",
        "başarısız, neúspěšné, iade, iade edildi, iade talebi, iptal, iptal edildi, iptal edilen, teslim edilemedi, nezaplaceno, stornována, stornováno, vráceno, zrušeno, zrušená",
    ),
    (
        "Japanese, Chinese, Korean",
        "キャンセル, 失敗, 失败, 실패, キャンセル済, キャンセル済み, 入金待ち, 取消, 已取消, 已退款, 待付款, 未付款, 未入金, 返品, 返金, 返金済, 返金済み, 退款, 退货, 결제대기, 반품, 취소, 취소됨, 환불, \
        환불됨",
    ),
    (
        "Russian and Ukrainian",
        "аннулирован, аннулирована, аннулировано, аннулирован клиентом, возврат, возвращен, возвращён, возвращено, не оплачен, не \
        оплачено, отказ, отклонен, отклонён, ошибка, неуспешно, отмена, отменен, отменён, отменено, ожидает оплаты, скасовано, повернення, очікує оплати",
    ),
    (
        "Hungarian, Romanian, Finnish, Greek",
        "törölt, törölve, sztornó, sztornózva, visszáru, visszatérítve, fizetésre vár, anulat, anulată, anulata, rambursat, rambursată, \
        returnat, returnată, neplătit, peruttu, peruutettu, hyvitetty, palautettu, odottaa maksua, ακυρωμένη, ακυρώθηκε, επιστροφή, \
        επιστράφηκε",
    ),
    (
        "Bulgarian, Serbian, Slovak, Lithuanian, Latvian, Estonian, Icelandic",
        "отказана, отказан, отказано, върната, върнат, възстановена, анулирана, анулиран, отказани, otkazana, vrátené, zrušené, zrušená, \
        stornované, atšauktas, atšaukta, grąžintas, grąžinta, atcelts, atcelta, atgriezts, atgriezta, tühistatud, tagastatud, \
        hætt við, endurgreitt, afpöntuð",
    ),
    (
        "Hindi, Thai, Persian, Catalan, Malay",
        "रद्द, रद्द किया गया, वापस, वापसी, ยกเลิก, ยกเลิกแล้ว, คืนเงิน, คืนสินค้า, رد شده, لغو شده, لغو, مرجوع شده, برگشت, cancel·lada, cancel·lat, \
        anul·lada, retornada, retornat, dibatal",
    ),
    (
        "Croatian, Slovenian, Indonesian, Vietnamese, Hebrew, Arabic",
        "otkazano, stornirano, vraćeno, povrat, preklicano, vrnjeno, vračilo, batal, dibatalkan, dikembalikan, đã hủy, hủy, đã huỷ, trả \
        hàng, hoàn tiền, בוטל, מבוטל, הוחזר, זיכוי, ملغي, ملغى, مسترجع, مرتجع",
    ),
];

static NO_PURCHASES: LazyLock<HashSet<&str>> = LazyLock::new(|| words_of(NO_PURCHASE));
static PURCHASES: LazyLock<HashSet<&str>> = LazyLock::new(|| words_of(PURCHASE));

fn words_of(languages: &'static [(&str, &str)]) -> HashSet<&'static str> {
    languages.iter().flat_map(|(_, words)| words.split(", ")).collect()
}

/// Whether a state means that the row is no purchase.
pub(crate) fn is_no_purchase(word: &str) -> bool {
    let plain = plain(word);
    // Most values of most columns are no states. Two words for one state, such as `Storniert / Abgelehnt`, are both known.
    plain.len() <= 60
        && (plain.split(['/', ',', '|']).all(|part| NO_PURCHASES.contains(part.trim()))
            || is_of_returns(&plain)
            || says_undone(&plain)
            || says_unpaid(&plain))
}

/// States of rows that are purchases, and kinds of documents that are, in small letters.
const PURCHASE: &[(&str, &str)] = &[
    (
        "English",
        "accepted, active, approved, authorised, authorized, awaiting fulfillment, awaiting pickup, awaiting \
        shipment, billed, capture, captured, charge, closed won, complete, completed, confirmed, created, delivered, \
        delivering, dispatched, done, finished, fulfilled, in process, in progress, in transit, invoice, invoiced, \
        live, ok, on the way, order, out for delivery, packed, paid, partial, partially fulfilled, partially paid, \
        partially refunded, partially shipped, payment, picked up, processed, processing, production, purchase, \
        ready, ready for pickup, received, recurring, sale, sales, sales order, sent, settled, shipped, shipping, succeeded, success, \
        successful, true, unfulfilled, won, yes, payment accepted, payment received",
    ),
    (
        "German",
        "abgeholt, abgeschlossen, ausgeliefert, bearbeitet, bestätigt, bezahlt, erledigt, fakturiert, geliefert, in \
        bearbeitung, rechnung, teilweise erstattet, verkauf, versandt, versendet, zahlung, zahlung eingegangen, zahlung erhalten, zugestellt",
    ),
    (
        "French",
        "confirmé, confirmée, en cours, expédié, expédiée, facture, facturé, livré, livrée, payé, payée, terminé, \
        terminée, paiement accepté, vente",
    ),
    (
        "Spanish and Portuguese",
        "aprobado, aprovado, completado, concluido, concluído, confirmado, en proceso, entregado, entregue, enviado, \
        factura, facturado, fatura, faturado, pagado, pago, venda, venta, aprobada, aprovada, completada, concluida, concluída, \
        confirmada, entregada, enviada, facturada, faturada, pagada, paga, pago aceptado, pagamento aceito, \
        pagamento aprovado, venta entregada, venda entregue, en camino, a caminho",
    ),
    (
        "Italian",
        "completato, confermato, consegnato, fattura, fatturato, pagamento accettato, pagato, spedito, vendita",
    ),
    ("Dutch", "afgerond, betaald, bevestigd, factuur, geleverd, verkoop, verwerkt, verzonden, voltooid"),
    ("Kinds of billing documents of SAP", "f1, f2, l2, zf2"),
    (
        "Polish, Danish, Swedish",
        "afsendt, betald, betalt, dostarczone, gennemført, levererad, leveret, opłacone, skickad, slutförd, w trakcie \
        realizacji, wysłane, zrealizowane, zrealizowany",
    ),
    ("Czech, Turkish", "doručeno, kargoya verildi, odesláno, tamamlandı, teslim edildi, vyřízeno, zaplaceno, ödendi"),
    (
        "Japanese, Chinese, Korean",
        "交易成功, 入金済, 入金済み, 出荷済, 出荷済み, 受注, 完了, 已付款, 已发货, 已完成, 発送済, 発送済み, 결제완료, 구매확정, 배송완료, 배송중",
    ),
    (
        "Russian and Ukrainian",
        "в обработке, в пути, выдан, выполнен, выполнено, доставлен, доставлено, оплачен, оплачено, отгружен, отгружено, отправлен, \
        отправлено, продажа, реализация, завершен, завершён, виконано, доставлено, оплачено, відправлено",
    ),
    (
        "Hungarian, Romanian, Finnish, Greek",
        "fizetve, kifizetve, kiszállítva, teljesítve, lezárva, feldolgozás alatt, plătit, plătită, livrat, livrată, finalizat, finalizată, \
        expediat, maksettu, toimitettu, lähetetty, valmis, käsittelyssä, ολοκληρώθηκε, ολοκληρωμένη, πληρωμένη, παραδόθηκε, απεστάλη",
    ),
    (
        "Bulgarian, Serbian, Slovak, Lithuanian, Latvian, Estonian, Icelandic",
        "изпълнена, изпълнен, доставена, доставен, платена, платен, изпратена, isporučena, vybavené, doručené, zaplatené, įvykdytas, \
        įvykdyta, apmokėtas, apmokėta, išsiųstas, pristatyta, izpildīts, apmaksāts, nosūtīts, täidetud, makstud, saadetud, afgreitt, greitt, \
        sent",
    ),
    (
        "Hindi, Thai, Persian, Catalan",
        "पूर्ण, भुगतान, वितरित, สำเร็จ, ชำระแล้ว, จัดส่งแล้ว, تکمیل شده, پرداخت شده, ارسال شده, completada, completat, pagat, lliurat",
    ),
    (
        "Croatian, Slovenian, Indonesian, Vietnamese, Hebrew, Arabic",
        "plaćeno, isporučeno, poslano, završeno, plačano, dostavljeno, zaključeno, selesai, dibayar, dikirim, lunas, đã giao, hoàn thành, \
        đã thanh toán, đang giao, שולם, נשלח, הושלם, مكتمل, مدفوع, تم التوصيل, تم الشحن",
    ),
];

/// Whether a state, or a kind of document, is usual for a purchase.
pub(crate) fn is_purchase(word: &str) -> bool {
    let plain = plain(word);
    // Some shops write two states in one, such as `Payment accepted, shipped`.
    plain.len() <= 60
        && plain
            .split([',', '/', '|', '&'])
            .map(str::trim)
            .all(|part| part.len() <= 24 && (PURCHASES.contains(part) || INVOICE_WORDS.contains(part)))
}

/// Whether a word is that of a row that gives something back.
pub(crate) fn gives_back(word: &str) -> bool {
    is_of_returns(&plain(word))
}

/// Documents of sales, and what pays them: where a column has both, the second are none of the first again.
const INVOICES: &str = "invoice, sales invoice, sale invoice, tax invoice, bill, si, ar invoice, customer invoice, rechnung, ausgangsrechnung, \
                        facture, factura, fatura, fattura, factuur, verkoopfactuur, faktura, faktúra, számla, lasku, счет, счёт, 請求書, 发票";
const PAYMENTS: &str = "payment, customer payment, incoming payment, payment received, bill payment, receive payment, receipt, sales receipt \
                        payment, sa, sr, cash receipt, bank receipt, pmt, zahlung, zahlungseingang, einzahlung, paiement, règlement, reglement, \
                        encaissement, pago, cobro, pagamento, recebimento, incasso, betaling, ontvangst, wpłata, płatność, betalning, indbetaling, \
                        innbetaling, platba, ödeme, tahsilat, оплата, платеж, платёж, 入金, 收款, refund of payment, journal, journal entry, bank";
static INVOICE_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| INVOICES.split(", ").collect());
static PAYMENT_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| PAYMENTS.split(", ").collect());

/// What stands beside `Test` where customers are told apart for an experiment.
const CONTROLS: &[&str] =
    &["control", "control group", "holdout", "kontrolle", "kontrollgruppe", "contrôle", "controllo"];

/// Words of one column that are no purchases beside each other: those that never are, and payments beside the invoices that they pay.
pub(crate) struct NoPurchases {
    has_invoices: bool,
    has_paid: bool,
    /// Whether `Test` is one of two groups, of which the other is held against it.
    has_control: bool,
    sales: Sales,
}

impl NoPurchases {
    /// What the words of a column make of each other.
    pub(crate) fn beside<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let none = Self { has_invoices: false, has_paid: false, has_control: false, sales: Sales::default() };
        words.fold(none, |sum, word| {
            let word = plain(word);
            Self {
                has_invoices: sum.has_invoices || INVOICE_WORDS.contains(word.as_str()),
                has_paid: sum.has_paid || word == "paid",
                has_control: sum.has_control || CONTROLS.contains(&word.as_str()),
                sales: sum.sales.and(&word),
            }
        })
    }

    /// Whether a word means that the row pays for others: with a minus it gives nothing back.
    pub(crate) fn pays(&self, word: &str) -> bool {
        self.has_invoices && PAYMENT_WORDS.contains(plain(word).as_str())
    }

    /// Whether a word means that the row is no purchase.
    pub(crate) fn contains(&self, word: &str) -> bool {
        let plain = plain(word);
        // Who sells on account has sold before the invoice is `Paid`.
        let is_owed = self.has_paid && plain == "awaiting payment";
        let is_group = self.has_control && plain == "test";
        (is_no_purchase(word) && !is_owed && !is_group) || self.pays(word) || self.sales.rule_out(&plain)
    }
}

/// Whether a word of a flag says no, or is a day of nothing.
pub(crate) fn is_no(word: &str) -> bool {
    let plain = plain(word);
    NO.contains(&plain.as_str()) || denies_undone(&plain) || is_day_of_nothing(word)
}

/// Whether a word is that of an order or an account of a test.
pub(super) fn is_test(word: &str) -> bool {
    let plain = plain(word);
    ["test", "prueba", "teste", "prova"].iter().any(|own| plain.contains(own)) && is_no_purchase(word)
}

/// Whether a word is that of a voucher or a tip, which is money that is taken in for no goods, whatever stands beside.
pub(super) fn is_voucher(word: &str) -> bool {
    let plain = plain(word);
    NO_PURCHASE.first().is_some_and(|(_, words)| words.split(", ").any(|own| own == plain))
}

pub(super) fn plain(word: &str) -> String {
    let letters = word.trim().chars().map(|letter| if matches!(letter, '_' | '-') { ' ' } else { letter });
    // A Turkish `İ` is a small i with its dot apart.
    letters.collect::<String>().to_lowercase().replace('\u{307}', "")
}

/// Whether a word is a state of an order and cannot be the name of a place, as `OK` is.
pub(super) fn is_state_of_orders(word: &str) -> bool {
    word.trim().chars().count() > 3 && (is_purchase(word) || is_no_purchase(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_known_however_they_are_written() {
        for word in ["Refunded", " on-hold ", "PENDING_PAYMENT", "Storniert", "Annulé", "Test"] {
            assert!(is_no_purchase(word), "{word}");
        }
        for word in
            ["キャンセル", "Closed Lost", "not_paid", "Zwrot", "Cancelled by buyer", "Storniert durch Kunde", "रद्द"]
        {
            assert!(is_no_purchase(word), "{word}");
        }
        for word in
            ["paid", "completed", "shipped", "", "latest", "partially_refunded", "Not cancelled", "Free cancellation"]
        {
            assert!(!is_no_purchase(word), "{word}");
        }
        assert!(is_no("No") && is_no("0") && !is_no("X") && !is_no("2024-01-02"));
        assert!(is_no("0000-00-00") && is_no("kein Storno") && is_no("Sin anulación") && !is_no("No longer needed"));
        assert!(is_purchase("Payment accepted, shipped") && !is_purchase("Payment accepted, refunded"));
        assert!(is_voucher("Gift Cards") && !is_voucher("Test"));
    }
}
