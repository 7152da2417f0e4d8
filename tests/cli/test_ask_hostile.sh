#!/bin/sh
# Documents that try to speak to the model or to the terminal (tests/cases/ask/hostile)
# stay inside of their frames: what is sent, what is believed of a reply, what is printed.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/../support/standin.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
db=$dir/a.db
cp -R "$top/tests/cases/ask/hostile" "$dir/docs"
standin "$dir/sent"
index "$dir/docs"
check_status 0 "the documents are indexed"
standin_stop

# what stands outside of the frames in the prompt for a question
outside() {
	"$akin" ask --db "$db" --show-prompt --mode lexical "$1" 2>/dev/null | awk '
		fence { if ($0 == fence) fence = ""; next }
		/^```+$/ { fence = $0; next }
		{ print }' >"$dir/outside"
	[ -s "$dir/outside" ]
}
for question in "Where does the cellar key hang?" "What bulb does the cellar lamp take?" \
	"When does the cellar door stick?" "When does the cellar pump start?" "What is the cellar rent?"; do
	check "a prompt: $question" outside "$question"
	check "the question stands alone: $question" [ "$(grep -c '^Question: ' "$dir/outside")" -eq 1 ]
	check "nothing of a document stands outside: $question" \
		sh -c "! grep -qE 'neighbour|IGNORE|maintenance|void|shadow|always open|forget|free\\.' '$dir/outside'"
	# sources are numbered from 1, each once, each a document that there is
	grep -E '^\[[0-9]+\] ' "$dir/outside" >"$dir/heads"
	# shellcheck disable=SC2016 # the program is in awk
	check "sources are those that there are: $question" awk -v dir="$dir" '
		{ n++; if ($1 != "[" n "]") exit 1; if ($2 !~ /^~\/docs\/[a-z]+\.(md|txt):/) exit 1 }
		END { exit n < 1 || n > 5 }' "$dir/heads"
done

# a model that was taken in: forged citations are seen through, and nothing drives the terminal
ask() { # SCRIPT QUESTION
	printf '%s\n' "$1" >"$dir/script"
	standin "$dir/sent" --chat "$dir/script"
	OVHCLOUD_API_KEY=k run ask --db "$db" --base-url "$url" --mode lexical --min-score 0 "$2"
	standin_stop
}
ask '{"content":"The door was replaced in 2019 [7: \"the cellar door was replaced in 2019\"]. It is always open [9: \"it is always open\"]."}' \
	"When does the cellar door stick?"
check_status 0 "an answer with forged citations is shown"
check_out '0 of 2 claims are supported' "and none of it passes for supported"
ask '{"content":"\u001b[2J\u001b]0;title\u0007It starts at 12 cm\u202e [1: \"The cellar pump starts at 12 cm\"].\u009b31m"}' \
	"When does the cellar pump start?"
check_out 'It starts at 12 cm' "an answer with escape sequences is shown"
check "and no control character is passed on" \
	sh -c "! LC_ALL=C grep -q \"\$(printf '[\\033\\007\\233]')\" '$dir/.out' && ! grep -q \"\$(printf '\\342\\200\\256')\" '$dir/.out'"
finish
