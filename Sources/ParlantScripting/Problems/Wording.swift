import ParlantCore

/// Every sentence that this target says about definitions, in one voice: first what was expected, then what was
/// found; no capitals, no full stop, no "invalid". `lua-authoring-surface.md` section 10 has the rules.
enum Wording {
    // MARK: Fields

    static func missingField(_ name: String) -> String { "missing required field '\(name)'" }

    static func unknownField(_ name: String, among names: [String]) -> String {
        "unknown field '\(name)'\(didYouMean(name, among: names))"
    }

    static func foreignField(_ name: String, _ hint: String) -> String { "there is no field '\(name)'; \(hint)" }

    static func calledHere(_ ours: String) -> String { "it is called '\(ours)' here" }

    static let observationAction = "an observation only states a fact; use agent:guideline for an action"
    static let observationOnMessage = "an observation has no message of its own; use on_selected"
    static let secretParameter = "only a setting in 'config' can be secret"
    static let optionalParameter = "write required = false, or give a default"
    static let settingFunction = "settings are checked before any function can run"

    static func expected(_ expectation: String, got found: String) -> String { "expected \(expectation), got \(found)" }

    static func expectedChoice(_ word: String, among words: [String]) -> String {
        "expected one of \(words.sorted().joined(separator: ", ")), got \(quote(word))\(didYouMean(word, among: words))"
    }

    static func valuesNotNames(_ plural: String) -> String { "; \(plural) are values, not names" }
    static let writeAList = "; write it in braces: { … }"
    static let emptyList = "the list is empty; remove the field, or look for a misspelt name"
    static let emptyText = "the text is empty"
    static func tooLarge(_ noun: String, _ bytes: Int, limit: Int) -> String {
        "the \(noun) has \(bytes) bytes, more than the limit of \(limit) bytes"
    }

    static func didYouMean(_ word: String, among candidates: some Sequence<String>) -> String {
        Suggestion.nearest(to: word, among: candidates).map { " (did you mean '\($0)'?)" } ?? ""
    }

    static func quote(_ text: String) -> String {
        let shown = text.count <= 40 ? text : text.prefix(37) + "..."
        return "\"\(shown)\""
    }

    static func number(_ value: Double) -> String { Int64(exactly: value).map(String.init) ?? value.description }

    /// What the bridge said of a table that cannot cross, without its place and its number of the argument.
    static func uncrossed(_ message: String) -> String {
        guard let start = message.firstRange(of: "argument ") else { return message }
        let rest = message[start.upperBound...].drop { $0.isNumber }
        return String(rest.first == "." ? rest.dropFirst() : rest.first == ":" ? rest.dropFirst(2) : rest)
    }

    // MARK: Words

    static func translated(_ word: String, _ ours: String) -> String {
        "there is no '\(word)'; it is called '\(ours)' here"
    }

    static func hinted(_ word: String, _ hint: String) -> String { "there is no '\(word)' here; \(hint)" }

    static func noSuchWord(_ word: String, among words: [String]) -> String {
        "there is no '\(word)'\(didYouMean(word, among: words))"
    }

    static func colon(_ method: String) -> String { "call it with a colon, as in agent:\(method) { … }" }
    static let oneTable = "takes exactly one table with named fields"
    static let tagName = "takes one name, as in parlant.tag \"vip\""
    static let whileLoading = "definitions are made while the file loads, not in a handler"
    static let readOnlyHandle = "handles are read-only; give the field to the constructor"

    // MARK: Guidelines and agents

    static let noCondition = "needs a 'condition' or a 'matcher'"
    static let noIdentity = "needs an 'id' or a 'title', because there is no text to tell it by"
    static let noAction = "missing required field 'action'; without one, give it tools or use agent:observation"
    static let streamNeedsFluid = "output_mode: \"stream\" needs composition_mode \"fluid\""
    static let guestCustomer = "id: \"guest\" is built in and stands for everybody who is not registered"
    static func tooManyDocuments(_ count: Int, limit: Int) -> String {
        expected("at most \(limit) documents", got: "\(count)") + "; join some, or leave some out"
    }
    static func tooManyTexts(_ count: Int, limit: Int) -> String {
        expected("at most \(limit) texts", got: "\(count)") + "; join some, or make several documents"
    }
    static func tooLongDocument(_ bytes: Int, limit: Int) -> String {
        expected("at most \(limit) bytes", got: "\(bytes)") + "; make several documents of it"
    }

    static func usedAlready(at place: String) -> String { "this id is already used at \(place)" }
    static func sameAlready(at place: String) -> String {
        "the same one is already defined at \(place); give one of them an 'id'"
    }
    static func severalAgents(at place: String) -> String {
        "this id is already used at \(place); give each agent of a file its own 'id'"
    }
    static func nameUsedAlready(at place: String) -> String { "this name is already used at \(place)" }
    static func foreignCannedResponse(_ label: String) -> String { "\(label) belongs to another agent" }

    // MARK: Parameters

    static func parameter(_ name: String) -> String { "parameter '\(name)'" }
    static func setting(_ name: String) -> String { "setting '\(name)'" }
    static let parameterTwice = "this name is already used in the list"
    static let itemsOfArray = "items: only for type \"array\""
    static func limitOf(_ field: String, _ kinds: String) -> String { "\(field): only for \(kinds)" }
    static func limitsCrossed(_ low: String, _ high: String) -> String { "\(low): is above \(high)" }
    static let requiredDefault = "required: a value with a default is never required; remove one of the two"

