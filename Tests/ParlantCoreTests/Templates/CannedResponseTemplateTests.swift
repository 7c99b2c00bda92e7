import Testing

@testable import ParlantCore

@Suite("Templates of canned responses")
struct CannedResponseTemplateTests {
    private let order: JSONObject = [
        "std": ["customer": ["name": "Ann"]], "balance": 12.5, "end": ".",
        "items": [["name": "tea", "price": 3], ["name": "Cake", "price": 4.5], ["name": "ale", "price": 5]],
    ]

    private func render(_ source: String, _ fields: JSONObject = [:]) throws -> String {
        try CannedResponseTemplate(source).render(fields)
    }

    @Test("placeholders are replaced by values of fields, nested ones by their path")
    func render() throws {
        let template = try CannedResponseTemplate("Hello {{ std.customer.name }}, you have {{balance}} EUR{{end}}")
        #expect(try template.render(order) == "Hello Ann, you have 12.5 EUR.")
        #expect(template.fields == ["std.customer.name", "balance", "end"])
        #expect(template.literalText == "Hello  , you have   EUR")
    }

    @Test("a field that is absent or null leaves the template without a text")
    func missing() throws {
        let template = try CannedResponseTemplate("{{a}}")
        #expect(throws: CannedResponseTemplate.RenderError.missing("a")) { try template.render([:]) }
        #expect(throws: CannedResponseTemplate.RenderError.missing("a")) { try template.render(["a": .null]) }
        #expect(try template.render(["a": ["x", "y"]]) == "x, y")
        #expect(try template.render(["a": 3]) == "3")
        #expect(try template.render(["a": true]) == "true")
    }

    @Test("a field is found under its whole name before it is looked for in objects")
    func wholeName() throws {
        #expect(try render("{{a.b}}", ["a.b": "whole", "a": ["b": "member"]]) == "whole")
        #expect(CannedResponseTemplate.hasValue("a.b", in: ["a": ["b": 1]]))
        #expect(!CannedResponseTemplate.hasValue("a.b", in: ["a": ["b": .null]]))
    }

    @Test("a value is never read as a template, and nothing is escaped")
    func noInjection() throws {
        #expect(try render("{{a}}", ["a": "{{b}} {% if %} <i>&", "b": "secret"]) == "{{b}} {% if %} <i>&")
    }

    @Test(
        "loops and conditions",
        arguments: [
            ("{% for i in items %}{{ loop.index }}. {{ i.name }}\n{% endfor %}", "1. tea\n2. Cake\n3. ale\n"),
            ("{% for i in items %}{{ i.name }}{% if not loop.last %}, {% endif %}{% endfor %}", "tea, Cake, ale"),
            (
                "{% for i in items %}{% if loop.first %}[{% endif %}{{ loop.revindex0 }}{% if loop.last %}]{% endif %}"
                    + "{% endfor %}", "[210]"
            ),
            ("{% for i in items if i.price > 4 %}{{ loop.index }}{{ i.name }} {% endfor %}", "1Cake 2ale "),
            ("{% for i in [] %}x{% else %}nothing{% endfor %}", "nothing"),
            ("{% for k, v in std.customer.items() %}{{ k }}={{ v }}{% endfor %}", "name=Ann"),
            ("{% for k in std %}{{ k }}{% endfor %}", "customer"),
            ("{% if balance > 100 %}a{% elif balance >= 12.5 %}b{% else %}c{% endif %}", "b"),
            ("{% if balance == 12.5 and not (end != '.') %}yes{% endif %}", "yes"),
            ("{% if 'tea' in items|map(attribute='name') %}tea{% endif %}", "tea"),
            ("{% if 'x' not in end or false %}no x{% endif %}", "no x"),
            ("{% if ghost is defined %}{{ ghost }}{% else %}none{% endif %}", "none"),
            ("{% if ghost is not defined and end is string %}none{% endif %}", "none"),
            ("{{ 'rich' if balance > 10 else 'poor' }}", "rich"),
            ("{{ 'x' if balance < 10 }}|", "|"),
            ("{{ items[0].name }} {{ items[-1]['name'] }} {{ items.1.price }}", "tea ale 4.5"),
            ("{{ balance * 2 + 1 }} {{ 7 // 2 }} {{ -7 % 3 }} {{ 1 / 2 }} {{ 'a' ~ 1 }}", "26.0 3 2 0.5 a1"),
        ])
    func statements(source: String, text: String) throws {
        #expect(try render(source, order) == text)
    }

