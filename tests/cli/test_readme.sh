#!/bin/sh
# README's commands work when they are pasted: every line of its blocks marked "sh",
# in their order, in a copy of what they need. The two commands of tools/ are run by
# the checks themselves; endpoints are the stand-in.
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/support/wait.sh
. "$(dirname "$0")/../support/wait.sh"
need_model
top=$(cd "$(dirname "$0")/../.." && pwd)
mkdir "$dir/bin" && ln -s "$akin" "$dir/bin/akin"
export PATH="$dir/bin:$PATH"
AKIN_MODELS=$top/data/models
export AKIN_MODELS
mkdir -p "$dir/copy/data" && cp -R "$top/data/docs" "$top/data/examples" "$top/data/"*.tsv "$dir/copy/data/"
cd "$dir/copy" || exit 2

"$AKIN_BUILD/standin" --port-file "$dir/port" 2>/dev/null &
standin=$!
trap 'kill $standin 2>/dev/null; rm -rf "$dir"' EXIT
until_written "$dir/port"
OVHCLOUD_API_BASE=http://127.0.0.1:$(cat "$dir/port")/v1
export OVHCLOUD_API_BASE

awk '/^```sh$/ { on = 1; next } /^```/ { on = 0 } on && NF' "$top/README.md" >"$dir/commands"
check "README has commands" [ "$(wc -l <"$dir/commands")" -gt 15 ]
while read -r line; do
	case $line in
	"sh tools/"*) continue ;;
	export\ OVHCLOUD_API_KEY=*)
		eval "$line"
		continue
		;;
	esac
	sh -c "$line" >"$dir/.out" 2>"$dir/.err" </dev/null
	status=$? out=$(head -c 2000 "$dir/.out") err=$(cat "$dir/.err")
	check_status 0 "$line"
done <"$dir/commands"
finish
