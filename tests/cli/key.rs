//! `vtexid inspect --key FILE` and `--secret FILE`

mod algorithms;
mod choice;
mod file;
mod secret;

use std::fs;

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use predicates::{prelude::PredicateBooleanExt as _, str::contains};
use serde_json::{Value, json};

use crate::{
    env::{TestEnv, answer, claims, stderr, stdout},
    signer::{Signer, es256, hmac_token, signers, unsigned, with},
};

fn admin() -> Value {
    json!({"sub": "dev@example.com", "account": "mystore", "audience": "admin", "exp": 4_102_444_800_i64})
}

/// Sees that the key finds the token good, by that algorithm.
fn good(env: &TestEnv, key: impl AsRef<[u8]>, token: &str, algorithm: &str) {
    let told = stdout(&env.key_tool(key, &[token]).run().success());
    let row = format!("valid, {algorithm} with the key in home/key\n");
    assert!(told.contains(&row), "{algorithm}: {told}");
}

/// Sees that it does not, and gives the words.
fn refused(env: &TestEnv, key: impl AsRef<[u8]>, token: &str) -> String {
    let done = env.key_tool(key, &[token]).run().code(3).stdout("");
    let words = stderr(&done);
    assert!(
        words.starts_with("error: invalid signature: ") && words.contains("\nhint: "),
        "{words}"
    );
    words
}

/// Sees that no key was tried, and gives the words.
fn unchecked(env: &TestEnv, key: impl AsRef<[u8]>, token: &str) -> String {
    let words = no_key(env, key, token);
    let start = "error: could not check the signature: ";
    assert!(words.starts_with(start), "{words}");
    words
}

/// Sees that nothing could be checked, which is no word against the token.
fn no_key(env: &TestEnv, key: impl AsRef<[u8]>, token: &str) -> String {
    stderr(&env.key_tool(key, &[token]).run().code(1).stdout(""))
}

/// The same JWK with more fields.
fn jwk(signer: &Signer, more: &Value) -> Value {
    let mut jwk = signer.jwk();
    let fields = more.as_object().unwrap().clone();
    jwk.as_object_mut().unwrap().extend(fields);
    jwk
}
