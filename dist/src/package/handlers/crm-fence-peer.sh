#!/bin/sh
# usage: crm-fence-peer.sh [OPTION...], crm-unfence-peer.sh [OPTION...]
#
# Handlers for fence-peer and unfence-peer on nodes of a Pacemaker cluster, which promotes the resource by a clone:
#
#   fence-peer   "/usr/lib/bsr/crm-fence-peer.sh";
#   unfence-peer "/usr/lib/bsr/crm-unfence-peer.sh";
#
# The first places a constraint that forbids the role Promoted on every node whose data are not up to date, so that the
# cluster does not promote a peer that lacks what was written without it. The second lifts it for a peer that has caught
# up. The constraint is PREFIX-RESOURCE-CLONE; no other one is ever touched. Host names of the configuration have to be
# names of nodes of the cluster.
#
#   -i, --master-id CLONE         the clone; else the one whose bsr_resource or drbd_resource is the resource
#   -p, --id-prefix PREFIX        else bsr-fence-by-handler
#   -t, --timeout SECONDS         how long to wait for a lost peer to be shot or seen to be down; else 90
#       --dc-timeout SECONDS      how long to wait for the cluster to have a coordinator; else 20
#       --unreachable-peer-is WHAT  outdated: take a lost peer of which the cluster is not sure for down. else unknown
#
# Exit codes of crm-fence-peer.sh: 4 the peer may not be promoted any more, 5 the cluster says that it is down, 7 that it
# was shot, 6 it is promoted and has the newer data, 1 undecided, 10 wrong usage. Of crm-unfence-peer.sh: 0 done, 1 not,
# 10 wrong usage.

name=${0##*/}
case $name in
    crm-unfence-peer*) task=unfence ;;
    *) task=fence ;;
esac

LOCK_SECONDS=60

say() {
    echo "$name: $1" >&2
    if command -v logger >/dev/null 2>&1; then
        logger -t "$name" -- "$1" 2>/dev/null
    fi
}

undecided() {
    say "$1 Nothing is decided."
    exit 1
}

wrong() {
    say "$1 \"$name --help\" says how it is called."
    exit 10
}

# is_one_of WORD WORD...: whether the first one is among the others.
is_one_of() {
    word=$1
    shift
    case " $* " in
        *" $word "*) return 0 ;;
    esac
    return 1
}

# Names become parts of XML, of XPath and of identifiers.
need_plain() {
    case $2 in
        '' | *[!A-Za-z0-9_.-]*) wrong "$1, \"$2\", is not made of letters, digits, \".\", \"-\" and \"_\"." ;;
    esac
}

need_number() {
    case $2 in
        '' | *[!0-9]*) wrong "$1 wants seconds, not \"$2\"." ;;
    esac
}

prefix=bsr-fence-by-handler
clone=''
patience=90
dc_patience=20
unreachable=unknown
while [ $# -gt 0 ]; do
    option=$1
    value=${2:-}
    used=2
    case $option in
        -h | --help)
            sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
            exit 0
            ;;
        --*=*)
            value=${option#*=}
            option=${option%%=*}
            used=1
            ;;
    esac
    [ $# -ge $used ] || wrong "$option wants a value."
    case $option in
        -i | --master-id) clone=$value ;;
        -p | --id-prefix) prefix=$value ;;
        -t | --timeout) need_number "$option" "$value" && patience=$value ;;
        --dc-timeout) need_number "$option" "$value" && dc_patience=$value ;;
        --unreachable-peer-is)
            case $value in
                outdated | unknown) unreachable=$value ;;
                *) wrong "$option is \"outdated\" or \"unknown\"." ;;
            esac
            ;;
        *) wrong "there is no option $option." ;;
    esac
    shift $used
done

