#!/bin/sh
# search, embed, ls, get, rm, status, doctor on a small folder.
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"
need_model
docs="$dir/docs"
mkdir -p "$docs/home" "$docs/odd"
printf '# Lease\n\nThe flat is on the second floor. The tenant must give three months of notice\nbefore moving out. Pets are allowed.\n' >"$docs/home/lease.md"
printf '# Bread\n\nMix flour, water and salt. Let the dough rest overnight, then bake it.\n' >"$docs/home/bread.md"
printf 'Das Fahrrad steht im Keller. Der Reifen ist platt.\n' >"$docs/odd/fahrrad.txt"
printf 'A title\033]0;evil\007 and colour \033[31m in a text about invoices and taxes.\n' >"$docs/odd/esc.txt"
run index "$docs"
check_status 0 "index"
cd "$docs" || exit 2

run search "how long before moving out of an apartment must I say so"
check_status 0 "search finds"
check_out '^home/lease.md:3  [0-9.]* ' "path:line of the evidence, from the working folder"
check "the best comes first" sh -c "head -n 1 '$dir/.out' | grep -q lease"
check_not_out '.\{81,\}' "lines keep to 80 columns"
run search -k 2 x
check "-k limits" [ "$(grep -c '^[^ ].*:[0-9]*  [0-9]' "$dir/.out")" -eq 2 ]
run search "a bicycle with a flat tyre" odd
check "PATH narrows the search" sh -c "! grep -q '^home' '$dir/.out' && head -n 1 '$dir/.out' | grep -q fahrrad"
run search x nosuch
check_error "nothing in the index is at '$docs/nosuch'" "a PATH that is not indexed"
run search ""
check_error "the question is empty" "an empty question"
run search "$(printf 'a\377b')"
check_error "not valid UTF-8" "a question that is no UTF-8"
run search
check_error "what do you look for" "no question"
run search --json --jsonl x
check_error "one of --json and --jsonl" "formats exclude each other"
run search --run x
check_error "belong together" "--run without --batch"
printf 'bread dough\n' | "$akin" search - >"$dir/.out" 2>"$dir/.err"
status=$? out="" err=""
check_status 0 "a question from stdin"
check "finds as well" sh -c "head -n 1 '$dir/.out' | grep -q bread"

run search "taxes" odd
check "no escape sequence passes" sh -c "! LC_ALL=C grep -q '[[:cntrl:]]' '$dir/.out'"
run search --full "taxes" odd
check "nor with --full" sh -c "! LC_ALL=C grep -q '[[:cntrl:]]' '$dir/.out'"
run search --color always "months of notice"
check_out "$(printf '\033')\[1;4m.*notice" "the matching sentence is marked"
NO_COLOR=1 "$akin" search "months of notice" >"$dir/.out" 2>&1
check_not_out "$(printf '\033')" "NO_COLOR"
CLICOLOR_FORCE=1 "$akin" search "months of notice" >"$dir/.out" 2>&1
check_out "$(printf '\033')" "CLICOLOR_FORCE"

run search --mode lexical tenant
check_status 0 "lexical finds"
check "only what holds the word" [ "$(grep -c '^[^ ]' "$dir/.out")" -eq 1 ]
run search --mode lexical xyzzyplugh
check_status 1 "nothing found is 1"
check "and nothing was taken for it" sh -c "! grep -q 'searched for' '$dir/.err'"

run search --mode lexical tennant
check_status 0 "a misspelt word finds"
check_out '^home/lease.md' "what has the word that was meant"
check "one line says so" [ "$(cat "$dir/.err")" = "akin: no 'tennant' here; searched for 'tenant' as well" ]
run search --mode lexical --explain "tennant notice"
check_err 'tennant: not in the index, taken for tenant: 1 passages' "--explain names both"
check "and says it once" [ "$(grep -c tennant "$dir/.err")" -eq 1 ]
run search --mode lexical --json --explain "tennant notice"
check_out '"taken_for":.*"tenant"' "JSON has it"
check_out '"taken_for":.*null' "and null for a word that is there"
check "JSON alone is on its own" [ ! -s "$dir/.err" ]
run search --mode lexical --quiet tennant
check "--quiet" [ ! -s "$dir/.err" ]
run search --mode lexical "tennant braed"
check_status 1 "where nothing is known, nothing is taken for another word"

run search --json --mode lexical xyzzyplugh
check_out '"hits":.*\[\]' "no hits in JSON are an empty list"
check_status 1 "and the status is 1"

if command -v python3 >/dev/null; then
	run search --json "three months notice"
	cat >"$dir/check.py" <<'PY'
import json, sys
o = json.load(open(sys.argv[1]))
assert o["schema"] == 2 and o["mode"] == "hybrid" and o["model"].startswith("local/")
h = o["hits"][0]
for key in ("rank score path title line_start line_end page byte_start byte_end heading snippet "
            "scores evidence").split():
    assert key in h, key
