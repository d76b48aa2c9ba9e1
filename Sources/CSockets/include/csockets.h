#ifndef CSOCKETS_H
#define CSOCKETS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

// Everything returns a descriptor, a count or 0, or a negated errno. Descriptors are non-blocking and closed on exec. A call that a
// signal interrupts is made again.

/// What a descriptor waits for, and what it is ready for.
enum {
    CSOCKETS_READ = 1,
    CSOCKETS_WRITE = 2,
    /// It has failed, or both its directions are closed; never asked for, always told.
    CSOCKETS_OVER = 4,
};

/// Something that is ready: the token it was added with, and for what.
typedef struct {
    uint64_t token;
    uint32_t what;
} csockets_event;

/// A set of descriptors that can be waited for.
int csockets_poll_new(void);
int csockets_poll_add(int poll, int descriptor, uint32_t what, uint64_t token);
int csockets_poll_change(int poll, int descriptor, uint32_t what, uint64_t token);
int csockets_poll_remove(int poll, int descriptor);
/// Waits at most so many milliseconds (-1: for ever) and returns how many events there are, at most `capacity`, which is at most 256.
int csockets_poll_wait(int poll, csockets_event *events, int capacity, int milliseconds);

/// A descriptor that is ready for reading once it was rung, until it is silenced.
int csockets_bell_new(void);
int csockets_bell_ring(int bell);
int csockets_bell_silence(int bell);

/// A listening TCP socket; with `shared`, several of this user's may listen on one port.
int csockets_listen(const struct sockaddr *address, socklen_t length, int backlog, int shared);
/// The next connection of a listening socket.
int csockets_accept(int descriptor, struct sockaddr_storage *peer);
/// Begins a connection; `begun` is 1 when it is not made yet and the descriptor will be ready for writing when it is.
int csockets_connect(const struct sockaddr *address, socklen_t length, int *begun);
/// What became of a connection that was begun.
int csockets_connected(int descriptor);
/// The address that a socket is bound to.
int csockets_name(int descriptor, struct sockaddr_storage *name);
/// Asks for small segments to be sent at once.
int csockets_send_at_once(int descriptor);

ssize_t csockets_receive(int descriptor, void *bytes, size_t count);
/// Looks at the next byte without taking it: 1 if there is one, 0 at the end, -EAGAIN if there is nothing.
ssize_t csockets_peek(int descriptor);
ssize_t csockets_send(int descriptor, const void *bytes, size_t count);
ssize_t csockets_send_pieces(int descriptor, const struct iovec *pieces, size_t count);
/// Says that nothing more will be sent.
int csockets_end_sending(int descriptor);
void csockets_close(int descriptor);

/// Names the calling thread, in at most 15 bytes.
void csockets_name_thread(const char *name);

#endif
