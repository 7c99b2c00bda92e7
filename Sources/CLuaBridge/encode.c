// From Lua values to the crossing's bytes, with a path for every refusal.
#include "internal.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct path {
    const struct path *parent;
    const char *key; // or null for a position
    size_t key_count;
    lua_Integer position;
} path;

typedef struct {
    lua_State *L;
    clb_buffer *out;
    clb_vm *vm;
    bool functions;
    const char *root;
    int number;
    size_t limit;
} encoder;

static size_t write_path(const path *at, char *text, size_t size) {
    if (at == NULL)
        return 0;
    size_t used = write_path(at->parent, text, size);
    if (used + 80 > size)
        return used;
    int count;
    if (at->key != NULL)
        count = snprintf(text + used, size - used, ".%.*s", at->key_count < 60 ? (int)at->key_count : 60, at->key);
    else
        count = snprintf(text + used, size - used, "[%lld]", (long long)at->position);
    return used + (size_t)count;
}

static void refuse(encoder *e, const path *at, const char *why) {
    char text[512];
    text[write_path(at, text, sizeof text)] = 0;
    clb_raise(e->L, "%s %d%s: %s", e->root, e->number, text, why);
}

static void append(encoder *e, const path *at, const void *bytes, size_t count) {
    if (e->out->count + count > e->limit)
        refuse(e, at, "the whole value is too large to cross");
    if (!clb_append(e->out, bytes, count))
        refuse(e, at, "no memory is left to cross");
}

static void append_tag(encoder *e, const path *at, uint8_t tag) { append(e, at, &tag, 1); }

static void append_bytes(encoder *e, const path *at, const void *bytes, size_t count) {
    uint32_t length = (uint32_t)count;
    append(e, at, &length, sizeof length);
    append(e, at, bytes, count);
}

// Well-formed UTF-8 by the table of the Unicode standard (3-7): no surrogates, nothing overlong.
static bool is_utf8(const uint8_t *s, size_t count) {
    for (size_t i = 0; i < count;) {
        uint8_t a = s[i];
        if (a < 0x80) {
            i++;
            continue;
        }
        size_t more = a >= 0xC2 && a <= 0xDF ? 1 : (a & 0xF0) == 0xE0 ? 2 : a >= 0xF0 && a <= 0xF4 ? 3 : 0;
        if (more == 0 || count - i <= more)
            return false;
        uint8_t low = a == 0xE0 ? 0xA0 : a == 0xF0 ? 0x90 : 0x80, high = a == 0xED ? 0x9F : a == 0xF4 ? 0x8F : 0xBF;
        if (s[i + 1] < low || s[i + 1] > high)
            return false;
        for (size_t k = 2; k <= more; k++)
            if ((s[i + k] & 0xC0) != 0x80)
                return false;
        i += more + 1;
    }
    return true;
}

static void encode_string(encoder *e, int index, const path *at) {
    size_t count;
    const char *text = lua_tolstring(e->L, index, &count);
    if (!is_utf8((const uint8_t *)text, count))
        refuse(e, at, "the string is not valid UTF-8");
    clb_charge(e->L, count / 32);
    append_tag(e, at, CLB_STRING);
    append_bytes(e, at, text, count);
}

static void encode_value(encoder *e, int index, const path *at, int depth);

static void encode_array(encoder *e, int index, const path *at, int depth) {
    lua_State *L = e->L;
    lua_Unsigned length = lua_rawlen(L, index);
    lua_Unsigned found = 0;
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_Integer position = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
        if (position < 1 || (lua_Unsigned)position > length) {
            if (lua_type(L, -2) == LUA_TSTRING) {
                char why[160];
                snprintf(why, sizeof why, "the table mixes positions and names ('%.80s')", lua_tostring(L, -2));
                refuse(e, at, why);
            }
            refuse(e, at, position > 0 ? "the list has holes" : "a key is neither a name nor a position of the list");
        }
        found++;
        lua_pop(L, 1);
    }
    if (found != length)
        refuse(e, at, "the list has holes");
    uint32_t count = (uint32_t)length;
    append_tag(e, at, CLB_ARRAY);
    append(e, at, &count, sizeof count);
    clb_charge(L, length);
    for (lua_Unsigned i = 1; i <= length; i++) {
        path here = {.parent = at, .position = (lua_Integer)i};
        lua_rawgeti(L, index, (lua_Integer)i);
        encode_value(e, lua_gettop(L), &here, depth);
        lua_pop(L, 1);
    }
}

