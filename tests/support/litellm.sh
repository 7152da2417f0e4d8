# shellcheck shell=sh
# tests/support/litellm.sh, to be sourced behind endpoint.sh: a LiteLLM proxy before the
# stand-in, as the OVHcloud page of its documentation sets it up.
litellm=${LITELLM:-$top/build/litellm}
proxy_pid=''
master_key=sk-proxy-never-to-be-seen

free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# "proxy_start [LINE OF THE CONFIGURATION]": before a stand-in at $back_port; sets proxy
# (its base URL) and proxy_host.
proxy_start() {
	proxy_port=$(free_port)
	cat >"$work/config.yaml" <<Y
model_list:
  - model_name: my-emb
    litellm_params: {model: ovhcloud/BGE-M3, api_base: "http://127.0.0.1:$back_port/v1", api_key: os.environ/OVHCLOUD_API_KEY}
    model_info: {mode: embedding, max_input_tokens: 8192}
  - model_name: my-chat
    litellm_params: {model: ovhcloud/Meta-Llama-3_3-70B-Instruct, api_base: "http://127.0.0.1:$back_port/v1", api_key: os.environ/OVHCLOUD_API_KEY}
  - model_name: my-vision
    litellm_params: {model: ovhcloud/Mistral-Small-3.2-24B-Instruct-2506, api_base: "http://127.0.0.1:$back_port/v1", api_key: os.environ/OVHCLOUD_API_KEY}
litellm_settings: {disable_hf_tokenizer_download: true}
general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}
${1:-}
Y
	LITELLM_MASTER_KEY=$master_key LITELLM_LOCAL_MODEL_COST_MAP=True OVHCLOUD_API_KEY=k NO_PROXY='*' \
		"$litellm/bin/litellm" --config "$work/config.yaml" --host 127.0.0.1 --port "$proxy_port" \
		>"$work/proxy.log" 2>&1 &
	proxy_pid=$!
	proxy_host=127.0.0.1:$proxy_port
	proxy=http://$proxy_host/v1
	tries=0
	until python3 - "$proxy_port" <<'P' 2>/dev/null; do
import sys, urllib.request
urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
    f"http://127.0.0.1:{sys.argv[1]}/health/readiness", timeout=5).read()
P
		tries=$((tries + 1))
		if [ $tries -gt 600 ] || ! kill -0 "$proxy_pid" 2>/dev/null; then
			tail -n 20 "$work/proxy.log" | sed 's/^/# /'
			echo "not ok - the proxy starts"
			exit 1
		fi
		sleep 0.5
	done
}

# It answers while it shuts down: wait until it is gone.
proxy_stop() {
	[ -n "$proxy_pid" ] || return 0
	kill "$proxy_pid" 2>/dev/null
	wait "$proxy_pid" 2>/dev/null
	proxy_pid=''
}
