#include "indexer/walk/ignore.h"

#include <stdlib.h>

#include "base/glob.h"
#include "base/mem.h"

struct rule {
	char *literal; /* the pattern up to its first special byte; for a suffix, the suffix */
	size_t literal_len;
	struct glob *glob; /* what follows the literal; NULL: nothing follows */
	bool include;      /* "!" */
	bool dir_only;     /* a slash at the end */
	bool name_only;    /* no other slash: it speaks of names, in every folder below */
	bool suffix;       /* "*" and a literal */
};

struct ignore {
	struct rule *rules;
	size_t n, cap;
};

void ignore_free(struct ignore *rules)
{
	if (!rules)
		return;
	for (size_t i = 0; i < rules->n; i++) {
		free(rules->rules[i].literal);
		glob_free(rules->rules[i].glob);
	}
	free(rules->rules);
	free(rules);
}

/* How many leading bytes have no special meaning. */
static size_t literal_len(struct span p)
{
	size_t n = 0;
	while (n < p.len && !memchr("*?[\\", p.p[n], 4))
		n++;
	return n;
}

/* Spaces at the end go, unless a backslash protects them; a backslash at the
 * end stops the search, as in git. */
static struct span trim_spaces(struct span line)
{
	size_t keep = 0;
	for (size_t i = 0; i < line.len; i++) {
		bool escaped = line.p[i] == '\\';
		i += escaped;
		if (i == line.len)
			return line;
		if (escaped || line.p[i] != ' ')
			keep = i + 1;
	}
	return (struct span){ line.p, keep };
}

/* False for a line that can match nothing. */
static bool parse_rule(struct span p, struct rule *rule)
{
	*rule = (struct rule){ 0 };
	if (p.len > 0 && p.p[0] == '!') {
		rule->include = true;
		p = (struct span){ p.p + 1, p.len - 1 };
	}
	if (p.len > 0 && p.p[p.len - 1] == '/') {
		rule->dir_only = true;
		p.len--;
	}
	rule->name_only = p.len == 0 || !memchr(p.p, '/', p.len);
	if (p.len > 0 && p.p[0] == '/')
		p = (struct span){ p.p + 1, p.len - 1 };
	if (p.len == 0)
		return false;
	size_t plain = literal_len(p);
	struct span behind_star = { p.p + 1, p.len - 1 };
	rule->suffix = rule->name_only && p.p[0] == '*' && literal_len(behind_star) == behind_star.len;
	struct span literal = rule->suffix ? behind_star : (struct span){ p.p, plain };
	/* git reads a name's whole pattern at once, a path's from the first special byte on */
	struct span rest = { p.p + plain, p.len - plain };
	if (rule->name_only && plain < p.len && !rule->suffix)
		literal.len = 0, rest = p;
	if (!rule->suffix && rest.len > 0) {
		rule->glob = glob_new(rest, !rule->name_only);
		if (!rule->glob)
			return false;
	}
	rule->literal = mem_strndup(literal.p, literal.len);
	rule->literal_len = literal.len;
	return true;
}

static void add_line(struct ignore *rules, struct span line)
{
	const char *nul = memchr(line.p, '\0', line.len);
	if (nul)
		line.len = (size_t)(nul - line.p);
	if (line.len == 0 || line.p[0] == '#')
		return;
	line = trim_spaces(line);
	struct rule rule;
	if (line.len == 0 || line.len > IGNORE_MAX_LINE || !parse_rule(line, &rule))
		return;
	rules->rules = mem_grow(rules->rules, &rules->cap, rules->n + 1, sizeof *rules->rules);
	rules->rules[rules->n++] = rule;
}

struct ignore *ignore_new(struct span text)
{
	struct ignore *rules = mem_zalloc(1, sizeof *rules);
	size_t at = text.len >= 3 && memcmp(text.p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
	while (at < text.len) {
		const char *nl = memchr(text.p + at, '\n', text.len - at);
		size_t end = nl ? (size_t)(nl - text.p) : text.len;
		size_t len = end - at;
		if (len > 0 && text.p[end - 1] == '\r')
			len--;
		add_line(rules, (struct span){ text.p + at, len });
		at = end + 1;
	}
	if (rules->n > 0)
		return rules;
	ignore_free(rules);
	return NULL;
}

static bool rule_matches(const struct rule *rule, struct span path, struct span name)
{
	struct span s = rule->name_only ? name : path;
	size_t len = rule->literal_len;
	if (len > s.len)
		return false;
	if (rule->suffix)
		return memcmp(s.p + s.len - len, rule->literal, len) == 0;
	if (memcmp(s.p, rule->literal, len) != 0)
		return false;
	if (!rule->glob)
		return s.len == len;
	return glob_match(rule->glob, (struct span){ s.p + len, s.len - len });
}

enum ignore_verdict ignore_match(const struct ignore *rules, struct span path, bool is_dir)
{
	struct span name = path;
	for (size_t i = path.len; i > 0; i--) {
		if (path.p[i - 1] == '/') {
			name = (struct span){ path.p + i, path.len - i };
			break;
		}
	}
	for (size_t i = rules ? rules->n : 0; i > 0; i--) {
		const struct rule *rule = &rules->rules[i - 1];
		if (rule->dir_only && !is_dir)
			continue;
		if (rule_matches(rule, path, name))
			return rule->include ? IGNORE_INCLUDE : IGNORE_EXCLUDE;
	}
	return IGNORE_UNSAID;
}
