//! The certificates that VTEX's are checked against: the system's, or those
//! that the environment names.
//!
//! Read here, because the TLS library skips in silence what it cannot read,
//! and on macOS and Windows knows no such variables. Not for checking
//! anything with them.

use std::{fs, path::Path};

use reqwest::{Certificate, ClientBuilder};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use super::error::ApiError;

/// `SSL_CERT_FILE` and `SSL_CERT_DIR`; nothing for the system's certificates.
#[derive(Clone, Copy)]
pub struct Trust<'a> {
    /// A file of certificates.
    pub file: Option<&'a Path>,
    /// Folders of such files.
    pub dirs: &'a [std::path::PathBuf],
}

const PEM: &str = "it must be a PEM file, which has `-----BEGIN CERTIFICATE-----` in it; unset the variable to trust the system's certificates";
const DER: &str = "convert it: `openssl x509 -inform der -in FILE -out FILE.pem`";
const BOM: &str = "save it without a byte order mark, as plain UTF-8 or ASCII";
const NONE: &str =
    "install the package `ca-certificates`, or set SSL_CERT_FILE to a PEM file of certificates";

impl Trust<'_> {
    /// Has the client trust what the environment names, and nothing else.
    ///
    /// # Errors
    /// When the file that is named gives no certificate, or nothing does.
    pub fn apply(self, builder: ClientBuilder) -> Result<ClientBuilder, ApiError> {
        if self.file.is_none() && self.dirs.is_empty() {
            return Ok(builder);
        }
        let mut all = Vec::new();
        if let Some(path) = self.file {
            let invalid = |problem: String, hint| ApiError::Certificates {
                problem: format!("invalid SSL_CERT_FILE {}: {problem}", path.display()),
                hint,
            };
            let bytes = fs::read(path).map_err(|e| invalid(e.to_string(), PEM))?;
            let found = usable(&bytes);
            if let Some((problem, hint)) = oddity(&bytes, found.is_empty()) {
                return Err(invalid(problem.to_owned(), hint));
            }
            all.extend(found);
        }
        for dir in self.dirs {
            // One of several may be missing, as in the lists that OpenSSL reads.
            for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
                let path = entry.path();
                // Links among them, made by `openssl rehash`, may lead nowhere.
                if path.is_file()
                    && let Ok(bytes) = fs::read(&path)
                {
                    all.extend(usable(&bytes));
                }
            }
        }
        if all.is_empty() {
            let dirs: Vec<String> = self.dirs.iter().map(|d| d.display().to_string()).collect();
            return Err(ApiError::Certificates {
                problem: format!(
                    "invalid SSL_CERT_DIR {}: no certificate there",
                    dirs.join(", ")
                ),
                hint: PEM,
            });
        }
        all.sort_unstable_by(|a, b| a.as_ref().cmp(b.as_ref()));
        all.dedup();
        let all = all
            .iter()
            .filter_map(|certificate| Certificate::from_der(certificate).ok());
        Ok(builder.tls_certs_only(all))
    }

    /// Why the client could not be made.
    pub fn explain(cause: String) -> ApiError {
        if cause.contains("No CA certificates") {
            return ApiError::Certificates {
                problem: "found no certificates to trust on this machine".to_owned(),
                hint: NONE,
            };
        }
        ApiError::Setup(cause)
    }
}

/// The certificates in a PEM file. Bundles hold some that the TLS library does
/// not take, which spoil nothing.
fn usable(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem)
        .filter_map(Result::ok)
        .filter(|certificate| RootCertStore::empty().add(certificate.clone()).is_ok())
        .collect()
}

/// What is wrong with a file of certificates, and what to do about it.
fn oddity(bytes: &[u8], none: bool) -> Option<(&'static str, &'static str)> {
    // A sequence with a length of two bytes, which every certificate begins with.
    const DER_BEGIN: [u8; 2] = [0x30, 0x82];
    match bytes {
        // The first certificate after it would be skipped.
        [0xef, 0xbb, 0xbf, ..] | [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            Some(("it begins with a byte order mark", BOM))
        }
        _ if !none => None,
        [] => Some(("it is empty", PEM)),
        _ if bytes.starts_with(&DER_BEGIN) => Some(("it is DER, not PEM", DER)),
        _ => Some(("no certificate in it", PEM)),
    }
}
