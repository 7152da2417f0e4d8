#!/bin/sh
# What a model may do: functions of the user's, the index's own, pictures, JSON of a schema;
# and what it may not.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/../support/standin.sh"
. "$(dirname "$0")/../support/asking.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top" || exit 2

call() { # NAME ARGUMENTS [FIELDS]: a line of the script with one call
	printf '{"tool_calls": [{"name": "%s", "arguments": "%s"}]%s}' "$1" \
		"$(printf '%s' "$2" | sed 's/["\\]/\\&/g')" "${3:+, $3}"
}
result() { # N: what the last message of the N-th request says
	chat "$1" | sed 's/.*"role":"tool"//'
}
check_result() { # N PATTERN NAME
	result "$1" | grep -q -e "$2"
	tap_result $? "$3"
}

# --- functions of the user's
weather=data/examples/weather.json
paris='{"location": "Paris, France", "unit": "celsius"}'
alone() { ask --no-search --tools "${tools:-$weather}" "What's the weather like in Paris?"; }
for form in '' '"piece_bytes": 1' '"piece_bytes": 0' '"piece_bytes": 2, "write_bytes": 3, "eol": "\r\n"' '"plain": true'; do
	script "$(call get_current_weather "$paris" "$form")" '{"content": "It is 22 °C."}'
	alone
	check_answer 'It is 22 °C.' "a function is called (${form:-in fragments})"
	check_sent 2 "in two rounds"
	check_request 1 '"tools":\[{"type":"function","function":{"name":"get_current_weather","description":"Get the current' \
		"the function is named to the model"
	check_request 1 '"tool_choice":"auto"' "and the choice is its own"
	check_no_request 1 'weather\.sh' "but not its command"
	check_request 2 '"role":"assistant","tool_calls":\[{"id":"call_1","type":"function","function":{"name":"get_current_weather","arguments":"{\\"location\\": \\"Paris, France\\"' \
		"its call is in the second round, as it was"
	check_result 2 '"tool_call_id":"call_1"' "with the call that it answers"
	check_result 2 '{\\"location\\": \\"Paris, France\\", \\"temperature\\": \\"22\\", \\"unit\\": \\"celsius\\"}' "and what came of it"
	check_err 'get_current_weather' "and what it does is said"
done
script "{\"tool_calls\": [{\"id\": \"a\", \"name\": \"get_current_weather\", \"arguments\": {\"location\": \"Paris\"}}, {\"id\": \"b\", \"name\": \"get_current_weather\", \"arguments\": {\"location\": \"Oslo\", \"unit\": \"fahrenheit\"}}]}" \
	'{"content": "Warm."}'
alone
check_request 2 '"tool_call_id":"a".*Paris.*"tool_call_id":"b".*Oslo.*72' "calls side by side are each answered"
script "$(call get_current_weather '{"town": 1}')" "$(call get_current_weather '{"location": "Par')" \
	"$(call rm '{"path": "/"}')" "$(call search '{"query": "x"}')" "$(call get_current_weather "$paris")" '{"content": "Warm."}'
alone
check_answer 'Warm.' "a model that errs can mend it"
check_result 2 'location' "arguments that the schema does not allow are answered with what is wrong"
check_result 3 'JSON' "and such as are no JSON"
check_result 4 'rm' "and a function that there is not"
check_result 5 'search' "the index's own are not there unasked"
check_result 6 'temperature' "until it is right"
script "$(call get_current_weather "$paris")"
alone
check_failure 'goes on calling' "a model that does not stop calling is stopped"
check "after some rounds" [ "$(n_chats)" -lt 15 ]

cat >"$dir/tools.json" <<T
[{"name": "slow", "description": "", "parameters": {"type": "object"}, "command": ["sleep", "30"], "timeout_s": 1},
 {"name": "loud", "description": "", "parameters": {"type": "object"}, "command": ["yes"]},
 {"name": "fails", "description": "", "parameters": {"type": "object"}, "command": ["sh", "-c", "echo broken >&2; exit 3"]},
 {"name": "gone", "description": "", "parameters": {"type": "object"}, "command": ["$dir/nonesuch"]},
 {"name": "key", "description": "", "parameters": {"type": "object"}, "command": ["sh", "-c", "env"]},
 {"name": "echo", "description": "", "parameters": {"type": "object"}, "command": ["cat"]},
 {"name": "wild", "description": "", "parameters": {"type": "object"}, "command": ["printf", "\\\\033[2Ja\\\\377"]}]
T
tools=$dir/tools.json
one() { # NAME ARGUMENTS
	script "$(call "$1" "$2")" '{"content": "So be it."}'
	alone
	check_answer 'So be it.' "$1 is answered"
}
one slow '{}'
check_result 2 'took more than 1 s' "with its time being over"
one loud '{}'
check_result 2 'wrote more than' "with its size"
one fails '{}'
check_result 2 'broken' "with what it says"
one gone '{}'
check_result 2 'nonesuch' "with there being none"
one key '{}'
check "and endpoints' keys are not in its environment" sh -c "! grep -q 'sk-never' '$dir/chats'"
# shellcheck disable=SC2016 # it is not to be expanded
one echo '{"a": "\u0000 $(touch x) `x`"}'
check "no shell sees arguments" [ ! -e x ]
one wild '{}'
check "what it prints is text then" sh -c "! LC_ALL=C grep -q \"\$(printf '\\033')\" '$dir/.err'"

