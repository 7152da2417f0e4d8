#include "query/familiarity.h"

#include "base/buf.h"
#include "words/classes.h"

static const double letters_of_character = 4, fewest_letters = 2.6, enough_letters = 3.4;

static bool is_written_in_words(enum char_class k)
{
	return (char_in_word(k) && k != CHAR_DIGIT) || k == CHAR_HANGUL || k == CHAR_CJK ||
	       k == CHAR_DICTIONARY;
}

/* The words with a blank between two: stops and digits are pieces in any language. */
static double add_words(struct buf *words, struct span text)
{
	double letters = 0;
	bool is_behind_word = false;
	for (size_t at = 0, len; at < text.len; at += len) {
		enum char_class k = char_class_at(text, at, &len);
		bool is_word = is_written_in_words(k);
		if (is_word && !is_behind_word && words->len) {
			buf_add_byte(words, ' ');
			letters++;
		}
		if (is_word) {
			buf_add(words, text.p + at, len);
			letters += k == CHAR_CJK || k == CHAR_HANGUL ? letters_of_character : 1;
		}
		is_behind_word = is_word;
	}
	return letters;
}

double familiarity_of(const struct embedder *e, const struct span *texts, size_t n)
{
	size_t n_pieces = 0, n_unknown = 0;
	double letters = 0;
	for (size_t i = 0; i < n; i++) {
		struct buf words = buf_new(2 * texts[i].len + 1);
		letters += add_words(&words, texts[i]);
		struct embed_pieces p = embedder_pieces(e, buf_span(&words));
		n_pieces += p.n;
		n_unknown += p.n_unknown;
		buf_free(&words);
	}
	if (n_pieces == 0)
		return 1;
	double known = 1 - (double)n_unknown / (double)n_pieces;
	double fit = (letters / (double)n_pieces - fewest_letters) / (enough_letters - fewest_letters);
	fit = fit < 0 ? 0 : fit > 1 ? 1 : fit;
	double familiarity = known * known * fit * fit;
	return familiarity > FAMILIARITY_LEAST ? familiarity : FAMILIARITY_LEAST;
}
