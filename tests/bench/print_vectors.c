/* print_vectors KIND N [DIM]: writes the vectors of make_vectors to the standard output, float32. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/synthetic.h"

enum { SEED = 1 };

int main(int argc, char **argv)
{
	size_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
	size_t dim = argc > 3 ? strtoull(argv[3], NULL, 10) : 1024;
	if (n == 0 || dim == 0) {
		fprintf(stderr, "usage: print_vectors clustered|hard N [DIM]\n");
		return 2;
	}
	struct synthetic s = synthetic_new(strcmp(argv[1], "hard") == 0 ? SYNTHETIC_HARD : SYNTHETIC_CLUSTERED,
	                                   dim, SEED);
	float *v = mem_floats(dim);
	int rc = 0;
	for (size_t i = 0; i < n && rc == 0; i++) {
		synthetic_vector(&s, i, v);
		rc = fwrite(v, sizeof *v, dim, stdout) == dim ? 0 : 2;
	}
	free(v);
	synthetic_free(&s);
	return rc;
}
