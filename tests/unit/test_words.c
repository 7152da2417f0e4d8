#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "words/classes.h"
#include "words/identifier.h"
#include "words/language.h"
#include "words/terms.h"

/* Terms as a line: a position is a space, what stands beside it follows a comma, marks
 * are s: x: w: g:. */
static int write_term(void *ctx, const struct term *term)
{
	static const char *const marks[] = { "", "s:", "x:", "w:", "g:" };
	struct buf *out = ctx;
	if (out->len)
		buf_add_byte(out, term->colocated ? ',' : ' ');
	else
		assert_false(term->colocated);
	unsigned char first = (unsigned char)term->text.p[0];
	bool is_marked = first < sizeof marks / sizeof *marks;
	buf_add_str(out, is_marked ? marks[first] : "");
	buf_add(out, term->text.p + is_marked, term->text.len - is_marked);
	return 0;
}

struct terms_case {
	const char *language, *text, *terms;
};

static void check_cases(const struct terms_case *cases, size_t n, enum terms_use use)
{
	struct terms *t = terms_new();
	for (int round = 0; round < 2; round++) { /* what was kept from before gives the same */
		for (size_t i = 0; i < n; i++) {
			struct buf out = buf_new(10000);
			terms_each(t, span_of(cases[i].text), cases[i].language, use, write_term, &out);
			assert_string_equal(out.p ? out.p : "", cases[i].terms);
			buf_free(&out);
		}
	}
	terms_free(t);
}

static void a_document_keeps_its_terms(void **state)
{
	(void)state;
	static const struct terms_case cases[] = {
		{ "", "", "" },
		{ "", " \xff ... \xe4\xbd ", "" },
		{ "", "Two words", "two words" },
		{ "en", "He was running, they ran", "he was running,s:run they ran" },
		{ "de", "Häuser der Straße", "hauser,x:häuser,s:haus der strasse,s:strass" },
		{ "fr", "l'école à l’Été", "l ecole,x:école,s:ecol a,x:à l ete,x:été" },
		{ "ru", "книгами ёлки йод", "книгами,s:книг елки,x:ёлки,s:елк йод" },
		{ "xx", "running", "running" },
		/* possessives and contractions */
		{ "", "tenant's don't we’ll O'Brien", "tenant don we o brien" },
		/* identifiers whole and in parts */
		{ "", "parseHTTPDate", "parse,w:parsehttpdate http date" },
		{ "", "max_file_size", "max,w:maxfilesize file size" },
		{ "", "--no-ignore", "no,w:noignore ignore" },
		{ "", "v1.2.3", "v1,w:v1.2.3 2 3" },
		{ "", "std::vector user@host a/b", "std,w:std::vector vector user,w:user@host host a,w:a/b b" },
		{ "", "x86_64 2024-01-05 1,000", "x86,w:x86-64 64 2024,w:2024-01-05 01 05 1,w:1,000 000" },
		{ "", "ENOENT utf8 sha256sum", "enoent utf8 sha256sum" },
		{ "", "iPhone MP3Player URLs B2B", "i,w:iphone phone mp3,w:mp3player player urls b2b" },
		{ "", "C++ F# U.S.A. e.g.", "c,w:c++ f,w:f# u,w:usa s a e,w:eg g" },
		{ "", "well\xe2\x80\x90known one,two end.", "well,w:wellknown known one two end" },
		{ "", "aGVsbG8gV29ybGQgQmFzZTY0RnVs", "agvsbg8gv29ybgqgqmfzzty0rnvs" },
		/* forms of one letter */
		{ "", "\xef\xac\x81ne \xef\xbc\xb0\xef\xbd\x99 soft\xc2\xadhyphen", "fine py softhyphen" },
		{ "", "e\xcc\x81t\xc3\xa9 Łódź Ærø", "ete,x:été lodz,x:łódź aero,x:ærø" },
		{ "", "٣ मैं हिन्दी", "3,x:٣ मैं हिन्दी" },
		/* scripts without spaces */
		{ "", "中华人民", "中华,g:华人 人民" },
		{ "", "使用Python文件", "使用 python 文件" },
		{ "", "自然言語", "自然,g:然言 言語" },
		{ "", "ｶﾞｽ カ\xe3\x82\x99ス ガス", "ガス ガス ガス" },
		{ "", "ภาษาไทย", "ภาษา ไทย" },
		{ "", "한국어를 API를", "한국어를,g:한국,g:국어,g:어를 api 를" },
	};
	check_cases(cases, sizeof cases / sizeof *cases, TERMS_INDEX);
}

