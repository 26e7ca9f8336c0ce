# Generated from the tables of the tools; CommittedPagesTest says how.
_bsrsupport() {
    local word=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=($(compgen -W '--exclude-system-log --exclude-perfmon --help' -- "$word"; compgen -f -- "$word"))
}
complete -F _bsrsupport bsrsupport
