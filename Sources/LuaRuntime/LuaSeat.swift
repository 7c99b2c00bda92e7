import Synchronization

/// The executor of one VM: runs its jobs one after the other on the lane where it sits, and can move to another lane.
///
/// A VM loads its scripts on a lane that serves nobody and then moves to the one where it answers, so that no call of a
/// running conversation waits for a load. The executor of an actor may never change; therefore it is the seat that the
/// actor knows, and the seat that changes its lane.
final class LuaSeat: SerialExecutor {
    private struct State {
        var lane: LuaLane
        var jobs: [UnownedJob] = []
        /// Whether the seat waits or works on a lane: at most one thread has it at a time.
        var isScheduled = false
    }

    private let state: Mutex<State>

    init(on lane: LuaLane) { state = Mutex(State(lane: lane)) }

    /// Where jobs run that begin from now on.
    var lane: LuaLane { state.withLock { $0.lane } }

    /// Jobs that come later run on another lane; those that are already under way end where they are, before the first
    /// of the others begins.
    func move(to lane: LuaLane) { state.withLock { $0.lane = lane } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let lane = state.withLock { state -> LuaLane? in
            state.jobs.append(job)
            guard !state.isScheduled else { return nil }
            state.isScheduled = true
            return state.lane
        }
        lane?.run(self)
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// Runs the jobs that are there; the lane's thread calls it. Jobs that came meanwhile wait for their turn behind the
    /// other VMs of the lane.
    func work() {
        let jobs = state.withLock { state in
            var jobs: [UnownedJob] = []
            swap(&jobs, &state.jobs)
            return jobs
        }
        for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
        let lane = state.withLock { state -> LuaLane? in
            guard state.jobs.isEmpty else { return state.lane }
            state.isScheduled = false
            return nil
        }
        lane?.run(self)
    }
}
