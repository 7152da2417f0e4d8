#!/bin/sh
# A run that a rate limit holds back, with a short window in the place of a minute: what
# the terminal tells, and what a kill in the middle costs. Whole days are played in
# tests/unit/test_time_left.c.
set -u
# shellcheck source=tests/support/endpoint.sh
. "$(dirname "$0")/../support/endpoint.sh"
docs=$work/docs n_texts=400
make_texts "$docs" $n_texts
six_are_answered() { [ "$(grep -c '"status":200}' "$work/sent")" -ge 150 ]; }

# on_terminal OPTION...: akin index on a terminal of its own; what it wrote is in
# $work/lines, a line each
on_terminal() {
	status=0
	command="'$akin' index --db '$work/a.db' --model $model --base-url $url $* '$docs'"
	timeout -k 5 120 script -qec "$command" "$work/typescript" >/dev/null 2>&1 </dev/null || status=$?
	tr '\r' '\n' <"$work/typescript" | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' >"$work/lines"
	sed -n '/ texts/p' "$work/lines" >"$work/err"
}

# Each line that tells a time, against what it tells beside it: 25 texts a request and a
# request a second. A tenth, and a second for the rounding and what is just under way.
told_times_are_right() {
	awk -v all=$n_texts '
	/ texts.* s left at 60 requests a minute/ {
		done = left = $0
		sub(/ texts.*/, "", done); sub(/.*, /, "", done)
		sub(/ s left.*/, "", left); sub(/.*, /, "", left)
		left += 0
		truth = (all - done) / 25
		n++
		if (left > truth * 1.1 + 2 || left < truth * 0.9 - 2) {
			bad++
			print "# " $0
		}
	}
	END { print "# " n " times told"; exit !(n > 20 && !bad) }' "$work/lines"
}

if command -v script >/dev/null; then
	standin --limit-per-min 2 --window-ms 2000
	on_terminal --requests-per-minute 60
	standin_stop
	check 'two requests in two seconds: succeeds' is "$status $(fact vectors)" "0 $n_texts"
	check 'the time left is told, and right, and what it waits for' told_times_are_right
	check 'and nothing else: no line is longer than the terminal' \
		is "$(awk 'length($0) > 80 && / texts.* left/' "$work/lines" | wc -l | tr -d ' ')" 0

	new_index
	standin --fault 429-cooldown
	on_terminal --patience 4
	standin_stop
	check 'refused: the terminal says so' grep -q 'the server refuses: again in [0-9]* s' "$work/lines"
else
	n=$((n + 1))
	echo "ok $n - progress on a terminal # skip no script(1)"
fi

# killed in the middle
new_index
standin --limit-per-min 2 --window-ms 2000 --latency 300
"$akin" index --db "$work/a.db" --model "$model" --base-url "$url" --requests-per-minute 60 "$docs" \
	>"$work/out" 2>"$work/err" &
pid=$!
until_holds six_are_answered
kill -9 "$pid"
wait "$pid" 2>/dev/null
check 'killed: what had come is kept' test "$(fact vectors)" -ge 125
check 'killed: in the middle' test "$(fact vectors)" -lt $n_texts
index --requests-per-minute 60 "$docs"
standin_stop
check 'killed: the next run completes it' is "$status $(fact vectors)" "0 $n_texts"
again=$(($(awk '/"status":200}/' "$work/sent" | wc -l) - n_texts))
echo "# $again texts sent again"
check 'killed: no more is sent again than was in flight' test "$again" -le 50
echo "1..$n"