source = open(h["path"], "rb").read()
assert len(h["evidence"]) == 1
e = h["evidence"][0]
assert source[e["start"]:e["end"]].decode() == e["text"], e
assert "notice" in e["text"] and e["line"] == 3 and e["page"] is None, e
assert o["hits"][1]["evidence"] == [], o["hits"][1]
assert h["page"] is None and h["scores"]["lexical"] > 0 and h["scores"]["fused"]
assert [x["rank"] for x in o["hits"]] == list(range(1, len(o["hits"]) + 1))
PY
	check "the JSON has its fields, and its evidence stands in the source" \
		python3 "$dir/check.py" "$dir/.out"
	run search --jsonl "three months notice"
	check "a JSON object a line" python3 -c \
		"import json,sys; [json.loads(l) for l in open('$dir/.out')]"
	run embed "one text" "another"
	check "embed gives an OpenAI reply" python3 -c "
import json, math
o = json.load(open('$dir/.out'))
assert o['object'] == 'list' and [d['index'] for d in o['data']] == [0, 1]
assert all(abs(math.fsum(x * x for x in d['embedding']) - 1) < 1e-5 for d in o['data'])
assert o['usage']['total_tokens'] == o['usage']['prompt_tokens'] > 0"
	run ls --json
	check "ls --json" python3 -c "
import json
o = json.load(open('$dir/.out')); assert len(o) == 4 and all(d['chunks'] == 1 for d in o)"
	run status --json
	check "status --json" python3 -c "
import json
o = json.load(open('$dir/.out')); assert o['documents'] == 4 and o['failed_chunks'] == 0"
fi
run embed ""
check_error "text 1 is empty" "embed refuses an empty text"
run embed --query --passage x
check_error "one of" "embed: two kinds"
printf 'one\n\nthree\n' | "$akin" embed - >"$dir/.out" 2>"$dir/.err"
status=$? out="" err=""
check_error "text 2 is empty" "embed names the empty line"

printf 'q1\tmoving out of a flat\nq2\tbaking\n' >"$dir/q.tsv"
printf 'qid\tdoc\tgrade\nq1\tlease\t1\nq2\tbread\t2\nq2\tesc\t0\n' >"$dir/r.tsv"
run search --batch "$dir/q.tsv" --run
check "--run: a line a document and question" [ "$(wc -l <"$dir/.out")" -eq 8 ]
check_out "^q1	$docs/home/lease.md	[0-9.]*$" "--run: qid, path, score"
run search --batch "$dir/q.tsv" --run --run-ids stem
check_out "^q2	bread	-\?[0-9]" "--run-ids stem"
run search --batch "$dir/q.tsv" --run --run-ids relative -k 1
check_out "^q2	home/bread.md	-\?[0-9]" "--run-ids relative"
printf 'no tab\n' >"$dir/bad.tsv"
run search --batch "$dir/bad.tsv" --run
check_error "line 1" "a bad line of a batch is named"
run search --batch "$dir/none.tsv" --run
check_error "none.tsv" "a batch that is not there"
printf 'q1\tbread\nq2\tlease\nq1\tagain\n' >"$dir/twice.tsv"
run search --batch "$dir/twice.tsv" --run
check_error "line 3: question 'q1' is there twice" "a batch with a question twice"

run ls
check_out '^     1  home/bread.md$' "ls"
run ls odd
check "ls PATH" [ "$(wc -l <"$dir/.out")" -eq 2 ]
run ls nosuch
check_error "nosuch" "ls of what is not there"
check "ls -0" [ "$("$akin" ls -0 | tr '\0' '\n' | grep -c "^$docs/")" -eq 4 ]

