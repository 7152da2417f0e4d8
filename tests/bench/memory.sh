#!/bin/sh
# tests/bench/memory.sh [BUILD] [MEGABYTES]: peak resident size of `akin index`
# over a generated folder of mixed sizes and languages, with text files of up to 16
# MB: through the stand-in endpoint (1024 dimensions, no latency; limit 150 MB), and
# with the embedded model over a small folder (limit 300 MB). Writes a line a figure,
# as tests/bench/run.sh wants them. Slow: minutes, and four times the folder on disk.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:-${AKIN_BUILD:-$top/build/release}} megabytes=${2:-1000} local_megabytes=${3:-3}
build=$(cd "$build" && pwd)
cd "$top"
make -s "${build#"$top"/}/bench/make_folder" "${build#"$top"/}/akin" "${build#"$top"/}/standin" >&2
work=$(mktemp -d)
standin=
trap '[ -n "$standin" ] && kill "$standin"; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
export HOME="$work" XDG_CONFIG_HOME="$work" XDG_DATA_HOME="$work" NO_PROXY=127.0.0.1
unset AKIN_DB AKIN_MODEL AKIN_BASE_URL OVHCLOUD_API_KEY http_proxy https_proxy

# UTF-8 documents of two kilobytes or more, in the languages of the sample
sources=$(find data/docs -type f -size +3 | LC_ALL=C sort | while read -r file; do
	iconv -f UTF-8 -t UTF-8 "$file" >/dev/null 2>&1 && echo "$file"
done)

measured() { # FOLDER ARG...: $peak MB, $seconds, $files
	folder=$1
	shift
	rm -f "$work"/a.db*
	/usr/bin/time -f '%M %e' -o "$work/time" \
		"$build/akin" index --db "$work/a.db" "$@" "$folder" 2>"$work/err" || {
		cat "$work/err" >&2
		exit 1
	}
	read -r kilobytes seconds <"$work/time"
	peak=$((kilobytes / 1024)) files=$(find "$folder" -type f | wc -l)
}

figure() { # WHAT LIMIT MEGABYTES
	printf '%s\t%s\tMB\tlimit %s; %s MB in %s files, %s s\n' "$1" "$peak" "$2" "$3" "$files" "$seconds"
	[ "$peak" -le "$2" ] || failed=1
}

failed=0
# shellcheck disable=SC2086
"$build/bench/make_folder" "$work/docs" "${megabytes}000000" 16000000 1 $sources
"$build/standin" --vectors hash --dim 1024 --port-file "$work/port" 2>"$work/stats" &
standin=$!
until [ -s "$work/port" ]; do sleep 0.1; done
measured "$work/docs" --model ovhcloud/BGE-M3 --base-url "http://127.0.0.1:$(cat "$work/port")/v1"
figure "peak, endpoint" 150 "$megabytes"
rm -rf "$work/docs"

# one file of several megabytes among them: its passages wait in memory for the model
# shellcheck disable=SC2086
"$build/bench/make_folder" "$work/docs" "${local_megabytes}000000" 200000 2 $sources
measured "$work/docs" --model local/multilingual-e5-small
figure "peak, embedded model" 300 "$local_megabytes"
exit "$failed"
