#!/bin/sh
# Every fault of a server at random rates up to 30 % of its replies: the run ends by
# itself, what can be embedded is embedded once, the rest is listed with reasons.
#   FULL=1 test_faults.sh         2,000 texts instead of 600
#   SEED=N test_faults.sh         other rates (they are printed)
set -u
# shellcheck source=tests/support/endpoint.sh
. "$(dirname "$0")/../support/endpoint.sh"
docs=$work/docs n_texts=600 seed=${SEED:-1}
[ "${FULL:-}" ] && n_texts=2000
make_texts "$docs" $n_texts
time_limit=600

draw() { # rate: a number from 0.05 to 0.30, another one each time
	seed=$((seed + 1))
	rate=$(awk -v seed=$seed 'BEGIN { srand(seed * 7919); rand(); printf "%.3f", 0.05 + 0.25 * rand() }')
}

run() { # STANDIN'S OPTIONS...
	new_index
	standin --seed "$seed" --slow-ms 300 "$@"
	index "$docs"
	standin_stop
}

# texts that were answered with status 200, whatever the vectors were
answered() { awk '/"status":200}/ { n++ } END { print n + 0 }' "$work/sent"; }
paid_twice() { echo "# $1: $(sent) texts sent, $(answered) of them answered"; }
once() { is "$(fact vectors) $(fact unused_vectors) $(fact chunks)" "$n_texts 0 $n_texts"; }
all_or_listed() {
	"$akin" status -v --db "$work/a.db" >"$work/status" 2>&1
	is $(($(fact vectors) + $(fact failed_chunks))) $n_texts && is "$(fact chunks)" $n_texts &&
		is "$(grep -Ec '^  /.*: .*(status|reply|vector|number|null|zero)' "$work/status")" "$(fact failed_chunks)"
}

# Faults that say nothing of a text: none may be lost, none paid for twice.
for fault in down html502 429 429-cooldown 500 503 slow reversed no-index base64 ints; do
	draw
	run --fault "$fault:$rate"
	check "$fault ($rate): ends by itself, without an error" is "$status" 0
	check "$fault ($rate): every text is embedded once" once
	check "$fault ($rate): and paid for once" is "$(answered)" $n_texts
done

# Faults after the server has done the work: it has to be done again.
for fault in cut truncated wrong-count extra wrong-dim nan null zero dup-index error200 huge-body \
	garbage; do
	draw
	run --fault "$fault:$rate"
	check "$fault ($rate): ends by itself, without an error" is "$status" 0
	check "$fault ($rate): every text is embedded once" once
	paid_twice "$fault"
done

# Refusals that blame a text or the size of the request, for no reason: what is given up
# is listed, and the next runs try it again.
for fault in 400 413; do
	draw
	run --fault "$fault:$rate"
	check "$fault ($rate): ends by itself" test "$status" -ne 124
	check "$fault ($rate): what is not embedded is listed with the reason" all_or_listed
	standin
	index "$docs"
	standin_stop
	check "$fault ($rate): the next run makes up for it" once
done

# All at once, with a text that the server can never embed, and limits that it does not tell.
run --fault down:0.03 --fault html502:0.03 --fault cut:0.03 --fault truncated:0.03 --fault nan:0.03 \
	--fault null:0.03 --fault zero:0.03 --fault wrong-count:0.02 --fault wrong-dim:0.02 \
	--fault error200:0.02 --fault 500:0.03 --fault 503:0.03 --fault 429:0.03 --poison 'Entry 77.' \
	--max-texts 16 --refusal-status 413
check 'everything at once: ends by itself, and says that something failed' is "$status" 2
check 'everything at once: the one text that cannot be embedded is listed' \
	is "$(fact vectors) $(fact failed_chunks)" "$((n_texts - 1)) 1"
paid_twice 'everything at once'

# Killed in the middle: what was in flight is sent again, no more.
new_index
standin --latency 150
"$akin" index --db "$work/a.db" --model "$model" --base-url "$url" --max-in-flight 2 "$docs" \
	>"$work/out" 2>"$work/err" &
pid=$!
until_holds have_answered 4
kill -9 "$pid"
wait "$pid" 2>/dev/null
index --max-in-flight 2 "$docs"
standin_stop
again=$(($(sent) - n_texts))
echo "# killed: $again texts sent again"
check 'killed: the next run completes it' once
check 'killed: what was in flight is sent again, no more' test "$again" -le 75
echo "1..$n"
