//! An authority of a test's own, and the certificates that it signs, as files.

use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};

/// Until when a certificate is good. All begin in 2020.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Good {
    /// Longer than anybody runs a test.
    ForLong,
    /// It was, in 2021.
    NoMore,
}

/// An authority whose files lie in a folder.
#[derive(Debug)]
pub struct Authority {
    folder: PathBuf,
    issuer: Issuer<'static, KeyPair>,
    /// Its certificate's file.
    pub file: PathBuf,
}

/// A certificate and its key, as files.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The certificate's file.
    pub certificate: PathBuf,
    /// The key's file.
    pub key: PathBuf,
}

impl Authority {
    /// A new one of this name.
    ///
    /// # Panics
    /// The folder cannot be written.
    pub fn new(folder: &Path, name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        let file = folder.join(format!("{name}.pem"));
        std::fs::write(&file, certificate.pem()).expect("a file");
        Self {
            folder: folder.to_owned(),
            issuer: Issuer::new(params, key),
            file,
        }
    }

    /// Signs a certificate of this common name for these hosts.
    ///
    /// # Panics
    /// The folder cannot be written.
    pub fn sign(&self, name: &str, hosts: &[&str], good: Good) -> Signed {
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let mut params = CertificateParams::new(hosts).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = match good {
            Good::ForLong => date_time_ymd(2200, 1, 1),
            Good::NoMore => date_time_ymd(2021, 1, 1),
        };
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let file = |end: &str| self.folder.join(format!("{name}-{good:?}.{end}"));
        let signed = Signed {
            certificate: file("pem"),
            key: file("key"),
        };
        std::fs::write(&signed.certificate, certificate.pem()).expect("a file");
        std::fs::write(&signed.key, key.serialize_pem()).expect("a file");
        signed
    }
}
