# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_vtexid_global_optspecs
    string join \n a/account= json v/verbose q/quiet h/help V/version
end

function __fish_vtexid_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_vtexid_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_vtexid_using_subcommand
    set -l cmd (__fish_vtexid_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c vtexid -n "__fish_vtexid_needs_command" -s a -l account -d 'Act on this account (else VTEX_ACCOUNT, else the current one)' -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_needs_command" -l json -d 'Print the answer as JSON'
complete -c vtexid -n "__fish_vtexid_needs_command" -s v -l verbose -d 'Show requests on stderr: method, host, path, status and time, never a secret'
complete -c vtexid -n "__fish_vtexid_needs_command" -s q -l quiet -d 'Hide notes on stderr; warnings and errors stay'
complete -c vtexid -n "__fish_vtexid_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vtexid -n "__fish_vtexid_needs_command" -s V -l version -d 'Print version'
complete -c vtexid -n "__fish_vtexid_needs_command" -f -a "login" -d 'Log in with the browser and keep the token in the OS keyring'
complete -c vtexid -n "__fish_vtexid_needs_command" -f -a "logout" -d 'Revoke the account\'s tokens at VTEX ID and delete its credentials here'
complete -c vtexid -n "__fish_vtexid_needs_command" -f -a "switch" -d 'Make another logged-in account the current one'
complete -c vtexid -n "__fish_vtexid_needs_command" -f -a "status" -d 'Show every stored credential, how long it is valid, and which one commands use'
complete -c vtexid -n "__fish_vtexid_needs_command" -f -a "whoami" -d 'Show every stored credential, how long it is valid, and which one commands use'
complete -c vtexid -n "__fish_vtexid_needs_command" -f -a "local" -d 'Print the stored token'
complete -c vtexid -n "__fish_vtexid_needs_command" -f -a "exec" -d 'Run a program with the credential in its environment'
complete -c vtexid -n "__fish_vtexid_needs_command" -f -a "apptoken" -d 'Make a token from an app key and app token'
complete -c vtexid -n "__fish_vtexid_needs_command" -f -a "api" -d 'Send a request to a VTEX API, with the right host and credential'
complete -c vtexid -n "__fish_vtexid_needs_command" -f -a "toolbelt" -d 'Import sessions from VTEX\'s own CLI, or export one to it'
complete -c vtexid -n "__fish_vtexid_needs_command" -f -a "inspect" -d 'Explain a token: who, account, kind, what it may do, how long it is good'
complete -c vtexid -n "__fish_vtexid_needs_command" -f -a "doctor" -d 'Check what a login and a token depend on: store, clipboard, browser, clock, network'
complete -c vtexid -n "__fish_vtexid_needs_command" -f -a "completions" -d 'Print the completion script for a shell'
complete -c vtexid -n "__fish_vtexid_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c vtexid -n "__fish_vtexid_using_subcommand login" -l shopper -d 'Log in as this shopper, with a code that the store mails (typed at a terminal, else a line on stdin)' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand login" -l oauth-provider -d 'Log in as a shopper with an access token of this OAuth provider, on stdin (at a terminal: asked for, hidden)' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand login" -l duration -d 'How long a token from --oauth-provider is to be valid: 60m (the default), 120m at most' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand login" -l port -d 'Listen for the browser on this port instead of any free one' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand login" -l timeout -d 'Give up after this long: 90s, 10m, 1h30m' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand login" -l store -d 'Where to save the token; remembered for the account. `file` is plain text' -r -f -a "keyring\t'The operating system\'s keyring'
kernel\t'The Linux kernel\'s memory: gone at a restart, and after three days without use'
file\t'A private file in plain text; only ever used when asked for by name'"
complete -c vtexid -n "__fish_vtexid_using_subcommand login" -s a -l account -d 'Act on this account (else VTEX_ACCOUNT, else the current one)' -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand login" -l with-token -d 'Save the token on stdin, if VTEX ID accepts it, instead of opening a browser (at a terminal: asked for, hidden)'
complete -c vtexid -n "__fish_vtexid_using_subcommand login" -l fresh -d 'Sign in anew even where the session could be renewed without a browser'
complete -c vtexid -n "__fish_vtexid_using_subcommand login" -l no-browser -d 'Print the address to open, but open no browser'
complete -c vtexid -n "__fish_vtexid_using_subcommand login" -l json -d 'Print the answer as JSON'
complete -c vtexid -n "__fish_vtexid_using_subcommand login" -s v -l verbose -d 'Show requests on stderr: method, host, path, status and time, never a secret'
complete -c vtexid -n "__fish_vtexid_using_subcommand login" -s q -l quiet -d 'Hide notes on stderr; warnings and errors stay'
complete -c vtexid -n "__fish_vtexid_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vtexid -n "__fish_vtexid_using_subcommand logout" -l as -d 'Use this credential of the account: `user`, `key`, or a shopper\'s e-mail (else the user\'s, else the app key\'s)' -r -f -a "user\t''
key\t''"
complete -c vtexid -n "__fish_vtexid_using_subcommand logout" -s a -l account -d 'Act on this account (else VTEX_ACCOUNT, else the current one)' -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand logout" -l all -d 'Log out of every account'
complete -c vtexid -n "__fish_vtexid_using_subcommand logout" -l browser -d 'Open VTEX\'s sign-out page too, so that the next login can be another user\'s'
complete -c vtexid -n "__fish_vtexid_using_subcommand logout" -l force -d 'Forget the account even where its token cannot be read, and so not be revoked'
complete -c vtexid -n "__fish_vtexid_using_subcommand logout" -l json -d 'Print the answer as JSON'
complete -c vtexid -n "__fish_vtexid_using_subcommand logout" -s v -l verbose -d 'Show requests on stderr: method, host, path, status and time, never a secret'
complete -c vtexid -n "__fish_vtexid_using_subcommand logout" -s q -l quiet -d 'Hide notes on stderr; warnings and errors stay'
complete -c vtexid -n "__fish_vtexid_using_subcommand logout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vtexid -n "__fish_vtexid_using_subcommand switch" -s a -l account -d 'Act on this account (else VTEX_ACCOUNT, else the current one)' -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand switch" -l json -d 'Print the answer as JSON'
complete -c vtexid -n "__fish_vtexid_using_subcommand switch" -s v -l verbose -d 'Show requests on stderr: method, host, path, status and time, never a secret'
complete -c vtexid -n "__fish_vtexid_using_subcommand switch" -s q -l quiet -d 'Hide notes on stderr; warnings and errors stay'
complete -c vtexid -n "__fish_vtexid_using_subcommand switch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vtexid -n "__fish_vtexid_using_subcommand status" -s a -l account -d 'Act on this account (else VTEX_ACCOUNT, else the current one)' -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand status" -l short -d 'Print only the account and the credential that commands use now, for prompts'
complete -c vtexid -n "__fish_vtexid_using_subcommand status" -l json -d 'Print the answer as JSON'
complete -c vtexid -n "__fish_vtexid_using_subcommand status" -s v -l verbose -d 'Show requests on stderr: method, host, path, status and time, never a secret'
complete -c vtexid -n "__fish_vtexid_using_subcommand status" -s q -l quiet -d 'Hide notes on stderr; warnings and errors stay'
complete -c vtexid -n "__fish_vtexid_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vtexid -n "__fish_vtexid_using_subcommand whoami" -s a -l account -d 'Act on this account (else VTEX_ACCOUNT, else the current one)' -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand whoami" -l short -d 'Print only the account and the credential that commands use now, for prompts'
complete -c vtexid -n "__fish_vtexid_using_subcommand whoami" -l json -d 'Print the answer as JSON'
complete -c vtexid -n "__fish_vtexid_using_subcommand whoami" -s v -l verbose -d 'Show requests on stderr: method, host, path, status and time, never a secret'
complete -c vtexid -n "__fish_vtexid_using_subcommand whoami" -s q -l quiet -d 'Hide notes on stderr; warnings and errors stay'
complete -c vtexid -n "__fish_vtexid_using_subcommand whoami" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and not __fish_seen_subcommand_from token help" -s a -l account -d 'Act on this account (else VTEX_ACCOUNT, else the current one)' -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and not __fish_seen_subcommand_from token help" -l json -d 'Print the answer as JSON'
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and not __fish_seen_subcommand_from token help" -s v -l verbose -d 'Show requests on stderr: method, host, path, status and time, never a secret'
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and not __fish_seen_subcommand_from token help" -s q -l quiet -d 'Hide notes on stderr; warnings and errors stay'
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and not __fish_seen_subcommand_from token help" -s h -l help -d 'Print help'
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and not __fish_seen_subcommand_from token help" -f -a "token" -d 'Print the stored token'
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and not __fish_seen_subcommand_from token help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and __fish_seen_subcommand_from token" -l as -d 'Use this credential of the account: `user`, `key`, or a shopper\'s e-mail (else the user\'s, else the app key\'s)' -r -f -a "user\t''
key\t''"
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and __fish_seen_subcommand_from token" -s f -l format -d 'How to print it' -r -f -a "raw\t'The token and a newline'
header\t'A header line, for `curl -H @-`; a shopper\'s token goes in `Cookie:`'
cookie\t'A cookie file for the account\'s hosts alone, for `curl -b -`'
curl\t'A line of curl\'s configuration, for `curl -K -`'
env\t'Sets VTEX_TOKEN in sh, bash and zsh, for eval'
fish\t'Sets VTEX_TOKEN in fish, for source'
powershell\t'Sets VTEX_TOKEN in PowerShell, for Invoke-Expression'
dotenv\t'VTEX_TOKEN=…, for `docker run --env-file` and `node --env-file`'
browser\t'A line for the browser\'s console that sets the cookie on the page\'s host'
storage-state\t'Playwright\'s storage state with the cookie for --domain'
json\t'The token and what is known about it, as JSON'"
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and __fish_seen_subcommand_from token" -l name -d 'Set this variable instead of VTEX_TOKEN, with --format env, fish, powershell or dotenv' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and __fish_seen_subcommand_from token" -l domain -d 'The host of the cookie, with --format storage-state (else localhost)' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and __fish_seen_subcommand_from token" -l min-validity -d 'Have at least this long left, renewing if need be: 90s, 10m, 2h' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and __fish_seen_subcommand_from token" -l clear-after -d 'Clear the clipboard after this long if it still holds the token: 90s, 10m, never (else 2m)' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and __fish_seen_subcommand_from token" -s a -l account -d 'Act on this account (else VTEX_ACCOUNT, else the current one)' -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and __fish_seen_subcommand_from token" -l refresh -d 'Renew it even when it is good for long enough'
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and __fish_seen_subcommand_from token" -l copy -d 'Copy what is printed to the clipboard, even when not printing to a terminal'
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and __fish_seen_subcommand_from token" -l no-copy -d 'Do not copy it to the clipboard'
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and __fish_seen_subcommand_from token" -l json -d 'Print the answer as JSON'
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and __fish_seen_subcommand_from token" -s v -l verbose -d 'Show requests on stderr: method, host, path, status and time, never a secret'
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and __fish_seen_subcommand_from token" -s q -l quiet -d 'Hide notes on stderr; warnings and errors stay'
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and __fish_seen_subcommand_from token" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and __fish_seen_subcommand_from help" -f -a "token" -d 'Print the stored token'
complete -c vtexid -n "__fish_vtexid_using_subcommand local; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c vtexid -n "__fish_vtexid_using_subcommand exec" -l as -d 'Use this credential of the account: `user`, `key`, or a shopper\'s e-mail (else the user\'s, else the app key\'s)' -r -f -a "user\t''
key\t''"
complete -c vtexid -n "__fish_vtexid_using_subcommand exec" -l set -d 'Set this variable, and none but those named so: token, cookie, key, app-token, account or login' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand exec" -l min-validity -d 'Have at least this long left, renewing if need be: 90s, 10m, 2h' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand exec" -s a -l account -d 'Act on this account (else VTEX_ACCOUNT, else the current one)' -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand exec" -l json -d 'Print the answer as JSON'
complete -c vtexid -n "__fish_vtexid_using_subcommand exec" -s v -l verbose -d 'Show requests on stderr: method, host, path, status and time, never a secret'
complete -c vtexid -n "__fish_vtexid_using_subcommand exec" -s q -l quiet -d 'Hide notes on stderr; warnings and errors stay'
complete -c vtexid -n "__fish_vtexid_using_subcommand exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vtexid -n "__fish_vtexid_using_subcommand apptoken" -l app-key -d 'The app key (else VTEX_APP_KEY): vtexappkey-mystore-ABCDEF' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand apptoken" -l app-token-file -d 'Read the app token from this file, or `-` for stdin (else VTEX_APP_TOKEN)' -r -F
complete -c vtexid -n "__fish_vtexid_using_subcommand apptoken" -l store -d 'Where --save keeps it; remembered for the account. `file` is plain text' -r -f -a "keyring\t'The operating system\'s keyring'
kernel\t'The Linux kernel\'s memory: gone at a restart, and after three days without use'
file\t'A private file in plain text; only ever used when asked for by name'"
complete -c vtexid -n "__fish_vtexid_using_subcommand apptoken" -s f -l format -d 'How to print the token (else raw; after --save at a terminal it is not printed)' -r -f -a "raw\t'The token and a newline'
header\t'A header line, for `curl -H @-`; a shopper\'s token goes in `Cookie:`'
cookie\t'A cookie file for the account\'s hosts alone, for `curl -b -`'
curl\t'A line of curl\'s configuration, for `curl -K -`'
env\t'Sets VTEX_TOKEN in sh, bash and zsh, for eval'
fish\t'Sets VTEX_TOKEN in fish, for source'
powershell\t'Sets VTEX_TOKEN in PowerShell, for Invoke-Expression'
dotenv\t'VTEX_TOKEN=…, for `docker run --env-file` and `node --env-file`'
browser\t'A line for the browser\'s console that sets the cookie on the page\'s host'
storage-state\t'Playwright\'s storage state with the cookie for --domain'
json\t'The token and what is known about it, as JSON'
key-headers\t'X-VTEX-API-AppKey and X-VTEX-API-AppToken, for `curl -H @-`; asks VTEX ID for nothing'"
complete -c vtexid -n "__fish_vtexid_using_subcommand apptoken" -l name -d 'Set this variable instead of VTEX_TOKEN, with --format env, fish, powershell or dotenv' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand apptoken" -l domain -d 'The host of the cookie, with --format storage-state (else localhost)' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand apptoken" -s a -l account -d 'Act on this account (else VTEX_ACCOUNT, else the current one)' -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand apptoken" -l save -d 'Save the app key pair, for later apptoken -a ACCOUNT and local token --as key'
complete -c vtexid -n "__fish_vtexid_using_subcommand apptoken" -l json -d 'Print the answer as JSON'
complete -c vtexid -n "__fish_vtexid_using_subcommand apptoken" -s v -l verbose -d 'Show requests on stderr: method, host, path, status and time, never a secret'
complete -c vtexid -n "__fish_vtexid_using_subcommand apptoken" -s q -l quiet -d 'Hide notes on stderr; warnings and errors stay'
complete -c vtexid -n "__fish_vtexid_using_subcommand apptoken" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -s X -l method -d 'The method (else GET, or POST with --data)' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -s d -l data -d 'Send this text, or a file with @FILE, or stdin with @-; as JSON unless a header says otherwise' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -s H -l header -d 'Send this header too; may be given several times' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -s o -l output -d 'Write the answer to FILE, which is replaced once it is complete' -r -F
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -l as -d 'Send this credential of the account: `user`, `key` (the app key pair), a shopper\'s e-mail, or `none`' -r -f -a "user\t''
key\t''
none\t''"
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -l host -d 'Use this one of the account\'s hosts instead of the documented one' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -l workspace -d 'Use this VTEX IO workspace, on myvtex.com' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -s a -l account -d 'Act on this account (else VTEX_ACCOUNT, else the current one)' -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -s i -l include -d 'Print the status and the headers before the body'
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -l get -d 'Send a GET and nothing else: refuses --method, --data and --print-curl'
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -l paginate -d 'Get all pages and print each item as a line of JSON'
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -l fail-body -d 'Print the body of an error on stdout instead of stderr'
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -l print-curl -d 'Print the request as a curl command, without the credential, and send nothing'
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -l json -d 'Print the answer as JSON'
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -s v -l verbose -d 'Show requests on stderr: method, host, path, status and time, never a secret'
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -s q -l quiet -d 'Hide notes on stderr; warnings and errors stay'
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and not __fish_seen_subcommand_from import export help" -s a -l account -d 'Act on this account (else VTEX_ACCOUNT, else the current one)' -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and not __fish_seen_subcommand_from import export help" -l json -d 'Print the answer as JSON'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and not __fish_seen_subcommand_from import export help" -s v -l verbose -d 'Show requests on stderr: method, host, path, status and time, never a secret'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and not __fish_seen_subcommand_from import export help" -s q -l quiet -d 'Hide notes on stderr; warnings and errors stay'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and not __fish_seen_subcommand_from import export help" -s h -l help -d 'Print help'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and not __fish_seen_subcommand_from import export help" -f -a "import" -d 'Import the toolbelt\'s sessions; its files stay as they are'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and not __fish_seen_subcommand_from import export help" -f -a "export" -d 'Log the toolbelt in with the stored token, which it saves in plain text'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and not __fish_seen_subcommand_from import export help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and __fish_seen_subcommand_from import" -l store -d 'Where to save the tokens (else where the account\'s are, else in the keyring). `file` is plain text' -r -f -a "keyring\t'The operating system\'s keyring'
kernel\t'The Linux kernel\'s memory: gone at a restart, and after three days without use'
file\t'A private file in plain text; only ever used when asked for by name'"
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and __fish_seen_subcommand_from import" -s a -l account -d 'Act on this account (else VTEX_ACCOUNT, else the current one)' -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and __fish_seen_subcommand_from import" -l json -d 'Print the answer as JSON'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Show requests on stderr: method, host, path, status and time, never a secret'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Hide notes on stderr; warnings and errors stay'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and __fish_seen_subcommand_from export" -l as -d 'Use this credential of the account: `user`, `key`, or a shopper\'s e-mail (else the user\'s, else the app key\'s)' -r -f -a "user\t''
key\t''"
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and __fish_seen_subcommand_from export" -l workspace -d 'The workspace to be in (else the one it is in, else master)' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and __fish_seen_subcommand_from export" -s a -l account -d 'Act on this account (else VTEX_ACCOUNT, else the current one)' -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and __fish_seen_subcommand_from export" -l json -d 'Print the answer as JSON'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Show requests on stderr: method, host, path, status and time, never a secret'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Hide notes on stderr; warnings and errors stay'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and __fish_seen_subcommand_from help" -f -a "import" -d 'Import the toolbelt\'s sessions; its files stay as they are'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and __fish_seen_subcommand_from help" -f -a "export" -d 'Log the toolbelt in with the stored token, which it saves in plain text'
complete -c vtexid -n "__fish_vtexid_using_subcommand toolbelt; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c vtexid -n "__fish_vtexid_using_subcommand inspect" -l as -d 'Use this credential of the account: `user`, `key`, or a shopper\'s e-mail (else the user\'s, else the app key\'s)' -r -f -a "user\t''
key\t''"
complete -c vtexid -n "__fish_vtexid_using_subcommand inspect" -l check -d 'Exit with 3 unless it is good: not expired, signed, nothing odd; or for so long at least: 90s, 10m, 2h' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand inspect" -l claim -d 'Print this claim\'s value and nothing else' -r -f
complete -c vtexid -n "__fish_vtexid_using_subcommand inspect" -l key -d 'Check the signature with the key in FILE: a public key or certificate (PEM), a JWK or a JWKS' -r -F
complete -c vtexid -n "__fish_vtexid_using_subcommand inspect" -l secret -d 'Check the signature (HS256, HS384, HS512) with the secret in FILE, taken as it is' -r -F
complete -c vtexid -n "__fish_vtexid_using_subcommand inspect" -s a -l account -d 'Act on this account (else VTEX_ACCOUNT, else the current one)' -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand inspect" -l online -d 'Ask VTEX ID whether the token is good; exit with 3 if it is not'
complete -c vtexid -n "__fish_vtexid_using_subcommand inspect" -l roles -d 'Ask License Manager, with the token itself, for the user\'s roles'
complete -c vtexid -n "__fish_vtexid_using_subcommand inspect" -l json -d 'Print the answer as JSON'
complete -c vtexid -n "__fish_vtexid_using_subcommand inspect" -s v -l verbose -d 'Show requests on stderr: method, host, path, status and time, never a secret'
complete -c vtexid -n "__fish_vtexid_using_subcommand inspect" -s q -l quiet -d 'Hide notes on stderr; warnings and errors stay'
complete -c vtexid -n "__fish_vtexid_using_subcommand inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vtexid -n "__fish_vtexid_using_subcommand doctor" -s a -l account -d 'Act on this account (else VTEX_ACCOUNT, else the current one)' -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand doctor" -l json -d 'Print the answer as JSON'
complete -c vtexid -n "__fish_vtexid_using_subcommand doctor" -s v -l verbose -d 'Show requests on stderr: method, host, path, status and time, never a secret'
complete -c vtexid -n "__fish_vtexid_using_subcommand doctor" -s q -l quiet -d 'Hide notes on stderr; warnings and errors stay'
complete -c vtexid -n "__fish_vtexid_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vtexid -n "__fish_vtexid_using_subcommand completions" -s a -l account -d 'Act on this account (else VTEX_ACCOUNT, else the current one)' -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand completions" -l json -d 'Print the answer as JSON'
complete -c vtexid -n "__fish_vtexid_using_subcommand completions" -s v -l verbose -d 'Show requests on stderr: method, host, path, status and time, never a secret'
complete -c vtexid -n "__fish_vtexid_using_subcommand completions" -s q -l quiet -d 'Hide notes on stderr; warnings and errors stay'
complete -c vtexid -n "__fish_vtexid_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vtexid -n "__fish_vtexid_using_subcommand help; and not __fish_seen_subcommand_from login logout switch status local exec apptoken api toolbelt inspect doctor completions help" -f -a "login" -d 'Log in with the browser and keep the token in the OS keyring'
complete -c vtexid -n "__fish_vtexid_using_subcommand help; and not __fish_seen_subcommand_from login logout switch status local exec apptoken api toolbelt inspect doctor completions help" -f -a "logout" -d 'Revoke the account\'s tokens at VTEX ID and delete its credentials here'
complete -c vtexid -n "__fish_vtexid_using_subcommand help; and not __fish_seen_subcommand_from login logout switch status local exec apptoken api toolbelt inspect doctor completions help" -f -a "switch" -d 'Make another logged-in account the current one'
complete -c vtexid -n "__fish_vtexid_using_subcommand help; and not __fish_seen_subcommand_from login logout switch status local exec apptoken api toolbelt inspect doctor completions help" -f -a "status" -d 'Show every stored credential, how long it is valid, and which one commands use'
complete -c vtexid -n "__fish_vtexid_using_subcommand help; and not __fish_seen_subcommand_from login logout switch status local exec apptoken api toolbelt inspect doctor completions help" -f -a "local" -d 'Print the stored token'
complete -c vtexid -n "__fish_vtexid_using_subcommand help; and not __fish_seen_subcommand_from login logout switch status local exec apptoken api toolbelt inspect doctor completions help" -f -a "exec" -d 'Run a program with the credential in its environment'
complete -c vtexid -n "__fish_vtexid_using_subcommand help; and not __fish_seen_subcommand_from login logout switch status local exec apptoken api toolbelt inspect doctor completions help" -f -a "apptoken" -d 'Make a token from an app key and app token'
complete -c vtexid -n "__fish_vtexid_using_subcommand help; and not __fish_seen_subcommand_from login logout switch status local exec apptoken api toolbelt inspect doctor completions help" -f -a "api" -d 'Send a request to a VTEX API, with the right host and credential'
complete -c vtexid -n "__fish_vtexid_using_subcommand help; and not __fish_seen_subcommand_from login logout switch status local exec apptoken api toolbelt inspect doctor completions help" -f -a "toolbelt" -d 'Import sessions from VTEX\'s own CLI, or export one to it'
complete -c vtexid -n "__fish_vtexid_using_subcommand help; and not __fish_seen_subcommand_from login logout switch status local exec apptoken api toolbelt inspect doctor completions help" -f -a "inspect" -d 'Explain a token: who, account, kind, what it may do, how long it is good'
complete -c vtexid -n "__fish_vtexid_using_subcommand help; and not __fish_seen_subcommand_from login logout switch status local exec apptoken api toolbelt inspect doctor completions help" -f -a "doctor" -d 'Check what a login and a token depend on: store, clipboard, browser, clock, network'
complete -c vtexid -n "__fish_vtexid_using_subcommand help; and not __fish_seen_subcommand_from login logout switch status local exec apptoken api toolbelt inspect doctor completions help" -f -a "completions" -d 'Print the completion script for a shell'
complete -c vtexid -n "__fish_vtexid_using_subcommand help; and not __fish_seen_subcommand_from login logout switch status local exec apptoken api toolbelt inspect doctor completions help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c vtexid -n "__fish_vtexid_using_subcommand help; and __fish_seen_subcommand_from local" -f -a "token" -d 'Print the stored token'
complete -c vtexid -n "__fish_vtexid_using_subcommand help; and __fish_seen_subcommand_from toolbelt" -f -a "import" -d 'Import the toolbelt\'s sessions; its files stay as they are'
complete -c vtexid -n "__fish_vtexid_using_subcommand help; and __fish_seen_subcommand_from toolbelt" -f -a "export" -d 'Log the toolbelt in with the stored token, which it saves in plain text'
complete -c vtexid -f
complete -c vtexid -s a -l account -r -f -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand login" -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand logout" -a "(command vtexid __known 2>/dev/null)"
complete -c vtexid -n "__fish_vtexid_using_subcommand switch" -a "(command vtexid __known 2>/dev/null) -"
complete -c vtexid -n "__fish_vtexid_using_subcommand api" -a "/_v/ /api/budgets/ /api/catalog/pvt/ /api/catalog_system/pub/ /api/catalog_system/pvt/ /api/channel-manager/ /api/checkout/pub/ /api/checkout/pvt/ /api/dataentities/ /api/giftcards/ /api/intelligent-search/ /api/io/ /api/license-manager/ /api/logistics/pvt/ /api/mkp-category-mapper/ /api/oms/pvt/ /api/oms/user/ /api/order-integration/ /api/organization-units/ /api/payment-configuration-service/ /api/payments/pvt/ /api/pricing-hub/ /api/pricing/pvt/ /api/pvt/affiliations /api/pvt/installments /api/pvt/merchants/ /api/pvt/payments/ /api/pvt/rules /api/pvt/transactions /api/recommend-bff/ /api/rnb/pvt/ /api/segments /api/sent-offers/ /api/sessions /api/vlm/ /api/vtexid/ /availability/v1/ /commercial-authorizations/ /pickpack/ /pricing/ /reviews-and-ratings/ /suggestions/"
complete -c vtexid -n "__fish_vtexid_using_subcommand completions" -a "bash elvish fish powershell zsh"
