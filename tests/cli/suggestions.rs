//! What is suggested for a mistyped word: only what is near, or known to be meant

use predicates::{prelude::PredicateBooleanExt as _, str::contains};

use crate::env::TestEnv;

#[test]
fn a_far_value_is_not_suggested() {
    let env = TestEnv::new();
    env.vtexid(["completions", "tcsh"])
        .run()
        .code(2)
        .stderr(contains("tcsh").and(contains("tip:").not()));
    env.vtexid(["completions", "bsh"])
        .run()
        .code(2)
        .stderr(contains("bash").and(contains("tip:")));
    env.vtexid(["local", "token", "--format", "bearer"])
        .run()
        .code(2)
        .stderr(
            contains("tip: VTEX takes the header VtexIdclientAutCookie, not Bearer")
                .and(contains("--format header"))
                .and(contains("'browser'").not()),
        );
}

#[test]
fn a_command_is_suggested_wherever_it_is_typed() {
    let env = TestEnv::new();
    for (arguments, meant) in [
        (&["help", "lgin"][..], "'login'"),
        (&["use", "mystore"], "'switch'"),
        (&["version"], "'vtexid --version'"),
        (&["help", "token"], "'local token'"),
    ] {
        env.vtexid(arguments)
            .run()
            .code(2)
            .stderr(contains("tip: ").and(contains(meant)));
    }
    env.vtexid(["help", "zzzzzz"])
        .run()
        .code(2)
        .stderr(contains("tip:").not());
}
