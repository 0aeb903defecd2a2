//! A certificate authority made for one run, and a server certificate for loopback.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// Writes `ca.pem` into `folder` and gives back what accepts TLS connections under that authority.
pub fn prepare(folder: &Path) -> io::Result<(TlsAcceptor, PathBuf)> {
    let authority_key = KeyPair::generate().map_err(io::Error::other)?;
    let authority = authority_params();
    let ca_file = folder.join("ca.pem");
    let certificate = authority.self_signed(&authority_key).map_err(io::Error::other)?;
    std::fs::write(&ca_file, certificate.pem())?;

    let server_key = KeyPair::generate().map_err(io::Error::other)?;
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let mut server = CertificateParams::new(names).map_err(io::Error::other)?;
    server.distinguished_name.push(DnType::CommonName, "fileferry emulator");
    server.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
    server.use_authority_key_identifier_extension = true;
    let signed = server.signed_by(&server_key, &Issuer::new(authority, authority_key)).map_err(io::Error::other)?;

    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![signed.der().clone()], key)
        .map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((TlsAcceptor::from(Arc::new(config)), ca_file))
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "fileferry emulator authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages.extend([KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign]);
    params
}
