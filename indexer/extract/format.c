#include "indexer/extract/format.h"

#include "indexer/extract/asciidoc.h"
#include "indexer/extract/config_text.h"
#include "indexer/extract/csv_text.h"
#include "indexer/extract/json_text.h"
#include "indexer/extract/latex.h"
#include "indexer/extract/line.h"
#include "indexer/extract/mail.h"
#include "indexer/extract/mail_header.h"
#include "indexer/extract/man.h"
#include "indexer/extract/markdown.h"
#include "indexer/extract/notebook.h"
#include "indexer/extract/org.h"
#include "indexer/extract/plain.h"
#include "indexer/extract/rst.h"
#include "indexer/extract/source_code.h"
#include "indexer/extract/subtitles.h"

struct span path_name(struct span path)
{
	for (size_t i = path.len; i > 0; i--) {
		if (path.p[i - 1] == '/')
			return (struct span){ path.p + i, path.len - i };
	}
	return path;
}

struct span path_extension(struct span path)
{
	struct span name = path_name(path);
	for (size_t i = name.len; i > 1; i--) {
		if (name.p[i - 1] == '.')
			return (struct span){ name.p + i, name.len - i };
	}
	return (struct span){ name.p, 0 };
}

struct row {
	const char *names; /* extensions, whole names or interpreters, with spaces around */
	const char *format;
	outline_reader *reader;
	text_maker *maker;
};

static const struct row by_extension[] = {
	{ " md markdown mdown mkd mdx rmd qmd ", "markdown", markdown_outline, NULL },
	{ " txt text log ", "text", plain_outline, NULL },
	{ " html htm xhtml shtml ", "html", NULL, NULL },
	{ " eml mbox mbx ", "mail", NULL, mail_read },
	{ " ipynb ", "notebook", NULL, notebook_read },
	{ " rst rest ", "rst", rst_outline, NULL },
	{ " org ", "org", org_outline, NULL },
	{ " json jsonl ndjson geojson webmanifest ", "json", json_outline, NULL },
	{ " csv tsv tab ", "csv", csv_outline, NULL },
	{ " c h ", "c", brace_outline, NULL },
	{ " cc cpp cxx hh hpp hxx inl ipp ", "c++", brace_outline, NULL },
	{ " cs ", "c#", brace_outline, NULL },
	{ " java ", "java", brace_outline, NULL },
	{ " js mjs cjs jsx ", "javascript", brace_outline, NULL },
	{ " ts tsx mts cts ", "typescript", brace_outline, NULL },
	{ " go ", "go", brace_line_outline, NULL },
	{ " rs ", "rust", brace_outline, NULL },
	{ " kt kts ", "kotlin", brace_line_outline, NULL },
	{ " swift ", "swift", brace_line_outline, NULL },
	{ " scala sc ", "scala", brace_line_outline, NULL },
	{ " php phtml ", "php", brace_outline, NULL },
	{ " dart ", "dart", brace_outline, NULL },
	{ " zig ", "zig", brace_outline, NULL },
	{ " d ", "d", brace_outline, NULL },
	{ " m mm ", "objective-c", brace_outline, NULL },
	{ " groovy gradle ", "groovy", brace_line_outline, NULL },
	{ " awk ", "awk", brace_outline, NULL },
	{ " css scss less ", "css", brace_outline, NULL },
	{ " proto thrift ", "protobuf", brace_outline, NULL },
	{ " cu cuh cl glsl vert frag hlsl metal ", "gpu code", brace_outline, NULL },
	{ " tf hcl ", "hcl", brace_line_outline, NULL },
	{ " py pyi pyx pyw ", "python", keyword_outline, NULL },
	{ " rb rake gemspec ", "ruby", keyword_outline, NULL },
	{ " lua ", "lua", keyword_outline, NULL },
	{ " sh bash zsh ksh fish bats ", "shell", keyword_outline, NULL },
	{ " pl pm t ", "perl", keyword_outline, NULL },
	{ " ex exs ", "elixir", keyword_outline, NULL },
	{ " jl ", "julia", keyword_outline, NULL },
	{ " tcl ", "tcl", keyword_outline, NULL },
	{ " vim ", "vim script", keyword_outline, NULL },
	{ " nim gd cr ps1 ", "code", keyword_outline, NULL },
	{ " sql ddl ", "sql", sql_outline, NULL },
	{ " r ", "r", keyword_outline, NULL },
	{ " f f90 f95 for ", "fortran", fortran_outline, NULL },
	{ " v sv svh ", "verilog", keyword_outline, NULL },
	{ " cmake ", "cmake", keyword_outline, NULL },
	{ " bzl bazel star ", "starlark", keyword_outline, NULL },
	{ " hs lhs ", "haskell", toplevel_outline, NULL },
	{ " elm purs ", "elm", toplevel_outline, NULL },
	{ " ml mli ", "ocaml", toplevel_outline, NULL },
	{ " fs fsx fsi ", "f#", toplevel_outline, NULL },
	{ " clj cljs cljc edn ", "clojure", toplevel_outline, NULL },
	{ " lisp lsp el scm rkt ss ", "lisp", toplevel_outline, NULL },
	{ " erl hrl ", "erlang", toplevel_outline, NULL },
	{ " pas vb bas asm s vhd vhdl mk mak ninja nix dockerfile ", "code", code_outline, NULL },
	{ " tex latex ltx ", "latex", latex_outline, NULL },
	{ " adoc asciidoc ", "asciidoc", asciidoc_outline, NULL },
	{ " srt vtt ", "subtitles", subtitles_outline, NULL },
	{ " yaml yml ", "yaml", yaml_outline, NULL },
	{ " toml ini cfg conf service desktop ", "configuration", tables_outline, NULL },
	{ " properties ", "configuration", code_outline, NULL },
	{ " xml xsl xsd dtd plist rdf ", "xml", code_outline, NULL },
	{ " diff patch ", "diff", code_outline, NULL },
};

