#!/bin/sh
# tests/support/litellm_install.sh FOLDER: a virtual environment with the LiteLLM proxy
# that tests/cli/test_litellm.sh runs against (742 MB). Does nothing when it is there.
set -eu
version=1.106.2
folder=${1:?usage: litellm_install.sh FOLDER}
[ "$(cat "$folder/version" 2>/dev/null)" = "$version" ] && [ -x "$folder/bin/litellm" ] && exit 0
rm -rf "$folder"
python3 -m venv "$folder"
timeout "${INSTALL_TIMEOUT:-600}" "$folder/bin/pip" install -q --disable-pip-version-check \
	"litellm[proxy]==$version"
echo "$version" >"$folder/version"