resource=${BSR_RESOURCE:-}
[ -n "$resource" ] || wrong "BSR_RESOURCE is not set: this is run as the handler $task-peer."
need_plain "the name of the resource" "$resource"
need_plain "the prefix" "$prefix"
peer=${BSR_PEER:-}
case ${BSR_PEER_NODE_ID:-} in
    '' | *[!0-9]*) ;;
    *) eval "peer=\${BSR_NODE_ID_$BSR_PEER_NODE_ID:-$peer}" ;;
esac
[ -n "$peer" ] || wrong "neither BSR_PEER_NODE_ID nor BSR_PEER says which peer is meant."
need_plain "the name of the peer" "$peer"

for program in cibadmin crm_mon; do
    command -v $program >/dev/null 2>&1 || undecided "$program is not installed: is this a node of a Pacemaker cluster?"
done
self=$(crm_node -n 2>/dev/null) || self=''
if [ -z "$self" ]; then
    case ${BSR_MY_NODE_ID:-} in
        '' | *[!0-9]*) ;;
        *) eval "self=\${BSR_NODE_ID_$BSR_MY_NODE_ID:-}" ;;
    esac
    self=${self:-$(uname -n)}
fi
need_plain "the name of this node" "$self"
hosts=$(env | sed -n 's/^BSR_NODE_ID_[0-9][0-9]*=//p')
# shellcheck disable=SC2086 # hosts are words
[ -z "$hosts" ] || is_one_of "$self" $hosts ||
    undecided "The cluster calls this node $self, and the configuration does not: hosts and nodes must have the same names."

# --- the cluster --------------------------------------------------------------------------------------------------------

# attribute NAME LINE: an attribute of an element that crm_mon printed in one line.
attribute() {
    printf '%s\n' "$2" | sed -n "s/.* $1=\"\([^\"]*\)\".*/\1/p"
}

# look: what the cluster thinks now. peer_is becomes member, down, lost (nobody has made sure that it is down), stranger.
look() {
    overview=$(crm_mon -1 --output-as=xml 2>/dev/null) || return 1
    coordinator=$(printf '%s\n' "$overview" | sed -n '/<current_dc /{p;q;}')
    [ "$(attribute present "$coordinator")" = true ] || return 1
    options=$(printf '%s\n' "$overview" | sed -n '/<cluster_options /{p;q;}')
    stonith=$(attribute stonith-enabled "$options")
    quorum=$(attribute with_quorum "$coordinator")
    [ "$(attribute no-quorum-policy "$options")" != ignore ] || quorum=true
    node=$(printf '%s\n' "$overview" | sed -n "/<nodes>/,/<\/nodes>/{/<node name=\"$peer\" /{p;q;};}")
    if [ -z "$node" ]; then
        peer_is=stranger
    elif [ "$(attribute unclean "$node")" = true ]; then
        peer_is=lost
    elif [ "$(attribute online "$node")" = true ] || [ "$(attribute pending "$node")" = true ]; then
        peer_is=member
    else
        peer_is=down
    fi
}

wait_for_a_coordinator() {
    waited=0
    until look; do
        [ $waited -lt "$dc_patience" ] ||
            undecided "Pacemaker does not run here, or has had no coordinator for $dc_patience s."
        sleep 1
        waited=$((waited + 1))
    done
}

