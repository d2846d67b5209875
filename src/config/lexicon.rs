//! What the words mean of which shops make the names of their columns, in the languages of their exports: `Número do pedido`,
//! `Rechnungs-Nr.` and `注文番号` are the number of an order each. A name counts only if every word of it is known, so that a
//! word that nobody expected leaves the column open.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::name_words::in_words;
use super::synonyms;
use super::tables::Table;

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Customer,
    Email,
    Number,
    Order,
    Day,
    /// Bought, placed, written: the moment of a purchase.
    Event,
    Amount,
    Total,
    Line,
    Unit,
    Price,
    Product,
    Category,
    Quantity,
    /// `of`, `the`.
    Idle,
}

use Meaning::{
    Amount, Category, Customer, Day, Email, Event, Idle, Line, Number, Order, Price, Product, Quantity, Total, Unit,
};

#[rustfmt::skip]
const WORDS: &[(Meaning, &str)] = &[
    (Customer, "partner geschäftspartner msisdn guest gast huésped hôte donor spender donateur debiteur debiteuren relatie jäsen besteller customer cust cus client user party buyer member shopper debtor loyalty card account cpf kunde kunden kd debitor käufer mitglied karte karten \
        auftraggeber cliente acheteur membre carte comprador socio usuario usuário tarjeta cartão acquirente tessera klant koper lid kaart \
        klient klienta kupujący nabywca karta kund kunder kunde köpare medlem kort zákazník zákazníka müşteri 会員 顧客 お客様 客户 会员 고객 회원 \
        клиент клиента клиентов контрагент контрагента покупатель покупателя заказчик заказчика клієнт клієнта покупець покупця πελάτης πελάτη ügyfél vevő vásárló asiakas asiakkaan client clientului cumpărător kupac kupca kupec stranka pelanggan pembeli khách hàng לקוח العميل عميل ลูกค้า สมาชิก \
        uid patron cuenta conta konto kundin odběratel odberateľ zákazník klientas pirkėjas klients pircējs kliendi ostja купувач adhérent abonné viðskiptavinur مشتری خریدار ग्राहक kunnr requester consumer complainant demandeur solicitante richiedente aanvrager zgłaszający"),
    (Email, "email mail e electronic address adresse adres correo electrónico courriel courrier eletrônico eletrónico endereço eposta poczta メール アドレス 邮箱 이메일 \
        почта почты эл электронная email sähköposti email surel"),
    (Number, "koodi nro number num no nr nbr n nº n° numero número numéro nummer numer id code cd key ref reference référence referenz referencia kennung kode code código codigo codice kod čislo číslo numarası 番号 编号 번호 コード \
        номер код αριθμός κωδικός szám száma azonosító kód kódja sorszám sorszáma numero tunnus nro număr numărul cod broj šifra številka šifra nomor kode mã số מספר קוד رقم رمز รหัส เลขที่"),
    (Order, "venda venta vente vendita booking buchung reservation reservierung réservation reserva prenotazione boeking donation spende \
        lieferschein pakbon kassabon kassenbon kassenbeleg bilag bilags tosite transactie order ord invoice receipt transaction transaktion trans txn trx bill bestellung bestell bestellungs auftrag auftrags rechnung rechnungs \
        rg re beleg pièce bon kassenbon vorgang commande facture pedido factura boleta ordine fattura scontrino encomenda fatura compra \
        bestelling factuur bon zamówienie zamówienia paragon paragonu faktura faktury ordre kvitto kvittering kvitering beställning bestilling \
        objednávka objednávky sipariş 注文 伝票 订单 주문 \
        doc nota nf заказ заказа заказов документ документа чек чека накладная накладной счет счёт реализация реализации замовлення чек чеку рахунок παραγγελία παραγγελίας τιμολόγιο τιμολογίου απόδειξη rendelés megrendelés számla bizonylat tilaus tilauksen lasku laskun kuitti comandă comenzii comanda factură facturii factura narudžba narudžbe račun računa naročilo naročila pesanan faktur đơn hàng hóa הזמנה חשבונית الطلب طلب الفاتورة فاتورة คำสั่งซื้อ ใบเสร็จ \
        受注 注文書 vbeln comprobante albarán doklad užsakymas sąskaita pasūtījums rēķins tellimus tellimuse arve поръчка поръчки фактура objednávky bestelde سفارش फैक्टरी ऑर्डर"),
    (Day, "date dte day time tim timestamp ts dt datetime datum tag zeit uhrzeit zeitpunkt zeitstempel jour heure fecha día hora data dia giorno ora dag tijd \
        tijdstip dzień czas dato tid tidspunkt tarih tarihi den 日付 日時 日期 时间 時間 날짜 일자 일시 日 \
        дата дату время день час ημερομηνία ώρα dátum dátuma idő időpont nap kelte päivä päivämäärä pvm aika data ora datum vrijeme čas tanggal waktu ngày giờ תאריך تاريخ التاريخ วันที่ \
        when erdat audat fkdat laikas datums kuupäev aeg dagsetning تاریخ तारीख दिनांक"),
    (Event, "absatz sälj created placed closed close sent purchase purchased purchased bought sale sales sold ordered order created creation booking posting posted document \
        erstellt angelegt kauf verkauf verkaufs buchung buchungs aktenzeichen eingang achat vente création creación venta compra criação venda acquisto vendita \
        creazione aankoop verkoop aangemaakt złożenia utworzenia zakupu sprzedaży wystawienia köp salg kjøp køb oprettet vytvoření prodeje 作成 購入 売上 下单 创建 \
        doc emissão emissao emisión emissione émission создания создан покупки продажи оформления створення продажу létrehozás vásárlás eladás luotu ostos myynti creării vânzare emiterii đặt mua opened \
        occurred happened charged ordered paid bezahlt betaald pagado pagato payé checkout add added issued abbuchung bestellt gekauft verkauft passée passé besteld bestelde emisija"),
    (Amount, "receita receitas ingresos ricavo amount amt value taxable revenue turnover sales charge charged net gross spend sum betrag wert umsatz netto brutto nettowert nettobetrag bruttobetrag erlös montant valeur chiffre importe valor \
        neto bruto importo valore imponibile netto lordo bedrag omzet netto kwota wartość belopp beløp beløb värde verdi částka tutar 金額 金额 금액 売上高 \
        сумма сумму стоимость выручка сума вартість ποσό αξία összeg összege érték értéke nettó bruttó summa arvo netto brutto sumă suma valoare valoarea iznos vrijednost znesek jumlah nilai tiền thành סכום المبلغ مبلغ จำนวนเงิน ยอด vl vlr vr netwr monto suma sumos сумата राशि"),
    (Total, "total totals subtotal grand gesamt gesamtbetrag endbetrag summe totale totaux somme suma totaal totalt summa razem suma soma celkem toplam 合計 総 总 总计 합계 \
        итого всего усього всього разом σύνολο összesen végösszeg yhteensä ukupno skupaj tổng الإجمالي المجموع รวม"),
    (Line, "line lines item items row position posten pos zeile zeilen positions ligne línea linea item riga regel pozycja pozycji rad linje satır 明細 行 \
        строка строки позиция позиции рядок tétel rivi stavka"),
    (Unit, "unit single each per einzel stück stuck unitaire unitario unitário jednostkowa jednostkowy stuk styck stk birim 単 单 \
        unitário unitária egység yksikkö unitar"),
    (Price, "price preis prix precio preço prezzo prijs cena pris fiyat 単価 单价 단가 価格 价格 \
        цена цены ціна ціни τιμή ár ára hinta preț pret cijena harga giá מחיר السعر سعر ราคา"),
    (Product, "artikelname produktname artikelnaam productnaam artikelomschrijving artikelnamn produktnamn artikelbenämning varenavn varetekst \
        produktnavn tuotenimi nimike product sku itm article material ean upc stock produkt artikel ware waren produit article réf producto artículo articulo produto artigo prodotto articolo \
        towar towaru produktu vara varu vare výrobek ürün 商品 製品 产品 상품 \
        товар товара товары номенклатура номенклатуры артикул продукт продукта προϊόν προϊόντος είδος termék cikk tuote tuotteen produs produsului proizvod artikl izdelek artikel produk barang matnr sản phẩm מוצר פריט المنتج منتج สินค้า"),
    (Category, "category department group kategorie gruppe warengruppe abteilung catégorie famille rayon categoría categoria rubro reparto categorie \
        kategoria kategorii kategori varugrupp varegruppe kategorie カテゴリ カテゴリー 分類 分类 类别 카테고리 \
        категория категории группа категорія група κατηγορία kategória csoport ryhmä luokka categorie kategorija kategori"),
    (Quantity, "liefermenge antall styck kappale quantity qty units pieces menge anzahl stückzahl quantité qté cantidad unidades quantidade qtd qtde quantità aantal stuks ilość szt antal mængde množství adet miktar 個数 数量 수량 \
        количество кол во кількість ποσότητα mennyiség darab db määrä kpl kwmeng fkimg cantitate cantitatea cant količina kuantitas lượng số כמות الكمية จำนวน"),
    (Idle, "por sell to of the from in and de du des da do del della di la le el les den der die das im von van het og och i w y z em s の gbp usd eur chf pln sek dkk nok czk jpy brl cad aud inr huf ron try mxn zar ttc ht ecommerce event pseudo cent cents ct pence centimes centavos minor incl excl inkl exkl inc ex \
        rub руб uah грн ron huf idr vnd по от и з на a të"),
];

