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
            vtexid,api)
                cmd="vtexid__subcmd__api"
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
            vtexid,exec)
                cmd="vtexid__subcmd__exec"
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
            vtexid__subcmd__help,api)
                cmd="vtexid__subcmd__help__subcmd__api"
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
            vtexid__subcmd__help,exec)
                cmd="vtexid__subcmd__help__subcmd__exec"
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

    if [[ $cmd == vtexid__subcmd__api && $cur == /* && $prev != -o && $prev != --output ]]; then
        compopt -o nospace 2>/dev/null
    fi

    case "${cmd}" in
        vtexid)
            opts="-a -v -q -h -V --account --json --verbose --quiet --help --version login logout switch status whoami local exec apptoken api toolbelt inspect doctor completions help"
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
        vtexid__subcmd__api)
            opts="-X -d -H -i -o -a -v -q -h --method --data --header --include --output --as --get --host --workspace --paginate --fail-body --print-curl --account --json --verbose --quiet --help /_v/ /api/budgets/ /api/catalog/pvt/ /api/catalog_system/pub/ /api/catalog_system/pvt/ /api/channel-manager/ /api/checkout/pub/ /api/checkout/pvt/ /api/dataentities/ /api/giftcards/ /api/intelligent-search/ /api/io/ /api/license-manager/ /api/logistics/pvt/ /api/mkp-category-mapper/ /api/oms/pvt/ /api/oms/user/ /api/order-integration/ /api/organization-units/ /api/payment-configuration-service/ /api/payments/pvt/ /api/pricing-hub/ /api/pricing/pvt/ /api/pvt/affiliations /api/pvt/installments /api/pvt/merchants/ /api/pvt/payments/ /api/pvt/rules /api/pvt/transactions /api/recommend-bff/ /api/rnb/pvt/ /api/segments /api/sent-offers/ /api/sessions /api/vlm/ /api/vtexid/ /availability/v1/ /commercial-authorizations/ /pickpack/ /pricing/ /reviews-and-ratings/ /suggestions/"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --method)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -X)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --data)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -d)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --header)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -H)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --output)
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
                -o)
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
                --as)
                    COMPREPLY=($(compgen -W "user key none" -- "${cur}"))
                    return 0
                    ;;
                --host)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
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
        vtexid__subcmd__apptoken)
            opts="-f -a -v -q -h --app-key --app-token-file --save --store --format --name --domain --account --json --verbose --quiet --help"
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
                    COMPREPLY=($(compgen -W "raw header cookie curl env fish powershell dotenv browser storage-state json key-headers" -- "${cur}"))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -f)
                    COMPREPLY=($(compgen -W "raw header cookie curl env fish powershell dotenv browser storage-state json key-headers" -- "${cur}"))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --name)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --domain)
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
        vtexid__subcmd__exec)
            opts="-a -v -q -h --as --set --min-validity --account --json --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --as)
                    COMPREPLY=($(compgen -W "user key" -- "${cur}"))
                    return 0
                    ;;
                --set)
                    COMPREPLY=("${cur}")
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
            opts="login logout switch status local exec apptoken api toolbelt inspect doctor completions help"
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
        vtexid__subcmd__help__subcmd__api)
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
        vtexid__subcmd__help__subcmd__exec)
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
            opts="-a -v -q -h --as --check --claim --key --secret --online --roles --account --json --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --as)
                    COMPREPLY=($(compgen -W "user key" -- "${cur}"))
                    return 0
                    ;;
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
            opts="-f -a -v -q -h --as --format --name --domain --min-validity --refresh --copy --no-copy --clear-after --account --json --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --as)
                    COMPREPLY=($(compgen -W "user key" -- "${cur}"))
                    return 0
                    ;;
                --format)
                    COMPREPLY=($(compgen -W "raw header cookie curl env fish powershell dotenv browser storage-state json" -- "${cur}"))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -f)
                    COMPREPLY=($(compgen -W "raw header cookie curl env fish powershell dotenv browser storage-state json" -- "${cur}"))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --name)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --domain)
                    COMPREPLY=("${cur}")
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
            opts="-a -v -q -h --with-token --shopper --oauth-provider --duration --fresh --no-browser --port --timeout --store --account --json --verbose --quiet --help $(_vtexid_accounts)"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --shopper)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --oauth-provider)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --duration)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
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
            opts="-a -v -q -h --all --as --browser --force --account --json --verbose --quiet --help $(_vtexid_accounts)"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --as)
                    COMPREPLY=($(compgen -W "user key" -- "${cur}"))
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
        vtexid__subcmd__status)
            opts="-a -v -q -h --short --account --json --verbose --quiet --help"
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
            opts="-a -v -q -h --as --workspace --account --json --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -X "${hidden}" -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --as)
                    COMPREPLY=($(compgen -W "user key" -- "${cur}"))
                    return 0
                    ;;
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
