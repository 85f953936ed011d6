# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
#
# Completion of trilby's command line for fish: trilby itself says what can follow.

function __trilby_candidates
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l option (string match --regex -- '^--[^=]+=' $typed)
    set -l value (string replace -- "$option" '' $typed)
    for line in ($words[1] __complete $words[2..-1] "$typed" 2>/dev/null)
        switch $line
            case :files
                # What fish offers after a command that it knows nothing about.
                string replace --regex -- '^' "$option" (complete -C "'' $value")
            case :folders
                string replace --regex -- '^' "$option" (__fish_complete_directories $value)
            case '*'
                echo $line
        end
    end
end

complete -c trilby -f -a '(__trilby_candidates)'
