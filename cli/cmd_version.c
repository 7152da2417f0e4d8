#include <cjson/cJSON.h>
#include <stdio.h>
#include <unicode/uversion.h>
#include <xxhash.h>

#include "cli/command.h"

static const struct usage usage = {
	.synopsis = "",
	.example = "akin version",
};

int cmd_version(struct cli *cli, int argc, char **argv)
{
	int status;
	if (cli_parse(cli, &usage, NULL, argc, argv, 0, 0, &status) < 0)
		return status;
	UVersionInfo icu;
	char icu_text[U_MAX_VERSION_STRING_LENGTH];
	u_getVersion(icu);
	u_versionToString(icu, icu_text);
	printf("akin %s\n", AKIN_VERSION);
	printf("cJSON %s, ICU %s, xxHash %u\n", cJSON_Version(), icu_text, XXH_versionNumber());
	return STATUS_DONE;
}