find_clone() {
    if [ -n "$clone" ]; then
        need_plain "the clone" "$clone"
        return
    fi
    found=$(cibadmin -Q -e --xpath "/cib/configuration/resources//*[self::clone or self::master][.//primitive/instance_attributes/nvpair[(@name='bsr_resource' or @name='drbd_resource') and @value='$resource']]" 2>/dev/null |
        sed -n "s/.*\[@id='\([^']*\)'\]\$/\1/p")
    # shellcheck disable=SC2086 # identifiers are words
    set -- $found
    [ $# -eq 1 ] || undecided "$# clones of the cluster have the resource $resource; --master-id says which one is meant."
    clone=$1
}

# --- the constraint -----------------------------------------------------------------------------------------------------

# Who may be promoted as the constraint says that is there; fails if there is none.
allowed_now() {
    text=$(cibadmin -Q --xpath "/cib/configuration/constraints//rsc_location[@id='$constraint']" 2>/dev/null) || return 1
    printf '%s\n' "$text" | sed 's/>/>\n/g' | sed -n '/<expression /s/.* value="\([^"]*\)".*/\1/p'
}

# constraint_for ROLE HOST...: forbids the role everywhere else.
constraint_for() {
    role=$1
    shift
    printf '<rsc_location rsc="%s" id="%s"><rule role="%s" score="-INFINITY" boolean-op="and" id="%s-rule">' \
        "$clone" "$constraint" "$role" "$constraint"
    for host in "$@"; do
        printf '<expression attribute="#uname" operation="ne" value="%s" id="%s-%s"/>' "$host" "$constraint" "$host"
    done
    printf '</rule></rsc_location>'
}

# store -C|-R HOST...: creates or replaces it. The role is Promoted, and Master in clusters before Pacemaker 2.1, which
# refuse a name that they do not know.
store() {
    how=$1
    shift
    for role in Promoted Master; do
        said=$(cibadmin "$how" -o constraints -X "$(constraint_for $role "$@")" 2>&1)
        code=$?
        [ $code -ne 0 ] || return 0
    done
    return 1
}

# The hosts that have up-to-date data; fails if the engine did not say.
up_to_date_hosts() {
    case ${UP_TO_DATE_NODES:-} in
        0x | 0x*[!0-9A-Fa-f]*) return 1 ;;
        0x*) ;;
        *) return 1 ;;
    esac
    id=0
    while [ $id -le 31 ]; do
        if [ $(((UP_TO_DATE_NODES >> id) & 1)) -eq 1 ]; then
            eval "echo \"\${BSR_NODE_ID_$id:-}\""
        fi
        id=$((id + 1))
    done
}

# Whether what is on this node's disks is known to be the newest.
this_node_is_up_to_date() {
    if current=$(up_to_date_hosts); then
        # shellcheck disable=SC2086
        is_one_of "$self" $current
        return
    fi
    disks=$(bsradm dstate "$resource" 2>/dev/null) && [ -n "$disks" ] && ! printf '%s\n' "$disks" | grep -qv '^UpToDate'
}

# The constraint lets this node be promoted, and the peer not.
place() {
    current=$(up_to_date_hosts) || current=''
    allowed=$self
    for host in $current; do
        if [ "$host" != "$self" ] && [ "$host" != "$peer" ]; then
            need_plain "the name of a host" "$host"
            allowed="$allowed $host"
        fi
    done
    for attempt in 1 2 3; do
        if ! present=$(allowed_now); then
            # shellcheck disable=SC2086
            store -C $allowed && return
            # Another node may have been faster.
            allowed_now >/dev/null && continue
            say "the constraint $constraint cannot be placed (exit code $code): $said"
            return 1
        fi
        # shellcheck disable=SC2086
        is_one_of "$self" $present || return 1
        # Narrower, never wider: who is forbidden already has been fenced.
        narrower=''
        for host in $present; do
            # shellcheck disable=SC2086
            if is_one_of "$host" $allowed; then
                narrower="$narrower $host"
            fi
        done
        # shellcheck disable=SC2086
        [ "$narrower" = "$(printf ' %s' $present)" ] || store -R $narrower
        return
    done
    say "the constraint $constraint comes and goes ($attempt attempts)."
    return 1
}

peer_is_promoted() {
    crm_resource -r "$clone" -W 2>/dev/null | grep -Eq "is running on: $peer +(Promoted|Master)"
}

# --- the tasks ----------------------------------------------------------------------------------------------------------

