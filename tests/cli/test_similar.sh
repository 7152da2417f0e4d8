#!/bin/sh
# akin similar: more like a passage, more like a document; without a model.
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"
need_model
docs="$dir/docs"
mkdir -p "$docs/home" "$docs/odd"
section() { # HEADING SENTENCE: in five lines, so long that it is a passage
	printf '# %s\n\n%s\n' "$1" "$2"
	for word in one two three four five six seven eight nine ten; do
		printf 'About the %s in paragraph number %s of this document, which goes on for a while. ' "$1" "$word"
	done
	printf '\n\n'
}
{
	section lease 'The tenant must give three months of notice before moving out of the flat.'
	section bicycles 'A bicycle with a flat tyre stands in the cellar.'
	section pets 'A cat is allowed, but no snakes.'
} >"$docs/home/lease.md"
printf 'Ending a tenancy: write to the landlord three months before you leave the flat.\n' >"$docs/home/notice.txt"
printf 'Das Fahrrad steht im Keller. Der Reifen ist platt.\n' >"$docs/odd/fahrrad.txt"
printf 'Mix flour, water and salt. Let the dough rest overnight, then bake it.\n' >"$docs/odd/bread.txt"
printf 'A name with a colon and a number.\n' >"$docs/odd/note:12"
cp "$docs/odd/bread.txt" "$docs/home/bread copy.txt"
: >"$docs/odd/empty.txt"
run index "$docs"
check_status 0 "index"
cd "$docs" || exit 2

run similar home/notice.txt
check_status 0 "like a document"
check "the nearest comes first" sh -c "head -n 1 '$dir/.out' | grep -q '^home/lease.md:'"
check_not_out '^home/notice.txt' "the document itself is left out"
check "nothing is said" [ ! -s "$dir/.err" ]
run similar home/lease.md:8
check_status 0 "like a passage"
check_err 'compared with lines 6 to 9' "says which passage it took"
check_out '^odd/fahrrad.txt' "finds it in another language"
run similar home/lease.md:8 odd
check "the nearest comes first" sh -c "head -n 1 '$dir/.out' | grep -q '^odd/fahrrad.txt:'"
check_not_out '^home' "WITHIN narrows the search"
run similar --type md --title lease home/notice.txt
check "and so do the flags of a search" sh -c "[ \$(grep -c '^[^ ]' '$dir/.out') -eq 1 ] && grep -q '^home/lease.md:' '$dir/.out'"
run similar --type '!txt' --glob 'odd/**' home/notice.txt
check_not_out 'txt:' "with a value that documents may not have"
run similar --per-doc 9 home/lease.md:8
check_out '^home/lease.md:1 ' "other passages of the document are hits"
check_not_out '^home/lease.md:6 ' "the passage itself is left out"
run similar -k 1 odd/bread.txt
check "-k limits, and a copy is the nearest" sh -c "[ \$(grep -c '^[^ ]' '$dir/.out') -eq 1 ] && grep -q '^home/bread copy.txt:1  1.000' '$dir/.out'"
run similar odd/note:12
check_status 0 "a name that ends in :12"
check_not_out '^odd/note' "is a document"
run similar "$docs/odd/../home/lease.md:3:"
check_status 0 "absolute, with a colon behind, as other programs print it"
"$akin" similar --models "$dir/nowhere" home/notice.txt >"$dir/.out" 2>"$dir/.err"
status=$? out="" err=""
check_status 0 "needs no model"

run similar
check_status 2 "no path"
run similar nosuch.txt
check_error "'nosuch.txt' is not in the index" "a path that is not indexed"
run similar home
check_error "'home' is a folder" "a folder"
run similar home/lease.md:99
check_error "no passage at line 99" "a line that is not there"
run similar home/lease.md:0
check_error "lines are counted from 1" "line 0"
run similar home/lease.md:1:2
check_error "is not in the index" "a COUNT is not taken"
run similar home/lease.md nosuch
check_error "nothing in the index is at" "WITHIN that is not indexed"
run similar --json --jsonl home/lease.md
check_error "one of --json and --jsonl" "formats exclude each other"
run similar odd/fahrrad.txt odd/fahrrad.txt
check_status 1 "nothing but itself: nothing found"
mkdir "$dir/one"
: >"$dir/one/empty.txt"
run index --db "$dir/one.db" "$dir/one"
run similar --db "$dir/one.db" "$dir/one/empty.txt"
check_status 2 "a document without passages"
run help similar
check_out 'PATH\[:LINE\]' "help"

if command -v python3 >/dev/null; then
	run similar --json --per-doc 3 home/notice.txt
	cat >"$dir/check.py" <<'PY'
import json, sys
o = json.load(open(sys.argv[1]))
assert o["query"] == "home/notice.txt" and o["mode"] == "dense" and o["model"].startswith("local/")
hits = o["hits"]
assert [h["rank"] for h in hits] == list(range(1, len(hits) + 1))
assert all(a["score"] >= b["score"] for a, b in zip(hits, hits[1:]))
assert hits[0]["path"].endswith("/home/lease.md") and hits[0]["evidence"] == []
assert o["best_score"] == hits[0]["score"] and o["least_score"] is None, o
PY
	check "the JSON is a search's" python3 "$dir/check.py" "$dir/.out"
	run similar --jsonl -k 2 home/notice.txt
	check "and a line a hit" [ "$(wc -l <"$dir/.out")" -eq 2 ]
else
	echo "# skip the JSON: no python3"
fi
finish
