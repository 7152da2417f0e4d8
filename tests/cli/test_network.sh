#!/bin/sh
# Networks as they are: certificates of one's own, proxies, redirects, packed replies,
# HTTP/2, IPv6, and servers that keep a client waiting. Everything stays on loopback.
set -u
# shellcheck source=tests/support/endpoint.sh
. "$(dirname "$0")/../support/endpoint.sh"
docs=$work/docs n_texts=60
make_texts "$docs" $n_texts
unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE HTTP_PROXY ALL_PROXY all_proxy no_proxy
proxy_pid=''
trap 'standin_stop; proxy_stop; rm -rf "$work"' EXIT

complete() { is "$status $(fact vectors) $(fact failed_chunks)" "0 $n_texts 0"; }
# one line, status 2, and nothing in the index
refused() { # PATTERN
	is "$status $(fact vectors)" '2 0' && is "$(grep -c '^akin:' "$work/err")" 1 &&
		grep -Eq "^akin: .*$1" "$work/err"
}
skip() { # NAME REASON
	n=$((n + 1))
	echo "ok $n - $1 # skip $2"
}

proxy() { # [--silent]
	rm -f "$work/proxy.port" "$work/proxy.log"
	: >"$work/proxy.log"
	if [ $# -gt 0 ]; then
		"$build/proxy" --silent "$work/proxy.port" &
	else
		"$build/proxy" "$work/proxy.port" "$work/proxy.log" &
	fi
	proxy_pid=$!
	until_written "$work/proxy.port"
	proxy=127.0.0.1:$(cat "$work/proxy.port")
}
proxy_stop() {
	[ -n "$proxy_pid" ] || return 0
	kill "$proxy_pid" 2>/dev/null
	wait "$proxy_pid" 2>/dev/null
	proxy_pid=''
}
through() { grep -c "$1" "$work/proxy.log"; } # PATTERN: requests that the proxy saw

# --- an authority of one's own, a certificate of it, and one for another name -------------
make_certificates() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=a company of its own' \
		-keyout "$work/ca.key" -out "$work/ca.pem" || return 1
	openssl req -newkey rsa:2048 -nodes -subj '/CN=server' -keyout "$work/server.key" \
		-out "$work/server.csr" || return 1
	for name in IP:127.0.0.1 DNS:elsewhere.example; do
		echo "subjectAltName=$name" >"$work/san"
		openssl x509 -req -in "$work/server.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" \
			-CAcreateserial -days 2 -extfile "$work/san" -out "$work/${name%%:*}.pem" || return 1
	done
}
# https [IP|DNS] OPTION...: the stand-in with a certificate for that
https() {
	certificate=$1
	shift
	standin --tls-cert "$work/$certificate.pem" --tls-key "$work/server.key" "$@"
	url=https://$host/v1
}

tls_tests() {
	https IP
	new_index
	index --ca-file "$work/ca.pem" "$docs"
	check 'own authority: trusted through --ca-file' complete
	new_index
	SSL_CERT_FILE=$work/ca.pem index "$docs"
	check 'own authority: trusted through SSL_CERT_FILE' complete
	new_index
	mkdir -p "$XDG_CONFIG_HOME/akin"
	echo "ca-file = $work/ca.pem" >"$XDG_CONFIG_HOME/akin/config"
	index "$docs"
	check 'own authority: trusted through the configuration' complete
	rm -r "$XDG_CONFIG_HOME/akin"
	new_index
	index "$docs"
	check 'a certificate that nobody vouches for: refused, with what to do' \
		refused "cannot reach '$host': .*certificate.*--ca-file or SSL_CERT_FILE"
	index --ca-file "$work/IP.pem.is.not.there" "$docs"
	check 'a file of authorities that is not there: refused, and named' refused 'is\.not\.there'
	"$akin" models --base-url "$url" ovhcloud >"$work/out" 2>"$work/err"
	check "'akin models' refuses it, too" grep -q "^akin: cannot reach .*certificate" "$work/err"
	for option in --insecure -k --no-verify --no-check-certificate --tls-no-verify; do
		index "$option" "$docs"
		check "no option $option" is "$status $(grep -c '^akin: unknown option' "$work/err")" '2 1'
	done
	new_index
	GIT_SSL_NO_VERIFY=1 PYTHONHTTPSVERIFY=0 NODE_TLS_REJECT_UNAUTHORIZED=0 CURL_INSECURE=1 index "$docs"
	check 'no variable turns the check off' refused certificate
	standin_stop
	check 'nothing was sent to it meanwhile' is "$(sent)" $((3 * n_texts))
	https DNS
	index --ca-file "$work/ca.pem" "$docs"
	check 'a certificate for another name: refused' refused "cannot reach '$host': .*(name|match)"
	standin_stop
	check 'a certificate for another name: nothing was sent' is "$(sent)" 0
}

