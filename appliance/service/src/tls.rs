//! Certificates and keys in PEM files: read, checked against one another and the time of day, and what is wrong with them said in words that
//! name the file. It knows no protocol, and shows no key.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::sign::CertifiedKey;

/// What is wrong with a certificate or a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {0}: {1}")]
    Unreadable(PathBuf, String),
    /// No certificate is in it.
    #[error("there is no certificate in {0}: it begins with -----BEGIN CERTIFICATE-----")]
    NoCertificate(PathBuf),
    /// A certificate that is none.
    #[error("the certificate in {0} cannot be used: {1}")]
    WrongCertificate(PathBuf, String),
    /// No key is in it.
    #[error(
        "there is no private key in {0} that can be used: it begins with -----BEGIN PRIVATE KEY----- and has no password"
    )]
    NoKey(PathBuf),
    /// It cannot be read without a password.
    #[error(
        "the private key in {0} has a password: write it without one, as `openssl pkey -in .. -out ..` does, into a file that nobody else may read"
    )]
    LockedKey(PathBuf),
    /// It is of a kind that is not spoken here.
    #[error(
        "the private key in {0} is of a kind or length that cannot be used: take ECDSA over P-256 or P-384, Ed25519, or RSA of 2048 to 4096 bits"
    )]
    OtherKey(PathBuf),
    /// Certificate and key are not of one another.
    #[error("the key in {key} is not the one of the certificate in {certificate}")]
    NotOfOneAnother {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// Its time is over.
    #[error("the certificate in {0} expired on {1}")]
    Expired(PathBuf, Timestamp),
    /// Its time has not come, or a clock is wrong.
    #[error("the certificate in {0} is valid only from {1} on")]
    NotYet(PathBuf, Timestamp),
    /// One of two is missing.
    #[error("{0} and {1} come together: one of them is missing")]
    OneOfTwo(&'static str, &'static str),
}

/// The cryptography of TLS.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Whom to trust: the certificates of authorities. Where an old and a new one lie in one file, one whose time is not now is left out.
///
/// # Errors
/// They cannot be read, or none can be used at `now`.
pub fn authorities(file: &Path, now: Timestamp) -> Result<RootCertStore, TlsError> {
    let mut store = RootCertStore::empty();
    let found = certificates(file)?;
    let left_out = good_at(file, &found, now)?;
    for (certificate, why) in found.into_iter().zip(left_out) {
        if let Some(why) = why {
            tracing::warn!(%why, "an authority is not trusted; others in its file are");
            continue;
        }
        let added = store.add(certificate);
        added.map_err(|why| TlsError::WrongCertificate(file.to_owned(), why.to_string()))?;
    }
    Ok(store)
}

/// Who one is: a certificate, with those of its issuers behind it, and its key.
///
/// # Errors
/// They cannot be read, or are not of one another.
pub fn identity(certificate: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    let chain = certificates(certificate)?;
    let text = read(key)?;
    let private = PrivateKeyDer::from_pem_slice(&text).map_err(|_| {
        // In the first line of the key's own form, or in the second of what OpenSSL wrote before.
        match text.windows(9).any(|word| word == b"ENCRYPTED") {
            true => TlsError::LockedKey(key.to_owned()),
            false => TlsError::NoKey(key.to_owned()),
        }
    })?;
    CertifiedKey::from_der(chain, private, &provider()).map_err(|why| {
        let (certificate, key) = (certificate.to_owned(), key.to_owned());
        if let rustls::Error::InconsistentKeys(_) = why {
            return TlsError::NotOfOneAnother { certificate, key };
        }
        if let rustls::Error::InvalidCertificate(why) = why {
            return TlsError::WrongCertificate(certificate, why.to_string());
        }
        TlsError::OtherKey(key)
    })
}

/// Whether an identity that was read from this file is good at `now`: its own certificate and, if issuers stand behind it, one of them. An
/// old issuer may stand beside the new one.
///
/// # Errors
/// It is not.
pub fn check_times(
    certificate: &Path,
    identity: &CertifiedKey,
    now: Timestamp,
) -> Result<(), TlsError> {
    let Some((own, issuers)) = identity.cert.split_first() else {
        return Ok(());
    };
    check_time(certificate, own, now)?;
    good_at(certificate, issuers, now).map(drop)
}

