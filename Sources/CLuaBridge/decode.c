// From the crossing's bytes to Lua values. The bytes come from our own writer, but are read as if they did not.
#include "internal.h"
#include <string.h>

typedef struct {
    lua_State *L;
    const uint8_t *at;
    const uint8_t *end;
    int depth;
    int limit;
    const char *root;
} decoder;

static void refuse(decoder *d, const char *why) { clb_raise(d->L, "%s: %s", d->root, why); }

static void take(decoder *d, void *into, size_t count) {
    if ((size_t)(d->end - d->at) < count)
        refuse(d, "the message ends too early");
    memcpy(into, d->at, count);
    d->at += count;
}

static uint32_t take_count(decoder *d) {
    uint32_t count;
    take(d, &count, sizeof count);
    return count;
}

static clb_bytes take_bytes(decoder *d) {
    uint32_t count = take_count(d);
    if ((size_t)(d->end - d->at) < count)
        refuse(d, "the message ends too early");
    clb_bytes bytes = {d->at, count};
    d->at += count;
    return bytes;
}

static void decode_value(decoder *d);

static void mark(lua_State *L, const char *key) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, key);
    lua_setmetatable(L, -2);
}

static void enter(decoder *d, uint32_t count) {
    if (++d->depth > d->limit)
        refuse(d, "nested too deeply");
    // Every item takes at least one byte, so a count that lies cannot reserve memory.
    if ((size_t)(d->end - d->at) < count)
        refuse(d, "the message ends too early");
    luaL_checkstack(d->L, 6, "too many nested values");
}

static void decode_array(decoder *d) {
    uint32_t count = take_count(d);
    enter(d, count);
    lua_createtable(d->L, (int)count, 0);
    for (uint32_t i = 1; i <= count; i++) {
        if (d->at < d->end && *d->at == CLB_NIL)
            refuse(d, "nil cannot stand in an array; use null");
        decode_value(d);
        lua_rawseti(d->L, -2, (lua_Integer)i);
    }
    mark(d->L, &clb_key_array);
    d->depth--;
}

static void decode_object(decoder *d) {
    uint32_t count = take_count(d);
    enter(d, count);
    lua_createtable(d->L, 0, (int)count);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t tag;
        take(d, &tag, 1);
        if (tag != CLB_STRING)
            refuse(d, "a key is not a string");
        clb_bytes key = take_bytes(d);
        lua_pushlstring(d->L, (const char *)key.bytes, key.count);
        decode_value(d);
        lua_rawset(d->L, -3);
    }
    mark(d->L, &clb_key_object);
    d->depth--;
}

static void decode_function(decoder *d) {
    int64_t id;
    take(d, &id, sizeof id);
    lua_rawgetp(d->L, LUA_REGISTRYINDEX, &clb_key_functions);
    lua_rawgeti(d->L, -1, id);
    lua_remove(d->L, -2);
    if (!lua_isfunction(d->L, -1))
        refuse(d, "there is no function of that number in this VM");
}

static void decode_value(decoder *d) {
    lua_State *L = d->L;
    uint8_t tag;
    int64_t integer;
    double number;
    clb_bytes bytes;
    take(d, &tag, 1);
    switch (tag) {
    case CLB_NIL:
        lua_pushnil(L);
        return;
    case CLB_NULL:
        lua_pushlightuserdata(L, NULL);
        return;
    case CLB_FALSE:
    case CLB_TRUE:
        lua_pushboolean(L, tag == CLB_TRUE);
        return;
    case CLB_INTEGER:
        take(d, &integer, sizeof integer);
        lua_pushinteger(L, integer);
        return;
    case CLB_NUMBER:
        take(d, &number, sizeof number);
        lua_pushnumber(L, number);
        return;
    case CLB_STRING:
        bytes = take_bytes(d);
        lua_pushlstring(L, (const char *)bytes.bytes, bytes.count);
        return;
    case CLB_ARRAY:
        decode_array(d);
        return;
    case CLB_OBJECT:
        decode_object(d);
        return;
    case CLB_FUNCTION:
        decode_function(d);
        return;
    case CLB_HANDLE:
        bytes = take_bytes(d);
        take(d, &integer, sizeof integer);
        clb_push_handle(L, (const char *)bytes.bytes, bytes.count, integer);
        return;
    default:
        refuse(d, "the message has an unknown tag");
    }
}

int clb_decode(lua_State *L, clb_bytes message, const char *root) {
    decoder d = {L, message.bytes, message.bytes + message.count, 0, clb_vm_of(L)->limits.depth, root};
    uint32_t count = take_count(&d);
    if (count > 10000)
        refuse(&d, "too many values");
    luaL_checkstack(L, (int)count + 8, "too many values");
    for (uint32_t i = 0; i < count; i++)
        decode_value(&d);
    return (int)count;
}
