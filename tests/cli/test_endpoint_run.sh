#!/bin/sh
# What a run over the network costs: --dry-run, --max-tokens-total,
# questions that are kept, an index of the version before.
set -u
# shellcheck source=tests/support/endpoint.sh
. "$(dirname "$0")/../support/endpoint.sh"
docs=$work/docs n_texts=200
make_texts "$docs" $n_texts
search() { # QUERY: status, $work/out, $work/err
	status=0
	"$akin" search --db "$work/a.db" --base-url "$url" "$1" >"$work/out" 2>"$work/err" || status=$?
}
has() { grep -Eq "$2" "$1"; }

# --dry-run
standin
index --dry-run "$docs"
check 'dry run: succeeds' is "$status" 0
check 'dry run: sends nothing' is "$(sent)" 0
check 'dry run: makes no index' is "$(find "$work" -name 'a.db*')" ''
check 'dry run: tells files and chunks' has "$work/out" "^chunks +$n_texts: $n_texts to embed, 0 known already"
check 'dry run: tells the requests' has "$work/out" '^requests +8$'
check 'dry run: tells the price' has "$work/out" '^price +about 0\.00'
check 'dry run: tells the server' has "$work/out" "^server +$host"
index --dry-run --requests-per-minute 2 "$docs"
check 'dry run: tells the time at the rate limit' has "$work/out" '^time +about 4 min 00 s at 2 requests'
index "$docs"
check 'and the run sends so many requests' \
	is "$(grep -o '"req":[0-9]*' "$work/sent" | sort -u | wc -l | tr -d ' ')" 8
echo 'And one more.' >"$docs/more.txt"
before=$(cksum "$work/a.db")
index --dry-run "$docs"
check 'dry run: with an index, what is new' has "$work/out" '^chunks +1: 1 to embed'
check 'dry run: the index stays as it is' is "$(cksum "$work/a.db")" "$before"
rm "$docs/more.txt"
standin_stop

# --max-tokens-total
new_index
standin
index --max-tokens-total 1000 "$docs"
check 'token limit: status 2' is "$status" 2
check 'token limit: says so, and how to go on' has "$work/err" '^akin: stopped before more than 1000 tokens; .*same command'
some=$(sent)
check 'token limit: something was sent, but not all' test "$some" -gt 0 -a "$some" -lt $n_texts
index "$docs"
check 'token limit: the next run completes it' is "$(fact vectors)" $n_texts
check 'token limit: nothing was sent twice' is "$(sent)" $n_texts
standin_stop

# the same with a model whose tokens are estimated: 25 or so a text, 7 by the server's count
new_index
standin
exact=$model model=tei/any
index --max-tokens-total 1200 --max-in-flight 1 "$docs"
check 'estimated tokens: status 2' is "$status" 2
check 'estimated tokens: the limit is kept by what the server counts' test "$(sent)" -le 171
check 'estimated tokens: and used' test "$(sent)" -ge 96
model=$exact
standin_stop

# questions are kept
new_index
standin
index "$docs"
: >"$work/sent"
search 'where is the heron?'
check 'search: finds something' is "$status" 0
check 'search: names the server' has "$work/err" "goes to .*$host"
cp "$work/out" "$work/first"
search 'where is the heron?'
check 'search again: the same' cmp -s "$work/first" "$work/out"
check 'search again: nothing is sent, and nobody says so' is "$(sent) $(grep -c "$host" "$work/err")" '1 0'
standin_stop
search 'where is the heron?'
check 'search again: without a network' cmp -s "$work/first" "$work/out"

# an index of the version before: the next run takes it over, and sends nothing again
if command -v sqlite3 >/dev/null; then
	new_index
	standin
	index "$docs" --precision f32
	: >"$work/sent"
	mv "$work/a.db" "$work/new.db" && rm -f "$work"/a.db-*
	sqlite3 "$work/a.db" -cmd "ATTACH '$work/new.db' AS new" <"$top/tests/cases/schema/2.sql" >/dev/null
	search 'where is the heron?'
	check 'version 2: a search says what to do' has "$work/err" 'of an older akin; run: akin index'
	index "$docs"
	check 'version 2: is brought up to date' is "$status $(sqlite3 "$work/a.db" 'SELECT user_version > 2 FROM pragma_user_version')" '0 1'
	check 'version 2: nothing is sent again' is "$(sent)" 0
	check 'version 2: documents have their language' \
		is "$(sqlite3 "$work/a.db" 'SELECT DISTINCT language FROM documents')" en
	check 'version 2: chunks have their words' \
		is "$(sqlite3 "$work/a.db" 'SELECT count(*) FROM chunks WHERE n_words < 10')" 0
	"$akin" doctor --db "$work/a.db" >"$work/out" 2>&1
	check 'version 2: doctor finds nothing' is $? 0
	search 'where is the heron?'
	check 'version 2: is searched' is "$status $(sent)" '0 1'
	"$akin" search --db "$work/a.db" --mode lexical 'counting' >"$work/out" 2>&1
	check 'version 2: stems are found' has "$work/out" 'counted'
	standin_stop
else
	n=$((n + 1))
	echo "ok $n - version 2 # SKIP no sqlite3"
fi
# what the server offers
models() { # ARGUMENTS
	status=0
	"$akin" models "$@" >"$work/out" 2>"$work/err" || status=$?
}
standin --key "$OVHCLOUD_API_KEY"
models --base-url "$url" ovhcloud
check 'models: are listed' is "$status $(cat "$work/out")" '0 ovhcloud/stand-in'
check 'models: the server is named' has "$work/err" "asking '$host'"
OVHCLOUD_API_BASE=$url models ovhcloud
check 'models: the base URL may be in the environment' is "$status" 0
models nobody
check 'models: an unknown provider' has "$work/err" "^akin: no provider 'nobody'; there are ovhcloud,"
models --base-url "http://$host/elsewhere" ovhcloud
check 'models: a wrong path' has "$work/err" '^akin: no list of models .*status 404.*base URL'
"$akin" doctor --endpoint --db "$work/a.db" --base-url "$url" >"$work/out" 2>"$work/err"
check 'doctor: the endpoint answers' has "$work/out" "^ok +'$model' answers in [0-9]+ ms over HTTP/1.1, 1024 dimensions"
check 'doctor: its limits' has "$work/out" '^ok +limits .*25 texts .* 81[0-9][0-9] tokens a text'
standin_stop
models --base-url "$url" ovhcloud
check 'models: a server that is not there' has "$work/err" '^akin: cannot reach .*base URL'
check 'models: status 2' is "$status" 2
echo "1..$n"
