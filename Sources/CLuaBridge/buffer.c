// A growing byte buffer outside Lua's heap: it survives a jump, because the VM owns it.
#include "internal.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool clb_append(clb_buffer *buffer, const void *bytes, size_t count) {
    if (count > buffer->capacity - buffer->count) {
        size_t wanted = buffer->capacity < 256 ? 256 : buffer->capacity;
        while (wanted < buffer->count + count)
            wanted *= 2;
        uint8_t *grown = realloc(buffer->bytes, wanted);
        if (grown == NULL)
            return false;
        buffer->bytes = grown;
        buffer->capacity = wanted;
    }
    if (count > 0)
        memcpy(buffer->bytes + buffer->count, bytes, count);
    buffer->count += count;
    return true;
}

bool clb_append_format(clb_buffer *buffer, const char *format, ...) {
    char text[512];
    va_list list;
    va_start(list, format);
    int count = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (count < 0)
        return false;
    return clb_append(buffer, text, (size_t)count < sizeof text ? (size_t)count : sizeof text - 1);
}

void clb_buffer_clear(clb_buffer *buffer) {
    // One huge message must not keep its memory for the rest of the VM's life.
    if (buffer->capacity > (1u << 20))
        clb_buffer_free(buffer);
    buffer->count = 0;
}

void clb_buffer_free(clb_buffer *buffer) {
    free(buffer->bytes);
    *buffer = (clb_buffer){0};
}
