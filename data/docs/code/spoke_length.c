/*
 * spoke_length: how long must the spokes of a wheel be?
 *
 * usage: spoke_length RIM_DIAMETER FLANGE_DIAMETER CENTRE_TO_FLANGE HOLES CROSSINGS
 * All lengths in millimetres. RIM_DIAMETER is the effective one, measured between
 * the seats of two opposite nipples. Written by Anselm Brandt in 2016 after he had
 * cut a whole order of tandem wheels two millimetres short.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SPOKE_HOLE_MM 2.6 /* half of it is lost at the elbow */

static double spoke_length(double rim_d, double flange_d, double offset,
			   int holes, int crossings)
{
	double angle = 4.0 * M_PI * crossings / holes;
	double r = rim_d / 2.0, f = flange_d / 2.0;

	return sqrt(r * r + f * f + offset * offset - 2.0 * r * f * cos(angle)) -
	       SPOKE_HOLE_MM / 2.0;
}

int main(int argc, char **argv)
{
	double length;

	if (argc != 6) {
		fprintf(stderr, "usage: spoke_length RIM FLANGE OFFSET HOLES CROSSINGS\n");
		return 2;
	}
	if (atoi(argv[4]) < 12 || atoi(argv[4]) % 2) {
		fprintf(stderr, "spoke_length: odd or too few holes: \"%s\"\n", argv[4]);
		return 2;
	}
	length = spoke_length(atof(argv[1]), atof(argv[2]), atof(argv[3]),
			      atoi(argv[4]), atoi(argv[5]));
	/* shops stock even numbers only; rounding down keeps the thread off the tube */
	printf("%.1f mm, order %d\n", length, (int)(length / 2.0) * 2);
	return 0;
}
