# `./dev interop` and `./dev kill`: programs among the tests that run real engines for long.

# The live matrix, one engine of ours and one DRBD 8.4 of Debian's kernel in a virtual machine.
run_interop() {
    run_conformance io.bsr.conformance.LiveMatrix "$BUILD/lab" "$ROOT/conformance/lab" "$BUILD/interop" "$@"
}

# Two engines under load, and one fault after the other.
run_kill() {
    case ${1:-1000} in
    *[!0-9]*) die "./dev kill: \"$1\" is not a number of cycles." "./dev kill [CYCLES [SEED]]" ;;
    esac
    run_conformance io.bsr.conformance.KillCycles "${1:-1000}" ${2:+"$2"}
}

run_conformance() {
    local classes=$ROOT/conformance/target/test-classes jars
    mkdir -p "$BUILD"
    export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin LC_ALL=C.UTF-8
    find_jdk
    install_missing_tools
    build_product || exit 1
    with_lock build_conformance || exit 1
    jars=$({ jars_of engine; jars_of cli; jars_of frontend; } | sort -u | tr '\n' ':')
    exec "$JAVA_HOME/bin/java" -ea -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \
        -cp "$classes:$jars" "$@"
}

build_conformance() {
    require_maven
    run_maven test-compile --projects conformance --also-make -DskipTests
}
