import Logging
import LuaRuntime
import ParlantCore

/// One bundle on one lane: its VM, and where its functions are in there.
struct BundleLane: Sendable {
    var vm: LuaVM
    var functions: [FunctionKey: LuaFunction]
    var handles: [String: LuaHandle]
    let gate = RequestGate()
    let deferred = DeferredFunctions()
}

/// What loading a bundle led to; usable when there are no problems.
struct LoadedBundle: Sendable {
    var bundle: Bundle
    var contents: BundleContents
    var lanes: [BundleLane]
    var problems: [LoadProblem]
    /// Files that it looked for, found or not.
    var reads: Set<String> = []
    /// The same for the same texts of the same files, on every server.
    var revision = ""
}

/// Loads bundles into VMs of their own, one per lane.
struct BundleLoader: Sendable {
    let sources: ScriptSources
    let limits: ScriptLimits
    /// What handlers reach through `ctx`.
    let services: ContextServices
    let logger: Logger

    /// Loads a bundle once for each lane. The first load says what it defines; the others must say the same, because a
    /// call may run on any lane. All of it happens on the lane `loader`, so that lanes which serve conversations are not
    /// held up; then each VM moves to its lane.
    nonisolated(nonsending)
        func load(_ bundle: Bundle, for lanes: [LuaLane], on loader: LuaLane) async -> LoadedBundle
    {
        var result = await attempt(bundle, for: lanes, on: loader)
        result.reads = sources.reads.all
        result.revision = sources.revision
        return result
    }

    nonisolated(nonsending)
        private func attempt(_ bundle: Bundle, for lanes: [LuaLane], on loader: LuaLane) async -> LoadedBundle
    {
        var result = LoadedBundle(bundle: bundle, contents: BundleContents(), lanes: [], problems: [])
        for lane in lanes {
            let recorder = DefinitionRecorder(bundle: bundle.name, mainFile: bundle.mainFile) { file in
                ScriptSources.bundle(of: file, loading: bundle.name)
            }
            guard let vm = machine(on: loader, recorder) else {
                result.problems = recorder.problems
                return result
            }
            await vm.setLoading(true)
            let returned = await run(bundle, in: vm, recorder)
            await vm.setLoading(false)
            var assembler = BundleAssembler(bundle: bundle, recorder: recorder, returned: returned)
            let contents = assembler.assemble()
            recorder.seal()
            guard recorder.problems.isEmpty else {
                result.problems = recorder.problems
                return result
            }
            if result.lanes.isEmpty {
                result.contents = contents
            } else if !contents.isSame(as: result.contents) {
                recorder.note(Wording.differsPerLoad, at: nil)
                result.problems = recorder.problems
                return result
            }
            vm.move(to: lane)
            result.lanes.append(BundleLane(vm: vm, functions: contents.functions, handles: contents.handles))
        }
        return result
    }

    private func machine(on lane: LuaLane, _ recorder: DefinitionRecorder) -> LuaVM? {
        let limits = limits.of(recorder.bundle)
        var vmLimits = LuaLimits()
        vmLimits.memoryBytes = limits.memoryBytes
        vmLimits.concurrentCalls = limits.concurrentCalls
        let functions = DefinitionFunctions(recorder: recorder).all + JSONText.functions + services.functions
        do {
            return try LuaVM(
                lane: lane, limits: vmLimits, functions: functions + [print(recorder.bundle)], preludes: Preludes.all,
                modules: { [sources] name in try sources.module(name) })
        } catch {
            recorder.note("\(error)", at: nil)
            return nil
        }
    }

    /// What scripts print goes to the log, also while they load.
    private func print(_ bundle: String) -> HostFunction {
        .immediate("print") { [logger] call in
            let text = call.arguments.first?.text ?? ""
            let scope = call.context as? CallScope
            let place = call.location.map(\.description) ?? bundle
            logger.info("\(scope?.redactor.redact(text) ?? text)", metadata: ["script": "\(place)"])
            return []
        }
    }

    /// Runs the bundle's file.
    ///
    /// - Returns: Numbers of the definitions that it returned; nil when it did not come to its end.
    nonisolated(nonsending)
        private func run(_ bundle: Bundle, in vm: LuaVM, _ recorder: DefinitionRecorder) async -> Set<Int>?
    {
        let limits = limits.of(bundle.name)
        let budget = LuaBudget(
            instructions: limits.loadInstructions, time: .milliseconds(limits.loadMilliseconds))
        do {
            let values = try await vm.call("load", with: bundle.name, budget: budget)
            return returned(values, bundle, recorder)
        } catch let error as LuaError {
            let place = error.location.map { SourceLocation($0, else: bundle.mainFile) }
            switch error.code {
            case .timeLimit: recorder.note(Wording.loadTime(limits.loadMilliseconds), at: place)
            case .instructionLimit: recorder.note(Wording.mustOnlyDefine(error.message), at: place)
            default: recorder.note(error.message, at: place)
            }
        } catch {
            recorder.note("\(error)", at: nil)
        }
        return nil
    }

    private func returned(_ values: [LuaValue], _ bundle: Bundle, _ recorder: DefinitionRecorder) -> Set<Int>? {
        let shape = values.first?.text
        let handles = (values.count > 1 ? values[1].items ?? [] : []).compactMap(\.handle)
        func refuse(_ text: String) -> Set<Int>? {
            recorder.note(text, at: nil)
            return nil
        }
        switch shape {
        case "nothing": return refuse(bundle.kind == .agent ? Wording.returnsNothing : Wording.pluginReturnsNothing)
        case "other": return refuse(Wording.returnsOther("a \(values[1].text ?? "value")"))
        case "item": return refuse(Wording.returnsElement(Int(values[1].int ?? 0), "a \(values[2].text ?? "value")"))
        case "module" where bundle.kind == .agent: return refuse(Wording.returnsOther("a table with names"))
        case "list" where handles.isEmpty: return refuse(Wording.emptyReturn)
        default:
            let kinds = Set(handles.map(\.kind))
            let main: Set<String> = [EntityKind.agent.rawValue, EntityKind.customer.rawValue, EntityKind.void.rawValue]
            if bundle.kind == .agent, kinds.isDisjoint(with: main) { recorder.note(Wording.noAgent, at: nil) }
        }
        return Set(handles.compactMap { recorder.definition($0)?.number })
    }
}
