#!/bin/sh
# tests/run.sh BUILD [NAME...]: runs the unit programs and the command tests of a
# build, in TAP, and adds them up. NAME picks tests whose file name contains it;
# $SKIP_TESTS names those that are left out.
# $TEST_JOBS run at once (twice as many as there are processors), told in order.
# The last line is "N passed, N failed" (", N skipped" where some were).
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${1:?usage: tests/run.sh BUILD [NAME...]}" && pwd)
shift
cd "$top" || exit 2
export AKIN_BUILD="$build" CMOCKA_MESSAGE_OUTPUT=TAP LC_ALL=C.UTF-8
unset OVHCLOUD_API_KEY AKIN_DB AKIN_MODEL XDG_CONFIG_HOME
# tests/support/minilm_install.sh puts it there
[ -z "${AKIN_TEST_MINILM:-}" ] && [ -d build/minilm/model ] && export AKIN_TEST_MINILM="$top/build/minilm/model"
passed=0 failed=0 skipped=0
work=$(mktemp -d) pool=
trap 'kill $pool 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

wanted() { # FILE NAME...
	file=$1
	shift
	[ $# -eq 0 ] && return 0
	for name; do case $file in *"$name"*) return 0 ;; esac; done
	return 1
}

left_out() { # FILE
	for name in ${SKIP_TESTS:-}; do case $1 in *"$name"*) return 0 ;; esac; done
	return 1
}

chosen() { # NAME...
	for test in "$build"/unit/test_* tests/cli/test_*.sh; do
		[ -x "$test" ] && wanted "${test##*/}" "$@" && ! left_out "${test##*/}" && echo "$test"
	done
}

# Runs TEST to its log; its .end is there when it has ended: status, seconds.
# shellcheck disable=SC2016 # for another shell
run_one='log=$1/${2##*/} from=$(date +%s)
timeout "${TEST_TIMEOUT:-900}" "$2" >"$log" 2>&1 </dev/null
echo $? $(($(date +%s) - from)) >"$log.ending"
mv "$log.ending" "$log.end"'

# What it was: a line, and below it what failed or was skipped.
report() { # NAME STATUS SECONDS
	log=$work/$1
	# cmocka writes a skipped test as "not ok N # SKIP name"
	skip=$(grep -ciE '^(not )?ok.*# skip' "$log")
	bad=$(grep '^not ok' "$log" | grep -ciEv '# skip')
	good=$(grep '^ok' "$log" | grep -ciEv '# skip')
	# a program that died, or said nothing, is a failure of its own
	if [ "$bad" -eq 0 ] && { [ "$2" -ne 0 ] || [ $((good + skip)) -eq 0 ]; }; then
		bad=1
		echo "not ok - $1 ended with status $2" >>"$log"
	fi
	printf '%-32s %4d passed, %d failed%s, %d s\n' "$1" "$good" "$bad" \
		"$([ "$skip" -gt 0 ] && printf ', %d skipped' "$skip")" "$3"
	# what failed, with what is said of it (before it by cmocka, behind it by tap.sh), and
	# the end, where a program that died says why
	[ "$bad" -gt 0 ] && { grep -E '^(not ok|#)' "$log" | head -n 80; tail -n 12 "$log"; } | sed 's/^/    /'
	[ "$skip" -gt 0 ] && grep -iE '^(not )?ok.*# skip' "$log" | sed 's/^/    /'
	passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skip))
}

chosen "$@" >"$work/tests"
# The longest begin first. They wait more than they work, so others run beside them.
jobs=${TEST_JOBS:-$((2 * $(getconf _NPROCESSORS_ONLN)))}
long='test_(remote|endpoint|faults|kill|litellm|network)'
{ grep -E "$long" "$work/tests"; grep -vE "$long" "$work/tests"; } |
	xargs -r -n 1 -P "$jobs" sh -c "$run_one" sh "$work" &
pool=$!
# told in the order of their names, each as soon as it can be
while read -r test; do
	end=$work/${test##*/}.end
	until [ -e "$end" ]; do
		sleep 0.1
		kill -0 $pool 2>/dev/null || [ -e "$end" ] || echo 1 0 >"$end"
	done
	# shellcheck disable=SC2046 # status and seconds
	report "${test##*/}" $(cat "$end")
done <"$work/tests"
wait $pool
printf '%d passed, %d failed%s\n' "$passed" "$failed" \
	"$([ "$skipped" -gt 0 ] && printf ', %d skipped' "$skipped")"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
