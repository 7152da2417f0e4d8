#!/bin/sh
# Office documents, OpenDocument, EPUB and RTF that pandoc and LibreOffice made from known text:
# every paragraph, cell, note and slide comes back, in its order. The committed files, and where
# both programs are installed the same ones made anew.
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
cases=$top/tests/cases/office
export AKIN_DB="$dir/a.db"

# in_order FILE: each line of FILE is within standard input, in the order of FILE
in_order() {
	awk -v want="$1" '
		{ text = text $0 "\n" }
		END {
			at = 1
			while ((getline line <want) > 0) {
				i = index(substr(text, at), line)
				if (!i) { print "missing or out of order: " line; bad = 1; continue }
				at += i - 1 + length(line)
			}
			exit bad
		}'
}

holds() { # FILE LINES
	run extract "$1"
	in_order "$2" <"$dir/.out" >"$dir/.missing" 2>&1
	found=$?
	[ "$found" -eq 0 ] || err=$(cat "$dir/.missing")
	tap_result "$found" "$3: all of ${2##*/} is in ${1##*/}"
}

all_forms() { # FOLDER WHAT
	for file in "$1"/report.* "$1"/office.*; do
		case $file in *.md | *.lines) continue ;; esac
		holds "$file" "$cases/report.lines" "$2"
		holds "$file" "$cases/notes.lines" "$2"
	done
	for file in "$1"/sheets.ods "$1"/sheets.xlsx; do
		holds "$file" "$cases/sheets.lines" "$2"
	done
	for file in "$1"/*.odp "$1"/*.pptx; do
		run extract "$file" --page 2
		check_out '^Notes: Tell them about the leak in spring.$' "$2: a slide's notes are on its page in ${file##*/}"
	done
}

all_forms "$cases" committed
for file in report.docx report.odt report.epub report.pptx office.docx office.odt; do
	run extract --json "$cases/$file"
	check_out '"title":	"Report on the boathouse"' "the title of $file"
	check_out '"author":	"Anna Wei' "its author"
done
run extract --json "$cases/sheets.ods"
check_out '"date":	"2023-02-03' "the day it was made"
check_out '"title":	"Accounts of the harbour"' "a workbook's title"

if command -v soffice >/dev/null && command -v pandoc >/dev/null; then
	sh "$top/tools/make_office_fixtures.sh" "$dir/anew" >"$dir/.out" 2>&1
	tap_result $? "LibreOffice and pandoc make them anew"
	all_forms "$dir/anew" anew
else
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - # skip made anew: no LibreOffice or no pandoc"
fi

need_model
mkdir "$dir/docs"
cp "$cases"/report.* "$cases"/sheets.* "$dir/docs"
: >"$dir/docs/empty.docx"
printf 'PK\003\004 cut off' >"$dir/docs/cut.xlsx"
run index -v "$dir/docs"
check_status 0 "a folder of them is indexed"
check_err "cut.xlsx': malformed" "a damaged one is named with its reason"
run search --jsonl "who told them about the leak?"
check_out '"page":	*2' "a slide is found by its notes, on its page"
run get "$dir/docs/sheets.xlsx:3"
check_out '^boat | since | share | rent$' "get prints the text that was read"
run search --json 'type:xlsx berths of the boats'
check_out '"position_in":	"text"' "positions are those of the text"
finish