/// Why each of these is left out, or not. One whose time is not now is; if all are, that is wrong.
fn good_at(
    file: &Path,
    all: &[CertificateDer<'_>],
    now: Timestamp,
) -> Result<Vec<Option<TlsError>>, TlsError> {
    let mut left_out = Vec::new();
    for certificate in all {
        left_out.push(match check_time(file, certificate, now) {
            Ok(()) => None,
            Err(why @ (TlsError::Expired(..) | TlsError::NotYet(..))) => Some(why),
            Err(why) => return Err(why),
        });
    }
    match left_out.first() {
        Some(Some(why)) if left_out.iter().all(Option::is_some) => Err(why.clone()),
        _ => Ok(left_out),
    }
}

fn read(file: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(file).map_err(|why| TlsError::Unreadable(file.to_owned(), why.to_string()))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let text = read(file)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let found =
        found.map_err(|why| TlsError::WrongCertificate(file.to_owned(), why.to_string()))?;
    match found.is_empty() {
        true => Err(TlsError::NoCertificate(file.to_owned())),
        false => Ok(found),
    }
}

/// Whether its time is now. A certificate is asked for its time before anything else.
fn check_time(
    file: &Path,
    certificate: &CertificateDer<'_>,
    now: Timestamp,
) -> Result<(), TlsError> {
    let wrong = |why: webpki::Error| TlsError::WrongCertificate(file.to_owned(), why.to_string());
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let certificate = webpki::EndEntityCert::try_from(certificate).map_err(wrong)?;
    let usage = webpki::KeyUsage::server_auth();
    let asked = certificate.verify_for_usage(&[], &[], &[], now, usage, None, None);
    let Err(why) = asked else {
        return Ok(());
    };
    if let webpki::Error::CertExpired { not_after, .. } = why {
        return Err(TlsError::Expired(file.to_owned(), time_of(not_after)));
    }
    if let webpki::Error::CertNotValidYet { not_before, .. } = why {
        return Err(TlsError::NotYet(file.to_owned(), time_of(not_before)));
    }
    if matches!(
        why,
        webpki::Error::BadDer | webpki::Error::BadDerTime | webpki::Error::InvalidCertValidity
    ) {
        return Err(wrong(why));
    }
    // Nobody was named who could have signed it, so everything else is no answer.
    Ok(())
}

fn time_of(time: UnixTime) -> Timestamp {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls_samples::{Folder, TODAY, Years};

    #[test]
    fn a_key_that_cannot_be_used_says_why() {
        let folder = Folder::new();
        let files = folder.chain("own", &[Years::GOOD]);
        let with = |text: &str| {
            std::fs::write(&files.key, text).unwrap();
            identity(&files.certificate, &files.key)
                .map(drop)
                .unwrap_err()
        };
        let key = || files.key.clone();
        assert_eq!(with(P521), TlsError::OtherKey(key()));
        assert_eq!(with(RSA_OF_1024), TlsError::OtherKey(key()));
        for (kind, head) in [
            ("ENCRYPTED PRIVATE KEY", ""),
            (
                "RSA PRIVATE KEY",
                "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n",
            ),
        ] {
            let text = format!("-----BEGIN {kind}-----\n{head}AAAA\n-----END {kind}-----\n");
            assert_eq!(with(&text), TlsError::LockedKey(key()), "{kind}");
        }
        assert_eq!(with("a letter"), TlsError::NoKey(key()));
        let other = folder.chain("other", &[Years::GOOD]);
        let text = std::fs::read_to_string(other.key).unwrap();
        let apart = with(&text);
        assert!(matches!(apart, TlsError::NotOfOneAnother { .. }), "{apart}");
    }

    /// Made for this test, and nothing's key.
    const P521: &str = "\
-----BEGIN PRIVATE KEY-----
MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIBkD48G72OtSczONqq
KINODv4FGMw9n2EuVF7Pf7ssn6w6eZzuAGReCD3NRLlQvrE0mqs89VPS9vXyjFYU
0hqMwQChgYkDgYYABADzhL+hkAA3vMBqMDq0NcEYTTjV4vqbrXIQMC6oUKe/dRci
alqblcaFZLfDh9Yfg9bHOfJ2fUTMTJ3RUwU0tyP/BgDdAaAiM+/knYWV+l00PctT
R415PkhggeFVYb9SBoNmP7CwJLOkZDJZ+rtzNKnM8YL+tKBjJbUVWd1VdyX0/mdO
MA==
-----END PRIVATE KEY-----
";

    /// Made for this test, and nothing's key.
    const RSA_OF_1024: &str = "\
-----BEGIN PRIVATE KEY-----
MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBAMtTCluLNo5aAsMX
sAWBfKO4urYvCzEsPgHV/JxJoK7B5bMONrLybQ/Y+HlQ9AD5d71sUf+/xejRJaGY
zU3BrUZMxsjeRJVBu2ooev46pEA0dIIupCMZdMfBlW6xGHfiAMoxzDJPYxZC+5Db
ziie5cwysu82reW7eXKjvkFOGPWJAgMBAAECgYEAvWtUZ+pu3flvP0+PFeIHOwO7
NkTneV0NO2qelv9k6coL818XiGifQDdTbLoFR+8hJWCHl+qSNw65ry2KfpkjkYQj
+DVy9+vlbfC9eSj1AVBKFbMZJDIIL1Xc+/tQcBTTIfVaIR93Cz8ZXa1u/LO5DJ+s
rC8J37S3v4CVvIQSo/0CQQDu4jDr90CppUI98/KgquQ+Xw9ZpbwJJ73QUoSSK7kR
NW0S8pv602AdryH/HXzgP5P2oZbJdNgkTdf7HdEh89ZzAkEA2eSXklIaynAnZT6p
umBco6hDsbcLv8P5aNJeRs5oZNAMVUUPBpwWCaOtL9ELQ+xHLwJ7ZrPdiobWYJqD
XDIJEwJADVVeua0BVPa+bcrR/hnLx5dyueRATJqFQ713XNlH6Sf8QJR+FE/8C2wd
D6pLsBCcZ6W5TuFQtyYJKiEN7UE49QJBAIv8CETA6uVT2Ht7Hp/WeK3L1HHAH5Q7
22g0fs0OnpLl9oZxr42XibD3rrQhoRMqITFabt00gQgWSHQX0HzSyHECQQCdvHx5
uJQaKw8qNU5opx2j+aQqAO1XpTZEPfQMRwz1WFnv2B6QjszyeL/Jq52LZtVc578F
+6uQ6y6cYhy3XV8p
-----END PRIVATE KEY-----
";

    #[test]
    fn an_authority_that_is_over_does_not_stop_the_one_beside_it() {
        let folder = Folder::new();
        let trusted = |all: &[Years]| {
            let file = folder.chain("authorities", all).certificate;
            authorities(&file, TODAY).map(|store| store.len())
        };
        assert_eq!(trusted(&[Years::OVER, Years::GOOD]), Ok(1));
        assert_eq!(trusted(&[Years::GOOD, Years::TO_COME]), Ok(1));
        assert_eq!(trusted(&[Years::GOOD, Years::GOOD]), Ok(2));
        let none = trusted(&[Years::OVER, Years::TO_COME]);
        assert!(matches!(none, Err(TlsError::Expired(..))), "{none:?}");
    }

    #[test]
    fn an_issuer_that_is_over_does_not_stop_the_one_beside_it() {
        let folder = Folder::new();
        let check = |all: &[Years]| {
            let files = folder.chain("own", all);
            let identity = identity(&files.certificate, &files.key).unwrap();
            check_times(&files.certificate, &identity, TODAY)
        };
        assert_eq!(check(&[Years::GOOD]), Ok(()));
        assert_eq!(check(&[Years::GOOD, Years::OVER, Years::GOOD]), Ok(()));
        for wrong in [
            &[Years::OVER, Years::GOOD][..],
            &[Years::GOOD, Years::OVER],
            &[Years::OVER],
        ] {
            let checked = check(wrong);
            assert!(matches!(checked, Err(TlsError::Expired(..))), "{checked:?}");
        }
    }
}