static const struct row by_whole_name[] = {
	{ " makefile gnumakefile dockerfile containerfile justfile ", "code",
	  code_outline, NULL },
	{ " cmakelists.txt ", "cmake", keyword_outline, NULL },
	{ " rakefile gemfile vagrantfile ", "ruby", keyword_outline, NULL },
	{ " jenkinsfile ", "groovy", brace_line_outline, NULL },
	{ " .bashrc .profile .bash_profile .zshrc ", "shell", keyword_outline, NULL },
};

static const struct row by_interpreter[] = {
	{ " python python2 python3 pypy ", "python", keyword_outline, NULL },
	{ " sh bash dash zsh ksh fish ", "shell", keyword_outline, NULL },
	{ " perl ", "perl", keyword_outline, NULL },
	{ " ruby ", "ruby", keyword_outline, NULL },
	{ " lua ", "lua", keyword_outline, NULL },
	{ " tclsh wish expect ", "tcl", keyword_outline, NULL },
	{ " node deno bun ", "javascript", brace_outline, NULL },
	{ " php ", "php", brace_outline, NULL },
	{ " awk gawk mawk ", "awk", brace_outline, NULL },
	{ " make ", "code", code_outline, NULL },
};

static const struct format plain = { "text", plain_outline, NULL };

/* Whether `name` is one of the words of a row, without regard to case. */
static bool lists(const char *words, struct span name)
{
	const char *p = words;
	while (*p == ' ') {
		const char *end = strchr(p + 1, ' ');
		size_t len = end ? (size_t)(end - p) - 1 : 0;
		if (len > 0 && len == name.len) {
			size_t i = 0;
			while (i < len && p[1 + i] == to_lower(name.p[i]))
				i++;
			if (i == len)
				return true;
		}
		p = end ? end : "";
	}
	return false;
}

static bool find(const struct row *rows, size_t n, struct span name, struct format *format)
{
	for (size_t i = 0; name.len > 0 && i < n; i++) {
		if (lists(rows[i].names, name)) {
			*format = (struct format){ rows[i].format, rows[i].reader, rows[i].maker };
			return true;
		}
	}
	return false;
}

