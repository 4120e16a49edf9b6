# Completion for fish. meeseeks-client supplies the words, and requests ids, pools and nodes from the box.
function __meeseeks_complete
    set -l words (commandline -opc)
    set -l found (meeseeks-client complete (basename $words[1]) $words[2..-1] (commandline -ct) 2> /dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end

for name in meeseeks-client qsub qstat qjob qdel qmod qconf
    complete -c $name -e
    complete -c $name -f -a '(__meeseeks_complete)'
end
