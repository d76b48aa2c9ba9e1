// What the thin I/O layer asks of Linux. Swift's view of the C library has neither epoll nor eventfd, and here errno is read where it
// was set.
#define _GNU_SOURCE
#include "csockets.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int result(int code) { return code < 0 ? -errno : code; }

int csockets_poll_new(void) { return result(epoll_create1(EPOLL_CLOEXEC)); }

static int control(int poll, int operation, int descriptor, uint32_t what, uint64_t token) {
    struct epoll_event event = {0};
    if (what & CSOCKETS_READ) event.events |= EPOLLIN;
    if (what & CSOCKETS_WRITE) event.events |= EPOLLOUT;
    event.data.u64 = token;
    return result(epoll_ctl(poll, operation, descriptor, &event));
}

int csockets_poll_add(int poll, int descriptor, uint32_t what, uint64_t token) {
    return control(poll, EPOLL_CTL_ADD, descriptor, what, token);
}

int csockets_poll_change(int poll, int descriptor, uint32_t what, uint64_t token) {
    return control(poll, EPOLL_CTL_MOD, descriptor, what, token);
}

int csockets_poll_remove(int poll, int descriptor) { return control(poll, EPOLL_CTL_DEL, descriptor, 0, 0); }

int csockets_poll_wait(int poll, csockets_event *events, int capacity, int milliseconds) {
    struct epoll_event ready[256];
    if (capacity > 256) capacity = 256;
    int count = epoll_wait(poll, ready, capacity, milliseconds);
    // Interrupted: the caller looks at its clock and waits again.
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int index = 0; index < count; index++) {
        uint32_t found = ready[index].events;
        events[index].token = ready[index].data.u64;
        events[index].what = (found & EPOLLIN ? CSOCKETS_READ : 0) | (found & EPOLLOUT ? CSOCKETS_WRITE : 0)
            | (found & (EPOLLERR | EPOLLHUP) ? CSOCKETS_OVER : 0);
    }
    return count;
}

int csockets_bell_new(void) { return result(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

int csockets_bell_ring(int bell) {
    uint64_t one = 1;
    // A counter that is full rings as well.
    return write(bell, &one, sizeof one) < 0 && errno != EAGAIN ? -errno : 0;
}

int csockets_bell_silence(int bell) {
    uint64_t count;
    return read(bell, &count, sizeof count) < 0 && errno != EAGAIN ? -errno : 0;
}

static int failed(int descriptor) {
    int error = errno;
    close(descriptor);
    return -error;
}

int csockets_listen(const struct sockaddr *address, socklen_t length, int backlog, int shared) {
    int descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    int one = 1;
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0) return failed(descriptor);
    if (shared && setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) < 0) return failed(descriptor);
    if (bind(descriptor, address, length) < 0) return failed(descriptor);
    if (listen(descriptor, backlog) < 0) return failed(descriptor);
    return descriptor;
}

int csockets_accept(int descriptor, struct sockaddr_storage *peer) {
    int accepted;
    do {
        socklen_t length = sizeof *peer;
        accepted = accept4(descriptor, (struct sockaddr *)peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (accepted < 0 && errno == EINTR);
    return result(accepted);
}

int csockets_connect(const struct sockaddr *address, socklen_t length, int *begun) {
    int descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    *begun = 0;
    if (connect(descriptor, address, length) == 0) return descriptor;
    // Interrupted, it goes on by itself just the same.
    if (errno != EINPROGRESS && errno != EINTR) return failed(descriptor);
    *begun = 1;
    return descriptor;
}

int csockets_connected(int descriptor) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return -errno;
    return -error;
}

int csockets_name(int descriptor, struct sockaddr_storage *name) {
    socklen_t length = sizeof *name;
    return result(getsockname(descriptor, (struct sockaddr *)name, &length));
}

int csockets_send_at_once(int descriptor) {
    int one = 1;
    return result(setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one));
}

ssize_t csockets_receive(int descriptor, void *bytes, size_t count) {
    ssize_t taken;
    do taken = recv(descriptor, bytes, count, 0);
    while (taken < 0 && errno == EINTR);
    return taken < 0 ? -errno : taken;
}

ssize_t csockets_peek(int descriptor) {
    char byte;
    ssize_t seen;
    do seen = recv(descriptor, &byte, 1, MSG_PEEK);
    while (seen < 0 && errno == EINTR);
    return seen < 0 ? -errno : seen;
}

ssize_t csockets_send(int descriptor, const void *bytes, size_t count) {
    ssize_t sent;
    do sent = send(descriptor, bytes, count, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

ssize_t csockets_send_pieces(int descriptor, const struct iovec *pieces, size_t count) {
    struct msghdr message = {0};
    // sendmsg only reads what the pieces point to.
    message.msg_iov = (struct iovec *)pieces;
    message.msg_iovlen = count;
    ssize_t sent;
    do sent = sendmsg(descriptor, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

int csockets_end_sending(int descriptor) { return result(shutdown(descriptor, SHUT_WR)); }

void csockets_close(int descriptor) { close(descriptor); }

// For people who look at threads; a name that is too long is none.
void csockets_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
