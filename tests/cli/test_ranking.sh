#!/bin/sh
# search by meaning and by words together: what it finds, refuses, and explains.
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"
need_model
docs="$dir/docs"
mkdir "$docs"
while IFS='|' read -r name text; do
	printf '# %s\n\n%s\n' "$name" "$text" >"$docs/$name.md"
done <<'END'
lease|The flat is on the second floor. The tenant must give three months of notice before moving out.
bread|Mix flour, water and salt. Let the dough rest overnight, then bake it in a hot oven.
bicycle|The rear tyre of the bicycle is flat. The inner tube has to be patched or replaced.
parser|The function parse_http_date reads the header of a reply and returns seconds.
dates|A date in an http header is hard to parse, since there are three forms of it.
invoice|The invoice must be paid within thirty days, or a fee is charged for the delay.
heron|The grey heron stands in the reeds and waits for fish, from dawn until noon.
garden|Tomatoes need sun and much water. Plant them after the last frost in May.
router|Restart the router when the network is slow, and set a new password for it.
violin|The violin is tuned in fifths. The strings are loosened when it travels.
passport|A passport is renewed at the town hall. Bring a photograph and the old one.
coffee|Grind the beans just before brewing. The water should be a little under the boil.
doctor|The surgery opens at eight. Call before noon when a child has a fever.
train|The night train to Vienna leaves at ten. Beds must be reserved beforehand.
chess|In the endgame the king becomes a strong piece and walks to the centre.
paint|Sand the wood, wipe off the dust, and paint it twice with a day in between.
boiler|The boiler is serviced each autumn. Its pressure should be over one bar.
cat|The cat is fed twice a day. It had its vaccination in the spring.
tax|The tax return is due at the end of July, with receipts for what was spent on work.
tent|Dry the tent before it is packed, or it will be mouldy by the next summer.
END
run index -q "$docs"
check_status 0 "index"
cd "$docs" || exit 2
first() { head -n 1 "$dir/.out" | cut -d : -f 1; }
n_hits() { grep -c '^[^ ].*:[0-9]*  [0-9]' "$dir/.out"; }
is_sane() { # status 0 with hits, or 1 with one line that says that there are none
	case $status in
	0) [ "$(n_hits)" -ge 1 ] && [ ! -s "$dir/.err" ] ;;
	1) [ ! -s "$dir/.out" ] && [ "$(wc -l <"$dir/.err")" -eq 1 ] && grep -q '^akin: noth' "$dir/.err" ;;
	*) false ;;
	esac
}
# from_input ARG...: as run, the question from $dir/input
from_input() {
	timeout 60 "$akin" "$@" - >"$dir/.out" 2>"$dir/.err" <"$dir/input"
	status=$?
	out=$(head -n 5 "$dir/.out") err=$(cat "$dir/.err")
}

# both sides
run search --json -k 1 parse_http_date
check_out '"mode":.*"hybrid"' "hybrid is the default"
for question in parse_http_date parseHTTPDate; do
	run search "$question"
	check "an identifier finds its document: $question" [ "$(first)" = parser.md ]
done
run search "how long beforehand must I say that I leave my apartment"
check "a paraphrase finds its document" [ "$(first)" = lease.md ]
run search --mode dense "how long beforehand must I say that I leave my apartment"
check "so it does by meaning alone" [ "$(first)" = lease.md ]
run search "Wann muss ich die Wohnung kündigen?"
check "and in another language" [ "$(first)" = lease.md ]
run search --fusion ranks parse_http_date
check "by ranks, too" [ "$(first)" = parser.md ]
check_out '^parser.md:[0-9]*  0\.03[0-9][0-9]  ' "with the sum of two ranks as its score"
run search --fusion nope x
check_error "'--fusion' must be one of scores, ranks" "a fusion that there is not"
run search --mode nope x
check_error "'--mode' must be one of hybrid, dense, lexical" "a mode that there is not"

# what is not here
off_topic="Who won the 1998 football world cup?"
run search "$off_topic"
check_status 1 "an off-topic question finds nothing"
check "and prints one line" [ "$(wc -l <"$dir/.err")" -eq 1 ]
check_err '^akin: nothing here answers that: .*--min-score 0' "that says how to see more"
check "and no hit" [ ! -s "$dir/.out" ]
run search --json "$off_topic"
check_status 1 "with --json, too"
check_out '"hits":.*\[\]' "with an empty list"
check_out '"best_score":	[0-2]\.' "and the best score"
run search --min-score 0 -k 4 "$off_topic"
check_status 0 "--min-score 0 finds"
check "as many as are wanted" [ "$(n_hits)" -eq 4 ]
run search --min-score 100.5 "notice before moving out"
check_status 1 "no score is over 100"
for number in nonsense 3x nan inf 1e999 ' '; do
	run search --min-score "$number" x
	check_error "--min-score wants a number, not '$number'" "--min-score '$number'"
