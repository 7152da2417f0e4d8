#!/bin/sh
# Replies as servers send them: line ends, comments, usage in every form, plain JSON, cuts
# anywhere; what came of a reply that broke off is shown, and called incomplete.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/../support/standin.sh"
. "$(dirname "$0")/../support/asking.sh"

alone() { # ARG...: the model alone
	ask --no-search "$@"
}

# --- the request
script '{"content": "I am well."}'
alone --max-tokens 10 --temperature 0.2 --top-p 0.9 --user user --stop END --stop '###' --no-stream \
	"Hello, how are you?"
check_answer 'I am well.' "a whole reply is shown"
check "the request has what was asked for, and nothing else" [ "$(chat 1)" = \
	'{"model":"Meta-Llama-3_3-70B-Instruct","messages":[{"role":"user","content":"Hello, how are you?"}],"max_tokens":10,"temperature":0.2,"top_p":0.9,"stop":["END","###"],"user":"user"}' ]
alone "Hello, how are you?"
check_answer 'I am well.' "a stream is shown"
check "and asked for with its usage" [ "$(chat 1)" = \
	'{"model":"Meta-Llama-3_3-70B-Instruct","messages":[{"role":"user","content":"Hello, how are you?"}],"stream":true,"stream_options":{"include_usage":true}}' ]
alone --system "Be brief." hello
check_request 1 '"messages":\[{"role":"system","content":"Be brief."},{"role":"user","content":"hello"}\]' \
	"--system is the system's message"
check_err '127\.0\.0\.1.*Meta-Llama-3_3-70B-Instruct' "where the question goes is said"

# --- every form of a stream says the same
text='Ça va: 22 °C à Montréal, 東京 et 𝄞.'
for form in '"eol": "\r\n"' '"eol": "\r"' '"comments": true' '"comments": true, "eol": "\r\n"' \
	'"usage": "null"' '"usage": "absent"' '"usage": "delta"' '"usage": "none"' '"done": false' \
	'"plain": true' '"piece_bytes": 0' '"piece_bytes": 1' '"piece_bytes": 1, "write_bytes": 1' \
	'"piece_bytes": 3, "write_bytes": 7, "eol": "\r\n"' '"reasoning": "hm, hm", "piece_bytes": 2' \
	'"reasoning": "hm", "reasoning_field": "reasoning_content"' \
	'"plain": true, "reasoning": "hm"'; do
	script "{\"content\": \"$text\", $form}"
	alone hello
	check_answer "$text" "a stream with $form"
	check_status 0 "and it is complete"
done
# cut into writes of every size up to that of an event
awk -v text="$text" 'BEGIN {
	for (i = 1; i <= 200; i++)
		printf "{\"content\": \"%s\", \"piece_bytes\": 5, \"write_bytes\": %d}\n", text, i
}' >"$dir/script"
chat_start
same=0
while [ "$same" -lt 200 ] && "$akin" ask --no-search --base-url "$url" hello >"$dir/.out" 2>"$dir/.err" </dev/null &&
	[ "$(cat "$dir/.out")" = "$text" ]; do
	same=$((same + 1))
done
standin_stop
check "whatever the size of a write is ($same of 200)" [ "$same" -eq 200 ]

script '{"content": "It is so.", "reasoning": "Is it?"}'
alone hello
check_not_out 'Is it' "reasoning is hidden"
check "everywhere" sh -c "! grep -q 'Is it' '$dir/.err'"
alone --reasoning hello
check_answer 'It is so.' "--reasoning leaves the answer alone"
check_err 'Is it?' "and shows the rest on stderr"
script '{"content": "So far", "finish": "length"}'
alone hello
check_err '--max-tokens' "an answer that ends for want of tokens says so"
script '{"content": "So far", "finish": "content_filter"}'
alone hello
check_err "filter" "and one that a filter ended"

# --- as it comes: the first words are there while the stand-in still waits
script '{"content": "one two three", "piece_bytes": 4, "delay_ms": 3000}'
chat_start
: >"$dir/.out"
"$akin" ask --no-search --base-url "$url" hello >>"$dir/.out" 2>"$dir/.err" </dev/null &
pid=$!
tries=0
until [ -s "$dir/.out" ] || [ $tries -gt 100 ]; do
	tries=$((tries + 1))
	sleep 0.05
done
status='' out=$(cat "$dir/.out") err=''
check_answer 'one ' "the first word is shown when it comes"
check "and the answer goes on" kill -0 "$pid"

# Ctrl-C in the middle of it
kill -INT "$pid"
wait "$pid"
status=$? out=$(cat "$dir/.out") err=$(cat "$dir/.err")
standin_stop
check_status 130 "Ctrl-C ends it"
check_answer 'one ' "what came is shown"
check_err 'incomplete' "and called incomplete"

# --- what breaks off
broken() { # TITLE PATTERN: of the error; the script's text is "one two three"
	alone hello
	check_failure "$2" "$1: status 2, and why"
	check_out '^one' "$1: what came is shown"
	check_err 'incomplete' "$1: and called incomplete"
	check_sent 1 "$1: it is not sent again"
	alone --json hello
	check_status 2 "$1: --json fails as well"
	check_out '"complete":[[:space:]]*false' "$1: and says that it is incomplete"
	check_out '"answer":[[:space:]]*"one' "$1: with what came"
}
script '{"content": "one two three", "piece_bytes": 4, "cut_at": 560}'
broken 'a connection that breaks' 'breaks the answer off.*transfer'
script '{"content": "one two three", "piece_bytes": 4, "error_after": 2, "error": "the engine died"}'
broken 'an error within the stream' 'the engine died'
script '{"raw": "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one two\"}}]}\n\n"}'
broken 'a stream that ends without an end' 'breaks the answer off: it has no end'

