#!/bin/sh
# Damaged files of all formats, in one run with good ones: the run ends, each file is in the index
# or named with its reason, the good ones are all there, and memory stays small, children included.
# FULL=1 takes 10,000 damaged files instead of some hundred.
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/support/standin.sh
. "$(dirname "$0")/../support/standin.sh"
# shellcheck source=tests/support/pdf.sh
. "$(dirname "$0")/../support/pdf.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
docs=$dir/docs db=$dir/a.db good=$dir/good n=400
[ "${FULL:-0}" = 1 ] && n=10000
mkdir -p "$docs/good" "$good"

# the whole ones: what the tests of the formats have, and PDFs
for file in "$top"/tests/cases/extract/*.in; do
	name=${file##*/}
	cp "$file" "$good/${name%.in}"
done
find "$top/tests/cases" -type f -size -200k ! -path '*/extract/*' \( -name '*.docx' -o -name '*.odt' \
	-o -name '*.rtf' -o -name '*.pptx' -o -name '*.odp' -o -name '*.xlsx' -o -name '*.ods' -o -name '*.epub' \
	-o -name '*.eml' -o -name '*.mbox' -o -name '*.ipynb' -o -name '*.tex' -o -name '*.srt' -o -name '*.vtt' \
	-o -name '*.gz' -o -name '*.xz' -o -name '*.zst' -o -name '*.zip' -o -name '*.tar' -o -name '*.pdf' \) \
	-exec cp {} "$good" \;
for i in 1 2 3 4 5 6; do
	printf 'Page one of number %d: the heron stands by the reed.\n\fPage two of number %d, with a kettle.\n' $i $i |
		make_pdf "Number $i" "Nobody" "2020010$i" >"$good/number$i.pdf"
	cp "$good/number$i.pdf" "$docs/good"
	printf '# Good %d\n\nThe granite harbour has an oak mill, number %d.\n' $i $i >"$docs/good/good$i.md"
done
"$AKIN_BUILD/mutate" "${SEED:-7}" "$n" "$docs" "$good"/*
tap_result $? "$n damaged files of $(find "$good" -type f | wc -l)"

standin "$dir/log"
status=0
"$AKIN_BUILD/peak" "$dir/peak" "$akin" index -v --secrets --db "$db" --model "$model" --base-url "$url" "$docs" \
	>"$dir/.out" 2>"$dir/.err" </dev/null || status=$?
cp "$dir/.err" "$dir/log.err"
out='' err=$(tail -n 20 "$dir/.err")
check_status 0 "the run over them ends well"
read -r peak_kb _ <"$dir/peak"
check "in less than 300 MB, children included ($((peak_kb / 1024)) MB)" [ "$peak_kb" -lt 307200 ]
run ls --db "$db" "$docs/good"
check "the good ones are all there" [ "$(wc -l <"$dir/.out")" -eq 12 ]
"$akin" ls -0 --db "$db" "$docs" | tr '\0' '\n' | sed 's|.*/||' >"$dir/there"
sed -n "s|^skipped '.*/\([^/]*\)': ..*|\1|p" "$dir/log.err" >"$dir/named"
find "$docs" -type f | sed 's|.*/||' | sort >"$dir/all"
sort -u "$dir/there" "$dir/named" >"$dir/known"
comm -23 "$dir/all" "$dir/known" >"$dir/.out"
out=$(cat "$dir/.out")
check "and each of the others is there too, or named with its reason" [ ! -s "$dir/.out" ]
run doctor --db "$db"
check_status 0 "the index is whole"
finish
