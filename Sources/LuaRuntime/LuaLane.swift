import CLuaBridge

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A thread of its own on which the VMs that sit on it run, one job at a time.
///
/// Scripts must not run on the shared thread pool: it has as many threads as the machine has cores, and as many scripts
/// that compute without pause would stop every session. A lane outlives its VMs; make the lanes of a server once.
///
/// Jobs run in the order in which they arrive. The thread takes all waiting jobs at once, so a job that enqueues another
/// never waits for a lock that the lane holds while it works.
public final class LuaLane: SerialExecutor {
    private let queue: LaneQueue

    /// Makes the lane and its thread.
    ///
    /// - Parameter name: Shown by debuggers and `top`; the system keeps the first 15 bytes.
    public init(name: String) {
        queue = LaneQueue(name: name)
    }

    /// Lets the thread end as soon as nothing waits.
    ///
    /// Nothing is lost by calling this early: a job that arrives later (the closing of a VM that somebody still held)
    /// starts the thread again, which ends when that job is done.
    public func shutDown() {
        queue.shutDown()
    }

    /// Lets the seat of a VM work when its turn comes.
    func run(_ seat: LuaSeat) { queue.append(.seat(seat)) }

    /// Takes a job of an actor that lives here. Called by the concurrency runtime, from any thread; never blocks for long.
    public func enqueue(_ job: consuming ExecutorJob) {
        queue.append(.job(UnownedJob(job), asUnownedSerialExecutor()))
    }

    /// The lane as actors name it in their `unownedExecutor`. It does not keep the lane alive.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }
}

/// The jobs of a lane and the thread that runs them.
///
/// `@unchecked Sendable`: the constants never change, and every variable is read and written with `mutex` held, or by the
/// initialiser before anybody else has the queue. The compiler cannot see a lock of the C library.
private final class LaneQueue: @unchecked Sendable {
    private let name: String
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let arrived: UnsafeMutablePointer<pthread_cond_t>
    enum Work {
        case job(UnownedJob, UnownedSerialExecutor)
        case seat(LuaSeat)
    }

    private var waiting: [Work] = []
    private var running = false
    private var stopping = false

    init(name: String) {
        self.name = name
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        arrived = .allocate(capacity: 1)
        arrived.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(arrived, nil)
        startThread()
    }

    deinit {
        pthread_cond_destroy(arrived)
        pthread_mutex_destroy(mutex)
        arrived.deallocate()
        mutex.deallocate()
    }

    func append(_ work: Work) {
        pthread_mutex_lock(mutex)
        waiting.append(work)
        if running {
            pthread_cond_signal(arrived)
        } else {
            startThread()
        }
        pthread_mutex_unlock(mutex)
    }

    func shutDown() {
        pthread_mutex_lock(mutex)
        stopping = true
        pthread_cond_signal(arrived)
        pthread_mutex_unlock(mutex)
    }

    /// Starts the thread. It holds the queue until it ends, so it must be told to stop.
    private func startThread() {
        running = true
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        // Lua allows 200 nested C calls; the default stack of a thread may be far smaller than this.
        pthread_attr_setstacksize(&attributes, 8 << 20)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let this = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, &attributes,
            { raw in
                guard let raw else { return nil }
                Unmanaged<LaneQueue>.fromOpaque(raw).takeRetainedValue().work()
                return nil
            }, this.toOpaque())
        pthread_attr_destroy(&attributes)
        precondition(status == 0, "the system has no thread left for the lane '\(name)'")
    }

    private func work() {
        clb_name_thread(name)
        while let batch = take() {
            for work in batch {
                switch work {
                case .job(let job, let executor): job.runSynchronously(on: executor)
                case .seat(let seat): seat.work()
                }
            }
        }
    }

    /// Waits for jobs and takes all of them; nil when the thread has to end.
    private func take() -> [Work]? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while waiting.isEmpty {
            if stopping {
                running = false
                return nil
            }
            pthread_cond_wait(arrived, mutex)
        }
        var batch: [Work] = []
        swap(&batch, &waiting)
        return batch
    }
}
