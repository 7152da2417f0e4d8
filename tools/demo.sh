#!/bin/sh
# tools/demo.sh: from a bare machine to three searches. Installs what the build
# needs, builds, indexes data/docs with the embedded model (no network, no key)
# and searches. Also a check: it fails when a best answer is not the expected one.
set -eu

# A query, and the document that must answer it best. No query shares a content
# word with its answer; one is in another language.
searches='Can employees telecommute from overseas?|data/docs/company/policies/remote-work.md
Are we protected from inundation?|data/docs/household/insurance/contents-policy.md
出産の前後に何週間休めますか|data/docs/company/policies/parental-leave.md'
model=local/multilingual-e5-small

top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
demo=$top/build/demo
akin=$top/build/release/akin

# what the caller's own set-up would change
unset OVHCLOUD_API_KEY AKIN_DB AKIN_MODEL AKIN_MODELS
export XDG_CONFIG_HOME="$demo/config"

sh tools/deps.sh
echo "demo: building build/release/akin"
rm -rf "$demo"
mkdir -p "$demo"
make -j "$(getconf _NPROCESSORS_ONLN)" FLAVOUR=release all >"$demo/build.log" 2>&1 || {
	cat "$demo/build.log" >&2
	exit 1
}
echo
echo "\$ akin index --db build/demo/demo.db --model $model data/docs"
"$akin" index --db "$demo/demo.db" --model "$model" data/docs

failed=0
search() { # QUERY DOCUMENT
	echo
	echo "\$ akin search --db build/demo/demo.db \"$1\""
	"$akin" search --db "$demo/demo.db" "$1" </dev/null >"$demo/found" || failed=$((failed + 1))
	head -n 12 "$demo/found"
	"$akin" search --db "$demo/demo.db" --jsonl "$1" </dev/null >"$demo/found" || true
	best=$(sed -n '1s/.*"path": *"\([^"]*\)".*/\1/p' "$demo/found")
	case $best in
	*"$2") echo "demo: $2 is the best answer, as it should be" ;;
	*)
		echo "demo: expected $2 as the best answer, found '$best'" >&2
		failed=$((failed + 1))
		;;
	esac
}

while IFS='|' read -r query document; do
	search "$query" "$document"
done <<END
$searches
END

echo
if [ "$failed" -gt 0 ]; then
	echo "demo: the searches did not give the expected answers" >&2
	exit 1
fi
echo "demo: done; try  build/release/akin search --db build/demo/demo.db \"your question\""
