# Generated from the tables of the tools; CommittedPagesTest says how.
_bsrmeta() {
    local word=${COMP_WORDS[COMP_CWORD]} count=0 last='' verb='' each options names
    for each in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $last:$each in *:-*|*:=|=:*) ;; *) verb=$each; count=$((count + 1)) ;; esac
        last=$each
    done
    case $count in
        0) ;;
        1) names='v09 v08' ;;
        2) ;;
        3) names='internal flex-internal flex-external' ;;
        4) names='get-gi show-gi dump-md restore-md verify-dump apply-al wipe-md outdate invalidate dstate check-resize create-md convert forget-peer set-gi read-dev-uuid write-dev-uuid' ;;
    esac
    options='--force --verbose --ignore-sanity-checks --dry-run'
    case $verb in
        get-gi) options="$options --node-id=" ;;
        show-gi) options="$options --node-id=" ;;
        restore-md) options="$options --al-stripes= --al-stripe-size-kB=" ;;
        create-md) options="$options --peer-max-bio-size= --al-stripes= --al-stripe-size-kB=" ;;
        forget-peer) options="$options --node-id=" ;;
        set-gi) options="$options --node-id=" ;;
    esac
    case $word in
        -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
        *) if [ -n "$names" ]; then COMPREPLY=($(compgen -W "$names" -- "$word"))
            else COMPREPLY=($(compgen -f -- "$word")); fi ;;
    esac
}
complete -F _bsrmeta bsrmeta
