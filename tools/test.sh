#!/bin/sh
# tools/test.sh [NAME...]: from a bare machine to a full test run. Installs what
# the build and the tests need, builds, and runs every test (or those whose name
# contains NAME). The last line is "N passed, N failed".
set -eu
cd "$(dirname "$0")/.."
# the tests ask no endpoint but the stand-in
unset OVHCLOUD_API_KEY
sh tools/deps.sh test
echo "test: building build/release"
make -j "$(getconf _NPROCESSORS_ONLN)" FLAVOUR=release tests
# not through make, which would add a line of its own after the last one
exec tests/run.sh build/release "$@"
