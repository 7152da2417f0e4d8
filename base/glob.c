#include "base/glob.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"

enum token_kind {
	TOKEN_CHAR,
	TOKEN_SET,  /* one byte of a set */
	TOKEN_STAR, /* any bytes but slashes */
	TOKEN_DEEP, /* any bytes */
	TOKEN_DIRS, /* nothing, or what the TOKEN_DIR behind it takes */
	TOKEN_DIR,  /* any bytes, then a slash */
};

struct token {
	unsigned char kind, c;
	uint16_t set;
};

struct byte_set {
	uint32_t bits[8];
};

struct glob {
	struct token *tokens;
	size_t n, cap;
	struct byte_set *sets;
	size_t n_sets, cap_sets;
};

void glob_free(struct glob *g)
{
	if (!g)
		return;
	free(g->tokens);
	free(g->sets);
	free(g);
}

static void add(struct glob *g, enum token_kind kind, char c, size_t set)
{
	g->tokens = mem_grow(g->tokens, &g->cap, g->n + 1, sizeof *g->tokens);
	g->tokens[g->n++] = (struct token){ (unsigned char)kind, (unsigned char)c, (uint16_t)set };
}

static void set_range(struct byte_set *set, unsigned low, unsigned high)
{
	for (unsigned c = low; c <= high; c++)
		set->bits[c / 32] |= 1u << c % 32;
}

static bool set_has(const struct byte_set *set, unsigned char c)
{
	return set->bits[c / 32] >> c % 32 & 1;
}

/* The POSIX classes, in the C locale: ASCII only. */
static bool set_class(struct byte_set *set, struct span name)
{
	static const struct {
		const char *name;
		int (*has)(int);
	} classes[] = {
		{ "alnum", isalnum }, { "alpha", isalpha }, { "blank", isblank }, { "cntrl", iscntrl },
		{ "digit", isdigit }, { "graph", isgraph }, { "lower", islower }, { "print", isprint },
		{ "punct", ispunct }, { "space", isspace }, { "upper", isupper }, { "xdigit", isxdigit },
	};
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		if (!span_equal(name, span_of(classes[i].name)))
			continue;
		for (int c = 0; c < 128; c++) {
			if (classes[i].has(c))
				set_range(set, (unsigned)c, (unsigned)c);
		}
		return true;
	}
	return false;
}

/* "[:name:]" at p[i]: 1 and *i behind it; 0 when it is no class but an ordinary
 * bracket; -1 for what makes the pattern match nothing. */
static int read_class(struct span p, size_t *i, struct byte_set *set)
{
	if (*i + 1 >= p.len || p.p[*i + 1] != ':')
		return 0;
	const char *name = p.p + *i + 2;
	const char *close = memchr(name, ']', p.len - *i - 2);
	if (!close)
		return -1;
	if (close == name || close[-1] != ':')
		return 0;
	*i = (size_t)(close - p.p) + 1;
	return set_class(set, (struct span){ name, (size_t)(close - name) - 1 }) ? 1 : -1;
}

/* One byte of a set, a backslash before it taken off; false at the end. */
static bool read_byte(struct span p, size_t *i, unsigned char *c)
{
	if (*i < p.len && p.p[*i] == '\\')
		(*i)++;
	if (*i >= p.len)
		return false;
	*c = (unsigned char)p.p[(*i)++];
	return true;
}

/* The inside of "[...]", *i behind the bracket; false when it never closes. */
static bool read_set(struct span p, size_t *i, struct byte_set *set)
{
	int last = 0; /* the byte that a range would start from, 0: none */
	for (bool first = true;; first = false) {
		if (*i >= p.len)
			return false;
		if (p.p[*i] == ']' && !first) {
			(*i)++;
			return true;
		}
		unsigned char c;
		if (p.p[*i] == '-' && last && *i + 1 < p.len && p.p[*i + 1] != ']') {
			(*i)++;
			if (!read_byte(p, i, &c))
				return false;
			set_range(set, (unsigned)last, c);
			last = 0;
			continue;
		}
		int class = p.p[*i] == '[' ? read_class(p, i, set) : 0;
		if (class < 0 || (class == 0 && !read_byte(p, i, &c)))
			return false;
		if (class == 0)
			set_range(set, c, c);
		last = class == 0 ? c : 0;
	}
}

