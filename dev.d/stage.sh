# Staging: after a build, the jars go to build/lib, a launcher for each program to build/bin, and an AOT cache (classes
# loaded and linked ahead of time) for the programs where start-up counts to build/aot.
#
# JDK 25.0.3 runs the classes of an AOT cache without noticing that a jar has been replaced since. Therefore a cache is
# named after a digest of its jars, the launcher names that very cache, and a cache that no launcher of this build will
# name is removed before any jar changes.

# PROGRAM MODULE MAIN_CLASS PROFILE TRAINING: a launcher is made where the module has the class. The profile chooses the
# JVM flags; TRAINING is what the AOT cache learns from, as what a training run does not touch starts slowly: "rehearsal" is
# the command lines of dev.d/rehearsal/PROGRAM, "help" one run for its help, "-" a program without a cache.
programs='
bsradm   cli    io.bsr.cli.bsradm.Main   tool       rehearsal
bsrsetup cli    io.bsr.cli.bsrsetup.Main tool       rehearsal
bsrmeta  cli    io.bsr.cli.bsrmeta.Main  tool       rehearsal
bsrcon   cli    io.bsr.cli.bsrcon.Main   tool       -
bsrsupport cli  io.bsr.cli.bsrsupport.Main tool     -
bsrwatch cli    io.bsr.cli.bsrwatch.Main tool       -
bsrd     engine io.bsr.engine.Main       engine     help
bsr-sim  sim    io.bsr.sim.Main          throughput -
bsr-demo demo   io.bsr.demo.Main         tool       -
'

jvm_flags() {
    # No performance counters file: it would be written below /tmp at every pause.
    local common='-XX:+UseSerialGC -XX:-UsePerfData --enable-native-access=ALL-UNNAMED'
    common="$common -Xlog:disable -Xlog:all=warning,aot*=error,cds*=error:stderr"
    case $1 in
        # The cache is mapped where it was made for: moving it to a random address takes a tenth of a tool's start. Few
        # reflective calls are made: method handles for them would be generated at every start. And little is compiled:
        # not what was busy in the training, and later than usual.
        tool)
            echo "-XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=3" \
                "-XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 -XX:-AOTReplayTraining" \
                "-Djdk.reflect.useNativeAccessorOnly=true $(selector_flag) $common"
            ;;
        # The data path lives off heap; the heap holds the control path only, and its exhaustion is no state to go on in.
        engine) echo "-Xms16m -Xmx128m -XX:ReservedCodeCacheSize=64m -XX:+ExitOnOutOfMemoryError $common" ;;
        throughput) echo "-Xmx1g -ea $common" ;;
    esac
}

# Without it the JDK looks for other providers of sockets in all jars and in itself.
selector_flag() {
    [ "$(uname -s)" != Linux ] || echo "-Djava.nio.channels.spi.SelectorProvider=sun.nio.ch.EPollSelectorProvider"
}

# existing_programs prints the lines of the table whose main class is in its module.
existing_programs() {
    local program module main rest
    while read -r program module main rest; do
        [ -n "$program" ] && [ -f "$ROOT/$module/target/classes/${main//.//}.class" ] &&
            printf '%s %s %s %s\n' "$program" "$module" "$main" "$rest"
    done <<<"$programs"
    return 0
}

# jars_of MODULE prints the jars of its class path, sorted by name: a class path in another order is another one to the
# JVM, and would invalidate the caches.
jars_of() {
    local jar
    {
        for jar in "$ROOT/$1/target/$1"-*.jar; do printf '%s\n' "$jar"; done
        tr ':' '\n' <"$ROOT/$1/target/runtime-classpath"
    } | sed '/^$/d' | awk -F/ '{ print $NF "\t" $0 }' | LC_ALL=C sort | cut -f 2
}

sha256() {
    if has sha256sum; then sha256sum "$@"; else shasum -a 256 "$@"; fi
}

