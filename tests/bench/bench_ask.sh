#!/bin/sh
# How long akin ask adds to a question and to the first word of its answer.
set -u
command -v python3 >/dev/null || { echo "python3 is needed" >&2; exit 77; }
exec python3 "$(dirname "$0")/ask_latency.py" "${AKIN_BUILD:-build/release}"
