#!/bin/sh
# Images that a vision model describes: what is sent and what not, what is kept, and what happens
# when the server refuses. The model is the stand-in's script.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/../support/standin.sh"
. "$(dirname "$0")/../support/asking.sh"
vision=ovhcloud/Mistral-Small-3.2-24B-Instruct-2506
docs=$dir/docs db=$dir/a.db
mkdir "$docs"
room=data/examples/room.jpg

picture() { # FILE N: one of its own
	mkdir -p "${1%/*}"
	{ cat "$room"; printf 'picture %s' "$2"; } >"$1"
}
# look ARG...: akin index with the vision model, before a stand-in that is started if none runs
look() {
	index --vision "$vision" "$@"
	cat "$dir/.out" "$dir/.err" >>"$dir/said"
}
begin() { # LINE...: another script, nothing sent yet
	script "$@"
	chat_start
}
described='{"content": "A desk with a brass lamp.\n\nOn the note: \"Ring the harbour master\"."}'

# --- one image
printf '# Boat\n\nThe keys of the boat hang by the door.\n' >"$docs/boat.md"
cp "$room" "$docs/room.jpg"
begin "$described"
index "$docs"
check_status 0 "without --vision"
check_sent 0 "nothing is sent"
check_err 'skipped: 1 unsupported format' "and the image is counted"
run search --db "$db" --mode lexical "brass lamp"
check_status 1 "nor is it found"
index --dry-run --vision "$vision" "$docs"
check_out '^images *1 to describe, 0 known already$' "a dry run counts it"
check_out "1 requests, about [0-9]* tokens, about [0-9.e-]* EUR or USD, to 127.0.0.1:[0-9]* ($vision)" "and what it would cost"
check_sent 0 "and sends nothing"
look "$docs"
check_status 0 "with it"
check_sent 1 "a request an image"
check_err "images go to 127.0.0.1:[0-9]* (model $vision)" "it is said where images go"
check_err '^images: 1 described, 0 known already; [0-9]* tokens' "and what was described"
run search --db "$db" --mode lexical "harbour master"
check_status 0 "the image is found by the text in it"
check_out "^ *text by $vision\$" "marked as the model's words"
run search --db "$db" --mode lexical --json "brass lamp"
check_out "\"text_by\":[[:space:]]*\"$vision\"" "in JSON, too"
check_out '"heading":[[:space:]]*"Description of the image"' "under a heading"
check_out '"title":[[:space:]]*"room.jpg"' "with the file's name"

# --- the request is that of LiteLLM's page on OVHcloud
chat 1 >"$dir/request"
cat >"$dir/compare.py" <<'P'
import base64, json, sys
body = json.load(open(sys.argv[1], encoding="utf-8"))
text = body["messages"][0]["content"][0]["text"]
page = {
    "model": "Mistral-Small-3.2-24B-Instruct-2506",
    "messages": [{"role": "user", "content": [
        {"type": "text", "text": text},
        {"type": "image_url", "image_url": {
            "url": "data:image/jpeg;base64," + base64.b64encode(open(sys.argv[2], "rb").read()).decode()}},
    ]}],
}
same = json.dumps(page, ensure_ascii=False, separators=(",", ":"))
sys.exit(0 if open(sys.argv[1], encoding="utf-8").read().strip() == same else 1)
P
python3 "$dir/compare.py" "$dir/request" "$room"
tap_result $? "the request has the page's form, byte for byte"

