# What ./dev says: colour on a terminal only, errors as what happened, why, and what to do.

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    bold=$'\033[1m' blue=$'\033[1;34m' red=$'\033[1;31m' plain=$'\033[0m'
else
    bold='' blue='' red='' plain=''
fi

heading() {
    printf '%s==>%s %s%s%s\n' "$blue" "$plain" "$bold" "$*" "$plain"
}

say() {
    printf '%s\n' "$*"
}

warn() {
    printf '%s\n' "$*" >&2
}

# die WHAT_HAPPENED [WHY AND WHAT TO DO, a line each]...
die() {
    printf '%s./dev: %s%s\n' "$red" "$1" "$plain" >&2
    shift
    [ $# -gt 0 ] && printf '  %s\n' "$@" >&2
    exit 1
}

has() {
    command -v "$1" >/dev/null 2>&1
}
