#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/walk/secret.h"

static void names_of_secrets_are_known(void **state)
{
	(void)state;
	static const char *const secret[] = { "id_rsa", "id_ed25519", "ID_RSA", "id_rsa.bak", ".env",
		                              ".env.production", "prod.env", ".netrc", "credentials",
		                              "credentials.json", "vault.kdbx", ".npmrc", ".pgpass",
		                              "kubeconfig", "ssh_host_rsa_key", "a.p12", "terraform.tfstate" };
	static const char *const fine[] = { "id_rsa.pub", ".env.example", "credentials.md", "credentials.c",
		                            "environment.txt", "key.txt", "cert.pem", "a.key", "passwd",
		                            "id_rsa-howto.md", "notes.txt", "env" };
	for (size_t i = 0; i < sizeof secret / sizeof *secret; i++) {
		if (!secret_name(span_of(secret[i]), false))
			fail_msg("'%s' is not found", secret[i]);
	}
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
		if (secret_name(span_of(fine[i]), false))
			fail_msg("'%s' is found", fine[i]);
	}
	assert_true(secret_name(span_of(".ssh"), true));
	assert_false(secret_name(span_of("ssh"), true));
	assert_false(secret_name(span_of("credentials"), true));
}

/* No key: the alphabet over and over. */
#define BODY "MIIBVgIBADANBgkqabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX\n" \
	     "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+/ab\n"
/* in two parts, so that this file is not taken for a secret itself */
#define BEGIN "-----BEG" "IN "

static void private_keys_in_a_text_are_found(void **state)
{
	(void)state;
	static const char *const secret[] = {
		BEGIN "PRIVATE KEY-----\n" BODY "-----END PRIVATE KEY-----\n",
		"Bag attributes\n" BEGIN "RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
		"DEK-Info: AES-128-CBC,00\n\n" BODY,
		BEGIN "OPENSSH PRIVATE KEY-----\r\n" BODY,
		BEGIN "PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\n" BODY,
		"{\"private_key\": \"" BEGIN "PRIVATE KEY-----\\nMIIBVgIBADANBgkqabcdefghijklmnopqrstuvwxyzABCDE"
		"FGHIJKLMNOPQRSTUVWX\\nabcdefghijklmnopqrstuvwxyz0123456789\"}",
		"    " BEGIN "EC PRIVATE KEY-----\n    MIIBVgIBADANBgkqabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLM\n"
		"    MIIBVgIBADANBgkqabcd\n",
		"PuTTY-User-Key-File-2: ssh-rsa\n",
	};
	static const char *const fine[] = {
		"A file that begins with " BEGIN "PRIVATE KEY----- holds a key. Keep it where nobody reads.",
		BEGIN "CERTIFICATE-----\n" BODY,
		BEGIN "PUBLIC KEY-----\n" BODY,
		BEGIN "PRIVATE KEY-----\nMIIEvg...\n-----END PRIVATE KEY-----\n",
		BEGIN "PRIVATE KEY",
		"",
	};
	for (size_t i = 0; i < sizeof secret / sizeof *secret; i++) {
		if (!secret_in_text(span_of(secret[i])))
			fail_msg("not found: %s", secret[i]);
	}
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
		if (secret_in_text(span_of(fine[i])))
			fail_msg("found: %s", fine[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_secrets_are_known),
		cmocka_unit_test(private_keys_in_a_text_are_found),
	};
	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