/// The words by their letters without accents.
static LEXICON: LazyLock<HashMap<String, Vec<Meaning>>> = LazyLock::new(|| {
    let mut lexicon: HashMap<String, Vec<Meaning>> = HashMap::new();
    for (meaning, words) in WORDS {
        for word in words.split_whitespace() {
            lexicon.entry(folded(word)).or_default().push(*meaning);
        }
    }
    lexicon
});

/// Letters without accents, in lower case.
fn folded(word: &str) -> String {
    const ACCENTS: &[(&str, char)] = &[
        ("àáâãäåą", 'a'),
        ("çćč", 'c'),
        ("ďđ", 'd'),
        ("èéêëęě", 'e'),
        ("ğ", 'g'),
        ("ìíîïı", 'i'),
        ("ł", 'l'),
        ("ñńň", 'n'),
        ("òóôõöøő", 'o'),
        ("ř", 'r'),
        ("śşš", 's'),
        ("ť", 't'),
        ("ùúûüůű", 'u'),
        ("ýÿ", 'y'),
        ("źżž", 'z'),
    ];
    let plain = |letter: char| {
        ACCENTS.iter().find(|(accented, _)| accented.contains(letter)).map_or(letter, |(_, plain)| *plain)
    };
    word.to_lowercase().chars().filter(|letter| !matches!(letter, '°' | 'º' | '\u{307}')).map(plain).collect()
}

