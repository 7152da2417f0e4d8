# akin. `make help` lists the goals. A build folder per flavour and compiler, so
# that switching between them rebuilds nothing.
#
#   make                     the program, build/release/akin
#   make check               the tests; the last line is "N passed, N failed"
#   make FLAVOUR=debug CC=clang …

FLAVOUR ?= release
PREFIX  ?= /usr/local
VERSION := 0.1.0
BUILD   := build/$(FLAVOUR)$(if $(filter clang%,$(CC)),-clang)

WARNINGS := -std=c17 -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Wwrite-strings
CPPFLAGS += -I. -isystem /usr/include/libxml2 -D_FILE_OFFSET_BITS=64 -DAKIN_VERSION='"$(VERSION)"' -DAKIN_PREFIX='"$(PREFIX)"'
CFLAGS_release := -O2 -g
CFLAGS_debug   := -O0 -g3
CFLAGS_asan    := -O2 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_tsan    := -O1 -g -fsanitize=thread -fno-omit-frame-pointer
CFLAGS_fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
ALL_CFLAGS  = $(WARNINGS) $(CFLAGS_$(FLAVOUR)) -fno-math-errno -fno-trapping-math -pthread $(CFLAGS)
ALL_LDFLAGS = $(CFLAGS_$(FLAVOUR)) -pthread $(LDFLAGS)
# OpenBLAS, libcurl, libarchive and libxml2 are loaded when they are needed (base/blas.c,
# models/remote/http.c, indexer/extract/{unpack,xml}.c)
LIBS := -lsqlite3 -lcjson -licuuc -licui18n -lstemmer -lxxhash -lm -ldl

