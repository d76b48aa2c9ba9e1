// CRC-32C by the processor's own instruction, which takes eight bytes in a cycle or three; by tables where there is none.
//
// Source: RFC 3720, appendix B.4 (Castagnoli polynomial, reflected); the tables: M. E. Kounavis and F. L. Berry, "Novel Table
// Lookup-Based Algorithms for High-Performance CRC Generation" (2008).
#include "cchecksums.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <arm_acle.h>
#include <sys/auxv.h>
#ifndef HWCAP_CRC32
#define HWCAP_CRC32 (1 << 7)
#endif
#endif

static uint32_t tables[8][256];

// Before main, on one thread: nothing reads the tables earlier.
__attribute__((constructor)) static void make_tables(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t value = byte;
        for (int bit = 0; bit < 8; bit++) value = value & 1 ? value >> 1 ^ 0x82F63B78u : value >> 1;
        tables[0][byte] = value;
    }
    for (int table = 1; table < 8; table++) {
        for (int byte = 0; byte < 256; byte++) {
            uint32_t value = tables[table - 1][byte];
            tables[table][byte] = tables[0][value & 0xFF] ^ value >> 8;
        }
    }
}

uint32_t cchecksums_crc32c_portable(uint32_t state, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    for (; count >= 8; count -= 8, next += 8) {
        // Put together byte by byte, so that the order of bytes in the machine does not matter.
        uint32_t low = state ^ ((uint32_t)next[0] | (uint32_t)next[1] << 8 | (uint32_t)next[2] << 16 | (uint32_t)next[3] << 24);
        state = tables[7][low & 0xFF] ^ tables[6][low >> 8 & 0xFF] ^ tables[5][low >> 16 & 0xFF] ^ tables[4][low >> 24]
            ^ tables[3][next[4]] ^ tables[2][next[5]] ^ tables[1][next[6]] ^ tables[0][next[7]];
    }
    for (; count > 0; count--, next++) state = tables[0][(state ^ *next) & 0xFF] ^ state >> 8;
    return state;
}

#if defined(__x86_64__)

__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t state, const uint8_t *next, size_t count) {
    uint64_t wide = state;
    for (; count >= 8; count -= 8, next += 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        wide = _mm_crc32_u64(wide, word);
    }
    state = (uint32_t)wide;
    for (; count > 0; count--, next++) state = _mm_crc32_u8(state, *next);
    return state;
}

static int has_instruction(void) { return __builtin_cpu_supports("sse4.2"); }

#elif defined(__aarch64__) && defined(__linux__)

__attribute__((target("+crc"))) static uint32_t by_instruction(uint32_t state, const uint8_t *next, size_t count) {
    for (; count >= 8; count -= 8, next += 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        state = __crc32cd(state, word);
    }
    for (; count > 0; count--, next++) state = __crc32cb(state, *next);
    return state;
}

static int has_instruction(void) { return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0; }

#else

static uint32_t by_instruction(uint32_t state, const uint8_t *next, size_t count) {
    return cchecksums_crc32c_portable(state, next, count);
}

static int has_instruction(void) { return 0; }

#endif

static int uses_instruction;

__attribute__((constructor)) static void look(void) { uses_instruction = has_instruction(); }

uint32_t cchecksums_crc32c(uint32_t state, const void *bytes, size_t count) {
    return uses_instruction ? by_instruction(state, bytes, count) : cchecksums_crc32c_portable(state, bytes, count);
}
