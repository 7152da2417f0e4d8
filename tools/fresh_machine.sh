#!/bin/sh
# tools/fresh_machine.sh [bookworm|noble|…]: the two commands of README on a bare
# machine: a chroot with nothing but apt, made by debootstrap (root) from the mirror
# that this machine's apt uses ($MIRROR: another), and the tree of HEAD in it.
# Runs tools/demo.sh and tools/test.sh, then both again with no network but
# loopback: the second time they may need none. $KEEP=yes leaves the chroot.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
here=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
release=${1:-$here}
root=$top/build/fresh/$release
outcome=$top/build/fresh/$release.outcome

die() {
	echo "fresh_machine: $*" >&2
	exit 1
}

[ "$(id -u)" -eq 0 ] || die "debootstrap and chroot need root"
command -v debootstrap >/dev/null || die "no debootstrap; apt-get install debootstrap"
components=main script=/usr/share/debootstrap/scripts/$release
case $release in
noble | jammy)
	components=main,universe
	# every Ubuntu since then is made by this one; an older debootstrap lacks the later names
	[ -e "$script" ] || script=/usr/share/debootstrap/scripts/gutsy
	# without it debootstrap would go on with nothing checked
	[ -e /usr/share/keyrings/ubuntu-archive-keyring.gpg ] ||
		die "no keys of Ubuntu's archive here; apt-get install ubuntu-keyring"
	;;
esac
[ -e "$script" ] || die "this debootstrap does not know '$release'"
# shellcheck disable=SC2016 # apt's own variables
mirror=${MIRROR:-$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
	sed -n "s/^$release //p" | head -n 1)}
[ -n "$mirror" ] || die "apt here knows no mirror of '$release'; MIRROR=URI names one"

clean() {
	[ -n "${KEEP:-}" ] || rm -rf --one-file-system "$root"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What lets apt reach its mirror from here: sources, proxy, certificates, names.
lend_settings() {
	if [ "$release" = "$here" ]; then
		cp -R /etc/apt/sources.list.d "$root/etc/apt/"
		rm -f "$root/etc/apt/sources.list"
		[ ! -f /etc/apt/sources.list ] || cp /etc/apt/sources.list "$root/etc/apt/"
		cp -R /usr/share/keyrings/. "$root/usr/share/keyrings/"
	fi
	grep -lri 'acquire' /etc/apt/apt.conf /etc/apt/apt.conf.d 2>/dev/null | grep -v docker | while read -r file; do
		cp "$file" "$root/etc/apt/apt.conf.d/"
	done
	for file in /etc/ssl/certs/ca-certificates.crt /usr/local/share/ca-certificates /etc/resolv.conf /etc/hosts; do
		[ -e "$file" ] || continue
		mkdir -p "$root$(dirname "$file")"
		cp -RL "$file" "$root$(dirname "$file")/"
	done
}

# Runs a command in the chroot, with mounts (and, alone, a network) of its own that
# end with it.
inside() { # net|alone COMMAND...
	flags=--mount
	[ "$1" = net ] || flags="--mount --net"
	shift
	# shellcheck disable=SC2086,SC2016 # flags are words; the inner shell expands its own
	unshare $flags sh -c '
		root=$1
		shift
		ip link set lo up 2>/dev/null
		mount -t proc proc "$root/proc"
		mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
		mount -t tmpfs tmpfs "$root/dev/shm" 2>/dev/null
		exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
			${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
			"$@"' sh "$root" "$@" </dev/null
}

run() { # net|alone TITLE COMMAND...
	network=$1 title=$2
	shift 2
	echo "== $release: $title"
	from=$(date +%s)
	status=0
	inside "$network" "$@" || status=$?
	echo "$release: $title: status $status, $(($(date +%s) - from)) s" | tee -a "$outcome"
}

mkdir -p "${root%/*}"
rm -rf --one-file-system "$root"
: >"$outcome"
echo "fresh_machine: making $release in ${root#"$top"/}"
debootstrap --variant=minbase --components="$components" "$release" "$root" "$mirror" "$script" \
	>"$root.log" 2>&1 ||
	die "debootstrap failed: $(tail -n 1 "$root.log")"
lend_settings
mkdir "$root/akin"
git -C "$top" archive HEAD | tar -x -C "$root/akin"

run net "demo" sh /akin/tools/demo.sh
run net "test" sh /akin/tools/test.sh
run alone "demo again, no network" sh /akin/tools/demo.sh
run alone "test again, no network" sh /akin/tools/test.sh
echo
cat "$outcome"
! grep -qv 'status 0,' "$outcome"
