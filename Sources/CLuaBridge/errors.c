// Where an error happened and what it says: reads a failed thread without touching its stack.
#include "internal.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool clb_remember_chunk(clb_vm *vm, const char *name, size_t length, bool trusted) {
    for (size_t i = 0; i < vm->chunk_count; i++)
        if (strlen(vm->chunks[i].name) == length && memcmp(vm->chunks[i].name, name, length) == 0)
            return true;
    clb_chunk *grown = realloc(vm->chunks, (vm->chunk_count + 1) * sizeof *grown);
    if (grown == NULL)
        return false;
    vm->chunks = grown;
    clb_chunk *chunk = &grown[vm->chunk_count];
    chunk->name = strndup(name, length);
    if (chunk->name == NULL)
        return false;
    chunk->trusted = trusted;
    // Lua shows a long file name by its end only.
    if (strlen(name) < LUA_IDSIZE)
        snprintf(chunk->shown, sizeof chunk->shown, "%s", name);
    else
        snprintf(chunk->shown, sizeof chunk->shown, "...%s", name + length - (LUA_IDSIZE - 4));
    vm->chunk_count++;
    return true;
}

clb_place clb_script_place(lua_State *L, int level) {
    lua_Debug ar;
    for (; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.source[0] == '@' && ar.currentline > 0)
            return (clb_place){{(const uint8_t *)ar.source + 1, strlen(ar.source + 1)}, ar.currentline};
    }
    return (clb_place){0};
}

int clb_raise(lua_State *L, const char *format, ...) {
    char text[1024];
    clb_place place = clb_script_place(L, 0);
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (place.file.count > 0)
        lua_pushfstring(L, "%s:%d: %s", (const char *)place.file.bytes, place.line, text);
    else
        lua_pushstring(L, text);
    lua_error(L);
    __builtin_unreachable();
}

// If `text` begins with "shown:digits: ", how long that is; the line goes to `line`.
static size_t prefix_length(const char *shown, const char *text, size_t count, int *line) {
    size_t at = strlen(shown);
    if (count < at + 4 || memcmp(text, shown, at) != 0 || text[at] != ':')
        return 0;
    int number = 0;
    size_t digits = ++at;
    while (at < count && text[at] >= '0' && text[at] <= '9' && number < 100000000)
        number = number * 10 + (text[at++] - '0');
    if (at == digits || at + 1 >= count || text[at] != ':' || text[at + 1] != ' ')
        return 0;
    *line = number;
    return at + 2;
}

// Takes all positions from the front of a message; the last script line among them is where it began.
static clb_place strip_places(clb_vm *vm, clb_bytes *message) {
    clb_place place = {0};
    bool found = true;
    while (found) {
        found = false;
        for (size_t i = 0; i < vm->chunk_count && !found; i++) {
            clb_chunk *chunk = &vm->chunks[i];
            const char *text = (const char *)message->bytes;
            int line = 0;
            size_t length = prefix_length(chunk->shown, text, message->count, &line);
            if (length == 0)
                length = prefix_length(chunk->name, text, message->count, &line);
            if (length == 0)
                continue;
            found = true;
            message->bytes += length;
            message->count -= length;
            if (!chunk->trusted)
                place = (clb_place){{(const uint8_t *)chunk->name, strlen(chunk->name)}, line};
        }
    }
    return place;
}

static void append_traceback(clb_buffer *out, lua_State *L) {
    enum { FIRST = 14, LAST = 8 };
    lua_Debug ar;
    int levels = 0;
    while (levels < 100000 && lua_getstack(L, levels, &ar))
        levels++;
    for (int level = 0; level < levels; level++) {
        if (level == FIRST && levels > FIRST + LAST) {
            clb_append_format(out, "... (%d more)\n", levels - FIRST - LAST);
            level = levels - LAST;
        }
        if (!lua_getstack(L, level, &ar))
            break;
        lua_getinfo(L, "Sln", &ar);
        if (ar.currentline > 0)
            clb_append_format(out, "%s:%d: ", ar.source[0] == '@' ? ar.source + 1 : ar.short_src, ar.currentline);
        else
            clb_append_format(out, "%s: ", ar.short_src);
        if (ar.name != NULL)
            clb_append_format(out, "in %s '%s'\n", ar.namewhat[0] ? ar.namewhat : "function", ar.name);
        else if (ar.what[0] == 'm')
            clb_append_format(out, "in the file\n");
        else
            clb_append_format(out, "in a function\n");
    }
}