static void encode_object(encoder *e, int index, const path *at, int depth) {
    lua_State *L = e->L;
    uint32_t count = 0;
    append_tag(e, at, CLB_OBJECT);
    size_t count_at = e->out->count;
    append(e, at, &count, sizeof count);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            refuse(e, at, "a key is not a string");
        path here = {.parent = at};
        here.key = lua_tolstring(L, -2, &here.key_count);
        if (!is_utf8((const uint8_t *)here.key, here.key_count))
            refuse(e, at, "a key is not valid UTF-8");
        append_tag(e, at, CLB_STRING);
        append_bytes(e, at, here.key, here.key_count);
        encode_value(e, lua_gettop(L), &here, depth);
        lua_pop(L, 1);
        count++;
    }
    clb_charge(L, count);
    memcpy(e->out->bytes + count_at, &count, sizeof count);
}

static bool has_mark(lua_State *L, int index, const char *key) {
    if (!lua_getmetatable(L, index))
        return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, key);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

// An empty table without a mark is a list, as authors write `{}` for one; `json.object {}` marks the other kind.
static bool is_empty(lua_State *L, int index) {
    lua_pushnil(L);
    if (lua_next(L, index) == 0)
        return true;
    lua_pop(L, 2);
    return false;
}

static void encode_table(encoder *e, int index, const path *at, int depth) {
    if (depth >= e->vm->limits.depth)
        refuse(e, at, "nested too deeply, or the table contains itself");
    luaL_checkstack(e->L, 8, "too many nested values");
    if (has_mark(e->L, index, &clb_key_array))
        encode_array(e, index, at, depth + 1);
    else if (has_mark(e->L, index, &clb_key_object) || (lua_rawlen(e->L, index) == 0 && !is_empty(e->L, index)))
        encode_object(e, index, at, depth + 1);
    else
        encode_array(e, index, at, depth + 1);
}

// The VM keeps each function that crossed, once, for its whole life; its number is its position in the list.
static void encode_function(encoder *e, int index, const path *at) {
    lua_State *L = e->L;
    lua_Debug ar;
    luaL_checkstack(L, 6, "too many nested values");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &clb_key_functions);
    lua_pushvalue(L, index);
    lua_rawget(L, -2);
    int64_t id = lua_tointeger(L, -1);
    lua_pop(L, 1);
    if (id == 0) {
        id = (int64_t)lua_rawlen(L, -1) + 1;
        lua_pushvalue(L, index);
        lua_rawseti(L, -2, id);
        lua_pushvalue(L, index);
        lua_pushinteger(L, id);
        lua_rawset(L, -3);
    }
    lua_pop(L, 1);
    lua_pushvalue(L, index);
    lua_getinfo(L, ">S", &ar);
    const char *file = ar.source[0] == '@' || ar.source[0] == '=' ? ar.source + 1 : ar.short_src;
    uint32_t line = ar.linedefined > 0 ? (uint32_t)ar.linedefined : 0;
    append_tag(e, at, CLB_FUNCTION);
    append(e, at, &id, sizeof id);
    append_bytes(e, at, file, strlen(file));
    append(e, at, &line, sizeof line);
}

static void encode_value(encoder *e, int index, const path *at, int depth) {
    lua_State *L = e->L;
    clb_bytes kind;
    int64_t integer;
    double number;
    switch (lua_type(L, index)) {
    case LUA_TNIL:
        append_tag(e, at, CLB_NIL);
        return;
    case LUA_TBOOLEAN:
        append_tag(e, at, lua_toboolean(L, index) ? CLB_TRUE : CLB_FALSE);
        return;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) {
            integer = lua_tointeger(L, index);
            append_tag(e, at, CLB_INTEGER);
            append(e, at, &integer, sizeof integer);
            return;
        }
        number = lua_tonumber(L, index);
        if (!isfinite(number))
            refuse(e, at, isnan(number) ? "the number is not a number (0/0)" : "the number is infinite");
        append_tag(e, at, CLB_NUMBER);
        append(e, at, &number, sizeof number);
        return;
    case LUA_TSTRING:
        encode_string(e, index, at);
        return;
    case LUA_TTABLE:
        encode_table(e, index, at, depth);
        return;
    case LUA_TFUNCTION:
        if (!e->functions)
            refuse(e, at, "a function cannot cross here");
        encode_function(e, index, at);
        return;
    case LUA_TLIGHTUSERDATA:
        append_tag(e, at, CLB_NULL);
        return;
    default:
        if (!clb_is_handle(L, index, &kind, &integer))
            refuse(e, at, "this kind of value cannot cross");
        append_tag(e, at, CLB_HANDLE);
        append_bytes(e, at, kind.bytes, kind.count);
        append(e, at, &integer, sizeof integer);
    }
}

void clb_encode(lua_State *L, int index, clb_buffer *out, bool functions, const char *root, int number) {
    clb_vm *vm = clb_vm_of(L);
    encoder e = {L, out, vm, functions, root, number, vm->limits.largest_block_bytes};
    encode_value(&e, lua_absindex(L, index), NULL, 0);
}
