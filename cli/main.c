#include <stdio.h>

int main(void)
{
	puts("akin " AKIN_VERSION);
	return 0;
}
