//! The words of a paper in the guest's language.

pub use counter::language::{Language, name_of};

/// The words of one language, but for those that [`Language::words`] has.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) tax_included: &'static str,
    pub(super) paid_in_cash: &'static str,
    pub(super) paid_by_card: &'static str,
    pub(super) authorisation: &'static str,
    pub(super) receipt: &'static str,
    pub(super) ticket: &'static str,
    pub(super) of: &'static str,
    pub(super) sold: &'static str,
    pub(super) tax_number: &'static str,
    pub(super) copy: &'static str,
    pub(super) copy_because: &'static str,
    pub(super) cancelled: &'static str,
}

/// That there are subtitles in the language with this tag.
pub(crate) fn subtitled(language: Language, tag: &str) -> String {
    let word = match language {
        Language::En => "subtitles",
        Language::De => "Untertitel",
        Language::Es => "subtítulos",
        Language::Fr => "sous-titres",
    };
    format!("{word}: {}", name_of(language, tag))
}

/// The words of a language.
pub(super) fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &ENGLISH,
        Language::De => &GERMAN,
        Language::Es => &SPANISH,
        Language::Fr => &FRENCH,
    }
}

static ENGLISH: Words = Words {
    tax_included: "VAT included",
    paid_in_cash: "Paid in cash",
    paid_by_card: "Paid by card",
    authorisation: "Authorisation",
    receipt: "Receipt",
    ticket: "Ticket",
    of: "of",
    sold: "Sold",
    tax_number: "VAT number",
    copy: "COPY",
    copy_because: "Printed again: the first paper may be incomplete.",
    cancelled: "CANCELLED",
};

static GERMAN: Words = Words {
    tax_included: "inkl. MwSt.",
    paid_in_cash: "Bar bezahlt",
    paid_by_card: "Mit Karte bezahlt",
    authorisation: "Genehmigung",
    receipt: "Beleg",
    ticket: "Ticket",
    of: "von",
    sold: "Verkauft",
    tax_number: "Steuernummer",
    copy: "COPY · KOPIE",
    copy_because: "Erneut gedruckt: Das erste Papier ist vielleicht unvollständig.",
    cancelled: "ENTFÄLLT",
};

static SPANISH: Words = Words {
    tax_included: "IVA incluido",
    paid_in_cash: "Pagado en efectivo",
    paid_by_card: "Pagado con tarjeta",
    authorisation: "Autorización",
    receipt: "Recibo",
    ticket: "Entrada",
    of: "de",
    sold: "Vendida",
    tax_number: "NIF",
    copy: "COPY · COPIA",
    copy_because: "Impresa de nuevo: el primer papel puede estar incompleto.",
    cancelled: "CANCELADA",
};

static FRENCH: Words = Words {
    tax_included: "TVA incluse",
    paid_in_cash: "Payé en espèces",
    paid_by_card: "Payé par carte",
    authorisation: "Autorisation",
    receipt: "Reçu",
    ticket: "Billet",
    of: "sur",
    sold: "Vendu",
    tax_number: "N° TVA",
    copy: "COPY · DUPLICATA",
    copy_because: "Réimprimé : le premier papier est peut-être incomplet.",
    cancelled: "ANNULÉE",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subtitles_are_named_by_their_language() {
        assert_eq!(subtitled(Language::Fr, "ja"), "sous-titres: japonais");
    }
}
