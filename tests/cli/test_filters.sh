#!/bin/sh
# Filters, phrases and exclusions of `akin search`: what they let through, whatever
# ranks higher without them. Each filter as a flag and within the question.
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"
need_model
export TZ=UTC
# The question's own syntax, from where query/search.c starts from question_refs().
in_question=yes
docs="$dir/docs"
mkdir -p "$docs/notes/old" "$docs/src" "$docs/many"
cd "$docs" || exit 2

printf '# Garden Plan\n\nThe apple trees are pruned in March, before the sap rises. The shed needs new paint.\n' >notes/garden.md
printf '# Gartenplan\n\nDie Apfelbäume werden im März geschnitten, bevor der Saft steigt und die Knospen aufgehen.\n' >notes/garten.md
printf 'The apple harvest was late in this year, and the cellar was full of apples until the spring came.\n' >notes/old/harvest.txt
printf 'id,apples\n1,30\n2,45\n' >notes/old/apples.csv
printf '/* Counts the apples of a tree. */\nint count_apples(int tree)\n{\n\treturn tree * 3;\n}\n' >src/apple.c
printf '<html><head><title>Résumé of the garden</title></head><body><p>An apple a day, and the pruned trees in March again.</p></body></html>\n' >src/page.html
touch -d '2020-06-15 12:00' notes/old/harvest.txt notes/old/apples.csv
touch -d '2023-03-10 12:00' notes/garden.md
touch -d '2023-11-05 12:00' notes/garten.md
i=0
while [ "$i" -lt 500 ]; do
	printf 'Apple trees of row %d are pruned in March.\n' "$i" >"many/row$i.txt"
	i=$((i + 1))
done
touch -d '2010-01-01' many/*
printf 'Boilers are serviced by the caretaker.\n' >many/row250.txt
touch -d '2011-05-05' many/row250.txt
run index "$docs"
check_status 0 "index"

names() { # the documents found, by their names, sorted
	sed -n 's/^\([^ ][^:]*\):[0-9]*  .*/\1/p' "$dir/.out" | sed 's|.*/||' | sort | tr '\n' ' ' | sed 's/ $//'
}

# found NAMES NAME ARG...: a search for apples among what the arguments let through
found() {
	wanted=$1 name=$2
	shift 2
	run search --min-score 0 -k 100 "$@" || :
	if [ "$(names)" = "$wanted" ]; then
		tap_result 0 "$name"
	else
		err="found: $(names); $err"
		tap_result 1 "$name"
	fi
}

# both NAMES FLAGS QUESTION: the same as flags (words without blanks) and in the question
both() {
	set -f
	# shellcheck disable=SC2086 # the flags are words
	found "$1" "flags: $2" apples $2 notes src
	set +f
	if [ "$in_question" = yes ]; then
		found "$1" "question: $3" "$3" notes src
	else
		tap_n=$((tap_n + 1))
		echo "ok $tap_n - question: $3 # skip search does not take questions apart yet"
	fi
}

all="apple.c apples.csv garden.md garten.md harvest.txt page.html"
both "$all" "" "apples"
both "garden.md garten.md" "--type md" "apples type:md"
both "garden.md garten.md" "-t markdown" "type:markdown apples"
both "garden.md garten.md harvest.txt" "--type text" "apples type:text"
both "apple.c" "--type code" "apples type:code"
both "page.html" "--type doc" "apples type:doc"
both "apples.csv" "--type .CSV" "apples type:.CSV"
both "apple.c garden.md garten.md" "-t md -t c" "apples type:md type:c"
both "apple.c apples.csv harvest.txt page.html" "-t !md" "apples -type:md"
both "harvest.txt" "-t text -t data --type !md --type !csv" "apples type:text type:data -type:md -type:csv"
both "garten.md" "--lang de" "apples lang:de"
both "garden.md garten.md" "--type md --lang de --lang en-GB" "apples type:md lang:de lang:en-GB"
both "garden.md" "--type md --lang !de" "apples type:md -lang:de"
both "apples.csv harvest.txt" "-g notes/old/**" "apples path:notes/old/**"
both "apples.csv harvest.txt" "-g old/" "apples path:old/"
both "garden.md garten.md" "-g *.md" "apples path:*.md"
both "garden.md garten.md" "-g g*.md -g !old" "apples path:\"g*.md\" -path:old"
both "garden.md page.html" "--title garden" "apples title:garden"
both "page.html" "--title resume" "apples title:resume"
both "garden.md" "--title GARDEN --title !resume" "apples title:GARDEN -title:\"Résumé of\""
both "garden.md garten.md" "--since 2023 --before 2024" "apples since:2023 before:2024"
both "garten.md" "--since 2023-03-11 --before 2023-12" "since:2023-03-11 before:2023-12 apples"
both "garden.md" "--since 2023-03-10 --before 2023-03-11" "apples since:2023-03-10 before:2023-03-11"
both "apple.c page.html" "--since 2w" "apples since:2w"
both "apples.csv garden.md garten.md harvest.txt" "--before 1y" "apples before:1y"
both "garden.md" "--lang en --type text --title plan --since 2023 -g notes" \
	"lang:en type:text title:plan apples since:2023 path:notes"
