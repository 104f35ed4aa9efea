//! Why there is no line to the broker, in kinds that a screen has words for.

use std::error::Error;
use std::io;

use rustls::{AlertDescription, CertificateError};
use wire::LinkTrouble;

/// What keeps a line from being there, and the words for whoever mends it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Trouble {
    /// Of what kind it is.
    pub kind: LinkTrouble,
    /// The words.
    pub words: String,
}

impl Trouble {
    /// Nobody answers, and why.
    pub fn unreachable(words: impl Into<String>) -> Self {
        let (kind, words) = (LinkTrouble::Unreachable, words.into());
        Self { kind, words }
    }

    /// What an error of the connection says; `shows_certificate` if we have one to show.
    pub(crate) fn of(error: &(dyn Error + 'static), shows_certificate: bool) -> Self {
        let found = tls_error(error).map(|error| kind_of(error, shows_certificate));
        let (kind, words) = found.unwrap_or((LinkTrouble::Unreachable, ""));
        let words = match words {
            "" => error.to_string(),
            words => format!("{words} ({error})"),
        };
        Self { kind, words }
    }
}

fn kind_of(error: &rustls::Error, shows_certificate: bool) -> (LinkTrouble, &'static str) {
    use LinkTrouble as K;
    use rustls::Error as E;
    if let E::InvalidCertificate(why) = error {
        return kind_of_certificate(why);
    }
    if let E::AlertReceived(alert) = error {
        return kind_of_alert(*alert, shows_certificate);
    }
    if matches!(error, E::InvalidMessage(_) | E::PeerIncompatible(_)) {
        return (K::NoTls, NO_TLS);
    }
    (K::Unreachable, "")
}

const NO_TLS: &str = "what answers there speaks no TLS, or none that is still safe";

fn kind_of_certificate(why: &CertificateError) -> (LinkTrouble, &'static str) {
    use CertificateError as C;
    use LinkTrouble as K;
    let is_not_its_time = matches!(
        why,
        C::Expired | C::ExpiredContext { .. } | C::NotValidYet | C::NotValidYetContext { .. }
    );
    if is_not_its_time {
        let words = "the broker's certificate has expired or is not valid yet, or a clock is wrong";
        return (K::Expired, words);
    }
    if matches!(why, C::NotValidForName | C::NotValidForNameContext { .. }) {
        let words = "the broker's certificate is for another name than the one in its address";
        return (K::OtherName, words);
    }
    let words = "the broker's certificate is not signed by the authority that was set";
    (K::NotTrusted, words)
}

fn kind_of_alert(alert: AlertDescription, shows_certificate: bool) -> (LinkTrouble, &'static str) {
    use AlertDescription as A;
    use LinkTrouble as K;
    let is_wanted =
        alert == A::CertificateRequired || alert == A::HandshakeFailure && !shows_certificate;
    if is_wanted {
        let words = "the broker wants a certificate, and none is set";
        return (K::CertificateWanted, words);
    }
    let is_refused = matches!(
        alert,
        A::BadCertificate
            | A::UnsupportedCertificate
            | A::CertificateRevoked
            | A::CertificateExpired
            | A::CertificateUnknown
            | A::UnknownCA
            | A::AccessDenied
            | A::DecryptError
    );
    if is_refused {
        let words = "the broker refuses our certificate: it has expired, or it is signed by nobody whom the broker trusts";
        return (K::CertificateRefused, words);
    }
    if alert == A::ProtocolVersion {
        return (K::NoTls, NO_TLS);
    }
    (K::Unreachable, "")
}

/// What TLS says, however deep it is wrapped up.
fn tls_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let wrapped = error.downcast_ref::<io::Error>();
        let wrapped = wrapped.and_then(io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}
