# Generated from the tables of the tools; CommittedPagesTest says how.
_bsrsetup() {
    local word=${COMP_WORDS[COMP_CWORD]} verb='' each options names
    for each in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $each in -*) ;; *) verb=$each; break ;; esac
    done
    case $verb in
        '') options=''
            names='primary secondary apply-persist-role attach disk-options detach connect new-peer del-peer disconnect new-path del-path net-options resource-options node-options peer-device-options invalidate invalidate-remote pause-sync resume-sync outdate down role cstate dstate show-gi get-gi show status events2 check-fs new-resource new-minor del-minor del-resource wait-sync-volume wait-connect-volume wait-sync-connection wait-connect-connection wait-sync-resource wait-connect-resource resize check-resize verify verify-stop suspend-io resume-io new-current-uuid forget-peer minor-mount-path exports info' ;;
        primary) options='--force --full-sync' ;;
        attach) options='--size= --on-io-error= --max-passthrough-count= --disk-barrier --disk-flushes --disk-drain --md-flushes --resync-after= --al-extents= --al-updates --discard-zeroes-if-aligned --disable-write-same --disk-timeout= --read-balancing= --rs-discard-granularity=' ;;
        disk-options) options='--set-defaults --on-io-error= --max-passthrough-count= --disk-barrier --disk-flushes --disk-drain --md-flushes --resync-after= --al-extents= --al-updates --discard-zeroes-if-aligned --disable-write-same --disk-timeout= --read-balancing= --rs-discard-granularity=' ;;
        detach) options='--force' ;;
        connect) options='--tentative --discard-my-data' ;;
        new-peer) options='--transport= --protocol= --timeout= --max-epoch-size= --connect-int= --ping-int= --sndbuf-size= --rcvbuf-size= --ko-count= --allow-two-primaries --cram-hmac-alg= --shared-secret= --after-sb-0pri= --after-sb-1pri= --after-sb-2pri= --always-asbp --rr-conflict= --ping-timeout= --data-integrity-alg= --tcp-cork --tcp_ack_timeout= --on-congestion= --congestion-fill= --congestion-extents= --congestion-highwater= --csums-alg= --csums-after-crash-only --verify-alg= --use-rle --socket-check-timeout= --fencing= --max-buffers= --peer-family= --_name= --peer-node-name= --peer-node-group=' ;;
        del-peer) options='--force' ;;
        disconnect) options='--force' ;;
        net-options) options='--set-defaults --protocol= --timeout= --max-epoch-size= --connect-int= --ping-int= --sndbuf-size= --rcvbuf-size= --ko-count= --allow-two-primaries --cram-hmac-alg= --shared-secret= --after-sb-0pri= --after-sb-1pri= --after-sb-2pri= --always-asbp --rr-conflict= --ping-timeout= --data-integrity-alg= --tcp-cork --tcp_ack_timeout= --on-congestion= --congestion-fill= --congestion-extents= --congestion-highwater= --csums-alg= --csums-after-crash-only --verify-alg= --use-rle --socket-check-timeout= --fencing= --max-buffers= --peer-family= --_name= --peer-node-name= --peer-node-group=' ;;
        resource-options) options='--set-defaults --cpu-mask= --on-no-data-accessible= --peer-ack-window= --peer-ack-delay= --twopc-timeout= --twopc-retry-timeout= --max-io-depth= --quorum= --on-no-quorum= --max-req-write-count= --on-req-write-congestion= --accelbuf-size= --max-accelbuf-blk-size= --persist-role --attach=' ;;
        node-options) options='--set-defaults --svc-auto-up --svc-auto-down --target-only --node-name= --group=' ;;
        peer-device-options) options='--set-defaults --resync-rate= --c-plan-ahead= --c-delay-target= --c-fill-target= --c-max-rate= --c-min-rate= --ov-req-num= --ov-req-interval= --resync-ratio=' ;;
        invalidate) options='--sync-from-peer-node-id=' ;;
        invalidate-remote) options='--use-current-oos' ;;
        show) options='--show-defaults' ;;
        status) options='--verbose --statistics --color --json --human' ;;
        events2) options='--timestamps --statistics --now --poll --color --diff --sync --interval= --json' ;;
        new-resource) options='--cpu-mask= --on-no-data-accessible= --peer-ack-window= --peer-ack-delay= --twopc-timeout= --twopc-retry-timeout= --max-io-depth= --quorum= --on-no-quorum= --max-req-write-count= --on-req-write-congestion= --accelbuf-size= --max-accelbuf-blk-size= --persist-role --attach=' ;;
        new-minor) options='--max-bio-size= --diskless' ;;
        wait-sync-volume) options='--wfc-timeout= --degr-wfc-timeout= --outdated-wfc-timeout= --wait-after-sb' ;;
        wait-connect-volume) options='--wfc-timeout= --degr-wfc-timeout= --outdated-wfc-timeout= --wait-after-sb' ;;
        wait-sync-connection) options='--wfc-timeout= --degr-wfc-timeout= --outdated-wfc-timeout= --wait-after-sb' ;;
        wait-connect-connection) options='--wfc-timeout= --degr-wfc-timeout= --outdated-wfc-timeout= --wait-after-sb' ;;
        wait-sync-resource) options='--wfc-timeout= --degr-wfc-timeout= --outdated-wfc-timeout= --wait-after-sb' ;;
        wait-connect-resource) options='--wfc-timeout= --degr-wfc-timeout= --outdated-wfc-timeout= --wait-after-sb' ;;
        resize) options='--size= --assume-peer-has-space --assume-clean --al-stripes= --al-stripe-size-kB=' ;;
        verify) options='--start= --stop= --auto-sync' ;;
        new-current-uuid) options='--clear-bitmap --no-rotate-bitmap' ;;
    esac
    [ -z "$verb" ] || names="$(bsradm sh-resources 2>/dev/null)"
    case $word in -*) names=$options ;; esac
    COMPREPLY=($(compgen -W "$names" -- "$word"))
}
complete -F _bsrsetup bsrsetup
