# Generated from the tables of the tools; CommittedPagesTest says how.
_bsrcon() {
    local word=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=($(compgen -W '/all_usage /minlog_lv /maxlogfile_cnt /climaxlogfile_cnt /dbglog_ctgr /statuscmd_logging /get_log_info /set_log_path /get_log_path /get_log /write_kernel_log /handler_use /get_handler_info /set_fast_sync /get_fast_sync /nodelayedack /delaydack_enable /info /status /md5 /handler_timeout /release_readonly /convert_oos_log /search_oos_log /bsrlock_use /bsrlock_status /write_log /get_volume_size /letter /dismount /release_vol /disk_error /driver_install /driver_uninstall /forced_panic /bsr_panic /hold_state /fake_al_used' -- "$word"; compgen -f -- "$word"))
}
complete -F _bsrcon bsrcon
