// Asking DNS for the servers of a domain. glibc reads the answer; nothing here trusts it.
#pragma once
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>

/// One SRV record (RFC 2782).
struct stile_srv {
    unsigned short priority, weight, port;
    char host[256];
};

/// Asks for the SRV records of a name.
///
/// `server` and `port` name the DNS server to ask instead of the machine's own; NULL for that. Returns how many records were written to
/// `records`, at most `most`; 0 when there are none, -1 when nobody answered.
static inline int stile_srv_records(
    const char *name, const char *server, unsigned short port, struct stile_srv *records, int most
) {
    struct __res_state state;
    memset(&state, 0, sizeof state);
    if (res_ninit(&state) != 0) return -1;
    state.retrans = 2;
    state.retry = 2;
    if (server != NULL) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
        if (inet_pton(AF_INET, server, &address.sin_addr) != 1) {
            res_nclose(&state);
            return -1;
        }
        state.nsaddr_list[0] = address;
        state.nscount = 1;
    }
    unsigned char answer[16384];
    int length = res_nquery(&state, name, ns_c_in, ns_t_srv, answer, sizeof answer);
    int none = state.res_h_errno == HOST_NOT_FOUND || state.res_h_errno == NO_DATA;
    res_nclose(&state);
    ns_msg message;
    if (length < 0) return none ? 0 : -1;
    if (length > (int)sizeof answer || ns_initparse(answer, length, &message) != 0) return -1;
    int count = 0;
    for (int at = 0; at < ns_msg_count(message, ns_s_an) && count < most; at++) {
        ns_rr record;
        if (ns_parserr(&message, ns_s_an, at, &record) != 0) return -1;
        if (ns_rr_type(record) != ns_t_srv || ns_rr_rdlen(record) < 7) continue;
        const unsigned char *data = ns_rr_rdata(record);
        struct stile_srv *found = &records[count];
        found->priority = ns_get16(data);
        found->weight = ns_get16(data + 2);
        found->port = ns_get16(data + 4);
        if (dn_expand(ns_msg_base(message), ns_msg_end(message), data + 6, found->host, sizeof found->host) < 0) return -1;
        // A single dot says that the service is not there.
        if (found->host[0] != '\0') count++;
    }
    return count;
}
