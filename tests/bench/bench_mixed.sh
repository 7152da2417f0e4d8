#!/bin/sh
# tests/bench/bench_mixed.sh [FOLDER]: a folder of 1,000 mixed documents (PDFs of 4 to 40 pages and
# Markdown; or FOLDER) into a new index, through the stand-in: how many processors are busy, and the
# most memory that akin and its children hold at once.
set -u
dir=$(mktemp -d)
# shellcheck source=tests/support/standin.sh
. "$(dirname "$0")/../support/standin.sh"
# shellcheck source=tests/support/pdf.sh
. "$(dirname "$0")/../support/pdf.sh"
docs=${1:-$dir/docs}

pages() { # NUMBER: its pages
	awk -v seed="$1" 'BEGIN {
		srand(seed)
		n = split("heron reed lease kettle granite invoice violin harbour barley lantern winter engine" \
			" ladder oak copper mill saddle chalk ferry window of the and to a in was by for with", w, " ")
		for (page = 4 + seed % 37; page; page--) {
			for (line = 0; line < 50; line++) {
				for (word = 0; word < 12; word++)
					printf "%s ", w[int(rand() * n) + 1]
				printf line % 9 == 8 ? "\n\n" : "\n"
			}
			printf page > 1 ? "\f" : ""
		}
	}'
}

if [ $# -eq 0 ]; then
	mkdir -p "$docs"
	i=0
	while [ $i -lt 250 ]; do
		pages $i | make_pdf "Document $i" "Nobody" 20240101 >"$docs/$i.pdf"
		for part in 1 2 3; do
			pages $((i * 3 + part)) | tr -d '\f' | head -n $((20 + i)) >"$docs/$i-$part.md"
		done
		i=$((i + 1))
	done
fi
standin "$dir/log"
"$AKIN_BUILD/peak" "$dir/peak" "$AKIN_BUILD/akin" index -q --db "$dir/a.db" --model "$model" --base-url "$url" \
	--requests-per-minute 1000000 "$docs" || exit 2
read -r kb busy clock <"$dir/peak"
printf 'mixed documents\t%s\t\t%s MB\n' "$(find "$docs" -type f | wc -l)" "$(du -sm "$docs" | cut -f 1)"
awk -v kb="$kb" -v busy="$busy" -v clock="$clock" 'BEGIN {
	printf "processors busy\t%.2f\t\t%s s of processor time in %s s\n", busy / clock, busy, clock
	printf "peak memory with children\t%d\tMB\n", kb / 1024
}'
