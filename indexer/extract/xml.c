#include "indexer/extract/xml.h"

#include <dlfcn.h>
#include <libxml/xmlreader.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FUNCTIONS(X) \
	X(xmlReaderForMemory) \
	X(xmlFreeTextReader) \
	X(xmlTextReaderRead) \
	X(xmlTextReaderNodeType) \
	X(xmlTextReaderIsEmptyElement) \
	X(xmlTextReaderDepth) \
	X(xmlTextReaderConstLocalName) \
	X(xmlTextReaderConstName) \
	X(xmlTextReaderConstValue) \
	X(xmlTextReaderMoveToNextAttribute) \
	X(xmlTextReaderMoveToElement) \
	X(xmlTextReaderSetErrorHandler)

#define DECLARE(name) __typeof__(name) *name;
static struct {
	FUNCTIONS(DECLARE)
} lib;
static bool is_loaded;

static void load(void)
{
	void *handle = dlopen("libxml2.so.2", RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		handle = dlopen("libxml2.so.16", RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return;
	void *p = NULL;
	bool all = true;
/* an object pointer to a function pointer: POSIX allows it, ISO C wants it this way */
#define FIND(name) \
	p = dlsym(handle, #name); \
	memcpy(&lib.name, &p, sizeof p); \
	all = all && p;
	FUNCTIONS(FIND)
	is_loaded = all;
}

bool xml_load(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, load);
	return is_loaded;
}

struct xml {
	xmlTextReaderPtr reader;
	bool close_next; /* an empty element was opened */
	bool broken, over;
	char *value;     /* of the attribute that was asked for last */
};

/* What is wrong shows in how the reader ends; it has nothing to print. */
static void say_nothing(void *ctx, const char *msg, xmlParserSeverities severity,
                        xmlTextReaderLocatorPtr where)
{
	(void)ctx, (void)msg, (void)severity, (void)where;
}

struct xml *xml_open(struct span bytes)
{
	if (!xml_load() || bytes.len == 0 || bytes.len > INT_MAX)
		return NULL;
	int options = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
	              XML_PARSE_COMPACT;
	xmlTextReaderPtr reader = lib.xmlReaderForMemory(bytes.p, (int)bytes.len, NULL, NULL, options);
	if (!reader)
		return NULL;
	lib.xmlTextReaderSetErrorHandler(reader, say_nothing, NULL);
	struct xml *x = mem_zalloc(1, sizeof *x);
	x->reader = reader;
	return x;
}

void xml_close(struct xml *x)
{
	if (!x)
		return;
	lib.xmlFreeTextReader(x->reader);
	free(x->value);
	free(x);
}

enum xml_event xml_next(struct xml *x)
{
	if (x->close_next) {
		x->close_next = false;
		return XML_CLOSE;
	}
	while (!x->over) {
		int rc = lib.xmlTextReaderRead(x->reader);
		if (rc != 1) {
			x->over = true;
			x->broken = rc < 0;
			break;
		}
		switch (lib.xmlTextReaderNodeType(x->reader)) {
		case XML_READER_TYPE_ELEMENT:
			x->close_next = lib.xmlTextReaderIsEmptyElement(x->reader) == 1;
			return XML_OPEN;
		case XML_READER_TYPE_END_ELEMENT:
			return XML_CLOSE;
		case XML_READER_TYPE_TEXT:
		case XML_READER_TYPE_CDATA:
		case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
			return XML_TEXT;
		default:
			break;
		}
	}
	return XML_END;
}

bool xml_is_broken(const struct xml *x)
{
	return x->broken;
}

const char *xml_name(const struct xml *x)
{
	const xmlChar *name = lib.xmlTextReaderConstLocalName(x->reader);
	return name ? (const char *)name : "";
}

bool xml_is(const struct xml *x, const char *name)
{
	return strcmp(xml_name(x), name) == 0;
}

int xml_depth(const struct xml *x)
{
	return lib.xmlTextReaderDepth(x->reader);
}

const char *xml_attribute(struct xml *x, const char *name)
{
	bool qualified = strchr(name, ':') != NULL;
	free(x->value);
	x->value = NULL;
	while (!x->value && lib.xmlTextReaderMoveToNextAttribute(x->reader) == 1) {
		const xmlChar *value = lib.xmlTextReaderConstValue(x->reader);
		const xmlChar *whole = qualified ? lib.xmlTextReaderConstName(x->reader) : NULL;
		if (value && (whole ? strcmp((const char *)whole, name) == 0 : xml_is(x, name)))
			x->value = mem_strdup((const char *)value);
	}
	lib.xmlTextReaderMoveToElement(x->reader);
	return x->value ? x->value : "";
}

struct span xml_text(const struct xml *x)
{
	const xmlChar *value = lib.xmlTextReaderConstValue(x->reader);
	return value ? span_of((const char *)value) : (struct span){ "", 0 };
}

void xml_skip(struct xml *x)
{
	int depth = xml_depth(x);
	enum xml_event event;
	while ((event = xml_next(x)) != XML_END)
		if (event == XML_CLOSE && xml_depth(x) == depth)
			return;
}
