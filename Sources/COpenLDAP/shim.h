// The OpenLDAP client library, and what of it Swift cannot see by itself: macros that are pointers or casts.
#pragma once
#include <ldap.h>
#include <openldap.h>

/// Turns off following referrals: where a question goes is decided by the configuration, never by an answer.
static inline int stile_ldap_ignore_referrals(LDAP *ld) {
    return ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
}

/// Limits the length of one message from the server, so that a length field cannot make the library allocate at will.
static inline int stile_ldap_limit_message(LDAP *ld, ber_len_t limit) {
    Sockbuf *sockbuf = NULL;
    if (ldap_get_option(ld, LDAP_OPT_SOCKBUF, &sockbuf) != LDAP_OPT_SUCCESS || sockbuf == NULL) return LDAP_PARAM_ERROR;
    return ber_sockbuf_ctrl(sockbuf, LBER_SB_OPT_SET_MAX_INCOMING, &limit) == 1 ? LDAP_SUCCESS : LDAP_PARAM_ERROR;
}

/// Whether bytes were read from the network that nobody has asked for yet.
static inline int stile_ldap_has_unread(LDAP *ld) {
    Sockbuf *sockbuf = NULL;
    if (ldap_get_option(ld, LDAP_OPT_SOCKBUF, &sockbuf) != LDAP_OPT_SUCCESS || sockbuf == NULL) return 1;
    return ber_sockbuf_ctrl(sockbuf, LBER_SB_OPT_DATA_READY, NULL) == 1;
}

static const int stile_ldap_scope_base = LDAP_SCOPE_BASE;
static const int stile_ldap_scope_subtree = LDAP_SCOPE_SUBTREE;
static const int stile_ldap_scope_one_level = LDAP_SCOPE_ONELEVEL;
static const int stile_ldap_tls_1_2 = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
static const int stile_ldap_tls_1_3 = LDAP_OPT_X_TLS_PROTOCOL_TLS1_3;
static const int stile_ldap_message_entry = LDAP_RES_SEARCH_ENTRY;
static const int stile_ldap_message_reference = LDAP_RES_SEARCH_REFERENCE;
static const int stile_ldap_message_done = LDAP_RES_SEARCH_RESULT;
static const int stile_ldap_message_intermediate = LDAP_RES_INTERMEDIATE;
