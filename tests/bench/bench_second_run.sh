#!/bin/sh
# How long does `akin index` take when nothing has changed? 10,000 files; the median
# of 7 runs; must be under 0.3 s on a quiet machine, and nothing may be sent.
. tests/cli/tap.sh
. tests/support/standin.sh
files=10000 docs=$dir/docs db=$dir/a.db
for part in 1 2 3 4 5 6 7 8 9 10; do
	mkdir -p "$docs/$part"
	awk -v folder="$docs/$part" -v first=$((part * 1000)) 'BEGIN {
		for (i = first; i < first + 1000; i++) {
			file = folder "/" i ".txt"
			printf "Note %d.\n\nA heron stood at post %d of the canal.\n", i, i * 7 >file
			close(file)
		}
	}'
done
standin "$dir/log"
sleep 0.1
index "$docs"
first=$(lines "$log")
times=$(for round in 1 2 3 4 5 6 7; do
	/usr/bin/time -f %e -o "$dir/time" "$akin" index --db "$db" --base-url "$url" "$docs" 2>/dev/null
	cat "$dir/time"
done | sort -n)
median=$(echo "$times" | sed -n 4p) least=$(echo "$times" | sed -n 1p)
printf 'nothing changed\t%s\ts\tmedian of 7, least %s; %s files; %s texts sent\n' \
	"$median" "$least" "$files" $(($(lines "$log") - first))
[ "$first" -eq "$files" ] && [ "$(lines "$log")" -eq "$first" ]
