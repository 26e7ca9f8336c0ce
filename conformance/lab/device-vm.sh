#!/bin/bash
# The kernel's NBD client under our engine: boots a machine with a Java runtime and our classes, whose kernel has the
# module nbd, and runs a class there with an empty folder of a real file system as its argument.
#
#   device-vm.sh CLASSPATH CLASS     JAVA_HOME: the JDK of which the runtime is made; LAB_* as for vm.sh
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export LAB_DIR=${LAB_DIR:-${TMPDIR:-/tmp}/drbd-lab} LAB_FLAVOR=jvm LAB_MEM=1536 LAB_DISK_MB=160 LAB_SAVE=no
export LAB_OVERLAY=$LAB_DIR/jvm-overlay
O=$LAB_OVERLAY
vm() { "$HERE/vm.sh" "$@"; }

mkdir -p "$LAB_DIR"; rm -rf "$O"; mkdir -p "$O/opt/classes"
"$JAVA_HOME/bin/jlink" --add-modules java.base,java.logging,java.management,java.naming,java.xml,jdk.net,jdk.unsupported \
	--strip-debug --no-header-files --no-man-pages --output "$O/opt/jre"
rm -rf "$O/opt/jre/legal"
find "$O/opt/jre" \( -name '*.so' -o -path '*/bin/java' \) -exec ldd {} + 2>/dev/null | grep -oE '/(usr/)?lib[^ ]+' | sort -u |
	while read -r lib; do if [ -e "$lib" ]; then mkdir -p "$O${lib%/*}"; cp -L "$lib" "$O$lib"; fi; done

path="" i=0
IFS=: read -ra entries <<<"$1"
for entry in "${entries[@]}"; do
	i=$((i + 1))
	if [ -d "$entry" ]; then
		mkdir "$O/opt/classes/$i"
		(cd "$entry" && find . -name '*.class' -o -name '*.xml' -o -name '*.properties' -o -name '*.txt' | cpio -pdm --quiet "$O/opt/classes/$i")
		path+=:/opt/classes/$i
	elif [ -e "$entry" ]; then
		cp "$entry" "$O/opt/classes/$i.jar"
		path+=:/opt/classes/$i.jar
	fi
done

vm prepare
trap 'vm stop 1' EXIT
vm wipe 1
vm start 1
vm exec 1 'modprobe nbd && modprobe ext4 && mkfs.ext4 -q -F /dev/vda && mkdir /disk && mount -t ext4 /dev/vda /disk && mkdir /disk/t'
vm exec 1 "cd /disk/t && exec /opt/jre/bin/java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -ea --enable-native-access=ALL-UNNAMED \
	-cp '${path#:}' '$2' /disk/t 2>&1" || { rc=$?; vm exec 1 'dmesg | tail -40' || true; exit $rc; }
