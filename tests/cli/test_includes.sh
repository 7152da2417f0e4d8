#!/bin/sh
# Holds the sources against the house's table (DESIGN.md): which part may include
# which, and which file is the home of each library. First on made-up trees, so
# that a check that no longer finds anything fails.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0 failed=0

# A part and those below it that it may include besides itself.
parts='
base
words base
store words base
models base
indexer models store words base
query models store words base
ask query models store words base
serve ask indexer query models store words base
cli serve ask indexer query models store words base
'

# A library header's prefix, and the files that may include it (extended regular
# expressions of the whole path).
homes='
curl/       models/remote/http\.c
sqlite3     store/.*
cblas       base/blas\.c
openblas    base/blas\.c
f77blas     base/blas\.c
cjson/      base/json.*\.[ch] indexer/extract/notebook\.c models/.* cli/.* serve/.* query/present.* ask/.*
unicode/    words/.*\.c base/(sentence|boundaries|fold|pattern)\.[ch] indexer/extract/(encoding|decode|code_page)\.c cli/cmd_version\.c
libstemmer  words/stem\.c
xxhash      base/hash\.c cli/cmd_version\.c
libxml/     indexer/extract/xml\.c
archive     indexer/extract/unpack\.c
microhttpd  serve/.*\.c
dlfcn       base/blas\.c indexer/extract/(unpack|xml)\.c models/remote/http\.c models/image_scale\.c cli/line_edit\.c
cmocka      none
'

tap() { # STATUS TITLE [FILE with the reasons]
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		failed=1
		echo "not ok $n - $2"
		[ -n "${3:-}" ] && sed 's/^/# /' "$3"
	fi
}

# Prints the violations of a tree, a line each, "FILE:LINE: what is wrong". The
# names of its sources are known before their lines are read.
violations() { # TREE
	(
		cd "$1" || exit
		find . -name '*.[ch]' -type f | sed 's|^\./||' | grep -vE '^(build|data|tests|tools)/' |
			sort >"$work/files"
		# shellcheck disable=SC2016,SC2094 # the program is in awk; both only read the list
		xargs env parts="$parts" homes="$homes" names="$(cat "$work/files")" awk '
		BEGIN {
			n = split(ENVIRON["parts"], row, "\n")
			for (i = 1; i <= n; i++) {
				k = split(row[i], word, " ")
				for (j = 1; j <= k; j++)
					may[word[1], word[j]] = known[word[1]] = 1
			}
			n_homes = split(ENVIRON["homes"], home, "\n")
			n = split(ENVIRON["names"], row, "\n")
			for (i = 1; i <= n; i++)
				exists[row[i]] = 1
		}
		function fault(what) { print FILENAME ":" FNR ": " what }
		function library(name, i, j, k, word) {
			for (i = 1; i <= n_homes; i++) {
				k = split(home[i], word, " ")
				if (!k || index(name, word[1]) != 1)
					continue
				for (j = 2; j <= k; j++)
					if (FILENAME ~ "^(" word[j] ")$")
						return
				fault("<" name "> is not for this file")
			}
		}
		function project(name, other) {
			other = name
			sub(/\/.*/, "", other)
			if (name == FILENAME)
				fault("includes itself")
			else if (!(name in exists))
				fault("\"" name "\" is no source, by its path from the top")
			else if (!((part, other) in may))
				fault(part " may not include " other " (\"" name "\")")
		}
		FNR == 1 {
			part = own = guard = FILENAME
			sub(/\/.*/, "", part)
			sub(/c$/, "h", own)
			sub(/\.h$/, "_h", guard)
			gsub(/[\/-]/, "_", guard)
			guard = "AKIN_" toupper(guard)
			includes = conditions = 0
			if (!(part in known))
				fault("\"" part "\" is no part of the house")
		}
		/^[ \t]*#[ \t]*ifndef/ && FILENAME ~ /\.h$/ && !conditions++ && $NF != guard {
			fault("the guard is not " guard)
		}
		/^[ \t]*#[ \t]*include[ \t]*["<]/ {
			name = $0
			sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
			angle = substr(name, 1, 1) == "<"
			name = substr(name, 2)
			name = substr(name, 1, index(name, angle ? ">" : "\"") - 1)
			if (!includes++ && FILENAME ~ /\.c$/ && own in exists && name != own)
				fault("does not include \"" own "\" first")
			if (angle)
				library(name)
			else
				project(name)
		}
		# loaded at run time instead of included
		/"libopenblas/ && FILENAME != "base/blas.c" { fault("loads OpenBLAS") }
		/"libcurl/ && FILENAME != "models/remote/http.c" { fault("loads libcurl") }
		' <"$work/files"
	)
}