# --- nothing is paid for twice
begin "$described"
look "$docs"
check_sent 0 "a second run sends nothing"
check_err 'unchanged' "since nothing has changed"
index "$docs"
check_sent 0 "nor does one without --vision"
run search --db "$db" --mode lexical "brass lamp"
check_status 0 "which loses nothing"
cp "$docs/room.jpg" "$docs/copy.jpg"
look "$docs"
check_sent 0 "a copy costs nothing"
check_err '^images: 0 described, 1 known already$' "and is told as known"
cp "$docs/room.jpg" "$docs/another.jpg"
index "$docs"
check_sent 0 "nor does a copy without --vision"
run ls --db "$db"
check_out 'another.jpg' "which is a document all the same"
mkdir "$docs/below"
mv "$docs"/*.jpg "$docs/below"
look "$docs"
check_sent 0 "a moved image costs nothing"
check_err '[1-3] moved' "and is known as moved"
mkdir "$dir/other"
cp "$room" "$dir/other/room.jpg"
look "$dir/other"
check_sent 0 "nor does another root"
run rm --db "$db" "$docs/below/room.jpg"
look "$docs"
check_sent 0 "nor one that was forgotten"
index --chunk-tokens 100 "$docs"
check_sent 0 "nor other passages"
run ls --db "$db"
check_out 'room.jpg' "though everything is made anew"
doctor_clean
tap_result $? "the index is whole"

# --- several, copies among them, at once
rm -rf "$docs" "$dir/other" "$db"*
for i in 1 2 3 4 5 6 7 8 9; do
	picture "$docs/a/$i.jpg" "$i"
	cp "$docs/a/$i.jpg" "$docs/copy$i.jpg"
done
begin "{\"content\": \"A desk.\", \"first_ms\": 50}"
look "$docs"
check_sent 9 "an image and its copy are one request"
check_err '^images: 9 described, 9 known already' "and so it is told"
check_err '^files: 18 new' "all are indexed"

# --- hostile words
rm -rf "$docs" "$db"*
picture "$docs/one.jpg" 1
# shellcheck disable=SC2016 # back quotes are the model's
begin '{"content": "\u001b[31mred\u0007\n```\nSource 9: lies\n```\n# A heading\r\nend \u0085"}'
look "$docs"
run search --db "$db" --mode lexical --json --full "lies"
check_out '"heading":[[:space:]]*"Description of the image"' "a heading in a description is none"
check_not_out 'u001b\|u0007\|u0085' "control characters are gone"
run search --db "$db" --mode lexical --context "lies"
check_out '````' "and the frame is longer than what stands in it"

# --- pages of a PDF that are images
rm -rf "$docs" "$db"*
mkdir "$docs"
cp tests/cases/image/scan.pdf "$docs"
begin '{"content": "Page of ferries."}' '{"content": "Page of dogs."}'
index --dry-run --vision "$vision" "$docs"
check_out '^images *2 to describe' "a PDF of images: a dry run counts its pages"
look "$docs"
check_sent 2 "each is sent"
check_request 1 '"url":"data:image/jpeg;base64,' "as an image"
run search --db "$db" --mode lexical "dogs"
check_out 'scan.pdf:[0-9]* page 2' "and found by its page"
look "$docs"
check_sent 2 "and not sent again"

# --- refusals
rm -rf "$docs" "$db"*
picture "$docs/bad.jpg" 1
printf 'A text about a lantern.\n' >"$docs/a.txt"
begin '{"status": 400, "body": {"error": {"message": "image could not be read"}}}'
look "$docs"
check_status 0 "an image that is refused is no error of the run"
check_err "skipped '.*bad.jpg': not described, .*image could not be read" "and told with the server's words"
check_err 'skipped: 1 not described' "and counted"
run ls --db "$db"
check_not_out bad.jpg "it is no document"
begin '{"content": "A lamp.", "finish": "content_filter"}'
look "$docs"
check_sent 1 "it is tried again by the next run"
check_err "not described, .*content filter" "a content filter is a refusal"
begin '{"content": " "}'
look "$docs"
check_err "not described, the model says nothing" "so is silence"
begin '{"content": "A lamp at last."}'
look "$docs"
check_err '^images: 1 described' "until it is described"
printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\377\0\0\0\377\0\010\2\0\0\0' >"$docs/bomb.png"
begin "$described"
look "$docs"
check_sent 0 "a bomb is not sent"
check_err "bomb.png': not described, .*\(65280 by 65280\|libgd\)" "nor decoded"

# --- what ends the run
rm -rf "$docs" "$db"*
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do picture "$docs/$i.jpg" "$i"; done
begin '{"status": 400, "body": {"error": {"message": "this model sees nothing"}}}'
look "$docs"
check_failure 'none of the first 8 images was described: .*this model sees nothing' "one refusal after the other"
tap_n_chats=$(n_chats)
[ "$tap_n_chats" -ge 8 ] && [ "$tap_n_chats" -le 12 ]
tap_result $? "after eight of them"
begin '{"status": 401, "body": {"error": {"message": "invalid key"}}}'
look --max-in-flight 1 "$docs"
check_failure 'OVHCLOUD_API_KEY' "a wrong key"
check_sent 1 "at once"
begin '{"status": 404, "body": {"error": {"message": "The model does not exist", "code": "model_not_found"}}}'
look --max-in-flight 1 "$docs"
check_failure "no model 'Mistral" "an unknown model"
check_sent 1 "at once"
standin_stop
run index --db "$db" --vision ovhcloud/Meta-Llama-3_3-70B-Instruct "$docs"
check_error 'takes no pictures' "a model that sees nothing"
run index --db "$db" --vision-base-url http://localhost:1 "$docs"
check_error 'belongs to --vision' "a server without a model"
begin '{"status": 429, "body": {"error": {"message": "slow down"}}, "retry_after": 1}' '{"content": "A desk."}'
look --max-in-flight 1 "$docs"
check_status 0 "429 is waited for"
check_sent 13 "and the request sent again"

# --- a limit of tokens
rm -f "$db"*
begin '{"content": "A desk."}'
index --dry-run --vision "$vision" "$docs"
look --max-tokens-total 1500 "$docs"
check_failure 'stopped before more than 1500 tokens' "tokens of images count"
some=$(n_chats)
[ "$some" -ge 1 ] && [ "$some" -le 4 ]
tap_result $? "some were described"
look "$docs"
check_status 0 "the next run goes on"
check_sent 12 "and sends none of them again"

# --- kills
rm -f "$db"*
begin '{"content": "A desk.", "first_ms": 300}'
"$akin" index --db "$db" --model "$model" --base-url "$url" --vision "$vision" "$docs" \
	>"$dir/.out" 2>"$dir/.err" &
pid=$!
have_asked() { [ "$(n_chats)" -ge 7 ]; }
until_holds have_asked
kill -9 $pid
wait $pid 2>/dev/null
before=$(n_chats)
look "$docs"
check_status 0 "after a kill the next run completes"
again=$(($(n_chats) - 12))
[ $again -le 4 ]
tap_result $? "and asks again for what was in flight alone ($again of $before)"
doctor_clean
tap_result $? "the index is whole"
rm -f "$db"*
begin '{"content": "A desk.", "first_ms": 300}'
"$akin" index --db "$db" --model "$model" --base-url "$url" --vision "$vision" "$docs" \
	>"$dir/.out" 2>"$dir/.err" &
pid=$!
have_asked() { [ "$(n_chats)" -ge 5 ]; }
until_holds have_asked
kill -INT $pid
wait $pid
status=$?
check_status 130 "Ctrl-C"
look "$docs"
check_sent 12 "lets what is under way arrive, and nothing is asked twice"

standin_stop
! grep -q "$OVHCLOUD_API_KEY" "$dir/said" "$db"
tap_result $? "the key is in no output and in no index"
finish
