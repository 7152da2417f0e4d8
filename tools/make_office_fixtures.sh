#!/bin/sh
# tools/make_office_fixtures.sh [FOLDER]: makes the Office documents of tests/cases/office from
# the known text there, with pandoc and LibreOffice (the committed ones: pandoc 2.17.1,
# LibreOffice 7.4.7). The tests make them anew where both are installed.
set -eu
cd "$(dirname "$0")/../tests/cases/office"
to=${1:-.}
mkdir -p "$to"
for form in docx odt epub rtf pptx; do
	pandoc -s report.md -o "$to/report.$form"
done
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
convert() { # FORMAT FILE NAME
	soffice "-env:UserInstallation=file://$home" --headless --convert-to "$1" --outdir "$home/out" \
		"$2" >/dev/null 2>&1
	base=$(basename "$2")
	mv "$home/out/${base%.*}.$1" "$to/$3.$1"
}
convert odt "$to/report.docx" office
convert docx "$to/report.odt" office
convert rtf "$to/report.odt" office
convert odp "$to/report.pptx" office
convert pptx "$to/office.odp" office
convert xlsx sheets.fods sheets
convert ods sheets.fods sheets
