#define _GNU_SOURCE
#include "ask/no_claim.h"

#include <stdint.h>
#include <string.h>

#include "ask/plain_text.h"
#include "base/boundaries.h"
#include "base/utf8.h"
#include "words/classes.h"


/* Lists of words as a plain text has them (ask/plain_text.h), with spaces between. */
static const char negations[] =
	"not no none nothing neither nor cannot cant doesnt dont didnt isnt arent wasnt werent couldnt without "
	"unable lack lacks nicht kein keine keinen keinem keiner keines keinerlei nichts weder ne n pas aucun "
	"aucune rien nest nont ny ni sin ninguna ninguno non nessuna nessun 不 没 沒 未 无 無 ない ません なし ไม่";

/* "The sources do not …" */
static const char sources[] =
	"source sources document documents passage passages excerpt excerpts text texts context material "
	"materials quelle quellen dokument dokumente dokumenten unterlagen auszug auszüge auszügen texte "
	"texten passagen textstellen extraits extrait textes fuente fuentes documento documentos fonti fonte "
	"documenti 来源 來源 资料 資料 文档 文件 文本 原文 文書 出典 ソース 文献 テキスト แหล่งข้อมูล เอกสาร แหล่งที่มา ข้อความ";
static const char sayings[] =
	"say says said mention mentions mentioned contain contains contained answer answers answered state "
	"states stated provide provides provided specify specifies specified include includes included cover "
	"covers covered describe describes described give gives given information info find found know address "
	"addresses discuss discusses indicate indicates tell tells reveal reveals available there details "
	"detail explain explains sagen sagt erwähnen erwähnt enthalten enthält beantworten beantwortet antwort "
	"nennen nennt genannt angeben angegeben finden gefunden findet hervor angaben informationen steht "
	"stehen geben gibt disent dit mentionnent mentionne mentionné contiennent contient répondent répond "
	"précisent précise précisé indiquent indique indiqué trouvé trouve fournissent informations réponse "
	"parlent parle dicen dice mencionan menciona contienen contiene dicono menzionano contengono "
	"specificano 提到 提及 说明 說明 包含 回答 提供 记载 記載 信息 说 找到 写 涉及 相关 述べ 含まれ 見つか 書かれ "
	"触れ 言及 情報 答え ระบุ กล่าวถึง บอก พบ ตอบ ข้อมูล";

/* "The policy does not mention …": a document by its kind; only words that are about wording. */
static const char kinds[] =
	"policy contract lease agreement handbook manual guide report minutes letter article page file notes "
	"email list table log paper study faq changelog readme vertrag richtlinie handbuch anleitung bericht "
	"protokoll brief artikel seite datei notizen liste tabelle mietvertrag contrat règlement manuel notice "
	"guide rapport lettre page fichier liste contrato manual contratto manuale 合同 手册 手冊 报告 文章 契約書 "
	"議事録 説明書 保証書 สัญญา คู่มือ รายงาน";
static const char wordings[] =
	"say says mention mentions mentioned state states specify specifies specified indicate indicates "
	"erwähnt nennt sagt mentionne précise dit indique menciona menziona 提到 提及 说明 說明 记载 記載 述べ 書かれ "
	"触れ 言及 情報 ระบุ กล่าวถึง";

/* "I could not find …" */
static const char speakers[] = "i we ich wir je nous";
static const char findings[] =
	"find found answer know determine tell say finden gefunden beantworten weiss sagen trouver trouvé "
	"trouve répondre sais dire";

/* What says it all, wherever it stands. */
static const char *const refusals[] = {
	"no information", "no mention", "no details", "no answer", "not mentioned", "not stated",
	"not specified", "not answered", "keine information", "keine angabe", "keine antwort",
	"nicht erwähnt", "nicht angegeben", "nicht genannt", "nicht beantwortet", "aucune information",
	"aucune mention", "pas mentionné", "pas précisé", "pas indiqué", "没有提到", "没有提及", "没有说明",
	"没有相关", "未提及", "未提到", "未说明", "記載がありません", "記載されていません", "記載はありません",
	"情報がありません", "情報はありません", "ไม่ได้ระบุ", "ไม่มีข้อมูล", "ไม่ได้กล่าวถึง", "ไม่พบข้อมูล",
};