PARTS   := base words store models indexer query ask cli
LIB_SRC := $(filter-out cli/main.c,$(sort $(shell find $(wildcard $(PARTS)) -name '*.c')))
CLI_SRC := cli/main.c
UNIT    := $(sort $(wildcard tests/unit/test_*.c))
FUZZ    := $(sort $(wildcard tests/fuzz/fuzz_*.c))
BENCH   := $(sort $(wildcard tests/bench/bench_*.c))
SUPPORT := $(filter-out tests/support/standin.c,$(sort $(wildcard tests/support/*.c)))

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
LIB_OBJ := $(call objects,$(LIB_SRC))
CLI_OBJ := $(call objects,$(CLI_SRC))
ARCHIVE := $(BUILD)/libakin.a
AKIN    := $(BUILD)/akin
UNIT_BIN  := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(UNIT))
FUZZ_BIN  := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(FUZZ))
BENCH_BIN := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(BENCH))
STANDIN := $(if $(wildcard tests/support/standin.c),$(BUILD)/standin)

.PHONY: all check lint asan tsan fuzz bench install uninstall clean help tests force
all: $(AKIN)

# A file that changes when its text does. Other flags than last time (PREFIX, say,
# which is compiled in) rebuild everything; a source that is gone, the archive.
remember = @mkdir -p $(@D) && { echo '$(1)' | cmp -s - $@ || echo '$(1)' >$@; }
FLAGS   := $(BUILD)/flags
MEMBERS := $(BUILD)/members
$(FLAGS): force
	$(call remember,$(CPPFLAGS) $(ALL_CFLAGS))
$(MEMBERS): force
	$(call remember,$(LIB_OBJ))

$(BUILD)/obj/%.o: %.c $(FLAGS)
	@mkdir -p $(@D)
	@echo "  cc $<"
	@$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(OBJECT_CFLAGS) -MMD -MP -c -o $@ $<

# Each kind of processor gives the same bits, so a product is rounded before it is added.
SAME_BITS := $(call objects,$(wildcard base/f16*.c store/quantise*.c store/rotate.c query/scan.c))
$(SAME_BITS): OBJECT_CFLAGS := -ffp-contract=off

# The encoder's arithmetic knows nothing but its arguments: no thread can race in it
# that does not race in encoder.c, which fills and reads the same memory. Watched by
# the thread sanitizer it takes a hundred times as long.
ifeq ($(FLAVOUR),tsan)
$(call objects,$(wildcard models/local/kernels*.c)): OBJECT_CFLAGS := -O2 -fno-sanitize=thread
endif

$(ARCHIVE): $(LIB_OBJ) $(MEMBERS)
	@rm -f $@
	@$(AR) rcs $@ $(LIB_OBJ)

$(AKIN): $(CLI_OBJ) $(ARCHIVE)
	@echo "  ld $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $(CLI_OBJ) $(ARCHIVE) $(LIBS)

$(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(call objects,$(SUPPORT)) $(ARCHIVE)
	@mkdir -p $(@D)
	@echo "  ld $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $(filter-out $(ARCHIVE),$^) $(ARCHIVE) -lcmocka -lz $(LIBS)

STANDIN_SRC := $(wildcard tests/support/standin.c tests/support/standin/*.c)
$(BUILD)/standin: $(call objects,$(STANDIN_SRC)) $(ARCHIVE)
	@echo "  ld $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ -lmicrohttpd -lz $(LIBS)

$(BUILD)/proxy: $(BUILD)/obj/tests/support/proxy/proxy.o $(ARCHIVE)
	@echo "  ld $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/committed: $(BUILD)/obj/tests/support/committed/committed.o $(ARCHIVE)
	@echo "  ld $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/mutate: $(BUILD)/obj/tests/support/mutate/mutate.o $(ARCHIVE)
	@echo "  ld $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/peak: $(BUILD)/obj/tests/support/peak/peak.o $(ARCHIVE)
	@echo "  ld $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/compile_tokenizer: $(BUILD)/obj/tools/compile_tokenizer.o $(ARCHIVE)
	@echo "  ld $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(call objects,tests/support/synthetic.c) $(ARCHIVE)
	@mkdir -p $(@D)
	@echo "  ld $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $(filter-out $(ARCHIVE),$^) $(ARCHIVE) $(LIBS)

$(BUILD)/bench/bench_scan: $(call objects,tests/bench/vector_set.c)

$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(call objects,$(SUPPORT)) $(ARCHIVE)
	@mkdir -p $(@D)
	@echo "  ld $@"
	@$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $(filter-out $(ARCHIVE),$^) $(ARCHIVE) -lz $(LIBS)

tests: $(AKIN) $(UNIT_BIN) $(STANDIN) $(BUILD)/committed $(BUILD)/proxy $(BUILD)/mutate $(BUILD)/peak

check: tests
	tests/run.sh $(BUILD)

# What runs in parallel is run under the thread sanitizer; what only repeats the
# same paths against a slow peer is left out under the other.
SLOW_TESTS := test_faults test_endpoint.sh test_litellm test_ask_litellm test_readme test_data test_includes
asan:
	$(MAKE) FLAVOUR=$@ tests
	SKIP_TESTS="$(SLOW_TESTS)" tests/run.sh build/$@

tsan:
	$(MAKE) FLAVOUR=$@ tests
	tests/run.sh build/$@ test_local test_remote test_store test_search test_tokenizer \
		test_index test_kill

fuzz:
	$(MAKE) FLAVOUR=fuzz CC=clang fuzz-bins
	tests/fuzz/run.sh build/fuzz-clang/fuzz

.PHONY: fuzz-bins bench-bins
fuzz-bins: $(FUZZ_BIN)
bench-bins: $(BENCH_BIN)

bench: $(AKIN) $(BENCH_BIN) $(STANDIN) $(BUILD)/peak
	tests/bench/run.sh $(BUILD)

lint:
	tools/lint.sh

install: $(AKIN)
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/akin/models"
	install -m 755 $(AKIN) "$(DESTDIR)$(PREFIX)/bin/akin"
	cp -R data/models/. "$(DESTDIR)$(PREFIX)/share/akin/models/"
	chmod -R u=rwX,go=rX "$(DESTDIR)$(PREFIX)/share/akin"

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/akin"
	rm -rf "$(DESTDIR)$(PREFIX)/share/akin"

clean:
	rm -rf build

help:
	@echo "goals: all check lint asan tsan fuzz bench install uninstall clean"
	@echo "variables: FLAVOUR=release|debug|asan|tsan|fuzz  CC=gcc|clang  PREFIX=$(PREFIX)"

# keep objects that only tests need
.SECONDARY:
-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
