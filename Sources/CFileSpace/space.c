#define _GNU_SOURCE
#include "CFileSpace.h"
#include <fcntl.h>

// Sets aside bytes beyond the end of an empty file; its length stays. 0, or -1 with errno.
int stile_reserve(int descriptor, long bytes) {
    return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, bytes);
}

// Begins to write a file's changed pages to disk, and returns. 0, or -1 with errno.
int stile_begin_sync(int descriptor) {
    return sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
}