static void set_error(clb_vm *vm, clb_code code, clb_bytes message, clb_place place, lua_State *traced) {
    clb_buffer *text = &vm->error_text;
    clb_buffer_clear(text);
    // Room for all first, so that no part moves while its address is noted.
    bool kept = clb_append(text, message.bytes, message.count);
    size_t file_at = text->count;
    kept = kept && clb_append(text, place.file.bytes, place.file.count);
    size_t trace_at = text->count;
    if (kept && traced != NULL)
        append_traceback(text, traced);
    vm->error = (clb_error){.code = code};
    if (!kept) {
        static const char lost[] = "out of memory while an error was described";
        vm->error.message = (clb_bytes){(const uint8_t *)lost, sizeof lost - 1};
        return;
    }
    vm->error.message = (clb_bytes){text->bytes, message.count};
    vm->error.place = (clb_place){{text->bytes + file_at, place.file.count}, place.line};
    vm->error.traceback = (clb_bytes){text->bytes + trace_at, text->count - trace_at};
}

void clb_fail(clb_vm *vm, clb_code code, const char *message) {
    set_error(vm, code, (clb_bytes){(const uint8_t *)message, strlen(message)}, (clb_place){0}, NULL);
}

static const char *memory_text(clb_vm *vm, char *text, size_t size) {
    size_t limit = vm->limits.memory_bytes;
    if (limit % (1 << 20) == 0)
        snprintf(text, size, "out of memory (limit %zu MiB)", limit >> 20);
    else
        snprintf(text, size, "out of memory (limit %zu KiB)", limit >> 10);
    return text;
}

// The sentence for an error value that is no string. `__tostring` is not asked: it is code of the failed script.
static void describe_value(lua_State *thread, char *text, size_t size) {
    clb_bytes kind;
    int64_t id;
    switch (lua_type(thread, -1)) {
    case LUA_TNUMBER:
        if (lua_isinteger(thread, -1))
            snprintf(text, size, "%lld", (long long)lua_tointeger(thread, -1));
        else
            snprintf(text, size, "%.14g", lua_tonumber(thread, -1));
        break;
    case LUA_TUSERDATA:
        if (clb_is_handle(thread, -1, &kind, &id)) {
            snprintf(text, size, "the error value is a handle of kind '%.*s', not a string", (int)kind.count,
                     (const char *)kind.bytes);
            break;
        }
        // fallthrough
    default:
        snprintf(text, size, "the error value is a %s, not a string", lua_typename(thread, lua_type(thread, -1)));
    }
}

// `thread` failed with `status`, or yielded because it was killed. `code` is what an ordinary error counts as.
void clb_describe(clb_vm *vm, lua_State *thread, int status, clb_code code) {
    char text[256];
    clb_bytes message;
    clb_place place = {0};
    if (vm->current != NULL && vm->current->meter.killed) {
        clb_kill_text(&vm->current->meter, text, sizeof text);
        message = (clb_bytes){(const uint8_t *)text, strlen(text)};
        set_error(vm, (clb_code)vm->current->meter.killed, message, clb_script_place(thread, 0), thread);
        return;
    }
    if (lua_type(thread, -1) == LUA_TSTRING) {
        message.bytes = (const uint8_t *)lua_tolstring(thread, -1, &message.count);
        const char *syntax = NULL;
        if (lua_checkstack(vm->L, 1)) {
            lua_rawgetp(vm->L, LUA_REGISTRYINDEX, &clb_key_syntax);
            syntax = lua_tostring(vm->L, -1);
            lua_pop(vm->L, 1);
        }
        if (syntax != NULL && strlen(syntax) == message.count && memcmp(syntax, message.bytes, message.count) == 0)
            code = CLB_CODE_SYNTAX;
    } else {
        describe_value(thread, text, sizeof text);
        message = (clb_bytes){(const uint8_t *)text, strlen(text)};
    }
    if (status == LUA_ERRSYNTAX)
        code = CLB_CODE_SYNTAX;
    place = strip_places(vm, &message);
    static const char exhausted[] = "not enough memory";
    bool memory = status == LUA_ERRMEM || (message.count == sizeof exhausted - 1 &&
                                           memcmp(message.bytes, exhausted, message.count) == 0);
    if (memory && vm->stack_refused) {
        snprintf(text, sizeof text, "stack overflow");
        message = (clb_bytes){(const uint8_t *)text, strlen(text)};
        code = CLB_CODE_RUNTIME;
    } else if (memory) {
        memory_text(vm, text, sizeof text);
        message = (clb_bytes){(const uint8_t *)text, strlen(text)};
        code = CLB_CODE_MEMORY;
        vm->exhausted = true;
    } else if (status == LUA_ERRERR) {
        snprintf(text, sizeof text, "C stack overflow");
        message = (clb_bytes){(const uint8_t *)text, strlen(text)};
    }
    if (place.file.count == 0 && thread != vm->L)
        place = clb_script_place(thread, 0);
    set_error(vm, code, message, place, thread == vm->L ? NULL : thread);
}
