// Budgets: the count hook, charges of library functions, and how a call that used up its budget is ended.
#include "internal.h"
#include <stdio.h>
#include <time.h>

#if LUA_VERSION_RELEASE_NUM >= 50406
#define close_thread(thread, from) lua_closethread(thread, from)
#else
#define close_thread(thread, from) lua_resetthread(thread)
#endif

enum {
    PERIOD = 1000,
    // While large blocks live, one instruction can take milliseconds (comparing, converting): look more often.
    FINE_PERIOD = 50,
    DEPTH = 7000,
    CLOSE_INSTRUCTIONS = 100000,
};
static const int64_t close_nanoseconds = 20000000;
static const int64_t all_closes_nanoseconds = 250000000;

static int64_t clock_now(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void on_hook(lua_State *L, lua_Debug *ar);

static void arm(clb_vm *vm, lua_State *L, int period) {
    int mask = vm->closing ? LUA_MASKCOUNT | LUA_MASKCALL : LUA_MASKCOUNT;
    vm->period = period;
    if (lua_gethookcount(L) != period || lua_gethookmask(L) != mask || lua_gethook(L) != on_hook)
        lua_sethook(L, on_hook, mask, period);
}

void clb_hook_soon(clb_vm *vm) {
    if (vm->running != NULL && vm->period != 1)
        arm(vm, vm->running, 1);
}

void clb_meter_begin(clb_vm *vm, clb_meter *meter, lua_State *thread) {
    int64_t left = meter->nanoseconds - meter->spent;
    vm->meter = meter;
    vm->running = thread;
    vm->unchecked = 0;
    vm->cpu_began = -1;
    vm->began = clock_now(CLOCK_MONOTONIC);
    vm->deadline = vm->began + (left > 0 ? left : 0);
    arm(vm, thread, vm->big_blocks > 0 ? FINE_PERIOD : PERIOD);
}

// Time that the budget counts: what this thread computed, as far as that was measured, else what passed.
static int64_t time_used(clb_vm *vm) {
    if (vm->cpu_began >= 0)
        return clock_now(CLOCK_THREAD_CPUTIME_ID) - vm->cpu_began;
    return clock_now(CLOCK_MONOTONIC) - vm->began;
}

void clb_meter_end(clb_vm *vm) {
    vm->meter->spent += time_used(vm);
    vm->meter = NULL;
    vm->running = NULL;
}

bool clb_past_deadline(clb_vm *vm) {
    if (vm->meter == NULL)
        return false;
    int64_t now = clock_now(CLOCK_MONOTONIC);
    if (vm->cpu_began < 0) {
        // Read late, because most calls end before the first look; what passed until now counts in full.
        vm->cpu_began = clock_now(CLOCK_THREAD_CPUTIME_ID) - (now - vm->began);
    }
    if (now < vm->deadline)
        return false;
    // The machine may have been busy with others: only time on this thread counts.
    int64_t left = vm->meter->nanoseconds - vm->meter->spent - time_used(vm);
    if (left <= 0)
        return true;
    vm->deadline = now + left;
    return false;
}

static void judge(clb_vm *vm) {
    clb_meter *meter = vm->meter;
    if (meter->killed)
        return;
    if (meter->used > meter->instructions)
        meter->killed = CLB_CODE_INSTRUCTIONS;
    else if (clb_past_deadline(vm))
        meter->killed = CLB_CODE_TIME;
}

void clb_kill_text(const clb_meter *meter, char *text, size_t size) {
    if (meter->killed == CLB_CODE_INSTRUCTIONS)
        snprintf(text, size, "stopped after %lld instructions", (long long)meter->instructions);
    else
        snprintf(text, size, "stopped after %lld ms of running", (long long)(meter->nanoseconds / 1000000));
}

// From here on the hook comes at every instruction, so whatever catches the error is stopped again at once.
static void raise_kill(lua_State *L, clb_vm *vm) {
    char text[96];
    if (L == vm->running)
        arm(vm, L, 1);
    clb_kill_text(vm->meter, text, sizeof text);
    luaL_error(L, "%s", text);
}

void clb_charge(lua_State *L, uint64_t steps) {
    clb_vm *vm = clb_vm_of(L);
    if (vm->meter == NULL)
        return;
    int64_t cost = steps > (uint64_t)1 << 40 ? (int64_t)1 << 40 : (int64_t)steps;
    vm->meter->used += cost;
    vm->meter->slice -= cost;
    vm->unchecked += cost;
    if (vm->unchecked < PERIOD && !vm->meter->killed)
        return;
    vm->unchecked = 0;
    judge(vm);
    if (vm->meter->killed)
        raise_kill(L, vm);
}

static bool may_yield(clb_vm *vm, lua_State *L) {
    return !vm->closing && vm->current != NULL && L == vm->current->thread && lua_isyieldable(L);
}

// A thread that is being reset calls its handlers from the bottom of its stack: a call with nothing below it is the
// next handler, which gets a quota of its own as long as the time for all of them lasts.
static void on_close_handler(lua_State *L, clb_vm *vm) {
    lua_Debug below;
    if (lua_getstack(L, 1, &below) || clock_now(CLOCK_MONOTONIC) > vm->closing_deadline)
        return;
    vm->meter->used = 0;
    vm->meter->spent = 0;
    vm->meter->killed = 0;
    vm->began = clock_now(CLOCK_MONOTONIC);
    vm->deadline = vm->began + close_nanoseconds;
    vm->cpu_began = -1;
    arm(vm, L, PERIOD);
}

static void on_hook(lua_State *L, lua_Debug *ar) {
    clb_vm *vm = clb_vm_of(L);
    clb_meter *meter = vm->meter;
    lua_Debug deep;
    if (meter == NULL)
        return;
    if (ar->event != LUA_HOOKCOUNT) {
        if (vm->closing && ar->event == LUA_HOOKCALL)
            on_close_handler(L, vm);
        return;
    }
    meter->used += vm->period;
    meter->slice -= vm->period;
    judge(vm);
    if (meter->killed) {
        // A yield cannot be caught by a pcall of the script; where it is impossible, an error at every instruction.
        if (!may_yield(vm, L))
            raise_kill(L, vm);
        lua_yield(L, 0);
        return;
    }
    arm(vm, L, vm->big_blocks > 0 ? FINE_PERIOD : PERIOD);
    if (lua_getstack(L, DEPTH, &deep))
        luaL_error(L, "stack overflow (more than %d calls deep)", (int)DEPTH);
    if (meter->slice <= 0 && vm->current->waits_allowed && may_yield(vm, L)) {
        vm->current->slicing = true;
        lua_yield(L, 0);
    }
}

void clb_reset_thread(clb_vm *vm, lua_State *thread) {
    clb_meter quota = {.instructions = CLOSE_INSTRUCTIONS, .nanoseconds = close_nanoseconds, .slice = INT64_MAX};
    vm->closing = true;
    vm->closing_deadline = clock_now(CLOCK_MONOTONIC) + all_closes_nanoseconds;
    clb_meter_begin(vm, &quota, thread);
    (void)close_thread(thread, vm->L);
    clb_meter_end(vm);
    vm->closing = false;
}