static bool is_ascii_or_spaced(struct span word)
{
	size_t len;
	enum char_class k = char_class_at(word, 0, &len);
	return k != CHAR_CJK && k != CHAR_DICTIONARY;
}

static bool has_word(struct span text, struct span word)
{
	bool spaced = is_ascii_or_spaced(word);
	size_t from = 0, len;
	while (from < text.len) {
		const char *hit = memmem(text.p + from, text.len - from, word.p, word.len);
		if (!hit)
			return false;
		size_t at = (size_t)(hit - text.p), end = at + word.len;
		if (!spaced)
			return true;
		size_t before = at ? utf8_floor(text.p, text.len, at - 1) : 0;
		bool starts = at == 0 || !char_in_word(char_class_at(text, before, &len));
		bool ends = end == text.len || !char_in_word(char_class_at(text, end, &len));
		if (starts && ends)
			return true;
		from = at + 1;
	}
	return false;
}

static bool has_one_of(struct span text, const char *list)
{
	while (*list) {
		struct span word = { list, strcspn(list, " ") };
		if (word.len && has_word(text, word))
			return true;
		list += word.len + strspn(list + word.len, " ");
	}
	return false;
}

/* A refusal is short; a long sentence says more than that. */
enum { REFUSAL_MAX_BYTES = 600 };

static bool is_refusal(struct span plain)
{
	if (plain.len > REFUSAL_MAX_BYTES)
		return false;
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
		if (memmem(plain.p, plain.len, refusals[i], strlen(refusals[i])))
			return true;
	return has_one_of(plain, negations) &&
	       ((has_one_of(plain, sources) && has_one_of(plain, sayings)) ||
	        (has_one_of(plain, kinds) && has_one_of(plain, wordings)) ||
	        (has_one_of(plain, speakers) && has_one_of(plain, findings)));
}

static bool is_yes_or_no(struct span core)
{
	static const char *const words[] = {
		"yes", "no", "ja", "nein", "oui", "non", "si", "sí", "不", "是", "是的", "对", "不是", "没有",
		"可以", "不可以", "はい", "いいえ", "ใช่", "ไม่", "ไม่ใช่", "ได้", "ไม่ได้",
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_equal(core, span_of(words[i])))
			return true;
	return false;
}

static bool has_letter_or_digit(struct span text)
{
	size_t len;
	for (size_t at = 0; at < text.len; at += len) {
		enum char_class k = char_class_at(text, at, &len);
		if (k != CHAR_OTHER && k != CHAR_MARK && k != CHAR_IGNORED)
			return true;
	}
	return false;
}

static bool is_bold_label(struct span said)
{
	return said.len > 4 && memcmp(said.p, "**", 2) == 0 && memcmp(said.p + said.len - 2, "**", 2) == 0 &&
	       !memmem(said.p + 2, said.len - 4, "**", 2) && !strchr(".!", said.p[said.len - 3]);
}

/* The last character that is no closing mark. */
static uint32_t last_mark(struct span said)
{
	uint32_t code = 0;
	while (said.len) {
		size_t last = utf8_floor(said.p, said.len, said.len - 1);
		utf8_decode(said.p + last, said.len - last, &code);
		if (code >= 0x80 || !strchr("*_\"')| \t\n", (int)code))
			break;
		said.len = last;
	}
	return said.len ? code : 0;
}

bool claims_nothing(struct span said)
{
	said = trim_white_space(said);
	uint32_t last = last_mark(said);
	if (!has_letter_or_digit(said) || is_bold_label(said))
		return true;
	if (last == '?' || last == ':' || last == 0xFF1F || last == 0xFF1A || last == 0x061F)
		return true;
	if (said.len > 2 * REFUSAL_MAX_BYTES)
		return false;
	struct plain_text plain;
	plain_text_make(said, &plain);
	struct span text = { plain.p, plain.len };
	bool nothing = is_yes_or_no(plain_text_core(&plain)) || is_refusal(text);
	plain_text_free(&plain);
	return nothing;
}
