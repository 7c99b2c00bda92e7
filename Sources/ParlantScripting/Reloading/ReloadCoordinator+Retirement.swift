import ParlantCore

/// What becomes of generations that were replaced.
extension ReloadCoordinator {
    func replaced(by set: ScriptSet) -> [BundleGeneration] {
        self.set.running.filter { set.generation(of: $0.name) !== $0 }
    }

    /// Waits until few enough old generations have calls under way, so that saving often cuts no tool short; but not for
    /// ever, so that one that hangs keeps nobody from seeing a change, and not longer than the server runs.
    func makeRoom(for set: ScriptSet) async {
        let end = clock.uptime + loader.setup.limits.swapPatience
        for generation in replaced(by: set) {
            while let occupant = retired.occupant(of: generation.name), clock.uptime < end, !Task.isCancelled {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { try? await occupant.wait() }
                    group.addTask { [clock] in try? await clock.sleep(for: end - clock.uptime) }
                    await group.next()
                    group.cancelAll()
                }
            }
        }
    }

    func end(_ generations: [BundleGeneration]) {
        for generation in generations {
            generation.retirement.end()
            log.reportEnded(generation)
        }
    }

    func endRetiredLater() {
        guard ending == nil, let next = retired.nextEnd else { return }
        ending = Task { [clock] in
            try? await clock.sleep(for: next - clock.uptime)
            if Task.isCancelled { return }
            ending = nil
            end(retired.due(at: clock.uptime))
            endRetiredLater()
        }
    }
}
