//! One TLS configuration a process: rustls with ring, the platform's roots (on Android bundled ones).

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::border::{Error, Kind};

/// The configuration, with the certificates of a PEM file trusted beside the platform's.
pub(crate) fn config(ca_bundle: Option<&Path>) -> Result<ClientConfig, Error> {
    static SHARED: OnceLock<ClientConfig> = OnceLock::new();
    let Some(path) = ca_bundle else {
        if let Some(config) = SHARED.get() {
            return Ok(config.clone());
        }
        // Python users name a company's roots this way; the other variables are honoured by the platform's verifier.
        let from_environment = std::env::var_os("REQUESTS_CA_BUNDLE").filter(|path| !path.is_empty());
        let extra = match &from_environment {
            Some(path) => certificates(Path::new(path))?,
            None => Vec::new(),
        };
        return Ok(SHARED.get_or_init(|| build(extra).unwrap_or_else(|_| rootless())).clone());
    };
    build(certificates(path)?)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Error::invalid_argument(format!("ca_bundle: {} is not a readable PEM file: {error}", path.display()))
    };
    let found: Vec<_> = CertificateDer::pem_file_iter(path)
        .map_err(|error| unreadable(&error))?
        .collect::<Result<_, _>>()
        .map_err(|error| unreadable(&error))?;
    if found.is_empty() {
        return Err(unreadable(&"it holds no certificate"));
    }
    Ok(found)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

#[cfg(not(target_os = "android"))]
fn build(extra: Vec<CertificateDer<'static>>) -> Result<ClientConfig, Error> {
    let tls =
        |error: rustls::Error| Error::new(Kind::Tls, format!("the trusted certificates cannot be loaded: {error}"));
    let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(extra, provider()).map_err(tls)?;
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

/// The platform's verifier needs Java set up first; a library cannot count on that.
#[cfg(target_os = "android")]
fn build(extra: Vec<CertificateDer<'static>>) -> Result<ClientConfig, Error> {
    let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    roots.add_parsable_certificates(extra);
    with_roots(roots)
}

/// A machine without any roots: every handshake will fail with a clear error, plain loopback still works.
fn rootless() -> ClientConfig {
    with_roots(rustls::RootCertStore::empty()).unwrap_or_else(|_| unreachable!("ring speaks the default versions"))
}

fn with_roots(roots: rustls::RootCertStore) -> Result<ClientConfig, Error> {
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(Kind::Tls, error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
