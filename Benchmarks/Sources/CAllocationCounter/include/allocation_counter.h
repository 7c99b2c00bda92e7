// Counts what the process asks of malloc: linking this target into an executable is enough.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdint.h>

/// Blocks that were asked for since the process began, by all threads: malloc, calloc, realloc of a null block,
/// posix_memalign, aligned_alloc. Growing a block with realloc counts as one more.
int64_t allocation_count(void);

#endif
