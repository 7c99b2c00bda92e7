import ParlantCore

/// One step from what runs to what will: which bundles a change touches, and which of them can replace their
/// generations.
struct LoadStep {
    let tree: SourceTree
    private(set) var changes: [ScriptSet.Change] = []
    var set: ScriptSet
    private let before: ScriptSet
    private var fresh: [LoadedBundle] = []
    private let kept: [BundleGeneration]

    /// Takes out bundles that are gone. One whose folder lost its main file is broken, not gone, and so is everything
    /// when the folder of all bundles cannot be listed.
    init(tree: SourceTree, set: ScriptSet) {
        self.tree = tree
        before = set
        self.set = set
        let found = tree.found
        self.set.warnings = found.warnings
        self.set.folderProblems = found.problems
        let unlisted = Set(found.problems.filter { $0.bundle.isEmpty }.map(\.file))
        var kept: [BundleGeneration] = []
        for generation in set.running {
            let bundle = generation.bundle
            if found.bundles.contains(where: { $0.name == bundle.name }) || unlisted.contains(bundle.kind.rawValue) {
                kept.append(generation)
            } else if tree.files.keys.contains(where: { $0.hasPrefix("\(bundle.kind.rawValue)/\(bundle.name)/") }) {
                kept.append(generation)
                self.set.folderProblems.append(
                    LoadProblem(
                        bundle: bundle.name, file: bundle.mainFile, line: nil, message: Wording.mainFileMissing))
            } else {
                changes.append(.removed(name: bundle.name, generation: generation.number))
            }
        }
        self.kept = kept
        let names = Set(found.bundles.map(\.name) + kept.map(\.name))
        self.set.attempts = set.attempts.filter { names.contains($0.key) }
    }

    /// The bundles to load, in their order.
    var touched: [Bundle] {
        // A name that two entries claim stays with what runs under it.
        let blocked = Set(tree.found.problems.map(\.bundle)).intersection(before.running.map(\.name))
        return tree.found.bundles.filter { bundle in
            !blocked.contains(bundle.name) && before.attempts[bundle.name]?.isCurrent(bundle, in: tree) != true
        }
    }

    /// Takes what the load of a touched bundle led to.
    mutating func add(_ loaded: LoadedBundle) {
        let files = Dictionary(uniqueKeysWithValues: loaded.reads.map { ($0, tree.files[$0]?.contents) })
        set.attempts[loaded.bundle.name] = ScriptSet.Attempt(
            bundle: loaded.bundle, files: files, problems: loaded.problems)
        fresh.append(loaded)
    }

    /// Gives all bundles their settings.
    ///
    /// - Returns: Values by bundle.
    mutating func check(_ settings: SettingsReader) -> [String: BundleSettings] {
        var values: [String: BundleSettings] = [:]
        for generation in kept {
            values[generation.name] = settings.read(generation.bundle, generation.contents.settings).0
        }
        for loaded in fresh {
            let name = loaded.bundle.name
            let (read, problems) = settings.read(loaded.bundle, loaded.contents.settings)
            set.attempts[name]?.problems += problems
            if isSound(name) || values[name] == nil { values[name] = read }
        }
        return values
    }

    /// Decides what is served next.
    mutating func settle() {
        // What a bundle takes from another shows only when all are together; each refusal can bring back a generation
        // that refuses more.
        while true {
            let sound = fresh.filter { isSound($0.bundle.name) }
            let replaced = Set(sound.map(\.bundle.name))
            let others = kept.map(\.loaded).filter { !replaced.contains($0.bundle.name) }
            let problems = LoadedBundles.duplicates(in: others + sound).filter { replaced.contains($0.bundle) }
            if problems.isEmpty { break }
            for problem in problems { set.attempts[problem.bundle]?.problems.append(problem) }
        }
        var running = Dictionary(uniqueKeysWithValues: kept.map { ($0.name, $0) })
        for loaded in fresh {
            let name = loaded.bundle.name
            guard isSound(name) else {
                changes.append(.kept(name: name, generation: running[name]?.number))
                continue
            }
            let number = (set.numbers[name] ?? 0) + 1
            set.numbers[name] = number
            running[name] = BundleGeneration(loaded, number: number)
            let files = loaded.reads.count { tree.files[$0] != nil }
            changes.append(.loaded(name: name, generation: number, files: files))
        }
        set.running = running.values.sorted { left, right in
            (left.bundle.kind.rawValue, left.name) < (right.bundle.kind.rawValue, right.name)
        }
    }

    private func isSound(_ name: String) -> Bool { set.attempts[name]?.problems.isEmpty ?? true }
}