/// Whether a name of a column speaks of money, whatever its other words say.
pub(crate) fn speaks_of_money(words: &[String]) -> bool {
    let mut found = words.iter().filter_map(|word| of_word(&folded(word))).flatten();
    found.any(|meanings| meanings.iter().any(|meaning| matches!(meaning, Amount | Total | Price)))
}

/// Whether a name of a column speaks of one piece, whatever its other words say.
pub(crate) fn speaks_of_one(words: &str) -> bool {
    in_words(words).iter().filter_map(|word| of_word(&folded(word))).flatten().any(|meanings| meanings.contains(&Unit))
}

/// Whether a name of a column speaks of pieces, whatever its other words say.
pub(crate) fn speaks_of_pieces(words: &[String]) -> bool {
    let mut found = words.iter().filter_map(|word| of_word(&folded(word))).flatten();
    found.any(|meanings| meanings.contains(&Quantity))
}

/// What words may mean each; `None` if one of them is not known.
fn meanings(words: &[String]) -> Option<Vec<&'static [Meaning]>> {
    let mut found = Vec::new();
    // Of `N.º` the sign says nothing.
    for word in words.iter().map(|word| folded(word)).filter(|word| !word.is_empty()) {
        found.extend(of_word(&word)?);
    }
    (!found.is_empty()).then_some(found)
}

/// Letters of a word that is put together of others, at most: a name may be as long as a cell, and each end of it is tried.
const LONGEST_WORD: usize = 64;

