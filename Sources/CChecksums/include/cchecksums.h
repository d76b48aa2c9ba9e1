#ifndef CCHECKSUMS_H
#define CCHECKSUMS_H

#include <stddef.h>
#include <stdint.h>

/// Takes bytes into a running CRC-32C (Castagnoli, reflected), by the processor's own instruction where it has one.
///
/// `state` begins as all ones, and is inverted at the end.
uint32_t cchecksums_crc32c(uint32_t state, const void *bytes, size_t count);

/// The same with tables alone, for processors without the instruction, and to hold the other against.
uint32_t cchecksums_crc32c_portable(uint32_t state, const void *bytes, size_t count);

#endif
