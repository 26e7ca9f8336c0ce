# Generated from the tables of the tools; CommittedPagesTest says how.
_bsrwatch() {
    local word=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=($(compgen -W '--lines --help' -- "$word"; compgen -f -- "$word"))
}
complete -F _bsrwatch bsrwatch
