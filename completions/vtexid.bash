_vtexid_accounts() {
    local names
    names=$(command vtexid __known 2>/dev/null)
    printf '%s\n' "${names//[^[:alnum:]_[:space:]-]/}"
}

_vtexid() {
    local i cur prev opts cmd
    COMPREPLY=()
    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
        cur="$2"
    else
        cur="${COMP_WORDS[COMP_CWORD]}"
    fi
    prev="$3"
    local hidden=""
    [[ $cur == -* ]] || hidden="-?*"
    if [[ $cur == = ]]; then
        cur=""
    elif [[ $prev == = ]]; then
        prev="${COMP_WORDS[COMP_CWORD-2]}"
    fi
    cmd=""
    opts=""

    for i in "${COMP_WORDS[@]:0:COMP_CWORD}"
    do
        case "${cmd},${i}" in
            ",$1")
                cmd="vtexid"
                ;;
            vtexid,apptoken)
                cmd="vtexid__subcmd__apptoken"
                ;;
            vtexid,completions)
                cmd="vtexid__subcmd__completions"
                ;;
            vtexid,doctor)
                cmd="vtexid__subcmd__doctor"
                ;;
            vtexid,help)
                cmd="vtexid__subcmd__help"
                ;;
            vtexid,inspect)
                cmd="vtexid__subcmd__inspect"
                ;;
            vtexid,local)
                cmd="vtexid__subcmd__local"
                ;;
            vtexid,login)
                cmd="vtexid__subcmd__login"
                ;;
            vtexid,logout)
                cmd="vtexid__subcmd__logout"
                ;;
            vtexid,status)
                cmd="vtexid__subcmd__status"
                ;;
            vtexid,switch)
                cmd="vtexid__subcmd__switch"
                ;;
            vtexid,toolbelt)
                cmd="vtexid__subcmd__toolbelt"
                ;;
            vtexid,whoami)
                cmd="vtexid__subcmd__status"
                ;;
            vtexid__subcmd__help,apptoken)
                cmd="vtexid__subcmd__help__subcmd__apptoken"
                ;;
            vtexid__subcmd__help,completions)
                cmd="vtexid__subcmd__help__subcmd__completions"
                ;;
            vtexid__subcmd__help,doctor)
                cmd="vtexid__subcmd__help__subcmd__doctor"
                ;;
            vtexid__subcmd__help,help)
                cmd="vtexid__subcmd__help__subcmd__help"
                ;;
            vtexid__subcmd__help,inspect)
                cmd="vtexid__subcmd__help__subcmd__inspect"
                ;;
            vtexid__subcmd__help,local)
                cmd="vtexid__subcmd__help__subcmd__local"
                ;;
            vtexid__subcmd__help,login)
                cmd="vtexid__subcmd__help__subcmd__login"
                ;;
            vtexid__subcmd__help,logout)
                cmd="vtexid__subcmd__help__subcmd__logout"
                ;;
            vtexid__subcmd__help,status)
                cmd="vtexid__subcmd__help__subcmd__status"
                ;;
            vtexid__subcmd__help,switch)
                cmd="vtexid__subcmd__help__subcmd__switch"
                ;;
            vtexid__subcmd__help,toolbelt)
                cmd="vtexid__subcmd__help__subcmd__toolbelt"
                ;;
            vtexid__subcmd__help__subcmd__local,token)
                cmd="vtexid__subcmd__help__subcmd__local__subcmd__token"
                ;;
            vtexid__subcmd__help__subcmd__toolbelt,export)
                cmd="vtexid__subcmd__help__subcmd__toolbelt__subcmd__export"
                ;;
            vtexid__subcmd__help__subcmd__toolbelt,import)
                cmd="vtexid__subcmd__help__subcmd__toolbelt__subcmd__import"
                ;;
            vtexid__subcmd__local,help)
                cmd="vtexid__subcmd__local__subcmd__help"
                ;;
            vtexid__subcmd__local,token)
                cmd="vtexid__subcmd__local__subcmd__token"
                ;;
            vtexid__subcmd__local__subcmd__help,help)
                cmd="vtexid__subcmd__local__subcmd__help__subcmd__help"
                ;;
            vtexid__subcmd__local__subcmd__help,token)
                cmd="vtexid__subcmd__local__subcmd__help__subcmd__token"
                ;;
            vtexid__subcmd__toolbelt,export)
                cmd="vtexid__subcmd__toolbelt__subcmd__export"
                ;;
            vtexid__subcmd__toolbelt,help)
                cmd="vtexid__subcmd__toolbelt__subcmd__help"
                ;;
            vtexid__subcmd__toolbelt,import)
                cmd="vtexid__subcmd__toolbelt__subcmd__import"
                ;;
            vtexid__subcmd__toolbelt__subcmd__help,export)
                cmd="vtexid__subcmd__toolbelt__subcmd__help__subcmd__export"
                ;;
            vtexid__subcmd__toolbelt__subcmd__help,help)
                cmd="vtexid__subcmd__toolbelt__subcmd__help__subcmd__help"
                ;;
            vtexid__subcmd__toolbelt__subcmd__help,import)
                cmd="vtexid__subcmd__toolbelt__subcmd__help__subcmd__import"
                ;;
            *)
                ;;
        esac
    done

    case "${cmd}" in
        vtexid)
            opts="-a -v -q -h -V --account --json --verbose --quiet --help --version login logout switch status whoami local apptoken toolbelt inspect doctor completions help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 1 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --account)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                -a)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__apptoken)
            opts="-f -a -v -q -h --app-key --app-token-file --save --store --format --account --json --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --app-key)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --app-token-file)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --store)
                    COMPREPLY=($(compgen -W "keyring kernel file" -- "${cur}"))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --format)
                    COMPREPLY=($(compgen -W "raw header cookie curl env fish powershell json key-headers" -- "${cur}"))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -f)
                    COMPREPLY=($(compgen -W "raw header cookie curl env fish powershell json key-headers" -- "${cur}"))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --account)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                -a)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__completions)
            opts="-a -v -q -h --account --json --verbose --quiet --help bash elvish fish powershell zsh"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --account)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                -a)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__doctor)
            opts="-a -v -q -h --account --json --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --account)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                -a)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__help)
            opts="login logout switch status local apptoken toolbelt inspect doctor completions help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__help__subcmd__apptoken)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__help__subcmd__completions)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__help__subcmd__doctor)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__help__subcmd__help)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__help__subcmd__inspect)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__help__subcmd__local)
            opts="token"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__help__subcmd__local__subcmd__token)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__help__subcmd__login)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__help__subcmd__logout)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__help__subcmd__status)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__help__subcmd__switch)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__help__subcmd__toolbelt)
            opts="import export"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__help__subcmd__toolbelt__subcmd__export)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__help__subcmd__toolbelt__subcmd__import)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__inspect)
            opts="-a -v -q -h --stored --check --claim --key --secret --online --roles --account --json --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --check)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --claim)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --key)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --secret)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --account)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                -a)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__local)
            opts="-a -v -q -h --account --json --verbose --quiet --help token help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --account)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                -a)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__local__subcmd__help)
            opts="token help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__local__subcmd__help__subcmd__help)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__local__subcmd__help__subcmd__token)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__local__subcmd__token)
            opts="-f -a -v -q -h --format --min-validity --refresh --copy --no-copy --clear-after --account --json --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --format)
                    COMPREPLY=($(compgen -W "raw header cookie curl env fish powershell json" -- "${cur}"))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -f)
                    COMPREPLY=($(compgen -W "raw header cookie curl env fish powershell json" -- "${cur}"))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --min-validity)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --clear-after)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --account)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                -a)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__login)
            opts="-a -v -q -h --with-token --fresh --no-browser --port --timeout --store --account --json --verbose --quiet --help $(_vtexid_accounts)"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --port)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --timeout)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --store)
                    COMPREPLY=($(compgen -W "keyring kernel file" -- "${cur}"))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --account)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                -a)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__logout)
            opts="-a -v -q -h --all --browser --force --account --json --verbose --quiet --help $(_vtexid_accounts)"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --account)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                -a)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__status)
            opts="-a -v -q -h --account --json --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --account)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                -a)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__switch)
            opts="-a -v -q -h --account --json --verbose --quiet --help $(_vtexid_accounts) -"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --account)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                -a)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__toolbelt)
            opts="-a -v -q -h --account --json --verbose --quiet --help import export help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --account)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                -a)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__toolbelt__subcmd__export)
            opts="-a -v -q -h --workspace --account --json --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --workspace)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --account)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                -a)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__toolbelt__subcmd__help)
            opts="import export help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__toolbelt__subcmd__help__subcmd__export)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__toolbelt__subcmd__help__subcmd__help)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__toolbelt__subcmd__help__subcmd__import)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
        vtexid__subcmd__toolbelt__subcmd__import)
            opts="-a -v -q -h --store --account --json --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --store)
                    COMPREPLY=($(compgen -W "keyring kernel file" -- "${cur}"))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --account)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                -a)
                    COMPREPLY=($(compgen -W "$(_vtexid_accounts)" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
            return 0
            ;;
    esac
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _vtexid -o nosort vtexid
else
    complete -F _vtexid vtexid
fi
