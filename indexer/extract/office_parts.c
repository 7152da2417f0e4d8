#include "indexer/extract/office_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "indexer/extract/office.h"

void office_load(void)
{
	unpack_load();
	xml_load();
}

enum skip_reason office_open(struct office *o, struct span bytes, bool (*wanted)(const char *name),
                             const char *first, const char **why)
{
	*o = (struct office){ .d = derive_new(), .why = why };
	if (!xml_load()) {
		*why = "reading it needs libxml2: apt-get install libxml2";
		return SKIP_UNSUPPORTED;
	}
	enum skip_reason reason = unpack(bytes, wanted, &o->parts, why);
	if (reason == SKIP_NONE && !members_find(&o->parts, first).p) {
		*why = "its main part is missing";
		reason = SKIP_MALFORMED;
	}
	if (reason)
		members_free(&o->parts);
	return reason;
}

enum skip_reason office_close(struct office *o, struct document *doc)
{
	members_free(&o->parts);
	enum skip_reason reason = derive_finish(&o->d, doc);
	if (reason == SKIP_EMPTY && o->broken) {
		*o->why = "its XML is damaged";
		return SKIP_MALFORMED;
	}
	return reason;
}

struct xml *office_part(struct office *o, const char *name)
{
	return xml_open(members_find(&o->parts, name));
}

void office_part_end(struct office *o, struct xml *x)
{
	o->broken = o->broken || (x && xml_is_broken(x));
	xml_close(x);
}

struct buf office_text_within(struct xml *x)
{
	struct buf text = buf_new(1 << 20);
	int depth = xml_depth(x);
	enum xml_event event;
	while ((event = xml_next(x)) != XML_END && !(event == XML_CLOSE && xml_depth(x) == depth))
		if (event == XML_TEXT)
			buf_add_span(&text, xml_text(x));
	return text;
}

void office_property(struct office *o, struct xml *x)
{
	static const struct {
		const char *name;
		void (*set)(struct derive *d, struct span text);
	} known[] = {
		{ "title", derive_title },
		{ "creator", derive_author },
		{ "initial-creator", derive_author },
		/* the first of them that comes counts: when it was made, not when it was last saved */
		{ "created", derive_date },
		{ "creation-date", derive_date },
		{ "date", derive_date },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (xml_is(x, known[i].name)) {
			struct buf text = office_text_within(x);
			known[i].set(&o->d, buf_span(&text));
			buf_free(&text);
			return;
		}
	}
}

void office_core_properties(struct office *o)
{
	struct xml *x = office_part(o, "docProps/core.xml");
	enum xml_event event;
	while (x && (event = xml_next(x)) != XML_END)
		if (event == XML_OPEN)
			office_property(o, x);
	xml_close(x); /* without it there is a document all the same */
}

bool office_resolve(const char *part, const char *relative, char *out, size_t size)
{
	const char *slash = strrchr(part, '/');
	size_t len = relative[0] == '/' || !slash ? 0 : (size_t)(slash - part);
	if (len + strlen(relative) + 2 > size)
		return false;
	memcpy(out, part, len);
	while (*relative == '/')
		relative++;
	while (*relative) {
		size_t step = strcspn(relative, "/");
		if (step == 2 && memcmp(relative, "..", 2) == 0) {
			if (len == 0)
				return false;
			while (len > 0 && out[--len] != '/')
				;
		} else if (step > 0 && !(step == 1 && *relative == '.')) {
			if (len > 0)
				out[len++] = '/';
			memcpy(out + len, relative, step);
			len += step;
		}
		relative += step + (relative[step] == '/');
	}
	out[len] = '\0';
	return len > 0;
}

void office_relations(struct office *o, const char *part,
                      void (*visit)(void *ctx, const char *id, const char *type, const char *target),
                      void *ctx)
{
	char name[512], target[512];
	const char *slash = strrchr(part, '/'), *file = slash ? slash + 1 : part;
	int folder = (int)(file - part);
	if (snprintf(name, sizeof name, "%.*s_rels/%s.rels", folder, part, file) >= (int)sizeof name)
		return;
	struct xml *x = office_part(o, name);
	enum xml_event event;
	while (x && (event = xml_next(x)) != XML_END) {
		if (event != XML_OPEN || !xml_is(x, "Relationship"))
			continue;
		if (strcmp(xml_attribute(x, "TargetMode"), "External") == 0 ||
		    !office_resolve(part, xml_attribute(x, "Target"), target, sizeof target))
			continue;
		char *id = mem_strdup(xml_attribute(x, "Id")), *type = mem_strdup(xml_attribute(x, "Type"));
		const char *kind = strrchr(type, '/');
		visit(ctx, id, kind ? kind + 1 : type, target);
		free(id);
		free(type);
	}
	office_part_end(o, x);
}
