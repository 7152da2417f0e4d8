#!/bin/sh
# tests/bench/peers.sh BUILD [N [FOLDER]]: akin search --vector beside sqlite-vec (its exact scan,
# and its binary codes with re-scoring) and a numpy loop over the rows of an SQLite file, over the same
# N made-up vectors (default 100,000) in clusters: whole processes, in turn, warm and cold. Prints the
# ratios and what they should be. A million take 5 minutes, 12 GB in FOLDER (default: a temporary one)
# and, to be warm, in the page cache. What is in FOLDER from an earlier run is used again.
# The peers come from PyPI into build/peers.
set -eu
cd "$(dirname "$0")/../.."
build=${1:?usage: peers.sh BUILD [N [FOLDER]]}
n=${2:-100000}
folder=${3:-}
if [ -z "$folder" ]; then
	folder=$(mktemp -d)
	trap 'rm -rf "$folder"' EXIT
fi
mkdir -p "$folder"
command -v sqlite3 >/dev/null || { echo "peers: no sqlite3, in which sqlite-vec is run" >&2; exit 77; }
peers=build/peers
if ! "$peers/bin/python3" -c 'import numpy, sqlite_vec' 2>/dev/null; then
	rm -rf "$peers"
	python3 -m venv "$peers"
	"$peers/bin/pip" install -q --disable-pip-version-check sqlite-vec==0.1.9 numpy==2.4.6
fi
vec=$("$peers/bin/python3" -c 'import sqlite_vec; print(sqlite_vec.loadable_path())')
make -s "build/${build##*/}/bench/make_vectors" "build/${build##*/}/bench/print_vectors" >&2

index=$folder/clustered-$n.db rows=$folder/rows-$n.db table=$folder/vec-$n.db
if [ ! -s "$index.questions" ]; then
	rm -f "$index"
	"$build/bench/make_vectors" "$index" clustered "$n" >"$folder/made"
fi
if [ ! -s "$rows" ]; then
	"$build/bench/print_vectors" clustered "$n" | "$peers/bin/python3" tests/bench/peers.py load "$rows.part"
	mv "$rows.part" "$rows"
fi
if [ ! -s "$table" ]; then
	rm -f "$table.part"
	sqlite3 "$table.part" >/dev/null <<END
.load $vec
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
PRAGMA cache_size=-500000;
CREATE VIRTUAL TABLE v USING vec0(vector float[1024] distance_metric=cosine, code bit[1024]);
ATTACH '$rows' AS r;
INSERT INTO v(rowid, vector, code) SELECT id, vector, vec_quantize_binary(vector) FROM r.vectors;
END
	mv "$table.part" "$table"
fi
"$peers/bin/python3" tests/bench/peers.py compare "$build/akin" "$index" "$rows" "$table" "$vec"
