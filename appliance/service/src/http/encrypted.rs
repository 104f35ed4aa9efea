//! HTTPS of one's own: a certificate and its key from files, which are read anew when they change, for the connections that come after.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::sending::Sending;
use crate::tls::{self, TlsError};
use crate::{Clock, Due};

/// How often the files are looked at: whoever renews a certificate does so weeks before its end.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(10);

/// What the first byte of TLS is: a record of a handshake.
const HANDSHAKE: u8 = 22;

/// What is said to whoever speaks no TLS.
const SPEAK_TLS: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: 44\r\n\r\n\
    This address is encrypted: it is https://..\n";

/// What is said of a certificate whose time is not now, and which is shown for want of a better one.
const NOT_TRUSTED: &str = "browsers do not trust the certificate that is shown";

/// What is said where the files hold nothing better than what is shown.
const KEPT: &str =
    "the files of the certificate are wrong; the one before is shown until the next start";

/// How one's own connections are encrypted. Clones share it.
#[derive(Debug, Clone)]
pub struct Encrypted {
    files: Arc<(PathBuf, PathBuf)>,
    shown: Arc<Shown>,
    config: Arc<ServerConfig>,
    clock: Clock,
}

/// The certificate that is shown now, and what was wrong with the files when they were looked at last.
#[derive(Debug)]
struct Shown(RwLock<(Arc<CertifiedKey>, Option<Wrong>)>);

/// What is wrong, and what that means.
type Wrong = (TlsError, &'static str);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let shown = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&shown.0))
    }
}

impl Encrypted {
    /// With the certificate and the key in these files. One whose time is over is shown all the same, and said to be so: those who come
    /// decide, and another is taken as soon as it is there.
    ///
    /// # Errors
    /// They cannot be used.
    pub fn by(certificate: PathBuf, key: PathBuf, clock: Clock) -> Result<Self, TlsError> {
        let identity = tls::identity(&certificate, &key)?;
        let now = clock.now();
        let wrong = tls::check_times(&certificate, &identity, now).err();
        let wrong = wrong.map(|why| (why, NOT_TRUSTED));
        if let Some((why, words)) = &wrong {
            tracing::error!(%why, "{words}");
        }
        let shown = Arc::new(Shown(RwLock::new((Arc::new(identity), wrong))));
        let mut config = ServerConfig::builder_with_provider(tls::provider())
            .with_safe_default_protocol_versions()
            .map_err(|why| TlsError::WrongCertificate(certificate.clone(), why.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&shown) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            files: Arc::new((certificate, key)),
            shown,
            config: Arc::new(config),
            clock,
        })
    }

    /// What is wrong with the certificate that is shown or with its files, in words, as they were looked at last.
    pub(crate) fn wrong(&self) -> Option<String> {
        let shown = self.shown.0.read().unwrap_or_else(PoisonError::into_inner);
        let wrong = shown.1.as_ref();
        wrong.map(|(why, words)| format!("{words}: {why}"))
    }

    /// As a job: looks whether the files have changed.
    pub async fn look_due(self, now: Duration) -> Due {
        let looking = tokio::task::spawn_blocking(move || self.look());
        if let Err(error) = looking.await {
            tracing::error!(%error, "the certificate could not be looked at");
        }
        Due::At(now + LOOKED_AT_EVERY)
    }

    /// Takes what is in the files, if it is another and can be used; one whose time is not now does not replace one that is good. Says once
    /// what is wrong.
    fn look(&self) {
        let (certificate, key) = &*self.files;
        let read = tls::identity(certificate, key);
        let now = self.clock.now();
        let check = |identity: &CertifiedKey| tls::check_times(certificate, identity, now);
        let mut shown = self.shown.0.write().unwrap_or_else(PoisonError::into_inner);
        let wrong = match read {
            Ok(identity) => {
                let wrong = check(&identity).err();
                let is_other = identity.cert != shown.0.cert;
                if is_other && wrong.is_some() && check(&shown.0).is_ok() {
                    wrong.map(|why| (why, KEPT))
                } else {
                    if is_other {
                        tracing::info!(file = %certificate.display(), "another certificate is shown from now on");
                        shown.0 = Arc::new(identity);
                    }
                    wrong.map(|why| (why, NOT_TRUSTED))
                }
            }
            Err(why) => Some((why, KEPT)),
        };
        if let Some((why, words)) = wrong
            .as_ref()
            .filter(|wrong| shown.1.as_ref() != Some(wrong))
        {
            tracing::error!(%why, "{words}");
        }
        shown.1 = wrong;
    }

    /// Agrees with whoever has come on how to speak; nothing, if they do not.
    pub(super) async fn meet(
        &self,
        mut stream: TcpStream,
        taken_within: Duration,
    ) -> Option<TlsStream<Sending<TcpStream>>> {
        let mut first = [0];
        if stream.peek(&mut first).await.is_ok_and(|read| read == 0) {
            return None;
        }
        if first != [HANDSHAKE] {
            // They may be gone before they hear it. What they have said is read, or they would hear of a broken connection only.
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(SPEAK_TLS).await;
            return None;
        }
        let accepting = TlsAcceptor::from(Arc::clone(&self.config));
        let met = accepting.accept(Sending::new(stream, taken_within)).await;
        met.map_err(|error| tracing::debug!(%error, "nobody agreed on how to encrypt a connection"))
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls_samples::{Folder, TODAY, Years};

    #[test]
    fn a_good_certificate_is_replaced_by_one_that_is_good() {
        let folder = Folder::new();
        let files = folder.chain("office", &[Years::OVER]);
        let clock = Clock::manual(TODAY);
        let encrypted = Encrypted::by(files.certificate, files.key, clock).unwrap();
        let now = || {
            encrypted.look();
            let shown = encrypted.shown.0.read().unwrap();
            (shown.0.cert.clone(), shown.1.as_ref().map(|wrong| wrong.1))
        };
        let over = now();
        assert_eq!(over.1, Some(NOT_TRUSTED));
        folder.chain("office", &[Years::TO_COME]);
        let to_come = now();
        assert_eq!(to_come.1, Some(NOT_TRUSTED));
        assert_ne!(to_come.0, over.0, "neither is good");
        folder.chain("office", &[Years::GOOD]);
        let good = now();
        assert_eq!(good.1, None);
        assert_eq!(encrypted.wrong(), None);
        for wrong in [Years::OVER, Years::TO_COME] {
            folder.chain("office", &[wrong]);
            assert_eq!(now(), (good.0.clone(), Some(KEPT)));
        }
        let words = encrypted.wrong().unwrap();
        assert!(
            words.contains("until the next start") && words.contains("office.pem"),
            "{words}"
        );
        folder.chain("office", &[Years::GOOD]);
        let renewed = now();
        assert_eq!(renewed.1, None);
        assert_ne!(renewed.0, good.0);
    }
}
