# The stand-in endpoint for tests that source tests/cli/tap.sh. shellcheck shell=sh
# Nothing here leaves 127.0.0.1: the server is always given by --base-url.
unset OPENAI_API_KEY OVHCLOUD_API_BASE OPENAI_BASE_URL http_proxy https_proxy HTTPS_PROXY ALL_PROXY
export NO_PROXY=127.0.0.1
standin_pid='' url=''
model=ovhcloud/BGE-M3
# shellcheck source=tests/support/wait.sh
. "$(dirname "$0")/../support/wait.sh"

# standin LOG OPTION...: starts it, in place of the one before; $url is its address.
standin() {
	standin_stop
	rm -f "$dir/.port"
	log=$1
	shift
	"$AKIN_BUILD/standin" --vectors hash --port-file "$dir/.port" --log "$log" "$@" \
		2>>"$dir/.standin" &
	standin_pid=$!
	until_written "$dir/.port" || { echo "Bail out! the stand-in does not start" && exit 1; }
	url=http://127.0.0.1:$(cat "$dir/.port")/v1
}

# After it, every text that was sent stands in the log.
standin_stop() {
	[ -n "$standin_pid" ] || return 0
	kill "$standin_pid" 2>/dev/null
	wait "$standin_pid" 2>/dev/null
	standin_pid=''
}
trap 'standin_stop; chmod -R u+w "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM

# index ARG...: akin index of $db through the stand-in, as `run` does.
index() {
	run index --db "$db" --model "$model" --base-url "$url" "$@"
}

lines() { # FILE: how many it has; 0 when it is not there
	if [ -f "$1" ]; then awk 'END { print NR }' "$1"; else echo 0; fi
}

# sent_since MARK: how many texts were sent after the log had MARK lines
sent_since() { echo $(($(lines "$log") - $1)); }

# make_documents FOLDER FIRST LAST: numbered documents of three passages or so
make_documents() {
	mkdir -p "$1"
	awk -v folder="$1" -v first="$2" -v last="$3" 'BEGIN {
		n = split("heron reed lease kettle granite invoice violin harbour barley lantern" \
			" winter engine ladder oak copper mill saddle chalk ferry window", w, " ")
		for (i = first; i <= last; i++) {
			file = folder "/doc" i ".md"
			printf "# Record %d\n", i >file
			for (part = 1; part <= 3; part++) {
				printf "\n## Part %d of %d\n\n", part, i >file
				for (s = 1; s <= 30; s++)
					printf "The %s of number %d stands by the %s, %d paces from the %s. ",
						w[(i * s + part) % n + 1], i, w[(i + s * 7) % n + 1],
						(i * 31 + s * 17) % 997, w[(s + part * i) % n + 1] >file
				printf "\n" >file
			}
			close(file)
		}
	}'
}

# doctor_clean: no fault in $db
doctor_clean() {
	"$akin" doctor --db "$db" --base-url "$url" >"$dir/.doctor" 2>&1 && return 0
	sed 's/^/# /' "$dir/.doctor"
	return 1
}

# each_once FOLDER: the index lists every file of the folder once, and no other
each_once() {
	find "$1" -type f | LC_ALL=C sort >"$dir/.want"
	"$akin" ls --db "$db" | sed 's/^[^/]*\//\//' | LC_ALL=C sort >"$dir/.have"
	diff "$dir/.want" "$dir/.have" | head -n 5 | sed 's/^/# /' >"$dir/.diff"
	cat "$dir/.diff"
	[ ! -s "$dir/.diff" ]
}
