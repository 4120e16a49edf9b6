# Completion for bash. meeseeks-watch supplies the words, and the names of watches; files complete the rest.
_meeseeks_watch() {
    local line=${COMP_LINE:0:COMP_POINT} current behind="" candidate
    local -a words
    # Bash also splits words at "=" and ":", so the words are read from the line.
    read -ra words <<< "$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    current=${words[${#words[@]} - 1]}

    # Bash replaces only the text after the last of these characters.
    local breaks=${COMP_WORDBREAKS//[^=@:]/}
    [[ -n $breaks && $current == *["$breaks"]* ]] && behind=${current%"${current##*["$breaks"]}"}

    COMPREPLY=()
    while IFS=$'\t' read -r candidate _; do
        COMPREPLY+=("${candidate#"$behind"}")
    done < <(meeseeks-watch complete "${words[@]:1}" 2> /dev/null)
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace

    # A configuration file may stand beside the words.
    if [[ -n ${COMPREPLY[*]} && $current != *=* ]]; then
        while IFS= read -r candidate; do
            COMPREPLY+=("$candidate") && compopt -o filenames
        done < <(compgen -f -- "$current")
    fi
    return 0
}

complete -o bashdefault -o default -F _meeseeks_watch meeseeks-watch
