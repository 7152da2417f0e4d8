#!/bin/sh
# What an index run sends, and what it says it did: moves, touches, copies, branches;
# two indexers at once; roots that are gone. $log holds every text that was sent.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/../support/standin.sh"
docs=$dir/docs db=$dir/a.db

sends() { # N NAME: the last run sent so many texts
	got=$(sent_since "$mark")
	[ "$got" -eq "$1" ]
	tap_result $? "$2 (sent $got)"
}

again() { # ARG...: a further run; $mark is the log before it
	mark=$(lines "$log")
	index "$@"
}

never_twice() { # no text stands in the log twice
	sed 's/.*"text"/"text"/' "$log" | sort | uniq -d | head -n 3 | sed 's/^/# /' >"$dir/.twice"
	cat "$dir/.twice"
	[ ! -s "$dir/.twice" ]
}

standin "$dir/log"
make_documents "$docs/one" 1 20
make_documents "$docs/two" 21 40
sleep 0.1 # a file that is read as soon as it is written is read again by the next run
again "$docs"
check_status 0 "a first run"
check_err '^files: 40 new' "40 files are new"
check "each file once" each_once "$docs"
check "the stand-in was sent texts" [ "$(sent_since 0)" -gt 40 ]

again
check_status 0 "a run without PATH"
sends 0 "nothing changed, nothing sent"
check_err '^files: 40 unchanged' "40 files are unchanged"

mv "$docs/one/doc1.md" "$docs/two/renamed.md"
again "$docs"
sends 0 "a moved file"
check_err '1 moved' "it is counted as moved"
check "each file once after a move" each_once "$docs"

touch "$docs/one/doc2.md"
again "$docs"
sends 0 "a touched file"
check_err '1 touched' "it is counted as touched"

mv "$docs/two" "$docs/three"
again "$docs"
sends 0 "a renamed folder"
check_err '21 moved' "its files are counted as moved"
check "each file once after a folder was renamed" each_once "$docs"

cp "$docs/one/doc3.md" "$docs/copy.md"
again "$docs"
sends 0 "a copied file"
check "each file once after a copy" each_once "$docs"

# swapped names: each path has the other's content
mv "$docs/one/doc4.md" "$docs/x" && mv "$docs/one/doc5.md" "$docs/one/doc4.md" && mv "$docs/x" "$docs/one/doc5.md"
again "$docs"
sends 0 "two files that swapped names"
run get --db "$db" "$docs/one/doc4.md:1:1"
check_out 'Record 5' "their contents are swapped in the index"

# a part of a file changes: passages that stayed as they were are not sent
sed 's/^## Part 3.*/## Another part/' "$docs/one/doc6.md" >"$dir/x" && cat "$dir/x" >"$docs/one/doc6.md"
again "$docs"
check_err '1 changed' "a changed file"
check_err "texts: $(sent_since "$mark") embedded, [1-9][0-9]* known already" "only its new passages are sent"

rm "$docs/one/doc7.md"
again "$docs"
sends 0 "a removed file"
check_err '1 removed' "it is counted as removed"
make_documents "$docs/one" 7 7
again "$docs"
sends 0 "it returns: its vectors were kept"
check "each file once after it returned" each_once "$docs"
run rm --db "$db" "$docs/one/doc8.md"
again "$docs"
sends 0 "akin rm, then index"

