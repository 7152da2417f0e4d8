#!/bin/sh
# akin ask over an index: sources, checked citations, --strict, --json, --show-prompt, nothing
# found, contexts that are too small, --each.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/../support/standin.sh"
. "$(dirname "$0")/../support/asking.sh"

mkdir -p "$dir/docs/flat" "$dir/docs/firm"
cat >"$dir/docs/flat/boat.md" <<'D'
# Boat

## Keys

Guests hand back the keys of the boat two hours before sunset.
The deposit is two rents, paid in January.
D
cat >"$dir/docs/flat/boiler.md" <<'D'
# Boiler

The boiler is bled through the valve behind the grey door.
D
awk 'BEGIN {
	for (i = 1; i <= 400; i++)
		printf "Order %d: the lease of the van number %d ends after %d months of notice.\n\n", i, i * 7, i % 12 + 1
}' >"$dir/docs/firm/vans.txt"
db=$dir/a.db
standin "$dir/sent"
index "$dir/docs"
check_status 0 "the documents are indexed"
standin_stop

question='When do guests hand back the keys of the boat before sunset?'
answer() { # ARG...: from the flat's papers, by words
	ask --db "$db" --mode lexical "$@" "$question" "$dir/docs/flat"
}
true_quote='Two hours before sunset [1: \"Guests hand back the keys of the boat two hours before sunset\"].'

script "{\"content\": \"$true_quote\"}"
answer
check_status 0 "an answer"
check_out '^Two hours before sunset \[1\]\.$' "is shown without what it quotes"
check_out '^\[1\] .*boat\.md:5  Boat' "with its source: path, line of the quote, heading"
check_out '"Guests hand back the keys of the boat two hours before sunset"' "and the quote"
check_out '^1 of 1 claims are supported' "and how many claims are supported"
check_request 1 'Guests hand back the keys' "the passage was sent"
check_request 1 'two hours before sunset.*When do guests' "before the question"
check_no_request 1 'the van number' "what PATH leaves out was not"
check_no_request 1 "$dir" "nor where the home folder lies"
# shellcheck disable=SC2088 # it is to be there as it is
check_request 1 '~/docs/flat/boat\.md' "but where in it the document lies"
check "the question alone went nowhere else" sh -c "! grep -q 'When do guests' '$dir/sent'"

script '{"content": "Three hours before sunset [1: \"Guests hand back the keys of the boat three hours before sunset\"]. The deposit is two rents [1: \"The deposit is two rents\"]. It is cold."}'
answer
check_status 0 "an answer that is not all supported"
check_out '^Three hours before sunset \[1\] *\[unsupported\]\. \|^Three hours before sunset \[1\]\. *\[unsupported\]' \
	"an altered quote is marked"
check_out 'two rents \[1\]\. It is cold\. *\[unsupported\]' "and a sentence that cites nothing, but not a true one"
check_out '^1 of 3 claims are supported.*\[unsupported\] marks the others' "and it is counted"
answer --strict
check_status 1 "--strict refuses it"
check_answer '' "and shows nothing of it"
check_err 'refused: 2 of 3 claims are not supported' "it says how many"
check_err 'three hours before sunset' "and which"
script "{\"content\": \"$true_quote\"}"
answer --strict
check_status 0 "--strict lets a supported answer through"
check_out '^Two hours before sunset \[1\]\.$' "and shows it"

# --- JSON
script "{\"content\": \"$true_quote It is cold.\"}"
answer --json
check_status 0 "--json"
for field in '"schema":[[:space:]]*1' '"answer":[[:space:]]*"Two hours' '"complete":[[:space:]]*true' '"finish":[[:space:]]*"stop"' \
	'"n_claims":[[:space:]]*2' '"n_supported":[[:space:]]*1' '"supported":[[:space:]]*true' '"supported":[[:space:]]*false' \
	'"quote":[[:space:]]*"Guests hand back the keys of the boat two hours before sunset"' '"line":[[:space:]]*5' \
	'"heading":[[:space:]]*"Boat"' '"prompt_tokens":[[:space:]]*[1-9]' '"total_ms"'; do
	check_out "$field" "--json has $field"
done
at=$(tr -d '\n' <"$dir/.out" | sed -n 's/.*"line":[[:space:]]*5,[^}]*"byte_start":[[:space:]]*\([0-9]*\).*/\1/p')
check "the quote stands in the file where --json says" [ "$(tail -c +$((${at:-0} + 1)) \
	"$dir/docs/flat/boat.md" | head -c 62)" = 'Guests hand back the keys of the boat two hours before sunset.' ]

