#define _GNU_SOURCE
#include "models/remote/headers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* Nobody waits longer than a day for a reply. */
static const double max_wait_ms = 86400e3;

static int64_t bounded(double ms)
{
	return !(ms >= 0) ? -1 : ms > max_wait_ms ? (int64_t)max_wait_ms : (int64_t)ceil(ms);
}

static double unit_ms(const char *p, const char **next)
{
	static const struct {
		const char *name;
		double ms;
	} units[] = { { "ms", 1 }, { "us", 1e-3 }, { "ns", 1e-6 }, { "s", 1e3 }, { "m", 60e3 },
		          { "h", 3600e3 }, { "d", 86400e3 } };
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		size_t len = strlen(units[i].name);
		if (strncmp(p, units[i].name, len) == 0) {
			*next = p + len;
			return units[i].ms;
		}
	}
	return -1;
}

int64_t http_duration_ms(const char *text, int64_t now_unix_s)
{
	double total = 0;
	const char *p = text + strspn(text, " \t");
	if (*p < '0' || *p > '9') { /* a date: "Fri, 31 Dec 1999 23:59:59 GMT" */
		struct tm tm = { 0 };
		const char *end = strptime(p, "%a, %d %b %Y %H:%M:%S GMT", &tm);
		if (!end || *end)
			return -1;
		double left = (double)(timegm(&tm) - now_unix_s) * 1e3;
		return bounded(left < 0 ? 0 : left);
	}
	while (*p >= '0' && *p <= '9') {
		char *next;
		double x = strtod(p, &next);
		p = next;
		if (*p == '\0' || *p == ' ')
			return bounded(total + x * 1e3);
		double ms = unit_ms(p, &p);
		if (ms < 0)
			return -1;
		total += x * ms;
	}
	return *p == '\0' ? bounded(total) : -1;
}

static int64_t count_of(const char *text)
{
	char *end;
	double x = strtod(text, &end);
	return end == text || !(x >= 0) || x > 1e12 ? -1 : (int64_t)x;
}

static void read_hint(struct http_hints *h, const char *name, const char *value, int64_t now_unix_s)
{
	static const char before[] = "llm_provider-";
	if (strncasecmp(name, before, sizeof before - 1) == 0)
		name += sizeof before - 1;
	if (strcasecmp(name, "retry-after") == 0) {
		/* the proxy's own and the server's may both be there: the longer one holds */
		int64_t ms = http_duration_ms(value, now_unix_s);
		h->retry_after_ms = ms > h->retry_after_ms ? ms : h->retry_after_ms;
	} else if (strcasecmp(name, "retry-after-ms") == 0) {
		int64_t ms = bounded((double)count_of(value));
		h->retry_after_ms = ms > h->retry_after_ms ? ms : h->retry_after_ms;
	} else if (strcasecmp(name, "x-ratelimit-limit-requests") == 0) {
		h->limit = count_of(value);
	} else if (strcasecmp(name, "x-ratelimit-remaining-requests") == 0) {
		h->remaining = count_of(value);
	} else if (strcasecmp(name, "x-ratelimit-reset-requests") == 0) {
		h->reset_ms = http_duration_ms(value, now_unix_s);
	}
}

void headers_read(struct span line, int64_t now_unix_s, struct http_reply *r)
{
	char text[256];
	size_t len = line.len < sizeof text - 1 ? line.len : sizeof text - 1;
	memcpy(text, line.p, len);
	while (len && (text[len - 1] == '\r' || text[len - 1] == '\n' || text[len - 1] == ' '))
		len--;
	text[len] = '\0';
	if (strncmp(text, "HTTP/", 5) == 0) { /* the final reply's, after "100 Continue" or a proxy's */
		r->hints = (struct http_hints){ -1, -1, -1, -1 };
		r->content_type[0] = r->location[0] = '\0';
		return;
	}
	char *colon = strchr(text, ':');
	if (!colon)
		return;
	*colon = '\0';
	const char *value = colon + 1 + strspn(colon + 1, " \t");
	if (strcasecmp(text, "content-type") == 0)
		snprintf(r->content_type, sizeof r->content_type, "%.79s", value);
	else if (strcasecmp(text, "location") == 0)
		snprintf(r->location, sizeof r->location, "%.199s", value);
	else
		read_hint(&r->hints, text, value, now_unix_s);
}

int http_url_host(const char *url, char *host, size_t size, struct err *err)
{
	const char *p = strncasecmp(url, "https://", 8) == 0  ? url + 8
	                : strncasecmp(url, "http://", 7) == 0 ? url + 7
	                                                      : NULL;
	size_t len = p ? strcspn(p, "/?#") : 0;
	if (p && memchr(p, '@', len))
		return err_set(err, ERR_USAGE, "the base URL holds a user name; give the key by its "
		                               "environment variable instead");
	if (!p || len == 0 || len >= size || url[strcspn(url, " \r\n\t")])
		return err_set(err, ERR_USAGE, "no http or https URL: '%s'", url);
	snprintf(host, size, "%.*s", (int)len, p);
	return 0;
}