if command -v git >/dev/null; then
	tree=$dir/tree db=$dir/git.db
	git init -q "$tree"
	git -C "$tree" config user.email test@example.org
	git -C "$tree" config user.name Test
	make_documents "$tree" 101 130
	git -C "$tree" add . && git -C "$tree" commit -q -m one
	git -C "$tree" branch -q other
	again "$tree"
	git -C "$tree" checkout -q other
	for n in 101 102 103; do sed 's/paces/miles/' "$tree/doc$n.md" >"$dir/x" && cat "$dir/x" >"$tree/doc$n.md"; done
	rm "$tree/doc104.md"
	make_documents "$tree" 131 132
	git -C "$tree" add -A && git -C "$tree" commit -q -m two
	again "$tree"
	check "another branch: only what is new in it is sent" [ "$(sent_since "$mark")" -gt 0 ]
	git -C "$tree" checkout -q -
	again "$tree"
	sends 0 "the branch is switched back"
	git -C "$tree" checkout -q other
	again "$tree"
	sends 0 "and to the other one again"
	find "$tree" -name '*.md' | sort >"$dir/want"
	"$akin" ls --db "$db" | sed 's/^[^/]*\//\//' | sort >"$dir/have"
	check "each file of the branch once" cmp -s "$dir/want" "$dir/have"
	check "doctor finds nothing in it" doctor_clean
	db=$dir/a.db
else
	tap_result 0 "branches # skip no git"
fi
check "no text was ever sent twice" never_twice
check "doctor finds nothing" doctor_clean

# --- roots that are gone -------------------------------------------------------------
db=$dir/roots.db
make_documents "$dir/usb" 201 205
make_documents "$dir/zone" 206 210
index "$dir/usb" "$dir/zone"
mv "$dir/usb" "$dir/unplugged"
make_documents "$dir/zone" 211 211
index
check_status 2 "a root that is not there"
check_err "^akin: cannot read '$dir/usb'.*stays" "is named, and what happens to its documents"
check_err '1 new' "the other root was brought up to date"
check "its documents are kept" [ "$("$akin" ls --db "$db" "$dir/usb" | wc -l)" -eq 5 ]
mkdir "$dir/usb"
index
check_status 2 "a root where nothing is mounted"
check_err "^akin: '$dir/usb' is empty.*mount" "is named, and what to do"
check "its documents are kept still" [ "$("$akin" ls --db "$db" "$dir/usb" | wc -l)" -eq 5 ]
rmdir "$dir/usb" && mv "$dir/unplugged" "$dir/usb"
mark=$(lines "$log")
index
check_status 0 "the root is back"
sends 0 "nothing was lost"
mv "$dir/usb" "$dir/unplugged"
run rm --db "$db" "$dir/usb"
check_status 0 "akin rm drops a root that is not there"
index
check_status 0 "and it is not missed any more"
standin_stop

# --- two at once -----------------------------------------------------------------------
db=$dir/two.db
standin "$dir/log2"
index "$docs/one"
standin_stop
standin "$dir/log2" --latency 1500
make_documents "$docs/later" 301 330
"$akin" index --db "$db" --model "$model" --base-url "$url" "$docs" >"$dir/.first" 2>&1 &
first=$!
until_holds grep -qsx "$first" "$db.lock"
run index --db "$db" --model "$model" --base-url "$url" "$docs"
check_error "another akin (process $first) is writing" "a second indexer says who is at work"
run search --db "$db" --base-url "$url" --json "the heron beside the lantern"
check_status 0 "a search works meanwhile"
check_out "docs/one/doc" "and finds what was committed"
check "the first one is still at work" kill -0 "$first"
wait "$first"
status=$?
check_status 0 "the first one completes"
check "each file once after two at once" each_once "$docs"
check "doctor finds nothing after two at once" doctor_clean

# --- a signal ---------------------------------------------------------------------------
make_documents "$docs/last" 401 500
: >"$dir/.err"
"$akin" index --db "$db" --model "$model" --base-url "$url" "$docs" >"$dir/.out" 2>"$dir/.err" &
first=$!
until_holds grep -q '^texts go to' "$dir/.err" # signals are caught by then
kill -TERM "$first"
wait "$first"
status=$?
check_status 143 "SIGTERM ends a run with 143"
check_err '^akin: stopped' "and it says so"
standin_stop
standin "$dir/log2"
index "$docs"
check_status 0 "the next run completes"
check "each file once after the signal" each_once "$docs"
standin_stop
finish