# --- nothing is sent
answer --show-prompt
check_status 0 "--show-prompt"
check_sent 0 "sends nothing"
check_out '^Question: When do guests hand back' "shows the question"
check_out '^Guests hand back the keys' "and the passages"
(unset OVHCLOUD_API_KEY; answer --show-prompt --chat-model openai/gpt-4o; echo "$status" >"$dir/.status")
check "and needs no key" [ "$(cat "$dir/.status")" -eq 0 ]
ask --db "$db" --mode lexical "xylophone zeppelin"
check_status 1 "a question that nothing answers"
check_err 'nothing in the index answers that' "is answered so"
check_sent 0 "and nothing is sent"
check_answer '' "nothing is shown"
ask --db "$db" --mode lexical --json "xylophone zeppelin"
check_status 1 "as JSON"
check_out '"answer":[[:space:]]*null' "it is an answer that is null"
mkdir "$dir/none"
standin "$dir/sent"
run index --db "$dir/empty.db" --model "$model" --base-url "$url" "$dir/none"
standin_stop
ask --db "$dir/empty.db" "$question"
check_refused 'is empty; fill it' "an empty index is an error"
check_sent 0 "and nothing is sent, not even for a vector"
ask --db "$dir/missing.db" "$question"
check_refused 'missing\.db' "no index"
ask --db "$db" --mode lexical "$question" "$dir/docs/garden"
check_refused 'garden' "a path that is not indexed"

# --- the whole way, with the question's vector from the same server
script "{\"content\": \"$true_quote\"}"
ask --db "$db" --min-score 0 "$question" "$dir/docs/flat"
check_status 0 "hybrid search before it"
check "its vector was asked for once" [ "$(grep -c 'When do guests' "$dir/sent")" -eq 1 ]
check_sent 1 "the model once"

# --- a context that is too small: fewer sources, and it is said
over='"status": 400, "body": {"error": {"message": "This model'"'"'s maximum context length is 4096 tokens. However, your messages resulted in 9000 tokens.", "code": 400}}'
script "{$over}" '{"content": "It ends."}'
ask --db "$db" --mode lexical "lease of the van: months of notice"
check_status 0 "a context that is too small"
check_out '^It ends\.' "is answered with fewer sources"
check_sent 2 "at the second try"
check_err 'context is too small.* asking with' "which is said"
shorter() { [ "$(chat 2 | wc -c)" -lt "$(chat 1 | wc -c)" ] && chat 2 | grep -q 'the van number'; }
check "the second request is shorter, and has sources" shorter
script "{$over}"
ask --db "$db" --mode lexical "lease of the van: months of notice"
check_failure 'context' "one that is too small for anything"
tries() { [ "$(n_chats)" -gt 2 ] && [ "$(n_chats)" -lt 8 ]; }
check "is tried with less and less, and then no more" tries
script '{"content": "It ends."}'
ask --db "$db" --mode lexical --budget 300 "lease of the van: months of notice"
check_status 0 "--budget"
check "bounds what is sent" [ "$(chat 1 | wc -c)" -lt 5000 ]

# --- one question of every document
script '{"content": "A boat [1: \"Guests hand back the keys of the boat two hours before sunset\"]."}'
ask --db "$db" --each "What is this?" "$dir/docs/flat"
check_status 0 "--each"
check_sent 2 "asks each document by itself"
check "of the model alone: nothing is searched" sh -c "! grep -q BGE-M3 '$dir/.err'"
check "and prints a line of JSON for each" [ "$(grep -c '^{"path":.*}$' "$dir/.out")" -eq 2 ]
check_out 'boat\.md".*"n_supported":1' "each is checked by its own text"
check_out 'boiler\.md".*"n_supported":0' "and by no other's"

# --- what is no question
ask --db "$db"
check_refused 'what do you ask' "no question"
ask --db "$db" --temperature 3 x
check_refused 'temperature' "a temperature that is none"
ask --db "$db" --top-p x x
check_refused 'top-p' "a top-p that is no number"
ask --db "$db" --max-tokens 0 x
check_refused 'max-tokens' "no tokens"
ask --no-search --stop a --stop b --stop c --stop d --stop e x
check_refused 'four' "five stops"
ask --no-search x "$dir/docs"
check_refused 'no-search' "a PATH without a search"
ask --no-search --strict x
check_refused 'strict' "--strict without sources"
run ask --db "$db" --chat-model nonesuch/x x
check_refused 'nonesuch' "a provider that there is not"
ask --db "$db" "$(printf 'a\377b')"
check_refused 'UTF-8' "a question that is no text"
ask --db "$db" ''
check_refused 'empty' "an empty question"
finish
