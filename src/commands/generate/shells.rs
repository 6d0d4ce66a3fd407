//! A shell's completion script: `clap_complete`'s, which knows the command line
//! alone, made to ask vtexid for the known accounts at each Tab.
//!
//! An account stands in its script as a word that is replaced here. What is to
//! be replaced and is not there is an error: no script goes without accounts
//! because `clap_complete` has come to write another one.

use std::any::TypeId;

use anyhow::ensure;
use clap::{
    Arg, Command, ValueHint,
    builder::{PossibleValue, PossibleValuesParser},
};
use clap_complete::Shell;

use crate::{
    account::Typed,
    api::PREFIXES,
    cli::{ApiPath, As, Target},
    slot::Slot,
};

/// Where the accounts go. No shell and no escaping sees anything in it.
const ACCOUNTS: &str = "__ACCOUNTS__";
/// Where the paths of APIs go.
const PATHS: &str = "__PATHS__";

/// The script for a shell, from the command line.
///
/// # Errors
/// When `clap_complete` no longer writes what is replaced here.
pub fn script(shell: Shell, command: Command) -> anyhow::Result<String> {
    let generate = |mut command: Command| {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut command, "vtexid", &mut script);
        String::from_utf8(script)
    };
    match shell {
        Shell::Bash => bash(&generate(marked(command))?),
        Shell::Zsh => zsh(&generate(marked(command))?),
        Shell::Fish => {
            let command = marked(command);
            Ok(fish(&generate(command.clone())?)? + &fish_arguments(&command))
        }
        _ => Ok(generate(command)?),
    }
}

/// The command line with its accounts marked, where no value is a file's name
/// unless it says so.
fn marked(command: Command) -> Command {
    let command = command.mut_args(|arg| {
        let kind = arg.get_value_parser().type_id();
        if kind == TypeId::of::<Typed>() {
            arg.value_parser(PossibleValuesParser::new([ACCOUNTS]))
        } else if kind == TypeId::of::<Target>() {
            arg.value_parser(PossibleValuesParser::new([ACCOUNTS, "-"]))
        } else if kind == TypeId::of::<Slot>() {
            arg.value_parser(PossibleValuesParser::new(["user", "key"]))
        } else if kind == TypeId::of::<ApiPath>() {
            arg.value_parser(PossibleValuesParser::new([PATHS]))
        } else if kind == TypeId::of::<As>() {
            arg.value_parser(PossibleValuesParser::new(["user", "key", "none"]))
        } else if arg.get_action().takes_values() && arg.get_value_hint() == ValueHint::Unknown {
            arg.value_hint(ValueHint::Other)
        } else {
            arg
        }
    });
    command.mut_subcommands(marked)
}

