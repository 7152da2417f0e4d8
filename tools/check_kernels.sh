#!/bin/sh
# tools/check_kernels.sh: the tests of the kernels that this machine's processor cannot run:
# NEON under qemu-aarch64, AVX-512 through SIMDe, which says in plain C what each intrinsic does.
#   apt-get install qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross libsimde-dev
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# As much of cmocka as the tests use, since it is not there for another processor.
cat >"$work/cmocka.h" <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define assert_true(x) ((x) ? (void)0 : (printf("%s:%d: %s\n", __FILE__, __LINE__, #x), exit(1)))
#define assert_int_equal(a, b) assert_true((long long)(a) == (long long)(b))
#define assert_memory_equal(a, b, n) assert_true(memcmp(a, b, n) == 0)
struct CMUnitTest { const char *name; void (*run)(void **state); };
#define cmocka_unit_test(f) { #f, f }
#define cmocka_run_group_tests(tests, before, after) run_all(tests, sizeof tests / sizeof *tests)
static int run_all(const struct CMUnitTest *tests, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		tests[i].run(NULL);
		printf("ok %s\n", tests[i].name);
	}
	return 0;
}
END
flags="-std=c17 -O2 -Wall -Wextra -ffp-contract=off -I$work -I."
codes="store/quantise.c store/quantise_kernels.c store/rotate.c base/mem.c tests/support/synthetic.c"
halves="base/f16.c base/f16_neon.c query/scan.c base/mem.c"

# Without OpenBLAS, which only the scan of many rows asks for.
cat >"$work/no_blas.c" <<'END'
#include "base/blas.h"
int blas_load(struct err *err) { (void)err; return -1; }
void blas_gemv(size_t m, size_t k, const float *a, size_t s, const float *x, float *y)
{ (void)m; (void)k; (void)a; (void)s; (void)x; (void)y; }
void blas_gemm_nt(size_t m, size_t n, size_t k, const float *a, size_t as, const float *b,
                  size_t bs, float *c, size_t cs)
{ (void)m; (void)n; (void)k; (void)a; (void)as; (void)b; (void)bs; (void)c; (void)cs; }
END

echo "NEON, under qemu-aarch64"
arm="aarch64-linux-gnu-gcc $flags -static"
# shellcheck disable=SC2086 # words are meant to be split
$arm -o "$work/quantise" tests/unit/test_quantise.c $codes store/quantise_neon.c -lm
# shellcheck disable=SC2086
$arm -o "$work/f16" tests/unit/test_f16.c $halves "$work/no_blas.c" -lm
qemu-aarch64 "$work/quantise"
qemu-aarch64 "$work/f16"

# The same source, its intrinsics SIMDe's. It is held against the plain C set as the others
# are, for which the choice of sets is told that the processor has it.
echo "AVX-512, through SIMDe"
mkdir "$work/simde"
sed -e 's|<immintrin.h>|<simde/x86/avx512.h>|' -e 's|target("avx512f,avx512bw")|unused|' \
	store/quantise_avx512.c >"$work/simde/quantise_avx512.c"
sed 's|__builtin_cpu_supports("avx512[a-z]*")|1|g' store/quantise_kernels.c >"$work/simde/kernels.c"
gcc -std=gnu17 -O2 -DSIMDE_ENABLE_NATIVE_ALIASES -w -I. -c -o "$work/avx512.o" "$work/simde/quantise_avx512.c"
# shellcheck disable=SC2086
gcc $flags -o "$work/simde/test" tests/unit/test_quantise.c store/quantise.c store/rotate.c base/mem.c \
	tests/support/synthetic.c store/quantise_avx2.c "$work/simde/kernels.c" "$work/avx512.o" -lm
"$work/simde/test"
