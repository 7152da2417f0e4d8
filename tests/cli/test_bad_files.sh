#!/bin/sh
# Bad input of index runs: files, names, special files, indexes that are no indexes,
# full disks, read-only places. Each has one clear line or a counted skip, the right
# status, and nothing is lost.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/../support/standin.sh"
docs=$dir/docs db=$dir/a.db

skip() { tap_result 0 "$1 # skip $2"; }

# Root may read and write everything: then the test is another user's.
as_user() {
	if [ "$(id -u)" -ne 0 ]; then
		"$@"
	else
		setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
	fi
}
can_be_user() { as_user "$akin" version >/dev/null 2>&1; }

run_as_user() {
	as_user "$akin" "$@" >"$dir/.out" 2>"$dir/.err" </dev/null
	status=$?
	out=$(cat "$dir/.out") err=$(cat "$dir/.err")
}

fresh() { # an empty folder of documents and no index
	rm -rf "$docs" "$db"*
	mkdir "$docs"
}

listed() { "$akin" ls --db "$db" -0 | tr -cd '\000' | wc -c; }

standin "$dir/log"
chmod 755 "$dir"

# --- paths ---------------------------------------------------------------------------
fresh
index "$dir/nowhere"
check_error "nowhere': No such file" "a path that does not exist"
check "makes no index" [ ! -e "$db" ]

# --- contents ------------------------------------------------------------------------
fresh
echo 'An honest text about herons.' >"$docs/good.txt"
printf 'broken \377\376\300 bytes, then \303\251 and \342\202 cut off \n' >"$docs/broken.txt"
printf 'text\000with\000zeros\000in it, as no text has\000\001\002\003\n' >"$docs/zeros.txt"
: >"$docs/empty.txt"
printf '   \n\t\n\n' >"$docs/blank.txt"
awk 'BEGIN { for (i = 0; i < 120000; i++) printf "word%d ", i % 977 }' >"$docs/line.txt"
awk 'BEGIN { for (i = 0; i < 1000000; i++) printf "x" }' >"$docs/one-word.txt"
head -c 3000 /dev/urandom >"$docs/random.txt"
head -c 300000 /dev/zero >"$docs/zero.md"
printf '\037\213\010\000\000\000\000\000' >"$docs/a.txt.gz"
printf '[[[[[[{"a":' >"$docs/broken.json"
printf '<html><body><p>Never closed <b><i><table><tr><td>&#xFFFFFFFF; &nosuch' >"$docs/broken.html"
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "[" }' >"$docs/deep.json"
awk 'BEGIN { for (i = 0; i < 50000; i++) printf "<div>" }' >"$docs/deep.html"
awk 'BEGIN { for (i = 0; i < 50000; i++) printf "> " }' >"$docs/deep.md"
awk 'BEGIN { printf "a,\"b"; for (i = 0; i < 50000; i++) printf "\"\",\n" }' >"$docs/broken.csv"
index -v "$docs"
check_status 0 "files with bad contents"
check_err '^skipped: .*empty' "empty files are counted"
check_err 'binary' "binary files are counted"
check_err "skipped '$docs/empty.txt': empty" "-v names them"
for name in good broken line one-word; do
	check "$name.txt is indexed" "$akin" get --db "$db" "$docs/$name.txt:1:1"
done
check "doctor finds nothing after bad contents" doctor_clean
head -c 5000000 /dev/zero | tr '\000' a >"$docs/long.txt"
index --max-filesize 1M "$docs"
check_status 0 "a run with a limit" # a known root keeps the options that it was given with
run search --db "$db" --base-url "$url" --json herons
check_status 0 "a search finds the good one"
check_out 'good.txt' "and names it"

# --- a file that changes while it is read -----------------------------------------------
fresh
make_documents "$docs" 1 30
(
	i=0
	while [ ! -e "$dir/enough" ]; do
		i=$((i + 1))
		awk -v i="$i" 'BEGIN { for (n = 0; n < 40000; n++) print "line", n, "of version", i }' >"$docs/busy.txt"
	done
) &
writer=$!
sleep 0.1
for round in 1 2 3 4; do
	index "$docs"
	[ "$status" -eq 0 ] || break
