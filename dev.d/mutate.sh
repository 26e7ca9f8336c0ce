# `./dev mutate [MODULE [CLASSES]]`: PIT changes the code in small ways and asks which changes no test notices. No part of a
# test run: it takes hours for all of the core, and its plugin is fetched at the first use.

# What proves the core is mostly in the simulator: its scenarios, which are fast, count for it. Worlds of many seeds and searches
# would have to be repeated for every change.
mutate_tests='~io\.bsr\.(core|sim\.node)\..*'

run_mutate() {
    local module=${1:-} classes=${2:-} one
    case $module in
    '')
        for one in metadata wire core; do (run_mutate "$one") || return 1; done
        return
        ;;
    metadata | wire | core) ;;
    *) die "./dev mutate: \"$module\" is not metadata, wire or core." "./dev mutate [MODULE [CLASSES]]" ;;
    esac
    mkdir -p "$BUILD"
    find_jdk
    require_maven
    with_lock mutate "$module" "${classes:-io.bsr.$module.*}"
}

mutate() {
    local module=$1 classes=$2 where=$1 options=()
    if [ "$module" = core ]; then
        where=sim
        options=(-Dmutate.cross=true "-Dmutate.tests=$mutate_tests")
    fi
    heading "Mutating $classes"
    run_maven install --projects "$module,$where" --also-make -DskipTests || return 1
    # In one run with the module: only what Maven builds itself is changed for another module's tests.
    run_maven -Pmutate test-compile org.pitest:pitest-maven:mutationCoverage --projects "$(pit_projects "$module" "$where")" \
        "-Dmutate.classes=$classes" ${options[@]+"${options[@]}"} || return 1
    say "What survived: $where/target/pit-reports/index.html"
}

pit_projects() {
    if [ "$1" = "$2" ]; then printf '%s' "$1"; else printf '%s,%s' "$1" "$2"; fi
}
