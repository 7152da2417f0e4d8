#!/bin/sh
# akin eval: the user's questions, questions made of the index, tuning.
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/support/wait.sh
. "$(dirname "$0")/../support/wait.sh"
need_model
docs="$dir/docs"
mkdir -p "$docs/home"
cat >"$docs/home/lease.md" <<'END'
# The lease of our flat

## Giving notice

The tenant must give three whole months of written notice before he moves out again.

## Pets and plants

Cats and small dogs are allowed in every room as long as no neighbour complains about it.
END
cat >"$docs/home/bread.md" <<'END'
# Bread from a cold oven

## Resting the dough

Let the dough rest over night in a cold place and bake it slowly early the next morning.

## See also

Nothing.
END
printf 'A bicycle with a flat tyre stands in the cellar and waits there for somebody to mend it.\n' \
	>"$docs/cycle.txt"
run index "$docs"
check_status 0 "index"

printf 'q1\tmoving out of a flat\nq2\tbaking\n' >"$dir/q.tsv"
printf 'qid\tdoc\tgrade\nq1\tlease\t1\nq2\tbread\t2\nq2\tcycle\t0\n' >"$dir/r.tsv"
run eval --queries "$dir/q.tsv" --qrels "$dir/r.tsv"
check_status 0 "eval"
check_out '^ *hybrid  *dense  *lexical$' "the modes stand side by side"
check_out '^nDCG@10  *[01]\.[0-9]* ± 0\.[0-9]*  *1\.0000 ± 0\.0000  *[01]\.[0-9]* ± 0\.[0-9]*$' "nDCG@10, with errors"
check "the four measures" [ "$(grep -cE '^(nDCG@10|MRR@10|recall@10|recall@100)  ' "$dir/.out")" -eq 4 ]
check_out '^nDCG@10 - hybrid  *[+-]0\.[0-9]* ± 0\.[0-9]*  *[+-]0\.[0-9]* ± ' "and what they differ by"
check_out '^questions  *2$' "and the number of questions"
check_err 'by stem: 2 of 2' "it says how documents are named"
run eval --queries "$dir/q.tsv" --qrels "$dir/r.tsv" --mode dense
check_out '^nDCG@10  *1\.0000 ± 0\.0000$' "one mode"
check_not_out 'lexical' "and no other"
printf 'q3\tbread\t1\n' >>"$dir/r.tsv"
run eval --queries "$dir/q.tsv" --qrels "$dir/r.tsv" --mode dense
check_out '^nDCG@10  *0\.6667 ± 0\.3333$' "a question without text counts as 0"
check_err '1 judged questions have no text' "and is said"
printf 'q1\tmoving out of a flat\n' >"$dir/one.tsv"
printf 'q1\tlease\t1\n' >"$dir/one_r.tsv"
run eval --queries "$dir/one.tsv" --qrels "$dir/one_r.tsv" --mode dense
check_out '^nDCG@10  *1\.0000$' "one question has no error"

printf 'q1\tunknown\t1\n' >"$dir/none_r.tsv"
run eval --queries "$dir/q.tsv" --qrels "$dir/none_r.tsv"
check_error "none of the 1 documents" "other documents"
run eval --queries "$dir/q.tsv"
check_error "both" "no judgements"
printf 'q1\tbread\nq2\tlease\nq1\tagain\n' >"$dir/twice.tsv"
run eval --queries "$dir/twice.tsv" --qrels "$dir/r.tsv"
check_error "line 3: question 'q1' is there twice" "a question twice"
: >"$dir/none.tsv"
run eval --queries "$dir/none.tsv" --qrels "$dir/r.tsv"
check_error "no questions in" "no questions"
printf 'other\ttext\n' >"$dir/other.tsv"
run eval --queries "$dir/other.tsv" --qrels "$dir/r.tsv"
check_error "none of the 3 judged questions has a text" "questions without judgements"

run eval --auto
check_status 0 "--auto"
check_out '^nDCG@10, sentences  ' "sentences"
check_out '^nDCG@10, headings  ' "headings"
check_err 'flatters lexical search' "and what they are worth"
cp "$dir/.out" "$dir/first"
run eval --auto
check "the same index gives the same questions" cmp "$dir/first" "$dir/.out"
run eval --auto -n 3 --mode lexical
check_out '^questions  *3$' "-n"
run eval --auto --queries "$dir/q.tsv" --qrels "$dir/r.tsv"
check_error "leave --queries and --qrels out" "--auto and files"
run eval --queries "$dir/q.tsv" --qrels "$dir/r.tsv" -n 3
check_error "for --auto" "-n without --auto"