    @Test("white space beside a tag goes where its brace has a hyphen, and comments leave nothing")
    func whiteSpace() throws {
        #expect(try render("a  {{- 'b' -}}  c {# note #}d {#- x -#} e", [:]) == "abc de")
        #expect(try render("{% for i in [1, 2] -%}\n  {{ i }}\n{%- endfor %}!", [:]) == "12!")
        #expect(try render("{% raw %}{{ a }} {% if %}{% endraw %}{{ 1 }}", [:]) == "{{ a }} {% if %}1")
        #expect(try render("a { b } }} %} #}", [:]) == "a { b } }} %} #}")
    }

    @Test("the fields that a template needs are known without rendering it, also inside of loops and conditions")
    func requiredFields() throws {
        let template = try CannedResponseTemplate(
            "{% if vip %}{{ perk }}{% endif %}{% for o in orders %}{{ o.id }}{{ shop.name }}{{ loop.index }}{% endfor %}"
                + "{{ note | default('-') }}{% if extra is defined %}{{ extra.text }}{% endif %}{{ a[b] }}")
        #expect(
            template.fields
                == ["vip", "perk", "orders", "shop.name", "note", "extra", "extra.text", "a", "b"])
        #expect(template.requiredFields == ["vip", "perk", "orders", "shop.name", "a", "b"])
        // `perk` is needed although its branch is not taken.
        var fields: JSONObject = [
            "vip": false, "orders": [["id": 1]], "shop": ["name": "S"], "a": ["k": "v"], "b": "k",
        ]
        #expect(throws: CannedResponseTemplate.RenderError.missing("perk")) { try template.render(fields) }
        fields["perk"] = "p"
        #expect(try template.render(fields) == "1S1-v")
    }

    @Test("an item of a list without what the template says of it leaves no text")
    func missingInItem() throws {
        #expect(throws: CannedResponseTemplate.RenderError.missing("i.price")) {
            try render("{% for i in items %}{{ i.price }}{% endfor %}", ["items": [["price": 1], ["name": "x"]]])
        }
    }

    @Test(
        "text that is no template is refused",
        arguments: [
            ("", "the template is empty"), ("  ", "the template is empty"), ("a {{b", "'{{' is never closed"),
            ("{{ 1x }}", "'1x' is neither a number nor a name"),
            ("{{}}", "'{{}}' is empty; write a name such as {{std.customer.name}}"),
            ("{% if x %}", "'{% if %}' is never closed; end it with {% endif %}"),
            ("{% for x in y %}{% endif %}", "'endif' stands where 'endfor' is expected"),
            ("{% endfor %}", "'endfor' has no 'for'"),
            ("{% fro x in y %}", "there is no statement 'fro' (did you mean 'for'?)"),
            ("{% include 'x' %}", "there is no statement 'include'; there are 'for' and 'if'"),
            ("{% for in y %}", "'for' needs a name, as in {% for item in items %}"),
            ("{% for a, b, c in y %}", "'for' needs one name or two, then 'in', as in {% for item in items %}"),
            ("{# a", "'{#' is never closed"),
            ("{{ a b }}", "expected '}}', got 'b'"),
            ("{{ a | uper }}", "unknown filter 'uper' (did you mean 'upper'?)"),
            ("{{ a | sort(revers=true) }}", "filter 'sort': there is no argument 'revers' (did you mean 'reverse'?)"),
            ("{{ a | upper(1) }}", "filter 'upper': it takes no arguments"),
            ("{{ a | replace('x') }}", "filter 'replace': it needs the argument 'new'"),
            ("{{ a is defned }}", "unknown test 'defned' (did you mean 'defined'?)"),
            ("{{ a.uper() }}", "there is no method 'uper' (did you mean 'upper'?)"),
            ("{{ range(3) }}", "there is no function 'range'; filters are written x | range"),
            ("{{ a < b < c }}", "comparisons are joined with 'and', as in a < b and b < c"),
            ("{{ (a }}", "'(' is never closed"), ("{{ a + }}", "a value is missing at the end"),
            ("{{ a ? b }}", "'?' has no meaning between braces"), ("{{ a }", "'{{' needs '}}' at its end, got '}'"),
            ("one\ntwo {{ a | lowr }}", "line 2: unknown filter 'lowr' (did you mean 'lower'?)"),
            ("{{ a | date('%Q') }}", dateProblem),
        ])
    func refused(text: String, message: String) {
        #expect(throws: CannedResponseTemplate.ParseError(message: message)) { try CannedResponseTemplate(text) }
    }

    private static let dateProblem =
        "filter 'date': the format '%Q' has an unknown code after '%'; there are "
        + "%Y %y %m %d %H %I %M %S %p %A %a %B %b %j %z %Z"
}