# cache_name PROGRAM PROFILE TRAINING JAR...: changes with the content of each jar, with the flags, with the training and the JDK.
cache_name() {
    local program=$1 profile=$2 training=$3 digest
    shift 3
    digest=$({
        sha256 "$@" | cut -d ' ' -f 1
        jvm_flags "$profile"
        cat "$JAVA_HOME/release"
        [ "$training" != rehearsal ] || cat "$ROOT/dev.d/rehearsal"/*
    } | sha256 | cut -c 1-16)
    printf '%s-%s.aot' "$program" "$digest"
}

# stage_programs makes build/bin, build/lib and build/aot what the modules' targets say, and touches nothing that is so.
stage_programs() {
    local program module main profile training jar cache jars=() all_jars=() launchers='' caches=''
    mkdir -p "$BUILD/bin" "$BUILD/lib" "$BUILD/aot" && rm -rf "$BUILD/next" && mkdir "$BUILD/next" || return 1
    while read -r program module main profile training; do
        [ -n "$program" ] || continue
        jars=()
        while IFS= read -r jar; do jars+=("$jar"); done < <(jars_of "$module")
        cache=''
        [ "$training" = - ] || cache=$(cache_name "$program" "$profile" "$training" "${jars[@]}")
        write_launcher "$program" "$main" "$profile" "$cache" "${jars[@]}" >"$BUILD/next/$program" &&
            chmod +x "$BUILD/next/$program" || return 1
        launchers="$launchers $program"
        caches="$caches $cache"
        all_jars+=("${jars[@]}")
    done < <(existing_programs)

    keep_only "$BUILD/aot" "$caches"
    copy_jars ${all_jars[@]+"${all_jars[@]}"} || return 1
    keep_only "$BUILD/bin" "$launchers"
    for program in $launchers; do
        cmp -s "$BUILD/next/$program" "$BUILD/bin/$program" || mv "$BUILD/next/$program" "$BUILD/bin/$program" || return 1
    done
    rm -rf "$BUILD/next"
    make_caches
}

# keep_only FOLDER "NAME..." removes everything else from it.
keep_only() {
    local file
    for file in "$1"/*; do
        case " $2 " in
            *" ${file##*/} "*) ;;
            *) rm -rf "$file" ;;
        esac
    done
}

# A jar in use is never overwritten, only replaced: a running engine keeps the file that it has open.
copy_jars() {
    local jar name names=''
    for jar in "$@"; do
        name=${jar##*/}
        names="$names $name"
        cmp -s "$jar" "$BUILD/lib/$name" && continue
        cp "$jar" "$BUILD/next/$name" && mv "$BUILD/next/$name" "$BUILD/lib/$name" || return 1
    done
    keep_only "$BUILD/lib" "$names"
}

# make_caches trains each program that has a cache but not yet the file, all at once. A cache only saves time: where it
# cannot be made, the launcher goes without. Installed programs make theirs in the same way.
make_caches() {
    local program module main profile training cache
    while read -r program module main profile training; do
        [ -n "$program" ] && [ "$training" != - ] || continue
        cache=$(sed -n 's|^cache=\$home/||p' "$BUILD/bin/$program")
        [ -f "$BUILD/$cache" ] || sh "$ROOT/dev.d/rehearsal/train" "$program" "$BUILD/bin/$program" "$BUILD/$cache" "$BUILD/bin/bsrd" &
    done < <(existing_programs)
    wait
}

# write_launcher PROGRAM MAIN PROFILE CACHE JAR...: works through symlinks and from any folder.
write_launcher() {
    local program=$1 main=$2 profile=$3 cache=$4
    shift 4
    cat <<LAUNCHER
#!/bin/sh
# $program: made by ./dev build, which replaces it. BSR_JAVA_OPTIONS: more flags for the JVM.
self=\$0
case \$self in */*) ;; *) self=./\$self ;; esac
while [ -h "\$self" ]; do
    target=\$(readlink "\$self")
    case \$target in /*) self=\$target ;; *) self=\${self%/*}/\$target ;; esac
done
home=\$(cd "\${self%/*}/.." && pwd -P)

java='$JAVA_HOME/bin/java'
[ -x "\$java" ] || java=\${JAVA_HOME:+\$JAVA_HOME/bin/}java
if ! command -v "\$java" >/dev/null 2>&1; then
    echo "$program: the JDK that it was built with is gone from $JAVA_HOME, and there is none in JAVA_HOME or PATH." >&2
    echo "$program: install JDK $NEEDED_JAVA or newer, or run ./dev build again." >&2
    exit 127
fi
LAUNCHER
    launcher_end "$main" "$profile" "${cache:+\$home/aot/$cache}" "$@"
}

# launcher_end MAIN PROFILE CACHE JAR...: becomes the JVM (exec), so that signals reach it. What the JVM itself has to say
# goes to stderr: stdout belongs to the program.
launcher_end() {
    local main=$1 profile=$2 cache=$3 jar class_path=''
    shift 3
    for jar in "$@"; do
        class_path="$class_path:\$home/lib/${jar##*/}"
    done
    if [ -n "$cache" ]; then
        printf '\ncache=%s\n' "$cache"
        printf '%s\n' '[ -f "$cache" ] && aot=-XX:AOTCache=$cache || aot='
    fi
    # Few malloc arenas: one for each thread would only hold memory back.
    [ "$profile" != engine ] || printf '%s\n' 'export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"'
    cat <<LAUNCHER
exec "\$java" $(jvm_flags "$profile") ${cache:+\${aot:+\"\$aot\"\}} \${BSR_JAVA_OPTIONS:-} \\
    -cp "${class_path#:}" $main "\$@"
LAUNCHER
}