script '{"content": "one two three", "piece_bytes": 4, "delay_ms": 4000}'
alone --timeout 1 hello
check_failure 'breaks the answer off' "a stream that takes too long: status 2, and why"
check_answer 'one ' "a stream that takes too long: what came is shown"
check_sent 1 "a stream that takes too long: it is not sent again"

# a reader that has gone ends it
script '{"content": "one two three four five six", "piece_bytes": 4, "delay_ms": 300}'
chat_start
{
	"$akin" ask --no-search --base-url "$url" hello 2>"$dir/.err" </dev/null
	echo $? >"$dir/.status"
} | head -c 1 >"$dir/.out"
standin_stop
check "a reader that has gone ends it" [ "$(cat "$dir/.status")" -eq 141 ]

# --- replies that are none
fails() { # TITLE PATTERN ARG...
	title=$1 pattern=$2
	shift 2
	alone --patience 1 "$@" hello
	check_failure "$pattern" "$title"
	check_answer '' "$title: nothing is shown"
}
script '{"raw": "data: {\"error\":{\"message\":\"no more room\",\"code\":400}}\n\ndata: [DONE]\n\n"}'
fails 'an error at once, with status 200' 'no more room'
script '{"raw": "error: {\"code\":500,\"message\":\"old llama\"}\n\n"}'
fails 'an error as a field of its own' 'old llama|end|broke|no answer'
script '{"plain": true, "status": 200, "body": {"error": {"message": "still loading"}}}'
fails 'an error as JSON with status 200' 'still loading'
script '{"status": 200, "body": "<html><title>Login</title></html>", "content_type": "text/html"}'
fails 'HTML with status 200' 'no answer|HTML|html|text/html'
script '{"status": 200, "body": "{\"choices\": []}"}'
fails 'no choice' 'no answer|choices|choice'
script '{"status": 200, "body": "{\"choices\": [{\"mess"}'
fails 'half of a JSON' 'JSON|no answer'
script '{"raw": ""}'
fails 'an empty stream' 'end|empty|no answer|nothing'
script '{"raw": "data: {\"choices\": [\n\ndata: [DONE]\n\n"}'
fails 'a chunk that is no JSON' 'JSON|no answer'
script '{"content": "never", "first_ms": 3000}'
fails 'a server that does not begin' 'no byte of an answer' --first-byte-timeout 1
script '{"content": "never"}'
standin_options='--fault garbage'
fails 'garbage' 'no answer|JSON|answer'
standin_options='--fault huge-body'
fails 'a reply without end' 'large|bytes|MB'

# --- refusals
standin_options='--key another'
fails 'a wrong key' 'status 401.*OVHCLOUD_API_KEY'
check_sent 1 "a wrong key is not tried again"
standin_options='--chat-models other'
fails 'an unknown model' "no model 'Meta-Llama-3_3-70B-Instruct'"
check_sent 1 "nor an unknown model"
standin_options='--fault 503'
fails 'overloaded for ever' 'overloaded'
standin_options='--fault 400'
fails 'a request that is refused' 'this text is not liked'
check_sent 1 "a request that is refused is not sent again"
standin_options=''
script '{"status": 429, "body": {"error": {"message": "slow down"}}, "retry_after": 1}' \
	'{"status": 503, "body": "overloaded", "content_type": "text/plain"}' '{"content": "At last."}'
alone hello
check_answer 'At last.' "429 and 503 are tried again"
check_sent 3 "each once"
script '{"status": 400, "body": {"error": {"message": "This model'"'"'s maximum context length is 4096 tokens. However, you requested 9000 tokens"}}}'
fails 'a question over the context' '4096|context'
check_sent 1 "a question over the context: there is nothing to shrink"
standin_stop
run ask --no-search --base-url http://127.0.0.1:9/v1 --patience 1 hello
check_failure '127\.0\.0\.1' "nobody there"
: >"$dir/chats"
(unset OVHCLOUD_API_KEY; run ask --no-search --chat-model openai/gpt-4o hello; echo "$status" >"$dir/.status")
status=$(cat "$dir/.status")
check_refused 'OPENAI_API_KEY' "no key where one is needed"

# --- what a terminal must not see
script '{"content": "a\u001b[31mb\u0007c\u009bd\u202ee\nf\tg", "reasoning": "\u001b]0;x\u0007", "piece_bytes": 1}'
alone --reasoning hello
check_status 0 "an answer with escape sequences is shown"
check "and no control character is passed on" \
	sh -c "! LC_ALL=C grep -q \"\$(printf '[\\001-\\010\\013-\\037\\177]')\" '$dir/.out' '$dir/.err'"
script '{"status": 400, "body": {"error": {"message": "\u001b[2Jgone"}}}'
alone hello
check "nor of an error" sh -c "! grep -q \"\$(printf '\\033')\" '$dir/.err'"
printf '%s' "$OVHCLOUD_API_KEY" >"$dir/.key"
check "the key is in no output" sh -c "! grep -qFf '$dir/.key' '$dir/said'"
finish
