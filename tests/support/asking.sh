# akin ask before the stand-in, for tests that source tests/cli/tap.sh and
# tests/support/standin.sh. shellcheck shell=sh
export OVHCLOUD_API_KEY=sk-never-to-be-seen
unset AKIN_CHAT_MODEL AKIN_CHAT_BASE_URL
# the stand-in's further options, words
standin_options=''

script() { printf '%s\n' "$@" >"$dir/script"; } # LINE...

# Starts the stand-in with the script; each request is a line of $dir/chats.
chat_start() {
	rm -f "$dir/chats"
	: >"$dir/chats"
	# shellcheck disable=SC2086 # options are words
	standin "$dir/sent" --chat "$dir/script" --chat-log "$dir/chats" $standin_options
}

# ask ARG...: akin ask before a stand-in with the script, as `run` does.
ask() {
	chat_start
	run ask --base-url "$url" "$@"
	standin_stop
	cat "$dir/.out" "$dir/.err" >>"$dir/said"
}

n_chats() { lines "$dir/chats"; }
chat() { sed -n "$1p" "$dir/chats"; } # N: the N-th request

check_sent() { # N NAME: so many requests
	[ "$(n_chats)" -eq "$1" ]
	tap_result $? "$2"
}
check_request() { # N PATTERN NAME: the N-th matches
	chat "$1" | grep -q -e "$2"
	tap_result $? "$3"
}
check_no_request() { # N PATTERN NAME: it does not
	! chat "$1" | grep -q -e "$2"
	tap_result $? "$3"
}
check_answer() { # TEXT NAME: the whole of stdout
	[ "$out" = "$1" ]
	tap_result $? "$2"
}
# check_failure PATTERN NAME: status 2, one line "akin: …" that is an error
check_failure() {
	[ "$status" -eq 2 ] && grep -Eq -e "^akin: .*($1)" "$dir/.err"
	tap_result $? "$2"
}
# check_refused PATTERN NAME: an error before anything is sent, in one line
check_refused() {
	[ "$status" -eq 2 ] && [ ! -s "$dir/.out" ] && [ "$(n_chats)" -eq 0 ] &&
		[ "$(grep -c '^akin: ' "$dir/.err")" -eq 1 ] && grep -Eq -e "^akin: .*($1)" "$dir/.err"
	tap_result $? "$2"
}