done
check_status 0 "a file that changes all the time"
touch "$dir/enough"
wait "$writer"
index "$docs"
check_status 0 "and then rests"
check "it is indexed as it is now" [ "$("$akin" get --db "$db" "$docs/busy.txt:7:1")" = "$(sed -n 7p "$docs/busy.txt")" ]
check "each file once after the changes" each_once "$docs"

# --- names ----------------------------------------------------------------------------
fresh
newline=$(printf 'new\nline.txt')
emoji='🦆 🚲 "quoted" & <b>.txt'
bytes=$(printf 'caf\351 \377.txt')
escape=$(printf 'esc\033]0;owned\007.txt')
for name in "$newline" "$emoji" "$bytes" "$escape" '-rf.txt' '%s%n.txt' "it's \$HOME.txt"; do
	echo "A text about the duck in $(printf %s "$name" | wc -c) bytes." >"$docs/$name"
done
long=$(awk 'BEGIN { for (i = 0; i < 240; i++) printf "n" }')
echo 'A long name.' >"$docs/$long.txt"
deep=$docs
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do deep=$deep/$long; done
mkdir -p "$deep" 2>/dev/null && echo 'Deep down.' >"$deep/deep.txt"
sleep 0.1 # what is read as soon as it is written is read again by the next run
index "$docs"
check_status 0 "odd names"
check "each of them is indexed" [ "$(listed)" -eq 9 ]
check "a name with a newline is found again" "$akin" get --db "$db" "$docs/$newline"
check "a name that is not UTF-8 is found again" "$akin" get --db "$db" "$docs/$bytes"
run search --db "$db" --base-url "$url" --json duck
check_status 0 "a search over odd names"
check "prints valid UTF-8" iconv -f UTF-8 -t UTF-8 "$dir/.out"
run ls --db "$db"
check "a terminal gets no escape sequence from a name" [ "$(tr -cd '\033' <"$dir/.out" | wc -c)" -eq 0 ]
index "$docs" # a file read within 20 ms of being written is read once more
index -v "$docs"
check_err '^files: 9 unchanged' "and they are known again"
check "-v prints no escape sequence" [ "$(tr -cd '\033' <"$dir/.err" | wc -c)" -eq 0 ]

# --- links and special files --------------------------------------------------------------
fresh
echo 'The only real file here.' >"$docs/real.txt"
mkdir "$docs/sub"
ln -s .. "$docs/sub/up"
ln -s "$docs" "$docs/sub/around"
ln -s self "$docs/self"
ln -s nowhere "$docs/dangling"
ln -s b "$docs/a" && ln -s a "$docs/b"
ln -s /dev/zero "$docs/zero.txt"
mkfifo "$docs/fifo.txt"
mknod "$docs/null.txt" c 1 3 2>/dev/null
index "$docs"
check_status 0 "loops of links, fifos, devices"
check "only the file is indexed" [ "$(listed)" -eq 1 ]
check_err 'special file' "special files are counted"
check_err 'symbolic link' "links are counted"
fresh
echo 'The only real file here.' >"$docs/real.txt"
mkdir "$docs/sub"
ln -s .. "$docs/sub/up"
ln -s "$docs" "$docs/sub/around"
index --follow "$docs"
check_status 0 "loops with --follow"
check "each folder is entered once" [ "$(listed)" -eq 1 ]
index /dev/null
check_status 0 "a device by name"
check_err 'special file' "is counted"
mkfifo "$dir/pipe"
timeout 120 "$akin" index --db "$dir/pipe.db" --model "$model" --base-url "$url" "$dir/pipe" >"$dir/.out" 2>"$dir/.err"
check "a fifo by name does not hang" [ $? -ne 124 ]

