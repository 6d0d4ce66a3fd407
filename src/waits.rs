//! Waits that some test sits through to its end. The feature `short-waits`, which is for tests only, makes them shorter.
//!
//! Not for limits that no test waits for: each of those stays with the code it limits.

use std::time::Duration;

// A release waits as long as its documentation says.
#[cfg(all(feature = "short-waits", not(debug_assertions)))]
compile_error!("the feature `short-waits` is for tests: a release build must not have it");

/// How long a browser login waits before it reminds the user of likely causes.
pub const REMIND_AFTER: Duration = wait(30_000, 10_000);
/// How long a request to VTEX's APIs waits for the next byte.
pub const MAX_SILENCE: Duration = wait(30_000, 5_000);
/// How long connecting to a server or proxy may take.
pub const CONNECT_TIMEOUT: Duration = wait(10_000, 3_000);
/// How long a pipe named as a file may take: what writes to it may have to ask the network.
pub const PIPE_TIMEOUT: Duration = wait(10_000, 3_000);
/// How long VTEX ID may take to check a token that is about to be saved.
pub const CHECK_TIMEOUT: Duration = wait(5_000, 3_000);
/// How long a step that cannot be repeated may take to finish after a signal.
pub const MAX_FINISH: Duration = wait(5_000, 3_000);
/// Pauses before the second and third try of a request to VTEX ID that may be repeated.
pub const VTEX_ID_BACKOFF: [Duration; 2] = [wait(500, 50), wait(2_000, 200)];
/// Pauses before a request to VTEX's APIs is repeated, where the answer asks for none.
pub const API_BACKOFF: [Duration; 3] = [wait(500, 50), wait(2_000, 200), wait(5_000, 600)];

/// The first in a release, the second in a build for the tests.
const fn wait(milliseconds: u64, in_tests: u64) -> Duration {
    Duration::from_millis(if cfg!(feature = "short-waits") {
        in_tests
    } else {
        milliseconds
    })
}
