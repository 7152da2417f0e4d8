#!/bin/sh
# SIGKILL at random moments of a run: the index stays whole, nothing that was
# committed is sent again, and the next run completes. KILLS=100 for the full form
# (15 otherwise), SEED=N to repeat one.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/../support/standin.sh"
kills=${KILLS:-15} seed=${SEED:-$(date +%s)} files=${FILES:-1000}
echo "# KILLS=$kills SEED=$seed FILES=$files"
docs=$dir/docs db=$dir/a.db
n_kill=0 n_late=0 n_run=0 n_complete=0 again=0 twice=0 unclean=0 missed=0 state=0 halfway=0 known=0

random() { # BELOW NUMBER: the same for the same seed and number
	awk -v s="$seed" -v k="$2" -v n="$1" 'BEGIN {
		srand(s * 1000 + k); rand(); print int(rand() * n) }'
}

# The state that the next run finds is kept, to hold against what that run sends.
snapshot() {
	rm -f "$dir"/before.db*
	for part in '' -wal; do
		[ -f "$db$part" ] && cp "$db$part" "$dir/before.db$part"
	done
}

# Texts of the log that the index had before the run, and texts that stand there twice.
judge_log() {
	: >"$dir/keys"
	[ -s "$log" ] && [ -s "$dir/before.db" ] &&
		"$AKIN_BUILD/committed" "$dir/before.db" <"$log" >"$dir/keys"
	again=$((again + $(grep -c committed "$dir/keys")))
	twice=$((twice + $(sed 's/.*"text"/"text"/' "$log" | sort | uniq -d | awk 'END { print NR }')))
}

answered_or_over() { [ "$(lines "$log")" -ge "$1" ] || ! grep -qs '^State:.[^Z]' "/proc/$pid/status"; }

# A run that is killed: every other one within 600 ms, which on a slow machine is before
# anything was sent; the others up to 100 ms after some texts were answered. Its log is whole.
run_killed() {
	n_run=$((n_run + 1))
	snapshot
	: >"$dir/log"
	standin "$dir/log" --latency 60
	"$akin" index --db "$db" --model "$model" --base-url "$url" "$docs" >"$dir/.out" 2>"$dir/.err" &
	pid=$!
	ms=$(random 600 "$n_run")
	if [ $((n_run % 2)) -eq 0 ]; then
		until_holds answered_or_over $((1 + ms * 2))
		ms=$((ms / 6))
	fi
	sleep "$(awk -v ms="$ms" 'BEGIN { printf "%.3f", ms / 1000 }')"
	kill -9 "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	if [ $? -eq 137 ]; then n_kill=$((n_kill + 1)); else n_late=$((n_late + 1)); fi
	standin_stop
	judge_log
	[ -s "$db" ] || return 0 # killed before there was an index
	"$AKIN_BUILD/committed" "$db" <"$dir/log" >"$dir/keys" &&
		grep -q committed "$dir/keys" && grep -q new "$dir/keys" && halfway=$((halfway + 1))
	"$akin" doctor --db "$db" >"$dir/.doctor" 2>&1 || {
		unclean=$((unclean + 1))
		sed 's/^/# /' "$dir/.doctor"
	}
}

run_whole() {
	n_run=$((n_run + 1))
	snapshot
	: >"$dir/log"
	standin "$dir/log"
	index "$docs"
	standin_stop
	judge_log
	# what a whole run sends is known afterwards: or the check above could not fail
	"$AKIN_BUILD/committed" "$db" <"$log" >"$dir/keys"
	known=$((known + $(grep -c committed "$dir/keys"))) missed=$((missed + $(grep -c new "$dir/keys")))
	n_complete=$((n_complete + 1))
	[ "$status" -eq 0 ] && each_once "$docs" && doctor_clean || missed=$((missed + 1))
}

# Some files change, some go, some move, some come.
mutate() {
	state=$((state + 1))
	find "$docs" -type f | sort | awk -v s="$seed" -v k="$state" 'BEGIN { srand(s + k * 7919) }
		{ r = rand(); print (r < 0.3 ? "change" : r < 0.4 ? "go" : r < 0.5 ? "move" : "stay"), $0 }' |
		while read -r what path; do
			case $what in
			change) sed "s/paces/steps and $state/" "$path" >"$path.new" && mv "$path.new" "$path" ;;
			go) rm "$path" ;;
			move) mkdir -p "$docs/moved$state" && mv "$path" "$docs/moved$state/" ;;
			esac
		done
	make_documents "$docs/new$state" $((state * 10000)) $((state * 10000 + files / 5))
}

make_documents "$docs" 1 "$files"
while [ "$n_kill" -lt "$kills" ] && [ "$n_run" -lt $((kills * 3)) ]; do
	rm -f "$db"*
	# each life of an index: kills while it is made, then while changes are taken in
	for phase in make change; do
		for round in 1 2 3 4; do
			[ "$n_kill" -lt "$kills" ] || break
			run_killed
		done
		run_whole
		[ "$phase" = make ] && mutate
	done
	# the documents of the next life are like the first, but not the same
	rm -rf "$docs"
	make_documents "$docs" $((state * 10000 + 5000)) $((state * 10000 + 5000 + files))
done

status=0 out='' err=''
echo "# $n_kill kills, $halfway of them with a part committed; $n_late came too late; $n_complete runs completed"
check "runs were killed" [ "$n_kill" -ge "$kills" ]
check "some kills came when a part was committed" [ "$halfway" -gt 0 ]
check "what a completed run sent is found in the index" [ "$known" -gt 0 ]
check "doctor finds nothing after any kill" [ "$unclean" -eq 0 ]
check "every completed run has each file once, and a whole index" [ "$missed" -eq 0 ]
check "no text that was committed is sent again ($again)" [ "$again" -eq 0 ]
check "no run sends a text twice ($twice)" [ "$twice" -eq 0 ]
finish
