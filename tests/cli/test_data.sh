#!/bin/sh
# The sample documents, queries and judgements are what data/README.md says.
set -u
cd "$(dirname "$0")/../.." || exit 2
export LC_ALL=C
tab=$(printf '\t')
cases=tests/cases/data
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0

check() { # NAME COMMAND...
	name=$1
	shift
	n=$((n + 1))
	if "$@"; then echo "ok $n - $name"; else echo "not ok $n - $name"; fi
}

# nothing on standard input; what is there is shown as a diagnosis
silent() {
	sed 's/^/# /' >"$tmp/said"
	cat "$tmp/said"
	[ ! -s "$tmp/said" ]
}

is_utf16() { [ "$(od -An -tx1 -N2 "$1" | tr -d ' \n')" = fffe ]; }
is_utf8() { iconv -f UTF-8 -t UTF-8 "$1" >"$tmp/discard" 2>&1; }

encoding() {
	if is_utf16 "$1"; then echo UTF-16; elif is_utf8 "$1"; then echo UTF-8; else echo ISO-8859-1; fi
}

enough_files() { [ "$(find data/docs -type f | wc -l)" -ge 40 ]; }
enough_queries() { [ "$(wc -l <data/queries.tsv)" -ge 80 ]; }
enough_paraphrases() { [ "$(grep -c '^p' data/queries.tsv)" -ge 60 ]; }
enough_crossings() { [ "$(grep -c '^x' data/queries.tsv)" -ge 25 ]; }
sixty_everyday() { [ "$(wc -l <data/everyday.tsv)" -eq 60 ]; }
fifty_off_topic() { [ "$(wc -l <data/off-topic.tsv)" -eq 50 ]; }
fields() { awk -F'\t' -v n="$2" 'NF != n || $1 == "" || $2 == "" { print FILENAME ": " $0 }' "$1" | silent; }
unique_ids() { cat data/queries.tsv data/everyday.tsv data/off-topic.tsv | cut -f1 | sort | uniq -d | silent; }
unique_texts() { cat data/queries.tsv data/everyday.tsv data/off-topic.tsv | cut -f2 | sort | uniq -d | silent; }
unique_judgements() { cut -f1,2 data/qrels.tsv | sort | uniq -d | silent; }
grades() { cut -f3 data/qrels.tsv | grep -vx '[12]' | silent; }

paths_exist() {
	cut -f2 data/qrels.tsv | sort -u | while IFS= read -r path; do
		[ -f "data/docs/$path" ] || echo "no such file: $path"
	done | silent
}

judged_ids_exist() {
	awk -F'\t' 'FNR == NR { q[$1]; next } !($1 in q) { print $1 }' \
		data/queries.tsv data/qrels.tsv | silent
}

one_best_each() {
	awk -F'\t' 'FNR == NR { if ($3 == 2) best[$1]++; next } best[$1] != 1 { print }' \
		data/qrels.tsv data/queries.tsv | silent
}

encodings() {
	find data/docs -type f | sort | while IFS= read -r path; do
		found=$(encoding "$path")
		[ "$found" = UTF-8 ] || echo "$found ${path#data/docs/}"
	done >"$tmp/others"
	diff - "$tmp/others" <<-'END' | silent
	UTF-16 company/letters/2025-03-17-annecy.txt
	ISO-8859-1 company/letters/2025-04-02-reklamation-hofer.txt
	ISO-8859-1 household/tenancy/2025-04-28-nebenkosten.txt
	END
}

# a check that cannot fail checks nothing: the same words must be found as shared
shared_words_are_found() {
	echo "Close both valves." >"$tmp/document"
	found=$(awk -v query="Is the Valve leaking?" -f "$cases/shared_words.awk" \
		"$cases/stop-words.txt" "$tmp/document")
	[ "$found" = valve ]
}

paraphrases_share_no_word() {
	awk -F'\t' 'FNR == NR { q[$1] = $2; next }
		$1 ~ /^p/ && $3 == 2 { print $1 "\t" $2 "\t" q[$1] }' \
		data/queries.tsv data/qrels.tsv |
	while IFS="$tab" read -r id path query; do
		iconv -f "$(encoding "data/docs/$path")" -t UTF-8 "data/docs/$path" >"$tmp/document"
		awk -v query="$query" -f "$cases/shared_words.awk" \
			"$cases/stop-words.txt" "$tmp/document" | sed "s|^|$id ($path): |"
	done | silent
}

echo 1..20
check "40 files or more" enough_files
check "80 queries or more" enough_queries
check "60 paraphrases or more" enough_paraphrases
check "25 queries or more in another language" enough_crossings
check "50 questions off the topic" fifty_off_topic
check "60 everyday questions" sixty_everyday
check "queries have two fields" fields data/queries.tsv 2
check "questions off the topic have two fields" fields data/off-topic.tsv 2
check "everyday questions have two fields" fields data/everyday.tsv 2
check "judgements have three fields" fields data/qrels.tsv 3
check "ids are unique" unique_ids
check "texts are unique" unique_texts
check "a document is judged once for a query" unique_judgements
check "grades are 1 or 2" grades
check "every judged path exists" paths_exist
check "every judged id is a query" judged_ids_exist
check "every query has one best document" one_best_each
check "encodings as the README says" encodings
check "shared words are found" shared_words_are_found
check "paraphrases share no content word with their document" paraphrases_share_no_word
