#!/bin/sh
# Mail with its attachments, manual pages, notebooks, subtitles, and text that is compressed, with
# the bombs among it.
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/support/pdf.sh
. "$(dirname "$0")/../support/pdf.sh"
cases=$(cd "$(dirname "$0")/../cases/extract" && pwd)
export AKIN_DB="$dir/a.db"
docs=$dir/docs
mkdir "$docs"
cd "$docs" || exit 2

# --- mail -------------------------------------------------------------------------------------

attach() { # NAME TYPE: standard input as an attachment
	printf -- '--b\nContent-Type: %s\nContent-Disposition: attachment; filename="%s"\n' "$2" "$1"
	printf 'Content-Transfer-Encoding: base64\n\n'
	base64
}
{
	printf 'From: Ada Quay <ada@example.org>\nTo: kai@example.org\nSubject: The pier\n'
	printf 'Date: Wed, 1 May 2024 14:30:00 +0200\nContent-Type: multipart/mixed; boundary=b\n\n'
	printf -- '--b\n\nThe crane is repaired next Tuesday.\n'
	printf 'The lighthouse keeper climbs the stairs at dusk, and lights the lamp.\n' |
		make_pdf "Lamp" "Ada" 20240501120000Z | attach lamp.pdf application/pdf
	printf 'berth,rent\nnorth,40\n' | attach rents.csv text/csv
	printf '%%PDF-1.4 broken' | attach broken.pdf application/pdf
	printf -- '--b--\n'
} >pier.eml
cp "$cases/box.mbox.in" box.mbox
run extract pier.eml
check_status 0 "akin extract reads a mail"
check_out '^The crane is repaired next Tuesday' "its text"
check_out '^north,40$' "an attachment of text"
if command -v pdftotext >/dev/null; then
	check_out 'lighthouse keeper climbs the stairs' "an attached PDF"
	check_out '^Attachment broken.pdf: not read (' "one that cannot be read is named with its reason"
fi
run extract --json pier.eml
check_out '"author":	"Ada Quay <ada@example.org>"' "who wrote it"
check_out '"date":	"2024-05-01T12:30:00Z"' "when, in UTC"

# --- compressed -------------------------------------------------------------------------------

printf '# Tea\n\nLeaves are dried in the shade.\n' >tea.md
for pack in 'gzip gz' 'bzip2 bz2' 'xz xz' 'zstd zst'; do
	command -v "${pack% *}" >/dev/null || continue
	"${pack% *}" -c <tea.md >"tea.md.${pack#* }"
	run extract --json "tea.md.${pack#* }"
	check_out '"format":	"markdown"' "${pack% *}: it is read as what it holds"
	check_out 'dried in the shade' "and its text is there"
done
gzip -c <"$cases/dry.1.in" >dry.1.gz
run extract --json dry.1.gz
check_out '"format":	"man"' "a compressed manual page"
head -c 3000000 /dev/zero | tr '\0' 'a' | gzip -c >a.gz
for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do cat a.gz; done >bomb.txt.gz
rm a.gz
run extract bomb.txt.gz
check_status 1 "one that unpacks without end is not read"
check_err 'it unpacks to more than 24 MB' "and says so"
head -c 40 tea.md.gz >cut.md.gz
run extract cut.md.gz
check_err 'its packing is damaged' "one that is cut off"
tar cf - tea.md | gzip -c >tea.tar.gz
run extract tea.tar.gz
check_err 'tar archive' "an archive is no text"
gzip -c <tea.md.gz >twice.md.gz.gz
run extract --json twice.md.gz.gz
check_out '"format":	"markdown"' "what was compressed twice is read"

# --- in an index ------------------------------------------------------------------------------

need_model
cp "$cases/talk.srt.in" talk.srt
cp "$cases/sums.ipynb.in" sums.ipynb
run index -v "$docs"
check_status 0 "a folder of them is indexed"
check_err "bomb.txt.gz': too large" "the bomb is named"
run search -k 1 "when will the crane be mended?"
check_out 'pier.eml:' "a mail is found"
run search --jsonl -k 1 "author:quay crane"
check_out 'pier.eml' "by who wrote it"
run search -k 1 "what was said about the pump?" talk.srt
check_out '00:01:05' "a talk is found with its time"
run get "$docs/tea.md.gz:3"
check_out '^Leaves are dried in the shade' "get prints a line of what is compressed"
finish
