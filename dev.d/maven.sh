# How Maven is run. It needs no network once everything is in ~/.m2: all versions are pinned, so nothing is looked up
# again, and "offline" is not a mode of ours.

# run_maven ARGUMENT... with the JDK that find_jdk chose.
run_maven() {
    local style=never
    [ -n "$bold" ] && style=always
    # The build is short: the first compiler tier alone halves its CPU time.
    MAVEN_OPTS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC --sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}" \
        mvn --batch-mode --no-transfer-progress --threads 1C -Dstyle.color="$style" \
        -Dmaven.wagon.http.retryHandler.count=3 -Daether.connector.http.retryHandler.count=3 \
        -Dbuild.revision="$(source_revision)" \
        "$@" </dev/null 2>&1 | quieten_maven
    return "${PIPESTATUS[0]}"
}

# What the sources are, for `bsrd --info` and the log.
source_revision() {
    has git && git -C "$ROOT" describe --always --dirty 2>/dev/null || printf 'unknown'
}

# Of Maven's output, a reader wants problems and test results; with DEV_VERBOSE=1, all of it.
quieten_maven() {
    awk -v all="${DEV_VERBOSE:-}" -v colour="$bold" '
        { text = $0; gsub(/\033\[[0-9;]*m/, "", text); if (colour == "") $0 = text }
        all == "" && text == "" { next }
        all == "" && text ~ /^\[WARNING\] *(JAR will be empty.*)?$/ { next }
        all == "" && text ~ /^\[ERROR\] *$|-> \[Help|^\[ERROR\] (\[Help|To see the full|Re-run Maven|For more inf|After correcting|  mvn <args>)/ { next }
        all == "" && text ~ /^\[INFO\]/ && text !~ /Tests run:|FAILURE \[/ { next }
        { print; fflush() }'
}

require_maven() {
    has mvn && return 0
    die "Maven is not installed: there is no mvn in PATH." \
        "The build needs Maven 3.6.3 or newer." \
        "Install it: 'apt install maven', 'dnf install maven', 'brew install maven', or an archive from https://maven.apache.org."
}

# One build or test at a time in this tree: a second one waits. Systems without flock go without.
with_lock() {
    mkdir -p "$BUILD"
    if has flock; then
        (
            flock -n 9 || {
                say "Waiting for another ./dev in this tree."
                flock 9
            }
            "$@" 9>&-
        ) 9>"$BUILD/lock"
    else
        "$@"
    fi
}

format_sources() {
    find_jdk
    require_maven
    heading "Formatting"
    run_maven -q spotless:apply
}
