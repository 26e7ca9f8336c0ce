# `./dev build`: Maven only where a source is newer than the last build, then the staging of the runnable tools.

# What the build is made from, beside the folders' own times (a removed file changes its folder's).
build_inputs() {
    find pom.xml .mvn dev dev.d ./*/pom.xml ./*/src/main "$@" 2>/dev/null
}

# The stamp holds the JDK, and its time is the start of the last successful build.
is_fresh() {
    [ -f "$BUILD/stamp" ] && [ "$(cat "$BUILD/stamp")" = "$JAVA_HOME" ] &&
        [ -z "$(build_inputs -newer "$BUILD/stamp" -print | head -n 1)" ]
}

build_product() {
    find_jdk
    is_fresh || with_lock build_stale
}

build_stale() {
    is_fresh && return 0
    require_maven
    heading "Building"
    begin_build
    # The modules that have nothing but tests are made of what is not made here.
    run_maven package -Dmaven.test.skip=true --projects '!fuzz,!conformance,!architecture' || {
        warn "The build failed; the tools in build/bin are those of the last good one."
        return 1
    }
    finish_build
}

begin_build() {
    mkdir -p "$BUILD"
    printf '%s' "$JAVA_HOME" >"$BUILD/stamp.next"
}

finish_build() {
    stage_programs && mv "$BUILD/stamp.next" "$BUILD/stamp"
}
