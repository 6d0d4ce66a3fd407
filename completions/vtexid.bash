# Completions of vtexid for bash. At each Tab they ask vtexid itself what can be typed.

_vtexid() {
    local line=${COMP_LINE:0:COMP_POINT} piece=$2 typing='' value words
    # bash takes words apart at `=`, `:` and `@`, and replaces the last piece alone. So the line is read again here.
    read -a words <<<"$line"
    if [[ $line != *[[:space:]] ]]; then
        typing=${words[${#words[@]} - 1]}
        unset "words[${#words[@]} - 1]"
    fi
    if [[ $piece == [=:@] ]]; then
        piece=''
    fi
    COMPREPLY=()
    while IFS=$'\t' read -r value _; do
        case $value in
            :files)
                compopt -o default 2>/dev/null
                return
                ;;
            :command)
                if [[ ${words[${#words[@]} - 1]} == -- ]]; then
                    while read -r value; do COMPREPLY+=("$value"); done < <(compgen -c -- "$piece")
                else
                    compopt -o default 2>/dev/null
                fi
                return
                ;;
            *)
                COMPREPLY+=("${value#"${typing%"$piece"}"}")
                # The beginning of a path: no blank follows it.
                [[ $value != */ ]] || compopt -o nospace 2>/dev/null
                ;;
        esac
    done < <(command vtexid __complete --typing="$typing" -- "${words[@]}" 2>/dev/null)
}

# Before bash 4.4 there is no nosort.
complete -o nosort -F _vtexid vtexid 2>/dev/null || complete -F _vtexid vtexid
