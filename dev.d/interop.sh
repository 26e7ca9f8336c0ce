# `./dev interop`: the live matrix, one engine of ours and one DRBD 8.4 of Debian's kernel in a virtual machine.

run_interop() {
    local classes=$ROOT/conformance/target/test-classes jars
    mkdir -p "$BUILD"
    export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin LC_ALL=C.UTF-8
    find_jdk
    install_missing_tools
    build_product || exit 1
    with_lock build_interop || exit 1
    jars=$({ jars_of engine; jars_of cli; jars_of frontend; } | sort -u | tr '\n' ':')
    exec "$JAVA_HOME/bin/java" -ea -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$classes:$jars" \
        io.bsr.conformance.LiveMatrix "$BUILD/lab" "$ROOT/conformance/lab" "$BUILD/interop" "$@"
}

build_interop() {
    require_maven
    run_maven test-compile --projects conformance --also-make -DskipTests
}
