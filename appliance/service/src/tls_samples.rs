//! Certificates for tests, as files.

use std::path::PathBuf;

use jiff::Timestamp;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};

/// When it is, in tests.
pub(crate) const TODAY: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// From which year to which a certificate is good.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Years(i32, i32);

impl Years {
    pub(crate) const GOOD: Self = Self(2020, 2200);
    pub(crate) const OVER: Self = Self(2020, 2021);
    pub(crate) const TO_COME: Self = Self(2100, 2200);
}

/// Where they lie until the test ends.
#[derive(Debug)]
pub(crate) struct Folder(tempfile::TempDir);

/// A certificate and its key, as files.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Writes a certificate for each of these years, and the key of the first. What was of this name before is replaced.
    pub(crate) fn chain(&self, name: &str, all: &[Years]) -> Files {
        let file = |end: &str| self.0.path().join(format!("{name}.{end}"));
        let files = Files {
            certificate: file("pem"),
            key: file("key"),
        };
        let (mut certificates, mut first) = (String::new(), None);
        for Years(from, to) in all {
            let mut params = CertificateParams::new(vec!["office".to_owned()]).unwrap();
            params.not_before = date_time_ymd(*from, 1, 1);
            params.not_after = date_time_ymd(*to, 1, 1);
            let key = KeyPair::generate().unwrap();
            certificates += &params.self_signed(&key).unwrap().pem();
            first.get_or_insert(key);
        }
        std::fs::write(&files.certificate, certificates).unwrap();
        std::fs::write(&files.key, first.unwrap().serialize_pem()).unwrap();
        files
    }
}