# --- what may not be read --------------------------------------------------------------
fresh
if can_be_user; then
	mkdir "$dir/theirs" "$docs/closed" "$docs/open"
	chmod 777 "$dir/theirs"
	export HOME="$dir/theirs" XDG_DATA_HOME="$dir/theirs" XDG_CONFIG_HOME="$dir/theirs"
	db=$dir/theirs/a.db
	echo 'Mine.' >"$docs/mine.txt"
	echo 'Yours.' >"$docs/open/yours.txt"
	echo 'Ours.' >"$docs/closed/ours.txt"
	run_as_user index --db "$db" --model "$model" --base-url "$url" "$docs"
	check_status 0 "as another user"
	if [ "$(id -u)" -eq 0 ]; then chown -R 0:0 "$docs"; fi
	chmod 000 "$docs/mine.txt" "$docs/closed"
	sleep 0.1
	run_as_user index --db "$db" --model "$model" --base-url "$url" "$docs"
	check_status 0 "a file and a folder that may not be read"
	check_err "skipped '$docs/closed': unreadable" "the folder is named"
	check "their documents are kept" [ "$(listed)" -eq 3 ]
	touch "$docs/mine.txt"
	run_as_user index --db "$db" --model "$model" --base-url "$url" "$docs"
	check_err "skipped '$docs/mine.txt': unreadable" "a changed file that may not be read is named"
	check "its document is kept" [ "$(listed)" -eq 3 ]
	run_as_user index --db "$db" --model "$model" --base-url "$url" "$docs/closed"
	check_status 2 "a folder that may not be read, by name"
	check_err "^akin: .*closed'.*Permission denied" "and why"
	check "its documents are kept, too" [ "$(listed)" -eq 3 ]
	chmod 755 "$docs/closed" && chmod 644 "$docs/mine.txt"

	# a read-only file, then a read-only folder
	chmod 444 "$db" && rm -f "$db-wal" "$db-shm"
	[ "$(id -u)" -eq 0 ] && chown 0:0 "$db"
	run_as_user search --db "$db" --base-url "$url" yours
	check_status 0 "search in a read-only index"
	echo 'More.' >"$docs/more.txt"
	run_as_user index --db "$db" --base-url "$url" "$docs"
	check_error "a.db' is not writable" "index into a read-only index"
	rm -f "$db-wal" "$db-shm" "$db.lock"
	chmod 555 "$dir/theirs"
	[ "$(id -u)" -eq 0 ] && chown 0:0 "$dir/theirs"
	run_as_user search --db "$db" --base-url "$url" yours
	check_status 0 "search in a read-only folder"
	run_as_user index --db "$db" --base-url "$url" "$docs"
	check_error "not writable" "index into a read-only folder"
	run_as_user index --db "$dir/theirs/new.db" --model "$model" --base-url "$url" "$docs"
	check_status 2 "a new index in a read-only folder"
	check_err "^akin: .*new.db" "and it is named"
	chmod 755 "$dir/theirs"
	export HOME="$dir" XDG_DATA_HOME="$dir/data" XDG_CONFIG_HOME="$dir/config"
	db=$dir/a.db
else
	skip "files that may not be read" "cannot become another user"
fi

# --- indexes that are none -----------------------------------------------------------
fresh
make_documents "$docs" 1 30
index "$docs"
cp "$db" "$dir/good.db"

try_db() { # PATTERN NAME: index, search, status and ls say the same thing
	for command in "index $docs" "search heron" status ls; do
		# shellcheck disable=SC2086
		run $command --db "$dir/bad.db" --base-url "$url"
		check_error "$1" "$2: akin ${command%% *}"
	done
	run doctor --db "$dir/bad.db" --base-url "$url"
	check_status 2 "$2: doctor"
	rm -rf "$dir"/bad.db*
}
echo 'this is a letter, not an index, and it is long enough to be one, or so it seems' >"$dir/bad.db"
cp "$dir/bad.db" "$dir/letter"
run index --db "$dir/bad.db" --model "$model" --base-url "$url" "$docs"
check "a file that is no index is left as it was" cmp -s "$dir/bad.db" "$dir/letter"
try_db "bad.db' is not an akin index" "no database"
mkdir "$dir/bad.db"
try_db "bad.db' is not an akin index" "a folder"
size=$(wc -c <"$dir/good.db")
for share in 2 3 50 97; do
	head -c $((size * share / 100)) "$dir/good.db" >"$dir/bad.db"
	try_db "bad.db' is \(truncated\|damaged\|not an akin index\)" "$share % of an index"