# What is read is then replaced: one at a time on this node. Other nodes are told apart by what the constraint says. Not
# while a peer is waited for: another handler of this node may wait for another one.
lock() {
    runtime=${BSR_ROOT:-}
    runtime=${runtime%/}/run/bsr
    if [ -d "$runtime" ] && [ -w "$runtime" ] && command -v flock >/dev/null 2>&1; then
        exec 9>"$runtime/crm-fence-peer.lock"
        flock -w $LOCK_SECONDS 9 || undecided "Another $name has been at work for $LOCK_SECONDS s."
    fi
}

place_or_give_up() {
    lock
    place || undecided "Resource $resource was not fenced."
    say "resource $resource: $constraint keeps $peer from being promoted."
}

fence() {
    [ "$quorum" = true ] || undecided "This part of the cluster has no quorum, so what it forbids counts for nothing."
    # shellcheck disable=SC2086
    if present=$(allowed_now) && ! is_one_of "$self" $present; then
        if [ "$peer_is" = member ] && peer_is_promoted; then
            say "$peer is promoted, and has forbidden it here ($constraint)."
            exit 6
        fi
        undecided "The constraint $constraint forbids the promotion of this node: a peer has placed it, and may have newer data."
    fi
    current_here=no
    ! this_node_is_up_to_date || current_here=yes

    shot=no
    waited=0
    while [ "$peer_is" = lost ] && [ "$stonith" = true ] && [ $waited -lt "$patience" ]; do
        shot=yes
        sleep 1
        waited=$((waited + 1))
        look || undecided "The cluster has lost its coordinator while $peer was waited for."
    done

    case $peer_is in
        member)
            if [ $current_here = yes ]; then
                place_or_give_up
                exit 4
            fi
            if peer_is_promoted; then
                say "$peer is promoted, and the data of resource $resource here are not known to be up to date."
                exit 6
            fi
            undecided "The data of resource $resource here are not known to be up to date, and those of $peer may be."
            ;;
        down)
            if [ $shot = yes ] || { [ $current_here = no ] && [ "$stonith" = true ]; }; then
                # That it is down is certain in a cluster that shoots, also where nothing is known of the data.
                place_or_give_up
                say "$peer is down, as the cluster has made sure."
                exit 7
            fi
            if [ $current_here = yes ]; then
                place_or_give_up
            else
                say "the data of resource $resource here are not known to be up to date: $peer is not fenced."
            fi
            say "$peer is down."
            exit 5
            ;;
    esac
    if [ "$unreachable" = outdated ] && [ $current_here = yes ]; then
        place_or_give_up
        say "$peer cannot be seen by the cluster; --unreachable-peer-is says that it is outdated."
        exit 5
    fi
    if [ "$peer_is" = stranger ]; then
        undecided "$peer is no node of this cluster; a host of the configuration and its node must have one name."
    fi
    undecided "Nobody has made sure within $patience s that $peer is down."
}

unfence() {
    lock
    present=$(allowed_now) || exit 0
    # shellcheck disable=SC2086
    if ! is_one_of "$self" $present; then
        say "the constraint $constraint is another node's, and stays."
        exit 0
    fi
    current=$(up_to_date_hosts) || current=''
    wider=''
    for host in $present $peer $current; do
        # shellcheck disable=SC2086
        if ! is_one_of "$host" $wider; then
            need_plain "the name of a host" "$host"
            wider="$wider $host"
        fi
    done
    for host in $hosts; do
        # shellcheck disable=SC2086
        if ! is_one_of "$host" $wider; then
            # shellcheck disable=SC2086
            if ! store -R $wider; then
                say "the constraint $constraint cannot be changed (exit code $code): $said"
                exit 1
            fi
            say "resource $resource: $peer may be promoted again; $constraint stays for $host."
            exit 0
        fi
    done
    if ! said=$(cibadmin -D -X "<rsc_location rsc=\"$clone\" id=\"$constraint\"/>" 2>&1); then
        say "the constraint $constraint cannot be removed: $said"
        exit 1
    fi
    say "resource $resource: $constraint is removed."
    exit 0
}

wait_for_a_coordinator
find_clone
constraint=$prefix-$resource-$clone
$task
