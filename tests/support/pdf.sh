# shellcheck shell=sh
# Small PDFs for tests, written by hand.

# make_pdf TITLE AUTHOR DATE: a PDF on stdout of the pages on stdin, which form feeds divide; a line
# of a page is a line of Courier, so that columns stay where they are. DATE as in D:20240501120000Z.
# A page "IMAGE" has an image and no text.
make_pdf() {
	LC_ALL=C awk -v title="$1" -v author="$2" -v date="$3" '
	function object(text) {
		at[++n_objects] = length(out)
		out = out n_objects " 0 obj\n" text "\nendobj\n"
	}
	function escaped(s) {
		gsub(/[\\()]/, "\\\\&", s)
		return s
	}
	function content(page, lines, n, i, s) {
		if (page ~ /^IMAGE/)
			return "q 200 0 0 200 50 50 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q"
		n = split(page, lines, "\n")
		s = "BT /F 9 Tf 11 TL 40 800 Td\n"
		for (i = 1; i <= n; i++)
			s = s "(" escaped(lines[i]) ") Tj T*\n"
		return s "ET"
	}
	BEGIN { RS = "\f" }
	{ pages[++n_pages] = $0 }
	END {
		out = "%PDF-1.4\n"
		object("<< /Type /Catalog /Pages 2 0 R >>")
		kids = ""
		for (i = 1; i <= n_pages; i++)
			kids = kids (5 + 2 * (i - 1)) " 0 R "
		object("<< /Type /Pages /Count " n_pages " /Kids [" kids "] >>")
		object("<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>")
		object("<< /Title (" escaped(title) ") /Author (" escaped(author) ") /CreationDate (D:" date ") >>")
		for (i = 1; i <= n_pages; i++) {
			object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 840] /Contents " (6 + 2 * (i - 1)) \
				" 0 R /Resources << /Font << /F 3 0 R >> >> >>")
			s = content(pages[i])
			object("<< /Length " length(s) " >>\nstream\n" s "\nendstream")
		}
		start = length(out)
		out = out "xref\n0 " (n_objects + 1) "\n0000000000 65535 f \n"
		for (i = 1; i <= n_objects; i++)
			out = out sprintf("%010d 00000 n \n", at[i])
		out = out "trailer\n<< /Size " (n_objects + 1) " /Root 1 0 R /Info 4 0 R >>\nstartxref\n" start "\n%%EOF\n"
		printf "%s", out
	}'
}

# pdf_bomb MEGABYTES: a PDF whose one page's content is so many megabytes of white space, packed twice.
pdf_bomb() {
	packed=$(mktemp)
	head -c "$1"M /dev/zero | zlib_of | zlib_of >"$packed"
	printf '%%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n'
	printf '2 0 obj\n<< /Type /Pages /Count 1 /Kids [3 0 R] >>\nendobj\n'
	printf '3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 840] /Contents 4 0 R >>\nendobj\n'
	printf '4 0 obj\n<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n' "$(wc -c <"$packed")"
	cat "$packed"
	printf '\nendstream\nendobj\ntrailer\n<< /Size 5 /Root 1 0 R >>\n%%%%EOF\n'
	rm -f "$packed"
}

# gzip's bytes between its head and its end are zlib's; nobody checks the sum behind them.
zlib_of() {
	printf '\170\234'
	gzip -6 -n | tail -c +11 | head -c -8
	printf '\0\0\0\0'
}