/// A word, or the words that it is put together of: `Rechnungsdatum`, `klantnummer`, `注文番号`.
fn of_word(word: &str) -> Option<Vec<&'static [Meaning]>> {
    if let Some(known) = LEXICON.get(word) {
        return Some(vec![known]);
    }
    if word.chars().nth(LONGEST_WORD).is_some() {
        return None;
    }
    let mut ends: Vec<usize> = word.char_indices().map(|(at, _)| at).filter(|at| *at > 0).collect();
    ends.reverse();
    ends.into_iter().find_map(|end| {
        let (head, tail) = (word.get(..end)?, word.get(end..)?);
        let is_long = |part: &str| !part.is_ascii() || part.len() > 2 || part == "nr" || part == "id";
        let known = LEXICON.get(head).filter(|_| is_long(head) && is_long(tail))?;
        let linked = tail.strip_prefix('s').filter(|tail| is_long(tail));
        let rest = of_word(tail).or_else(|| of_word(linked?))?;
        Some(std::iter::once(known.as_slice()).chain(rest).collect())
    })
}

/// Which meanings a column of ours needs, which it may have beside, and how near a name with another of them is: the first of
/// `needs` that the name has says how near it is.
struct Shape {
    column: &'static str,
    needs: &'static [Meaning],
    may: &'static [Meaning],
}

const PURCHASES: &[Shape] = &[
    Shape { column: "customer_id", needs: &[Customer, Email], may: &[Number, Email, Customer] },
    Shape { column: "order_id", needs: &[Order], may: &[Number] },
    Shape { column: "purchased_at", needs: &[Day], may: &[Order, Event] },
    Shape { column: "amount", needs: &[Amount, Total], may: &[Line, Product, Order, Event, Total, Amount] },
    Shape { column: "product_id", needs: &[Product], may: &[Number, Line, Order] },
    Shape { column: "category", needs: &[Category], may: &[Product] },
    Shape { column: "quantity", needs: &[Quantity], may: &[Product, Line, Order, Event] },
];

const UNIT_PRICE: Shape = Shape { column: "", needs: &[Price], may: &[Unit, Product, Line, Order] };
/// `Valor unitário`: every word is allowed for a price beside, and one of them says that it is of one piece.
const UNIT_VALUE: Shape = Shape { column: "", needs: &[Unit], may: &[Amount, Product, Line] };

/// How far a name is from one of our columns by the meaning of its words in lower case, smaller is nearer; `None` if it means another.
pub(super) fn distance(table: Table, column: &str, words: &[String]) -> Option<usize> {
    // Of the other tables the customer alone is called as in purchases.
    let shape = PURCHASES.iter().find(|shape| shape.column == column)?;
    if table != Table::Purchases && shape.column != "customer_id" {
        return None;
    }
    let by_words = || shape.distance(&meanings(words)?);
    by_words().or_else(|| compound_distance(column, words))
}

/// How far a compound is that its last part makes what it is, whatever stands before: `Verkaufsbelegnummer`, `Stückanzahl`.
const COMPOUND: usize = 30;
/// The same where nobody knows the first part: `Webshopbestellnummer`.
const UNKNOWN_PART: usize = 60;

/// Beginnings of compounds that are of another document than the one that is bought by, or of another amount.
const OF_ANOTHER: &[&str] = &[
    "storno",
    "retour",
    "retur",
    "rueck",
    "ruck",
    "gutschrift",
    "original",
    "ursprung",
    "mutter",
    "haupt",
    "liefer",
    "lever",
    "lager",
    "mindest",
    "max",
    "rest",
    "fehl",
    "soll",
    "palautus",
    "hyvitys",
    "kredit",
    "credit",
    "alt",
    "vor",
    "neben",
];

