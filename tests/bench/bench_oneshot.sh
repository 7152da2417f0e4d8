#!/bin/sh
# Whole processes of akin search --vector, over $AKIN_BENCH_VECTORS made-up vectors (default
# 100,000; a million takes 2 minutes and 3 GB to make) in clusters and without any; with
# $AKIN_BENCH_FOLDER the indexes are kept there and used again.
set -u
n=${AKIN_BENCH_VECTORS:-100000}
build=${AKIN_BUILD:?the build, as make bench sets it}
command -v python3 >/dev/null || { echo "no python3" >&2; exit 77; }
folder=${AKIN_BENCH_FOLDER:-}
if [ -z "$folder" ]; then
	folder=$(mktemp -d)
	trap 'rm -rf "$folder"' EXIT
fi
mkdir -p "$folder"
make -s "build/${build##*/}/bench/make_vectors" >&2 || exit
for kind in ${AKIN_BENCH_KINDS:-clustered hard}; do
	index=$folder/$kind-$n.db
	if [ ! -s "$index.questions" ]; then
		rm -f "$index"
		"$build/bench/make_vectors" "$index" "$kind" "$n" >"$folder/made" || exit
	fi
	python3 tests/bench/oneshot.py "$build/akin" "$index" >"$folder/figures" || exit
	sed "s/^/$kind, $n, /" "$folder/figures"
done
