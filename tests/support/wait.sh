# shellcheck shell=sh
# tests/support/wait.sh, to be sourced: waiting for what a program does, in the place of
# a pause that a loaded machine makes too short.

# until_holds COMMAND...: waits until it succeeds; 1 when it has not after two minutes.
until_holds() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ "$tries" -lt 6000 ] || return 1
		sleep 0.02
	done
}

# until_written FILE
until_written() { until_holds test -s "$1"; }
