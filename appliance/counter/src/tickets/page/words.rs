//! What the page of a ticket says, in each language that guests are spoken to in.

use crate::language::Language;

/// The words of one language, but for those that [`Language::words`] has.
pub(super) struct Words {
    pub(super) room: &'static str,
    pub(super) block: &'static str,
    pub(super) code: &'static str,
    pub(super) show: &'static str,
    pub(super) cancelled: &'static str,
    pub(super) taken_back: &'static str,
    pub(super) total: &'static str,
    pub(super) collection_code: &'static str,
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
    room: "Screen",
    block: "Block",
    code: "QR code",
    show: "Show this code at the door.",
    cancelled: "Cancelled: this showtime does not take place",
    taken_back: "Given back: this ticket opens no door any more.",
    total: "Total",
    collection_code: "Collection code",
};

static GERMAN: Words = Words {
    room: "Saal",
    block: "Block",
    code: "QR-Code",
    show: "Zeigen Sie diesen Code am Einlass.",
    cancelled: "Entfällt: Diese Vorstellung findet nicht statt",
    taken_back: "Zurückgegeben: Dieses Ticket öffnet keine Tür mehr.",
    total: "Summe",
    collection_code: "Abholcode",
};

static SPANISH: Words = Words {
    room: "Sala",
    block: "Bloque",
    code: "Código QR",
    show: "Muestre este código en la entrada.",
    cancelled: "Cancelada: esta sesión no se celebra",
    taken_back: "Devuelta: esta entrada ya no abre ninguna puerta.",
    total: "Total",
    collection_code: "Código de recogida",
};

static FRENCH: Words = Words {
    room: "Salle",
    block: "Bloc",
    code: "Code QR",
    show: "Présentez ce code à l’entrée.",
    cancelled: "Annulée : cette séance n’a pas lieu",
    taken_back: "Rendu : ce billet n’ouvre plus aucune porte.",
    total: "Total",
    collection_code: "Code de retrait",
};
