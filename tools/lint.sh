#!/bin/sh
# tools/lint.sh: what can be said about the sources without running them. Every
# check runs, each in a line; fails when one did.
set -u
cd "$(dirname "$0")/.." || exit 2
jobs=$(getconf _NPROCESSORS_ONLN)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0
parts=
for part in base words store models indexer query ask serve cli; do [ -d "$part" ] && parts="$parts $part"; done

check() { # TITLE COMMAND...
	title=$1
	shift
	if "$@" >"$log" 2>&1; then
		echo "lint: $title: ok"
	else
		failed=$((failed + 1))
		sed 's/^/    /' "$log"
		echo "lint: $title: FAILED"
	fi
}

sources() { # find's tests on the name...
	# shellcheck disable=SC2086 # words are meant to be split
	find $parts tests tools -path tests/cases -prune -o '(' "$@" ')' -type f -print | sort
}

build() { # COMPILER
	make -j "$jobs" CC="$1" FLAVOUR=release tests bench-bins
}

# Each on its own: it includes what it needs. One without a guard is a text that
# others include between definitions.
headers() {
	sources -name '*.h' | xargs grep -l '^#ifndef AKIN_' | xargs -P "$jobs" -I HEADER gcc -std=c17 -Wall -Wextra -Wpedantic -Werror \
		-D_FILE_OFFSET_BITS=64 -I. -fsyntax-only -include HEADER -x c /dev/null
}

static_analysis() {
	mkdir -p build/cppcheck
	# shellcheck disable=SC2086
	cppcheck -q -j "$jobs" --std=c11 --language=c --enable=warning,performance,portability \
		--inline-suppr --suppressions-list=tools/cppcheck.supp --error-exitcode=1 \
		--cppcheck-build-dir=build/cppcheck -D_FILE_OFFSET_BITS=64 -DAKIN_VERSION='"0"' \
		-DAKIN_PREFIX='"/usr"' -I. $parts
}

scripts() {
	grep -rlE --exclude-dir=cases --exclude-dir=seeds '^#!(/bin/sh|.*bash)' .ci tools tests | sort |
		xargs shellcheck -x
}

# We write 100 columns (tabs of four); here 110 is where it ends. No blank at a
# line's end, LF. What a script made (its first line says so) is as it is.
layout() {
	# shellcheck disable=SC2016 # the program is in awk
	sources -name '*.[ch]' | LC_ALL=C xargs awk '
		FNR == 1 { made = /do not edit/ }
		made { next }
		/\r/ { print FILENAME ":" FNR ": CR"; bad = 1 }
		/[ \t]$/ { print FILENAME ":" FNR ": blank at the end"; bad = 1 }
		{
			gsub(/\t/, "    ")
			gsub(/[\200-\277]/, "") # what continues a UTF-8 character
			if (length($0) > 110) {
				print FILENAME ":" FNR ": " length($0) " columns"
				bad = 1
			}
		}
		END { exit bad }'
}

function_length() {
	sources -name '*.[ch]' | xargs tools/function_length.sh 60
}

check "gcc, warnings as errors" build gcc
check "clang, warnings as errors" build clang
check "headers stand alone" headers
check "include directions" tests/cli/test_includes.sh
check "functions of at most 60 lines" function_length
check "layout" layout
check "cppcheck" static_analysis
check "shellcheck" scripts
[ "$failed" -eq 0 ]
