# Prints the content words that a query shares with a document, one a line.
# usage: awk -v query=TEXT -f shared_words.awk STOP_WORDS DOCUMENT (UTF-8, LC_ALL=C)
#
# A content word has three letters or more and is no stop word. Two words are taken for
# the same when they begin alike for five letters once a usual ending is cut off: that
# finds too much rather than too little. Bytes above 127 count as letters.

function stem(word) {
	if (length(word) > 4)
		sub(/(ings?|edly|ed|ly|ers?|es|s|e|y)$/, "", word)
	return substr(word, 1, 5)
}

function words(text, out,    n, i, parts, kept) {
	text = tolower(text)
	gsub(/'s /, " ", text)
	gsub(/[^a-z0-9\200-\377]+/, " ", text)
	n = split(text, parts, " ")
	kept = 0
	for (i = 1; i <= n; i++)
		if (length(parts[i]) > 2 && !(parts[i] in stop))
			out[++kept] = parts[i]
	return kept
}

FNR == 1 {
	file++
}

file == 1 {
	for (i = 1; i <= NF; i++)
		stop[$i] = 1
	next
}

{
	n = words($0, line)
	for (i = 1; i <= n; i++)
		seen[stem(line[i])] = 1
}

END {
	n = words(query, line)
	for (i = 1; i <= n; i++)
		if (stem(line[i]) in seen)
			print line[i]
}
