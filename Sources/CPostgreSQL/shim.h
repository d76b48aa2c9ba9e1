// PostgreSQL's client library, and what of it Swift cannot see by itself: macros that are characters, and a callback.
#pragma once
#include <libpq-fe.h>

static const int stile_pq_diagnostic_state = PG_DIAG_SQLSTATE;
static const int stile_pq_diagnostic_message = PG_DIAG_MESSAGE_PRIMARY;

static inline void stile_pq_ignore_notice(void *argument, const PGresult *notice) {
    (void)argument;
    (void)notice;
}

/// Keeps the library from printing the server's notices to standard error.
static inline void stile_pq_quiet(PGconn *connection) {
    PQsetNoticeReceiver(connection, stile_pq_ignore_notice, NULL);
}
