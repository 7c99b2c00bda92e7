// Lua's allocator: a limit per VM, a limit per block, a limit on the stack, and the deadline for large blocks.
#include "internal.h"
#include <stdlib.h>

enum {
    BIG_BLOCK = 64 << 10,
    VALUE_BYTES = 16,      // size of a stack slot in Lua 5.4
    EXTRA_SLOTS = 5,       // Lua keeps this many slots beyond the size of a stack
    STACK_SLOTS = 41000,   // some 7,000 frames
    SMALLEST_LEARNED = 16 << 10,
    REFUSAL_COST = 20000,  // a refusal makes Lua collect everything: dear, and invisible to the count hook
};

// Lua doubles a stack of n slots to 2n and allocates 5 more each time; no table grows by that rule. The stack needs a
// limit of its own because a `__call` that refers to itself shifts the whole stack at each step, in C, with no hook.
static size_t next_stack(size_t bytes) {
    size_t slots = bytes / VALUE_BYTES;
    return slots > EXTRA_SLOTS ? (2 * (slots - EXTRA_SLOTS) + EXTRA_SLOTS) * VALUE_BYTES : 0;
}

static bool is_stack_growth(const clb_vm *vm, const void *block, size_t old_size, size_t new_size) {
    if (block != NULL)
        return next_stack(old_size) == new_size;
    // Lua 5.4.4 makes the new stack before it frees the old one, so the old size is what was learned last time.
    return old_size == 0 && vm->stack_bytes > 0 && next_stack(vm->stack_bytes) == new_size;
}

// A large block, and right after it the release of one of half its size: that was a stack.
static void learn_stack(clb_vm *vm, size_t freed) {
    if (vm->fresh_bytes > 0 && next_stack(freed) == vm->fresh_bytes) {
        vm->stack_bytes = vm->fresh_bytes;
        vm->fresh_bytes = 0;
    }
}

static bool injected_failure(clb_vm *vm) {
    if (vm->fail_after <= 0)
        return false;
    if (--vm->fail_after > 0)
        return false;
    vm->fail_delivered = true;
    if (--vm->fail_run > 0)
        vm->fail_after = 1;
    return true;
}

static bool refuses(clb_vm *vm, const void *block, size_t held, size_t old_size, size_t new_size) {
    if (injected_failure(vm))
        return true;
    if (new_size > STACK_SLOTS * VALUE_BYTES && is_stack_growth(vm, block, old_size, new_size)) {
        vm->stack_refused = true;
        return true;
    }
    if (new_size > vm->limits.largest_block_bytes || vm->used - held + new_size > vm->limits.memory_bytes) {
        if (vm->meter != NULL)
            vm->meter->used += REFUSAL_COST;
        clb_hook_soon(vm);
        return true;
    }
    if (new_size >= BIG_BLOCK && clb_past_deadline(vm)) {
        // Lua will call it a lack of memory; the call is reported as what it is.
        if (!vm->meter->killed)
            vm->meter->killed = CLB_CODE_TIME;
        clb_hook_soon(vm);
        return true;
    }
    return false;
}

void *clb_allocate(void *ud, void *block, size_t old_size, size_t new_size) {
    clb_vm *vm = ud;
    // Without a block, Lua passes the kind of the new object as its old size.
    size_t held = block == NULL ? 0 : old_size;
    if (new_size == 0) {
        free(block);
        vm->used -= held;
        vm->big_blocks -= held >= BIG_BLOCK;
        learn_stack(vm, held);
        return NULL;
    }
    if (new_size > held && refuses(vm, block, held, old_size, new_size))
        return NULL;
    void *moved = realloc(block, new_size);
    if (moved == NULL) {
        // Lua relies on it that shrinking never fails.
        if (new_size > held)
            return NULL;
        moved = block;
    }
    if (block == NULL && new_size >= SMALLEST_LEARNED)
        vm->fresh_bytes = old_size == 0 ? new_size : 0;
    vm->used = vm->used - held + new_size;
    vm->big_blocks -= held >= BIG_BLOCK;
    vm->big_blocks += new_size >= BIG_BLOCK;
    if (new_size >= BIG_BLOCK && held < BIG_BLOCK)
        clb_hook_soon(vm);
    return moved;
}
