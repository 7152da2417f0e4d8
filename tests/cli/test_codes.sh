#!/bin/sh
# What a search reads of the vectors: codes and exact scores give the same hits, a vector
# in the place of a question, precision, an index of before there were codes.
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"
need_model
docs=$dir/docs
cp -R "$(dirname "$0")/../../data/docs" "$docs"
export AKIN_DB="$dir/a.db"

run index -q "$docs"
check_status 0 "an index"
hits() {
	db=$1
	shift
	"$akin" search --db "$db" --jsonl --min-score 0 "$@" 2>/dev/null |
		sed 's/.*"path":"\([^"]*\)".*"byte_start":\([0-9]*\).*/\1 \2/'
}
for question in "how much notice must a tenant give" "Wie lange ist die Probezeit?" "tomatoes"; do
	for mode in dense hybrid; do
		hits "$AKIN_DB" --mode "$mode" --exact "$question" >"$dir/exact"
		hits "$AKIN_DB" --mode "$mode" --scan codes "$question" >"$dir/codes"
		check "$mode: codes find what every vector says ($question)" \
			sh -c "[ -s '$dir/exact' ] && cmp -s '$dir/exact' '$dir/codes'"
	done
done
run search --scan codes --json tenant
check_out '"scored_exactly":	*[0-9]' "the number of exact scores is told"

"$akin" embed --query "how much notice must a tenant give" 2>/dev/null |
	tr -d ' \n\t' | sed 's/.*\(\[[-0-9.,e]*\]\).*/\1/' >"$dir/v.json"
hits "$AKIN_DB" --mode dense "how much notice must a tenant give" | head -1 >"$dir/asked"
hits "$AKIN_DB" --vector "$dir/v.json" | head -1 >"$dir/given"
check "a vector is a question" sh -c "[ -s '$dir/asked' ] && cmp -s '$dir/asked' '$dir/given'"
echo '[1, 2, 3]' >"$dir/short.json"
run search --vector "$dir/short.json"
check_error "has 3 numbers, those of the index have 384" "a vector of another length"
head -c 1535 /dev/zero >"$dir/odd"
run search --vector "$dir/odd"
check_error "holds no vector" "a file that is none"
head -c 1536 /dev/zero >"$dir/zero"
run search --vector "$dir/zero"
check_error "all zeros" "a vector without a direction"
head -c 1536 /dev/zero | tr '\0' '\377' >"$dir/nan"
run search --vector "$dir/nan"
check_error "not finite" "a vector of no numbers"
run search --vector "$dir/none"
check_error "none" "a vector that is not there"

run index -q --precision f32 --db "$dir/f32.db" "$docs"
check_status 0 "an index of float32"
run status --db "$dir/f32.db"
check_out '^precision *f32' "says so"
run index -q --precision f16 --db "$dir/f32.db" "$docs"
check_error "are f32" "and stays so"
run doctor --db "$dir/f32.db"
check_status 0 "its codes are those of its vectors"

if command -v sqlite3 >/dev/null; then
	cp "$AKIN_DB" "$dir/bad.db"
	sqlite3 "$dir/bad.db" 'UPDATE code_blocks SET bytes = zeroblob(9)'
	run search --db "$dir/bad.db" --scan codes tenant
	check_error "damaged .*akin doctor --repair" "a code block that was cut"
	run doctor --db "$dir/bad.db" --repair
	check_out 'codes are not those of their vectors; mended' "is made anew"
	run search --db "$dir/bad.db" --scan codes tenant
	check_status 0 "and found by"
	sqlite3 "$dir/bad.db" 'UPDATE vector_rows SET bytes = zeroblob(9) WHERE id = 0'
	run doctor --db "$dir/bad.db" --repair
	check_out 'blocks of vectors have the wrong length; mended' "a block of vectors that was cut"
	run index --db "$dir/bad.db" "$docs"
	check_status 0 "is embedded again"
	run doctor --db "$dir/bad.db"
	check_status 0 "then the index is whole"

	# as version 5 had it: float32 in blocks of 256
	sqlite3 "$dir/f32.db" "CREATE TABLE vector_blocks(id INTEGER PRIMARY KEY, rows BLOB NOT NULL);
		INSERT INTO vector_blocks SELECT a.id / 4, CAST(a.bytes
			|| coalesce((SELECT bytes FROM vector_rows WHERE id = a.id + 1), zeroblob(length(a.bytes)))
			|| coalesce((SELECT bytes FROM vector_rows WHERE id = a.id + 2), zeroblob(length(a.bytes)))
			|| coalesce((SELECT bytes FROM vector_rows WHERE id = a.id + 3), zeroblob(length(a.bytes)))
			AS BLOB) FROM vector_rows a WHERE a.id % 4 = 0;
		DROP TABLE vector_rows; DROP TABLE slot_chunks; DROP TABLE code_blocks;
		DELETE FROM facts WHERE name IN ('precision', 'codes_generation', 'derived:centre');
		PRAGMA user_version = 5"
	run search --db "$dir/f32.db" tenant
	check_error "of an older akin; run: akin index" "an index of before"
	run index --db "$dir/f32.db" "$docs"
	check_status 0 "is converted by an index run"
	check "that embeds nothing" sh -c "! grep -q embedded '$dir/.err'"
	run doctor --db "$dir/f32.db"
	check_status 0 "to a whole index"
	hits "$AKIN_DB" --mode dense "tomatoes" | head -3 >"$dir/new"
	hits "$dir/f32.db" --mode dense "tomatoes" | head -3 >"$dir/old"
	check "with the same hits" cmp -s "$dir/new" "$dir/old"
else
	skip "damage, an older index" "no sqlite3"
fi
finish
