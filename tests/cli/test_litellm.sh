#!/bin/sh
# akin through a real LiteLLM proxy. Runs where tests/support/litellm_install.sh has
# made build/litellm (AKIN_TEST_LITELLM=1 makes it).
set -u
# shellcheck source=tests/support/endpoint.sh
. "$(dirname "$0")/../support/endpoint.sh"
# shellcheck source=tests/support/litellm.sh
. "$top/tests/support/litellm.sh"
[ "${AKIN_TEST_LITELLM:-}" = 1 ] && "$top/tests/support/litellm_install.sh" "$litellm"
if [ ! -x "$litellm/bin/litellm" ]; then
	echo "ok 1 - through a LiteLLM proxy # SKIP no $litellm; AKIN_TEST_LITELLM=1 makes it"
	echo 1..1
	exit 0
fi
trap 'proxy_stop; standin_stop; rm -rf "$work"' EXIT
docs=$work/docs n_texts=120 model=litellm_proxy/my-emb
make_texts "$docs" $n_texts
back_port=$(free_port)
export LITELLM_PROXY_API_KEY=$master_key
unset LITELLM_PROXY_API_BASE

back() { # STANDIN'S OPTIONS...: starts it where the proxy looks for it
	standin_stop
	standin --port "$back_port" "$@"
	url=$proxy host=$proxy_host
}
search() {
	status=0
	"$akin" search --db "$work/a.db" --base-url "$url" "$1" >"$work/out" 2>"$work/err" || status=$?
}
is_complete() { is "$status $(fact vectors) $(fact chunks) $(fact failed_chunks)" "0 $n_texts $n_texts 0"; }
one_line() { # PATTERN
	is "$(grep -c '^akin:' "$work/err")" 1 && grep '^akin:' "$work/err" | grep -q "$host" &&
		grep '^akin:' "$work/err" | grep -Eq "$1"
}
ends() { # TITLE PATTERN
	check "$1: status 2" is "$status" 2
	check "$1: one line says what is wrong and what to do" one_line "$2"
}
survives() { # TITLE STANDIN'S OPTIONS...
	title=$1
	shift
	new_index
	back "$@"
	index "$docs"
	check "$title: everything is embedded" is_complete
}

works() { # TITLE
	new_index
	back
	index "$docs"
	check "$1: index" is_complete
	check "$1: each text is sent once" is "$(sent)" $n_texts
	index "$docs"
	check "$1: again, nothing is sent" is "$status $(sent)" "0 $n_texts"
	search 'where is the heron?'
	check "$1: search" is "$status $(sent)" "0 $((n_texts + 1))"
	cp "$work/out" "$work/first"
	search 'where is the heron?'
	check "$1: and again, from the index" is "$(cmp "$work/first" "$work/out" && sent)" $((n_texts + 1))
}

# --- as an administrator sets it up who leaves tries and pauses to the clients
proxy_start 'router_settings: {num_retries: 0, disable_cooldowns: true}'
works 'proxy'
new_index
LITELLM_PROXY_API_KEY=sk-another index "$docs"
ends 'wrong key' 'LITELLM_PROXY_API_KEY'
(unset LITELLM_PROXY_API_KEY && index --patience 5 "$docs"; echo "$status" >"$work/status")
status=$(cat "$work/status")
ends 'missing key' 'LITELLM_PROXY_API_KEY'
model=litellm_proxy/nope
new_index
index "$docs"
ends 'unknown model' "no model 'nope'"
model=litellm_proxy/my-emb
new_index
back --key another
index "$docs"
ends 'wrong key behind the proxy' "refuses the proxy's key .status 401.*check the key in the proxy's configuration"
back --fault 403
index "$docs"
ends 'revoked key behind the proxy' "refuses the proxy's key .status 403.*check the key in the proxy's configuration"
back --fault 404
index "$docs"
ends 'unknown model behind the proxy' "no model 'my-emb'.*404"
standin_stop
index --patience 3 "$docs"
ends 'nothing behind the proxy' 'no progress'
for fault in html502 cut truncated down; do
	back --fault "$fault"
	index --patience 2 "$docs"
	ends "$fault" 'no progress .*status 5'
	survives "$fault now and then" --fault "$fault:0.25" --seed 4
	new_index
done
survives 'missing vectors now and then' --fault wrong-count:0.25 --seed 4
survives 'more vectors now and then' --fault extra:0.25 --seed 4
survives 'null now and then' --fault null:0.25 --seed 4
survives 'NaN now and then' --fault nan:0.25 --seed 4
survives 'zeros now and then' --fault zero:0.25 --seed 4
survives 'an error with 200 now and then' --fault error200:0.25 --seed 4
survives 'the same index twice now and then' --fault dup-index:0.25 --seed 4
survives 'reversed' --fault reversed
survives 'no index' --fault no-index
survives 'base64' --fault base64
survives '503 now and then' --fault 503:0.25 --seed 4
survives '429 now and then' --fault 429:0.25 --seed 4
survives 'a limit of requests, with Retry-After' --limit-per-min 3 --window-ms 1500
survives '413 for more than 10 texts' --max-texts 10 --refusal-status 413
survives '422 for more than 10 texts' --max-texts 10 --refusal-status 422
proxy_stop

# --- its defaults: tries and pauses of its own
proxy_start
works 'defaults'
survives 'defaults: 500 now and then' --fault 500:0.25 --seed 4
survives 'defaults: 429 now and then' --fault 429:0.25 --seed 4
new_index
back --key another
index --patience 15 "$docs"
ends 'defaults: wrong key behind the proxy' 'key'
proxy_stop
standin_stop
printf '%s' "$master_key" >"$work.key"
found=$(grep -rlFf "$work.key" --exclude proxy.log --exclude config.yaml "$work")
rm -f "$work.key"
check 'the key is in no output and in no index' is "$found" ''
echo "1..$n"
