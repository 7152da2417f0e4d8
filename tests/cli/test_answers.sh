#!/bin/sh
# "nothing here answers that": on the sample documents, everyday questions about them and
# questions about other things.
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"
need_model
data="$PWD/data"
cd "$dir" || exit 2

# refused FILE: how many of its questions have no answer here; other ends stop the test
refused() {
	n=0
	while IFS="$(printf '\t')" read -r _ question; do
		"$akin" search -k 1 "$question" >/dev/null 2>&1 </dev/null
		status=$?
		[ "$status" -le 1 ] || return 1
		n=$((n + status))
	done <"$1"
	echo "$n"
}

run index -q "$data/docs"
check_status 0 "index"
off=$(refused "$data/off-topic.tsv") everyday=$(refused "$data/everyday.tsv")
echo "# off the topic: $off of 50 refused; everyday: $everyday of 60"
check "45 of 50 questions about other things are refused" [ "$off" -ge 45 ]
check "of 60 everyday questions no more than 3" [ "$everyday" -le 3 ]
finish
