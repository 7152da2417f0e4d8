#!/bin/sh
# Where the index lies and what stands open around the program: an index inside
# the folder that it indexes, its mode, closed standard streams, a mistyped --db, a
# model whose tokeniser was altered.
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"
need_model
docs="$dir/my \"docs\" it's #1?"
mkdir -p "$docs"
printf '# Lease\n\nThe tenant must give three months of notice before moving out.\n' >"$docs/lease.md"
cd "$docs" || exit 2
export AKIN_DB="$docs/in it.db"

run index .
check_status 0 "an index inside its folder"
run index -v .
check_err '^files: 1 [a-z]*$' "is no document of it"
check "nor is its lock" sh -c "! grep -q 'in it.db' '$dir/.err'"
run ls
check "and ls shows the document alone" [ "$(wc -l <"$dir/.out")" -eq 1 ]
check "only the owner reads it" [ "$(find "$docs" -name 'in it.db*' ! -perm 600)" = "" ]

printf 'A second text, about tomatoes.\n' >"$docs/two.txt"
status=0 out="" err=""
"$akin" index . <&- >&- 2>&- || status=$?
check_status 0 "index with the standard streams closed"
check "wrote no message into its files" grep -qx '[0-9]*' "$AKIN_DB.lock"
run doctor
check_status 0 "and the index is whole"
"$akin" search tenant >&- 2>"$dir/.err" || status=$?
check_status 2 "a closed output is an error"

run index --db "$docs/lease.md" .
check_error "is not an akin index" "--db that names a document"
check "leaves nothing beside it" [ ! -e "$docs/lease.md.lock" ]

model=$("$akin" model path multilingual-e5-small)
mkdir -p "$dir/models/multilingual-e5-small"
cp "$model/akin.json" "$model/tokenizer.akt" "$dir/models/multilingual-e5-small"
ln -s "$model/model.safetensors" "$dir/models/multilingual-e5-small"
run doctor --models "$dir/models"
check_status 0 "a copy of the model"
printf X | dd of="$dir/models/multilingual-e5-small/tokenizer.akt" bs=1 seek=3000000 conv=notrunc 2>/dev/null
run doctor --models "$dir/models"
check_status 2 "an altered tokeniser: doctor sees it"
check_out '^fault.*altered tokeniser' "and says so"

mkdir "$dir/hf"
cat >"$dir/hf/config.json" <<'J'
{"model_type": "bert", "hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2,
 "intermediate_size": 128, "max_position_embeddings": 64, "vocab_size": 8,
 "layer_norm_eps": 1e-12, "hidden_act": "gelu"}
J
printf 'cut short' >"$dir/hf/model.safetensors"
run model add "$dir/hf"
check_error "say the pooling, mean or cls" "model add: a folder that does not say its pooling"
run model add "$dir/hf" --pooling mean
check_error "$dir/hf/model.safetensors" "model add: damaged weights, named where they are"
run model add "$dir/hf" --pooling mean --name multilingual-e5-small
check_error "there is a model 'multilingual-e5-small' already" "model add: a name that is taken"
finish