/// How far a name of one compound word is from the columns whose names are made so: the part before the number says what it numbers.
fn compound_distance(column: &str, words: &[String]) -> Option<usize> {
    let [word] = words else { return None };
    let word = folded(word);
    let (parts, far) = match of_word(&word) {
        Some(parts) => (parts, COMPOUND),
        None => (behind_unknown(&word)?, UNKNOWN_PART),
    };
    let numbers = |part: &&[Meaning]| part.contains(&Number);
    let is_numbered = parts.last().is_some_and(numbers);
    let (head, before) = parts.get(..parts.len() - usize::from(is_numbered))?.split_last()?;
    let has = |part: &[Meaning], known: &[Meaning]| part.iter().any(|meaning| known.contains(meaning));
    let (is_head, qualifiers): (bool, &[Meaning]) = match column {
        // What is sold has a number, and no other name.
        "order_id" => (has(head, &[Order]) || (is_numbered && has(head, &[Event])), &[Customer, Event, Order, Unit]),
        "quantity" => (has(head, &[Quantity]) && !is_numbered, &[Event, Order, Product, Line, Unit, Quantity]),
        "product_id" => (has(head, &[Product]), &[Event, Order, Line]),
        "customer_id" => (has(head, &[Customer]) && is_numbered, &[Order, Event]),
        _ => return None,
    };
    let is_long = parts.len() > 1 || far == UNKNOWN_PART;
    (is_long && is_head && before.iter().all(|part| has(part, qualifiers))).then_some(far)
}

/// The parts behind a first part that nobody knows: two at least, the last of which numbers something.
fn behind_unknown(word: &str) -> Option<Vec<&'static [Meaning]>> {
    if OF_ANOTHER.iter().any(|start| word.starts_with(start)) {
        return None;
    }
    let ends = word.char_indices().map(|(at, _)| at).filter(|at| *at >= 3);
    ends.filter_map(|at| of_word(word.get(at..)?))
        .find(|parts| parts.len() > 1 && parts.last().is_some_and(|part| part.contains(&Number)))
}

/// The same for what one piece costs.
pub(super) fn distance_of_unit_price(words: &[String]) -> Option<usize> {
    let found = meanings(words)?;
    UNIT_PRICE.distance(&found).or_else(|| UNIT_VALUE.distance(&found))
}

/// Whether a name means one of our columns of the purchases by its words, or is one that shops have for it.
pub(crate) fn means(column: &str, name: &str) -> bool {
    let words = in_words(name);
    let joined = words.join("_");
    let known = synonyms::of(Table::Purchases).iter().filter(|(ours, _)| *ours == column);
    known.flat_map(|(_, names)| *names).any(|known| *known == joined)
        || distance(Table::Purchases, column, &words).is_some()
}

/// Whether the name of an amount says that it is of an order as a whole.
pub(super) fn is_of_order(words: &[String]) -> bool {
    let found = meanings(words).unwrap_or_default();
    let has = |meaning: Meaning| found.iter().any(|word| word.contains(&meaning));
    (has(Total) || has(Order)) && !has(Line) && !has(Product)
}

/// Whether the name of an amount says that it is of a line.
pub(super) fn is_of_line(words: &[String]) -> bool {
    let is_known =
        |word: &String| of_word(&folded(word)).is_some_and(|found| found.iter().any(|own| own.contains(&Line)));
    words.iter().any(is_known)
}