@Suite("Limits of templates")
struct TemplateLimitTests {
    private func failure(_ source: String, _ fields: JSONObject = [:]) throws -> CannedResponseTemplate.RenderError? {
        let template = try CannedResponseTemplate(source)
        do {
            _ = try template.render(fields)
            return nil
        } catch { return error }
    }

    @Test("a text that grows too large is stopped, also on the way to it")
    func size() throws {
        let long = JSONValue.string(String(repeating: "a", count: 40_000))
        #expect(try failure("{{a}}{{a}}", ["a": long]) == .failed("the text has more than 65536 bytes"))
        #expect(
            try failure("{% if a ~ a %}x{% endif %}", ["a": long])
                == .failed("line 1: a text has more than 65536 bytes"))
        #expect(
            try failure("{{ a | replace('a', 'bb') }}", ["a": long])
                == .failed("line 1: replace: the text may grow beyond 65536 bytes"))
    }

    @Test("loops within loops are stopped by the number of their steps")
    func steps() throws {
        let items = JSONValue.array(Array(repeating: 1, count: 200))
        let source = "{% for a in x %}{% for b in x %}{% for c in x %}{% endfor %}{% endfor %}{% endfor %}"
        #expect(try failure(source, ["x": items]) == .failed("line 1: rendering takes more than 100000 steps"))
    }

    @Test("expressions and blocks that nest too deep are no templates")
    func depth() {
        let brackets =
            "{{ " + String(repeating: "(", count: 10_000) + "a" + String(repeating: ")", count: 10_000) + " }}"
        let sums = "{{ a" + String(repeating: " + a", count: 10_000) + " }}"
        let nots = "{{ " + String(repeating: "not ", count: 10_000) + "a }}"
        let blocks = String(repeating: "{% if a %}", count: 17) + String(repeating: "{% endif %}", count: 17)
        let parts = "the expression has more than 100 parts; split it"
        #expect(throws: CannedResponseTemplate.ParseError(message: parts)) { try CannedResponseTemplate(brackets) }
        #expect(throws: CannedResponseTemplate.ParseError(message: parts)) { try CannedResponseTemplate(sums) }
        #expect(throws: Never.self) { try CannedResponseTemplate(nots) }
        #expect(throws: CannedResponseTemplate.ParseError(message: "more than 16 blocks within each other")) {
            try CannedResponseTemplate(blocks)
        }
        #expect(
            throws: CannedResponseTemplate.ParseError(message: "the template has more than 65536 bytes; split it")
        ) { try CannedResponseTemplate(String(repeating: "a", count: 65_537)) }
    }

    @Test("values of the wrong kind fail with the line, and nothing is said")
    func wrongKinds() throws {
        #expect(
            try failure("a\n{{ a + 1 }}", ["a": "x"]) == .failed("line 2: '+' needs numbers, got a text and a number"))
        #expect(
            try failure("{{ 1 / a }}", ["a": 0])
                == .failed(
                    "line 1: the result is no finite number, as after a division by zero"))
        #expect(try failure("{{ 1 // a }}", ["a": 0]) == .failed("line 1: a division by zero"))
        #expect(
            try failure("{% for x in a %}{% endfor %}", ["a": 1])
                == .failed(
                    "line 1: 'for' needs a list, got a number"))
        #expect(
            try failure("{% if a < 1 %}{% endif %}", ["a": "x"])
                == .failed(
                    "line 1: a text and a number have no order"))
        #expect(
            try failure("{{ a | date }}", ["a": "soon"])
                == .failed(
                    "line 1: date: a date such as 2026-03-02 or 2026-03-02T09:00:00+01:00 is needed"))
        #expect(
            try failure("{{ a | sort }}", ["a": [1, "x"]])
                == .failed(
                    "line 1: sort: a number and a text have no order"))
        #expect(
            try failure("{{ a * a }}", ["a": .integer(.max)]) == .failed("line 1: a whole number does not fit 64 bits"))
        #expect(try CannedResponseTemplate("{{ a // -1 }}").render(["a": .integer(.min + 1)]) == "9223372036854775807")
        #expect(
            try failure("{{ a // -1 }}", ["a": .integer(.min)])
                == .failed(
                    "line 1: a whole number does not fit 64 bits"))
    }
}

