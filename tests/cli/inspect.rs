//! `vtexid inspect`

mod broken;
mod explained;
mod source;

use std::fs;

use assert_cmd::assert::Assert;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use predicates::{
    prelude::PredicateBooleanExt as _,
    str::{contains, is_match},
};
use serde_json::{Value, json};

use crate::env::{EMAIL, TestEnv, answer, compact, is_nasty, names, now, stderr, stdout, token_of};

/// 2100-01-01
const FAR: i64 = 4_102_444_800;

fn inspect(env: &TestEnv, token: &str) -> Assert {
    env.vtexid(["inspect", token]).run().success()
}

fn admin() -> Value {
    json!({
        "sub": EMAIL, "account": "mystore", "audience": "admin", "sess": "s-1", "exp": FAR,
        "type": "user", "userId": "u-1", "iat": 1_669_684_337, "isRepresentative": false,
        "iss": "token-emitter", "jti": "j-1",
    })
}
