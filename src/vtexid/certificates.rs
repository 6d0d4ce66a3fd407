//! Loads the certificates to trust: the system's, or those that the environment
//! names.
//!
//! They are loaded here because the TLS library silently skips files that it
//! cannot read, and ignores the variables on macOS and Windows. Not for checking
//! a server's certificate.

use std::{fs, path::Path};

use reqwest::{Certificate, ClientBuilder};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use super::error::ApiError;

/// `SSL_CERT_FILE` and `SSL_CERT_DIR`. If both are empty, the system's
/// certificates are trusted.
#[derive(Clone, Copy)]
pub struct Trust<'a> {
    /// A file with certificates.
    pub file: Option<&'a Path>,
    /// Folders with such files.
    pub dirs: &'a [std::path::PathBuf],
}

const PEM: &str = "it must be a PEM file, which has `-----BEGIN CERTIFICATE-----` in it; unset the variable to trust the system's certificates";
const DER: &str = "convert it: `openssl x509 -inform der -in FILE -out FILE.pem`";
const BOM: &str = "save it without a byte order mark, as plain UTF-8 or ASCII";
const NONE: &str =
    "install the package `ca-certificates`, or set SSL_CERT_FILE to a PEM file of certificates";

impl Trust<'_> {
    /// Makes the client trust only the certificates that the environment names.
    ///
    /// # Errors
    /// When the file contains no certificate, or no folder does.
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
            if let Some((problem, hint)) = file_problem(&bytes, found.is_empty()) {
                return Err(invalid(problem.to_owned(), hint));
            }
            all.extend(found);
        }
        for dir in self.dirs {
            // A missing folder is skipped, as in OpenSSL.
            for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
                let path = entry.path();
                // `openssl rehash` makes links, some of which may be broken.
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

    /// The error if the client cannot be created.
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

/// The certificates in a PEM file. Skips those that the TLS library rejects,
/// because bundles contain some.
fn usable(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem)
        .filter_map(Result::ok)
        .filter(|certificate| RootCertStore::empty().add(certificate.clone()).is_ok())
        .collect()
}

/// The problem with a file of certificates, if there is one, and the hint.
fn file_problem(bytes: &[u8], has_none: bool) -> Option<(&'static str, &'static str)> {
    // How every certificate begins: a sequence with a length of two bytes.
    const DER_BEGIN: [u8; 2] = [0x30, 0x82];
    match bytes {
        // After it, the TLS library would skip the first certificate.
        [0xef, 0xbb, 0xbf, ..] | [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            Some(("it begins with a byte order mark", BOM))
        }
        _ if !has_none => None,
        [] => Some(("it is empty", PEM)),
        _ if bytes.starts_with(&DER_BEGIN) => Some(("it is DER, not PEM", DER)),
        _ => Some(("no certificate in it", PEM)),
    }
}
