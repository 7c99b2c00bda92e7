import Testing

@testable import ParlantCore

@Suite("Filters of templates")
struct TemplateFilterTests {
    private let fields: JSONObject = [
        "name": "  ann marie-louise  ", "n": 1_234_567.891, "i": 1_234_567, "xs": ["b", "A", "c", "a"],
        "people": [["name": "Bo", "age": 30], ["name": "Al", "age": 25], ["name": "Cy"]],
        "day": "2026-03-02", "at": "2026-03-02T09:05:07+01:00", "nothing": .null, "empty": "",
    ]

    @Test(
        "text",
        arguments: [
            ("{{ 'aBc' | upper }}{{ 'aBc' | lower }}{{ 'aBc' | capitalize }}", "ABCabcAbc"),
            ("{{ name | title | trim }}", "Ann Marie-Louise"), ("{{ '--x-' | trim('-') }}", "x"),
            ("{{ 'a-b-c' | replace('-', '+') }} {{ 'a-b-c' | replace('-', '', 1) }}", "a+b+c ab-c"),
            ("{{ 'the quick brown fox' | truncate(13) }}", "the quick..."),
            ("{{ 'the quick brown fox' | truncate(12, true, leeway=0) }}", "the quick..."),
            ("{{ 'the quick brown fox' | truncate(11, true) }}|", "the quic...|"),
            ("{{ 'barely' | truncate(3) }}", "barely"),
            ("{{ ghost | default('x') }}{{ nothing | default('y') }}{{ empty | default('z') }}", "xy"),
            ("{{ empty | default('z', true) }}{{ ghost.deep | d('w') }}", "zw"),
            ("{{ 'äß' | upper }} {{ 'abc' | length }} {{ 'Ann'.upper() }}", "ÄSS 3 ANN"),
            ("{{ 'a,b'.split(',') | join(' and ') }}", "a and b"), ("{{ 7 | string | length }}", "1"),
        ])
    func text(source: String, text: String) throws { try check(source, text) }

    @Test(
        "numbers",
        arguments: [
            ("{{ 42.55 | round }} {{ 42.55 | round(1, 'floor') }} {{ 2.5 | round | int }}", "43.0 42.5 2"),
            (
                "{{ 2.675 | round(2) }} {{ 1.1 | round(0, 'ceil') }} {{ 1250 | round(-2) }} {{ 7 | round }}",
                "2.67 2.0 1200 7"
            ),
            (
                "{{ '12.7' | int }} {{ 'x' | int(-1) }} {{ 3.9 | int }} {{ '2' | float }} {{ 'x' | float }}",
                "12 -1 3 2.0 0.0"
            ),
            ("{{ -3 | abs }} {{ (-2.5) | abs }}", "3 2.5"),
            ("{{ '{:,.2f}'.format(n) }} {{ \"{:,}\".format(i) }}", "1,234,567.89 1,234,567"),
            ("{{ '%.1f kg, %s, %05d, 100%%' | format(2.25, 'x', 42) }}", "2.2 kg, x, 00042, 100%"),
            ("{{ n | format(',.1f') }} {{ 0.256 | format('.1%') }} {{ 5 | format('>4') }}", "1,234,567.9 25.6%    5"),
            ("{{ '{1} {0} {{}}'.format('a', 'b') }}", "b a {}"),
            ("{{ '{:+d}|{:^5}|{:*<4}'.format(3, 'x', 'y') }}", "+3|  x  |y***"),
            (
                "{{ 12 | format(',') }} {{ 999999 | format(',d') }} {{ -1234.5 | format(',.2f') }}",
                "12 999,999 -1,234.50"
            ),
        ])
    func numbers(source: String, text: String) throws { try check(source, text) }

    @Test(
        "lists",
        arguments: [
            (
                "{{ xs | join('-') }} {{ xs | first }} {{ xs | last }} {{ xs | length }} {{ xs | count }}",
                "b-A-c-a b a 4 4"
            ),
            (
                "{{ xs | sort | join }} {{ xs | sort(case_sensitive=true) | join }} {{ xs | sort(true) | join }}",
                "Aabc Aabc cbAa"
            ),
            ("{{ xs | unique | join }} {{ xs | unique(true) | join }}", "bAc bAca"),
            ("{{ people | map(attribute='name') | join(', ') }}", "Bo, Al, Cy"),
            ("{{ people | map(attribute='age', default=0) | sum }}", "55"),
            ("{{ people | sort(attribute='name') | map(attribute='name') | join }}", "AlBoCy"),
            ("{{ people | join('/', attribute='name') }} {{ xs | map('upper') | join }}", "Bo/Al/Cy BACA"),
            ("{{ [3, 1, 2] | max }} {{ [3, 1, 2] | min }} {{ [1, 2] | reverse | join }} {{ [] | sum }}", "3 1 21 0"),
            ("{{ xs }}", "b, A, c, a"),
        ])
    func lists(source: String, text: String) throws { try check(source, text) }

    @Test(
        "dates, each in its own offset",
        arguments: [
            ("{{ day | date }} {{ at | datetime }} {{ at | time }}", "2 March 2026 2 March 2026, 09:05 09:05"),
            ("{{ day | date('%A, %d %b %Y') }} {{ day | date(format='%j %y') }}", "Monday, 02 Mar 2026 061 26"),
            ("{{ at | strftime('%I:%M %p %z') }} {{ at | date('%-I %-M %S %%') }}", "09:05 AM +0100 9 5 07 %"),
            (
                "{{ 0 | datetime }} {{ -1 | date('%Y-%m-%d %H:%M:%S %Z') }}",
                "1 January 1970, 00:00 1969-12-31 23:59:59 UTC"
            ),
            ("{{ '2024-02-29 23:59' | date('%a %-d.%-m.') }}", "Thu 29.2."),
        ])
    func dates(source: String, text: String) throws { try check(source, text) }

    private func check(_ source: String, _ text: String) throws {
        #expect(try CannedResponseTemplate(source).render(fields) == text)
    }

    @Test("a filter of an absent value has no result, unless it is default")
    func absent() throws {
        let template = try CannedResponseTemplate("{% if x is defined %}{% endif %}{{ x | upper }}")
        #expect(throws: CannedResponseTemplate.RenderError.missing("x")) { try template.render([:]) }
        #expect(throws: CannedResponseTemplate.RenderError.missing("xs | first")) {
            try CannedResponseTemplate("{{ xs | first }}").render(["xs": []])
        }
    }
}
