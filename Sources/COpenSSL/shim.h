// OpenSSL's libcrypto, and what of it Swift cannot see by itself: stacks, which are macros, and macros that are casts.
#pragma once
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/http.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/sha.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

// MARK: - Stacks of certificates

static inline STACK_OF(X509) *stile_certificates_new(void) { return sk_X509_new_null(); }

/// Adds a certificate and takes a reference of its own to it; 1 when it worked.
static inline int stile_certificates_add(STACK_OF(X509) *stack, X509 *certificate) {
    if (X509_up_ref(certificate) != 1) return 0;
    if (sk_X509_push(stack, certificate) > 0) return 1;
    X509_free(certificate);
    return 0;
}

static inline int stile_certificates_count(const STACK_OF(X509) *stack) { return stack == NULL ? 0 : sk_X509_num(stack); }

/// The certificate at a place, still owned by the stack.
static inline X509 *stile_certificates_at(const STACK_OF(X509) *stack, int index) { return sk_X509_value(stack, index); }

static inline void stile_certificates_free(STACK_OF(X509) *stack) { sk_X509_pop_free(stack, X509_free); }

// MARK: - Alternative names

static inline int stile_names_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }

static inline const GENERAL_NAME *stile_names_at(const GENERAL_NAMES *names, int index) {
    return sk_GENERAL_NAME_value(names, index);
}

/// The object identifier and the text of an `otherName` that is a UTF8String; 0 when it is anything else.
static inline int stile_name_other(const GENERAL_NAME *name, const ASN1_OBJECT **type, const ASN1_STRING **text) {
    ASN1_OBJECT *object = NULL;
    ASN1_TYPE *value = NULL;
    if (name->type != GEN_OTHERNAME || GENERAL_NAME_get0_otherName(name, &object, &value) != 1) return 0;
    if (object == NULL || value == NULL || value->type != V_ASN1_UTF8STRING) return 0;
    *type = object;
    *text = value->value.utf8string;
    return 1;
}

// MARK: - Texts (the addresses of OCSP responders)

static inline int stile_texts_count(const STACK_OF(OPENSSL_STRING) *texts) {
    return texts == NULL ? 0 : sk_OPENSSL_STRING_num(texts);
}

static inline const char *stile_texts_at(const STACK_OF(OPENSSL_STRING) *texts, int index) {
    return sk_OPENSSL_STRING_value(texts, index);
}

// MARK: - Macros

/// Distinguished names as RFC 2253 writes them, but with UTF-8 as it is.
static const unsigned long stile_distinguished_name_style = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;

/// The bytes that a memory BIO holds, still owned by it.
static inline long stile_memory(BIO *bio, const unsigned char **bytes) {
    char *start = NULL;
    long count = BIO_get_mem_data(bio, &start);
    *bytes = (const unsigned char *)start;
    return count;
}

static inline void stile_free(void *memory) { OPENSSL_free(memory); }
