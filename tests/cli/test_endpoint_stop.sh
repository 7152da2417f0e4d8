#!/bin/sh
# Ctrl-C while an endpoint embeds. The first: nothing more leaves, what is under way is
# taken in, the run says how to go on. The second: the end at once, and a whole index.
set -u
# shellcheck source=tests/support/endpoint.sh
. "$(dirname "$0")/../support/endpoint.sh"
docs=$work/docs n_texts=500
make_texts "$docs" $n_texts
has() { grep -Eq "$2" "$1"; }
is_stopping() { grep -q '^stopping' "$work/err"; }

# start OPTION...: a run in the background; begin: one through the stand-in
start() {
	: >"$work/err" # is_stopping reads it
	"$akin" index --db "$work/a.db" "$@" >"$work/out" 2>"$work/err" &
	pid=$!
}
begin() { start --model "$model" --base-url "$url" "$@" "$docs"; }

# a client is connected with the stand-in, whose log tells of a request when it is answered
is_asking() { grep -q ":$(printf '%04X' "${host#*:}") 01 " /proc/net/tcp; }
# It stands still while it is looked at: or a fast one is through before the signal comes.
stands_still_with_some() {
	kill -s STOP "$pid" && [ "$(fact vectors)" -gt 0 ] && return
	kill -s CONT "$pid"
	sleep 0.1
	return 1
}

is_over() { ! grep -qs '^State:.[^Z]' "/proc/$pid/status"; }
# ends SIGNAL: sends it, and waits until the run has ended
ends() {
	kill -s "$1" "$pid"
	until_holds is_over || kill -9 "$pid"
	status=0
	wait "$pid" 2>/dev/null || status=$?
}

completes() { # TITLE: what the next run does
	standin
	index "$docs"
	standin_stop
	check "$1: the next run completes it" is "$status $(fact vectors) $(fact chunks)" "0 $n_texts $n_texts"
}

for signal in INT TERM; do
	new_index
	standin --latency 1000
	begin --max-in-flight 2
	until_holds have_answered 2
	ends $signal
	standin_stop
	number=$(kill -l $signal 2>/dev/null) # INT 2, TERM 15
	[ "$number" ] || number=$([ $signal = INT ] && echo 2 || echo 15)
	check "SIG$signal: status 128 + the signal" is "$status" $((128 + number))
	kept=$(fact vectors)
	# one or two were answered when the signal came, and two under way
	check "SIG$signal: no batch leaves any more" test "$(figure requests)" -le 4
	check "SIG$signal: what was under way is taken in" is "$kept" $(($(figure requests) * 25))
	check "SIG$signal: says what happens" has "$work/err" '^stopping .*again stops at once'
	check "SIG$signal: says how to go on" has "$work/err" \
		'^akin: stopped; what is done is kept, and the same command goes on'
	completes "SIG$signal"
	check "SIG$signal: and sends nothing twice" is "$(sent)" $((n_texts - kept))
done

# no reply comes: it is not waited for
new_index
standin --latency 60000
begin
until_holds is_asking
ends TERM
check 'a server that does not answer: is not waited for' is "$status" 143
check 'a server that does not answer: says how to go on' has "$work/err" '^akin: stopped; what is done is kept'

# the second signal
new_index
begin
until_holds is_asking
kill -s TERM "$pid"
until_holds is_stopping
ends TERM
check 'twice: ended by the signal' is "$status" 143
check 'twice: at once, without the account' is "$(grep -c '^akin: stopped' "$work/err")" 0
kill -9 "$standin_pid"
wait "$standin_pid" 2>/dev/null
standin_pid=''

new_index
standin --latency 400
begin --max-in-flight 2
until_holds have_answered 4
kill -s INT "$pid"
until_holds is_stopping
ends INT
standin_stop
check 'twice, with something done: ended by the signal' is "$status" 130
kept=$(fact vectors)
check 'twice, with something done: that is kept' test "$kept" -ge 50
"$akin" doctor --db "$work/a.db" --base-url "$url" >"$work/out" 2>&1
check 'twice, with something done: the index is whole' is "$?" 0
completes 'twice, with something done'
check 'twice, with something done: it sends what is missing only' is "$(sent)" $((n_texts - kept))

# the local model: what has not been begun is not begun
if [ -r "$("$akin" model path multilingual-e5-small 2>/dev/null)/model.safetensors" ]; then
	new_index
	make_texts "$work/few" 200
	start --threads 1 --model local/multilingual-e5-small "$work/few"
	until_holds stands_still_with_some
	kill -s CONT "$pid"
	ends INT
	check 'local model: status 128 + the signal' is "$status" 130
	check 'local model: says how to go on' has "$work/err" '^akin: stopped; what is done is kept'
	check 'local model: it was stopped in the middle' test "$(fact vectors)" -lt 200
	"$akin" index --db "$work/a.db" "$work/few" >"$work/out" 2>"$work/err"
	check 'local model: the next run completes it' is "$? $(fact vectors)" '0 200'
else
	n=$((n + 1))
	echo "ok $n - local model # skip no weights of the embedded model"
fi
echo "1..$n"
