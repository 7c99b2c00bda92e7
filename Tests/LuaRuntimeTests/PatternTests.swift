import Testing

@testable import LuaRuntime

/// Patterns as the manual of Lua 5.4 defines them (6.4.1).
@Suite("Patterns")
struct PatternTests {
    /// An expression and its value joined by "|".
    static let cases: [(String, String)] = [
        ("('ab'):match('()b%1')", "nil"),
        ("('hello world'):find('wor')", "7|9"), ("('hello'):find('l+')", "3|4"), ("('a.b'):find('.', 1, true)", "2|2"),
        ("('hello'):find('')", "1|0"), ("('hello'):find('', 6)", "6|5"), ("('hello'):find('', 7)", "nil"),
        ("('hello'):find('l', -2)", "4|4"), ("('hello'):find('xyz')", "nil"), ("('a\\0b'):find('\\0')", "2|2"),
        ("('a\\0b'):find('%z')", "nil"), ("('key = value'):match('^(%w+)%s*=%s*(%w+)$')", "key|value"),
        ("('  trim  '):match('^%s*(.-)%s*$')", "trim"), ("('2026-11-21'):match('(%d+)-(%d+)-(%d+)')", "2026|11|21"),
        ("('hello'):match('()ll()')", "3|5"), ("('hello'):match('.-l')", "hel"), ("('hello'):match('.*l')", "hell"),
        ("('aXb'):match('%u')", "X"), ("('aXb'):match('%U+')", "a"), ("('a-b'):match('[a%-]+')", "a-"),
        ("('x]y'):match('[]]')", "]"), ("('x]y'):match('[^]]+')", "x"), ("('a-z'):match('[a-]+')", "a-"),
        ("('b'):match('[a-c]')", "b"), ("('d'):match('[^a-c]')", "d"), ("('a^b'):match('[b^]+')", "^b"),
        ("('f(a(b)c)d'):match('%b()')", "(a(b)c)"), ("('f(a(b'):match('%b()')", "nil"),
        ("('THE (quick) fox'):find('%f[%a]%a+%f[%A]')", "1|3"), ("('hello'):gsub('%f[%w]%w+', 'X')", "X|1"),
        ("('\"a\" and \\'b\\''):match('([\"\\'])(.-)%1')", "\"|a"), ("('abab'):match('(ab)%1')", "ab"),
        ("('colour color'):gsub('colou?r', 'x')", "x x|2"), ("('abc'):gsub('', '-')", "-a-b-c-|4"),
        ("('abc'):gsub('%w', '%0%0')", "aabbcc|3"), ("('abc'):gsub('%w', '%%')", "%%%|3"),
        ("('hello world'):gsub('(%w+) (%w+)', '%2 %1')", "world hello|1"), ("('abc'):gsub('b*', 'x')", "xaxcx|3"),
        ("('abc'):gsub('%w', { a = '1', b = 2, c = false })", "12c|3"), ("('abc'):gsub('.', string.upper, 2)", "ABc|2"),
        ("('abc'):gsub('^a', 'x')", "xbc|1"), ("('aaa'):gsub('^a', 'x')", "xaa|1"), ("('a$'):gsub('$', '!')", "a$!|1"),
        ("('a$b'):find('$b')", "2|3"), ("('a+b'):gsub('%+', '-')", "a-b|1"), ("('abc'):gsub('()', '%1')", "1a2b3c4|4"),
        ("('äö'):len()", "4"), ("('abc'):gsub('b', function() end)", "abc|1"),
        ("('x=1, y=2'):gsub('(%w)=(%w)', '%2=%1')", "1=x, 2=y|2"),
        ("('%d'):gsub('%%d', '%%s')", "%s|1"), ("('abc'):match('((a)(b))')", "ab|a|b"),
        ("('a,b,,c'):gsub(',', ';')", "a;b;;c|3"),
        ("('0x1F'):match('^0[xX](%x+)$')", "1F"), ("('\\t\\n'):match('^%s+$') == '\\t\\n'", "true"),
        ("('a.b'):match('%.')", "."),
        ("('!'):match('%p')", "!"), ("('abc'):rep(2, '-')", "abc-abc"), ("('abc'):find('b', 1, false)", "2|2"),
        ("('alo'):match('a?l?o?$')", "alo"), ("('aab'):match('a-b')", "aab"), ("(''):match('^$')", ""),
        ("('x'):match('x*()')", "2"),
    ]

    @Test("match as in stock Lua", arguments: cases)
    func matches(expression: String, expected: String) async throws {
        let text =
            "local r = table.pack(\(expression)) for i = 1, r.n do r[i] = tostring(r[i]) end return table.concat(r, '|')"
        #expect(try await makeVM().script(text) == [.string(expected)])
    }

    @Test("are iterated by gmatch, with captures and from a start")
    func iterates() async throws {
        let text = """
            local out = {}
            for k, v in ('a=1, b=2'):gmatch('(%w)=(%w)') do out[#out + 1] = k .. v end
            for w in ('one two'):gmatch('%a+') do out[#out + 1] = w end
            for p in ('ab'):gmatch('()') do out[#out + 1] = p end
            for w in ('one two'):gmatch('%a+', 4) do out[#out + 1] = w end
            for w in ('abc'):gmatch('b*') do out[#out + 1] = '<' .. w .. '>' end
            return table.concat(out, ' ')
            """
        #expect(try await makeVM().script(text) == [.string("a1 b2 one two 1 2 3 two <> <b> <>")])
    }

    @Test(
        "that are malformed say how",
        arguments: [
            ("('x'):find('%f')", "missing '[' after '%f' in pattern"),
            ("('x'):find('%b')", "malformed pattern (missing arguments to '%b')"),
            ("('x'):match('x)')", "invalid pattern capture"), ("('x'):find('%1')", "invalid capture index %1"),
            ("('x'):gsub('x', '%2')", "invalid capture index %2"),
            ("('x'):gsub('x', '%a')", "invalid use of '%' in replacement string"),
            ("('x'):gsub('x', function() return {} end)", "invalid replacement value (a table)"),
            ("('x'):gsub('x', true)", "bad argument #2 to 'gsub' (string/function/table expected, got boolean)"),
        ])
    func malformed(expression: String, message: String) async throws {
        #expect(try await makeVM().failure("return \(expression)")?.message == message)
    }
}