# Ctrl-C while one runs
cat >"$dir/long.json" <<T
[{"name": "long", "description": "", "parameters": {"type": "object"},
  "command": ["sh", "-c", "echo \$\$ >'$dir/.long'; exec sleep 30"]}]
T
script "$(call long '{}')"
chat_start
"$akin" ask --no-search --tools "$dir/long.json" --base-url "$url" x >"$dir/.out" 2>"$dir/.err" </dev/null &
pid=$! tries=0
until [ -s "$dir/.long" ] || [ $tries -gt 200 ]; do
	tries=$((tries + 1))
	sleep 0.05
done
kill -INT "$pid"
wait "$pid"
status=$?
standin_stop
check_status 130 "Ctrl-C while a function runs"
# shellcheck disable=SC2016 # the shell that is called expands it
check "ends the function as well" sh -c '[ -s "$1" ] && ! kill -0 "$(cat "$1")"' sh "$dir/.long"

bad_tools() { # TITLE PATTERN TEXT
	printf '%s\n' "$3" >"$dir/bad.json"
	ask --no-search --tools "$dir/bad.json" x
	check_refused "$2" "$1"
}
bad_tools 'tools that are no JSON' 'JSON' '[{'
bad_tools 'tools without a command' 'command' '[{"name": "a", "parameters": {"type": "object"}}]'
bad_tools 'a name twice' 'two of that name' '[{"name": "a", "command": ["x"]}, {"name": "a", "command": ["x"]}]'
bad_tools 'a name that is the index'"'"'s' 'search' '[{"name": "search", "command": ["x"]}]'
bad_tools 'parameters that are no schema' 'parameters|schema' '[{"name": "a", "parameters": {"type": "thing"}, "command": ["x"]}]'
ask --no-search --tools "$dir/nonesuch.json" x
check_refused 'nonesuch' "no file of tools"
tools=''

# --- the index's own
mkdir "$dir/docs" "$dir/secret"
printf '# Boat\n\nGuests hand back the keys of the boat two hours before sunset.\n' >"$dir/docs/boat.md"
printf 'The boiler is bled behind the grey door.\n' >"$dir/docs/boiler.txt"
printf 'The safe opens with 4711.\n' >"$dir/secret/safe.txt"
printf 'Outside of the index.\n' >"$dir/other.txt"
ln -s "$dir/other.txt" "$dir/docs/link.txt"
db=$dir/a.db
standin "$dir/sent"
index "$dir/docs" "$dir/secret"
standin_stop
agent() { ask --db "$db" --mode lexical --agent "When do guests hand back?" "$dir/docs"; }
script "$(call search '{"query": "keys of the boat before sunset"}')" \
	'{"content": "Two hours before sunset [1: \"Guests hand back the keys of the boat two hours before sunset\"]."}'
agent
check_status 0 "--agent"
check_no_request 1 'Guests hand back' "nothing is searched before"
check_request 1 '"name":"search".*"name":"read".*"name":"list"' "search, read and list are offered"
check_result 2 'Guests hand back the keys' "a search shows passages"
check_out '^1 of 1 claims are supported' "which can be cited"
check_err 'search' "and it is said"
script "$(call list '{}')" "$(call read "{\"path\": \"$dir/docs/boiler.txt\"}")" '{"content": "So."}'
agent
check_result 2 'boat\.md' "list names documents"
check "within PATH alone" sh -c "! sed -n 2p '$dir/chats' | grep -q safe"
check_result 3 'bled behind the grey door' "read shows one"
for path in "$dir/secret/safe.txt" "$dir/other.txt" "$dir/docs/link.txt" "$dir/docs/../secret/safe.txt" /etc/passwd ../secret/safe.txt; do
	script "$(call read "{\"path\": \"$path\"}")" '{"content": "So."}'
	agent
	check "read of $path shows nothing of it" sh -c "[ -s '$dir/chats' ] && ! grep -qE '4711|Outside of the index|root:' '$dir/chats'"
	check_status 0 "and is answered"
done
script "$(call search '{"query": "safe opens with"}')" '{"content": "So."}'
agent
check "nor does a search outside of PATH" sh -c "! grep -q 4711 '$dir/chats'"
script "$(call search '{"query": "lease", "k": -5}')" "$(call search '{"query": ""}')" "$(call search '{"filters": 3}')" '{"content": "So."}'
agent
check_status 0 "arguments that make no sense are answered"
check_sent 4 "each"

# --- pictures
vision=ovhcloud/Mistral-Small-3.2-24B-Instruct-2506
script '{"content": "A desk."}'
see() { ask --no-search --chat-model "$vision" "$@" "What's in this image?"; }
see --image data/examples/room.jpg
check_answer 'A desk.' "a picture"
check_request 1 "\"content\":\[{\"type\":\"text\",\"text\":\"What's in this image?\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/jpeg;base64,$(base64 -w0 data/examples/room.jpg | head -c 200)" \
	"goes as it is, beside the question"
