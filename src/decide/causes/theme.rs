//! What a shop's own word for a kind of complaint is about.

use super::cause::Cause;

/// Words for kinds of complaints, in the languages of many shops. A word of five letters or more also stands for those that
/// begin with it. Of two that fit, the first line holds.
#[rustfmt::skip]
const WORDS: &[(Cause, &str)] = &[
    (Cause::Uncontrollable, "moved moving relocation relocated deceased died death bankrupt insolvent umzug umgezogen verzogen verstorben insolvenz \
        déménagement décès mudanza fallecido trasloco deceduto verhuisd verhuizing overleden"),
    (Cause::Price, "price pricing expensive cost costs charge charged overcharge overcharged preis teuer prix cher precio caro prezzo prijs duur preço cena"),
    (Cause::Quality, "quality defect damage damaged broken faulty fault wrong return returned warranty spoiled size fit qualität mangel mängel defekt \
        kaputt beschädigt falsch retoure garantie qualité défaut cassé abîmé calidad defecto roto dañado qualità difetto rotto kwaliteit gebrek kapot beschadigd \
        qualidade defeito quebrado jakość wada uszkodzony"),
    // Whoever complains about an invoice found a mistake in it, and does not say that the shop is too dear.
    (Cause::ServiceResponse, "bill billing invoice rechnung facture factura fattura factuur fatura faktura service delivery deliver shipping shipment courier late delay lost staff support response answer rude waiting lieferung versand \
        verspätet verspätung liefer bedienung livraison retard envoi entrega retraso atraso envío envio atención consegna ritardo spedizione servizio levering \
        bezorging verzending vertraging dostawa opóźnienie obsługa"),
];

/// Letters from which on a word stands for longer ones.
const STEM: usize = 5;

/// The cause that a kind of complaint speaks for; `None` for a word that is not known.
pub(super) fn theme_of(category: &str) -> Option<Cause> {
    let category = category.to_lowercase();
    let words: Vec<&str> =
        category.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let fits = |known: &str| {
        let is_stem = known.chars().count() >= STEM;
        words.iter().any(|word| *word == known || is_stem && word.starts_with(known))
    };
    WORDS.iter().find(|(_, known)| known.split_whitespace().any(fits)).map(|(cause, _)| *cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_complaints_are_known_by_their_words() {
        for (category, cause) in [
            ("Late delivery", Some(Cause::ServiceResponse)),
            ("DELIVERY_DAMAGED", Some(Cause::Quality)),
            ("quality", Some(Cause::Quality)),
            ("return", Some(Cause::Quality)),
            ("Lieferverzug", Some(Cause::ServiceResponse)),
            ("invoice", Some(Cause::ServiceResponse)),
            ("Billing", Some(Cause::ServiceResponse)),
            ("overcharged", Some(Cause::Price)),
            ("too expensive", Some(Cause::Price)),
            ("customer moved abroad", Some(Cause::Uncontrollable)),
            ("latex allergy", None),
            ("C17", None),
            ("", None),
        ] {
            assert_eq!(theme_of(category), cause, "{category}");
        }
    }
}
