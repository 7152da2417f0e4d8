#!/bin/sh
# akin against a server that refuses, fails and lies: for each fault the exit status,
# one line that names the server, what it said and what to do, nothing lost, and a
# later run that sends what is missing and nothing else.
set -u
# shellcheck source=tests/support/endpoint.sh
. "$(dirname "$0")/../support/endpoint.sh"
docs=$work/docs n_texts=120
make_texts "$docs" $n_texts

one_line() { # PATTERN: the only error, names the host
	is "$(grep -c '^akin:' "$work/err")" 1 && grep '^akin:' "$work/err" | grep -q "$host" &&
		grep '^akin:' "$work/err" | grep -Eq "$1"
}

missing_only() { is "$(sent)" $((n_texts - had)); }
is_complete() {
	is "$status" 0 && is "$(fact chunks)" $n_texts && is "$(fact vectors)" $n_texts &&
		is "$(fact failed_chunks)" 0
}

good_run() { # TITLE: with the patience and the time limits of every day
	had=$(fact vectors) options=$more_options more_options=''
	standin
	index "$docs"
	standin_stop
	check "$1: a good run completes it" is_complete
	check "$1: and sends what is missing only" missing_only
	standin
	index "$docs"
	standin_stop
	check "$1: the next one sends nothing" is "$(sent)" 0
	more_options=$options
}

# The run ends with an error of its own. "ends TITLE PATTERN STANDIN'S OPTIONS..."
ends() {
	title=$1 pattern=$2
	shift 2
	new_index
	standin "$@"
	index "$docs"
	standin_stop
	check "$title: status 2" is "$status" 2
	check "$title: one line says what is wrong and what to do" one_line "$pattern"
	good_run "$title"
}

# The run survives. "survives TITLE STANDIN'S OPTIONS..."
survives() {
	title=$1
	shift
	new_index
	standin "$@"
	index "$docs"
	standin_stop
	check "$title: everything is embedded" is_complete
	check "$title: without an error" is "$(grep -c '^akin:' "$work/err")" 0
}

# The run ends by itself, with some texts failed. "loses TITLE PATTERN OPTIONS..."
listed() { is "$(grep -Ec "$1" "$work/status")" "$(fact failed_chunks)" && [ "$(fact failed_chunks)" -gt 0 ]; }
loses() {
	title=$1 pattern=$2
	shift 2
	new_index
	standin "$@"
	index "$docs"
	standin_stop
	check "$title: status 2" is "$status" 2
	"$akin" status -v --db "$work/a.db" >"$work/status" 2>&1
	check "$title: 'akin status' lists what failed, with the reason" listed "^  .*: .*$pattern"
	check "$title: all others are embedded" is $(($(fact failed_chunks) + $(fact vectors))) $n_texts
	good_run "$title"
}

more_options='--patience 1'
ends 'wrong key' 'refuses the key \(status 401: .*OVHCLOUD_API_KEY' --key another
ends 'wrong key later' 'refuses the key \(status 401: .*OVHCLOUD_API_KEY' --fault 401:0.3 --seed 5 --max-texts 10
ends 'revoked key' 'refuses the key \(status 403: .*OVHCLOUD_API_KEY' --fault 403
ends 'unknown model' "no model 'bge-m3'.*\(status 404: .*/models" --fault 404
ends 'no reply' 'no progress .*: .*(empty|closed|reply)' --fault down
ends 'HTML' 'no progress .*status 502: 502 Bad Gateway' --fault html502
ends 'cut replies' 'no progress' --fault cut
ends 'truncated JSON' 'no progress .*no answer' --fault truncated
ends 'garbage' 'no progress .*no answer' --fault garbage
ends '500' 'no progress .*status 500: something broke' --fault 500
ends '503' 'no progress .*status 503: overloaded' --fault 503
ends '429 for ever' 'no progress .*status 429: too many requests' --fault 429-forever
ends 'cooldown for ever' 'no progress .*status 429.*key' --fault 429-cooldown
ends 'an error in a 200' 'no progress .*the model is being loaded' --fault error200

more_options='--patience 1 --timeout 1'
ends 'slow' 'no progress .*(imed out|time-?out)' --fault slow --slow-ms 3000
more_options='--patience 1 --first-byte-timeout 1'
ends 'slow to begin' 'no progress .*no byte of an answer in 1000 ms' --fault slow --slow-ms 3000

more_options='--patience 1'
new_index
host=127.0.0.1:9 url=http://127.0.0.1:9/v1
index "$docs"
check 'down: status 2' is "$status" 2
check 'down: one line says what is wrong' one_line 'no progress'
good_run 'down'

more_options=''
new_index
standin
index "$docs/1.txt"
standin_stop
standin --dim 512
index "$docs"
standin_stop
check 'another dimension than before: status 2' is "$status" 2
check 'another dimension than before: one line says so, and what to do' \
	grep -q '^akin: .*512 dimensions now, but the index has 1024; use another --db' "$work/err"
good_run 'another dimension than before'

survives '413 for more than 4 texts' --max-texts 4 --refusal-status 413
survives '422 for more than 7 texts' --max-texts 7 --refusal-status 422
survives '400 for more than 9 texts' --max-texts 9 --refusal-status 400
survives '413 for many bytes' --max-bytes 900 --refusal-status 413
survives 'a limit of requests' --limit-per-min 3 --window-ms 1000
survives 'a limit of requests that is not told' --limit-per-min 3 --window-ms 1000 --no-retry-after
survives 'any order' --fault reversed
survives 'no index' --fault no-index
survives 'base64 that nobody asked for' --fault base64
survives 'bare integers and exponents' --fault ints
survives '500 now and then' --fault 500:0.3 --seed 3
survives 'the wrong number now and then' --fault wrong-count:0.2 --fault extra:0.1 --seed 3
survives 'a wrong dimension now and then' --fault wrong-dim:0.3 --seed 3
survives 'cooldown now and then' --fault 429-cooldown:0.1 --seed 8

loses 'a text that is refused' 'status 400: a text cannot be embedded' --poison heron --poison-status 400
loses 'a text that breaks the server' 'status 500' --poison 'and 84 of' --poison-status 500
loses 'a text without a vector' 'null' --poison kettle --poison-status 200
loses 'NaN' 'NaN|finite|number' --fault nan
loses 'null' 'null' --fault null
loses 'zeros' 'zero' --fault zero

# keys
pattern=$work/pattern
printf '%s' "$OVHCLOUD_API_KEY" >"$pattern"
new_index
standin --latency 700
"$akin" index --db "$work/a.db" --model "$model" --base-url "$url" "$docs" >"$work/out" 2>"$work/err" &
pid=$!
is_listed() { tr '\0' ' ' <"/proc/$pid/cmdline" >"$work/cmdline" && grep -q 'index --db' "$work/cmdline"; }
check 'the process list was looked at' until_holds is_listed
wait "$pid"
standin_stop
mv "$pattern" "$work/../${work##*/}.key"
found=$(grep -rlFf "$work/../${work##*/}.key" "$work")
rm -f "$work/../${work##*/}.key"
check 'the key is in no output, log, index or process list' is "$found" ''
index --api-key "$OVHCLOUD_API_KEY" "$docs"
check 'a key on the command line is refused, and not repeated' \
	is "$status $(grep -c "$OVHCLOUD_API_KEY" "$work/err")" '2 0'
echo "1..$n"
