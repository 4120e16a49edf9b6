# Completion for bash. A running meeseeks-watch supplies the names of its watches.
_meeseeks_watch() {
    local current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} word
    local names=""
    COMPREPLY=()
    case $command in
        status | again)
            if ((COMP_CWORD > 1)); then
                names=$(meeseeks-watch status json=1 2> /dev/null | sed -n 's/^ \{16\}"name": "\(.*\)",\{0,1\}$/\1/p')
                # After the watch, again takes files.
                for word in "${COMP_WORDS[@]:2:COMP_CWORD-2}"; do
                    [[ $command == again && $'\n'$names$'\n' == *$'\n'"$word"$'\n'* ]] && return 0
                done
            fi
            ;;
    esac
    ((COMP_CWORD == 1)) && names="status"$'\n'"again"$'\n'"--check"$'\n'"--help"$'\n'"--version"
    while IFS= read -r word; do
        [[ -n $word && $word == "$current"* ]] && COMPREPLY+=("$word")
    done <<< "$names"
    return 0
}

complete -o bashdefault -o default -F _meeseeks_watch meeseeks-watch
