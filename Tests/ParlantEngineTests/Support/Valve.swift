import Synchronization

/// Holds tasks until a test lets them pass, and tells the test that somebody has come.
final class Valve: Sendable {
    private struct State {
        var isOpen = false
        var arrived = 0
        var held: [Int: CheckedContinuation<Void, any Error>] = [:]
        var observers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// Waits until the valve is open; ends at once when the task is cancelled.
    func pass() async throws {
        let number = state.withLock { state in
            state.arrived += 1
            return state.arrived
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (isOpen, observers) = state.withLock { state in
                    if !state.isOpen { state.held[number] = continuation }
                    let reached = state.observers.filter { $0.count <= state.arrived }.map(\.continuation)
                    state.observers.removeAll { $0.count <= state.arrived }
                    return (state.isOpen, reached)
                }
                for observer in observers { observer.resume() }
                if isOpen { continuation.resume() }
                if Task.isCancelled { cancel(number) }
            }
        } onCancel: {
            cancel(number)
        }
    }

    /// How many tasks have come.
    var arrivals: Int { state.withLock { $0.arrived } }

    /// Returns once `count` tasks have come to the valve.
    func waitForArrivals(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let reached = state.withLock { state in
                // One that has arrived but does not hold yet counts when it holds.
                if state.arrived >= count, state.isOpen || state.held.count >= 1 { return true }
                state.observers.append((count, continuation))
                return false
            }
            if reached { continuation.resume() }
        }
    }

    /// Lets everybody pass, now and later.
    func open() {
        let held = state.withLock { state in
            state.isOpen = true
            defer { state.held = [:] }
            return Array(state.held.values)
        }
        for continuation in held { continuation.resume() }
    }

    private func cancel(_ number: Int) {
        state.withLock { $0.held.removeValue(forKey: number) }?.resume(throwing: CancellationError())
    }
}
