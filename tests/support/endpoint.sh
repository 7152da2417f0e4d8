# shellcheck shell=sh
# tests/support/endpoint.sh, to be sourced: akin against the stand-in endpoint.
# Sets work (a folder that is removed at the end), build, akin.
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${AKIN_BUILD:-$top/build/release}
akin=$build/akin
work=$(mktemp -d)
standin_pid='' n=0 more_options=''
model=ovhcloud/bge-m3
export XDG_CONFIG_HOME="$work/config" NO_PROXY=127.0.0.1 OVHCLOUD_API_KEY=sk-never-to-be-seen
unset AKIN_DB AKIN_MODEL AKIN_BASE_URL OVHCLOUD_API_BASE http_proxy HTTPS_PROXY https_proxy ALL_PROXY
# shellcheck source=tests/support/wait.sh
. "$top/tests/support/wait.sh"
trap 'standin_stop; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# Starts the stand-in with the options; url, host and $work/sent (its log) are its.
standin() {
	rm -f "$work/port" "$work/sent"
	: >"$work/sent"
	"$build/standin" --port-file "$work/port" --log "$work/sent" "$@" 2>"$work/stats" &
	standin_pid=$!
	until_written "$work/port" || { echo "# the stand-in does not start" && exit 1; }
	host=127.0.0.1:$(cat "$work/port")
	url=http://$host/v1
}

# Its figures are in $work/stats then.
standin_stop() {
	[ -n "$standin_pid" ] || return 0
	kill "$standin_pid" 2>/dev/null
	wait "$standin_pid" 2>/dev/null
	standin_pid=''
}

figure() { # NAME: of the stand-in's figures
	sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p" "$work/stats"
}

# One file a text: "make_texts FOLDER N".
make_texts() {
	mkdir -p "$1"
	awk -v folder="$1" -v n="$2" 'BEGIN {
		split("heron reed lease kettle granite invoice violin harbour barley lantern", w, " ")
		for (i = 1; i <= n; i++) {
			file = folder "/" i ".txt"
			printf "Entry %d.\n\nThe %s stands beside the %s, and %d of them were counted twice.\n",
				i, w[i % 10 + 1], w[int(i / 10) % 10 + 1], i * 7 >file
			close(file)
		}
	}'
}

# akin index with the options and the folder; status and $work/err are its.
index() {
	status=0
	timeout "${time_limit:-300}" "$akin" index --db "$work/a.db" --model "$model" --base-url "$url" \
		"$@" $more_options >"$work/out" 2>"$work/err" </dev/null || status=$?
	cat "$work/out" "$work/err" >>"$work/said"
}

# A number of `akin status --json`; 0 when there is no index.
fact() {
	"$akin" status --db "$work/a.db" --json 2>/dev/null | tr -d ' \t\n' |
		sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" | grep . || echo 0
}

new_index() { rm -f "$work"/a.db*; }

# Texts that the stand-in has answered, with vectors or a refusal; and requests.
sent() { awk 'END { print NR }' "$work/sent"; }
requests() { awk -F'"req":' '{ split($2, a, ","); seen[a[1]] } END { for (r in seen) n++; print n + 0 }' "$work/sent"; }
have_answered() { [ "$(requests)" -ge "$1" ]; } # N requests

check() { # NAME COMMAND...
	name=$1
	shift
	n=$((n + 1))
	if "$@"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		[ -f "$work/err" ] && sed 's/^/#   /' "$work/err"
	fi
}

is() { # GOT WANTED
	[ "$1" = "$2" ] && return
	echo "# got '$1', not '$2'"
	return 1
}