both "" "--lang de --type code" "apples lang:de type:code"
check_status 1 "nothing found is 1"
check_err 'no passage passes the filters' "and that is said"

# one of 500, which others rank before
found row250.txt "one document of 500 that ranks last, by its date" "apple trees pruned in March" --since 2011 --before 2012
run search --min-score 0 -k 20 "apple trees pruned in March" many
check "it is not among the best without" sh -c "! grep -q row250 '$dir/.out'"
found row250.txt "by the pattern of its name" "apple trees pruned in March" -g 'row250.*'
found row250.txt "among those of a PATH" "apple trees pruned in March" -g '*25*' --since 2011 many
found row250.txt "and by words" "caretaker" --mode lexical --since 2011 many
run search --mode lexical -k 100 apple --before 2010-02 --glob 'row1?.txt'
check "words among what passes" [ "$(names | wc -w)" -eq 10 ]
printf 'q1\tapple trees pruned in March\nq2\tboilers\n' >"$dir/q.tsv"
run search --batch "$dir/q.tsv" --run --since 2011 --before 2012
check "a batch is filtered as well" [ "$(grep -c row250 "$dir/.out")" -eq 2 ]
check "and finds nothing else" [ "$(wc -l <"$dir/.out")" -eq 2 ]

run search apples --since yesterday
check_error "'since:yesterday' is no date" "a date that is none"
run search apples --lang german
check_error "no language code" "a language that is none"
run search apples --glob 'a[b'
check_error "no path can match" "a pattern that nothing can match"
run search apples --title '...'
check_error "no word in" "a title without a word"
run search apples --type '!'
check_error "no value for 'type:'" "a value that is only negated"
run search apples --type ''
check_error "needs a value" "an empty value"

if [ "$in_question" = yes ]; then
	found "garden.md" 'a phrase' '"the apple trees"' notes src
	found "garden.md page.html" 'a phrase within words' '"pruned" in march' notes src
	found "" 'words in another order' '"trees apple"' notes src
	found "apple.c" 'the parts of an identifier' '"count apples"' notes src
	found "apple.c apples.csv garten.md harvest.txt" 'an exclusion' 'apples -pruned' notes src
	found "apple.c apples.csv garten.md" 'two exclusions' 'apples -pruned -"was full"' notes src
	found "$all" 'what looks like options is text' 'apples --no-ignore -rf -9 - AND NOT (x OR' notes src
	found "$all" 'a quote that is not closed is text' 'apples "and pears' notes src
	found "$all" 'only punctuation' '?!' notes src
	run search 'type:md -pruned'
	check_error "nothing to look for" "only filters"
	run search 'apples since:soon'
	check_error "is no date" "a date in the question"
	head -c 1048576 /dev/zero | tr '\0' a >"$dir/mb"
	"$akin" search - <"$dir/mb" >"$dir/.out" 2>"$dir/.err"
	status=$? out="" err=$(cat "$dir/.err")
	check_error "longer than 65536 bytes" "a megabyte"
fi
finish
