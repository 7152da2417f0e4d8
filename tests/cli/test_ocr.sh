#!/bin/sh
# Text in images, read by tesseract on this machine.
. "$(dirname "$0")/tap.sh"
need_model
docs=$dir/docs db=$dir/a.db
mkdir "$docs" "$dir/bin"
cp tests/cases/image/lantern.png data/examples/room.jpg "$docs"
see() { run index --db "$db" "$@" "$docs"; }

see --ocr 'eng; rm'
check_error "wants tesseract's names of languages" "languages are names"
PATH=$dir/bin see --ocr eng
check_error 'tesseract, which is not here; install it: apt-get install tesseract-ocr' "without tesseract: the package"
if ! tesseract --list-langs 2>/dev/null | grep -q '^eng$'; then
	echo "ok $((tap_n += 1)) - tesseract # skip it is not installed"
	finish
	exit
fi
see --ocr eng+xyz
check_error "does not know the language 'xyz'.*tesseract-ocr-xyz" "a language that is not there"
see
check_err 'skipped: 2 unsupported format' "without --ocr, images are counted"
see --ocr eng --dry-run
check_out '^images *2 to be read by tesseract, 0 known already' "a dry run counts them"
see --ocr eng
check_status 0 "with it"
check_err '^images: 2 read by tesseract, 0 known already' "they are read"
check_err 'skipped: 1 empty' "one has no text"
run search --db "$db" --mode lexical "who keeps the lantern"
check_out 'lantern.png' "the other is found"
check_out '^ *text by tesseract/eng' "as recognised"
run search --db "$db" --mode lexical --json "harbour master"
check_out '"heading":[[:space:]]*"Text recognised in the image"' "under a heading"
see --ocr eng
check_err '^images: 0 read by tesseract, 1 known already' "nothing is read twice"
cp "$docs/lantern.png" "$docs/copy.png"
see
check_err '^images: 0 described, 2 known already' "a copy needs no --ocr"
run ls --db "$db"
check_out copy.png "and is a document"
run get --db "$db" "$docs/lantern.png"
check_out 'The harbour master keeps the lantern' "akin get prints the text"

run extract "$docs/lantern.png"
check_status 1 "akin extract reads no image"
run extract --ocr eng "$docs/lantern.png"
check_out 'The harbour master keeps the lantern' "unless it is told to"
run extract --ocr eng --page 2 tests/cases/image/scan.pdf
check_out 'Dogs travel free' "and a PDF of images, by page"
check_not_out 'ferry' "that page alone"
run extract --ocr eng data/examples/room.jpg
check_err 'empty, no text was recognised' "nothing in it is told"

# --- a PDF of images
mkdir "$dir/scans"
cp tests/cases/image/scan.pdf "$dir/scans"
run index --db "$db" -v "$dir/scans"
check_err "scan.pdf.*only images of pages (see --ocr" "without --ocr a PDF of images is empty"
run index --db "$db" --ocr eng --dry-run "$dir/scans"
check_out '^images *2 to be read by tesseract, 0 known already' "a dry run counts its pages"
run index --db "$db" --ocr eng "$dir/scans"
check_err '^images: 2 read by tesseract, 0 known already' "its pages are read"
run search --db "$db" --mode lexical "do dogs travel free"
check_out 'scan.pdf:[0-9]* page 2' "a hit names the page"
run get --db "$db" --page 1 "$dir/scans/scan.pdf"
check_out 'The ferry to the island leaves at dawn' "akin get prints one"
check_not_out 'Dogs' "and no other"
run index --db "$db" --chunk-tokens 100 "$dir/scans"
check_err '^images: 0 described, 2 known already' "pages are not read twice"
run ls --db "$db"
check_out 'scan.pdf *2 pages' "nor lost"

printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\377\0\0\0\377\0\010\2\0\0\0' >"$docs/bomb.png"
{ head -c 300 tests/cases/image/lantern.png; } >"$docs/broken.png"
see --ocr eng
check_status 0 "a bomb and a broken image"
check_err "bomb.png': not described, .*65280 by 65280" "the bomb is refused by its header"
check_err "broken.png': not described, tesseract cannot read it" "the broken one is named"
finish
