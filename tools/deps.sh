#!/bin/sh
# tools/deps.sh [test] [lint]: installs what the build needs from the
# distribution's packages (Debian 12, Ubuntu 24.04 and their relatives); `test`
# and `lint` add what the tests and the checks need. With everything there it
# touches nothing and needs no network. Lets a package do that gives the same
# header or program (a|b): what somebody installed is never replaced.
set -eu

build="gcc|clang make libc6-dev libcurl4-openssl-dev|libcurl4-gnutls-dev libcjson-dev libsqlite3-dev
libicu-dev libarchive-dev libxml2-dev libstemmer-dev libxxhash-dev libedit2|libreadline8
libopenblas0-pthread|libopenblas0-openmp|libopenblas0-serial poppler-utils ca-certificates"
tests="gcc libcmocka-dev libmicrohttpd-dev zlib1g-dev openssl git sqlite3 libgd3"
lint="gcc clang cppcheck shellcheck valgrind"

die() {
	echo "deps: $*" >&2
	exit 1
}

installed() { # PACKAGE
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing() { # PACKAGE|ALTERNATIVE...
	for choice; do
		first=${choice%%|*} found=
		for package in $(echo "$choice" | tr '|' ' '); do
			if installed "$package"; then
				found=yes
				break
			fi
		done
		[ -n "$found" ] || echo "$first"
	done
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

apt() { # apt-get's arguments; it is quiet unless it fails
	as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
		apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 </dev/null
}

install() { # PACKAGE...
	[ $# -gt 0 ] || return 0
	[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
		die "not root, and there is no sudo; as root: apt-get install $*"
	echo "deps: installing $*"
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	# old lists name packages that are gone; without a network the lists there may do
	apt update || echo "deps: 'apt-get update' failed, going on with the package lists there are" >&2
	if ! apt install --no-install-recommends "$@"; then
		tail -n 8 "$log" | sed 's/^/  /' >&2
		die "apt-get could not install these packages (on Ubuntu they need 'universe')"
	fi
}

# The sanitizers' and the fuzzer's run-time of clang: a package of its own, named
# after clang's major version, on the releases that split it off.
clang_runtime() {
	major=$(clang -dumpversion | cut -d . -f 1)
	package=libclang-rt-$major-dev
	ls "$(clang -print-resource-dir)"/lib/*/libclang_rt.fuzzer* >/dev/null 2>&1 || echo "$package"
}

wanted=$build
for set; do
	case $set in
	test) wanted="$wanted $tests" ;;
	lint) wanted="$wanted $tests $lint" ;;
	*) die "'$set' is none of: test lint" ;;
	esac
done
if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
	echo "deps: no apt-get here; going on, and the build will miss what is not there of:" "$wanted" >&2
	exit 0
fi
# shellcheck disable=SC2046,SC2086 # words are meant to be split
install $(missing $wanted)
case " $* " in *" lint "*)
	# shellcheck disable=SC2046
	install $(clang_runtime)
	;;
esac
