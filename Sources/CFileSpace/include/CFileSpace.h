#ifndef CFILESPACE_H
#define CFILESPACE_H

// What glibc declares only under _GNU_SOURCE, which Swift's module of it is not built with.

int stile_reserve(int descriptor, long bytes);
int stile_begin_sync(int descriptor);

#endif