run eval --queries "$dir/q.tsv" --qrels "$dir/r.tsv" --tune
check_error "too few for --tune" "too few questions to tune"
run eval --queries "$dir/q.tsv" --qrels "$dir/r.tsv" --dry-run
check_error "for --tune" "--dry-run without --tune"
run eval --auto --tune
check_error "favour lexical search" "no weight is stored from made questions"
run eval --queries "$dir/q.tsv" --qrels "$dir/r.tsv" --tune --mode dense
check_error "leave --mode out" "--tune and --mode"
# No weight makes a difference to these: nothing is stored. What is stored when one does is
# test_tune's and test_evaluate's; here it is put there by hand.
: >"$dir/t.tsv"
: >"$dir/t_r.tsv"
i=0
while [ $i -lt 8 ]; do
	i=$((i + 1))
	printf 'a%s\tkneading and baking a sourdough loaf for somebody\n' $i >>"$dir/t.tsv"
	printf 'a%s\tcycle\t1\n' $i >>"$dir/t_r.tsv"
	printf 'b%s\trenting a home and signing the contract this morning\n' $i >>"$dir/t.tsv"
	printf 'b%s\tbread\t1\n' $i >>"$dir/t_r.tsv"
	printf 'c%s\triding a bike downhill while everybody complains\n' $i >>"$dir/t.tsv"
	printf 'c%s\tlease\t1\n' $i >>"$dir/t_r.tsv"
done
run eval --queries "$dir/t.tsv" --qrels "$dir/t_r.tsv" --tune --dry-run
check_status 0 "--tune --dry-run"
check_out '^lexical weight  *nDCG@10$' "the weights"
check_out '^gain  *[+-]0\.[0-9]* ± ' "and the gain"
run eval --queries "$dir/t.tsv" --qrels "$dir/t_r.tsv" --json
check_out '"tuned_weight":	null' "indeed"
run eval --queries "$dir/t.tsv" --qrels "$dir/t_r.tsv" --tune
check_err 'no weight beats the default' "--tune says why it stores nothing"
sqlite3 "$XDG_DATA_HOME/akin/akin.db" "INSERT INTO facts VALUES('lexical_weight', 1.5), ('tuned_questions', 24)"
run eval --queries "$dir/t.tsv" --qrels "$dir/t_r.tsv" --json
check_out '"tuned_weight":	[0-9]' "and the next run has it"
check_err "own lexical weight" "and says so"
if command -v python3 >/dev/null; then
	run eval --queries "$dir/t.tsv" --qrels "$dir/t_r.tsv" --tune --dry-run --json
	cat >"$dir/check.py" <<'PY'
import json, sys
o = json.load(open(sys.argv[1]))
assert o["schema"] == 2 and o["model"].startswith("local/")
assert [m["mode"] for m in o["modes"]] == ["hybrid", "dense", "lexical"]
for m in o["modes"]:
    for key in ("ndcg_10", "mrr_10", "recall_10", "recall_100", "map"):
        assert 0 <= m[key]["mean"] <= 1 and m[key]["error"] >= 0, key
t = o["tuning"]
assert t["best"] in [w["weight"] for w in t["weights"]] and t["stored"] is False
assert abs(t["held_out"]["mean"] - t["at_default"]["mean"] - t["gain"]["mean"]) < 1e-9
PY
	check "the JSON has its fields" python3 "$dir/check.py" "$dir/.out"
fi
run eval --untune
check_status 0 "--untune"
run eval --queries "$dir/t.tsv" --qrels "$dir/t_r.tsv" --json
check_out '"tuned_weight":	null' "forgets it"
run eval --untune --auto
check_error "give it alone" "--untune and questions"

# With an endpoint every question goes once, however many modes and weights there are, and
# what goes, where, and for how much is said before.
"$AKIN_BUILD/standin" --port-file "$dir/port" --log "$dir/sent" 2>/dev/null &
standin=$!
trap 'kill $standin 2>/dev/null; rm -rf "$dir"' EXIT
until_written "$dir/port"
host=127.0.0.1:$(cat "$dir/port")
export OVHCLOUD_API_KEY=sk-test OVHCLOUD_API_BASE="http://$host/v1" NO_PROXY=127.0.0.1
far() { # akin on an index of the endpoint's
	run "$@" --db "$dir/far.db" --patience 20 --requests-per-minute 100000
}
far index --model ovhcloud/bge-m3 "$docs"
check_status 0 "index with an endpoint"
before=$(wc -l <"$dir/sent")
far eval --queries "$dir/q.tsv" --qrels "$dir/r.tsv"
check_status 0 "eval with an endpoint"
check_err "2 questions, [0-9]* tokens, go .* to '127.0.0.1" "what goes, and where"
check "each question goes once" [ $(($(wc -l <"$dir/sent") - before)) -eq 2 ]
before=$(wc -l <"$dir/sent")
far eval --queries "$dir/q.tsv" --qrels "$dir/r.tsv" --mode lexical
check "no question goes anywhere in lexical mode" [ "$(wc -l <"$dir/sent")" -eq "$before" ]
check "and nothing is said" [ -z "$(grep 127 "$dir/.err")" ]
finish
