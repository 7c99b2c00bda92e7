public import Logging
public import LuaRuntime
import ParlantCore

/// A script that is run for what it does and not for what it defines, as a test is: in a Lua state of its own, with its
/// own copy of the modules that it requires.
public struct SpecScript: Sendable {
    /// As errors name it: `agents/bank/spec/transfer_spec.lua`.
    public let file: String
    private let vm: LuaVM

    /// Loads a script.
    ///
    /// - Parameters:
    ///   - file: Path that begins with the folder's name in errors, `agents/` or `plugins/`, and ends with `.lua`.
    ///   - tree: The scripts, as they were read.
    ///   - lane: Thread that runs it.
    ///   - functions: What its preludes reach under `host.call`, beside the definitions.
    ///   - preludes: Trusted Lua that comes before the script, such as a module for tests.
    ///   - limits: As for agents.
    ///   - logger: Where its `print` goes.
    /// - Returns: The script, or everything that is wrong with it and with what it requires.
    public static func load(
        _ file: String, in tree: SpecTree, lane: LuaLane, functions: (SpecDefinitions) -> [HostFunction],
        preludes: [LuaVM.Prelude], limits: ScriptLimits = .init(), logger: Logger
    ) async -> Result<SpecScript, LoadProblems> {
        let path = file.split(separator: "/").dropFirst().joined(separator: "/")
        let module = String(path.dropLast(4)).replacing("/", with: ".")
        let bundle = path.split(separator: "/").first.map(String.init) ?? path
        let recorder = DefinitionRecorder(bundle: bundle, mainFile: file) { file in
            ScriptSources.bundle(of: file, loading: bundle)
        }
        let sources = ScriptSources(tree.tree, roots: tree.roots)
        var vmLimits = LuaLimits()
        vmLimits.memoryBytes = limits.memoryBytes
        let host =
            DefinitionFunctions(recorder: recorder).all + JSONText.functions
            + functions(SpecDefinitions(recorder: recorder)) + [print(file, logger)]
        do {
            let vm = try LuaVM(
                lane: lane, limits: vmLimits, functions: host,
                preludes: [Preludes.values, Preludes.definitions, Preludes.json] + preludes + [Preludes.loading],
                modules: { [sources] name in try sources.module(name) })
            await vm.setLoading(true)
            let budget = LuaBudget(
                instructions: limits.loadInstructions, time: .milliseconds(limits.loadMilliseconds))
            _ = try await vm.call("load", with: module, budget: budget)
            await vm.setLoading(false)
            recorder.seal()
            guard recorder.problems.isEmpty else { return .failure(LoadProblems(recorder.problems)) }
            return .success(SpecScript(file: file, vm: vm))
        } catch let error as LuaError {
            recorder.note(error.message, at: error.location.map { SourceLocation($0, else: file) })
        } catch {
            recorder.note("\(error)", at: nil)
        }
        return .failure(LoadProblems(recorder.problems))
    }

    private static func print(_ file: String, _ logger: Logger) -> HostFunction {
        .immediate("print") { call in
            let place = call.location.map(\.description) ?? file
            logger.info("\(call.arguments.first?.text ?? "")", metadata: ["script": "\(place)"])
            return []
        }
    }

    /// Calls an entry of its preludes.
    ///
    /// - Parameter context: Handed to host functions in `HostCall.context`.
    /// - Throws: ``LuaError``, as `LuaVM.call`.
    public func call(
        _ entry: String, with argument: LuaValue, context: any Sendable, budget: LuaBudget = LuaBudget()
    ) async throws -> [LuaValue] {
        try await vm.call(entry, with: argument, budget: budget, context: context)
    }
}

/// All scripts at one moment, specs included.
public struct SpecTree: Sendable {
    let tree: SourceTree
    let roots: ScriptRoots

    /// Reads the folders; blocks while the disk works.
    ///
    /// - Throws: ``LoadProblems`` when files change while they are read; try again when they rest.
    public init(_ roots: ScriptRoots, limits: ScriptLimits = .init()) throws(LoadProblems) {
        guard case .stable(let tree, _) = SourceTreeReader(roots: roots, limits: limits).read(after: nil) else {
            let folder = Bundle.Kind.agent.rawValue
            throw LoadProblems([LoadProblem(bundle: "", file: folder, line: nil, message: Wording.neverRests)])
        }
        self.tree = tree
        self.roots = roots
    }
}

/// What handles in a spec stand for.
public struct SpecDefinitions: Sendable {
    let recorder: DefinitionRecorder

    /// What a script made, as the running agents know it.
    public struct Subject: Sendable, Equatable {
        /// `agent`, `guideline`, `observation`, `tool`, `journey`, `customer`, `tag`, `plugin`, `canned_response`.
        public var kind: String
        /// Bundle whose file made it; a tool's service.
        public var bundle: String
        /// Given or derived; a tool's, tag's or plugin's name.
        public var id: String
    }

    /// The definition behind a handle; nil for what has none.
    public func subject(of handle: LuaHandle) -> Subject? {
        recorder.definition(handle).map { Subject(kind: $0.kind.rawValue, bundle: $0.bundle, id: $0.id) }
    }

    /// How a value is shown in a failure: text in quotes, handles by their names, tables as JSON.
    public func show(_ value: LuaValue) -> String {
        switch value {
        case .nil: "nil"
        case .string(let text): "\"\(text)\""
        case .handle(let handle): recorder.name(of: handle)
        case .function: "a function"
        default: JSONValue(value)?.description ?? SpecValidator { recorder.name(of: $0) }.found(value)
        }
    }
}
