//! The client by which programs and people of tests ask.

/// A client for HTTP on loopback; reqwest wants its cryptography chosen even where nothing is encrypted.
pub fn client() -> reqwest::Client {
    // Somebody else may have chosen it before, which is as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}
