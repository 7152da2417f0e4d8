#!/bin/sh
# Each example of LiteLLM's page on OVHcloud twice: as its Python asks it, through LiteLLM's SDK,
# and as an akin command through a real LiteLLM proxy. The requests that reach the endpoint are
# compared field by field; what differs is named here. Then what can go wrong behind a proxy.
# Runs where tests/support/litellm_install.sh has made build/litellm (AKIN_TEST_LITELLM=1
# makes it).
set -u
# shellcheck source=tests/support/endpoint.sh
. "$(dirname "$0")/../support/endpoint.sh"
# shellcheck source=tests/support/litellm.sh
. "$top/tests/support/litellm.sh"
[ "${AKIN_TEST_LITELLM:-}" = 1 ] && "$top/tests/support/litellm_install.sh" "$litellm"
if [ ! -x "$litellm/bin/litellm" ]; then
	echo "ok 1 - the page's examples through a LiteLLM proxy # SKIP no $litellm; AKIN_TEST_LITELLM=1 makes it"
	echo 1..1
	exit 0
fi
trap 'proxy_stop; standin_stop; rm -rf "$work"' EXIT
# the tool's command lies below data/
cd "$top" || exit 2
export LITELLM_PROXY_API_KEY=$master_key
unset LITELLM_PROXY_API_BASE AKIN_CHAT_MODEL AKIN_CHAT_BASE_URL
back_port=$(free_port)
unknown_fields=0

# Ends the stand-in, and keeps count of what it refused.
back_stop() {
	standin_stop
	[ -s "$work/stats" ] && unknown_fields=$((unknown_fields + $(figure unknown_fields)))
	: >"$work/stats"
}
# "back LOG [OPTION...]": the stand-in where the proxy looks for it, with $work/script; the
# requests are in LOG then.
back() {
	back_stop
	rm -f "$1"
	log=$1
	shift
	standin --port "$back_port" --chat "$work/script" --chat-log "$log" "$@"
}
script() { # LINE...
	printf '%s\n' "$@" >"$work/script"
}
page() { # EXAMPLE BASE
	"$litellm/bin/python" tests/support/litellm_page.py "$1" "$2" >"$work/page.out" 2>"$work/err"
	page_status=$?
}
ask() { # ARG...
	status=0
	timeout 60 "$akin" ask --no-search --chat-model litellm_proxy/my-chat --base-url "$proxy" "$@" \
		>"$work/out" 2>"$work/err" </dev/null || status=$?
	cat "$work/out" "$work/err" >>"$work/said"
}
lines_of() { awk 'END { print NR }' "$1"; }
# The differences are those of the standard input, and no other.
differ() {
	cat >"$work/wanted"
	python3 tests/support/compare_bodies.py "$work/page" "$work/akin" >"$work/differences"
	diff "$work/wanted" "$work/differences" >"$work/diff" && return
	sed 's/^/# /' "$work/diff"
	return 1
}
# JSON is printed with other white space.
plain() { tr -d ' \t\n' <"$1"; }
# "example TITLE EXAMPLE ARG...": both ask; on the standard input, what differs.
example() {
	title=$1 name=$2
	shift 2
	back "$work/page" --body-log "$work/page.embeddings"
	page "$name" "http://127.0.0.1:$back_port/v1"
	check "$title: the page's Python is answered" is "$page_status" 0
	back "$work/akin"
	ask "$@"
	check "$title: so is akin" is "$status" 0
	check "$title: the same is said" is "$(plain "$work/out")" "$(plain "$work/page.out")"
	check "$title: the requests differ in what is known, and in nothing else" differ
}

proxy_start 'router_settings: {num_retries: 0, disable_cooldowns: true}'

# "user" is left out by LiteLLM itself, here and there; test_ask.sh sees it.
script '{"content": "I am well, thank you."}'
example completion completion --max-tokens 10 --temperature 0.2 --top-p 0.9 --user user --no-stream \
	'Hello, how are you?' <<'D'
1.stop: only the first, []
1.stream: only the second, false
D
# the SDK does not ask for the usage, the proxy always does
example streaming streaming --max-tokens 10 --temperature 0.2 --top-p 0.9 --user user \
	'Hello, how are you?' <<'D'
1.stop: only the first, []
1.stream_options: only the second, {"include_usage": true}
D

# akin lets the model call again in the second round
script '{"tool_calls": [{"name": "get_current_weather", "arguments": {"location": "Paris, France", "unit": "celsius"}}], "piece_bytes": 3}' \
	'{"content": "It is 22 °C in Paris."}'
