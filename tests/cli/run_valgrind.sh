#!/bin/sh
# tests/cli/run_valgrind.sh AKIN: `akin index` and `akin search` under valgrind, on
# a few small files with the embedded model. Fails on an invalid read, a jump on an
# uninitialised value, or memory that is lost. Not part of `make check`: slow.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
akin=${1:-$top/build/release/akin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset OVHCLOUD_API_KEY AKIN_DB AKIN_MODEL
# threads take turns under valgrind; and one kernel of OpenBLAS that it knows
export XDG_CONFIG_HOME="$work/config" OPENBLAS_NUM_THREADS=1 OPENBLAS_CORETYPE=Haswell

mkdir "$work/docs"
printf '# Lease\n\n## Notice\n\nEither side may end the lease with three months of notice.\n' \
	>"$work/docs/lease.md"
printf '<html><head><title>Soup</title></head><body><p>Leeks, potatoes, salt.</p></body></html>\n' \
	>"$work/docs/soup.html"
printf '{"name": "router", "address": "10.0.0.1"}\n' >"$work/docs/network.json"
printf 'int half(int n)\n{\n\treturn n / 2;\n}\n' >"$work/docs/half.c"
printf '日本語の文書です。水を出します。\n' >"$work/docs/ja.txt"
printf 'caf\351 cr\350me\n' >"$work/docs/latin1.txt"
: >"$work/docs/empty.txt"

checked() { # AKIN'S ARGUMENTS...
	status=0
	valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect \
		--errors-for-leak-kinds=definite,indirect --suppressions="$top/tests/support/valgrind.supp" \
		"$akin" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
	if [ "$status" -ne 0 ]; then
		cat "$work/out" "$work/err" >&2
		echo "not ok - valgrind: akin $1 ended with status $status"
		exit 1
	fi
	echo "ok - valgrind: akin $1"
}

checked index --db "$work/a.db" --model local/multilingual-e5-small "$work/docs"
echo 'a second version' >>"$work/docs/soup.html"
rm "$work/docs/half.c"
checked index --db "$work/a.db" "$work/docs"
checked search --db "$work/a.db" "how long before I can move out"
checked search --db "$work/a.db" --jsonl "potage"
