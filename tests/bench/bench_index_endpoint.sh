#!/bin/sh
# The command against the stand-in: time against what a rate limit allows, refusals,
# how long the server idles, processor time a chunk, peak memory.
set -u
# shellcheck source=tests/support/endpoint.sh
. "$(dirname "$0")/../support/endpoint.sh"
command -v python3 >/dev/null || { echo "python3 is needed" >&2; exit 77; }
texts=${TEXTS:-5000}
wall=0 cpu=0 peak=0

# Files of many paragraphs, each a chunk of about 900 bytes.
python3 - "$work/docs" "$texts" <<'P'
import os, random, sys
folder, n = sys.argv[1], int(sys.argv[2])
random.seed(1)
words = ["".join(random.choice("bcdfglmnprstv") + random.choice("aeiou") for _ in range(random.randint(1, 4)))
         for _ in range(4000)]
os.makedirs(folder)
for i in range(n):
    with open(f"{folder}/{i}.txt", "w") as f:
        f.write(f"Entry {i}. " + " ".join(random.choices(words, k=140)) + ".\n")
P

wall=0 cpu=0 peak=0
# "measure WHAT MODEL-OPTIONS -- STANDIN'S OPTIONS": wall, cpu (ms) and peak (KB)
measure() {
	python3 - "$work/figures" "$akin" index -q --db "$work/a.db" --base-url "$url" "$@" "$work/docs" <<'P'
import os, resource, subprocess, sys, time
start = time.monotonic()
rc = subprocess.run(sys.argv[2:]).returncode
wall = time.monotonic() - start
u = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as f:
    f.write(f"wall={wall:.3f} cpu={u.ru_utime + u.ru_stime:.3f} peak={u.ru_maxrss}\n")
sys.exit(rc)
P
	rc=$?
	standin_stop
	# shellcheck source=/dev/null
	. "$work/figures"
	[ $rc -eq 0 ] || echo "akin ended with status $rc" >&2
	[ "$(fact vectors)" = "$texts" ] || echo "not every text is embedded" >&2
}
ratio() { awk -v a="$1" -v b="$2" -v f="${3:-%.3f}" 'BEGIN { printf f, a / b }'; }

# 40 requests in 6 s are 400 a minute
new_index
standin --latency 150 --limit-per-min 40 --window-ms 6000 --max-texts 25
measure --model "$model" --requests-per-minute 400
ideal=$(awk -v n="$texts" 'BEGIN { printf "%.1f", n / 25 / 400 * 60 }')
printf 'limit 400/min: time to the ideal\t%s\ttimes\t%s s for %s s\n' "$(ratio "$wall" "$ideal")" "$wall" "$ideal"
printf 'limit 400/min: refused requests\t%s\t%%\t%s of %s\n' \
	"$(awk -v a="$(figure refused)" -v b="$(figure requests)" 'BEGIN { printf "%.2f", 100 * a / b }')" \
	"$(figure refused)" "$(figure requests)"

new_index
standin --latency 20 --max-texts 25
measure --model "$model"
printf 'no limit, 20 ms: the server idles\t%s\t%%\t%s texts/s\n' \
	"$(awk -v a="$(figure idle_share)" 'BEGIN { printf "%.1f", 100 * a }')" "$(ratio "$texts" "$wall" %.0f)"
embed_cpu=$cpu

# extraction, chunking and the plan alone
python3 - "$work/figures" "$akin" index -q --dry-run --db "$work/b.db" --model "$model" \
	--base-url http://127.0.0.1:9/v1 "$work/docs" <<'P'
import resource, subprocess, sys
rc = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL).returncode
u = resource.getrusage(resource.RUSAGE_CHILDREN)
open(sys.argv[1], "w").write(f"cpu={u.ru_utime + u.ru_stime:.3f}\n")
sys.exit(rc)
P
# shellcheck source=/dev/null
. "$work/figures"
printf 'processor time beyond extraction and chunking\t%s\tus/chunk\t%s s of %s s\n' \
	"$(awk -v a="$embed_cpu" -v b="$cpu" -v n="$texts" 'BEGIN { printf "%.0f", (a - b) / n * 1e6 }')" \
	"$(awk -v a="$embed_cpu" -v b="$cpu" 'BEGIN { printf "%.2f", a - b }')" "$embed_cpu"

new_index
standin --latency 300 --max-texts 25
measure --model "$model" --max-in-flight 64
printf '64 requests in flight: peak memory\t%s\tMB\t%s at once\n' "$(ratio "$peak" 1000 %.0f)" "$(figure most_at_once)"
