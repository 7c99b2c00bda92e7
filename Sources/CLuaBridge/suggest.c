// "did you mean": the nearest of some names, by edits (a swap of neighbours is one edit).
#include "internal.h"
#include <stdio.h>
#include <string.h>

enum { LONGEST = 60, FAR = 4 };

static int least(int a, int b) { return a < b ? a : b; }

static int edits(const char *a, int na, const char *b, int nb) {
    int rows[3][LONGEST + 1];
    int *older = rows[0], *old = rows[1], *now = rows[2];
    for (int j = 0; j <= nb; j++)
        old[j] = j;
    for (int i = 1; i <= na; i++) {
        now[0] = i;
        for (int j = 1; j <= nb; j++) {
            int same = a[i - 1] == b[j - 1];
            now[j] = least(least(old[j] + 1, now[j - 1] + 1), old[j - 1] + !same);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], older[j - 2] + 1);
        }
        int *spare = older;
        older = old, old = now, now = spare;
    }
    return old[nb];
}

void clb_suggest_begin(clb_suggestion *s, const char *wanted) {
    *s = (clb_suggestion){.wanted = wanted, .distance = FAR};
}

void clb_suggest(clb_suggestion *s, const char *candidate) {
    size_t na = strlen(s->wanted), nb = strlen(candidate);
    if (na == 0 || nb == 0 || na > LONGEST || nb > LONGEST || candidate[0] == '(')
        return;
    int distance = edits(s->wanted, (int)na, candidate, (int)nb);
    // Half of the letters must be right, or every short name would be near every other.
    if (distance * 2 > (int)(na > nb ? na : nb))
        return;
    if (distance < s->distance || (distance == s->distance && s->best[0] != 0 && strcmp(candidate, s->best) < 0)) {
        s->distance = distance;
        snprintf(s->best, sizeof s->best, "%s", candidate);
    }
}

void clb_suggest_keys(lua_State *L, int index, clb_suggestion *s) {
    index = lua_absindex(L, index);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING)
            clb_suggest(s, lua_tostring(L, -1));
    }
}

void clb_suggest_text(const clb_suggestion *s, char *text, size_t size) {
    text[0] = 0;
    if (s->best[0] != 0)
        snprintf(text, size, " (did you mean '%s'?)", s->best);
}
