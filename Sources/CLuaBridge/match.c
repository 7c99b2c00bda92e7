// A matcher for Lua patterns that pays for each step from the budget, so that no pattern outlives its call.
#include "internal.h"
#include <ctype.h>
#include <string.h>

enum { DEEPEST = 200, STEPS_PER_CHARGE = 256 };

static inline void step(clb_matcher *m) {
    if (++m->steps < STEPS_PER_CHARGE)
        return;
    clb_charge(m->L, (uint64_t)m->steps);
    m->steps = 0;
}

static bool in_class(int c, int letter) {
    bool is;
    switch (tolower(letter)) {
    case 'a':
        is = isalpha(c);
        break;
    case 'c':
        is = iscntrl(c);
        break;
    case 'd':
        is = isdigit(c);
        break;
    case 'g':
        is = isgraph(c);
        break;
    case 'l':
        is = islower(c);
        break;
    case 'p':
        is = ispunct(c);
        break;
    case 's':
        is = isspace(c);
        break;
    case 'u':
        is = isupper(c);
        break;
    case 'w':
        is = isalnum(c);
        break;
    case 'x':
        is = isxdigit(c);
        break;
    default:
        // Not a class: an escaped character stands for itself.
        return letter == c;
    }
    return isupper(letter) ? !is : is;
}

// The end of the single-character item at `p`: a character, an escape or a set.
static const char *item_end(clb_matcher *m, const char *p) {
    char first = *p++;
    if (first == '%') {
        if (p == m->pattern_end)
            luaL_error(m->L, "malformed pattern (ends with '%%')");
        return p + 1;
    }
    if (first != '[')
        return p;
    if (p < m->pattern_end && *p == '^')
        p++;
    // A ']' in the first place belongs to the set.
    for (bool opening = true;; opening = false) {
        if (p >= m->pattern_end)
            luaL_error(m->L, "malformed pattern (missing ']')");
        if (*p == ']' && !opening)
            return p + 1;
        p += *p == '%' && p + 1 < m->pattern_end ? 2 : 1;
    }
}

// Whether `c` is in the set that starts at `p` ('[') and has its ']' at `last`.
static bool in_set(int c, const char *p, const char *last) {
    bool wanted = true;
    if (*++p == '^') {
        wanted = false;
        p++;
    }
    while (p < last) {
        if (*p == '%') {
            if (in_class(c, (unsigned char)p[1]))
                return wanted;
            p += 2;
        } else if (p + 2 < last && p[1] == '-') {
            if ((unsigned char)p[0] <= c && c <= (unsigned char)p[2])
                return wanted;
            p += 3;
        } else if ((unsigned char)*p++ == c) {
            return wanted;
        }
    }
    return !wanted;
}

static bool matches_item(clb_matcher *m, const char *s, const char *p, const char *after) {
    if (s >= m->end)
        return false;
    int c = (unsigned char)*s;
    switch (*p) {
    case '.':
        return true;
    case '%':
        return in_class(c, (unsigned char)p[1]);
    case '[':
        return in_set(c, p, after - 1);
    default:
        return (unsigned char)*p == c;
    }
}

static const char *match(clb_matcher *m, const char *s, const char *p);

static const char *match_longest(clb_matcher *m, const char *s, const char *p, const char *after) {
    const char *last = s;
    while (matches_item(m, last, p, after)) {
        step(m);
        last++;
    }
    for (;; last--) {
        const char *end = match(m, last, after + 1);
        if (end != NULL || last == s)
            return end;
    }
}

static const char *match_shortest(clb_matcher *m, const char *s, const char *p, const char *after) {
    for (;;) {
        const char *end = match(m, s, after + 1);
        if (end != NULL || !matches_item(m, s, p, after))
            return end;
        s++;
    }
}

static const char *open_capture(clb_matcher *m, const char *s, const char *p, ptrdiff_t kind) {
    if (m->count >= CLB_CAPTURES)
        luaL_error(m->L, "too many captures");
    m->captures[m->count].start = s;
    m->captures[m->count].length = kind;
    m->count++;
    const char *end = match(m, s, p);
    if (end == NULL)
        m->count--;
    return end;
}

static const char *close_capture(clb_matcher *m, const char *s, const char *p) {
    int index = m->count - 1;
    while (index >= 0 && m->captures[index].length != CLB_CAPTURE_OPEN)
        index--;
    if (index < 0)
        luaL_error(m->L, "invalid pattern capture");
    m->captures[index].length = s - m->captures[index].start;
    const char *end = match(m, s, p);
    if (end == NULL)
        m->captures[index].length = CLB_CAPTURE_OPEN;
    return end;
}

static const char *match_balanced(clb_matcher *m, const char *s, const char *p) {
    if (m->pattern_end - p < 2)
        luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    if (s >= m->end || *s != p[0])
        return NULL;
    for (int open = 1; ++s < m->end;) {
        step(m);
        if (*s == p[1]) {
            if (--open == 0)
                return s + 1;
        } else if (*s == p[0]) {
            open++;
        }
    }
    return NULL;
}