impl Shape {
    fn distance(&self, found: &[&[Meaning]]) -> Option<usize> {
        let has = |meaning: Meaning| found.iter().any(|word| word.contains(&meaning));
        let is_allowed = |word: &&[Meaning]| {
            word.iter().any(|meaning| *meaning == Idle || self.needs.contains(meaning) || self.may.contains(meaning))
        };
        if !found.iter().all(is_allowed) {
            return None;
        }
        let need = self.needs.iter().position(|need| has(*need))?;
        // A number is nearer than a name, the day of an order nearer than any day, an amount of a line nearer than that of an
        // order.
        let beside = self.may.iter().position(|may| !self.needs.contains(may) && has(*may)).unwrap_or(self.may.len());
        Some(need * 10 + beside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> Option<&'static str> {
        let near = |shape: &&Shape| distance(Table::Purchases, shape.column, &in_words(name));
        PURCHASES.iter().filter(|shape| near(shape).is_some()).min_by_key(near).map(|shape| shape.column)
    }

    #[test]
    fn compounds_mean_what_their_last_part_does() {
        #[rustfmt::skip]
        let cases: [(&str, &[&str]); 4] = [
            ("order_id", &["Verkaufsnummer", "Kundenauftragsnummer", "Verkaufsbelegnr", "Webshopbestellnummer", "Verkoopordernummer", "Kassabonnummer",
                "Salgsordrenummer", "Köpnummer", "Myyntitilausnumero", "Lieferscheinnummer", "Buchungsnummer", "Verkaufsauftrag"]),
            ("customer_id", &["Endkundennummer", "Debiteurnummer", "Relatiecode", "Asiakaskoodi", "Jäsennumero"]),
            ("quantity", &["Stückanzahl", "Absatzmenge", "Bestillingsantall", "Verkoopaantal", "Tilausmäärä"]),
            ("product_id", &["Produktname", "Artikelnaam", "Varenavn", "Tuotekoodi"]),
        ];
        for (ours, names) in cases {
            for name in names {
                assert_eq!(column(name), Some(ours), "{name}");
            }
        }
        for name in [
            "Lieferantennummer",
            "Stornorechnungsnummer",
            "Retourmenge",
            "Lagermenge",
            "Kundengruppe",
            "Kundenname",
            "Hausnummer",
            "Telefonnummer",
        ] {
            assert_ne!(column(name), Some("order_id"), "{name}");
            assert_ne!(column(name), Some("quantity"), "{name}");
            assert_ne!(column(name), Some("customer_id"), "{name}");
        }
    }

    #[test]
    fn names_in_many_languages_mean_the_same() {
        #[rustfmt::skip]
        let cases: [(&str, &[&str]); 6] = [
            ("customer_id", &["CPF do cliente", "会員ID", "Klantnummer", "Kd-Nr.", "Correo electrónico", "Klient e-mail", "CUSNBR",
                "From Email Address", "user_pseudo_id", "Код контрагента", "Vevő kódja", "Asiakasnumero", "Mã khách hàng", "รหัสลูกค้า"]),
            ("order_id", &["Número do pedido", "注文番号", "Factuurnummer", "Rg-Nr.", "Nº pedido", "N° commande", "Numer zamówienia",
                "ORDNBR", "ecommerce.transaction_id", "DocNum", "Номер заказа", "Nota", "Számla sorszáma", "Tilausnumero", "Mã đơn hàng"]),
            ("purchased_at", &["Data de criação", "date_add", "受注日", "Data Emissão",  "注文日時", "Factuurdatum", "Rg-Datum", "Data złożenia zamówienia", "Ordredato",
                "ORDDTE", "DocDate", "Дата", "Számla kelte", "Tilauspäivä", "Ngày đặt hàng"]),
            ("amount", &["total_paid", "Monto", "Valor do item", "合計金額", "Netto", "Kwota razem", "gross_cents", "Positionsbetrag", "Taxable Value",
                "Montant TTC", "NET_REVENUE_AMT", "Order Lines/Subtotal", "Vl. Total", "Сумма", "Összesen", "Thành tiền"]),
            ("product_id", &["Código do produto", "商品番号", "Artikelnummer", "Varunummer", "Réf. article", "SKU", "ITMNBR", "Номенклатура"]),
            ("quantity", &["Quantidade", "個数", "Stückzahl", "Ilość", "Qtde", "Antal", "QTYORD", "Order Lines/Quantity", "Количество", "Кол-во", "Số lượng"]),
        ];
        // As long as a cell may be, and of known words.
        assert_eq!((column(&"id".repeat(100_000)), column(&"x".repeat(100_000))), (None, None));
        for (ours, names) in cases {
            for name in names {
                assert_eq!(column(name), Some(ours), "{name}");
            }
        }
    }

    #[test]
    fn a_word_that_is_not_known_leaves_the_column_open() {
        for name in [
            "Ship date",
            "Valor do frete",
            "Customer city",
            "Klantgroep",
            "Geburtsdatum",
            "MwSt",
            "配送日",
            "Order status",
        ] {
            assert_eq!(column(name), None, "{name}");
        }
    }

    #[test]
    fn amounts_of_lines_are_nearer_than_those_of_orders() {
        let near = |name| distance(Table::Purchases, "amount", &in_words(name)).unwrap();
        assert!(near("Valor do item") < near("Valor total"));
        assert!(is_of_order(&in_words("Valor total")) && !is_of_order(&in_words("Valor do item")));
        assert!(
            ["Preço unitário", "単価", "Vl. Unitário", "Цена"]
                .iter()
                .all(|name| distance_of_unit_price(&in_words(name)).is_some())
        );
    }
}
