# `./dev test`: what the tests use is installed or named, then Maven's whole life cycle with every gate, then the sum.

# COMMAND:PACKAGE[|PACKAGE], where a distribution has it under one of several names.
test_tools='drbdmeta:drbd-utils nbdinfo:libnbd-bin nbdcopy:libnbd-bin nbdfuse:nbdfuse|libnbd-bin nbdkit:nbdkit
    qemu-img:qemu-utils qemu-io:qemu-utils fio:fio fusermount3:fuse3 mkfs.ext4:e2fsprogs
    qemu-system-x86_64:qemu-system-x86 busybox:busybox-static vde_switch:vde2 socat:socat cpio:cpio modprobe:kmod
    mkfs.xfs:xfsprogs nbd-client:nbd-client tc:iproute2
    debootstrap:debootstrap rpm:rpm lintian:lintian rpmlint:rpmlint gpg:gnupg ar:binutils dash:dash shellcheck:shellcheck systemd-analyze:systemd
    unshare:util-linux'

missing_tools() {
    local tool
    for tool in $test_tools; do
        has "${tool%%:*}" || printf '%s\n' "$tool"
    done
}

# may_install: apt is there and we may use it.
may_install() {
    [ "$(id -u)" = 0 ] && has apt-get
}

apt_package_of() {
    local package
    for package in ${1//|/ }; do
        if [ -n "$(apt-cache madison "$package" 2>/dev/null)" ]; then
            printf '%s\n' "$package"
            return
        fi
    done
}

install_packages() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" </dev/null >"$BUILD/apt.log" 2>&1
}

install_missing_tools() {
    local missing packages tool
    missing=$(missing_tools)
    if [ -n "$missing" ] && may_install; then
        heading "Installing with apt for the tests: $(names_of "$missing")"
        apt-get update -q </dev/null >"$BUILD/apt.log" 2>&1
        packages=$(for tool in $missing; do apt_package_of "${tool#*:}"; done | sort -u)
        # shellcheck disable=SC2086
        install_packages $packages || warn "apt-get could not install $packages; its messages are in build/apt.log."
        missing=$(missing_tools)
    fi
    if [ -n "$missing" ]; then
        warn "Missing, so the tests that need them are skipped: $(names_of "$missing")."
        warn "To have them: apt install $(for tool in $missing; do tool=${tool#*:}; echo "${tool%%|*}"; done | sort -u | tr '\n' ' ')"
    fi
}

names_of() {
    local tool names=''
    for tool in $1; do
        names="$names ${tool%%:*}"
    done
    printf '%s' "${names# }"
}

# Turns the words of ./dev test into Maven's: a folder with a pom.xml is a module, another bare word a test class.
run_tests() {
    local word modules='' tests='' arguments=()
    for word in "$@"; do
        case $word in
            -*) arguments+=("$word") ;;
            *) if [ -f "$word/pom.xml" ]; then modules="$modules,${word%/}"; else tests="$tests,$word"; fi ;;
        esac
    done
    [ -n "$modules" ] && arguments+=(--projects "${modules#,}" --also-make)
    [ -n "$tests" ] && arguments+=("-Dtest=${tests#,}" -Dsurefire.failIfNoSpecifiedTests=false)

    # drbdmeta, mkfs and losetup are not in every user's PATH.
    export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin LC_ALL=C.UTF-8
    mkdir -p "$BUILD"
    find_jdk
    install_missing_tools
    require_maven
    with_lock verify ${arguments[@]+"${arguments[@]}"}
}

# `./dev fuzz [SECONDS [TARGET]]`: as long in each target, with another seed each time.
run_fuzz() {
    case ${1:-600} in
    *[!0-9]* | 0) die "./dev fuzz: \"$1\" is not a number of seconds." "./dev fuzz [SECONDS [TARGET]]" ;;
    esac
    run_tests fuzz "-Dbsr.fuzz.seconds=${1:-600}" ${2:+"-Dbsr.fuzz.target=$2"}
}

verify() {
    local code
    heading "Testing"
    rm -rf ./*/target/surefire-reports
    begin_build
    run_maven --fail-at-end verify "$@"
    code=$?
    # A run of the whole reactor has packaged everything: the tools are as fresh as the tests.
    if [ "$code" = 0 ] && [ $# = 0 ]; then finish_build || code=1; fi
    [ "$code" = 0 ] || say "Not passed: the [ERROR] lines above say why; test reports are in */target/surefire-reports."
    sum_of_tests
    return "$code"
}

# The last line: what Surefire's reports add up to. A test that broke off counts as failed.
sum_of_tests() {
    find . -path './*/target/surefire-reports/TEST-*.xml' -exec grep -h -m 1 '<testsuite ' {} + 2>/dev/null | awk '
        function value(name,    at) {
            at = match($0, " " name "=\"[0-9]+\"")
            return at ? substr($0, at + length(name) + 3) + 0 : 0
        }
        { run += value("tests"); failed += value("failures") + value("errors"); skipped += value("skipped") }
        END { printf "%d passed, %d failed, %d skipped\n", run - failed - skipped, failed, skipped }'
}
