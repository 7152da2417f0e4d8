# shellcheck shell=sh
# TAP for tests of the command line, in POSIX sh. Source it, call check_* for each
# expectation, and end with `finish`. $dir is an empty folder of the test's own, and
# also HOME; $akin is the program.
set -u
akin=${AKIN_BUILD:?run me through tests/run.sh}/akin
dir=$(mktemp -d)
dir=$(cd "$dir" && pwd -P)
trap 'chmod -R u+w "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
export HOME="$dir" XDG_DATA_HOME="$dir/data" XDG_CONFIG_HOME="$dir/config" LC_ALL=C.UTF-8
unset AKIN_DB AKIN_MODEL AKIN_BASE_URL OVHCLOUD_API_KEY NO_COLOR CLICOLOR_FORCE
tap_n=0 tap_bad=0

tap_result() { # STATUS NAME
	tap_n=$((tap_n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_n - $2"
		return
	fi
	tap_bad=$((tap_bad + 1))
	echo "not ok $tap_n - $2"
	printf '%s\n' "status $status" "--- stdout" "$out" "--- stderr" "$err" | head -n 30 | sed 's/^/# /'
}

# run ARG...: runs akin; $status, $out and $err are what it gave.
run() {
	"$akin" "$@" >"$dir/.out" 2>"$dir/.err" </dev/null
	status=$?
	out=$(cat "$dir/.out") err=$(cat "$dir/.err")
}

check_status() { # STATUS NAME
	[ "$status" -eq "$1" ]
	tap_result $? "$2"
}

check_out() { # PATTERN NAME: a basic regular expression that a line of stdout matches
	grep -q -e "$1" "$dir/.out"
	tap_result $? "$2"
}

check_not_out() { # PATTERN NAME
	! grep -q -e "$1" "$dir/.out"
	tap_result $? "$2"
}

check_err() { # PATTERN NAME
	grep -q -e "$1" "$dir/.err"
	tap_result $? "$2"
}

# check_error PATTERN NAME: one line "akin: …", status 2, nothing on stdout
check_error() {
	[ "$status" -eq 2 ] && [ "$(wc -l <"$dir/.err")" -eq 1 ] && [ ! -s "$dir/.out" ] &&
		grep -q -e "^akin: .*$1" "$dir/.err"
	tap_result $? "$2"
}

check() { # NAME COMMAND...
	name=$1
	shift
	"$@" >/dev/null 2>&1
	tap_result $? "$name"
}

# The embedded model's weights, which a source tree may lack.
need_model() {
	if ! run model list || [ "$status" -ne 0 ] ||
		[ ! -r "$("$akin" model path multilingual-e5-small 2>/dev/null)/model.safetensors" ]; then
		echo "ok 1 - # skip no weights of the embedded model"
		echo "1..1"
		exit 0
	fi
}

finish() {
	echo "1..$tap_n"
	[ "$tap_bad" -eq 0 ]
	exit $?
}