/// bash runs what is in a list of words, so that nothing but names may come
/// into one. It takes `--account=name` apart at the `=`. With `-o default` it
/// would offer file names where there is nothing else. Flags are offered to
/// who has typed a `-`, as in the other shells. What a path begins with is no
/// whole word: no blank follows it.
fn bash(script: &str) -> anyhow::Result<String> {
    let script = replace(script, PATHS, &PREFIXES.join(" "))?;
    let script = replace(
        &script,
        r#"
    case "${cmd}" in
"#,
        r#"
    if [[ $cmd == vtexid__subcmd__api && $cur == /* && $prev != -o && $prev != --output ]]; then
        compopt -o nospace 2>/dev/null
    fi

    case "${cmd}" in
"#,
    )?;
    let script = replace(&script, ACCOUNTS, "$(_vtexid_accounts)")?;
    let script = replace(&script, " -o bashdefault -o default", "")?;
    let script = replace(
        &script,
        r#"compgen -W "${opts}" --"#,
        r#"compgen -X "${hidden}" -W "${opts}" --"#,
    )?;
    let script = replace(
        &script,
        r#"
    prev="$3"
"#,
        r#"
    prev="$3"
    local hidden=""
    [[ $cur == -* ]] || hidden="-?*"
    if [[ $cur == = ]]; then
        cur=""
    elif [[ $prev == = ]]; then
        prev="${COMP_WORDS[COMP_CWORD-2]}"
    fi
"#,
    )?;
    Ok(r#"_vtexid_accounts() {
    local names
    names=$(command vtexid __known 2>/dev/null)
    printf '%s\n' "${names//[^[:alnum:]_[:space:]-]/}"
}

"#
    .to_owned()
        + &script)
}

/// Replaces lists of values by a function with an argument for each that is no
/// account.
fn zsh(script: &str) -> anyhow::Result<String> {
    let script = replace(script, &format!(":({ACCOUNTS})'"), ":_vtexid_accounts --'")?;
    let script = replace(
        &script,
        &format!(":({ACCOUNTS} -)'"),
        ":_vtexid_accounts -- -'",
    )?;
    ensure!(!script.contains(ACCOUNTS), "an account of zsh's is left");
    let script = replace(&script, &format!(":({PATHS})'"), ":_vtexid_paths'")?;
    ensure!(!script.contains(PATHS), "a path of zsh's is left");
    let paths = format!(
        r#"
(( $+functions[_vtexid_paths] )) ||
_vtexid_paths() {{
    compadd "$@" -S '' -- {}
}}
"#,
        PREFIXES.join(" ")
    );
    replace(
        &script,
        "
autoload -U is-at-least
",
        &(r#"
autoload -U is-at-least

(( $+functions[_vtexid_accounts] )) ||
_vtexid_accounts() {
    compadd "$@" ${(f)"$(command vtexid __known 2>/dev/null)"}
}
"#
        .to_owned()
            + &paths),
    )
}

/// What fish asks.
const KNOWN: &str = "(command vtexid __known 2>/dev/null)";

fn fish(script: &str) -> anyhow::Result<String> {
    let list = format!("\"{ACCOUNTS}\\t''\"");
    let script = replace(script, &list, &format!("\"{KNOWN}\""))?;
    ensure!(!script.contains(ACCOUNTS), "an account of fish's is left");
    // What `fish_arguments` builds on.
    let helper = "\nfunction __fish_vtexid_using_subcommand\n";
    replace(&script, helper, helper)
}

/// What `clap_complete` leaves out: that no argument is a file's name, what
/// arguments can be, and `-a` before the command.
fn fish_arguments(command: &Command) -> String {
    let mut lines = vec![
        "complete -c vtexid -f\n".to_owned(),
        format!("complete -c vtexid -s a -l account -r -f -a \"{KNOWN}\"\n"),
    ];
    for command in command.get_subcommands() {
        let arguments = command.get_positionals();
        let values: Vec<_> = arguments.flat_map(Arg::get_possible_values).collect();
        if !values.is_empty() {
            let words: Vec<_> = values.iter().map(PossibleValue::get_name).collect();
            let (name, words) = (command.get_name(), words.join(" "));
            let words = words
                .replace(ACCOUNTS, KNOWN)
                .replace(PATHS, &PREFIXES.join(" "));
            let condition = format!("__fish_vtexid_using_subcommand {name}");
            lines.push(format!(
                "complete -c vtexid -n \"{condition}\" -a \"{words}\"\n"
            ));
        }
    }
    lines.concat()
}

/// Replaces every `from`, of which there must be one at least.
fn replace(script: &str, from: &str, to: &str) -> anyhow::Result<String> {
    ensure!(
        script.contains(from),
        "clap_complete no longer writes {from:?}"
    );
    Ok(script.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::{ACCOUNTS, bash, fish, zsh};

    #[test]
    fn a_script_that_would_go_without_something_is_an_error() {
        for make in [bash, zsh, fish] {
            for other in ["", ACCOUNTS, "complete -F _vtexid vtexid"] {
                assert!(make(other).is_err(), "{other:?}");
            }
        }
    }
}
