# Finds a JDK of at least the needed version and exports it as JAVA_HOME.
# Order: JAVA_HOME, the java in PATH, then the usual folders, where the oldest that will do is taken: the nearest to
# the version that this project is tested with.

NEEDED_JAVA=25

# java_major HOME prints the major version of the JDK there, or nothing if there is none.
java_major() {
    local key value
    [ -x "$1/bin/javac" ] || return 0
    if [ -r "$1/release" ]; then
        while IFS='=' read -r key value; do
            if [ "$key" = JAVA_VERSION ]; then
                value=${value//\"/}
                printf '%s' "${value%%[!0-9]*}"
                return 0
            fi
        done <"$1/release"
    fi
    "$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p'
}

java_will_do() {
    local major
    major=$(java_major "$1")
    [ "${major:-0}" -ge "$NEEDED_JAVA" ]
}

java_home_of_path() {
    local java
    java=$(command -v javac || command -v java) || return 0
    java=$(readlink -f "$java" 2>/dev/null || printf '%s' "$java")
    printf '%s' "${java%/bin/*}"
}

# The usual folders, one JDK a line.
usual_java_homes() {
    local home
    for home in ${DEV_JDK_FOLDERS-/usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/* /opt/*/* /usr/local/* \
        "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home}; do
        [ -x "$home/bin/javac" ] && [ ! -L "$home" ] && printf '%s\n' "$home"
    done
}

# Prints "MAJOR HOME" of each usual JDK, oldest first.
usual_javas() {
    local home
    usual_java_homes | while IFS= read -r home; do
        printf '%s %s\n' "$(java_major "$home")" "$home"
    done | sort -n
}

find_jdk() {
    local home from_path major
    from_path=$(java_home_of_path)
    for home in "${JAVA_HOME:-}" "$from_path"; do
        if [ -n "$home" ] && java_will_do "$home"; then
            export JAVA_HOME=$home
            return 0
        fi
    done
    while read -r major home; do
        if [ "${major:-0}" -ge "$NEEDED_JAVA" ]; then
            export JAVA_HOME=$home
            return 0
        fi
    done < <(usual_javas)
    die "no JDK $NEEDED_JAVA or newer found." \
        "JAVA_HOME: $(describe_java "${JAVA_HOME:-}"); PATH: $(describe_java "$from_path"); usual folders: $(usual_javas | tr '\n' ';')" \
        "Install one: 'apt install openjdk-$NEEDED_JAVA-jdk' (Debian 13, Ubuntu 25.10), 'dnf install java-$NEEDED_JAVA-openjdk-devel' (Fedora)," \
        "'brew install openjdk@$NEEDED_JAVA', 'sdk install java', or an archive from https://adoptium.net." \
        "Where it is unpacked elsewhere: export JAVA_HOME=/path/to/it"
}

describe_java() {
    local major
    [ -n "$1" ] || { printf 'none'; return 0; }
    major=$(java_major "$1")
    printf '%s (%s)' "$1" "${major:-no JDK there}"
}
