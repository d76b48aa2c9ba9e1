// MIT Kerberos' GSSAPI, and what of it Swift cannot see by itself: macros that are casts.
#pragma once
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

/// Whether a call failed.
static inline int stile_gss_failed(OM_uint32 major) { return GSS_ERROR(major) != 0; }

/// Whether the other side has to send another token.
static inline int stile_gss_goes_on(OM_uint32 major) { return (major & GSS_S_CONTINUE_NEEDED) != 0; }

/// Takes credentials that accept clients, with keys and the memory of tokens already seen from files, and for Kerberos alone.
///
/// The library's variables of the environment and its default files are left out.
static inline OM_uint32 stile_gss_acceptor(OM_uint32 *minor, const char *keytab, const char *replays, gss_cred_id_t *credentials) {
    gss_key_value_element_desc elements[2] = {{"keytab", keytab}, {"rcache", replays}};
    gss_key_value_set_desc store = {2, elements};
    // Kerberos, by itself or negotiated by SPNEGO (1.3.6.1.5.5.2); nothing else, such as IAKERB, which would ask the network.
    gss_OID_desc both[2] = {*gss_mech_krb5, {6, (void *)"\x2b\x06\x01\x05\x05\x02"}};
    gss_OID_set_desc wanted = {2, both};
    gss_OID_set_desc negotiable = {1, both};
    OM_uint32 major = gss_acquire_cred_from(minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &wanted, GSS_C_ACCEPT, &store,
                                            credentials, NULL, NULL);
    if (GSS_ERROR(major)) return major;
    return gss_set_neg_mechs(minor, *credentials, &negotiable);
}

/// Takes a client's token.
static inline OM_uint32 stile_gss_accept(OM_uint32 *minor, gss_ctx_id_t *context, gss_cred_id_t credentials, gss_buffer_t token,
                                         gss_name_t *client, gss_buffer_t answer, OM_uint32 *flags, OM_uint32 *seconds) {
    return gss_accept_sec_context(minor, context, credentials, token, GSS_C_NO_CHANNEL_BINDINGS, client, NULL, answer,
                                  flags, seconds, NULL);
}

/// The name of the service that the client meant.
static inline OM_uint32 stile_gss_target(OM_uint32 *minor, gss_ctx_id_t context, gss_name_t *target) {
    return gss_inquire_context(minor, context, NULL, target, NULL, NULL, NULL, NULL, NULL);
}

/// What kinds of failure are told apart.
static const OM_uint32 stile_gss_defective_token = GSS_S_DEFECTIVE_TOKEN;
static const OM_uint32 stile_gss_bad_mechanism = GSS_S_BAD_MECH;
static const OM_uint32 stile_gss_duplicate_token = GSS_S_DUPLICATE_TOKEN;
static const OM_uint32 stile_gss_expired = GSS_S_CREDENTIALS_EXPIRED;

/// The routine's part of a result.
static inline OM_uint32 stile_gss_routine(OM_uint32 major) { return GSS_ROUTINE_ERROR(major); }
