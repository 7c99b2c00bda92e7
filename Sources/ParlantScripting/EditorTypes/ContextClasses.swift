import ParlantCore

/// The classes of contexts and of their parts: one context for each kind of handler. A part has one class where all
/// handlers see the same of it, and a second one, `…ReadOnly`, where some may look only.
struct ContextClasses {
    /// Fields and methods by class, in the order in which the classes are written.
    private(set) var all: [(name: String, lines: [String])] = []

    init() {
        for kind in HandlerKind.allCases {
            let name = LuaTypeNames.contextName(kind)
            let lines = lines(of: "ctx", kind)
            all.append((name, lines))
        }
    }

    /// Lines of the members that a kind of handler has.
    private mutating func lines(of path: String, _ kind: HandlerKind) -> [String] {
        var lines: [String] = []
        for (member, doc) in ContextDocs.members.sorted(by: { $0.key < $1.key }) where member.hasPrefix(path + ".") {
            let word = member.dropFirst(path.count + 1)
            guard !word.contains("."), ContextMembers.kinds(of: member).contains(kind) else { continue }
            let type =
                switch doc.form {
                case .part: className(member, kind)
                case .field(let type): type
                case .method(let parameters, let results):
                    "fun(self\(parameters.isEmpty ? "" : ", \(parameters)"))"
                        + (results.isEmpty ? "" : ": \(results)")
                }
            lines.append("---@field \(word) \(type) \(doc.doc)")
        }
        return lines
    }

    /// The class of a part as a kind of handler sees it.
    private mutating func className(_ path: String, _ kind: HandlerKind) -> String {
        let lines = lines(of: path, kind)
        let words = path.split(separator: ".").dropFirst().map { LuaTypeNames.pascal(String($0)) }
        let plain = "parlant.Context" + words.joined()
        let candidates = [plain, plain + "ReadOnly"]
        for name in candidates {
            guard let known = all.first(where: { $0.name == name }) else {
                all.append((name, lines))
                return name
            }
            if known.lines == lines { return name }
        }
        // The table has two sorts of handlers at most, with the acting ones first; a test looks at all classes.
        return candidates[1]
    }
}