proxy_tls_tests() {
	https IP
	proxy
	new_index
	NO_PROXY='' HTTPS_PROXY=http://$proxy index --ca-file "$work/ca.pem" "$docs"
	check 'HTTPS_PROXY: everything is embedded' complete
	check 'HTTPS_PROXY: through tunnels to the server' test "$(through "^CONNECT $host\$")" -ge 1
	new_index
	HTTPS_PROXY=http://$proxy NO_PROXY=.example,127.0.0.1 index --ca-file "$work/ca.pem" "$docs"
	tunnels=$(through .)
	check 'NO_PROXY: everything is embedded' complete
	check 'NO_PROXY: past the proxy' is "$(through .)" "$tunnels"
	new_index
	NO_PROXY='' HTTPS_PROXY=http://127.0.0.1:9 index --patience 1 --ca-file "$work/ca.pem" "$docs"
	check 'a proxy that is not there: one line says so' refused 'no progress with .*(127\.0\.0\.1|port) '
	proxy_stop
	standin_stop
}

alpn_tests() {
	timeout 120 openssl s_server -accept 127.0.0.1:0 -naccept 1 -www -alpn http/1.1 -cert "$work/IP.pem" \
		-key "$work/server.key" >"$work/s_server" 2>&1 </dev/null &
	pid=$!
	until_holds grep -q '^ACCEPT 127' "$work/s_server"
	port=$(sed -n 's/^ACCEPT 127.*:\([0-9]*\)$/\1/p' "$work/s_server")
	timeout 120 "$akin" models --ca-file "$work/ca.pem" --base-url "https://127.0.0.1:$port/v1" ovhcloud \
		>"$work/out" 2>"$work/err"
	wait "$pid" # it ends with its only connection, and has written all then
	check 'HTTP/2 is asked for, and HTTP/1.1' \
		grep -q '^ALPN protocols advertised by the client: h2, http/1.1' "$work/s_server"
	nghttpx=$(command -v nghttpx || command -v /usr/sbin/nghttpx)
	if [ -z "$nghttpx" ]; then
		skip 'HTTP/2 where it is offered' 'no nghttpx(1), a server that speaks it'
		return
	fi
	standin
	: >"$work/nghttpx"
	front=$((20000 + $$ % 20000))
	"$nghttpx" --conf=/dev/null -f "127.0.0.1,$front" -b "${host%:*},${host#*:}" --workers=1 \
		"$work/server.key" "$work/IP.pem" >"$work/nghttpx" 2>&1 &
	pid=$!
	until_holds grep -q 'Listening' "$work/nghttpx"
	url=https://127.0.0.1:$front/v1
	new_index
	index --ca-file "$work/ca.pem" "$docs"
	check 'HTTP/2: everything is embedded' complete
	"$akin" doctor --endpoint --ca-file "$work/ca.pem" --db "$work/a.db" --base-url "$url" >"$work/out" 2>&1
	check "HTTP/2: 'akin doctor' says so" grep -q 'over HTTP/2, 1024 dimensions' "$work/out"
	kill "$pid"
	wait "$pid" 2>/dev/null
	standin_stop
}