done
if command -v sqlite3 >/dev/null; then
	cp "$dir/good.db" "$dir/bad.db"
	sqlite3 "$dir/bad.db" 'PRAGMA user_version = 999'
	try_db "newer akin" "a newer version"
	sqlite3 "$dir/bad.db" 'CREATE TABLE birds(name)'
	try_db "not an akin index" "another program's database"
	cp "$dir/good.db" "$dir/bad.db"
	sqlite3 "$dir/bad.db" 'UPDATE vector_rows SET bytes = zeroblob(length(bytes))'
	run doctor --db "$dir/bad.db"
	check_status 2 "vectors that were zeroed: doctor sees it"
	run doctor --db "$dir/bad.db" --repair
	check_out 'mended' "doctor --repair mends what it can"
	mark=$(lines "$log")
	index --db "$dir/bad.db" "$docs"
	check_status 0 "and the next run makes them again"
	check "by sending their texts" [ "$(sent_since "$mark")" -gt 0 ]
	run doctor --db "$dir/bad.db" --base-url "$url"
	check_status 0 "doctor is content again"
	rm -f "$dir"/bad.db*
else
	skip "a newer version" "no sqlite3"
fi
: >"$dir/bad.db"
run search --db "$dir/bad.db" heron
check_error "bad.db' is empty" "an empty file is no index to search"
run search --db "$dir/none.db" heron
check_error "no index at" "an index that is not there"
check "is not made by a search" [ ! -e "$dir/none.db" ]
mkdir "$dir/void"
run index --db "$dir/void.db" --model "$model" --base-url "$url" "$dir/void"
check_status 0 "an empty folder"
run search --db "$dir/void.db" --model "$model" --base-url "$url" heron
check_status 1 "searching an empty index finds nothing"
index --model openai/another "$docs"
check_error "was made with '$model'" "an index made with another model"
run search --db "$db" --model openai/another --base-url "$url" heron
check_error "was made with '$model'" "and a search with another model"

# --- kill during a search ---------------------------------------------------------------
standin_stop
standin "$dir/log" --latency 300
for seconds in 0.05 0.2 0.35; do
	"$akin" search --db "$db" --base-url "$url" heron >"$dir/.out" 2>&1 &
	searcher=$!
	sleep "$seconds"
	kill -9 "$searcher" 2>/dev/null
	wait "$searcher" 2>/dev/null
done
check "kills during a search do no harm" doctor_clean
standin_stop
standin "$dir/log"
mark=$(lines "$log")
index "$docs"
check "nothing is sent again" [ "$(sent_since "$mark")" -eq 0 ]
check "nothing is lost by them" each_once "$docs"

# --- a full disk --------------------------------------------------------------------------
# Sizes so that it is full at many places: the index must stay whole, and a run with
# room completes it without sending again what was kept.
full=0 kept_in_all=0 unclean=0 unclear=0 incomplete=0 resent=0
fill_up() { # LIMIT-COMMAND...: a run without room, then one with
	: >"$dir/.err"
	: >"$dir/log.full"
	mark=$(lines "$log")
	"$@" >"$dir/.out" 2>"$dir/.err"
	if [ $? -eq 2 ]; then
		full=$((full + 1))
		tail -n 1 "$dir/.err" | grep -q "^akin: no room on the disk\|^akin: .*index '" ||
			{ unclear=$((unclear + 1)); sed 's/^/# /' "$dir/.err"; }
	fi
	tail -n +$((mark + 1)) "$log" >"$dir/log.full"
}
is_complete() {
	kept=0
	if [ -s "$db" ] && "$AKIN_BUILD/committed" "$db" <"$dir/log.full" >"$dir/keys" 2>/dev/null; then
		kept=$(grep -c committed "$dir/keys")
		kept_in_all=$((kept_in_all + kept))
		doctor_clean || unclean=$((unclean + 1))
	fi
	mark=$(lines "$log")
	index "$docs"
	[ "$status" -eq 0 ] && each_once "$docs" && doctor_clean || incomplete=$((incomplete + 1))
	[ $(($(sent_since "$mark") + kept)) -gt "$(sort -u "$dir/keys.all" | wc -l)" ] && resent=$((resent + 1))
}
fresh
make_documents "$docs" 1 60
mark=$(lines "$log")
index "$docs"
tail -n +$((mark + 1)) "$log" | "$AKIN_BUILD/committed" "$db" | cut -d' ' -f1 | sort -u >"$dir/keys.all"
rm -f "$db"*
if [ -z "${NO_MOUNT:-}" ] && [ "$(id -u)" -eq 0 ] && mkdir "$dir/disk" && mount -t tmpfs -o size=64k akin "$dir/disk" 2>/dev/null; then
	trap 'standin_stop; umount -l "$dir/disk" 2>/dev/null; rm -rf "$dir"' EXIT
	db=$dir/disk/a.db
	for kb in 64 128 192 256 320 384 512 640 768 1024 1280 1536 1792 2048 2304 2560 3072 4096 5120 6144; do
		rm -f "$db"*
		mount -o remount,size="${kb}k" "$dir/disk"
		fill_up "$akin" index --db "$db" --model "$model" --base-url "$url" "$docs"
		mount -o remount,size=64m "$dir/disk"
		is_complete
	done
	umount "$dir/disk"
	rmdir "$dir/disk"
