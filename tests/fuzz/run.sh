#!/bin/sh
# tests/fuzz/run.sh DIR [NAME...]: runs each fuzz_* program of DIR for
# $FUZZ_SECONDS (default 10) on its seeds, a line each. What it finds new stays in
# a temporary corpus; the input that made a program fail is kept in
# build/fuzz-findings, and its path is printed. Fails when one failed, or none ran.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:?usage: tests/fuzz/run.sh DIR [NAME...]}
case $dir in /*) ;; *) dir=$PWD/$dir ;; esac
shift
seconds=${FUZZ_SECONDS:-10}
findings=$top/build/fuzz-findings
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir -p "$findings"
failed=0 ran=0

wanted() { # FILE NAME...
	file=$1
	shift
	[ $# -eq 0 ] && return 0
	for name; do case $file in *"$name"*) return 0 ;; esac; done
	return 1
}

fuzz() { # PROGRAM: fails when it does
	name=${1##*/fuzz_}
	log=$work/$name.log
	seeds=$top/tests/fuzz/seeds/$name
	mkdir -p "$work/$name"
	[ -d "$seeds" ] || seeds=
	"$1" -max_total_time="$seconds" -timeout=30 -rss_limit_mb=2048 \
		-max_len="${FUZZ_MAX_LEN:-16384}" -print_final_stats=1 \
		-artifact_prefix="$findings/$name-" "$work/$name" ${seeds:+"$seeds"} >"$log" 2>&1
	status=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	cover=$(sed -n 's/.* cov: \([0-9]*\).*/\1/p' "$log" | tail -n 1)
	printf '%-20s %9s runs, %5s edges, ' "$name" "${runs:-?}" "${cover:-?}"
	if [ "$status" -eq 0 ]; then
		echo ok
		return
	fi
	echo "FAILED (status $status)"
	sed -n 's/.*Test unit written to /    reproducer: /p' "$log"
	grep -E -m 1 'ERROR:|runtime error:|SUMMARY:' "$log" | sed 's/^/    /'
	grep -E '^ +#[0-9]+ ' "$log" | head -n 8
	return 1
}

# They all take the same time: as many as there are processors, then the next.
jobs=$(getconf _NPROCESSORS_ONLN) started=''
tell() {
	for name in $started; do
		wait "$(cat "$work/$name.pid")" || failed=$((failed + 1))
		cat "$work/$name.said"
	done
	started=''
}

for program in "$dir"/fuzz_*; do
	[ -x "$program" ] || continue
	wanted "${program##*/}" "$@" || continue
	ran=$((ran + 1)) name=${program##*/fuzz_}
	fuzz "$program" >"$work/$name.said" &
	echo $! >"$work/$name.pid"
	started="$started $name"
	[ $((ran % jobs)) -eq 0 ] && tell
done
tell
if [ "$ran" -eq 0 ]; then
	echo "fuzz: no program to run in $dir" >&2
	exit 1
fi
echo "$ran fuzz targets for $seconds s each, $failed failed"
[ "$failed" -eq 0 ]
