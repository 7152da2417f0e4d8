#include "indexer/extract/format.h"

#include "indexer/extract/csv_text.h"
#include "indexer/extract/json_text.h"
#include "indexer/extract/line.h"
#include "indexer/extract/markdown.h"
#include "indexer/extract/org.h"
#include "indexer/extract/plain.h"
#include "indexer/extract/rst.h"
#include "indexer/extract/source_code.h"

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
};

static const struct row by_extension[] = {
	{ " md markdown mdown mkd mdx rmd qmd ", "markdown", markdown_outline },
	{ " txt text log ", "text", plain_outline },
	{ " html htm xhtml shtml ", "html", NULL },
	{ " rst rest ", "rst", rst_outline },
	{ " org ", "org", org_outline },
	{ " json jsonl ndjson geojson ipynb webmanifest ", "json", json_outline },
	{ " csv tsv tab ", "csv", csv_outline },
	{ " c h ", "c", brace_outline },
	{ " cc cpp cxx hh hpp hxx inl ipp ", "c++", brace_outline },
	{ " cs ", "c#", brace_outline },
	{ " java ", "java", brace_outline },
	{ " js mjs cjs jsx ", "javascript", brace_outline },
	{ " ts tsx mts cts ", "typescript", brace_outline },
	{ " go ", "go", brace_line_outline },
	{ " rs ", "rust", brace_outline },
	{ " kt kts ", "kotlin", brace_line_outline },
	{ " swift ", "swift", brace_line_outline },
	{ " scala sc ", "scala", brace_line_outline },
	{ " php phtml ", "php", brace_outline },
	{ " dart ", "dart", brace_outline },
	{ " zig ", "zig", brace_outline },
	{ " d ", "d", brace_outline },
	{ " m mm ", "objective-c", brace_outline },
	{ " groovy gradle ", "groovy", brace_line_outline },
	{ " awk ", "awk", brace_outline },
	{ " css scss less ", "css", brace_outline },
	{ " proto thrift ", "protobuf", brace_outline },
	{ " cu cuh cl glsl vert frag hlsl metal ", "gpu code", brace_outline },
	{ " tf hcl ", "hcl", brace_line_outline },
	{ " py pyi pyx pyw ", "python", keyword_outline },
	{ " rb rake gemspec ", "ruby", keyword_outline },
	{ " lua ", "lua", keyword_outline },
	{ " sh bash zsh ksh fish bats ", "shell", keyword_outline },
	{ " pl pm t ", "perl", keyword_outline },
	{ " ex exs ", "elixir", keyword_outline },
	{ " jl ", "julia", keyword_outline },
	{ " tcl ", "tcl", keyword_outline },
	{ " vim ", "vim script", keyword_outline },
	{ " nim gd cr ps1 ", "code", keyword_outline },
	{ " sql ddl ", "sql", sql_outline },
	{ " r ", "r", keyword_outline },
	{ " f f90 f95 for ", "fortran", fortran_outline },
	{ " v sv svh ", "verilog", keyword_outline },
	{ " cmake ", "cmake", keyword_outline },
	{ " bzl bazel star ", "starlark", keyword_outline },
	{ " hs lhs ", "haskell", toplevel_outline },
	{ " elm purs ", "elm", toplevel_outline },
	{ " ml mli ", "ocaml", toplevel_outline },
	{ " fs fsx fsi ", "f#", toplevel_outline },
	{ " clj cljs cljc edn ", "clojure", toplevel_outline },
	{ " lisp lsp el scm rkt ss ", "lisp", toplevel_outline },
	{ " erl hrl ", "erlang", toplevel_outline },
	{ " pas vb bas asm s vhd vhdl mk mak ninja nix dockerfile ", "code", code_outline },
	{ " yaml yml toml ini cfg conf properties service desktop ", "configuration", code_outline },
	{ " xml xsl xsd dtd plist rdf ", "xml", code_outline },
	{ " diff patch ", "diff", code_outline },
};

static const struct row by_whole_name[] = {
	{ " makefile gnumakefile dockerfile containerfile justfile ", "code",
	  code_outline },
	{ " cmakelists.txt ", "cmake", keyword_outline },
	{ " rakefile gemfile vagrantfile ", "ruby", keyword_outline },
	{ " jenkinsfile ", "groovy", brace_line_outline },
	{ " .bashrc .profile .bash_profile .zshrc ", "shell", keyword_outline },
};

static const struct row by_interpreter[] = {
	{ " python python2 python3 pypy ", "python", keyword_outline },
	{ " sh bash dash zsh ksh fish ", "shell", keyword_outline },
	{ " perl ", "perl", keyword_outline },
	{ " ruby ", "ruby", keyword_outline },
	{ " lua ", "lua", keyword_outline },
	{ " tclsh wish expect ", "tcl", keyword_outline },
	{ " node deno bun ", "javascript", brace_outline },
	{ " php ", "php", brace_outline },
	{ " awk gawk mawk ", "awk", brace_outline },
	{ " make ", "code", code_outline },
};

static const struct format plain = { "text", plain_outline };

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
			*format = (struct format){ rows[i].format, rows[i].reader };
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
		return (struct format){ "html", NULL };
	if (find(by_interpreter, sizeof by_interpreter / sizeof *by_interpreter, interpreter_of(text),
	         &format))
		return format;
	if (span_starts(text, "<?xml"))
		return (struct format){ "xml", code_outline };
	if (looks_like_json(text))
		return (struct format){ "json", json_outline };
	return format;
}