if ! command -v openssl >/dev/null; then
	skip 'certificates, HTTPS_PROXY, HTTP/2' 'no openssl(1) to make certificates'
elif ! make_certificates >"$work/openssl" 2>&1; then
	check 'openssl makes certificates' false
	sed 's/^/# /' "$work/openssl"
else
	tls_tests
	proxy_tls_tests
	alpn_tests
fi

# --- a proxy for http:// ------------------------------------------------------------------
standin
proxy
for variable in http_proxy HTTP_PROXY; do
	new_index
	: >"$work/proxy.log"
	export NO_PROXY='' "$variable=http://$proxy"
	index "$docs"
	check "$variable: everything is embedded" complete
	check "$variable: through the proxy" is "$(through "^POST http://$host/v1/embeddings")" 3
	new_index
	export NO_PROXY=127.0.0.1
	index "$docs"
	check "$variable and NO_PROXY: everything is embedded" complete
	check "$variable and NO_PROXY: past the proxy" is "$(through .)" 3
	unset "$variable"
done
proxy_stop
standin_stop

# --- redirects: no key goes to another host -------------------------------------------------
standin
elsewhere=$host elsewhere_pid=$standin_pid
cp "$work/port" "$work/elsewhere.port"
mv "$work/stats" "$work/elsewhere.stats"
standin --redirect "http://$elsewhere/v1/embeddings"
new_index
index "$docs"
check 'a redirect: is not followed, and named' refused "redirects to 'http://$elsewhere/v1/embeddings'"
standin_stop
standin_pid=$elsewhere_pid
standin_stop
mv "$work/elsewhere.stats" "$work/stats"
check 'a redirect: nothing reached the other server' is "$(figure requests)" 0

# --- packed replies -------------------------------------------------------------------------
standin --gzip
new_index
index "$docs"
standin_stop
check 'gzip: everything is embedded' complete
check 'gzip: all replies were packed' is "$(figure gzipped)" 3
standin --gzip --fault huge-body
new_index
index --patience 1 "$docs"
standin_stop
check 'gzip: 96 MB out of 100 KB are too much' refused 'no progress'

# --- IPv6 -------------------------------------------------------------------------------------
if grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null; then
	standin --ipv6
	host="[::1]:${host#*:}" url=http://$host/v1
	new_index
	index "$docs"
	check 'IPv6: everything is embedded' complete
	check 'IPv6: the server is named' grep -Fq "texts go to $host" "$work/err"
	standin_stop
	new_index
	index --patience 1 "$docs"
	check 'IPv6: a server that is not there' refused "no progress with '\\[::1\\]"
else
	skip 'IPv6' 'no IPv6 on loopback'
fi

# --- time limits: each is told apart by its words, none by how long it took --------------------
proxy --silent
host=$proxy
new_index
url=https://$host/v1
index --patience 1 --connect-timeout 1 --timeout 50 "$docs"
check 'connecting takes too long: --connect-timeout' refused 'no progress .*([Tt]imeout|[Tt]imed out)'
url=http://$host/v1
index --patience 1 --first-byte-timeout 1 --timeout 50 "$docs"
check 'no answer begins: --first-byte-timeout' refused 'no progress .*no byte of an answer in 1000 ms'
index --patience 1 --timeout 1 "$docs"
check 'no answer comes: --timeout' refused 'no progress .*imed out.* [1-9][0-9]{3,} '
proxy_stop
standin --trickle-ms 200
index --patience 1 --timeout 1 --first-byte-timeout 1 "$docs"
kill -9 "$standin_pid"
wait "$standin_pid" 2>/dev/null
standin_pid=''
check 'an answer that trickles: --timeout' refused 'no progress .*imed out.* with [0-9]+ .*bytes received'
echo "1..$n"
