/* Source code: a block for each function, class or type, with the comment above
 * it, found by simple rules for each family of languages. Where a rule is wrong,
 * a block is too large or too small; no text is lost. */
#ifndef AKIN_INDEXER_EXTRACT_SOURCE_CODE_H
#define AKIN_INDEXER_EXTRACT_SOURCE_CODE_H

#include "indexer/extract/outline.h"

/* Languages that nest with braces: C, C++, Java, JavaScript, Rust, PHP, ... */
void brace_outline(struct outline *o);

/* The same where a statement ends with its line, and # begins a comment: Go, Kotlin, Swift,
 * Scala, Groovy, HCL. */
void brace_line_outline(struct outline *o);

/* Languages in which a word at the start of a line defines, and the indentation
 * says how far it goes: Python, Ruby, Lua, R, shell, Perl, ... */
void keyword_outline(struct outline *o);

/* The same with Fortran's words, in capitals or not, and its comments. */
void fortran_outline(struct outline *o);

/* Languages in which whatever begins in the first column defines, and goes on up to the next:
 * Lisp, Haskell, OCaml, F#, Erlang, Elm, ... Clauses of one function are one definition. */
void toplevel_outline(struct outline *o);

/* SQL: a block for each statement. */
void sql_outline(struct outline *o);

/* Anything else: blocks between blank lines. */
void code_outline(struct outline *o);

#endif