static void a_question_looks_for_every_form(void **state)
{
	(void)state;
	static const struct terms_case cases[] = {
		{ "en", "running", "running,w:running,s:run,run" },
		{ "en", "run", "run,w:run,s:run" },
		{ "", "maxFileSize", "max,w:maxfilesize,maxfilesize file size" },
		{ "", "v1.2", "v1,w:v1.2 2" },
		{ "", "中华人", "中华,g:中华,g:华人,华人 人" },
		{ "", "Ünder", "under,w:under,x:ünder" },
	};
	check_cases(cases, sizeof cases / sizeof *cases, TERMS_QUERY);
}

/* Words that are read by the short way against identifier_read, which reads them all. */
struct expected {
	struct span text;
	struct identifier id;
	size_t part, at;
};

static bool next_part(struct expected *e)
{
	size_t len;
	if (++e->part < e->id.n_parts)
		return true;
	while (e->at < e->text.len && !char_begins_word(char_class_at(e->text, e->at, &len)))
		e->at += len;
	if (e->at == e->text.len)
		return false;
	identifier_read(e->text, e->at, &e->id);
	e->at = e->id.end;
	e->part = 0;
	return true;
}

static int check_part(void *ctx, const struct term *term)
{
	struct expected *e = ctx;
	if (term->colocated)
		return 0;
	assert_true(next_part(e));
	assert_int_equal(term->start, e->id.parts[e->part].start);
	assert_int_equal(term->end, e->id.parts[e->part].end);
	for (size_t i = 0; i < term->text.len; i++)
		assert_int_equal(term->text.p[i], e->text.p[term->start + i] | 32);
	return 0;
}

static void plain_words_are_read_as_identifiers_are(void **state)
{
	(void)state;
	static const char alphabet[] = "aaabsdZ1 \n.,:;'+#-_/";
	struct terms *t = terms_new();
	uint32_t seed = 7;
	for (int round = 0; round < 20000; round++) {
		char text[24];
		size_t n = (seed = seed * 1664525 + 1013904223) >> 16;
		n = 1 + n % sizeof text;
		for (size_t i = 0; i < n; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
		}
		struct expected e = { .text = { text, n } };
		assert_int_equal(terms_each(t, e.text, "", TERMS_INDEX, check_part, &e), 0);
		assert_false(next_part(&e));
	}
	terms_free(t);
}

/* --- for any text ------------------------------------------------------------------- */

struct seen {
	struct buf terms; /* each between two NULs */
	size_t len, start, n;
};

static int note(void *ctx, const struct term *term)
{
	struct seen *seen = ctx;
	assert_in_range(term->text.len, 1, TERM_MAX_BYTES + 1);
	assert_true(term->start < term->end && term->end <= seen->len);
	if (!term->colocated) {
		assert_true(term->start >= seen->start);
		seen->start = term->start;
	}
	seen->n++;
	buf_add_byte(&seen->terms, '\0');
	buf_add_span(&seen->terms, term->text);
	buf_add_byte(&seen->terms, '\0');
	return 0;
}

static int must_be_there(void *ctx, const struct term *term)
{
	const struct seen *seen = ctx;
	struct buf wanted = buf_new(100);
	buf_add_byte(&wanted, '\0');
	buf_add_span(&wanted, term->text);
	buf_add_byte(&wanted, '\0');
	bool found = false;
	for (size_t at = 0; at + wanted.len <= seen->terms.len && !found; at++)
		found = memcmp(seen->terms.p + at, wanted.p, wanted.len) == 0;
	buf_free(&wanted);
	assert_true(found);
	return 0;
}

static void a_text_as_a_question_finds_itself(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"The parseHTTPDate() of max_file_size, v1.2.3; Häuser, l'homme, C++ and U.S.A.",
		"中华人民共和国成立于一九四九年，自然言語処理を学ぶ。ภาษาไทยมีคำ 한국어를 배웁니다",
	};
	struct terms *t = terms_new();
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct span text = span_of(texts[i]);
		struct seen seen = { .terms = buf_new(1 << 20), .len = text.len };
		terms_each(t, text, "de", TERMS_QUERY, note, &seen);
		assert_true(seen.n > 10);
		terms_each(t, text, "de", TERMS_INDEX, must_be_there, &seen);
		buf_free(&seen.terms);
	}
	terms_free(t);
}

