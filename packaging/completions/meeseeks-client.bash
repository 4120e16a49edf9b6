# Completion for bash. meeseeks-client supplies the words, and requests ids, pools and nodes from the box.
_meeseeks_client() {
    local line=${COMP_LINE:0:COMP_POINT} current behind="" candidate
    local -a words
    # Bash also splits words at "=", "@" and ":", so the words are read from the line.
    read -ra words <<< "$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    current=${words[${#words[@]} - 1]}

    # Bash replaces only the text after the last of these characters.
    local breaks=${COMP_WORDBREAKS//[^=@:]/}
    [[ -n $breaks && $current == *["$breaks"]* ]] && behind=${current%"${current##*["$breaks"]}"}

    COMPREPLY=()
    while IFS=$'\t' read -r candidate _; do
        COMPREPLY+=("${candidate#"$behind"}")
    done < <(meeseeks-client complete "${words[0]##*/}" "${words[@]:1}" 2> /dev/null)
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=@] ]] && compopt -o nospace
    return 0
}

complete -o bashdefault -o default -F _meeseeks_client meeseeks-client qsub qstat qjob qdel qmod qconf
