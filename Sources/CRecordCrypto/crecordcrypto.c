// SHA-256 and AES-256-GCM from libcrypto, without anything allocated or looked up per record; random bits from the kernel, many at a time.
//
// SHA-256 by the functions that OpenSSL 3 calls low level and advises against: behind EVP each digest of 50 bytes costs three times
// as much, in looking up what it is, and a record needs six of them. They use the processor's SHA instructions all the same.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crecordcrypto.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/random.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

void crecordcrypto_sha256(const void *bytes, size_t count, void *digest) {
    SHA256_CTX state;
    SHA256_Init(&state);
    SHA256_Update(&state, bytes, count);
    SHA256_Final(digest, &state);
    // What was hashed may have held a key.
    OPENSSL_cleanse(&state, sizeof state);
}

struct crecordcrypto_cipher {
    EVP_CIPHER_CTX *context;
};

static const unsigned char nonce[12];

crecordcrypto_cipher *crecordcrypto_cipher_new(void) {
    crecordcrypto_cipher *cipher = calloc(1, sizeof *cipher);
    if (cipher == NULL) return NULL;
    cipher->context = EVP_CIPHER_CTX_new();
    if (cipher->context == NULL || EVP_EncryptInit_ex(cipher->context, EVP_aes_256_gcm(), NULL, NULL, NULL) != 1) {
        crecordcrypto_cipher_free(cipher);
        return NULL;
    }
    return cipher;
}

void crecordcrypto_cipher_free(crecordcrypto_cipher *cipher) {
    if (cipher == NULL) return;
    EVP_CIPHER_CTX_free(cipher->context);
    free(cipher);
}

int crecordcrypto_seal(crecordcrypto_cipher *cipher, const void *key, const void *plain, size_t count, void *sealed) {
    int written = 0;
    if (count > INT_MAX) return 0;
    // The cipher stays; only key and nonce are new.
    if (EVP_EncryptInit_ex(cipher->context, NULL, NULL, key, nonce) != 1) return 0;
    if (EVP_EncryptUpdate(cipher->context, sealed, &written, plain, (int)count) != 1 || (size_t)written != count) return 0;
    // In this mode nothing is left to be written at the end.
    if (EVP_EncryptFinal_ex(cipher->context, (unsigned char *)sealed + count, &written) != 1 || written != 0) return 0;
    return EVP_CIPHER_CTX_ctrl(cipher->context, EVP_CTRL_GCM_GET_TAG, 16, (unsigned char *)sealed + count);
}

int crecordcrypto_random(void *bytes, size_t count) {
    size_t filled = 0;
    while (filled < count) {
        // Longer than 256 bytes, a call may be cut short by a signal.
        ssize_t given = getrandom((char *)bytes + filled, count - filled, 0);
        if (given < 0 && errno == EINTR) continue;
        if (given <= 0) return 0;
        filled += (size_t)given;
    }
    return 1;
}
