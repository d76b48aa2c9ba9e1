#define _GNU_SOURCE
#include "CFileSpace.h"
#include <fcntl.h>

// Sets aside bytes beyond the end of an empty file; its length stays. 0, or -1 with errno.
int stile_reserve(int descriptor, long bytes) {
    return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, bytes);
}