/* "#!/usr/bin/env python3 -u" names "python3", "#!/bin/sh" names "sh". */
static struct span interpreter_of(struct span text)
{
	struct line line;
	struct span none = { text.p, 0 };
	if (!span_starts(text, "#!") || !line_at(text, 0, &line))
		return none;
	struct span rest = { text.p + 2, line.end - 2 }, word = none;
	for (size_t i = 0; i < rest.len;) {
		while (i < rest.len && is_space(rest.p[i]))
			i++;
		size_t start = i;
		while (i < rest.len && !is_space(rest.p[i]))
			i++;
		word = path_name((struct span){ rest.p + start, i - start });
		if (!span_equal(word, span_of("env")) && !span_starts(word, "-"))
			break;
	}
	return word;
}

static bool looks_like_html(struct span text)
{
	struct span head = span_trim((struct span){ text.p, text.len < 1024 ? text.len : 1024 });
	if (span_starts(head, "\xEF\xBB\xBF"))
		head = (struct span){ head.p + 3, head.len - 3 };
	if (span_starts_nocase(head, "<!doctype html") || span_starts_nocase(head, "<html"))
		return true;
	for (size_t i = 0; span_starts(head, "<?xml") && i < head.len; i++) {
		if (span_starts_nocase((struct span){ head.p + i, head.len - i }, "<html"))
			return true;
	}
	return false;
}

/* `{"` or `[{` in front and a closing bracket at the end. */
static bool looks_like_json(struct span text)
{
	struct span s = span_trim(text);
	if (s.len < 4 || (s.p[0] != '{' && s.p[0] != '['))
		return false;
	struct span inside = span_trim((struct span){ s.p + 1, s.len < 64 ? s.len - 1 : 63 });
	char last = s.p[s.len - 1];
	return inside.len > 0 && (inside.p[0] == '"' || inside.p[0] == '{') &&
	       last == (s.p[0] == '{' ? '}' : ']');
}

/* "ls.1", "SSL_read.3ssl", "x.man" */
static bool is_man_name(struct span path)
{
	struct span end = path_extension(path);
	return end.len > 0 && end.len < 9 &&
	       ((end.p[0] >= '1' && end.p[0] <= '9') || span_is_nocase(end, "n") || span_is_nocase(end, "man") ||
	        span_is_nocase(end, "mdoc") || span_is_nocase(end, "roff"));
}

struct format format_of(struct span path, struct span text)
{
	struct format format = plain;
	/* CMakeLists.txt is none of the other .txt */
	if (find(by_whole_name, sizeof by_whole_name / sizeof *by_whole_name, path_name(path), &format))
		return format;
	if (find(by_extension, sizeof by_extension / sizeof *by_extension, path_extension(path),
	         &format) &&
	    !(format.reader == plain_outline && looks_like_html(text)))
		return format;
	if (looks_like_html(text))
		return (struct format){ "html", NULL, NULL };
	if (find(by_interpreter, sizeof by_interpreter / sizeof *by_interpreter, interpreter_of(text),
	         &format))
		return format;
	if (span_starts(text, "<?xml"))
		return (struct format){ "xml", code_outline, NULL };
	if (mail_header_begins(text))
		return (struct format){ "mail", NULL, mail_read };
	if (is_man_name(path) && man_begins(text))
		return (struct format){ "man", NULL, man_read };
	if (looks_like_json(text))
		return (struct format){ "json", json_outline, NULL };
	return format;
}

const char *format_named(struct span name)
{
	static const char *const others[] = { "html", "man", "xml" }; /* known by content */
	for (size_t i = 0; i < sizeof by_extension / sizeof *by_extension; i++)
		if (span_equal(name, span_of(by_extension[i].format)))
			return by_extension[i].format;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (span_equal(name, span_of(others[i])))
			return others[i];
	return plain.name;
}