@Suite("Templates of all kinds")
struct TemplatePropertyTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 33)
        }
    }

    private static let pieces = [
        "{{", "}}", "{%", "%}", "{#", "#}", "-", " ", "\n", "a", "b.c", "for x in xs", "endfor", "if", "elif", "else",
        "endif", "in", "not", "is", "defined", "|", "upper", "join(', ')", "date('%Y')", "round(2)", "(", ")", "[", "]",
        "1", "2.5", "'s'", "\"", "\\", "==", "<", "+", "*", "~", ".", ",", "é", "👩‍👩‍👧", "\r\n", "{", "}", "raw", "endraw",
        "{{ a }}", "{% if a %}", "{% endif %}", "{% for x in xs %}", "{% endfor %}", "{{ x | default(1) }}",
        "format('%d')", "map('upper')", "sort(reverse=true)", "loop.index", "none", "true",
    ]

    @Test("a text without tags is its own template", arguments: 0..<20)
    func plainText(seed: Int) throws {
        var random = Generator(state: UInt64(seed))
        let alphabet = Array("abc {}%#-|'\"\\\n\t.éß👍🏽") + ["\r\n"]
        for _ in 0..<200 {
            let text =
                "x"
                + String(
                    (0..<Int.random(in: 1...60, using: &random)).map { _ in
                        alphabet.randomElement(using: &random) ?? "a"
                    })
            guard !["{{", "{%", "{#"].contains(where: text.contains) else { continue }
            #expect(try CannedResponseTemplate(text).render([:]) == text)
        }
    }

    @Test("whatever is written, it is a template or a problem, and renders or says why not", arguments: 0..<20)
    func anything(seed: Int) {
        var random = Generator(state: UInt64(seed) &+ 1000)
        let fields: JSONObject = ["a": "Ann", "b": ["c": [1, "x", .null]], "xs": [1, 2, ["k": "v"]], "x": 2.5]
        for _ in 0..<500 {
            let source = (0..<Int.random(in: 1...25, using: &random)).map { _ in
                Self.pieces.randomElement(using: &random) ?? ""
            }.joined(separator: Bool.random(using: &random) ? " " : "")
            do {
                let text = try CannedResponseTemplate(source).render(fields)
                #expect(text.utf8.count <= TemplateLimits.outputBytes)
            } catch let error as CannedResponseTemplate.ParseError {
                #expect(!error.message.isEmpty)
            } catch {
                #expect(error is CannedResponseTemplate.RenderError)
            }
        }
    }
}