run get home/lease.md:3
check_out '^The flat is on' "get PATH:LINE"
check "one line" [ "$(wc -l <"$dir/.out")" -eq 1 ]
run get home/lease.md:3:2
check "get PATH:LINE:COUNT" [ "$(wc -l <"$dir/.out")" -eq 2 ]
run get home/lease.md
check "get PATH is the file" cmp "$dir/.out" home/lease.md
run get home/lease.md:99
check_error "has no line 99" "a line that is not there"
run get home/lease.md:0
check_error "counted from 1" "line 0"
run get home/lease.md:3:
check_out '^The flat' "get of a place as compilers print it"
run get /etc/passwd
check_error "is not in the index" "get refuses what is not indexed"
printf 'changed\n' >home/bread.md
run get home/bread.md
check_out 'Mix flour' "a changed file: what was indexed"
check_err 'has changed since' "and that is said"
rm odd/fahrrad.txt
run get odd/fahrrad.txt
check_out 'Der Reifen ist platt' "a file that is gone: what was indexed"
run search --json -k 1 "Reifen platt" odd/fahrrad.txt
check_out '"start":	null' "no evidence offsets in a file that is gone"
mkdir "$dir/ends"
printf '# Boats\r\n\r\nThe boat is red.\r\nThe oars are kept\r\nin the shed.\r\nNobody rows.\r\n' >"$dir/ends/boat.md"
printf 'Les rames sont rang\351es dans la cabane \340 outils.\nPersonne ne rame.\n' >"$dir/ends/rames.txt"
run index -q --db "$dir/ends.db" "$dir/ends"
run search --json -k 1 --db "$dir/ends.db" "oars kept in the shed" "$dir/ends/boat.md"
evidence() { # FIELD: this number of each evidence, a line each
	sed -n '/"evidence"/,/]/s/.*"'"$1"'":[^0-9]*\([0-9]*\).*/\1/p' "$dir/.out"
}
cut_out() { # FILE: the bytes that the evidence names
	tail -c "+$(($(evidence start) + 1))" "$1" | head -c "$(($(evidence end) - $(evidence start)))"
}
printf 'The oars are kept\r\nin the shed.' >"$dir/wanted"
cut_out "$dir/ends/boat.md" >"$dir/cut"
check "evidence stands in a source with CR LF" cmp "$dir/cut" "$dir/wanted"
check_out '"text":.*"The oars are kept\\nin the shed\."' "and its text has line ends of its own"
check "and its line" [ "$(evidence line)" = 4 ]
run search --json -k 1 --db "$dir/ends.db" "les rames dans la cabane" "$dir/ends/rames.txt"
check_out '"text":	"Les rames sont rangées' "evidence of a Latin-1 source has its text"
check_out '"start":	null' "but no offsets"

{
	printf 'A fee of two euros is charged for parking in the yard.\r\n\r\n'
	for sentence in 'The mill has stood by the river for centuries.' 'Its wheel is made of oak.' \
		'Nobody has seen it turn for years.' 'Children play there in the long evenings of June.'; do
		printf '%s %s\r\n\r\n' "$sentence" 'The path along the water is closed in winter.'
	done
	printf 'The penalty for parking longer is nine euros.\r\n'
} >"$dir/ends/mill.md"
run index -q --db "$dir/ends.db" "$dir/ends"
run search --json -k 1 --db "$dir/ends.db" "parking fee and parking penalty" "$dir/ends/mill.md"
check "two sentences of a passage" [ "$(evidence line | tr '\n' ' ')" = "1 11 " ]
starts=$(evidence start) ends=$(evidence end)
tail -c "+$((${starts##*[!0-9]} + 1))" "$dir/ends/mill.md" |
	head -c "$((${ends##*[!0-9]} - ${starts##*[!0-9]}))" >"$dir/cut"
check "the second stands in the source" \
	[ "$(cat "$dir/cut")" = "The penalty for parking longer is nine euros." ]
run search -k 1 --color always --db "$dir/ends.db" "parking fee and parking penalty" \
	"$dir/ends/mill.md"
check "both are marked in text" [ "$(grep -c "$(printf '\033')\[1;4m" "$dir/.out")" -eq 2 ]
check_out " … " "with what was left out between them"
run search --json --db "$dir/ends.db" --per-doc 9 mill "$dir/ends/mill.md"
check "one passage by default" [ "$(grep -c '"rank"' "$dir/.out")" -eq 1 ]
run index -q --db "$dir/ends.db" --chunk-tokens 40 "$dir/ends"
run search --json --db "$dir/ends.db" --per-doc 9 mill "$dir/ends/mill.md"
check "--chunk-tokens makes shorter ones" [ "$(grep -c '"rank"' "$dir/.out")" -ge 3 ]
run index --db "$dir/ends.db" --chunk-tokens 3 "$dir/ends"
check_error "--chunk-tokens" "but not of three"

run doctor
check_status 0 "doctor is content"
check_out '1 files have changed.* 1 are gone' "doctor counts changed files"
run search --model local/other x
check_error "was made with 'local/multilingual-e5-small', not 'local/other'" "another model is refused"

run rm odd
check_status 0 "rm"
check_err 'took 2 documents and 0 roots' "rm says how many"
check "the files stay" test -e odd/esc.txt
run rm odd
check_status 1 "rm of nothing is 1"
run rm "$docs"
check_err 'took 2 documents and 1 root out' "rm of a root"
run search "anything"
check_status 1 "searching an empty index finds nothing"
check_err 'the index is empty' "and says why"
run ls
check_status 1 "ls of an empty index"

AKIN_BASE_URL=http://127.0.0.1:9/v1 "$akin" embed x >"$dir/.out" 2>"$dir/.err"
status=$? out="" err=""
check_status 0 "a server in the environment is none for the embedded model"
run embed --base-url http://127.0.0.1:9/v1 --model local/multilingual-e5-small x
check_error "no base URL" "but one that is asked for is an error"
AKIN_MODELS="" "$akin" model path nosuchmodel >"$dir/.out" 2>"$dir/.err"
status=$? out="" err=$(cat "$dir/.err")
check_error "nosuchmodel" "a model that is not there"
finish