static bool add_set(struct glob *g, struct span p, size_t *i)
{
	struct byte_set set = { { 0 } };
	bool negated = *i < p.len && (p.p[*i] == '!' || p.p[*i] == '^');
	*i += negated;
	if (!read_set(p, i, &set))
		return false;
	for (size_t w = 0; negated && w < 8; w++)
		set.bits[w] = ~set.bits[w];
	set.bits['/' / 32] &= ~(1u << '/' % 32);
	g->sets = mem_grow(g->sets, &g->cap_sets, g->n_sets + 1, sizeof *g->sets);
	g->sets[g->n_sets] = set;
	add(g, TOKEN_SET, 0, g->n_sets++);
	return true;
}

static void add_stars(struct glob *g, struct span p, size_t *i, bool path)
{
	size_t start = *i;
	while (*i < p.len && p.p[*i] == '*')
		(*i)++;
	bool alone_left = start == 0 || p.p[start - 1] == '/';
	bool slash = *i < p.len && p.p[*i] == '/';
	bool escaped = *i + 1 < p.len && p.p[*i] == '\\' && p.p[*i + 1] == '/';
	if (!path || *i - start < 2 || !alone_left || !(slash || escaped || *i == p.len)) {
		add(g, TOKEN_STAR, 0, 0);
	} else if (slash) {
		add(g, TOKEN_DIRS, 0, 0);
		add(g, TOKEN_DIR, 0, 0);
		(*i)++;
	} else {
		add(g, TOKEN_DEEP, 0, 0);
	}
}

static bool compile(struct glob *g, struct span p, bool path)
{
	for (size_t i = 0; i < p.len;) {
		char c = p.p[i];
		if (c == '*') {
			add_stars(g, p, &i, path);
			continue;
		}
		i++;
		if (c == '[') {
			if (!add_set(g, p, &i))
				return false;
		} else if (c == '?') {
			size_t none = 0;
			if (!add_set(g, (struct span){ "!/]", 3 }, &none))
				return false;
		} else if (c == '\\') {
			if (i >= p.len)
				return false;
			add(g, TOKEN_CHAR, p.p[i++], 0);
		} else {
			add(g, TOKEN_CHAR, c, 0);
		}
	}
	return true;
}

struct glob *glob_new(struct span pattern, bool path)
{
	if (pattern.len > GLOB_MAX)
		return NULL;
	struct glob *g = mem_zalloc(1, sizeof *g);
	if (compile(g, pattern, path))
		return g;
	glob_free(g);
	return NULL;
}

/* States are token positions; n is the state in which all is matched. */
struct states {
	uint64_t bits[(2 * GLOB_MAX + 64) / 64 + 1];
};

static void enter(const struct glob *g, struct states *s, size_t at)
{
	for (;;) {
		s->bits[at / 64] |= 1ULL << at % 64;
		if (at == g->n)
			return;
		enum token_kind kind = g->tokens[at].kind;
		if (kind == TOKEN_DIRS) {
			s->bits[(at + 1) / 64] |= 1ULL << (at + 1) % 64;
			at += 2;
		} else if (kind == TOKEN_STAR || kind == TOKEN_DEEP) {
			at++;
		} else {
			return;
		}
	}
}

static void step(const struct glob *g, size_t at, unsigned char c, struct states *next)
{
	const struct token *t = &g->tokens[at];
	switch ((enum token_kind)t->kind) {
	case TOKEN_CHAR:
		if (t->c == c)
			enter(g, next, at + 1);
		break;
	case TOKEN_SET:
		if (set_has(&g->sets[t->set], c))
			enter(g, next, at + 1);
		break;
	case TOKEN_STAR:
		if (c != '/')
			enter(g, next, at);
		break;
	case TOKEN_DEEP:
		enter(g, next, at);
		break;
	case TOKEN_DIR:
		next->bits[at / 64] |= 1ULL << at % 64;
		if (c == '/')
			enter(g, next, at + 1);
		break;
	case TOKEN_DIRS:
		break;
	}
}

bool glob_match(const struct glob *g, struct span text)
{
	size_t words = g->n / 64 + 1;
	struct states now, next;
	memset(now.bits, 0, words * sizeof *now.bits);
	enter(g, &now, 0);
	for (size_t i = 0; i < text.len; i++) {
		bool any = false;
		memset(next.bits, 0, words * sizeof *next.bits);
		for (size_t w = 0; w < words; w++) {
			for (uint64_t bits = now.bits[w]; bits; bits &= bits - 1) {
				size_t at = w * 64 + (size_t)__builtin_ctzll(bits);
				any = true;
				if (at < g->n)
					step(g, at, (unsigned char)text.p[i], &next);
			}
		}
		if (!any)
			return false;
		memcpy(now.bits, next.bits, words * sizeof *now.bits);
	}
	return now.bits[g->n / 64] >> g->n % 64 & 1;
}
