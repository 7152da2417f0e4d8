#!/bin/sh
# tests/bench/run.sh BUILD [NAME...]: runs the bench programs of a build and the
# scripts tests/bench/bench_*.sh (or those whose name contains NAME), and prints
# one table. A bench writes a line a figure, fields divided by tabs:
#   WHAT  VALUE  UNIT  [NOTE]
# Other lines are shown as they are, under the table. A script finds the build in
# $AKIN_BUILD; one that lacks what it needs says so on stderr and ends with 77.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${1:?usage: tests/bench/run.sh BUILD [NAME...]}" && pwd) || exit 2
shift
cd "$top" || exit 2
export AKIN_BUILD="$build" LC_ALL=C.UTF-8
unset OVHCLOUD_API_KEY AKIN_DB AKIN_MODEL XDG_CONFIG_HOME
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
failed=0

wanted() { # FILE NAME...
	file=$1
	shift
	[ $# -eq 0 ] && return 0
	for name; do case $file in *"$name"*) return 0 ;; esac; done
	return 1
}

: >"$work/all"
for bench in "$build"/bench/bench_* tests/bench/bench_*.sh; do
	[ -x "$bench" ] || continue
	name=${bench##*/bench_}
	wanted "$name" "$@" || continue
	echo "bench: ${name%.sh}" >&2
	"$bench" >"$work/out" </dev/null
	status=$?
	sed "s/^/${name%.sh}	/" "$work/out" >>"$work/all"
	if [ "$status" -eq 77 ]; then
		echo "bench: ${name%.sh} skipped" >&2
	elif [ "$status" -ne 0 ]; then
		echo "bench: ${name%.sh} ended with status $status" >&2
		failed=$((failed + 1))
	fi
done

awk -F '\t' '
	BEGIN { rows = others = 0 }
	# to the width of its column; figures to the right
	function pad(r, i) { return sprintf("%" (i == 3 ? "" : "-") width[i] "s", cell[r, i]) }
	NF >= 4 {
		for (i = 1; i <= 4; i++) {
			cell[rows, i] = $i
			if (length($i) > width[i])
				width[i] = length($i)
		}
		note[rows++] = $5
		next
	}
	{ other[others++] = $0 }
	END {
		for (r = 0; r < rows; r++)
			print pad(r, 1) "  " pad(r, 2) "  " pad(r, 3) " " pad(r, 4) "  " note[r]
		for (i = 0; i < others; i++)
			print other[i]
	}' "$work/all"
[ "$failed" -eq 0 ] && [ -s "$work/all" ]
