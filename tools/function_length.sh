#!/bin/sh
# tools/function_length.sh [MAX] FILE...: names each function longer than MAX
# lines (default 60), its braces and its head not counted, and fails if there is
# one. It leans on the house's layout: a function's braces stand at the line's start.
set -eu
max=60
case ${1:-} in
[0-9]*)
	max=$1
	shift
	;;
esac
[ $# -gt 0 ] || exit 0
exec awk -v max="$max" '
	FNR == 1 { start = 0 }
	# the line that names it: at the left edge, with a parenthesis
	/^[A-Za-z_].*\(/ {
		head = $0
		sub(/\(.*/, "", head)
		sub(/.*[ *]/, "", head)
	}
	/^\{/ || /^[A-Za-z_].*\)[ \t]*\{$/ { start = FNR }
	/^\}/ && start {
		if (FNR - start - 1 > max) {
			printf "%s:%d: %s is %d lines long (at most %d)\n", FILENAME, start, head, FNR - start - 1, max
			bad = 1
		}
		start = 0
	}
	END { exit bad }' "$@"