done
run search --min-score "" x
check_error "'--min-score' needs a value" "--min-score with nothing"
run search --min-score -1 -k 2 "$off_topic"
check_status 0 "a number below 0 is one"

# one document alone: a word that it shares is no proof
run search --json --min-score 0 "$off_topic the" lease.md
check_out '"score":	[0-9]\.' "a passage that is alone has no high score for a small word"

# why
run search --explain -k 2 "heron fish zyzzyva"
check_out '^    fused [0-9.]*; meaning: cosine .*; words: BM25 ' "--explain tells of both sides"
check_out '^    has: heron, fish$' "and of the words"
check_err '^  heron: 1 passages, weight [0-9]' "and how rare they are"
check_err '^  zyzzyva: 0 passages' "and of those that are nowhere"
run search --explain --mode dense -k 1 heron
check_out '^    fused .*meaning:' "in dense mode of the meaning"
check_not_out 'BM25' "alone"
run search --explain --mode lexical -k 1 heron
check_out '^    fused .*words:' "in lexical mode of the words"
check_not_out 'cosine' "alone"
run search -k 1 heron
check_not_out '^    fused' "only when it is wanted"
if command -v python3 >/dev/null; then
	run search --json --explain -k 3 "heron fish zyzzyva"
	cat >"$dir/check.py" <<'PY'
import json, math, sys
o = json.load(open(sys.argv[1]))
e = o["explain"]
assert [w["word"] for w in e["words"]] == ["heron", "fish", "zyzzyva"], e
assert [w["passages"] for w in e["words"]] == [1, 1, 0], e
assert 0 < e["known_share"] < 1, e
scores = [h["score"] for h in o["hits"]]
assert scores == sorted(scores, reverse=True) and scores[0] == o["best_score"], scores
assert all(o["least_score"] <= s <= 100 for s in scores), scores
for h in o["hits"]:
    s = h["scores"]
    fused = e["contrast"] * (s["dense"] - e["dense_mean"]) / e["dense_deviation"] \
        + e["lexical_scale"] * s["lexical"]
    assert math.isclose(fused, s["fused"], rel_tol=1e-3, abs_tol=1e-3), (fused, s)
assert o["hits"][0]["matched"] == ["heron", "fish"], o["hits"][0]
PY
	check "the JSON's parts add up to what it is ranked by" python3 "$dir/check.py" "$dir/.out"
	run search --json -k 1 heron
	check_not_out '"explain"' "which is there only when it is wanted"
fi

# copies
cp heron.md again.md
run index -q "$docs"
run search --json --explain heron
check_out '"folded":	1' "a copy is folded"
run search --explain -k 2 heron
check_out '^    the same in: .*\(heron\|again\).md$' "and told of"
rm again.md
run index -q "$docs"

# bad input, each way of searching
for mode in hybrid lexical; do
	for question in "" "   " "$(printf '\t\n')"; do
		run search --mode "$mode" "$question"
		check_error "the question is empty" "$mode: an empty question"
	done
	for question in "?!" '"' '"heron' 'heron"' "AND OR NOT NEAR( * ^" "heron* OR (" "'; DROP TABLE chunks; --" \
		"heron NEAR/2 reeds" "text:heron" "%s%n%d" "- -- ---" "\\"; do
		run search --mode "$mode" -- "$question"
		check "$mode: a sane search for $question" is_sane
	done
	run search --mode "$mode" "$(printf 'heron \303')"
	check_error "not valid UTF-8" "$mode: broken UTF-8"
	printf 'a\000b' >"$dir/input"
	from_input search --mode "$mode"
	check_error "not valid UTF-8" "$mode: a NUL"
	head -c 1000000 /dev/zero | tr '\0' a >"$dir/input"
	from_input search --mode "$mode"
	check_error "longer than 65536 bytes" "$mode: a question of 1 MB"
done
yes heron | head -c 60000 >"$dir/input"
from_input search
check_error "over the model's limit" "hybrid: a question that the model cannot take"
from_input search --mode lexical
check "lexical: a long question is a sane search" is_sane
check "that finds" [ "$(first)" = heron.md ]

# no model is needed for words: a program that has none beside it
mkdir "$dir/elsewhere"
cp "$akin" "$dir/elsewhere/akin"
akin="$dir/elsewhere/akin"
run search --models "$dir/none" heron
if [ "$status" -eq 0 ]; then
	echo "# the model is installed on this machine as well: that hybrid misses it was not tried"
else
	check_error "multilingual-e5-small" "hybrid without its model is an error"
fi
run search --models "$dir/none" --mode lexical herons
check_status 0 "lexical needs no model"
check "and finds" [ "$(first)" = heron.md ]
finish
