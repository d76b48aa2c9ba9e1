// Signing in at a directory server by Kerberos: the ticket by GSSAPI, the bind by libldap and Cyrus SASL.
#pragma once
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <ldap.h>
#include <sasl/sasl.h>
#include <stdio.h>
#include <string.h>

/// Writes what GSSAPI says about a failure, both halves of it.
static inline void stile_gss_reason(OM_uint32 major, OM_uint32 minor, char *reason, size_t size) {
    OM_uint32 ignored, more = 0;
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    // The second half, the mechanism's own, says more: which file, which principal.
    if (minor != 0 && gss_display_status(&ignored, minor, GSS_C_MECH_CODE, gss_mech_krb5, &more, &text) == GSS_S_COMPLETE) {
        snprintf(reason, size, "%.*s", (int)text.length, (char *)text.value);
    } else if (gss_display_status(&ignored, major, GSS_C_GSS_CODE, GSS_C_NO_OID, &more, &text) == GSS_S_COMPLETE) {
        snprintf(reason, size, "%.*s", (int)text.length, (char *)text.value);
    }
    gss_release_buffer(&ignored, &text);
}

/// Sees to it that a cache holds a ticket of `principal`, got with the key in `keytab`, and makes the cache this thread's own.
///
/// Asks the KDC only when there is no ticket or half of its life is over.
/// Returns 0, or -1 with a reason.
static inline int stile_gss_ticket(
    const char *principal, const char *keytab, const char *cache, char *reason, size_t size
) {
    OM_uint32 ignored, minor = 0, lifetime = 0;
    gss_buffer_desc text = {strlen(principal), (void *)principal};
    gss_name_t name = GSS_C_NO_NAME;
    gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
    gss_key_value_element_desc elements[] = {{"client_keytab", keytab}, {"ccache", cache}};
    gss_key_value_set_desc store = {2, elements};
    gss_OID_set_desc mechanisms = {1, (gss_OID)gss_mech_krb5};
    OM_uint32 major = gss_import_name(&minor, &text, (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME, &name);
    if (!GSS_ERROR(major)) {
        major = gss_acquire_cred_from(
            &minor, name, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE, &store, &credential, NULL, NULL
        );
    }
    // Only this asks the KDC.
    if (!GSS_ERROR(major)) major = gss_inquire_cred(&minor, credential, NULL, &lifetime, NULL, NULL);
    if (!GSS_ERROR(major)) major = gss_krb5_ccache_name(&minor, cache, NULL);
    if (GSS_ERROR(major)) stile_gss_reason(major, minor, reason, size);
    gss_release_cred(&ignored, &credential);
    gss_release_name(&ignored, &name);
    return GSS_ERROR(major) ? -1 : 0;
}

/// Answers every question of Cyrus SASL with nothing: the ticket says who it is, and as nobody else do we want to act.
static int stile_sasl_answers(LDAP *ld, unsigned flags, void *defaults, void *questions) {
    (void)ld, (void)flags, (void)defaults;
    for (sasl_interact_t *question = questions; question->id != SASL_CB_LIST_END; question++) {
        question->result = "";
        question->len = 0;
    }
    return LDAP_SUCCESS;
}

/// Binds with the ticket of this thread's cache (SASL GSSAPI, RFC 4752).
///
/// No layer of SASL's own: TLS is up, and Active Directory refuses both at once. The channel binding ties the ticket to this very TLS
/// connection, so that nobody in between can use it elsewhere (RFC 5929, tls-server-end-point).
static inline int stile_ldap_bind_by_ticket(LDAP *ld) {
    int binding = LDAP_OPT_X_SASL_CBINDING_TLS_ENDPOINT;
    ldap_set_option(ld, LDAP_OPT_X_SASL_CBINDING, &binding);
    // The server's name is the configured one: a reverse look-up in DNS could be forged.
    ldap_set_option(ld, LDAP_OPT_X_SASL_NOCANON, LDAP_OPT_ON);
    int code = ldap_set_option(ld, LDAP_OPT_X_SASL_SECPROPS, "minssf=0,maxssf=0");
    if (code != LDAP_OPT_SUCCESS) return LDAP_PARAM_ERROR;
    return ldap_sasl_interactive_bind_s(ld, NULL, "GSSAPI", NULL, NULL, LDAP_SASL_QUIET, stile_sasl_answers, NULL);
}