else
	# a limit on the size of a file; SIGXFSZ must not be what ends the program
	for blocks in 16 64 256 512 1024 2048 3072; do
		rm -f "$db"*
		fill_up sh -c "trap '' XFSZ; ulimit -f $blocks; exec \"\$@\"" sh \
			"$akin" index --db "$db" --model "$model" --base-url "$url" "$docs"
		is_complete
	done
fi
db=$dir/a.db
echo "# the disk was full in $full runs; $kept_in_all texts were kept by them"
check "the disk was full" [ "$full" -ge 3 ]
check "each time with one clear line" [ "$unclear" -eq 0 ]
check "the index is whole each time" [ "$unclean" -eq 0 ]
check "a run with room completes it" [ "$incomplete" -eq 0 ]
check "without sending again what was kept" [ "$resent" -eq 0 ]
standin_stop

# --- weights ------------------------------------------------------------------------------
local=multilingual-e5-small
weights=$("$akin" model path "$local" 2>/dev/null)
if [ -r "$weights/model.safetensors" ]; then
	unset AKIN_MODELS
	# a program that has no weights beside it
	mkdir "$dir/bin"
	cp "$akin" "$dir/bin/akin"
	akin=$dir/bin/akin
	fresh
	echo 'A short text.' >"$docs/a.txt"
	index_local() { run index --db "$db" --model local/$local --models "$dir/models" "$docs"; }
	if [ -d /usr/local/share/akin/models ]; then
		skip "missing weights" "akin is installed here"
	else
		index_local
		check_error "$local" "missing weights"
	fi
	mkdir -p "$dir/models"
	cp -r "$weights" "$dir/models/$local"
	file=$dir/models/$local/model.safetensors
	chmod -R u+w "$dir/models"
	for part in model.safetensors tokenizer.akt akin.json; do
		mv "$dir/models/$local/$part" "$dir/kept"
		index_local
		check_error "$local" "without $part"
		for bytes in 0 7 100 5000; do
			head -c "$bytes" "$dir/kept" >"$dir/models/$local/$part"
			[ "$(wc -c <"$dir/models/$local/$part")" -lt "$(wc -c <"$dir/kept")" ] || continue
			index_local
			check_error "$local\|truncated\|$part" "$bytes bytes of $part"
		done
		mv "$dir/kept" "$dir/models/$local/$part"
	done
	size=$(wc -c <"$file")
	head -c $((size - 4096)) "$file" >"$dir/cut" && cp "$file" "$dir/kept" && cp "$dir/cut" "$file"
	index_local
	check_error "$local\|model.safetensors" "weights without their end"
	cp "$dir/kept" "$file"
	printf 'XXXXXXXX' | dd of="$file" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
	index_local
	run doctor --db "$db" --models "$dir/models"
	check_status 2 "altered weights: doctor sees it"
	check_out '^fault' "and says so"
else
	skip "weights" "no weights of the embedded model"
fi
finish