    // MARK: Files

    static let returnsNothing = "returns nothing; end the file with 'return agent'"
    static let pluginReturnsNothing = "returns nothing; end the file with 'return parlant.plugin { … }'"
    static func returnsOther(_ found: String) -> String {
        "returns \(found); end the file with 'return agent', or with a list of what it defines"
    }
    static func returnsElement(_ index: Int, _ found: String) -> String {
        "returns a list whose item \(index) is \(found); return what the constructors gave you"
    }
    static let notReturned = "made here but not returned; add it to the 'return' of the file"
    static let noAgent = "returns no agent; make one with parlant.agent and return it"
    static let emptyReturn = "returns an empty list; look for a misspelt name"
    static func pluginName(_ name: String, _ folder: String) -> String {
        "name: expected \(quote(folder)), the name of its folder or file, got \(quote(name))"
    }
    static func agentInPlugin(_ folder: String) -> String { "agents are defined under agents/, not in a plugin" }
    static func bundleTwice(by file: String) -> String { "a bundle of this name is already at \(file)" }
    static let noFolder = "there is no such folder"
    static func noPlugin(_ name: String, _ names: [String]) -> String {
        "there is no plugin '\(name)'\(didYouMean(name, among: names))"
    }
    static let bundleName =
        "its name must be made of letters, digits, '_' and '-', because 'require' takes dots for folders"
    static func unreadable(_ reason: String) -> String { "cannot be read: \(reason)" }
    static func tooLarge(_ bytes: Int, limit: Int) -> String {
        "\(bytes) bytes exceed the limit of \(limit) bytes per file"
    }
    static let leavesFolder = "leads out of the folder; scripts are read from it alone"
    static let notText = "is not UTF-8 text"
    static func mustOnlyDefine(_ message: String) -> String { "\(message); loading must only define" }
    static func loadTime(_ milliseconds: Int) -> String { mustOnlyDefine("stopped after \(milliseconds) ms") }
    static let differsPerLoad = "defines different things each time it is loaded; use ipairs over a list, not pairs"
    static func moduleName(_ name: String) -> String {
        "module name '\(name)': write names with dots, as in 'bank.tools'"
    }
    static func moduleNotFound(_ name: String, _ places: [String]) -> String {
        "module '\(name)' was not found (looked for \(places.joined(separator: ", ")))"
    }
    static func pluginDisabled(_ name: String) -> String {
        "module '\(name)' was not found: the plugin '\(name)' is not in the configuration's list"
    }

    // MARK: Settings

    static func missingSetting(_ name: String, _ bundle: String, _ variable: String) -> String {
        "config: missing required setting '\(name)'; give it under '\(bundle)' in the configuration, or as \(variable)"
    }
    static func missingSetting(_ name: String, in bundle: String) -> String {
        missingSetting(name, bundle, SettingsReader.variable(bundle, name))
    }
    static func badSetting(_ reason: String) -> String { "config: \(reason)" }
    static func badSecret(_ name: String, _ expectation: String) -> String {
        "config: \(name): expected \(expectation); what was given is secret and not shown"
    }
    static func unknownSetting(_ name: String, among names: [String]) -> String {
        "config: the configuration gives '\(name)', which is not a setting\(didYouMean(name, among: names))"
    }
    static let settingTwice = "config: this setting is already declared at"

    // MARK: Whole

    /// - Parameter generation: What still runs; nil: nothing.
    static func summary(_ bundle: String, _ count: Int, running generation: Int? = nil) -> String {
        let state = generation.map { "still running generation \($0)" } ?? "not started"
        return "\(bundle): \(count) \(count == 1 ? "problem" : "problems"), \(state)"
    }
    static func tooManyFiles(_ limit: Int) -> String {
        "there are more than \(limit) script files here and in plugins; move what is not a script of these agents"
    }
    static func tooManyFolders(_ limit: Int) -> String {
        "there are more than \(limit) folders here and in plugins, links to folders included; move what has no scripts"
    }
    static func tooManyBytes(_ bytes: Int, limit: Int) -> String {
        "the scripts here and in plugins have \(bytes) bytes, more than the limit of \(limit) bytes"
    }
    static func settingsOfNobody(_ name: String) -> String {
        "the configuration has settings for '\(name)', which is no agent and no plugin"
    }
    static let neverRests = "files keep changing while they are read; wait until they are all written"
    static let mainFileMissing = "there is no such file any more; put it back, or remove its folder"

    // MARK: Reloading

    static func reloaded(_ bundle: String, _ generation: Int, wasBroken: Bool) -> String {
        generation == 1
            ? "\(bundle): generation 1, new"
            : "\(bundle): generation \(generation)\(wasBroken ? ", its problems are mended" : "")"
    }
    static func removed(_ bundle: String, _ generation: Int) -> String {
        "\(bundle): removed; generation \(generation) ends its turns"
    }
    static let nothingChanged = "scripts: nothing changed since the last load"
    static let notServed = "scripts: \(notStored)"
    static let notStored = "loaded, but not served; tags or customers that they define could not be stored"
    static let polling =
        "scripts: the system cannot tell of changes in all their folders; they are looked at every second instead"
    static func callsEnded(_ bundle: String, _ generation: Int) -> String {
        "\(bundle): calls of generation \(generation) are cancelled; it was replaced too long ago, or too often"
    }
}
