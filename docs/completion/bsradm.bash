# Generated from the tables of the tools; CommittedPagesTest says how.
_bsradm() {
    local word=${COMP_WORDS[COMP_CWORD]} verb='' each options names
    for each in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $each in -*) ;; *) verb=$each; break ;; esac
    done
    case $verb in
        '') options='--stacked --dry-run --log-level-trace --ignore-hostname --verbose --config-file= --config-to-test= --config-to-exclude= --bsrsetup= --bsrmeta= --bsr-proxy-ctl= --sh-varname= --peer= --version --setup-option= --help'
            names='adjust adjust-with-progress apply-al apply-persist-role attach connect create-md cstate del-path del-peer detach disconnect disk-options down dstate dump dump-md dump-xml forget-peer get-gi hidden-commands invalidate invalidate-remote net-options new-path new-peer node-options outdate pause-sync peer-device-options primary resize resource-options resume-sync role secondary sh-node-option sh-resource-option show-gi status up verify verify-stop wait-con-int wait-connect wait-sync wipe-md new-resource proxy-down proxy-up sh-dev sh-dev-vnr sh-ip sh-ll-dev sh-lr-of sh-md-dev sh-md-idx sh-minor sh-mod-parms sh-nop sh-peer-node-id sh-peer-node-name sh-peer-nodes sh-resource sh-resources sh-resources-list sh-udev check-resize del-minor minor-mount-path new-current-uuid new-minor resume-io set-gi suspend-io after-demote after-promote after-resync-target before-demote before-promote before-resync-source before-resync-target fence-peer initial-split-brain local-io-error out-of-sync pri-lost pri-lost-after-sb pri-on-incon-degr quorum-lost split-brain unfence-peer' ;;
        adjust) options='--skip-disk --skip-net --tentative --discard-my-data --explain' ;;
        attach) options='--size= --on-io-error= --max-passthrough-count= --disk-barrier --disk-flushes --disk-drain --md-flushes --resync-after= --al-extents= --al-updates --discard-zeroes-if-aligned --disable-write-same --disk-timeout= --read-balancing= --rs-discard-granularity=' ;;
        connect) options='--tentative --discard-my-data' ;;
        create-md) options='--max-peers= --peer-max-bio-size= --al-stripes= --al-stripe-size-kB= --force' ;;
        del-peer) options='--force' ;;
        detach) options='--force' ;;
        disconnect) options='--force' ;;
        disk-options) options='--on-io-error= --max-passthrough-count= --disk-barrier --disk-flushes --disk-drain --md-flushes --resync-after= --al-extents= --al-updates --discard-zeroes-if-aligned --disable-write-same --disk-timeout= --read-balancing= --rs-discard-granularity=' ;;
        invalidate-remote) options='--use-current-oos' ;;
        net-options) options='--protocol= --timeout= --max-epoch-size= --connect-int= --ping-int= --sndbuf-size= --rcvbuf-size= --ko-count= --allow-two-primaries --cram-hmac-alg= --shared-secret= --after-sb-0pri= --after-sb-1pri= --after-sb-2pri= --always-asbp --rr-conflict= --ping-timeout= --data-integrity-alg= --tcp-cork --tcp_ack_timeout= --on-congestion= --congestion-fill= --congestion-extents= --congestion-highwater= --csums-alg= --csums-after-crash-only --verify-alg= --use-rle --socket-check-timeout= --fencing= --max-buffers= --peer-family= --_name= --peer-node-name= --peer-node-group=' ;;
        new-peer) options='--transport= --protocol= --timeout= --max-epoch-size= --connect-int= --ping-int= --sndbuf-size= --rcvbuf-size= --ko-count= --allow-two-primaries --cram-hmac-alg= --shared-secret= --after-sb-0pri= --after-sb-1pri= --after-sb-2pri= --always-asbp --rr-conflict= --ping-timeout= --data-integrity-alg= --tcp-cork --tcp_ack_timeout= --on-congestion= --congestion-fill= --congestion-extents= --congestion-highwater= --csums-alg= --csums-after-crash-only --verify-alg= --use-rle --socket-check-timeout= --fencing= --max-buffers= --peer-family= --_name= --peer-node-name= --peer-node-group=' ;;
        node-options) options='--svc-auto-up --svc-auto-down --target-only --node-name= --group=' ;;
        peer-device-options) options='--resync-rate= --c-plan-ahead= --c-delay-target= --c-fill-target= --c-max-rate= --c-min-rate= --ov-req-num= --ov-req-interval= --resync-ratio=' ;;
        primary) options='--force --skip-check-fs --full-sync-on-fail' ;;
        resize) options='--size= --assume-peer-has-space --assume-clean --al-stripes= --al-stripe-size-kB=' ;;
        resource-options) options='--cpu-mask= --on-no-data-accessible= --peer-ack-window= --peer-ack-delay= --twopc-timeout= --twopc-retry-timeout= --max-io-depth= --quorum= --on-no-quorum= --max-req-write-count= --on-req-write-congestion= --accelbuf-size= --max-accelbuf-blk-size= --persist-role --attach=' ;;
        verify) options='--start= --stop= --auto-sync' ;;
        wipe-md) options='--force' ;;
        new-resource) options='--cpu-mask= --on-no-data-accessible= --peer-ack-window= --peer-ack-delay= --twopc-timeout= --twopc-retry-timeout= --max-io-depth= --quorum= --on-no-quorum= --max-req-write-count= --on-req-write-congestion= --accelbuf-size= --max-accelbuf-blk-size= --persist-role --attach=' ;;
        new-current-uuid) options='--clear-bitmap --no-rotate-bitmap' ;;
        new-minor) options='--max-bio-size= --diskless' ;;
    esac
    [ -z "$verb" ] || names="$(bsradm sh-resources 2>/dev/null)"
    case $word in -*) names=$options ;; esac
    COMPREPLY=($(compgen -W "$names" -- "$word"))
}
complete -F _bsradm bsradm
