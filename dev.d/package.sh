# `./dev package`: the packages of the product, in build/packages. What they hold is in dist/src/package/files.table; what of
# it has to be made is staged here, and the module dist packs it. No program of a distribution is needed.

# What the programs need of the JDK, as jdeps says; jdk.unsupported has the signals.
runtime_modules=java.base,java.management,java.naming,java.xml,jdk.net,jdk.unsupported

package_usage='./dev package [--version V] [--families deb,el,suse] [--key FILE [--passphrase-file FILE]] [--small] [--out DIR]'

run_package() {
    local version='' out=$BUILD/packages options=()
    while [ $# -gt 0 ]; do
        case $1 in
            --version) version=${2:-} && shift ;;
            --out) out=${2:-} && shift ;;
            --families | --key | --passphrase-file)
                options+=("$1" "${2:-}") && shift
                ;;
            --small) options+=("$1") ;;
            *) die "./dev package: \"$1\" is no option of it." "$package_usage" ;;
        esac
        [ $# -gt 0 ] || die "./dev package: an option lacks its value." "$package_usage"
        shift
    done
    build_product || exit 1
    [ -n "$version" ] || version=$(project_version)
    heading "Packing version $version"
    with_lock make_packages "$version" "$out" ${options[@]+"${options[@]}"}
}

make_packages() {
    local version=$1 out=$2
    shift 2
    rm -rf "$BUILD/package" && mkdir -p "$out" && stage_package "$BUILD/package" "$version" || return 1
    "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dslf4j.internal.verbosity=ERROR -cp "$(jars_of dist | tr '\n' ':')" io.bsr.dist.Main \
        --sources "$ROOT" --stage "$BUILD/package" --out "$out" --version "$version" --time "$(output_time)" \
        --machine "$(uname -m)" "$@"
}

project_version() {
    sed -n '/<parent>/,/<\/parent>/d; s|^  <version>\(.*\)</version>.*|\1|p' "$ROOT/pom.xml" | head -n 1
}

# The time that every file of a build has: SOURCE_DATE_EPOCH, else that of the jars.
output_time() {
    if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
        date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ
    else
        sed -n 's|.*<project.build.outputTimestamp>\(.*\)</project.*|\1|p' "$ROOT/pom.xml"
    fi
}

# stage_package DEST VERSION [FOLDER]: what the table of files calls "stage:". Jars in FOLDER take the place of those of the
# build that have the same name. A runtime that is there already is kept.
stage_package() {
    local dest=$1 version=$2 instead=${3:-} jar program module main profile training cache jars
    mkdir -p "$dest/bin" "$dest/lib/utils" "$dest/lib/engine" || return 1
    [ -f "$dest/runtime/release" ] || make_runtime "$dest/runtime" || return 1
    for jar in $(jars_of cli); do
        copy_jar "$jar" "$instead" "$dest/lib/utils" || return 1
    done
    for jar in $(jars_of engine); do
        [ -f "$dest/lib/utils/${jar##*/}" ] || copy_jar "$jar" "$instead" "$dest/lib/engine" || return 1
    done
    while read -r program module main profile training; do
        case $module in cli | engine) ;; *) continue ;; esac
        jars=()
        while IFS= read -r jar; do
            jar=${jar##*/}
            [ -f "$dest/lib/utils/$jar" ] && jars+=("$dest/lib/utils/$jar") || jars+=("$dest/lib/engine/$jar")
        done < <(jars_of "$module")
        cache=''
        [ "$training" = - ] ||
            cache=$(JAVA_HOME=$dest/runtime cache_name "$program" "$profile" "$training" "${jars[@]}")
        write_installed_launcher "$program" "$main" "$profile" "$cache" "${jars[@]}" >"$dest/bin/$program" &&
            chmod +x "$dest/bin/$program" || return 1
    done < <(existing_programs)
    write_bsrd_manual "$dest" >"$dest/bsrd.8" &&
        write_changelog bsr-utils "$version" >"$dest/changelog-utils" &&
        write_changelog bsr-engine "$version" >"$dest/changelog-engine"
}

copy_jar() {
    local jar=$1
    [ ! -f "$2/${jar##*/}" ] || jar=$2/${jar##*/}
    cp "$jar" "$3/" && chmod 644 "$3/${jar##*/}"
}

# Uncompressed: the packages compress it better, and nothing has to be unpacked at a start.
make_runtime() {
    rm -rf "$1" "$1.links"
    "$JAVA_HOME/bin/jlink" --add-modules "$runtime_modules" --compress zip-0 --strip-debug --no-header-files --no-man-pages \
        --output "$1.links" || return 1
    # Texts of licences that modules share are links, which a package would rather have as files.
    cp -RL "$1.links" "$1" && rm -rf "$1.links" || return 1
    # For development, and for archives of classes that are not ours.
    rm -f "$1/bin/keytool" "$1/lib/jexec" "$1/lib/jrt-fs.jar" "$1/lib/classlist"
    find "$1" -type f ! -path '*/bin/*' ! -name jspawnhelper -exec chmod 644 {} +
}

write_installed_launcher() {
    local program=$1 main=$2 profile=$3 cache=$4
    shift 4
    cat <<LAUNCHER
#!/bin/sh
# BSR_JAVA_OPTIONS: more flags for the JVM.
home=/usr/lib/bsr
java=\$home/runtime/bin/java
LAUNCHER
    launcher_end "$main" "$profile" "${cache:+/var/cache/bsr/$cache}" "$@"
}

# write_bsrd_manual STAGE: the manual page of bsrd is its help.
write_bsrd_manual() {
    printf '.TH BSRD 8 "" "bsr" "System administration"\n.SH NAME\nbsrd \\- the engine of bsr, which replicates volumes\n'
    printf '.SH DESCRIPTION\n.nf\n'
    "$1/runtime/bin/java" -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp "$1/lib/utils/*:$1/lib/engine/*" \
        io.bsr.engine.Main --help | sed 's/\\/\\e/g; s/-/\\-/g; s/^\([.'"'"']\)/\\\&\1/'
    printf '.fi\n.SH SEE ALSO\n.BR bsradm (8),\n.BR bsrsetup (8),\n.BR bsr.conf (5)\n'
}

write_changelog() {
    printf '%s (%s) unstable; urgency=medium\n\n  * Version %s.\n\n -- %s  %s\n' "$1" "$2" "$2" \
        "$(sed -n 's/^maintainer = //p' "$ROOT/dist/src/package/packages.properties")" \
        "$(LC_ALL=C date -u -d "$(output_time)" '+%a, %d %b %Y %H:%M:%S +0000')"
}
