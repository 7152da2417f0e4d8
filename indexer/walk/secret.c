#define _GNU_SOURCE /* memmem */
#include "indexer/walk/secret.h"

#include "indexer/extract/line.h"

/* A body of fewer base64 characters is an example, not a key: the shortest real
 * one, Ed25519 in PKCS #8, has 64. */
#define BODY_MIN 60
#define BODY_WINDOW 600
#define LINE_MIN 16

/* Names as they are, "x*" a beginning, "*x" an end. */
static const char *const secret_files[] = {
	"id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "id_xmss*", "ssh_host_*_key",
	"*.ppk", "*.kdbx", "*.kdb", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.keytab", "*.agekey",
	".env", ".env.*", "*.env", ".envrc", ".netrc", "_netrc", ".authinfo*", ".npmrc", ".yarnrc.yml",
	".pypirc", ".pgpass", "pgpass.conf", ".my.cnf", ".mylogin.cnf", ".git-credentials",
	".htpasswd", ".dockercfg", ".vault-token", ".boto", ".s3cfg", ".terraformrc", "*.tfvars",
	"*.tfstate", "*.tfstate.backup", "kubeconfig", "*.kubeconfig", "credentials",
	"credentials.json", "credentials.csv", "credentials.xml", "credentials.toml",
	"credentials.ini", "credentials.yml",
	"credentials.yaml", "credentials.txt", "credentials.db", "credentials.properties",
	"client_secret*.json", "service-account*.json", "service_account*.json", "secrets.json",
	"secrets.yml", "secrets.yaml", "secrets.toml", "secrets.ini", "secrets.properties",
	"logins.json", "key3.db", "key4.db", "master.key", "gshadow", "shadow",
	"rclone.conf", "*.gpg-key", "secring.gpg", "*.mobileprovision",
};

/* What the beginnings above would take although it is meant to be shown. */
static const char *const harmless_files[] = {
	"*.pub", "*.example", "*.sample", "*.template", "*.dist", "*.md", "*.html",
};

static const char *const secret_folders[] = {
	".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".password-store", ".gcloud",
};

static bool name_matches(struct span name, const char *pattern)
{
	const char *star = strchr(pattern, '*');
	if (!star)
		return span_is_nocase(name, pattern);
	size_t head = (size_t)(star - pattern), tail = strlen(star + 1);
	if (name.len < head + tail)
		return false;
	for (size_t i = 0; i < head; i++) {
		if (to_lower(name.p[i]) != pattern[i])
			return false;
	}
	return span_is_nocase((struct span){ name.p + name.len - tail, tail }, star + 1);
}

static bool any_matches(struct span name, const char *const *patterns, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (name_matches(name, patterns[i]))
			return true;
	}
	return false;
}

bool secret_name(struct span name, bool is_dir)
{
	if (is_dir)
		return any_matches(name, secret_folders, sizeof secret_folders / sizeof *secret_folders);
	return any_matches(name, secret_files, sizeof secret_files / sizeof *secret_files) &&
	       !any_matches(name, harmless_files, sizeof harmless_files / sizeof *harmless_files);
}

static bool is_base64(char c)
{
	return is_alpha(c) || is_digit(c) || c == '+' || c == '/' || c == '=';
}

/* Whether the lines behind a heading look like a key's body. A "\n" in two
 * characters is a line end within JSON. */
static bool has_body(struct span s)
{
	size_t n = 0, run = 0;
	if (s.len > BODY_WINDOW)
		s.len = BODY_WINDOW;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\\' && i + 1 < s.len && (s.p[i + 1] == 'n' || s.p[i + 1] == 'r')) {
			i++;
		} else if (is_base64(s.p[i])) {
			run++;
		} else if (span_starts((struct span){ s.p + i, s.len - i }, "-----")) {
			break;
		} else if (!is_space(s.p[i])) {
			run = 0; /* a header ("Proc-Type: ...") or prose */
			continue;
		}
		/* words of prose are short, lines of a body are not */
		bool line_end = i + 1 == s.len || is_space(s.p[i + 1]) || s.p[i + 1] == '\\' ||
		                s.p[i + 1] == '-' || s.p[i + 1] == '"';
		if (line_end) {
			n += run >= LINE_MIN ? run : 0;
			run = 0;
		}
	}
	return n >= BODY_MIN;
}

bool secret_in_text(struct span text)
{
	if (span_starts(text, "PuTTY-User-Key-File-"))
		return true;
	size_t at = 0;
	const char *begin;
	while (at < text.len && (begin = memmem(text.p + at, text.len - at, "-----BEGIN ", 11))) {
		size_t from = (size_t)(begin - text.p) + 11;
		at = from;
		struct span label = { text.p + from, text.len - from < 64 ? text.len - from : 64 };
		const char *end = memmem(label.p, label.len, "-----", 5);
		if (!end)
			continue;
		label.len = (size_t)(end - label.p);
		if (!span_ends(label, "PRIVATE KEY") && !span_ends(label, "PRIVATE KEY BLOCK"))
			continue;
		size_t body = from + label.len + 5;
		if (has_body((struct span){ text.p + body, text.len - body }))
			return true;
	}
	return false;
}
