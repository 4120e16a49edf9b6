# Completion for fish. meeseeks-watch supplies the words, and the names of watches; fish offers files beside them.
function __meeseeks_watch_complete
    set -l words (commandline -opc)
    meeseeks-watch complete $words[2..-1] (commandline -ct) 2> /dev/null
end

complete -c meeseeks-watch -e
complete -c meeseeks-watch -a '(__meeseeks_watch_complete)'
