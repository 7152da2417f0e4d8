#!/bin/sh
# PDFs: pages, reading order, metadata, get and extract by page, and those that are not read.
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/support/pdf.sh
. "$(dirname "$0")/../support/pdf.sh"
need_model
cases=$(cd "$(dirname "$0")/../cases/pdf" && pwd)
docs=$dir/docs
mkdir -p "$docs"
cd "$docs" || exit 2
export AKIN_DB="$dir/a.db"

{
	cat <<-'TEXT'
		The Harbour Gazette                                             page 5

		The lighthouse keeper wrote that the lamp was to be lit an hour be-
		fore sunset, and that nobody but the keeper himself may climb the
		stairs while it burns.

		Quarter             2023        2024
		Visitors           1,204       1,377
	TEXT
	printf '\f'
	cat <<-'TEXT'
		The Harbour Gazette                                             page 6

		The ferry to the island leaves at half past nine, and carries bicycles
		for two crowns; dogs travel free of charge if they are small enough.
	TEXT
	printf '\f'
	cat <<-'TEXT'
		The Harbour Gazette                                             page 7

		Lobsters were sold at the pier for less than ever before, said the
		fishermen, who blamed the warm winter and the new nets for it.
	TEXT
} | make_pdf "A harbour's year" "Ada Quay" 20190512083000+02\'00 >gazette.pdf

run extract gazette.pdf
check_status 0 "akin extract reads a PDF"
check_out 'an hour before sunset, and that nobody but the keeper himself may climb the stairs' \
	"a paragraph is one line, and a divided word whole"
check_out '^Visitors | 1,204 | 1,377$' "a table's row stays a row"
check "a header that every page has is there once" [ "$(grep -c 'Harbour Gazette' "$dir/.out")" -eq 1 ]
check "but for its number" grep -qx '7' "$dir/.out"
run extract gazette.pdf --page 2
check_out 'ferry to the island' "a page by itself"
check "and no other" sh -c "! grep -q 'lighthouse\|Lobsters' '$dir/.out'"
run extract gazette.pdf --page 2-3
check_out 'Lobsters' "a range of pages"
run extract gazette.pdf --page 4
check_error "has no page 4, but 3 in all" "a page that is not there"
run extract gazette.pdf --page x
check_error "'x' is no page" "a page that is none"
run extract --json gazette.pdf
check_out '"title":	"A harbour.s year"' "title"
check_out '"author":	"Ada Quay"' "author"
check_out '"date":	"2019-05-12T06:30:00Z"' "date, in UTC"
check_out '"pages":	3' "pages"
check_out '"position_in":	"text"' "positions are those of the text"
check_out '"page":	2' "blocks have pages"

# two columns of prose
cat <<-'TEXT' | make_pdf "" "" 2020 >columns.pdf
	The tide comes in twice a day and       Boats are counted in the evening
	fills the basin behind the wall so      by the harbour master, who writes
	that even large ships can turn in       their names into a book which is
	it without touching the ground at       kept in the tower, next to a list
	all, which nobody believed when it      of the lamps that have to be lit,
	was built by the engineers who had      and the day on which the last one
	come from the capital with all of       was seen burning by the people in
	their instruments, and stayed for       the village across the water who
	nine years, or so they say.             never go to bed before midnight.
TEXT
run extract columns.pdf
check_out 'fills the basin behind the wall so that even large ships' "the left column reads on"
check_out 'who writes their names into a book which is kept in the tower' "and so does the right one"

# what is not read, each with its reason
cp "$cases/encrypted.pdf" encrypted.pdf
printf 'IMAGE' | make_pdf "" "" 2020 >scan.pdf
head -c 900 gazette.pdf >cut.pdf
printf '%%PDF-1.4\nnothing of it is true\n' >no.pdf
pdf_bomb 100 >bomb.pdf
cp gazette.pdf wrong.txt
printf 'It is only called so: a recipe for fish soup with saffron.\n' >text.pdf
run extract encrypted.pdf
check_status 1 "an encrypted PDF"
check_err "unsupported format, it is encrypted" "with its reason"
run extract scan.pdf
check_err "empty, it has no text, only images of pages" "a PDF of images"
run extract no.pdf
check_err "malformed, it is no whole PDF" "a PDF that is none"
run extract wrong.txt
check_out 'lighthouse' "a PDF by another name"
run extract text.pdf
check_out 'saffron' "a text that is called PDF"
PATH=/nowhere run extract gazette.pdf
check_err "install pdftotext (the package poppler-utils)" "without pdftotext: what to install"

rm wrong.txt
run index -v .
check_status 0 "an index run over all of them"
check_err "encrypted.pdf.*it is encrypted" "names the encrypted one"
check_err "scan.pdf.*only images" "the one of images"
check_err "no.pdf.*no whole PDF" "the one that is none"
run search -k 1 "when does the ferry leave"
check_out 'gazette.pdf:.* page 2' "a hit names its page"
check_out 'Ada Quay, 2019-05-12' "and who wrote it, and when"
run search --json -k 1 "dogs travel free"
check_out '"page":	2' "in JSON, too"
check_out '"position_in":	"text"' "with what its positions are of"
line=$(sed -n 's/.*"line_start":	\([0-9]*\).*/\1/p' "$dir/.out" | head -n 1)
start=$(sed -n 's/^			"byte_start":	\([0-9]*\).*/\1/p' "$dir/.out" | head -n 1)
run get "gazette.pdf:$line:4"
check_out 'ferry to the island' "akin get prints the line that the hit names"
"$akin" get gazette.pdf | tail -c +$((start + 1)) | head -c 60 >"$dir/.out"
check_out "^The ferry to the island" "and the bytes are those of what akin get prints"
run get gazette.pdf --page 3
check_out 'Lobsters' "akin get by page"
check "and no other" sh -c "! grep -q 'ferry' '$dir/.out'"
run get gazette.pdf:1 --page 3
check_error "lines or pages" "not both"
run get text.pdf --page 1
check_error "has no pages" "a text has no pages"
run ls --json gazette.pdf
check_out '"pages":3' "akin ls knows the pages"
check_out '"author":"Ada Quay"' "and the author"
run search -k 5 'harbour author:quay'
check_out 'gazette.pdf' "author: in the question"
check "lets no other through" sh -c "! grep -q 'columns.pdf' '$dir/.out'"
run search -k 5 --author '!Quay' 'harbour boats'
check "--author takes a negation" sh -c "! grep -q 'gazette.pdf' '$dir/.out'"
run search -k 5 'harbour before:2019-06'
check_out 'gazette.pdf' "a document's own date counts"
run search -k 5 'harbour since:2019-06'
check "not the file's" sh -c "! grep -q 'gazette.pdf' '$dir/.out'"
printf 'changed' >>gazette.pdf
run get gazette.pdf --page 2
check_err 'has changed' "of a file that changed the passages are printed"
check_out 'ferry' "by page as well"
finish
