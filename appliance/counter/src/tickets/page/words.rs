//! What the page of a ticket says, in each language that guests are spoken to in.

use crate::language::Language;

/// The words of one language.
pub(super) struct Words {
    pub(super) room: &'static str,
    pub(super) block: &'static str,
    pub(super) row: &'static str,
    pub(super) seat: &'static str,
    pub(super) code: &'static str,
    pub(super) show: &'static str,
    pub(super) new_time: &'static str,
    pub(super) before: &'static str,
    pub(super) cancelled: &'static str,
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
    row: "Row",
    seat: "Seat",
    code: "QR code",
    show: "Show this code at the door.",
    new_time: "New time",
    before: "before:",
    cancelled: "Cancelled: this showing does not take place",
};

static GERMAN: Words = Words {
    room: "Saal",
    block: "Block",
    row: "Reihe",
    seat: "Platz",
    code: "QR-Code",
    show: "Zeigen Sie diesen Code am Einlass.",
    new_time: "Neue Zeit",
    before: "vorher:",
    cancelled: "Abgesagt: Diese Vorstellung findet nicht statt",
};

static SPANISH: Words = Words {
    room: "Sala",
    block: "Bloque",
    row: "Fila",
    seat: "Butaca",
    code: "Código QR",
    show: "Muestre este código en la entrada.",
    new_time: "Nueva hora",
    before: "antes:",
    cancelled: "Cancelada: esta sesión no se celebra",
};

static FRENCH: Words = Words {
    room: "Salle",
    block: "Bloc",
    row: "Rang",
    seat: "Siège",
    code: "Code QR",
    show: "Présentez ce code à l’entrée.",
    new_time: "Nouvel horaire",
    before: "avant :",
    cancelled: "Annulée : cette séance n’a pas lieu",
};
