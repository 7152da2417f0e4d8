#!/bin/sh
# What does looking for the words cost beside the scan? Whole processes, --mode dense and
# --mode hybrid in turn, over an index of $CHUNKS (default 100,000; a million takes minutes
# and 4 GB to make) made by make_index; with $INDEX it is kept there and used again.
. tests/cli/tap.sh
chunks=${CHUNKS:-100000} index=${INDEX:-$dir/akin.db}
model=$(cd "$(dirname "$0")/../.." && pwd)/data/models
if [ ! -r "$model/multilingual-e5-small/model.safetensors" ]; then
	echo "no weights of the embedded model" >&2
	exit 77
fi
make -s "build/${AKIN_BUILD##*/}/bench/make_index" >&2 || exit
if [ ! -s "$index.questions" ]; then
	rm -f "$index"
	"$AKIN_BUILD/bench/make_index" "$index" "$chunks" >"$dir/questions" || exit
	mv "$dir/questions" "$index.questions"
fi

# seconds MODE QUESTION: of one process, from the start to the end
seconds() {
	before=$(date +%s%N)
	"$akin" search --models "$model" --db "$index" --mode "$1" --min-score 0 "$2" \
		>"$dir/.out" 2>"$dir/.err" || return
	echo $((($(date +%s%N) - before) / 1000000))
}

seconds dense warm >"$dir/times" || { cat "$dir/.err" >&2; exit 1; }
: >"$dir/times"
tab=$(printf '\t')
while IFS="$tab" read -r kind question; do
	[ "$kind" = stop ] && rounds='1 2 3 4 5' || rounds=1
	for round in $rounds; do
		dense=$(seconds dense "$question") && hybrid=$(seconds hybrid "$question") || exit 1
		printf '%s\t%s\t%s\n' "$kind" "$dense" "$hybrid" >>"$dir/times"
	done
done <"$index.questions"

# at KIND COLUMN PERCENT: a percentile of the times, in milliseconds
at() {
	awk -F '\t' -v kind="$1" -v column="$2" '$1 == kind { print $column }' "$dir/times" | sort -n |
		awk -v percent="$3" '{ t[NR] = $1 } END { print t[int((NR - 1) * percent / 100 + 0.5) + 1] }'
}

for kind in words mixed stop; do
	for percent in 50 95; do
		[ "$kind $percent" = "stop 95" ] && continue
		dense=$(at $kind 2 $percent) hybrid=$(at $kind 3 $percent)
		printf '%s, %s of 100\t%s\ttimes\thybrid %s ms, dense %s ms; %s chunks\n' "$kind" "$percent" \
			"$(echo "$hybrid $dense" | awk '{ printf "%.2f", $1 / $2 }')" "$hybrid" "$dense" "$chunks"
	done
done