made_up() { # writes a tree without a fault, under $work/tree
	rm -rf "$work/tree"
	mkdir -p "$work/tree/base" "$work/tree/store" "$work/tree/models/remote" "$work/tree/indexer" \
		"$work/tree/query" "$work/tree/cli" "$work/tree/tests"
	for file in base/err store/store models/remote/http indexer/walk query/scan; do
		guard=AKIN_$(echo "$file" | tr 'a-z/' 'A-Z_')_H
		printf '#ifndef %s\n#define %s\n#endif\n' "$guard" "$guard" >"$work/tree/$file.h"
		printf '#define _GNU_SOURCE\n#include "%s.h"\n#include <stdio.h>\n' "$file" >"$work/tree/$file.c"
	done
	echo '#include <sqlite3.h>' >>"$work/tree/store/store.c"
	echo '#include <curl/curl.h>' >>"$work/tree/models/remote/http.c"
	printf '#include <stdio.h>\n#include "query/scan.h"\n#include "base/err.h"\n' >"$work/tree/cli/main.c"
	printf '#ifndef AKIN_QUERY_TOPK_H\n#define AKIN_QUERY_TOPK_H\n#endif\n' >"$work/tree/query/topk.h"
	echo '#include "../base/err.h"' >"$work/tree/tests/free.c"
}

caught() { # TITLE FILE LINE...: these lines, added to FILE of the made-up tree, are a violation
	title=$1 at=$2
	shift 2
	made_up
	mkdir -p "$work/tree/${at%/*}"
	printf '%s\n' "$@" >>"$work/tree/$at"
	violations "$work/tree" >"$work/found"
	grep -q "^$at:" "$work/found" && [ "$(wc -l <"$work/found")" -eq 1 ]
	tap $? "caught: $title" "$work/found"
}

made_up
violations "$work/tree" >"$work/found"
[ ! -s "$work/found" ]
tap $? "a made-up tree without a fault has no violation" "$work/found"
caught "base includes store" base/err.c '#include "store/store.h"'
caught "a header includes upwards" store/store.h '#include "query/scan.h"'
caught "indexer includes query" indexer/walk.c '#include "query/scan.h"'
caught "query includes indexer" query/scan.c '# include "indexer/walk.h"'
caught "store includes models" store/store.c '#include "models/remote/http.h"'
caught "models includes store" models/remote/http.c '#include "store/store.h"'
caught "the archive includes the command" query/scan.c '#include "cli/main.c"'
caught "sources include tests" query/scan.c '#include "tests/free.c"'
caught "curl away from home" models/remote/http.h '#include <curl/easy.h>'
caught "SQLite away from home" query/scan.c '	#include <sqlite3.h>'
caught "BLAS away from home" query/scan.c '#include <cblas.h>'
caught "BLAS loaded away from home" query/scan.c 'x = dlopen("libopenblas.so.0", 0);'
caught "cJSON away from home" store/store.c '#include <cjson/cJSON.h>'
caught "ICU away from home" cli/main.c '#include <unicode/ubrk.h>'
caught "Snowball away from home" store/store.c '#include <libstemmer.h>'
caught "store includes query" store/store.c '#include "query/scan.h"'
caught "a header that includes itself" base/err.h '#include "base/err.h"'
caught "a path that is not from the top" query/scan.c '#include "scan.h"'
caught "its own header not first" query/topk.c '#include <stdio.h>' '#include "query/topk.h"'
caught "a wrong guard" query/rank.h '#ifndef RANK_H' '#define RANK_H' '#endif'
caught "a part that is not in the table" util/any.c '#include <stdio.h>'

violations "$top" >"$work/found"
[ ! -s "$work/found" ]
tap $? "the tree has no violation" "$work/found"

# everything but main() is in the archive that the program and the tests link
archive=${AKIN_BUILD:-$top/build/release}/libakin.a
if [ -f "$archive" ]; then
	(cd "$top" && for part in base words store models indexer query ask serve cli; do
		[ -d "$part" ] && find "$part" -name '*.c' ! -path cli/main.c
	done) | sed 's|.*/||; s|c$|o|' | sort >"$work/wanted"
	ar t "$archive" | sort >"$work/there"
	diff "$work/wanted" "$work/there" >"$work/found"
	tap $? "the archive holds every source but main.c" "$work/found"
else
	n=$((n + 1))
	echo "ok $n - the archive holds every source but main.c # skip no archive is built"
fi
echo "1..$n"
exit "$failed"
