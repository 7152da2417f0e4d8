#define _POSIX_C_SOURCE 200809L
#include "base/blas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The C interface of the reference BLAS (netlib, cblas.h). */
enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 };
typedef void sgemm_fn(int order, int trans_a, int trans_b, int m, int n, int k, float alpha,
                      const float *a, int lda, const float *b, int ldb, float beta, float *c,
                      int ldc);
typedef void sgemv_fn(int order, int trans, int m, int n, float alpha, const float *a, int lda,
                      const float *x, int incx, float beta, float *y, int incy);
typedef void set_threads_fn(int n);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static sgemm_fn *sgemm;
static sgemv_fn *sgemv;
static char fault[256];

static void *symbol(void *lib, const char *name)
{
	void *p = dlsym(lib, name);
	if (!p)
		strncpy(fault, name, sizeof fault - 1);
	return p;
}

static void load(void)
{
	void *lib = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
	if (!lib)
		lib = dlopen("libopenblas.so", RTLD_NOW | RTLD_LOCAL);
	if (!lib) {
		strncpy(fault, dlerror(), sizeof fault - 1);
		return;
	}
	/* an object pointer to a function pointer: POSIX allows it, ISO C wants it this way */
	void *p = symbol(lib, "openblas_set_num_threads");
	set_threads_fn *set_threads = NULL;
	memcpy(&set_threads, &p, sizeof p);
	if (set_threads)
		set_threads(1);
	p = symbol(lib, "cblas_sgemm");
	memcpy(&sgemm, &p, sizeof p);
	p = symbol(lib, "cblas_sgemv");
	memcpy(&sgemv, &p, sizeof p);
}

/* OpenBLAS starts a thread a core as it is loaded, and each spins for some 30 ms. */
void blas_start_no_threads(void)
{
	setenv("OPENBLAS_NUM_THREADS", "1", 1);
}

int blas_load(struct err *err)
{
	pthread_once(&once, load);
	if (!sgemm || !sgemv)
		return err_set(err, ERR_IO,
		               "cannot load OpenBLAS (%s); install it, e.g. apt-get install libopenblas0",
		               fault);
	return 0;
}

void blas_gemm_nt(size_t m, size_t n, size_t k, const float *a, size_t a_stride, const float *b,
                  size_t b_stride, float *c, size_t c_stride)
{
	sgemm(ROW_MAJOR, NO_TRANS, TRANS, (int)m, (int)n, (int)k, 1, a, (int)a_stride, b,
	      (int)b_stride, 0, c, (int)c_stride);
}

void blas_gemm_nn(size_t m, size_t n, size_t k, const float *a, size_t a_stride, const float *b,
                  size_t b_stride, float *c, size_t c_stride)
{
	sgemm(ROW_MAJOR, NO_TRANS, NO_TRANS, (int)m, (int)n, (int)k, 1, a, (int)a_stride, b,
	      (int)b_stride, 0, c, (int)c_stride);
}

void blas_gemv(size_t m, size_t k, const float *a, size_t a_stride, const float *x, float *y)
{
	sgemv(ROW_MAJOR, NO_TRANS, (int)m, (int)k, 1, a, (int)a_stride, x, 1, 0, y, 1);
}