/* A word, a chain, a run and a pile of marks that never end. */
static void a_text_without_spaces_is_no_hostile_term(void **state)
{
	(void)state;
	static const char *const units[] = { "a", "aB", "a_", "a.", "é", "e\xcc\x81", "\xcc\x81", "中", "ก",
		                             "한", "1,", "\xe1\x84\x80\xe1\x85\xa1", "\xef\xb7\xba",
		                             "\xef\xbd\xb6\xef\xbe\x9e", "’", "\xc2\xad" };
	struct terms *t = terms_new();
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		struct buf text = buf_new(1 << 20);
		while (buf_add_str(&text, units[i]) == 0 && text.len < 100000)
			;
		struct seen seen = { .terms = buf_new(8 << 20), .len = text.len };
		terms_each(t, buf_span(&text), "en", TERMS_INDEX, note, &seen);
		buf_free(&seen.terms);
		buf_free(&text);
	}
	terms_free(t);
}

static int stop_at_once(void *ctx, const struct term *term)
{
	(void)term;
	++*(int *)ctx;
	return 7;
}

static void a_visit_ends_the_walk(void **state)
{
	(void)state;
	struct terms *t = terms_new();
	const char *const texts[] = { "a_b c", "中华人民共和国", "한국어를 x" };
	for (int i = 0; i < 3; i++) {
		int n = 0;
		assert_int_equal(terms_each(t, span_of(texts[i]), "en", TERMS_QUERY, stop_at_once, &n), 7);
		assert_int_equal(n, 1);
	}
	terms_free(t);
}

static void languages_are_known_by_their_texts(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "en", "The tenant must give notice of three months before he leaves the house." },
		{ "de", "Der Mieter muss die Kündigung drei Monate vor dem Auszug einreichen und zahlt nicht." },
		{ "fr", "Le locataire doit donner un préavis de trois mois avant de quitter les lieux." },
		{ "es", "El inquilino debe avisar con tres meses de antelación antes de dejar la casa." },
		{ "it", "Il conduttore deve dare un preavviso di tre mesi prima di lasciare la casa." },
		{ "pt", "O inquilino deve avisar com três meses antes de deixar a casa, mas não precisa de mais." },
		{ "nl", "De huurder moet het drie maanden van tevoren laten weten en dat is niet voor hem." },
		{ "sv", "Hyresgästen måste säga upp avtalet tre månader innan och det är för alla." },
		{ "da", "Lejeren skal opsige aftalen tre måneder før, og det gælder ikke af sig selv efter loven." },
		{ "fi", "Vuokralaisen on ilmoitettava asiasta kolme kuukautta ennen, kun hän on lähdössä." },
		{ "pl", "Najemca nie może tego zrobić, jeśli do umowy jest dodane, że się na to nie zgodził." },
		{ "ru", "Наниматель должен предупредить об этом за три месяца, и не может уехать, как он хотел." },
		{ "uk", "Орендар має повідомити про це за три місяці, і він не може поїхати, як хотів, до того." },
		{ "el", "Ο ενοικιαστής πρέπει να ειδοποιήσει τρεις μήνες πριν." },
		{ "he", "השוכר חייב להודיע על כך שלושה חודשים לפני כן, וזה לא נכון של כל דייר." },
		{ "ar", "يجب على المستأجر أن يخطر المالك قبل ثلاثة أشهر من ذلك، ولا يمكن أن يغادر في أي وقت." },
		{ "hi", "किरायेदार को तीन महीने पहले सूचना देनी है और यह नियम सभी के लिए है।" },
		{ "th", "ผู้เช่าต้องแจ้งล่วงหน้าสามเดือนก่อนย้ายออก" },
		{ "zh", "租户必须在搬出前三个月通知房东。" },
		{ "ja", "借主は退去の三か月前に通知しなければならない。" },
		{ "ko", "세입자는 이사하기 석 달 전에 집주인에게 알려야 한다." },
		{ "zh", "该函数 parse 返回一个指针，调用者必须释放它。" },
		{ "", "the of and to" },
		{ "", "Müller Schmidt Meier Schulze Wagner Becker" },
		{ "", "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22" },
		{ "", "a i e o a i e o a i e o a i e o a i e o a i e o a i" },
		{ "", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(language_detect(span_of(cases[i][1])), cases[i][0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_keeps_its_terms),
		cmocka_unit_test(a_question_looks_for_every_form),
		cmocka_unit_test(plain_words_are_read_as_identifiers_are),
		cmocka_unit_test(a_text_as_a_question_finds_itself),
		cmocka_unit_test(a_text_without_spaces_is_no_hostile_term),
		cmocka_unit_test(a_visit_ends_the_walk),
		cmocka_unit_test(languages_are_known_by_their_texts),
	};
	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