example 'tool calling' tools --no-stream --tools data/examples/weather.json \
	"What's the weather like in Paris?" <<'D'
1.stream: only the second, false
2.stream: only the second, false
2.tool_choice: only the second, "auto"
2.tools: only the second, [{"function": {"description": "Get the current weather in a given location", "na…
D
example 'tool calling in streams' tools --tools data/examples/weather.json \
	"What's the weather like in Paris?" <<'D'
1.stream: only the second, true
1.stream_options: only the second, {"include_usage": true}
2.stream: only the second, true
2.stream_options: only the second, {"include_usage": true}
2.tool_choice: only the second, "auto"
2.tools: only the second, [{"function": {"description": "Get the current weather in a given location", "na…
D

script '{"content": "A desk with a lamp and three books."}'
example vision vision --no-stream --chat-model litellm_proxy/my-vision --image data/examples/room.jpg \
	"What's in this image?" <<'D'
D

# a title is none of OpenAI's fields
script '{"content": "{\"section\": \"Room 12\", \"products\": [\"books\", \"desk\", \"lamp\"]}"}'
example 'structured output' structured --schema data/examples/room.json --schema-name data_extraction \
	--lax-schema --system "You are a specialist in extracting structured data from unstructured text. \
Your task is to identify relevant entities and categories, then format them according to the \
requested structure." 'Room 12 contains books, a desk, and a lamp.' <<'D'
1.response_format.json_schema.title: only the first, "data"
D

script '{"content": "I am a stand-in."}'
back "$work/page"
page proxy "$proxy"
back "$work/akin"
ask --no-stream 'what llm are you'
check "proxy: the page's Python and akin are answered" is "$page_status $status" '0 0'
check 'proxy: the same is said' is "$(cat "$work/out")" "$(cat "$work/page.out")"
check 'proxy: the requests are the same' differ </dev/null

back "$work/chats" --body-log "$work/page"
page embeddings "http://127.0.0.1:$back_port/v1"
back "$work/chats" --body-log "$work/akin"
status=0
"$akin" embed --model litellm_proxy/my-emb --base-url "$proxy" 'sample text to embed' \
	'another sample text to embed' >"$work/out" 2>"$work/err" || status=$?
check "embeddings: the page's Python and akin are answered" is "$page_status $status" '0 0'
check 'embeddings: the requests are the same' differ </dev/null

# --- images of an index, described through the proxy and without it
mkdir "$work/images"
cp data/examples/room.jpg "$work/images"
script '{"content": "A desk with a lamp and three books."}'
described() { # TITLE ARG...: a new index; the request is the page's but for the question
	title=$1
	shift
	new_index
	back "$work/akin"
	url=$proxy
	index "$work/images" "$@"
	check "$title: the image is described" is "$status $(grep -c '^images: 1 described' "$work/err")" '0 1'
	check "$title: the request differs from the page's in the question alone" differ
	"$akin" search --db "$work/a.db" --mode lexical 'three books' >"$work/out" 2>"$work/err"
	check "$title: and it is found" grep -q 'room.jpg' "$work/out"
}
back "$work/page"
page vision "http://127.0.0.1:$back_port/v1"
model=litellm_proxy/my-emb
described 'image through the proxy' --vision litellm_proxy/my-vision <<'D'
1.messages[0].content[0].text: "What's in this image?" and "Describe this image so that a search can find it: say in a few sentences what i…
D
# the SDK says that it wants no stream
described 'image without the proxy' --vision ovhcloud/Mistral-Small-3.2-24B-Instruct-2506 \
	--vision-base-url "http://127.0.0.1:$back_port/v1" <<'D'
1.messages[0].content[0].text: "What's in this image?" and "Describe this image so that a search can find it: say in a few sentences what i…
1.stream: only the first, false
D
new_index
back "$work/akin"
url=$proxy
LITELLM_PROXY_API_KEY=sk-another index "$work/images" --vision litellm_proxy/my-vision
check 'image, wrong key' grep -q '^akin: .*key.*LITELLM_PROXY_API_KEY' "$work/err"
new_index
index "$work/images" --vision litellm_proxy/nope
check 'image, unknown model' grep -q "^akin: .*no model 'nope'" "$work/err"
check 'neither reached the endpoint' [ ! -s "$work/akin" ]
new_index

# --- an answer from an index, all of it through the proxy
mkdir "$work/docs"
printf '# Boat\n\nGuests hand back the keys of the boat two hours before sunset.\n' >"$work/docs/boat.md"
printf '# Boiler\n\nThe boiler is bled through the valve behind the grey door.\n' >"$work/docs/boiler.md"
url=$proxy model=litellm_proxy/my-emb
script '{"content": "Two hours before sunset [1: \"Guests hand back the keys of the boat two hours before sunset\"]."}'
back "$work/chats"
index "$work/docs"
answer() { # ARG...
	status=0
	"$akin" ask --db "$work/a.db" --base-url "$proxy" --chat-model litellm_proxy/my-chat "$@" \
		'keys of the boat before sunset' >"$work/out" 2>"$work/err" || status=$?
	cat "$work/out" "$work/err" >>"$work/said"
}
answer --min-score 0
check 'an index: the answer comes with its source' is "$status $(grep -c '^\[1\] .*boat.md:3' "$work/out")" '0 1'
check 'an index: and is checked' grep -q '^1 of 1 claims are supported' "$work/out"
check 'an index: the passage was sent' grep -q 'Guests hand back the keys' "$work/chats"
check 'an index: the embedding model and the chat model were asked once each' \
	is "$(lines_of "$work/chats") $(tail -n 1 "$work/sent" | grep -c 'keys of the boat')" '1 1'

# --- faults
fails() { # TITLE STATUS PATTERN
	check "$1: status $2" is "$status" "$2"
	check "$1: it is said what is wrong" grep -Eq "^akin: .*($3)" "$work/err"
}
script '{"content": "Hello."}'
back "$work/chats"
LITELLM_PROXY_API_KEY=sk-another ask hello
fails 'wrong key' 2 'key.*LITELLM_PROXY_API_KEY'
(unset LITELLM_PROXY_API_KEY && ask --patience 5 hello; echo "$status" >"$work/status")
status=$(cat "$work/status")
fails 'missing key' 2 LITELLM_PROXY_API_KEY
ask --chat-model litellm_proxy/nope hello
fails 'unknown model' 2 "no model 'nope'"
check 'none of these reached the endpoint' [ ! -s "$work/chats" ]
back "$work/chats" --key another
ask hello
fails 'wrong key behind the proxy' 2 "refuses the proxy's key|key in the proxy's configuration"
back "$work/chats" --chat-models other
ask hello
fails 'unknown model behind the proxy' 2 "no model 'my-chat'"
script '{"status": 429, "body": {"error": {"message": "slow down"}}, "retry_after": 1}' '{"content": "Hello."}'
back "$work/chats"
ask hello
check '429, then an answer' is "$status $(cat "$work/out")" '0 Hello.'
back_stop
ask --patience 2 hello
fails 'nothing behind the proxy' 2 'status 5'
script '{"content": "one two three four", "piece_bytes": 4, "error_after": 2}'
back "$work/chats"
ask hello
fails 'an error within a stream' 2 'the engine died'
check 'an error within a stream: what came is shown' is "$(cat "$work/out")" 'one two '
check 'an error within a stream: as incomplete' grep -q 'the answer is incomplete' "$work/err"
check 'an error within a stream: the request is not sent again' is "$(lines_of "$work/chats")" 1
script '{"content": "one two three four", "piece_bytes": 4, "delay_ms": 100, "cut_at": 700}'
back "$work/chats"
ask hello
fails 'a stream that breaks off behind the proxy' 2 'not completed|incomplete|broke'
check 'a stream that breaks off: what came is shown' is "$(cat "$work/out")" 'one two '
script '{"content": "one two", "reasoning": "It says hello."}'
back "$work/chats"
ask hello
check 'reasoning is hidden' is "$status $(cat "$work/out") $(grep -c says "$work/err")" '0 one two 0'
ask --reasoning hello
check 'and shown to who asks' is "$status $(cat "$work/out") $(grep -c 'It says hello' "$work/err")" '0 one two 1'
proxy_stop

# --- a proxy with its defaults: tries and pauses of its own
proxy_start
script '{"status": 429, "body": {"error": {"message": "slow down"}}}' '{"content": "Hello."}'
back "$work/chats"
ask hello
check 'defaults: 429, then an answer' is "$status $(cat "$work/out")" '0 Hello.'
back "$work/chats" --key another
ask hello
fails 'defaults: wrong key behind the proxy' 2 "key in the proxy's configuration"
ask --patience 3 hello
fails 'defaults: and again, while the proxy pauses' 2 "key"

proxy_stop
back_stop
check 'no field was sent that OpenAI does not name' is "$unknown_fields" 0
printf '%s' "$master_key" >"$work.key"
found=$(grep -lFf "$work.key" "$work/said" "$work/a.db")
rm -f "$work.key"
check 'the key is in no output and in no index' is "$found" ''
echo "1..$n"