see --image data/examples/room.jpg --image data/examples/room.jpg
check_request 1 '"image_url".*"image_url".*"image_url".*"image_url"' "two do as well"
ask --db "$db" --mode lexical --chat-model "$vision" --image data/examples/room.jpg \
	"When do guests hand back the keys of the boat before sunset?"
check_request 1 'Guests hand back.*"image_url"' "and beside sources"
see --image "$dir/docs/boat.md"
check_refused 'boat\.md.*(image|picture)|(image|picture).*boat\.md' "a text is no picture"
see --image "$dir/nonesuch.jpg"
check_refused 'nonesuch' "a picture that is not there"
see --image "$dir/docs"
check_refused 'docs' "a folder is no picture"
: >"$dir/empty.jpg"
see --image "$dir/empty.jpg"
check_refused 'empty\.jpg' "an empty file is no picture"
printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\377\0\0\0\377\0\010\2\0\0\0' >"$dir/bomb.png"
see --image "$dir/bomb.png"
check_refused 'bomb\.png.*65280 by 65280 pixels' "one of too many pixels"
{ cat data/examples/room.jpg; head -c 3000000 /dev/zero; } >"$dir/large.jpg"
{ cat data/examples/room.jpg; head -c 750000 /dev/zero; } >"$dir/half.jpg"
if ls /usr/lib/*/libgd.so.3 >/dev/null 2>&1; then
	see --image "$dir/large.jpg"
	check_answer 'A desk.' "one that is too large is made smaller"
	see --image "$dir/half.jpg" --image "$dir/half.jpg"
	check_answer 'A desk.' "so are two that have no room in one request"
	[ "$(wc -c <"$dir/chats")" -lt 2000000 ]
	tap_result $? "and they fit"
else
	see --image "$dir/large.jpg"
	check_refused 'large\.jpg.*libgd3' "one that is too large, without libgd"
fi
ask --no-search --image data/examples/room.jpg x
check_refused 'picture' "a model that sees nothing"

# --- JSON of a schema
room='Room 12 contains books, a desk, and a lamp.'
json() { ask --no-search --schema "${schema:-data/examples/room.json}" "$@" "$room"; }
good='{\"section\": \"Room 12\", \"products\": [\"books\", \"desk\"]}'
script "{\"content\": \"$good\"}"
json --schema-name data_extraction --lax-schema
check "an answer is JSON and nothing else" [ "$(printf '%s' "$out" | tr -d ' \n\t')" = \
	'{"section":"Room12","products":["books","desk"]}' ]
check_request 1 '"response_format":{"type":"json_schema","json_schema":{"name":"data_extraction","schema":{"type":"object",.*},"strict":false}}' \
	"the schema is sent as it is"
json
check_request 1 '"strict":true' "strict, unless it is asked for otherwise"
script "{\"content\": \"\`\`\`json\\n$good\\n\`\`\`\"}"
json
check_out '"section"' "a fence around it is no harm"
check_sent 1 "nor a reason to ask again"
script '{"content": "{\"section\": 12, \"products\": []}"}' "{\"content\": \"$good\"}"
json
check_status 0 "an answer that the schema does not allow is asked for once more"
check_sent 2 "once"
check_request 2 '/section' "with the place of what is wrong"
check_out '"Room 12"' "and the second is printed"
for bad in 'Here you are: {}' '{\"section\": \"a\"}' '{\"section\": \"a\", \"products\": [], \"more\": 1}' '[' ''; do
	script "{\"content\": \"$bad\"}"
	json
	check_failure 'schema' "an answer that is not of the schema, twice: $bad"
	check_answer '' "is not shown"
	check_sent 2 "nor asked for a third time"
done
bad_schema() { # TITLE PATTERN TEXT
	schema=$dir/bad.schema.json
	printf '%s\n' "$3" >"$schema"
	json
	check_refused "$2" "$1"
	schema=''
}
bad_schema 'a schema that is no JSON' 'JSON' '{"type": '
bad_schema 'a schema that is none' 'schema' '[1, 2]'
bad_schema 'a type that there is not' 'schema.*type|type' '{"type": "thing"}'
bad_schema 'a keyword that is not checked' 'dependentRequired' '{"type": "object", "dependentRequired": {"a": ["b"]}}'
# shellcheck disable=SC2016 # it is no variable
bad_schema 'a reference into the void' 'ref' '{"$ref": "#/$defs/none"}'
schema=$dir/nonesuch.json
json
check_refused 'nonesuch' "no file of a schema"
schema=''
json --schema-name 'a name'
check_refused 'schema-name' "a name that is none"
ask --no-search --schema-name x y
check_refused 'schema' "a name without a schema"
script '{"content": "{\"section\": \"a\", \"products\": []}"}'
ask --db "$db" --mode lexical --each --schema data/examples/room.json "What is there?" "$dir/docs"
check "--each --schema: a line of JSON for each document" \
	[ "$(grep -c '^{"path":.*"answer":{"section":"a","products":\[\]}' "$dir/.out")" -eq 2 ]
finish