static const char *match_back_reference(clb_matcher *m, const char *s, int digit) {
    int index = digit - '1';
    if (index < 0 || index >= m->count || m->captures[index].length == CLB_CAPTURE_OPEN)
        luaL_error(m->L, "invalid capture index %%%d", index + 1);
    ptrdiff_t length = m->captures[index].length;
    if (length < 0)
        return NULL; // a position has no text, and stock Lua never matches it
    clb_charge(m->L, (uint64_t)length / 16);
    if (m->end - s < length || memcmp(m->captures[index].start, s, (size_t)length) != 0)
        return NULL;
    return s + length;
}

// Whether a frontier lies at `s`, for the set that ends before `after`.
static bool at_frontier(clb_matcher *m, const char *s, const char *set, const char *after) {
    int before = s == m->subject ? 0 : (unsigned char)s[-1];
    int here = s < m->end ? (unsigned char)*s : 0;
    return !in_set(before, set, after - 1) && in_set(here, set, after - 1);
}

// What `%` introduces besides classes. Returns false if it is a class; else moves both ends, or `*s` to null.
static bool match_special(clb_matcher *m, const char **s, const char **p) {
    if (m->pattern_end - *p < 2)
        return false;
    char kind = (*p)[1];
    if (kind == 'b') {
        *s = match_balanced(m, *s, *p + 2);
        *p += 4;
    } else if (kind == 'f') {
        const char *set = *p + 2;
        if (set >= m->pattern_end || *set != '[')
            luaL_error(m->L, "missing '[' after '%%f' in pattern");
        const char *after = item_end(m, set);
        if (!at_frontier(m, *s, set, after))
            *s = NULL;
        *p = after;
    } else if (isdigit((unsigned char)kind)) {
        *s = match_back_reference(m, *s, kind);
        *p += 2;
    } else {
        return false;
    }
    return true;
}

static const char *match_rest(clb_matcher *m, const char *s, const char *p) {
    while (p < m->pattern_end) {
        step(m);
        if (*p == '(') {
            bool position = p + 1 < m->pattern_end && p[1] == ')';
            return open_capture(m, s, p + 1 + position, position ? CLB_CAPTURE_POSITION : CLB_CAPTURE_OPEN);
        }
        if (*p == ')')
            return close_capture(m, s, p + 1);
        if (*p == '$' && p + 1 == m->pattern_end)
            return s == m->end ? s : NULL;
        if (*p == '%' && match_special(m, &s, &p)) {
            if (s == NULL)
                return NULL;
            continue;
        }
        const char *after = item_end(m, p);
        char suffix = after < m->pattern_end ? *after : 'x';
        if (suffix == '*')
            return match_longest(m, s, p, after);
        if (suffix == '-')
            return match_shortest(m, s, p, after);
        bool here = matches_item(m, s, p, after);
        if (suffix == '+')
            return here ? match_longest(m, s + 1, p, after) : NULL;
        if (suffix == '?') {
            const char *end = here ? match(m, s + 1, after + 1) : NULL;
            if (end != NULL)
                return end;
            p = after + 1;
            continue;
        }
        if (!here)
            return NULL;
        s++;
        p = after;
    }
    return s;
}

static const char *match(clb_matcher *m, const char *s, const char *p) {
    if (++m->depth > DEEPEST)
        luaL_error(m->L, "pattern too complex");
    step(m);
    const char *end = match_rest(m, s, p);
    m->depth--;
    return end;
}

void clb_match_begin(clb_matcher *m, lua_State *L, const char *subject, size_t count, const char *pattern_end) {
    m->L = L;
    m->subject = subject;
    m->end = subject + count;
    m->pattern_end = pattern_end;
    m->steps = 0;
}

const char *clb_match_at(clb_matcher *m, const char *at, const char *pattern) {
    m->depth = 0;
    m->count = 0;
    return match(m, at, pattern);
}

void clb_push_capture(clb_matcher *m, int index, const char *start, const char *end) {
    if (index >= m->count) {
        if (index != 0)
            luaL_error(m->L, "invalid capture index %%%d", index + 1);
        lua_pushlstring(m->L, start, (size_t)(end - start));
        return;
    }
    ptrdiff_t length = m->captures[index].length;
    if (length == CLB_CAPTURE_POSITION)
        lua_pushinteger(m->L, m->captures[index].start - m->subject + 1);
    else if (length == CLB_CAPTURE_OPEN)
        luaL_error(m->L, "unfinished capture");
    else
        lua_pushlstring(m->L, m->captures[index].start, (size_t)length);
}

int clb_push_captures(clb_matcher *m, const char *start, const char *end, bool whole) {
    int count = m->count == 0 && whole ? 1 : m->count;
    luaL_checkstack(m->L, count, "too many captures");
    for (int i = 0; i < count; i++)
        clb_push_capture(m, i, start, end);
    return count;
}
