#ifndef CRECORDCRYPTO_H
#define CRECORDCRYPTO_H

#include <stddef.h>
#include <stdint.h>

/// SHA-256 of `count` bytes, in 32 bytes at `digest`.
void crecordcrypto_sha256(const void *bytes, size_t count, void *digest);

/// A cipher that is made once and used for record after record; used by one thread at a time.
typedef struct crecordcrypto_cipher crecordcrypto_cipher;

/// Makes one; NULL when libcrypto has no AES-256-GCM or no memory.
crecordcrypto_cipher *crecordcrypto_cipher_new(void);

/// Wipes it and gives it back; NULL is let be.
void crecordcrypto_cipher_free(crecordcrypto_cipher *cipher);

/// AES-256-GCM under a key of 32 bytes that is used for this message alone, with a nonce of twelve zero bytes and no further data.
///
/// Writes `count` bytes and then 16 of the tag to `sealed`. Returns 1, or 0 when libcrypto refused.
int crecordcrypto_seal(crecordcrypto_cipher *cipher, const void *key, const void *plain, size_t count, void *sealed);

/// Fills `count` bytes from the kernel's source of randomness. Returns 1, or 0 when it gives none.
int crecordcrypto_random(void *bytes, size_t count);

#endif
